// The tour without tokctl: what it takes for a success, and what it prints. The real one is a test of the program.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Playground } from '../../src/demo/playground.ts';
import { type Tokctl, takeTour } from '../../src/demo/tour.ts';
import { expanded, isResourceStop, TOUR, type TokctlStop, type TourStop, typed } from '../../src/demo/tour-stops.ts';
import { summary, verdictOf } from '../../src/demo/tour-summary.ts';
import { playgroundForTest } from './asking.ts';

let playground: Playground;
beforeAll(async () => {
  playground = await playgroundForTest();
});
afterAll(() => playground.close());

const STOP: TokctlStop = {
  shows: 'a forged token',
  short: 'forged',
  words: ['verify', '$FORGED_JWT'],
  verdict: 'inactive',
  exitCode: 1,
  why: 'signature',
};
const failed = (name: string) => ({ name, outcome: 'failed', because: '' });

/** Takes a tour of those stops with a tokctl that always answers so. */
async function tour(stops: readonly TourStop[], exitCode: number, report: object) {
  let text = '';
  const asked: (readonly string[])[] = [];
  const tokctl: Tokctl = {
    show: async () => exitCode,
    read: async (argv) => {
      asked.push(argv);
      return JSON.stringify(report);
    },
  };
  const print = async (more: string) => {
    text += more;
  };
  const { signal } = new AbortController();
  return { ok: await takeTour(playground.facts, { tokctl, print, signal, stops }), text, asked };
}

describe('a stop', () => {
  test('is as expected when exit code, verdict and reason are', async () => {
    const { ok, text, asked } = await tour([STOP], 1, { verdict: 'inactive', checks: [failed('signature')] });
    expect(ok).toBe(true);
    expect(text).toContain('$ tokctl verify "$FORGED_JWT"\n');
    expect(text).toContain('exit code 1\n');
    expect(text).toContain('✓ forged');
    expect(text).toContain('all 1 results are as expected');
    expect(asked).toEqual([['verify', playground.facts.tokens.forged_jwt, '-o', 'json']]);
  });

  test.each([
    ['exit code', 0, { verdict: 'inactive', checks: [failed('signature')] }],
    ['verdict', 1, { verdict: 'unknown', checks: [failed('signature')] }],
    ['reason', 1, { verdict: 'inactive', checks: [failed('audience')] }],
    ['report', 1, {}],
  ])('is not with another %s', async (_, exitCode, report) => {
    const { ok, text } = await tour([STOP], exitCode, report);
    expect(ok).toBe(false);
    expect(text).toContain('✗ forged');
    expect(text).toContain('1 of 1 results are not as expected:\n  forged\n');
  });
});

test('the resource is asked as curl would, and its answer shown as it came', async () => {
  const stops = TOUR.filter(isResourceStop);
  const { ok, text } = await tour(stops, 0, {});
  expect(ok).toBe(true);
  expect(text).toContain('$ curl -s -i -H "Authorization: Bearer $ACTIVE_JWT" "$API/resource"\n');
  expect(text).toContain('HTTP/1.1 200 OK\n');
  expect(text).toContain('HTTP/1.1 401 Unauthorized\n');
  expect(text).toContain('WWW-Authenticate: Bearer error="invalid_token"\n');
  const swapped = stops.map((stop) => ({ ...stop, status: stop.status === 200 ? 401 : 200 }));
  expect((await tour(swapped, 0, {})).ok).toBe(false);
});

test('reasons are the error, the causes, what failed and what warned, in that order', () => {
  const report = {
    verdict: 'unknown',
    checks: [{ name: 'kind', outcome: 'warned' }, failed('expiry'), { name: 'format', outcome: 'passed' }],
    causes: [{ code: 'expired' }],
    error: { code: 'ERR_NETWORK' },
  };
  expect(verdictOf(JSON.stringify(report))).toEqual({
    verdict: 'unknown',
    reasons: ['ERR_NETWORK', 'expired', 'expiry', 'kind'],
  });
  expect(verdictOf('no JSON')).toEqual({ verdict: 'none', reasons: [] });
});

test('every stop fits 80 columns, and no variable of it is without a value', () => {
  for (const stop of TOUR) {
    expect(`$ ${typed(stop)}`.length).toBeLessThanOrEqual(80);
    expect(`━━ 99/99  ${stop.shows}`.length).toBeLessThanOrEqual(80);
    expect(expanded(stop.words, playground.facts).join(' ')).not.toMatch(/\$|undefined|"|(?:Bearer|\/\/) *$/);
  }
  const line = { what: '', verdict: 'HTTP 401', exit: '', why: 'ERR_TOKEN_UNSUPPORTED', asExpected: true };
  const all = summary(TOUR.map(({ short }) => ({ ...line, what: short })));
  expect(all.split('\n').filter((text) => text.length > 80)).toEqual([]);
  expect(all).toMatch(/^✓ active opaque access token +HTTP 401/m);
});
