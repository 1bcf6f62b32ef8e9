// How `introspect` decides (contract §5): each line of its table, each `--mode`, and what a verdict is made of.

import { describe, expect, test } from 'vitest';
import { type IntrospectOptions, introspect, type Mode } from '../../src/index.ts';
import { closedPort } from '../servers/scripted-server.ts';
import { bystander, type IssuerOptions, type IssuerServer, issuerServer } from './issuer-server.ts';
import { accessClaims, base64url, HOUR, hmacJws, jwks, jws, key, NOW, withPayload } from './keys.ts';
import { assertConsistent, causes, checksOf, failures, theCheck } from './reports.ts';

const CLIENT = { id: 'my-api', secret: 'the secret of my-api' };
const DISCOVERY = ['GET metadata', 'GET jwks'];
const ASKED = ['GET metadata', 'POST introspection'];

const active = (over: object = {}): IssuerOptions => ({ introspection: { body: { active: true, ...over } } });
const INACTIVE: IssuerOptions = { introspection: { body: { active: false } } };

/** The report, after a look at what every report promises. */
async function asked(token: string, { issuer }: IssuerServer, options: IntrospectOptions = {}) {
  const report = await introspect(token, { issuer, now: NOW, client: CLIENT, ...options });
  assertConsistent(report);
  return report;
}

const own = ({ issuer }: IssuerServer, over: Record<string, unknown> = {}): string => jws(accessClaims(issuer, over));

// ---------------------------------------------------------------- the table of §5, with `auto`

describe('auto: a JWS', () => {
  test('is verified here where keys can be had; the report says that revocation was not asked, and how to', async () => {
    const server = await issuerServer();
    const report = await asked(own(server), server);
    expect(report).toMatchObject({ verdict: 'active', exit_code: 0 });
    expect(theCheck(report, 'revocation', 'skipped').because).toBe(
      'not asked; tokctl introspect --mode both asks the server',
    );
    expect(report.introspection).toBeUndefined();
    expect(server.seen).toEqual(DISCOVERY);
  });

  test('is not asked about when its signature fails, its time is over or its issuer is another', async () => {
    const server = await issuerServer();
    const other = await bystander();
    const bad = [
      withPayload(own(server), (claims) => ({ ...claims, sub: 'admin' })),
      own(server, { exp: NOW - 1 }),
      jws(accessClaims(other.issuer)),
    ];
    for (const token of bad) expect((await asked(token, server)).verdict).toBe('inactive');
    expect(server.seen.filter((what) => what === 'POST introspection')).toEqual([]);
  });

  test.each([
    [
      'HS256',
      ({ issuer }: IssuerServer) => hmacJws(accessClaims(issuer), 'a secret of the provider alone'),
      /HS256 is made with a secret/,
    ],
    [
      'the Okta org server',
      ({ issuer }: IssuerServer) => jws(accessClaims(issuer), { header: { typ: 'application/okta-internal-at+jwt' } }),
      /Okta alone/,
    ],
  ])('that only its audience can verify is asked about: %s', async (_name, make, why) => {
    const server = await issuerServer(active({ sub: 'user-001' }));
    const report = await asked(make(server), server);
    expect(report.verdict).toBe('active');
    expect(theCheck(report, 'signature', 'skipped').because).toMatch(why);
    expect(server.seen).toEqual(ASKED);
  });

  test('of Microsoft Graph is told apart by the nonce in its header', async () => {
    const iss = 'https://sts.windows.net/11111111-2222-3333-4444-555555555555/';
    const server = await issuerServer(active());
    const report = await introspect(jws(accessClaims(iss), { header: { nonce: 'abc' } }), {
      issuer: iss,
      now: NOW,
      introspectionEndpoint: server.endpoints.introspection,
      client: CLIENT,
    });
    expect(report.verdict).toBe('active');
    expect(theCheck(report, 'signature', 'skipped').because).toMatch(/Microsoft Graph alone/);
    expect(server.seen).toEqual(['POST introspection']);
  });

  test.each([
    ['an empty set', { keys: [] }],
    ['a set without a usable key', { keys: [{ kty: 'oct', k: 'AA', kid: 'ES256-1' }] }],
    ['metadata without jwks_uri', { metadata: { jwks_uri: undefined } }],
  ])('of an issuer that publishes no usable key is asked about: %s', async (_name, options: IssuerOptions) => {
    const server = await issuerServer({ ...options, ...active() });
    const report = await asked(own(server), server);
    expect(report).toMatchObject({ verdict: 'active', introspection: { status: 200 } });
    expect(theCheck(report, 'signature', 'skipped').because).toMatch(/^not verified here: expected/);
  });

  test.each([
    [
      'HS256',
      ({ issuer }: IssuerServer) => hmacJws(accessClaims(issuer), 'a secret of the provider alone'),
      {},
      'ERR_ENDPOINT_UNKNOWN',
      2,
      'symmetric_algorithm',
    ],
    [
      'no usable key',
      (server: IssuerServer) => own(server),
      { keys: [] },
      'ERR_NO_USABLE_KEY',
      3,
      'not_locally_verifiable',
    ],
  ] as const)(
    'without an endpoint it is unknown, with that reason: %s',
    async (_name, make, options, code, exit_code, cause) => {
      const server = await issuerServer({ ...options, metadata: { introspection_endpoint: undefined } });
      const report = await asked(make(server), server);
      expect(report).toMatchObject({ verdict: 'unknown', exit_code, error: { code } });
      expect(causes(report)).toContain(cause);
    },
  );

  test('of another issuer is never posted anywhere, also when it cannot be verified', async () => {
    const [server, other] = [await issuerServer(), await bystander()];
    const report = await asked(hmacJws(accessClaims(other.issuer), 'a secret of the provider alone'), server);
    expect(report.verdict).toBe('inactive');
    expect(failures(report)).toEqual(['issuer']);
    expect(causes(report)).toContain('issuer_differs');
    expect(server.seen).toEqual([]);
  });
});

