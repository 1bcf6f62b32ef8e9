// What a text is, by parsing it (RFC 7515, 7516, RFC 9901, PASETO), never by counting dots alone.
// Invariant: a `Token` of format `jws` has a header that is a JSON object with a text `alg`, unless a failed `format`
// fault says otherwise; everything that is odd stands in `faults`, so that a damaged token is a result and not an error.
// Vendors' forms are not known here: for what is opaque or malformed, the caller asks `shapeOf` (shape.ts).

import { sha256 } from '@noble/hashes/sha2.js';
import { decodeBase64Url, decodeLeniently, isFault } from './base64url.ts';
import {
  asJsonError,
  isJsonObject,
  type JsonError,
  type JsonObject,
  member,
  parseJson,
  textMember,
  textOrEmpty,
} from './json.ts';
import { frozen, oncePerText } from './once.ts';
import type { Check } from './report.ts';

import {
  disclosureFaults,
  duplicateFaults,
  format,
  illegalCharacters,
  jsonFault,
  partFaults,
  tooLarge,
  truncated,
  utf8Faults,
} from './token-faults.ts';

export type TokenFormat = 'jws' | 'jws-json' | 'jwe' | 'sd-jwt' | 'paseto' | 'opaque';

/** The most characters a token may have. */
export const MAX_TOKEN_LENGTH = 256 * 1024;

export interface Token {
  /** The text itself. Never printed. */
  readonly text: string;
  readonly format: TokenFormat;
  /** The first 12 hexadecimal digits of the SHA-256 of the text. */
  readonly sha256: string;
  /** Frozen, and the same object for all tokens that have the same header. */
  readonly header?: JsonObject;
  readonly claims?: JsonObject;
  /** JWS only: the decoded signature, where it is canonical base64url. */
  readonly signature?: Uint8Array;
  /** The compact JWS to verify, where it is canonical: the token itself, or the issuer-signed part of an SD-JWT. */
  readonly jws?: string;
  /** Failed or warned `format`, `encoding` and `duplicate_member` checks. */
  readonly faults: readonly Check[];
}

/** A token that parsing found nothing wrong with. */
export const isWellFormed = (token: Token): boolean => token.faults.every((fault) => fault.outcome !== 'failed');

/** The first 12 hexadecimal digits of the SHA-256 of a text: enough to recognise a token by, of no use to a thief. */
export const shortHash = (text: string): string => sha256Hex(text).slice(0, 12);

let sha256Hex = (text: string): string => Buffer.from(sha256(Buffer.from(text))).toString('hex');

/** Another SHA-256, in hexadecimal: that of node:crypto takes longer to load than a few hashes take, and is much faster. */
export function hashWith(hash: (text: string) => string): void {
  sha256Hex = hash;
}

type Parsed = Omit<Token, 'text' | 'sha256'>;

/** Classifies one token. Never throws; reads at most 256 KiB. */
export function parseToken(text: string): Token {
  return { text, sha256: shortHash(text), ...parse(text) };
}

function parse(text: string): Parsed {
  if (text.length > MAX_TOKEN_LENGTH) return { format: 'opaque', faults: [tooLarge(text.length, MAX_TOKEN_LENGTH)] };
  if (text.startsWith('{')) return parseJsonText(text);
  if (/^v[1-4]\.(?:local|public)\./.test(text)) return { format: 'paseto', faults: illegalCharacters(text) };
  return parseSdJwt(text) ?? parseCompact(text) ?? { format: 'opaque', faults: illegalCharacters(text) };
}

/** A JWS and `~`-separated disclosures (RFC 9901 §4). */
function parseSdJwt(text: string): Parsed | undefined {
  const tilde = text.indexOf('~');
  const issuerSigned = tilde > 0 ? parseCompact(text.slice(0, tilde)) : undefined;
  if (issuerSigned?.format !== 'jws') return undefined;
  return { ...issuerSigned, format: 'sd-jwt', faults: [...issuerSigned.faults, ...disclosureFaults(text, tilde)] };
}

// ---------------------------------------------------------------- compact serializations

/** Undefined when the text is neither a JWS or JWE nor a near miss of one. */
function parseCompact(text: string): Parsed | undefined {
  const parts = splitAtDots(text, 7);
  const [first = ''] = parts;
  const head = NO_JSON.test(first) ? undefined : readHeader(first);
  if (head === undefined) return undefined;
  if ('problem' in head) return { format: 'jws', faults: damagedHeader(text, parts, head) };
  const { header, faults } = head;
  const alg = textMember(header, 'alg');
  if (alg === undefined || (parts.length === 5 && textMember(header, 'enc') === undefined))
    return nearMiss(header, alg, parts.length);
  if (isEncrypted(header, parts)) return parseJwe(text, parts, head);
  if (parts.length !== 3)
    return { format: 'jws', header, ...partialClaims(parts[1]), faults: [...faults, wrongParts(text, parts)] };
  return parseJws(text, parts, head);
}

