// Reading what an introspection endpoint says, through the front door (contract §5, §11): answers, deviations and faults.

import { describe, expect, test } from 'vitest';
import { type IntrospectOptions, introspect } from '../../src/index.ts';
import { type Answer, type IssuerOptions, issuerServer } from './issuer-server.ts';
import { accessClaims, HOUR, jws, NOW } from './keys.ts';
import { assertConsistent, causes, failures, theCheck } from './reports.ts';

const CLIENT = { id: 'my-api', secret: 'the secret of my-api' };
const OPAQUE = 'b3BhcXVlLXRva2Vu-1';

async function asked(introspection: Answer, options: IntrospectOptions = {}, server: IssuerOptions = {}) {
  const { issuer } = await issuerServer({ introspection, ...server });
  const report = await introspect(OPAQUE, { issuer, now: NOW, client: CLIENT, retries: 0, ...options });
  assertConsistent(report);
  return report;
}

const JSON_TYPE = 'application/json';
const json = (body: unknown): Answer => ({ body });

// ---------------------------------------------------------------- active is a boolean

describe('active', () => {
  test.each([
    ['true', json({ active: true }), 'active', 0],
    ['false', json({ active: false }), 'inactive', 1],
    ['false with more members', json({ active: false, sub: 'x', exp: NOW + HOUR }), 'inactive', 1],
    ['beside what looks like an error', json({ active: true, error: 'none' }), 'active', 0],
    ['in another JSON media type', { body: { active: true }, type: 'application/problem+json' }, 'active', 0],
    ['with a charset', { body: { active: true }, type: 'application/json; charset=utf-8' }, 'active', 0],
  ])('%s', async (_name, answer, verdict, exit_code) => {
    expect(await asked(answer)).toMatchObject({ verdict, exit_code });
  });

  test.each([
    ['the text true', '{"active":"true"}', /the text "true"/],
    ['the text false', '{"active":"false"}', /the text "false"/],
    ['1', '{"active":1}', /a number/],
    ['null', '{"active":null}', /null/],
    ['an object', '{"active":{}}', /an object/],
    ['missing', '{"sub":"user-001"}', /an answer without it/],
    ['inherited', '{"__proto__":{"active":true}}', /an answer without it/],
    ['in another case', '{"Active":true}', /an answer without it/],
  ])('is never guessed: %s', async (_name, body, message) => {
    const report = await asked({ body });
    expect(report).toMatchObject({ verdict: 'unknown', active: null, exit_code: 3 });
    expect(report.error).toMatchObject({ code: 'ERR_RESPONSE_INVALID' });
    expect(report.error?.message).toMatch(message);
    expect(JSON.stringify(report.introspection?.response)).toBe(body);
  });
});

// ---------------------------------------------------------------- what is understood though it deviates

describe('deviations', () => {
  test.each([
    ['scope as text', { scope: 'a b' }, []],
    ['scope as a list', { scope: ['a', 'b'] }, ['scope is a list']],
    ['scope with commas', { scope: 'a,b' }, ['scope has commas']],
    ['scp as a list', { scp: ['a', 'b'] }, ['scopes are in `scp`', 'scp is a list']],
  ])('%s grants a and b', async (_name, members, warnings) => {
    const report = await asked(json({ active: true, ...members }), { expectations: { scope: ['a', 'b'] } });
    expect(report.verdict).toBe('active');
    expect(theCheck(report, 'scope', 'passed').actual).toEqual(['a', 'b']);
    const response = theCheck(report, 'response', warnings.length === 0 ? 'passed' : 'warned');
    for (const warning of warnings) expect(response.because).toContain(warning);
  });

  test.each([
    ['a number', NOW + HOUR, 'passed'],
    ['a text', String(NOW + HOUR), 'warned'],
    ['milliseconds', (NOW + HOUR) * 1000, 'warned'],
    ['milliseconds in a text', String((NOW + HOUR) * 1000), 'warned'],
  ] as const)('exp as %s is an hour from now', async (_name, exp, outcome) => {
    const report = await asked(json({ active: true, exp }), { expectations: { minTtl: HOUR } });
    expect(report).toMatchObject({ verdict: 'active', times: { ttl_seconds: HOUR } });
    theCheck(report, 'lifetime', 'passed');
    theCheck(report, 'response', outcome);
  });

  test('aud as text or list', async () => {
    for (const aud of ['mine', ['other', 'mine']]) {
      const report = await asked(json({ active: true, aud }), { expectations: { audience: ['mine'] } });
      theCheck(report, 'audience', 'passed');
    }
  });

  test('claims are shown as received, with the digits they came with', async () => {
    const report = await asked({ body: '{"active":true,"exp":"1800003600","id":12345678901234567890}' });
    expect(JSON.stringify(report.claims)).toContain('"exp":"1800003600"');
    expect(String((report.claims?.['id'] as { text?: string })?.text ?? report.claims?.['id'])).toMatch(
      /12345678901234567890/,
    );
  });
});

