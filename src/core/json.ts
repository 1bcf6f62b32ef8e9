// JSON as it was received: numbers keep their digits, repeated members are named, `__proto__` is a name like any other.
// Invariant: what `parseJson` returns is never deeper than `MAX_DEPTH`, so that everything after it may recurse.

/** A number whose text JavaScript cannot carry without a change, such as 12345678901234567890, 1.0 or 1e999. */
export class JsonNumber {
  /** The digits as they stood in the source. */
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  /** The nearest double; may be infinite. */
  get value(): number {
    return Number(this.text);
  }
  toJSON(): number {
    changedNumbers += 1;
    return this.value;
  }
}

/** How many numbers `JSON.stringify` has changed: `printJson` looks whether there were any in what it printed. */
let changedNumbers = 0;

export type JsonObject = { [member: string]: Json };
export type Json = null | boolean | number | string | JsonNumber | Json[] | JsonObject;

/** What `printJson` accepts: JSON, and objects with members that are undefined and left out. */
export type Printable = Json | undefined | readonly Printable[] | { readonly [member: string]: Printable } | object;

/** The text is no JSON, or more than is read here. `position` counts UTF-16 code units from 0. */
export class JsonError extends Error {
  readonly position: number;
  readonly tooDeep: boolean;
  constructor(message: string, position: number, tooDeep = false) {
    super(message);
    this.position = position;
    this.tooDeep = tooDeep;
  }
}

/** What `parseJson` threw. @throws it, where it is anything else: a fault of the program */
export function asJsonError(problem: unknown): JsonError {
  if (problem instanceof JsonError) return problem;
  throw problem;
}

export interface ParsedJson {
  value: Json;
  /**
   * Names of members that stand more than once in one object, as dotted paths; the last one won. At most 16 of them,
   * each at most 200 characters: a hostile text must not make a long list out of a short one.
   */
  duplicates: string[];
}

export const MAX_DEPTH = 128;

/** The most names of repeated members that `parseJson` gives. */
export const MAX_DUPLICATES = 16;
const MAX_PATH_LENGTH = 200;

/** True for a JSON object (not null, a list or a `JsonNumber`). */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JsonNumber);
}

/** The own member of that name, or undefined. Inherited names such as `constructor` are not members. */
export function member(object: JsonObject | undefined, name: string): Json | undefined {
  return object !== undefined && Object.hasOwn(object, name) ? object[name] : undefined;
}

/** The own member as text, or undefined if it is absent or no string. */
export function textMember(object: JsonObject | undefined, name: string): string | undefined {
  const value = member(object, name);
  return typeof value === 'string' ? value : undefined;
}

/** The own member as text; empty if it is absent or no string. */
export const textOrEmpty = (object: JsonObject | undefined, name: string): string => textMember(object, name) ?? '';

/** The own member, or null if it is absent: for a report, where something must stand. */
export const memberOrNull = (object: JsonObject | undefined, name: string): Json => member(object, name) ?? null;

/**
 * Reads one JSON text (RFC 8259) whole.
 * @throws JsonError with the position of the first fault, or `tooDeep` beyond 128 levels.
 */
export function parseJson(text: string): ParsedJson {
  return readCanonical(text) ?? new Reader(text).document();
}

/**
 * What JavaScript's own reader and writer give back letter by letter has no repeated member and no number that they change,
 * and is read ten times as fast by them. Undefined for any other text.
 */
function readCanonical(text: string): ParsedJson | undefined {
  try {
    const value: Json = JSON.parse(text);
    return JSON.stringify(value) === text ? { value: disinherited(value, 1), duplicates: [] } : undefined;
  } catch {
    return undefined;
  }
}

/** The value, whose objects inherit nothing from now on, as those of the other reader. @throws RangeError beyond `MAX_DEPTH` */
function disinherited<T extends Json>(value: T, depth: number): T {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_DEPTH) throw new RangeError('too deep');
  for (const item of Object.values(value)) disinherited(item, depth + 1);
  return Array.isArray(value) ? value : Object.setPrototypeOf(value, null);
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const SPACE = /[ \t\n\r]*/y;
const ESCAPES: Record<string, string> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

class Reader {
  readonly #text: string;
  #at = 0;
  readonly #path: string[] = [];
  readonly #duplicates: string[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  document(): ParsedJson {
    const value = this.#value();
    this.#space();
    if (this.#at < this.#text.length) throw this.#fault('text after the end of the JSON value');
    return { value, duplicates: this.#duplicates };
  }

  #value(): Json {
    this.#space();
    switch (this.#text[this.#at]) {
      case '{':
        return this.#nested(() => this.#object());
      case '[':
        return this.#nested(() => this.#list());
      case '"':
        return this.#string();
      case 't':
        return this.#word('true', true);
      case 'f':
        return this.#word('false', false);
      case 'n':
        return this.#word('null', null);
      default:
        return this.#number();
    }
  }

