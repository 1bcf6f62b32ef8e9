// Whom tokctl talks to, whose keys it believes, and where credentials may go (contract §4, §11), line by line.

import { describe, expect, test } from 'vitest';
import { introspect, type VerifyOptions, verify } from '../../src/index.ts';
import { closedPort } from '../servers/scripted-server.ts';
import { bystander, type IssuerServer, issuerServer } from './issuer-server.ts';
import { accessClaims, base64url, hmacJws, jwks, jws, key, NOW } from './keys.ts';
import { assertConsistent, failures, theCheck } from './reports.ts';

const CLIENT = { id: 'my-api', secret: 'the secret of my-api' };
const ACTIVE = { introspection: { body: { active: true } } };
const DISCOVERY = ['GET metadata', 'GET jwks'];

async function verified(token: string, options: VerifyOptions = {}) {
  const report = await verify(token, { now: NOW, retries: 0, ...options });
  assertConsistent(report);
  return report;
}

const tokenOf = ({ issuer }: IssuerServer): string => jws(accessClaims(issuer));

// ---------------------------------------------------------------- 1, 3: iss is a claim

describe('the iss of a token names nobody', () => {
  test('without a named issuer nothing is asked; the hint pins it, and decoding is shown', async () => {
    const stranger = await bystander();
    for (const ask of [verify, introspect]) {
      const report = await ask(tokenOf(stranger), { now: NOW });
      expect(report).toMatchObject({
        verdict: 'unknown',
        exit_code: 3,
        claims: { sub: 'user-001', iss: stranger.issuer },
        error: { code: 'ERR_ISSUER_UNTRUSTED' },
      });
      expect(report.issuer).toBeUndefined();
      expect(report.error?.hint).toBe(`if you trust it: tokctl ${ask.name} - --issuer ${stranger.issuer}`);
    }
  });

  test('a token of another issuer than the named one is judged by the keys of the named one', async () => {
    const [server, stranger] = [await issuerServer(), await bystander()];
    const report = await verified(tokenOf(stranger), { issuer: server.issuer });
    expect(failures(report)).toEqual(['issuer']);
    expect(server.seen).toEqual(DISCOVERY);
  });

  test.each(['jku', 'x5u'])('%s in the header is reported and never followed', async (member) => {
    const [server, stranger] = [await issuerServer(), await bystander()];
    const attacker = { ...key('ES256', 'attacker'), kid: 'ES256-1' };
    const header = { [member]: `${stranger.origin}/jwks` };
    const report = await verified(jws(accessClaims(server.issuer), { key: attacker, header }), {
      issuer: server.issuer,
    });
    expect(report.verdict).toBe('inactive');
    theCheck(report, 'key_reference', 'warned');
    theCheck(report, 'signature', 'failed');
  });

  test('a key in the header verifies nothing', async () => {
    const server = await issuerServer();
    const attacker = key('ES256', 'attacker');
    const header = { jwk: attacker.jwk, kid: 'ES256-1' };
    const report = await verified(jws(accessClaims(server.issuer), { key: attacker, header }), {
      issuer: server.issuer,
    });
    theCheck(report, 'signature', 'failed');
  });
});

