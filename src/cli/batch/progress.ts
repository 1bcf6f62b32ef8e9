// How far a batch is, for a person who watches: a bar on stderr, and only where stderr is a terminal that the results do
// not go to. Its library is loaded then and no sooner.
// Invariant: what is written to stderr while the bar stands goes through `stderr`, which takes the bar away for it.

import type { Host, OutputStream } from '../host.ts';
import type { Settings } from '../settings.ts';
import { countLines } from './batch-lines.ts';

export interface Progress {
  /** The place for everything else that is said. */
  readonly stderr: OutputStream;
  /** What `words` gives stands beside the bar. */
  update(done: number, words: () => string): void;
  /** Takes the bar away. */
  stop(): void;
}

export interface Watching {
  settings: Settings;
  host: Host;
}

const CLEAR_LINE = '\r\u001b[K';

/** Begins to show progress, where somebody can see it; else everything about it does nothing. */
export async function startProgress({ settings, host }: Watching): Promise<Progress> {
  const { stderr, stdout } = host;
  if (!stderr.isTTY || stdout.isTTY || settings.flag('quiet')) return { stderr, update: () => {}, stop: () => {} };
  const { startBar } = await import('./progress-bar.ts');
  const bar = startBar(stderr);
  const stopped = new AbortController();
  void countAhead({ settings, host }, stopped.signal).then((total) => {
    if (total !== undefined) bar.setTotal(total);
  });
  return {
    stderr: around(stderr),
    update: (done, words) => bar.update(done, words()),
    stop: () => {
      stopped.abort();
      bar.stop();
    },
  };
}

/** The same stream, which takes the bar away before each text; the bar comes back by itself. */
const around = (terminal: OutputStream): OutputStream => ({
  isTTY: terminal.isTTY,
  get columns() {
    return terminal.columns;
  },
  write: (text) => terminal.write(CLEAR_LINE + text),
});

/** How many lines a file has is counted while they are asked about; of a pipe nobody knows. */
async function countAhead({ settings, host }: Watching, signal: AbortSignal): Promise<number | undefined> {
  const from = settings.text('from');
  if (from === undefined || from === '-' || (await host.files.facts(from))?.isFile !== true) return undefined;
  return countLines({ from, settings, host }, signal);
}
