// A copy of the project in a temporary folder, built there: what users get, while dist/ of the checkout stays as it is.

import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

export const PROJECT = join(import.meta.dirname, '../..');

/** What a build, and `npm pack`, need. */
const PARTS = [
  'src',
  'scripts',
  'bin',
  'schema',
  'man',
  'docs',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.types.json',
];
const PAGES = ['README.md', 'CHANGELOG.md', 'LICENSE', 'SECURITY.md', 'CONTRIBUTING.md', '.npmrc'];

export interface ProjectCopy {
  readonly folder: string;
  path(...names: string[]): string;
  remove(): Promise<void>;
}

/** The words that start the program: that of the copy, or another that is to be tested in its place, such as the binary. */
export function programOf(copy: ProjectCopy): [command: string, ...words: string[]] {
  const other = process.env['TOKCTL_BIN'];
  return other === undefined ? [process.execPath, copy.path('bin/tokctl.js')] : [resolve(other)];
}

/** Copies the project; packages are those of the checkout. */
export async function copyProject(): Promise<ProjectCopy> {
  const folder = await mkdtemp(join(tmpdir(), 'tokctl-test-'));
  const copy = (name: string) => cp(join(PROJECT, name), join(folder, name), { recursive: true });
  await Promise.all([...PARTS.map(copy), ...PAGES.map((name) => copy(name).catch(isMissing))]);
  await symlink(join(PROJECT, 'node_modules'), join(folder, 'node_modules'), 'dir');
  return {
    folder,
    path: (...names) => join(folder, ...names),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

function isMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}

/** The copy with its dist/, made by the script that makes every release. A build that fails leaves nothing behind. */
export async function buildProject(): Promise<ProjectCopy> {
  const copy = await copyProject();
  try {
    await promisify(execFile)(process.execPath, ['scripts/build.mjs'], { cwd: copy.folder });
  } catch (error) {
    await copy.remove();
    throw error;
  }
  return copy;
}
