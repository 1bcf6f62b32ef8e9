// A small coverage-guided fuzzer: inputs that reach code, or counts of it, that no input reached before are kept and changed
// further. Coverage is that of V8 itself, so nothing is instrumented and nothing native is needed.

import { Session } from 'node:inspector';
import type { Target } from './targets.ts';

export interface Finding {
  input: Buffer;
  error: unknown;
}

export interface Progress {
  executions: number;
  /** Inputs that are kept. */
  corpus: readonly Buffer[];
  /** Places of the code, with how often each was reached, by orders of magnitude. */
  places: number;
}

export interface FuzzOptions {
  corpus: readonly Buffer[];
  /** Called before a batch is run, so that an input that never ends can be found. */
  onBatch?: (inputs: readonly Buffer[]) => void;
  /** True ends it; asked between batches. */
  isOver: (progress: Progress) => boolean;
  seed: number;
  /** Of the scripts that count. */
  isOurs?: (url: string) => boolean;
}

const BATCH = 64;
const LONGEST = 4096;

/** Fuzzes until it is over, or until an input does what it must not. */
export async function fuzz(target: Target, options: FuzzOptions): Promise<{ finding?: Finding; progress: Progress }> {
  const coverage = new Coverage(options.isOurs ?? (() => true));
  const random = randomNumbers(options.seed);
  const corpus: Buffer[] = [];
  const seen = new Set<string>();
  const progress = { executions: 0, corpus, places: 0 };
  const runOne = async (input: Buffer): Promise<Finding | undefined> => {
    progress.executions += 1;
    try {
      await target.run(input);
      return undefined;
    } catch (error) {
      return { input, error };
    }
  };
  const keepIfNew = async (input: Buffer): Promise<void> => {
    coverage.take();
    await runOne(input);
    const fresh = coverage.take().filter((place) => !seen.has(place));
    for (const place of fresh) seen.add(place);
    if (fresh.length > 0) corpus.push(input);
  };
  try {
    for (const input of [...options.corpus, ...target.seeds.map((text) => Buffer.from(text))]) {
      const finding = await runOne(input);
      if (finding !== undefined) return { finding, progress };
      await keepIfNew(input);
    }
    if (corpus.length === 0) corpus.push(Buffer.alloc(0));
    while (!options.isOver({ ...progress, places: seen.size })) {
      const inputs = Array.from({ length: BATCH }, () => mutate(random, corpus, target.words));
      options.onBatch?.(inputs);
      coverage.take();
      for (const input of inputs) {
        const finding = await runOne(input);
        if (finding !== undefined) return { finding, progress };
      }
      // Which input it was is looked for only where the batch reached something new.
      if (coverage.take().some((place) => !seen.has(place))) for (const input of inputs) await keepIfNew(input);
    }
    return { progress: { ...progress, places: seen.size } };
  } finally {
    coverage.end();
  }
}

/** The inputs that together reach all that the whole list reaches, smallest first. */
export async function distill(
  target: Target,
  inputs: readonly Buffer[],
  isOurs: (url: string) => boolean,
): Promise<Buffer[]> {
  const coverage = new Coverage(isOurs);
  const seen = new Set<string>();
  const kept: Buffer[] = [];
  for (const input of [...inputs].sort((a, b) => a.length - b.length)) {
    coverage.take();
    await target.run(input);
    const fresh = coverage.take().filter((place) => !seen.has(place));
    for (const place of fresh) seen.add(place);
    if (fresh.length > 0) kept.push(input);
  }
  coverage.end();
  return kept;
}

// ---------------------------------------------------------------- coverage

type Scripts = { url: string; functions: { ranges: { startOffset: number; endOffset: number; count: number }[] }[] }[];

class Coverage {
  readonly #session = new Session();
  readonly #isOurs: (url: string) => boolean;

  constructor(isOurs: (url: string) => boolean) {
    this.#isOurs = isOurs;
    this.#session.connect();
    this.#session.post('Profiler.enable');
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** What was reached since the last time. */
  take(): string[] {
    let scripts: Scripts = [];
    // A session within the same thread answers before `post` returns.
    this.#session.post('Profiler.takePreciseCoverage', (_, given) => {
      scripts = (given as unknown as { result: Scripts }).result;
    });
    const places: string[] = [];
    for (const { url, functions } of scripts)
      if (this.#isOurs(url))
        for (const { ranges } of functions)
          for (const { startOffset, endOffset, count } of ranges)
            if (count > 0) places.push(`${startOffset}:${endOffset}:${Math.floor(Math.log2(count) / 2)}`);
    return places;
  }

  end(): void {
    this.#session.post('Profiler.stopPreciseCoverage');
    this.#session.disconnect();
  }
}

// ---------------------------------------------------------------- changes

export type Random = (below: number) => number;

/** xorshift32: the same numbers for the same seed, on every machine. */
export function randomNumbers(seed: number): Random {
  let state = seed | 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % Math.max(1, below);
  };
}

/** A new input made of one that is kept, by one to eight changes. */
export function mutate(random: Random, corpus: readonly Buffer[], words: readonly string[]): Buffer {
  // What was found last is often the nearest to something new.
  const at = random(2) === 0 ? random(corpus.length) : corpus.length - 1 - random(Math.min(corpus.length, 16));
  let input = corpus[at] ?? Buffer.alloc(0);
  for (let change = 1 << random(4); change > 0; change -= 1) input = changed(input, { random, corpus, words });
  return input.subarray(0, LONGEST);
}

interface Changing {
  random: Random;
  corpus: readonly Buffer[];
  words: readonly string[];
}

function changed(input: Buffer, { random, corpus, words }: Changing): Buffer {
  const at = random(input.length + 1);
  const size = 1 + random(random(4) === 0 ? 64 : 4);
  const put = (bytes: Uint8Array, over = 0): Buffer =>
    Buffer.concat([input.subarray(0, at), bytes, input.subarray(at + over)]);
  const piece = (from: Buffer): Buffer => {
    const start = random(from.length);
    return from.subarray(start, start + 1 + random(random(3) === 0 ? 200 : 20));
  };
  switch (random(10)) {
    case 0:
      return put(Buffer.alloc(0), size);
    case 1:
      return put(Buffer.of(random(256)), 1);
    case 2:
      return put(Buffer.of((input[at] ?? 0) ^ (1 << random(8))), 1);
    case 3:
      return put(Buffer.from(words[random(words.length)] ?? ''), random(3) === 0 ? size : 0);
    case 4:
      return put(Buffer.from(words[random(words.length)] ?? ''));
    case 5:
      return put(piece(input));
    case 6:
      return put(piece(corpus[random(corpus.length)] ?? input));
    case 7:
      return put(
        Buffer.from(
          piece(input)
            .toString('latin1')
            .repeat(1 + random(20)),
          'latin1',
        ),
      );
    case 8:
      return put(Buffer.from(String([0, 1, -1, 127, 255, 65_536, 2 ** 31, 2 ** 53, 1e21][random(9)])));
    default:
      return put(
        Buffer.from(
          String.fromCodePoint(
            [0, 9, 10, 13, 0x7f, 0x85, 0xa0, 0xad, 0x200b, 0x202e, 0x2028, 0xfeff, 0xfffd, 0x1f600][random(14)] ?? 0,
          ),
        ),
      );
  }
}
