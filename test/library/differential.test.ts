// Two judges of one token: tokctl and `jwtVerify` of jose, with the same keys and the same expectations. On well-formed
// tokens they agree: all checks passed ⇔ jose resolves. Where tokctl is stricter or more patient on purpose, it is listed
// below with the reason, and proven on both sides.

import { type Arbitrary, assert, asyncProperty, constantFrom, integer, oneof, record } from 'fast-check';
import { createLocalJWKSet, type JWTVerifyOptions, jwtVerify } from 'jose';
import { describe, expect, test } from 'vitest';
import { type Expectations, type VerifyOptions, verify } from '../../src/index.ts';
import { ALGS, type Alg, accessClaims, base64url, hmacJws, ISSUER, jws, key, NOW, type TestKey } from './keys.ts';
import { failures } from './reports.ts';
import { exponentOne, rocaKey, smallOrder } from './weak-keys.ts';

/** As long as the hash of HS512. */
const SECRET = 'a shared secret that is as long as SHA-512 gives bytes, or longer';
const AUDIENCE = 'https://api.example.com';

interface Question {
  token: string;
  keys?: readonly object[];
  secret?: string;
  algorithms?: readonly string[];
  expectations?: Expectations;
  issuer?: string;
}

/** True: tokctl finds nothing that fails. */
async function tokctlAccepts({ token, keys, ...rest }: Question): Promise<boolean> {
  const source = keys === undefined ? {} : { jwks: JSON.stringify({ keys }) };
  const report = await verify(token, { now: NOW, ...source, ...rest } as VerifyOptions);
  expect(report.verdict === 'active').toBe(failures(report).length === 0 && report.error === undefined);
  return report.verdict === 'active';
}

/** The allow-list of tokctl, because jose has none of its own. */
const ALLOWED = [...ALGS, 'Ed25519'];

