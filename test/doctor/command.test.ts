// `tokctl doctor` as it is typed: exit codes, both forms, what is said before, and whose credentials go where.

import { describe, expect, test } from 'vitest';
import { run } from '../../src/cli/run.ts';
import { nodeTransport } from '../../src/protocol/http/node-transport.ts';
import { type FakeHostOptions, fakeHost } from '../cli/fake-host.ts';
import { closedPort } from '../servers/scripted-server.ts';
import { authorizationServer, CLIENT } from './authorization-server.ts';

const CREDENTIALS = ['--client-id', CLIENT.id, '--client-secret', 'env:CLIENT_SECRET'];

async function typed(words: string[], options: FakeHostOptions = {}) {
  const fake = fakeHost({
    fetch: nodeTransport(),
    now: () => Date.now(),
    env: { CLIENT_SECRET: CLIENT.secret, HOME: '/home/a' },
    ...options,
  });
  const exit = await run(['doctor', ...words], fake.host);
  const [stdout, stderr] = [fake.stdout(), fake.stderr()];
  expect(stdout + stderr).not.toContain(CLIENT.secret);
  return { exit, stdout, stderr, files: fake.files };
}

describe('for people', () => {
  test('a sound server is told by the first line', async () => {
    const { origin } = await authorizationServer();
    const { exit, stdout, stderr } = await typed([origin, ...CREDENTIALS]);
    expect(exit).toBe(0);
    expect(stdout.split('\n').slice(0, 2)).toEqual([expect.stringMatching(/^✓ sound - \d+ checks$/), `  ${origin}`]);
    expect(stdout).toContain('\nintrospection\n  ✓ advertised         the metadata names');
    expect(stdout).toContain('  - https     ');
    expect(stderr.split('\n')).toEqual([
      expect.stringMatching(/^note: sends your credentials by client_secret_post/),
      expect.stringMatching(/^note: sends a wrong client secret, once/),
      '',
    ]);
  });

  test('an unsound one too, with what to do below what is wrong', async () => {
    const { origin } = await authorizationServer({
      keys: [],
      replies: { 'GET /introspect': () => ({ json: { active: false } }) },
    });
    const { exit, stdout } = await typed([origin, ...CREDENTIALS]);
    expect(exit).toBe(1);
    expect(stdout).toMatch(/^✗ unsound - \d+ checks, 1 error, 1 warning\n/);
    expect(stdout).toContain(
      '  ✗ usable        the JWK Set is empty\n                  fix: publish the public half of the signing key\n                  RFC 7517 §5\n',
    );
    expect(stdout).toContain('  ! get ');
  });

  test('80 columns are kept on a terminal', async () => {
    const { origin } = await authorizationServer({
      metadata: () => ({ userinfo_endpoint: `https://${'a'.repeat(150)}.example/` }),
    });
    const { stdout } = await typed([origin, ...CREDENTIALS, '--color', 'never'], { tty: true, columns: 80 });
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(stdout).toContain('aaaa');
  });

  test('colour is one of words and marks that are there without it', async () => {
    const { origin } = await authorizationServer({ keys: [] });
    const plain = await typed([origin, '--color', 'never']);
    const painted = await typed([origin, '--color', 'always']);
    expect(painted.stdout).toContain('\u001b[');
    expect(painted.stdout.replace(/\u001b\[\d+m/g, '')).toBe(plain.stdout);
  });

  test('what a server writes is escaped', async () => {
    const evil = 'https://evil.example/\u001b[2J\u202e\r\n✓ sound';
    const { origin } = await authorizationServer({
      metadata: () => ({ userinfo_endpoint: evil, '\u001b]0;title\u0007_endpoint': 'a', jwks_uri: undefined }),
      replies: {
        'POST /introspect': () => ({
          status: 500,
          json: { error: 'a\u001b[31m', error_description: '\u001b[1m\u200b' },
        }),
      },
    });
    for (const form of ['table', 'json'])
      for (const tty of [true, false]) {
        const { stdout, exit } = await typed([origin, ...CREDENTIALS, '-o', form, '--color', 'never'], { tty });
        expect(exit).toBe(1);
        expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u202e]/);
        expect(stdout).not.toMatch(/^✓ sound/m);
      }
  });
});

describe('for programs', () => {
  test('json is the object that is promised', async () => {
    const { origin } = await authorizationServer({ keys: [] });
    const { exit, stdout } = await typed([origin, '-o', 'json']);
    const report = JSON.parse(stdout);
    expect(exit).toBe(1);
    expect(Object.keys(report)).toEqual(['schema', 'issuer', 'exit_code', 'metadata', 'keys', 'findings']);
    expect(report).toMatchObject({ schema: 'tokctl.doctor/1', issuer: origin, exit_code: 1, keys: [] });
    for (const one of report.findings) {
      expect(Object.keys(one)).toEqual(expect.arrayContaining(['id', 'severity', 'because', 'evidence']));
      expect(['ok', 'info', 'warning', 'error']).toContain(one.severity);
    }
  });

  test('ndjson is one line', async () => {
    const { origin } = await authorizationServer();
    const { stdout } = await typed([origin, '-o', 'ndjson']);
    expect(stdout.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(stdout).exit_code).toBe(0);
  });

  test('quiet is nothing but the exit code', async () => {
    const { origin } = await authorizationServer({ keys: [] });
    expect(await typed([origin, '-q', ...CREDENTIALS])).toMatchObject({ exit: 1, stdout: '', stderr: '' });
  });

  test('verbose shows each exchange, and no value of a credential', async () => {
    const { origin } = await authorizationServer();
    const { stderr } = await typed([origin, '-v', ...CREDENTIALS]);
    expect(stderr).toContain(`POST ${origin}/introspect (introspection) with authorization: [redacted], token=…: 200`);
  });
});

