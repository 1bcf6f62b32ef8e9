// A token that stands on several lines of a batch is asked about once, and reported once for each line.
// Invariant: what is kept is bounded, so that memory stays flat over any number of lines: the answers under way, and the
// last ones as text, `MAX_LENGTH` characters of it, which is some ten thousand. A token that comes back later than that is
// asked about again.

import { createHash } from 'node:crypto';
import { parseJson, printJson } from '../../core/json.ts';
import type { Description, Report } from '../../core/report.ts';
import type { TokenInput } from '../token-input.ts';

type Answer = Report | Description;
type Ask = (input: TokenInput) => Promise<Answer>;

const MAX_LENGTH = 16 * 1024 * 1024;

/**
 * Gives the answer that the same token had before, or is having. A report with an error is no answer: it goes to those
 * who wait for it, and the next line asks again.
 */
export function askedOnce(ask: Ask, maxLength = MAX_LENGTH): Ask {
  const kept = new Kept(maxLength);
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
const keyOf = ({ text, takenFrom = '' }: TokenInput): string =>
  createHash('sha256').update(`${takenFrom}\n${text}`).digest('base64');

/**
 * The answers that were used last, as JSON: a tenth of the size that they have as objects, and every digit of a number
 * survives it. A Map keeps the order in which its members were put in.
 */
class Kept {
  readonly #texts = new Map<string, string>();
  readonly #maxLength: number;
  #length = 0;

  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  get(key: string): Answer | undefined {
    const text = this.#texts.get(key);
    if (text === undefined) return undefined;
    this.#texts.delete(key);
    this.#texts.set(key, text);
    return parseJson(text).value as unknown as Answer;
  }

  add(key: string, answer: Answer): void {
    const text = printJson(answer);
    if (text.length > this.#maxLength) return;
    this.#texts.set(key, text);
    this.#length += text.length;
    for (const [oldest, { length }] of this.#texts) {
      if (this.#length <= this.#maxLength) return;
      this.#texts.delete(oldest);
      this.#length -= length;
    }
  }
}
