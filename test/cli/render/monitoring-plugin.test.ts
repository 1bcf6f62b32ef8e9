// Every kind of line for a monitor, read by a library of monitoring plugins where that is installed: the reader must find in
// it the values that were meant, and its thresholds must say of them what the line says.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CheckResult } from '../../../src/check.ts';
import { nagios as runLine } from '../../../src/cli/render/check-run-nagios.ts';
import { failureLine, nagios, stateOf } from '../../../src/cli/render/nagios.ts';
import type { Thresholds } from '../../../src/cli/render/thresholds.ts';
import type { Description, Report } from '../../../src/core/report.ts';
import { ALL, result, runOf } from '../../check/runs.ts';
import { hostileReport, hostileText } from './hostile.ts';
import { hasPluginReader, readPluginLines } from './plugin-output.ts';
import { ACTIVE, DECODED, EXPIRED, REVOKED, SURFACE, UNKNOWN } from './reports.ts';

if (!hasPluginReader)
  console.warn('NOT TESTED, because it is not installed: Monitoring::Plugin (libmonitoring-plugin-perl)');

function written(reports: readonly (Report | Description)[], thresholds: Thresholds = {}): string {
  const document = nagios({ ...SURFACE, thresholds });
  for (const report of reports) document.add(report);
  return document.end();
}

const runWritten = (results: CheckResult[]): string => runLine(runOf(results), { width: undefined, color: false });

/** A random sample that is the same each time, so that all of it goes to the reader at once. */
const sample = <T>(arbitrary: fc.Arbitrary<T>): T[] => fc.sample(arbitrary, { numRuns: 300, seed: 7662 });

describe.skipIf(!hasPluginReader)('a reader of monitoring plugins', () => {
  it.each<[string, string, object[]]>([
    [
      'an active token',
      written([ACTIVE], { warning: 900, critical: 300 }),
      [{ label: 'ttl', value: 2520, uom: 's', warning: '900:', critical: '300:', state: 'OK' }],
    ],
    [
      'one that expires soon',
      written([ACTIVE], { warning: 3600 }),
      [{ label: 'ttl', value: 2520, uom: 's', warning: '3600:', critical: '0:', state: 'WARNING' }],
    ],
    [
      'an expired one',
      written([EXPIRED]),
      [{ label: 'ttl', value: -3600, uom: 's', critical: '0:', state: 'CRITICAL' }],
    ],
    ['a revoked one', written([REVOKED]), [{ label: 'latency', value: 12.34, uom: 'ms', min: '0', state: 'OK' }]],
    [
      'several',
      written([ACTIVE, EXPIRED, REVOKED]),
      [
        { label: 'tokens', value: 3, uom: '', min: '0', state: 'OK' },
        { label: 'active', value: 1, uom: '', min: '0', state: 'OK' },
        { label: 'inactive', value: 2, uom: '', min: '0', state: 'OK' },
        { label: 'unknown', value: 0, uom: '', min: '0', state: 'OK' },
        { label: 'ttl', value: -3600, uom: 's', critical: '0:', state: 'CRITICAL' },
        { label: 'latency', value: 12.34, uom: 'ms', min: '0', state: 'OK' },
      ],
    ],
    [
      'a token that was only decoded',
      written([DECODED]),
      [{ label: 'ttl', value: 2520, uom: 's', critical: '0:', state: 'OK' }],
    ],
    ['no answer', written([UNKNOWN]), []],
    ['no token', written([]), []],
    ['a command that is wrong', failureLine({ code: 'ERR_USAGE', message: 'expected a=1;2;3, got x|y=5' }), []],
    [
      'a run of checks',
      runLine(ALL, { width: undefined, color: false }),
      [
        { label: 'failed', value: 1, uom: '', min: '0', state: 'OK' },
        { label: 'unknown', value: 1, uom: '', min: '0', state: 'OK' },
        { label: 'warned', value: 1, uom: '', min: '0', state: 'OK' },
        { label: 'good_ttl', value: 2520, uom: 's', state: 'OK' },
        { label: 'soon_ttl', value: 2520, uom: 's', warning: '3600:', critical: '600:', state: 'WARNING' },
        { label: 'soon_introspection', value: 5.25, uom: 'ms', min: '0', state: 'OK' },
        { label: 'wrong_audience_ttl', value: 2520, uom: 's', state: 'OK' },
      ],
    ],
  ])('finds the values of %s', (_, line, performance) => {
    const [read] = readPluginLines([line]);
    expect(read?.text).toMatch(/^TOKCTL (?:OK|WARNING|CRITICAL|UNKNOWN) - /);
    expect(read?.performance).toEqual(performance);
  });

  it('takes nothing that a token or a server says for a value', () => {
    const reports = sample(hostileReport);
    const read = readPluginLines(reports.map((report) => written([report], { warning: 60 })));
    for (const [index, { text, performance }] of read.entries()) {
      expect(text.startsWith(`TOKCTL ${stateOf(reports[index] ?? ACTIVE, { warning: 60 })} - `)).toBe(true);
      const labels = performance.map(({ label }) => label);
      expect(['ttl latency', 'latency', 'ttl', '']).toContain(labels.join(' '));
    }
  });

  it('finds the values of checks of any name, each under a label of its own', () => {
    const names = sample(hostileText);
    const lines = names.map((name) => runWritten([result({ name }), result({ name: `${name} ` })]));
    for (const { performance } of readPluginLines(lines)) {
      expect(performance.map(({ value }) => value)).toEqual([0, 0, 0, 2520, 2520]);
      expect(new Set(performance.map(({ label }) => label)).size).toBe(5);
    }
  });

  it('says of what is left what the state says, for every threshold', () => {
    const times = (left: number) => ({ evaluated_at: '2026-11-21T00:00:00Z', expires_at: '', ttl_seconds: left });
    const cases = sample(fc.tuple(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 0, max: 1e6 })));
    const reports = cases.map(([left]): Report => ({ ...ACTIVE, times: times(left) }));
    const lines = reports.map((report, index) => written([report], { warning: cases[index]?.[1] ?? 0 }));
    for (const [index, { performance }] of readPluginLines(lines).entries())
      expect(performance[0]?.state).toBe(stateOf(reports[index] ?? ACTIVE, { warning: cases[index]?.[1] ?? 0 }));
  });
});
