// Markdown as a reader of CommonMark takes it, with the tables and bare links of GitHub, and with HTML let through: whatever
// text from outside could smuggle in would show.

import MarkdownIt from 'markdown-it';

const reader = new MarkdownIt('default', { html: true, linkify: true });

type Token = ReturnType<typeof reader.parse>[number];

const flat = (tokens: readonly Token[]): Token[] => tokens.flatMap((token) => [token, ...flat(token.children ?? [])]);

export interface ReadMarkdown {
  /** The kinds of everything in it, each once. */
  readonly kinds: ReadonlySet<string>;
  readonly headings: readonly string[];
  /** How many cells each row of each table has. */
  readonly tables: readonly (readonly number[])[];
}

export function readMarkdown(text: string): ReadMarkdown {
  const blocks = reader.parse(text, {});
  const tables: number[][] = [];
  for (const { type } of blocks) {
    if (type === 'table_open') tables.push([]);
    const rows = tables.at(-1) ?? [];
    if (type === 'tr_open') rows.push(0);
    if (type === 'th_open' || type === 'td_open') rows.push((rows.pop() ?? 0) + 1);
  }
  return {
    kinds: new Set(flat(blocks).map(({ type }) => type.replace(/_(?:open|close)$/, ''))),
    headings: blocks.flatMap(({ type }, index) => (type === 'heading_open' ? [blocks[index + 1]?.content ?? ''] : [])),
    tables,
  };
}

/** What our Markdown is made of: no links, no images, no HTML, no quotes, no emphasis. */
export const OWN_KINDS: ReadonlySet<string> = new Set([
  ...['heading', 'paragraph', 'inline', 'text', 'text_special', 'code_inline', 'strong', 'softbreak'],
  ...['bullet_list', 'list_item', 'table', 'thead', 'tbody', 'tr', 'th', 'td', 'fence'],
]);
