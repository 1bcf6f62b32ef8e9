// One deadline over the whole of an exchange: names, TLS, retries, body (security.md H4). A transport that does not obey the
// signal cannot hold it up, because every wait is raced against it.

import { oncePerObject } from '../../core/once.ts';
import { monotonicMs } from '../monotonic.ts';
import type { Ending, FetchInit } from './network.ts';

// The longest delay a timer takes; more would become 1 ms.
const LONGEST_MS = 2 ** 31 - 1;

export interface Deadline {
  /** True when the time is over or the outer signal has aborted. */
  isStopped(): boolean;
  /** True when the time is over. */
  expired(): boolean;
  remainingMs(): number;
  /** The result of the work, or a rejection as soon as it is stopped. */
  race<T>(work: Promise<T>): Promise<T>;
  pause(ms: number): Promise<void>;
  /** What ends with the deadline, or sooner by itself. */
  part(): Part;
  /** Takes timers and listeners away. */
  end(): void;
}

/** Starts now. `outer` is the signal of the run (Ctrl-C). */
export function startDeadline(timeoutMs: number, outer?: AbortSignal): Deadline {
  const stop = new Stop();
  const forget = outer === undefined ? () => {} : onStop(stopOf(outer), (reason) => stop.abort(reason));
  const limit = Math.min(timeoutMs, LONGEST_MS);
  const startedAt = monotonicMs();
  let over = false;
  const expire = () => {
    over = !stop.aborted;
    stop.abort(new Error('the time is over'));
  };
  const timer = setTimeout(expire, limit);
  return {
    isStopped: () => stop.aborted,
    expired: () => over,
    remainingMs: () => limit - (monotonicMs() - startedAt),
    race: (work) => race(work, stop),
    pause: (ms) => pause(ms, stop),
    part: () => new Part(stop),
    end: () => {
      clearTimeout(timer);
      forget();
    },
  };
}

type Reaction = (reason: unknown) => void;

/** What an AbortSignal says too; but a signal for each wait of an exchange costs as much as sending the request. */
class Stop implements Ending {
  readonly #listeners = new Set<() => void>();
  #made: { reason: unknown } | undefined;

  get aborted(): boolean {
    return this.#made !== undefined;
  }

  get reason(): unknown {
    return this.#made?.reason;
  }

  addEventListener(_: 'abort', listener: () => void): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_: 'abort', listener: () => void): void {
    this.#listeners.delete(listener);
  }

  abort(reason: unknown): void {
    if (this.aborted) return;
    this.#made = { reason };
    for (const listener of this.#listeners) listener();
  }
}

/** It hears that signal, for as many as are under way. */
const stopOf = oncePerObject((signal: AbortSignal): Stop => {
  const stop = new Stop();
  const hear = (): void => stop.abort(signal.reason);
  if (signal.aborted) hear();
  else signal.addEventListener('abort', hear, { once: true });
  return stop;
});

/** Has it react now or when it comes. Gives what takes the reaction away. */
function onStop(stop: Stop, react: Reaction): () => void {
  const listener = (): void => react(stop.reason);
  if (stop.aborted) listener();
  else stop.addEventListener('abort', listener);
  return () => stop.removeEventListener('abort', listener);
}

/** What tells that transport to end. Its `signal` is read only where there is nothing else, because reading makes it. */
export const endingOf = (init: Pick<FetchInit, 'ending' | 'signal'>): Ending => init.ending ?? init.signal;

/** What ends with a deadline, or sooner by itself. */
export class Part {
  readonly ending = new Stop();
  /** It is over, and not by being aborted. */
  readonly end: () => void;
  #signal: AbortSignal | undefined;

  constructor(whole: Stop) {
    this.end = onStop(whole, (reason) => this.ending.abort(reason));
  }

  /** The same, made when it is first asked for. */
  get signal(): AbortSignal {
    this.#signal ??= signalOf(this.ending);
    return this.#signal;
  }

  abort(reason: unknown): void {
    this.ending.abort(reason);
  }
}

function signalOf(ending: Stop): AbortSignal {
  const controller = new AbortController();
  onStop(ending, (reason) => controller.abort(reason));
  return controller.signal;
}

async function race<T>(work: Promise<T>, stop: Stop): Promise<T> {
  let forget = () => {};
  const stopped = new Promise<never>((_, reject) => {
    forget = onStop(stop, reject);
  });
  try {
    return await Promise.race([work, stopped]);
  } finally {
    forget();
  }
}

async function pause(ms: number, stop: Stop): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const slept = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await race(slept, stop).finally(() => clearTimeout(timer));
}