  #depth = 0;
  #nested<T>(read: () => T): T {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw new JsonError(`nested deeper than ${MAX_DEPTH} levels`, this.#at, true);
    this.#at += 1;
    const value = read();
    this.#depth -= 1;
    return value;
  }

  #object(): JsonObject {
    const object: JsonObject = Object.create(null);
    const repeated = new Set<string>();
    this.#space();
    if (this.#skip('}')) return object;
    do {
      this.#space();
      const name = this.#string();
      this.#space();
      this.#expect(':');
      this.#path.push(name);
      if (Object.hasOwn(object, name) && !repeated.has(name)) this.#noteDuplicate();
      if (Object.hasOwn(object, name)) repeated.add(name);
      object[name] = this.#value();
      this.#path.pop();
      this.#space();
    } while (this.#skip(','));
    this.#expect('}');
    return object;
  }

  #noteDuplicate(): void {
    if (this.#duplicates.length < MAX_DUPLICATES) this.#duplicates.push(this.#path.join('.').slice(0, MAX_PATH_LENGTH));
  }

  #list(): Json[] {
    const list: Json[] = [];
    this.#space();
    if (this.#skip(']')) return list;
    do {
      this.#path.push(String(list.length));
      list.push(this.#value());
      this.#path.pop();
      this.#space();
    } while (this.#skip(','));
    this.#expect(']');
    return list;
  }

  #string(): string {
    this.#expect('"');
    let value = '';
    for (;;) {
      PLAIN.lastIndex = this.#at;
      PLAIN.test(this.#text);
      value += this.#text.slice(this.#at, PLAIN.lastIndex);
      this.#at = PLAIN.lastIndex;
      if (this.#skip('"')) return value;
      if (this.#text[this.#at] !== '\\') throw this.#fault('a control character or the end inside a string');
      value += this.#escape();
    }
  }

  #escape(): string {
    const letter = this.#text[this.#at + 1] ?? '';
    const simple = Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter] : undefined;
    if (simple !== undefined) {
      this.#at += 2;
      return simple;
    }
    const digits = this.#text.slice(this.#at + 2, this.#at + 6);
    if (letter !== 'u' || !/^[0-9a-fA-F]{4}$/.test(digits)) throw this.#fault('an escape that JSON does not know');
    this.#at += 6;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  #number(): number | JsonNumber {
    NUMBER.lastIndex = this.#at;
    const text = NUMBER.exec(this.#text)?.[0];
    if (text === undefined) throw this.#fault('no JSON value');
    this.#at += text.length;
    const value = Number(text);
    return String(value) === text && !Object.is(value, -0) ? value : new JsonNumber(text);
  }

  #word<T extends Json>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) throw this.#fault('no JSON value');
    this.#at += word.length;
    return value;
  }

  #space(): void {
    SPACE.lastIndex = this.#at;
    SPACE.test(this.#text);
    this.#at = SPACE.lastIndex;
  }

  #skip(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #expect(character: string): void {
    if (!this.#skip(character)) throw this.#fault(`expected ${character}`);
  }

  #fault(reason: string): JsonError {
    return new JsonError(this.#at >= this.#text.length ? 'the JSON text ends too early' : reason, this.#at);
  }
}

// Characters that a terminal, a log reader or a browser could take for more than text (security.md O3): the classes of
// `escapeText`, and `<`. Read when it is first needed, which is rare.
const unsafe = (): RegExp => /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}<]/gu;
const escapeUnit = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

// A build log acts on these wherever they stand in a line: the old spelling of GitHub's commands, and Azure's.
const LOG_COMMAND = /#(?=#(?:vso)?\[)/gi;

function printString(text: string): string {
  const plain = JSON.stringify(text).replace(unsafe(), (found) => found.split('').map(escapeUnit).join(''));
  return plain.replace(LOG_COMMAND, '\\u0023');
}

/**
 * The JSON text of a value, with the digits of every `JsonNumber` and with control, bidirectional and invisible
 * characters escaped. Members that are undefined are left out. `indent` is a number of spaces; 0 means one line.
 */
export function printJson(value: Printable, indent = 0): string {
  return printPlain(value, indent) ?? print(value, indent, indent === 0 ? '' : '\n');
}

/** Without one of these nothing is to be escaped; most reports have none. A log command begins with `#`. */
const MAY_BE_ESCAPED = /[^\n !"$-;=-~\u00a1-\u00ac\u00ae-\u017f\u2010-\u2027]/;

/** JavaScript's own writer, where it says the same. */
function printPlain(value: Printable, indent: number): string | undefined {
  const made = indent === 0 && typeof value === 'object' && value !== null ? unescaped.get(value) : undefined;
  if (made !== undefined) return made;
  const before = changedNumbers;
  const text: string | undefined = JSON.stringify(value, undefined, indent);
  return text !== undefined && changedNumbers === before && !MAY_BE_ESCAPED.test(text) ? text : undefined;
}

/** A report is looked through, and then printed as it is: its text is made once. */
const unescaped = new WeakMap<object, string>();

/**
 * The text of a value as `printJson` writes it, where every string in it stands there letter by letter; undefined where one
 * is escaped. The value must not be changed any more.
 */
export function unescapedJson(value: object): string | undefined {
  const text = printPlain(value, 0);
  if (text === undefined || text.includes('\\')) return undefined;
  unescaped.set(value, text);
  return text;
}

function print(value: Printable, indent: number, newline: string): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return printString(value);
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : 'null';
  if (value instanceof JsonNumber) return value.text;
  if (typeof value !== 'object') return String(value);
  const inner = newline === '' ? '' : newline + ' '.repeat(indent);
  const wrap = (open: string, items: string[], close: string) =>
    items.length === 0 ? open + close : `${open}${inner}${items.join(`,${inner}`)}${newline}${close}`;
  if (Array.isArray(value))
    return wrap(
      '[',
      value.map((item) => print(item, indent, inner)),
      ']',
    );
  const colon = newline === '' ? ':' : ': ';
  const members = Object.entries(value as Record<string, Printable>).filter(([, item]) => item !== undefined);
  return wrap(
    '{',
    members.map(([name, item]) => printString(name) + colon + print(item, indent, inner)),
    '}',
  );
}
