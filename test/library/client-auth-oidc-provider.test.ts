// Every method of client authentication against a server that is not ours: accepted where it must be, and each wrong
// credential refused with the documented code and cause. The token of each test is got by the method it is introspected with.

import { createHash, generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../src/cli/run.ts';
import { clientCredentialsToken } from '../../src/client-credentials.ts';
import { type ClientCredentials, type IntrospectOptions, introspect, type Report } from '../../src/index.ts';
import type { FetchLike } from '../../src/protocol/http/network.ts';
import { nodeTransport } from '../../src/protocol/http/node-transport.ts';
import { chooseTransport } from '../../src/protocol/http/transport.ts';
import { fakeHost } from '../cli/fake-host.ts';
import { authority, certificate } from '../servers/certificates.ts';
import { type AuthorizationServer, authorizationServer, serverForTest } from './authorization-server.ts';

const SECRET = 'a-secret-of-32-bytes-or-a-bit-more';
const SPECIAL = 'p+ss w%rd:&=~ of-32-bytes-or-more';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const p521 = generateKeyPairSync('ec', { namedCurve: 'P-521' });
const ed = generateKeyPairSync('ed25519');
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });

type PemType = 'pkcs8' | 'pkcs1' | 'sec1';
const pem = (key: KeyObject, type: PemType = 'pkcs8') => String(key.export({ type, format: 'pem' }));
const jwk = (key: KeyObject, more: object = {}) => ({ ...key.export({ format: 'jwk' }), ...more });

/** The keys that the server signs with. */
const signing = generateKeyPairSync('rsa', { modulusLength: 2048 });
const signingEc = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const signingEd = generateKeyPairSync('ed25519');
const SERVER_KEYS = [
  jwk(signing.privateKey, { kid: 'rsa', use: 'sig' }),
  jwk(signingEc.privateKey, { kid: 'ec', use: 'sig' }),
  jwk(signingEd.privateKey, { kid: 'ed', use: 'sig' }),
];

const byKey = (client_id: string, ...keys: object[]) => ({
  client_id,
  token_endpoint_auth_method: 'private_key_jwt',
  jwks: { keys },
});
const bySecret = (client_id: string, token_endpoint_auth_method: string, more: object = {}) => ({
  client_id,
  client_secret: SECRET,
  token_endpoint_auth_method,
  ...more,
});

const CLIENTS = [
  bySecret('basic', 'client_secret_basic'),
  bySecret('urn:app:1 a&b', 'client_secret_basic', { client_secret: SPECIAL }),
  bySecret('post', 'client_secret_post', { client_secret: SPECIAL }),
  bySecret('narrow', 'client_secret_basic', { scope: 'api:read' }),
  bySecret('secret-jwt', 'client_secret_jwt'),
  byKey('rsa', jwk(rsa.publicKey)),
  byKey('ec', jwk(p256.publicKey)),
  byKey('p384', jwk(p384.publicKey)),
  byKey('p521', jwk(p521.publicKey)),
  byKey('ed', jwk(ed.publicKey)),
  byKey('named', jwk(rsa.publicKey, { kid: 'old' }), jwk(p256.publicKey, { kid: 'new' })),
  { client_id: 'public', token_endpoint_auth_method: 'none' },
  bySecret('signed-rsa', 'client_secret_basic', { introspection_signed_response_alg: 'RS256' }),
  bySecret('signed-pss', 'client_secret_basic', { introspection_signed_response_alg: 'PS256' }),
  bySecret('signed-ec', 'client_secret_basic', { introspection_signed_response_alg: 'ES256' }),
  bySecret('signed-ed', 'client_secret_basic', { introspection_signed_response_alg: 'EdDSA' }),
  bySecret('signed-hmac', 'client_secret_basic', { introspection_signed_response_alg: 'HS256' }),
  encrypted('sealed-oaep', 'RSA-OAEP', jwk(rsa.publicKey, { use: 'enc', kid: 'mine' })),
  encrypted('sealed-oaep-256', 'RSA-OAEP-256', jwk(rsa.publicKey, { use: 'enc', kid: 'mine' })),
  encrypted('sealed-oaep-512', 'RSA-OAEP-512', jwk(rsa.publicKey, { use: 'enc', kid: 'mine' })),
  encrypted('sealed-ecdh', 'ECDH-ES', jwk(p256.publicKey, { use: 'enc', kid: 'mine' })),
  encrypted('sealed-ecdh-kw', 'ECDH-ES+A128KW', jwk(p521.publicKey, { use: 'enc', kid: 'mine' })),
  bySecret('sealed-secret', 'client_secret_basic', {
    introspection_signed_response_alg: 'RS256',
    introspection_encrypted_response_alg: 'dir',
    introspection_encrypted_response_enc: 'A256GCM',
  }),
];

