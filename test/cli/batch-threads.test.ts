// A long list on several threads, by the program as it is released: what comes out is what one thread prints.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Report } from '../../src/index.ts';
import { accessClaims, HOUR, ISSUER, jwks, jws, key, NOW } from '../library/keys.ts';
import { buildProject, type ProjectCopy, programOf } from '../package/project-copy.ts';

const LINES = 1200;
const keys = [key('ES256'), key('EdDSA'), key('RS256')];

/** Of every sort: sound, expired, of a strange key, damaged, pasted, as JSON with an id, empty, no token. */
const SORTS: readonly ((number: number) => string)[] = [
  (number) => jws(accessClaims(ISSUER, { jti: `id-${number}` }), { key: keys[number % 3] ?? key() }),
  (number) => jws(accessClaims(ISSUER, { exp: NOW - HOUR - number })),
  (number) => jws(accessClaims(ISSUER, { jti: `id-${number}` }), { header: { kid: 'strange' } }),
  (number) => jws(accessClaims(ISSUER, { jti: `id-${number}` })).slice(0, -7),
  (number) => `Bearer ${jws(accessClaims(ISSUER, { jti: `id-${number}` }))}`,
  (number) =>
    JSON.stringify({ id: `line ${number}`, token: jws(accessClaims(ISSUER, { sub: 'münchen 😀', n: 1e21 })) }),
  () => '',
  () => '{"token":5}',
  (number) => jws(accessClaims(ISSUER, { jti: `id-${number}`, aud: ['a', 'b'], nested: { '7': [null, 1.5] } })),
];

let copy: ProjectCopy;
let folder: string;
let list: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tokctl-threads-'));
  writeFileSync(join(folder, 'keys.json'), jwks(...keys));
  list = Array.from({ length: LINES }, (_, number) => SORTS[number % SORTS.length]?.(number)).join('\n');
  writeFileSync(join(folder, 'list'), list);
  copy = await buildProject();
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await copy.remove();
});

function start(words: readonly string[], stdin = '') {
  const argv = ['verify', '--jwks', 'keys.json', '--at', String(NOW), '-o', 'ndjson', ...words];
  const [command, ...first] = programOf(copy);
  const child = spawn(command, [...first, ...argv], {
    cwd: folder,
    env: { HOME: folder, PATH: '/usr/bin:/bin' },
  });
  const read = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => (read.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (read.stderr += text));
  child.stdin.on('error', () => {});
  child.stdin.end(stdin);
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) =>
    child.on('close', (code) => resolve({ code, ...read })),
  );
  return { child, ended };
}

const run = async (words: readonly string[], stdin = '') => {
  const { code, stdout, stderr } = await start(words, stdin).ended;
  return { code, stdout, stderr: stderr.replace(/ in [\d.]+ s/, ' in some time') };
};

const ALONE = ['--concurrency', '1'];

const reportsOf = (stdout: string): Report[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Report);

describe.runIf(availableParallelism() > 1)('a long list', () => {
  test.each([
    ['whole reports', []],
    ['one flat line each', ['--brief']],
    ['one member', ['--select', 'claims.jti']],
    ['those that are inactive', ['--only', 'inactive']],
    ['an issuer and expectations', ['--issuer', ISSUER, '--audience', 'b', '--min-ttl', '5m', '--strict']],
    ['nothing but the exit code', ['-q']],
    ['a warning for each that expires soon', ['--warn-ttl', '2h', '--brief']],
  ])('comes out as from one thread: %s', async (_, words) => {
    const [many, one] = [await run(['--from', 'list', ...words]), await run(['--from', 'list', ...words, ...ALONE])];
    expect(many.stdout).toBe(one.stdout);
    expect(many.stderr.split('\n').sort()).toEqual(one.stderr.split('\n').sort());
    expect(many.code).toBe(one.code);
    expect(one.code).toBe(2);
  });

  test('--brief says what stands in the whole reports', async () => {
    const [whole, brief] = [await run(['--from', 'list']), await run(['--from', 'list', '--brief'])];
    const picked = reportsOf(whole.stdout).map(({ id, verdict, active, exit_code, token, times, causes, error }) => ({
      id,
      verdict,
      active,
      exit_code,
      sha256: token?.sha256,
      kind: token?.kind,
      expires_at: times?.expires_at,
      cause: causes[0]?.code ?? error?.code,
    }));
    expect(picked.map((line) => JSON.stringify(line))).toEqual(brief.stdout.trimEnd().split('\n'));
    expect(new Set(picked.map(({ verdict }) => verdict))).toEqual(new Set(['active', 'inactive', 'unknown']));
    expect(brief.code).toBe(whole.code);
  });

  test('from stdin too', async () => {
    expect((await run(['--from', '-'], list)).stdout).toBe((await run(['--from', 'list', ...ALONE])).stdout);
  });

  test('in shares, which together are the whole', async () => {
    const shares = await Promise.all([1, 2, 3].map((share) => run(['--from', 'list', '--shard', `${share}/3`])));
    const whole = await run(['--from', 'list', ...ALONE]);
    const lines = (text: string): string[] => text.trimEnd().split('\n').sort();
    expect(lines(shares.map(({ stdout }) => stdout).join(''))).toEqual(lines(whole.stdout));
  });

  test('tells what was stripped once', async () => {
    const { stderr } = await run(['--from', 'list']);
    expect(stderr.match(/note:/g)).toHaveLength(1);
    expect(stderr).toContain('note: line 5: the scheme `Bearer` was stripped');
  });

  test('with an exit code of its tokens', async () => {
    const sound = Array.from({ length: 300 }, (_, number) => SORTS[0]?.(number)).join('\n');
    expect(await run(['--from', '-', '--brief'], sound)).toMatchObject({ code: 0 });
    expect(await run(['--from', '-', '--brief'], `${sound}\n${SORTS[1]?.(1)}`)).toMatchObject({ code: 1 });
    expect(await run(['--from', '-', '--brief'], ' \n'.repeat(60_000))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('the input is empty'),
    });
  });

  test('ends at Ctrl-C, and says where to go on', async () => {
    writeFileSync(join(folder, 'longer'), `${list}\n`.repeat(40));
    const { child, ended } = start(['--from', 'longer']);
    child.stdout.once('data', () => child.kill('SIGINT'));
    const { code, stdout, stderr } = await ended;
    expect(code).toBe(130);
    const next = Number(/the first line without an answer is line (\d+)/.exec(stderr)?.[1]);
    const answered = `${list}\n`
      .repeat(40)
      .split('\n')
      .slice(0, next - 1);
    expect(stdout.trimEnd().split('\n')).toHaveLength(answered.filter((line) => line !== '').length);
  });
});
