// `tokctl config show|path|init`: what is set and where it came from, and a file to start with.
// Invariant: no secret is printed, whatever place it was given in; a file that is there is never changed.

import { dirname, join, resolve } from 'node:path';
import { type ExitCode, TokctlError } from '../../core/errors.ts';
import { escapeText } from '../../core/escape.ts';
import { printJson } from '../../core/json.ts';
import { nearest } from '../../core/nearest.ts';
import type { Invocation } from '../command.ts';
import { configPath, findConfig } from '../config-file.ts';
import type { Host } from '../host.ts';
import { OPTIONS, type OptionDefinition, variableOf } from '../options.ts';
import { fileFault, isLiteral, pathInSource, shownValue } from '../secret-source.ts';
import type { RawValue, Setting, Settings } from '../settings.ts';

interface Task {
  readonly settings: Settings;
  readonly host: Host;
}

const TASKS: Readonly<Record<string, (path: string, task: Task) => Promise<void>>> = { show, path: printPath, init };

/**
 * `arguments`: one of `show`, `path` and `init`.
 * @throws TokctlError ERR_USAGE for another word; ERR_CONFIG_INVALID if there is no place for a file, or it is unwritable
 */
export async function config({ arguments: words, settings, host }: Invocation): Promise<ExitCode> {
  const [word = '', ...more] = words;
  const task = Object.hasOwn(TASKS, word) ? TASKS[word] : undefined;
  if (task === undefined || more.length > 0) throw usage(words);
  const path = configPath(host, settings.text('config'));
  if (path === undefined)
    throw new TokctlError('ERR_CONFIG_INVALID', 'there is no place for a configuration file: HOME is not set', {
      hint: 'name one: --config FILE, or set XDG_CONFIG_HOME',
    });
  await task(path, { settings, host });
  return 0;
}

function usage(words: readonly string[]): TokctlError {
  const got = words.length === 0 ? 'nothing' : `\`${words.join(' ')}\``;
  const [found = 'show'] = nearest(words[0] ?? '', Object.keys(TASKS), 1);
  return new TokctlError('ERR_USAGE', `expected one of show, path and init, got ${got}`, {
    hint: `tokctl config ${found}`,
  });
}

async function printPath(path: string, { settings, host }: Task): Promise<void> {
  const exists = (await host.files.facts(path)) !== undefined;
  const json = jsonOf({ path, exists }, settings);
  await host.stdout.write(json ?? `${escapeText(path)}\n`);
  if (!exists) await host.stderr.write('it is not there yet; tokctl config init writes it\n');
}

/** As JSON, if that was asked for. Other formats are for reports, and may be set in a profile. */
function jsonOf(value: object, settings: Settings): string | undefined {
  const output = settings.flag('json') ? 'json' : settings.text('output');
  if (output !== 'json' && output !== 'ndjson') return undefined;
  return `${printJson(value, output === 'json' ? 2 : 0)}\n`;
}

interface Row {
  readonly option: OptionDefinition;
  readonly setting: Setting;
}

async function show(path: string, { settings, host }: Task): Promise<void> {
  const found = await findConfig(host, settings.text('config'));
  const profiles = found?.profiles.map(({ name }) => name) ?? [];
  const rows = OPTIONS.flatMap((option): Row[] => {
    const setting = settings.get(option.name);
    return setting === undefined ? [] : [{ option, setting }];
  });
  const facts = { path, exists: found !== undefined, profile: settings.profile ?? null, profiles };
  await host.stdout.write(jsonOf({ ...facts, options: rows.map(plainRow) }, settings) ?? table(facts, rows));
}

const plainRow = ({ option, setting: { value, origin } }: Row) => ({
  name: option.name,
  value: shown(option, value),
  origin,
});

/** The value without what is secret in it. */
function shown(option: OptionDefinition, value: RawValue): RawValue {
  if (typeof value === 'boolean') return value;
  return typeof value === 'string' ? shownValue(option, value) : value.map((text) => shownValue(option, text));
}

interface Facts {
  readonly path: string;
  readonly exists: boolean;
  readonly profile: string | null;
  readonly profiles: readonly string[];
}

function table({ path, exists, profile, profiles }: Facts, rows: readonly Row[]): string {
  const head = [
    ['file', exists ? path : `${path} (not there)`],
    ['profile', profile ?? 'none'],
    ['profiles', profiles.length === 0 ? 'none' : profiles.join(', ')],
  ];
  const body = rows.map(({ option, setting: { value, origin } }) => [
    option.name,
    [shown(option, value)].flat().join(', '),
    originWords(option.name, { origin, profile }),
  ]);
  return `${columns(head)}\n${columns([['option', 'value', 'origin'], ...body])}`;
}

