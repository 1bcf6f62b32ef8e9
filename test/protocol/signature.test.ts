import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isJsonObject, type JsonObject, parseJson, textMember } from '../../src/core/json.ts';
import { lintHeader } from '../../src/core/lint.ts';
import { parseToken } from '../../src/core/token.ts';
import { algorithmNamed } from '../../src/protocol/algorithm.ts';
import { judgeKey } from '../../src/protocol/jwks.ts';
import { verifySignature } from '../../src/protocol/signature.ts';
import { readVectors } from '../vectors/vectors.ts';

function read(object: object): JsonObject {
  const { value } = parseJson(JSON.stringify(object));
  if (!isJsonObject(value)) throw new Error('expected an object');
  return value;
}

/** Faults of the payload as a claims set: the examples sign words such as `foo`. */
const PAYLOAD_FINDINGS = ['json.invalid', 'claims.not_object', 'json.utf8'];

/** What verifying does, without network, issuer and claims: text, header, key, signature; all of them must hold. */
async function accepts(text: string, keys: readonly object[]): Promise<boolean> {
  const token = parseToken(text);
  const { header, jws } = token;
  if (token.format !== 'jws' || header === undefined || jws === undefined) return false;
  const checks = [...token.faults, ...lintHeader(header)];
  const broken = checks.filter(
    ({ outcome, finding = '' }) => outcome === 'failed' && !PAYLOAD_FINDINGS.includes(finding),
  );
  const [alg = '', kid] = [textMember(header, 'alg'), textMember(header, 'kid')];
  if (broken.length > 0 || algorithmNamed(alg)?.kty === 'oct') return false;
  const request = { alg, ...(kid === undefined ? {} : { kid }) };
  const candidates = keys.map(read).filter((jwk) => judgeKey(jwk, request).skipped === undefined);
  const outcomes = await Promise.all(candidates.map((jwk) => verifySignature(jws, jwk, alg)));
  return outcomes.includes('verified');
}

/** The same with a secret that a person gave: only HMAC, and no secret shorter than the hash (RFC 7518 §3.2). */
async function acceptsBySecret(text: string, secret: Uint8Array): Promise<boolean> {
  const { faults, header, jws } = parseToken(text);
  const alg = textMember(header, 'alg') ?? '';
  const known = algorithmNamed(alg);
  if (jws === undefined || known?.kty !== 'oct' || secret.length < (known.signatureBytes ?? 0)) return false;
  if (faults.some(({ finding = '' }) => !PAYLOAD_FINDINGS.includes(finding))) return false;
  return (await verifySignature(jws, secret, alg)) === 'verified';
}

// ---------------------------------------------------------------- Wycheproof

interface Key {
  kty: string;
  k?: string;
}
interface Group {
  comment: string;
  public?: Key | { keys: Key[] };
  private?: Key | { keys: Key[] };
  tests: { tcId: number; comment: string; result: 'valid' | 'invalid'; jws: string | object }[];
}
const keysOf = (set: Key | { keys: Key[] } | undefined): Key[] =>
  set === undefined ? [] : 'keys' in set ? set.keys : [set];
const textOf = (jws: string | object) => (typeof jws === 'string' ? jws : JSON.stringify(jws));

/** Not judged as labelled, on purpose. */
const EXCEPTIONS: Record<string, string> = {
  'signature 346': 'labelled valid: the key is for PS256, the token is signed with PS384',
  'signature 351': 'labelled valid: the alg of the key is ES521, which does not exist',
  'signature 372': 'labelled valid: a `?` stands inside the header',
  'signature 373': 'labelled valid: a `?` stands inside the payload',
  'signature 367': 'labelled invalid: the text is that of 357, which is labelled valid',
  'key 26': 'labelled invalid: the key is for A256KW; a secret that a person gives is bytes, and names no algorithm',
};
const isWanted = (test: { id: string; result: string }) => (test.result === 'valid') !== test.id in EXCEPTIONS;