function parseJws(text: string, parts: string[], { header, faults, isWellCoded }: Header): Parsed {
  const [, payload = '', last = ''] = parts;
  const signature = decodeBase64Url(last);
  const body = readClaims(payload);
  const coding = isWellCoded && body.isWellCoded && !isFault(signature) ? [] : partFaults(text, parts);
  const unsigned = last === '' && textMember(header, 'alg')?.toLowerCase() !== 'none' ? [noSignature()] : [];
  return {
    format: 'jws',
    ...(coding.length === 0 ? { jws: text } : {}),
    header,
    ...(body.claims === undefined ? {} : { claims: body.claims }),
    ...(isFault(signature) ? {} : { signature }),
    faults: [...coding, ...faults, ...body.faults, ...unsigned],
  };
}

const noSignature = (): Check => format('token.truncated', 'the signature is empty: cut off, or taken away');

/** By `enc`, which only a JWE has; three parts whose second is a claims set are a JWS all the same (RFC 7516 §9). */
function isEncrypted(header: JsonObject, parts: readonly string[]): boolean {
  if (textMember(header, 'enc') === undefined) return false;
  return parts.length !== 3 || partialClaims(parts[1]).claims === undefined;
}

function parseJwe(text: string, parts: string[], { header, faults }: Header): Parsed {
  const { length } = parts;
  if (length === 5) return { format: 'jwe', header, faults: [...partFaults(text, parts), ...faults] };
  const fault =
    length < 5
      ? (illegalCharacters(text)[0] ?? truncated(`after ${length} of 5 parts`, length, { expected: 5 }))
      : tooManyParts('JWE', 5, length);
  return { format: 'jwe', header, faults: [...faults, fault] };
}

/** Splits without allocating more than `most` parts, however many dots there are. */
function splitAtDots(text: string, most: number): string[] {
  const parts: string[] = [];
  let from = 0;
  for (let at = text.indexOf('.'); at >= 0 && parts.length < most - 1; at = text.indexOf('.', from)) {
    parts.push(text.slice(from, at));
    from = at + 1;
  }
  return [...parts, text.slice(from)];
}

// ---------------------------------------------------------------- header

interface Header {
  header: JsonObject;
  faults: readonly Check[];
  /** Its text is base64url. What is wrong with it otherwise is told by `partFaults`. */
  isWellCoded: boolean;
}

interface Unreadable {
  problem: JsonError;
  /** The text ends inside the JSON. */
  endsEarly: boolean;
}

/** The first 6 bits are not those of `{`, nor of white space before it: most opaque tokens need no decoding. */
const NO_JSON = /^(?![eCDIw47])[\w+/-]/;

