// Reports that are there at the same time are written together, because a system call for each takes longer than to make
// one. Invariant: what was written in one turn of the event loop has left before the next one, and before anything that is
// said on stderr after it; what cannot be written is told when so much more is there, or at the end.

import type { Host, OutputStream } from '../host.ts';

export interface Gathering extends Pick<Host, 'stdout' | 'stderr'> {
  /** Writes what is left. @throws what a write before failed with */
  flush(): Promise<void>;
}

/** Characters that are not held back for more. */
const ENOUGH = 64 * 1024;

/** The same streams. Somebody who watches a terminal sees each report by itself. */
export function gathering({ stdout, stderr }: Pick<Host, 'stdout' | 'stderr'>): Gathering {
  if (stdout.isTTY) return { stdout, stderr, flush: async () => {} };
  const gathered = new Gathered(stdout);
  return {
    stdout: around(stdout, (text) => gathered.add(text)),
    stderr: around(stderr, async (text) => {
      await gathered.flush();
      await stderr.write(text);
    }),
    flush: () => gathered.flush(),
  };
}

const around = (stream: OutputStream, write: OutputStream['write']): OutputStream => ({
  isTTY: stream.isTTY,
  get columns() {
    return stream.columns;
  },
  get isClosed() {
    return stream.isClosed === true;
  },
  write,
});

class Gathered {
  readonly #stream: OutputStream;
  #text = '';
  #isDue = false;
  /** All writes until now; once one has failed, every later one fails with it. */
  #written: Promise<void> = Promise.resolve();

  constructor(stream: OutputStream) {
    this.#stream = stream;
  }

  async add(text: string): Promise<void> {
    this.#text += text;
    // Whoever reads slowly makes the batch wait, and not its memory grow.
    if (this.#text.length >= ENOUGH) return this.flush();
    if (this.#isDue) return;
    this.#isDue = true;
    setImmediate(() => {
      this.#isDue = false;
      this.flush().catch(() => {});
    });
  }

  flush(): Promise<void> {
    this.#written = this.#written.then(() => this.#write());
    return this.#written;
  }

  async #write(): Promise<void> {
    const text = this.#text;
    this.#text = '';
    if (text !== '') await this.#stream.write(text);
  }
}
