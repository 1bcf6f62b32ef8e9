// The folder of the cache under many processes at once, some of which are killed: every file is whole or not there.

import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { privateFolder } from '../../src/cli/private-folder.ts';

let home: string;
let path: string;
beforeEach(async () => {
  home = await fs.mkdtemp(join(tmpdir(), 'tokctl-folder-'));
  path = join(home, 'tokctl');
  onTestFinished(() => fs.rm(home, { recursive: true, force: true }));
});

const folder = (userId = process.geteuid?.()) => privateFolder(path, { fs, userId, unique: randomUUID });

/** Writes the same two files over and over; says so after the first round; ends after some rounds, if it has a number. */
const WRITER = `
import * as fs from 'node:fs/promises';
import { privateFolder } from './private-folder.mjs';
const [path, rounds] = process.argv.slice(2);
let count = 0;
const unique = () => process.pid + '-' + (count += 1);
const folder = privateFolder(path, { fs, userId: process.geteuid?.(), unique });
for (let round = 0; round < Number(rounds); round += 1) {
  const text = JSON.stringify({ from: process.pid, filler: 'x'.repeat(100_000), whole: true });
  await Promise.all([folder.write('a.json', text), folder.write('b.json', text)]);
  await folder.sweep({ now: Date.now(), maxAgeMs: 60_000, most: 64, isOurs: (name) => name.endsWith('.json') });
  if (round === 0) process.stdout.write('wrote');
}
`;

async function writers(count: number, rounds: number): Promise<ChildProcess[]> {
  const source = join(import.meta.dirname, '../../src/cli/private-folder.ts');
  await build({ entryPoints: [source], outfile: join(home, 'private-folder.mjs'), format: 'esm', platform: 'node' });
  await fs.writeFile(join(home, 'writer.mjs'), WRITER);
  return Array.from({ length: count }, () =>
    spawn(process.execPath, [join(home, 'writer.mjs'), path, String(rounds)], { stdio: ['ignore', 'pipe', 'inherit'] }),
  );
}

async function assertWhole(): Promise<void> {
  for (const name of ['a.json', 'b.json'])
    expect(JSON.parse((await folder().read(name, 1e6)) ?? '{}')).toMatchObject({ whole: true });
}

describe('many processes', () => {
  test('write at once, and none fails', async () => {
    const children = await writers(16, 5);
    const codes = await Promise.all(children.map(async (child) => (await once(child, 'close'))[0]));
    expect(codes).toEqual(children.map(() => 0));
    await assertWhole();
    expect((await fs.readdir(path)).sort()).toEqual(['a.json', 'b.json']);
  });

  test('are killed while they write, and what is there is whole', async () => {
    const children = await writers(8, 1e9);
    await Promise.all(children.map((child) => once(child.stdout ?? child, 'data')));
    const closed = Promise.all(children.map((child) => once(child, 'close')));
    for (const child of children) child.kill('SIGKILL');
    await closed;
    await assertWhole();
    await folder().write('a.json', '{"whole":true}');
    const later = Date.now() + 2 * 60_000;
    await folder().sweep({ now: later, maxAgeMs: 60_000, most: 64, isOurs: () => false });
    expect((await fs.readdir(path)).sort()).toEqual(['a.json', 'b.json']);
  });
});

describe('what is removed', () => {
  test('the oldest beyond the number that may be there, and nothing that is not ours', async () => {
    await fs.mkdir(path, { mode: 0o700 });
    for (const [index, name] of ['1.json', '2.json', '3.json', 'notes.txt'].entries()) {
      await fs.writeFile(join(path, name), '');
      await fs.utimes(join(path, name), 1000 + index, 1000 + index);
    }
    const isOurs = (name: string) => name.endsWith('.json');
    await folder().sweep({ now: 1_100_000, maxAgeMs: 1e6, most: 2, isOurs });
    expect((await fs.readdir(path)).sort()).toEqual(['2.json', '3.json', 'notes.txt']);
  });
});

describe('what is not the user’s alone', () => {
  test('a folder of another user is neither read nor written', async () => {
    await folder().write('a.json', 'text');
    const other = folder((process.geteuid?.() ?? 0) + 1);
    await expect(other.read('a.json', 100)).rejects.toMatchObject({ code: 'ENOTPRIVATE' });
    await expect(other.write('a.json', 'else')).rejects.toMatchObject({ code: 'ENOTPRIVATE' });
    expect(await folder().read('a.json', 100)).toBe('text');
  });

  test('a name that is a folder, a file that is too large, and no file give nothing', async () => {
    await folder().write('a.json', 'text');
    await fs.mkdir(join(path, 'folder'));
    expect(await folder().read('folder', 100)).toBeUndefined();
    expect(await folder().read('a.json', 3)).toBeUndefined();
    expect(await folder().read('b.json', 100)).toBeUndefined();
  });

  test('a file that stands where a temporary one should be made is not written to', async () => {
    await folder().write('a.json', 'text');
    await fs.symlink(join(home, 'victim'), join(path, '.b.json.same.tmp'));
    const clashing = privateFolder(path, { fs, userId: process.geteuid?.(), unique: () => 'same' });
    await expect(clashing.write('b.json', 'text')).rejects.toMatchObject({ code: 'EEXIST' });
    expect((await fs.readdir(home)).includes('victim')).toBe(false);
  });
});
