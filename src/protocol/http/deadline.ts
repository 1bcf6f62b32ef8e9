// One deadline over the whole of an exchange: names, TLS, retries, body (security.md H4). A transport that does not obey the
// signal cannot hold it up, because every wait is raced against it.

import { setMaxListeners } from 'node:events';
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

export interface Part {
  readonly ending: Ending;
  /** The same, made when it is first asked for. */
  readonly signal: AbortSignal;
  abort(reason: unknown): void;
  /** It is over, and not by being aborted. */
  end(): void;
}

/** Starts now. `outer` is the signal of the run (Ctrl-C). */
export function startDeadline(timeoutMs: number, outer?: AbortSignal): Deadline {
  const stop = new Stop();
  const interrupt = () => stop.now(outer?.reason);
  if (outer !== undefined) heardByMany(outer);
  outer?.addEventListener('abort', interrupt, { once: true });
  if (outer?.aborted) interrupt();
  const limit = Math.min(timeoutMs, LONGEST_MS);
  const startedAt = monotonicMs();
  let over = false;
  const expire = () => {
    over = !stop.isMade;
    stop.now(new Error('the time is over'));
  };
  const timer = setTimeout(expire, limit);
  return {
    isStopped: () => stop.isMade,
    expired: () => over,
    remainingMs: () => limit - (monotonicMs() - startedAt),
    race: (work) => race(work, stop),
    pause: (ms) => pause(ms, stop),
    part: () => part(stop),
    end: () => {
      clearTimeout(timer);
      outer?.removeEventListener('abort', interrupt);
    },
  };
}

/** Node warns of the eleventh listener; as many requests as are under way listen to the signal of the run. */
const heardByMany = (signal: AbortSignal): void => setMaxListeners(0, signal);

type Reaction = (reason: unknown) => void;

/** What an AbortSignal says too; but a signal for each wait of an exchange costs as much as sending the request. */
class Stop {
  readonly #reactions = new Set<Reaction>();
  #made: { reason: unknown } | undefined;

  get isMade(): boolean {
    return this.#made !== undefined;
  }

  now(reason: unknown): void {
    if (this.isMade) return;
    this.#made = { reason };
    for (const react of this.#reactions) react(reason);
  }

  /** Gives what takes the reaction away. */
  on(react: Reaction): () => void {
    if (this.#made === undefined) this.#reactions.add(react);
    else react(this.#made.reason);
    return () => void this.#reactions.delete(react);
  }
}

function part(stop: Stop): Part {
  const ending = new Ended();
  const abort: Reaction = (reason) => ending.abort(reason);
  let signal: AbortSignal | undefined;
  return {
    ending,
    get signal() {
      signal ??= signalOf(ending);
      return signal;
    },
    abort,
    end: stop.on(abort),
  };
}

/** What tells that transport to end. Its `signal` is read only where there is nothing else, because reading makes it. */
export const endingOf = (init: Pick<FetchInit, 'ending' | 'signal'>): Ending => init.ending ?? init.signal;

class Ended implements Ending {
  readonly #listeners = new Set<() => void>();
  #end: { reason: unknown } | undefined;

  get aborted(): boolean {
    return this.#end !== undefined;
  }

  get reason(): unknown {
    return this.#end?.reason;
  }

  addEventListener(_: 'abort', listener: () => void): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_: 'abort', listener: () => void): void {
    this.#listeners.delete(listener);
  }

  abort(reason: unknown): void {
    if (this.aborted) return;
    this.#end = { reason };
    for (const listener of this.#listeners) listener();
    this.#listeners.clear();
  }
}

function signalOf(ending: Ending): AbortSignal {
  const controller = new AbortController();
  const abort = (): void => controller.abort(ending.reason);
  if (ending.aborted) abort();
  else ending.addEventListener('abort', abort);
  return controller.signal;
}

async function race<T>(work: Promise<T>, stop: Stop): Promise<T> {
  let forget = () => {};
  const stopped = new Promise<never>((_, reject) => {
    forget = stop.on(reject);
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
