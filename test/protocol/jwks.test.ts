import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { TokctlError } from '../../src/core/errors.ts';
import { isJsonObject, type JsonObject, parseJson, printJson } from '../../src/core/json.ts';
import { hasUsableKey, judgeKey, MAX_KEYS, parseJwks, traceKey } from '../../src/protocol/jwks.ts';

const fault = (problem: string) => new TokctlError('ERR_RESPONSE_INVALID', problem, { hint: 'x' });
const parse = (content: unknown) => parseJwks(typeof content === 'string' ? content : JSON.stringify(content), fault);

function read(object: object): JsonObject {
  const { value } = parseJson(JSON.stringify(object));
  if (!isJsonObject(value)) throw new Error('expected an object');
  return value;
}

const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' });
const EC = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });
const ED = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });

describe('parseJwks', () => {
  it('reads a set, and a single key as a set of one', () => {
    expect(parse({ keys: [RSA, EC] })).toMatchObject({ keys: [{ kty: 'RSA' }, { kty: 'EC' }], ignored: 0 });
    expect(parse(RSA)).toMatchObject({ keys: [{ kty: 'RSA' }], ignored: 0 });
    expect(parse({ keys: [] })).toEqual({ keys: [], ignored: 0 });
  });

  it('skips entries that are no objects, and those beyond the limit', () => {
    expect(parse({ keys: [null, 1, 'a', [], RSA] })).toMatchObject({ keys: [{ kty: 'RSA' }], ignored: 4 });
    const many = parse({ keys: Array(MAX_KEYS + 44).fill({ kty: 'EC' }) });
    expect([many.keys.length, many.ignored]).toEqual([MAX_KEYS, 44]);
  });

  it.each([
    '',
    '<!doctype html>',
    '{"keys":[{"kty":',
    '[]',
    'null',
    '{}',
    '{"keys":{}}',
    '{"keys":null}',
    '{"error":"x"}',
    '{"__proto__":{"keys":[]}}',
  ])('refuses %j', (text) => {
    expect(() => parse(text)).toThrow(TokctlError);
  });
});

describe('judgeKey', () => {
  const skipped = (jwk: object, request: { alg?: string; kid?: string; pinned?: boolean } = {}) =>
    judgeKey(read(jwk), { alg: 'RS256', ...request }).skipped;

  it.each([
    [{ ...RSA }, { alg: 'RS256' }],
    [{ ...RSA }, { alg: 'PS512' }],
    [
      { ...RSA, alg: 'RS256', use: 'sig', kid: 'a', key_ops: ['verify'] },
      { alg: 'RS256', kid: 'a' },
    ],
    [{ ...RSA, kid: 'a' }, { alg: 'RS256' }],
    [{ ...RSA }, { alg: 'RS256', kid: 'a', pinned: true }],
    [
      { ...RSA, kid: '__proto__' },
      { alg: 'RS256', kid: '__proto__' },
    ],
    [{ ...EC }, { alg: 'ES256' }],
    [{ ...ED, alg: 'EdDSA' }, { alg: 'Ed25519' }],
    [{ ...ED, alg: 'Ed25519' }, { alg: 'EdDSA' }],
  ])('uses a key that fits (%#)', (jwk, request) => {
    expect(skipped(jwk, request)).toBeUndefined();
  });

  it.each([
    ['kid', { ...RSA, kid: 'b' }, { kid: 'a' }, /kid is another/],
    ['kid in another case', { ...RSA, kid: 'A' }, { kid: 'a' }, /kid is another/],
    ['no kid', { ...RSA }, { kid: 'a' }, /no kid/],
    ['a kid that is a number', { ...RSA, kid: 1 }, { kid: '1' }, /kid is another/],
    ['alg', { ...RSA, alg: 'RS512' }, {}, /alg is RS512/],
    ['PSS and PKCS #1', { ...RSA, alg: 'PS256' }, {}, /alg is PS256/],
    ['alg that is no text', { ...RSA, alg: ['RS256'] }, {}, /no text/],
    ['kty', { ...EC }, {}, /kty is EC/],
    ['no kty', { n: 'a', e: 'b' }, {}, /no kty/],
    ['crv', { ...EC, crv: 'P-384' }, { alg: 'ES256' }, /crv is P-384/],
    ['Ed25519 and X25519', { ...ED, crv: 'X25519' }, { alg: 'EdDSA' }, /crv is X25519/],
    ['use', { ...RSA, use: 'enc' }, {}, /use is enc/],
    ['use that is no text', { ...RSA, use: null }, {}, /use is no text/],
    ['key_ops', { ...RSA, key_ops: ['sign'] }, {}, /key_ops/],
    ['key_ops that are no list', { ...RSA, key_ops: 'verify' }, {}, /key_ops/],
    ['an unknown algorithm', { ...RSA }, { alg: 'RS1' }, /not supported/],
    ['none', { ...RSA }, { alg: 'none' }, /not supported/],
    ['a name of Object.prototype', { ...RSA }, { alg: 'constructor' }, /not supported/],
    ['an RSA key for HMAC', { ...RSA }, { alg: 'HS256' }, /HS256 needs oct/],
    ['a published secret', { kty: 'oct', k: 'AAAA' }, { alg: 'HS256' }, /symmetric/],
    ['a private key', { ...RSA, d: 'AAAA' }, {}, /private/],
    ['e = 1', { ...RSA, e: 'AQ' }, {}, /exponent is 1/],
  ])('skips a key by %s', (_, jwk, request, reason) => {
    expect(skipped(jwk, request)).toMatch(reason);
  });

  it('keeps a weak but usable key, with its problem', () => {
    expect(judgeKey(read({ ...RSA, e: 'Aw' }), { alg: 'RS256' })).toMatchObject({
      problems: [{ finding: 'jwk.rsa.small_exponent', fatal: false }],
    });
    expect(skipped({ ...RSA, e: 'Aw' })).toBeUndefined();
  });
});

describe('hasUsableKey', () => {
  it.each([
    [[], false],
    [[RSA], true],
    [[{ kty: 'oct', k: 'AAAA' }], false],
    [[{ ...RSA, use: 'enc' }], false],
    [[{ ...RSA, d: 'AAAA' }], false],
    [[{ kty: 'AKP', alg: 'ML-DSA-44' }], false],
    [[{ kty: 'AKP' }, {}, EC], true],
  ])('%#: %s', (keys, usable) => {
    expect(hasUsableKey(parse({ keys }))).toBe(usable);
  });
});

describe('traceKey', () => {
  it('shows what names a key and nothing private', () => {
    const trace = traceKey(
      read({ ...RSA, kid: 'a', alg: 'RS256', d: 'c2VjcmV0', k: 'c2VjcmV0' }),
      false,
      'its use is enc',
    );
    expect(trace).toMatchObject({
      kid: 'a',
      kty: 'RSA',
      alg: 'RS256',
      bits: 2048,
      used: false,
      because: 'its use is enc',
    });
    expect(trace.thumbprint).toMatch(/^[\w-]{43}$/);
    expect(printJson(trace)).not.toContain('c2VjcmV0');
  });

  it('shows what there is of a strange key', () => {
    expect(traceKey(read({ kty: 7, kid: null }), false, 'x')).toEqual({ used: false, because: 'x' });
  });
});
