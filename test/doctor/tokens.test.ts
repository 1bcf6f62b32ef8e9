// A fresh token: granted, active, verified, in agreement, revoked; each fault once, and not in a sound server.

import { describe, expect, test } from 'vitest';
import {
  type AuthorizationServer,
  CLIENT,
  granted,
  hs256,
  isAuthenticated,
  jwt,
  newRsa,
  type Reply,
  type Seen,
} from './authorization-server.ts';
import { examined } from './examined.ts';

const grantOf =
  (make: (server: AuthorizationServer) => Reply | undefined) =>
  (seen: Seen, server: AuthorizationServer): Reply | undefined =>
    isAuthenticated(seen) ? make(server) : undefined;

const noStore = { 'cache-control': 'no-store' };

describe('the grant', () => {
  test.each<[string, Reply, string]>([
    ['is not for this client', { status: 400, json: { error: 'unauthorized_client' } }, 'info'],
    ['knows no such scope', { status: 400, json: { error: 'invalid_scope' } }, 'info'],
    ['refuses the client', { status: 401, json: { error: 'invalid_client' } }, 'error'],
    ['fails', { status: 500 }, 'error'],
    ['has no token in it', { json: { token_type: 'Bearer' } }, 'error'],
  ])('%s', async (_what, reply, expected) => {
    const { severity } = await examined({ replies: { 'POST /token': grantOf(() => reply) } });
    expect(severity('token.grant')).toBe(expected);
    expect(severity('token.active')).toBe('absent');
  });

  test.each<[string, Record<string, unknown>]>([
    ['does not list', { grant_types_supported: ['authorization_code'] }],
    ['says nothing of', { grant_types_supported: undefined }],
    ['has no endpoint for', { token_endpoint: undefined }],
  ])('that the metadata %s is not asked for', async (_what, metadata) => {
    const { severity, server } = await examined({ metadata: () => metadata });
    expect(severity('token.grant')).toBe('info');
    expect(server.at('POST', '/token')).toEqual([]);
  });

  test('at another origin is not asked for', async () => {
    const { severity } = await examined({ metadata: () => ({ token_endpoint: 'https://elsewhere.example/token' }) });
    expect(severity('token.grant')).toBe('warning');
  });

  test('has the scope and the resource that were named', async () => {
    const { server } = await examined({ options: { freshToken: { scope: 'a b', resource: 'https://api.example' } } });
    expect(Object.fromEntries(server.at('POST', '/token')[0]?.form ?? [])).toMatchObject({
      grant_type: 'client_credentials',
      scope: 'a b',
      resource: 'https://api.example',
    });
  });

  test('must not be stored', async () => {
    const { severity } = await examined({
      replies: { 'POST /token': grantOf((server) => ({ json: granted(server) })) },
    });
    expect(severity('token.cache_control')).toBe('warning');
  });
});

describe('an opaque token', () => {
  test('that is inactive at once is a warning', async () => {
    const { severity, report } = await examined({
      replies: { 'POST /token': () => ({ headers: noStore, json: { access_token: 'never-heard-of-it-again' } }) },
    });
    expect(severity('token.active')).toBe('warning');
    expect(severity('token.verification')).toBe('info');
    expect(severity('token.agreement')).toBe('absent');
    expect(report.exit_code).toBe(0);
  });

  test('that outlives its revocation is an error', async () => {
    const { severity, server } = await examined({ replies: { 'POST /revoke': () => ({}) } });
    expect(severity('token.revocation')).toBe('error');
    const [revoked] = server.at('POST', '/revoke');
    expect(server.active.has(revoked?.form.get('token') ?? '')).toBe(true);
  });

  test.each<[string, Reply, string]>([
    ['is refused', { status: 403 }, 'warning'],
    ['fails', { status: 500 }, 'warning'],
    ['is not for tokens of that form', { status: 400, json: { error: 'unsupported_token_type' } }, 'info'],
  ])('of which the revocation %s', async (_what, reply, expected) => {
    const { severity } = await examined({ replies: { 'POST /revoke': () => reply } });
    expect(severity('token.revocation')).toBe(expected);
  });

  test.each<[string, unknown, string]>([
    ['nobody names', undefined, 'info'],
    ['is no URL', 'somewhere', 'info'],
    ['is on another origin', 'https://elsewhere.example/revoke', 'warning'],
  ])('whose revocation endpoint %s is not revoked', async (_what, revocation_endpoint, expected) => {
    const { severity, server } = await examined({ metadata: () => ({ revocation_endpoint }) });
    expect(severity('token.revocation')).toBe(expected);
    expect(server.active.size).toBe(1);
  });
});

