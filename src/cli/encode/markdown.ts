// Text into Markdown (CommonMark and GitHub's tables), where it must stay text: no markup, no HTML, no link, no mention.
// Invariant: the result is one line, holds neither `<` nor `|`, and is safe at the start of a line and in a table cell.

import { escapeText } from '../../core/escape.ts';

const ENTITIES: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '|': '&#124;' };

/** Text from outside, to stand anywhere in a line. Numeric entities because `\|` is split by some readers of tables. */
export function markdownText(text: string): string {
  return (
    escapeText(text)
      // A name after it would be told of the ticket, an address would become a link; no escape of Markdown prevents that.
      .replaceAll('@', '\\u{40}')
      .replace(/[\\`*_[\]{}~$#!^]/g, '\\$&')
      .replace(/[<>&|]/g, (character) => ENTITIES[character] ?? character)
      // Addresses become links by themselves.
      .replaceAll('://', '\\://')
      .replace(/www\./gi, (found) => `${found.slice(0, 3)}\\.`)
      // What makes a list, a heading or a rule at the start of a line.
      .replace(/^[-+=:]/, '\\$&')
      .replace(/^(\d+)([.)])/, '$1\\$2')
      .replace(/^ +| +$/g, (spaces) => '&#32;'.repeat(spaces.length))
  );
}

/** What may stand between backticks as it is, in a table too: no backtick, no backslash, no pipe, no angle bracket. */
const SPELLED_AS_IS = /^[^`\\|<>\s]+(?: [^`\\|<>\s]+)*$/;

/** A literal value, such as a URL or the name of a key: as code where that is safe, else as text. */
export function markdownCode(text: string): string {
  const shown = escapeText(text);
  return SPELLED_AS_IS.test(shown) ? `\`${shown}\`` : markdownText(text);
}

/** One row of a table. Cells are Markdown already. */
export const markdownRow = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** A table; cells are Markdown already. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [markdownRow(head), markdownRow(head.map(() => '---')), ...rows.map((row) => markdownRow(row))];
}

/** A block of code whose lines may come from outside; its fence is longer than any row of backticks in it. */
export function markdownBlock(lines: readonly string[], language = ''): string[] {
  const shown = lines.map(escapeText);
  const longest = Math.max(2, ...shown.flatMap((line) => (line.match(/`+/g) ?? []).map((run) => run.length)));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}${language}`, ...shown, fence];
}