describe('auto: a JWS, an endpoint, and nobody who was named', () => {
  const ask = (token: string, { endpoints }: IssuerServer, options: IntrospectOptions = {}) =>
    introspect(token, { introspectionEndpoint: endpoints.introspection, client: CLIENT, now: NOW, ...options });

  test('is asked about where its iss is of that server, or it has none', async () => {
    const server = await issuerServer(active({ sub: 'user-001' }));
    expect((await ask(own(server), server)).verdict).toBe('active');
    expect((await ask(own(server, { iss: undefined }), server)).verdict).toBe('active');
    expect(server.seen).toEqual(['POST introspection', 'POST introspection']);
  });

  test('is posted nowhere where it is of another, or iss is no URL', async () => {
    const [server, other] = [await issuerServer(), await bystander()];
    for (const iss of [other.issuer, 'accounts.example.com'])
      expect((await ask(own(server, { iss }), server)).error?.code).toBe('ERR_ISSUER_UNTRUSTED');
    expect(server.seen).toEqual([]);
  });

  test('nothing at all is named', async () => {
    const report = await introspect(own(await issuerServer()), { now: NOW });
    expect(report.error?.code).toBe('ERR_ISSUER_UNTRUSTED');
  });

  test('both: the server is asked, and the signature is called unchecked; with keys it is verified', async () => {
    const server = await issuerServer(active({ sub: 'user-001' }));
    const without = await ask(own(server), server, { mode: 'both' });
    expect(theCheck(without, 'signature', 'skipped').because).toBe('nobody named an issuer or keys');
    const withKeys = await ask(own(server), server, { mode: 'both', jwks: jwks(key()) });
    theCheck(withKeys, 'signature', 'passed');
    theCheck(withKeys, 'introspection', 'passed');
  });

  test('a grant for asking has nobody to be got from', async () => {
    const server = await issuerServer();
    const report = await ask('an-opaque-token-0001', server, { bearerGrant: {} });
    expect(report.error).toMatchObject({ code: 'ERR_ENDPOINT_UNKNOWN' });
    expect(report.error?.message).toMatch(/expected a token endpoint, got no issuer/);
    expect(server.seen).toEqual([]);
  });
});

