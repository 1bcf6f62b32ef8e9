// The configuration file: where it is, what is in it, and which profile is meant (contract §6, §11).
// Invariant: nothing is read from the current directory unless a person named it, and the paths in a profile start at
// the folder of its file: a cloned repository must not put its keys in place of the user's.

import { dirname, isAbsolute, join } from 'node:path';
import { TokctlError } from '../core/errors.ts';
import { nearest } from '../core/nearest.ts';
import type { ConfigDocument, FileProfile, FileValue } from './config-schema.ts';
import type { Host } from './host.ts';
import { type OptionDefinition, optionNamed } from './options.ts';
import { fileFault, isLiteral, OTHERS, octal, pathInSource, withHome } from './secret-source.ts';
import type { RawValue } from './settings.ts';
import type { Place, YamlDocument } from './yaml-document.ts';

export interface Profile {
  readonly name: string;
  /** By option name, as the flags would be typed; paths are complete. A flag that is false is absent. */
  readonly values: ReadonlyMap<string, RawValue>;
}

export interface ConfigFile {
  readonly path: string;
  readonly profiles: readonly Profile[];
  /** The profile of a run that names none and whose token picks none. It is one of `profiles`. */
  readonly defaultProfile?: string;
}

const LIMIT = 1024 * 1024;

/**
 * Where the configuration file is, whether it is there or not: `explicit` (`--config`), `TOKCTL_CONFIG`, else by the
 * XDG rules. Undefined where there is no home folder.
 */
export function configPath(host: Host, explicit?: string): string | undefined {
  const { TOKCTL_CONFIG: named, XDG_CONFIG_HOME: xdg, HOME: home, APPDATA: roaming } = host.env;
  if (explicit !== undefined || named) return explicit ?? named;
  // A relative XDG_CONFIG_HOME is to be ignored (XDG Base Directory Specification); it would be the current directory.
  const folder = xdg && isAbsolute(xdg) ? xdg : home ? join(home, '.config') : roaming;
  return folder ? join(folder, 'tokctl', 'config.yaml') : undefined;
}

/**
 * The configuration file, or undefined if there is none and nobody named one.
 * @throws TokctlError ERR_CONFIG_INVALID, also if a file that was named is missing
 */
export async function findConfig(host: Host, explicit?: string): Promise<ConfigFile | undefined> {
  const path = configPath(host, explicit);
  if (path === undefined) return undefined;
  const isNamed = explicit !== undefined || Boolean(host.env['TOKCTL_CONFIG']);
  if (!isNamed && (await host.files.facts(path)) === undefined) return undefined;
  return loadConfig(path, host);
}

/**
 * Reads and checks the file at `path`.
 * @throws TokctlError ERR_CONFIG_INVALID with `path:line:column` in the message
 */
export async function loadConfig(path: string, host: Host): Promise<ConfigFile> {
  const { document, placeOf } = await readDocument(path, await readText(path, host));
  const at = (words: string, where: readonly PropertyKey[], hint: string) =>
    invalid(path, words, { place: placeOf(where), hint });
  const profiles = Object.entries(document.profiles ?? {});
  await refuseOpenSecrets(profiles, { path, host, at });
  const chosen = document['default-profile'];
  const names = profiles.map(([name]) => name);
  if (chosen !== undefined && !names.includes(chosen))
    throw at(`\`default-profile\`: no profile is called \`${chosen}\``, ['default-profile'], hintFor(chosen, names));
  return {
    path,
    profiles: profiles.map(([name, values]) => profileOf(name, values ?? {}, { folder: dirname(path), host })),
    ...(chosen === undefined ? {} : { defaultProfile: chosen }),
  };
}

/** The profile of that name. @throws TokctlError ERR_USAGE naming those that are there */
export function profileNamed({ path, profiles }: ConfigFile, name: string): Profile {
  const found = profiles.find((profile) => profile.name === name);
  if (found !== undefined) return found;
  const names = profiles.map((profile) => profile.name);
  const hint = hintFor(name, names);
  throw new TokctlError('ERR_USAGE', `no profile is called \`${name}\` in ${path}`, { hint });
}

/**
 * The one profile whose issuer equals that of a token byte for byte (contract §4.2), or undefined. Several profiles may
 * share an issuer (two clients of one server), but then a token cannot pick between them unless one is the default.
 * @throws TokctlError ERR_CONFIG_INVALID naming all of them
 */
export function profileOfIssuer(config: ConfigFile, issuer: string): Profile | undefined {
  const found = config.profiles.filter(({ values }) => values.get('issuer') === issuer);
  if (found.length < 2) return found[0];
  const preferred = found.find(({ name }) => name === config.defaultProfile);
  if (preferred !== undefined) return preferred;
  const names = found.map(({ name }) => `\`${name}\``).join(' and ');
  throw invalid(config.path, `the profiles ${names} have the same issuer, so that a token picks neither`, {
    hint: `name one: -p ${found[0]?.name}`,
  });
}