const FILES = ['json_web_signature_test', 'json_web_key_test', 'json_web_crypto_test'];
const cases = FILES.flatMap((file) =>
  readVectors<{ testGroups: Group[] }>(`wycheproof/${file}.subset`).testGroups.flatMap((group) =>
    // JWE are told apart in the tests of parsing.
    group.tests
      .filter(({ jws }) => jws !== undefined)
      .map((test) => ({ ...test, id: `${file.split('_')[2]} ${test.tcId}`, group })),
  ),
);

describe('Wycheproof', () => {
  it.each(cases.filter(({ group }) => group.public !== undefined))('$id $comment: $result', async (test) => {
    expect(await accepts(textOf(test.jws), keysOf(test.group.public))).toBe(isWanted(test));
  });

  const symmetric = cases.filter(({ group }) => group.public === undefined);

  it.each(symmetric)('$id $comment: never by a key out of a set', async ({ jws, group }) => {
    expect(await accepts(textOf(jws), keysOf(group.private))).toBe(false);
  });

  it.each(symmetric.filter(({ group }) => keysOf(group.private).length === 1))(
    '$id $comment: by a secret: $result',
    async (test) => {
      const secret = Buffer.from(keysOf(test.group.private)[0]?.k ?? '', 'base64url');
      expect(await acceptsBySecret(textOf(test.jws), secret)).toBe(isWanted(test));
    },
  );

  it('the exception 367 is the same text as the valid 357', () => {
    const textFor = (tcId: number) => cases.find(({ id }) => id === `signature ${tcId}`)?.jws;
    expect(textFor(367)).toBe(textFor(357));
    expect(Object.keys(EXCEPTIONS).every((id) => cases.some((one) => one.id === id))).toBe(true);
  });
});

// ---------------------------------------------------------------- examples of RFCs

describe('RFC 7515 and 8037', () => {
  interface Vector {
    id: string;
    token: string | object;
    alg?: string;
    signature?: string;
    jwk: (Key & object) | null;
  }
  const { vectors } = readVectors<{ vectors: Vector[] }>('rfc/jose-rfc-vectors');
  const compact = vectors.filter(({ token }) => typeof token === 'string');

  it.each(compact.filter(({ signature, alg }) => signature === 'valid' && alg !== 'HS256'))(
    '$id verifies',
    async ({ token, jwk }) => {
      expect(await accepts(textOf(token), [jwk ?? {}])).toBe(true);
      const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' });
      expect(await accepts(textOf(token), [other])).toBe(false);
    },
  );

  it.each(compact.filter(({ signature, alg }) => signature === 'valid' && alg === 'HS256'))(
    '$id verifies by its secret only',
    async ({ token, jwk }) => {
      expect(await acceptsBySecret(textOf(token), Buffer.from(jwk?.k ?? '', 'base64url'))).toBe(true);
      expect(await accepts(textOf(token), [jwk ?? {}])).toBe(false);
    },
  );

  it.each(
    vectors.filter(
      ({ signature, token }) => signature !== undefined && (signature !== 'valid' || typeof token !== 'string'),
    ),
  )('$id is refused', async ({ token, jwk }) => {
    const keys = Array.isArray(jwk) ? jwk : [jwk ?? {}];
    expect(await accepts(textOf(token), keys)).toBe(false);
  });
});

