// The score of the diagnosis over its corpus: what a person would name must be named, and nothing where nobody can know.
// It is printed, stands in docs/causes.md, and must not fall.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CAUSE_CODES } from '../../src/core/causes.ts';
import { type Playground, startPlayground } from '../../src/demo/playground.ts';
import { nodeTransport } from '../../src/protocol/http/node-transport.ts';
import { IN_MEMORY } from './corpus/index.ts';
import { FAST, fastClock, type Grounds, playgroundSituations } from './corpus/playground.ts';
import { type Judged, judge } from './score.ts';
import type { Situation } from './situation.ts';
import { play } from './world.ts';

const judged: Judged[] = [];
const faultsOf = (results: readonly Judged[]): string[] =>
  results.flatMap(({ situation, faults }) => faults.map((fault) => `${situation.tells}: ${fault}`));

describe('a server in memory', () => {
  test.each(IN_MEMORY.map((one) => [one.tells, one] as const))('%s', async (_tells, situation) => {
    const { causes, report } = await play(situation);
    const result = judge(situation, causes);
    judged.push(result);
    expect(report.verdict).not.toBe('active');
    expect(result.faults).toEqual([]);
  });
});

describe('the real server of the playground', () => {
  const grounds: Playground[] = [];
  const transport = nodeTransport();
  let world: Grounds;
  let real = 0;

  beforeAll(async () => {
    const onFault = (error: Error) => {
      throw error;
    };
    for (let count = 0; count < 2; count += 1) grounds.push(await startPlayground({ port: 0, exact: false, onFault }));
    const [first, second] = grounds;
    if (first === undefined || second === undefined) throw new Error('no playground');
    const jwksOf = async ({ facts }: Playground) => (await fetch(facts.endpoints.jwks)).text();
    world = {
      facts: first.facts,
      other: second.facts,
      jwks: await jwksOf(first),
      otherJwks: await jwksOf(second),
    };
  });
  afterAll(async () => {
    transport.close();
    for (const ground of grounds) await ground.close();
  });

  async function played(situation: Situation, now = Date.now()): Promise<Judged> {
    const { causes } = await play(situation, { fetch: transport, now });
    return judge(situation, causes);
  }

  test('says what a person would say', async () => {
    const results: Judged[] = [];
    for (const situation of playgroundSituations(world)) results.push(await played(situation));
    results.push(await played(fastClock(world), Date.now() + FAST * 1000));
    judged.push(...results);
    real = results.length;
    expect(faultsOf(results)).toEqual([]);
  });

  test('in at least 25 situations', () => {
    expect(real).toBeGreaterThanOrEqual(25);
  });
});

describe('the corpus', () => {
  test('has enough situations, and enough of those in which nobody can know', () => {
    expect(judged.length).toBeGreaterThanOrEqual(120);
    expect(judged.filter(({ situation }) => situation.open !== undefined).length).toBeGreaterThanOrEqual(30);
    const told = judged.map(({ situation }) => situation.tells);
    expect(told.filter((one, index) => told.indexOf(one) !== index)).toEqual([]);
  });

  test('has for every cause a situation of which it is the first, and one in which it must not be said', () => {
    const first = new Set(judged.map(({ situation }) => situation.first));
    const forbidden = new Set(judged.flatMap(({ situation }) => situation.not ?? []));
    expect(CAUSE_CODES.filter((code) => !first.has(code))).toEqual([]);
    expect(CAUSE_CODES.filter((code) => !forbidden.has(code))).toEqual([]);
  });

  test('is answered well: at least 95 % first, and all among the first two', () => {
    const first = judged.filter((one) => one.first).length;
    const firstTwo = judged.filter((one) => one.firstTwo).length;
    const open = judged.filter(({ situation }) => situation.open !== undefined).length;
    const score = `${judged.length} situations (${open} with an open answer): ${first} right at the first, ${firstTwo} within the first two`;
    process.stdout.write(`diagnosis: ${score}\n`);
    expect(first / judged.length).toBeGreaterThanOrEqual(0.95);
    expect(firstTwo).toBe(judged.length);
    expect(readFileSync(fileURLToPath(new URL('../../docs/causes.md', import.meta.url)), 'utf8')).toContain(score);
  });
});
