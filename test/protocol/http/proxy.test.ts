// Through a proxy: a tunnel for https, whole URLs for http, and what goes wrong on the way (security.md H8). The hosts have
// names that exist nowhere; only the proxy knows them, as it is in the networks where proxies stand.

import { beforeAll, describe, expect, it } from 'vitest';
import { exchange } from '../../../src/protocol/http/exchange.ts';
import type { Network, ProxyOptions, TlsOptions } from '../../../src/protocol/http/network.ts';
import { chooseTransport } from '../../../src/protocol/http/transport.ts';
import { bytes, head, json, reset, silence, status } from '../../servers/answers.ts';
import { certificates } from '../../servers/certificates.ts';
import { proxyServer } from '../../servers/proxy-server.ts';
import { closedPort, scriptedServer } from '../../servers/scripted-server.ts';
import { failsWith, HERE, leadsTo } from './lookups.ts';
import { get, network, post, recorder, refused } from './transports.ts';

let known: Awaited<ReturnType<typeof certificates>>;
beforeAll(async () => {
  known = await certificates();
});

const HTTPS = new URL('https://id.example.test/introspect');
const HTTP = new URL('http://id.example.test/introspect?x=1');
const LOOK =
  /look at `(?:HTTPS_PROXY|http_proxy)`, its user and password, and list hosts to reach directly in `NO_PROXY`/;
const NO_WAY = { code: 'ERR_NETWORK', exitCode: 3, hint: LOOK } as const;

interface Through {
  proxy: ProxyOptions;
  connections?: number;
  tls?: TlsOptions;
}

const through = ({ tls = {}, ...options }: Through, over: Partial<Network> = {}): Network =>
  network(
    chooseTransport({
      ...options,
      tls: { ca: known.ca.cert, ...tls },
      lookup: () => expect.unreachable('the proxy resolves the names'),
    }),
    over,
  );

/** An https server by its name, behind a proxy. */
const behind = async (answers: Parameters<typeof scriptedServer>[0], certificate = known.server) => {
  const server = await scriptedServer(answers, { tls: certificate });
  return { server, reach: { 'id.example.test:443': server.port } };
};

