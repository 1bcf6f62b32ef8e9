// The package as users get it: packed from a copy, installed without a network into an empty folder, and used.

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Playground } from '../../src/demo/playground.ts';
import { playgroundForTest } from '../demo/asking.ts';
import { accessClaims, ISSUER, jwks, jws, key } from '../library/keys.ts';
import { copyProject, PROJECT, type ProjectCopy } from './project-copy.ts';

const execute = promisify(execFile);

interface Packed {
  filename: string;
  unpackedSize: number;
  files: { path: string; size: number; mode: number }[];
}

let copy: ProjectCopy;
let packed: Packed;
let home: string;
let playground: Playground;

/** As on a machine that has node and npm and nothing else: no configuration, no cache, no network. */
const bare = () => ({
  HOME: home,
  PATH: `${join(process.execPath, '..')}:/usr/bin:/bin`,
  npm_config_update_notifier: 'false',
});

beforeAll(async () => {
  [copy, home, playground] = await Promise.all([
    copyProject(),
    mkdtemp(join(tmpdir(), 'tokctl-user-')),
    playgroundForTest(),
  ]);
  const { stdout } = await execute('npm', ['pack', '--json', '--silent'], { cwd: copy.folder, env: bare() });
  [packed] = JSON.parse(stdout.slice(stdout.indexOf('['))) as [Packed];
  await mkdir(join(home, 'work'));
  await writeFile(join(home, 'work/package.json'), '{"name":"consumer","private":true,"type":"module"}');
  const install = ['install', '--offline', '--no-audit', '--no-fund', join(copy.folder, packed.filename)];
  await execute('npm', install, { cwd: join(home, 'work'), env: bare() });
});
afterAll(async () => {
  await Promise.all([copy?.remove(), rm(home, { recursive: true, force: true }), playground?.close()]);
});

const installed = (...names: string[]): string => join(home, 'work/node_modules/tokctl', ...names);

interface Ending {
  code: number;
  stdout: string;
  stderr: string;
}

async function tokctl(argv: readonly string[], stdin = '', env: Record<string, string> = {}): Promise<Ending> {
  const running = execute(join(home, 'work/node_modules/.bin/tokctl'), argv, { cwd: home, env: { ...bare(), ...env } });
  running.child.stdin?.end(stdin);
  return running.then(
    (done) => ({ code: 0, ...done }),
    (failed: Ending) => failed,
  );
}

// ---------------------------------------------------------------- what is in it

