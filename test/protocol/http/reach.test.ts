// What may be reached at all, and how an outer signal ends an exchange at once.

import { describe, expect, it } from 'vitest';
import { TokctlError } from '../../../src/core/errors.ts';
import { exchange } from '../../../src/protocol/http/exchange.ts';
import type { FetchLike, Lookup } from '../../../src/protocol/http/network.ts';
import { bytes, head, json, silence } from '../../servers/answers.ts';
import { scriptedServer } from '../../servers/scripted-server.ts';
import { HERE, leadsTo } from './lookups.ts';
import { get, network, post, recorder, refused, TRANSPORTS } from './transports.ts';

const REFUSED = { code: 'ERR_ENDPOINT_REFUSED', exitCode: 2 } as const;

describe.each(TRANSPORTS)('a host that only a token names, over %s', (_, make) => {
  it.each([
    'https://169.254.169.254/',
    'https://[fe80::1]/',
    'https://[::ffff:169.254.169.254]/',
    'https://2852039166/',
    'https://0xa9fea9fe/',
    'https://0251.0376.0251.0376/',
    'https://169.254.43518/',
  ])('is refused at %s, before anything is connected', async (href) => {
    const lookup = leadsTo([]);
    await refused(get(new URL(href), { hostFromToken: true }), network(make({ lookup })), {
      ...REFUSED,
      message: /expected a host that is not link-local, because only a token names it, got \S+/,
      hint: /name the issuer yourself if it is right: `--issuer URL`/,
    });
    expect(lookup.asked).toEqual([]);
  });

  it.each([
    ['an IPv4 address', leadsTo([{ address: '169.254.169.254', family: 4 }])],
    ['an IPv6 address', leadsTo([{ address: 'fe80::1%eth0', family: 6 }])],
    ['a mapped address', leadsTo([{ address: '::ffff:a9fe:a9fe', family: 6 }])],
    ['one of several addresses', leadsTo([HERE, { address: '169.254.0.1', family: 4 }])],
  ])('is refused when its name leads to %s that is link-local', async (_what, lookup) => {
    const server = await scriptedServer([]);
    const url = new URL(`https://metadata.example.test:${server.port}/`);
    const { observe, exchanges } = recorder();
    const over = network(make({ lookup }), { retries: 2, observe });
    const error = await refused(get(url, { hostFromToken: true }), over, {
      ...REFUSED,
      message: /expected a host that is not link-local, .*, got metadata.example.test at (?:169.254|fe80|::ffff:a9fe)/,
      hint: /--issuer URL/,
    });
    expect(error.details.url).toBe(url.href);
    expect(lookup.asked).toEqual(['metadata.example.test']);
    expect(exchanges.length).toBe(1);
    expect(server.connections).toBe(0);
  });

  it('may be on loopback or on a private address, by name too: a person said so', async () => {
    const server = await scriptedServer([json({ mine: true }), json({ mine: true })]);
    const over = network(make({ lookup: leadsTo([HERE]) }));
    const named = new URL(`http://id.localhost:${server.port}/`);
    expect((await exchange(get(server.url(), { hostFromToken: true }), over)).status).toBe(200);
    expect((await exchange(get(named, { hostFromToken: true }), over)).status).toBe(200);
  });

  it('is not reached over a connection that was made without the guard', async () => {
    const server = await scriptedServer([json({})]);
    const found = [HERE];
    const over = network(make({ lookup: leadsTo(found) }));
    const url = new URL(`http://id.localhost:${server.port}/`);
    await exchange(get(url), over);
    found[0] = { address: '169.254.169.254', family: 4 };
    await refused(get(url, { hostFromToken: true }), over, {
      ...REFUSED,
      message: /got id.localhost at 169.254.169.254/,
      hint: /--issuer URL/,
    });
  });
});

