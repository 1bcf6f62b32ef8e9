import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nagiosText, performanceData } from '../../../src/cli/encode/nagios.ts';
import { hostileText } from '../render/hostile.ts';

describe('nagiosText', () => {
  it('has no bar and no second line, whatever comes in', () => {
    expect(nagiosText('a | b\nc')).toBe('a \\u{7c} b\\u{a}c');
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(nagiosText(text)).not.toMatch(/[|\n\r]/);
      }),
    );
  });
});

describe('performanceData', () => {
  it.each([
    [{ label: 'ttl', value: 2520, unit: 's' as const }, ' | ttl=2520s'],
    [{ label: 'ttl', value: 2520, unit: 's' as const, warning: '900:', critical: '300:' }, ' | ttl=2520s;900:;300:'],
    [{ label: 'ttl', value: -7200, unit: 's' as const, critical: '0:' }, ' | ttl=-7200s;;0:'],
    [{ label: 'latency', value: 12.3456, unit: 'ms' as const, minimum: 0 }, ' | latency=12.346ms;;;0'],
    [{ label: 'tokens', value: 100 }, ' | tokens=100'],
    [{ label: 'ttl', value: Number.NaN }, ''],
    [{ label: 'ttl', value: 1e21 }, ''],
  ])('%j', (one, expected) => {
    expect(performanceData([one])).toBe(expected);
  });

  it('never writes an exponent', () => {
    fc.assert(
      fc.property(fc.double(), (value) => {
        expect(performanceData([{ label: 'ttl', value }])).toMatch(/^(?: \| ttl=-?\d+(?:\.\d+)?)?$/);
      }),
    );
  });
});