/** True: jose resolves. */
async function joseAccepts(question: Question): Promise<boolean> {
  const { token, keys, secret, algorithms, issuer, expectations = {} } = question;
  const { audience, typ, clockTolerance, maxAge, requiredClaims } = expectations;
  const options: JWTVerifyOptions = {
    currentDate: new Date(NOW * 1000),
    algorithms: [...(algorithms ?? (secret === undefined ? ALLOWED : ['HS256', 'HS384', 'HS512']))],
    ...(issuer === undefined ? {} : { issuer }),
    ...(audience === undefined ? {} : { audience: [...audience] }),
    ...(typ === undefined ? {} : { typ }),
    ...(clockTolerance === undefined ? {} : { clockTolerance }),
    ...(maxAge === undefined ? {} : { maxTokenAge: maxAge }),
    ...(requiredClaims === undefined ? {} : { requiredClaims: [...requiredClaims] }),
  };
  const verified =
    secret === undefined
      ? jwtVerify(
          token,
          createLocalJWKSet({ keys: [...(keys ?? [])] } as Parameters<typeof createLocalJWKSet>[0]),
          options,
        )
      : jwtVerify(token, new TextEncoder().encode(secret), options);
  return verified.then(
    () => true,
    (error: unknown) => {
      // A fault of jose or of this test is not a refusal.
      if (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_J')) return false;
      if (error instanceof TypeError || error instanceof DOMException) return false;
      throw error;
    },
  );
}

// ---------------------------------------------------------------- generated tokens

/** What is done to the token or to the set of keys. */
const TROUBLES = [
  'none',
  'other payload',
  'other signature',
  'cut signature',
  'key of another under the kid',
  'no such kid',
  'no kid',
  'key for encryption',
  'key for signing only',
  'key of another algorithm',
  'algorithm not allowed',
] as const;

/** Nearly always what is sound, so that whole tokens come about, and single faults among them. */
const mostly = <T>(sound: Arbitrary<T>, any: Arbitrary<T>): Arbitrary<T> =>
  oneof({ weight: 14, arbitrary: sound }, { weight: 1, arbitrary: any });

type TimeClaim = { from: number; as: 'number' | 'fraction' | 'text' | 'null' | 'list' } | undefined;

/** Around the present, and around the present shifted by a tolerance. */
const offset = constantFrom(-7200, -3600, -61, -60, -59, -1, 0, 1, 59, 60, 61, 3600, 7200);
const anyTime: Arbitrary<TimeClaim> = record({
  from: offset,
  as: constantFrom('number' as const, 'fraction' as const, 'text' as const, 'null' as const, 'list' as const),
});
const seconds = (...from: number[]): Arbitrary<TimeClaim> =>
  constantFrom(...from).map((one) => ({ from: one, as: 'number' as const }));
const none = constantFrom<TimeClaim>(undefined);

const anyIssuer = constantFrom<unknown>(`${ISSUER}/`, 'https://ID.example.com', '', undefined, null, 7, [ISSUER]);
const anyAudience = constantFrom<unknown>(['a'], [], 'a', '', undefined, null, 7, [AUDIENCE, 7]);

const generated = record({
  alg: constantFrom<Alg | 'HS256' | 'HS512'>(...ALGS, 'HS256', 'HS512'),
  trouble: mostly(constantFrom<(typeof TROUBLES)[number]>('none'), constantFrom(...TROUBLES)),
  exp: mostly(seconds(1, 60, 3600), oneof(anyTime, none)),
  nbf: mostly(oneof(none, seconds(0, -60)), anyTime),
  iat: mostly(seconds(0, -1, -59, -60), oneof(anyTime, none)),
  iss: mostly(constantFrom<unknown>(ISSUER), anyIssuer),
  aud: mostly(constantFrom<unknown>(AUDIENCE, [AUDIENCE], ['a', AUDIENCE]), anyAudience),
  typ: mostly(
    constantFrom<string | undefined>('at+jwt', 'application/at+jwt', 'AT+JWT'),
    constantFrom('JWT', undefined),
  ),
  asked: record({
    issuer: constantFrom(ISSUER, undefined),
    audience: mostly(
      constantFrom<string[] | undefined>([AUDIENCE], ['b', AUDIENCE], undefined),
      constantFrom<string[] | undefined>(['b']),
    ),
    typ: mostly(constantFrom<string | undefined>('at+jwt', 'application/at+jwt', undefined), constantFrom('JWT')),
    clockTolerance: constantFrom(undefined, 0, 1, 60),
    maxAge: mostly(constantFrom<number | undefined>(60, 3600, undefined), constantFrom(0, 59)),
    requiredClaims: mostly(
      constantFrom<string[] | undefined>(['jti'], ['exp'], undefined),
      constantFrom<string[] | undefined>(['nbf', 'sub'], ['toString']),
    ),
  }),
  bit: integer({ min: 0, max: 255 }),
});

type Generated = typeof generated extends Arbitrary<infer T> ? T : never;

function timeOf(given: TimeClaim): unknown {
  if (given === undefined) return undefined;
  const seconds = NOW + given.from;
  return { number: seconds, fraction: seconds + 0.5, text: String(seconds), null: null, list: [seconds] }[given.as];
}

function questionOf({ alg, trouble, asked, bit, typ, ...claims }: Generated): Question {
  const all = {
    ...accessClaims(ISSUER, { iss: claims.iss, aud: claims.aud }),
    exp: timeOf(claims.exp),
    nbf: timeOf(claims.nbf),
    iat: timeOf(claims.iat),
  };
  const { issuer, ...expectations } = withoutUndefined(asked);
  const common = { ...(issuer === undefined ? {} : { issuer: issuer as string }), expectations };
  if (alg === 'HS256' || alg === 'HS512') {
    const token = damaged(hmacJws(all, SECRET, { alg, typ }), { trouble, bit });
    const algorithms = trouble === 'algorithm not allowed' ? { algorithms: ['HS384'] } : {};
    return { token, secret: trouble.startsWith('key') ? `${SECRET}!` : SECRET, ...algorithms, ...common };
  }
  const signing = key(alg);
  const kid = { 'no kid': undefined, 'no such kid': 'another' }[trouble as string] ?? signing.kid;
  const header = { typ, kid: trouble === 'no kid' ? undefined : kid };
  const token = damaged(jws(all, { key: signing, header }), { trouble, bit });
  const algorithms = trouble === 'algorithm not allowed' ? { algorithms: ALLOWED.filter((one) => one !== alg) } : {};
  return { token, keys: setFor(signing, trouble), ...algorithms, ...common };
}

const withoutUndefined = (object: Generated['asked']): Record<string, unknown> =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));

