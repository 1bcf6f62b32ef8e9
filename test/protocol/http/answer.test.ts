// Reading an answer, without a network: bytes and limits.

import { describe, expect, it } from 'vitest';
import { essence, MAX_BODY_BYTES, readAnswer } from '../../../src/protocol/http/answer.ts';
import type { FetchedResponse } from '../../../src/protocol/http/network.ts';
import { responseHeaders } from '../../../src/protocol/http/response-headers.ts';
import { failure } from './transports.ts';

const URL_ASKED = new URL('https://id.example.com/jwks?secret=1');

const response = (body: FetchedResponse['body'], ...fields: string[]): FetchedResponse => ({
  status: 200,
  headers: responseHeaders(fields),
  body,
});

/** A body in chunks, which tells how much of it was taken and whether it was let go. */
class Source implements AsyncIterable<Uint8Array> {
  taken = 0;
  ended = false;
  readonly #chunk: Uint8Array;
  readonly #count: number;

  constructor(chunk: Uint8Array, count = Number.POSITIVE_INFINITY) {
    this.#chunk = chunk;
    this.#count = count;
  }

  async *[Symbol.asyncIterator]() {
    try {
      for (; this.taken < this.#count; this.taken += 1) yield this.#chunk;
    } finally {
      this.ended = true;
    }
  }
}

describe('readAnswer', () => {
  it('gives a body of nothing as no text', async () => {
    expect(await readAnswer(response(null), URL_ASKED)).toMatchObject({ text: '', status: 200, url: URL_ASKED });
    expect((await readAnswer(response(new Source(new Uint8Array(1), 0)), URL_ASKED)).text).toBe('');
  });

  it('takes chunks of any size, empty ones too, and joins characters that lie across them', async () => {
    const bytes = Buffer.from('{"name":"é€😀"}');
    for (const size of [1, 2, 3, 5, 1_000]) {
      const chunks = async function* () {
        for (let at = 0; at < bytes.byteLength; at += size) {
          yield new Uint8Array();
          yield bytes.subarray(at, at + size);
        }
      };
      expect((await readAnswer(response(chunks()), URL_ASKED)).text).toBe('{"name":"é€😀"}');
    }
  });

  it('stops at the first byte beyond the limit, and lets the body go', async () => {
    const source = new Source(Uint8Array.of(0x20));
    await failure(readAnswer(response(source), URL_ASKED), {
      code: 'ERR_RESPONSE_TOO_LARGE',
      exitCode: 3,
      message: /expected at most 1048576 bytes from `https:\/\/id.example.com\/jwks`, got more/,
      hint: /no answer of this kind is that large/,
    });
    expect(source).toMatchObject({ taken: MAX_BODY_BYTES, ended: true });
  });

  it('refuses one chunk beyond the limit', async () => {
    const source = new Source(new Uint8Array(MAX_BODY_BYTES + 1));
    await failure(readAnswer(response(source), URL_ASKED), {
      code: 'ERR_RESPONSE_TOO_LARGE',
      exitCode: 3,
      message: /got more/,
      hint: /./,
    });
    expect(source).toMatchObject({ taken: 0, ended: true });
  });

  it('takes exactly the limit in chunks of one byte', async () => {
    const source = new Source(Uint8Array.of(0x78), MAX_BODY_BYTES);
    expect((await readAnswer(response(source), URL_ASKED)).text.length).toBe(MAX_BODY_BYTES);
  });

  it.each([String(MAX_BODY_BYTES + 1), '1e9', '99999999999999999999', 'Infinity'])(
    'takes nothing of a body that announces %s bytes',
    async (length) => {
      const source = new Source(Uint8Array.of(0x20));
      await failure(readAnswer(response(source, 'Content-Length', length), URL_ASKED), {
        code: 'ERR_RESPONSE_TOO_LARGE',
        exitCode: 3,
        message: /bytes announced/,
        hint: /./,
      });
      expect(source.taken).toBe(0);
    },
  );

  it('takes nothing of a body that is encoded', async () => {
    const source = new Source(Uint8Array.of(0x20));
    const error = await failure(
      readAnswer(response(source, 'Content-Encoding', 'gzip', 'Content-Type', 'a/b'), URL_ASKED),
      {
        code: 'ERR_RESPONSE_INVALID',
        exitCode: 3,
        message:
          /expected a body that is not encoded from `https:\/\/id.example.com\/jwks`, got `Content-Encoding: gzip`/,
        hint: /Accept-Encoding: identity/,
      },
    );
    expect(source.taken).toBe(0);
    expect(error.details).toMatchObject({ url: 'https://id.example.com/jwks', status: 200, mediaType: 'a/b' });
  });

  it('finds a coding in a field that is there twice', async () => {
    const twice = response(null, 'Content-Encoding', 'identity', 'content-encoding', 'gzip');
    await failure(readAnswer(twice, URL_ASKED), {
      code: 'ERR_RESPONSE_INVALID',
      exitCode: 3,
      message: /identity, gzip/,
      hint: /./,
    });
  });

  it('passes on what the body throws', async () => {
    const cut = Object.assign(new Error('cut'), { code: 'ECONNRESET' });
    const body = (async function* () {
      yield Uint8Array.of(0x7b);
      throw cut;
    })();
    await expect(readAnswer(response(body), URL_ASKED)).rejects.toBe(cut);
  });
});

describe('essence', () => {
  it.each([
    ['application/json', 'application/json'],
    ['Application/JSON; charset=utf-8', 'application/json'],
    [' application/json ;x', 'application/json'],
    ['application/json, text/html', 'application/json, text/html'],
    ['', undefined],
    [';', undefined],
    [' ; charset=utf-8', undefined],
    [null, undefined],
    [undefined, undefined],
  ])('of %o is %o', (contentType, type) => {
    expect(essence(contentType)).toBe(type);
  });
});

describe('responseHeaders', () => {
  const headers = responseHeaders(['Content-Type', 'a', 'X-A', '', 'content-type', 'b', '__proto__', 'c']);

  it('joins repeated fields, whatever their case', () => {
    expect(headers.get('CONTENT-TYPE')).toBe('a, b');
    expect([...headers.entries()]).toEqual([
      ['content-type', 'a, b'],
      ['x-a', ''],
      ['__proto__', 'c'],
    ]);
  });

  it('knows an empty field from none', () => {
    expect(headers.get('x-a')).toBe('');
    expect(headers.get('x-b')).toBeNull();
    expect(headers.get('constructor')).toBeNull();
  });
});
