// The compiled code that is kept between runs: read from a folder of the user's own only, and never needed.

import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
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
  keptCode({ env: { HOME: home }, userId: USER, build: 'build-1', engine: 'v1-x64', ...over });
const folder = (build = 'build-1') => join(home, '.cache/tokctl/code/v1-x64', build);

describe('keptCode', () => {
  test('gives back what was kept, for that build and engine alone', () => {
    kept()?.write('main', CODE);
    expect(kept()?.read('main')).toEqual(CODE);
    expect(kept()?.read('other')).toBeUndefined();
    expect(kept({ build: 'build-2' })?.read('main')).toBeUndefined();
    expect(kept({ engine: 'v2-x64' })?.read('main')).toBeUndefined();
  });

  test('is for this user alone', () => {
    kept()?.write('main', CODE);
    expect(statSync(folder()).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder(), 'main')).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder())).toEqual(['main']);
  });

  test('forgets what another build kept', () => {
    kept()?.write('main', CODE);
    kept({ build: 'build-2' })?.write('main', CODE);
    expect(existsSync(folder())).toBe(false);
    expect(kept({ build: 'build-2' })?.read('main')).toEqual(CODE);
  });

  test('stands where XDG_CACHE_HOME says', () => {
    const env = { HOME: '/nonexistent', XDG_CACHE_HOME: join(home, 'mine') };
    kept({ env })?.write('main', CODE);
    expect(kept({ env })?.read('main')).toEqual(CODE);
    expect(existsSync(join(home, 'mine/tokctl/code'))).toBe(true);
  });

  test.each([
    ['there is no home', { env: {} }],
    ['the home is no path', { env: { HOME: 'relative' } }],
    ['Node is told to keep none', { env: { HOME: '/tmp', NODE_DISABLE_COMPILE_CACHE: '1' } }],
    ['coverage is measured', { env: { HOME: '/tmp', NODE_V8_COVERAGE: '/tmp/coverage' } }],
    ['the platform has no users', { userId: undefined }],
  ])('there is none where %s', (_, over) => {
    expect(kept(over)).toBeUndefined();
  });

  test.each([
    ['others can write to the folder', () => chmodSync(folder(), 0o777)],
    ['others can read the folder of all', () => chmodSync(join(home, '.cache/tokctl'), 0o755)],
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

  test('nothing is read that belongs to another user', () => {
    kept()?.write('main', CODE);
    expect(kept({ userId: USER + 1 })?.read('main')).toBeUndefined();
  });

  test('nothing is written where the folder cannot be had, and nothing is said', () => {
    writeFileSync(join(home, '.cache'), 'a file');
    expect(() => kept()?.write('main', CODE)).not.toThrow();
    expect(readFileSync(join(home, '.cache'), 'utf8')).toBe('a file');
  });
});

describe('the program', () => {
  let copy: ProjectCopy;
  beforeAll(async () => {
    copy = await buildProject();
  });
  afterAll(() => copy.remove());

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
    const root = join(home, '.cache/tokctl/code');
    if (!existsSync(root)) return [];
    return readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name));
  };

  test('keeps the code of the files it ran, and runs by it', () => {
    expect(decode()).toEqual(SOUND);
    const first = files();
    expect(first.map((path) => path.replace(/.*\//, '')).sort()).toEqual([
      'cli-cli.cjs.decode',
      'cli-decode.cjs.decode',
    ]);
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

  test('keeps nothing after a command that could not be read', () => {
    const { status } = spawnSync(process.execPath, [copy.path('bin/tokctl.js'), 'decode', '--no-such-option'], {
      env: { HOME: home },
    });
    expect(status).toBe(2);
    expect(files()).toEqual([]);
  });

  test('runs where nothing can be kept', () => {
    expect(decode({ XDG_CACHE_HOME: '/proc/1/none' })).toEqual(SOUND);
    expect(decode({ HOME: '/dev/null' })).toEqual(SOUND);
  });
});
