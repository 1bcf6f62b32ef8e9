// One exchange that goes well, and what it sends: the wire is read, not the options.

import { describe, expect, it } from 'vitest';
import { VERSION } from '../../../src/core/version.ts';
import { exchange } from '../../../src/protocol/http/exchange.ts';
import { readFault } from '../../../src/protocol/oauth-error.ts';
import { body, bytes, json, status } from '../../servers/answers.ts';
import { closedPort, scriptedServer } from '../../servers/scripted-server.ts';
import { failure, get, network, post, recorder, refused, TRANSPORTS } from './transports.ts';

describe.each(TRANSPORTS)('an exchange over %s', (_, make) => {
  it('gives status, headers, media type and text of a GET', async () => {
    const server = await scriptedServer([json({ issuer: 'x' }, { headers: { 'X-Some': 'Thing' } })]);
    const answer = await exchange(get(server.url('/.well-known/x?y=1')), network(make()));
    expect(answer).toMatchObject({ status: 200, mediaType: 'application/json', text: '{"issuer":"x"}' });
    expect(answer.url.href).toBe(`${server.origin}/.well-known/x?y=1`);
    expect(answer.headers.get('x-some')).toBe('Thing');
    expect(answer.latencyMs).toBeGreaterThan(0);
    expect(server.received).toMatchObject([{ method: 'GET', target: '/.well-known/x?y=1', body: '' }]);
  });

  it('sends a form, and says who asks and that nothing is to be encoded', async () => {
    const server = await scriptedServer([json({ active: false })]);
    const form: [string, string][] = [
      ['token', 'a+b c&d=é'],
      ['token_type_hint', 'access_token'],
    ];
    await exchange(post(server.url('/introspect'), { form }), network(make()));
    const [request] = server.received;
    expect(request).toMatchObject({ method: 'POST', target: '/introspect' });
    expect(request?.body).toBe('token=a%2Bb+c%26d%3D%C3%A9&token_type_hint=access_token');
    expect(Object.fromEntries(request?.headers ?? [])).toMatchObject({
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': String(request?.body.length),
      'user-agent': `tokctl/${VERSION}`,
      'accept-encoding': 'identity',
      accept: 'application/json',
      authorization: 'Basic c2VjcmV0OnNlY3JldA==',
      host: `127.0.0.1:${server.port}`,
    });
  });

  it('sends no cookie, referrer or other trace, and keeps no cookie', async () => {
    const cookie = { 'set-cookie': 'session=1; Path=/' };
    const server = await scriptedServer([json({}, { headers: cookie }), json({})]);
    const over = network(make());
    await exchange(get(server.url()), over);
    await exchange(get(server.url()), over);
    for (const { headers } of server.received) {
      const names = [...headers.keys()].filter((name) => name !== 'connection').sort();
      expect(names).toEqual(['accept', 'accept-encoding', 'host', 'user-agent']);
    }
  });

  it('asks an IPv6 host', async () => {
    const server = await scriptedServer([json({ six: true })], { host: '::1' });
    const answer = await exchange(get(server.url()), network(make()));
    expect(answer.text).toBe('{"six":true}');
    expect(server.received[0]?.headers.get('host')).toBe(`[::1]:${server.port}`);
  });

  it.each([301, 302, 303, 307, 308])('does not follow a redirect with status %i', async (code) => {
    const second = await scriptedServer([]);
    const server = await scriptedServer([status(code, { location: `${second.origin}/login` })]);
    const answer = await exchange(post(server.url()), network(make()));
    expect(answer.status).toBe(code);
    expect(second.connections).toBe(0);
    const fault = await failure(Promise.reject(readFault(answer, 'the introspection endpoint')), {
      code: 'ERR_HTTP_STATUS',
      exitCode: 3,
      message: new RegExp(
        `expected status 200 from the introspection endpoint, got a redirect \\(${code}\\) to ".*/login"`,
      ),
      hint: /name the URL that answers by itself/,
    });
    expect(fault.details).toMatchObject({ status: code });
  });

  it.each([200, 201, 400, 401, 403, 404, 500, 502])('gives an answer with status %i as it is', async (code) => {
    const server = await scriptedServer([body('text/plain', 'what it said', { status: code })]);
    const answer = await exchange(get(server.url()), network(make(), { retries: 2 }));
    expect(answer).toMatchObject({ status: code, mediaType: 'text/plain', text: 'what it said' });
  });

  it('passes over interim responses', async () => {
    const interim = 'HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n';
    const server = await scriptedServer([bytes(interim, 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}')]);
    expect(await exchange(get(server.url()), network(make()))).toMatchObject({ status: 200, text: '{}' });
  });

  it('keeps both of two Content-Types, so that neither is believed', async () => {
    const doubled =
      'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\n{}';
    const server = await scriptedServer([bytes(doubled)]);
    const answer = await exchange(get(server.url()), network(make()));
    expect(answer.headers.get('content-type')).toBe('application/json, text/html');
    await failure(Promise.reject(readFault(answer, 'the metadata')), {
      code: 'ERR_RESPONSE_INVALID',
      exitCode: 3,
      message: /expected application\/json from the metadata, got an HTML page \("application\/json, text\/html"\)/,
      hint: /check that the URL is the endpoint itself/,
    });
  });

  it('adds free headers of the user to every request', async () => {
    const server = await scriptedServer([json({})]);
    await exchange(get(server.url()), network(make(), { headers: { 'X-Tenant': 'blue', 'User-Agent': 'mine' } }));
    expect(Object.fromEntries(server.received[0]?.headers ?? [])).toMatchObject({
      'x-tenant': 'blue',
      'user-agent': 'mine',
    });
  });

  it('sends the Authorization of the user with documents of hosts that were named, and with nothing else', async () => {
    const server = await scriptedServer([json({}), json({}), json({})]);
    const free = network(make(), { headers: { Authorization: 'Bearer of-the-cluster-0001' } });
    await exchange(get(server.url(), { mayAuthorize: true }), free);
    await exchange(get(server.url()), free);
    await exchange(get(server.url(), { headers: { authorization: 'Basic of-the-client' } }), free);
    const sent = server.received.map(({ headers }) => headers.get('authorization'));
    expect(sent).toEqual(['Bearer of-the-cluster-0001', undefined, 'Basic of-the-client']);
  });

  it.each(['Host', 'Content-Length', 'Cookie', 'Transfer-Encoding', 'Accept-Encoding', 'Proxy-Authorization'])(
    'refuses %s as a free header and sends nothing',
    async (name) => {
      const server = await scriptedServer([]);
      const error = await refused(get(server.url()), network(make(), { headers: { [name]: 'hidden value' } }), {
        code: 'ERR_USAGE',
        exitCode: 2,
        message: new RegExp(
          `expected a header that is free to set, got \`${name.toLowerCase()}\`, which tokctl sets itself`,
        ),
        hint: /--header|--client-id/,
      });
      expect(error.message).not.toContain('hidden value');
    },
  );

  it.each([
    ['a line break in the value', { 'X-A': 'one\r\nX-B: two' }, /one line in the header `X-A`/],
    ['a bare line feed in the value', { 'X-A': 'one\nX-B: two' }, /one line in the header `X-A`/],
    ['a null character in the value', { 'X-A': 'one\0' }, /one line in the header `X-A`/],
    ['a character beyond Latin-1 in the value', { 'X-A': 'snow☃' }, /one line in the header `X-A`/],
    ['a line break in the name', { 'X-A: one\r\nX-B': 'two' }, /a header name of letters, digits and hyphens/],
    ['a name that is empty', { '': 'two' }, /a header name of letters, digits and hyphens/],
  ])('refuses %s of a free header', async (_what, headers, message) => {
    const server = await scriptedServer([]);
    const error = await refused(get(server.url()), network(make(), { headers }), {
      code: 'ERR_USAGE',
      exitCode: 2,
      message,
      hint: /--header "Name: value"/,
    });
    expect(error.message).not.toMatch(/two|snow/);
  });

  it('refuses a line break in a header of its own', async () => {
    const server = await scriptedServer([]);
    const request = get(server.url(), { headers: { authorization: 'Bearer x\r\ninjected: 1' } });
    const error = await refused(request, network(make()), {
      code: 'ERR_USAGE',
      exitCode: 2,
      message: /one line in the header `authorization`/,
      hint: /Name: value/,
    });
    expect(error.message).not.toContain('injected');
  });

  it('asks nobody with --offline, but tells the observer what it would have asked', async () => {
    const server = await scriptedServer([]);
    const { observe, exchanges } = recorder();
    await refused(get(server.url()), network(make(), { offline: true, observe }), {
      code: 'ERR_OFFLINE',
      exitCode: 3,
      message: new RegExp(`expected to ask \`127.0.0.1:${server.port}\`, got \`--offline\``),
      hint: /leave out `--offline`/,
    });
    expect(exchanges).toMatchObject([{ method: 'GET', url: `${server.origin}/`, failure: 'ERR_OFFLINE' }]);
    expect(server.connections).toBe(0);
  });
});

describe.each(TRANSPORTS)('the observer over %s', (_, make) => {
  it('is told of each try and of nothing secret', async () => {
    const server = await scriptedServer([status(503), json({ active: true })]);
    const { observe, exchanges } = recorder();
    const url = new URL(`/introspect?key=query-secret`, server.origin);
    const over = network(make(), { observe, retries: 2, headers: { 'X-Api-Key': 'free-secret' } });
    await exchange(
      post(url, {
        form: [
          ['token', 'form-secret'],
          ['client_secret', 'form-secret-2'],
        ],
      }),
      over,
    );
    expect(exchanges).toMatchObject([{ status: 503 }, { status: 200, mediaType: 'application/json' }]);
    expect(exchanges[1]).toMatchObject({
      purpose: 'introspection',
      method: 'POST',
      url: `${server.origin}/introspect`,
      formMembers: ['token', 'client_secret'],
    });
    expect(exchanges[1]?.requestHeaders).toEqual({
      'user-agent': `tokctl/${VERSION}`,
      'x-api-key': '[redacted]',
      accept: 'application/json',
      authorization: '[redacted]',
      'accept-encoding': 'identity',
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect(JSON.stringify(exchanges)).not.toMatch(/query-secret|form-secret|free-secret|c2Vjc/);
    expect(server.received[1]?.body).toContain('form-secret');
  });

  it('is told why there was no answer', async () => {
    const { observe, exchanges } = recorder();
    const url = new URL(`http://127.0.0.1:${await closedPort()}/`);
    await exchange(get(url), network(make(), { observe, retries: 1 })).catch(() => {});
    expect(exchanges).toMatchObject([{ failure: 'ECONNREFUSED' }, { failure: 'ECONNREFUSED' }]);
    expect(exchanges[0]).not.toHaveProperty('status');
  });
});
