// The forms as a run prints them: one document for a batch, the exit code of a monitor, the job summary.

import { createHmac } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { XmlDocument } from 'libxml2-wasm';
import { describe, expect, it } from 'vitest';
import { nodeHost } from '../../../src/cli/node-host.ts';
import { run } from '../../../src/cli/run.ts';
import type { FetchLike } from '../../../src/protocol/http/network.ts';
import { type FakeHostOptions, fakeHost, fault } from '../fake-host.ts';
import { readOpenMetrics } from './openmetrics-parser.ts';
import { commandOf } from './workflow-command.ts';

const SECRET = 'a shared secret that is long enough for HS256';
const NOW = Date.UTC(2026, 10, 21) / 1000;

function token(claims: object): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const signed = `${encode({ alg: 'HS256', typ: 'at+jwt' })}.${encode({ sub: 'user-001', ...claims })}`;
  return `${signed}.${createHmac('sha256', SECRET).update(signed).digest('base64url')}`;
}

const ACTIVE = token({ exp: NOW + 2520 });
const EXPIRED = token({ exp: NOW - 3600 });
const HOSTILE = token({ exp: NOW + 2520, sub: 'a\n::error::b\n##[error]c', tenant: ']]><x> | `@octocat`\n# EOF' });

async function verify(args: readonly string[], options: FakeHostOptions = {}) {
  const { env, ...rest } = options;
  const fake = fakeHost({ ...rest, env: { S: SECRET, ...env } });
  const exit = await run(['verify', ...args, '--secret', 'env:S', '--alg', 'HS256'], fake.host);
  return { exit, stdout: fake.stdout(), stderr: fake.stderr(), files: fake.files };
}

const batch = (...tokens: string[]): FakeHostOptions => ({
  stdin: tokens.map((one, index) => JSON.stringify({ id: `t${index}`, token: one })).join('\n'),
});

