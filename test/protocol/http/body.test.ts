// Bodies that are too large, too slow, cut, encoded or damaged: no part of them is ever used (security.md H2 to H5).

import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { MAX_BODY_BYTES } from '../../../src/protocol/http/answer.ts';
import { exchange } from '../../../src/protocol/http/exchange.ts';
import {
  body,
  bytes,
  bytesAndEnd,
  bytesAndReset,
  chunked,
  dribble,
  endless,
  head,
  json,
} from '../../servers/answers.ts';
import { scriptedServer } from '../../servers/scripted-server.ts';
import { get, network, recorder, refused, TRANSPORTS } from './transports.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const CHUNKED = head({ ...JSON_TYPE, 'transfer-encoding': 'chunked' });

const TOO_LARGE = {
  code: 'ERR_RESPONSE_TOO_LARGE',
  exitCode: 3,
  hint: /no answer of this kind is that large/,
} as const;
const CUT = { code: 'ERR_NETWORK', exitCode: 3, hint: /check host and port|right scheme and port/ } as const;
const INVALID = { code: 'ERR_RESPONSE_INVALID', exitCode: 3 } as const;

describe.each(TRANSPORTS)('the size of a body over %s', (_, make) => {
  it('may be exactly the limit', async () => {
    const server = await scriptedServer([body('application/json', 'x'.repeat(MAX_BODY_BYTES))]);
    const answer = await exchange(get(server.url()), network(make()));
    expect(answer.text.length).toBe(MAX_BODY_BYTES);
  });

  it('may not be announced beyond the limit, and then the connection is ended', async () => {
    const server = await scriptedServer([bytes(head({ ...JSON_TYPE, 'content-length': '10000000000' }), '{"a"')]);
    const error = await refused(get(server.url()), network(make()), {
      ...TOO_LARGE,
      message: /expected at most 1048576 bytes from `http:\/\/127.0.0.1:\d+\/`, got 10000000000 bytes announced/,
    });
    expect(error.details).toMatchObject({ status: 200, mediaType: 'application/json' });
    await server.idle();
  });

  it('is not read beyond the limit without an end', async () => {
    const part = Buffer.alloc(64 * 1024, ' ');
    const answer = endless(head(JSON_TYPE), part);
    const server = await scriptedServer([answer]);
    await refused(get(server.url()), network(make()), {
      ...TOO_LARGE,
      message: /expected at most 1048576 bytes from .*, got more/,
    });
    await server.idle();
    // What the sockets of both sides buffer comes on top of the limit; a body that is read on would have no end.
    expect(answer.written).toBeLessThan(16 * MAX_BODY_BYTES);
  });

  it('is not read beyond the limit in chunks without an end', async () => {
    const part = Buffer.from('10\r\n                \r\n'.repeat(1024));
    const server = await scriptedServer([endless(CHUNKED, part)]);
    await refused(get(server.url()), network(make()), { ...TOO_LARGE, message: /got more/ });
    await server.idle();
  });

  it('counts bytes, not chunks: as many chunks of one byte as the limit has bytes are an answer', async () => {
    const text = `"${'x'.repeat(MAX_BODY_BYTES - 2)}"`;
    const server = await scriptedServer([chunked(text, 1)]);
    const answer = await exchange(get(server.url()), network(make(), { timeoutMs: 30_000 }));
    expect(answer.text).toBe(text);
  });

  it('counts bytes, not chunks: one byte more is too many', async () => {
    const server = await scriptedServer([chunked('x'.repeat(MAX_BODY_BYTES + 1), 16)]);
    await refused(get(server.url()), network(make(), { timeoutMs: 30_000 }), { ...TOO_LARGE, message: /got more/ });
  });
});

describe.each(TRANSPORTS)('the time of a body over %s', (_, make) => {
  it.each([
    ['dribbles byte by byte', dribble(JSON_TYPE)],
    ['dribbles below an announced length', dribble({ ...JSON_TYPE, 'content-length': '1000000' })],
    ['never starts', bytes(head({ ...JSON_TYPE, 'content-length': '2' }))],
    ['stops in the middle', bytes(head({ ...JSON_TYPE, 'content-length': '20' }), '{"active":')],
    ['stops in a chunk', bytes(`${CHUNKED}a\r\n{"act`)],
    ['stops before the last chunk', bytes(`${CHUNKED}2\r\n{}\r\n`)],
  ])('is over when it %s', async (_what, answer) => {
    const server = await scriptedServer([answer]);
    const { observe, exchanges } = recorder();
    await refused(get(server.url()), network(make(), { timeoutMs: 300, observe, retries: 2 }), {
      code: 'ERR_TIMEOUT',
      exitCode: 3,
      message: /expected a whole answer within 0.3 s from `127.0.0.1:\d+`, got none/,
      hint: /allow more time: `--timeout 30s`/,
    });
    expect(exchanges).toMatchObject([{ status: 200, failure: 'ERR_TIMEOUT' }]);
    await server.idle();
  });
});

