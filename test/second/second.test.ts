// One round of every deed with every algorithm; `npm run test:second` judges ten thousand by the built package.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { verify } from '../../src/index.ts';
import { generated, ROUND } from './cases.ts';
import { compare, judged } from './comparison.ts';
import { DEEDS } from './deeds.ts';
import { DIFFERENCES } from './differences.ts';

const python = process.env['TOKCTL_PYTHON'] ?? 'python3';
const hasJwcrypto = spawnSync(python, ['-c', 'import jwcrypto']).status === 0;

describe('generated tokens', () => {
  test('tokctl accepts the good ones and no other', async () => {
    const cases = generated(ROUND, 20261126);
    expect(cases.length).toBeGreaterThan(900);
    const wrong: object[] = [];
    for (const one of cases) {
      const { verdict, checks } = await judged(one, verify);
      if ((verdict === 'active') !== one.good) wrong.push({ ...one, checks });
    }
    expect(wrong).toEqual([]);
    expect(cases.filter(({ good }) => good).length).toBeGreaterThan(100);
  });

  test('are made by the seed: what is done, and where', () => {
    const shapes = (seed: number) => generated(300, seed).map(({ deed, alg, token }) => [deed, alg, token.length]);
    expect(shapes(3).filter(([deed]) => deed === 'a long payload')).toEqual(
      shapes(3).filter(([deed]) => deed === 'a long payload'),
    );
    expect(shapes(3)).not.toEqual(shapes(4));
  });

  test.skipIf(!hasJwcrypto)(
    'jwcrypto of Python agrees, but for what is listed (skipped where it is not installed)',
    async () => {
      const script = join(import.meta.dirname, 'judge.py');
      const { faults, listed, accepted, refused } = await compare(generated(ROUND, 5), { verify, python, script });
      expect(faults).toEqual([]);
      expect(listed.size).toBeGreaterThan(12);
      expect(Math.min(accepted, refused)).toBeGreaterThan(100);
    },
    120_000,
  );
});

test('each listed difference is of a deed, and has the rule that it stands on', () => {
  expect(Object.keys(DIFFERENCES).filter((deed) => DEEDS[deed] === undefined || DEEDS[deed].good === true)).toEqual([]);
  expect(Object.values(DIFFERENCES).filter(({ rule }) => !/^(?:RFC \d{4} §|CVE-)/.test(rule))).toEqual([]);
});