/** The header of a compact serialization; what is wrong with what looks like one; undefined when it is none. */
const readHeader = oncePerText((part: string): Header | Unreadable | undefined => {
  const read = readPart(part);
  const { text, isWellCoded } = read;
  if (!/^\s*\{/.test(text)) return undefined;
  try {
    const { value, duplicates } = parseJson(text);
    // What begins with a brace is an object, or no JSON.
    const faults = [...codingFaults(read, 'header'), ...duplicateFaults(duplicates, 'header')];
    return frozen({ header: value as JsonObject, faults, isWellCoded });
  } catch (thrown) {
    const problem = asJsonError(thrown);
    if (!/"(?:alg|typ|kid|enc)"\s*:/.test(text)) return undefined;
    return { problem, endsEarly: problem.position >= text.length };
  }
});

function damagedHeader(text: string, parts: string[], { problem, endsEarly }: Unreadable): Check[] {
  if (parts.length === 1 && endsEarly) return [illegalCharacters(text)[0] ?? truncated('inside its header')];
  const coding = partFaults(text, parts);
  return coding.length > 0 ? coding : [jsonFault(problem, 'header')];
}

function nearMiss(header: JsonObject, alg: string | undefined, count: number): Parsed | undefined {
  if (count !== 3 && count !== 5) return undefined;
  const [expected, actual] =
    alg === undefined
      ? ['a header with a text `alg` (RFC 7515 §4.1.1)', 'one without']
      : ['a header with `enc` (RFC 7516 §4.1.2)', 'one without'];
  return {
    format: 'opaque',
    header,
    faults: [format('token.malformed', `looks like a JWT and is none: expected ${expected}, got ${actual}`)],
  };
}

function wrongParts(text: string, parts: readonly string[]): Check {
  if (parts.length > 3) return tooManyParts('JWS', 3, parts.length);
  const isWhole = partialClaims(parts[1]).claims !== undefined;
  const where = parts.length === 1 ? 'after its header' : isWhole ? 'before its signature' : 'inside its payload';
  return illegalCharacters(text)[0] ?? truncated(where, parts.length);
}

function tooManyParts(name: string, expected: number, actual: number): Check {
  const got = actual > 6 ? 'more than 6' : actual;
  return { ...format('token.malformed', `a ${name} has ${expected} parts, this has ${got}`), expected, actual };
}

// ---------------------------------------------------------------- payload

/** The claims of a payload that may be cut: only shown when they can be read whole. */
function partialClaims(payload: string | undefined): { claims?: JsonObject } {
  const { claims } = readClaims(payload ?? '');
  return claims === undefined ? {} : { claims };
}

interface Claims {
  claims?: JsonObject;
  faults: Check[];
  isWellCoded: boolean;
}

function readClaims(part: string): Claims {
  if (part === '')
    return { faults: [format('json.invalid', 'the payload is empty: detached, or taken away')], isWellCoded: true };
  const read = readPart(part);
  const { text, isWellCoded } = read;
  const faults = codingFaults(read, 'payload');
  try {
    const { value, duplicates } = parseJson(text);
    if (!isJsonObject(value)) {
      const notAnObject = format('claims.not_object', 'the payload is JSON, but no object of claims');
      return { faults: [...faults, notAnObject], isWellCoded };
    }
    return { claims: value, faults: [...faults, ...duplicateFaults(duplicates, 'claims')], isWellCoded };
  } catch (problem) {
    return { faults: isWellCoded ? [...faults, jsonFault(asJsonError(problem), 'payload')] : [], isWellCoded };
  }
}

// ---------------------------------------------------------------- one part

interface Part {
  text: string;
  bytes: Uint8Array;
  isWellCoded: boolean;
}

const LENIENT_UTF8 = new TextDecoder('utf-8');

/** The text of a part, as well as it can be read. */
function readPart(part: string): Part {
  const decoded = decodeBase64Url(part);
  const isWellCoded = !isFault(decoded);
  const bytes = isWellCoded ? decoded : decodeLeniently(part);
  return { text: LENIENT_UTF8.decode(bytes), bytes, isWellCoded };
}

/** A fault of base64url is reported by `partFaults`, and of its consequences nothing is said. */
const codingFaults = ({ text, bytes, isWellCoded }: Part, where: 'header' | 'payload'): Check[] =>
  isWellCoded ? utf8Faults(bytes, text, where) : [];

// ---------------------------------------------------------------- JSON text

/** RFC 7515 §7.2: named, and refused as a JWT, which is always compact (RFC 7519 §1). Other JSON is named too. */
function parseJsonText(text: string): Parsed {
  const object = readObject(text);
  if (object === undefined) return { format: 'opaque', faults: illegalCharacters(text) };
  const isJwe = Object.hasOwn(object, 'ciphertext');
  const isJws =
    Object.hasOwn(object, 'payload') && ['signature', 'signatures'].some((one) => Object.hasOwn(object, one));
  if (!isJwe && !isJws)
    return { format: 'opaque', faults: [format('token.malformed', `${jsonName(object)}, not a token`)] };
  const head = readHeader(textOrEmpty(object, 'protected'));
  const name = isJwe ? 'JWE (RFC 7516 §7.2)' : 'JWS (RFC 7515 §7.2)';
  return {
    format: 'jws-json',
    ...(head !== undefined && 'header' in head ? { header: head.header } : {}),
    faults: [format('token.json_serialization', `the JSON serialization of a ${name}: a JWT is always compact`)],
  };
}

function jsonName(object: JsonObject): string {
  if (Array.isArray(member(object, 'keys'))) return 'this is a JWK Set';
  return textMember(object, 'kty') === undefined ? 'this is a JSON object' : 'this is a key (JWK)';
}

function readObject(text: string): JsonObject | undefined {
  try {
    // What begins with a brace is an object, or no JSON.
    return parseJson(text).value as JsonObject;
  } catch (problem) {
    asJsonError(problem);
    return undefined;
  }
}
