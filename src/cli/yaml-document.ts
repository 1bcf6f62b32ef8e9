// YAML text in, one plain value and the places of its keys out; and back. The only file that knows the YAML library.
// Invariant: work and depth are bounded whatever the text is, and no fault repeats the text, which may hold a secret.

import {
  Composer,
  type Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  Parser,
  type ScalarTag,
  stringify,
  type Tags,
  visit,
  type YAMLMap,
} from 'yaml';

/** Where something stands in the text; both count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** The text cannot be read. The message is in words of ours. */
export class YamlFault extends Error {
  readonly place: Place;
  constructor(words: string, place: Place) {
    super(words);
    this.place = place;
  }
}

export interface YamlDocument {
  /** The plain value; a number that JavaScript would spell otherwise (`0123`, `1e5`) is text. Undefined: no document. */
  readonly value: unknown;
  /** Where a member or item stands; of a path that leads nowhere, its last part that is there. */
  placeOf(path: readonly PropertyKey[]): Place;
}

/** Far more than a configuration needs; the composer of the library recurses. */
const MAX_DEPTH = 32;
const MAX_ALIASES = 100;

const COLON_OR_DASH = 'quote a value that holds `: ` or begins with `-`';
const WORDS: Readonly<Record<string, string>> = {
  BAD_DQ_ESCAPE: 'a backslash escape that YAML does not know; use single quotes',
  BAD_INDENT: 'the indentation does not fit, or a bracket is not closed',
  BAD_SCALAR_START: 'a plain value cannot begin with that character; quote it',
  BLOCK_AS_IMPLICIT_KEY: `a second \`: \` in one line; ${COLON_OR_DASH}`,
  MISSING_CHAR: 'a quote, bracket or colon is missing',
  MULTILINE_IMPLICIT_KEY: 'a key without `: ` after it',
  TAB_AS_INDENT: 'a tab in the indentation; expected spaces',
  TAG_RESOLVE_FAILED: 'a tag; expected a plain value',
  UNEXPECTED_TOKEN: `something that cannot stand there; ${COLON_OR_DASH}`,
};

/** Stops at a depth that only a hostile text has, before anything recurses. */
class ShallowParser extends Parser {
  override *next(source: string): ReturnType<Parser['next']> {
    yield* super.next(source);
    if (this.stack.length > MAX_DEPTH) throw new RangeError('nested too deep');
  }
}

/**
 * Reads one YAML 1.2 document of the core schema, without merge keys and own tags.
 * @throws YamlFault
 */
export function readYaml(text: string): YamlDocument {
  const lines = new LineCounter();
  const placeAt = (offset = 0): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const document = compose(text, { lines, placeAt });
  refuseOddNodes(document, placeAt);
  const pairNamed = pairIndex();
  return { value: plainValue(document), placeOf: (path) => placeAt(offsetOf(document, path, pairNamed)) };
}

interface Lines {
  readonly lines: LineCounter;
  readonly placeAt: (offset?: number) => Place;
}

function compose(text: string, { lines, placeAt }: Lines): Document | undefined {
  const [document, second] = firstTwo(text, lines);
  const fault = document?.errors[0] ?? document?.warnings[0];
  if (fault !== undefined) throw new YamlFault(WORDS[fault.code] ?? 'no YAML', placeAt(fault.pos[0]));
  if (second !== undefined) throw new YamlFault('a second document; expected one', placeAt(second.range?.[0]));
  return document;
}

function firstTwo(text: string, lines: LineCounter): Document[] {
  const tokens = new ShallowParser(lines.addNewLine).parse(text);
  const documents = new Composer({
    schema: 'core',
    merge: false,
    prettyErrors: false,
    uniqueKeys: false, // quadratic; `refuseOddKeys` does it in time
    logLevel: 'silent',
    customTags: (tags) => tags.map(keepSpelling),
  }).compose(tokens);
  try {
    return Array.from({ length: 2 }, () => documents.next().value).filter((found) => found !== undefined) as Document[];
  } catch (error) {
    if (error instanceof RangeError) throw new YamlFault('nested too deep', { line: 1, column: 1 });
    throw error;
  }
}

function isNumberTag(tag: Tags[number]): tag is ScalarTag {
  return typeof tag === 'object' && tag.collection === undefined && /:(?:int|float)$/.test(tag.tag);
}

/** A number stays as it was typed where JavaScript would spell it otherwise: an id such as `0123` must not change. */
function keepSpelling(tag: Tags[number]): Tags[number] {
  if (!isNumberTag(tag)) return tag;
  const faithful: ScalarTag = {
    ...tag,
    resolve: (text, onError, options) => {
      const value = tag.resolve(text, onError, options);
      return String(value) === text ? value : text;
    },
  };
  return faithful;
}

function plainValue(document: Document | undefined): unknown {
  try {
    return document?.toJS({ maxAliasCount: MAX_ALIASES });
  } catch {
    // Each alias is there, so it is what they stand for together that is too much.
    throw new YamlFault('too many aliases', { line: 1, column: 1 });
  }
}

/** Keys must be plain and different from each other, and aliases few, with their anchor before them. */
function refuseOddNodes(document: Document | undefined, placeAt: Lines['placeAt']): void {
  if (document === undefined) return;
  let aliases = 0;
  visit(document, {
    Map: (_, { items }) => refuseOddKeys(items, placeAt),
    Alias(_, alias) {
      aliases += 1;
      const place = placeAt(alias.range?.[0]);
      if (aliases > MAX_ALIASES) throw new YamlFault('too many aliases', place);
      if (alias.resolve(document) === undefined) throw new YamlFault('an alias without its anchor', place);
    },
  });
}

function refuseOddKeys(items: readonly Pair[], placeAt: Lines['placeAt']): void {
  const seen = new Set<string>();
  for (const pair of items) {
    const name = nameOf(pair);
    const place = placeAt(keyOffset(pair));
    if (name === undefined || name === '__proto__') throw new YamlFault('a key that is no plain word', place);
    if (seen.has(name)) throw new YamlFault('a key that stands twice', place);
    seen.add(name);
  }
}

function nameOf({ key }: Pair): string | undefined {
  return isScalar(key) && key.value !== null ? String(key.value) : undefined;
}

function keyOffset({ key }: Pair): number | undefined {
  return isNode(key) ? key.range?.[0] : undefined;
}

type PairNamed = (map: YAMLMap, name: string) => Pair | undefined;

/** Finds pairs by name, each map being gone through once: thousands of checks stand in one. */
function pairIndex(): PairNamed {
  const indexes = new WeakMap<YAMLMap, ReadonlyMap<string | undefined, Pair>>();
  return (map, name) => {
    const index = indexes.get(map) ?? new Map(map.items.map((pair) => [nameOf(pair), pair]));
    indexes.set(map, index);
    return index.get(name);
  };
}

function offsetOf(document: Document | undefined, path: readonly PropertyKey[], pairNamed: PairNamed): number {
  let node: unknown = document?.contents;
  let offset = 0;
  for (const part of path) {
    if (isMap(node)) {
      const pair = pairNamed(node, String(part));
      offset = (pair && keyOffset(pair)) ?? offset;
      node = pair?.value;
    } else if (isSeq(node)) {
      node = node.items[Number(part)];
      if (isNode(node)) offset = node.range?.[0] ?? offset;
    }
  }
  return offset;
}

/** A plain value as YAML text, one line for each scalar. */
export const writeYaml = (value: unknown): string => stringify(value, { lineWidth: 0 });
