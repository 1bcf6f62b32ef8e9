// What a text is, by parsing it (RFC 7515, 7516, RFC 9901, PASETO), never by counting dots alone.
// Invariant: a `Token` of format `jws` has a header that is a JSON object with a text `alg`; everything that is odd
// about it stands in `faults` as failed or warned checks, so that a damaged token is a result and not an error.

import { createHash } from 'node:crypto';
import { type Base64UrlFault, decodeBase64Url, decodeLeniently, isFault } from './base64url.ts';
import { characterName } from './escape.ts';
import { isJsonObject, JsonError, type JsonObject, parseJson, textMember } from './json.ts';
import type { Check } from './report.ts';

export type TokenFormat = 'jws' | 'jws-json' | 'jwe' | 'sd-jwt' | 'paseto' | 'opaque';

/** The most characters a token may have. */
export const MAX_TOKEN_LENGTH = 256 * 1024;

export interface Token {
  /** The text itself. Never printed. */
  readonly text: string;
  readonly format: TokenFormat;
  /** The first 12 hexadecimal digits of the SHA-256 of the text. */
  readonly sha256: string;
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

export const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);

type Parsed = Omit<Token, 'text' | 'sha256'>;

/** Classifies one token. Never throws; reads at most 256 KiB. */
export function parseToken(text: string): Token {
  return { text, sha256: shortHash(text), ...parse(text) };
}

function parse(text: string): Parsed {
  if (text.length > MAX_TOKEN_LENGTH) return { format: 'opaque', faults: [tooLarge(text.length)] };
  if (text.startsWith('{')) return parseJsonSerialization(text);
  if (/^v[1-4]\.(?:local|public)\./.test(text)) return { format: 'paseto', faults: illegalCharacters(text) };
  const tilde = text.indexOf('~');
  if (tilde > 0) {
    const issuerSigned = parseCompact(text.slice(0, tilde));
    if (issuerSigned?.format === 'jws') return { ...issuerSigned, format: 'sd-jwt' };
  }
  return parseCompact(text) ?? { format: 'opaque', faults: illegalCharacters(text) };
}

// ---------------------------------------------------------------- compact serializations

/** Undefined when the text is neither a JWS or JWE nor a near miss of one. */
function parseCompact(text: string): Parsed | undefined {
  const parts = splitAtDots(text, 7);
  const [first = ''] = parts;
  const head = readHeader(first);
  if (head === undefined) return undefined;
  if (head === 'cut')
    return { format: 'jws', faults: [...illegalCharacters(text), truncated('inside its header')].slice(0, 1) };
  const { header, faults } = head;
  const alg = textMember(header, 'alg');
  if (parts.length === 5 && alg !== undefined && textMember(header, 'enc') !== undefined) {
    return { format: 'jwe', header, faults: [...partFaults(text, parts), ...faults] };
  }
  if (alg === undefined || parts.length === 5) return nearMiss(header, alg, parts.length);
  if (parts.length !== 3)
    return { format: 'jws', header, ...partialClaims(parts[1]), faults: [...faults, wrongParts(text, parts.length)] };
  return parseJws(text, parts, header, faults);
}

