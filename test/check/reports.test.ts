// Where a run is told: several reports at once, the summary and masks of GitHub Actions, silence, and files that cannot be
// written.

import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeHost } from '../../src/cli/node-host.ts';
import type { Playground } from '../../src/demo/playground.ts';
import { playgroundForTest } from '../demo/asking.ts';
import { gate } from './gate.ts';

const YAML = 'checks:\n  a: { token: env:NO_A }\n  b: { token: env:NO_B }\n';

describe('--report', () => {
  it('writes several beside what is printed', async () => {
    const words = ['--report', 'junit=out.xml', '--report', 'json=out.json', '--report', 'openmetrics=out.prom'];
    const { exit, stdout, files } = await gate(words, { yaml: YAML });
    expect(exit).toBe(2);
    expect(stdout).toMatch(/^\? 2 of 2 checks without an answer\n/);
    expect(String(files.get('out.xml')?.content)).toContain('errors="2"');
    expect(JSON.parse(String(files.get('out.json')?.content)).summary.total).toBe(2);
    expect(String(files.get('out.prom')?.content)).toMatch(/# EOF\n$/);
  });

  it('takes the place of an older one', async () => {
    const { files } = await gate(['--report', 'junit=out.xml'], { yaml: YAML, files: { 'out.xml': 'old' } });
    expect(String(files.get('out.xml')?.content)).toMatch(/^<\?xml/);
  });

  it('that cannot be written is said, and the others are written', async () => {
    const { exit, stdout, stderr, files } = await gate(
      [
        '--report',
        'junit=there',
        '--report',
        'json=out.json',
        '--token',
        'env:T',
        '--active',
        'false',
        '--key',
        'k.pem',
      ],
      { files: { there: null }, env: { T: 'x' } },
    );
    expect(exit).toBe(2);
    expect(stderr).toContain('error: the report `there` cannot be written: it is a directory (ERR_USAGE)\n');
    expect(stdout).not.toBe('');
    expect(files.has('out.json')).toBe(true);
  });

  it.each([
    ['junit', /expected form=path, got `junit`/],
    ['junit=', /expected form=path/],
    ['pdf=x', /expected form=path, got `pdf=x`/],
  ])('cannot be %j', async (text, message) => {
    const { exit, stderr } = await gate(['--report', text], { yaml: YAML });
    expect(exit).toBe(2);
    expect(stderr).toMatch(message);
  });

  it('cannot be two in one file', async () => {
    const { exit, stderr } = await gate(['--report', 'junit=x', '--report', 'json=x'], { yaml: YAML });
    expect([exit, stderr]).toEqual([
      2,
      'error: `--report`: two reports would be written to `x` (ERR_USAGE)\nhint: give each a file of its own\n',
    ]);
  });
});

describe('stdout', () => {
  it('is silent with -q, reports are not', async () => {
    const { stdout, files } = await gate(['-q', '--report', 'json=x.json'], { yaml: YAML });
    expect(stdout).toBe('');
    expect(files.has('x.json')).toBe(true);
  });

  it('has a line for each check with ndjson', async () => {
    const { stdout } = await gate(['-o', 'ndjson'], { yaml: YAML });
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).name)
        .sort(),
    ).toEqual(['a', 'b']);
  });

  it('gives a monitor its own exit code', async () => {
    const { exit, stdout } = await gate(['-o', 'nagios'], { yaml: YAML });
    expect([exit, stdout.split(' - ')[0]]).toEqual([3, 'TOKCTL UNKNOWN']);
  });

  it('tells a monitor of a file that is wrong, as UNKNOWN', async () => {
    const { exit, stdout } = await gate(['-o', 'nagios'], { yaml: 'checks:\n' });
    expect(exit).toBe(3);
    expect(stdout).toMatch(/^[A-Z]+ UNKNOWN - .*tokctl\.yaml:1:1: expected checks, got none/);
  });

  it('is wrapped in a terminal only', async () => {
    const piped = await gate([], { yaml: YAML });
    const shown = await gate(['--color', 'never'], { yaml: YAML, tty: true, columns: 40 });
    expect(Math.max(...piped.stdout.split('\n').map((line) => line.length))).toBeGreaterThan(40);
    expect(Math.max(...shown.stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(40);
  });

  it('shows each exchange on stderr with -v', async () => {
    const { stderr } = await gate(['-v', '--server', '--issuer', 'https://id.example.com', '--offline']);
    expect(stderr).toContain('GET https://id.example.com/.well-known/openid-configuration (metadata)');
  });
});

describe('GitHub Actions', () => {
  let playground: Playground;
  beforeAll(async () => {
    playground = await playgroundForTest();
  });
  afterAll(() => playground.close());

  const words = [
    '--token',
    'client_credentials',
    '--client-id',
    'test-client',
    '--client-secret',
    'env:SECRET',
    '-o',
    'github',
  ];
  const ask = (env: Record<string, string>, files = {}) =>
    gate([...words, '--issuer', playground.facts.issuer], {
      network: true,
      env: { SECRET: 'test-secret', ...env },
      files,
    });

  it('hides what was fetched, on its runner only', async () => {
    const there = await ask({ GITHUB_ACTIONS: 'true' });
    expect(there.exit).toBe(0);
    const [first = '', second] = there.stdout.split('\n');
    expect(first).toMatch(/^::add-mask::[\w-]{20,}$/);
    expect(second).toBe('::notice title=tokctl check::1 check passed');
    const here = await ask({});
    expect(here.stdout).toBe('::notice title=tokctl check::1 check passed\n');
  });

  it('gets a summary below that of others', async () => {
    const { files } = await ask({ GITHUB_STEP_SUMMARY: '/tmp/summary.md' }, { '/tmp/summary.md': 'before\n' });
    expect(String(files.get('/tmp/summary.md')?.content)).toMatch(/^before\n## tokctl check: 1 check passed\n/);
  });

  it('is told when the summary cannot be written', async () => {
    const { exit, stderr } = await ask({ GITHUB_STEP_SUMMARY: '/tmp/summary.md' }, { '/tmp/summary.md': null });
    expect(exit).toBe(2);
    expect(stderr).toContain('the summary in `GITHUB_STEP_SUMMARY` cannot be written');
  });

  it('never shows the fetched token elsewhere', async () => {
    const { stdout } = await ask({ GITHUB_ACTIONS: 'true' });
    const token = stdout.slice('::add-mask::'.length, stdout.indexOf('\n'));
    expect(stdout.split(token)).toHaveLength(2);
  });
});

describe('the file system', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tokctl-check-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const { files } = nodeHost(new AbortController().signal);

  it('has a report whole or not at all', async () => {
    const path = join(folder, 'report.xml');
    await files.replace(path, 'one');
    await files.replace(path, 'two');
    expect(readFileSync(path, 'utf8')).toBe('two');
    expect(readdirSync(folder)).toEqual(['report.xml']);
  });

  it('keeps the old one, and leaves nothing beside it, when the new one cannot be put there', async () => {
    await expect(files.replace(join(folder, 'none', 'x'), 'text')).rejects.toMatchObject({ code: 'ENOENT' });
    expect(readdirSync(folder)).toEqual(['report.xml']);
  });

  it('follows a link to the file that is meant', async () => {
    const [target, link] = [join(folder, 'target'), join(folder, 'link')];
    writeFileSync(target, 'old');
    symlinkSync(target, link);
    await files.replace(link, 'new');
    expect(readFileSync(target, 'utf8')).toBe('new');
    expect(readdirSync(folder).sort()).toEqual(['link', 'report.xml', 'target']);
  });
});
