// What is odd in a header, whoever signed it: critical members, key references, unusual algorithms (security.md §1.2).

import { escapeText } from './escape.ts';
import {
  type Json,
  JsonNumber,
  type JsonObject,
  member,
  memberOrNull,
  printJson,
  textMember,
  textOrEmpty,
} from './json.ts';
import { normalizeTyp } from './kind.ts';
import { frozen, oncePerObject } from './once.ts';
import type { Check } from './report.ts';

const KEY_REFERENCES = [
  ['jku', 'header.jku.present'],
  ['x5u', 'header.x5u.present'],
  ['jwk', 'header.jwk.embedded'],
  ['x5c', 'header.x5c.present'],
] as const;

/** The checks that need nothing but the header: `critical_header`, `key_reference`, and odd `format`. */
export const lintHeader = oncePerObject((header: JsonObject): readonly Check[] =>
  frozen([...criticalHeader(header), ...keyReferences(header), ...oddMembers(header)]),
);

/** tokctl understands no extension, so any `crit` is a refusal (RFC 7515 §4.1.11), and so is `b64` (RFC 7797 §6). */
function criticalHeader(header: JsonObject): Check[] {
  const spec = 'RFC 7515 §4.1.11';
  if (Object.hasOwn(header, 'crit')) {
    const actual = header['crit'] ?? null;
    return [
      {
        name: 'critical_header',
        outcome: 'failed',
        finding: 'header.crit.unsupported',
        expected: 'no crit',
        actual,
        because: `the header demands extensions, none is supported: ${names(actual)}`,
        spec,
      },
    ];
  }
  const b64 = member(header, 'b64');
  if (b64 === undefined || b64 === true) return [];
  return [
    {
      name: 'critical_header',
      outcome: 'failed',
      finding: 'header.b64',
      expected: true,
      actual: b64,
      because: '`b64` changes what is signed; a JWT must not use it',
      spec: 'RFC 7797 §7',
    },
  ];
}

const SHOWN_NAMES = 5;

function names(crit: Json): string {
  if (!Array.isArray(crit) || crit.length === 0) return 'its `crit` is no list of names';
  const texts = crit.slice(0, SHOWN_NAMES).map((name) => (typeof name === 'string' ? name : printJson(name)));
  const shown = texts.map((text) => `\`${escapeText(text).slice(0, 60)}\``).join(', ');
  return crit.length > SHOWN_NAMES ? `${shown} and more` : shown;
}

/** Keys that a token brings along, or points to, are never used; a proof of possession is the one kind that carries its own. */
function keyReferences(header: JsonObject): Check[] {
  const references = KEY_REFERENCES.filter(([name]) => Object.hasOwn(header, name));
  const [first] = references;
  if (first === undefined) return [];
  const found = references.map(([name]) => name);
  const isProof = normalizeTyp(textOrEmpty(header, 'typ')) === 'dpop+jwt' && found.every((name) => name === 'jwk');
  const list = found.map((name) => `\`${name}\``).join(', ');
  return [
    {
      name: 'key_reference',
      outcome: isProof ? 'passed' : 'warned',
      finding: first[1],
      actual: found,
      because: isProof
        ? 'a DPoP proof carries its own public key (RFC 9449 §4.2)'
        : `${list} in the header names a key: never followed, never used`,
      spec: 'RFC 7515 §10',
    },
  ];
}

function oddMembers(header: JsonObject): Check[] {
  const checks: Check[] = [];
  const kid = member(header, 'kid');
  if (kid !== undefined && typeof kid !== 'string') {
    checks.push({
      name: 'format',
      outcome: 'failed',
      finding: 'header.kid.type',
      expected: 'text',
      actual: kid,
      because: '`kid` is no text',
      spec: 'RFC 7515 §4.1.4',
    });
  }
  if (Object.hasOwn(header, 'zip') && !Object.hasOwn(header, 'enc')) {
    checks.push({
      name: 'format',
      outcome: 'warned',
      finding: 'header.zip',
      actual: memberOrNull(header, 'zip'),
      because: '`zip` has no meaning in a JWS; nothing was inflated',
      spec: 'RFC 7516 §4.1.3',
    });
  }
  if (textMember(header, 'cty')?.toUpperCase() === 'JWT' && !Object.hasOwn(header, 'enc')) {
    checks.push({
      name: 'format',
      outcome: 'warned',
      finding: 'token.nested',
      actual: 'JWT',
      because: 'the payload is another JWT; only the outer one is judged',
      spec: 'RFC 7519 §5.2',
    });
  }
  return checks;
}

/** A JSON number as a double, or undefined for anything that is no finite number. */
export function finiteNumber(value: Json | undefined): number | undefined {
  const number = value instanceof JsonNumber ? value.value : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** Beyond this many seconds (the year 5138) a NumericDate was meant in milliseconds. */
export const MILLISECONDS_FROM = 1e11;

const TIME_CLAIMS = ['exp', 'nbf', 'iat', 'auth_time'] as const;

/** `time_unit`: a time in milliseconds is told by name, and taken literally (contract §11). */
export function lintTimes(claims: JsonObject): Check[] {
  const found = TIME_CLAIMS.filter((name) => (finiteNumber(member(claims, name)) ?? 0) > MILLISECONDS_FROM);
  if (found.length === 0) return [];
  return [
    {
      name: 'time_unit',
      outcome: 'warned',
      finding: `claims.${found[0]}.milliseconds`,
      expected: 'seconds since 1970',
      actual: Object.fromEntries(found.map((name) => [name, memberOrNull(claims, name)])),
      because: `${found.join(', ')} ${found.length > 1 ? 'look' : 'looks'} like milliseconds; times count seconds`,
      spec: 'RFC 7519 §2',
    },
  ];
}
