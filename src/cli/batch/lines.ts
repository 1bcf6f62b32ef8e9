// The lines of a file or pipe, as they are read. Only a line feed ends a line: characters such as U+2028, which some
// readers take for one, may stand inside JSON.
// Invariant: never more than `limit` bytes of one line are held, however long it is.

/** Longer than any token with everything around it. */
const LIMIT = 4 * 1024 * 1024;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * The lines that came at once, each as UTF-8 without its end; a last one without an end counts. Of a longer line, the first
 * `limit` bytes.
 */
export async function* lineGroupsOf(chunks: AsyncIterable<Buffer>, limit = LIMIT): AsyncGenerator<string[]> {
  const line = new Line(limit);
  for await (const chunk of chunks) {
    const lines: string[] = [];
    let from = 0;
    for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, from)) {
      line.add(chunk.subarray(from, at));
      lines.push(line.take());
      from = at + 1;
    }
    line.add(chunk.subarray(from));
    if (lines.length > 0) yield lines;
  }
  if (line.isBegun) yield [line.take()];
}

class Line {
  readonly #limit: number;
  #parts: Buffer[] = [];
  #length = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get isBegun(): boolean {
    return this.#length > 0;
  }

  add(part: Buffer): void {
    const fitting = part.subarray(0, this.#limit - this.#length);
    if (fitting.length === 0) return;
    this.#parts.push(fitting);
    this.#length += fitting.length;
  }

  take(): string {
    const bytes = this.#parts.length === 1 ? (this.#parts[0] ?? Buffer.alloc(0)) : Buffer.concat(this.#parts);
    this.#parts = [];
    this.#length = 0;
    return bytes.toString('utf8', 0, bytes.at(-1) === CARRIAGE_RETURN ? bytes.length - 1 : bytes.length);
  }
}
