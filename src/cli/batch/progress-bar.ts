// The bar itself, by `cli-progress`. The only file that knows that library; loaded when somebody watches.

// A default import: it is CommonJS, of which a bundle gives no names when it is imported later on.
import cliProgress from 'cli-progress';
import type { OutputStream } from '../host.ts';

export interface ProgressBar {
  /** `words` stand beside the bar. */
  update(done: number, words: string): void;
  /** Until it is told, what is done is shown without a bar. */
  setTotal(total: number): void;
  stop(): void;
}

/** Draws at once, and again eight times a second until it is stopped. */
export function startBar(terminal: OutputStream): ProgressBar {
  const known: { total?: number } = {};
  const bar = new cliProgress.SingleBar({
    ...LOOKS,
    // The library asks for a stream, and needs no more of it than this.
    stream: streamOf(terminal) as unknown as NodeJS.WritableStream,
    format: (options, { value, progress }, { words }: { words: string }) => {
      if (known.total === undefined) return `${value} done  ${words}`;
      const drawn = cliProgress.Format.BarFormat(progress, options);
      return `${drawn} ${Math.floor(progress * 100)}%  ${value}/${known.total}  ${words}`;
    },
  });
  bar.start(0, 0, { words: '' });
  return {
    update: (done, words) => bar.update(done, { words }),
    setTotal: (total) => {
      known.total = total;
      bar.setTotal(total);
    },
    stop: () => bar.stop(),
  };
}

const LOOKS = {
  barCompleteChar: '█',
  barIncompleteChar: '░',
  barsize: 24,
  fps: 8,
  clearOnComplete: true,
  // What is said in between takes the bar away, so that it must be drawn again although nothing changed.
  forceRedraw: true,
  // Ctrl-C is the program's own.
  gracefulExit: false,
};

const streamOf = (terminal: OutputStream) => ({
  isTTY: terminal.isTTY,
  get columns() {
    return terminal.columns;
  },
  write: (text: string) => void terminal.write(text),
});
