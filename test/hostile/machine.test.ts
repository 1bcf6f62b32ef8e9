// The faults of the machine, met by the program as it is released: full disks, closed streams, no home, odd zones and
// locales, signals at any moment, many runs at once (test/cli/host.test.ts has the streams and signals of every day).

import { spawn } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tokctl } from '../cli/transcript.ts';
import { issuerServer } from '../library/issuer-server.ts';
import { accessClaims, HOUR, ISSUER, jwks, jws, key, NOW } from '../library/keys.ts';
import { buildProject, type ProjectCopy, programOf } from '../package/project-copy.ts';
import { silence } from '../servers/answers.ts';
import { scriptedServer } from '../servers/scripted-server.ts';

let copy: ProjectCopy;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tokctl-machine-'));
  writeFileSync(join(folder, 'keys.json'), jwks(key()));
  copy = await buildProject();
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await copy.remove();
});

interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

interface Start {
  stdin?: string;
  /** A file descriptor in place of a pipe. */
  stdout?: number;
  stderr?: number;
  env?: Record<string, string | undefined>;
}

function start(argv: readonly string[], { stdin = '', stdout, stderr, env = {} }: Start = {}) {
  const [command, ...first] = programOf(copy);
  const child = spawn(command, [...first, ...argv], {
    cwd: folder,
    env: { HOME: folder, PATH: '/usr/bin:/bin', ...env },
    stdio: ['pipe', stdout ?? 'pipe', stderr ?? 'pipe'],
  });
  const read = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => (read.stdout += String(chunk)));
  child.stderr?.on('data', (chunk) => (read.stderr += String(chunk)));
  child.stdin?.on('error', () => {});
  child.stdin?.end(stdin);
  const ended = new Promise<Ending>((resolve) =>
    child.on('close', (code, signal) => resolve({ code, signal, ...read })),
  );
  return { child, ended };
}

const run = (argv: readonly string[], options: Start = {}): Promise<Ending> => start(argv, options).ended;

const TOKEN = jws(accessClaims(ISSUER));
const VERIFY = ['verify', '-', '--jwks', 'keys.json', '--at', String(NOW)];
const EXPIRED = jws(accessClaims(ISSUER, { exp: NOW - HOUR }));

/** A device that is always full; where there is none, nothing is tried. */
const FULL = '/dev/full';

describe.runIf(existsSync(FULL))('a disk that is full', () => {
  const full = async (argv: readonly string[], where: 'stdout' | 'stderr', stdin = TOKEN) => {
    const descriptor = openSync(FULL, 'w');
    try {
      return await run(argv, { stdin, [where]: descriptor });
    } finally {
      closeSync(descriptor);
    }
  };

  test.each([['table'], ['json'], ['junit'], ['github'], ['nagios'], ['openmetrics'], ['markdown'], ['ndjson']])(
    'takes no answer as %s: that is told, and is no yes',
    async (form) => {
      const { code, stderr } = await full([...VERIFY, '-o', form], 'stdout');
      expect([code, stderr]).toEqual([
        form === 'nagios' ? 3 : 2,
        expect.stringContaining('`ENOSPC`: no space is left'),
      ]);
      expect(stderr).not.toContain('fault of its own');
    },
  );

  test('takes none of a batch', async () => {
    const { code } = await full(
      ['verify', '--from', '-', '--jwks', 'keys.json', '--at', String(NOW)],
      'stdout',
      `${TOKEN}\n`.repeat(200),
    );
    expect(code).toBe(2);
  });

  test.each([[['--version']], [['--help']], [['explain', 'exp']], [['completion', 'bash']], [['config', 'path']]])(
    'takes nothing of %j',
    async (argv) => {
      expect((await full(argv, 'stdout')).code).toBe(2);
    },
  );

  test('takes no talk: the answer and the exit code stay what they are', async () => {
    expect(await full([...VERIFY, '-v'], 'stderr')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('active'),
    });
    expect(await full(VERIFY, 'stderr', EXPIRED)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('inactive'),
    });
    expect(await full(['verify', '-', '-o', 'json'], 'stderr')).toMatchObject({
      code: 3,
      stdout: expect.stringContaining('ERR_ISSUER_UNTRUSTED'),
    });
  });
});

