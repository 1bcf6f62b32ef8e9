// 429 and Retry-After: all wait, then fewer ask at the same time. The clock is the test's.

import { describe, expect, test } from 'vitest';
import { RateLimit, type RateLimitOptions } from '../../src/cli/batch/rate-limit.ts';
import type { FetchedResponse } from '../../src/protocol/http/network.ts';

const response = (status: number, headers: Record<string, string> = {}): FetchedResponse => ({
  status,
  headers: new Headers(headers) as unknown as FetchedResponse['headers'],
  body: null,
});

/** A clock that stands until it is moved; sleepers wake when it passes their time. */
class Clock {
  time = 1_000_000;
  readonly #sleepers: { until: number; wake: () => void }[] = [];

  readonly sleep: NonNullable<RateLimitOptions['sleep']> = (ms) =>
    new Promise<void>((wake) => this.#sleepers.push({ until: this.time + ms, wake }));

  get sleeping(): number {
    return this.#sleepers.length;
  }

  async move(ms: number): Promise<void> {
    this.time += ms;
    for (const sleeper of this.#sleepers.splice(0)) {
      if (sleeper.until <= this.time) sleeper.wake();
      else this.#sleepers.push(sleeper);
    }
    await settled();
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

function bench(options: Partial<RateLimitOptions> = {}) {
  const clock = new Clock();
  const pauses: [number, number][] = [];
  const limit = new RateLimit({
    limit: 4,
    longestMs: 10_000,
    onPause: (...told) => pauses.push(told),
    now: () => clock.time,
    sleep: clock.sleep,
    ...options,
  });
  let answer = response(200);
  const fetch = limit.watch(async () => answer);
  const ask = () =>
    fetch('https://id.example.com/introspect', {
      method: 'POST',
      headers: {},
      redirect: 'manual',
      signal: new AbortController().signal,
    });
  const see = async (status: number, headers?: Record<string, string>) => {
    answer = response(status, headers);
    await ask();
  };
  const begun: (() => void)[] = [];
  /** Work that stays under way until its function in `begun` is called. */
  const start = (count: number) =>
    Array.from({ length: count }, () => limit.run(() => new Promise<void>((end) => begun.push(end))));
  return { clock, limit, pauses, see, begun, start, ask };
}

describe('RateLimit', () => {
  test('without a 429 as many ask as may', async () => {
    const { begun, start, see } = bench();
    await see(200);
    await see(500);
    await see(503);
    start(6);
    await settled();
    expect(begun).toHaveLength(4);
  });

  test('after a 429 nobody begins before Retry-After is over; then half as many', async () => {
    const { clock, begun, start, see } = bench();
    await see(429, { 'retry-after': '2' });
    start(6);
    await settled();
    expect(begun).toHaveLength(0);
    await clock.move(1_999);
    expect(begun).toHaveLength(0);
    await clock.move(1);
    expect(begun).toHaveLength(2);
  });

  test('a 503 with Retry-After is the same; a 429 without one is a second', async () => {
    const one = bench();
    await one.see(503, { 'retry-after': '3' });
    const other = bench();
    await other.see(429);
    expect([one.pauses, other.pauses]).toEqual([[[3_000, 503]], [[1_000, 429]]]);
  });

  test('a date in Retry-After is taken against the clock of the server', async () => {
    const { pauses, see } = bench();
    await see(429, { 'retry-after': 'Sat, 21 Nov 2026 00:00:04 GMT', date: 'Sat, 21 Nov 2026 00:00:00 GMT' });
    expect(pauses).toEqual([[4_000, 429]]);
  });

  test('the wait is no longer than the timeout', async () => {
    const { clock, begun, start, see, pauses } = bench();
    await see(429, { 'retry-after': '999999' });
    start(1);
    await clock.move(10_000);
    expect(begun).toHaveLength(1);
    expect(pauses).toEqual([[10_000, 429]]);
  });

  test('those who are refused together count once, and a longer wait extends the first', async () => {
    const { clock, begun, start, see, pauses } = bench();
    for (const seconds of ['1', '3', '2']) await see(429, { 'retry-after': seconds });
    start(6);
    await clock.move(1_000);
    expect(begun).toHaveLength(0);
    await clock.move(2_000);
    expect(begun).toHaveLength(2);
    expect(pauses).toHaveLength(1);
  });

  test('one more may ask after each round of answers, up to the limit', async () => {
    const { clock, begun, start, see } = bench();
    for (let times = 0; times < 4; times += 1) {
      await see(429, { 'retry-after': '1' });
      await clock.move(1_000);
    }
    start(9);
    await settled();
    expect(begun).toHaveLength(1);
    const most: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const underWay = begun.splice(0);
      most.push(underWay.length);
      for (const end of underWay) {
        await see(200);
        end();
        await settled();
      }
    }
    expect(Math.max(...most)).toBeGreaterThan(1);
    expect(Math.max(...most)).toBeLessThanOrEqual(4);
    expect(most[0]).toBe(1);
  });

  test('a wait ends with the signal', async () => {
    const interrupted = new AbortController();
    const { see, limit } = bench({
      signal: interrupted.signal,
      sleep: (_, signal) =>
        new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
    });
    await see(429, { 'retry-after': '5' });
    const waiting = limit.run(async () => 'asked');
    interrupted.abort(new Error('interrupted'));
    await expect(waiting).rejects.toThrow('interrupted');
  });
});
