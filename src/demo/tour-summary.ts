// The end of the tour: what each report said, one line a stop, and which results were not expected. Pure functions.

import type { Report } from '../index.ts';

/** What came of one stop. */
export interface Result {
  what: string;
  verdict: string;
  /** The exit code in digits; empty where no command of tokctl ran. */
  exit: string;
  why: string;
  asExpected: boolean;
}

/** The verdict of a report in JSON, and the names of what decided it: failed checks, causes, the error, warnings. */
export function verdictOf(json: string): { verdict: string; reasons: string[] } {
  const report = parsed(json);
  const checks = report?.checks ?? [];
  const named = (outcome: string) => checks.filter((check) => check.outcome === outcome).map(({ name }) => name);
  const error = report?.error === undefined ? [] : [report.error.code];
  const causes = (report?.causes ?? []).map(({ code }) => code);
  return { verdict: report?.verdict ?? 'none', reasons: [...error, ...causes, ...named('failed'), ...named('warned')] };
}

function parsed(json: string): Partial<Report> | undefined {
  try {
    return JSON.parse(json) as Partial<Report>;
  } catch {
    return undefined;
  }
}

/** The table of all stops and the verdict on the tour. */
export function summary(results: readonly Result[]): string {
  const rows = [{ what: 'token', verdict: 'verdict', exit: 'exit', why: 'why' }, ...results].map(row);
  const odd = results.filter(({ asExpected }) => !asExpected);
  const end =
    odd.length === 0
      ? `all ${results.length} results are as expected`
      : `${odd.length} of ${results.length} results are not as expected:\n${odd.map(({ what }) => `  ${what}`).join('\n')}`;
  return `${rows.join('\n')}\n\n${end}\n`;
}

function row({ what, verdict, exit, why, asExpected }: Omit<Result, 'asExpected'> & { asExpected?: boolean }): string {
  const mark = asExpected === undefined ? ' ' : asExpected ? '✓' : '✗';
  return `${mark} ${what.padEnd(36)}${verdict.padEnd(10)}${exit.padEnd(6)}${why}`.trimEnd();
}
