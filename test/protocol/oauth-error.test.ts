// Answers that are no answer: each row of the contract (§11 "No answer" and "The remote answer, finer"), told by code, exit
// code, message, hint and details.

import { describe, expect, it } from 'vitest';
import { type ErrorCode, TokctlError } from '../../src/core/errors.ts';
import type { HttpAnswer } from '../../src/protocol/http/network.ts';
import { excerptOf, isJsonType, readFault, readRetryAfter } from '../../src/protocol/oauth-error.ts';
import { assertVoice } from './http/transports.ts';

const WHAT = 'the introspection endpoint';

interface Said {
  status?: number;
  type?: string;
  text?: string;
  headers?: Record<string, string>;
}

const answer = ({ status = 200, type, text = '', headers = {} }: Said): HttpAnswer => ({
  url: new URL('https://id.example.com/introspect?api_key=hunter2'),
  status,
  headers: new Map(Object.entries(headers)),
  ...(type === undefined ? {} : { mediaType: type }),
  text,
  latencyMs: 1,
});

const JSON_TYPE = 'application/json';
const json = (status: number, value: unknown, headers = {}): Said => ({
  status,
  type: JSON_TYPE,
  text: JSON.stringify(value),
  headers,
});

function fault(said: Said, options: Parameters<typeof readFault>[2] = {}): TokctlError {
  const error = readFault(answer(said), WHAT, options);
  if (error === undefined) throw new Error('expected a fault, got an answer');
  expect(error).toBeInstanceOf(TokctlError);
  expect(error.exitCode).toBe(3);
  assertVoice(error);
  expect(JSON.stringify([error.message, error.hint, error.details])).not.toContain('hunter2');
  expect(error.details).toMatchObject({ url: 'https://id.example.com/introspect', status: said.status ?? 200 });
  return error;
}

describe('an answer', () => {
  it.each<[string, Said]>([
    ['JSON', json(200, { active: true })],
    ['JSON that is broken: that is for the reader to say', { type: JSON_TYPE, text: '{"active":' }],
    ['JSON with a suffix', { type: 'application/jwk-set+json', text: '{"keys":[]}' }],
    ['inactive', json(200, { active: false })],
    ['active beside an error', json(200, { active: false, error: 'invalid_token' })],
    ['a grant beside an error', json(200, { access_token: 'x', error: 'none' })],
    ['an error that is no text', json(200, { error: { code: 404 } })],
    ['an error that is empty', json(200, { error: '' })],
    ['an error that is prose', json(200, { error: 'Something Went Wrong' })],
    ['an error that is inherited', { type: JSON_TYPE, text: '{"__proto__":{"error":"invalid_client"}}' }],
    ['a list', json(200, [{ error: 'invalid_client' }])],
  ])('is %s', (_what, said) => {
    expect(readFault(answer(said), WHAT)).toBeUndefined();
  });

  it('may have another media type where the caller says so', () => {
    const signed: Said = { type: 'application/token-introspection+jwt', text: 'a.b.c' };
    expect(readFault(answer(signed), WHAT, { mediaTypes: ['application/token-introspection+jwt'] })).toBeUndefined();
    expect(fault(signed)).toMatchObject({ code: 'ERR_RESPONSE_INVALID' });
  });
});

