// Text from outside, made safe for a terminal, a log and a reader (security.md O1, O2, O4).
// Invariant: what `escapeText` gives is one line without control, format, private, unassigned or surrogate characters.

/** Controls, format characters (bidirectional, zero-width, tags), surrogates, private use, unassigned, and line separators. */
const unsafe = (): RegExp => /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu;

/**
 * What most texts are: ASCII, letters of Latin alphabets without the soft hyphen, punctuation, lines and dots. To read the
 * expression above takes half a millisecond, to compile it as long again.
 */
const PLAIN = /^[ -"$-~\u00a1-\u00ac\u00ae-\u017f\u2010-\u2027\u2500-\u25ff\u2713\u2717]*$/;

/** A build log acts on these wherever they stand in a line: the old spelling of GitHub's commands, and Azure's. */
const LOG_COMMAND = /#(?=#(?:vso)?\[)/gi;

const hex = (code: number): string => code.toString(16);

/** The text with every character that is not plain text written as `\u{…}`; line ends too, so it never starts a line. */
export function escapeText(text: string): string {
  if (PLAIN.test(text)) return text;
  const plain = text.replace(unsafe(), (character) => `\\u{${hex(character.codePointAt(0) ?? 0)}}`);
  return plain.replace(LOG_COMMAND, '\\u{23}');
}

/** A text as one word of a shell command, with nothing in it that a terminal would act on. */
export function shellWord(text: string): string {
  const shown = escapeText(text);
  return /^[\w./:@%+=,-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", "'\\''")}'`;
}

// The strangers that are met inside pasted tokens, by the names of Unicode.
const NAMES: Readonly<Record<number, string>> = {
  0: 'a null character',
  9: 'a tab',
  10: 'a line feed',
  13: 'a carriage return',
  27: 'an escape character',
  32: 'a space',
  160: 'a no-break space',
  173: 'a soft hyphen',
  183: 'a middle dot',
  8203: 'a zero width space',
  8204: 'a zero width non-joiner',
  8205: 'a zero width joiner',
  8208: 'a hyphen',
  8209: 'a non-breaking hyphen',
  8211: 'an en dash',
  8212: 'an em dash',
  8216: 'a left single quotation mark',
  8217: 'a right single quotation mark',
  8220: 'a left double quotation mark',
  8221: 'a right double quotation mark',
  8230: 'an ellipsis',
  8238: 'a right-to-left override',
  8288: 'a word joiner',
  65279: 'a byte order mark',
  65533: 'a replacement character',
};

/** A character in words and by its code point, such as `a zero width space (U+200B)`. Never the raw character if unsafe. */
export function characterName(code: number): string {
  const point = `U+${hex(code).toUpperCase().padStart(4, '0')}`;
  const character = String.fromCodePoint(code);
  const shown =
    NAMES[code] ?? (escapeText(character) === character ? `\`${character}\`` : 'a control or invisible character');
  return `${shown} (${point})`;
}
