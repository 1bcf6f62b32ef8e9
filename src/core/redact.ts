// Keeps tokens and secrets out of everything printed, also when a server echoes them (security.md I9, O9).
// Invariant: whatever leaves through a `Redactor` holds none of its secrets in plain, form-encoded, base64 or JSON spelling.

import { escapeText } from './escape.ts';
import { type Json, JsonNumber, printJson, unescapedJson } from './json.ts';

export type Redactor = (text: string) => string;

const REPLACEMENT = '[redacted]';
/** Shorter values are words: replacing them would only make the text unreadable. */
const SHORTEST = 6;
/** So many characters from the start or the end of a secret are taken too: a text may be cut off, or hold one half. */
const PIECE = 12;
/** A longer token is not read (token.ts), so nothing of it can come back. */
const LONGEST = 256 * 1024;

const formEncoded = (text: string): string => new URLSearchParams({ v: text }).toString().slice(2);
// A text out of JSON may have half a surrogate pair, which has no spelling in UTF-8.
const percentEncoded = (text: string): string => encodeURIComponent(Buffer.from(text).toString());
const jsonEscaped = (text: string): string => printJson(text).slice(1, -1);
const lowerEscapes = (text: string): string => text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());

const HTML: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const htmlEscaped = (text: string): string => text.replace(/[&<>"']/g, (character) => HTML[character] ?? character);

/** The base64 of bytes without its padding, and how they look inside that of more: without what their neighbours change. */
function inBase64(bytes: string): string[] {
  const { length } = bytes;
  // One text for all three places within three bytes: a call for each takes longer than the work.
  const base64 = btoa(`${filled(bytes)}${filled(`\0${bytes}`)}${filled(`\0\0${bytes}`)}`);
  const second = digits(length);
  const third = second + digits(length + 1);
  return [
    base64.slice(0, Math.ceil((length * 8) / 6)),
    base64.slice(0, Math.floor((length * 8) / 6)),
    base64.slice(second + 2, second + Math.floor(((length + 1) * 8) / 6)),
    base64.slice(third + 3, third + Math.floor(((length + 2) * 8) / 6)),
  ];
}

const filled = (bytes: string): string => bytes + '\0\0'.slice(0, digits(bytes.length) * 0.75 - bytes.length);

/** How many digits the base64 of so many bytes has, with its padding. */
const digits = (bytes: number): number => Math.ceil(bytes / 3) * 4;

const bytesOf = (text: string): string => Buffer.from(text).toString('latin1');
const urlAlphabet = (text: string): string => text.replaceAll('+', '-').replaceAll('/', '_');

/** Characters that every encoding leaves as they are, with the same base64 in both alphabets: most secrets have no others. */
const UNCHANGED = /^[\w.-]*$/;

function spellings(secret: string): string[] {
  const all = UNCHANGED.test(secret) ? [secret, ...inBase64(secret)] : escapedSpellings(secret);
  return all.filter((text) => text.length >= SHORTEST);
}

function escapedSpellings(secret: string): string[] {
  const escaped = [secret, formEncoded(secret), percentEncoded(secret)];
  // A server that echoes `Authorization: Basic …` shows the secret inside the base64 of `client:secret`.
  const base64 = [secret, formEncoded(secret)].map(bytesOf).flatMap(inBase64);
  return [
    ...escaped,
    ...escaped.map(lowerEscapes),
    JSON.stringify(secret).slice(1, -1),
    jsonEscaped(secret),
    htmlEscaped(secret),
    escapeText(secret),
    ...base64,
    ...base64.map(urlAlphabet),
  ];
}

/** What of a token must not stand alone either: the signature of a JWS, also of an SD-JWT, the tag of a JWE. */
function signatureOf(token: string): string | undefined {
  // Most opaque tokens have no parts.
  if (!/[.~]/.test(token)) return undefined;
  const jws = token.split('~', 1)[0] ?? '';
  const signature = jws.split('.', 6).at(-1) ?? '';
  return signature !== token && signature.length >= 20 ? signature : undefined;
}

/**
 * Replaces every spelling of these secrets and of these tokens, longest first, and what is left of one that was cut:
 * its start or its end of 12 characters or more. Header and claims of a token are no secret by themselves.
 */
export function redactor(secrets: readonly string[], tokens: readonly string[] = []): Redactor {
  const read = tokens.filter((token) => token.length <= LONGEST);
  // No spelling can be in a text without one of these, and hardly any text has one: also a whole token ends in its signature.
  const telling = tellingOnce(secrets).concat(...read.map((token) => endsOf(usableOf(token))));
  let hide: Redactor | undefined;
  return (text) => {
    if (!telling.some((part) => text.includes(part))) return text;
    hide ??= thorough(secrets, read);
    return hide(text);
  };
}

/** What of a token must not stand anywhere: all of it, where it has no part that alone makes it usable. */
const usableOf = (token: string): string => signatureOf(token) ?? token;

/** Both ends of each; one that is short is its own. */
function endsOfAll(texts: readonly string[]): string[] {
  const ends: string[] = [];
  for (const one of texts) {
    ends.push(one.slice(0, PIECE));
    if (one.length > PIECE) ends.push(one.slice(-PIECE));
  }
  return ends;
}

/** More than enough characters for both ends of each spelling, in threes, by which base64 goes. */
const END = 15;

/** The ends of all spellings of a text. Those of a long one are spelled from its own ends, which says the same. */
function endsOf(text: string): string[] {
  if (text.length < 3 * END || !UNCHANGED.test(text)) return endsOfAll(spellings(text));
  const tail = text.slice(text.length - END - (text.length % 3));
  return [
    ...spellings(text.slice(0, END)).map((one) => one.slice(0, PIECE)),
    ...spellings(tail).map((one) => one.slice(-PIECE)),
  ];
}

/** The secrets of a run are the same for each of its tokens. */
let lastSecrets: { secrets: readonly string[]; telling: readonly string[] } = { secrets: [], telling: [] };

function tellingOnce(secrets: readonly string[]): readonly string[] {
  const isSame =
    secrets.length === lastSecrets.secrets.length && secrets.every((one, at) => one === lastSecrets.secrets[at]);
  if (!isSame) lastSecrets = { secrets, telling: secrets.flatMap(endsOf) };
  return lastSecrets.telling;
}

function thorough(secrets: readonly string[], tokens: readonly string[]): Redactor {
  const signed = tokens.filter((token) => signatureOf(token) !== undefined);
  const pieces = longestFirst([...secrets, ...tokens.map(usableOf)].flatMap(spellings));
  const whole = longestFirst([...pieces, ...signed.flatMap(spellings)]);
  return (text) => pieces.reduce(withoutPieces, whole.reduce(withoutWhole, text));
}

const longestFirst = (texts: readonly string[]): string[] => [...new Set(texts)].sort((a, b) => b.length - a.length);

const withoutWhole = (text: string, secret: string): string => text.replaceAll(secret, REPLACEMENT);

const withoutPieces = (text: string, secret: string): string =>
  secret.length > PIECE ? withoutEnds(withoutStarts(text, secret), secret) : text;

function withoutStarts(text: string, secret: string): string {
  const head = secret.slice(0, PIECE);
  const kept: string[] = [];
  let from = 0;
  for (let at = text.indexOf(head); at >= 0; at = text.indexOf(head, from)) {
    kept.push(text.slice(from, at));
    from = at + PIECE;
    while (from < text.length && text[from] === secret[from - at]) from += 1;
  }
  return [...kept, text.slice(from)].join(REPLACEMENT);
}

function withoutEnds(text: string, secret: string): string {
  const tail = secret.slice(-PIECE);
  const kept: string[] = [];
  let from = 0;
  for (let at = text.indexOf(tail); at >= 0; at = text.indexOf(tail, from)) {
    let start = at;
    while (start > from && text[start - 1] === secret[secret.length - PIECE - (at - start) - 1]) start -= 1;
    kept.push(text.slice(from, start));
    from = at + PIECE;
  }
  return [...kept, text.slice(from)].join(REPLACEMENT);
}

// Begins where a run of these characters begins: from every place within it, the search would take the square of its length.
const DOTTED = /(?<![\w-])[\w-]+(?:\.[\w-]+){2,}/g;
const JOSE_HEADER = /\be[yw][\w-]{8,}$/;
/** The beginning of such a header: looking for it is much cheaper, and hardly any text has one. */
const MAY_BE_JOSE = /\be[yw][\w-]{8}/;

/** Shows a JWT that stands inside a text without its signature: still readable, no longer usable. */
export const withoutSignatures: Redactor = (text) => (MAY_BE_JOSE.test(text) ? text.replace(DOTTED, unsigned) : text);

function unsigned(dotted: string): string {
  const parts = dotted.split('.');
  return parts
    .map((part, at) => (part.length >= 20 && JOSE_HEADER.test(parts[at - 2] ?? '') ? '[signature removed]' : part))
    .join('.');
}

/** The same value with every text in it, member names included, passed through `redact`; itself where nothing changes. */
export function redactJson<T extends object>(value: T, redact: Redactor): T {
  // What is in one of its texts is in all of them.
  const all = unescapedJson(value) ?? textsOf(value as Json).join('\n');
  return redact(all) === all ? value : (walk(value as Json, redact) as T);
}

function textsOf(value: Json): string[] {
  const texts: string[] = [];
  collectTexts(value, texts);
  return texts;
}

function collectTexts(value: Json | undefined, texts: string[]): void {
  if (typeof value === 'string') texts.push(value);
  else if (typeof value === 'number' || value instanceof JsonNumber) texts.push(printJson(value));
  else if (Array.isArray(value)) for (const item of value) collectTexts(item, texts);
  else if (typeof value === 'object' && value !== null)
    for (const name of Object.keys(value)) {
      texts.push(name);
      collectTexts(value[name], texts);
    }
}

function walk(value: Json, redact: Redactor): Json {
  if (typeof value === 'string') return redact(value);
  if (typeof value === 'number' || value instanceof JsonNumber) return walkNumber(value, redact);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item) => walk(item, redact));
  const object: Record<string, Json> = Object.create(null);
  for (const [name, inner] of Object.entries(value))
    if (inner !== undefined) object[redact(name)] = walk(inner, redact);
  return object;
}

/** A secret of digits may come back as a number. */
function walkNumber(value: number | JsonNumber, redact: Redactor): Json {
  const digits = printJson(value);
  const shown = redact(digits);
  return shown === digits ? value : shown;
}
