// The tokens of the playground, read as they are: each must be bad in its own way and in no other.

import { compactVerify, createLocalJWKSet, type JSONWebKeySet } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Playground } from '../../src/demo/playground.ts';
import type { TokenName } from '../../src/demo/tokens.ts';
import { get, parts, playgroundForTest } from './asking.ts';

let playground: Playground;
let verifies: (token: string) => Promise<boolean>;
const now = Math.floor(Date.now() / 1000);

beforeAll(async () => {
  playground = await playgroundForTest();
  const { json } = await get(playground.facts.endpoints.jwks);
  const keys = createLocalJWKSet(json as unknown as JSONWebKeySet);
  verifies = (token) =>
    compactVerify(token, keys).then(
      () => true,
      () => false,
    );
});
afterAll(() => playground.close());

test('the active JWT is an access token of RFC 9068 for the resource', async () => {
  const { tokens, issuer } = playground.facts;
  const { header, payload } = parts(tokens.active_jwt);
  expect(header).toMatchObject({ typ: 'at+jwt', alg: 'RS256' });
  expect(payload).toEqual({
    iss: issuer,
    aud: `${issuer}/api`,
    sub: 'user-001',
    client_id: 'test-client',
    scope: 'openid profile email',
    jti: expect.any(String),
    iat: expect.any(Number),
    exp: expect.any(Number),
  });
  expect(Number(payload.exp)).toBeGreaterThan(now + 3000);
  expect(await verifies(tokens.active_jwt)).toBe(true);
});

test.each<[TokenName, boolean]>([
  ['expired_jwt', true],
  ['wrong_audience_jwt', true],
  ['id_token', true],
  ['forged_jwt', false],
])('the signature of `%s`: %s', async (name, good) => {
  expect(await verifies(playground.facts.tokens[name])).toBe(good);
});

test('the bad ones differ from the good one in one point', () => {
  const { tokens, issuer } = playground.facts;
  expect(Number(parts(tokens.expired_jwt).payload.exp)).toBeLessThan(now);
  expect(parts(tokens.expired_jwt).payload.aud).toBe(`${issuer}/api`);
  expect(parts(tokens.wrong_audience_jwt).payload.aud).toBe('https://other-api.example');
  const forged = parts(tokens.forged_jwt).payload;
  expect(forged).toEqual({ ...parts(tokens.active_jwt).payload, sub: 'admin-001' });
  expect(tokens.damaged_jwt.replace('…', '')).toBe(tokens.active_jwt);
});

test('the ID token is for the client and belongs to the access token', () => {
  const { header, payload } = parts(playground.facts.tokens.id_token);
  expect(header.typ).toBeUndefined();
  expect(payload).toMatchObject({ aud: 'test-client', sub: 'user-001', email: 'ada@example.com' });
  expect(payload).toMatchObject({ at_hash: expect.any(String), nonce: expect.any(String) });
});

test('no two are the same, and two playgrounds share no key', async () => {
  const all = Object.values(playground.facts.tokens);
  expect(new Set(all).size).toBe(all.length);
  const other = await playgroundForTest();
  try {
    expect(parts(other.facts.tokens.active_jwt).header.kid).not.toBe(
      parts(playground.facts.tokens.active_jwt).header.kid,
    );
  } finally {
    await other.close();
  }
});
