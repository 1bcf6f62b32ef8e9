// When a request is sent again (contract §11 "Times", security.md H9). The pauses are real but short.

import { describe, expect, it } from 'vitest';
import { exchange } from '../../../src/protocol/http/exchange.ts';
import type { HttpAnswer, Transport } from '../../../src/protocol/http/network.ts';
import { responseHeaders } from '../../../src/protocol/http/response-headers.ts';
import { backoffMs, pauseAfter, retriesFor, retryAfterSeconds } from '../../../src/protocol/http/retry.ts';
import { readFault } from '../../../src/protocol/oauth-error.ts';
import { bytesAndReset, head, json, reset, status } from '../../servers/answers.ts';
import { closedPort, scriptedServer } from '../../servers/scripted-server.ts';
import { failure, get, network, post, recorder, refused, TRANSPORTS } from './transports.ts';

const YEAR = String(365 * 24 * 3600);

describe.each(TRANSPORTS)('retries over %s', (_, make) => {
  it.each([429, 503])('sends a GET twice more after %i', async (code) => {
    const server = await scriptedServer([status(code), status(code), json({})]);
    expect((await exchange(get(server.url()), network(make(), { retries: 2 }))).status).toBe(200);
  });

  it.each([429, 503])(
    'sends a POST once more after %i, with the same body, however many retries are allowed',
    async (code) => {
      const server = await scriptedServer([status(code), status(code)]);
      expect((await exchange(post(server.url()), network(make(), { retries: 5 }))).status).toBe(code);
      const [first, second] = server.received;
      expect(second).toMatchObject({ method: 'POST', body: first?.body });
      expect(second?.headers.get('authorization')).toBe(first?.headers.get('authorization'));
    },
  );

  it('gives the last answer when every try was in vain', async () => {
    const server = await scriptedServer([status(503), status(503), status(429)]);
    const answer = await exchange(get(server.url()), network(make(), { retries: 2 }));
    await failure(Promise.reject(readFault(answer, 'the metadata')), {
      code: 'ERR_RATE_LIMITED',
      exitCode: 3,
      message: /expected an answer from the metadata, got too many requests \(429\)/,
      hint: /wait a while and try again/,
    });
  });

  it.each([400, 401, 403, 404, 408, 500, 502, 504])('never sends a request again after %i', async (code) => {
    const server = await scriptedServer([status(code, { 'retry-after': '0' }), status(code)]);
    const over = network(make(), { retries: 2 });
    expect((await exchange(get(server.url()), over)).status).toBe(code);
    expect((await exchange(post(server.url()), over)).status).toBe(code);
  });

  it('sends a GET twice more after a reset', async () => {
    const server = await scriptedServer([reset, reset, json({})]);
    expect((await exchange(get(server.url()), network(make(), { retries: 2 }))).status).toBe(200);
  });

  it('sends a POST once more after a reset', async () => {
    const server = await scriptedServer([reset, reset]);
    const { observe, exchanges } = recorder();
    await refused(post(server.url()), network(make(), { retries: 2, observe }), {
      code: 'ERR_NETWORK',
      exitCode: 3,
      message: /connection cut off/,
      hint: /check host and port/,
    });
    expect(exchanges.length).toBe(2);
  });

  it('tries again when nobody listens', async () => {
    const { observe, exchanges } = recorder();
    const url = new URL(`http://127.0.0.1:${await closedPort()}/`);
    await exchange(get(url), network(make(), { retries: 2, observe })).catch(() => {});
    expect(exchanges.length).toBe(3);
  });

  it('does not try again when a body is cut: the request was understood', async () => {
    const server = await scriptedServer([bytesAndReset(`${head({ 'content-length': '20' })}{`)]);
    await refused(post(server.url()), network(make(), { retries: 2 }), {
      code: 'ERR_NETWORK',
      exitCode: 3,
      message: /connection cut off|body that differs/,
      hint: /check host and port|scheme and port/,
    });
  });

  it('sends nothing again with no retries', async () => {
    const server = await scriptedServer([status(503)]);
    expect((await exchange(get(server.url()), network(make(), { retries: 0 }))).status).toBe(503);
  });
});

