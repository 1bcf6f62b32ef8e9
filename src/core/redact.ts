// Keeps tokens and secrets out of everything printed, also when a server echoes them (security.md I9, O9).
// Invariant: whatever leaves through a `Redactor` holds none of its secrets in plain, form-encoded, base64 or JSON spelling.

import { escapeText } from './escape.ts';
import { type Json, JsonNumber, printJson } from './json.ts';

export type Redactor = (text: string) => string;

const REPLACEMENT = '[redacted]';
/** Shorter values are words: replacing them would only make the text unreadable. */
const SHORTEST = 6;

const formEncoded = (text: string): string => new URLSearchParams({ v: text }).toString().slice(2);
const jsonEscaped = (text: string): string => printJson(text).slice(1, -1);
const lowerEscapes = (text: string): string => text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());

const HTML: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const htmlEscaped = (text: string): string => text.replace(/[&<>"']/g, (character) => HTML[character] ?? character);

/** How a text looks inside the base64 of a longer one, at each of the three offsets: without what its neighbours change. */
function base64Inside(text: string): string[] {
  return [0, 1, 2].map((offset) => {
    const bits = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]).toString('base64');
    const whole = Math.floor(((offset + Buffer.byteLength(text)) * 8) / 6);
    return bits.slice(Math.ceil((offset * 8) / 6), whole);
  });
}

const inBase64 = (text: string): string => Buffer.from(text).toString('base64').replace(/=+$/, '');
const urlAlphabet = (text: string): string => text.replaceAll('+', '-').replaceAll('/', '_');

function spellings(secret: string): string[] {
  const escaped = [secret, formEncoded(secret), encodeURIComponent(secret)];
  // A server that echoes `Authorization: Basic …` shows the secret inside the base64 of `client:secret`.
  const base64 = [secret, formEncoded(secret)].flatMap((text) => [inBase64(text), ...base64Inside(text)]);
  const all = [
    ...escaped,
    ...escaped.map(lowerEscapes),
    JSON.stringify(secret).slice(1, -1),
    jsonEscaped(secret),
    htmlEscaped(secret),
    escapeText(secret),
    ...base64,
    ...base64.map(urlAlphabet),
  ];
  return all.filter((text) => text.length >= SHORTEST);
}

/** The parts of a token that must not stand alone either: the signature of a JWS, also of an SD-JWT, the tag of a JWE. */
function partsOf(token: string): string[] {
  const jws = token.split('~', 1)[0] ?? '';
  const signature = jws.split('.', 6).at(-1) ?? '';
  return signature !== token && signature.length >= 20 ? [token, signature] : [token];
}

/** Replaces every spelling of these secrets and of these tokens, longest first. */
export function redactor(secrets: readonly string[], tokens: readonly string[] = []): Redactor {
  const all = new Set([...secrets.flatMap(spellings), ...tokens.flatMap(partsOf).flatMap(spellings)]);
  const ordered = [...all].sort((a, b) => b.length - a.length);
  return (text) => ordered.reduce((rest, secret) => rest.replaceAll(secret, REPLACEMENT), text);
}

const EMBEDDED_JWS = /\b(e[yw][A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+)\.[A-Za-z0-9_-]{20,}/g;

/** Shows a JWT that stands inside a text without its signature: still readable, no longer usable. */
export const withoutSignatures: Redactor = (text) => text.replace(EMBEDDED_JWS, '$1.[signature removed]');

/** The same value with every text in it, member names included, passed through `redact`. */
export function redactJson<T>(value: T, redact: Redactor): T {
  return walk(value as Json, redact) as T;
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