describe('https through a proxy', () => {
  it('goes through a tunnel, and the proxy sees neither path nor credentials', async () => {
    const { server, reach } = await behind([json({ active: true })]);
    const proxy = await proxyServer({ reach });
    const answer = await exchange(post(HTTPS), through({ proxy: { httpsProxy: `http://127.0.0.1:${proxy.port}` } }));
    expect(answer.text).toBe('{"active":true}');
    expect(proxy.asked).toEqual(['CONNECT id.example.test:443']);
    expect(proxy.headers[0]).not.toHaveProperty('authorization');
    expect(proxy.headers[0]).toMatchObject({ host: 'id.example.test:443' });
    expect(server.received[0]?.headers.get('host')).toBe('id.example.test');
    expect(server.received[0]?.headers.has('proxy-authorization')).toBe(false);
  });

  it('keeps the tunnel for the next request to the same host', async () => {
    const { reach } = await behind([json({}), json({})]);
    const proxy = await proxyServer({ reach });
    const over = through({ proxy: { httpsProxy: `127.0.0.1:${proxy.port}` }, connections: 1 });
    await exchange(get(HTTPS), over);
    await exchange(get(HTTPS), over);
    expect(proxy.asked).toEqual(['CONNECT id.example.test:443']);
  });

  it('sends user and password of the proxy to the proxy alone', async () => {
    const { server, reach } = await behind([json({})]);
    const proxy = await proxyServer({ reach, credentials: 'me@home:p:w%' });
    await exchange(get(HTTPS), through({ proxy: { httpsProxy: `http://me%40home:p%3Aw%25@127.0.0.1:${proxy.port}` } }));
    expect(server.received[0]?.headers.has('proxy-authorization')).toBe(false);
    expect(proxy.asked.length).toBe(1);
  });

  it('is ERR_NETWORK with the status when the proxy wants a user, and is not tried again', async () => {
    const proxy = await proxyServer({ credentials: 'me:hunter2' });
    const { observe, exchanges } = recorder();
    const over = through(
      { proxy: { httpsProxy: `http://me:wrong-password@127.0.0.1:${proxy.port}` } },
      { retries: 2, observe },
    );
    const error = await refused(get(HTTPS), over, {
      ...NO_WAY,
      message: new RegExp(
        `expected an answer from \`id.example.test:443\` through the proxy \`127.0.0.1:${proxy.port}\`, got status 407 from the proxy`,
      ),
    });
    expect(JSON.stringify([error.message, error.hint, error.details, String(error.cause)])).not.toMatch(
      /wrong-password|bWU6/,
    );
    expect(proxy.asked.length).toBe(1);
    expect(exchanges.length).toBe(1);
  });

  it('is ERR_NETWORK with the status when the proxy cannot reach the host', async () => {
    const proxy = await proxyServer();
    await refused(get(HTTPS), through({ proxy: { httpsProxy: `http://127.0.0.1:${proxy.port}` } }), {
      ...NO_WAY,
      message: /got status 502 from the proxy/,
    });
  });

  it('is ERR_NETWORK when the proxy is down, after the retries', async () => {
    const { observe, exchanges } = recorder();
    const over = through({ proxy: { httpsProxy: `http://127.0.0.1:${await closedPort()}` } }, { retries: 2, observe });
    await refused(get(HTTPS), over, {
      ...NO_WAY,
      message: /through the proxy `127.0.0.1:\d+`, got connection refused \(`ECONNREFUSED`\)/,
    });
    expect(exchanges.map(({ failure }) => failure)).toEqual(['ECONNREFUSED', 'ECONNREFUSED', 'ECONNREFUSED']);
  });

  it.each([
    ['ends the connection', '', /got connection cut off/],
    ['does not speak HTTP', 'SSH-2.0-OpenSSH_9.6\r\n', /got something that is not HTTP\/1.1 as it should be/],
  ])('is ERR_NETWORK when the proxy %s', async (_what, connectAnswer, message) => {
    const proxy = await proxyServer({ connectAnswer });
    const over = through({ proxy: { httpsProxy: `http://127.0.0.1:${proxy.port}` } });
    await refused(get(HTTPS), over, { ...NO_WAY, message });
  });

  it('is ERR_TIMEOUT when the proxy does not answer, and the attempt ends with the transport', async () => {
    const proxy = await scriptedServer([silence]);
    const fetch = chooseTransport({ proxy: { httpsProxy: proxy.origin } });
    await refused(get(HTTPS), network(fetch, { timeoutMs: 200 }), {
      code: 'ERR_TIMEOUT',
      exitCode: 3,
      message: /expected a whole answer within 0.2 s from `id.example.test:443`/,
      hint: /--timeout 30s/,
    });
    expect(proxy.received).toMatchObject([{ method: 'CONNECT', target: 'id.example.test:443' }]);
    fetch.close();
    await proxy.idle();
  });

  it('checks the certificate of the host, not that of the proxy', async () => {
    const { server, reach } = await behind([], known.elsewhere);
    const proxy = await proxyServer({ reach });
    const over = through({ proxy: { httpsProxy: `http://127.0.0.1:${proxy.port}` } });
    await refused(get(HTTPS), over, {
      code: 'ERR_TLS',
      exitCode: 3,
      message: /expected a trusted TLS certificate from `id.example.test:443`, got one for other names/,
      hint: /use a host name of the certificate/,
    });
    expect(server.received).toEqual([]);
  });

  it('shows the host the certificate of the client', async () => {
    const tls = { ...known.server, ca: known.ca.cert, requestCert: true, rejectUnauthorized: true };
    const server = await scriptedServer([json({})], { tls });
    const proxy = await proxyServer({ reach: { 'id.example.test:443': server.port } });
    const over = through({ proxy: { httpsProxy: `http://127.0.0.1:${proxy.port}` }, tls: known.client });
    expect((await exchange(get(HTTPS), over)).status).toBe(200);
  });

  it('names the port that the URL names', async () => {
    const server = await scriptedServer([json({})], { tls: known.server });
    const proxy = await proxyServer({ reach: { 'id.example.test:8443': server.port } });
    const over = through({ proxy: { httpsProxy: `http://127.0.0.1:${proxy.port}` } });
    await exchange(get(new URL('https://id.example.test:8443/')), over);
    expect(proxy.asked).toEqual(['CONNECT id.example.test:8443']);
    expect(server.received[0]?.headers.get('host')).toBe('id.example.test:8443');
  });

  it('follows no redirect and keeps the rules of one exchange', async () => {
    const { reach } = await behind([status(302, { location: 'https://evil.example.test/' })]);
    const proxy = await proxyServer({ reach });
    const over = through({ proxy: { httpsProxy: `http://127.0.0.1:${proxy.port}` } });
    expect((await exchange(post(HTTPS), over)).status).toBe(302);
    expect(proxy.asked).toEqual(['CONNECT id.example.test:443']);
  });

  it('refuses a link-local address that stands in the URL, but not a name: the proxy resolves it', async () => {
    const { reach } = await behind([json({})]);
    const proxy = await proxyServer({ reach });
    const over = through({ proxy: { httpsProxy: `http://127.0.0.1:${proxy.port}` } });
    await refused(get(new URL('https://169.254.169.254/'), { hostFromToken: true }), over, {
      code: 'ERR_ENDPOINT_REFUSED',
      exitCode: 2,
      message: /a host that is not link-local/,
      hint: /--issuer URL/,
    });
    expect((await exchange(get(HTTPS, { hostFromToken: true }), over)).status).toBe(200);
  });
});