describe('auto: what is no JWS', () => {
  const JWE = [
    base64url('{"alg":"RSA-OAEP-256","enc":"A256GCM"}'),
    ...[256, 12, 40, 16].map((size) => base64url(new Uint8Array(size).fill(7))),
  ].join('.');

  test.each([
    ['opaque', 'b3BhcXVlLXRva2Vu-1'],
    ['a JWE', JWE],
  ])('%s is asked about', async (_name, token) => {
    const server = await issuerServer(active({ sub: 'user-001', exp: NOW + HOUR }));
    const report = await asked(token, server);
    expect(report).toMatchObject({
      verdict: 'active',
      claims: { sub: 'user-001', exp: NOW + HOUR },
      times: { ttl_seconds: HOUR },
      introspection: { client_auth: 'client_secret_basic', status: 200, media_type: 'application/json' },
    });
    expect(server.asked.at(-1)?.form.get('token')).toBe(token);
    expect(server.seen).toEqual(ASKED);
  });

  test.each([
    ['a PASETO', 'v4.public.eyJzdWIiOiJ1c2VyLTAwMSJ9AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', 'PASETO'],
    ['a token of a vendor without RFC 7662', `ghp_${'A1b2C3d4E5'.repeat(3)}123456`, 'GitHub'],
    ['an SD-JWT', `${jws({ iss: 'https://id.example.com' })}~`, 'SD-JWT'],
  ])('%s is unknown; its own check is named', async (_name, token, word) => {
    const server = await issuerServer();
    const report = await asked(token, server);
    expect(report).toMatchObject({ verdict: 'unknown', exit_code: 3, error: { code: 'ERR_TOKEN_UNSUPPORTED' } });
    expect(`${report.error?.message} ${report.error?.hint}`).toContain(word);
    expect(server.connections).toBe(0);
  });

  test('a damaged JWT is inactive, and posted nowhere', async () => {
    const server = await issuerServer();
    const report = await asked(`${own(server).slice(0, 60)}…${own(server).slice(60)}`, server);
    expect(report).toMatchObject({ verdict: 'inactive', exit_code: 1 });
    expect(failures(report)).toEqual(['format']);
    expect(server.connections).toBe(0);
  });
});

// ---------------------------------------------------------------- local, remote, both

test.each<[mode: Mode, seen: string[]]>([
  ['auto', DISCOVERY],
  ['local', DISCOVERY],
  ['remote', ASKED],
  ['both', ['GET jwks', 'GET metadata', 'POST introspection']],
])('--mode %s asks %j about a sound JWT', async (mode, seen) => {
  const server = await issuerServer(active());
  const report = await asked(own(server), server, { mode });
  expect(report.verdict).toBe('active');
  expect(mode === 'both' ? [...server.seen].sort() : server.seen).toEqual(seen);
});

describe('local', () => {
  test.each([
    ['an opaque token', 'b3BhcXVlLXRva2Vu-1'],
    ['a JWE', [base64url('{"alg":"dir","enc":"A256GCM"}'), '', 'AAAA', 'AAAA', 'AAAA'].join('.')],
  ])('%s is unknown and never asked about', async (_name, token) => {
    const server = await issuerServer();
    const report = await asked(token, server, { mode: 'local' });
    expect(report).toMatchObject({ verdict: 'unknown', exit_code: 3, error: { code: 'ERR_TOKEN_UNSUPPORTED' } });
    expect(server.connections).toBe(0);
  });

  test('a set without a usable key is not made up for by asking', async () => {
    const server = await issuerServer({ keys: [] });
    const report = await asked(own(server), server, { mode: 'local' });
    expect(report).toMatchObject({ verdict: 'unknown', error: { code: 'ERR_NO_USABLE_KEY' } });
    expect(server.seen.filter((what) => what === 'POST introspection')).toEqual([]);
  });
});

describe('remote', () => {
  test('is asked about a token of another issuer too: a person said so', async () => {
    const server = await issuerServer(active());
    const report = await asked(jws(accessClaims('https://other.example')), server, { mode: 'remote' });
    expect(report.verdict).toBe('active');
    expect(server.seen).toEqual(ASKED);
  });

  test('is asked about vendor tokens and PASETO too', async () => {
    const server = await issuerServer(active());
    for (const token of ['v4.local.AAAA', `ghp_${'A1b2C3d4E5'.repeat(3)}123456`])
      expect((await asked(token, server, { mode: 'remote' })).verdict).toBe('active');
  });

  test('audience, scope and kind are checked against the answer', async () => {
    const server = await issuerServer(active({ aud: 'other', scope: 'a', token_type: 'refresh_token' }));
    const report = await asked('b3BhcXVlLXRva2Vu-1', server, {
      expectations: {
        audience: ['mine'],
        scope: ['a', 'b'],
        kind: 'access_token',
        claims: [{ name: 'sub', value: 'x' }],
      },
    });
    expect(report.verdict).toBe('inactive');
    expect(failures(report)).toEqual(['audience', 'kind', 'scope', 'claim:sub']);
  });

  test('an inactive answer for what looks like a refresh token is asked once more with the hint', async () => {
    const server = await issuerServer({
      introspection: ({ form }) => ({ body: { active: form.has('token_type_hint') } }),
    });
    const report = await asked('1//0refresh', server, { takenFrom: 'refresh_token', mode: 'remote' });
    expect(report).toMatchObject({ verdict: 'active', introspection: { token_type_hint: 'refresh_token' } });
    expect(server.asked.slice(1).map(({ form }) => form.get('token_type_hint'))).toEqual([null, 'refresh_token']);
  });

  test.each([
    ['an access token', 'access_token', undefined, [null]],
    ['a hint of the caller', 'refresh_token', 'access_token', ['access_token']],
  ] as const)('and not more often: %s', async (_name, takenFrom, tokenTypeHint, hints) => {
    const server = await issuerServer(INACTIVE);
    const hint = tokenTypeHint === undefined ? {} : { tokenTypeHint };
    const report = await asked('b3BhcXVlLXRva2Vu-1', server, { takenFrom, ...hint });
    expect(report.verdict).toBe('inactive');
    expect(server.asked.slice(1).map(({ form }) => form.get('token_type_hint'))).toEqual(hints);
  });
});

