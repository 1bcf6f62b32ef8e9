import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { characterName, escapeText } from '../../src/core/escape.ts';
import { printJson } from '../../src/core/json.ts';

const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u;

describe('escapeText', () => {
  it.each([
    ['a\u001b[2Jb', 'a\\u{1b}[2Jb'],
    ['a\nb\r\u0085\u2028', 'a\\u{a}b\\u{d}\\u{85}\\u{2028}'],
    ['\u202eevil', '\\u{202e}evil'],
    ['\u{e0041}', '\\u{e0041}'],
    ['\ud800x', '\\u{d800}x'],
    ['héllo 日本 😀', 'héllo 日本 😀'],
  ])('%j', (text, escaped) => {
    expect(escapeText(text)).toBe(escaped);
  });

  it('gives one line without control, format or unassigned characters, whatever comes in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const escaped = escapeText(text);
        expect(escaped).not.toMatch(UNSAFE);
        expect(escaped.split(/\r\n|[\n\v\f\r\u0085\u2028\u2029]/)).toHaveLength(1);
        if (!UNSAFE.test(text)) expect(escaped).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('characterName', () => {
  it.each([
    [0x200b, 'a zero width space (U+200B)'],
    [0x20, 'a space (U+0020)'],
    [0x2026, 'an ellipsis (U+2026)'],
    [0xe9, '`é` (U+00E9)'],
    [0x3d, '`=` (U+003D)'],
    [0x1b, 'an escape character (U+001B)'],
    [0x7, 'a control or invisible character (U+0007)'],
    [0x1f600, '`😀` (U+1F600)'],
  ])('%i', (code, name) => {
    expect(characterName(code)).toBe(name);
  });

  it('shows no character raw that is not plain text', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0x10ffff }), (code) => {
        expect(characterName(code)).not.toMatch(UNSAFE);
      }),
    );
  });
});

describe('commands of build logs', () => {
  it.each(['##[stop-commands]x', 'a ##[set-output name=x]y', '##vso[task.setvariable]1', 'x ##VSO[build]y'])(
    '%s is broken up',
    (text) => {
      expect(escapeText(text)).not.toMatch(/##(?:vso)?\[/i);
      expect(printJson(text)).not.toMatch(/##(?:vso)?\[/i);
      expect(JSON.parse(printJson(text))).toBe(text);
    },
  );

  it('leaves other number signs alone', () => {
    expect(escapeText('## a heading #[x]')).toBe('## a heading #[x]');
  });
});