function encrypted(client_id: string, alg: string, key: object) {
  return bySecret(client_id, 'client_secret_basic', {
    introspection_signed_response_alg: 'RS256',
    introspection_encrypted_response_alg: alg,
    introspection_encrypted_response_enc: 'A256GCM',
    jwks: { keys: [key] },
  });
}

let server: AuthorizationServer;
beforeAll(async () => {
  server = await authorizationServer({ clients: CLIENTS, keys: SERVER_KEYS });
});
afterAll(() => server.close());

/** What was posted, in order. */
const posted: { url: string; form: URLSearchParams; headers: Record<string, string> }[] = [];
const network = nodeTransport();
const fetch: FetchLike = (url, init) => {
  if (init.method === 'POST') posted.push({ url, form: new URLSearchParams(init.body), headers: init.headers });
  return network(url, init);
};

const tokenOf = async (client: ClientCredentials, more: object = {}): Promise<string> =>
  (await clientCredentialsToken({ issuer: server.issuer, client, scope: 'api:read', fetch, ...more })).accessToken;

const ask = (token: string, client: ClientCredentials, more: IntrospectOptions = {}): Promise<Report> =>
  introspect(token, { issuer: server.issuer, client, fetch, ...more });

/** An access token of a client that is always let in. */
const someToken = () => tokenOf({ id: 'basic', secret: SECRET });

/** The assertion of the last request. */
const lastAssertion = () => posted.at(-1)?.form.get('client_assertion') ?? '';