describe('both', () => {
  test('the same verdict and claims: no difference', async () => {
    const server = await issuerServer();
    const token = own(server);
    const twin = await issuerServer(active({ ...accessClaims(server.issuer), aud: ['https://api.example.com'] }));
    const report = await asked(token, server, { mode: 'both', introspectionEndpoint: twin.endpoints.introspection });
    expect(report).toMatchObject({ verdict: 'active', differences: [] });
    expect(checksOf(report, 'revocation')).toEqual([]);
  });

  test('verifies, but inactive at the server: revoked or refused to this caller', async () => {
    const server = await issuerServer(INACTIVE);
    const report = await asked(own(server, { aud: 'my-api' }), server, { mode: 'both' });
    expect(report).toMatchObject({ verdict: 'inactive', exit_code: 1 });
    theCheck(report, 'signature', 'passed');
    theCheck(report, 'introspection', 'failed');
    expect(report.differences).toMatchObject([{ subject: 'verdict', local: 'active', remote: 'inactive' }]);
    expect(report.differences?.[0]?.meaning).toMatch(/it verifies.*server calls it inactive/);
    expect(causes(report)).toEqual(['revoked_or_unknown']);
  });

  test('a failed signature is final: a server that calls it active does not heal it', async () => {
    const server = await issuerServer(active());
    const forged = withPayload(own(server), (claims) => ({ ...claims, sub: 'admin' }));
    const report = await asked(forged, server, { mode: 'both' });
    expect(report).toMatchObject({ verdict: 'inactive', exit_code: 1 });
    theCheck(report, 'signature', 'failed');
    theCheck(report, 'introspection', 'passed');
    expect(report.differences).toMatchObject([{ subject: 'verdict', local: 'inactive', remote: 'active' }]);
    expect(report.differences?.[0]?.meaning).toMatch(/server calls it active/);
  });

  test('each claim that differs is listed; scopes and lists are sets', async () => {
    const server = await issuerServer(
      active({ sub: 'user-002', scope: 'orders:write orders:read', aud: ['b', 'a'], exp: NOW + 10 }),
    );
    const report = await asked(own(server, { aud: ['a', 'b'] }), server, { mode: 'both' });
    expect(report.differences?.map(({ subject, local, remote }) => [subject, local, remote])).toEqual([
      ['sub', 'user-001', 'user-002'],
      ['exp', NOW + HOUR, NOW + 10],
    ]);
    expect(report.verdict).toBe('active');
  });

  test('an end that is no number here is told in another way there', async () => {
    const server = await issuerServer(active({ exp: NOW + HOUR }));
    const report = await asked(own(server, { exp: 'tomorrow' }), server, { mode: 'both' });
    const exp = report.differences?.find(({ subject }) => subject === 'exp');
    expect(exp?.meaning).toBe('the server tells the end of the token in another way');
  });

  test('what only the server tells makes a lightweight token', async () => {
    const server = await issuerServer(active({ sub: 'user-001', aud: 'a', scope: 's' }));
    const token = own(server, { sub: undefined, aud: undefined, scope: undefined });
    const report = await asked(token, server, { mode: 'both', expectations: { audience: ['a'] } });
    expect(report.differences?.map(({ subject }) => subject)).toEqual(['verdict', 'sub', 'aud', 'scope']);
    expect(report.verdict).toBe('inactive');
    expect(causes(report)).toContain('lightweight_token');
  });

  test('a server that refuses JWTs leaves the local verdict standing, and the report says so', async () => {
    const introspection = { status: 400, body: { error: 'unsupported_token_type' } };
    const server = await issuerServer({ introspection });
    const report = await asked(own(server), server, { mode: 'both' });
    expect(report.verdict).toBe('active');
    expect(theCheck(report, 'introspection', 'skipped').because).toMatch(/unsupported_token_type/);
    expect((await asked(own(server, { exp: NOW - 1 }), server, { mode: 'both' })).verdict).toBe('inactive');
  });

  test.each([
    ['a refusal of the caller', { status: 401 }, 'ERR_CLIENT_AUTHENTICATION'],
    ['a broken server', { status: 500 }, 'ERR_HTTP_STATUS'],
    ['an answer without active', { body: {} }, 'ERR_RESPONSE_INVALID'],
  ])('any other fault leaves the question open: %s', async (_name, introspection, code) => {
    const server = await issuerServer({ introspection });
    const report = await asked(own(server), server, { mode: 'both' });
    expect(report).toMatchObject({ verdict: 'unknown', exit_code: 3, error: { code } });
    theCheck(report, 'signature', 'passed');
    theCheck(report, 'introspection', 'skipped');
  });

  test('a definite no stands even where the server gave no answer', async () => {
    const server = await issuerServer({ introspection: { status: 500 } });
    const report = await asked(own(server, { exp: NOW - 1 }), server, { mode: 'both' });
    expect(report).toMatchObject({ verdict: 'inactive', exit_code: 1 });
    expect(report.error).toBeUndefined();
  });

  test('keys that cannot be had leave it open, though the server calls it active', async () => {
    const server = await issuerServer({ jwks: { status: 500 }, ...active() });
    const report = await asked(own(server), server, { mode: 'both', retries: 0 });
    expect(report).toMatchObject({ verdict: 'unknown', error: { code: 'ERR_HTTP_STATUS' } });
    theCheck(report, 'introspection', 'passed');
  });

  test('what nobody here can verify takes the word of the server', async () => {
    const server = await issuerServer(active());
    const token = hmacJws(accessClaims(server.issuer), 'a secret of the provider alone');
    const report = await asked(token, server, { mode: 'both' });
    expect(report.verdict).toBe('active');
    expect(theCheck(report, 'signature', 'skipped').because).toMatch(/HS256/);
    expect(server.seen).toEqual(ASKED);
  });
});

