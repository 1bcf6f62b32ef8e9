// Secrets that can be found again, whatever was made of them: plain, in base64 at any offset, form-encoded, escaped for
// JSON or HTML, and in halves.

/** A secret of a test, and how it could show itself. */
export interface Mark {
  readonly what: string;
  readonly value: string;
}

const base64Inside = (text: string, encoding: 'base64' | 'base64url'): string[] =>
  [0, 1, 2].map((offset) => {
    const all = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]).toString(encoding);
    return all.slice(offset === 0 ? 0 : offset + 1, Math.floor(((offset + Buffer.byteLength(text)) * 8) / 6));
  });

/** A piece of this length at either end is as good as found. */
const PIECE = 14;

function spellings(value: string): string[] {
  const escaped = [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)];
  const coded = [...base64Inside(value, 'base64'), ...base64Inside(value, 'base64url')];
  const hex = Buffer.from(value).toString('hex');
  return [...escaped, ...coded, hex].flatMap((text) =>
    text.length <= PIECE ? [text] : [text.slice(0, PIECE), text.slice(-PIECE)],
  );
}

/** What of the marks stands in that text, in words; nothing where nothing does. */
export function found(text: string, marks: readonly Mark[]): string[] {
  return marks.flatMap(({ what, value }) => {
    const seen = [...new Set(spellings(value))].find((spelling) => text.includes(spelling));
    return seen === undefined ? [] : [`${what} (as ${seen})`];
  });
}

type Spelling = (text: string) => unknown;

/** How a server may give back what it was sent. */
export const ECHOES: Readonly<Record<string, Spelling>> = {
  plain: (text) => text,
  base64: (text) => Buffer.from(text).toString('base64'),
  base64url: (text) => Buffer.from(text).toString('base64url'),
  encoded: (text) => encodeURIComponent(text),
  escaped: (text) => JSON.stringify(text),
  inside: (text) => `before ${text} after`,
  named: (text) => ({ [text]: text }),
  listed: (text) => [text, [text]],
  halves: (text) => [text.slice(0, Math.ceil(text.length / 2)), text.slice(Math.ceil(text.length / 2))],
  html: (text) => `<b>${text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')}</b>`,
  basic: (text) => `Basic ${Buffer.from(`my-client:${encodeURIComponent(text)}`).toString('base64')}`,
};

/** Every text in every spelling. */
export const echoed = (texts: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(ECHOES).map(([name, spell]) => [name, texts.map(spell)]));