describe('accepted', () => {
  const accepted: [name: string, client: ClientCredentials, method: string, alg?: string][] = [
    ['client_secret_basic', { id: 'basic', secret: SECRET }, 'client_secret_basic'],
    ['special characters by Basic', { id: 'urn:app:1 a&b', secret: SPECIAL }, 'client_secret_basic'],
    [
      'special characters in the body',
      { id: 'post', secret: SPECIAL, method: 'client_secret_post' },
      'client_secret_post',
    ],
    [
      'client_secret_jwt',
      { id: 'secret-jwt', secret: SECRET, method: 'client_secret_jwt' },
      'client_secret_jwt',
      'HS256',
    ],
    [
      'client_secret_jwt, HS512',
      { id: 'secret-jwt', secret: SECRET + SECRET, method: 'client_secret_jwt', keyAlgorithm: 'HS512' },
      'client_secret_jwt',
      'HS512',
    ],
    ['RSA, PKCS#8', { id: 'rsa', key: pem(rsa.privateKey) }, 'private_key_jwt', 'RS256'],
    ['RSA, PKCS#1', { id: 'rsa', key: pem(rsa.privateKey, 'pkcs1') }, 'private_key_jwt', 'RS256'],
    ['RSA, PS512', { id: 'rsa', key: pem(rsa.privateKey), keyAlgorithm: 'PS512' }, 'private_key_jwt', 'PS512'],
    ['P-256, PKCS#8', { id: 'ec', key: pem(p256.privateKey) }, 'private_key_jwt', 'ES256'],
    ['P-256, SEC1', { id: 'ec', key: pem(p256.privateKey, 'sec1') }, 'private_key_jwt', 'ES256'],
    ['P-384', { id: 'p384', key: pem(p384.privateKey) }, 'private_key_jwt', 'ES384'],
    ['P-521', { id: 'p521', key: pem(p521.privateKey) }, 'private_key_jwt', 'ES512'],
    ['Ed25519', { id: 'ed', key: pem(ed.privateKey) }, 'private_key_jwt', 'EdDSA'],
    [
      'Ed25519 by its own name',
      { id: 'ed', key: pem(ed.privateKey), keyAlgorithm: 'Ed25519' },
      'private_key_jwt',
      'Ed25519',
    ],
    [
      'a JWK with kid',
      { id: 'named', key: JSON.stringify(jwk(p256.privateKey, { kid: 'new' })) },
      'private_key_jwt',
      'ES256',
    ],
    [
      'a JWK Set with a key for encryption in front',
      {
        id: 'named',
        key: JSON.stringify({
          keys: [jwk(stranger.privateKey, { use: 'enc', kid: 'e' }), jwk(p256.privateKey, { use: 'sig', kid: 'new' })],
        }),
      },
      'private_key_jwt',
      'ES256',
    ],
    ['none', { id: 'public', method: 'none' }, 'none'],
  ];
  it.each(accepted.filter(([name]) => name !== 'client_secret_jwt, HS512'))(
    '%s, at the token and the introspection endpoint',
    async (_, client, method, alg) => {
      const report = await ask(await tokenOf(client), client);
      expect(report.error).toBeUndefined();
      expect(report).toMatchObject({
        verdict: 'active',
        exit_code: 0,
        introspection: { client_auth: method, status: 200 },
      });
      expect(report.claims).toMatchObject({ client_id: client.id, scope: 'api:read' });
      if (alg !== undefined) expect(decodeProtectedHeader(lastAssertion()).alg).toBe(alg);
    },
  );

  it('sends an assertion once, with one audience and a short life', async () => {
    const client = { id: 'named', key: JSON.stringify(jwk(p256.privateKey, { kid: 'new' })) };
    const before = posted.length;
    const token = await tokenOf(client);
    for (const _ of [1, 2, 3]) expect((await ask(token, client)).verdict).toBe('active');
    const assertions = posted.slice(before).map(({ form }) => form.get('client_assertion') ?? '');
    expect(assertions).toHaveLength(4);
    expect(new Set(assertions.map((jwt) => decodeJwt(jwt).jti)).size).toBe(4);
    for (const jwt of assertions) {
      const { iat = 0, exp = 0, aud } = decodeJwt(jwt);
      expect(decodeProtectedHeader(jwt)).toEqual({ alg: 'ES256', kid: 'new', typ: 'JWT' });
      expect([aud, exp - iat]).toEqual([server.issuer, 60]);
    }
  });

  it.each(['issuer', 'token', 'introspection'])('the audience `%s`', async (assertionAudience) => {
    const client = { id: 'ec', key: pem(p256.privateKey), assertionAudience };
    expect((await ask(await someToken(), client)).verdict).toBe('active');
    const expected = { issuer: '', token: '/token', introspection: '/token/introspection' }[assertionAudience];
    expect(decodeJwt(lastAssertion()).aud).toBe(`${server.issuer}${expected}`);
  });

  it('an endpoint named by hand, with the issuer or the token endpoint as audience', async () => {
    const key = { id: 'ec', key: pem(p256.privateKey) };
    const { introspectionEndpoint } = server;
    const token = await someToken();
    expect((await ask(token, key, { introspectionEndpoint })).verdict).toBe('active');
    expect(decodeJwt(lastAssertion()).aud).toBe(server.issuer);
    const audience = { ...key, assertionAudience: 'token' };
    expect((await ask(token, audience, { introspectionEndpoint })).verdict).toBe('active');
    expect(decodeJwt(lastAssertion()).aud).toBe(`${server.issuer}/token`);
    const alone = await introspect(token, { introspectionEndpoint, client: key, fetch });
    expect(alone.verdict).toBe('active');
    expect(decodeJwt(lastAssertion()).aud).toBe(introspectionEndpoint);
  });

  it('one method at a time: no secret beside an assertion, none beside a header', async () => {
    const both = { id: 'basic', secret: SECRET, key: pem(p256.privateKey) };
    expect((await ask(await someToken(), both)).verdict).toBe('active');
    const last = posted.at(-1);
    expect([...(last?.form.keys() ?? [])]).toEqual(['token']);
    expect(last?.headers['authorization']).toMatch(/^Basic /);
  });
});

