// The program as a process, built as it is released: its streams, its signals, and what it leaves behind.

import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { accessClaims, ISSUER, jws } from '../library/keys.ts';
import { buildProject, type ProjectCopy, programOf } from '../package/project-copy.ts';
import { silence } from '../servers/answers.ts';
import { listen, scriptedServer } from '../servers/scripted-server.ts';

let copy: ProjectCopy;
let home: string;
beforeAll(async () => {
  [copy, home] = await Promise.all([buildProject(), mkdtemp(join(tmpdir(), 'tokctl-home-'))]);
});
afterAll(async () => {
  await Promise.all([copy?.remove(), rm(home, { recursive: true, force: true })]);
});

interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

interface Start {
  stdin?: string | 'nothing' | 'open';
  /** Closes the reading end of stdout before anything is written. */
  deafTo?: 'stdout' | 'stderr';
  env?: Record<string, string>;
}

function start(argv: readonly string[], { stdin = 'nothing', deafTo, env = {} }: Start = {}) {
  const [command, ...first] = programOf(copy);
  const child = spawn(command, [...first, ...argv], {
    cwd: home,
    env: { HOME: home, PATH: '/usr/bin:/bin', ...env },
    stdio: [stdin === 'nothing' ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  const read = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    if (deafTo === name) child[name]?.destroy();
    else child[name]?.on('data', (chunk) => (read[name] += String(chunk)));
  if (stdin !== 'nothing' && stdin !== 'open') child.stdin?.end(stdin);
  const ended = new Promise<Ending>((resolve) =>
    child.on('close', (code, signal) => resolve({ code, signal, ...read })),
  );
  return { child, ended };
}

const run = (argv: readonly string[], options: Start = {}): Promise<Ending> => start(argv, options).ended;
const TOKEN = jws(accessClaims(ISSUER));

describe('streams', () => {
  test('a token from a pipe, a result on stdout, nothing else', async () => {
    const { code, stdout, stderr } = await run(['decode', '--json'], { stdin: `${TOKEN}\n` });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout).claims.sub).toBe('user-001');
  });

  test('nothing on stdin is no token', async () => {
    expect(await run(['decode'])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('ERR_TOKEN_MISSING'),
    });
  });

  test('an answer of a megabyte comes out whole', async () => {
    const lines = `${TOKEN}\n`.repeat(500);
    const { code, stdout } = await run(['decode', '--from', '-', '-o', 'ndjson'], { stdin: lines });
    expect([code, stdout.trimEnd().split('\n').length]).toEqual([0, 500]);
  });

  test.each(['stdout', 'stderr'] as const)('a closed %s keeps the exit code, and nothing complains', async (deafTo) => {
    const untrusted = await run(['verify', '-'], { stdin: TOKEN, deafTo });
    expect(untrusted.code).toBe(3);
    expect(untrusted.stderr).not.toMatch(/EPIPE|at .*:\d+/);
    expect((await run(['decode', '-'], { stdin: TOKEN, deafTo })).code).toBe(0);
    const damaged = await run(['decode', '-'], { stdin: `${TOKEN}!`, deafTo });
    expect(damaged.code).toBe(1);
  });

  test.each([
    ['decode', 0],
    ['verify', 3],
  ])('a reader that leaves ends a batch of %s, however long it is', async (command, exit) => {
    const { child, ended } = start([command, '--from', '-', '-o', 'ndjson'], { stdin: 'open' });
    child.stdout?.once('data', () => child.stdout?.destroy());
    child.stdin?.on('error', () => {});
    const chunk = `${TOKEN}\n`.repeat(100);
    const feed = (): void => void child.stdin?.write(chunk, (error) => error == null && feed());
    feed();
    const { code, stderr } = await ended;
    const [, done, next] =
      /^stdout was closed: .*?(\d+) (?:read, 0 damaged|unknown) in .*; the first line without an answer is line (\d+)\n$/.exec(
        stderr,
      ) ?? [];
    expect(code).toBe(exit);
    expect(Number(next)).toBe(Number(done) + 1);
  });

  test('a reader that leaves has no more asked of the server', async () => {
    let asked = 0;
    const server = createServer((request, response) => {
      asked += 1;
      request.resume().on('end', () => {
        response.setHeader('content-type', 'application/json');
        response.end('{"active":false}');
      });
    });
    const port = await listen(server);
    onTestFinished(() => void server.close());
    const stdin = Array.from({ length: 20_000 }, (_, number) => `opaque-token-number-${number}\n`).join('');
    const client = ['--client-id', 'c', '--client-secret', 'env:SECRET', '--concurrency', '4'];
    const endpoint = ['--introspection-endpoint', `http://127.0.0.1:${port}/`];
    const { child, ended } = start(['introspect', '--from', '-', '-o', 'ndjson', ...endpoint, ...client], {
      stdin,
      env: { SECRET: 'a-secret-of-the-test' },
    });
    child.stdin?.on('error', () => {});
    child.stdout?.once('data', () => child.stdout?.destroy());
    const { code, stderr } = await ended;
    // Inactive tokens were seen: the exit code is that of the answers until then.
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^stdout was closed: 0 active, /) });
    expect(asked).toBeGreaterThan(0);
    expect(asked).toBeLessThan(2000);
  });
});

