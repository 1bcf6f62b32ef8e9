// Whoever builds gets the same bytes, and nothing of the machine they were built on.

import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildProject, PROJECT, type ProjectCopy } from '../package/project-copy.ts';

let copy: ProjectCopy;
/** The same sources, built once more in another folder. */
let other: string;
beforeAll(async () => {
  copy = await buildProject();
  other = join(await mkdtemp(join(tmpdir(), 'tokctl-elsewhere-')), 'deeper', 'project');
  await cp(copy.folder, other, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => path !== copy.path('dist'),
  });
  await promisify(execFile)(process.execPath, ['scripts/build.mjs'], { cwd: other });
}, 240_000);
afterAll(async () => {
  await copy.remove();
  await rm(join(other, '../..'), { recursive: true, force: true });
});

const filesOf = (folder: string): string[] =>
  readdirSync(join(folder, 'dist'), { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, 'dist', name)).isFile())
    .sort();

const textOf = (folder: string, name: string): string => readFileSync(join(folder, 'dist', name), 'utf8');

test('two builds give the same files with the same bytes', () => {
  const names = filesOf(copy.folder);
  expect(names).toContain('launch.cjs');
  expect(filesOf(other)).toEqual(names);
  expect(names.filter((name) => textOf(copy.folder, name) !== textOf(other, name))).toEqual([]);
});

test('no file names a folder of the machine', () => {
  const folders = [copy.folder, other, PROJECT, homedir()];
  const naming = filesOf(other).filter((name) => folders.some((path) => textOf(other, name).includes(`${path}/`)));
  expect(naming).toEqual([]);
});

test('the program is in the metafile as it is in the folder', () => {
  const { outputs } = JSON.parse(textOf(other, 'metafile.json')) as { outputs: Record<string, unknown> };
  const code = filesOf(other).filter((name) => /\.c?js$/.test(name));
  expect(Object.keys(outputs).sort()).toEqual(code.map((name) => `dist/${name}`).sort());
});