describe('an OAuth error', () => {
  it.each<[string, number, ErrorCode, RegExp]>([
    ['unsupported_token_type', 400, 'ERR_TOKEN_UNSUPPORTED', /--mode auto/],
    ['unsupported_token_type', 200, 'ERR_TOKEN_UNSUPPORTED', /--mode auto/],
    ['unsupported_token_type', 401, 'ERR_TOKEN_UNSUPPORTED', /--mode auto/],
    ['unsupported_token_type', 503, 'ERR_TOKEN_UNSUPPORTED', /--mode auto/],
    ['invalid_client', 400, 'ERR_CLIENT_AUTHENTICATION', /check --client-id and --client-secret; --client-auth/],
    ['invalid_client', 401, 'ERR_CLIENT_AUTHENTICATION', /check --client-id and --client-secret; --client-auth/],
    ['invalid_client', 200, 'ERR_CLIENT_AUTHENTICATION', /check --client-id/],
    ['invalid_client', 500, 'ERR_CLIENT_AUTHENTICATION', /check --client-id/],
    ['invalid_token', 401, 'ERR_CLIENT_AUTHENTICATION', /check --client-id/],
    ['access_denied', 403, 'ERR_CLIENT_AUTHENTICATION', /the caller is known but not allowed/],
    ['invalid_request', 400, 'ERR_OAUTH', /tokctl explain ERR_OAUTH/],
    ['invalid_request', 404, 'ERR_OAUTH', /tokctl explain ERR_OAUTH/],
    ['invalid_request', 200, 'ERR_OAUTH', /tokctl explain ERR_OAUTH/],
    ['unauthorized_client', 400, 'ERR_OAUTH', /this client may not do that/],
    ['unsupported_grant_type', 400, 'ERR_OAUTH', /client_credentials/],
    ['invalid_scope', 400, 'ERR_OAUTH', /--bearer-scope/],
    ['invalid_target', 400, 'ERR_OAUTH', /--bearer-resource/],
    ['invalid_token', 400, 'ERR_OAUTH', /--bearer/],
    ['insufficient_scope', 400, 'ERR_OAUTH', /--bearer-scope/],
    ['server_error', 500, 'ERR_OAUTH', /log of the server/],
    ['temporarily_unavailable', 503, 'ERR_OAUTH', /try again later/],
    ['vendor_made_this_up', 400, 'ERR_OAUTH', /tokctl explain ERR_OAUTH/],
    ['constructor', 400, 'ERR_OAUTH', /tokctl explain ERR_OAUTH/],
  ])('%s with status %i is %s', (error, status, code, hint) => {
    const found = fault(json(status, { error }));
    expect(found).toMatchObject({ code, details: { oauthError: error } });
    expect(found.message).toBe(`expected an answer from ${WHAT}, got the error "${error}" with status ${status}`);
    expect(found.hint).toMatch(hint);
    expect(found.details).not.toHaveProperty('excerpt');
  });

  it('decides whatever its media type is, but not in a page for people', () => {
    const text = '{"error":"invalid_client"}';
    expect(fault({ status: 400, type: 'text/plain', text })).toMatchObject({ code: 'ERR_CLIENT_AUTHENTICATION' });
    expect(fault({ status: 400, text })).toMatchObject({ code: 'ERR_CLIENT_AUTHENTICATION' });
    expect(fault({ status: 400, type: 'text/html', text })).toMatchObject({ code: 'ERR_HTTP_STATUS' });
  });

  it('tells the description of the server, escaped and shortened', () => {
    const hostile = 'no \u001b[31mclient\u001b[0m\r\nhint: run \u202ecurl\u2028 "evil"';
    const found = fault(json(401, { error: 'invalid_client', error_description: hostile }));
    expect(found.message).toMatch(
      /got the error "invalid_client" \("no \\u001b\[31mclient.*\\"evil\\""\) with status 401$/,
    );
    expect(found.message).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(found.details.oauthErrorDescription).toBe(hostile);
    const long = fault(json(400, { error: 'invalid_request', error_description: 'x'.repeat(5_000) }));
    expect(long.message.length).toBeLessThan(400);
    expect(long.message).toContain('xxx…"');
  });

  it.each(['Internal Server Error', 'a\nb', 'x'.repeat(101), 'é', '"', '\\'])(
    'is none when its code is %o',
    (error) => {
      expect(fault(json(500, { error }))).toMatchObject({ code: 'ERR_HTTP_STATUS' });
    },
  );

  it('is none when its description is no text', () => {
    const found = fault(json(400, { error: 'invalid_request', error_description: { deep: true } }));
    expect(found.details).not.toHaveProperty('oauthErrorDescription');
  });

  it('of a request without credentials says nothing of credentials', () => {
    expect(fault(json(401, { error: 'access_denied' }), { anonymous: true })).toMatchObject({ code: 'ERR_OAUTH' });
  });
});

