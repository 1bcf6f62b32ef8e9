// What comes in place of a response head: nothing, noise, a flood, a broken connection.

import { describe, expect, it } from 'vitest';
import { exchange } from '../../../src/protocol/http/exchange.ts';
import { bytes, bytesAndEnd, bytesAndReset, endless, head, json, reset, silence } from '../../servers/answers.ts';
import type { Answer } from '../../servers/scripted-server.ts';
import { closedPort, scriptedServer } from '../../servers/scripted-server.ts';
import { failsWith } from './lookups.ts';
import { get, network, post, recorder, refused, TRANSPORTS } from './transports.ts';

const NO_ANSWER = { code: 'ERR_NETWORK', exitCode: 3 } as const;
const NOT_HTTP = {
  ...NO_ANSWER,
  message:
    /expected an answer from `127.0.0.1:\d+`, got (?:something that is not HTTP\/1.1 as it should be \(`HPE_|body that differs from its Content-Length)/,
  hint: /see whether the URL has the right scheme and port/,
};
const FLOOD = {
  code: 'ERR_RESPONSE_TOO_LARGE',
  exitCode: 3,
  message: /expected a response head of ordinary size from `http:\/\/127.0.0.1:\d+\/`, got more/,
  hint: /no answer of this kind has that many headers/,
} as const;

const many = (count: number): string =>
  Array.from({ length: count }, (_, at) => `X-${at}: ${'v'.repeat(20)}\r\n`).join('');

describe.each(TRANSPORTS)('no answer over %s', (_, make) => {
  it.each<[string, Answer]>([
    ['nothing', silence],
    ['half a status line', bytes('HTTP/1.1 20')],
    ['a head without an end', bytes('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n')],
    ['interim responses without an end', endless('', Buffer.from('HTTP/1.1 102 Processing\r\n\r\n'))],
  ])('is ERR_TIMEOUT after %s, whatever retries are allowed', async (_what, answer) => {
    const server = await scriptedServer([answer]);
    const { observe, exchanges } = recorder();
    const error = await refused(get(server.url()), network(make(), { timeoutMs: 300, retries: 2, observe }), {
      code: 'ERR_TIMEOUT',
      exitCode: 3,
      message: new RegExp(`expected a whole answer within 0.3 s from \`127.0.0.1:${server.port}\`, got none`),
      hint: /allow more time: `--timeout 30s`; where the network needs a proxy, set `HTTPS_PROXY`/,
    });
    expect(error.details).toEqual({
      url: `${server.origin}/`,
      expected: 'a whole answer within 0.3 s',
      actual: 'none',
    });
    expect(exchanges).toMatchObject([{ failure: 'ERR_TIMEOUT' }]);
    await server.idle();
  });

  it.each<[string, Answer]>([
    ['is reset', reset],
    ['is ended', bytesAndEnd('')],
    ['is reset in the head', bytesAndReset('HTTP/1.1 200 OK\r\nContent-')],
    ['is ended in the head', bytesAndEnd('HTTP/1.1 200 OK\r\nContent-')],
    ['is ended after an interim response', bytesAndEnd('HTTP/1.1 103 Early Hints\r\n\r\n')],
  ])('is ERR_NETWORK when the connection %s', async (_what, answer) => {
    const server = await scriptedServer([answer]);
    await refused(get(server.url()), network(make()), {
      ...NO_ANSWER,
      message: /expected an answer from `127.0.0.1:\d+`, got (?:connection cut off|something that is not HTTP)/,
      hint: /check host and port, and that the server runs|right scheme and port/,
    });
  });

  it('is ERR_NETWORK when the server changes to another protocol unasked', async () => {
    const upgrade = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
    const server = await scriptedServer([bytes(upgrade)]);
    await refused(get(server.url()), network(make()), {
      ...NO_ANSWER,
      message: /got connection cut off/,
      hint: /check host and port/,
    });
  });

  it('is ERR_NETWORK when nobody listens', async () => {
    const url = new URL(`http://127.0.0.1:${await closedPort()}/`);
    await refused(get(url), network(make()), {
      ...NO_ANSWER,
      message: new RegExp(`expected an answer from \`${url.host}\`, got connection refused \\(\`ECONNREFUSED\`\\)`),
      hint: /check host and port, and that the server runs; where the network needs a proxy, set `HTTPS_PROXY`/,
    });
  });

  it('is ERR_NETWORK when the name does not exist', async () => {
    const lookup = failsWith('ENOTFOUND');
    await refused(get(new URL('https://nobody.invalid/')), network(make({ lookup })), {
      ...NO_ANSWER,
      message: /expected an answer from `nobody.invalid:443`, got host name not found \(`ENOTFOUND`\)/,
      hint: /check the host name; where the network needs a proxy, set `HTTPS_PROXY`/,
    });
  });

  it('is ERR_NETWORK when the name server does not answer', async () => {
    const lookup = failsWith('EAI_AGAIN');
    await refused(get(new URL('https://id.example.test/')), network(make({ lookup })), {
      ...NO_ANSWER,
      message: /expected an answer from `id.example.test:443`, got no answer from the name server \(`EAI_AGAIN`\)/,
      hint: /check the host name/,
    });
  });

  it.each([false, true])('asks the system for names by default, with the guard %o', async (hostFromToken) => {
    const server = await scriptedServer([json({})]);
    const url = new URL(`http://localhost:${server.port}/`);
    expect((await exchange(get(url, { hostFromToken }), network(make()))).status).toBe(200);
  });
});