describe('refused', () => {
  const wrong = 'another-secret-of-32-bytes-or-more';
  const refused: [name: string, client: ClientCredentials, causes: string[], hint: RegExp][] = [
    ['a wrong secret by Basic', { id: 'basic', secret: wrong }, ['client_credentials_wrong'], /--client-secret/],
    ['a client that is not known', { id: 'nobody', secret: SECRET }, ['client_credentials_wrong'], /--client-id/],
    [
      'a wrong secret in the body',
      { id: 'post', secret: wrong, method: 'client_secret_post' },
      ['client_credentials_wrong'],
      /--client-secret/,
    ],
    [
      'a wrong secret that signs',
      { id: 'secret-jwt', secret: wrong, method: 'client_secret_jwt' },
      ['client_credentials_wrong'],
      /--client-secret/,
    ],
    [
      'a key that is not registered',
      { id: 'ec', key: pem(stranger.privateKey) },
      ['client_credentials_wrong'],
      /public half of --client-key/,
    ],
    [
      'a kid that is not registered',
      { id: 'named', key: JSON.stringify(jwk(p256.privateKey, { kid: 'gone' })) },
      ['client_credentials_wrong'],
      /public half of --client-key/,
    ],
    [
      'another audience',
      { id: 'ec', key: pem(p256.privateKey), assertionAudience: 'https://else.example.com' },
      ['assertion_audience'],
      /--client-assertion-audience/,
    ],
    ['a secret where a key is registered', { id: 'ec', secret: SECRET }, ['client_auth_method'], /--client-auth/],
    [
      'no credentials where some are registered',
      { id: 'basic', method: 'none' },
      ['client_auth_method'],
      /who asks: --client-id/,
    ],
    [
      'the certificate of nobody',
      { id: 'basic', method: 'tls_client_auth' },
      ['client_auth_method'],
      /--tls-cert FILE --tls-key FILE/,
    ],
  ];
  it.each(refused)('%s', async (_, client, causes, hint) => {
    const token = await someToken();
    const report = await ask(token, client);
    expect(report).toMatchObject({ verdict: 'unknown', active: null, exit_code: 3 });
    expect(report.error).toMatchObject({ code: 'ERR_CLIENT_AUTHENTICATION', hint: expect.stringMatching(hint) });
    const codes = report.causes.map(({ code }) => code);
    for (const code of causes) expect(codes).toContain(code);
    const shown = JSON.stringify(report);
    for (const secret of [token, client.secret, lastAssertion() || undefined])
      if (secret !== undefined) expect(shown).not.toContain(secret);
  });

  it('the same at the token endpoint', async () => {
    const asked = tokenOf({ id: 'ec', key: pem(stranger.privateKey) });
    await expect(asked).rejects.toMatchObject({
      code: 'ERR_CLIENT_AUTHENTICATION',
      hint: expect.stringMatching(/public half of --client-key/),
    });
  });

  it('is not tried another way', async () => {
    const token = await someToken();
    const before = posted.length;
    await ask(token, { id: 'post', secret: wrong, key: pem(p256.privateKey) });
    expect(posted.length - before).toBe(1);
  });

  it('special characters that were not encoded', async () => {
    const client = { id: 'urn:app:1 a&b', secret: SPECIAL, basicEncoding: 'raw' } as const;
    const report = await ask(await someToken(), client);
    expect(report).toMatchObject({ verdict: 'unknown', exit_code: 3, weakened: ['basic_encoding_raw'] });
    // This server calls it invalid_request and 400, as it would a damaged header.
    expect(report.error).toMatchObject({ code: 'ERR_OAUTH', details: { oauth_error: 'invalid_request' } });
    expect(JSON.stringify(report)).not.toContain(SPECIAL);
  });

  it('a scope and a resource that are not to be had', async () => {
    const client = { id: 'basic', secret: SECRET };
    await expect(tokenOf(client, { resource: 'no URL' })).rejects.toMatchObject({ code: 'ERR_OAUTH' });
    const more = tokenOf({ id: 'narrow', secret: SECRET }, { scope: 'api:write' });
    await expect(more).rejects.toMatchObject({ code: 'ERR_OAUTH', details: { oauthError: 'invalid_scope' } });
  });
});

