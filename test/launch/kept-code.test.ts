// The compiled code that is kept between runs: read only where nobody but the owner of the program can write, and never needed.

import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { keptCode } from '../../src/launch/kept-code.ts';
import { accessClaims, ISSUER, jws } from '../library/keys.ts';
import { buildProject, type ProjectCopy } from '../package/project-copy.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tokctl-code-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const USER = process.geteuid?.() ?? 0;
const CODE = Buffer.from('compiled');
const kept = (over: Partial<Parameters<typeof keptCode>[0]> = {}) =>
  keptCode({ program: home, env: {}, userId: USER, build: 'build-1', engine: 'v1-x64', ...over });
const folder = (build = 'build-1') => join(home, '.code/v1-x64', build);

describe('keptCode', () => {
  test('gives back what was kept, for that build and engine alone', () => {
    kept()?.write('main', CODE);
    expect(kept()?.read('main')).toEqual(CODE);
    expect(kept()?.read('other')).toBeUndefined();
    expect(kept({ build: 'build-2' })?.read('main')).toBeUndefined();
    expect(kept({ engine: 'v2-x64' })?.read('main')).toBeUndefined();
  });

  test('can be written to by its owner alone', () => {
    kept()?.write('main', CODE);
    expect(statSync(folder()).mode & 0o022).toBe(0);
    expect(statSync(join(folder(), 'main')).mode & 0o022).toBe(0);
    expect(readdirSync(folder())).toEqual(['main']);
  });

  test('forgets what another build kept', () => {
    kept()?.write('main', CODE);
    kept({ build: 'build-2' })?.write('main', CODE);
    expect(existsSync(folder())).toBe(false);
    expect(kept({ build: 'build-2' })?.read('main')).toEqual(CODE);
  });

  test.each([
    ['Node is told to keep none', { env: { NODE_DISABLE_COMPILE_CACHE: '1' } }],
    ['coverage is measured', { env: { NODE_V8_COVERAGE: '/tmp/coverage' } }],
    ['the platform has no users', { userId: undefined }],
  ])('there is none where %s', (_, over) => {
    expect(kept(over)).toBeUndefined();
  });

  test.each([
    ['others can write to the folder', () => chmodSync(folder(), 0o777)],
    ['others can write to the file', () => chmodSync(join(folder(), 'main'), 0o666)],
    [
      'the file is a link',
      () => {
        renameSync(join(folder(), 'main'), join(home, 'elsewhere'));
        symlinkSync(join(home, 'elsewhere'), join(folder(), 'main'));
      },
    ],
    [
      'the folder is a link',
      () => {
        renameSync(folder(), join(home, 'elsewhere'));
        symlinkSync(join(home, 'elsewhere'), folder());
      },
    ],
    [
      'the file is a folder',
      () => {
        rmSync(join(folder(), 'main'));
        mkdirSync(join(folder(), 'main'));
      },
    ],
    [
      'the file is a pipe',
      () => {
        rmSync(join(folder(), 'main'));
        execFileSync('mkfifo', ['-m', '600', join(folder(), 'main')]);
      },
    ],
  ])('nothing is read where %s', (_, change) => {
    kept()?.write('main', CODE);
    change();
    expect(kept()?.read('main')).toBeUndefined();
  });

  test('nothing is written by another user than the owner of the program', () => {
    kept({ userId: USER + 1 })?.write('main', CODE);
    expect(readdirSync(home)).toEqual([]);
  });

  // Only root can give files away.
  test.runIf(USER === 0)('nothing is read that belongs to another user than the program', () => {
    kept()?.write('main', CODE);
    chownSync(join(folder(), 'main'), 1234, 1234);
    expect(kept()?.read('main')).toBeUndefined();
    chownSync(join(folder(), 'main'), USER, USER);
    chownSync(folder(), 1234, 1234);
    expect(kept()?.read('main')).toBeUndefined();
  });

  test('nothing is written where the folder cannot be had, and nothing is said', () => {
    writeFileSync(join(home, '.code'), 'a file');
    expect(() => kept()?.write('main', CODE)).not.toThrow();
    expect(readFileSync(join(home, '.code'), 'utf8')).toBe('a file');
    expect(() => kept({ program: '/proc/1/none' })?.write('main', CODE)).not.toThrow();
  });
});

describe('the program', () => {
  let copy: ProjectCopy;
  beforeAll(async () => {
    copy = await buildProject();
  });
  afterAll(() => copy.remove());
  beforeEach(() => rmSync(copy.path('.code'), { recursive: true, force: true }));

  const decode = (env: Record<string, string> = {}) => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [copy.path('bin/tokctl.js'), 'decode', '-', '-o', 'json', '--at', '1800000000'],
      {
        input: jws(accessClaims(ISSUER)),
        encoding: 'utf8',
        timeout: 20_000,
        env: { PATH: '/usr/bin:/bin', HOME: home, ...env },
      },
    );
    return { status, stderr, kind: stdout === '' ? undefined : JSON.parse(stdout).token.kind };
  };
  const SOUND = { status: 0, stderr: '', kind: 'access_token' };

  const files = (): string[] => {
    const root = copy.path('.code');
    if (!existsSync(root)) return [];
    return readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name));
  };

  test('keeps the code of the files it ran, and runs by it', () => {
    expect(decode()).toEqual(SOUND);
    const first = files();
    expect(first.map((path) => path.replace(/.*\//, ''))).toEqual(['cli-start-decode.cjs.decode']);
    const times = first.map((path) => statSync(path).mtimeMs);
    expect(decode()).toEqual(SOUND);
    expect(files().map((path) => statSync(path).mtimeMs)).toEqual(times);
  });

  test.each([
    ['cut off', (code: Buffer) => code.subarray(0, code.length / 2)],
    ['without its end', (code: Buffer) => code.subarray(0, -1)],
    [
      'without a page',
      (code: Buffer) => Buffer.concat([code.subarray(0, 8192), Buffer.alloc(4096), code.subarray(12_288)]),
    ],
    ['empty', () => Buffer.alloc(0)],
    ['something else', () => Buffer.from('not compiled code')],
  ])('runs without it when it is %s, and keeps it anew', (_, damage) => {
    decode();
    for (const path of files()) writeFileSync(path, damage(readFileSync(path)));
    const damaged = files().map((path) => readFileSync(path));
    expect(decode()).toEqual(SOUND);
    expect(files().map((path) => readFileSync(path))).not.toEqual(damaged);
    expect(decode()).toEqual(SOUND);
  });

  test('keeps for a command what it ran, and not what its help ran', () => {
    const help = spawnSync(process.execPath, [copy.path('bin/tokctl.js'), 'decode', '--help'], { env: { HOME: home } });
    expect(help.status).toBe(0);
    expect(files().filter((path) => path.endsWith('.decode'))).toEqual([]);
    expect(files().filter((path) => path.endsWith('cli-cli.cjs.other'))).toHaveLength(1);
  });

  test('keeps nothing after a command that could not be read', () => {
    const { status } = spawnSync(process.execPath, [copy.path('bin/tokctl.js'), 'decode', '--no-such-option'], {
      env: { HOME: home },
    });
    expect(status).toBe(2);
    expect(files()).toEqual([]);
  });

  test('runs where nothing can be kept', () => {
    writeFileSync(copy.path('.code'), 'a file');
    expect(decode()).toEqual(SOUND);
  });

  test('writes to no folder of the user', () => {
    expect(decode({ XDG_CACHE_HOME: join(home, 'cache'), TMPDIR: home })).toEqual(SOUND);
    expect(readdirSync(home)).toEqual([]);
  });
});
