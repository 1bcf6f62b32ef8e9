// Completion scripts: read by the real shells where they are installed, and asked there what follows a beginning of a line.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/commands/index.ts';
import { completedCommands, completedOptions } from '../../src/cli/completion/model.ts';
import { run } from '../../src/cli/run.ts';
import { type FakeHostOptions, fakeHost } from './fake-host.ts';

async function completion(word: string, options: FakeHostOptions = {}) {
  const { host, stdout, stderr } = fakeHost(options);
  const exit = await run(['completion', word], host);
  return { exit, stdout: stdout(), stderr: stderr() };
}

const scriptOf = async (shell: string): Promise<string> => (await completion(shell)).stdout;

const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;
const PROGRAMS = { bash: 'bash', zsh: 'zsh', fish: 'fish', powershell: 'pwsh' } as const;
const installed = Object.fromEntries(
  SHELLS.map((shell) => [shell, spawnSync(PROGRAMS[shell], ['--version']).status === 0]),
) as Record<(typeof SHELLS)[number], boolean>;
const missing = SHELLS.filter((shell) => !installed[shell]);
if (missing.length > 0) console.warn(`NOT TESTED, because they are not installed: ${missing.join(', ')}`);

/** What the program prints for a script, in place of the program. */
const NAMES = { profiles: ['staging', 'prod'], checks: ['api', 'gate-2'], words: ['aud', 'audience'] };

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tokctl-completion-'));
  for (const name of ['key.pem', 'two words.txt', 'tokens.txt']) writeFileSync(join(folder, name), '');
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('tokctl completion', () => {
  test.each(SHELLS)('the %s script names every command and every option', async (shell) => {
    const { exit, stdout, stderr } = await completion(shell);
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    for (const { name, alias } of COMMANDS) for (const word of [name, alias ?? name]) expect(stdout).toContain(word);
    for (const { long } of completedOptions(completedCommands()))
      expect(stdout, long).toContain(shell === 'fish' ? `-l ${long.slice(2)} ` : long);
  });

  test.each([
    ['teletype', '`teletype`', 'bash'],
    ['fishy', '`fishy`', 'fish'],
    ['pwsh', '`pwsh`', 'powershell'],
    ['eyJhbGciOiJub25lIn0.eyJzdWIiOiJzZWNyZXQifQ.', 'another word', 'bash'],
  ])('an unknown shell is a usage error: %s', async (word, got, meant) => {
    expect(await completion(word)).toEqual({
      exit: 2,
      stdout: '',
      stderr: `error: expected one of bash, zsh, fish, powershell, got ${got} (ERR_USAGE)\nhint: tokctl completion ${meant}\n`,
    });
  });

  test('lists the profiles of the configuration file', async () => {
    const files = { '/home/me/.config/tokctl/config.yaml': 'profiles:\n  staging: {}\n  prod: {issuer: 5}\n' };
    const { exit, stdout } = await completion('profiles', { env: { HOME: '/home/me' }, files });
    expect({ exit, stdout }).toEqual({ exit: 0, stdout: 'prod\nstaging\n' });
  });

  test('lists the checks of tokctl.yaml, without names that a shell could take for more', async () => {
    const checks = ['api', '"$(touch /tmp/x)"', '"`id`"', '"a b"', '"-o"', 'gate-2'].map((name) => `  ${name}: {}\n`);
    const files = { 'tokctl.yaml': `checks:\n${checks.join('')}` };
    expect((await completion('checks', { files })).stdout).toBe('api\ngate-2\n');
  });

  test('lists the words to explain', async () => {
    const words = (await completion('words')).stdout.split('\n');
    expect(words).toEqual(expect.arrayContaining(['aud', 'signature', 'ERR_TLS', 'expired']));
  });

  test.each([
    ['no file', {}],
    ['a file that is no YAML', { 'tokctl.yaml': 'checks: [' }],
    ['a file of another shape', { 'tokctl.yaml': 'checks: 5' }],
    ['an empty file', { 'tokctl.yaml': '' }],
  ])('says nothing of %s', async (_, files) => {
    expect(await completion('checks', { files })).toEqual({ exit: 0, stdout: '', stderr: '' });
  });
});

