import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openMetricsLabels, openMetricsText } from '../../../src/cli/encode/openmetrics.ts';
import { escapeText } from '../../../src/core/escape.ts';
import { hostileText } from '../render/hostile.ts';
import { readOpenMetrics } from '../render/openmetrics-parser.ts';

describe('openMetricsLabels', () => {
  it.each([
    [{ id: 'a"b\\c' }, '{id="a\\"b\\\\c"}'],
    [{ id: 'a\nb' }, '{id="a\\\\u{a}b"}'],
    [{ id: undefined, issuer: '' }, ''],
    [{ id: 'a', issuer: 'b' }, '{id="a",issuer="b"}'],
  ])('%j', (labels, expected) => {
    expect(openMetricsLabels(labels)).toBe(expected);
  });
});

describe('openMetricsText', () => {
  it('comes back from a strict reader as it is shown', () => {
    fc.assert(
      fc.property(
        hostileText,
        hostileText,
        fc.double().map((one) => one + 0),
        (id, help, value) => {
          const text = openMetricsText([
            { name: 'a_seconds', unit: 'seconds', type: 'gauge', help, samples: [{ labels: { id, x: 'y' }, value }] },
          ]);
          const family = readOpenMetrics(text).get('a_seconds');
          if (!Number.isFinite(value)) {
            expect(family).toBeUndefined();
            return;
          }
          expect(family?.help).toBe(escapeText(help));
          expect(family?.samples).toEqual([
            { labels: { ...(id === '' ? {} : { id: escapeText(id) }), x: 'y' }, value },
          ]);
        },
      ),
    );
  });

  it('writes a series once, and no family without samples', () => {
    const samples = [1, 2].map((value) => ({ labels: { id: 'a' }, value }));
    const text = openMetricsText([
      { name: 'a', type: 'gauge', help: 'h', samples },
      { name: 'b', type: 'gauge', help: 'h', samples: [] },
    ]);
    expect(text).toBe('# TYPE a gauge\n# HELP a h\na{id="a"} 1\n# EOF\n');
  });
});
