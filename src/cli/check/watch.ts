// `check --watch`: the checks again and again, for a terminal that stays open.

import type { ExitCode } from '../../core/errors.ts';
import type { Host } from '../host.ts';

/** Resolves after that many milliseconds, or when the signal aborts. */
export type Wait = (milliseconds: number, signal: AbortSignal) => Promise<void>;

/** The longest delay that a timer takes; more would become 1 ms. */
const LONGEST_MS = 2 ** 31 - 1;

export const pause: Wait = async (milliseconds, signal) => {
  const { setTimeout } = await import('node:timers/promises');
  await setTimeout(Math.min(milliseconds, LONGEST_MS), undefined, { signal }).catch(() => undefined);
};

export interface Watching {
  readonly host: Host;
  readonly intervalMs: number;
  readonly wait: Wait;
}

const CLEAR = '\u001b[2J\u001b[H';

/**
 * Runs until the signal of the host aborts, and gives the exit code of the last run that ended.
 * @throws what `once` throws, and the reason of the signal if no run has ended
 */
export async function watch(once: () => Promise<ExitCode>, { host, intervalMs, wait }: Watching): Promise<ExitCode> {
  let last: ExitCode | undefined;
  for (;;) {
    if (host.stdout.isTTY) await host.stdout.write(CLEAR);
    try {
      last = await once();
    } catch (error) {
      if (host.signal.aborted && last !== undefined) return last;
      throw error;
    }
    await wait(intervalMs, host.signal);
    if (host.signal.aborted) return last;
  }
}
