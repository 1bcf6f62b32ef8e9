// Lines for people: labels in a column, text wrapped beside them. Widths are columns of a terminal; what comes in is escaped.

import stringWidth from 'string-width';

/** Columns of the labels, with the space behind them. */
export const LABEL = 10;

/** Lines of at most `width` columns, broken at spaces, and inside a word that is longer than a line. */
export function wrap(text: string, width: number | undefined): string[] {
  if (width === undefined || stringWidth(text) <= width) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((one) => pieces(one, width))) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && stringWidth(longer) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

/** A word cut to pieces that fit a line. */
function pieces(word: string, width: number): string[] {
  if (stringWidth(word) <= width) return [word];
  const found: string[] = [];
  let piece = '';
  for (const character of word) {
    if (stringWidth(piece + character) > width) {
      found.push(piece);
      piece = '';
    }
    piece += character;
  }
  return [...found, piece];
}

/** `  label     text`, with the text wrapped in its own column. */
export function labelled(
  label: string,
  text: string,
  { width, paint = plain }: { width: number | undefined; paint?: (text: string) => string },
): string[] {
  const room = width === undefined ? undefined : Math.max(20, width - LABEL - 2);
  const [first = '', ...rest] = wrap(text, room);
  return [`  ${label.padEnd(LABEL)}${paint(first)}`, ...rest.map((line) => `  ${' '.repeat(LABEL)}${paint(line)}`)];
}

const plain = (text: string): string => text;

/** The text with spaces behind it, so that it fills that many columns. */
export const padTo = (text: string, columns: number): string =>
  text + ' '.repeat(Math.max(0, columns - stringWidth(text)));