function parseJws(text: string, parts: string[], header: JsonObject, faults: Check[]): Parsed {
  const [, payload = '', last = ''] = parts;
  const signature = decodeBase64Url(last);
  const body = readClaims(payload);
  const coding = partFaults(text, parts);
  return {
    format: 'jws',
    ...(coding.length === 0 ? { jws: text } : {}),
    header,
    ...(body.claims === undefined ? {} : { claims: body.claims }),
    ...(isFault(signature) ? {} : { signature }),
    faults: [...coding, ...faults, ...body.faults],
  };
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

/** The header of a compact serialization; `cut` when the text ends inside what looks like one; undefined when it is none. */
function readHeader(part: string): { header: JsonObject; faults: Check[] } | 'cut' | undefined {
  const decoded = decodeBase64Url(part);
  const bytes = isFault(decoded) ? decodeLeniently(part) : decoded;
  const text = new TextDecoder('utf-8').decode(bytes);
  if (!/^\s*\{/.test(text)) return undefined;
  try {
    const { value, duplicates } = parseJson(text);
    if (!isJsonObject(value)) return undefined;
    // A fault of the text itself is reported by `partFaults`.
    const coded = isFault(decoded) ? [] : utf8Faults(bytes, 'header');
    return { header: value, faults: [...coded, ...duplicateFaults(duplicates, 'header')] };
  } catch {
    return /"(?:alg|typ|kid|enc)"\s*:/.test(text) ? 'cut' : undefined;
  }
}

function nearMiss(header: JsonObject, alg: string | undefined, count: number): Parsed | undefined {
  if (count !== 3 && count !== 5) return undefined;
  const expected =
    count === 5 ? 'a header with `alg` and `enc` (RFC 7516 §4.1)' : 'a header with a text `alg` (RFC 7515 §4.1.1)';
  const actual = alg === undefined ? 'a header without a text `alg`' : 'a header without `enc`';
  return {
    format: 'opaque',
    header,
    faults: [format('token.malformed', `it looks like a JWT, but is none: expected ${expected}, got ${actual}`)],
  };
}

function wrongParts(text: string, count: number): Check {
  if (count < 3)
    return illegalCharacters(text)[0] ?? truncated(count === 1 ? 'after its header' : 'inside its payload', count);
  return {
    ...format('token.malformed', `a JWS has 3 parts, this has ${count > 6 ? 'more than 6' : count}`),
    expected: 3,
    actual: count,
  };
}

function truncated(where: string, count?: number): Check {
  const parts = count === undefined ? {} : { expected: 3, actual: count };
  return { ...format('token.truncated', `the token ends ${where}: it was cut off`), ...parts };
}

/** The claims of a payload that may be cut: only shown when they can be read whole. */
function partialClaims(payload: string | undefined): { claims?: JsonObject } {
  const { claims } = readClaims(payload ?? '');
  return claims === undefined ? {} : { claims };
}

// ---------------------------------------------------------------- payload

function readClaims(part: string): { claims?: JsonObject; faults: Check[] } {
  const decoded = decodeBase64Url(part);
  const bytes = isFault(decoded) ? decodeLeniently(part) : decoded;
  // A fault of the text itself is reported by `partFaults`; here it only keeps silent about its consequences.
  const wellCoded = !isFault(decoded);
  const coding = wellCoded ? utf8Faults(bytes, 'payload') : [];
  try {
    const { value, duplicates } = parseJson(new TextDecoder('utf-8', { ignoreBOM: false }).decode(bytes));
    if (!isJsonObject(value))
      return {
        faults: [
          ...coding,
          format('claims.not_object', 'the payload is JSON, but no object: a JWT has a claims object (RFC 7519 §7.2)'),
        ],
      };
    return { claims: value, faults: [...coding, ...duplicateFaults(duplicates, 'claims')] };
  } catch (problem) {
    return { faults: wellCoded ? [...coding, jsonFault(problem)] : [] };
  }
}

function jsonFault(problem: unknown): Check {
  if (!(problem instanceof JsonError)) throw problem;
  if (problem.tooDeep) return format('json.too_deep', `the payload is ${problem.message}`);
  return format(
    'json.invalid',
    `the payload is no JSON: ${problem.message} (at character ${problem.position + 1} of the decoded payload)`,
  );
}

const STRICT_UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function utf8Faults(bytes: Uint8Array, where: string): Check[] {
  try {
    const text = STRICT_UTF8.decode(bytes);
    return text.startsWith('\ufeff')
      ? [encoding('json.bom', `the ${where} begins with a byte order mark (RFC 8259 §8.1)`)]
      : [];
  } catch {
    return [encoding('json.utf8', `the ${where} is not UTF-8 (RFC 7519 §7.2)`)];
  }
}

function duplicateFaults(duplicates: readonly string[], where: 'header' | 'claims'): Check[] {
  if (duplicates.length === 0) return [];
  const names = [...new Set(duplicates)];
  return [
    {
      name: 'duplicate_member',
      outcome: 'failed',
      finding: 'json.duplicate_member',
      expected: 'each member once',
      actual: names,
      because: `the ${where} ${where === 'header' ? 'has' : 'have'} ${names.map((name) => `\`${name}\``).join(', ')} more than once: readers may disagree on which counts`,
      spec: where === 'header' ? 'RFC 7515 §4' : 'RFC 7519 §4',
    },
  ];
}

// ---------------------------------------------------------------- characters

/** What is wrong with the text of the parts: a character outside base64url, padding, unused bits. */
function partFaults(text: string, parts: readonly string[]): Check[] {
  const foreign = illegalCharacters(text);
  if (foreign.length > 0) return foreign;
  let offset = 0;
  const faults: Check[] = [];
  for (const [index, part] of parts.entries()) {
    const decoded = decodeBase64Url(part);
    if (isFault(decoded)) faults.push(badPart(decoded, part, offset, partName(index, parts.length)));
    offset += part.length + 1;
  }
  return faults;
}

const PART_NAMES: Record<number, readonly string[]> = {
  3: ['header', 'payload', 'signature'],
  5: ['header', 'encrypted key', 'initialization vector', 'ciphertext', 'authentication tag'],
};
const partName = (index: number, count: number): string => PART_NAMES[count]?.[index] ?? `part ${index + 1}`;

function badPart(fault: Base64UrlFault, part: string, offset: number, name: string): Check {
  const at = offset + fault.position + 1;
  if (fault.reason === 'length')
    return encoding(
      'encoding.noncanonical',
      `the ${name} has ${part.length} characters, which no base64url text has: it was cut or added to`,
    );
  if (fault.reason === 'unused_bits')
    return encoding(
      'encoding.noncanonical',
      `the last character of the ${name} (character ${at}) has bits set that carry no data: another text of the same bytes`,
    );
  const code = part.codePointAt(fault.position) ?? 0;
  const check = '+/='.includes(String.fromCodePoint(code)) ? encoding : format;
  return check(
    'encoding.alphabet',
    `character ${at} (in the ${name}) is ${characterName(code)}, which is not base64url`,
  );
}

/** A token is visible ASCII (RFC 6749 appendix A.12): the first character that is not, by position and name. */
function illegalCharacters(text: string): Check[] {
  const position = text.search(/[^\x21-\x7e]/u);
  if (position < 0) return [];
  const code = text.codePointAt(position) ?? 0;
  return [
    {
      ...format(
        'input.illegal_character',
        `character ${position + 1} is ${characterName(code)}, which no token may contain`,
      ),
      expected: 'visible ASCII characters',
      actual: `${characterName(code)} at character ${position + 1}`,
      spec: 'RFC 6749 §A.12',
    },
  ];
}

const format = (finding: string, because: string): Check => ({
  name: 'format',
  outcome: 'failed',
  finding,
  because,
  spec: 'RFC 7515 §3.1',
});
const encoding = (finding: string, because: string): Check => ({
  name: 'encoding',
  outcome: 'failed',
  finding,
  because,
  spec: 'RFC 7515 §2',
});

function tooLarge(length: number): Check {
  return {
    ...format('input.too_large', `the token is too large: ${length} characters, the limit is ${MAX_TOKEN_LENGTH}`),
    expected: MAX_TOKEN_LENGTH,
    actual: length,
  };
}

// ---------------------------------------------------------------- JSON serialization

/** RFC 7515 §7.2: named, and refused as a JWT, which is always compact (RFC 7519 §1). */
function parseJsonSerialization(text: string): Parsed {
  const object = readObject(text);
  const jws = object !== undefined && ('signature' in object || 'signatures' in object) && 'payload' in object;
  const jwe = object !== undefined && 'ciphertext' in object;
  if (!jws && !jwe) return { format: 'opaque', faults: illegalCharacters(text) };
  const protectedHeader = readHeader(textMember(object, 'protected') ?? '');
  return {
    format: 'jws-json',
    ...(typeof protectedHeader === 'object' ? { header: protectedHeader.header } : {}),
    faults: [
      format(
        'token.json_serialization',
        `this is the JSON serialization of a ${jwe ? 'JWE (RFC 7516 §7.2)' : 'JWS (RFC 7515 §7.2)'}: a JWT is always compact`,
      ),
    ],
  };
}

function readObject(text: string): JsonObject | undefined {
  try {
    const { value } = parseJson(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