describe('streams that are closed before the start', () => {
  const shell = (redirections: string, argv: readonly string[]): Promise<Ending> => {
    const words = [...programOf(copy), ...argv].map((word) => `'${word}'`).join(' ');
    const child = spawn('/bin/sh', ['-c', `exec ${words} ${redirections}`], { cwd: folder, env: { HOME: folder } });
    const read = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => (read.stdout += String(chunk)));
    child.stderr.on('data', (chunk) => (read.stderr += String(chunk)));
    child.stdin.on('error', () => {});
    child.stdin.end(TOKEN);
    return new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal, ...read })));
  };

  test.each([
    ['>&-', 0],
    ['2>&-', 0],
    ['>&- 2>&-', 0],
    ['<&-', 2],
    ['<&- >&- 2>&-', 2],
    ['>/dev/null 2>/dev/null', 0],
  ])('%s', async (redirections, code) => {
    const before = readFileSync(join(folder, 'keys.json'), 'utf8');
    expect((await shell(redirections, VERIFY)).code).toBe(code);
    // A file that is opened takes the number of a closed stream: nothing may be written into it.
    expect(readFileSync(join(folder, 'keys.json'), 'utf8')).toBe(before);
  });
});

describe('a home that is none', () => {
  const locked = () => {
    const path = mkdtempSync(join(folder, 'locked-'));
    chmodSync(path, 0o500);
    return path;
  };
  const homes: [string, () => Record<string, string | undefined>][] = [
    ['not set', () => ({ HOME: undefined })],
    ['empty', () => ({ HOME: '' })],
    ['not there', () => ({ HOME: join(folder, 'absent') })],
    ['a file', () => ({ HOME: join(folder, 'keys.json') })],
    ['a device', () => ({ HOME: '/dev/null' })],
    ['read-only', () => ({ HOME: locked() })],
    ['a relative path', () => ({ HOME: '../x' })],
    ['with odd characters', () => ({ HOME: `${folder}/\u202e \n` })],
    ['not there, by XDG', () => ({ XDG_CONFIG_HOME: '/dev/null/x', XDG_CACHE_HOME: '/dev/null/x' })],
  ];

  test.each(homes)('%s', async (_, env) => {
    const server = await issuerServer();
    const token = jws(accessClaims(server.issuer));
    expect(await run(VERIFY, { stdin: TOKEN, env: env() })).toMatchObject({ code: 0, stderr: '' });
    const cached = await run(
      ['verify', '-', '--issuer', server.issuer, '--at', String(NOW), '--cache', '1h', '--json'],
      { stdin: token, env: env() },
    );
    expect(cached.code, cached.stderr).toBe(0);
    const config = await run(['config', 'path'], { env: env() });
    expect([0, 2]).toContain(config.code);
  });
});