describe('access tokens that are JWTs (RFC 8707, RFC 9068)', () => {
  const client = { id: 'basic', secret: SECRET };
  const jwt = () => tokenOf(client, { resource: server.resource });

  it('are verified here', async () => {
    const report = await ask(await jwt(), client, {
      expectations: { audience: [server.resource], kind: 'access_token' },
    });
    expect(report).toMatchObject({
      verdict: 'active',
      token: { kind: 'access_token' },
      verification: { key: { alg: 'ES256' } },
    });
    expect(report.introspection).toBeUndefined();
  });

  it('are refused by this server when it is asked', async () => {
    const report = await ask(await jwt(), client, { mode: 'remote' });
    expect(report).toMatchObject({ verdict: 'unknown', error: { code: 'ERR_TOKEN_UNSUPPORTED' } });
    expect(report.error?.hint).toMatch(/--mode auto/);
  });

  it('stand on the local verdict with mode both', async () => {
    const report = await ask(await jwt(), client, { mode: 'both' });
    expect(report.verdict).toBe('active');
    expect(report.checks).toContainEqual(expect.objectContaining({ name: 'introspection', outcome: 'skipped' }));
  });
});

describe('callers with an access token', () => {
  it('by --bearer', async () => {
    const [token, bearer] = [await someToken(), await someToken()];
    const report = await introspect(token, { issuer: server.issuer, bearer, fetch });
    expect(report.error).toBeUndefined();
    expect(report).toMatchObject({ verdict: 'active', introspection: { client_auth: 'bearer' } });
    expect([...(posted.at(-1)?.form.keys() ?? [])]).toEqual(['token']);
  });

  it('by a grant, which is asked for by any method', async () => {
    const client = { id: 'post', secret: SPECIAL, method: 'client_secret_post' } as const;
    const report = await ask(await someToken(), client, { bearerGrant: { scope: 'api:read' } });
    expect(report).toMatchObject({ verdict: 'active', introspection: { client_auth: 'bearer (client_credentials)' } });
  });

  it.each<[string, (bearer: string) => object]>([
    [
      'in an error',
      (bearer) => ({ status: 400, body: { error: 'invalid_request', error_description: `bad ${bearer}` } }),
    ],
    [
      'in a challenge',
      (bearer) => ({ status: 401, challenge: `Bearer error="invalid_token", t="${bearer}"`, body: {} }),
    ],
    ['in an answer', (bearer) => ({ status: 200, body: { active: true, asked_by: bearer } })],
  ])('a granted token that the server echoes %s is not shown', async (_, echo) => {
    let bearer = '';
    const echoing: FetchLike = async (url, init) => {
      const authorization = init.headers['authorization'] ?? '';
      if (url !== server.introspectionEndpoint) return fetch(url, init);
      bearer = authorization.replace('Bearer ', '');
      const { status, challenge, body } = echo(bearer) as { status: number; challenge?: string; body: object };
      const headers = new Headers({ 'content-type': 'application/json', 'www-authenticate': challenge ?? 'Bearer' });
      const once = (async function* () {
        yield Buffer.from(JSON.stringify(body));
      })();
      return { status, headers, body: once };
    };
    const client = { id: 'basic', secret: SECRET };
    const report = await ask(await someToken(), client, { bearerGrant: {}, fetch: echoing });
    expect(bearer).toMatch(/^\S{20,}$/);
    expect(JSON.stringify(report)).not.toContain(bearer);
    expect(JSON.stringify(report)).toContain('[redacted]');
  });

  it('are refused when theirs is none', async () => {
    const bearer = 'an-access-token-of-nobody';
    const report = await introspect(await someToken(), { issuer: server.issuer, bearer, fetch });
    expect(report).toMatchObject({
      verdict: 'unknown',
      error: {
        code: 'ERR_CLIENT_AUTHENTICATION',
        hint: 'the access token that asks was refused: get one that may introspect for --bearer',
        details: { www_authenticate: 'Bearer error="invalid_token"' },
      },
    });
    expect(JSON.stringify(report)).not.toContain(bearer);
  });
});