describe('RFC 7520 and RFC 8037 cookbook', () => {
  interface Example {
    input: { key: Key & object };
    output: { compact: string };
  }
  it.each(['jws/4_1.rsa_v15_signature', 'jws/4_2.rsa-pss_signature', 'jws/4_3.ecdsa_signature', 'curve25519/jws'])(
    '%s verifies by the public part of its key',
    async (name) => {
      const { input, output } = readVectors<Example>(`rfc/cookbook/${name}`);
      const { kty, n, e, crv, x, y, kid } = input.key as Record<string, string>;
      const jwk = JSON.parse(JSON.stringify({ kty, n, e, crv, x, y, kid })) as object;
      expect(await accepts(output.compact, [jwk])).toBe(true);
      // The key as printed holds its private part, and proves nothing once it is published.
      if ('d' in input.key) expect(await accepts(output.compact, [input.key])).toBe(false);
    },
  );

  it('4_4 verifies by its secret; 4_5 and RFC 7797 are no JWT', async () => {
    const hmac = readVectors<Example>('rfc/cookbook/jws/4_4.hmac-sha2_integrity_protection');
    const secret = Buffer.from(hmac.input.key.k ?? '', 'base64url');
    expect(await acceptsBySecret(hmac.output.compact, secret)).toBe(true);
    const detached = readVectors<Example>('rfc/cookbook/jws/4_5.signature_with_detached_content');
    expect(await acceptsBySecret(detached.output.compact, secret)).toBe(false);
  });
});

// ---------------------------------------------------------------- keys made here

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ed = generateKeyPairSync('ed25519');
const curve = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve });
const [p256, p384, p521] = [curve('P-256'), curve('P-384'), curve('P-521')];
const SECRET = new Uint8Array(64).fill(11);

function signed(alg: string, key: KeyObject | Uint8Array, { header = {} }: { header?: object } = {}): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const input = `${encode({ alg, ...header })}.${encode({ sub: 'user-001' })}`;
  return `${input}.${signatureOf(alg, input, key).toString('base64url')}`;
}

function signatureOf(alg: string, input: string, key: KeyObject | Uint8Array): Buffer {
  const hash = `sha${alg.slice(2)}`;
  if (key instanceof Uint8Array) return createHmac(hash, key).update(input).digest();
  const data = Buffer.from(input);
  if (alg.startsWith('PS')) return sign(hash, data, { key, padding: 6, saltLength: Number(alg.slice(2)) / 8 });
  if (alg.startsWith('ES')) return sign(hash, data, { key, dsaEncoding: 'ieee-p1363' });
  return sign(alg.startsWith('Ed') ? null : hash, data, key);
}

const jwkOf = (key: KeyObject) => read(key.export({ format: 'jwk' }));
const flip = (jws: string) => {
  const at = jws.lastIndexOf('.') + 5;
  return jws.slice(0, at) + (jws[at] === 'A' ? 'B' : 'A') + jws.slice(at + 1);
};

describe('every algorithm', () => {
  const pairs = { RS: rsa, PS: rsa, ES256: p256, ES384: p384, ES512: p521, EdDSA: ed, Ed25519: ed } as const;
  const pairFor = (alg: string) => pairs[(alg in pairs ? alg : alg.slice(0, 2)) as keyof typeof pairs];
  const NAMES = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'];

  it.each(NAMES)('%s verifies what was signed and nothing else', async (alg) => {
    const { publicKey, privateKey } = pairFor(alg);
    const jws = signed(alg, privateKey);
    expect(await verifySignature(jws, jwkOf(publicKey), alg)).toBe('verified');
    expect(await verifySignature(flip(jws), jwkOf(publicKey), alg)).toBe('not_verified');
    expect(await verifySignature(jws.replace(/[^.]+$/, ''), jwkOf(publicKey), alg)).toBe('not_verified');
    const [head, , tail] = jws.split('.');
    expect(await verifySignature(`${head}.e30.${tail}`, jwkOf(publicKey), alg)).toBe('not_verified');
  });

  it.each(['HS256', 'HS384', 'HS512'])('%s verifies with its secret', async (alg) => {
    const jws = signed(alg, SECRET);
    expect(await verifySignature(jws, SECRET, alg)).toBe('verified');
    expect(await verifySignature(jws, new Uint8Array(64), alg)).toBe('not_verified');
    expect(await verifySignature(flip(jws), SECRET, alg)).toBe('not_verified');
  });
});

