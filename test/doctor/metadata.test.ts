// The metadata: each fault once found, and not found in a sound server (sound.test.ts).

import { describe, expect, test } from 'vitest';
import { doctor } from '../../src/doctor.ts';
import { closedPort } from '../servers/scripted-server.ts';
import { authorizationServer, type Reply, soundMetadata } from './authorization-server.ts';
import { examined } from './examined.ts';

const OPENID = 'GET /.well-known/openid-configuration';
const OAUTH = 'GET /.well-known/oauth-authorization-server';
const NOT_THERE: Reply = { status: 404, text: 'nothing here' };

const anonymous = { anonymous: true } as const;

describe('the issuer', () => {
  test.each<[string, (origin: string) => string, RegExp]>([
    ['a trailing slash', (origin) => `${origin}/`, /trailing slash/],
    ['another host', () => 'https://id.example.com', /https:\/\/id\.example\.com/],
    ['a template of tenants', () => 'https://id.example.com/{tenantid}/v2.0', /tenant/],
  ])('that differs by %s is an error, and nothing of that metadata is used', async (_what, issuer, words) => {
    const {
      report,
      severity,
      server,
      words: of,
    } = await examined({
      metadata: (origin) => ({ issuer: issuer(origin) }),
    });
    expect(report.exit_code).toBe(1);
    expect(severity('issuer.identity')).toBe('error');
    expect(of('issuer.identity')).toMatch(words);
    expect(of('issuer.identity')).not.toContain('tokctl …');
    expect(new Set(server.seen.map(({ path }) => path.split('/')[1]))).toEqual(new Set(['.well-known']));
    expect(severity('keys.reachable')).toBe('info');
    expect(severity('introspection.advertised')).toBe('info');
    expect(severity('token.grant')).toBe('info');
    expect(report.metadata).toMatchObject({ issuer: issuer(server.origin) });
  });

  test('that differs at one location only is an error, and the other location is used', async () => {
    const { severity } = await examined({
      replies: { [OAUTH]: (_, { origin }) => ({ json: { ...soundMetadata(origin), issuer: `${origin}/` } }) },
    });
    expect(severity('issuer.identity')).toBe('error');
    expect(severity('keys.reachable')).toBe('ok');
  });

  test('of http beyond this machine is an error', async () => {
    const answer = { issuer: 'http://id.example.test', jwks_uri: 'http://id.example.test/jwks' };
    const report = await doctor({
      issuer: 'http://id.example.test',
      insecureHttp: true,
      fetch: async (url) => ({
        status: url.endsWith('/jwks') ? 404 : 200,
        headers: new Headers({ 'content-type': 'application/json' }),
        body: (async function* () {
          yield Buffer.from(JSON.stringify(answer));
        })(),
      }),
    });
    expect(report.findings.find(({ id }) => id === 'issuer.https')).toMatchObject({ severity: 'error' });
    expect(report.findings.find(({ id }) => id === 'metadata.endpoints')).toMatchObject({ severity: 'error' });
    expect(report.findings.find(({ id }) => id === 'keys.reachable')).toMatchObject({ severity: 'error' });
  });

  test.each(['ftp://id.example.com', 'id.example.com', 'https://id.example.com?a=b', 'https://id.example.com#a', ''])(
    '%j is no issuer',
    async (issuer) => {
      await expect(doctor({ issuer })).rejects.toMatchObject({ code: 'ERR_USAGE' });
    },
  );
});

describe('the well-known locations', () => {
  test('of which one has nothing are told of', async () => {
    const { severity, words, report } = await examined({ ...anonymous, replies: { [OPENID]: () => NOT_THERE } });
    expect(severity('metadata.found')).toBe('ok');
    expect(severity('metadata.locations')).toBe('info');
    expect(words('metadata.locations')).toContain('openid-configuration: 404');
    expect(severity('metadata.agreement')).toBe('absent');
    expect(report.exit_code).toBe(0);
  });

  test.each<[string, Reply]>([
    ['a page', { headers: { 'content-type': 'text/html' }, text: '<html>sign in</html>' }],
    ['a fault of the server', { status: 500 }],
    ['JSON that is no metadata', { json: ['a'] }],
    ['a redirect', { status: 302, headers: { location: 'https://elsewhere.example/' } }],
  ])('of which one answers with %s are a warning', async (_what, reply) => {
    const { severity } = await examined({ ...anonymous, replies: { [OAUTH]: () => reply } });
    expect(severity('metadata.locations')).toBe('warning');
    expect(severity('keys.usable')).toBe('ok');
  });

  test('that all have nothing are an error', async () => {
    const replies = { [OPENID]: () => NOT_THERE, [OAUTH]: () => NOT_THERE };
    const { report, severity } = await examined({ ...anonymous, replies });
    expect(severity('metadata.found')).toBe('error');
    expect(severity('issuer.identity')).toBe('absent');
    expect(report).toMatchObject({ exit_code: 1, keys: [] });
    expect(report.metadata).toBeUndefined();
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['keys', { jwks_uri: 'https://elsewhere.example/jwks' }, 'error'],
    ['features', { scopes_supported: ['openid'] }, 'warning'],
    ['nothing that both have', { service_documentation: 'https://docs.example' }, 'ok'],
  ])('that differ in %s', async (_what, more, expected) => {
    const { severity } = await examined({
      ...anonymous,
      metadata: () => ({ scopes_supported: ['profile'] }),
      replies: {
        [OAUTH]: (_, { origin }) => ({ json: { ...soundMetadata(origin), scopes_supported: ['profile'], ...more } }),
      },
    });
    expect(severity('metadata.agreement')).toBe(expected);
  });

  test('are not asked when the document is named', async () => {
    const { server, severity } = await examined({
      ...anonymous,
      options: ({ origin }) => ({ metadataUrl: `${origin}/metadata.json` }),
      replies: { 'GET /metadata.json': (_, { origin }) => ({ json: soundMetadata(origin) }) },
    });
    expect(server.seen.some(({ path }) => path.startsWith('/.well-known/'))).toBe(false);
    expect(severity('metadata.found')).toBe('ok');
    expect(severity('metadata.locations')).toBe('absent');
  });
});

