import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nagios, pluginExitCode, stateOf } from '../../../src/cli/render/nagios.ts';
import type { Thresholds } from '../../../src/cli/render/thresholds.ts';
import type { Description, Report } from '../../../src/core/report.ts';
import { hostileReport } from './hostile.ts';
import { ACTIVE, DECODED, EXPIRED, REVOKED, SURFACE, UNKNOWN } from './reports.ts';

function written(reports: readonly (Report | Description)[], thresholds: Thresholds = {}): string {
  const document = nagios({ ...SURFACE, thresholds });
  return reports.map((report) => document.add(report)).join('') + document.end();
}

describe('the line', () => {
  it.each<[string, (Report | Description)[], Thresholds, string]>([
    ['active', [ACTIVE], {}, 'TOKCTL OK - active, verified locally, expires in 42 min | ttl=2520s;;0:'],
    [
      'with thresholds',
      [ACTIVE],
      { warning: 900, critical: 300 },
      'TOKCTL OK - active, verified locally, expires in 42 min | ttl=2520s;900:;300:',
    ],
    [
      'soon to expire',
      [ACTIVE],
      { warning: 3600 },
      'TOKCTL WARNING - active, verified locally, expires in 42 min | ttl=2520s;3600:;0:',
    ],
    [
      'expired',
      [EXPIRED],
      {},
      'TOKCTL CRITICAL - inactive, expired 1 h ago, verified locally (failed: expiry) | ttl=-3600s;;0:',
    ],
    ['revoked', [REVOKED], {}, 'TOKCTL CRITICAL - inactive, revoked or unknown at the server | latency=12.34ms;;;0'],
    [
      'no answer',
      [UNKNOWN],
      {},
      'TOKCTL UNKNOWN - unknown, no answer could be had: expected status 200 from `https://id.example.com/introspect`, got 503 (ERR_HTTP_STATUS)',
    ],
    [
      'decoded only',
      [DECODED],
      {},
      'TOKCTL UNKNOWN - JWT access token, decoded only: nothing was verified | ttl=2520s;;0:',
    ],
    [
      'several',
      [ACTIVE, { ...EXPIRED, id: 'prod' }, REVOKED],
      {},
      'TOKCTL CRITICAL - 3 tokens: 1 active, 2 inactive; prod: inactive, expired 1 h ago, verified locally (failed: expiry) | tokens=3;;;0 active=1;;;0 inactive=2;;;0 unknown=0;;;0 ttl=-3600s;;0: latency=12.34ms;;;0',
    ],
    [
      'several that are good',
      [ACTIVE, ACTIVE],
      {},
      'TOKCTL OK - 2 tokens: 2 active | tokens=2;;;0 active=2;;;0 inactive=0;;;0 unknown=0;;;0 ttl=2520s;;0:',
    ],
    ['none', [], {}, 'TOKCTL UNKNOWN - no token'],
  ])('%s', (_, reports, thresholds, expected) => {
    expect(written(reports, thresholds)).toBe(`${expected}\n`);
  });

  it('is one line with one bar at most, and performance data that a monitor reads, whatever the reports hold', () => {
    fc.assert(
      fc.property(fc.array(hostileReport, { maxLength: 3 }), (reports) => {
        const [line = '', ...rest] = written(reports, { warning: 60 }).split('\n');
        expect(rest).toEqual(['']);
        const [text = '', data, ...more] = line.split(' | ');
        expect(more).toEqual([]);
        expect(text).toMatch(/^TOKCTL (?:OK|WARNING|CRITICAL|UNKNOWN) - [^|]*$/);
        for (const one of data?.split(' ') ?? [])
          expect(one).toMatch(/^[a-z]+=-?\d+(?:\.\d+)?(?:s|ms)?(?:;[\d:]*){0,3}$/);
      }),
    );
  });
});

describe('the state', () => {
  it.each([
    [ACTIVE, undefined, 'OK'],
    [ACTIVE, { warning: 2520 }, 'OK'],
    [ACTIVE, { warning: 2521 }, 'WARNING'],
    [EXPIRED, { warning: 2521 }, 'CRITICAL'],
    [UNKNOWN, undefined, 'UNKNOWN'],
    [DECODED, undefined, 'UNKNOWN'],
  ] as const)('of a report, %#', (report, thresholds, state) => {
    expect(stateOf(report, thresholds)).toBe(state);
  });

  it('of a token without exp is no warning', () => {
    const { times, ...rest } = ACTIVE;
    expect(stateOf({ ...rest, times: { evaluated_at: times?.evaluated_at ?? '' } }, { warning: 1 })).toBe('OK');
  });

  it.each([
    [0, [], 0],
    [0, ['WARNING'], 1],
    [0, ['UNKNOWN'], 3],
    [1, ['CRITICAL', 'WARNING'], 2],
    [2, [], 3],
    [3, ['CRITICAL'], 3],
    [70, [], 3],
    [130, [], 130],
  ] as const)('of exit code %i with %j is exit code %i', (code, states, expected) => {
    expect(pluginExitCode(code, states)).toBe(expected);
  });
});
