// The settings of a run: flag > environment > profile > default, resolved here and nowhere else (contract §6).

import { type ErrorCode, TokctlError } from '../core/errors.ts';
import { escapeText } from '../core/escape.ts';
import { nearest } from '../core/nearest.ts';
import type { ConfigFile, Profile } from './config-file.ts';
import type { Host } from './host.ts';
import { type OptionDefinition, variableOf } from './options.ts';
import { type RawValue, type Setting, Settings } from './settings.ts';
import { checkValue } from './values.ts';
import { optionsOf, type Parsed } from './words.ts';

/**
 * Resolves and checks the settings of a command. Without a named profile the token may pick one later (`forIssuer`).
 * @throws TokctlError ERR_USAGE for a flag or variable that cannot be, ERR_CONFIG_INVALID for the file
 */
export async function resolveSettings({ command, words, flags }: Parsed, host: Host): Promise<Settings> {
  const options = optionsOf(command);
  const given = new Map<string, Setting>();
  for (const option of options) {
    const setting = fromFlag(option, flags) ?? fromEnvironment(option, host);
    if (setting !== undefined) given.set(option.name, setting);
  }
  for (const option of options) assertValue(option, { setting: given.get(option.name), command: command.name });
  const standard = defaultsOf(options);
  const base = new Settings(merge(standard, given));
  if (!command.groups.includes('general')) return base;
  // `config init` and `config path` are what helps when the file is missing or broken.
  if (command.name === 'config' && words[0] !== 'show') return base;
  const config = await configFor(base, host);
  if (config === undefined) return base;
  const { profileNamed, profileOfIssuer } = await import('./config-file.ts');
  const issuers = config.profiles.flatMap(issuerOf);
  const layered = (profile: Profile) =>
    new Settings(merge(standard, ofProfile(profile), given), profile.name, { issuers });
  const name = base.text('profile');
  if (name !== undefined) return layered(profileNamed(config, name));
  const bare = new Settings(merge(standard, given), undefined, { issuers });
  const fallback = config.defaultProfile === undefined ? undefined : profileNamed(config, config.defaultProfile);
  const standing = fallback === undefined || isOfAnother(fallback, base) ? bare : layered(fallback);
  return standing.pickingBy((issuer) => {
    const found = profileOfIssuer(config, issuer);
    return found === undefined ? undefined : layered(found);
  });
}

/** A profile that nobody named lends its credentials to no other issuer than its own. */
function isOfAnother({ values }: Profile, base: Settings): boolean {
  const [named, own] = [base.text('issuer'), values.get('issuer')];
  return named !== undefined && own !== undefined && own !== named;
}

async function configFor(base: Settings, host: Host): Promise<ConfigFile | undefined> {
  const named = base.text('config') ?? host.env['TOKCTL_CONFIG'];
  // Nine of ten runs have no file: nothing is loaded to find that out.
  if (named === undefined && (await host.files.facts(standardPath(host))) === undefined) {
    if (base.text('profile') === undefined) return undefined;
    throw new TokctlError('ERR_CONFIG_INVALID', 'expected a configuration file with that profile, got none', {
      hint: 'write one: tokctl config init',
    });
  }
  const { findConfig } = await import('./config-file.ts');
  return findConfig(host, base.text('config'));
}

/** Where the file is by the XDG rules; `config-file.ts` has the whole rule. */
function standardPath({ env }: Host): string {
  const folder = env['XDG_CONFIG_HOME']?.startsWith('/')
    ? env['XDG_CONFIG_HOME']
    : `${env['HOME'] ?? env['APPDATA'] ?? ''}/.config`;
  return env['APPDATA'] !== undefined && env['HOME'] === undefined
    ? `${env['APPDATA']}/tokctl/config.yaml`
    : `${folder}/tokctl/config.yaml`;
}

function fromFlag({ name }: OptionDefinition, flags: ReadonlyMap<string, RawValue>): Setting | undefined {
  const value = flags.get(name);
  return value === undefined ? undefined : { value, origin: 'flag' };
}

function fromEnvironment({ name, inEnvironment }: OptionDefinition, { env }: Host): Setting | undefined {
  const value = inEnvironment === false ? undefined : env[variableOf(name)];
  return value === undefined || value === '' ? undefined : { value, origin: 'environment' };
}

/** Defaults that are values; those in words only stand in the help. */
function defaultsOf(options: readonly OptionDefinition[]): Map<string, Setting> {
  const real = options.filter(
    (option) =>
      option.default !== undefined && checkValue(option, option.default) === undefined && option.group !== 'demo',
  );
  return new Map(real.map((option) => [option.name, { value: option.default ?? '', origin: 'default' }]));
}

const ofProfile = ({ values }: Profile): Map<string, Setting> =>
  new Map([...values].map(([name, value]) => [name, { value, origin: 'profile' }]));

const issuerOf = ({ name, values }: Profile) => {
  const issuer = values.get('issuer');
  return typeof issuer === 'string' ? [{ name, issuer }] : [];
};

/** Later ones win. */
function merge(...layers: readonly ReadonlyMap<string, Setting>[]): Map<string, Setting> {
  return new Map(layers.flatMap((layer) => [...layer]));
}

interface Given {
  setting: Setting | undefined;
  command: string;
}

function assertValue(option: OptionDefinition, { setting, command }: Given): void {
  if (setting === undefined || typeof setting.value === 'boolean') return;
  const { value, origin } = setting;
  for (const text of typeof value === 'string' ? [value] : value) {
    const problem = checkValue(option, text);
    if (problem !== undefined) throw wrongValue(option, { text, problem, origin, command });
  }
}

interface WrongValue {
  text: string;
  problem: string;
  origin: Setting['origin'];
  command: string;
}

/** Longer than any right value that is no URL: a token or a secret in the wrong place. */
const mayBeSecret = (text: string): boolean => text.length > 24 && !text.includes('://');

function wrongValue(option: OptionDefinition, { text, problem, origin, command }: WrongValue): TokctlError {
  const { name, kind, choices = [] } = option;
  const where = origin === 'environment' ? variableOf(name) : `--${name}`;
  const code: ErrorCode = 'ERR_USAGE';
  const isHidden = kind === 'source' || name === 'header' || mayBeSecret(text);
  const got = isHidden ? 'another value' : `\`${escapeText(text)}\``;
  const [near] = kind === 'choice' ? nearest(text, choices, 1) : [];
  const help = `tokctl ${command} --help`;
  const hint = near === undefined ? help : `did you mean ${near}? ${help}`;
  return new TokctlError(code, `${where}: ${problem}, got ${got}`, { hint });
}
