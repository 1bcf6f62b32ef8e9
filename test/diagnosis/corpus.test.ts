// The score of the diagnosis over its corpus: what a person would name must be named, and nothing where nobody can know.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CAUSE_CODES } from '../../src/core/causes.ts';
import { KEY_SITUATIONS } from './corpus/keys.ts';
import { PURPOSES } from './corpus/purposes.ts';
import { SERVERS } from './corpus/servers.ts';
import { TEXTS } from './corpus/texts.ts';
import { TIMES } from './corpus/times.ts';
import { type Judged, judge } from './score.ts';
import type { Situation } from './situation.ts';
import { play } from './world.ts';

const IN_MEMORY: readonly Situation[] = [...TEXTS, ...KEY_SITUATIONS, ...PURPOSES, ...TIMES, ...SERVERS];

const judged: Judged[] = [];

describe('in memory', () => {
  test.each(IN_MEMORY.map((one) => [one.tells, one] as const))('%s', async (_tells, situation) => {
    const { causes, report } = await play(situation);
    const result = judge(situation, causes);
    judged.push(result);
    expect(report.verdict).not.toBe('active');
    expect(result.faults).toEqual([]);
  });
});
