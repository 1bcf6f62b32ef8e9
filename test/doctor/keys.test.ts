// The JWK Set: each fault once found, and not found in a sound server (sound.test.ts).

import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { newRsa, publicJwk, type Reply, SIGNING_KEY } from './authorization-server.ts';
import { examined } from './examined.ts';

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const EC_KEY = publicJwk(ec.publicKey, { kid: 'ec-1', use: 'sig', alg: 'ES256' });
const base64url = (value: bigint): string => {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex').toString('base64url');
};
const big = (text: unknown): bigint => BigInt(`0x${Buffer.from(String(text), 'base64url').toString('hex')}`);

/** The prime of that name of a new key. */
const prime = (name: 'p' | 'q', bits: number): bigint => {
  const jwk: Record<string, unknown> = { ...newRsa(bits).privateKey.export({ format: 'jwk' }) };
  return big(jwk[name]);
};

const keys = (list: unknown[], more: object = {}) => examined({ anonymous: true, keys: list, ...more });

describe('secrets that are published', () => {
  test('a private key', async () => {
    const pair = newRsa();
    const secret = pair.privateKey.export({ format: 'jwk' });
    const { report, severity, words } = await keys([{ ...secret, kid: 'leaked', alg: 'RS256', use: 'sig' }]);
    expect(severity('jwks.private_key_exposed')).toBe('error');
    expect(words('jwks.private_key_exposed')).toContain('leaked');
    expect(severity('keys.strength')).toBe('absent');
    expect(severity('keys.usable')).toBe('error');
    expect(report.exit_code).toBe(1);
    for (const name of ['d', 'p', 'q', 'dp', 'dq', 'qi'] as const)
      expect(JSON.stringify(report)).not.toContain(secret[name]);
  });

  test('a symmetric key', async () => {
    const k = Buffer.alloc(32, 7).toString('base64url');
    const { report, severity } = await keys([SIGNING_KEY, { kty: 'oct', k, kid: 'shared', alg: 'HS256' }]);
    expect(severity('jwks.symmetric_key_exposed')).toBe('error');
    expect(severity('keys.usable')).toBe('ok');
    expect(JSON.stringify(report)).not.toContain(k);
  });
});

describe('weak keys', () => {
  const roca = BigInt(
    '0x' +
      // A product of 65537^a mod M is what the flawed library makes; any power of 65537 bears the mark.
      (65537n ** 140n).toString(16),
  );

  test.each<[string, string, object]>([
    ['jwk.rsa.too_small', 'error', publicJwk(newRsa(1024).publicKey, { kid: 'weak', alg: 'RS256' })],
    ['jwk.rsa.small_exponent', 'error', { ...SIGNING_KEY, e: 'AQ', kid: 'weak' }],
    ['jwk.rsa.small_exponent', 'warning', { ...SIGNING_KEY, e: 'Aw', kid: 'weak' }],
    ['jwk.rsa.roca', 'error', { ...SIGNING_KEY, n: base64url(roca), kid: 'weak' }],
    [
      'jwk.okp.small_order',
      'error',
      { kty: 'OKP', crv: 'Ed25519', kid: 'weak', x: Buffer.from([1, ...Array(31).fill(0)]).toString('base64url') },
    ],
    ['jwk.ec.invalid_point', 'error', { ...EC_KEY, y: EC_KEY.x, kid: 'weak' }],
  ])('%s is %s', async (id, expected, weak) => {
    const { severity, words } = await keys([SIGNING_KEY, weak]);
    expect(severity(id)).toBe(expected);
    expect(words(id)).toContain('weak');
    expect(severity('keys.strength')).toBe('absent');
  });

  test('two keys with a prime in common', async () => {
    const shared = prime('p', 2048);
    const [one, two] = [prime('q', 2048), prime('q', 2048)].map((other, index) => ({
      ...SIGNING_KEY,
      n: base64url(shared * other),
      kid: `sibling-${index}`,
    }));
    const { severity, words } = await keys([one, two, SIGNING_KEY]);
    expect(severity('jwk.rsa.shared_factor')).toBe('error');
    expect(words('jwk.rsa.shared_factor')).toContain('kid sibling-0 and kid sibling-1');
  });

  test('the same key under two names has no prime in common with another', async () => {
    const { severity } = await keys([SIGNING_KEY, { ...SIGNING_KEY, kid: 'again' }]);
    expect(severity('jwk.rsa.shared_factor')).toBe('absent');
    expect(severity('keys.strength')).toBe('ok');
  });
});