/** The key of the token among those of other algorithms. */
function setFor(signing: TestKey, trouble: Generated['trouble']): object[] {
  const other = ALGS[(ALGS.indexOf(signing.alg) + 1) % ALGS.length] ?? 'RS256';
  const changes: Partial<Record<Generated['trouble'], object>> = {
    'key of another under the kid': { ...key(signing.alg, 'attacker').jwk, kid: signing.kid },
    'key for encryption': { ...signing.jwk, use: 'enc' },
    'key for signing only': { ...signing.jwk, key_ops: ['sign'] },
    'key of another algorithm': { ...signing.jwk, alg: other },
  };
  return [key(other).jwk, changes[trouble] ?? signing.jwk];
}

function damaged(token: string, { trouble, bit }: Pick<Generated, 'trouble' | 'bit'>): string {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const bytes = Buffer.from(signature, 'base64url');
  if (trouble === 'other payload') {
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    return [header, base64url(JSON.stringify({ ...claims, sub: 'admin' })), signature].join('.');
  }
  if (trouble === 'cut signature') return [header, payload, base64url(bytes.subarray(0, -1))].join('.');
  if (trouble !== 'other signature') return token;
  const at = bit % (bytes.length * 8);
  bytes[at >> 3] = (bytes[at >> 3] ?? 0) ^ (1 << (at & 7));
  return [header, payload, base64url(bytes)].join('.');
}

/** A list with something that is no text among it: tokctl refuses that (below). */
const isListedDifference = ({ token }: Question): boolean => {
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  return Array.isArray(claims.aud) && claims.aud.some((one: unknown) => typeof one !== 'string');
};

test('all checks passed ⇔ jose resolves', async () => {
  const seen = { both: 0, neither: 0 };
  const property = asyncProperty(generated, async (given) => {
    const question = questionOf(given);
    if (isListedDifference(question)) return;
    const [ours, theirs] = [await tokctlAccepts(question), await joseAccepts(question)];
    seen[ours ? 'both' : 'neither'] += 1;
    expect({ accepts: ours }).toEqual({ accepts: theirs });
  });
  await assert(property, { seed: 20270115, numRuns: 400 });
  // Neither judge says the same to everything.
  expect(Math.min(seen.both, seen.neither)).toBeGreaterThan(100);
});

test.each(ALGS)('%s: a sound token is sound to both, and each single fault is a fault to both', async (alg) => {
  const expectations = { audience: [AUDIENCE], typ: 'at+jwt', maxAge: 60 };
  const sound: Generated = {
    alg,
    trouble: 'none',
    exp: { from: 1, as: 'number' },
    nbf: { from: 0, as: 'number' },
    iat: { from: -60, as: 'number' },
    iss: ISSUER,
    aud: AUDIENCE,
    typ: 'at+jwt',
    asked: { ...expectations, issuer: ISSUER, clockTolerance: undefined, requiredClaims: ['jti'] },
    bit: 77,
  };
  const faults: Partial<Generated>[] = [
    ...TROUBLES.filter((trouble) => trouble !== 'none' && trouble !== 'no kid').map((trouble) => ({ trouble })),
    { exp: { from: 0, as: 'number' } },
    { exp: { from: 60, as: 'text' } },
    { nbf: { from: 1, as: 'number' } },
    { iat: { from: -61, as: 'number' } },
    { iat: undefined },
    { iss: `${ISSUER}/` },
    { aud: ['a'] },
    { typ: 'JWT' },
  ];
  const judge = async (given: Generated) => [
    await tokctlAccepts(questionOf(given)),
    await joseAccepts(questionOf(given)),
  ];
  expect(await judge(sound)).toEqual([true, true]);
  for (const fault of faults) expect([fault, ...(await judge({ ...sound, ...fault }))]).toEqual([fault, false, false]);
});

