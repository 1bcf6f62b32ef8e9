// Members of the header that want to change how a token is read, or which key is used (security.md A7-A10, A24-A26, J10).

import { createHash } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { key } from '../../library/keys.ts';
import { attacker, type Case, claims, encoded, type Family, forged, headerOf, signedText } from './forge.ts';

const plain: Case = { name: 'a plain header', token: forged() };
const withMember = (name: string, value: unknown): string => forged({ header: headerOf(key(), { [name]: value }) });

// ---------------------------------------------------------------- crit, b64

const CRIT: readonly unknown[] = [
  [],
  ['exp'],
  ['b64'],
  ['alg'],
  ['crit'],
  ['kid', 'kid'],
  [''],
  [1],
  [null],
  [['exp']],
  [{}],
  ['__proto__'],
  ['http://example.com/x'],
  ['\u001b[2J'],
  Array.from({ length: 2000 }, (_, at) => `x${at}`),
  null,
  'exp',
  '',
  {},
  true,
  false,
  0,
];

const crit: Case[] = [
  ...CRIT.map((value) => ({
    name: `crit ${JSON.stringify(value).slice(0, 40)}`,
    token: withMember('crit', value),
    check: 'critical_header' as const,
    finding: 'header.crit.unsupported',
  })),
  {
    name: 'crit with a member that is there',
    token: forged({ header: headerOf(key(), { crit: ['exp'], exp: 1 }) }),
    check: 'critical_header',
    finding: 'header.crit.unsupported',
  },
  {
    name: 'crit by an escape',
    token: forged({ header: `{"alg":"ES256","kid":"ES256-1","\\u0063rit":["x"]}` }),
    check: 'critical_header',
    finding: 'header.crit.unsupported',
  },
];

const unencoded = (header: Record<string, unknown>): string =>
  signedText(`${encoded(headerOf(key(), header))}.${JSON.stringify(claims())}`);

const b64: Case[] = [
  ...[false, 'true', 'false', 0, 1, null, {}, []].map((value) => ({
    name: `b64 ${JSON.stringify(value)} without crit`,
    token: withMember('b64', value),
    check: 'critical_header' as const,
    finding: 'header.b64',
  })),
  {
    name: 'b64 false with crit',
    token: forged({ header: headerOf(key(), { b64: false, crit: ['b64'] }) }),
    check: 'critical_header',
    finding: 'header.crit.unsupported',
  },
  {
    name: 'b64 false with a payload as it stands',
    token: unencoded({ b64: false, crit: ['b64'] }),
    check: 'critical_header',
  },
  {
    name: 'b64 false without crit, with a payload as it stands',
    token: unencoded({ b64: false }),
    check: 'critical_header',
  },
];

// ---------------------------------------------------------------- keys that a token brings along

const evil = attacker('ES256');
const certificate = Buffer.from('not looked at').toString('base64');
const REFERENCES: readonly (readonly [name: string, value: unknown, finding: string])[] = [
  ['jwk', evil.jwk, 'header.jwk.embedded'],
  ['jwk', { ...evil.jwk, kid: key().kid }, 'header.jwk.embedded'],
  ['jwk', evil.privateKey.export({ format: 'jwk' }), 'header.jwk.embedded'],
  ['jwk', { kty: 'oct', k: 'AAAA' }, 'header.jwk.embedded'],
  ['jwk', null, 'header.jwk.embedded'],
  ['jwk', JSON.stringify(evil.jwk), 'header.jwk.embedded'],
  ['x5c', [certificate], 'header.x5c.present'],
  ['x5c', certificate, 'header.x5c.present'],
  ['x5c', [], 'header.x5c.present'],
  ...[
    'https://evil.example/jwks.json',
    'http://127.0.0.1:1/jwks.json',
    'http://169.254.169.254/latest/meta-data/',
    'http://[::1]/jwks',
    'http://2130706433/jwks',
    'file:///etc/passwd',
    'gopher://127.0.0.1:11211/_stats',
    'data:application/json,{"keys":[]}',
    'https://id.example.com@evil.example/jwks',
    'https://id.example.com.evil.example/jwks',
    'https://id.example.com/../../redirect?to=https://evil.example',
    '//evil.example/jwks',
    '/jwks.json',
    'javascript:alert(1)',
  ].map((url) => ['jku', url, 'header.jku.present'] as const),
  ['jku', ['https://evil.example'], 'header.jku.present'],
  ['x5u', 'https://evil.example/cert.pem', 'header.x5u.present'],
  ['x5u', 'file:///dev/zero', 'header.x5u.present'],
];

