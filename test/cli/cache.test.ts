// `--cache` through the whole program, on a real disk: what is kept, for how long, and what is never believed.

import { generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { MAX_ENTRY_BYTES } from '../../src/cli/cache.ts';
import type { Host } from '../../src/cli/host.ts';
import { privateFolder } from '../../src/cli/private-folder.ts';
import { run } from '../../src/cli/run.ts';
import type { FetchLike } from '../../src/protocol/http/network.ts';
import { fakeHost } from './fake-host.ts';

const ISSUER = 'https://id.example.com';
const START = Date.UTC(2026, 10, 21);
const METADATA_URL = `${ISSUER}/.well-known/openid-configuration`;

// ---------------------------------------------------------------- the issuer

interface Key {
  kid: string;
  privateKey: KeyObject;
  jwk: Record<string, unknown>;
}

function newKey(kid: string): Key {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { kid, privateKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg: 'ES256' } };
}

const [one, two] = [newKey('one'), newKey('two')];
const imposter = { ...newKey('one'), kid: 'one' };

function token({ kid, privateKey }: Key): string {
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = {
    iss: ISSUER,
    sub: 'user-001',
    aud: 'my-api',
    client_id: 'c',
    jti: 'j',
    iat: START / 1000 - 60,
    exp: 4e9,
  };
  const signed = `${encode({ alg: 'ES256', typ: 'at+jwt', kid })}.${encode(claims)}`;
  const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}

interface Documents {
  [url: string]: { body: unknown; headers?: Record<string, string> };
}

const documents = (keys: Key[], jwksUri = `${ISSUER}/jwks`): Documents => ({
  [METADATA_URL]: { body: { issuer: ISSUER, jwks_uri: jwksUri } },
  [jwksUri]: { body: { keys: keys.map(({ jwk }) => jwk) } },
});

/** Answers from the documents, 404 for others, and notes what was asked. */
function server(answers: Documents) {
  const asked: string[] = [];
  const fetch: FetchLike = async (url) => {
    asked.push(url);
    const found = answers[url];
    const headers = new Map(Object.entries({ 'content-type': 'application/json', ...found?.headers }));
    const body = Buffer.from(JSON.stringify(found?.body ?? {}));
    return {
      status: found === undefined ? 404 : 200,
      headers: { get: (name) => headers.get(name.toLowerCase()) ?? null, entries: () => headers.entries() },
      body: (async function* () {
        yield body;
      })(),
    };
  };
  return { fetch, asked };
}

// ---------------------------------------------------------------- the machine

let cacheHome: string;
let folder: string;
beforeEach(async () => {
  cacheHome = await fs.mkdtemp(join(process.env['TMPDIR'] ?? '/tmp', 'tokctl-cache-'));
  folder = join(cacheHome, 'tokctl');
  onTestFinished(() => fs.rm(cacheHome, { recursive: true, force: true }));
});

interface Running {
  answers?: Documents;
  key?: Key;
  args?: string[];
  seconds?: number;
  env?: Record<string, string | undefined>;
  disk?: typeof fs;
}

/** `verify` as a process of its own would run it, some seconds after the start. */
async function verify({
  answers = documents([one]),
  key = one,
  args = ['--cache', '10m'],
  seconds = 0,
  ...rest
}: Running = {}) {
  const { env = { XDG_CACHE_HOME: cacheHome }, disk = fs } = rest;
  const { fetch, asked } = server(answers);
  const fake = fakeHost({ env, fetch, now: START + seconds * 1000, files: {} });
  const host: Host = {
    ...fake.host,
    privateFolder: async (path) => privateFolder(path, { fs: disk, userId: process.geteuid?.(), unique: randomUUID }),
  };
  const exitCode = await run(['verify', token(key), '--issuer', ISSUER, '-o', 'json', ...args], host);
  const report = JSON.parse(fake.stdout());
  return { exitCode, report, asked, stderr: fake.stderr() };
}

