// Lines for people: labels in a column, text wrapped beside them. Widths are columns of a terminal; what comes in is escaped.

import stringWidth from 'string-width';

/** Columns of the labels, with the space behind them. */
export const LABEL = 10;

/** Texts in which each character has one column: ASCII, Latin letters, punctuation, and what tables and lines are drawn with. */
const NARROW = /^[\x20-\x7e\u00a1-\u017f\u2010-\u2027\u2500-\u257f\u25cf\u2713\u2717]*$/;

/** Columns of a text. Asking the package costs much more than counting. */
export const widthOf = (text: string): number => (NARROW.test(text) ? text.length : stringWidth(text));

/** Lines of at most `width` columns, broken at spaces, and inside a word that is longer than a line. */
export function wrap(text: string, width: number | undefined): string[] {
  if (width === undefined || widthOf(text) <= width) return [text];
  const lines: string[] = [];
  let [line, columns] = ['', 0];
  for (const word of text.split(' ').flatMap((one) => pieces(one, width))) {
    const needed = widthOf(word);
    if (line !== '' && columns + 1 + needed > width) {
      lines.push(line);
      [line, columns] = [word, needed];
    } else [line, columns] = line === '' ? [word, needed] : [`${line} ${word}`, columns + 1 + needed];
  }
  return [...lines, line];
}

/** What a reader takes for one character stays together. Made when a word is too long: it takes 20 ms to make. */
let characters: Intl.Segmenter | undefined;

/** A word cut to pieces that fit a line; each character is measured once, however long the word is. */
function pieces(word: string, width: number): string[] {
  if (widthOf(word) <= width) return [word];
  characters ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  const found: string[] = [];
  let [piece, columns] = ['', 0];
  for (const { segment } of characters.segment(word)) {
    const needed = widthOf(segment);
    if (columns + needed > width && piece !== '') {
      found.push(piece);
      [piece, columns] = ['', 0];
    }
    piece += segment;
    columns += needed;
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
export const padTo = (text: string, columns: number): string => text + ' '.repeat(Math.max(0, columns - widthOf(text)));