describe('signed answers (RFC 9701)', () => {
  const signed = { accept: 'jwt' } as const;

  it.each([
    ['signed-rsa', 'RS256'],
    ['signed-pss', 'PS256'],
    ['signed-ec', 'ES256'],
    ['signed-ed', 'EdDSA'],
  ])('%s is verified', async (id) => {
    const client = { id, secret: SECRET };
    const report = await ask(await tokenOf(client), client, signed);
    expect(report.error).toBeUndefined();
    expect(report).toMatchObject({
      verdict: 'active',
      introspection: { media_type: 'application/token-introspection+jwt', response: { active: true, client_id: id } },
    });
    expect(report.claims).toMatchObject({ scope: 'api:read' });
  });

  it('may say no', async () => {
    const report = await ask('an-opaque-token-of-nobody', { id: 'signed-ec', secret: SECRET }, signed);
    expect(report).toMatchObject({ verdict: 'inactive', exit_code: 1, introspection: { response: { active: false } } });
  });

  it('by a secret is not believed: the issuer’s keys sign', async () => {
    const client = { id: 'signed-hmac', secret: SECRET };
    const report = await ask(await someToken(), client, signed);
    expect(report).toMatchObject({ verdict: 'unknown', error: { code: 'ERR_RESPONSE_INVALID' } });
    expect(report.error?.message).toMatch(/a signature by a key of the issuer, got HS256/);
  });

  it('needs an issuer whose keys verify it', async () => {
    const { introspectionEndpoint } = server;
    const client = { id: 'signed-ec', secret: SECRET };
    const report = await introspect(await someToken(), { introspectionEndpoint, client, ...signed });
    expect(report.error?.message).toMatch(/with iss `that you named`/);
  });
});

describe('encrypted answers', () => {
  const signed = { accept: 'jwt' } as const;
  const set = (...keys: object[]) => JSON.stringify({ keys });
  const opened: [id: string, key: string][] = [
    ['sealed-oaep', pem(rsa.privateKey)],
    ['sealed-oaep-256', pem(rsa.privateKey, 'pkcs1')],
    ['sealed-oaep-512', JSON.stringify(jwk(rsa.privateKey, { kid: 'mine', use: 'enc' }))],
    ['sealed-ecdh', pem(p256.privateKey, 'sec1')],
    ['sealed-ecdh-kw', set(jwk(stranger.privateKey, { kid: 'other' }), jwk(p521.privateKey, { kid: 'mine' }))],
    ['sealed-ecdh', set(jwk(stranger.privateKey), jwk(p256.privateKey))],
  ];
  it.each(opened)('%s is opened with --client-key and verified', async (id, key) => {
    const client = { id, secret: SECRET, key };
    const report = await ask(await someToken(), client, signed);
    expect(report.error).toBeUndefined();
    expect(report).toMatchObject({ verdict: 'active', introspection: { client_auth: 'client_secret_basic' } });
    expect(report.claims).toMatchObject({ client_id: 'basic', scope: 'api:read' });
  });

  const closed: [name: string, id: string, key: string | undefined, code: string, message: RegExp][] = [
    [
      'no key',
      'sealed-oaep',
      undefined,
      'ERR_CLIENT_CREDENTIALS_MISSING',
      /to open the encrypted answer with, got none/,
    ],
    [
      'the key of another',
      'sealed-ecdh',
      pem(stranger.privateKey),
      'ERR_RESPONSE_INVALID',
      /that the client key opens/,
    ],
    ['a key of another kind', 'sealed-oaep', pem(p256.privateKey), 'ERR_CONFIG_INVALID', /none that opens `RSA-OAEP`/],
    [
      'a key for signatures',
      'sealed-ecdh',
      JSON.stringify(jwk(p256.privateKey, { use: 'sig' })),
      'ERR_CONFIG_INVALID',
      /none that opens `ECDH-ES`/,
    ],
    ['a certificate', 'sealed-oaep', '-----BEGIN CERTIFICATE-----', 'ERR_CONFIG_INVALID', /got a certificate/],
    [
      'a secret for a key',
      'sealed-secret',
      pem(rsa.privateKey),
      'ERR_RESPONSE_INVALID',
      /one encrypted by `dir`, which is not allowed/,
    ],
  ];
  it.each(closed)('%s opens nothing', async (_, id, key, code, message) => {
    const client = { id, secret: SECRET, ...(key === undefined ? {} : { key }) };
    const report = await ask(await someToken(), client, signed);
    expect(report).toMatchObject({ verdict: 'unknown', active: null, error: { code } });
    expect(report.error?.message).toMatch(message);
  });

  it('must be asked for', async () => {
    const report = await ask(await someToken(), { id: 'sealed-oaep', secret: SECRET, key: pem(rsa.privateKey) });
    expect(report.error).toMatchObject({ code: 'ERR_OAUTH', details: { oauth_error: 'invalid_request' } });
  });
});

