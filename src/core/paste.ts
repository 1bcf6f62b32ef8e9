// Takes a token out of what people paste: header lines, commands, URLs, cookies, token responses, env files, wrapped lines.
// Invariant: what surrounds a token is taken off and named in `notes`; nothing inside a token is ever dropped.

import {
  cookie,
  formOrUrl,
  headerBlock,
  jsonMember,
  one,
  shellCommand,
  tokenResponse,
  variables,
} from './paste-carriers.ts';
import { parseToken, type Token } from './token.ts';

export interface PastedToken {
  text: string;
  /** The member, parameter, variable or cookie it was taken from; the spelling of RFC 6749 where it is one of those. */
  takenFrom?: string;
}

export interface Pasted {
  tokens: PastedToken[];
  /** What was stripped or chosen, for people; holds no part of a token. */
  notes: string[];
  /** What was pasted holds credentials that are no token: it is refused and never shown. */
  refused?: 'basic' | 'private_key';
}

/** Takes off one layer, or gives undefined when there is none of that sort. */
export type Unwrapper = (text: string) => Pasted | undefined;

/** No white space, quote, bracket, colon or equals sign: nothing in which a token could stand among other things. */
const BARE = /^[\w.~+/-]+$/;

/** Takes the token or tokens out of a pasted text. `tokens` is empty when there is none. */
export function unwrapPaste(pasted: string): Pasted {
  const text = pasted.trim();
  if (text === '') return { tokens: [], notes: [] };
  const stripped = /^\s|\s$/.test(pasted.replace(/\r?\n$/, '')) ? ['white space at the ends was stripped'] : [];
  // Most texts are a token and nothing else, and asking a dozen patterns takes longer than reading it.
  const found = BARE.test(text) ? { tokens: [{ text }], notes: [] } : unwrap(text, 0);
  return { ...found, notes: [...stripped, ...found.notes] };
}

const UNWRAPPERS: readonly Unwrapper[] = [
  privateKey,
  shellCommand,
  headerBlock,
  headerLine,
  cookie,
  scheme,
  jsonMember,
  quoted,
  tokenResponse,
  formOrUrl,
  variables,
  wrappedLines,
];

/** Peels one layer after the other; four are more than anyone pastes. */
function unwrap(text: string, depth: number): Pasted {
  const peeled = depth > 4 ? undefined : firstOf(UNWRAPPERS, text);
  if (peeled === undefined) return { tokens: [{ text }], notes: [] };
  const [only] = peeled.tokens;
  if (only === undefined || peeled.tokens.length > 1) return peeled;
  const inner = unwrap(only.text, depth + 1);
  const [token] = inner.tokens;
  if (token === undefined || inner.tokens.length > 1) return { ...inner, notes: [...peeled.notes, ...inner.notes] };
  return { ...inner, tokens: [{ ...only, ...token }], notes: [...peeled.notes, ...inner.notes] };
}

function firstOf(unwrappers: readonly Unwrapper[], text: string): Pasted | undefined {
  for (const unwrapper of unwrappers) {
    const found = unwrapper(text);
    if (found !== undefined) return found;
  }
  return undefined;
}

function privateKey(text: string): Pasted | undefined {
  return /^-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)
    ? { tokens: [], notes: [], refused: 'private_key' }
    : undefined;
}

function headerLine(text: string): Pasted | undefined {
  const found = /^(?:(?:proxy-)?authorization|dpop|x-[a-z0-9-]+)\s*:\s*([\s\S]*)$/i.exec(text);
  return found === null
    ? undefined
    : one(found[1] ?? '', `the header name \`${text.slice(0, text.indexOf(':')).trim()}:\` was stripped`);
}

function scheme(text: string): Pasted | undefined {
  const found = /^(bearer|dpop|token|flyv1|basic)\s+([\s\S]*)$/i.exec(text);
  if (found === null) return undefined;
  if (found[1]?.toLowerCase() === 'basic') return { tokens: [], notes: [], refused: 'basic' };
  return one(found[2] ?? '', `the scheme \`${found[1]}\` was stripped`);
}

const QUOTES: Record<string, string> = { '"': '"', "'": "'", '`': '`', '\u201c': '\u201d', '\u2018': '\u2019' };

function quoted(text: string): Pasted | undefined {
  const bare = text.replace(/[,;]$/, '');
  const closing = QUOTES[bare[0] ?? ''];
  if (closing === undefined || bare.length < 2 || !bare.endsWith(closing)) return undefined;
  return one(bare.slice(1, -1), 'quotes were stripped');
}

// ---------------------------------------------------------------- wrapped lines

/** Lines of one width, as a mail program or a terminal wraps them; joined only if a JWT or JWE comes out. */
function wrappedLines(text: string): Pasted | undefined {
  if (!/[\r\n]/.test(text)) return undefined;
  const lines = text.split(/\r\n|\r|\n/).map((line) => line.trim());
  if (!isWrapped(lines)) return undefined;
  const joined = lines.join('');
  const whole = parseToken(joined);
  if (!['jws', 'jwe', 'sd-jwt'].includes(whole.format) || isComplete(parseToken(lines[0] ?? ''))) return undefined;
  return one(joined, `${lines.length} wrapped lines were joined`);
}

/** All lines but the first, which may have followed a header name, and the last have one width, and none is wider. */
function isWrapped(lines: readonly string[]): boolean {
  const [first = '', ...rest] = lines;
  const middle = rest.slice(0, -1);
  const width = middle[0]?.length ?? Math.max(first.length, rest[0]?.length ?? 0);
  const fits = (line: string) => line !== '' && line.length <= width && !/\s/.test(line);
  return lines.every(fits) && middle.every((line) => line.length === width);
}

/** The lengths of HMAC, ECDSA, EdDSA and RSA signatures, in bytes. */
const SIGNATURE_LENGTHS = new Set([32, 48, 64, 96, 132, 256, 384, 512]);

/** A JWS whose signature has the length of one: what stands on the next line is something else. */
const isComplete = ({ claims, signature }: Token): boolean =>
  claims !== undefined && SIGNATURE_LENGTHS.has(signature?.length ?? 0);
