// Work done side by side whose results come out in the order in which the work came in.
// Invariant: at most `limit` pieces are under way and at most `window` are held, whatever the number of items; a result is
// given out as soon as it is the next one, also while the source keeps the next item waiting.

export interface InOrderOptions {
  /** Most pieces of work under way at a time. */
  limit: number;
  /** Most results held, because one before them is not there yet. Default: 16 times `limit`. */
  window?: number;
  /** When it aborts, what is done is given out, without what is not, and that ends it. */
  signal?: AbortSignal;
}

type Outcome<R> = { value: R } | { error: unknown };

/** A place in the row; without an outcome its work is under way. */
interface Held<R> {
  outcome?: Outcome<R>;
}

/**
 * The result of `work` for each item, in the order of the items.
 * @throws what the source or a piece of work failed with, after all results before it; nothing is begun after a failure
 */
export async function* inOrder<T, R>(
  items: AsyncIterable<T>,
  work: (item: T) => Promise<R>,
  options: InOrderOptions,
): AsyncGenerator<R> {
  const row = new Row(items, work, options);
  try {
    for (;;) {
      const outcome = row.next();
      if (outcome !== undefined) yield resultOf(outcome);
      else if (row.isDone()) return;
      else await row.change();
    }
  } finally {
    await row.leave();
  }
}

function resultOf<R>(outcome: Outcome<R>): R {
  if ('error' in outcome) throw outcome.error;
  return outcome.value;
}

const asleep = (): void => {};

class Row<T, R> {
  readonly #source: AsyncIterator<T>;
  readonly #work: (item: T) => Promise<R>;
  readonly #options: Required<Omit<InOrderOptions, 'signal'>> & Pick<InOrderOptions, 'signal'>;
  #held: Held<R>[] = [];
  #running = 0;
  #isTaking = false;
  #isClosed = false;
  #wake = asleep;

  constructor(items: AsyncIterable<T>, work: (item: T) => Promise<R>, options: InOrderOptions) {
    this.#source = items[Symbol.asyncIterator]();
    this.#work = work;
    this.#options = { window: options.limit * 16, ...options };
    options.signal?.addEventListener('abort', this.#onAbort, { once: true });
    if (options.signal?.aborted) this.#onAbort();
  }

  /** The outcome at the front, taken out of the row, or undefined while there is none. */
  next(): Outcome<R> | undefined {
    const outcome = this.#held[0]?.outcome;
    if (outcome !== undefined) this.#held.shift();
    this.#fill();
    return outcome;
  }

  isDone(): boolean {
    return this.#isClosed && this.#held.length === 0 && (!this.#isTaking || this.#options.signal?.aborted === true);
  }

  /** Resolves when something may have come to the front, or the end. */
  change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = asleep;
        resolve();
      };
    });
  }

  /** Closes the source; one that is waiting for its next item is not waited for. */
  async leave(): Promise<void> {
    this.#isClosed = true;
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    const closed = this.#source.return?.();
    if (this.#isTaking) closed?.catch(() => {});
    else await closed;
  }

  readonly #onAbort = (): void => {
    this.#isClosed = true;
    this.#held = this.#held.filter(({ outcome }) => outcome !== undefined && 'value' in outcome);
    this.#wake();
  };

  /** One item is asked for at a time; each that comes asks for the next, as long as there is room. */
  #fill(): void {
    const { limit, window } = this.#options;
    if (this.#isClosed || this.#isTaking || this.#running >= limit || this.#held.length >= window) return;
    this.#isTaking = true;
    this.#source.next().then(
      (taken) => this.#taken(taken),
      (error: unknown) => this.#taken({ done: true, value: undefined }, { error }),
    );
  }

  #taken(taken: IteratorResult<T>, failure?: Outcome<R>): void {
    this.#isTaking = false;
    if (!this.#isClosed) {
      if (failure !== undefined) this.#held.push({ outcome: failure });
      if (taken.done === true) this.#isClosed = true;
      else this.#begin(taken.value);
    }
    this.#wake();
    this.#fill();
  }

  #begin(item: T): void {
    const held: Held<R> = {};
    this.#held.push(held);
    this.#running += 1;
    const settle = (outcome: Outcome<R>): void => {
      held.outcome = outcome;
      this.#running -= 1;
      if ('error' in outcome) this.#isClosed = true;
      this.#wake();
      this.#fill();
    };
    this.#work(item).then(
      (value) => settle({ value }),
      (error: unknown) => settle({ error }),
    );
  }
}