describe('the tarball', () => {
  const ALLOWED =
    /^(?:bin\/(?:tokctl\.js|package\.json)|dist\/(?:(?:cli|library|types)\/)?.*\.(?:c?js|d\.ts|txt)|schema\/[\w.-]+\.schema\.json|man\/tokctl\.1|package\.json|LICENSE|README\.md|CHANGELOG\.md|action\.yml)$/;

  test('holds what is on the list and nothing else', () => {
    const paths = packed.files.map(({ path }) => path);
    expect(paths.filter((path) => !ALLOWED.test(path))).toEqual([]);
    expect(paths).toEqual(expect.arrayContaining(['package.json', 'LICENSE', 'bin/tokctl.js', 'dist/index.js']));
    expect(paths).toEqual(expect.arrayContaining(['dist/types/index.d.ts', 'dist/THIRD_PARTY_LICENSES.txt']));
  });

  test('holds no source map, no test, no key, and no path of the machine that built it', async () => {
    expect(packed.files.filter(({ path }) => /\.map$|test|vectors|\.pem$|\.key$/i.test(path))).toEqual([]);
    const found: string[] = [];
    for (const { path } of packed.files) {
      const text = await readFile(installed(path), 'utf8');
      if (text.includes(copy.folder) || text.includes(PROJECT) || text.includes(home)) found.push(`${path}: a path`);
      if (/sourceMappingURL=/.test(text)) found.push(`${path}: a source map`);
      if (/-----BEGIN (?:RSA |EC )?PRIVATE KEY-----\s*MI/.test(text)) found.push(`${path}: a private key`);
    }
    expect(found).toEqual([]);
  });

  test('brings no dependency to install', async () => {
    const { dependencies, devDependencies, scripts, optionalDependencies } = JSON.parse(
      await readFile(installed('package.json'), 'utf8'),
    );
    expect({ dependencies, optionalDependencies }).toEqual({});
    expect(Object.keys(scripts ?? {}).filter((name) => /^(?:pre|post)?install$/.test(name))).toEqual([]);
    expect(Object.keys(devDependencies).length).toBeGreaterThan(0);
    await expect(readFile(installed('node_modules/jose/package.json'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('lists the licence of every package that is in it', async () => {
    const licences = await readFile(installed('dist/THIRD_PARTY_LICENSES.txt'), 'utf8');
    const { inputs } = JSON.parse(await readFile(copy.path('dist/metafile.json'), 'utf8')) as { inputs: object };
    const names = Object.keys(inputs).flatMap((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []);
    const missing = [...new Set(names)].filter((name) => !new RegExp(`^${name} \\d`, 'm').test(licences));
    expect(names).toEqual(expect.arrayContaining(['jose', 'commander', 'undici', 'oidc-provider', 'zod']));
    expect(missing).toEqual([]);
    const unnamed = [...licences.matchAll(/^([\w@/.-]+) (\d\S*) \((.*)\)$/gm)].filter(
      ([, , , licence = '']) => !/MIT|ISC|BSD|Apache|0BSD|BlueOak/.test(licence),
    );
    expect(unnamed.map(([line]) => line)).toEqual([]);
  });

  test('is small enough to fetch in a pipeline', () => {
    expect(packed.unpackedSize).toBeLessThan(6_000_000);
  });
});

// ---------------------------------------------------------------- the program

describe('the program', () => {
  test('--version says that of the package', async () => {
    const { version } = JSON.parse(await readFile(installed('package.json'), 'utf8'));
    expect(await tokctl(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  test('decode', async () => {
    const { code, stdout, stderr } = await tokctl(['decode', '-', '--json'], playground.facts.tokens.active_jwt);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout).token).toMatchObject({ format: 'jws', kind: 'access_token' });
  });

  test.each([
    ['active_jwt', 0],
    ['expired_jwt', 1],
    ['forged_jwt', 1],
    ['damaged_jwt', 1],
    ['active_opaque', 3],
  ] as const)('verify: %s ends with %d', async (name, code) => {
    const { issuer, tokens } = playground.facts;
    expect((await tokctl(['verify', '-', '--issuer', issuer, '-q'], tokens[name])).code).toBe(code);
  });

  test.each([
    ['active_opaque', 0],
    ['revoked', 1],
    ['never_issued', 1],
    ['active_jwt', 0],
    ['forged_jwt', 1],
  ] as const)('introspect: %s ends with %d', async (name, code) => {
    const { issuer, tokens } = playground.facts;
    const argv = ['introspect', '-', '--issuer', issuer, '--client-id', 'test-client', '--client-secret', 'env:SECRET'];
    const ending = await tokctl([...argv, '--json'], tokens[name], { SECRET: 'test-secret' });
    expect(ending.code).toBe(code);
    expect(JSON.parse(ending.stdout).exit_code).toBe(code);
    expect(ending.stdout + ending.stderr).not.toContain(tokens[name]);
  });

  test('the table, and a word explained', async () => {
    const table = await tokctl(
      ['verify', '-', '--issuer', playground.facts.issuer],
      playground.facts.tokens.active_jwt,
    );
    expect(table).toMatchObject({ code: 0, stdout: expect.stringContaining('✓ active - verified locally') });
    expect(await tokctl(['explain', 'aud'])).toMatchObject({ code: 0, stdout: expect.stringContaining('RFC 7519') });
  });

  test('a playground of its own', async () => {
    const tour = await tokctl(['demo', '--tour']);
    expect(tour.code).toBe(0);
    expect(tour.stdout).toContain('introspect');
  });
});

// ---------------------------------------------------------------- the library

const CONSUMER = `
import { decode, introspect, verify, TokctlError, type Report, type VerifyOptions } from 'tokctl';

const options: VerifyOptions = { jwks: process.argv[3]!, issuer: '${ISSUER}', now: 1_800_000_000, expectations: { audience: ['https://api.example.com'] } };
const report: Report = await verify(process.argv[2]!, options);
const verdict: 'active' | 'inactive' | 'unknown' = report.verdict;
const names: string[] = report.checks.filter(({ outcome }) => outcome === 'failed').map(({ name }) => name);
const { token } = await decode(process.argv[2]!);
let code: string | undefined;
try {
  await introspect('opaque', { jwks: '{}', key: 'x' });
} catch (error) {
  if (error instanceof TokctlError) code = error.code;
}
console.log(JSON.stringify({ verdict, names, kind: token?.kind, code, exit: report.exit_code }));
`;

/** What a consumer may rely on, to the letter: a type that became wider or narrower fails to compile. */
const EXACT = `
import {
  baselineOf, decode, doctor, introspect, newMemory, printJson, TokctlError, verify,
  type Check, type DecodeOptions, type Description, type DoctorReport, type ErrorCode, type ExitCode, type Expectations,
  type FetchLike, type IntrospectOptions, type Memory, type Mode, type Outcome, type Report, type Verdict, type VerifyOptions,
} from 'tokctl';

type Exactly<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Is<T extends true> = T;
type Fits<A, B> = [A] extends [B] ? true : false;

export type Answers = [
  Is<Exactly<Report['verdict'], 'active' | 'inactive' | 'unknown'>>,
  Is<Exactly<Report['verdict'], Verdict>>,
  Is<Exactly<Report['active'], boolean | null>>,
  Is<Exactly<ExitCode, 0 | 1 | 2 | 3 | 70 | 130>>,
  Is<Exactly<Outcome, 'passed' | 'failed' | 'warned' | 'skipped'>>,
  Is<Exactly<Check['outcome'], Outcome>>,
  Is<Fits<'claim:tenant', Check['name']>>,
  Is<Exactly<Fits<'no_such_check', Check['name']>, false>>,
  Is<Fits<Report, Description>>,
  Is<Exactly<Fits<Description, Report>, false>>,
];

export type Questions = [
  Is<Exactly<Mode, 'auto' | 'local' | 'remote' | 'both'>>,
  Is<Exactly<Expectations['code'], string | undefined>>,
  Is<Exactly<Expectations['accessToken'], string | undefined>>,
  Is<Exactly<VerifyOptions['fetch'], FetchLike | undefined>>,
  Is<Exactly<VerifyOptions['memory'], Memory | undefined>>,
  Is<Fits<VerifyOptions, DecodeOptions>>,
  Is<Fits<IntrospectOptions, VerifyOptions>>,
  Is<Fits<typeof fetch, FetchLike>>,
];

export type Functions = [
  Is<Exactly<ReturnType<typeof decode>, Promise<Description>>>,
  Is<Exactly<ReturnType<typeof verify>, Promise<Report>>>,
  Is<Exactly<ReturnType<typeof introspect>, Promise<Report>>>,
  Is<Exactly<ReturnType<typeof doctor>, Promise<DoctorReport>>>,
  Is<Exactly<ReturnType<typeof newMemory>, Memory>>,
  Is<Exactly<Parameters<typeof decode>[0], string>>,
  Is<Exactly<ReturnType<typeof printJson>, string>>,
  Is<Exactly<ReturnType<typeof baselineOf>, string | undefined>>,
  Is<Fits<TokctlError, Error>>,
  Is<Exactly<TokctlError['code'], ErrorCode>>,
];
`;

type Compiler = readonly [version: string, says: string, flags: readonly string[], tsc: string];

const NODE_TYPES = ['--types', 'node', '--typeRoots', join(PROJECT, 'node_modules/@types')];

/** That of tokctl, and the older one that attw brings; as Node resolves, and as a bundler does. */
const COMPILERS: readonly [Compiler, ...Compiler[]] = [
  ...compilers('node_modules/typescript'),
  ...compilers('node_modules/@arethetypeswrong/core/node_modules/typescript'),
] as [Compiler, ...Compiler[]];

function compilers(path: string): Compiler[] {
  const { version } = JSON.parse(readFileSync(join(PROJECT, path, 'package.json'), 'utf8'));
  const tsc = join(PROJECT, path, 'bin/tsc');
  return [
    [version, 'as Node resolves', ['--module', 'nodenext', '--target', 'es2022'], tsc],
    [version, 'as a bundler does', ['--module', 'esnext', '--moduleResolution', 'bundler', '--target', 'es2022'], tsc],
  ];
}

describe('the library', () => {
  const folder = () => join(home, 'work');

  test('has types that a strict consumer compiles with, and does what they say', async () => {
    await writeFile(join(folder(), 'consumer.ts'), CONSUMER);
    const flags = ['--strict', '--target', 'es2022', '--module', 'nodenext', '--exactOptionalPropertyTypes'];
    const tsc = join(PROJECT, 'node_modules/typescript/bin/tsc');
    const compiled = await execute(process.execPath, [tsc, ...flags, ...NODE_TYPES, 'consumer.ts'], {
      cwd: folder(),
    }).catch(({ stdout }) => ({ stdout }));
    expect(compiled.stdout).toBe('');
    const token = jws(accessClaims(ISSUER));
    const ran = await execute(process.execPath, ['consumer.js', token, jwks(key())], { cwd: folder(), env: bare() });
    expect(JSON.parse(ran.stdout)).toEqual({
      verdict: 'active',
      names: [],
      kind: 'access_token',
      code: 'ERR_USAGE',
      exit: 0,
    });
  });

  test.each(COMPILERS)(
    'has types that are exactly these, by TypeScript %s, %s',
    async (_version, _says, flags, tsc) => {
      await writeFile(join(folder(), 'exact.ts'), EXACT);
      const argv = [tsc, '--noEmit', '--strict', '--lib', 'es2023', ...flags, ...NODE_TYPES, 'exact.ts'];
      const { stdout } = await execute(process.execPath, argv, { cwd: folder() }).catch((failed: Ending) => failed);
      expect(stdout).toBe('');
    },
  );

  test('whose assertions can fail', async () => {
    const wrong = EXACT.replace("Exactly<Report['verdict'], 'active'", "Exactly<Report['verdict'], 'valid' | 'active'");
    expect(wrong).not.toBe(EXACT);
    await writeFile(join(folder(), 'inexact.ts'), wrong);
    const [[, , flags, tsc]] = COMPILERS;
    const argv = [tsc, '--noEmit', '--strict', '--lib', 'es2023', ...flags, ...NODE_TYPES, 'inexact.ts'];
    await expect(execute(process.execPath, argv, { cwd: folder() })).rejects.toMatchObject({
      stdout: expect.stringContaining("'false' does not satisfy the constraint 'true'"),
    });
  });

  test('refuses what the types refuse', async () => {
    const wrong = `import { verify } from 'tokctl';\nawait verify('x', { issuers: 'y' });\n`;
    await writeFile(join(folder(), 'wrong.ts'), wrong);
    const tsc = join(PROJECT, 'node_modules/typescript/bin/tsc');
    const argv = [tsc, '--strict', '--noEmit', '--module', 'nodenext', '--skipLibCheck', '--types', '', 'wrong.ts'];
    await expect(execute(process.execPath, argv, { cwd: folder() })).rejects.toMatchObject({
      stdout: expect.stringContaining("'issuers' does not exist"),
    });
  });

  test('gives its schemas by name, and nothing of its inside', async () => {
    const script = `
      const show = (name) => import.meta.resolve(name).includes('/node_modules/tokctl/');
      const hidden = await import('tokctl/dist/launch.cjs').catch(({ code }) => code);
      console.log(show('tokctl/schema/config.schema.json'), show('tokctl/package.json'), hidden);`;
    const { stdout } = await execute(process.execPath, ['--input-type=module', '-e', script], {
      cwd: folder(),
      env: bare(),
    });
    expect(stdout).toBe('true true ERR_PACKAGE_PATH_NOT_EXPORTED\n');
  });
});
