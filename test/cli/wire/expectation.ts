// What is expected of the token.

import { createHash, X509Certificate } from 'node:crypto';
import { accessClaims, ISSUER, jws, key, NOW } from '../../library/keys.ts';
import { certificate } from '../../servers/certificates.ts';
import { checked, FILES, offline, type Proof, report, type World } from './proof.ts';

const ACCESS_TOKEN = 'the-access-token-that-came-with-it';
const CODE = 'SplxlOBeZQQYbYS6WxSbIA';
const halfHash = (text: string): string =>
  createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url');

const PROOF_KEY = key('ES256', 'proof');
const { kid: _kid, alg: _alg, use: _use, ...PROOF_JWK } = PROOF_KEY.jwk;
const { crv, kty, x, y } = PROOF_JWK;
const jkt = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
const BOUND = jws(accessClaims(ISSUER, { cnf: { jkt } }));
const PROOF = jws(
  {
    jti: 'p1',
    htm: 'GET',
    htu: 'https://api.example.com/orders',
    iat: NOW,
    ath: createHash('sha256').update(BOUND).digest('base64url'),
  },
  { key: PROOF_KEY, header: { typ: 'dpop+jwt', kid: undefined, jwk: PROOF_JWK } },
);

const confirmation = (value: World['value'], more: readonly string[]): Pick<Proof, 'world' | 'sees'> => ({
  world: () => ({
    argv: ['verify', '-', '--jwks', 'keys.json', '--json', ...more],
    stdin: BOUND,
    files: FILES,
    env: { PROOF },
    value,
  }),
  sees: (run) => {
    const { outcome, because } = report(run).checks.find(({ name }) => name === 'confirmation') ?? {};
    return `${outcome}: ${because}`;
  },
});

const WITH_PROOF = ['--dpop-proof', 'env:PROOF'];
const weakened: Pick<Proof, 'sees'> = { sees: (run) => report(run).weakened };

export const EXPECTATION: Record<string, Proof> = {
  scope: checked('scope', ['orders:read', 'orders:write']),
  expect: checked('kind', 'access_token'),
  claim: checked('claim:sub', ['sub=user-001']),
  'require-claim': checked('claim:jti', ['jti']),
  'min-ttl': checked('lifetime', '30m'),
  'max-age': checked('max_age', '2m'),
  nonce: checked('nonce', 'n-1', { nonce: 'n-1' }),
  'access-token': {
    ...checked('at_hash', ''),
    world: () => offline('env:ACCESS', { at_hash: halfHash(ACCESS_TOKEN) }, { env: { ACCESS: ACCESS_TOKEN } }),
  },
  code: {
    ...checked('claim:c_hash', ''),
    world: () => offline('env:CODE', { c_hash: halfHash(CODE) }, { env: { CODE } }),
  },
  'dpop-proof': {
    ...confirmation('env:PROOF', []),
    expected: 'passed: the proof was made with the key that the token is bound to, for this token',
  },
  'dpop-method': { ...confirmation('POST', WITH_PROOF), expected: 'failed: the proof is for another method (htm)' },
  'dpop-url': {
    ...confirmation('https://api.example.com/users', WITH_PROOF),
    expected: 'failed: the proof is for another URL (htu)',
  },
  'client-cert': {
    world: async () => {
      const { cert } = await certificate('client');
      const print = createHash('sha256').update(new X509Certificate(cert).raw).digest('base64url');
      return offline('client.pem', { cnf: { 'x5t#S256': print } }, { files: { ...FILES, 'client.pem': cert } });
    },
    sees: (run) => report(run).checks.find(({ name }) => name === 'confirmation')?.outcome,
    expected: 'passed',
  },
  'clock-tolerance': { world: () => offline('1m', { exp: NOW - 30 }), ...weakened, expected: ['clock_tolerance'] },
  at: {
    world: () => offline('2027-01-15T08:30:00Z'),
    sees: (run) => report(run).times?.evaluated_at,
    expected: '2027-01-15T08:30:00Z',
  },
  strict: { world: () => offline(true), sees: (run) => run.exit, expected: 1 },
};
