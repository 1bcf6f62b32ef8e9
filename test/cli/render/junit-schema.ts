// The schema that readers of JUnit XML have in common, and a validator that reads by it.

import { readFileSync } from 'node:fs';
import { XmlDocument, type XmlElement, XsdValidator } from 'libxml2-wasm';
import { afterAll } from 'vitest';

const schema = XmlDocument.fromBuffer(readFileSync(new URL('junit-common.xsd', import.meta.url)));
const validator = XsdValidator.fromDoc(schema);

afterAll(() => {
  validator.dispose();
  schema.dispose();
});

/** Parses, validates, and gives what `read` makes of it. @throws what is wrong with it */
export function validJunit<T>(xml: string, read: (root: XmlElement) => T): T {
  const document = XmlDocument.fromString(xml);
  try {
    validator.validate(document);
    return read(document.root);
  } finally {
    document.dispose();
  }
}
