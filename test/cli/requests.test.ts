// How often each command asks, and over how many connections: counted at the server. And what `--cache` saves of it.

import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Host } from '../../src/cli/host.ts';
import { privateFolder } from '../../src/cli/private-folder.ts';
import { type IssuerOptions, type IssuerServer, issuerServer } from '../library/issuer-server.ts';
import { accessClaims, jwks, jws, key, NOW } from '../library/keys.ts';
import { jsonOf, type Run, type RunOptions, tokctl } from './transcript.ts';

const OPAQUE = '2YotnFZFEjr1zCsicMWpAA';
const CLIENT = ['--client-id', 'my-api', '--client-secret', 'env:CLIENT_SECRET'];
const ENV = { CLIENT_SECRET: 'the-secret-of-my-api', HOME: '/home/me' };
const SERVER: IssuerOptions = {
  introspection: { body: { active: true, client_id: 'my-api' } },
  token: { body: { access_token: 'an-access-token-0001', token_type: 'Bearer' } },
};

const discovery = 'GET metadata';
const keys = 'GET jwks';
const asking = 'POST introspection';
const granting = 'POST token';

type Words = (server: IssuerServer) => string[];
const jwtOf = ({ issuer }: IssuerServer): string => jws(accessClaims(issuer));

/** Runs it at the present of the tests, or some seconds later, with the real transport and a cache of its own. */
async function run(argv: string[], { home, seconds = 0, ...more }: Running = {}): Promise<Run> {
  const now = NOW + seconds;
  const machine = { fs: diskAt(now), userId: process.geteuid?.(), unique: randomUUID };
  const host: Partial<Host> = { privateFolder: async (path) => privateFolder(path, machine) };
  const env = { ...ENV, ...(home === undefined ? {} : { XDG_CACHE_HOME: home }), ...more.env };
  return tokctl(argv, { network: true, host, now: now * 1000, ...more, env });
}

/** What is written bears the time of the test: it would be swept away as too old. */
const diskAt = (now: number): typeof fs => ({
  ...fs,
  rename: async (from, to) => {
    await fs.utimes(from, now, now);
    await fs.rename(from, to);
  },
});

interface Running extends Omit<RunOptions, 'now'> {
  /** The parent of the cache folder. */
  home?: string;
  seconds?: number;
}

async function cacheHome(): Promise<string> {
  const home = await fs.mkdtemp(join(tmpdir(), 'tokctl-requests-'));
  onTestFinished(() => fs.rm(home, { recursive: true, force: true }));
  return home;
}

interface Row {
  readonly says: string;
  readonly words: Words;
  readonly files?: RunOptions['files'];
  /** What is asked, in order of their names. */
  readonly asks: readonly string[];
  /** What is asked when it is asked again with `--cache`; absent: the option is not for it. */
  readonly again?: readonly string[];
  /** Absent: one, or none where nothing is asked. */
  readonly connections?: number;
}

const FILES = { 'keys.json': jwks(key()), 'key.pem': key().pem };

const ROWS: readonly Row[] = [
  {
    says: 'introspect with the endpoint',
    words: ({ endpoints }) => ['introspect', OPAQUE, '--introspection-endpoint', endpoints.introspection, ...CLIENT],
    asks: [asking],
    again: [asking],
  },
  {
    says: 'introspect with an issuer',
    words: ({ issuer }) => ['introspect', OPAQUE, '--issuer', issuer, ...CLIENT],
    asks: [discovery, asking],
    again: [asking],
  },
  {
    says: 'introspect of a JWT, which is verified here',
    words: (server) => ['introspect', jwtOf(server), '--issuer', server.issuer, ...CLIENT],
    asks: [keys, discovery],
    again: [],
  },
  {
    says: 'introspect here and there',
    words: (server) => ['introspect', jwtOf(server), '--issuer', server.issuer, '--mode', 'both', ...CLIENT],
    asks: [keys, discovery, asking],
    again: [asking],
    // Keys and introspection at the same time.
    connections: 2,
  },
  {
    says: 'introspect with a token that is fetched for it',
    words: ({ issuer }) => [
      ...['introspect', OPAQUE, '--issuer', issuer, '--bearer-grant', 'client_credentials'],
      ...CLIENT,
    ],
    asks: [discovery, asking, granting],
    again: [asking, granting],
  },
  {
    says: 'verify with an issuer',
    words: (server) => ['verify', jwtOf(server), '--issuer', server.issuer],
    asks: [keys, discovery],
    again: [],
  },
  {
    says: 'verify with the URL of a JWK Set',
    words: (server) => ['verify', jwtOf(server), '--jwks', server.endpoints.jwks],
    asks: [keys],
    again: [],
  },
  {
    says: 'verify with a file of keys',
    words: (server) => ['verify', jwtOf(server), '--jwks', 'keys.json', '--issuer', server.issuer],
    files: FILES,
    asks: [],
    again: [],
  },
  {
    says: 'verify with a key',
    words: (server) => ['verify', jwtOf(server), '--key', 'key.pem', '--issuer', server.issuer],
    files: FILES,
    asks: [],
    again: [],
  },
  { says: 'decode', words: (server) => ['decode', jwtOf(server)], asks: [] },
  {
    says: 'token',
    words: ({ issuer }) => ['token', '--issuer', issuer, ...CLIENT],
    asks: [discovery, granting],
    again: [granting],
  },
  { says: 'jwks of an issuer', words: ({ issuer }) => ['jwks', issuer], asks: [keys, discovery], again: [] },
  { says: 'jwks of a URL', words: ({ endpoints }) => ['jwks', endpoints.jwks], asks: [keys], again: [] },
  { says: 'jwks of a file', words: () => ['jwks', 'keys.json'], files: FILES, asks: [], again: [] },
  {
    says: 'check of a token',
    words: (server) => ['check', '--token', 'env:JWT', '--issuer', server.issuer],
    asks: [keys, discovery],
    again: [],
  },
  {
    says: 'check of a token that is fetched for it',
    words: ({ issuer }) => [
      'check',
      '--token',
      'client_credentials',
      '--issuer',
      issuer,
      '--mode',
      'remote',
      ...CLIENT,
    ],
    asks: [discovery, asking, granting],
    again: [asking, granting],
  },
  {
    says: 'check of an issuer',
    words: ({ issuer }) => ['check', '--server', '--issuer', issuer],
    asks: [keys, discovery],
  },
];

