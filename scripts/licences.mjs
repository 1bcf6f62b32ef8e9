// Collects the licence of every package that was bundled, because what is shipped inside dist/ is shipped under them.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Names of the packages whose files went into the bundle, sorted. */
export function bundledPackages(metafile) {
  const names = Object.keys(metafile.inputs).flatMap((file) => {
    const found = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(file);
    return found === null ? [] : [file.slice(0, found.index + found[0].length - 1)];
  });
  return [...new Set(names)].sort();
}

/** Writes name, version, licence id and licence text of each bundled package to `target`. Throws if one has no licence. */
export function writeLicences(metafile, target) {
  const parts = bundledPackages(metafile).map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    if (license === undefined && file === undefined) throw new Error(`${name} has no licence`);
    const text =
      file !== undefined && existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8').trim() : '';
    return `${name} ${version} (${license})\n\n${text}\n`;
  });
  writeFileSync(target, `tokctl contains the following packages.\n\n${parts.join(`\n${'-'.repeat(80)}\n\n`)}`);
}
