// A token is asked about once, as long as its answer is kept.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { askedOnce } from '../../src/cli/batch/duplicates.ts';
import type { TokenInput } from '../../src/cli/token-input.ts';
import { JsonNumber, printJson } from '../../src/core/json.ts';
import type { Description } from '../../src/core/report.ts';

const report = (more: Partial<Description> = {}): Description => ({
  schema: 'tokctl.report/1',
  exit_code: 0,
  checks: [],
  ...more,
});

/** Answers with what is asked, and keeps count. */
function counting(answer: (input: TokenInput) => Promise<Description> = async () => report()) {
  const asked: string[] = [];
  const ask = (input: TokenInput) => {
    asked.push(input.text);
    return answer(input);
  };
  return { asked, ask };
}

describe('askedOnce', () => {
  test('equal tokens one after the other are asked about once', async () => {
    const { asked, ask } = counting();
    const once = askedOnce(ask);
    const first = await once({ text: 'abc' });
    expect(await once({ text: 'abc' })).toEqual(first);
    expect(asked).toEqual(['abc']);
  });

  test('a kept answer is the same to the last digit', async () => {
    const { ask } = counting(async () => report({ claims: { exact: new JsonNumber('12345678901234567890'), one: 1 } }));
    const once = askedOnce(ask);
    const first = await once({ text: 'abc' });
    expect(printJson(await once({ text: 'abc' }))).toBe(printJson(first));
    expect(printJson(first)).toContain('12345678901234567890');
  });

  test('equal tokens at the same time are asked about once', async () => {
    let answer = (_: Description) => {};
    const { asked, ask } = counting(() => new Promise((resolve) => (answer = resolve)));
    const once = askedOnce(ask);
    const both = Promise.all([once({ text: 'abc' }), once({ text: 'abc' })]);
    answer(report());
    await both;
    expect(asked).toEqual(['abc']);
  });

  test('other tokens, and the same one as another member of a response, are asked about', async () => {
    const { asked, ask } = counting();
    const once = askedOnce(ask);
    await once({ text: 'abc' });
    await once({ text: 'abd' });
    await once({ text: 'abc', takenFrom: 'id_token' });
    expect(asked).toEqual(['abc', 'abd', 'abc']);
  });

  test('a report with an error is no answer: the next one asks again', async () => {
    const error = { code: 'ERR_NETWORK', message: 'gone', hint: 'wait' } as const;
    const { asked, ask } = counting(async () => report({ error }));
    const once = askedOnce(ask);
    await once({ text: 'abc' });
    await once({ text: 'abc' });
    expect(asked).toEqual(['abc', 'abc']);
  });

  test('a failure reaches all who wait, and is not kept', async () => {
    const { asked, ask } = counting(async () => {
      throw new Error('broken');
    });
    const once = askedOnce(ask);
    const both = [once({ text: 'abc' }), once({ text: 'abc' })];
    for (const one of both) await expect(one).rejects.toThrow('broken');
    await expect(once({ text: 'abc' })).rejects.toThrow('broken');
    expect(asked).toEqual(['abc', 'abc']);
  });

  test('of more than may be kept, the ones that were used last stay', async () => {
    const { asked, ask } = counting(async ({ text }) => report({ claims: { text, long: 'x'.repeat(1000) } }));
    // Room for three, and for the three before them.
    const once = askedOnce(ask, 7_000);
    const asking = async (texts: string): Promise<string> => {
      asked.length = 0;
      for (const text of texts) await once({ text });
      return asked.join('');
    };
    expect(await asking('abcad')).toBe('abcd');
    expect(await asking('bcd')).toBe('');
    expect(await asking('efg')).toBe('efg');
    expect(await asking('efgb')).toBe('');
    expect(await asking('efg')).toBe('');
    expect(await asking('a')).toBe('a');
  });

  test('a report that is heavier than half of what may be kept is not kept, and nothing goes for it', async () => {
    const { asked, ask } = counting(async ({ text }) => report({ claims: { long: 'x'.repeat(text.length * 1000) } }));
    const once = askedOnce(ask, 7_000);
    for (const text of ['a', 'bbbbbb', 'a', 'bbbbbb']) await once({ text });
    expect(asked).toEqual(['a', 'bbbbbb', 'bbbbbb']);
  });

  test('whatever comes in which order, each gets its own answer, and what was just used is kept', async () => {
    const lengths = fc.record({ token: fc.integer({ min: 0, max: 9 }), length: fc.integer({ min: 0, max: 900 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(lengths, { maxLength: 60 }), async (lines) => {
        const { asked, ask } = counting(async ({ text }) =>
          report({ claims: { text, long: 'é'.repeat(Number(length)) } }),
        );
        let length = 0;
        const once = askedOnce(ask, 4_000);
        for (const line of lines) {
          length = line.length;
          const text = `token-${line.token}`;
          expect((await once({ text })).claims?.['text']).toBe(text);
          const before = asked.length;
          await once({ text });
          expect(asked.length - before).toBe(0);
        }
      }),
    );
  });
});
