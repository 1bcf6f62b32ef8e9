// Where tokens come from (contract §3): arguments, `-`, `@file`, `env:NAME`, TOKCTL_TOKEN, a pipe, `--from`.
// Invariant: what was stripped or chosen is said on stderr; nothing of a token or a credential is.

import { TokctlError } from '../core/errors.ts';
import { escapeText } from '../core/escape.ts';
import { type Pasted, unwrapPaste } from '../core/paste.ts';
import { MAX_TOKEN_LENGTH } from '../core/token.ts';
import type { Host } from './host.ts';
import type { Settings } from './settings.ts';
import type { StdinClaim } from './stdin.ts';
import { unreadable } from './unreadable.ts';

/** One token to judge, with the id of its batch line. */
export interface TokenInput {
  text: string;
  takenFrom?: string;
  id?: string;
  /** The line of the batch, from 1. */
  line?: number;
  /** What is wrong with the line, where no token could be read from it. */
  fault?: TokctlError;
}

/** The tokens of a run. `isBatch`: one line for each, whatever their number. */
export interface TokenInputs {
  isBatch: boolean;
  tokens: AsyncIterable<TokenInput>;
}

/** Text beyond this is no token and no response with tokens. */
const LIMIT = 4 * 1024 * 1024;

interface Reading {
  settings: Settings;
  host: Host;
  stdin: StdinClaim;
}

/** @throws TokctlError ERR_TOKEN_MISSING, ERR_USAGE for a source that cannot be read */
export async function readTokens(words: readonly string[], reading: Reading): Promise<TokenInputs> {
  const from = reading.settings.text('from');
  if (from !== undefined) return { isBatch: true, tokens: linesFrom(from, words, reading) };
  if (reading.settings.get('shard')?.origin === 'flag')
    throw new TokctlError('ERR_USAGE', 'expected --from with --shard: only the lines of a list can be shared out', {
      hint: '--from FILE, or --from - for stdin',
    });
  const sources =
    words.length > 0 ? await Promise.all(words.map((word) => sourceText(word, reading))) : [await unnamed(reading)];
  const tokens: TokenInput[] = [];
  for (const text of sources) tokens.push(...(await pastedTokens(text, reading)));
  return { isBatch: tokens.length > 1, tokens: each(tokens) };
}

async function* each(tokens: readonly TokenInput[]): AsyncGenerator<TokenInput> {
  yield* tokens;
}

// ---------------------------------------------------------------- one source

async function sourceText(word: string, { host, stdin }: Reading): Promise<string> {
  if (word === '-') {
    stdin.claim('the token');
    return readStdin(host);
  }
  if (word.startsWith('@') && word.length > 1) return readFile(word.slice(1), host);
  const variable = /^env:([A-Za-z_][A-Za-z0-9_]*)$/.exec(word)?.[1];
  return variable === undefined ? word : fromVariable(variable, host);
}

/** No argument: TOKCTL_TOKEN, then stdin if it is a pipe (contract §3). */
async function unnamed({ host, stdin }: Reading): Promise<string> {
  const variable = host.env['TOKCTL_TOKEN'];
  if (variable !== undefined && variable !== '') return variable;
  if (!host.stdin.isPiped || stdin.isClaimed()) throw noToken('none was given');
  stdin.claim('the token');
  return readStdin(host);
}

const noToken = (because: string): TokctlError =>
  new TokctlError('ERR_TOKEN_MISSING', `expected a token, got none: ${because}`, {
    hint: 'pass it on stdin (tokctl introspect -), as @FILE, env:NAME, or in TOKCTL_TOKEN',
  });

async function readStdin(host: Host): Promise<string> {
  return host.stdin.read(LIMIT).catch((error: unknown) => {
    throw unreadable('stdin', error);
  });
}

async function readFile(path: string, host: Host): Promise<string> {
  const bytes = await host.files.read(path, LIMIT).catch((error: unknown) => {
    throw unreadable(`\`${escapeText(path)}\``, error);
  });
  return new TextDecoder('utf-8', { ignoreBOM: false }).decode(bytes);
}

function fromVariable(name: string, { env }: Host): string {
  const value = env[name];
  if (value !== undefined && value !== '') return value;
  throw new TokctlError(
    'ERR_TOKEN_MISSING',
    `expected a token in the variable \`${name}\`, got ${value === undefined ? 'no such variable' : 'an empty one'}`,
    {
      hint: `export ${name}, or pass the token on stdin`,
    },
  );
}

// ---------------------------------------------------------------- what was pasted

async function pastedTokens(text: string, { settings, host }: Reading): Promise<TokenInput[]> {
  // A token that is too large is a result of its own, and not worth a search for what surrounds it.
  if (text.length > MAX_TOKEN_LENGTH * 4) return [{ text: text.trim() }];
  const pasted = unwrapPaste(text);
  if (pasted.refused !== undefined) throw refused(pasted.refused);
  const picked = pick(pasted, settings.text('pick'));
  if (!settings.flag('quiet')) for (const note of pasted.notes) await host.stderr.write(`note: ${escapeText(note)}\n`);
  if (picked.length === 0) throw noToken(pasted.notes.at(-1) ?? 'the input is empty');
  return picked;
}

function pick({ tokens }: Pasted, member: string | undefined): TokenInput[] {
  if (member === undefined) return tokens;
  const found = tokens.filter(({ takenFrom }) => takenFrom === member);
  if (found.length > 0 || tokens.length === 0) return found;
  const there = tokens.flatMap(({ takenFrom }) => (takenFrom === undefined ? [] : [takenFrom])).join(', ');
  throw new TokctlError(
    'ERR_USAGE',
    `expected \`${escapeText(member)}\` in what was pasted, got ${there === '' ? 'a bare token' : there}`,
    {
      hint: there === '' ? 'leave out --pick' : `--pick ${there.split(', ')[0]}`,
    },
  );
}

function refused(what: NonNullable<Pasted['refused']>): TokctlError {
  const got = what === 'basic' ? 'Basic credentials: a user name or client id with its password' : 'a private key';
  return new TokctlError('ERR_USAGE', `expected a token, got ${got} (not shown)`, {
    hint:
      what === 'basic'
        ? 'client credentials go to --client-id and --client-secret'
        : 'a private key goes to --client-key; if it was in a log, replace it',
  });
}

// ---------------------------------------------------------------- batch

async function* linesFrom(from: string, words: readonly string[], reading: Reading): AsyncGenerator<TokenInput> {
  if (words.length > 0)
    throw new TokctlError('ERR_USAGE', 'expected tokens from --from or as arguments, got both', {
      hint: 'leave out one of them',
    });
  if (from === '-') reading.stdin.claim('the tokens');
  const { batchTokens } = await import('./batch/batch-lines.ts');
  yield* batchTokens({ from, ...reading });
}