describe.each(TRANSPORTS)('a body that lies over %s', (_, make) => {
  it.each([
    ['is shorter than announced', bytesAndEnd(head({ ...JSON_TYPE, 'content-length': '20' }), '{"active":true}')],
    ['is shorter than announced, and then reset', bytesAndReset(`${head({ ...JSON_TYPE, 'content-length': '20' })}{}`)],
    ['ends in a chunk', bytesAndEnd(`${CHUNKED}f\r\n{"active":true`)],
    ['ends between chunks', bytesAndEnd(`${CHUNKED}f\r\n{"active":true}\r\n`)],
    ['ends in the last chunk', bytesAndEnd(`${CHUNKED}f\r\n{"active":true}\r\n0\r\n`)],
    ['has a chunk of no size', bytes(`${CHUNKED}xyz\r\n{"active":true}\r\n0\r\n\r\n`)],
    ['has a chunk of negative size', bytes(`${CHUNKED}-f\r\n{"active":true}\r\n0\r\n\r\n`)],
    ['has a chunk longer than its size', bytes(`${CHUNKED}2\r\n{"active":true}\r\n0\r\n\r\n`)],
  ])('is no answer when it %s', async (_what, answer) => {
    const server = await scriptedServer([answer]);
    await refused(get(server.url()), network(make(), { retries: 2 }), {
      ...CUT,
      message:
        /expected an answer from `127.0.0.1:\d+`, got (?:connection cut off|body that differs|something that is not HTTP)/,
    });
  });

  it('is read only as far as announced when it is longer', async () => {
    const longer = bytesAndEnd(
      head({ ...JSON_TYPE, 'content-length': '2' }),
      '{}HTTP/1.1 200 OK\r\n\r\n{"active":true}',
    );
    const server = await scriptedServer([longer]);
    const answer = await exchange(get(server.url()), network(make()));
    expect(answer.text).toBe('{}');
  });

  it('does not slip a second answer under the next request', async () => {
    const forged = `${head({ ...JSON_TYPE, 'content-length': '15' })}{"active":true}`;
    const smuggling = bytes(head({ ...JSON_TYPE, 'content-length': '2' }), '{}', forged);
    const server = await scriptedServer([smuggling, json({ active: false })]);
    const over = network(make());
    await exchange(get(server.url()), over);
    expect((await exchange(get(server.url()), over)).text).toBe('{"active":false}');
  });

  it('ends with the connection when no length is announced', async () => {
    const server = await scriptedServer([bytesAndEnd(head(JSON_TYPE), '{"active":true}')]);
    expect((await exchange(get(server.url()), network(make()))).text).toBe('{"active":true}');
  });
});

describe.each(TRANSPORTS)('the coding of a body over %s', (_, make) => {
  it.each([
    ['gzip', gzipSync('{"active":true}')],
    ['br', '{}'],
    ['GZIP', '{}'],
    ['deflate, gzip', '{}'],
    ['identity, gzip', '{}'],
  ])('is refused as %s and not inflated', async (coding, content) => {
    const server = await scriptedServer([
      body('application/json', content, { headers: { 'content-encoding': coding } }),
    ]);
    await refused(get(server.url()), network(make()), {
      ...INVALID,
      message: new RegExp(
        `expected a body that is not encoded from .*, got \`Content-Encoding: ${coding.toLowerCase()}\``,
      ),
      hint: /Accept-Encoding: identity/,
    });
  });

  it('is not inflated when gzip is not said', async () => {
    const server = await scriptedServer([body('application/json', gzipSync('{"active":true}'))]);
    await refused(get(server.url()), network(make()), {
      ...INVALID,
      message: /expected a body in UTF-8 from/,
      hint: /RFC 8259/,
    });
  });

  it('may be called identity', async () => {
    const server = await scriptedServer([json({}, { headers: { 'content-encoding': 'identity' } })]);
    expect((await exchange(get(server.url()), network(make()))).text).toBe('{}');
  });

  it('is refused as gzip within the transfer', async () => {
    const encoded = bytesAndEnd(head({ ...JSON_TYPE, 'transfer-encoding': 'gzip' }), gzipSync('{"active":true}'));
    const server = await scriptedServer([encoded]);
    await refused(get(server.url()), network(make()), {
      ...INVALID,
      message: /got `Transfer-Encoding: gzip`/,
      hint: /Accept-Encoding: identity/,
    });
  });

  it.each([
    ['a lone continuation byte', [0x22, 0x80, 0x22]],
    ['an overlong slash', [0x22, 0xc0, 0xaf, 0x22]],
    ['a surrogate', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['a character that is cut', [0x22, 0xe2, 0x82]],
    ['UTF-16', [0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00]],
    ['Latin-1', [0x22, 0xe9, 0x22]],
  ])('is refused with %s in it', async (_what, content) => {
    const server = await scriptedServer([body('application/json; charset=utf-8', Uint8Array.from(content))]);
    await refused(get(server.url()), network(make()), {
      ...INVALID,
      message: /expected a body in UTF-8 from `.*`, got other bytes/,
      hint: /look at the server or at a gateway in between: JSON is sent in UTF-8/,
    });
  });

  it('may start with a byte order mark, which is dropped', async () => {
    const server = await scriptedServer([body('application/json', '\ufeff{"active":true}')]);
    expect((await exchange(get(server.url()), network(make()))).text).toBe('{"active":true}');
  });
});