describe.each(TRANSPORTS)('noise over %s', (_, make) => {
  it.each<[string, Answer]>([
    ['HTTP/0.9', bytesAndEnd('{"active":true}')],
    ['an HTML page without a head', bytesAndEnd('<html><body>hello</body></html>')],
    ['SSH', bytesAndEnd('SSH-2.0-OpenSSH_9.6\r\n')],
    ['SMTP', bytesAndEnd('220 mail.example.test ESMTP\r\n')],
    ['a TLS alert', bytesAndEnd(Uint8Array.from([0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x46]))],
    ['HTTP/2 frames', bytesAndEnd(Uint8Array.from([0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 100]))],
    ['a status of letters', bytesAndEnd('HTTP/1.1 OK\r\n\r\n')],
    ['a version that does not exist', bytesAndEnd('HTTP/7.3 200 OK\r\n\r\n')],
    ['a header without a colon', bytesAndEnd('HTTP/1.1 200 OK\r\nContent-Type application/json\r\n\r\n')],
    ['a header name with a space', bytesAndEnd('HTTP/1.1 200 OK\r\nContent Type: application/json\r\n\r\n')],
    ['a null character in a header', bytesAndEnd('HTTP/1.1 200 OK\r\nX-A: \0\r\n\r\n')],
    ['a Content-Length that is no number', bytesAndEnd('HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\n{}')],
    ['a negative Content-Length', bytesAndEnd('HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{}')],
    ['two Content-Lengths', bytesAndEnd('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 4\r\n\r\n{}xx')],
    [
      'Content-Length beside chunks',
      bytesAndEnd('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n'),
    ],
  ])('is ERR_NETWORK as %s, and is not asked for again', async (_what, answer) => {
    const server = await scriptedServer([answer]);
    await refused(get(server.url()), network(make(), { retries: 2 }), NOT_HTTP);
  });
});

describe.each(TRANSPORTS)('a flood of headers over %s', (_, make) => {
  it.each<[string, Answer]>([
    ['one that is long', bytes(`HTTP/1.1 200 OK\r\nX-Long: ${'x'.repeat(40_000)}\r\n\r\n`)],
    ['many that are short', bytes(`HTTP/1.1 200 OK\r\n${many(4_000)}\r\n`)],
    ['many without an end', endless('HTTP/1.1 200 OK\r\n', Buffer.from(many(1_000)))],
    ['one without an end', endless('HTTP/1.1 200 OK\r\nX-Long: ', Buffer.alloc(65_536, 'x'))],
  ])('is ERR_RESPONSE_TOO_LARGE: %s', async (_what, answer) => {
    const server = await scriptedServer([answer]);
    await refused(post(server.url()), network(make(), { retries: 2 }), FLOOD);
    await server.idle();
  });

  it('hides no header: the last of a thousand counts like the first', async () => {
    const filler = Array.from({ length: 3_000 }, () => 'a:b\r\n').join('');
    const last = 'Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}';
    const server = await scriptedServer([bytes(`HTTP/1.1 200 OK\r\n${filler}${last}`)]);
    await refused(get(server.url()), network(make()), {
      code: 'ERR_RESPONSE_INVALID',
      exitCode: 3,
      message: /got `Content-Encoding: gzip`/,
      hint: /Accept-Encoding: identity/,
    });
  });

  it('leaves room for what real gateways send', async () => {
    const policy = { 'content-security-policy': "default-src 'self'; ".repeat(500) };
    const server = await scriptedServer([json({}, { headers: policy })]);
    expect((await exchange(get(server.url()), network(make()))).status).toBe(200);
  });
});

describe.each(TRANSPORTS)('an odd head over %s', (_, make) => {
  it('may have a status beyond the known ones and a hostile reason, which is not shown', async () => {
    const server = await scriptedServer([bytes('HTTP/1.1 599 \x1b[31mred\r\nContent-Length: 0\r\n\r\n')]);
    const answer = await exchange(get(server.url()), network(make()));
    expect(answer).toMatchObject({ status: 599, text: '' });
    expect(JSON.stringify(answer)).not.toContain('red');
  });

  it('may have no Content-Type and no body', async () => {
    const server = await scriptedServer([bytes(head({}, { status: 204 }))]);
    const answer = await exchange(get(server.url()), network(make()));
    expect(answer).toMatchObject({ status: 204, text: '' });
    expect(answer).not.toHaveProperty('mediaType');
  });
});
