// Short words for what tests look at in a report.

import { expect } from 'vitest';
import type { Check, CheckName, Outcome, Report } from '../../src/core/report.ts';

/** The checks of that name; there is mostly one. */
export const checksOf = ({ checks }: Pick<Report, 'checks'>, name: CheckName): Check[] =>
  checks.filter((check) => check.name === name);

/** `signature: passed`, in the order of the report. */
export const outcomes = ({ checks }: Pick<Report, 'checks'>): string[] =>
  checks.map(({ name, outcome }) => `${name}: ${outcome}`);

export const failures = ({ checks }: Pick<Report, 'checks'>): string[] =>
  checks.filter(({ outcome }) => outcome === 'failed').map(({ name }) => name);

export const causes = ({ causes: all }: Report): string[] => all.map(({ code }) => code);

/** The one check of that name, with that outcome. */
export function theCheck(report: Pick<Report, 'checks'>, name: CheckName, outcome: Outcome): Check {
  const found = checksOf(report, name);
  expect(found.map(({ name: one, outcome: its }) => `${one}: ${its}`)).toEqual([`${name}: ${outcome}`]);
  const [check] = found;
  if (check === undefined) throw new Error(`no check ${name}`);
  return check;
}

/** What every report promises of itself (contract §5, §7, §8). */
export function assertConsistent(report: Report): void {
  const { verdict, active, exit_code, error, checks } = report;
  expect({ verdict, active }).toEqual(
    { active: { verdict, active: true }, inactive: { verdict, active: false }, unknown: { verdict, active: null } }[
      verdict
    ],
  );
  if (verdict === 'active') expect(exit_code).toBe(0);
  if (verdict === 'inactive') expect(exit_code).toBe(1);
  if (verdict === 'unknown') expect([2, 3]).toContain(exit_code);
  expect(error === undefined).toBe(verdict !== 'unknown');
  expect(failures(report).length > 0 && verdict === 'active').toBe(false);
  expect(checks.filter(({ because }) => because === '' || /\.$|[\n\r]/.test(because))).toEqual([]);
}
