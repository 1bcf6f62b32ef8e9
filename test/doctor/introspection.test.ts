// The introspection endpoint: each fault once found, and not found in a sound server (sound.test.ts).

import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { doctor } from '../../src/doctor.ts';
import { authorizationServer, CLIENT, isAuthenticated, jwt, type Reply, type Seen } from './authorization-server.ts';
import { examined } from './examined.ts';

const INTROSPECT = 'POST /introspect';
const hasSecret = ({ headers, form }: Seen): boolean =>
  headers.authorization !== undefined || form.has('client_secret') || form.has('client_assertion');

/** The reply to callers who are authenticated; others are refused as ever. */
const toClient = (reply: Reply) => ({
  [INTROSPECT]: (seen: Seen) => (isAuthenticated(seen) ? reply : undefined),
});
/** The reply to callers without credentials. */
const toAnybody = (reply: Reply) => ({ [INTROSPECT]: (seen: Seen) => (hasSecret(seen) ? undefined : reply) });

describe('the endpoint', () => {
  test('that nobody names is told of', async () => {
    const { severity, server, report } = await examined({ metadata: () => ({ introspection_endpoint: undefined }) });
    expect(severity('introspection.advertised')).toBe('info');
    expect(severity('introspection.reachable')).toBe('absent');
    expect(severity('token.active')).toBe('info');
    expect(server.at('POST', '/introspect')).toEqual([]);
    expect(report.exit_code).toBe(0);
  });

  test('that a person names is asked, and must be that of the metadata', async () => {
    const { severity, server } = await examined({
      options: ({ origin }) => ({ introspectionEndpoint: `${origin}/other` }),
      replies: { 'POST /other': () => ({ status: 401 }), 'GET /other': () => ({ status: 405 }) },
    });
    expect(severity('introspection.advertised')).toBe('warning');
    expect(server.at('POST', '/introspect')).toEqual([]);
  });

  test.each<[string, Reply]>([
    ['is not there', { status: 404 }],
    ['fails', { status: 500 }],
    ['redirects', { status: 302, headers: { location: 'https://elsewhere.example/login' } }],
    ['is a page', { headers: { 'content-type': 'text/html' }, text: '<html>sign in</html>' }],
    ['says something else', { json: { hello: 'world' } }],
    ['says nothing', {}],
  ])('that %s is an error, and no credentials are sent there', async (_what, reply) => {
    const { severity, server } = await examined({ replies: { [INTROSPECT]: () => reply } });
    expect(severity('introspection.reachable')).toBe('error');
    expect(severity('introspection.anonymous')).toBe('absent');
    expect(server.at('POST', '/introspect')).toHaveLength(1);
    expect(server.at('POST', '/introspect').filter(hasSecret)).toEqual([]);
  });

  test('on another origin gets no credentials unless that was allowed', async () => {
    const other = await authorizationServer();
    const elsewhere = { metadata: () => ({ introspection_endpoint: `${other.origin}/introspect` }) };
    const { severity, words } = await examined(elsewhere);
    expect(severity('introspection.origin')).toBe('warning');
    expect(words('introspection.origin')).toContain(`--allow-endpoint-origin ${other.origin}`);
    expect(severity('introspection.client_auth')).toBe('absent');
    expect(other.seen.filter(hasSecret)).toEqual([]);

    const allowed = await examined({ ...elsewhere, options: { allowedEndpointOrigins: [other.origin] } });
    expect(allowed.severity('introspection.origin')).toBe('absent');
    expect(allowed.severity('introspection.client_auth')).toBe('ok');
    expect(other.seen.some(hasSecret)).toBe(true);
  });
});