describe('--trust-iss', () => {
  test('says yes in advance, and is listed as a weakness', async () => {
    const server = await issuerServer();
    const report = await verified(tokenOf(server), { trustTokenIssuer: true });
    expect(report).toMatchObject({
      verdict: 'active',
      issuer: server.issuer,
      issuer_source: 'token',
      weakened: ['issuer_from_token'],
    });
  });

  test('changes nothing where an issuer is named', async () => {
    const [server, stranger] = [await issuerServer(), await bystander()];
    const report = await verified(tokenOf(stranger), { issuer: server.issuer, trustTokenIssuer: true });
    expect(report).toMatchObject({ verdict: 'inactive', issuer: server.issuer, weakened: [] });
  });

  test.each([
    ['id.example.com'],
    ['127.0.0.1:1'],
    ['file:///etc/passwd'],
    ['ftp://id.example.com'],
    ['https://id.example.com?x=1'],
    ['https://id.example.com#x'],
    ['https:// id.example.com'],
    [7],
    [['https://id.example.com']],
    [undefined],
  ])('an iss that is no https URL is never made one: %j', async (iss) => {
    const fetch = () => Promise.reject(new Error('a request that was not expected'));
    const report = await verified(jws({ ...accessClaims(''), iss }), { trustTokenIssuer: true, fetch });
    expect(report).toMatchObject({ verdict: 'unknown', exit_code: 3, error: { code: 'ERR_ISSUER_UNTRUSTED' } });
  });

  test.each([
    'http://169.254.169.254/latest',
    'https://169.254.1.1',
    'https://[fe80::1]',
    'https://[::ffff:169.254.169.254]',
    'https://0xa9fea9fe',
    'https://2852039166',
  ])('never goes to a link-local address: %s', async (iss) => {
    const fetch = () => Promise.reject(new Error('a request that was not expected'));
    const options = { trustTokenIssuer: true, insecureHttp: true, fetch };
    const report = await verified(jws(accessClaims(iss)), options);
    expect(report).toMatchObject({ verdict: 'unknown', exit_code: 2, error: { code: 'ERR_ENDPOINT_REFUSED' } });
    expect(report.error?.message).toContain('only a token names it');
  });

  test('nor do the keys that its metadata names', async () => {
    const server = await issuerServer({ metadata: { jwks_uri: 'https://169.254.169.254/jwks' } });
    const report = await verified(tokenOf(server), { trustTokenIssuer: true });
    expect(report.error?.code).toBe('ERR_ENDPOINT_REFUSED');
    expect(server.seen).toEqual(['GET metadata']);
  });

  test('a person may name one', async () => {
    const asked: string[] = [];
    const fetch = async (url: string) => {
      asked.push(url);
      throw Object.assign(new Error(), { code: 'ECONNREFUSED' });
    };
    await verified(jws(accessClaims('https://169.254.169.254')), { issuer: 'https://169.254.169.254', fetch });
    expect(asked).toEqual(['https://169.254.169.254/.well-known/openid-configuration']);
  });

  test.each([
    ['a secret', { client: CLIENT }],
    ['a bearer token', { bearer: 'a token that asks' }],
    ['a grant', { client: CLIENT, bearerGrant: {} }],
    ['a private key', { client: { id: 'a', key: 'a private key' } }],
  ])('credentials never go to a host that only a token names: %s', async (_name, credentials) => {
    const server = await issuerServer(ACTIVE);
    const options = { trustTokenIssuer: true, mode: 'remote', now: NOW, ...credentials } as const;
    const report = await introspect(tokenOf(server), options);
    expect(report).toMatchObject({ verdict: 'unknown', exit_code: 2, error: { code: 'ERR_ENDPOINT_REFUSED' } });
    expect(report.error?.hint).toBe(`name it: --issuer ${server.issuer}`);
    expect(server.seen).toEqual(['GET metadata']);
  });
});

// ---------------------------------------------------------------- 2: keys that were given

describe('keys that were given', () => {
  test.each([
    ['a JWK Set', { jwks: jwks(key()) }],
    ['one JWK', { jwks: JSON.stringify(key().jwk) }],
    ['a PEM', { key: key().pem }],
    ['a JWK as key', { key: JSON.stringify(key().jwk) }],
  ])('need no network, and the issuer is not checked: %s', async (_name, keys) => {
    const stranger = await bystander();
    const report = await verified(tokenOf(stranger), keys);
    expect(report.verdict).toBe('active');
    theCheck(report, 'issuer', 'skipped');
  });

  test('with an issuer named it is checked too', async () => {
    const report = await verified(jws(accessClaims('https://other.example')), {
      jwks: jwks(key()),
      issuer: 'https://id.example.com',
    });
    expect(failures(report)).toEqual(['issuer']);
  });

  test('a JWK Set by its URL is fetched, and no metadata', async () => {
    const server = await issuerServer();
    const report = await verified(tokenOf(server), { jwksUri: server.endpoints.jwks });
    expect(report).toMatchObject({ verdict: 'active', verification: { jwks_uri: server.endpoints.jwks } });
    expect(server.seen).toEqual(['GET jwks']);
  });

  test.each([
    ['jwks and key', { jwks: jwks(key()), key: key().pem }],
    ['key and secret', { key: key().pem, secret: 'a secret of some forty characters or more' }],
    ['jwksUri and secret', { jwksUri: 'https://x', secret: 'a secret of some forty characters or more' }],
  ])('come from one source: not from %s', async (_name, options) => {
    await expect(verify('x', options)).rejects.toMatchObject({ code: 'ERR_USAGE', exitCode: 2 });
  });

  test.each([
    ['no JSON', { jwks: '<html>' }],
    ['a list', { jwks: '[]' }],
    ['keys that are no list', { jwks: '{"keys":{}}' }],
    ['a PEM that is none', { key: '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----' }],
    ['some text', { key: 'some text' }],
  ])('that are none are a fault of the question: %s', async (_name, options) => {
    const report = await verified(jws({ exp: NOW + 1 }), options);
    expect(report).toMatchObject({ verdict: 'unknown', exit_code: 2, error: { code: 'ERR_CONFIG_INVALID' } });
  });
});

