// Results in the order of the items, whatever is quick or slow, and never more at once than was asked for.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type InOrderOptions, inOrder } from '../../src/cli/batch/in-order.ts';

/** Work that ends when the test says so. */
class Bench {
  readonly begun: number[] = [];
  readonly #ends = new Map<number, { resolve: (value: string) => void; reject: (error: unknown) => void }>();
  running = 0;
  mostRunning = 0;

  readonly work = (item: number): Promise<string> => {
    this.begun.push(item);
    this.running += 1;
    this.mostRunning = Math.max(this.mostRunning, this.running);
    return new Promise<string>((resolve, reject) => this.#ends.set(item, { resolve, reject })).finally(() => {
      this.running -= 1;
    });
  };

  async finish(...items: number[]): Promise<void> {
    for (const item of items) this.#ends.get(item)?.resolve(`result ${item}`);
    await settled();
  }

  async fail(item: number): Promise<void> {
    this.#ends.get(item)?.reject(new Error(`failure ${item}`));
    await settled();
  }
}

/** Every promise that can settle without an event from outside has done so. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

const upTo = async function* (count: number): AsyncGenerator<number> {
  for (let item = 0; item < count; item += 1) yield item;
};

/** Takes results as they come, like a printer. */
function collect(items: AsyncIterable<number>, bench: Bench, options: InOrderOptions) {
  const results: string[] = [];
  const done = (async () => {
    for await (const result of inOrder(items, bench.work, options)) results.push(result);
  })();
  done.catch(() => {});
  return { results, done };
}