// ---------------------------------------------------------------- certificates

describe('client certificates (RFC 8705)', () => {
  let setup: Awaited<ReturnType<typeof certificates>>;
  beforeAll(async () => {
    setup = await certificates();
  });

  async function certificates() {
    const [ca, otherCa] = [await authority('test CA'), await authority('other CA')];
    const past = { notBefore: new Date(Date.now() - 3e8), notAfter: new Date(Date.now() - 1e8) };
    const own = await certificate('own', {});
    return {
      ca,
      server: await certificate('server', { ca, addresses: ['127.0.0.1'] }),
      client: await certificate('client', { ca }),
      other: await certificate('somebody else', { ca }),
      expired: await certificate('client', { ca, ...past }),
      stranger: await certificate('client', { ca: otherCa }),
      own,
      clients: [
        { client_id: 'pki', token_endpoint_auth_method: 'tls_client_auth', tls_client_auth_subject_dn: 'CN=client' },
        {
          client_id: 'self-signed',
          token_endpoint_auth_method: 'self_signed_tls_client_auth',
          jwks: { keys: [jwkOf(own.cert)] },
        },
      ],
    };
  }

  const jwkOf = (cert: string) => {
    const { publicKey, raw } = new X509Certificate(cert);
    const x5t = createHash('sha256').update(raw).digest('base64url');
    return { ...publicKey.export({ format: 'jwk' }), x5c: [raw.toString('base64')], 'x5t#S256': x5t };
  };

  type Name = 'client' | 'other' | 'expired' | 'stranger' | 'own';
  const startTls = (strictTls = false) =>
    serverForTest({
      clients: setup.clients,
      keys: SERVER_KEYS,
      tls: { ...setup.server, ca: setup.ca.cert },
      strictTls,
    });
  const transport = (name?: Name): FetchLike =>
    chooseTransport({ tls: { ca: setup.ca.cert, ...(name === undefined ? {} : setup[name]) }, proxy: {} });

  it.each([
    ['pki', 'tls_client_auth', 'client'],
    ['self-signed', 'self_signed_tls_client_auth', 'own'],
  ] as const)('%s is accepted by %s', async (id, method, name) => {
    const { issuer } = await startTls();
    const options = { issuer, client: { id, method }, fetch: transport(name) };
    const { accessToken } = await clientCredentialsToken(options);
    const report = await introspect(accessToken, options);
    expect(report.error).toBeUndefined();
    expect(report).toMatchObject({
      verdict: 'active',
      introspection: { client_auth: method, response: { client_id: id } },
    });
  });

  it.each<[string, string, ClientCredentials['method'], Name | undefined]>([
    ['no certificate', 'pki', 'tls_client_auth', undefined],
    ['one for another subject', 'pki', 'tls_client_auth', 'other'],
    ['an expired one', 'pki', 'tls_client_auth', 'expired'],
    ['one of another CA', 'pki', 'tls_client_auth', 'stranger'],
    ['one that is not registered', 'self-signed', 'self_signed_tls_client_auth', 'client'],
  ])('%s is refused', async (_, id, method = 'none', name) => {
    const { issuer } = await startTls();
    const report = await introspect('opaque-token-0001', { issuer, client: { id, method }, fetch: transport(name) });
    expect(report).toMatchObject({ verdict: 'unknown', error: { code: 'ERR_CLIENT_AUTHENTICATION' } });
    expect(report.error?.hint).toMatch(/--tls-cert FILE --tls-key FILE$/);
  });

  it.each([['expired'], ['stranger']] as const)('%s: a server that ends the handshake is no answer', async (name) => {
    const { issuer } = await startTls(true);
    const client = { id: 'pki', method: 'tls_client_auth' } as const;
    const report = await introspect('opaque-token-0001', { issuer, client, fetch: transport(name) });
    expect(report).toMatchObject({ verdict: 'unknown', exit_code: 3 });
    // Node ends the connection without an alert, others send one.
    expect(report.error?.code).toMatch(/^ERR_(?:NETWORK|TLS)$/);
    expect(report.error?.hint).toMatch(/client certificate .*`--tls-cert FILE --tls-key FILE`$/);
  });

  it('goes through the command line', async () => {
    const { issuer } = await startTls();
    const files = { '/ca.pem': setup.ca.cert, '/c.pem': setup.client.cert, '/c.key': setup.client.key };
    const flags = ['--issuer', issuer, '--tls-ca', '/ca.pem', '--client-id', 'pki', '--client-auth', 'tls_client_auth'];
    const shown = ['--tls-cert', '/c.pem', '--tls-key', '/c.key'];
    const got = await command(['token', ...flags, ...shown], { files });
    expect([got.exit, got.stderr]).toEqual([0, '']);
    const asked = await command(['introspect', '-', ...flags, ...shown, '-o', 'json'], { files, stdin: got.stdout });
    expect([asked.exit, JSON.parse(asked.stdout).introspection.client_auth]).toEqual([0, 'tls_client_auth']);
    const mixed = ['--tls-cert', '/c.pem', '--tls-key', '/s.key'];
    const both = { files: { ...files, '/s.key': setup.server.key }, stdin: got.stdout };
    const refused = await command(['introspect', '-', ...flags, ...mixed], both);
    expect([refused.exit, refused.stderr]).toEqual([
      2,
      expect.stringMatching(/got a key that belongs to another certificate/),
    ]);
  });
});

