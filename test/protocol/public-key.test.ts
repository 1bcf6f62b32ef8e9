import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { TokctlError } from '../../src/core/errors.ts';
import { readPublicKey } from '../../src/protocol/public-key.ts';
import { certificate } from '../servers/certificates.ts';

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwk = publicKey.export({ format: 'jwk' });
const pem = (key: typeof publicKey, type: 'spki' | 'pkcs8') => String(key.export({ format: 'pem', type }));
const json = (value: unknown) => JSON.stringify(value);

describe('one public key', () => {
  it.each([
    ['SPKI', pem(publicKey, 'spki')],
    ['a JWK', json(jwk)],
    ['a JWK with white space before it', `\n ${json(jwk)}`],
    ['a set of one', json({ keys: [jwk] })],
  ])('%s', (_name, text) => {
    expect({ ...readPublicKey(text) }).toEqual(jwk);
  });

  it('PKCS#1 and a certificate', async () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
    const pkcs1 = String(rsa.export({ format: 'pem', type: 'pkcs1' }));
    expect(readPublicKey(pkcs1)).toEqual(rsa.export({ format: 'jwk' }));
    expect(readPublicKey((await certificate('of a key')).cert)).toHaveProperty('kty');
  });

  it.each([
    ['a private key in PEM', pem(privateKey, 'pkcs8'), 'a private key'],
    ['a private JWK', json(privateKey.export({ format: 'jwk' })), 'a private key'],
    ['a symmetric JWK', json({ kty: 'oct', k: 'AAAA' }), 'a symmetric key'],
    ['a set of two', json({ keys: [jwk, jwk] }), 'a JWK Set of 2 keys'],
    ['an empty set', json({ keys: [] }), 'a JWK Set of 0 keys'],
    ['a set of something else', json({ keys: ['x'] }), 'JSON that is no JWK'],
    ['an object', '{}', 'JSON that is no JWK'],
    ['broken JSON', '{"kty":', 'text that is no JSON'],
    ['some text', 'hunter2', 'something that holds no key'],
    ['a PEM of nothing', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----', 'something that holds no key'],
  ])('is not had from %s, and its text is not repeated', (_name, text, got) => {
    const read = () => readPublicKey(text, '`key.pem`');
    expect(read).toThrow(TokctlError);
    expect(read).toThrow(`expected a public key in \`key.pem\`, got ${got}`);
  });
});