function originWords(name: string, { origin, profile }: Pick<Setting, 'origin'> & Pick<Facts, 'profile'>): string {
  if (origin === 'environment') return `environment ${variableOf(name)}`;
  return origin === 'profile' && profile !== null ? `profile ${profile}` : origin;
}

/** Rows as aligned columns; cells come from a file and the environment, so they are escaped. */
function columns(rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map(escapeText));
  const widths = cells.reduce<number[]>((most, row) => row.map((cell, at) => Math.max(most[at] ?? 0, cell.length)), []);
  const line = (row: readonly string[]) => row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ');
  return cells.map((row) => `${line(row).trimEnd()}\n`).join('');
}

/** Its name beside the configuration file; editors read it from there. */
const SCHEMA_FILE = 'config.schema.json';

// The schema is written beside the file and named without a folder: an editor then finds it offline, wherever the
// package is installed and under whatever name it is run, and it fits the version that wrote the file.
const HEAD = `# yaml-language-server: $schema=${SCHEMA_FILE}
# Configuration of tokctl. A profile holds options by their flags without the dashes: --client-id is client-id.
# Secrets stand elsewhere: env:NAME, file:PATH or cmd:COMMAND. Paths start at the folder of this file.
# \`tokctl config show -p NAME\` tells what is used and where it came from.
`;

const EXAMPLE = `
# A token picks the profile whose issuer is its iss; -p NAME picks one by name; default-profile is for the rest.
# default-profile: example

profiles:
  # example:
  #   issuer: https://id.example.com
  #   audience: https://api.example.com
  #   client-id: my-api
  #   client-secret: env:CLIENT_SECRET
`;

async function init(path: string, { settings, host }: Task): Promise<void> {
  const given = OPTIONS.filter(({ name, inProfile }) => inProfile !== false && settings.get(name)?.origin === 'flag');
  const content = given.length === 0 ? EXAMPLE : await profileText(given, { settings, host });
  await create(path, HEAD + content, host);
  await createSchema(join(dirname(path), SCHEMA_FILE), host);
  await host.stdout.write(jsonOf({ path }, settings) ?? `${escapeText(path)}\n`);
  await host.stderr.write('written; next: tokctl config show\n');
}

/** A profile of the flags that were given, so that the next run needs none of them. */
async function profileText(given: readonly OptionDefinition[], { settings, host }: Task): Promise<string> {
  const { writeYaml } = await import('../yaml-document.ts');
  const kept = given.filter(
    ({ name, kind }) => kind !== 'source' || !settings.texts(name).some((text) => isLiteral(text, name)),
  );
  for (const { name } of given.filter((option) => !kept.includes(option)))
    await host.stderr.write(`warning: \`--${name}\` holds the secret itself and was left out; name its source\n`);
  const values = kept.map((option) => [option.name, fileValue(option, settings.get(option.name)?.value ?? '')]);
  const profile = settings.text('profile') ?? 'main';
  const file = { 'default-profile': profile, profiles: { [profile]: Object.fromEntries(values) } };
  return `\n${writeYaml(file)}`;
}

/** A value as the file holds it: paths, typed where the user is, must be found from the folder of the file. */
function fileValue({ kind, name }: OptionDefinition, value: RawValue): RawValue {
  if (kind === 'flag') return value === true || value === 'true' || value === '1';
  if (typeof value !== 'string' || value === '-') return value;
  if (kind === 'file' || (kind === 'keys' && !/^https?:/i.test(value))) return resolve(value);
  const source = kind === 'source' ? pathInSource(value, name) : undefined;
  return source === undefined || source.path.startsWith('~/') ? value : source.at(resolve(source.path));
}

async function create(path: string, content: string, host: Host): Promise<void> {
  try {
    await host.files.create(path, content, 0o600);
  } catch (error) {
    if (codeOf(error) === 'EEXIST')
      throw new TokctlError('ERR_USAGE', `${path} is there already and was left as it is`, {
        hint: 'tokctl config show, or write another: --config FILE',
      });
    throw new TokctlError('ERR_CONFIG_INVALID', `${path} cannot be written: ${fileFault(error)}`, {
      hint: 'name another place: --config FILE',
    });
  }
}

async function createSchema(path: string, host: Host): Promise<void> {
  const { configJsonSchema } = await import('../config-schema.ts');
  try {
    await host.files.create(path, `${JSON.stringify(configJsonSchema(), undefined, 2)}\n`, 0o600);
  } catch (error) {
    // The file is of use without its schema.
    if (codeOf(error) !== 'EEXIST') await host.stderr.write(`warning: no schema for editors: ${fileFault(error)}\n`);
  }
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);