describe.each(TRANSPORTS)('a host that a person names, over %s', (_, make) => {
  it('may be link-local', async () => {
    const server = await scriptedServer([json({})]);
    // The name stands for a link-local address; the lookup leads to the server of the test.
    const over = network(make({ lookup: leadsTo([HERE]) }), { insecureHttp: true });
    const url = new URL(`http://printer.example.test:${server.port}/`);
    expect((await exchange(get(url), over)).status).toBe(200);
    expect(server.received[0]?.headers.get('host')).toBe(url.host);
  });

  it('is tried at its next address when the first does not answer', async () => {
    const server = await scriptedServer([json({})], { host: '127.0.0.1' });
    const lookup = leadsTo([{ address: '::1', family: 6 }, HERE]);
    const over = network(make({ lookup }));
    expect((await exchange(get(new URL(`http://two.localhost:${server.port}/`)), over)).status).toBe(200);
  });
});

describe.each(TRANSPORTS)('a URL over %s', (_, make) => {
  const never = () => network(make({ lookup: () => expect.unreachable('no name is asked for') }));

  it.each([
    'http://id.example.test/',
    'http://10.0.0.1/',
    'http://localhost.example.test/',
    'http://127.0.0.1.example.test/',
  ])('is refused in clear text beyond loopback: %s', async (href) => {
    await refused(post(new URL(href)), never(), {
      ...REFUSED,
      message: new RegExp(`expected https, or http on loopback, got \`http\` to \`${new URL(href).host}\``),
      hint: /--insecure-http/,
    });
  });

  it.each([
    'ftp://id.example.test/',
    'file:///etc/passwd',
    'data:application/json,{}',
    'gopher://id.example.test/',
    'ws://localhost/',
  ])('is refused with another scheme: %s', async (href) => {
    await refused(get(new URL(href)), never(), {
      ...REFUSED,
      message: /expected an https URL, got the scheme `(?:ftp|file|data|gopher|ws)`/,
      hint: /use an https URL/,
    });
  });

  it.each(['https://user:hunter2@id.example.test/', 'http://hunter2@127.0.0.1/', 'https://:hunter2@id.example.test/'])(
    'is refused with a user part, which is not repeated: %s',
    async (href) => {
      const error = await refused(get(new URL(href)), never(), {
        ...REFUSED,
        message: /expected a URL without a user part, got one for `\S+` with a user name or a password in it/,
        hint: /--client-id/,
      });
      expect(JSON.stringify([error.message, error.hint, error.details])).not.toContain('hunter2');
    },
  );

  it('does not show its query in an error', async () => {
    const error = await refused(get(new URL('http://id.example.test/x?access_token=hunter2#hunter2')), never(), {
      ...REFUSED,
      message: /clear text|https/,
      hint: /./,
    });
    expect(error.details.url).toBe('http://id.example.test/x');
  });

  it('may be clear text anywhere with --insecure-http', async () => {
    const server = await scriptedServer([json({})]);
    const lookup = leadsTo([HERE]);
    const url = new URL(`http://id.example.test:${server.port}/`);
    expect((await exchange(get(url), network(make({ lookup }), { insecureHttp: true }))).status).toBe(200);
  });
});