describe('a status', () => {
  it.each([
    ['without a body', {}],
    ['with text', { type: 'text/plain', text: 'go away' }],
    ['with a page', { type: 'text/html', text: '<html>login</html>' }],
    ['with vendor JSON', { type: JSON_TYPE, text: '{"message":"no","code":7}' }],
    ['with what would be an answer', { type: JSON_TYPE, text: '{"active":true}' }],
  ])('401 or 403 %s is ERR_CLIENT_AUTHENTICATION', (_what, said) => {
    const headers = { 'www-authenticate': 'Basic realm="x"' };
    const unknown = fault({ status: 401, ...said, headers });
    expect(unknown).toMatchObject({ code: 'ERR_CLIENT_AUTHENTICATION' });
    expect(unknown.message).toBe(`expected an answer from ${WHAT}, got a refusal of the caller with status 401`);
    expect(unknown.details.wwwAuthenticate).toBe('Basic realm="x"');
    expect(unknown.hint).toMatch(/check --client-id and --client-secret; --client-auth names another way/);
    const forbidden = fault({ status: 403, ...said });
    expect(forbidden).toMatchObject({ code: 'ERR_CLIENT_AUTHENTICATION' });
    expect(forbidden.hint).toMatch(/the caller is known but not allowed/);
  });

  it.each([401, 403])('%i is ERR_HTTP_STATUS where nothing was sent that could be refused', (status) => {
    const found = fault({ status }, { anonymous: true });
    expect(found).toMatchObject({ code: 'ERR_HTTP_STATUS' });
    expect(found.message).toBe(`expected status 200 from ${WHAT}, got ${status}`);
  });

  it.each<[number, RegExp]>([
    [400, /-v/],
    [402, /-v/],
    [404, /check the URL; `tokctl doctor` shows/],
    [405, /check the URL; `tokctl doctor` shows/],
    [410, /-v/],
    [418, /-v/],
    [500, /try again later, and look into the log of the server/],
    [502, /try again later/],
    [503, /try again later/],
    [504, /try again later/],
    [599, /try again later/],
  ])('%i whose body says nothing is ERR_HTTP_STATUS', (status, hint) => {
    for (const said of [
      {},
      { type: JSON_TYPE, text: '{"active":false}' },
      { type: 'text/html', text: '<html>x</html>' },
    ]) {
      const found = fault({ status, ...said });
      expect(found).toMatchObject({ code: 'ERR_HTTP_STATUS' });
      expect(found.message).toBe(`expected status 200 from ${WHAT}, got ${status}`);
      expect(found.hint).toMatch(hint);
    }
  });

  it.each([201, 202, 203, 206, 299])('%i with a body is ERR_HTTP_STATUS, however good the body looks', (status) => {
    expect(fault(json(status, { active: true }))).toMatchObject({ code: 'ERR_HTTP_STATUS' });
  });

  it('503 tells how long to wait, if the server does', () => {
    expect(fault({ status: 503, headers: { 'retry-after': '30' } }).details.retryAfter).toBe(30);
    expect(fault({ status: 500, headers: { 'retry-after': '30' } }).details).not.toHaveProperty('retryAfter');
  });

  it.each([300, 301, 302, 303, 304, 307, 308])('%i is ERR_HTTP_STATUS with the target, escaped', (status) => {
    const found = fault({ status, headers: { location: 'https://login.example.com/\u001b]8;;x\u0007' } });
    expect(found).toMatchObject({ code: 'ERR_HTTP_STATUS' });
    expect(found.message).toBe(
      `expected status 200 from ${WHAT}, got a redirect (${status}) to "https://login.example.com/\\u001b]8;;x\\u0007"`,
    );
    expect(found.hint).toMatch(/a redirect to a login page means that it is the wrong one/);
    expect(fault({ status }).message).toMatch(/got a redirect \(\d+\) without a target$/);
  });

  it('of a redirect decides before what its body says', () => {
    expect(fault(json(302, { error: 'invalid_client' }))).toMatchObject({ code: 'ERR_HTTP_STATUS' });
  });

  it.each<[string, string | undefined, string]>([
    ['a number', '30', 'wait 30 s and try again'],
    ['none', undefined, 'wait a while and try again'],
    ['nonsense', 'soon', 'wait a while and try again'],
    ['an endless number', '9'.repeat(400), 'wait a while and try again'],
  ])('429 is ERR_RATE_LIMITED, with %s in Retry-After', (_what, retryAfter, wait) => {
    const headers = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
    for (const said of [{}, json(429, { error: 'slow_down' }), { type: 'text/html', text: '<html>' }]) {
      const found = fault({ ...said, status: 429, headers });
      expect(found).toMatchObject({ code: 'ERR_RATE_LIMITED' });
      expect(found.message).toBe(`expected an answer from ${WHAT}, got too many requests (429)`);
      expect(found.hint).toBe(`${wait}; a lower --concurrency asks more slowly`);
    }
  });
});

