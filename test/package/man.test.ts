// The manual page: of today, whole, and without a fault for the programs that show it, where they are installed.

import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/commands/index.ts';
import { OPTIONS, variableOf } from '../../src/cli/options.ts';
import { PROJECT } from './project-copy.ts';

const PAGE = join(PROJECT, 'man/tokctl.1');
const page = readFileSync(PAGE, 'utf8');

const run = (command: string, args: readonly string[], cwd = PROJECT) => {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, MANWIDTH: '80', LC_ALL: 'C.UTF-8' },
  });
  return { status, stdout, stderr, isThere: error === undefined };
};
const script = (cwd: string, ...args: string[]) =>
  run(process.execPath, [join(PROJECT, 'scripts/man.mjs'), ...args], cwd);

const isInstalled = (command: string, ...args: string[]): boolean => run(command, args).isThere;
const [hasGroff, hasMan, hasMandoc] = [
  isInstalled('groff', '--version'),
  // That of man-db: others have neither --warnings nor -l.
  /^man \d/.test(run('man', ['--version']).stdout ?? ''),
  isInstalled('mandoc', PAGE),
];
const missing = Object.entries({ groff: hasGroff, man: hasMan, mandoc: hasMandoc }).flatMap(([name, is]) =>
  is ? [] : [name],
);
if (missing.length > 0) console.warn(`NOT TESTED, because they are not installed: ${missing.join(', ')}`);

describe('man/tokctl.1', () => {
  test('is up to date; else run `npm run docs`', () => {
    expect(script(PROJECT, '--check')).toMatchObject({ status: 0, stderr: '' });
  });

  test('has every command, option, variable and exit code', () => {
    const bold = (text: string) => `\\fB${text.replaceAll('-', '\\-')}\\fR`;
    const wanted = [
      ...COMMANDS.map(({ name }) => `.SS ${name}`),
      ...OPTIONS.map(({ name }) => bold(`--${name}`)),
      ...OPTIONS.filter(({ inEnvironment }) => inEnvironment !== false).map(({ name }) => bold(variableOf(name))),
      ...['0', '1', '2', '3', '70', '130'].map(bold),
    ];
    expect(wanted.filter((text) => !page.includes(text))).toEqual([]);
  });

  test('is ASCII, and nothing of its text is a request by accident', () => {
    expect(page).toMatch(/^[\x20-\x7e\n]*$/);
    const requests = new Set([...page.matchAll(/^[.'](\S*)/gm)].map(([, name]) => name));
    expect([...requests].sort()).toEqual(['PP', 'SH', 'SS', 'TH', 'TP', '\\"', 'br', 'fi', 'in', 'nf']);
  });

  test.runIf(hasGroff)('groff warns of nothing', () => {
    expect(run('groff', ['-man', '-Tutf8', '-ww', '-z', PAGE])).toMatchObject({ status: 0, stderr: '' });
  });

  test.runIf(hasMandoc)('mandoc warns of nothing but the date, which a page of no release has not', () => {
    const { stdout } = run('mandoc', ['-T', 'lint', '-W', 'warning', PAGE]);
    expect(stdout.split('\n').filter((line) => line !== '' && !line.includes('missing date'))).toEqual([]);
  });

  test.runIf(hasMan)('man shows it, with commands that can be copied', () => {
    const { status, stdout, stderr } = run('man', ['--warnings', '-l', PAGE]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('--introspection-endpoint');
    const example = 'tokctl verify @token.txt --issuer https://id.example.com --audience my-api';
    expect(stdout.split('\n').map((line) => line.trim())).toContain(example);
  });
});

describe('scripts/man.mjs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tokctl-man-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('writes it anew, with the date of a release, and names one that is out of date', () => {
    copyFileSync(join(PROJECT, 'package.json'), join(folder, 'package.json'));
    writeFileSync(join(folder, 'CHANGELOG.md'), '## Unreleased\n');
    expect(script(folder)).toMatchObject({ status: 0, stderr: 'man/tokctl.1 written\n' });
    expect(script(folder, '--check')).toMatchObject({ status: 0, stderr: '' });
    writeFileSync(join(folder, 'CHANGELOG.md'), '## 0.1.0 - 2027-01-31\n');
    expect(script(folder, '--check')).toMatchObject({ status: 1, stderr: expect.stringContaining('npm run docs') });
    script(folder);
    expect(readFileSync(join(folder, 'man/tokctl.1'), 'utf8')).toContain('.TH TOKCTL 1 "2027-01-31"');
  });
});