describe.each(TRANSPORTS)('an outer abort over %s', (_, make) => {
  const reason = new Error('interrupted');

  it('that came before sends nothing', async () => {
    const server = await scriptedServer([]);
    const over = network(make(), { signal: AbortSignal.abort(reason) });
    await expect(exchange(get(server.url()), over)).rejects.toBe(reason);
    expect(server.connections).toBe(0);
  });

  it.each([
    ['before the head', ''],
    ['in the body', head({ 'content-length': '20' })],
  ])('%s ends the exchange with its reason, and the connection', async (_what, start) => {
    const controller = new AbortController();
    const server = await scriptedServer([
      (socket) => {
        socket.write(start, () => setImmediate(() => controller.abort(reason)));
      },
    ]);
    const { observe, exchanges } = recorder();
    const over = network(make(), { retries: 2, signal: controller.signal, observe });
    await expect(exchange(get(server.url()), over)).rejects.toBe(reason);
    expect(exchanges).toMatchObject([{ failure: 'ABORTED' }]);
    await server.idle();
  });

  it('while a name is looked up ends the exchange', async () => {
    const controller = new AbortController();
    const lookup: Lookup = () => controller.abort(reason);
    const over = network(make({ lookup }), { signal: controller.signal });
    await expect(exchange(get(new URL('https://id.example.test/')), over)).rejects.toBe(reason);
  });

  it('gives a TokctlError that is its reason as it is', async () => {
    const own = new TokctlError('ERR_USAGE', 'expected a, got b', { hint: 'c' });
    const controller = new AbortController();
    const server = await scriptedServer([() => controller.abort(own)]);
    await expect(exchange(get(server.url()), network(make(), { signal: controller.signal }))).rejects.toBe(own);
  });

  it('needs no AbortSignal of the exchange', async () => {
    const server = await scriptedServer([json({ answer: 1 })]);
    const transport = make();
    let read = 0;
    const counting: FetchLike = (url, init) =>
      transport(
        url,
        Object.defineProperty({ ...init }, 'signal', {
          get: () => {
            read += 1;
            return AbortSignal.abort(reason);
          },
        }),
      );
    const over = network(transport);
    expect((await exchange(get(server.url()), { ...over, fetch: counting })).text).toBe('{"answer":1}');
    expect(read).toBe(0);
  });

  it('after the answer changes nothing', async () => {
    const controller = new AbortController();
    const server = await scriptedServer([json({})]);
    const answer = await exchange(get(server.url()), network(make(), { signal: controller.signal }));
    controller.abort(reason);
    expect(answer.status).toBe(200);
  });
});

describe.each(TRANSPORTS)('time over %s', (_, make) => {
  it('is over while a name is looked up', async () => {
    await refused(get(new URL('https://id.example.test/')), network(make({ lookup: () => {} }), { timeoutMs: 100 }), {
      code: 'ERR_TIMEOUT',
      exitCode: 3,
      message: /expected a whole answer within 0.1 s from `id.example.test:443`, got none/,
      hint: /--timeout 30s/,
    });
  });

  it('is over while TLS is begun', async () => {
    const server = await scriptedServer([]);
    const url = new URL(`https://127.0.0.1:${server.port}/`);
    const fetch = make();
    await refused(get(url), network(fetch, { timeoutMs: 100 }), {
      code: 'ERR_TIMEOUT',
      exitCode: 3,
      message: /expected a whole answer within 0.1 s/,
      hint: /--timeout 30s/,
    });
    expect(server.connections).toBe(1);
    fetch.close();
    await server.idle();
  });
});

describe.each(TRANSPORTS)('closing %s', (_, make) => {
  it('ends the connections that are kept', async () => {
    const server = await scriptedServer([json({})]);
    const fetch = make();
    await exchange(get(server.url()), network(fetch));
    fetch.close();
    await server.idle();
  });

  it('ends nothing twice', () => {
    const fetch = make();
    fetch.close();
    fetch.close();
  });

  it('leaves nothing open after an exchange that timed out', async () => {
    const server = await scriptedServer([silence]);
    const fetch = make();
    await exchange(post(server.url()), network(fetch, { timeoutMs: 100 })).catch(() => {});
    fetch.close();
    await server.idle();
  });

  it('keeps no connection that still owes a part of its answer', async () => {
    const server = await scriptedServer([bytes(head({ 'content-length': '20' }), '{"act'), json({ active: false })]);
    const over = network(make(), { timeoutMs: 200 });
    await exchange(get(server.url()), over).catch(() => {});
    const answer = await exchange(get(server.url()), { ...over, timeoutMs: 5_000 });
    expect(answer.text).toBe('{"active":false}');
    expect(server.received.map(({ connection }) => connection)).toEqual([1, 2]);
  });
});