describe('zones and locales', () => {
  test.each([
    '',
    'UTC',
    'No/Where',
    ':::',
    '../../../etc/passwd',
    'Europe/Berlin',
    '<\u202e>5',
    'a'.repeat(5000),
    '+99:99',
  ])('TZ=%j', async (TZ) => {
    const plain = await run([...VERIFY, '-o', 'json'], { stdin: TOKEN });
    const odd = await run([...VERIFY, '-o', 'json'], { stdin: TOKEN, env: { TZ } });
    expect(odd).toEqual(plain);
    const local = await run([...VERIFY, '--tz', 'local'], { stdin: TOKEN, env: { TZ } });
    expect([0, 2]).toContain(local.code);
  });

  test.each([
    { LC_ALL: 'C' },
    { LC_ALL: 'POSIX', LANG: 'C' },
    { LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR' },
    { LC_ALL: 'ar_EG.UTF-8', LANGUAGE: 'ar' },
    { LANG: '../../x', LC_ALL: '\u001b[2J' },
  ])('%j', async (env) => {
    const plain = await run(VERIFY, { stdin: TOKEN });
    expect(await run(VERIFY, { stdin: TOKEN, env })).toEqual(plain);
  });
});

describe('signals', () => {
  const INTERRUPTED = [130, null];

  test('at any moment of a request: never an answer, never half a line', async () => {
    for (let wait = 0; wait < 12; wait += 1) {
      const server = await scriptedServer(wait < 6 ? [] : [silence]);
      const { child, ended } = start(['verify', '-', '--issuer', server.origin, '--retry', '0', '-o', 'json'], {
        stdin: jws(accessClaims(server.origin)),
      });
      if (wait < 6) await turns(wait * 400);
      else while (server.received.length === 0) await turns(1);
      child.kill('SIGINT');
      const { code, stdout, stderr } = await ended;
      // Before the program listens it is the shell's own way to end.
      expect(INTERRUPTED).toContain(code);
      expect([stdout, stderr]).toEqual(['', '']);
    }
  });

  test('in a batch: what is printed is whole', async () => {
    const lines = `${TOKEN}\n`.repeat(30_000);
    const { child, ended } = start(
      ['verify', '--from', '-', '--jwks', 'keys.json', '--at', String(NOW), '-o', 'ndjson'],
      { stdin: lines },
    );
    await new Promise((resolve) => child.stdout?.once('data', resolve));
    child.kill('SIGINT');
    const { code, stdout, stderr } = await ended;
    expect(code).toBe(130);
    const printed = stdout.trimEnd().split('\n');
    expect(printed.length).toBeLessThan(30_000);
    for (const line of printed) expect(JSON.parse(line)).toMatchObject({ verdict: 'active' });
    expect(stderr).not.toMatch(/ {2}at /);
  });
});

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

describe('one cache for many runs', () => {
  const argvFor = (issuer: string) => [
    ...['verify', '-', '--issuer', issuer, '--at', String(NOW), '--cache', '1h', '--timeout', '2m', '-o', 'json'],
  ];
  /** Every entry is whole, and holds nothing of the token. */
  const wholeEntries = (cache: string, token: string): string[] => {
    const all = existsSync(join(cache, 'tokctl')) ? readdirSync(join(cache, 'tokctl')) : [];
    const entries = all.filter((name) => name.endsWith('.json'));
    for (const name of entries) {
      const text = readFileSync(join(cache, 'tokctl', name), 'utf8');
      expect(JSON.parse(text)).toMatchObject({ schema: 'tokctl.cache/1', document: expect.any(String) });
      for (const part of token.split('.')) expect(text).not.toContain(part);
    }
    return entries;
  };

  test('a hundred at once: all of them right, and the cache whole', { timeout: 180_000 }, async () => {
    const server = await issuerServer();
    const token = jws(accessClaims(server.issuer));
    const cache = mkdtempSync(join(folder, 'cache-'));
    const one = () => run(argvFor(server.issuer), { stdin: token, env: { XDG_CACHE_HOME: cache } });
    const all = await Promise.all(Array.from({ length: 100 }, one));
    expect(all.filter(({ code }) => code !== 0)).toEqual([]);
    expect(all.map(({ stderr }) => stderr).join('')).toBe('');
    expect(wholeEntries(cache, token)).toHaveLength(2);
    // Nobody left a part of a file behind.
    expect(readdirSync(join(cache, 'tokctl'))).toHaveLength(2);
  });

  test('kill -9 at any moment leaves it whole or absent, and the next run right', { timeout: 90_000 }, async () => {
    const server = await issuerServer();
    const token = jws(accessClaims(server.issuer));
    const moments = [0, 1, 2, 3, 4, 6, 8, 12, 16, 24].flatMap((ms) => [ms, ms]);
    const left = new Set<number>();
    for (const [at, ms] of moments.entries()) {
      const cache = mkdtempSync(join(folder, 'cache-'));
      const env = { XDG_CACHE_HOME: cache };
      const before = server.asked.length;
      const { child, ended } = start(argvFor(server.issuer), { stdin: token, env });
      // Half of them from the answer with the metadata on, half from that with the keys.
      while (server.asked.length < before + 1 + (at % 2) && child.exitCode === null) await turns(1);
      await new Promise((resolve) => setTimeout(resolve, ms));
      child.kill('SIGKILL');
      await ended;
      left.add(wholeEntries(cache, token).length);
      const next = await run(argvFor(server.issuer), { stdin: token, env });
      expect([next.code, next.stderr]).toEqual([0, '']);
      expect(wholeEntries(cache, token)).toHaveLength(2);
    }
    // Else the moments were all before or all after what is looked at.
    expect(left.size).toBeGreaterThan(1);
  });
});

describe('a clock that is set back', () => {
  test('while a batch runs: no verdict and no duration is odd', async () => {
    let now = NOW * 1000;
    const back = () => {
      now -= 60_000;
      return now;
    };
    const { exit, stdout, stderr } = await tokctl(['verify', '--from', '-', '--jwks', '/k', '-o', 'ndjson'], {
      now: back,
      files: { '/k': jwks(key()) },
      stdin: `${jws(accessClaims(ISSUER, { iat: NOW - 30 * HOUR, exp: NOW + HOUR }))}\n`.repeat(20),
    });
    expect(exit).toBe(0);
    for (const line of stdout.trimEnd().split('\n')) expect(JSON.parse(line)).toMatchObject({ verdict: 'active' });
    expect(stderr).not.toMatch(/-\d|NaN/);
  });

  test('before the token was made: told, and no fault', async () => {
    const { exit, stdout } = await tokctl(['verify', '-', '--jwks', '/k', '-o', 'json'], {
      now: 0,
      files: { '/k': jwks(key()) },
      stdin: TOKEN,
    });
    expect(exit).toBe(0);
    expect(JSON.parse(stdout).checks).toContainEqual(expect.objectContaining({ finding: 'time.local_clock_off' }));
  });

  test.each([Number.NaN, 1e18, Number.POSITIVE_INFINITY])('to %d: an answer, and no crash', async (now) => {
    const { exit } = await tokctl(['verify', '-', '--jwks', '/k', '-o', 'json'], {
      now,
      files: { '/k': jwks(key()) },
      stdin: TOKEN,
    });
    expect([1, 2, 3]).toContain(exit);
  });
});

describe('what others on the machine see', () => {
  test.runIf(existsSync('/proc/self/cmdline'))(
    'a token and a secret that were not typed stand in no command line',
    async () => {
      const server = await scriptedServer([silence]);
      const secret = 'a-secret-of-this-test';
      writeFileSync(join(folder, 'secret'), secret, { mode: 0o600 });
      const argv = [
        'introspect',
        '-',
        '--introspection-endpoint',
        `${server.origin}/i`,
        '--client-id',
        'a',
        '--client-secret',
        'file:secret',
      ];
      const { child, ended } = start(argv, {
        stdin: 'an-opaque-token-0001',
        env: { TOKCTL_TOKEN: 'another-token-0001' },
      });
      while (server.received.length === 0) await turns(1);
      const seen = readFileSync(`/proc/${child.pid}/cmdline`, 'utf8') + readFileSync(`/proc/${child.pid}/comm`, 'utf8');
      expect(seen).toContain('introspect');
      expect(seen).not.toMatch(/opaque-token|another-token|a-secret/);
      child.kill('SIGINT');
      await ended;
    },
  );

  test('NODE_DEBUG makes node itself write requests: that is said', async () => {
    const server = await issuerServer({ introspection: { body: { active: true } } });
    const argv = [
      'introspect',
      '-',
      '--introspection-endpoint',
      server.endpoints.introspection,
      '--client-id',
      'a',
      '--client-secret',
      'env:S',
    ];
    const { stderr } = await run(argv, {
      stdin: 'an-opaque-token-0001',
      env: { S: 'secret-secret', NODE_DEBUG: 'http' },
    });
    expect(stderr).toContain('warning: NODE_DEBUG: node itself writes requests to stderr');
  });
});