// ---------------------------------------------------------------- 4: credentials

describe('credentials', () => {
  const opaque = 'b3BhcXVlLXRva2Vu-1';

  test('go to the endpoint on the own origin of the issuer', async () => {
    const server = await issuerServer(ACTIVE);
    const report = await introspect(opaque, { issuer: server.issuer, client: CLIENT });
    expect(report).toMatchObject({ verdict: 'active', weakened: [] });
    const pair = Buffer.from('my-api:the+secret+of+my-api').toString('base64');
    expect(server.asked.at(-1)?.headers.authorization).toBe(`Basic ${pair}`);
    expect(server.asked[0]?.headers.authorization).toBeUndefined();
  });

  test('do not go to another origin that the metadata names', async () => {
    const other = await bystander();
    const server = await issuerServer({ metadata: { introspection_endpoint: other.endpoints.introspection } });
    const report = await introspect(opaque, { issuer: server.issuer, client: CLIENT });
    expect(report).toMatchObject({
      verdict: 'unknown',
      exit_code: 2,
      error: {
        code: 'ERR_ENDPOINT_REFUSED',
        hint: `if it belongs to that issuer: --allow-endpoint-origin ${other.origin}`,
      },
    });
  });

  test('go there when that origin is allowed, and it is listed as a weakness', async () => {
    const other = await issuerServer(ACTIVE);
    const server = await issuerServer({ metadata: { introspection_endpoint: other.endpoints.introspection } });
    const allowedEndpointOrigins = ['https://unrelated.example', other.origin];
    const report = await introspect(opaque, { issuer: server.issuer, client: CLIENT, allowedEndpointOrigins });
    expect(report).toMatchObject({ verdict: 'active', weakened: ['endpoint_origin'] });
    expect(other.seen).toEqual(['POST introspection']);
  });

  test('go to the endpoint that a person named, wherever it is', async () => {
    const [server, other] = [await issuerServer(), await issuerServer(ACTIVE)];
    const introspectionEndpoint = other.endpoints.introspection;
    const report = await introspect(opaque, { issuer: server.issuer, client: CLIENT, introspectionEndpoint });
    expect(report).toMatchObject({ verdict: 'active', weakened: [] });
    expect(server.seen).toEqual([]);
  });

  test('do not go to a token endpoint of another origin either', async () => {
    const other = await bystander();
    const server = await issuerServer({ metadata: { token_endpoint: other.endpoints.token } });
    const report = await introspect(opaque, { issuer: server.issuer, client: CLIENT, bearerGrant: {} });
    expect(report.error).toMatchObject({ code: 'ERR_ENDPOINT_REFUSED' });
    expect(server.seen).toEqual(['GET metadata']);
  });

  test('do not follow a redirect', async () => {
    const other = await bystander();
    const introspection = { status: 307, headers: { location: other.endpoints.introspection } };
    const server = await issuerServer({ introspection });
    const report = await introspect(opaque, { issuer: server.issuer, client: CLIENT });
    expect(report.error).toMatchObject({ code: 'ERR_HTTP_STATUS', details: { status: 307 } });
  });

  test('a redirect of metadata is not followed either', async () => {
    const other = await bystander();
    const server = await issuerServer({
      paths: { '/.well-known/openid-configuration': { status: 302, headers: { location: `${other.origin}/x` } } },
    });
    const report = await verified(tokenOf(server), { issuer: server.issuer });
    expect(report.error).toMatchObject({ code: 'ERR_HTTP_STATUS', details: { status: 302 } });
  });
});

