// One deadline over the whole of an exchange: names, TLS, retries, body (security.md H4). A transport that does not obey the
// signal cannot hold it up, because every wait is raced against it.

import { setMaxListeners } from 'node:events';

// The longest delay a timer takes; more would become 1 ms.
const LONGEST_MS = 2 ** 31 - 1;

export interface Deadline {
  /** Aborted when the time is over or the outer signal is. */
  readonly signal: AbortSignal;
  /** True when the time is over. */
  expired(): boolean;
  remainingMs(): number;
  /** The result of the work, or a rejection as soon as the signal aborts. */
  race<T>(work: Promise<T>): Promise<T>;
  pause(ms: number): Promise<void>;
  /** What ends with the deadline, or sooner by itself. */
  part(): Part;
  /** Takes timers and listeners away. */
  end(): void;
}

export interface Part {
  readonly signal: AbortSignal;
  abort(reason: unknown): void;
  /** It is over, and not by being aborted. */
  end(): void;
}

/** Starts now. `outer` is the signal of the run (Ctrl-C). */
export function startDeadline(timeoutMs: number, outer?: AbortSignal): Deadline {
  if (outer !== undefined) heardByMany(outer);
  const { signal, abort, end } = part(outer);
  const limit = Math.min(timeoutMs, LONGEST_MS);
  const startedAt = performance.now();
  let over = false;
  const expire = () => {
    over = !signal.aborted;
    abort(new Error('the time is over'));
  };
  const timer = setTimeout(expire, limit);
  return {
    signal,
    expired: () => over,
    remainingMs: () => limit - (performance.now() - startedAt),
    race: (work) => race(work, signal),
    pause: (ms) => pause(ms, signal),
    part: () => part(signal),
    end: () => {
      clearTimeout(timer);
      end();
    },
  };
}

/** Node warns of the eleventh listener; as many requests as are under way listen to the signal of the run. */
const heardByMany = (signal: AbortSignal): void => setMaxListeners(0, signal);

/** `AbortSignal.any` says the same, and costs as much as sending the request. */
function part(whole: AbortSignal | undefined): Part {
  const controller = new AbortController();
  const stop = () => controller.abort(whole?.reason);
  whole?.addEventListener('abort', stop, { once: true });
  if (whole?.aborted) stop();
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    end: () => whole?.removeEventListener('abort', stop),
  };
}

async function race<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const slept = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await race(slept, signal).finally(() => clearTimeout(timer));
}
