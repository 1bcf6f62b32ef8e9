// tokctl against a real Keycloak: what the facts about it say, seen on the wire. Run by `npm run test:servers`.

import { beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../../src/cli/run.ts';
import { clientCredentialsToken } from '../../../src/client-credentials.ts';
import { type ClientCredentials, type IntrospectOptions, introspect, verify } from '../../../src/index.ts';
import { fakeHost } from '../../cli/fake-host.ts';
import { BASE, CLIENT_KEY, INTROSPECTION, ISSUER, importRealm, signIn, signOut } from './realm.ts';

const API = { id: 'api', secret: 'api-secret-0001' };
const WEB = { id: 'web', secret: 'web-secret-0001' };
const SPECIAL = { id: 'special', secret: 'p+ss w0rd:&=~/?#ä' };

beforeAll(importRealm);

/** A server in Java on a busy machine takes its time, in seconds. */
const PATIENT = { issuer: ISSUER, timeout: 60 };

const tokenOf = async (client: ClientCredentials): Promise<string> =>
  (await clientCredentialsToken({ ...PATIENT, client })).accessToken;
const userToken = async (name = 'access_token', scope?: string): Promise<string> => (await signIn(scope))[name] ?? '';

const ask = (token: string, client: ClientCredentials, more: IntrospectOptions = {}) =>
  introspect(token, { ...PATIENT, client, mode: 'remote', ...more });

const codesOf = ({ causes }: { causes: readonly { code: string }[] }) => causes.map(({ code }) => code);

describe('access tokens', () => {
  it('verify here, by the key for signatures beside one for encryption', async () => {
    const report = await verify(await userToken(), {
      ...PATIENT,
      expectations: { audience: ['api'], kind: 'access_token' },
    });
    expect(report).toMatchObject({
      verdict: 'active',
      token: { kind: 'access_token' },
      verification: { key: { alg: 'RS256' } },
    });
    const unused = report.verification?.keys.filter(({ used }) => !used) ?? [];
    expect(unused.map(({ alg }) => alg)).toContain('RSA-OAEP');
  });

  it.each(['ES256', 'PS256', 'EdDSA'])('verify with %s', async (alg) => {
    const token = await tokenOf({ ...WEB, id: `web-${alg.toLowerCase()}` });
    const report = await verify(token, PATIENT);
    expect(report).toMatchObject({ verdict: 'active', verification: { key: { alg } } });
  });

  it('are active, here and there', async () => {
    const report = await ask(await userToken(), API, { mode: 'both' });
    expect(report.error).toBeUndefined();
    expect(report).toMatchObject({
      verdict: 'active',
      introspection: {
        client_auth: 'client_secret_basic',
        status: 200,
        response: { active: true, client_id: 'web', username: 'ada' },
      },
    });
  });

  it('are inactive to a client that is not in their audience', async () => {
    const report = await ask(await userToken(), { id: 'stranger', secret: 'stranger-secret-0001' });
    expect(report).toMatchObject({ verdict: 'inactive', exit_code: 1, introspection: { response: { active: false } } });
    expect(report.causes[0]).toMatchObject({ code: 'caller_not_in_audience', confidence: 'likely' });
  });

  it('are inactive when the session was ended, though they verify', async () => {
    const token = await userToken();
    await signOut();
    const report = await ask(token, API, { mode: 'both' });
    expect(report).toMatchObject({ verdict: 'inactive', exit_code: 1 });
    expect(report.checks).toContainEqual(expect.objectContaining({ name: 'signature', outcome: 'passed' }));
    expect(codesOf(report)).toContain('revoked_or_unknown');
    expect(report.differences?.length).toBeGreaterThan(0);
  });

  it('are inactive when they are asked about through another host name', async () => {
    const introspectionEndpoint = INTROSPECTION.replace('127.0.0.1', 'localhost');
    const report = await ask(await userToken(), API, { introspectionEndpoint });
    expect(report).toMatchObject({ verdict: 'inactive', introspection: { endpoint: introspectionEndpoint } });
    expect(codesOf(report)).toContain('asked_through_other_hostname');
  });
});

describe('refresh and ID tokens', () => {
  it('a refresh token cannot be verified: HS512', async () => {
    const report = await verify(await userToken('refresh_token'), PATIENT);
    expect(report).toMatchObject({ verdict: 'inactive', token: { kind: 'refresh_token', header: { alg: 'HS512' } } });
    expect(codesOf(report)).toContain('symmetric_algorithm');
  });

  it('a refresh token is introspected in its place, once more with its hint', async () => {
    const report = await ask(await userToken('refresh_token'), WEB, { mode: 'auto' });
    expect(report).toMatchObject({ verdict: 'active', introspection: { token_type_hint: 'refresh_token' } });
  });

  it('a refresh token is active with its hint', async () => {
    const report = await ask(await userToken('refresh_token'), WEB, { tokenTypeHint: 'refresh_token' });
    expect(report).toMatchObject({ verdict: 'active', introspection: { token_type_hint: 'refresh_token' } });
  });

  it('an ID token verifies and is known as one', async () => {
    const report = await verify(await userToken('id_token'), {
      ...PATIENT,
      expectations: { kind: 'id_token', audience: ['web'] },
    });
    expect(report).toMatchObject({ verdict: 'active', token: { kind: 'id_token' } });
  });

  it('an ID token is active to its own client, and that it is one is shown', async () => {
    const report = await ask(await userToken('id_token'), WEB, { mode: 'both' });
    expect(report).toMatchObject({ verdict: 'active', introspection: { response: { active: true, typ: 'ID' } } });
    expect(report.checks).toContainEqual(expect.objectContaining({ name: 'kind', outcome: 'warned' }));
  });

  it('a hint that it does not know is an OAuth error, not an answer', async () => {
    const report = await ask(await userToken(), API, { tokenTypeHint: 'id_token' });
    expect(report).toMatchObject({
      verdict: 'unknown',
      error: { code: 'ERR_OAUTH', details: { oauth_error: 'invalid_request', status: 400 } },
    });
  });
});

describe('client authentication', () => {
  const key = { id: 'key', key: CLIENT_KEY };
  it.each<[string, ClientCredentials, string]>([
    ['client_secret_basic', API, 'client_secret_basic'],
    ['client_secret_post', { ...API, method: 'client_secret_post' }, 'client_secret_post'],
    ['special characters by Basic', SPECIAL, 'client_secret_basic'],
    ['special characters in the body', { ...SPECIAL, method: 'client_secret_post' }, 'client_secret_post'],
    ['private_key_jwt', key, 'private_key_jwt'],
    [
      'client_secret_jwt',
      { id: 'secret-jwt', secret: 'a-secret-of-32-bytes-or-a-bit-more', method: 'client_secret_jwt' },
      'client_secret_jwt',
    ],
  ])('%s', async (_, client, method) => {
    const report = await ask(await userToken(), client);
    expect(report.error).toBeUndefined();
    expect(report).toMatchObject({ verdict: 'active', introspection: { client_auth: method } });
  });

  it('private_key_jwt gets tokens too', async () => {
    expect((await verify(await tokenOf(key), PATIENT)).verdict).toBe('active');
  });

  it('a wrong secret is 401', async () => {
    const report = await ask(await userToken(), { ...API, secret: 'another-secret' });
    expect(report).toMatchObject({
      verdict: 'unknown',
      exit_code: 3,
      error: { code: 'ERR_CLIENT_AUTHENTICATION', details: { status: 401 } },
    });
    expect(codesOf(report)).toContain('client_credentials_wrong');
  });

  it('a secret that was not encoded is refused, and the encoding is named', async () => {
    const report = await ask(await userToken(), { ...SPECIAL, basicEncoding: 'raw' });
    expect(report).toMatchObject({ verdict: 'unknown', weakened: ['basic_encoding_raw'] });
    expect(codesOf(report)).toContain('client_secret_encoding');
  });

  it('a percent sign that was not encoded is a fault of the server', async () => {
    const client = { id: 'percent', secret: '100%-secret-0001' };
    const report = await ask(await userToken(), { ...client, basicEncoding: 'raw' });
    expect(report).toMatchObject({ verdict: 'unknown', error: { code: 'ERR_OAUTH', details: { status: 400 } } });
    expect((await ask('an-opaque-token-0001', client)).verdict).toBe('inactive');
  });

  it('a public client is 403', async () => {
    const report = await ask(await userToken(), { id: 'public', method: 'none' });
    expect(report).toMatchObject({
      verdict: 'unknown',
      error: { code: 'ERR_CLIENT_AUTHENTICATION', details: { status: 403 } },
    });
    expect(codesOf(report)).toContain('client_not_allowed');
  });

  it('an assertion for another audience is refused', async () => {
    const report = await ask(await userToken(), { ...key, assertionAudience: 'https://else.example.com' });
    expect(report.error?.code).toBe('ERR_CLIENT_AUTHENTICATION');
    expect(codesOf(report)).toContain('assertion_audience');
  });
});

describe('metadata and signed answers', () => {
  it.each([
    `${ISSUER}/.well-known/openid-configuration`,
    `${BASE}/.well-known/oauth-authorization-server/realms/tokctl`,
  ])('%s', async (metadataUrl) => {
    const report = await verify(await userToken(), { ...PATIENT, metadataUrl });
    expect(report.error).toBeUndefined();
    expect(report.verdict).toBe('active');
  });

  it('has no answer of RFC 9701: plain JSON is not taken for one', async () => {
    const report = await ask(await userToken(), API, { accept: 'jwt' });
    expect(report).toMatchObject({ verdict: 'unknown', exit_code: 3, error: { code: 'ERR_RESPONSE_INVALID' } });
    expect(report.error?.message).toMatch(/got `application\/json`/);
  });

  it('is another issuer by another name', async () => {
    const issuer = ISSUER.replace('127.0.0.1', 'localhost');
    const report = await verify(await userToken(), { ...PATIENT, issuer });
    expect(report.verdict).toBe('inactive');
    expect(codesOf(report)).toContain('issuer_differs');
  });
});

describe('the command line', () => {
  it('gets a token, introspects it, and shows neither token nor secret', async () => {
    const env = { S: WEB.secret, A: API.secret };
    const got = await command(
      ['token', '--timeout', '60s', '--issuer', ISSUER, '--client-id', 'web', '--client-secret', 'env:S'],
      { env },
    );
    expect([got.exit, got.stderr]).toEqual([0, '']);
    const asked = [
      'introspect',
      '-',
      '--issuer',
      ISSUER,
      '--client-id',
      'api',
      '--client-secret',
      'env:A',
      '--mode',
      'both',
      '-v',
    ];
    const { exit, stdout, stderr } = await command(asked, { env, stdin: got.stdout });
    expect([exit, stdout.split('\n')[0]]).toEqual([0, expect.stringMatching(/active/)]);
    for (const secret of [got.stdout.trim(), ...Object.values(env)]) expect(stdout + stderr).not.toContain(secret);
  });

  async function command(argv: string[], given: { env?: Record<string, string>; stdin?: string }) {
    const fake = fakeHost({ now: Date.now, ...given });
    const { fetch: _, ...host } = fake.host;
    const exit = await run(argv, host);
    return { exit, stdout: fake.stdout(), stderr: fake.stderr() };
  }
});