describe('what cannot be asked', () => {
  test('a host that is not there is 3', async () => {
    const issuer = `http://127.0.0.1:${await closedPort()}`;
    const { exit, stdout, stderr } = await typed([issuer, '--retry', '0']);
    expect([exit, stdout]).toEqual([3, '']);
    expect(stderr).toContain('connection refused');
    const json = await typed([issuer, '--retry', '0', '-o', 'json']);
    expect(json.exit).toBe(3);
    expect(JSON.parse(json.stdout)).toMatchObject({ exit_code: 3, error: { code: 'ERR_NETWORK' } });
  });

  test.each([
    ['no issuer', []],
    ['a word', ['id.example.com']],
    ['a query', ['https://id.example.com?a']],
    ['a form that is none of it', ['https://id.example.com', '-o', 'junit']],
    ['a resource with a fragment', ['https://id.example.com', '--resource', 'https://api.example#a']],
    ['http beyond this machine', ['http://id.example.com']],
  ])('%s is 2', async (_what, words) => {
    const { exit, stdout, stderr } = await typed(words, { fetch: async () => Promise.reject(new Error('asked')) });
    expect([exit, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^error: .*\nhint: /s);
  });

  test('--offline is 3, and asks nothing', async () => {
    const { exit, stderr } = await typed(['https://id.example.com', '--offline'], {
      fetch: async () => Promise.reject(new Error('asked')),
    });
    expect(exit).toBe(3);
    expect(stderr).toContain('ERR_OFFLINE');
  });
});

describe('a baseline', () => {
  test('is recorded, and compared with the next time', async () => {
    const keys = [{ kty: 'RSA' }] as object[];
    const { origin } = await authorizationServer({ replies: { 'GET /jwks': () => ({ json: { keys } }) } });
    const first = await typed([origin, '--baseline', '/tmp/doctor.json']);
    expect(first.stdout).toContain('✓ recorded');
    const content = String(first.files.get('/tmp/doctor.json')?.content);
    expect(JSON.parse(content)).toMatchObject({ issuer: origin });
    keys.push({ kty: 'EC', kid: 'new' });
    const second = await typed([origin, '--baseline', '/tmp/doctor.json'], { files: { '/tmp/doctor.json': content } });
    expect(second.stdout).toContain('new: kid new');
    expect(String(second.files.get('/tmp/doctor.json')?.content)).toBe(content);
  });

  test('that cannot be read or is none is 2, and nothing is asked', async () => {
    const fetch = async () => Promise.reject(new Error('asked'));
    const words = ['https://id.example.com', '--baseline', '/tmp/b.json'];
    expect((await typed(words, { fetch, files: { '/tmp/b.json': null } })).exit).toBe(2);
    expect((await typed(words, { fetch, files: { '/tmp/b.json': 'no json' } })).exit).toBe(2);
  });

  test('that cannot be written is 2', async () => {
    const { origin } = await authorizationServer();
    const denied = Object.assign(new Error('no'), { code: 'EACCES' });
    const { exit, stderr } = await typed([origin, '--baseline', '/locked/b.json'], { files: { '/locked': denied } });
    expect(exit).toBe(2);
    expect(stderr).toContain('permission denied');
  });
});

describe('the credentials of a profile', () => {
  const config = (issuer: string) =>
    `default-profile: home\nprofiles:\n  home:\n    issuer: ${issuer}\n    client-id: ${CLIENT.id}\n    client-secret: env:CLIENT_SECRET\n`;
  const files = (issuer: string) => ({ '/home/a/.config/tokctl/config.yaml': config(issuer) });

  test('go to its own issuer', async () => {
    const { origin, at } = await authorizationServer();
    const { exit, stdout } = await typed([origin], { files: files(origin) });
    expect(exit).toBe(0);
    expect(stdout).toContain('✓ client_auth');
    expect(at('POST', '/introspect').some(({ headers }) => headers.authorization !== undefined)).toBe(true);
  });

  test('go to no other issuer, which is said', async () => {
    const { origin, seen } = await authorizationServer();
    const { stderr, stdout } = await typed([origin], { files: files('https://id.example.com') });
    expect(stderr).toContain('note: the profile `home` is for another issuer');
    expect(stdout).toContain('without client credentials');
    expect(seen.filter(({ headers }) => headers.authorization !== undefined)).toEqual([]);
  });

  test('but those that are typed do', async () => {
    const { origin } = await authorizationServer();
    const { stdout } = await typed([origin, ...CREDENTIALS], { files: files('https://id.example.com') });
    expect(stdout).toContain('✓ client_auth');
  });
});
