// Keeps tokens and secrets out of everything printed, also when a server echoes them (security.md I9, O9).
// Invariant: whatever leaves through a `Redactor` holds none of its secrets in plain, form-encoded, base64 or JSON spelling.

import { type Json, JsonNumber } from './json.ts';

export type Redactor = (text: string) => string;

const REPLACEMENT = '[redacted]';
/** Shorter values are words: replacing them would only make the text unreadable. */
const SHORTEST = 6;

const formEncoded = (text: string): string => new URLSearchParams({ v: text }).toString().slice(2);

function spellings(secret: string): string[] {
  const base64 = Buffer.from(secret).toString('base64');
  const all = [
    secret,
    formEncoded(secret),
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    base64,
    base64.replace(/=+$/, ''),
    Buffer.from(secret).toString('base64url'),
  ];
  return all.filter((text) => text.length >= SHORTEST);
}

/** The parts of a token that must not stand alone either: a signature, a long run of an opaque token. */
function partsOf(token: string): string[] {
  const signature = token.split('.', 6).at(-1) ?? '';
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
  if (value === null || typeof value !== 'object' || value instanceof JsonNumber) return value;
  if (Array.isArray(value)) return value.map((item) => walk(item, redact));
  const object: Record<string, Json> = Object.create(null);
  for (const [name, inner] of Object.entries(value))
    if (inner !== undefined) object[redact(name)] = walk(inner, redact);
  return object;
}
