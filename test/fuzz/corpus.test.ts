// The kept corpus holds for every target, inputs that failed once included, and so do some hundred changes of it, the same in
// every run. Longer: node scripts/fuzz.mjs --seconds 600.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fuzz, mutate, randomNumbers } from './engine.ts';
import { assert, TARGETS, type Target } from './targets.ts';

const FOLDER = join(import.meta.dirname, 'corpus');
const SEED = 20_261_121;

function corpusOf(name: string): { file: string; input: Buffer }[] {
  const folder = join(FOLDER, name);
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map((file) => ({ file, input: readFileSync(join(folder, file)) }));
}

/** The target, with the name of the input in what it throws. */
async function holds({ run }: Target, input: Buffer, name: string): Promise<void> {
  try {
    await run(input);
  } catch (cause) {
    throw new Error(`${name}: ${JSON.stringify(input.toString('latin1'))}`, { cause });
  }
}

describe.each(Object.entries(TARGETS))('%s', (name, target) => {
  it('holds for its corpus', async () => {
    const corpus = corpusOf(name);
    expect(corpus.length).toBeGreaterThan(0);
    for (const { file, input } of corpus) await holds(target, input, file);
    for (const seed of target.seeds) await holds(target, Buffer.from(seed), 'a seed');
  });

  it('holds for changes of it', async () => {
    const random = randomNumbers(SEED);
    const corpus = [...corpusOf(name).map(({ input }) => input), ...target.seeds.map((text) => Buffer.from(text))];
    for (let at = 0; at < 150; at += 1) await holds(target, mutate(random, corpus, target.words), `change ${at}`);
  });
});

describe('the fuzzer', () => {
  /** A fault that stands behind four conditions: chance alone does not come there. */
  const planted: Target = {
    run: (input) => {
      const text = input.toString('latin1');
      if (text.startsWith('f')) if (text[1] === 'u') if (text[2] === 'z') assert(text[3] !== 'z', 'no z comes fourth');
    },
    seeds: ['x'],
    words: ['f', 'u', 'z'],
  };
  // Fuzzed in this process: only what this file holds counts.
  const isOurs = (url: string) => url.endsWith('corpus.test.ts');

  it('finds what is planted, and says with which input', async () => {
    const { finding } = await fuzz(planted, {
      corpus: [],
      seed: SEED,
      isOurs,
      isOver: ({ executions }) => executions > 200_000,
    });
    expect(finding?.input.toString('latin1').slice(0, 4)).toBe('fuzz');
  });

  it('finds the same again, and nothing where nothing is', async () => {
    const sound: Target = { ...planted, run: () => {} };
    const one = await fuzz(sound, { corpus: [], seed: SEED, isOurs, isOver: ({ executions }) => executions > 500 });
    expect(one.finding).toBeUndefined();
    const inputs = (seed: number) => {
      const random = randomNumbers(seed);
      return Array.from({ length: 20 }, () => mutate(random, [Buffer.from('abc')], ['x']).toString('base64'));
    };
    expect(inputs(7)).toEqual(inputs(7));
    expect(inputs(7)).not.toEqual(inputs(8));
  });
});
