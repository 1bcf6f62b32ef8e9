// A token that stands on several lines of a batch is asked about once, and reported once for each line.
// Invariant: what is kept is bounded, so that memory stays flat over any number of lines: the answers under way, and the
// last ones as text, `MAX_BYTES` of it, which is some five thousand. A token that comes back later than that is asked about
// again.

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
 * The answers that were used last, as JSON in one ring of bytes: a tenth of the size that they have as objects, nothing for
 * the garbage collector to move or to leave lying about, and every digit of a number survives it.
 */
class Kept {
  /** Where each text stands; as in the ring, the oldest comes first: a Map keeps the order in which members were put in. */
  readonly #places = new Map<string, Place>();
  readonly #size: number;
  #ring: Buffer | undefined;
  #next = 0;

  constructor(size: number) {
    this.#size = size;
  }

  get(key: string): Answer | undefined {
    const place = this.#places.get(key);
    if (place === undefined || this.#ring === undefined) return undefined;
    const text = this.#ring.toString('utf8', place.start, place.end);
    this.#renew(key, text, place);
    return parseJson(text).value as unknown as Answer;
  }

  add(key: string, answer: Answer): void {
    this.#put(key, printJson(answer));
  }

  /** What is used shortly before its turn to be forgotten begins anew. */
  #renew(key: string, text: string, { start }: Place): void {
    const ahead = (start - this.#next + this.#size) % this.#size;
    if (ahead > this.#size / 4) return;
    this.#places.delete(key);
    this.#put(key, text);
  }

  #put(key: string, text: string): void {
    const length = Buffer.byteLength(text);
    if (length > this.#size) return;
    if (this.#next + length > this.#size) {
      this.#makeRoom(this.#size);
      this.#next = 0;
    }
    const [start, end] = [this.#next, this.#next + length];
    this.#makeRoom(end);
    this.#ring ??= Buffer.allocUnsafeSlow(this.#size);
    this.#ring.write(text, start);
    this.#places.set(key, { start, end });
    this.#next = end;
  }

  /** Forgets what stands from here to that end. */
  #makeRoom(end: number): void {
    for (const [oldest, { start }] of this.#places) {
      if (start < this.#next || start >= end) return;
      this.#places.delete(oldest);
    }
  }
}
