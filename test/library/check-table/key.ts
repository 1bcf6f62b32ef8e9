// Checks of the algorithm, the key and the signature.

import { generateKeyPairSync } from 'node:crypto';
import { accessClaims, base64url, hmacJws, ISSUER, jws, key, type TestKey } from '../keys.ts';
import { type Given, judged, SECRET, swapped, type Table, withSet } from './given.ts';

const plainJwk = (one: TestKey, over: object = {}): object => ({ ...one.jwk, ...over });

function smallRsa(): Given {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'small', alg: 'RS256' as const, use: 'sig' };
  return { key: { alg: 'RS256', kid: 'small', privateKey, jwk, pem: '' } };
}

function exponent3(): Given {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 });
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'e3', alg: 'RS256' as const, use: 'sig' };
  return { key: { alg: 'RS256', kid: 'e3', privateKey, jwk, pem: '' } };
}

const bySecret = (secret: string, header = {}): Given => ({
  token: hmacJws(accessClaims(ISSUER), secret, header),
  options: { secret },
});

export const KEY_CHECKS: Table = {
  algorithm: {
    passed: [
      ['ES256', {}],
      ['RS256', { key: key('RS256') }],
      ['HS256 with a secret', bySecret(SECRET)],
      ['one of the list', { options: { algorithms: ['ES256', 'PS256'] } }],
    ],
    failed: [
      [
        'none',
        { token: `${base64url('{"alg":"none"}')}.${base64url(JSON.stringify(accessClaims(ISSUER)))}.` },
        { finding: 'header.alg.none' },
      ],
      ['none in another spelling', { header: { alg: 'nOnE' }, as: 'ES256' }, { finding: 'header.alg.none' }],
      ['HS256 without a secret', { token: hmacJws(accessClaims(ISSUER), SECRET) }, { finding: 'header.alg.symmetric' }],
      ['one that is not in the list', { options: { algorithms: ['PS256'] } }, { because: /not allowed/ }],
      ['one that nobody knows', { header: { alg: 'RS1' }, as: 'ES256' }, { finding: 'header.alg.unsupported' }],
      ['lower case', { header: { alg: 'es256' }, as: 'ES256' }, { finding: 'header.alg.unsupported' }],
      ['ES256 where a secret was given', { options: { secret: SECRET } }, { because: /not allowed/ }],
    ],
  },
  key: {
    passed: [
      ['the kid of the token', withSet(key(), key('RS256'))],
      ['the one key that was given', { options: { key: key().pem } }],
      ['a key without kid of the only fitting kind', { header: { kid: undefined } }],
    ],
    failed: [
      ['no such kid', withSet(key('ES256', 'another')), { finding: 'jwks.kid.not_found' }],
      [
        'that kid for keys of other kinds',
        withSet(
          plainJwk(key('RS256'), { kid: 'ES256-1', alg: undefined }),
          plainJwk(key('EdDSA'), { kid: 'ES256-1', alg: undefined }),
        ),
        { because: /none of 2 keys is for ES256/ },
      ],
      ['a kid in another spelling', { header: { kid: 'es256-1' } }, { finding: 'jwks.kid.not_found' }],
      ['that kid for another algorithm', withSet(plainJwk(key(), { alg: 'ES384' })), { finding: 'jwk.alg_mismatch' }],
      [
        'that kid for encryption',
        withSet(plainJwk(key(), { use: 'enc' }), key('RS256')),
        { because: /its use is enc/ },
      ],
      [
        'that kid with other key_ops',
        withSet(plainJwk(key(), { key_ops: ['sign'] }), key('RS256')),
        { because: /key_ops/ },
      ],
      [
        'that kid of another type',
        withSet(plainJwk(key('RS256'), { kid: 'ES256-1', alg: undefined })),
        { because: /its kty is RSA/ },
      ],
      [
        'that kid on another curve',
        withSet(plainJwk(key('ES384'), { kid: 'ES256-1', alg: undefined })),
        { because: /its crv is P-384/ },
      ],
    ],
    warned: [
      [
        'two keys of that kid',
        withSet(plainJwk(key('ES256', 'b'), { kid: 'ES256-1' }), key()),
        { finding: 'jwks.kid.duplicate' },
      ],
      [
        'no kid and two keys that fit',
        { header: { kid: undefined }, ...withSet(key('ES256', 'b'), key()) },
        { finding: 'jwks.kid.ambiguous' },
      ],
    ],
    skipped: [['an algorithm that no key has', { token: hmacJws(accessClaims(ISSUER), SECRET) }]],
  },
  key_strength: {
    passed: [
      ['P-256', {}],
      ['2048 bits', { key: key('RS256') }],
      ['a long secret', bySecret(SECRET)],
    ],
    failed: [
      ['1024 bits', smallRsa(), { finding: 'jwk.rsa.too_small' }],
      [
        'e = 1',
        { key: key('RS256'), ...withSet(plainJwk(key('RS256'), { e: 'AQ' }), key()) },
        { finding: 'jwk.rsa.small_exponent' },
      ],
      [
        'a private key in the set',
        withSet(plainJwk(key(), { d: 'AAAA' }), key('RS256')),
        { finding: 'jwks.private_key_exposed' },
      ],
      [
        'a secret in the set',
        withSet({ kty: 'oct', k: 'AAAA', kid: 'ES256-1' }),
        { finding: 'jwks.symmetric_key_exposed' },
      ],
      ['a short secret', bySecret('short'), { finding: 'key.hmac.too_short' }],
    ],
    warned: [['e = 3', async () => judged(exponent3()), { finding: 'jwk.rsa.small_exponent' }]],
  },
  signature: {
    passed: [
      ['by its key', {}],
      ['by a secret', bySecret(SECRET)],
      ['by the key that was given', { options: { key: key().pem } }],
    ],
    failed: [
      ['another payload', { token: swapped() }],
      [
        'by a key that has the kid of another',
        { key: { ...key('ES256', 'attacker'), kid: 'ES256-1' }, ...withSet(key()) },
      ],
      ['none at all', { token: `${base64url('{"alg":"none"}')}.e30.` }, { finding: 'signature.missing' }],
      ['an empty one', { token: jws(accessClaims(ISSUER)).replace(/[^.]*$/, '') }],
      [
        'by a key that none of several is',
        {
          key: key('RS256', 'attacker'),
          header: { kid: undefined },
          ...withSet(plainJwk(key('RS256', 'one')), plainJwk(key('RS256', 'two'))),
        },
        { because: /none of 2 keys that fit/ },
      ],
      ['another secret', { ...bySecret(SECRET), token: hmacJws(accessClaims(ISSUER), `${SECRET}!`) }],
    ],
    skipped: [
      ['no key to verify it with', withSet(key('ES256', 'another'))],
      [
        'by a secret with an algorithm that is not allowed',
        { ...bySecret(SECRET), options: { secret: SECRET, algorithms: ['HS512'] } },
        { because: /because of its algorithm/ },
      ],
      ['an extension that changes what is signed', { header: { crit: ['b64'], b64: false } }],
    ],
  },
};
