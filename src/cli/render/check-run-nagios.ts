// A run of checks as the one line of a monitoring plugin, with what is left of each token as performance data.

import type { CheckResult, CheckRun } from '../../check/result.ts';
import type { ExitCode } from '../../core/errors.ts';
import { type Performance, pluginLine } from '../encode/nagios.ts';
import { inReadingOrder, type RunRenderer, runWords } from './check-run.ts';

const STATES = ['OK', 'WARNING', 'CRITICAL', 'UNKNOWN'] as const;

/** The exit code that the plugin contract wants: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN (contract §8, §11). */
export function nagiosExitCode(code: ExitCode, { summary }: CheckRun): 0 | 1 | 2 | 3 {
  if (code === 1) return 2;
  if (code !== 0) return 3;
  return summary.warned > 0 ? 1 : 0;
}

/** Reasons that are told in the line. */
const MOST = 3;

export const nagios: RunRenderer = (run) => {
  const state = STATES[nagiosExitCode(run.exit_code, run)] ?? 'UNKNOWN';
  const results = inReadingOrder(run.results);
  const told = results
    .filter(({ outcome }) => outcome !== 'passed')
    .slice(0, MOST)
    .map(({ name, because }) => `; ${name}: ${because}`);
  return pluginLine(state, runWords(run) + told.join(''), measured(run));
};

function measured({ results, summary }: CheckRun): Performance[] {
  const counts = (['failed', 'unknown', 'warned'] as const).map((label) => ({
    label,
    value: summary[label],
    minimum: 0,
  }));
  const labels = labelsOf(results);
  return [...counts, ...results.flatMap((result, index) => ofResult(result, labels[index] ?? ''))];
}

function ofResult({ measures }: CheckResult, label: string): Performance[] {
  const { ttl_seconds: left, introspection_ms: latency, warn_below_seconds: warn, fail_below_seconds: fail } = measures;
  return [
    ...(left === undefined
      ? []
      : [{ label: `${label}_ttl`, value: left, unit: 's' as const, ...below({ warn, fail }) }]),
    ...(latency === undefined
      ? []
      : [{ label: `${label}_introspection`, value: latency, unit: 'ms' as const, minimum: 0 }]),
  ];
}

const below = ({ warn, fail }: { warn: number | undefined; fail: number | undefined }) => ({
  ...(warn === undefined ? {} : { warning: `${warn}:` }),
  ...(fail === undefined ? {} : { critical: `${fail}:` }),
});

const plain = (name: string): string => name.replace(/[^A-Za-z0-9_]/g, '_');

/** Letters, digits and `_`; a name that would become the same as one before it gets its number. */
function labelsOf(results: readonly CheckResult[]): string[] {
  const taken = new Set<string>();
  return results.map(({ name }, index) => {
    const label = plain(name);
    const own = taken.has(label) ? `${label}_${index + 1}` : label;
    taken.add(own);
    return own;
  });
}
