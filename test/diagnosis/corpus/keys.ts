// What is wrong with the signature or the key.

import { type Situation, situations } from '../situation.ts';
import {
  access,
  base64url,
  claims,
  DAY,
  ENTRA_V2,
  forged,
  jws,
  KEYS,
  NOW,
  named,
  OKTA_ORG,
  parts,
  thumbprint,
} from '../tokens.ts';

const VERIFY = 'verify --issuer https://id.example.com';
const FILE = 'verify --jwks keys.json';
const good = access();
const [, payload, _signature] = parts(good);
const other = { key: KEYS.stranger };
const generic = named(KEYS.main, 'default');
const genericStranger = named(KEYS.stranger, 'default');
const printed = named(KEYS.main, thumbprint(KEYS.main.jwk));
const set = (...keys: object[]): string => JSON.stringify({ keys });
const GRAPH = '00000003-0000-0000-c000-000000000000';
const graph = jws(claims({ iss: ENTRA_V2, aud: GRAPH, scp: 'User.Read', scope: undefined, azp: 'a-b-c', ver: '2.0' }), {
  header: { typ: 'JWT', nonce: 'AQABAAAAAAD' },
});
const _graphForged = forged(graph, { sub: 'x' });
const _oktaClaims = {
  iss: OKTA_ORG,
  aud: OKTA_ORG,
  cid: '0oa1',
  scp: ['openid'],
  uid: '00u1',
  scope: undefined,
  client_id: undefined,
  ver: 1,
};
const SECRET = 'a-shared-secret-of-more-than-32-bytes';
const withoutKid = (token: string): string => {
  const [, body, last] = parts(token);
  return [base64url('{"alg":"ES256","typ":"at+jwt"}'), body, last].join('.');
};

