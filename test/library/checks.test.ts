// Every check of contract §9, passing and failing, with what it expected and got. Nothing is asked over the network here,
// but for `introspection` and `response`.

import { describe, expect, test } from 'vitest';
import { CHECK_NAMES, type CheckName, type Outcome, type Report } from '../../src/core/report.ts';
import { ANSWER_CHECKS, active, answered, MORE_OF_ANSWERS } from './check-table/answer.ts';
import { CLAIM_CHECKS } from './check-table/claims.ts';
import { expecting, judged, type Row, swapped, type Table } from './check-table/given.ts';
import { KEY_CHECKS } from './check-table/key.ts';
import { POSSESSION_CHECKS } from './check-table/possession.ts';
import { TEXT_CHECKS } from './check-table/text.ts';
import { HOUR, NOW } from './keys.ts';
import { assertConsistent, failures, theCheck } from './reports.ts';

const TABLE: Table = { ...TEXT_CHECKS, ...KEY_CHECKS, ...CLAIM_CHECKS, ...POSSESSION_CHECKS, ...ANSWER_CHECKS };

const OUTCOMES = ['passed', 'failed', 'warned', 'skipped'] as const;
const rows = [...Object.entries(TABLE), ...Object.entries(MORE_OF_ANSWERS)] as [CheckName, Row][];
const cases = rows.flatMap(([name, row]) =>
  OUTCOMES.flatMap((outcome) =>
    (row[outcome] ?? []).map(([says, given, more = {}]) => ({ name, outcome, says, given, more })),
  ),
);

test.each(cases)('$name $outcome: $says', async ({ name, outcome, given, more }) => {
  const report = await (typeof given === 'function' ? given() : judged(given));
  const check = theOne(report, name, outcome);
  if (more.finding !== undefined) expect(check.finding).toBe(more.finding);
  if (more.because !== undefined) expect(check.because).toMatch(more.because);
  assertConsistent(report);
  if (outcome === 'failed') expect(report.verdict).not.toBe('active');
  if (outcome !== 'failed') expect(failures(report)).not.toContain(name);
});

/** `format` may be there twice: what it is, and what is odd about it. */
function theOne(report: Report, name: CheckName, outcome: Outcome) {
  if (name !== 'format' || outcome !== 'warned') return theCheck(report, name, outcome);
  const checks = report.checks.filter((check) => check.name !== name || check.outcome === outcome);
  return theCheck({ checks }, name, outcome);
}

/** They tell of something odd, or of something that was not done, and a person decides what it is worth. */
const NEVER_FAIL: readonly CheckName[] = ['time_unit', 'key_reference', 'response', 'revocation'];

describe('the table', () => {
  test('has every check of the contract, with a way to fail where it can', () => {
    const failing = CHECK_NAMES.filter((name) => TABLE[name]?.failed !== undefined);
    expect([...failing, ...NEVER_FAIL].sort()).toEqual([...CHECK_NAMES].sort());
  });

  const strict = { strict: true };
  test.each<[CheckName, () => Promise<Report>]>([
    ['time_unit', () => judged({ claims: { exp: (NOW + HOUR) * 1000 }, ...expecting(strict) })],
    ['key_reference', () => judged({ header: { x5c: ['AA'] }, ...expecting(strict) })],
    ['response', answered(active({ scope: ['a'] }), strict)],
  ])('%s fails under --strict alone', async (name, given) => {
    const report = await given();
    theCheck(report, name, 'failed');
    expect(report.verdict).toBe('inactive');
  });
});

test('a check that is not asked for is not claimed', async () => {
  const report = await judged({});
  const asked = [
    'type',
    'scope',
    'lifetime',
    'max_age',
    'nonce',
    'at_hash',
    'confirmation',
    'introspection',
    'response',
  ];
  expect(report.checks.filter(({ name }) => asked.includes(name) || name.startsWith('claim:'))).toEqual([]);
});

test('all checks are reported, not the first that fails', async () => {
  const report = await judged({
    token: swapped({ iss: 'https://other.example', exp: NOW - 1, nbf: NOW + 10, aud: 'x', scope: 'a', sub: 'admin' }),
    ...expecting({ audience: ['https://api.example.com'], scope: ['b'], typ: 'JWT', kind: 'id_token', nonce: 'n' }),
  });
  expect(failures(report)).toEqual([
    'signature',
    'issuer',
    'audience',
    'expiry',
    'not_before',
    'type',
    'kind',
    'scope',
    'nonce',
  ]);
});