// ---------------------------------------------------------------- 5: metadata and clear text

describe('metadata', () => {
  test.each([
    ['another', 'https://other.example'],
    ['a slash more', undefined],
  ])('of another issuer is not believed: %s', async (_name, other) => {
    const server = await issuerServer();
    const wrong = await issuerServer({ metadata: { issuer: other ?? `${server.issuer}/` } });
    const report = await verified(tokenOf(wrong), { issuer: wrong.issuer });
    expect(report).toMatchObject({ verdict: 'unknown', exit_code: 3, error: { code: 'ERR_ISSUER_MISMATCH' } });
    expect(wrong.seen).toEqual(['GET metadata']);
  });

  test('names the keys of another host, which are fetched', async () => {
    const keys = await issuerServer();
    const server = await issuerServer({ metadata: { jwks_uri: keys.endpoints.jwks } });
    const report = await verified(tokenOf(server), { issuer: server.issuer });
    expect(report).toMatchObject({ verdict: 'active', verification: { jwks_uri: keys.endpoints.jwks } });
    expect([server.seen, keys.seen]).toEqual([['GET metadata'], ['GET jwks']]);
  });

  test.each(['file:///etc/passwd', 'data:application/json,{}', '/jwks', 'javascript:1', ''])(
    'that names no URL for the keys is refused: %j',
    async (jwks_uri) => {
      const server = await issuerServer({ metadata: { jwks_uri } });
      const report = await verified(tokenOf(server), { issuer: server.issuer });
      expect(report).toMatchObject({ verdict: 'unknown', exit_code: 3, error: { code: 'ERR_RESPONSE_INVALID' } });
    },
  );

  test('is fetched where a person said, and nowhere else', async () => {
    const server = await issuerServer({ path: '/realms/one', paths: {} });
    const away = await issuerServer({ metadata: { issuer: server.issuer, jwks_uri: server.endpoints.jwks } });
    const metadataUrl = `${away.origin}/.well-known/somewhere`;
    const report = await verified(tokenOf(server), { issuer: server.issuer, metadataUrl });
    expect(report.verdict).toBe('active');
    expect([away.seen, server.seen]).toEqual([['GET metadata'], ['GET jwks']]);
  });

  test.each([
    ['/realms/one', '/realms/one/.well-known/openid-configuration'],
    ['/realms/one', '/.well-known/oauth-authorization-server/realms/one'],
    ['/realms/one', '/realms/one/.well-known/oauth-authorization-server'],
    ['', '/.well-known/oauth-authorization-server'],
  ])('of an issuer with path %j is found at %s', async (path, location) => {
    const server = await issuerServer({ path, paths: { ...missing(path), [location]: () => ({ body: document() }) } });
    const document = () => ({ issuer: server.issuer, jwks_uri: server.endpoints.jwks });
    expect((await verified(tokenOf(server), { issuer: server.issuer })).verdict).toBe('active');
    expect(server.asked.at(-2)?.path).toBe(location);
  });

  const missing = (path: string) =>
    Object.fromEntries(
      [
        `${path}/.well-known/openid-configuration`,
        `/.well-known/oauth-authorization-server${path}`,
        `${path}/.well-known/oauth-authorization-server`,
      ].map((location) => [location, { status: 404, body: 'none' }]),
    );
});

describe('clear text and certificates', () => {
  test('http is for loopback alone', async () => {
    const fetch = () => Promise.reject(new Error('a request that was not expected'));
    const issuer = 'http://id.example.com';
    const report = await verified(jws(accessClaims(issuer)), { issuer, fetch });
    expect(report).toMatchObject({ verdict: 'unknown', exit_code: 2, error: { code: 'ERR_ENDPOINT_REFUSED' } });
    expect(report.error?.hint).toContain('--insecure-http');
  });

  test('goes further with insecureHttp, which is listed', async () => {
    const server = await issuerServer({ metadata: { issuer: 'http://id.example.com' } });
    const fetch: typeof globalThis.fetch = (url, init) =>
      globalThis.fetch(String(url).replace('http://id.example.com', server.origin), init);
    const report = await verified(jws(accessClaims('http://id.example.com')), {
      issuer: 'http://id.example.com',
      insecureHttp: true,
      fetch: fetch as never,
    });
    expect(report).toMatchObject({ verdict: 'active', weakened: ['insecure_http'] });
  });
});

