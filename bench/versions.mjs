// Which version of a program was measured or compared.

import { spawnSync } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

/** Of a program that npm installed: its package says it. */
function packageVersion(bin) {
  const [, root] = /^(.*\/node_modules\/[^/]+)\//.exec(realpathSync(bin)) ?? [];
  return root === undefined ? undefined : JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version;
}

/** Of a program that `go install` built: the module that is written into it. */
function moduleVersion(bin) {
  const { stdout } = spawnSync('go', ['version', '-m', bin], { encoding: 'utf8' });
  return /^\s*mod\s+\S+\s+v(\S+)/m.exec(stdout ?? '')?.[1];
}

/** The name of a program and its version, where it tells; `version` are the arguments that ask for it. */
export function versionOf({ name, bin, prefix = [], version }) {
  const packaged = packageVersion(bin);
  if (version === undefined || packaged !== undefined) return [name, packaged].filter(Boolean).join(' ');
  const { stdout = '', stderr = '' } = spawnSync(bin, [...prefix, ...version], { encoding: 'utf8' });
  const found = /\d+\.\d+\.\d+(?:[-+.\w]*)?/.exec(stdout + stderr)?.[0] ?? moduleVersion(bin);
  return found === undefined ? name : `${name} ${found}`;
}