const argvOf = ({ words }: Row, server: IssuerServer, more: readonly string[] = []): string[] => [
  ...words(server),
  ...more,
];

describe.each(ROWS)('$says', (row) => {
  const { asks, again, files = {}, connections = asks.length === 0 ? 0 : 1 } = row;
  const running = (server: IssuerServer, more: Running = {}): Running => ({
    files,
    ...more,
    env: { JWT: jwtOf(server), ...more.env },
  });

  test('asks that and no more, over one connection where one will do', async () => {
    const server = await issuerServer(SERVER);
    const { exit, text } = await run(argvOf(row, server), running(server));
    expect(exit, text).toBe(0);
    expect([...server.seen].sort()).toEqual([...asks].sort());
    expect(server.connections).toBe(connections);
  });

  test.runIf(again !== undefined)('asks less with --cache', async () => {
    const server = await issuerServer(SERVER);
    const argv = argvOf(row, server, ['--cache', '10m']);
    const within = running(server, { home: await cacheHome() });
    const first = await run(argv, within);
    expect([...server.seen].sort()).toEqual([...asks].sort());
    const second = await run(argv, { ...within, seconds: 30 });
    expect([first.exit, second.exit], second.text).toEqual([0, 0]);
    expect(server.seen.slice(asks.length).sort()).toEqual([...(again ?? [])].sort());
    await run(argv, { ...within, seconds: 700 });
    expect(server.seen.slice(asks.length + (again ?? []).length).sort()).toEqual([...asks].sort());
  });
});

// ---------------------------------------------------------------- what is kept, and what is not

describe('jwks', () => {
  test('says how old a set is that was kept', async () => {
    const server = await issuerServer(SERVER);
    const within = { home: await cacheHome() };
    const argv = ['jwks', server.issuer, '--cache', '10m'];
    expect(jsonOf(await run([...argv, '--json'], within))).toMatchObject({ jwks_age_seconds: 0 });
    expect(jsonOf(await run([...argv, '--json'], { ...within, seconds: 90 }))).toMatchObject({ jwks_age_seconds: 90 });
    expect((await run(argv, { ...within, seconds: 90 })).stdout.split('\n')[0]).toBe(
      `one key of ${server.issuer}, fetched 1 min 30 s ago (--cache)`,
    );
    expect((await run(['jwks', server.issuer], within)).stdout.split('\n')[0]).toBe(`one key of ${server.issuer}`);
  });

  test('says the same of a kept set as of a fetched one', async () => {
    const server = await issuerServer({ keys: [key(), key('RS256', 'two'), { kty: 'EC', kid: 'broken' }] });
    const within = { home: await cacheHome() };
    const said = async (...more: string[]) => {
      const { jwks_age_seconds: _, ...rest } = jsonOf(await run(['jwks', server.issuer, '--json', ...more], within));
      return rest;
    };
    const fetched = await said();
    await said('--cache', '1h');
    expect(await said('--cache', '1h', '--offline')).toEqual(fetched);
  });
});

