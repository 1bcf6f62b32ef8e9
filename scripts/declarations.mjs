// The declarations of the library: tsc writes one for every module, and a consumer reads those that `index.d.ts` leads to.
// Each file less is a file that nobody unpacks: they are most of the files of the package.

import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const IMPORTED = /(?:\bfrom|\bimport\()\s*['"](\.[^'"]+)['"]/g;

/** The files that `entry` leads to, itself among them. Throws for an import that leads nowhere. */
function reachable(entry) {
  const found = new Set();
  const follow = (path) => {
    if (found.has(path)) return;
    if (!existsSync(path)) throw new Error(`a declaration imports ${path}, which is not there`);
    found.add(path);
    for (const [, name] of readFileSync(path, 'utf8').matchAll(IMPORTED))
      follow(join(dirname(path), name.replace(/\.[jt]s$/, '.d.ts')));
  };
  follow(normalize(entry));
  return found;
}

/** Removes every file below the folder of `entry` that it does not lead to. */
export function keepReachable(entry) {
  const kept = reachable(entry);
  const clean = (folder) => {
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      if (statSync(path).isDirectory()) clean(path);
      else if (!kept.has(path)) rmSync(path);
    }
    if (readdirSync(folder).length === 0) rmdirSync(folder);
  };
  clean(dirname(normalize(entry)));
}