describe('signals', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('%s during a request ends it: exit 130, nothing said', async (signal) => {
    const server = await scriptedServer([silence]);
    const { child, ended } = start(['verify', '-', '--issuer', server.origin], { stdin: TOKEN });
    while (server.received.length === 0) await new Promise((resolve) => setImmediate(resolve));
    child.kill(signal);
    expect(await ended).toMatchObject({ code: 130, signal: null, stdout: '', stderr: '' });
    await server.idle();
  });

  test('a connection that hangs does not keep the process after its answer', async () => {
    const server = await scriptedServer([silence]);
    const { code, stderr } = await run(['verify', '-', '--issuer', server.origin, '--timeout', '300ms'], {
      stdin: jws(accessClaims(server.origin)),
    });
    expect([code, stderr]).toEqual([3, expect.stringContaining('ERR_TIMEOUT')]);
  });
});

describe('the machine', () => {
  test('nothing is written to disk', async () => {
    await run(['decode', '-'], { stdin: TOKEN });
    await run(['verify', '-'], { stdin: TOKEN });
    expect(await readdir(home)).toEqual([]);
  });

  test('a directory in place of a file', async () => {
    expect(await run(['decode', '@.'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('got `.`: a directory'),
    });
    expect(await run(['verify', TOKEN, '--jwks', '.'])).toMatchObject({ code: 2 });
  });

  test('variables of others change nothing: NODE_OPTIONS of a debugger apart, DEBUG, NODE_DEBUG and the like', async () => {
    const env = { DEBUG: '*', NODE_DEBUG: 'http,tls', CI: 'true', npm_config_loglevel: 'silly' };
    const plain = await run(['decode', '-'], { stdin: TOKEN });
    const { stdout, code } = await run(['decode', '-'], { stdin: TOKEN, env });
    expect({ stdout, code }).toEqual({ stdout: plain.stdout, code: plain.code });
  });

  test('a secret from a command, and one from a command that fails', async () => {
    const asked = [
      'introspect',
      '-',
      '--introspection-endpoint',
      'http://127.0.0.1:1/i',
      '--client-id',
      'a',
      '--offline',
      '--json',
    ];
    const good = await run([...asked, '--client-secret', 'cmd:printf s3cr3t-s3cr3t'], { stdin: 'opaque-token-0001' });
    expect(JSON.parse(good.stdout).error.code).toBe('ERR_OFFLINE');
    const bad = await run([...asked, '--client-secret', 'cmd:exit 7'], { stdin: 'opaque-token-0001' });
    expect([bad.code, JSON.parse(bad.stdout).error.code]).toEqual([2, 'ERR_CONFIG_INVALID']);
  });

  test('the version, and help, without anything else', async () => {
    expect(await run(['--version'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      stderr: '',
    });
    expect(await run(['verify', '--help'])).toMatchObject({ code: 0, stderr: '' });
    expect((await run([])).code).toBe(2);
  });
});
