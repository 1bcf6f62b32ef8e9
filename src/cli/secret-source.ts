// Where secrets come from: `env:NAME`, `file:PATH`, `cmd:COMMAND`, `-`, or the secret itself (contract §6).
// Invariant: no message holds a secret, the output of a command, or the text of a command.

import { TokctlError } from '../core/errors.ts';
import { escapeText } from '../core/escape.ts';
import type { Host } from './host.ts';
import type { OptionDefinition } from './options.ts';

/** Reads each secret once. */
export interface SecretReader {
  /**
   * The secret of that source; `option` is the name of the option that asks, without dashes.
   * @throws TokctlError ERR_CONFIG_INVALID if it cannot be had or is empty
   */
  read(source: string, option: string): Promise<string>;
  /** All that were read until now, so that they can be kept out of what is printed. */
  secrets(): string[];
}

/** Who may read stdin. @throws TokctlError ERR_USAGE if another has claimed it. */
export interface StdinClaim {
  claim(who: string): void;
}

/** Permission bits by which others than the owner may come at a file. */
export const OTHERS = 0o077;

const LIMIT = 64 * 1024;

/** These take a token, or what came with it, as its argument does (contract §3): `@path` too. */
const TOKEN_OPTIONS: ReadonlySet<string> = new Set(['bearer', 'access-token', 'code', 'dpop-proof']);
const HINT = 'name where it is: env:NAME, file:PATH, cmd:COMMAND or -';

interface SourceParts {
  readonly kind: 'env' | 'file' | 'cmd' | 'stdin' | 'token-file' | 'literal';
  readonly rest: string;
}

function partsOf(source: string, option: string): SourceParts {
  if (source === '-') return { kind: 'stdin', rest: '' };
  const [, kind, rest = ''] = /^(env|file|cmd):(.*)$/s.exec(source) ?? [];
  if (kind !== undefined) return { kind: kind as SourceParts['kind'], rest };
  if (source.startsWith('@') && TOKEN_OPTIONS.has(option)) return { kind: 'token-file', rest: source.slice(1) };
  return { kind: 'literal', rest: source };
}

/** True when the value of a secret source is the secret itself. */
export function isLiteral(source: string, option: string): boolean {
  return partsOf(source, option).kind === 'literal';
}

/** The path in a source that names a file, and the source with another path in its place. */
export function pathInSource(source: string, option: string): { path: string; at(path: string): string } | undefined {
  const { kind, rest } = partsOf(source, option);
  if (kind !== 'file' && kind !== 'token-file') return undefined;
  return { path: rest, at: (path) => source.slice(0, source.length - rest.length) + path };
}

const HIDDEN = '(hidden)';