// ---------------------------------------------------------------- from checks to a verdict

describe('verdict', () => {
  test('warned and skipped checks do not fail', async () => {
    const server = await issuerServer();
    const token = own(server, { exp: undefined, iat: NOW + 90 });
    const report = await asked(token, server);
    expect(report.verdict).toBe('active');
    theCheck(report, 'expiry', 'warned');
    theCheck(report, 'issued_at', 'warned');
    theCheck(report, 'audience', 'skipped');
  });

  test('--strict makes every warning a failure, and a skipped audience and kind', async () => {
    const server = await issuerServer();
    const report = await asked(own(server, { exp: undefined }), server, { expectations: { strict: true } });
    expect(failures(report)).toEqual(['audience', 'expiry', 'kind']);
    expect(theCheck(report, 'audience', 'failed').because).toBe('not checked; name yours with --audience (--strict)');
    theCheck(report, 'revocation', 'skipped');
  });

  test('--strict makes a skipped issuer a failure, and a skipped expiry of an answer', async () => {
    const server = await issuerServer(active());
    const opaque = await asked('b3BhcXVlLXRva2Vu-1', server, { expectations: { strict: true } });
    expect(failures(opaque)).toEqual(['audience', 'expiry', 'kind']);
    const { keys } = { keys: JSON.stringify({ keys: [key().jwk] }) };
    const unnamed = await introspect(own(server), { jwks: keys, now: NOW, expectations: { strict: true } });
    expect(failures(unnamed)).toContain('issuer');
  });

  test('--strict is content when everything is asked for and holds', async () => {
    const server = await issuerServer();
    const report = await asked(own(server), server, {
      expectations: { strict: true, audience: ['https://api.example.com'], kind: 'access_token' },
    });
    expect(report).toMatchObject({ verdict: 'active', exit_code: 0 });
  });

  test('active with a past exp keeps the word of the server, and warns', async () => {
    const server = await issuerServer(active({ exp: NOW - HOUR }));
    const report = await asked('b3BhcXVlLXRva2Vu-1', server);
    expect(report.verdict).toBe('active');
    expect(theCheck(report, 'expiry', 'warned').because).toMatch(/yet the server says active/);
    expect((await asked('b3BhcXVlLXRva2Vu-1', server, { expectations: { strict: true } })).verdict).toBe('inactive');
  });

  test('nobody to connect to: unknown, and the other checks are shown', async () => {
    const issuer = `http://127.0.0.1:${await closedPort()}`;
    const report = await introspect(jws(accessClaims(issuer)), { issuer, now: NOW, retries: 0 });
    expect(report).toMatchObject({ verdict: 'unknown', exit_code: 3, error: { code: 'ERR_NETWORK' } });
    theCheck(report, 'issuer', 'passed');
    theCheck(report, 'signature', 'skipped');
  });
});