const entries = async (): Promise<string[]> => fs.readdir(folder).catch(() => []);

async function changeEntries(change: (entry: Record<string, unknown>) => unknown): Promise<void> {
  for (const name of await entries()) {
    const entry = JSON.parse(await fs.readFile(join(folder, name), 'utf8'));
    const changed = change(entry);
    await fs.writeFile(join(folder, name), typeof changed === 'string' ? changed : JSON.stringify(changed));
  }
}

// ---------------------------------------------------------------- keeping

describe('what is kept', () => {
  test('nothing without --cache', async () => {
    expect(await verify({ args: [] })).toMatchObject({ exitCode: 0 });
    expect(await entries()).toEqual([]);
    expect((await verify({ args: [] })).asked).toHaveLength(2);
  });

  test('metadata and keys, for the next run, with their true age', async () => {
    expect((await verify()).asked).toEqual([METADATA_URL, `${ISSUER}/jwks`]);
    const { exitCode, asked, report } = await verify({ seconds: 90 });
    expect({ exitCode, asked }).toEqual({ exitCode: 0, asked: [] });
    expect(report.verification.jwks_age_seconds).toBe(90);
  });

  test('in files of the user alone, without the token', async () => {
    await verify();
    expect((await fs.stat(folder)).mode & 0o777).toBe(0o700);
    const names = await entries();
    expect(names).toHaveLength(2);
    const contents = await Promise.all(names.map((name) => fs.readFile(join(folder, name), 'utf8')));
    for (const name of names) expect((await fs.stat(join(folder, name))).mode & 0o777).toBe(0o600);
    expect(contents.map((text) => JSON.parse(text).url).sort()).toEqual([METADATA_URL, `${ISSUER}/jwks`]);
    for (const text of contents) expect(JSON.parse(text)).toMatchObject({ issuer: ISSUER, fetched_at: START / 1000 });
    for (const part of token(one).split('.')) expect(contents.join()).not.toContain(part);
  });

  test('as long as was said', async () => {
    await verify();
    expect((await verify({ seconds: 599 })).asked).toEqual([]);
    expect((await verify({ seconds: 600 })).asked).toHaveLength(2);
  });

  test('a day at the most', async () => {
    const args = ['--cache', '7d'];
    await verify({ args });
    expect((await verify({ args, seconds: 24 * 3600 - 1 })).asked).toEqual([]);
    expect((await verify({ args, seconds: 24 * 3600 })).asked).toHaveLength(2);
  });

  test('and answers without a network', async () => {
    await verify();
    const { exitCode, asked, report } = await verify({ args: ['--cache', '10m', '--offline'] });
    expect({ exitCode, asked, verdict: report.verdict }).toEqual({ exitCode: 0, asked: [], verdict: 'active' });
  });

  test('metadata that stands at the second place it is looked for', async () => {
    const second = `${ISSUER}/.well-known/oauth-authorization-server`;
    const { [METADATA_URL]: metadata, ...others } = documents([one]);
    const answers = { ...others, [second]: metadata ?? { body: {} } };
    expect((await verify({ answers })).asked).toEqual([METADATA_URL, second, `${ISSUER}/jwks`]);
    expect((await verify({ answers })).asked).toEqual([]);
  });
});

