// A small coverage-guided fuzzer: inputs that reach code that no input reached before are kept and changed further.
// Coverage is that of V8 itself, so nothing is instrumented and nothing native is needed.

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
  /** Places of the code that were reached, or passed by. */
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

/** Coverage is asked for once in so many inputs, because the asking takes longer than most of them. */
const BATCH = 256;
const LONGEST = 4096;

/** Fuzzes until it is over, or until an input does what it must not. */
export async function fuzz(target: Target, options: FuzzOptions): Promise<{ finding?: Finding; progress: Progress }> {
  const search = new Search(target, options.isOurs ?? (() => true));
  const random = randomNumbers(options.seed);
  try {
    for (const input of [...options.corpus, ...target.seeds.map((text) => Buffer.from(text))])
      await search.among([input]);
    if (search.corpus.length === 0) search.corpus.push(Buffer.alloc(0));
    while (!options.isOver(search.progress)) {
      const inputs = Array.from({ length: BATCH }, () => mutate(random, search.corpus, target.words));
      options.onBatch?.(inputs);
      await search.among(inputs);
    }
    return { progress: search.progress };
  } catch (error) {
    if (!(error instanceof Found)) throw error;
    return { finding: error.finding, progress: search.progress };
  } finally {
    search.coverage.end();
  }
}

class Found extends Error {
  readonly finding: Finding;
  constructor(finding: Finding) {
    super('found');
    this.finding = finding;
  }
}

class Search {
  readonly corpus: Buffer[] = [];
  readonly coverage: Coverage;
  readonly #target: Target;
  readonly #seen = new Set<string>();
  #executions = 0;

  constructor(target: Target, isOurs: (url: string) => boolean) {
    this.#target = target;
    this.coverage = new Coverage(isOurs);
  }

  get progress(): Progress {
    return { executions: this.#executions, corpus: this.corpus, places: this.#seen.size };
  }

  /** Runs them all; where something new was reached, by halves, until the input is found that reached it. */
  async among(inputs: readonly Buffer[]): Promise<void> {
    for (const input of inputs) await this.#run(input);
    const fresh = this.coverage.take().filter((place) => !this.#seen.has(place));
    if (fresh.length === 0) return;
    if (inputs.length > 1) {
      const half = Math.ceil(inputs.length / 2);
      await this.among(inputs.slice(0, half));
      return this.among(inputs.slice(half));
    }
    for (const place of fresh) this.#seen.add(place);
    this.corpus.push(...inputs);
  }

  async #run(input: Buffer): Promise<void> {
    this.#executions += 1;
    try {
      await this.#target.run(input);
    } catch (error) {
      throw new Found({ input, error });
    }
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
        // A block that was run as often as what is around it has no range of its own, so that where it is not run tells too.
        for (const { ranges } of functions)
          for (const { startOffset, endOffset, count } of ranges)
            places.push(`${startOffset}:${endOffset}${count > 0 ? '' : ' not'}`);
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