describe('names and purposes', () => {
  const { kid: _, ...nameless } = SIGNING_KEY;
  const { alg: __, ...withoutAlg } = SIGNING_KEY;
  const { use: ___, ...withoutUse } = SIGNING_KEY;
  const other = publicJwk(newRsa().publicKey, { kid: 'rsa-2', use: 'sig', alg: 'RS256' });

  test.each<[string, string, string, unknown[]]>([
    ['keys.kid', 'info', 'the only key without a name', [nameless]],
    ['keys.kid', 'warning', 'one of several without a name', [nameless, EC_KEY]],
    ['keys.kid', 'ok', 'names for all', [SIGNING_KEY, EC_KEY]],
    ['jwks.kid.duplicate', 'error', 'one name for two keys of a type', [SIGNING_KEY, { ...other, kid: 'rsa-1' }]],
    ['jwks.kid.duplicate', 'warning', 'one name for keys of two types', [SIGNING_KEY, { ...EC_KEY, kid: 'rsa-1' }]],
    ['jwks.kid.duplicate', 'absent', 'two names', [SIGNING_KEY, other]],
    ['keys.alg', 'info', 'no alg', [withoutAlg]],
    ['keys.use', 'info', 'no use', [withoutUse]],
    [
      'keys.use',
      'warning',
      'no use beside a key for encryption',
      [withoutUse, { ...EC_KEY, use: 'enc', alg: 'ECDH-ES' }],
    ],
    ['keys.use', 'ok', 'keys for both', [SIGNING_KEY, { ...EC_KEY, use: 'enc', alg: 'ECDH-ES' }]],
    ['keys.idle', 'ok', 'a key for encryption', [SIGNING_KEY, { ...EC_KEY, use: 'enc', alg: 'ECDH-ES' }]],
    ['keys.idle', 'warning', 'key_ops without verify', [SIGNING_KEY, { ...other, key_ops: ['sign'] }]],
    ['keys.idle', 'warning', 'an algorithm that is not its own', [SIGNING_KEY, { ...EC_KEY, alg: 'RS256' }]],
    ['keys.idle', 'warning', 'a type that nobody knows', [SIGNING_KEY, { kty: 'LMS', kid: 'new' }]],
    ['keys.advertised', 'warning', 'no key for what is advertised', [EC_KEY]],
    ['keys.entries', 'warning', 'entries that are no keys', [SIGNING_KEY, null, 'key']],
    ['keys.entries', 'absent', 'nothing but keys', [SIGNING_KEY]],
  ])('%s is %s for %s', async (id, expected, _what, list) => {
    const { severity } = await keys(list);
    expect(severity(id)).toBe(expected);
  });

  test('curves choose the algorithm that a key is tried for', async () => {
    const bare = ['P-256', 'P-384', 'P-521'].map((namedCurve) =>
      publicJwk(generateKeyPairSync('ec', { namedCurve }).publicKey, { kid: namedCurve }),
    );
    const ed = publicJwk(generateKeyPairSync('ed25519').publicKey, { kid: 'ed' });
    const { severity, words } = await keys([...bare, ed, withoutAlg]);
    expect(words('keys.idle')).toContain('every key');
    expect(severity('keys.idle')).toBe('ok');
  });
});

describe('the set', () => {
  test.each<[string, Reply | { keys: unknown[] }, string, string]>([
    ['is empty', { keys: [] }, 'keys.usable', 'error'],
    ['is not there', { status: 404 }, 'keys.reachable', 'error'],
    ['is a page', { headers: { 'content-type': 'text/html' }, text: '<html>' }, 'keys.reachable', 'error'],
    ['is no set', { json: { keys: 'none' } }, 'keys.reachable', 'error'],
    ['asks for patience', { status: 429 }, 'keys.reachable', 'warning'],
  ])('that %s', async (_what, reply, id, expected) => {
    const { severity } = await examined({
      anonymous: true,
      replies: { 'GET /jwks': () => ('keys' in reply ? { json: reply } : (reply as Reply)) },
    });
    expect(severity(id)).toBe(expected);
  });

  test.each<[string, boolean, string]>([
    ['an OpenID Provider', true, 'error'],
    ['another server', false, 'warning'],
  ])('that the metadata of %s does not name', async (_what, isOpenId, expected) => {
    const { severity, server } = await examined({
      anonymous: true,
      metadata: () => ({ jwks_uri: undefined }),
      replies: isOpenId ? {} : { 'GET /.well-known/openid-configuration': () => ({ status: 404 }) },
    });
    expect(severity('keys.reachable')).toBe(expected);
    expect(server.at('GET', '/jwks')).toEqual([]);
  });

  test('that the metadata names by something that is no URL', async () => {
    const { severity } = await examined({ anonymous: true, metadata: () => ({ jwks_uri: 'file:///etc/passwd' }) });
    expect(severity('keys.reachable')).toBe('error');
  });

  test.each<[string | undefined, string, RegExp]>([
    ['max-age=300', 'ok', /5 min/],
    ['public, max-age=86400', 'ok', /1 d/],
    ['max-age=86401', 'warning', /1 d/],
    ['max-age=60, s-maxage=31536000', 'warning', /1 y/],
    ['max-age=300, immutable', 'warning', /immutable/],
    ['no-store', 'info', /each time/],
    ['max-age=0', 'info', /each time/],
    ['max-age=soon', 'info', /no word/],
    [undefined, 'info', /no word/],
  ])('that says `Cache-Control: %s` is %s', async (text, expected, words) => {
    const headers: Record<string, string> = text === undefined ? {} : { 'cache-control': text };
    const { severity, words: of } = await examined({
      anonymous: true,
      replies: { 'GET /jwks': () => ({ headers, json: { keys: [SIGNING_KEY] } }) },
    });
    expect(severity('keys.cache')).toBe(expected);
    expect(of('keys.cache')).toMatch(words);
  });
});