/** Keys are made anew in each process: they make no name. */
const called = (name: string, value: unknown, at: number): string =>
  name === 'jwk' ? `jwk (${at + 1})` : `${name} ${JSON.stringify(value).slice(0, 60)}`;

/** Signed by the key that the header brings: whoever followed it would find the signature good. */
const brought: Case[] = REFERENCES.map(([name, value], at) => ({
  name: `${called(name, value, at)}, signed by the attacker`,
  token: forged({ by: evil, header: headerOf(key(), { [name]: value }) }),
  check: 'signature' as const,
}));
const thumbprint = createHash('sha1').update('x').digest('base64url');
const others: Case[] = [
  {
    name: 'x5t, signed by the attacker',
    token: forged({ by: evil, header: headerOf(key(), { x5t: thumbprint }) }),
    check: 'signature',
  },
  {
    name: 'jwk and no kid, signed by the attacker',
    token: forged({ by: evil, header: { alg: 'ES256', jwk: evil.jwk } }),
    check: 'signature',
  },
  {
    name: 'jku and a kid that only the attacker has',
    token: forged({ by: evil, header: headerOf(evil, { jku: 'https://evil.example/jwks.json' }) }),
    check: 'key',
    finding: 'jwks.kid.not_found',
  },
];

/** The same headers over a good signature: told, and not followed. */
const told: Case[] = REFERENCES.map(([name, value, finding], at) => ({
  name: `${called(name, value, at)}, signed by the issuer`,
  token: withMember(name, value),
  check: 'key_reference' as const,
  finding,
}));

// ---------------------------------------------------------------- kid

const KIDS: readonly string[] = [
  ...[
    '../../../../../../dev/null',
    '/proc/sys/kernel/randomize_va_space',
    '..\\..\\windows\\win.ini',
    'file:///etc/passwd',
  ],
  ...[
    "x' UNION SELECT 'secret' -- ",
    '1; DROP TABLE keys',
    "' OR '1'='1",
    '*)(uid=*))(|(uid=*',
    '$(id)',
    '`id`',
    '| id',
    '%00',
    '{{7*7}}',
  ],
  ...['__proto__', 'constructor', 'prototype', 'toString', 'length', '0', 'keys', 'undefined', 'null', 'NaN', '', ' '],
  ...[
    '\0',
    'ES256-1\0',
    '\u001b[2J',
    '\u202eES256-1',
    'ES256-1\n',
    ' ES256-1',
    'ES256-1 ',
    'es256-1',
    'ES256',
    'ES256-11',
    'ΕS256-1',
    'ES256\u20111',
  ],
  'k'.repeat(100_000),
  '\ud800',
];

const kid: Case[] = [
  ...KIDS.map((value) => ({
    name: `kid ${JSON.stringify(value).slice(0, 40)}`,
    token: withMember('kid', value),
    check: 'key' as const,
    finding: 'jwks.kid.not_found',
  })),
  ...[1, 0, null, true, [], ['ES256-1'], {}, { toString: 'ES256-1' }].map((value) => ({
    name: `kid ${JSON.stringify(value)}, which is no text`,
    token: withMember('kid', value),
    check: 'format' as const,
    finding: 'header.kid.type',
  })),
];

// ---------------------------------------------------------------- zip, cty, typ, kind

const bomb = deflateRawSync(
  Buffer.concat([Buffer.from(JSON.stringify(claims()).slice(0, -1)), Buffer.alloc(10_000_000, ' '), Buffer.from('}')]),
);
const inner = forged();