describe('what is not kept', () => {
  test.each(['no-store', 'private, No-Store', 'max-age=60,no-store'])(
    'what the server sends with %s',
    async (control) => {
      const headers = { 'cache-control': control };
      const answers = Object.fromEntries(
        Object.entries(documents([one])).map(([url, { body }]) => [url, { body, headers }]),
      );
      expect((await verify({ answers })).exitCode).toBe(0);
      expect(await entries()).toEqual([]);
    },
  );

  test.each([['--insecure-tls'], ['--insecure-http'], ['--header', 'x-tenant: a']])(
    'what a run with %s is told',
    async (...more) => {
      expect((await verify({ args: ['--cache', '10m', ...more] })).exitCode).toBe(0);
      expect(await entries()).toEqual([]);
      await verify();
      expect((await verify({ args: ['--cache', '10m', ...more] })).asked).toHaveLength(2);
    },
  );

  test('a set that publishes a private key', async () => {
    const leaked = { ...one, jwk: { ...one.jwk, kid: 'other', d: 'c2VjcmV0LXByaXZhdGUta2V5LW1hdGVyaWFsLTAwMDE' } };
    const { asked } = await verify({ answers: documents([one, leaked]) });
    expect(asked).toHaveLength(2);
    expect(await entries()).toHaveLength(1);
  });

  test('a set without a usable key', async () => {
    expect((await verify({ answers: documents([]) })).exitCode).toBe(3);
    expect((await verify()).exitCode).toBe(0);
  });

  test('a document that is too large', async () => {
    const body = { issuer: ISSUER, jwks_uri: `${ISSUER}/jwks`, x: 'x'.repeat(MAX_ENTRY_BYTES) };
    expect((await verify({ answers: { ...documents([one]), [METADATA_URL]: { body } } })).exitCode).toBe(0);
    expect(await entries()).toHaveLength(1);
  });

  test('keys at a URL that was typed with a query, which may be a secret', async () => {
    const url = `${ISSUER}/keys?api_key=secret`;
    const answers = { [url]: { body: { keys: [one.jwk] } } };
    expect((await verify({ answers, args: ['--jwks', url, '--cache', '10m'] })).exitCode).toBe(0);
    expect(await entries()).toEqual([]);
  });
});

// ---------------------------------------------------------------- rotation

describe('keys that rotate', () => {
  test('a strange kid is looked for past the cache, and what is found takes its place', async () => {
    await verify();
    const answers = documents([two]);
    const first = await verify({ answers, key: two, seconds: 60 });
    expect({ exitCode: first.exitCode, age: first.report.verification.jwks_age_seconds }).toEqual({
      exitCode: 0,
      age: 0,
    });
    expect(first.asked).toContain(`${ISSUER}/jwks`);
    expect((await verify({ answers, key: two, seconds: 61 })).asked).toEqual([]);
  });

  test('a kid that is used again for another key does not make a good token bad', async () => {
    await verify();
    const { exitCode, report } = await verify({ answers: documents([imposter]), key: imposter });
    expect({ exitCode, verdict: report.verdict }).toEqual({ exitCode: 0, verdict: 'active' });
  });

  test('a forged token stays forged, and is asked about once', async () => {
    await verify();
    const { exitCode, asked } = await verify({ key: imposter });
    expect({ exitCode, asked }).toEqual({ exitCode: 1, asked: [METADATA_URL, `${ISSUER}/jwks`] });
  });

  test('a set that moved is found by the metadata of now', async () => {
    await verify();
    const moved = `${ISSUER}/new-keys`;
    expect((await verify({ answers: documents([two], moved), key: two })).report.verification.jwks_uri).toBe(moved);
    await changeEntries((entry) => (entry['url'] === moved ? 'damaged' : entry));
    expect((await verify({ answers: documents([two], `${ISSUER}/third`), key: two })).exitCode).toBe(0);
  });
});

// ---------------------------------------------------------------- what is not believed