describe('callers without credentials', () => {
  test.each([true, false])('are answered: an error, active or not (%s)', async (active) => {
    const { severity, report } = await examined({ replies: toAnybody({ json: { active } }) });
    expect(severity('introspection.anonymous')).toBe('error');
    expect(report.exit_code).toBe(1);
  });

  test.each<[number, string, string]>([
    [400, 'ok', 'absent'],
    [401, 'ok', 'warning'],
    [403, 'ok', 'absent'],
    [429, 'info', 'absent'],
  ])('get %d', async (status, anonymous, challenge) => {
    const { severity } = await examined({ replies: toAnybody({ status, json: { error: 'invalid_request' } }) });
    expect(severity('introspection.anonymous')).toBe(anonymous);
    expect(severity('introspection.challenge')).toBe(challenge);
  });
});

describe('of an unknown token', () => {
  test.each<[string, Reply, string, string, RegExp]>([
    ['that it is active', { json: { active: true } }, 'introspection.unknown_token', 'error', /made up/],
    ['why', { json: { active: false, error: 'expired' } }, 'introspection.unknown_token', 'warning', /members: error/],
    [
      'an error',
      { status: 400, json: { error: 'invalid_token' } },
      'introspection.unknown_token',
      'error',
      /invalid_token/,
    ],
    ['no boolean', { json: { active: 'false' } }, 'introspection.unknown_token', 'error', /expected `active`/],
    ['nothing', {}, 'introspection.unknown_token', 'error', /empty body/],
    [
      'the right thing as text',
      { headers: { 'content-type': 'text/plain' }, text: '{"active":false}' },
      'introspection.media_type',
      'error',
      /text\/plain/,
    ],
    ['it without a word on storing', { json: { active: false } }, 'introspection.cache_control', 'info', /stored/],
    [
      'it for an hour',
      { headers: { 'cache-control': 'max-age=3600' }, json: { active: false } },
      'introspection.cache_control',
      'warning',
      /3600 s/,
    ],
  ])('it says %s', async (_what, reply, id, expected, words) => {
    const { severity, words: of } = await examined({ replies: toClient(reply) });
    expect(severity(id)).toBe(expected);
    expect(of(id)).toMatch(words);
  });
});

test('a token in a URL is refused, or it is a warning', async () => {
  const { severity, server } = await examined({ replies: { 'GET /introspect': () => ({ json: { active: false } }) } });
  expect(severity('introspection.get')).toBe('warning');
  const [get] = server.at('GET', '/introspect');
  expect(get?.query.get('token')).toMatch(/^tokctl-doctor-/);
  expect(get?.query.size).toBe(1);
});

describe('client authentication', () => {
  test('that is refused is sent nowhere else', async () => {
    const { severity, words, server, announced } = await examined({ methods: ['post'] });
    expect(severity('introspection.client_auth')).toBe('error');
    expect(words('introspection.client_auth')).toContain('client_secret_basic');
    expect(severity('introspection.wrong_credentials')).toBe('absent');
    expect(severity('token.grant')).toBe('info');
    expect(server.seen.filter(hasSecret)).toHaveLength(1);
    expect(announced).toEqual([]);
  });

  test('by a listed method that is refused is tried once, and no further method after it', async () => {
    const listed = ['client_secret_basic', 'client_secret_post', 'client_secret_jwt'];
    const { severity, words, server, announced } = await examined({
      methods: ['basic'],
      metadata: () => ({ introspection_endpoint_auth_methods_supported: listed }),
    });
    expect(severity('introspection.auth_methods')).toBe('warning');
    expect(words('introspection.auth_methods')).toContain('client_secret_post: refused');
    expect(
      server.at('POST', '/introspect').filter(({ form }) => form.get('client_secret') === CLIENT.secret),
    ).toHaveLength(1);
    expect(server.at('POST', '/introspect').filter(({ form }) => form.has('client_assertion'))).toEqual([]);
    expect(announced[0]).toContain('client_secret_post');
  });

  test('by a method that is not listed is a warning', async () => {
    const { severity, words } = await examined({
      metadata: () => ({ introspection_endpoint_auth_methods_supported: ['tls_client_auth'] }),
    });
    expect(severity('introspection.auth_methods')).toBe('warning');
    expect(words('introspection.auth_methods')).toContain('client_secret_basic is taken and not listed');
  });

  test('of which the metadata does not tell is told of', async () => {
    const { severity } = await examined({
      metadata: () => ({ introspection_endpoint_auth_methods_supported: undefined }),
    });
    expect(severity('introspection.auth_methods')).toBe('info');
  });

  test('by a key has no secret to get wrong', async () => {
    const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'pem', type: 'pkcs8' });
    const { severity, report } = await examined({
      options: { client: { id: CLIENT.id, key: key.toString(), method: 'private_key_jwt' } },
      replies: { [INTROSPECT]: ({ form }) => (form.has('client_assertion') ? { json: { active: false } } : undefined) },
    });
    expect(severity('introspection.client_auth')).toBe('ok');
    expect(severity('introspection.wrong_credentials')).toBe('info');
    expect(JSON.stringify(report)).not.toContain('PRIVATE KEY');
  });

  test('without what the method needs is a mistake of the command', async () => {
    const { origin } = await authorizationServer();
    const client = { id: CLIENT.id, method: 'private_key_jwt' } as const;
    await expect(doctor({ issuer: origin, client })).rejects.toMatchObject({ code: 'ERR_CLIENT_CREDENTIALS_MISSING' });
  });
});