// ---------------------------------------------------------------- stricter on purpose

const CLAIMS = accessClaims(ISSUER);
const bySet = (token: string, ...keys: object[]): Question => ({ token, keys, issuer: ISSUER });
const rawClaims = (members: string): string => JSON.stringify(CLAIMS).replace(/}$/, `${members}}`);
const nested = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;

/** Sets a bit of the last character that carries no data: 64 bytes of a signature leave four of them. */
function unusedBit(token: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return token.slice(0, -1) + alphabet[alphabet.indexOf(token.at(-1) ?? '') | 1];
}

const roca = rocaKey();

const NODE = Number.parseInt(process.versions.node, 10);

interface Stricter {
  /** Where the rule stands. */
  rule: string;
  strange: Question;
  /** The same without what is strange: both accept it. */
  plain?: Question;
  /** The first Node whose own cryptography refuses it, and jose with it. */
  refusedFrom?: number;
}

const PLAIN = bySet(jws(CLAIMS), key().jwk);

const STRICTER: Record<string, Stricter> = {
  'RSA with e = 1: anyone can sign': {
    rule: 'security.md A15',
    strange: bySet(exponentOne(CLAIMS).token, exponentOne(CLAIMS).jwk),
    plain: bySet(jws(CLAIMS, { key: key('RS256') }), key('RS256').jwk),
  },
  'RSA in the form of ROCA: its private key can be computed': {
    rule: 'security.md A16, CVE-2017-15361',
    strange: bySet(jws(CLAIMS, { key: roca }), roca.jwk),
    plain: bySet(jws(CLAIMS, { key: key('RS256') }), key('RS256').jwk),
  },
  'Ed25519 of small order: one signature fits everything': {
    rule: 'security.md A19',
    refusedFrom: 24,
    strange: bySet(smallOrder(CLAIMS).token, smallOrder(CLAIMS).jwk),
    plain: bySet(jws(CLAIMS, { key: key('EdDSA') }), key('EdDSA').jwk),
  },
  'a claim twice: readers may disagree on which counts': {
    rule: 'RFC 7519 §4, security.md J1',
    strange: bySet(jws(rawClaims(',"sub":"admin"')), key().jwk),
  },
  'a header member twice': {
    rule: 'RFC 7515 §5.2, security.md J1',
    strange: bySet(jws(CLAIMS, { rawHeader: '{"alg":"ES256","kid":"ES256-1","kid":"ES256-1"}' }), key().jwk),
  },
  padding: { rule: 'RFC 7515 §2, security.md S3', strange: bySet(`${jws(CLAIMS)}==`, key().jwk) },
  'unused bits that are set': { rule: 'security.md S3', strange: bySet(unusedBit(jws(CLAIMS)), key().jwk) },
  'white space inside': { rule: 'security.md S2', strange: bySet(`${jws(CLAIMS)}\n`, key().jwk) },
  'an exp of 1e999, which is Infinity': {
    rule: 'security.md J5',
    strange: bySet(jws(JSON.stringify({ ...CLAIMS, exp: 0 }).replace('"exp":0', '"exp":1e999')), key().jwk),
  },
  'an nbf before 1970': { rule: 'security.md J5', strange: bySet(jws({ ...CLAIMS, nbf: -1 }), key().jwk) },
  'b64 without crit': {
    rule: 'RFC 7797 §6, security.md A25',
    strange: bySet(jws(CLAIMS, { header: { b64: false } }), key().jwk),
  },
  'crit: tokctl supports no extension': {
    rule: 'RFC 7515 §4.1.11, security.md A24',
    strange: bySet(jws(CLAIMS, { header: { crit: ['b64'], b64: true } }), key().jwk),
  },
  'a byte order mark': {
    rule: 'RFC 8259 §8.1, security.md J2',
    strange: bySet(jws(`\ufeff${JSON.stringify(CLAIMS)}`), key().jwk),
  },
  'more levels than 128': {
    rule: 'security.md J3',
    strange: bySet(jws(rawClaims(`,"x":${nested(200)}`)), key().jwk),
    plain: bySet(jws(rawClaims(`,"x":${nested(100)}`)), key().jwk),
  },
  'more than 256 KiB': {
    rule: 'security.md S7',
    strange: bySet(jws({ ...CLAIMS, x: 'x'.repeat(256 * 1024) }), key().jwk),
    plain: bySet(jws({ ...CLAIMS, x: 'x'.repeat(128 * 1024) }), key().jwk),
  },
  'an aud with something that is no text': {
    rule: 'RFC 7519 §4.1.3, security.md J9',
    strange: { ...bySet(jws({ ...CLAIMS, aud: [AUDIENCE, 7] }), key().jwk), expectations: { audience: [AUDIENCE] } },
    plain: { ...bySet(jws({ ...CLAIMS, aud: [AUDIENCE, '7'] }), key().jwk), expectations: { audience: [AUDIENCE] } },
  },
  'a secret shorter than the hash': {
    rule: 'RFC 7518 §3.2, security.md A20',
    strange: { token: hmacJws(CLAIMS, 'short'), secret: 'short' },
    plain: { token: hmacJws(CLAIMS, SECRET), secret: SECRET },
  },
};

