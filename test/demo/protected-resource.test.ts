// GET /api/resource over HTTP, with every token of the playground.

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Playground } from '../../src/demo/playground.ts';
import type { TokenName } from '../../src/demo/tokens.ts';
import { get, playgroundForTest } from './asking.ts';

let playground: Playground;
beforeAll(async () => {
  playground = await playgroundForTest();
});
afterAll(() => playground.close());

const ask = (authorization?: string) =>
  get(playground.facts.endpoints.resource, authorization === undefined ? {} : { authorization });
const USER = { sub: 'user-001', client_id: 'test-client', scope: 'openid profile email' };

test('a JWT is verified by the resource itself', async () => {
  const { status, json, challenge } = await ask(`Bearer ${playground.facts.tokens.active_jwt}`);
  expect([status, challenge]).toEqual([200, null]);
  expect(json).toEqual({ ...USER, checked: 'here, against the JWK Set' });
});

test('an opaque token is introspected; the scheme is read without regard to case', async () => {
  const { status, json } = await ask(`bearer ${playground.facts.tokens.active_opaque}`);
  expect([status, json]).toEqual([200, { ...USER, checked: 'by introspection' }]);
});

const BAD: TokenName[] = [
  'revoked',
  'expired',
  'never_issued',
  'refresh_token',
  'id_token',
  'expired_jwt',
  'forged_jwt',
  'wrong_audience_jwt',
];
test.each(BAD)('`%s` is refused with invalid_token', async (name) => {
  const { status, json, challenge } = await ask(`Bearer ${playground.facts.tokens[name]}`);
  expect([status, challenge, json]).toEqual([401, 'Bearer error="invalid_token"', {}]);
});

test.each([
  'Bearer',
  'Bearer two words',
  'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1c2VyLTAwMSJ9.',
  'Bearer @/etc/hostname',
])('`%s` is refused with invalid_token', async (authorization) => {
  const { status, challenge } = await ask(authorization);
  expect([status, challenge]).toEqual([401, 'Bearer error="invalid_token"']);
});

test.each([undefined, 'Basic dGVzdC1jbGllbnQ6dGVzdC1zZWNyZXQ='])(
  'without a bearer token (%s) the challenge names the scheme only',
  async (authorization) => {
    const { status, challenge } = await ask(authorization);
    expect([status, challenge]).toEqual([401, 'Bearer']);
  },
);

test('another method is 405, another path 404', async () => {
  const { resource } = playground.facts.endpoints;
  expect((await fetch(resource, { method: 'POST' })).status).toBe(405);
  expect((await get(`${resource}/more`)).status).toBe(404);
});