function hintFor(name: string, names: readonly string[]): string {
  const [found] = nearest(name, names, 1);
  if (names.length === 0) return 'the file has no profiles; tokctl config init writes an example';
  return `${found === undefined ? '' : `did you mean \`${found}\`? `}there are: ${names.join(', ')}`;
}

interface InvalidOptions {
  readonly hint: string;
  readonly place?: Place;
}

function invalid(path: string, words: string, { hint, place }: InvalidOptions): TokctlError {
  const where = place === undefined ? path : `${path}:${place.line}:${place.column}`;
  return new TokctlError('ERR_CONFIG_INVALID', `${where}: ${words}`, { hint });
}

async function readText(path: string, host: Host): Promise<string> {
  const bytes = await host.files.read(path, LIMIT).catch((error: unknown) => {
    throw invalid(path, `the configuration file cannot be read: ${fileFault(error)}`, { hint: 'tokctl config path' });
  });
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw invalid(path, 'expected UTF-8 text', { hint: 'save the file as UTF-8' });
  }
}

/** YAML and the schema are loaded only here: most runs have no file, and both cost more than all else at the start. */
async function readDocument(
  path: string,
  text: string,
): Promise<Pick<YamlDocument, 'placeOf'> & { document: ConfigDocument }> {
  const [{ readYaml, YamlFault }, { checkConfig }] = await Promise.all([
    import('./yaml-document.ts'),
    import('./config-schema.ts'),
  ]);
  try {
    const { value, placeOf } = readYaml(text);
    const checked = checkConfig(value);
    if ('document' in checked) return { document: checked.document, placeOf };
    const faults = checked.faults.map((fault) => ({ ...fault, place: placeOf(fault.path) }));
    const [first, ...more] = faults.sort((a, b) => a.place.line - b.place.line || a.place.column - b.place.column);
    const words = first?.words ?? 'it does not fit its schema';
    throw invalid(path, more.length === 0 ? words : `${words} (and ${more.length} more)`, { hint: '', ...first });
  } catch (error) {
    if (!(error instanceof YamlFault)) throw error;
    throw invalid(path, `expected YAML, got ${error.message}`, {
      place: error.place,
      hint: 'tokctl config init writes an example',
    });
  }
}

interface Checking {
  readonly path: string;
  readonly host: Host;
  readonly at: (words: string, where: readonly PropertyKey[], hint: string) => TokctlError;
}

/** A literal secret may stand in the file only if nobody else can come at it (security.md O8). */
async function refuseOpenSecrets(
  profiles: [string, FileProfile | null][],
  { path, host, at }: Checking,
): Promise<void> {
  const mode = (await host.files.facts(path))?.mode ?? 0;
  if ((mode & OTHERS) === 0) return;
  for (const [profile, values] of profiles)
    for (const [name, value] of Object.entries(values ?? {}))
      if (value !== undefined && textsOf(value).some((text) => isSecret(optionNamed(name), text)))
        throw at(
          `\`${name}\` in profile \`${profile}\` is a literal secret, and others can read the file (mode ${octal(mode)})`,
          ['profiles', profile, name],
          `chmod 600 ${path}, or ${name}: env:NAME`,
        );
}

const SECRET_HEADER = /^[^:]*(?:authorization|cookie|key|token|secret)[^:]*:/i;

const isSecret = ({ name, kind }: OptionDefinition, text: string): boolean =>
  (kind === 'source' && isLiteral(text, name)) || (name === 'header' && SECRET_HEADER.test(text));

const textsOf = (value: FileValue): string[] => (Array.isArray(value) ? value.map(String) : [String(value)]);

interface Surroundings {
  readonly folder: string;
  readonly host: Host;
}

function profileOf(name: string, values: FileProfile, surroundings: Surroundings): Profile {
  const entries = Object.entries(values).flatMap(([option, value]): [string, RawValue][] => {
    const raw = value === undefined ? undefined : rawValue(optionNamed(option), value, surroundings);
    return raw === undefined ? [] : [[option, raw]];
  });
  return { name, values: new Map(entries) };
}

function rawValue(option: OptionDefinition, value: FileValue, surroundings: Surroundings): RawValue | undefined {
  if (typeof value === 'boolean') return value || undefined;
  const texts = textsOf(value).map((text) => withPath(option, text, surroundings));
  return Array.isArray(value) ? texts : texts[0];
}

/** The value with its path, if it is or holds one, from the folder of the file. */
function withPath({ name, kind }: OptionDefinition, text: string, { folder, host }: Surroundings): string {
  const complete = (path: string): string => {
    const real = withHome(path, host.env);
    return isAbsolute(real) ? real : join(folder, real);
  };
  const source = kind === 'source' ? pathInSource(text, name) : undefined;
  if (source !== undefined) return source.at(complete(source.path));
  const isPath = kind === 'file' || (kind === 'keys' && !/^https?:/i.test(text));
  return isPath && text !== '-' ? complete(text) : text;
}