describe('a wrong secret', () => {
  const isWrong = ({ headers, form }: Seen): boolean => {
    const pair = Buffer.from((headers.authorization ?? '').replace(/^Basic /, ''), 'base64').toString();
    const secret = form.get('client_secret') ?? pair.split(':')[1];
    return secret !== undefined && secret !== CLIENT.secret;
  };

  test.each<[string, Reply | undefined, string]>([
    ['refused', undefined, 'ok'],
    ['refused by 400', { status: 400, json: { error: 'invalid_client' } }, 'ok'],
    ['taken', { json: { active: false } }, 'error'],
    ['a fault', { status: 500 }, 'warning'],
    ['put off', { status: 503 }, 'warning'],
    ['too much', { status: 429, headers: { 'retry-after': '0' } }, 'warning'],
  ])('is %s, and was announced and sent once', async (_what, reply, expected) => {
    const sentBefore: number[] = [];
    const server = await authorizationServer({
      replies: { [INTROSPECT]: (seen) => (isWrong(seen) ? reply : undefined) },
    });
    const report = await doctor({
      issuer: server.origin,
      client: CLIENT,
      retries: 5,
      announce: async (text) => {
        if (text.includes('wrong')) sentBefore.push(server.seen.filter(isWrong).length);
      },
    });
    expect(report.findings.find(({ id }) => id === 'introspection.wrong_credentials')).toMatchObject({
      severity: expected,
    });
    expect(sentBefore).toEqual([0]);
    expect(server.seen.filter(isWrong)).toHaveLength(1);
  });

  test('is sent by the method that was taken', async () => {
    const { server, severity } = await examined({
      methods: ['post'],
      options: { client: { ...CLIENT, method: 'client_secret_post' } },
      metadata: () => ({ introspection_endpoint_auth_methods_supported: ['client_secret_post'] }),
    });
    expect(severity('introspection.wrong_credentials')).toBe('ok');
    expect(server.seen.filter(isWrong).map(({ form }) => form.has('client_secret'))).toEqual([true]);
    expect(server.seen.filter(({ headers }) => headers.authorization !== undefined)).toEqual([]);
  });
});

