// Every hostile token through the library and a sample through the command line: none is active, each for the reason that
// is its own, and each has good twins that are (security.md §1.1 to §1.4).

import { describe, expect, it } from 'vitest';
import { run } from '../../../src/cli/run.ts';
import type { Report } from '../../../src/core/report.ts';
import { introspect, type VerifyOptions, verify } from '../../../src/index.ts';
import { fakeHost } from '../../cli/fake-host.ts';
import { ISSUER, NOW } from '../../library/keys.ts';
import { assertConsistent } from '../../library/reports.ts';
import { algorithms } from './algorithms.ts';
import { claimFamilies } from './claims.ts';
import { encodings } from './encodings.ts';
import { AUDIENCE, type Case, type Family, keySet } from './forge.ts';
import { headers } from './headers.ts';
import { jsons } from './json.ts';
import { weaknesses } from './weakness.ts';

const FAMILIES: readonly Family[] = [
  ...algorithms,
  ...headers,
  ...encodings,
  ...jsons,
  ...claimFamilies,
  ...weaknesses,
];

const noRequest: VerifyOptions['fetch'] = (url) => Promise.reject(new Error(`a request that was not expected: ${url}`));

/** The issuer that was named may be looked for an endpoint; none is found, and no token is sent. */
const noEndpoint: VerifyOptions['fetch'] = async (url, { method }) => {
  if (method !== 'GET' || !url.startsWith(`${ISSUER}/`)) throw new Error(`a request that was not expected: ${url}`);
  return new Response('', { status: 404 }) as never;
};

function optionsOf({ options: { expectations, ...over } = {} }: Case): VerifyOptions {
  const audience = [AUDIENCE];
  const all = {
    issuer: ISSUER,
    jwks: keySet,
    now: NOW,
    fetch: noRequest,
    expectations: { audience, ...expectations },
    ...over,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

const checksOf = ({ checks }: Report): string[] =>
  checks.map(({ name, outcome, finding }) => [name, outcome, finding].filter((part) => part !== undefined).join(' '));

/** Those checks of the report that fit what the case says: its name, its finding where it has one, that outcome. */
const fitting = ({ checks }: Report, { check, finding }: Case, outcome: string) =>
  checks.filter(
    (one) => one.name === check && one.outcome === outcome && (finding === undefined || one.finding === finding),
  );

function assertRefused(report: Report, one: Case): void {
  assertConsistent(report);
  expect({ verdict: report.verdict, error: report.error?.code, checks: checksOf(report) }).toMatchObject({
    verdict: one.verdict ?? 'inactive',
    error: one.error,
  });
  expect(report.exit_code).not.toBe(0);
  if (one.check !== undefined) expect(fitting(report, one, 'failed'), checksOf(report).join('\n')).not.toEqual([]);
  // What signs nothing here is not called signed.
  if (one.check === 'signature') expect(checksOf(report)).not.toContain('signature passed');
}

describe.each(FAMILIES)('$name', ({ good, bad }) => {
  it.each(good)('holds: $name', async (one) => {
    const report = await verify(one.token, optionsOf(one));
    assertConsistent(report);
    expect({ verdict: report.verdict, checks: checksOf(report) }).toMatchObject({ verdict: 'active' });
    if (one.check !== undefined) expect(fitting(report, one, 'warned'), checksOf(report).join('\n')).toHaveLength(1);
  });

  it.each(bad)('does not: $name', async (one) => {
    assertRefused(await verify(one.token, optionsOf(one)), one);
  });

  it('does not for introspect, which sends none of them anywhere', async () => {
    for (const one of bad) {
      const report = await introspect(one.token, { ...optionsOf(one), fetch: noEndpoint });
      assertConsistent(report);
      expect(report.exit_code, one.name).not.toBe(0);
    }
  });
});

describe('the corpus', () => {
  const bad = FAMILIES.flatMap((family) => family.bad);

  it('holds more than three hundred bad tokens, no two under one name, and good twins in every family', () => {
    expect(bad.length).toBeGreaterThanOrEqual(300);
    for (const { good, bad: cases } of FAMILIES) {
      expect(good.length).toBeGreaterThan(0);
      const names = cases.map((one) => one.name);
      expect(names.filter((name, at) => names.indexOf(name) !== at).join()).toBe('');
    }
  });

  // Cases with options that a command line has no word for, or whose surroundings it takes off, are for the library alone.
  const typed = bad.filter(
    ({ options = {}, cli = true }) => cli && Object.keys(options).every((name) => name === 'jwks'),
  );
  const sample = typed.filter((_, at) => at % Math.ceil(typed.length / 48) === 0);

  it.each(sample)('on the command line: $name', async (one) => {
    const keys = String(optionsOf(one).jwks);
    const { host, stdout, stderr } = fakeHost({
      stdin: `${one.token}\n`,
      files: { '/keys.json': keys },
      now: NOW * 1000,
    });
    const args = ['--issuer', ISSUER, '--jwks', '/keys.json', '--audience', AUDIENCE, '-o', 'json'];
    const exit = await run(['verify', '-', ...args], host);
    const report = JSON.parse(stdout());
    expect([exit, report.exit_code, report.verdict]).toEqual(
      one.verdict === 'unknown' ? [3, 3, 'unknown'] : [1, 1, 'inactive'],
    );
    if (one.token.length > 20) expect(stdout() + stderr()).not.toContain(one.token);
  });

  it('has forty of them on the command line', () => {
    expect(sample.length).toBeGreaterThanOrEqual(40);
  });
});
