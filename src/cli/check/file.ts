// tokctl.yaml: what is in it, and where each thing stands. Naming the command `check` is the person's consent to read it
// from the current directory; it may be a stranger's all the same, so it holds no secrets and runs no commands.
// Invariant: every fault says file, line and column; the paths in it start at its own folder.

import { dirname, isAbsolute, join } from 'node:path';
import type { CheckPlace, SubjectName } from '../../check/definition.ts';
import { TokctlError } from '../../core/errors.ts';
import type { FileProfile } from '../config-schema.ts';
import type { Host } from '../host.ts';
import { OPTIONS, type OptionDefinition } from '../options.ts';
import { fileFault, pathInSource, withHome } from '../secret-source.ts';
import type { KnownIssuer, RawValue } from '../settings.ts';
import { readYaml, type YamlDocument, YamlFault } from '../yaml-document.ts';
import { subjectOf } from './rules.ts';
import { CHECK_OPTIONS, type CheckDocument, type CheckEntry, checkTokctlYaml } from './schema.ts';
import { tokenSourceIn } from './token.ts';

/** One check as the file has it: its options with those of its profile, as the flags would be typed. */
export interface FileCheck {
  readonly name: string;
  readonly subject: SubjectName;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly values: ReadonlyMap<string, RawValue>;
  /** The issuers of all profiles of the file. */
  readonly issuers: readonly KnownIssuer[];
  /** Where the check, or one of its options, stands. */
  readonly placeOf: (option?: string) => CheckPlace;
}

export interface CheckFile {
  readonly path: string;
  readonly checks: readonly FileCheck[];
}

/** The name by which the file is found in the current directory. */
export const CHECK_FILE = 'tokctl.yaml';

const LIMIT = 4 * 1024 * 1024;

/**
 * Reads and checks the file.
 * @throws TokctlError ERR_CONFIG_INVALID with `path:line:column` in the message
 */
export async function loadChecks(path: string, host: Host): Promise<CheckFile> {
  const { document, yaml } = readDocument(path, await readText(path, host));
  const profiles = document.profiles ?? {};
  const standard = document['default-profile'];
  const issuers = Object.entries(profiles).flatMap(issuerOf);
  const complete = (values: FileProfile | CheckEntry) => completed(values, { folder: dirname(path), host });
  const checks = Object.entries(document.checks).map(([name, entry]): FileCheck => {
    const profile = profiles[entry.profile ?? standard ?? ''] ?? {};
    return {
      name,
      subject: subjectOf(entry) ?? 'token',
      ...(entry.description === undefined ? {} : { description: entry.description }),
      tags: textsOf(entry.tags ?? [])
        .flatMap((text) => text.split(/[\s,]+/))
        .filter((tag) => tag !== ''),
      values: new Map([...complete(profile), ...complete(entry)]),
      issuers,
      placeOf: (option) => placeIn(yaml, path, ['checks', name, ...(option === undefined ? [] : [option])]),
    };
  });
  return { path, checks };
}

const issuerOf = ([name, profile]: [string, FileProfile | null]): KnownIssuer[] =>
  typeof profile?.['issuer'] === 'string' ? [{ name, issuer: profile['issuer'] }] : [];

function placeIn(yaml: YamlDocument, file: string, path: readonly PropertyKey[]): CheckPlace {
  return { file, ...yaml.placeOf(path) };
}

interface Invalid {
  readonly hint: string;
  readonly place?: { readonly line: number; readonly column: number };
}

function invalid(path: string, words: string, { hint, place }: Invalid): TokctlError {
  const where = place === undefined ? path : `${path}:${place.line}:${place.column}`;
  return new TokctlError('ERR_CONFIG_INVALID', `${where}: ${words}`, { hint });
}

async function readText(path: string, host: Host): Promise<string> {
  const bytes = await host.files.read(path, LIMIT).catch((error: unknown) => {
    throw invalid(path, `the file with the checks cannot be read: ${fileFault(error)}`, {
      hint: 'name it: tokctl check --file PATH',
    });
  });
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw invalid(path, 'expected UTF-8 text', { hint: 'save the file as UTF-8' });
  }
}

function readDocument(path: string, text: string): { document: CheckDocument; yaml: YamlDocument } {
  try {
    const yaml = readYaml(text);
    const checked = checkTokctlYaml(yaml.value);
    if ('document' in checked) return { document: checked.document, yaml };
    const faults = checked.faults.map((fault) => ({ ...fault, place: yaml.placeOf(fault.path) }));
    const [first, ...more] = faults.sort((a, b) => a.place.line - b.place.line || a.place.column - b.place.column);
    const words = first?.words ?? 'it does not fit its schema';
    throw invalid(path, more.length === 0 ? words : `${words} (and ${more.length} more)`, { hint: '', ...first });
  } catch (error) {
    if (!(error instanceof YamlFault)) throw error;
    throw invalid(path, `expected YAML, got ${error.message}`, { place: error.place, hint: 'indent with spaces' });
  }
}

// ---------------------------------------------------------------- values

interface Surroundings {
  readonly folder: string;
  readonly host: Host;
}

const KNOWN: ReadonlyMap<string, OptionDefinition> = new Map(
  [...OPTIONS.filter(({ inProfile }) => inProfile !== false), ...CHECK_OPTIONS].map((option) => [option.name, option]),
);

const textsOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [String(value)]);

/** The options among the values, as flags would be typed and with complete paths; claims become the flags for them. */
function completed(values: FileProfile | CheckEntry, surroundings: Surroundings): [string, RawValue][] {
  const options = Object.entries(values).flatMap(([name, value]): [string, RawValue][] => {
    const option = KNOWN.get(name);
    const raw = option === undefined || value === undefined ? undefined : rawValue(option, value, surroundings);
    return raw === undefined ? [] : [[name, raw]];
  });
  return withClaims(new Map(options), (values as CheckEntry).claims ?? {});
}

function rawValue(option: OptionDefinition, value: unknown, surroundings: Surroundings): RawValue | undefined {
  if (typeof value === 'boolean') return option.kind === 'flag' ? value || undefined : String(value);
  const texts = textsOf(value).map((text) => withPath(option, text, surroundings));
  return Array.isArray(value) ? texts : texts[0];
}

function withClaims(values: Map<string, RawValue>, claims: NonNullable<CheckEntry['claims']>): [string, RawValue][] {
  for (const [name, expected] of Object.entries(claims)) {
    const option = typeof expected === 'object' ? 'claim-matches' : 'claim';
    const before = values.get(option);
    const text = `${name}=${typeof expected === 'object' ? expected.matches : expected}`;
    values.set(option, [...(before === undefined ? [] : textsOf(before)), text]);
  }
  return [...values];
}

/** The value with its path, if it is or holds one, from the folder of the file. */
function withPath({ name, kind }: OptionDefinition, text: string, { folder, host }: Surroundings): string {
  if (name === 'token') return tokenSourceIn(folder, text);
  const complete = (path: string): string => {
    const real = withHome(path, host.env);
    return isAbsolute(real) ? real : join(folder, real);
  };
  const source = kind === 'source' ? pathInSource(text, name) : undefined;
  if (source !== undefined) return source.at(complete(source.path));
  const isPath = kind === 'file' || (kind === 'keys' && !/^(?:https?:|\s*\{)/i.test(text));
  return isPath && text !== '-' ? complete(text) : text;
}
