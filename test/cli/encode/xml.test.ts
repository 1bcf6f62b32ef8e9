import fc from 'fast-check';
import { XmlDocument, type XmlElement } from 'libxml2-wasm';
import { describe, expect, it } from 'vitest';
import { xmlElement, xmlText, xmlTextElement } from '../../../src/cli/encode/xml.ts';
import { escapeText } from '../../../src/core/escape.ts';
import { hostileText } from '../render/hostile.ts';

function parsed<T>(xml: string, read: (root: XmlElement) => T): T {
  const document = XmlDocument.fromString(xml);
  try {
    return read(document.root);
  } finally {
    document.dispose();
  }
}

describe('text in XML', () => {
  it.each([
    ['a <b> & "c" \'d\'', 'a &lt;b&gt; &amp; &quot;c&quot; &apos;d&apos;'],
    [']]>', ']]&gt;'],
    ['a\u0000\u001b\ud800\ufffe', 'a\\u{0}\\u{1b}\\u{d800}\\u{fffe}'],
    ['one\ntwo', 'one\\u{a}two'],
    ['ü 日本 😀', 'ü 日本 😀'],
  ])('%j', (text, expected) => {
    expect(xmlText(text)).toBe(expected);
  });

  it('comes back from a parser as it is shown, from content and from an attribute', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (inside, beside) => {
        parsed(xmlTextElement('a', { b: beside }, [inside]), (root) => {
          expect(root.content).toBe(escapeText(inside));
          expect(root.attr('b')?.value).toBe(escapeText(beside));
          expect(root.attrs).toHaveLength(1);
          expect(root.find('*')).toHaveLength(0);
        });
      }),
    );
  });

  it('nests elements, leaves out what is undefined, and closes what is empty', () => {
    const xml = xmlElement('a', { b: undefined, c: 1 }, [xmlTextElement('d', {}, ['x', 'y']), xmlElement('e', {})]);
    expect(xml).toBe('<a c="1">\n<d>x\ny</d>\n<e/>\n</a>');
  });
});