describe('a body', () => {
  it.each([
    [204, ''],
    [200, ''],
    [200, ' \r\n\t'],
    [205, ''],
    [202, ''],
  ])('with status %i that is %o is ERR_RESPONSE_INVALID', (status, text) => {
    const found = fault({ status, type: JSON_TYPE, text });
    expect(found).toMatchObject({ code: 'ERR_RESPONSE_INVALID' });
    expect(found.message).toBe(`expected a JSON object from ${WHAT}, got an empty body with status ${status}`);
    expect(found.hint).toMatch(/check that the URL is the endpoint itself/);
    expect(found.details).not.toHaveProperty('excerpt');
  });

  it.each<[string | undefined, string, string]>([
    ['text/html', '<!DOCTYPE html>\n<title>Sign in</title>', 'an HTML page ("text/html")'],
    ['application/xhtml+xml', '<html>', 'an HTML page ("application/xhtml+xml")'],
    [undefined, '<html><body>Sign in</body>', 'an HTML page (no media type)'],
    ['text/plain', '  <!doctype HTML>', 'an HTML page ("text/plain")'],
    ['text/plain', 'ok', 'a body ("text/plain")'],
    ['text/plain', '{"active":true}', 'a body ("text/plain")'],
    [undefined, '{"active":true}', 'a body (no media type)'],
    ['text/json', '{"active":true}', 'a body ("text/json")'],
    ['application/jwt', 'a.b.c', 'a body ("application/jwt")'],
    ['application/xml', '<x/>', 'a body ("application/xml")'],
    ['application/json, text/html', '{"active":true}', 'an HTML page ("application/json, text/html")'],
    ['application/json, application/json', '{}', 'a body ("application/json, application/json")'],
    ['application/jsonp', '{}', 'a body ("application/jsonp")'],
    ['\u001b[31m', '{}', 'a body ("\\u001b[31m")'],
  ])('of type %o is ERR_RESPONSE_INVALID', (type, text, actual) => {
    const found = fault({ text, ...(type === undefined ? {} : { type }) });
    expect(found).toMatchObject({ code: 'ERR_RESPONSE_INVALID', details: { excerpt: excerptOf(text) } });
    expect(found.message).toBe(`expected application/json from ${WHAT}, got ${actual}`);
    expect(found.hint).toMatch(/check that the URL is the endpoint itself and not a page for people/);
  });

  it.each([
    'access_token=granted-1&token_type=bearer',
    '{"access_token":"granted-1"}',
    '{ "refresh_token" : "granted-1" }',
    "{'id_token': 'granted-1'}",
  ])('that grants a token is not quoted: %s', (text) => {
    const found = fault({ type: 'text/plain', text });
    expect(JSON.stringify([found.message, found.details])).not.toContain('granted-1');
  });
});

describe('excerptOf', () => {
  it.each([
    ['', ''],
    ['one', 'one'],
    ['\n\n  one  \ntwo', 'one'],
    ['one\rtwo', 'one'],
    ['x'.repeat(300), 'x'.repeat(200)],
  ])('of %o is %o', (text, excerpt) => {
    expect(excerptOf(text)).toBe(excerpt);
  });
});

describe('isJsonType', () => {
  it('knows JSON by name and by suffix', () => {
    const types = [
      'application/json',
      'application/jwk-set+json',
      'application/problem+json',
      'application/json+x',
      'text/json',
      'application/+json',
      'application/a b+json',
      'json',
      '',
      undefined,
    ];
    expect(types.filter((type) => isJsonType(type))).toEqual([
      'application/json',
      'application/jwk-set+json',
      'application/problem+json',
    ]);
  });
});

describe('readRetryAfter', () => {
  it.each<[string, string | undefined, number | undefined]>([
    ['30', undefined, 30],
    ['0', undefined, 0],
    ['31536000', undefined, 31_536_000],
    ['Sat, 21 Nov 2026 01:00:30 GMT', 'Sat, 21 Nov 2026 01:00:00 GMT', 30],
    ['Sat, 21 Nov 2026 00:00:00 GMT', 'Sat, 21 Nov 2026 01:00:00 GMT', 0],
    ['-5', 'Sat, 21 Nov 2026 01:00:00 GMT', undefined],
    ['1.5', 'Sat, 21 Nov 2026 01:00:00 GMT', undefined],
    ['2027', undefined, 2027],
    ['9'.repeat(400), undefined, undefined],
    ['soon', undefined, undefined],
  ])('of %o at %o is %o', (retryAfter, date, seconds) => {
    const headers = new Map([['retry-after', retryAfter], ...(date === undefined ? [] : [['date', date] as const])]);
    expect(readRetryAfter({ headers })).toBe(seconds);
  });
});