const content: Case[] = [
  {
    name: 'a compressed payload with zip',
    token: forged({ header: headerOf(key(), { zip: 'DEF' }), payload: bomb }),
    check: 'encoding',
    finding: 'json.utf8',
  },
  {
    name: 'another JWT as its payload',
    token: forged({ header: headerOf(key(), { cty: 'JWT' }), payload: inner }),
    check: 'format',
    finding: 'json.invalid',
  },
  {
    name: 'another JWT as its payload, signed by the attacker',
    token: forged({ by: evil, header: headerOf(key(), { cty: 'JWT' }), payload: inner }),
    check: 'signature',
  },
  {
    name: 'a JWT in quotes as its payload',
    token: forged({ payload: JSON.stringify(inner) }),
    check: 'format',
    finding: 'claims.not_object',
  },
  ...['at+jwt', 'application/at+jwt', 'AT+JWT'].flatMap((typ) =>
    ['JWT', 'id+jwt', 'at+jwt+x', 'application/application/at+jwt', ' at+jwt', 'dpop+jwt', ''].map((actual) => ({
      name: `typ ${JSON.stringify(actual)} where ${typ} is asked for`,
      token: withMember('typ', actual),
      options: { expectations: { typ } },
      check: 'type' as const,
      finding: 'header.typ.mismatch',
    })),
  ),
  ...[null, 1, ['at+jwt'], undefined].map((actual) => ({
    name: `typ ${JSON.stringify(actual) ?? 'missing'} where at+jwt is asked for`,
    token: withMember('typ', actual),
    options: { expectations: { typ: 'at+jwt' } },
    check: 'type' as const,
    finding: 'header.typ.mismatch',
  })),
  ...[
    ['an ID token', { typ: 'JWT' }, { nonce: 'n' }],
    ['a logout token', { typ: 'logout+jwt' }, {}],
    ['a DPoP proof', { typ: 'dpop+jwt' }, { htm: 'GET', htu: 'https://api.example.com' }],
    ['an introspection answer', { typ: 'token-introspection+jwt' }, { token_introspection: { active: true } }],
    ['a security event', { typ: 'secevent+jwt' }, {}],
  ].map(([name, header, more]) => ({
    name: `${name} where an access token is asked for`,
    token: forged({
      header: headerOf(key(), header as object as Record<string, unknown>),
      payload: claims(more as Record<string, unknown>),
    }),
    options: { expectations: { kind: 'access_token' as const } },
    check: 'kind' as const,
  })),
];

const fine: Case[] = [
  {
    name: 'zip over a payload that is not compressed',
    token: withMember('zip', 'DEF'),
    check: 'format',
    finding: 'header.zip',
  },
  { name: 'cty JWT over claims', token: withMember('cty', 'JWT'), check: 'format', finding: 'token.nested' },
  {
    name: 'typ with application/ before it',
    token: withMember('typ', 'application/at+jwt'),
    options: { expectations: { typ: 'at+jwt' } },
  },
  { name: 'typ in capitals', token: withMember('typ', 'AT+JWT'), options: { expectations: { typ: 'at+jwt' } } },
];

// ---------------------------------------------------------------- headers that are none

const NO_HEADERS: readonly string[] = ['[]', '"ES256"', 'null', '1', '', ' ', 'true', '["alg","ES256"]'];
const shapes: Case[] = [
  ...NO_HEADERS.map((header) => ({
    name: `the header ${JSON.stringify(header)}`,
    token: forged({ header }),
    verdict: 'unknown' as const,
    error: 'ERR_TOKEN_UNSUPPORTED' as const,
  })),
  { name: 'the header {}', token: forged({ header: '{}' }), check: 'format', finding: 'token.malformed' },
  {
    name: 'enc in the header of a JWS',
    token: forged({ by: evil, header: headerOf(key(), { enc: 'A256GCM' }) }),
    check: 'signature',
  },
];

export const headers: readonly Family[] = [
  { name: 'crit', good: [plain], bad: crit },
  { name: 'b64', good: [{ name: 'b64 true', token: withMember('b64', true) }], bad: b64 },
  { name: 'keys that a token brings along', good: [plain, ...told], bad: [...brought, ...others] },
  { name: 'kid', good: [plain, { name: 'no kid', token: withMember('kid', undefined) }], bad: kid },
  { name: 'zip, cty, typ and kind', good: fine, bad: content },
  {
    name: 'headers that are none',
    good: [
      plain,
      {
        name: 'white space in the header',
        token: forged({ header: JSON.stringify(headerOf(key()), undefined, '\t') }),
      },
    ],
    bad: shapes,
  },
];