describe('attacks', () => {
  const request = { alg: 'ES256' };

  it('a signature in DER, of zeros, too long', async () => {
    const jws = signed('ES256', p256.privateKey);
    const input = jws.slice(0, jws.lastIndexOf('.'));
    const der = sign('sha256', Buffer.from(input), p256.privateKey).toString('base64url');
    const odd = [der, Buffer.alloc(64).toString('base64url'), `${Buffer.alloc(65, 1).toString('base64url')}`];
    for (const signature of odd)
      expect(await verifySignature(`${input}.${signature}`, jwkOf(p256.publicKey), 'ES256')).toBe('not_verified');
    expect(judgeKey(jwkOf(p256.publicKey), request).skipped).toBeUndefined();
  });

  it('HMAC with the public key as secret', async () => {
    const pem = rsa.publicKey.export({ format: 'pem', type: 'spki' });
    const jws = signed('HS256', Buffer.from(pem));
    expect(await accepts(jws, [rsa.publicKey.export({ format: 'jwk' })])).toBe(false);
  });

  it('an algorithm other than the one of the header', async () => {
    expect(await verifySignature(signed('RS256', rsa.privateKey), jwkOf(rsa.publicKey), 'RS512')).toBe('not_verified');
    expect(await verifySignature(signed('PS256', rsa.privateKey), jwkOf(rsa.publicKey), 'RS256')).toBe('not_verified');
  });

  it('an RSA key with e = 1, for which anybody can sign', async () => {
    const input = 'eyJhbGciOiJSUzI1NiJ9.e30';
    const { createHash } = await import('node:crypto');
    const digest = Buffer.concat([
      Buffer.from('3031300d060960864801650304020105000420', 'hex'),
      createHash('sha256').update(input).digest(),
    ]);
    const block = Buffer.concat([
      Buffer.from('0001', 'hex'),
      Buffer.alloc(253 - digest.length, 0xff),
      Buffer.of(0),
      digest,
    ]);
    const key = { ...rsa.publicKey.export({ format: 'jwk' }), e: 'AQ' };
    expect(await accepts(`${input}.${block.toString('base64url')}`, [key])).toBe(false);
  });

  it('an Ed25519 key of small order, for which one signature fits all', async () => {
    const identity = Buffer.concat([Buffer.of(1), Buffer.alloc(31)]);
    const signature = Buffer.concat([identity, Buffer.alloc(32)]).toString('base64url');
    const key = { kty: 'OKP', crv: 'Ed25519', x: identity.toString('base64url') };
    expect(await accepts(`eyJhbGciOiJFZERTQSJ9.e30.${signature}`, [key])).toBe(false);
  });

  it.each([
    ['crit', { crit: ['urn:example:must'], 'urn:example:must': true }],
    ['an empty crit', { crit: [] }],
    ['crit that is null', { crit: null }],
    ['b64', { crit: ['b64'], b64: false }],
    ['b64 without crit', { b64: false }],
  ])('%s: refused, and no exception comes out of the signature', async (_, header) => {
    const jws = signed('RS256', rsa.privateKey, { header });
    expect(await accepts(jws, [rsa.publicKey.export({ format: 'jwk' })])).toBe(false);
    await expect(verifySignature(jws, jwkOf(rsa.publicKey), 'RS256')).toMatch(/verified/);
  });

  it.each([
    ['a repeated member', '{"alg":"RS256","alg":"RS256"}'],
    ['a repeated member in escapes', '{"alg":"RS256","\\u0061lg":"RS256"}'],
    ['a kid that is a number', '{"alg":"RS256","kid":1}'],
  ])('%s in the header', async (_, header) => {
    const input = `${Buffer.from(header).toString('base64url')}.e30`;
    const jws = `${input}.${signatureOf('RS256', input, rsa.privateKey).toString('base64url')}`;
    expect(await verifySignature(jws, jwkOf(rsa.publicKey), 'RS256')).toBe('verified');
    expect(await accepts(jws, [rsa.publicKey.export({ format: 'jwk' })])).toBe(false);
  });
});

