import { describe, expect, it } from 'vitest';
import {
  durationWords,
  formatInZone,
  formatIso,
  formatUtc,
  parseDuration,
  parseTime,
  relativeWords,
} from '../../src/core/time.ts';

describe('formatting', () => {
  it.each([
    [0, '1970-01-01T00:00:00Z'],
    [1_600_003_600, '2020-09-13T13:26:40Z'],
    [1_600_003_600.25, '2020-09-13T13:26:40.250Z'],
    [253_402_300_799, '9999-12-31T23:59:59Z'],
    [253_402_300_800, undefined],
    [-1, undefined],
    [1e308, undefined],
    [Number.POSITIVE_INFINITY, undefined],
    [Number.NaN, undefined],
  ])('formatIso(%d)', (seconds, text) => {
    expect(formatIso(seconds)).toBe(text);
  });

  it('writes UTC for people and drops fractions', () => {
    expect(formatUtc(1_600_003_600.9)).toBe('2020-09-13 13:26:40Z');
    expect(formatUtc(-0.5)).toBeUndefined();
  });

  it('writes the time of a zone with its name', () => {
    expect(formatInZone(1_600_003_600, 'Asia/Tokyo')).toMatch(/^2020-09-13 22:26:40 .+/);
    expect(formatInZone(-1, 'UTC')).toBeUndefined();
  });
});

describe('durationWords', () => {
  it.each([
    [0, '0 s'],
    [0.4, '0 s'],
    [1, '1 s'],
    [59, '59 s'],
    [60, '1 min'],
    [61, '1 min 1 s'],
    [3600, '1 h'],
    [7380, '2 h 3 min'],
    [86_400, '1 d'],
    [90_000, '1 d 1 h'],
    [31_536_000, '1 y'],
    [32_000_000, '1 y 5 d'],
    [-7380, '2 h 3 min'],
  ])('%d', (seconds, words) => {
    expect(durationWords(seconds)).toBe(words);
  });

  it('says on which side of now', () => {
    expect([relativeWords(160, 100), relativeWords(40, 100), relativeWords(100.2, 100)]).toEqual([
      'in 1 min',
      '1 min ago',
      'now',
    ]);
  });
});

describe('parseDuration', () => {
  it.each([
    ['30s', 30],
    ['5m', 300],
    ['12h', 43_200],
    ['7d', 604_800],
    ['90', 90],
    ['500ms', 0.5],
    ['1.5h', 5400],
    [' 2min ', 120],
    ['1w', 604_800],
    ['', undefined],
    ['-5s', undefined],
    ['5 s', undefined],
    ['5S', undefined],
    ['1e3', undefined],
    ['0x10', undefined],
    ['5m30s', undefined],
  ])('%j', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });
});

describe('parseTime', () => {
  it.each([
    ['2020-09-13T12:40:00Z', 1_600_000_800],
    ['2020-09-13t12:40:00z', 1_600_000_800],
    ['2020-09-13 12:40:00Z', 1_600_000_800],
    ['2020-09-13T14:40:00+02:00', 1_600_000_800],
    ['2020-09-13T12:40Z', 1_600_000_800],
    ['2020-09-13T12:40:00.5Z', 1_600_000_800.5],
    ['2020-09-13', 1_599_955_200],
    ['1600000800', 1_600_000_800],
    ['2020-02-29', 1_582_934_400],
    ['2021-02-29', undefined],
    ['2020-02-30', undefined],
    ['2020-04-31T00:00:00Z', undefined],
    ['2020-13-01', undefined],
    ['2020-09-13T25:00:00Z', undefined],
    ['2020-09-13T12:40:00', undefined],
    ['2020-09-13T12:40:00+99:00', undefined],
    ['13.9.2020', undefined],
    ['tomorrow', undefined],
    ['', undefined],
    ['-1', undefined],
  ])('%j', (text, seconds) => {
    expect(parseTime(text)).toBe(seconds);
  });
});