// ---------------------------------------------------------------- faults

const html = '<!DOCTYPE html><title>Sign in</title>';

describe('no answer', () => {
  test.each<[string, Answer, code: string, message: RegExp, details?: object]>([
    ['204', { status: 204 }, 'ERR_RESPONSE_INVALID', /empty body with status 204/, { status: 204 }],
    ['an empty 200', { type: JSON_TYPE, body: '' }, 'ERR_RESPONSE_INVALID', /empty body/, { status: 200 }],
    ['white space', { body: ' \n ' }, 'ERR_RESPONSE_INVALID', /empty body/],
    [
      'an HTML page with 200',
      { body: html, type: 'text/html' },
      'ERR_RESPONSE_INVALID',
      /HTML page/,
      { media_type: 'text/html', body: html },
    ],
    ['HTML that says it is JSON', { body: html }, 'ERR_RESPONSE_INVALID', /no JSON/],
    ['text', { body: 'true', type: 'text/plain' }, 'ERR_RESPONSE_INVALID', /"text\/plain"/],
    ['JSON without a type', { body: '{"active":true}', type: '' }, 'ERR_RESPONSE_INVALID', /no media type/],
    ['a list', json([{ active: true }]), 'ERR_RESPONSE_INVALID', /a list/],
    ['true', { body: 'true' }, 'ERR_RESPONSE_INVALID', /got true/],
    ['half of it', { body: '{"active":tr' }, 'ERR_RESPONSE_INVALID', /no JSON/],
    [
      'a redirect to a login',
      { status: 302, headers: { location: 'https://login.example/?x=1' } },
      'ERR_HTTP_STATUS',
      /redirect \(302\)/,
      { status: 302 },
    ],
    [
      '404',
      { status: 404, body: 'not here', type: 'text/plain' },
      'ERR_HTTP_STATUS',
      /got 404/,
      { status: 404, body: 'not here' },
    ],
    ['405', { status: 405 }, 'ERR_HTTP_STATUS', /got 405/],
    ['400 that says nothing', { status: 400 }, 'ERR_HTTP_STATUS', /got 400/],
    [
      '500 with a stack trace',
      { status: 500, body: 'Error: boom\n at x', type: 'text/plain' },
      'ERR_HTTP_STATUS',
      /got 500/,
      { body: 'Error: boom' },
    ],
    ['503', { status: 503, headers: { 'retry-after': '60' } }, 'ERR_HTTP_STATUS', /got 503/, { retry_after: 60 }],
    [
      '429',
      { status: 429, headers: { 'retry-after': '60' } },
      'ERR_RATE_LIMITED',
      /too many requests/,
      { retry_after: 60 },
    ],
    [
      '401 without a body',
      { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } },
      'ERR_CLIENT_AUTHENTICATION',
      /refusal of the caller/,
      { status: 401, www_authenticate: 'Basic realm="x"' },
    ],
    [
      '401 with a page',
      { status: 401, body: html, type: 'text/html' },
      'ERR_CLIENT_AUTHENTICATION',
      /refusal of the caller/,
    ],
    ['403', { status: 403, body: { message: 'no' } }, 'ERR_CLIENT_AUTHENTICATION', /status 403/],
    [
      'invalid_client with 401',
      { status: 401, body: { error: 'invalid_client' } },
      'ERR_CLIENT_AUTHENTICATION',
      /invalid_client/,
    ],
    [
      'invalid_client with 400',
      { status: 400, body: { error: 'invalid_client' } },
      'ERR_CLIENT_AUTHENTICATION',
      /invalid_client/,
      { oauth_error: 'invalid_client' },
    ],
    [
      'invalid_request',
      { status: 400, body: { error: 'invalid_request', error_description: 'say what' } },
      'ERR_OAUTH',
      /"say what"/,
      { oauth_error_description: 'say what' },
    ],
    ['an OAuth error with 200', json({ error: 'server_error' }), 'ERR_OAUTH', /server_error/],
    [
      'an OAuth error with 500',
      { status: 500, body: { error: 'temporarily_unavailable' } },
      'ERR_OAUTH',
      /temporarily_unavailable/,
    ],
    [
      'unsupported_token_type',
      { status: 400, body: { error: 'unsupported_token_type' } },
      'ERR_TOKEN_UNSUPPORTED',
      /unsupported_token_type/,
    ],
    [
      'more than a mebibyte',
      { body: `{"active":true,"x":"${'x'.repeat(1024 * 1024)}"}` },
      'ERR_RESPONSE_TOO_LARGE',
      /1048576 bytes/,
    ],
    [
      'a body in gzip',
      { body: '{"active":true}', headers: { 'content-encoding': 'gzip' } },
      'ERR_RESPONSE_INVALID',
      /not encoded/,
    ],
  ])('%s', async (_name, answer, code, message, details = {}) => {
    const report = await asked(answer);
    expect(report).toMatchObject({ verdict: 'unknown', active: null, exit_code: 3, error: { code } });
    expect(report.error?.message).toMatch(message);
    expect(report.error?.details).toMatchObject(details);
    expect(report.error?.hint).toMatch(/^[a-z`-]/);
    expect(failures(report)).toEqual([]);
  });

  test('credentials that were refused are not tried another way', async () => {
    const server = await issuerServer({ introspection: { status: 401 } });
    const report = await introspect(OPAQUE, { issuer: server.issuer, client: CLIENT });
    expect(report.error?.code).toBe('ERR_CLIENT_AUTHENTICATION');
    expect(server.seen).toEqual(['GET metadata', 'POST introspection']);
    expect(causes(report)).toEqual(['client_secret_encoding', 'client_credentials_wrong', 'client_auth_method']);
  });

  test('with --mode remote the hint after unsupported_token_type names --mode auto', async () => {
    const refusing = { status: 400, body: { error: 'unsupported_token_type' } };
    const server = await issuerServer({ introspection: refusing });
    const report = await introspect(jws(accessClaims(server.issuer)), {
      issuer: server.issuer,
      client: CLIENT,
      mode: 'remote',
    });
    expect(report).toMatchObject({ verdict: 'unknown', exit_code: 3, error: { code: 'ERR_TOKEN_UNSUPPORTED' } });
    expect(report.error?.hint).toContain('--mode auto');
    expect(report.verification).toBeUndefined();
  });

  test.each([
    ['no endpoint and no issuer', {}, 'ERR_ENDPOINT_UNKNOWN', 2],
    ['offline', { issuer: 'https://id.example.com', offline: true }, 'ERR_OFFLINE', 3],
  ] as const)('nobody was asked: %s', async (_name, options, code, exit_code) => {
    const report = await introspect(OPAQUE, options);
    expect(report).toMatchObject({ verdict: 'unknown', exit_code, error: { code } });
  });

  test('metadata without an endpoint, and a client without credentials', async () => {
    const bare = await issuerServer({ metadata: { introspection_endpoint: undefined } });
    const without = await introspect(OPAQUE, { issuer: bare.issuer, client: CLIENT });
    expect(without).toMatchObject({ exit_code: 2, error: { code: 'ERR_ENDPOINT_UNKNOWN' } });
    const server = await issuerServer();
    const nobody = await introspect(OPAQUE, { issuer: server.issuer });
    expect(nobody).toMatchObject({ exit_code: 2, error: { code: 'ERR_CLIENT_CREDENTIALS_MISSING' } });
    expect(server.seen).toEqual(['GET metadata']);
  });
});

// ---------------------------------------------------------------- echoes

test.each([
  ['in an answer', json({ active: true, echo: `${OPAQUE} ${CLIENT.secret}`, nested: [{ secret: CLIENT.secret }] })],
  ['in an error', { status: 400, body: { error: 'invalid_request', error_description: `no token ${OPAQUE}` } }],
  ['in a body', { status: 500, type: 'text/plain', body: `form: token=${OPAQUE}&client_secret=the+secret+of+my-api` }],
  ['in a header', { status: 401, headers: { 'www-authenticate': `Bearer error="${OPAQUE}"` } }],
  ['as Basic', { status: 500, type: 'text/plain', body: Buffer.from(`my-api:${CLIENT.secret}`).toString('base64') }],
])('the token and the secret do not come back %s', async (_name, answer) => {
  const report = JSON.stringify(await asked(answer));
  expect(report).toContain('[redacted]');
  expect(report).not.toContain(OPAQUE);
  expect(report).not.toMatch(/the.secret.of.my-api/);
  expect(report).not.toContain(Buffer.from(CLIENT.secret).toString('base64').slice(4, -4));
});

test('a signed JWT inside an answer is shown without its signature', async () => {
  const inner = jws(accessClaims('https://id.example.com'));
  const report = await asked(json({ active: true, jwt: inner }));
  const [header, payload, signature = ''] = inner.split('.');
  expect(report.claims?.['jwt']).toBe(`${header}.${payload}.[signature removed]`);
  expect(JSON.stringify(report)).not.toContain(signature);
});