describe('a JWT', () => {
  const claims = { scope: 'read' };
  const answering = (members: object) => (seen: Seen, server: AuthorizationServer) => {
    const active = server.active.has(seen.form.get('token') ?? '');
    return isAuthenticated(seen) && active ? { headers: noStore, json: { active, ...members } } : undefined;
  };

  test('that is good verifies and agrees', async () => {
    const { severity, report } = await examined({
      jwt: claims,
      replies: { 'POST /introspect': answering({ scope: 'read', client_id: CLIENT.id, sub: CLIENT.id, aud: 'api' }) },
    });
    expect(severity('token.active')).toBe('ok');
    expect(severity('token.verification')).toBe('ok');
    expect(severity('token.agreement')).toBe('ok');
    expect(severity('token.revocation')).toBe('ok');
    expect(report.exit_code).toBe(0);
  });

  test('of which the server says other things is a warning', async () => {
    const { severity, words } = await examined({
      jwt: claims,
      replies: { 'POST /introspect': answering({ scope: 'write', sub: 'somebody-else' }) },
    });
    expect(severity('token.agreement')).toBe('warning');
    expect(words('token.agreement')).toMatch(/scope: .*\n.*sub: |sub: .*\n.*scope: /);
  });

  test('of another issuer is an error', async () => {
    const { severity, words } = await examined({ jwt: { iss: 'https://elsewhere.example' } });
    expect(severity('token.verification')).toBe('error');
    expect(words('token.verification')).toContain('issuer');
  });

  const other = newRsa().privateKey;
  const signedBy = (server: AuthorizationServer, header: object): Reply => {
    const now = Math.floor(Date.now() / 1000);
    const token = jwt({ iss: server.origin, sub: 'a', aud: 'api', iat: now, exp: now + 60 }, header, other);
    server.active.add(token);
    return { headers: noStore, json: { access_token: token } };
  };

  test.each<[string, object, RegExp]>([
    ['under the name of a published one', {}, /signature/],
    ['that is not published', { kid: 'rsa-2' }, /key/],
  ])('signed by a key %s is an error', async (_what, header, words) => {
    const {
      severity,
      words: of,
      report,
    } = await examined({
      replies: { 'POST /token': grantOf((server) => signedBy(server, header)) },
    });
    expect(severity('token.verification')).toBe('error');
    expect(of('token.verification')).toMatch(words);
    expect(severity('token.agreement')).toBe('warning');
    expect(report.exit_code).toBe(1);
  });

  test('made with a shared secret is not verified here', async () => {
    const { severity } = await examined({
      replies: {
        'POST /token': grantOf(({ origin }) => ({ headers: noStore, json: { access_token: hs256({ iss: origin }) } })),
      },
    });
    expect(severity('token.verification')).toBe('info');
  });

  test('that the server does not introspect is told of', async () => {
    const unsupported = { status: 400, json: { error: 'unsupported_token_type' } };
    const { severity } = await examined({
      jwt: claims,
      replies: {
        'POST /introspect': (seen) =>
          isAuthenticated(seen) && seen.form.get('token')?.includes('.') ? unsupported : undefined,
      },
    });
    expect(severity('token.active')).toBe('info');
    expect(severity('token.verification')).toBe('ok');
    expect(severity('token.revocation')).toBe('info');
  });

  test('that outlives its revocation is a warning: it lives until it expires', async () => {
    const { severity } = await examined({ jwt: claims, replies: { 'POST /revoke': () => ({}) } });
    expect(severity('token.revocation')).toBe('warning');
  });
});
