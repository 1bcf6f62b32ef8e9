// The lines of a batch (contract §3): a token or a JSON object with `token` and `id` each. Loaded for `--from` alone.
// Invariant: one line at a time; a line that is wrong is told as a result of its own, and the others go on.

import { TokctlError } from '../../core/errors.ts';
import { escapeText } from '../../core/escape.ts';
import { asJsonError, isJsonObject, type Json, JsonError, JsonNumber, member, parseJson } from '../../core/json.ts';
import { unwrapPaste } from '../../core/paste.ts';
import { MAX_TOKEN_LENGTH } from '../../core/token.ts';
import type { Host } from '../host.ts';
import type { Settings } from '../settings.ts';
import type { TokenInput } from '../token-input.ts';
import { unreadable } from '../unreadable.ts';
import { isInShard, type Shard, shardOf } from './shard.ts';

export interface Lines {
  /** `-` is stdin. */
  from: string;
  settings: Settings;
  host: Host;
}

/** The tokens of the share that is asked for. @throws TokctlError ERR_USAGE for a source that cannot be read */
export async function* batchTokens(lines: Lines): AsyncGenerator<TokenInput> {
  await announceShard(lines);
  const readLine = lineReader(lines);
  let isNoted = lines.settings.flag('quiet');
  let number = 0;
  let some = false;
  for await (const group of lineGroups(lines)) {
    for (const line of group) {
      number += 1;
      some ||= line.trim() !== '';
      const input = readLine(line, number);
      if (input === undefined) continue;
      const note = noteOf(input);
      if (note !== undefined && !isNoted) await lines.host.stderr.write(note);
      isNoted ||= note !== undefined;
      yield input;
    }
  }
  if (!some) throw noTokens();
}

/** Reads one line after the other; undefined for an empty one, and for one that is in another share. */
export function lineReader({ settings, host }: Pick<Lines, 'settings' | 'host'>) {
  const shard = shardOf(settings, host);
  return (line: string, number: number): ReadLine | undefined => {
    const read = batchLine(line, number);
    return read !== undefined && isMine(read, line, shard) ? read : undefined;
  };
}

/** How many lines hold something, in the share that is asked for. For the length of a progress bar; never throws. */
export async function countLines(lines: Lines, signal: AbortSignal): Promise<number | undefined> {
  const readLine = lineReader(lines);
  const isWhole = shardOf(lines.settings, lines.host) === undefined;
  const isCounted = (line: string): boolean => (isWhole ? line.trim() !== '' : readLine(line, 1) !== undefined);
  let count = 0;
  try {
    for await (const group of lines.host.files.lineGroups(lines.from)) {
      if (signal.aborted) return undefined;
      count += group.filter(isCounted).length;
    }
    return count;
  } catch {
    return undefined;
  }
}

/** By the token, whatever stands around it; a line without one belongs somewhere too. */
const isMine = ({ text, fault }: TokenInput, line: string, shard: Shard | undefined): boolean =>
  shard === undefined || isInShard(fault === undefined ? text : line.trim(), shard);

/** A share that nobody typed is told. */
export async function announceShard({ settings, host }: Pick<Lines, 'settings' | 'host'>): Promise<void> {
  const shard = shardOf(settings, host);
  const isFromJob = shard !== undefined && settings.get('shard') === undefined;
  if (isFromJob && !settings.flag('quiet'))
    await host.stderr.write(`note: share ${shard.index + 1}/${shard.count} of the lines, by JOB_COMPLETION_INDEX\n`);
}

/** The lines as they are read, some at once. @throws TokctlError ERR_USAGE for a source that cannot be read */
export async function* lineGroups({ from, host }: Pick<Lines, 'from' | 'host'>): AsyncGenerator<string[]> {
  try {
    yield* from === '-' ? host.stdin.lineGroups() : host.files.lineGroups(from);
  } catch (error) {
    throw unreadable(from === '-' ? 'stdin' : `\`${escapeText(from)}\``, error);
  }
}

/** What was stripped from a line is told for the first such line: a million notes tell nobody anything. */
export const noteOf = ({ notes: [words], line }: ReadLine): string | undefined =>
  words === undefined
    ? undefined
    : `note: line ${line}: ${escapeText(words)}; so it is for other lines, which is not told again\n`;

export const noTokens = () =>
  new TokctlError('ERR_TOKEN_MISSING', 'expected tokens, got none: the input is empty', {
    hint: 'one token, or one JSON object with `token` and `id`, a line',
  });

// ---------------------------------------------------------------- one line

export interface ReadLine extends TokenInput {
  /** What was stripped. */
  notes: readonly string[];
}

/** Reads a line; undefined for an empty one. `number` counts from 1. */
export function batchLine(line: string, number: number): ReadLine | undefined {
  const text = line.trim();
  if (text === '') return undefined;
  const read = text.startsWith('{') ? jsonLine(text, number) : plainLine(text, number);
  read.line = number;
  return read;
}

function plainLine(text: string, number: number): ReadLine {
  // Most lines are a token and nothing else: what surrounds one begins with a quote or has a space in it.
  const isBare = !/^["'`]|\s/.test(text) || text.length > MAX_TOKEN_LENGTH * 4;
  if (isBare) return { text, notes: [] };
  const { tokens, notes, refused } = unwrapPaste(text);
  if (refused !== undefined) return faulty(number, 'got credentials that are no token');
  const [only] = tokens;
  return only === undefined || tokens.length > 1 ? { text, notes: [] } : { ...only, notes };
}

function jsonLine(text: string, number: number): ReadLine {
  const value = readJson(text);
  if (value instanceof JsonError)
    return faulty(number, `got JSON that cannot be read: ${value.message} at character ${value.position + 1}`);
  const object = isJsonObject(value) ? value : undefined;
  const id = idOf(member(object, 'id'));
  const token = member(object, 'token');
  if (typeof token === 'string' && token.trim() !== '') return { ...plainLine(token.trim(), number), ...id };
  // The JSON serialization of a JWS or JWE is a token, though one that is always refused (RFC 7515 §7.2, RFC 7516 §7.2).
  if (token === undefined && ['payload', 'ciphertext'].some((name) => member(object, name) !== undefined))
    return { text, notes: [] };
  const got = token === undefined ? 'an object without it' : 'one that is no text, or empty';
  return { ...faulty(number, `got ${got}`), ...id };
}

function readJson(text: string): Json | JsonError {
  try {
    return parseJson(text).value;
  } catch (problem) {
    return asJsonError(problem);
  }
}

function idOf(id: Json | undefined): Pick<TokenInput, 'id'> {
  if (typeof id === 'string') return { id };
  if (typeof id === 'number') return { id: String(id) };
  return id instanceof JsonNumber ? { id: id.text } : {};
}

function faulty(number: number, got: string): ReadLine {
  const fault = new TokctlError(
    'ERR_USAGE',
    `line ${number}: expected a token, or a JSON object with \`token\`, ${got}`,
    {
      hint: 'one token, or one JSON object such as {"token": "…", "id": "…"}, a line',
    },
  );
  return { text: '', fault, notes: [] };
}
