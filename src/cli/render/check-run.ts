// What the forms of a run of checks share: the order in which people read, and the words for it. Nothing is escaped here:
// each form does that in its own way.

import type { Assertion, CheckOutcome, CheckResult, CheckRun } from '../../check/result.ts';
import { checkWords } from './check-words.ts';

export interface RunSurface {
  /** Columns to wrap at; undefined where nothing is wrapped or cut. */
  readonly width: number | undefined;
  readonly color: boolean;
}

/** Gives the whole text, ending in a newline. */
export type RunRenderer = (run: CheckRun, surface: RunSurface) => string;

const ORDER: readonly CheckOutcome[] = ['failed', 'unknown', 'warned', 'passed'];

/** What failed comes first; within an outcome in the order of the file. */
export const inReadingOrder = (results: readonly CheckResult[]): CheckResult[] =>
  ORDER.flatMap((outcome) => results.filter((result) => result.outcome === outcome));

const counted = (count: number): string => (count === 1 ? '1 check' : `${count} checks`);

/** `1 of 3 checks failed, 1 without an answer, 1 with a warning`. */
export function runWords({ summary: { total, failed, unknown, warned } }: CheckRun): string {
  const parts = [
    ...(failed === 0 ? [] : [`${failed} of ${counted(total)} failed`]),
    ...(unknown === 0
      ? []
      : [failed > 0 ? `${unknown} without an answer` : `${unknown} of ${counted(total)} without an answer`]),
  ];
  const warnings = warned === 0 ? [] : [warned === 1 ? '1 with a warning' : `${warned} with warnings`];
  return [...(parts.length === 0 ? [`${counted(total)} passed`] : parts), ...warnings].join(', ');
}

/** What the outcome of the whole run is. */
export function runOutcome({ summary: { failed, unknown, warned } }: CheckRun): CheckOutcome {
  if (failed > 0) return 'failed';
  if (unknown > 0) return 'unknown';
  return warned > 0 ? 'warned' : 'passed';
}

/** The expectations that did not hold, in words that do not repeat the reason; for a check without an answer its error. */
export function problemWords({ because, outcome, checks, error }: CheckResult): string[] {
  const broken = checks.filter((one) => one.outcome === 'failed' || one.outcome === 'warned');
  return [
    ...(outcome === 'unknown' && error !== undefined ? [error.code] : []),
    ...broken.map((assertion) => assertionWords(assertion, because)),
  ];
}

/** `audience: aud does not name this audience (expected a, got b)`, or without the reason where it was told before. */
function assertionWords(assertion: Assertion, told: string): string {
  const words = checkWords(assertion);
  const beside = words.slice(assertion.because.length).replace(/^ \((.*)\)$/s, '$1');
  return assertion.because !== told || beside === '' ? `${assertion.name}: ${words}` : `${assertion.name}: ${beside}`;
}

/** The name of the broken expectation or of the error, for forms that sort by it. */
export function problemType({ outcome, checks, error }: CheckResult): string {
  const first = checks.find((one) => one.outcome === (outcome === 'warned' ? 'warned' : 'failed'));
  if (outcome === 'unknown') return error?.code ?? 'unknown';
  return first?.finding ?? first?.name ?? outcome;
}