/** What of a value may be shown: of a secret its source, of a header its name, of a URL all but user and password. */
export function shownValue({ name, kind }: OptionDefinition, value: string): string {
  if (name === 'header') return value.includes(':') ? `${value.slice(0, value.indexOf(':'))}: ${HIDDEN}` : HIDDEN;
  if (kind === 'source') return shownSource(value, name);
  return value.replace(/^([a-z]+:\/\/)[^/?#]*@/i, `$1${HIDDEN}@`);
}

function shownSource(source: string, option: string): string {
  const { kind } = partsOf(source, option);
  if (kind === 'cmd') return `cmd:${HIDDEN}`;
  return kind === 'literal' ? HIDDEN : source;
}

/** A path with `~/` made the home folder: no shell expands it behind `file:` or in a profile. */
export function withHome(path: string, env: Host['env']): string {
  const home = env['HOME'] || env['USERPROFILE'];
  return path.startsWith('~/') && home !== undefined ? home + path.slice(1) : path;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a directory',
  EFBIG: 'it is too large',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left',
};

/** Why a file could not be read or written, in words. */
export function fileFault(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return REASONS[code] ?? (/^E[A-Z0-9]+$/.test(code) ? code : 'it cannot be opened');
}

export interface SecretReaderOptions {
  /** Told what is unwise about a source, once for each. Default: writes to stderr. */
  readonly warn?: (text: string) => Promise<void>;
}

/** A reader for one run. Nothing is read until it is asked for. */
export function secretReader(host: Host, stdin: StdinClaim, { warn }: SecretReaderOptions = {}): SecretReader {
  const read = new Map<string, Promise<string>>();
  const secrets = new Set<string>();
  const warnOnce = once(warn ?? ((text) => host.stderr.write(`warning: ${escapeText(text)}\n`)));
  const fresh = async (source: string, option: string): Promise<string> => {
    const secret = await secretOf(partsOf(source, option), { host, stdin, warn: warnOnce, option });
    if (secret === '') throw unavailable(option, `${nameOf(partsOf(source, option))} is empty`);
    secrets.add(secret);
    return secret;
  };
  return {
    read: (source, option) => {
      const key = `${option} ${source}`;
      const known = read.get(key) ?? fresh(source, option);
      read.set(key, known);
      return known;
    },
    secrets: () => [...secrets],
  };
}

function once(warn: (text: string) => Promise<void>): (text: string) => Promise<void> {
  const said = new Set<string>();
  return async (text) => {
    if (said.has(text)) return;
    said.add(text);
    await warn(text);
  };
}

interface Reading {
  readonly host: Host;
  readonly stdin: StdinClaim;
  readonly option: string;
  readonly warn: (text: string) => Promise<void>;
}

async function secretOf({ kind, rest }: SourceParts, reading: Reading): Promise<string> {
  switch (kind) {
    case 'env':
      return fromVariable(rest, reading);
    case 'file':
      await warnOfOthers(rest, reading);
      return fromFile(rest, reading);
    case 'token-file':
      return fromFile(rest, reading);
    case 'cmd':
      return fromCommand(rest, reading);
    case 'stdin':
      return fromStdin(reading);
    case 'literal':
      await warnOfLiteral(reading);
      return rest;
  }
}

/** A source for a message: never the secret, never a command. */
function nameOf({ kind, rest }: SourceParts): string {
  const names = { cmd: 'the output of its command', stdin: 'stdin', literal: 'it', env: `the variable \`${rest}\`` };
  return kind === 'file' || kind === 'token-file' ? `the file \`${rest}\`` : names[kind];
}

const unavailable = (option: string, because: string, hint = HINT): TokctlError =>
  new TokctlError('ERR_CONFIG_INVALID', `\`--${option}\` cannot be read: ${because}`, { hint });

function fromVariable(name: string, { host, option }: Reading): string {
  // What is no name of a variable may be a secret behind a wrong prefix.
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    throw unavailable(option, 'expected env:NAME with the name of a variable');
  const value = Object.hasOwn(host.env, name) ? host.env[name] : undefined;
  if (value === undefined) throw unavailable(option, `the variable \`${name}\` is not set`, `export ${name}=…`);
  return value;
}

async function warnOfOthers(path: string, { host, option, warn }: Reading): Promise<void> {
  const real = withHome(path, host.env);
  const mode = (await host.files.facts(real).catch(() => undefined))?.mode ?? 0;
  if ((mode & OTHERS) === 0) return;
  await warn(`\`--${option}\`: others can read the file \`${real}\` (mode ${octal(mode)}); chmod 600 keeps it to you`);
}

/** Permission bits as chmod takes them. */
export const octal = (mode: number): string => (mode & 0o777).toString(8).padStart(3, '0');

async function fromFile(path: string, { host, option }: Reading): Promise<string> {
  const real = withHome(path, host.env);
  const bytes = await host.files.read(real, LIMIT).catch((error: unknown) => {
    throw unavailable(option, `the file \`${real}\`: ${fileFault(error)}`);
  });
  try {
    return withoutNewline(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw unavailable(option, `the file \`${real}\` is no UTF-8 text`);
  }
}

async function fromCommand(command: string, { host, option }: Reading): Promise<string> {
  try {
    return withoutNewline(await host.capture(command));
  } catch (error) {
    if (host.signal.aborted) throw error;
    // The error of the system repeats the command, so it is not kept as the cause.
    throw unavailable(
      option,
      `its command ${commandFault(error)}`,
      'run the command by hand, it must print the secret',
    );
  }
}

function commandFault(error: unknown): string {
  const { code, killed, signal } = (error ?? {}) as { code?: unknown; killed?: unknown; signal?: unknown };
  if (typeof code === 'number') return `ended with exit status ${code}`;
  if (killed === true || code === 'ETIMEDOUT' || code === 'ABORT_ERR') return 'did not end in time';
  if (typeof signal === 'string') return `was ended by ${signal}`;
  return code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER' || code === 'EFBIG' ? 'printed too much' : 'could not be run';
}

async function fromStdin({ host, stdin, option }: Reading): Promise<string> {
  stdin.claim(`--${option}`);
  if (host.stdin.isTTY) throw unavailable(option, 'expected a pipe on stdin, got a terminal');
  const text = await host.stdin.read(LIMIT).catch((error: unknown) => {
    throw unavailable(option, `stdin: ${fileFault(error)}`);
  });
  return withoutNewline(text);
}

async function warnOfLiteral({ option, warn }: Reading): Promise<void> {
  // They come with a token, which may stand on the command line too.
  if (TOKEN_OPTIONS.has(option) && option !== 'bearer') return;
  await warn(`\`--${option}\` holds the secret itself, which a command line shows to other users; ${HINT}`);
}

/** One newline at the end is the file's or the command's, not the secret's. */
const withoutNewline = (text: string): string => text.replace(/\r?\n$/, '');