describe('token', () => {
  /** Metadata whose token endpoint is elsewhere from the second time on. */
  const moving = (origin: { url: string }, to: string) => (_: unknown, count: number) => ({
    body: { issuer: origin.url, token_endpoint: `${origin.url}${count === 1 ? '/token' : to}` },
  });

  test('finds an endpoint that moved since the metadata was kept', async () => {
    const origin = { url: '' };
    const server = await issuerServer({
      paths: {
        '/.well-known/openid-configuration': moving(origin, '/token2'),
        '/token': (_, count) =>
          count === 1 ? (SERVER.token as object) : { status: 404, body: 'gone', type: 'text/plain' },
        '/token2': SERVER.token as object,
      },
    });
    origin.url = server.issuer;
    const argv = ['token', '--issuer', server.issuer, '--cache', '10m', ...CLIENT];
    const within = { home: await cacheHome() };
    expect((await run(argv, within)).exit).toBe(0);
    expect((await run(argv, within)).stdout).toBe('an-access-token-0001\n');
    expect(server.seen).toEqual([discovery, granting, granting, discovery, 'POST /token2']);
    expect((await run(argv, within)).exit).toBe(0);
    expect(server.seen.slice(5)).toEqual(['POST /token2']);
  });

  test('is refused once where it is refused', async () => {
    const refusal = { status: 401, body: { error: 'invalid_client' } };
    const server = await issuerServer({ token: refusal });
    const argv = ['token', '--issuer', server.issuer, '--cache', '10m', '-o', 'json', ...CLIENT];
    const within = { home: await cacheHome() };
    for (let count = 0; count < 2; count += 1)
      expect((await run(argv, within)).stdout + (await run(argv, within)).stderr).toContain(
        'ERR_CLIENT_AUTHENTICATION',
      );
    expect(server.seen.filter((what) => what === granting)).toHaveLength(4);
  });

  test('keeps no token and no secret', async () => {
    const server = await issuerServer(SERVER);
    const home = await cacheHome();
    await run(['token', '--issuer', server.issuer, '--cache', '10m', ...CLIENT], { home });
    const names = await fs.readdir(join(home, 'tokctl'));
    const texts = await Promise.all(names.map((name) => fs.readFile(join(home, 'tokctl', name), 'utf8')));
    expect(texts).toHaveLength(1);
    expect(texts.join('')).not.toMatch(/an-access-token|the-secret/);
  });
});

describe('what looks at the server itself', () => {
  const refusal = (command: string) => `${command} would not be looked at`;

  test('doctor: a typed --cache is refused, a variable is of no use to it', async () => {
    const server = await issuerServer(SERVER);
    const typed = await run(['doctor', server.issuer, '--cache', '10m']);
    expect([typed.exit, typed.stderr]).toEqual([2, expect.stringContaining(refusal('`--cache`'))]);
    expect(server.connections).toBe(0);
    const within = { home: await cacheHome(), env: { TOKCTL_CACHE: '10m' } };
    const paths = { '/introspect': { status: 401 } };
    const examined = await issuerServer({ ...SERVER, paths });
    const words = ['doctor', examined.issuer, '--json', '--retry', '0'];
    await run(words, within);
    const once = examined.asked.length;
    await run(words, within);
    expect([once > 0, examined.asked.length]).toEqual([true, 2 * once]);
    expect(await fs.readdir(within.home)).toEqual([]);
  });

  test('a check of an issuer: a typed --cache is refused, also in tokctl.yaml', async () => {
    const server = await issuerServer(SERVER);
    const flags = await run(['check', '--server', '--issuer', server.issuer, '--cache', '10m']);
    expect([flags.exit, flags.stderr]).toEqual([2, expect.stringContaining(refusal('`--cache`'))]);
    const yaml = `checks:\n  it:\n    server: true\n    issuer: ${server.issuer}\n    cache: 10m\n`;
    const file = await run(['check'], { files: { 'tokctl.yaml': yaml } });
    expect([file.exit, file.stderr]).toEqual([
      2,
      expect.stringContaining('it belongs to a check with `token` or `resource`'),
    ]);
  });

  test('a check of an issuer beside one of a token', async () => {
    const server = await issuerServer(SERVER);
    const yaml = `checks:\n  it:\n    server: true\n    issuer: ${server.issuer}\n  one:\n    token: env:JWT\n    issuer: ${server.issuer}\n`;
    const within = { files: { 'tokctl.yaml': yaml }, env: { JWT: jwtOf(server) }, home: await cacheHome() };
    await run(['check', '--cache', '10m'], within);
    const first = server.asked.length;
    expect((await run(['check', '--cache', '10m'], within)).exit).toBe(0);
    expect(server.seen.slice(first).sort()).toEqual([keys, discovery]);
  });
});

test('a batch asks for metadata and keys once', async () => {
  const server = await issuerServer(SERVER);
  const lines = Array.from({ length: 40 }, (_, at) => jws(accessClaims(server.issuer, { jti: `j${at}` }))).join('\n');
  const argv = ['verify', '--from', '-', '--issuer', server.issuer, '--concurrency', '8', '-o', 'ndjson'];
  expect((await run(argv, { stdin: `${lines}\n` })).exit).toBe(0);
  expect([...server.seen].sort()).toEqual([keys, discovery].sort());
});