/** One run of the program, with the real network. */
async function command(
  argv: string[],
  given: { files?: Record<string, string>; stdin?: string; env?: Record<string, string> },
) {
  const fake = fakeHost({ now: Date.now, ...given });
  const { fetch: _, ...host } = fake.host;
  const exit = await run(argv, host);
  return { exit, stdout: fake.stdout(), stderr: fake.stderr() };
}

describe('the command line', () => {
  it.each<[string, string[], Record<string, string>]>([
    ['client_secret_basic', ['--client-id', 'basic', '--client-secret', 'env:S'], {}],
    [
      'client_secret_jwt',
      ['--client-id', 'secret-jwt', '--client-secret', 'env:S', '--client-auth', 'client_secret_jwt'],
      {},
    ],
    ['private_key_jwt', ['--client-id', 'ec', '--client-key', '/k.pem'], { '/k.pem': pem(p256.privateKey) }],
    ['none', ['--client-id', 'public', '--client-auth', 'none'], {}],
  ])('gets a token and introspects it by %s', async (method, flags, files) => {
    const env = { S: SECRET };
    const got = await command(['token', '--issuer', server.issuer, ...flags], { files, env });
    expect([got.exit, got.stderr]).toEqual([0, '']);
    const words = ['introspect', '-', '--issuer', server.issuer, ...flags, '-o', 'json'];
    const asked = await command(words, { files, env, stdin: got.stdout });
    const report = JSON.parse(asked.stdout);
    expect([asked.exit, report.verdict, report.introspection.client_auth]).toEqual([0, 'active', method]);
  });

  it('opens an encrypted answer', async () => {
    const files = { '/k.pem': pem(rsa.privateKey) };
    const flags = ['--issuer', server.issuer, '--client-id', 'sealed-oaep', '--client-secret', 'env:S'];
    const words = ['introspect', '-', ...flags, '--client-key', '/k.pem', '--accept', 'jwt'];
    const { exit, stdout } = await command(words, { files, env: { S: SECRET }, stdin: await someToken() });
    expect([exit, stdout.split('\n')[0]]).toEqual([0, expect.stringMatching(/active/)]);
  });

  it('tells of a key file that is none, and posts nothing', async () => {
    const files = { '/k.pem': setupPublic() };
    const before = server.requests;
    const flags = ['--issuer', server.issuer, '--client-id', 'ec', '--client-key', '/k.pem'];
    const { exit, stdout, stderr } = await command(['token', ...flags], { files });
    expect([exit, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^error: expected a private key of the client, got a public key \(ERR_CONFIG_INVALID\)\n/);
    expect(stderr).toMatch(/^hint: give its private half/m);
    expect(server.requests - before).toBe(1);
  });

  const setupPublic = () => String(p256.publicKey.export({ type: 'spki', format: 'pem' }));
});