// ---------------------------------------------------------------- 6: the algorithm

describe('the algorithm comes from the key and the list', () => {
  test('HMAC with the public key as secret is refused', async () => {
    const server = await issuerServer({ keys: [key('RS256')] });
    for (const secret of [key('RS256').pem, key('RS256').pem.trim(), JSON.stringify(key('RS256').jwk)]) {
      const forged = hmacJws(accessClaims(server.issuer), secret, { kid: 'RS256-1' });
      const report = await verified(forged, { issuer: server.issuer });
      expect(report).toMatchObject({ verdict: 'inactive', exit_code: 1 });
      expect(theCheck(report, 'algorithm', 'failed').finding).toBe('header.alg.symmetric');
      expect(report.causes.map(({ code }) => code)).toEqual(['symmetric_algorithm', 'algorithm_confusion']);
    }
  });

  test('none never verifies, also when it is in the list', async () => {
    const none = `${base64url('{"alg":"none"}')}.${base64url(JSON.stringify(accessClaims('https://a.example')))}.`;
    const report = await verified(none, { jwks: jwks(key()), algorithms: ['none', 'ES256'] });
    expect(report).toMatchObject({ verdict: 'inactive', weakened: ['algorithm_allowed'] });
    expect(theCheck(report, 'algorithm', 'failed').finding).toBe('header.alg.none');
  });

  test('none and HS256 are definite where nobody named an issuer', async () => {
    const none = `${base64url('{"alg":"none"}')}.${base64url(JSON.stringify(accessClaims('https://a.example')))}.`;
    expect(await verified(none)).toMatchObject({ verdict: 'inactive', exit_code: 1 });
    expect(await verified(hmacJws({ exp: NOW + 1 }, 'x'))).toMatchObject({ verdict: 'inactive', exit_code: 1 });
  });
});

// ---------------------------------------------------------------- what is weakened

test.each<[string, VerifyOptions, string[]]>([
  ['nothing', {}, []],
  ['clocks that may differ', { expectations: { clockTolerance: 1 } }, ['clock_tolerance']],
  ['another time', { nowIsChosen: true }, ['at_time']],
  ['any certificate', { insecureTls: true }, ['insecure_tls']],
  ['clear text', { insecureHttp: true }, ['insecure_http']],
  ['an algorithm beyond the usual ones', { algorithms: ['ES256', 'HS256'] }, ['algorithm_allowed']],
  ['a list of usual ones', { algorithms: ['ES256'] }, []],
])('weakened: %s', async (_name, options, weakened) => {
  const report = await verified(jws(accessClaims('https://a.example')), { jwks: jwks(key()), ...options });
  expect(report).toMatchObject({ verdict: 'active', weakened });
});

test('weakened: Basic without form-encoding, and a shared secret', async () => {
  const server = await issuerServer(ACTIVE);
  const client = { ...CLIENT, basicEncoding: 'raw' as const };
  const report = await introspect('b3BhcXVlLXRva2Vu-1', { issuer: server.issuer, client });
  expect(report).toMatchObject({ verdict: 'active', weakened: ['basic_encoding_raw'] });
  const secret = 'a secret of some forty characters or more';
  const byHand = await verified(hmacJws(accessClaims('https://a.example'), secret), { secret });
  expect(byHand).toMatchObject({ verdict: 'active', weakened: ['algorithm_allowed'] });
});

test('an issuer that is down is an error of the network, and no verdict', async () => {
  const issuer = `http://127.0.0.1:${await closedPort()}`;
  const report = await verified(jws(accessClaims(issuer)), { issuer });
  expect(report).toMatchObject({ verdict: 'unknown', exit_code: 3, error: { code: 'ERR_NETWORK' } });
});
