// How far a batch is, for a person who watches: a bar on stderr, and only where stderr is a terminal that the results do
// not go to. Its library is loaded then and no sooner.
// Invariant: what is written to stderr while the bar stands goes through `stderr`, which takes the bar away for it.

import type { SingleBar } from 'cli-progress';
import { countLines } from './batch-lines.ts';
import type { Host, OutputStream } from './host.ts';
import type { Settings } from './settings.ts';

export interface Progress {
  /** The place for everything else that is said. */
  readonly stderr: OutputStream;
  /** `words` stand beside the bar. */
  update(done: number, words: string): void;
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
  const total = { lines: undefined as number | undefined };
  const bar = await startBar(stderr, total);
  const stopped = new AbortController();
  void countAhead({ settings, host }, stopped.signal).then((lines) => {
    total.lines = lines;
    if (lines !== undefined) bar.setTotal(lines);
  });
  return {
    stderr: { ...around(stderr), write: (text) => stderr.write(CLEAR_LINE + text) },
    update: (done, words) => bar.update(done, { words }),
    stop: () => {
      stopped.abort();
      bar.stop();
    },
  };
}

const around = (stream: OutputStream) => ({
  isTTY: stream.isTTY,
  get columns() {
    return stream.columns;
  },
});

/** How many lines a file has is counted while they are asked about; of a pipe nobody knows. */
async function countAhead({ settings, host }: Watching, signal: AbortSignal): Promise<number | undefined> {
  const from = settings.text('from');
  if (from === undefined || from === '-' || (await host.files.facts(from))?.isFile !== true) return undefined;
  return countLines({ from, settings, host }, signal);
}

async function startBar(stderr: OutputStream, total: { lines: number | undefined }): Promise<SingleBar> {
  const { SingleBar, Format } = await import('cli-progress');
  const bar = new SingleBar({
    // The library asks for a stream and needs no more of it than this.
    stream: { ...around(stderr), write: (text: string) => void stderr.write(text) } as unknown as NodeJS.WritableStream,
    format: (options, params, payload: { words?: string }) => {
      const { words = '' } = payload;
      if (total.lines === undefined) return `${params.value} done  ${words}`;
      const percent = Math.floor(params.progress * 100);
      return `${Format.BarFormat(params.progress, options)} ${percent}%  ${params.value}/${params.total}  ${words}`;
    },
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 24,
    fps: 8,
    clearOnComplete: true,
    // What is said in between takes the bar away, so that it must be drawn again although nothing changed.
    forceRedraw: true,
    // Ctrl-C is the program's own.
    gracefulExit: false,
  });
  bar.start(0, 0, { words: '' });
  return bar;
}
