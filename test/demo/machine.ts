// The machine that the tests lend to `tokctl demo`: streams that are kept, and nothing else that could be touched.

import type { Host, OutputStream } from '../../src/cli/host.ts';
import { type Origin, type RawValue, Settings } from '../../src/cli/settings.ts';

/** A stream that keeps what is written, and tells of the first writing. */
function keeping(): OutputStream & { text: () => string; written: Promise<void> } {
  let all = '';
  let tell = () => {};
  const written = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const write = async (text: string) => {
    all += text;
    tell();
  };
  return { isTTY: false, columns: undefined, write, text: () => all, written };
}

export function machine(env: Record<string, string> = {}) {
  const stdout = keeping();
  const stderr = keeping();
  const interrupt = new AbortController();
  const never = async (): Promise<never> => {
    throw new Error('the demo has no business here');
  };
  const host: Host = {
    stdin: {
      isTTY: true,
      isPiped: false,
      read: never,
      lineGroups: () => {
        throw new Error('the demo has no business here');
      },
    },
    stdout,
    stderr,
    env,
    files: {
      read: never,
      facts: never,
      create: never,
      append: never,
      replace: never,
      lineGroups: () => {
        throw new Error('the demo has no business here');
      },
    },
    now: () => Date.now(),
    signal: interrupt.signal,
    ask: never,
    capture: never,
  };
  return { host, stdout, stderr, interrupt: () => interrupt.abort() };
}

export function settings(values: Record<string, RawValue>, origin: Origin = 'flag'): Settings {
  return new Settings(new Map(Object.entries(values).map(([name, value]) => [name, { value, origin }])));
}
