// Reads the test vectors of this folder.

import { readFileSync } from 'node:fs';

/** The parsed content of `<name>.data.json`. The caller names the type; the files are fixed. */
export function readVectors<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`./${name}.data.json`, import.meta.url), 'utf8')) as T;
}
