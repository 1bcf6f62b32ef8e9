// One deadline over everything, with a clock that stands still until the test moves it.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startDeadline } from '../../../src/protocol/http/deadline.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const never = new Promise<never>(() => {});

/** What a promise has come to so far. */
async function state(promise: Promise<unknown>): Promise<'pending' | 'fulfilled' | 'rejected'> {
  let seen: 'pending' | 'fulfilled' | 'rejected' = 'pending';
  promise.then(
    () => {
      seen = 'fulfilled';
    },
    () => {
      seen = 'rejected';
    },
  );
  await vi.advanceTimersByTimeAsync(0);
  return seen;
}

describe('a deadline', () => {
  it('expires when its time is over, not before', async () => {
    const deadline = startDeadline(1_000);
    const work = deadline.race(never);
    work.catch(() => {});
    await vi.advanceTimersByTimeAsync(999);
    expect(deadline.expired()).toBe(false);
    expect(deadline.remainingMs()).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(deadline.expired()).toBe(true);
    expect(deadline.isStopped()).toBe(true);
    await expect(work).rejects.toThrow('the time is over');
  });

  it('of which many hear one signal lets nobody be warned of that', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning);
    process.on('warning', onWarning);
    const run = new AbortController();
    const deadlines = Array.from({ length: 64 }, () => startDeadline(1_000, run.signal));
    run.abort(new Error('interrupted'));
    expect(deadlines.map((deadline) => deadline.part().signal.reason.message)).toEqual(Array(64).fill('interrupted'));
    await vi.advanceTimersByTimeAsync(10);
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
  });

  it('ends its parts, and a part ends by itself', () => {
    const deadline = startDeadline(1_000);
    const [one, other, over] = [deadline.part(), deadline.part(), deadline.part()];
    one.abort(new Error('its own'));
    over.end();
    expect([one, other, over].map(({ signal }) => signal.aborted)).toEqual([true, false, false]);
    vi.advanceTimersByTime(1_000);
    expect(other.signal.reason).toEqual(new Error('the time is over'));
    expect([one.signal.reason.message, over.signal.aborted]).toEqual(['its own', false]);
    expect(deadline.part().signal.aborted).toBe(true);
  });

  it('ends whoever listens to a part, once, whichever way they listen', () => {
    const deadline = startDeadline(1_000);
    const part = deadline.part();
    const heard: string[] = [];
    const gone = (): void => void heard.push('gone');
    part.ending.addEventListener('abort', () => void heard.push(`ending: ${part.ending.aborted}`));
    part.ending.addEventListener('abort', gone);
    part.ending.removeEventListener('abort', gone);
    part.signal.addEventListener('abort', () => void heard.push(`signal: ${part.signal.reason}`));
    expect(part.signal).toBe(part.signal);
    expect([part.ending.aborted, part.ending.reason, part.signal.aborted]).toEqual([false, undefined, false]);
    part.abort(new Error('first'));
    part.abort(new Error('second'));
    vi.advanceTimersByTime(1_000);
    expect(heard).toEqual(['ending: true', 'signal: Error: first']);
    expect(part.ending.reason).toEqual(new Error('first'));
  });

  it('gives the result of work that ends in time', async () => {
    const deadline = startDeadline(1_000);
    expect(await deadline.race(Promise.resolve(7))).toBe(7);
    await expect(deadline.race(Promise.reject(new Error('its own')))).rejects.toThrow('its own');
    deadline.end();
  });

  it('ends with the reason of the outer signal, and is not expired then', async () => {
    const outer = new AbortController();
    const deadline = startDeadline(1_000, outer.signal);
    const work = deadline.race(never);
    work.catch(() => {});
    const reason = new Error('interrupted');
    outer.abort(reason);
    await expect(work).rejects.toBe(reason);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(deadline.expired()).toBe(false);
  });

  it('is aborted from the start when the outer signal is', async () => {
    const reason = new Error('interrupted');
    const deadline = startDeadline(1_000, AbortSignal.abort(reason));
    expect(deadline.isStopped()).toBe(true);
    await expect(deadline.race(never)).rejects.toBe(reason);
    await expect(deadline.pause(10)).rejects.toBe(reason);
    deadline.end();
  });

  it('pauses, and no longer than it has time', async () => {
    const deadline = startDeadline(1_000);
    const short = deadline.pause(400);
    await vi.advanceTimersByTimeAsync(399);
    expect(await state(short)).toBe('pending');
    await vi.advanceTimersByTimeAsync(1);
    expect(await state(short)).toBe('fulfilled');
    const long = deadline.pause(5_000);
    long.catch(() => {});
    await vi.advanceTimersByTimeAsync(600);
    await expect(long).rejects.toThrow('the time is over');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('leaves no timer behind, and what it was has ended', async () => {
    const outer = new AbortController();
    const deadline = startDeadline(1_000, outer.signal);
    await deadline.race(Promise.resolve());
    deadline.end();
    expect(vi.getTimerCount()).toBe(0);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(deadline.expired()).toBe(false);
    outer.abort();
    expect(deadline.isStopped()).toBe(false);
  });

  it('of many, one listens to the outer signal for all', () => {
    const outer = new AbortController();
    const added = vi.spyOn(outer.signal, 'addEventListener');
    const deadlines = Array.from({ length: 64 }, () => startDeadline(1_000, outer.signal));
    expect(added).toHaveBeenCalledTimes(1);
    outer.abort();
    expect(deadlines.every((deadline) => deadline.isStopped())).toBe(true);
    for (const deadline of deadlines) deadline.end();
  });

  it('may be longer than a timer can count', async () => {
    const deadline = startDeadline(2 ** 40);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(deadline.expired()).toBe(false);
    deadline.end();
  });
});