describe('signed answers', () => {
  const listed = { metadata: () => ({ introspection_signing_alg_values_supported: ['RS256'] }) };
  const type = 'application/token-introspection+jwt';
  const signed = (claims: object) =>
    jwt(
      { aud: CLIENT.id, iat: 0, token_introspection: { active: false }, ...claims },
      { typ: 'token-introspection+jwt' },
    );
  const answering = (claims: (origin: string) => object) => ({
    [INTROSPECT]: (seen: Seen, { origin }: { origin: string }) =>
      seen.headers.accept === type
        ? { headers: { 'content-type': type }, text: signed({ iss: origin, ...claims(origin) }) }
        : undefined,
  });

  test.each<[string, (origin: string) => object, string]>([
    ['that hold', () => ({}), 'ok'],
    ['of another issuer', () => ({ iss: 'https://id.example.com' }), 'error'],
    ['for another client', () => ({ aud: 'somebody-else' }), 'error'],
  ])('%s', async (_what, claims, expected) => {
    const { severity } = await examined({ ...listed, replies: answering(claims) });
    expect(severity('introspection.signed_answer')).toBe(expected);
  });

  test('that are promised and not given', async () => {
    const { severity } = await examined(listed);
    expect(severity('introspection.signed_answer')).toBe('error');
  });
});

test('what a server echoes of the credentials is not in the report', async () => {
  const echo = (seen: Seen): Reply => ({
    status: 401,
    headers: { 'www-authenticate': `Basic realm="${seen.headers.authorization}"` },
    json: { error: 'invalid_client', error_description: `${seen.headers.authorization} ${seen.form.get('token')}` },
  });
  const { report, severity, server } = await examined({
    replies: { [INTROSPECT]: (seen) => (hasSecret(seen) ? echo(seen) : undefined) },
  });
  expect(severity('introspection.client_auth')).toBe('error');
  const text = JSON.stringify(report);
  for (const { headers, form } of server.at('POST', '/introspect')) {
    expect(text).not.toContain(form.get('token'));
    if (headers.authorization !== undefined) expect(text).not.toContain(headers.authorization.replace('Basic ', ''));
  }
});

describe('an endpoint that fails in the middle', () => {
  const isAnonymous = (seen: Seen): boolean => !hasSecret(seen);

  test('keeps what was found before', async () => {
    const { severity } = await examined({
      options: { timeout: 1.5 },
      replies: { [INTROSPECT]: (seen) => (isAnonymous(seen) ? undefined : { hang: true }) },
    });
    expect(severity('introspection.anonymous')).toBe('ok');
    expect(severity('introspection.client_auth')).toBe('error');
    expect(severity('introspection.get')).toBe('absent');
  });

  test('is asked everything else', async () => {
    const { severity } = await examined({
      options: { timeout: 1.5 },
      replies: { 'GET /introspect': () => ({ hang: true }) },
    });
    expect(severity('introspection.get')).toBe('error');
    expect(severity('introspection.wrong_credentials')).toBe('ok');
    expect(severity('token.active')).toBe('ok');
  });
});

test('credentials that the token endpoint refused, for a token to ask with, are sent nowhere else', async () => {
  const { severity, words, server } = await examined({ methods: [], options: { bearerGrant: {} } });
  expect(severity('introspection.client_auth')).toBe('error');
  expect(words('introspection.client_auth')).toContain('an access token');
  expect(severity('token.grant')).toBe('info');
  expect(server.seen.filter(hasSecret).map(({ path }) => path)).toEqual(['/token']);
});

test('a token that asks is got once, and is not in the report', async () => {
  const { severity, report, server } = await examined({
    options: { bearerGrant: { scope: 'introspect' } },
    replies: {
      [INTROSPECT]: ({ headers, form }, { active }) =>
        active.has((headers.authorization ?? '').replace('Bearer ', ''))
          ? { json: { active: active.has(form.get('token') ?? '') } }
          : undefined,
    },
  });
  expect(severity('introspection.client_auth')).toBe('ok');
  expect(severity('token.active')).toBe('ok');
  expect(report.exit_code).toBe(0);
  expect(server.at('POST', '/token').map(({ form }) => form.get('scope'))).toEqual(['introspect', null]);
});
