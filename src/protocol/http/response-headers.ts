// Header fields as they stood on the wire. The transports' own maps drop some repeated fields; here each one is kept, and
// repeated ones are joined (RFC 9110 §5.3), so that two Content-Types are never taken for one.

import type { FetchedResponse } from './network.ts';

/** Headers of a response from a flat list: name, value, name, value. Names are given in lower case. */
export function responseHeaders(flat: readonly string[]): FetchedResponse['headers'] {
  const fields = new Map<string, string>();
  for (let at = 0; at + 1 < flat.length; at += 2) {
    const name = flat[at]?.toLowerCase() ?? '';
    const before = fields.get(name);
    fields.set(name, before === undefined ? (flat[at + 1] ?? '') : `${before}, ${flat[at + 1]}`);
  }
  return { get: (name) => fields.get(name.toLowerCase()) ?? null, entries: () => fields.entries() };
}