describe('keys that cannot be used', () => {
  it.each([
    ['an unknown algorithm', 'ES256K', jwkOf(p256.publicKey)],
    ['HMAC with a public key', 'HS256', jwkOf(p256.publicKey)],
    ['a secret for an asymmetric algorithm', 'ES256', new Uint8Array(64)],
    ['RSA for an EC algorithm', 'ES256', jwkOf(rsa.publicKey)],
    ['EC for an RSA algorithm', 'RS256', jwkOf(p256.publicKey)],
    ['another curve', 'ES256', jwkOf(p384.publicKey)],
    ['a curve of ECDSA for EdDSA', 'EdDSA', jwkOf(p256.publicKey)],
  ])('%s', (_, alg, wrong) => {
    expect(verifySignature(signed('ES256', p256.privateKey), wrong, alg)).toBe('unusable');
  });

  it.each([0, 1, 31, 33, 64])('an HMAC of %i bytes is none, and no exception', (length) => {
    const input = signed('HS256', SECRET).split('.').slice(0, 2).join('.');
    expect(verifySignature(`${input}.${Buffer.alloc(length, 1).toString('base64url')}`, SECRET, 'HS256')).toBe(
      'not_verified',
    );
  });

  it.each(['RS256', 'PS256', 'PS512'])('%s: a signature without its zero at the front is another one', (alg) => {
    const beginsWithZero = (text: string) => Buffer.from(text.split('.')[2] ?? '', 'base64url')[0] === 0;
    let [jws, turn] = [signed(alg, rsa.privateKey), 0];
    while (!beginsWithZero(jws)) jws = signed(alg, rsa.privateKey, { header: { turn: turn++ } });
    const [header, payload, signature = ''] = jws.split('.');
    const shorter = Buffer.from(signature, 'base64url').subarray(1).toString('base64url');
    expect(verifySignature(jws, jwkOf(rsa.publicKey), alg)).toBe('verified');
    expect(verifySignature(`${header}.${payload}.${shorter}`, jwkOf(rsa.publicKey), alg)).toBe('not_verified');
  });

  it('a key is read once, and is good for every token and algorithm of its type', () => {
    const jwk = jwkOf(rsa.publicKey);
    for (const alg of ['RS256', 'PS512', 'RS384'])
      expect(verifySignature(signed(alg, rsa.privateKey), jwk, alg)).toBe('verified');
  });

  const jws = signed('ES256', p256.privateKey);
  const ec = p256.publicKey.export({ format: 'jwk' });
  it.each([
    ['a point off its curve', { ...ec, y: ec.x }],
    ['a coordinate that is short', { ...ec, x: 'AAAA' }],
    ['a point at zero', { ...ec, x: 'A'.repeat(43), y: 'A'.repeat(43) }],
    ['no y', { ...ec, y: undefined }],
    ['coordinates that are no text', { ...ec, x: 1, y: [] }],
    ['an unknown type', { kty: 'AKP', alg: 'ML-DSA-44', pub: 'AAAA' }],
    ['no type', {}],
    ['a symmetric type', { kty: 'oct', k: 'AAAA' }],
  ])('%s', async (_, jwk) => {
    expect(await verifySignature(jws, read(jwk), 'ES256')).toBe('unusable');
  });

  it.each([
    ['a modulus of one byte', { kty: 'RSA', n: 'AQ', e: 'AQAB' }],
    ['an empty modulus', { kty: 'RSA', n: '', e: 'AQAB' }],
    ['a small modulus', generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' })],
  ])('RSA with %s', async (_, jwk) => {
    await expect(verifySignature(signed('RS256', rsa.privateKey), read(jwk), 'RS256')).toBe('unusable');
  });

  it('uses the public part of a private key only', async () => {
    expect(await verifySignature(jws, jwkOf(p256.privateKey), 'ES256')).toBe('verified');
  });
});