describe('a batch is one document', () => {
  const three = batch(ACTIVE, EXPIRED, ACTIVE);

  it('of JUnit', async () => {
    const { exit, stdout } = await verify(['--from', '-', '-o', 'junit'], three);
    expect(exit).toBe(1);
    const document = XmlDocument.fromString(stdout);
    expect(document.root.find('testsuite/@name').map((one) => one.content)).toEqual(['t0', 't1', 't2']);
    document.dispose();
  });

  it('of OpenMetrics', async () => {
    const { exit, stdout } = await verify(['--from', '-', '-o', 'openmetrics'], three);
    expect(exit).toBe(1);
    const success = readOpenMetrics(stdout).get('tokctl_check_success')?.samples ?? [];
    expect(success.map(({ labels, value }) => [labels['id'], value])).toEqual([
      ['t0', 1],
      ['t1', 0],
      ['t2', 1],
    ]);
  });

  it('of Markdown, with a section for each', async () => {
    const { stdout } = await verify(['--from', '-', '-o', 'markdown'], three);
    expect(stdout.match(/^## t\d: /gm)).toEqual(['## t0: ', '## t1: ', '## t2: ']);
  });

  it('of a monitor, in one line about all of them', async () => {
    const { exit, stdout } = await verify(['--from', '-', '-o', 'nagios', '--only', 'active'], three);
    expect(exit).toBe(2);
    expect(stdout).toMatch(
      /^TOKCTL CRITICAL - 3 tokens: 2 active, 1 inactive; t1: inactive, [^|\n]* \| tokens=3;[^\n]*\n$/,
    );
  });

  it('that is empty where nothing is wanted, and still whole', async () => {
    const junit = await verify(['--from', '-', '-o', 'junit', '--only', 'unknown'], three);
    expect(junit.stdout).toBe('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n</testsuites>\n');
    const metrics = await verify(['--from', '-', '-o', 'openmetrics', '--only', 'unknown'], three);
    expect(metrics.stdout).toBe('# EOF\n');
  });

  it('that does not look whole after a failure', async () => {
    for (const form of ['junit', 'openmetrics', 'markdown', 'github']) {
      const { exit, stdout, stderr } = await verify(['--from', 'absent', '-o', form]);
      expect([exit, stdout]).toEqual([2, '']);
      expect(stderr).toContain('ERR_USAGE');
    }
  });
});

describe('the exit code of a monitor', () => {
  it.each<[string, string[], number, RegExp]>([
    ['OK', [ACTIVE], 0, /^TOKCTL OK - active, [^|]* \| ttl=2520s;;0:\n$/],
    ['WARNING', [ACTIVE, '--warn-ttl', '1h'], 1, /^TOKCTL WARNING - active, [^|]* \| ttl=2520s;3600:;0:\n$/],
    ['CRITICAL', [EXPIRED], 2, /^TOKCTL CRITICAL - inactive, [^|]* \| ttl=-3600s;;0:\n$/],
    ['CRITICAL below --min-ttl', [ACTIVE, '--min-ttl', '1h'], 2, /^TOKCTL CRITICAL - [^|]* \| ttl=2520s;;3600:\n$/],
    ['UNKNOWN', ['opaque-token-of-somebody'], 3, /^TOKCTL UNKNOWN - unknown, [^|]*\(ERR_TOKEN_UNSUPPORTED\)\n$/],
    ['UNKNOWN for a value that cannot be', [ACTIVE, '--min-ttl', 'soon'], 3, /^TOKCTL UNKNOWN - [^|]*\(ERR_USAGE\)\n$/],
    ['UNKNOWN for an option that is none', [ACTIVE, '--no-such'], 3, /^TOKCTL UNKNOWN - [^|]*no-such[^|]*\n$/],
    ['UNKNOWN for a file that is not there', ['@absent'], 3, /^TOKCTL UNKNOWN - [^|]*absent[^|]*\n$/],
  ])('is that of %s', async (_, args, code, line) => {
    const { exit, stdout } = await verify([...args, '-o', 'nagios']);
    expect([exit, stdout]).toEqual([code, expect.stringMatching(line)]);
  });

  it.each([['--output=nagios'], ['-onagios']])('holds for %s where the words cannot be read', async (spelling) => {
    const { exit, stdout } = await verify([spelling, '--no-such']);
    expect([exit, stdout]).toEqual([3, expect.stringMatching(/^TOKCTL UNKNOWN - /)]);
  });

  it('holds for the variable, unless a flag says otherwise', async () => {
    const env = { TOKCTL_OUTPUT: 'nagios' };
    expect(await verify(['--no-such'], { env })).toMatchObject({ exit: 3 });
    expect(await verify(['--no-such', '-o', 'json'], { env })).toMatchObject({ exit: 2, stdout: '' });
    expect(await verify(['--no-such', '--json'], { env })).toMatchObject({ exit: 2, stdout: '' });
  });

  it('speaks alone with -q', async () => {
    expect(await verify([EXPIRED, '-q', '-o', 'nagios'])).toMatchObject({ exit: 2, stdout: '' });
    expect(await verify(['@absent', '-q', '-o', 'nagios'])).toMatchObject({ exit: 3, stdout: '' });
    expect(await verify([ACTIVE, '-q', '-o', 'nagios', '--warn-ttl', '1h'])).toMatchObject({ exit: 1, stdout: '' });
  });

  it('is not OK for a token that was only decoded', async () => {
    const { host, stdout } = fakeHost();
    expect(await run(['decode', ACTIVE, '-o', 'nagios'], host)).toBe(3);
    expect(stdout()).toMatch(/^TOKCTL UNKNOWN - JWT access token, decoded only: /);
  });

  it('is that of other forms for other forms', async () => {
    for (const form of ['table', 'json', 'markdown', 'junit', 'github', 'openmetrics']) {
      expect(await verify([ACTIVE, '-o', form, '--warn-ttl', '1h'])).toMatchObject({ exit: 0 });
      expect(await verify([EXPIRED, '-o', form])).toMatchObject({ exit: 1 });
    }
  });
});

describe('--warn-ttl', () => {
  it('is told on stderr in every form', async () => {
    const { stderr } = await verify([ACTIVE, '-o', 'json', '--warn-ttl', '1h']);
    expect(stderr).toContain('warning: less is left than --warn-ttl asks for: 42 min\n');
    expect((await verify([ACTIVE, '-o', 'json', '--warn-ttl', '42m'])).stderr).not.toContain('warn-ttl');
    expect((await verify([EXPIRED, '-o', 'json', '--warn-ttl', '1h'])).stderr).not.toContain('warn-ttl');
  });
});

describe('the job summary', () => {
  const env = { GITHUB_STEP_SUMMARY: '/summary.md' };

  it('is added to, in Markdown', async () => {
    const files = { '/summary.md': '# before\n' };
    const { exit, stdout, files: after } = await verify([EXPIRED, '-o', 'github'], { env, files });
    expect(exit).toBe(1);
    expect(commandOf(stdout.split('\n')[0] ?? '')?.name).toBe('notice');
    expect(after.get('/summary.md')?.content).toMatch(/^# before\n## ✗ inactive - /);
  });

  it('has a section for each token, and none for those that are not wanted', async () => {
    const args = ['--from', '-', '-o', 'github', '--only', 'active'];
    const { files } = await verify(args, { env, ...batch(ACTIVE, EXPIRED, ACTIVE) });
    expect(String(files.get('/summary.md')?.content).match(/^## t\d: /gm)).toEqual(['## t0: ', '## t2: ']);
  });

  it('is not written with -q, and not by other forms', async () => {
    for (const args of [
      ['-o', 'github', '-q'],
      ['-o', 'markdown'],
    ])
      expect((await verify([ACTIVE, ...args], { env })).files.has('/summary.md')).toBe(false);
  });

  it('changes no exit code when it cannot be written', async () => {
    const files = { '/summary.md': fault('EACCES') };
    const { exit, stderr } = await verify([ACTIVE, '-o', 'github'], { env, files });
    expect(exit).toBe(0);
    expect(stderr).toContain('warning: the job summary could not be written to `/summary.md`: `EACCES`\n');
  });
});

describe('text of claims', () => {
  it.each(['table', 'markdown', 'junit', 'github', 'nagios', 'openmetrics'])(
    'never starts a line of %s',
    async (form) => {
      const { stdout, stderr } = await verify([HOSTILE, '-o', form, '--claim', 'sub=x', '--claim', 'tenant=x']);
      expect(stdout).not.toBe('');
      expect(stdout + stderr).not.toMatch(/^\s*(?:::error::b|##\[)/m);
      expect(stdout.match(/^# EOF$/gm)?.length ?? 0).toBe(form === 'openmetrics' ? 1 : 0);
    },
  );
});

describe('every form', () => {
  const forms = ['json', 'ndjson', 'markdown', 'junit', 'github', 'nagios', 'openmetrics'];

  it.each(forms)('%s is the same in a terminal, and shows neither token nor secret', async (form) => {
    const piped = await verify([ACTIVE, '-o', form]);
    const shown = await verify([ACTIVE, '-o', form], { tty: true, columns: 400, env: { NO_COLOR: '1' } });
    expect(shown.stdout).toBe(piped.stdout);
    for (const text of [ACTIVE, ACTIVE.split('.')[2] ?? '', SECRET])
      expect(piped.stdout + piped.stderr).not.toContain(text);
  });
});

describe('tokctl token -o github', () => {
  const issuer = 'http://127.0.0.1:9';
  const answers: Record<string, object> = {
    [`${issuer}/.well-known/openid-configuration`]: { issuer, token_endpoint: `${issuer}/token` },
    [`${issuer}/token`]: { access_token: 'a-fetched-token-of-this-run', token_type: 'Bearer' },
  };
  const fetch: FetchLike = async (url) => {
    const answer = answers[url];
    if (answer === undefined) throw new Error(`a request that was not expected: ${url}`);
    return new Response(JSON.stringify(answer), { headers: { 'content-type': 'application/json' } });
  };
  const asking = async (...args: string[]) => {
    const fake = fakeHost({ fetch, env: { S: SECRET } });
    const client = ['--client-id', 'a', '--client-secret', 'env:S'];
    const exit = await run(['token', '--issuer', issuer, ...client, ...args], fake.host);
    return { exit, stdout: fake.stdout(), stderr: fake.stderr() };
  };

  it('has the runner hide the token, and keeps stdout for the token alone', async () => {
    expect(await asking('-o', 'github')).toEqual({
      exit: 0,
      stdout: 'a-fetched-token-of-this-run\n',
      stderr: '::add-mask::a-fetched-token-of-this-run\n',
    });
  });

  it('says nothing of it otherwise', async () => {
    expect((await asking()).stderr).toBe('');
  });
});

describe('adding to a file', () => {
  it('makes it, and keeps what is in it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tokctl-'));
    try {
      const { files } = nodeHost(new AbortController().signal);
      const path = join(folder, 'summary.md');
      await files.append(path, 'one\n');
      await files.append(path, 'two\n');
      expect(await readFile(path, 'utf8')).toBe('one\ntwo\n');
      await expect(files.append(join(folder, 'absent', 'summary.md'), 'x')).rejects.toMatchObject({ code: 'ENOENT' });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