describe('through a proxy that speaks TLS', () => {
  it('goes through a tunnel in the tunnel', async () => {
    const { server, reach } = await behind([json({ active: true })]);
    const proxy = await proxyServer({ reach, tls: known.server });
    const over = through({ proxy: { httpsProxy: `https://127.0.0.1:${proxy.port}` } });
    expect((await exchange(get(HTTPS), over)).text).toBe('{"active":true}');
    expect(server.received.length).toBe(1);
  });

  it('sends http over TLS to the proxy', async () => {
    const server = await scriptedServer([json({})]);
    const proxy = await proxyServer({ reach: { 'id.example.test:80': server.port }, tls: known.server });
    const over = through({ proxy: { httpProxy: `https://127.0.0.1:${proxy.port}` } }, { insecureHttp: true });
    expect((await exchange(get(HTTP), over)).status).toBe(200);
  });

  it('checks the certificate of the proxy by its own name, whichever host is asked for', async () => {
    const { server, reach } = await behind([json({})]);
    const plain = await scriptedServer([json({})]);
    const proxy = await proxyServer({ reach: { ...reach, 'id.example.test:80': plain.port }, tls: known.proxy });
    const url = `https://proxy.example.test:${proxy.port}`;
    const fetch = chooseTransport({
      proxy: { httpProxy: url, httpsProxy: url },
      tls: { ca: known.ca.cert },
      lookup: leadsTo([HERE]),
    });
    const over = network(fetch, { insecureHttp: true });
    expect((await exchange(get(HTTP), over)).status).toBe(200);
    expect((await exchange(get(HTTPS), over)).status).toBe(200);
    expect(server.received.length).toBe(1);
  });

  it.each([
    ['unknown', () => known.unknown, /got one of an unknown issuer/],
    ['for another name', () => known.elsewhere, /got one for other names/],
  ])('is ERR_TLS, with the name of the proxy, when its certificate is %s', async (_what, certificate, message) => {
    const proxy = await proxyServer({ tls: certificate() });
    const urls: [URL, ProxyOptions][] = [
      [HTTPS, { httpsProxy: `https://127.0.0.1:${proxy.port}` }],
      [HTTP, { httpProxy: `https://127.0.0.1:${proxy.port}` }],
    ];
    for (const [url, options] of urls) {
      const error = await refused(get(url), through({ proxy: options }, { insecureHttp: true }), {
        code: 'ERR_TLS',
        exitCode: 3,
        message,
        hint: /--tls-ca FILE/,
      });
      expect(error.message).toContain(`from \`127.0.0.1:${proxy.port}\``);
    }
  });

  it('is checked though --insecure-tls leaves the host unchecked: credentials of the proxy are at stake', async () => {
    const proxy = await proxyServer({ tls: known.unknown });
    const over = through({ proxy: { httpsProxy: `https://127.0.0.1:${proxy.port}` }, tls: { insecure: true } });
    await refused(get(HTTPS), over, {
      code: 'ERR_TLS',
      exitCode: 3,
      message: /unknown issuer/,
      hint: /--tls-ca FILE/,
    });
  });
});

