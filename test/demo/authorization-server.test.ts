// The authorization server of the playground, asked over HTTP as any client would.

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { CLIENTS } from '../../src/demo/authorization-server.ts';
import type { Playground } from '../../src/demo/playground.ts';
import { type Answer, basic, get, MACHINE, parts, playgroundForTest, post, TEST_CLIENT } from './asking.ts';

let playground: Playground;
const printed = (['log', 'info', 'warn', 'error'] as const).map((name) => vi.spyOn(console, name));

beforeAll(async () => {
  playground = await playgroundForTest();
});
afterAll(async () => {
  await playground.close();
  // oidc-provider prints its notices on the console when it is configured incompletely.
  for (const spy of printed) expect(spy).not.toHaveBeenCalled();
});

const introspect = (token: string, headers?: Record<string, string>): Promise<Answer> =>
  post(playground.facts.endpoints.introspection, { token }, headers);
const tokenEndpoint = (form: Record<string, string>, headers?: Record<string, string>): Promise<Answer> =>
  post(playground.facts.endpoints.token, form, headers);

describe('metadata', () => {
  test('is the same in both well-known forms and names every endpoint', async () => {
    const { issuer, endpoints } = playground.facts;
    const openid = await get(`${issuer}/.well-known/openid-configuration`);
    const oauth = await get(`${issuer}/.well-known/oauth-authorization-server`);
    expect(oauth.json).toEqual(openid.json);
    expect(openid.json).toMatchObject({
      issuer,
      introspection_endpoint: endpoints.introspection,
      revocation_endpoint: endpoints.revocation,
      token_endpoint: endpoints.token,
      jwks_uri: endpoints.jwks,
      scopes_supported: ['openid', 'profile', 'email'],
      introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    });
  });

  test('names a JWK Set without private members', async () => {
    const { json } = await get(playground.facts.endpoints.jwks);
    const { header } = parts(playground.facts.tokens.active_jwt);
    expect(json.keys).toEqual([
      { kty: 'RSA', use: 'sig', alg: 'RS256', kid: header.kid, e: 'AQAB', n: expect.any(String) },
    ]);
  });
});

describe('introspection', () => {
  test('an active opaque access token, with every member of RFC 7662 §2.2 that a demo needs', async () => {
    const { tokens, issuer } = playground.facts;
    const { status, json } = await introspect(tokens.active_opaque);
    expect(status).toBe(200);
    expect(json).toEqual({
      active: true,
      sub: 'user-001',
      scope: 'openid profile email',
      client_id: 'test-client',
      token_type: 'Bearer',
      iss: issuer,
      exp: expect.any(Number),
      iat: expect.any(Number),
      jti: expect.stringMatching(/^[\w-]{22}$/),
    });
    expect(Number(json.exp) - Number(json.iat)).toBe(3600);
    expect(tokens.active_opaque).not.toContain(json.jti);
  });

  test('the same answer when the credentials stand in the body', async () => {
    const token = playground.facts.tokens.active_opaque;
    const inBody = await post(playground.facts.endpoints.introspection, { token, ...CLIENTS.test }, {});
    expect(inBody).toEqual(await introspect(token));
    expect(inBody.json.active).toBe(true);
  });

  test('the refresh token is active and no bearer token', async () => {
    const { json } = await introspect(playground.facts.tokens.refresh_token);
    expect(json).toMatchObject({ active: true, sub: 'user-001', token_type: 'refresh_token', jti: expect.any(String) });
  });

  test.each(['revoked', 'expired', 'never_issued'] as const)('exactly active: false for `%s`', async (name) => {
    const { status, json } = await introspect(playground.facts.tokens[name]);
    expect([status, json]).toEqual([200, { active: false }]);
  });

  test.each(['active_jwt', 'id_token'] as const)('refuses `%s`, as this server does with every JWT', async (name) => {
    const { status, json } = await introspect(playground.facts.tokens[name]);
    expect([status, json.error]).toEqual([400, 'unsupported_token_type']);
  });

  test.each([
    ['a wrong secret', basic('test-client', 'wrong')],
    ['an unknown client', basic('nobody', 'test-secret')],
  ])('%s is 401 invalid_client and no answer', async (_, headers) => {
    const { status, json, challenge } = await introspect(playground.facts.tokens.active_opaque, headers);
    expect([status, json.error, json.active]).toEqual([401, 'invalid_client', undefined]);
    expect(challenge).toMatch(/^Basic /);
  });

  test('a wrong secret in the body is 401 invalid_client', async () => {
    const form = { token: 'any', client_id: 'test-client', client_secret: 'wrong' };
    const { status, json } = await post(playground.facts.endpoints.introspection, form, {});
    expect([status, json.error]).toEqual([401, 'invalid_client']);
  });
});

