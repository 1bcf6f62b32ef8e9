// Text into XML 1.0 (JUnit reports), where it must be neither markup nor a character that XML does not have.
// Invariant: whatever text comes in, the result is well formed and one line; what cannot be shown is written `\u{…}`.

import { escapeText } from '../../core/escape.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Text from outside, for the content of an element and for the value of an attribute alike. */
export const xmlText = (text: string): string =>
  escapeText(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);

/** Attributes by name; one that is undefined is left out. Values are text from outside. */
export type XmlAttributes = Readonly<Record<string, string | number | undefined>>;

/** ` name="value"` for each attribute. Names are of the program. */
const attributes = (given: XmlAttributes): string =>
  Object.entries(given)
    .filter((entry) => entry[1] !== undefined)
    .map(([name, value]) => ` ${name}="${xmlText(String(value))}"`)
    .join('');

/** An element with text in it, each line of which may come from outside; without lines it is empty. */
export function xmlTextElement(name: string, given: XmlAttributes, lines: readonly string[] = []): string {
  if (lines.length === 0) return `<${name}${attributes(given)}/>`;
  return `<${name}${attributes(given)}>${lines.map(xmlText).join('\n')}</${name}>`;
}

/** An element with elements in it, which are XML already: one a line. */
export function xmlElement(name: string, given: XmlAttributes, children: readonly string[] = []): string {
  if (children.length === 0) return `<${name}${attributes(given)}/>`;
  return [`<${name}${attributes(given)}>`, ...children, `</${name}>`].join('\n');
}