describe('http through a proxy', () => {
  const forwarded = async (answers: Parameters<typeof scriptedServer>[0]) => {
    const server = await scriptedServer(answers);
    return { server, reach: { 'id.example.test:80': server.port } };
  };

  it('sends the whole URL to the proxy', async () => {
    const { server, reach } = await forwarded([json({ active: true })]);
    const proxy = await proxyServer({ reach });
    const over = through({ proxy: { httpProxy: `http://127.0.0.1:${proxy.port}` } }, { insecureHttp: true });
    expect((await exchange(post(HTTP), over)).text).toBe('{"active":true}');
    expect(proxy.asked).toEqual(['POST http://id.example.test/introspect?x=1']);
    expect(server.received).toMatchObject([{ method: 'POST', target: '/introspect?x=1' }]);
    expect(server.received[0]?.headers.get('host')).toBe('id.example.test');
    expect(server.received[0]?.body).toContain('token=');
  });

  it('sends user and password of the proxy', async () => {
    const { reach } = await forwarded([json({})]);
    const proxy = await proxyServer({ reach, credentials: 'me:hunter2' });
    const over = through({ proxy: { httpProxy: `http://me:hunter2@127.0.0.1:${proxy.port}` } }, { insecureHttp: true });
    expect((await exchange(get(HTTP), over)).status).toBe(200);
  });

  it('is ERR_NETWORK with status 407 when the proxy wants a user', async () => {
    const proxy = await proxyServer({ credentials: 'me:hunter2' });
    const over = through(
      { proxy: { httpProxy: `http://127.0.0.1:${proxy.port}` } },
      { insecureHttp: true, retries: 2 },
    );
    await refused(get(HTTP), over, {
      ...NO_WAY,
      message: /from `id.example.test:80` through the proxy `127.0.0.1:\d+`, got status 407 from the proxy/,
    });
    expect(proxy.asked.length).toBe(1);
  });

  it('is ERR_NETWORK when the proxy is down or resets', async () => {
    const down = { httpProxy: `http://127.0.0.1:${await closedPort()}` };
    await refused(get(HTTP), through({ proxy: down }, { insecureHttp: true }), {
      ...NO_WAY,
      message: /through the proxy `127.0.0.1:\d+`, got connection refused/,
    });
    const resetting = await scriptedServer([reset]);
    await refused(get(HTTP), through({ proxy: { httpProxy: resetting.origin } }, { insecureHttp: true }), {
      ...NO_WAY,
      message: /through the proxy `127.0.0.1:\d+`, got connection cut off/,
    });
  });

  it('cannot tell a 502 of the proxy from one of the host: it is the answer', async () => {
    const proxy = await proxyServer();
    const over = through({ proxy: { httpProxy: `http://127.0.0.1:${proxy.port}` } }, { insecureHttp: true });
    expect((await exchange(get(HTTP), over)).status).toBe(502);
  });

  it('keeps the limits of an answer', async () => {
    const { reach } = await forwarded([bytes(head({ 'content-length': '9999999' }), '{')]);
    const proxy = await proxyServer({ reach });
    const over = through({ proxy: { httpProxy: `http://127.0.0.1:${proxy.port}` } }, { insecureHttp: true });
    await refused(get(HTTP), over, {
      code: 'ERR_RESPONSE_TOO_LARGE',
      exitCode: 3,
      message: /9999999 bytes announced/,
      hint: /no answer of this kind/,
    });
  });
});

describe('past a proxy', () => {
  it('loopback is asked directly, whatever the proxy and whatever NO_PROXY says', async () => {
    const server = await scriptedServer([json({})]);
    const proxy = { httpProxy: `http://127.0.0.1:${await closedPort()}`, noProxy: 'example.test' };
    expect((await exchange(get(server.url()), network(chooseTransport({ proxy })))).status).toBe(200);
  });

  it('a host in NO_PROXY is asked directly', async () => {
    const server = await scriptedServer([json({})], { tls: known.server });
    const proxy = { httpsProxy: `http://127.0.0.1:${await closedPort()}`, noProxy: '.example.test' };
    const over = network(chooseTransport({ proxy, lookup: leadsTo([HERE]), tls: { ca: known.ca.cert } }));
    expect((await exchange(get(new URL(`https://id.example.test:${server.port}/`)), over)).status).toBe(200);
  });

  it('the proxy for http is not one for https', async () => {
    const proxy = { httpProxy: 'http://127.0.0.1:1' };
    const direct = network(chooseTransport({ proxy, lookup: failsWith('ENOTFOUND') }));
    await refused(get(HTTPS), direct, {
      code: 'ERR_NETWORK',
      exitCode: 3,
      message: /from `id.example.test:443`, got host name not found/,
      hint: /set `HTTPS_PROXY`/,
    });
  });

  it('is nothing with a value that names no proxy', async () => {
    const proxy = { httpsProxy: 'socks5://me:hunter2@127.0.0.1:1080' };
    const error = await refused(get(HTTPS), through({ proxy }, { retries: 2 }), {
      code: 'ERR_CONFIG_INVALID',
      exitCode: 2,
      message: /expected the URL of an HTTP proxy in `HTTPS_PROXY`, got `socks5:\/\/`/,
      hint: /write it as `HTTPS_PROXY=http:\/\/proxy.example:3128`/,
    });
    expect(JSON.stringify([error.message, error.details])).not.toContain('hunter2');
  });
});