describe('stricter than jose, on purpose', () => {
  test.each(Object.entries(STRICTER))(
    '%s',
    async (_says, { strange, plain = PLAIN, refusedFrom = Number.POSITIVE_INFINITY }) => {
      expect({ jose: await joseAccepts(strange), tokctl: await tokctlAccepts(strange) }).toEqual({
        jose: NODE < refusedFrom,
        tokctl: false,
      });
      expect({ jose: await joseAccepts(plain), tokctl: await tokctlAccepts(plain) }).toEqual({
        jose: true,
        tokctl: true,
      });
    },
  );

  test('each has the rule that it stands on', () => {
    expect(Object.values(STRICTER).filter(({ rule }) => !/^(?:RFC \d{4} §|security\.md [A-Z]\d)/.test(rule))).toEqual(
      [],
    );
  });
});

// ---------------------------------------------------------------- more patient on purpose

const PATIENT: Record<string, { rule: string; question: Question }> = {
  'two keys of one kid: each is tried, with a warning': {
    rule: 'RFC 7517 §4.5, security.md A11',
    question: bySet(jws(CLAIMS), { ...key('ES256', 'b').jwk, kid: 'ES256-1' }, key().jwk),
  },
  'no kid and several keys that fit: each is tried, with a warning': {
    rule: 'security.md A11',
    question: bySet(jws(CLAIMS, { header: { kid: undefined } }), key('ES256', 'b').jwk, key().jwk),
  },
  'Ed25519 is what EdDSA with that curve always was': {
    rule: 'RFC 9864 §2.2',
    question: bySet(jws(CLAIMS, { key: key('EdDSA'), header: { alg: 'Ed25519' } }), key('EdDSA').jwk),
  },
};

test.each(Object.entries(PATIENT))('more patient than jose, on purpose: %s', async (_says, { question }) => {
  expect({ jose: await joseAccepts(question), tokctl: await tokctlAccepts(question) }).toEqual({
    jose: false,
    tokctl: true,
  });
});
