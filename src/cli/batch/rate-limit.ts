// What a batch does when a server wants to be asked less (RFC 6585 §4): all wait as long as it says, then fewer ask at the
// same time, and one more after each round of answers, until it is as many as were wanted.
// The wait comes before a token is asked about, so that it does not use up the time that its own exchange has.

import { setTimeout as sleepFor } from 'node:timers/promises';
import type { FetchedResponse, FetchLike } from '../../protocol/http/network.ts';
import { retryAfterSeconds } from '../../protocol/http/retry.ts';

export interface RateLimitOptions {
  /** Most at the same time. */
  limit: number;
  /** The longest wait, whatever a server asks for, in milliseconds. */
  longestMs: number;
  /** Told once, before the first wait. */
  onPause: (pauseMs: number, status: number) => void;
  signal?: AbortSignal;
  /** Milliseconds; for tests, as is `sleep`. */
  now?: () => number;
  sleep?: (ms: number, signal: AbortSignal | undefined) => Promise<unknown>;
}

/** When a 429 does not say for how long. */
const PAUSE_MS = 1_000;

const sleepUntilAborted: NonNullable<RateLimitOptions['sleep']> = (ms, signal) =>
  sleepFor(ms, undefined, signal === undefined ? {} : { signal });

export class RateLimit {
  readonly #options: Required<Omit<RateLimitOptions, 'signal'>> & Pick<RateLimitOptions, 'signal'>;
  /** How many may ask now; grows by fractions. */
  #allowed: number;
  #asking = 0;
  #opensAt = 0;
  #isTold = false;
  readonly #waiting: (() => void)[] = [];

  constructor(options: RateLimitOptions) {
    this.#options = { now: Date.now, sleep: sleepUntilAborted, ...options };
    this.#allowed = options.limit;
  }

  /** Asks when that is allowed. @throws what `ask` does; the reason of the signal when that aborts a wait */
  async run<T>(ask: () => Promise<T>): Promise<T> {
    await this.#turn();
    try {
      return await ask();
    } finally {
      this.#asking -= 1;
      this.#wake();
    }
  }

  /** The same transport, whose answers are looked at. */
  watch(fetch: FetchLike): FetchLike {
    return async (url, init) => {
      const response = await fetch(url, init);
      this.#see(response);
      return response;
    };
  }

  async #turn(): Promise<void> {
    const { now, sleep, signal } = this.#options;
    for (;;) {
      const pause = this.#opensAt - now();
      if (pause > 0) await sleep(pause, signal);
      else if (this.#free() > 0) break;
      else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#asking += 1;
  }

  #free(): number {
    return Math.floor(this.#allowed) - this.#asking;
  }

  #wake(): void {
    for (let free = this.#free(); free > 0; free -= 1) this.#waiting.shift()?.();
  }

  #see({ status, headers }: FetchedResponse): void {
    const asked = status === 429 || status === 503 ? retryAfterOf(headers) : undefined;
    if (status !== 429 && asked === undefined) {
      this.#allowed = Math.min(this.#options.limit, this.#allowed + 1 / this.#allowed);
      return;
    }
    const pause = Math.min(asked === undefined ? PAUSE_MS : asked * 1000, this.#options.longestMs);
    this.#pause(pause, status);
  }

  /** Those who were asking together are refused together: that is one sign of too many, and not one for each. */
  #pause(pauseMs: number, status: number): void {
    const { now, onPause } = this.#options;
    if (this.#opensAt <= now()) this.#allowed = Math.max(1, this.#allowed / 2);
    this.#opensAt = Math.max(this.#opensAt, now() + pauseMs);
    if (!this.#isTold) onPause(pauseMs, status);
    this.#isTold = true;
  }
}

function retryAfterOf(headers: FetchedResponse['headers']): number | undefined {
  const told = ['retry-after', 'date'].map((name): [string, string] => [name, headers.get(name) ?? '']);
  return retryAfterSeconds(new Map(told));
}