describe.skipIf(!installed.bash)('bash', () => {
  /** The candidates for the end of a line; the words are split the way that bash does it, by COMP_WORDBREAKS. */
  async function candidates(line: string, breaks = '=:@'): Promise<string[]> {
    const pieces = line.split(' ').map((word) => word.split(new RegExp(`(?=[${breaks}])|(?<=[${breaks}])`)));
    const words = breaks === '' ? line.split(' ') : pieces.flat();
    const last = words.at(-1) ?? '';
    // Bash completes the empty word that follows a character at which it splits.
    const cur = breaks !== '' && breaks.includes(last) ? '' : last;
    const script = `
      tokctl() { case "$*" in ${Object.entries(NAMES)
        .map(([name, values]) => `'completion ${name}') printf '%s\\n' ${values.join(' ')};;`)
        .join(' ')} *) echo "$*" >&2;; esac; }
      ${await scriptOf('bash')}
      COMP_WORDS=("\${@:2}"); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); COMP_LINE=$LINE COMP_POINT=\${#LINE}
      _tokctl tokctl "$1" ''
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', script, 'bash', cur, ...words], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], LINE: line, CLIENT_SECRET: 'of no interest' },
    });
    expect(stderr).toBe('');
    return stdout.split('\n').filter((word) => word !== '');
  }

  test.each([
    ['tokctl intro', ['introspect']],
    ['tokctl i', ['introspect', 'inspect']],
    ['tokctl --v', ['--version']],
    ['tokctl introspect --introspection-e', ['--introspection-endpoint']],
    ['tokctl decode --introspection-e', []],
    ['tokctl inspect --fr', ['--from']],
    ['tokctl introspect --mode ', ['auto', 'local', 'remote', 'both']],
    ['tokctl introspect --mode l', ['local']],
    ['tokctl introspect --mode=l', ['local']],
    ['tokctl introspect --mode=', ['auto', 'local', 'remote', 'both']],
    ['tokctl verify -o j', ['json', 'junit']],
    ['tokctl verify -p s', ['staging']],
    ['tokctl verify --profile=', ['staging', 'prod']],
    ['tokctl verify --issuer ', []],
    ['tokctl verify --key k', ['key.pem']],
    ['tokctl verify --key tw', ['two words.txt']],
    ['tokctl verify --client-cert=k', ['key.pem']],
    ['tokctl verify ', ['-', '@', 'env:']],
    ['tokctl verify @tok', ['tokens.txt']],
    ['tokctl verify @tw', ['two\\ words.txt']],
    ['tokctl verify env:CLIENT_S', ['CLIENT_SECRET']],
    ['tokctl verify env:', expect.arrayContaining(['CLIENT_SECRET'])],
    ['tokctl introspect --client-secret f', ['file:']],
    ['tokctl introspect --client-secret file:k', ['key.pem']],
    ['tokctl introspect --client-secret=file:k', ['key.pem']],
    ['tokctl check ', ['api', 'gate-2']],
    ['tokctl check api g', ['gate-2']],
    ['tokctl explain audi', ['audience']],
    ['tokctl config ', ['show', 'path', 'init']],
    ['tokctl completion f', ['fish']],
    ['tokctl demo --to', ['--tour']],
    ['tokctl token x', []],
  ])('%s', async (line, expected) => {
    expect(await candidates(line)).toEqual(expected);
  });

  test.each([
    ['tokctl introspect --mode=l', ['--mode=local']],
    ['tokctl verify env:CLIENT_S', ['env:CLIENT_SECRET']],
    ['tokctl verify @tok', ['@tokens.txt']],
    ['tokctl introspect --client-secret=file:k', ['--client-secret=file:key.pem']],
  ])('where bash does not split at = : and @: %s', async (line, expected) => {
    expect(await candidates(line, '')).toEqual(expected);
  });

  test('what is typed is not evaluated', async () => {
    const marker = join(folder, 'marker');
    await candidates(
      `tokctl verify $(touch\u00a0${marker}) --mode=$(>${marker}) \`>${marker}\` --key @$(>${marker})`,
      '',
    );
    expect(spawnSync('test', ['-e', marker]).status).toBe(1);
  });
});

describe.skipIf(!installed.zsh)('zsh', () => {
  test('reads the script', async () => {
    const { status, stderr } = spawnSync('zsh', ['-f', '-n'], { input: await scriptOf('zsh'), encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});

describe.skipIf(!installed.fish)('fish', () => {
  test.each([
    ['tokctl intro', ['introspect']],
    ['tokctl introspect --mode l', ['local']],
    ['tokctl introspect --mode=l', ['--mode=local']],
    ['tokctl decode --introspection-e', []],
    ['tokctl verify --profile s', ['staging']],
    ['tokctl verify @toke', ['@tokens.txt']],
    ['tokctl verify --key k', ['key.pem']],
    ['tokctl introspect --client-secret=file:k', ['--client-secret=file:key.pem']],
    ['tokctl check ', ['api', 'gate-2']],
    ['tokctl config s', ['show']],
  ])('%s', async (line, expected) => {
    const stub = Object.entries(NAMES).map(
      ([name, values]) => `case 'completion ${name}'; printf '%s\\n' ${values.join(' ')}`,
    );
    const script = `function tokctl; switch "$argv"; ${stub.join('; ')}; end; end
      source tokctl.fish
      complete -C '${line}'`;
    writeFileSync(join(folder, 'tokctl.fish'), await scriptOf('fish'));
    const { stdout, stderr } = spawnSync('fish', ['--no-config', '-c', script], { cwd: folder, encoding: 'utf8' });
    expect(stderr).toBe('');
    const words = stdout.split('\n').map((found) => found.split('\t')[0]);
    expect(words.filter((word) => word !== '')).toEqual(expected);
  });
});

describe.skipIf(!installed.powershell)('powershell', () => {
  test.each([
    ['tokctl intro', ['introspect']],
    ['tokctl introspect --mode l', ['local']],
    ['tokctl introspect --mode=l', ['--mode=local']],
    ['tokctl check g', ['gate-2']],
  ])('%s', async (line, expected) => {
    const script = `function tokctl { ${Object.entries(NAMES)
      .map(([name, values]) => `if ("$args" -eq 'completion ${name}') { '${values.join("','")}' }`)
      .join('; ')} }
      ${await scriptOf('powershell')}
      (TabExpansion2 '${line}' ${line.length}).CompletionMatches | ForEach-Object { $_.CompletionText }`;
    const { stdout } = spawnSync('pwsh', ['-NoProfile', '-Command', script], { cwd: folder, encoding: 'utf8' });
    expect(stdout.split(/\r?\n/).filter((word) => word !== '')).toEqual(expected);
  });
});