export const KEY_SITUATIONS: readonly Situation[] = situations([
  // signature
  {
    tells: 'somebody made himself an administrator in the payload',
    token: forged(good, { sub: 'admin' }),
    command: VERIFY,
    first: 'signature_altered',
    not: [
      'ambiguous_token',
      'unsupported_extension',
      'weak_key',
      'key_of_other_environment',
      'key_rotated',
      'token_truncated',
      'token_damaged',
    ],
  },
  {
    tells: 'header of one token, payload of another',
    token: [parts(access({ sub: 'x' }))[0], payload, parts(access({ sub: 'x' }))[2]].join('.'),
    command: VERIFY,
    first: 'signature_altered',
  },
  {
    tells: 'forged, and expired as well',
    token: forged(access({ exp: NOW - DAY, iat: NOW - 2 * DAY }), { sub: 'admin' }),
    command: VERIFY,
    first: 'signature_altered',
    also: ['expired'],
  },
  {
    tells: 'forged under a kid that is the thumbprint of the key',
    token: forged(access({}, { key: printed }), { sub: 'admin' }),
    command: VERIFY,
    server: { keys: [printed.jwk] },
    first: 'signature_altered',
    not: ['key_id_reused', 'key_of_other_environment'],
  },
  {
    tells: 'a signature of zeros',
    token: [...parts(good).slice(0, 2), base64url(new Uint8Array(64))].join('.'),
    command: VERIFY,
    first: 'signature_altered',
  },
  {
    tells: 'the issuer in the payload was changed to another',
    token: forged(good, { iss: 'https://evil.example.com' }),
    command: VERIFY,
    first: 'issuer_differs',
    also: ['signature_altered'],
  },
  {
    tells: 'a kid that many servers use, and the signature fails',
    token: access({}, { key: genericStranger }),
    command: VERIFY,
    server: { keys: [generic.jwk] },
    open: ['signature_altered', 'key_of_other_environment', 'key_id_reused'],
  },
  {
    tells: 'no kid, and none of two keys verifies',
    token: withoutKid(good),
    command: VERIFY,
    server: {
      keys: [
        { ...KEYS.next.jwk, kid: undefined },
        { ...KEYS.stranger.jwk, kid: undefined },
      ],
    },
    open: ['signature_altered', 'key_of_other_environment', 'key_rotated'],
  },
  {
    tells: 'the one key that was given does not verify',
    token: good,
    command: 'verify --key other.pem',
    files: { 'other.pem': KEYS.stranger.pem },
    open: ['signature_altered', 'key_of_other_environment'],
  },
  {
    tells: 'the shared secret that was given does not verify',
    token: jws(claims(), { secret: SECRET }),
    command: 'verify --secret env:HMAC',
    env: { HMAC: 'another-secret-of-more-than-32-bytes' },
    open: ['signature_altered', 'key_of_other_environment'],
  },
  {
    tells: 'a signature of 3072 bits under a kid whose key has 2048',
    token: access({}, { key: named(KEYS.large, KEYS.rsa.kid) }),
    command: VERIFY,
    first: 'key_of_other_environment',
    not: ['token_truncated', 'token_damaged', 'signature_altered'],
  },

  {
    tells: 'two keys of the set have the kid of the token, and neither verifies it',
    token: access({}, { key: named(KEYS.stranger, KEYS.main.kid) }),
    command: VERIFY,
    server: { keys: [KEYS.main.jwk, { ...KEYS.next.jwk, kid: KEYS.main.kid }] },
    open: ['signature_altered', 'key_of_other_environment', 'key_id_reused'],
  },
  {
    tells: 'forged, for another API, and under a kid that many have',
    token: forged(access({ aud: 'x' }, { key: generic }), { sub: 'admin' }),
    command: `${VERIFY} --audience https://api.example.com`,
    server: { keys: [generic.jwk] },
    open: ['signature_altered', 'key_of_other_environment', 'key_id_reused', 'audience_differs'],
  },
  {
    tells: 'forged, and for another API',
    token: forged(access({ aud: 'x' }), { sub: 'admin' }),
    command: `${VERIFY} --audience https://api.example.com`,
    first: 'signature_altered',
    also: ['audience_differs'],
  },
  {
    tells: 'the private key stands in the set',
    token: good,
    command: VERIFY,
    server: { keys: [{ ...KEYS.main.privateKey.export({ format: 'jwk' }), kid: KEYS.main.kid }] },
    first: 'weak_key',
    not: ['signature_altered', 'key_rotated'],
  },

  // the key is not there
  {
    tells: 'a token of last month, whose key is gone',
    token: access({ iat: NOW - 30 * DAY, exp: NOW + DAY }, other),
    command: VERIFY,
    first: 'key_rotated',
    also: ['key_of_other_environment'],
    not: ['signature_altered'],
    words: /30 d ago/,
  },
  {
    tells: 'expired long ago, and its key is gone since',
    token: access({ iat: NOW - 40 * DAY, exp: NOW - 39 * DAY }, other),
    command: VERIFY,
    first: 'expired',
    also: ['key_rotated'],
  },
  {
    tells: 'the saved set is older than the token, or of elsewhere',
    token: access({}, { key: KEYS.next }),
    command: FILE,
    files: { 'keys.json': set(KEYS.main.jwk) },
    open: ['key_rotated', 'key_of_other_environment'],
  },
  {
    tells: 'a token that is two minutes old names a key that the issuer does not publish',
    token: access({ iat: NOW - 120 }, other),
    command: VERIFY,
    open: ['key_rotated', 'key_of_other_environment'],
  },
  {
    tells: 'a token without kid for elliptic curves, and a set of RSA keys',
    token: withoutKid(good),
    command: VERIFY,
    server: { keys: [KEYS.rsa.jwk] },
    open: ['key_of_other_environment', 'key_rotated'],
  },
  {
    tells: 'the token of staging was checked with the saved keys of production',
    token: access({ iss: 'https://id.staging.example.com' }, other),
    command: FILE,
    files: { 'keys.json': set(KEYS.main.jwk) },
    profiles: { staging: 'https://id.staging.example.com', production: 'https://id.example.com' },
    first: 'key_of_other_environment',
    also: ['key_rotated'],
    words: /issuer of staging[\s\S]*-p staging/,
  },
  {
    tells: 'the token of staging came to production',
    token: access({ iss: 'https://id.staging.example.com' }, other),
    command: VERIFY,
    profiles: { staging: 'https://id.staging.example.com', production: 'https://id.example.com' },
    first: 'issuer_differs',
    also: ['key_of_other_environment'],
    words: /of `staging`, not of `production`[\s\S]*-p staging/,
  },
  {
    tells: 'the key of the token has another name in the set',
    token: access({}, { key: named(KEYS.main, 'signing-key-2025-03') }),
    command: VERIFY,
    first: 'key_id_reused',
    not: ['key_rotated', 'signature_altered', 'key_of_other_environment'],
    words: /verifies with key 2026-11-a91f3c7be0, though it names signing-key-2025-03/,
  },
  {
    tells: 'kid names one key of the set, and another one signed',
    token: access({}, { key: named(KEYS.main, KEYS.next.kid) }),
    command: VERIFY,
    first: 'key_id_reused',
    not: ['signature_altered'],
  },

  // the key is there and is not for this
  {
    tells: 'kid names the encryption key',
    token: access({}, { key: KEYS.rsa }),
    command: VERIFY,
    server: { keys: [{ ...KEYS.rsa.jwk, use: 'enc', alg: 'RSA-OAEP' }, KEYS.main.jwk] },
    first: 'key_not_for_signatures',
    not: ['key_rotated', 'weak_key', 'algorithm_not_allowed'],
  },
  {
    tells: 'the key is published for PS256 and the token says RS256',
    token: access({}, { key: KEYS.rsa }),
    command: VERIFY,
    server: { keys: [{ ...KEYS.rsa.jwk, alg: 'PS256' }, KEYS.main.jwk] },
    first: 'key_not_for_signatures',
    not: ['algorithm_confusion'],
  },
  {
    tells: 'the token says ES256 and names an RSA key',
    token: access({}, { header: { kid: KEYS.rsa.kid } }),
    command: VERIFY,
    server: { keys: [KEYS.rsa.jwk] },
    first: 'algorithm_confusion',
    not: ['key_not_for_signatures', 'key_rotated'],
  },
  {
    tells: 'the issuer signs with RSA of 1024 bits',
    token: access({}, { key: KEYS.weak }),
    command: VERIFY,
    server: { keys: [KEYS.weak.jwk, KEYS.main.jwk] },
    first: 'weak_key',
    not: ['key_rotated', 'key_not_for_signatures', 'signature_altered'],
  },
  {
    tells: 'a password serves as HMAC secret',
    token: jws(claims(), { secret: 'password' }),
    command: 'verify --secret env:HMAC',
    env: { HMAC: 'password' },
    first: 'weak_key',
    not: ['signature_altered'],
  },
  { tells: 'the set is empty', token: good, command: VERIFY, server: { keys: [] }, open: [] },
  {
    tells: 'the set holds an encryption key and nothing else',
    token: good,
    command: VERIFY,
    server: { keys: [{ ...KEYS.rsa.jwk, use: 'enc', alg: 'RSA-OAEP' }] },
    open: [],
  },
]);