describe('inOrder', () => {
  test('nothing in, nothing out', async () => {
    const { results, done } = collect(upTo(0), new Bench(), { limit: 3 });
    await done;
    expect(results).toEqual([]);
  });

  test('results that come out of order are given out in order', async () => {
    const bench = new Bench();
    const { results, done } = collect(upTo(3), bench, { limit: 3 });
    await settled();
    await bench.finish(2);
    await bench.finish(1);
    expect(results).toEqual([]);
    await bench.finish(0);
    expect(results).toEqual(['result 0', 'result 1', 'result 2']);
    await done;
  });

  test('no more are under way than the limit', async () => {
    const bench = new Bench();
    const { done } = collect(upTo(5), bench, { limit: 2 });
    await settled();
    expect(bench.begun).toEqual([0, 1]);
    await bench.finish(1);
    expect(bench.begun).toEqual([0, 1, 2]);
    await bench.finish(0, 2);
    await bench.finish(3, 4);
    await done;
    expect(bench.mostRunning).toBe(2);
  });

  test('a slow one at the front does not hold up those behind it, as far as the window reaches', async () => {
    const bench = new Bench();
    const { results, done } = collect(upTo(100), bench, { limit: 2, window: 5 });
    await settled();
    for (const item of [1, 2, 3, 4]) await bench.finish(item);
    expect(bench.begun).toEqual([0, 1, 2, 3, 4]);
    await bench.finish(0);
    expect(results).toHaveLength(5);
    expect(bench.begun).toEqual([0, 1, 2, 3, 4, 5, 6]);
    for (let item = 5; item < 100; item += 1) await bench.finish(item);
    await done;
    expect(results).toHaveLength(100);
  });

  test('nothing is taken from the source that there is no room for, also while nobody takes results', async () => {
    const taken: number[] = [];
    const source = (async function* () {
      for await (const item of upTo(1000)) {
        taken.push(item);
        yield item;
      }
    })();
    const results = inOrder(source, async (item) => item, { limit: 2, window: 4 });
    await results.next();
    await settled();
    expect(taken.length).toBeLessThanOrEqual(5);
    await results.return(undefined);
  });

  test('a result is given out while the source keeps the next item waiting', async () => {
    const bench = new Bench();
    let more = (_: number) => {};
    const source = (async function* () {
      yield 0;
      yield await new Promise<number>((resolve) => {
        more = resolve;
      });
    })();
    const { results, done } = collect(source, bench, { limit: 4 });
    await settled();
    await bench.finish(0);
    expect(results).toEqual(['result 0']);
    more(1);
    await settled();
    await bench.finish(1);
    await done;
    expect(results).toEqual(['result 0', 'result 1']);
  });

  test('a failure comes in its turn, and nothing is begun after it', async () => {
    const bench = new Bench();
    const { results, done } = collect(upTo(10), bench, { limit: 3 });
    await settled();
    await bench.fail(1);
    await bench.finish(2);
    expect(bench.begun).toEqual([0, 1, 2]);
    await bench.finish(0);
    await expect(done).rejects.toThrow('failure 1');
    expect(results).toEqual(['result 0']);
  });

  test('a failure of the source comes after the results before it', async () => {
    const source = (async function* () {
      yield 0;
      throw new Error('the source broke');
    })();
    const bench = new Bench();
    const { results, done } = collect(source, bench, { limit: 3 });
    await settled();
    expect(results).toEqual([]);
    await bench.finish(0);
    await expect(done).rejects.toThrow('the source broke');
    expect(results).toEqual(['result 0']);
  });

  test('whoever stops early closes the source', async () => {
    let closed = false;
    const source = (async function* () {
      try {
        yield* upTo(10);
      } finally {
        closed = true;
      }
    })();
    for await (const _ of inOrder(source, async (item) => item, { limit: 2 })) break;
    await settled();
    expect(closed).toBe(true);
  });

  test('whoever stops early does not wait for a source that waits', async () => {
    const source = (async function* () {
      yield 0;
      await new Promise(() => {});
    })();
    const results = inOrder(source, async (item) => item, { limit: 2 });
    expect((await results.next()).value).toBe(0);
    expect((await results.return(undefined)).done).toBe(true);
  });

  test('when it is interrupted, what is done is given out in order, without what is not', async () => {
    const bench = new Bench();
    const interrupted = new AbortController();
    const { results, done } = collect(upTo(100), bench, { limit: 4, signal: interrupted.signal });
    await settled();
    await bench.finish(0, 2, 3);
    expect(results).toEqual(['result 0']);
    const begun = bench.begun.length;
    interrupted.abort();
    await done;
    expect(results).toEqual(['result 0', 'result 2', 'result 3']);
    expect(bench.begun).toHaveLength(begun);
  });

  test('when it is interrupted before it begins, nothing is taken', async () => {
    const bench = new Bench();
    const { results, done } = collect(upTo(3), bench, { limit: 4, signal: AbortSignal.abort() });
    await done;
    expect({ results, begun: bench.begun }).toEqual({ results: [], begun: [] });
  });

  test('any number, limit, window and order of ends', async () => {
    const cases = fc.record({
      count: fc.integer({ min: 0, max: 40 }),
      limit: fc.integer({ min: 1, max: 6 }),
      window: fc.integer({ min: 1, max: 12 }),
      seed: fc.array(fc.nat(), { minLength: 1, maxLength: 20 }),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ count, limit, window, seed }) => {
        const bench = new Bench();
        const { results, done } = collect(upTo(count), bench, { limit, window });
        const open = new Set<number>();
        const seen = { begun: 0 };
        for (let step = 0; step <= count * 2; step += 1) {
          await settled();
          for (const item of bench.begun.slice(seen.begun)) open.add(item);
          seen.begun = bench.begun.length;
          expect(seen.begun - results.length).toBeLessThanOrEqual(window);
          const item = [...open][(seed[step % seed.length] ?? 0) % Math.max(1, open.size)];
          if (item === undefined) break;
          open.delete(item);
          await bench.finish(item);
        }
        await done;
        expect(results).toEqual(Array.from({ length: count }, (_, item) => `result ${item}`));
        expect(bench.mostRunning).toBeLessThanOrEqual(limit);
      }),
      { numRuns: 60, seed: 7 },
    );
  });
});
