// A token that stands on several lines of a batch is asked about once, and reported once for each line.
// Invariant: what is kept is bounded, so that memory stays flat over any number of lines: the answers under way, and the
// last ones as text, at most `MAX_BYTES` of it and at least half of that, which is two to five thousand. A token that comes
// back later than that is asked about again.

import { hash } from 'node:crypto';
import { parseJson, printJson } from '../../core/json.ts';
import type { Description, Report } from '../../core/report.ts';
import type { TokenInput } from '../token-input.ts';

type Answer = Report | Description;
type Ask = (input: TokenInput) => Promise<Answer>;

const MAX_BYTES = 8 * 1024 * 1024;

/**
 * Gives the answer that the same token had before, or is having. A report with an error is no answer: it goes to those
 * who wait for it, and the next line asks again.
 */
export function askedOnce(ask: Ask, maxBytes = MAX_BYTES): Ask {
  const kept = new Kept(maxBytes);
  const underWay = new Map<string, Promise<Answer>>();
  return (input) => {
    const key = keyOf(input);
    const known = kept.get(key);
    if (known !== undefined) return Promise.resolve(known);
    const asked = underWay.get(key) ?? remembering(key, input);
    underWay.set(key, asked);
    return asked;
  };

  async function remembering(key: string, input: TokenInput): Promise<Answer> {
    try {
      const answer = await ask(input);
      if (answer.error === undefined) kept.add(key, answer);
      return answer;
    } finally {
      underWay.delete(key);
    }
  }
}

/** The member that it was taken from is evidence of its kind, so that it belongs to the question. */
function keyOf({ text, takenFrom = '' }: TokenInput): string {
  const question = `${takenFrom}\n${text}`;
  // A short one is no longer than its hash would be, and has a line end where that has none.
  return question.length <= SHORT ? question : hash('sha256', question, 'base64');
}

const SHORT = 64;

interface Place {
  start: number;
  end: number;
}

/**
 * The answers that were used last, as JSON in two buffers: a tenth of the size that they have as objects, nothing for the
 * garbage collector to move or to leave lying about, and every digit of a number survives it. When the newer one is full,
 * the older one is forgotten as a whole.
 */
class Kept {
  readonly #half: number;
  #newer: Shelf;
  #older: Shelf;

  constructor(size: number) {
    this.#half = Math.floor(size / 2);
    this.#newer = new Shelf(this.#half);
    this.#older = new Shelf(this.#half);
  }

  get(key: string): Answer | undefined {
    const text = this.#newer.get(key) ?? this.#renewed(key);
    return text === undefined ? undefined : (parseJson(text).value as unknown as Answer);
  }

  add(key: string, answer: Answer): void {
    this.#put(key, printJson(answer));
  }

  /** What is used is not forgotten with those of its age. */
  #renewed(key: string): string | undefined {
    const text = this.#older.get(key);
    if (text !== undefined) this.#put(key, text);
    return text;
  }

  #put(key: string, text: string): void {
    const length = Buffer.byteLength(text);
    if (length > this.#half) return;
    if (!this.#newer.hasRoom(length)) {
      [this.#newer, this.#older] = [this.#older, this.#newer];
      this.#newer.clear();
    }
    this.#newer.put(key, text, length);
  }
}

/** Texts by name, in a buffer of that many bytes, which is made for the first of them. */
class Shelf {
  readonly #size: number;
  #places = new Map<string, Place>();
  #bytes: Buffer | undefined;
  #end = 0;

  constructor(size: number) {
    this.#size = size;
  }

  get(name: string): string | undefined {
    const place = this.#places.get(name);
    return place === undefined ? undefined : this.#bytes?.toString('utf8', place.start, place.end);
  }

  hasRoom(length: number): boolean {
    return this.#end + length <= this.#size;
  }

  /** A text of that many bytes, for which there is room. */
  put(name: string, text: string, length: number): void {
    const start = this.#end;
    this.#end += length;
    this.#bytes ??= Buffer.allocUnsafeSlow(this.#size);
    this.#bytes.write(text, start);
    this.#places.set(name, { start, end: this.#end });
  }

  clear(): void {
    this.#places = new Map();
    this.#end = 0;
  }
}