describe('introspection by a bearer token (RFC 7662 §2.1)', () => {
  const bearer = (token: unknown) => ({ authorization: `Bearer ${token}` });

  test('the machine-to-machine client asks with a token it got by client_credentials', async () => {
    const got = await tokenEndpoint({ grant_type: 'client_credentials' }, MACHINE);
    const { status, json } = await introspect(playground.facts.tokens.active_opaque, bearer(got.json.access_token));
    expect([status, json.active, json.sub]).toEqual([200, true, 'user-001']);
  });

  test('its token from the list works as well, and is its own subject', async () => {
    const { m2m_token } = playground.facts.tokens;
    const { json } = await introspect(m2m_token, bearer(m2m_token));
    expect(json).toMatchObject({ active: true, sub: 'm2m-client', client_id: 'm2m-client', token_type: 'Bearer' });
  });

  test.each(['active_opaque', 'revoked', 'never_issued', 'refresh_token'] as const)(
    'refuses `%s` as the token of a caller',
    async (name) => {
      const { tokens } = playground.facts;
      const { status, json, challenge } = await introspect(tokens.active_opaque, bearer(tokens[name]));
      expect([status, json.error, json.active]).toEqual([401, 'invalid_token', undefined]);
      expect(challenge).toBe('Bearer error="invalid_token"');
    },
  );

  test('a bearer token is no client authentication elsewhere', async () => {
    const { endpoints, tokens } = playground.facts;
    const { status } = await post(endpoints.token, { grant_type: 'client_credentials' }, bearer(tokens.m2m_token));
    expect(status).toBe(400);
  });
});

describe('the token endpoint', () => {
  test.each([
    ['Basic', {}, TEST_CLIENT],
    ['the body', CLIENTS.test, {}],
  ])('client_credentials, authenticated by %s', async (_, more, headers) => {
    const { status, json } = await tokenEndpoint({ grant_type: 'client_credentials', ...more }, headers);
    expect([status, json.token_type]).toEqual([200, 'Bearer']);
    expect((await introspect(String(json.access_token))).json.client_id).toBe('test-client');
  });

  test('a resource makes it a JWT access token (RFC 8707, RFC 9068)', async () => {
    const resource = `${playground.facts.issuer}/api`;
    const { json } = await tokenEndpoint({ grant_type: 'client_credentials', resource }, MACHINE);
    const { header, payload } = parts(String(json.access_token));
    expect([header.typ, payload.aud, payload.sub]).toEqual(['at+jwt', resource, 'm2m-client']);
    const other = await tokenEndpoint({ grant_type: 'client_credentials', resource: 'https://other.example' }, MACHINE);
    expect([other.status, other.json.error]).toEqual([400, 'invalid_target']);
  });

  test('a refresh token gives a new access token', async () => {
    const { refresh_token } = playground.facts.tokens;
    const { status, json } = await tokenEndpoint({ grant_type: 'refresh_token', refresh_token });
    expect([status, json.scope]).toEqual([200, 'openid profile email']);
    expect((await introspect(String(json.access_token))).json).toMatchObject({ active: true, sub: 'user-001' });
  });
});

describe('revocation', () => {
  test('takes a token out of use at once, and no other', async () => {
    const { endpoints, tokens } = playground.facts;
    const { json } = await tokenEndpoint({ grant_type: 'client_credentials' });
    const token = String(json.access_token);
    expect((await introspect(token)).json.active).toBe(true);
    expect((await post(endpoints.revocation, { token })).status).toBe(200);
    expect((await introspect(token)).json).toEqual({ active: false });
    expect((await introspect(tokens.active_opaque)).json.active).toBe(true);
  });

  test('of another client is refused', async () => {
    const { endpoints, tokens } = playground.facts;
    const { status, json } = await post(endpoints.revocation, { token: tokens.m2m_token });
    expect([status, json.error]).toEqual([400, 'invalid_request']);
    expect((await introspect(tokens.m2m_token)).json.active).toBe(true);
  });
});

test('an error page is JSON too, and an unknown path is 404', async () => {
  const html = { accept: 'text/html' };
  const { json } = await get(`${playground.facts.issuer}/oauth2/authorize?client_id=nobody`, html);
  expect(json.error).toBe('invalid_client');
  expect((await get(`${playground.facts.issuer}/nothing-here`, html)).status).toBe(404);
});
