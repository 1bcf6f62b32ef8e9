import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markdownBlock, markdownCode, markdownTable, markdownText } from '../../../src/cli/encode/markdown.ts';
import { escapeText } from '../../../src/core/escape.ts';
import { hostileText } from '../render/hostile.ts';

/** What a reader shows of escaped text: backslash escapes and entities undone, and nothing else in it. */
const shown = (markdown: string): string =>
  markdown.replace(
    /\\([!-/:-@[-`{-~])|&(lt|gt|amp|#\d+);/g,
    (_, character: string | undefined, entity: string) =>
      character ?? { lt: '<', gt: '>', amp: '&' }[entity] ?? String.fromCharCode(Number(entity.slice(1))),
  );

/** What Markdown would take for markup, where no backslash stands before it. */
const MARKUP = /(?<!\\)(?:\\\\)*(?:[`*_[\]{}~$#<>|]|:\/\/|www\.)/i;
const withoutEntities = (markdown: string): string => markdown.replace(/&(?:lt|gt|amp|#\d+);/g, '');

describe('markdownText', () => {
  it.each([
    ['a|b', 'a&#124;b'],
    ['a\\|b', 'a\\\\&#124;b'],
    ['<b>x</b> &amp;', '&lt;b&gt;x&lt;/b&gt; &amp;amp;'],
    ['not_before', 'not\\_before'],
    ['`x`', '\\`x\\`'],
    ['one\ntwo', 'one\\\\u\\{a\\}two'],
    ['- a', '\\- a'],
    ['1. a', '1\\. a'],
    ['# a', '\\# a'],
    ['https://id.example.com', 'https\\://id.example.com'],
    ['a@b.example, @octocat', 'a\\\\u\\{40\\}b.example, \\\\u\\{40\\}octocat'],
    ['    code', '&#32;&#32;&#32;&#32;code'],
  ])('%j', (text, expected) => {
    expect(markdownText(text)).toBe(expected);
  });

  it('is one line of text without markup, and shows what came in', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const markdown = markdownText(text);
        expect(markdown).not.toMatch(/[\n\r<|]/);
        expect(withoutEntities(markdown)).not.toMatch(MARKUP);
        expect(shown(markdown)).toBe(escapeText(text).replaceAll('@', '\\u{40}'));
      }),
    );
  });
});

describe('markdownCode', () => {
  it.each([
    ['https://id.example.com', '`https://id.example.com`'],
    ['a b', '`a b`'],
    ['a`b', 'a\\`b'],
    ['a|b', 'a&#124;b'],
    ['<b>', '&lt;b&gt;'],
    ['', ''],
    [' a', '&#32;a'],
  ])('%j', (text, expected) => {
    expect(markdownCode(text)).toBe(expected);
  });

  it('is code that ends where it should, or text', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const markdown = markdownCode(text);
        expect(markdown).not.toMatch(/[\n\r<|]/);
        if (/^`/.test(markdown)) expect(markdown.slice(1, -1)).toBe(escapeText(text));
        else expect(markdown).toBe(markdownText(text));
      }),
    );
  });
});

describe('markdownTable', () => {
  it('has as many cells in each row as in its head, whatever is in them', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(hostileText, hostileText), { minLength: 1 }), (rows) => {
        const lines = markdownTable(
          ['a', 'b'],
          rows.map(([a, b]) => [markdownText(a), markdownCode(b)]),
        );
        expect(lines).toHaveLength(rows.length + 2);
        // No cell holds the character, so every one of them stands between cells.
        for (const line of lines) expect(line.match(/\|/g)).toHaveLength(3);
      }),
    );
  });
});

describe('markdownBlock', () => {
  it('ends with its own fence and not before', () => {
    fc.assert(
      fc.property(fc.array(hostileText), (texts) => {
        const lines = markdownBlock(texts, 'sh');
        const fence = lines.at(-1) ?? '';
        expect(fence).toMatch(/^`{3,}$/);
        expect(lines[0]).toBe(`${fence}sh`);
        for (const line of lines.slice(1, -1)) expect(line).not.toContain(fence);
        expect(lines).toHaveLength(texts.length + 2);
      }),
    );
  });
});