describe('an entry that is not believed is fetched again', () => {
  test.each<[string, (entry: Record<string, unknown>) => unknown]>([
    ['is damaged', () => '{"schema":"tokctl.cache/1","url'],
    ['is empty', () => ''],
    ['is no object', () => null],
    ['is of another version', (entry) => ({ ...entry, schema: 'tokctl.cache/2' })],
    ['is of another issuer', (entry) => ({ ...entry, issuer: 'https://evil.example' })],
    ['is of another URL', (entry) => ({ ...entry, url: 'https://evil.example/jwks' })],
    ['is from the future', (entry) => ({ ...entry, fetched_at: START / 1000 + 3600 })],
    ['has no time', (entry) => ({ ...entry, fetched_at: 'now' })],
    ['holds no document', (entry) => ({ ...entry, document: '[]' })],
    ['holds metadata of another issuer', (entry) => ({ ...entry, document: '{"issuer":"https://evil.example"}' })],
    ['is larger than an entry can be', (entry) => ({ ...entry, more: 'x'.repeat(MAX_ENTRY_BYTES) })],
  ])('one that %s', async (_, change) => {
    await verify();
    await changeEntries(change);
    const { exitCode, asked } = await verify();
    expect({ exitCode, count: asked.length }).toEqual({ exitCode: 0, count: 2 });
    expect((await verify()).asked).toEqual([]);
  });

  test('one that others could have written', async () => {
    await verify();
    for (const name of await entries()) await fs.chmod(join(folder, name), 0o666);
    expect((await verify()).asked).toHaveLength(2);
  });

  test('one that is a link, which is replaced and not followed', async () => {
    await verify();
    const outside = join(cacheHome, 'outside');
    for (const name of await entries()) {
      await fs.rename(join(folder, name), `${outside}-${name}`);
      await fs.symlink(`${outside}-${name}`, join(folder, name));
    }
    expect((await verify()).asked).toHaveLength(2);
    for (const name of await entries()) expect((await fs.lstat(join(folder, name))).isSymbolicLink()).toBe(false);
  });

  test('one that was fetched with another CA', async () => {
    const env = { XDG_CACHE_HOME: cacheHome, SSL_CERT_FILE: '/etc/other-ca.pem' };
    await verify({ env });
    expect((await verify({ env })).asked).toEqual([]);
    expect((await verify()).asked).toHaveLength(2);
  });
});

// ---------------------------------------------------------------- faults

describe('a cache that cannot be used changes nothing', () => {
  test.each<[string, () => Promise<void>]>([
    ['a folder that others can read', () => fs.mkdir(folder, { mode: 0o755 })],
    [
      'a link to a folder',
      () => fs.mkdir(join(cacheHome, 'real'), { mode: 0o700 }).then(() => fs.symlink('real', folder)),
    ],
    ['a file in its place', () => fs.writeFile(folder, '')],
  ])('%s', async (_, prepare) => {
    await prepare();
    expect(await verify()).toMatchObject({ exitCode: 0, stderr: '' });
    expect((await verify()).asked).toHaveLength(2);
    const { stderr } = await verify({ args: ['--cache', '10m', '-v'] });
    expect(stderr.match(/note: --cache: /g)).toHaveLength(1);
    expect(await fs.readdir(join(cacheHome, 'real')).catch(() => [])).toEqual([]);
  });

  test.each(['ENOSPC', 'EROFS', 'EACCES', 'EMFILE'])('a disk that answers %s', async (code) => {
    const fail = async () => {
      throw Object.assign(new Error(code), { code });
    };
    expect(await verify({ disk: { ...fs, open: fail, mkdir: fail } as never })).toMatchObject({
      exitCode: 0,
      stderr: '',
    });
  });

  test('a disk that is full leaves no part of a file', async () => {
    const open: typeof fs.open = async (...args) => {
      const file = await fs.open(...args);
      file.writeFile = async () => {
        await file.write('{"schema":');
        throw Object.assign(new Error('full'), { code: 'ENOSPC' });
      };
      return file;
    };
    expect(await verify({ disk: { ...fs, open } as never })).toMatchObject({ exitCode: 0 });
    expect(await entries()).toEqual([]);
  });

  test.each([{}, { HOME: '' }, { XDG_CACHE_HOME: 'relative' }])('no place for it: %j', async (env) => {
    expect(await verify({ env })).toMatchObject({ exitCode: 0, stderr: '' });
  });
});
