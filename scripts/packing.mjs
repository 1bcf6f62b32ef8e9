// The tarball: made, looked at, measured. For the scripts that test it and that make a release of it.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** npm, by the program that runs the scripts where it does; quiet, and asking nobody. */
export function npm(args, { cwd, env = {} } = {}) {
  return execFileSync('npm', args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, npm_config_update_notifier: 'false', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  });
}

/**
 * Packs the project in `cwd` into `target`.
 * @returns its path, its bytes packed and unpacked, and the names in it
 */
export function pack(cwd, target, { build = true, env = {} } = {}) {
  const scripts = build ? [] : ['--ignore-scripts'];
  const told = npm(['pack', '--json', '--silent', ...scripts, '--pack-destination', target], { cwd, env });
  // A build before it may say something too.
  const [packed] = JSON.parse(told.slice(told.indexOf('[\n')));
  const { filename, size, unpackedSize, files } = packed;
  return { path: join(target, filename), filename, size, unpackedSize, names: files.map(({ path }) => path) };
}

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(2)} MB`;

/** Its sizes in words, the same in every place that states them. */
export const sizesOf = ({ size, unpackedSize, names }) =>
  `${megabytes(size)} packed, ${megabytes(unpackedSize)} unpacked, ${names.length} files`;