describe.each(TRANSPORTS)('Retry-After over %s', (_, make) => {
  const now = 'Sat, 21 Nov 2026 01:00:00 GMT';
  it.each([
    ['a number', { 'retry-after': '0' }],
    ['a date', { 'retry-after': now, date: now }],
    ['a date that is past', { 'retry-after': 'Sat, 21 Nov 2020 01:00:00 GMT', date: now }],
    ['nonsense', { 'retry-after': 'soon' }],
    ['a negative number', { 'retry-after': '-5' }],
  ])('is waited for as %s', async (_what, headers) => {
    const server = await scriptedServer([status(429, headers), json({})]);
    expect((await exchange(post(server.url()), network(make(), { retries: 1 }))).status).toBe(200);
  });

  it.each([
    ['a year in seconds', { 'retry-after': YEAR }, YEAR],
    ['a date a year from now', { 'retry-after': 'Sun, 21 Nov 2027 01:00:00 GMT', date: now }, YEAR],
    ['six seconds', { 'retry-after': '6' }, '6'],
  ])('is not waited for when it is %s; the answer says it', async (_what, headers, seconds) => {
    const server = await scriptedServer([status(429, headers)]);
    const answer = await exchange(get(server.url()), network(make(), { retries: 2 }));
    const fault = await failure(Promise.reject(readFault(answer, 'the JWK Set')), {
      code: 'ERR_RATE_LIMITED',
      exitCode: 3,
      message: /expected an answer from the JWK Set, got too many requests \(429\)/,
      hint: new RegExp(`^wait ${seconds} s and try again`),
    });
    expect(fault.details.retryAfter).toBe(Number(seconds));
  });

  it('is not waited for when the time of the exchange is over before', async () => {
    const server = await scriptedServer([status(503, { 'retry-after': '4' })]);
    const answer = await exchange(get(server.url()), network(make(), { retries: 2, timeoutMs: 3_000 }));
    expect(answer.status).toBe(503);
  });
});

describe('an abort while waiting for the next try', () => {
  it('ends the wait with its reason', async () => {
    const controller = new AbortController();
    const reason = new Error('interrupted');
    const busy: Transport = Object.assign(
      async () => {
        setImmediate(() => controller.abort(reason));
        return { status: 503, headers: responseHeaders(['Retry-After', '4']), body: null };
      },
      { close: () => {} },
    );
    const asked = exchange(
      get(new URL('https://id.example.test')),
      network(busy, { retries: 2, signal: controller.signal }),
    );
    await expect(asked).rejects.toBe(reason);
  });
});

describe('retriesFor', () => {
  it('allows a GET what is asked and a POST at most one', () => {
    expect([0, 1, 2, 9].map((retries) => retriesFor('GET', retries))).toEqual([0, 1, 2, 9]);
    expect([0, 1, 2, 9].map((retries) => retriesFor('POST', retries))).toEqual([0, 1, 1, 1]);
  });
});

describe('retryAfterSeconds', () => {
  const seconds = (retryAfter: string, date?: string) =>
    retryAfterSeconds(new Map([['retry-after', retryAfter], ...(date === undefined ? [] : [['date', date] as const])]));

  it('reads a number of seconds', () => {
    expect(['0', '7', ' 7 ', '100000000'].map((text) => seconds(text))).toEqual([0, 7, 7, 100_000_000]);
  });

  it('counts a date from the date of the answer, not from the clock', () => {
    expect(seconds('Sat, 21 Nov 2026 01:00:30 GMT', 'Sat, 21 Nov 2026 01:00:00 GMT')).toBe(30);
    expect(seconds('Sat, 21 Nov 2026 01:00:00 GMT', 'Sat, 21 Nov 2026 01:00:30 GMT')).toBe(0);
  });

  it('counts a date from the clock when the answer has none', () => {
    expect(seconds('Sat, 21 Nov 2020 01:00:00 GMT')).toBe(0);
    expect(seconds('Mon, 21 Nov 2990 01:00:00 GMT')).toBeGreaterThan(1e10);
  });

  it.each(['', '-1', '1.5', '1e3', 'soon', '0x10', '2026-11-21', 'Sat, 99 Nov 2026 01:00:00 GMT', '١'])(
    'knows nothing of %o',
    (text) => {
      expect(seconds(text)).toBeUndefined();
    },
  );
});

describe('pauseAfter', () => {
  const answer = (code: number, retryAfter?: string) =>
    ({
      status: code,
      headers: new Map(retryAfter === undefined ? [] : [['retry-after', retryAfter]]),
    }) as unknown as HttpAnswer;

  it('doubles from 100 ms without a Retry-After', () => {
    expect([0, 1, 2].map((retry) => pauseAfter(answer(503), retry))).toEqual([100, 200, 400]);
    expect([0, 1, 2].map(backoffMs)).toEqual([100, 200, 400]);
  });

  it('is what Retry-After says, up to 5 s', () => {
    expect(['0', '1', '5'].map((text) => pauseAfter(answer(429, text), 1))).toEqual([0, 1_000, 5_000]);
    expect(pauseAfter(answer(429, '6'), 0)).toBeUndefined();
    expect(pauseAfter(answer(429, '9'.repeat(400)), 0)).toBeUndefined();
  });

  it('is none after any other status', () => {
    const others = Array.from({ length: 500 }, (_, at) => at + 100).filter((code) => code !== 429 && code !== 503);
    expect(others.filter((code) => pauseAfter(answer(code, '0'), 0) !== undefined)).toEqual([]);
  });
});