describe('the members', () => {
  test.each<[string, string, string, Record<string, unknown>, RegExp]>([
    ['metadata.required', 'warning', 'a missing one', { response_types_supported: undefined }, /lacks response_types/],
    ['metadata.required', 'warning', 'no keys of an OpenID Provider', { jwks_uri: undefined }, /lacks jwks_uri/],
    [
      'metadata.required',
      'warning',
      'assertions without their algorithms',
      { introspection_endpoint_auth_methods_supported: ['private_key_jwt'] },
      /introspection_endpoint_auth_signing_alg_values_supported/,
    ],
    [
      'metadata.required',
      'ok',
      'no authorization endpoint where nobody signs in',
      { authorization_endpoint: undefined, grant_types_supported: ['client_credentials'] },
      /must be there/,
    ],
    [
      'metadata.endpoints',
      'error',
      'http',
      { userinfo_endpoint: 'http://id.example.com/me' },
      /expected https, got http/,
    ],
    ['metadata.endpoints', 'error', 'a path', { userinfo_endpoint: '/me' }, /absolute URL, got \/me/],
    ['metadata.endpoints', 'error', 'a file', { userinfo_endpoint: 'file:///etc/passwd' }, /got file/],
    ['metadata.endpoints', 'error', 'a number', { userinfo_endpoint: 7 }, /expected text/],
    ['metadata.endpoints', 'error', 'a password', { userinfo_endpoint: 'https://a:b@id.example.com/' }, /no user part/],
    ['metadata.origins', 'info', 'another origin', { userinfo_endpoint: 'https://cdn.example/me' }, /cdn\.example/],
    [
      'metadata.origins',
      'warning',
      'credentials to another origin',
      { revocation_endpoint: 'https://cdn.example/revoke' },
      /--allow-endpoint-origin https:\/\/cdn\.example/,
    ],
    [
      'metadata.algorithms',
      'error',
      'unsigned assertions',
      { token_endpoint_auth_signing_alg_values_supported: ['RS256', 'none'] },
      /token_endpoint_auth/,
    ],
    [
      'metadata.algorithms',
      'warning',
      'unsigned ID tokens',
      { id_token_signing_alg_values_supported: ['none'] },
      /id_token/,
    ],
  ])('%s is %s for %s', async (id, expected, _what, metadata, words) => {
    const { severity, words: of } = await examined({ ...anonymous, metadata: () => metadata });
    expect(severity(id)).toBe(expected);
    expect(of(id)).toMatch(words);
  });
});

test('thousands of faults are told of by the first', async () => {
  const many = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`x${index}_endpoint`, 'nowhere']));
  const { report } = await examined({ ...anonymous, metadata: () => many });
  const { evidence = [] } = report.findings.find(({ id }) => id === 'metadata.endpoints') ?? {};
  expect(evidence).toHaveLength(21);
  expect(evidence.at(-1)).toBe('and 4980 more');
});

describe('a host that cannot be reached', () => {
  test('ends it', async () => {
    const issuer = `http://127.0.0.1:${await closedPort()}`;
    await expect(doctor({ issuer, retries: 0 })).rejects.toMatchObject({ code: 'ERR_NETWORK', exitCode: 3 });
  });

  test('by choice ends it', async () => {
    const { origin, seen } = await authorizationServer();
    await expect(doctor({ issuer: origin, offline: true })).rejects.toMatchObject({ code: 'ERR_OFFLINE' });
    expect(seen).toEqual([]);
  });

  test('in time ends it', async () => {
    const hang = (): Reply => ({ hang: true });
    const { origin } = await authorizationServer({ replies: { [OPENID]: hang, [OAUTH]: hang } });
    await expect(doctor({ issuer: origin, timeout: 0.2 })).rejects.toMatchObject({ code: 'ERR_TIMEOUT' });
  });

  test('after its metadata was had is an answer, and ends in time', async () => {
    const hang = (): Reply => ({ hang: true });
    const { report, severity } = await examined({
      options: { timeout: 1.5 },
      replies: { 'GET /jwks': hang, 'POST /introspect': hang, 'POST /token': hang },
    });
    expect(report.exit_code).toBe(1);
    expect([severity('keys.reachable'), severity('introspection.reachable'), severity('token.grant')]).toEqual([
      'error',
      'error',
      'error',
    ]);
  });

  test('because the run was aborted rejects with its reason', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const { origin } = await authorizationServer({
      replies: {
        'GET /jwks': () => {
          stop.abort(reason);
          return { hang: true };
        },
      },
    });
    await expect(doctor({ issuer: origin, signal: stop.signal })).rejects.toBe(reason);
  });
});
