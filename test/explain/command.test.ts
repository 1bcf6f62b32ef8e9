// `tokctl explain` as it is typed: what is printed, for whom, and what a wrong word leads to.

import { describe, expect, test } from 'vitest';
import { explainCommand } from '../../src/cli/commands/explain.ts';
import type { Host } from '../../src/cli/host.ts';
import { type Origin, type RawValue, Settings } from '../../src/cli/settings.ts';
import { CAUSE_CODES } from '../../src/core/causes.ts';
import { ERROR_EXIT_CODES, TokctlError } from '../../src/core/errors.ts';
import { CHECK_NAMES } from '../../src/core/report.ts';

interface Run {
  settings?: Record<string, RawValue>;
  origin?: Origin;
  terminal?: { columns: number };
  env?: Record<string, string>;
}

/** Runs the command with a host that has an output and an environment, and fails on any other use of the machine. */
async function run(words: string[], { settings = {}, origin = 'flag', terminal, env = {} }: Run = {}) {
  let stdout = '';
  const machine = {
    env,
    stdout: {
      isTTY: terminal !== undefined,
      columns: terminal?.columns,
      write: async (text: string) => {
        stdout += text;
      },
    },
  };
  const host = new Proxy(machine, {
    get(target, name) {
      if (name === 'env' || name === 'stdout') return target[name];
      throw new Error(`explain used ${String(name)} of the machine`);
    },
  }) as unknown as Host;
  const values = Object.entries(settings).map(([name, value]) => [name, { value, origin }] as const);
  const code = await explainCommand({ arguments: words, settings: new Settings(new Map(values)), host });
  return { code, stdout };
}

async function refused(words: string[], options: Run = {}): Promise<TokctlError> {
  const error = await run(words, options).then(
    ({ stdout }) => expect.unreachable(`printed ${stdout}`),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(TokctlError);
  return error as TokctlError;
}

describe('for people', () => {
  test('a claim, with its specification and what belongs to it', async () => {
    expect(await run(['sub'])).toEqual({
      code: 0,
      stdout: `sub (claim)
  subject, unique within the issuer

  Whom the token is about: a user, or the client itself if no user took part. It
  is unique and stable only together with \`iss\`; some servers give each client
  another \`sub\` for the same user. Names and e-mail addresses change, so store
  \`iss\` and \`sub\` to know a user again.

what to do
  - read it:
      tokctl decode @token.txt --select claims.sub

see
  RFC 7519 §4.1.2, RFC 7662 §2.2
  also explained: sub_id, oid, act
`,
    });
  });

  test('every meaning of a word, one after the other', async () => {
    const { stdout } = await run(['nonce']);
    const headings = stdout.match(/^nonce \(.*$/gm);
    expect(headings).toEqual(['nonce (check)', 'nonce (claim)', 'nonce (header member)']);
    expect(stdout).toContain('\nwhy it happens\n  - ');
  });

  test('several arguments are one word', async () => {
    expect(await run(['id', 'token'])).toEqual(await run(['id_token']));
  });

  test('prose is wrapped at the terminal, commands are not', async () => {
    const narrow = await run(['scope_missing'], { terminal: { columns: 50 }, env: { NO_COLOR: '1' } });
    const lines = narrow.stdout.split('\n');
    const commands = lines.filter((line) => line.startsWith('      tokctl '));
    expect(commands).toContain(
      '      tokctl token --issuer https://id.example.com --client-id my-api --client-secret env:CLIENT_SECRET --scope orders:read',
    );
    expect(lines.filter((line) => line.length > 50 && !commands.includes(line))).toEqual([]);
    expect(lines.some((line) => line.length > 40)).toBe(true);
  });

  test('a pipe has 80 columns, and lines of a wide terminal are not too long to read', async () => {
    const longest = (text: string) =>
      Math.max(...text.split('\n').flatMap((line) => (/^ {6}tokctl/.test(line) ? [] : [line.length])));
    expect(longest((await run(['signature'])).stdout)).toBeLessThanOrEqual(80);
    const wide = await run(['signature'], { terminal: { columns: 300 }, env: { NO_COLOR: '1' } });
    expect(longest(wide.stdout)).toBeGreaterThan(80);
    expect(longest(wide.stdout)).toBeLessThanOrEqual(100);
  });

  test.each<[string, Run, boolean]>([
    ['a pipe', {}, false],
    ['a terminal', { terminal: { columns: 80 } }, true],
    ['a terminal with NO_COLOR', { terminal: { columns: 80 }, env: { NO_COLOR: '1' } }, false],
    ['a pipe with FORCE_COLOR', { env: { FORCE_COLOR: '1' } }, true],
    ['a pipe with FORCE_COLOR=0', { env: { FORCE_COLOR: '0' } }, false],
    ['a pipe with CLICOLOR_FORCE', { env: { CLICOLOR_FORCE: '1' } }, true],
    ['--color always in a pipe', { settings: { color: 'always' }, env: { NO_COLOR: '1' } }, true],
    ['--color never on a terminal', { settings: { color: 'never' }, terminal: { columns: 80 } }, false],
  ])('%s: headings are bold: %s', async (_where, options, bold) => {
    const { stdout } = await run(['aud'], options);
    expect(stdout.startsWith('\u001b[1maud (claim)\u001b[22m\n')).toBe(bold);
    expect(stdout.includes('\u001b')).toBe(bold);
  });

  test('without a word: everything that can be looked up', async () => {
    const { code, stdout } = await run([]);
    expect(code).toBe(0);
    const words = stdout.split(/[\s,]+/);
    const expected = [...CHECK_NAMES, ...CAUSE_CODES, ...Object.keys(ERROR_EXIT_CODES), '130', 'aud', 'kid', 'at_time'];
    expect(expected.filter((word) => !words.includes(word))).toEqual([]);
  });

  test('--quiet prints nothing', async () => {
    expect(await run(['aud'], { settings: { quiet: true } })).toEqual({ code: 0, stdout: '' });
  });

  test.each([
    ['causes', CAUSE_CODES],
    ['errors', Object.keys(ERROR_EXIT_CODES)],
    ['checks', CHECK_NAMES],
    ['exit codes', ['0', '1', '2', '3', '70', '130']],
  ])('all %s have different texts', async (_what, words) => {
    const texts = await Promise.all(words.map(async (word) => (await run([word])).stdout));
    expect(new Set(texts).size).toBe(words.length);
    for (const text of texts) expect(text.trim().length).toBeGreaterThanOrEqual(40);
  });
});

describe('for programs', () => {
  test('-o json is one object with every meaning', async () => {
    const { code, stdout } = await run(['Expired'], { settings: { output: 'json' } });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      word: 'Expired',
      explanations: [
        {
          word: 'expired',
          group: 'cause',
          title: 'the time of the token is over',
          meaning: expect.stringContaining('`exp` lies in the past'),
          reasons: expect.arrayContaining(['the clock of this machine is fast']),
          next: expect.arrayContaining([
            { says: 'see when it ended', command: 'tokctl decode @token.txt --select times.expires_at' },
            { says: 'fetch a new token some seconds before `exp`, not after the first refusal' },
          ]),
          spec: 'RFC 7519 §4.1.4',
          see: ['expiry', 'exp'],
        },
      ],
    });
  });

  test('--json is the same, and ndjson is one line', async () => {
    const json = await run(['70'], { settings: { json: true } });
    expect(json).toEqual(await run(['70'], { settings: { output: 'json' } }));
    const line = await run(['70'], { settings: { output: 'ndjson' } });
    expect(line.stdout.split('\n')).toHaveLength(2);
    expect(JSON.parse(line.stdout)).toEqual(JSON.parse(json.stdout));
  });

  test('members that do not apply are absent', async () => {
    const { explanations } = JSON.parse((await run(['hd'], { settings: { json: true } })).stdout);
    expect(explanations).toEqual([
      {
        word: 'hd',
        group: 'claim',
        title: 'Google Workspace domain',
        meaning: 'Stands in JWTs. What exactly it holds is defined by Google.',
        spec: 'Google',
      },
    ]);
  });

  test('without a word: the groups and their words', async () => {
    const { groups } = JSON.parse((await run([], { settings: { json: true } })).stdout);
    expect(groups).toContainEqual({ group: 'exit_code', words: ['0', '1', '2', '3', '70', '130'] });
    expect(groups).toContainEqual({ group: 'cause', words: [...CAUSE_CODES] });
  });

  test('a form that does not exist here is an error of the flag, and no concern of a setting for all commands', async () => {
    const error = await refused(['aud'], { settings: { output: 'junit' } });
    expect(error).toMatchObject({
      code: 'ERR_USAGE',
      message: 'expected `table`, `json` or `ndjson`, got `junit`',
    });
    const elsewhere = await run(['aud'], { settings: { output: 'junit' }, origin: 'environment' });
    expect(elsewhere).toEqual(await run(['aud']));
  });
});

describe('a word that nobody knows', () => {
  test('is named, with near ones in the hint', async () => {
    expect(await refused(['audince'])).toMatchObject({
      code: 'ERR_USAGE',
      exitCode: 2,
      message: 'there is no explanation of `audince`',
      hint: 'did you mean `tokctl explain audience`?',
    });
  });

  test('is named without near ones where none is near', async () => {
    expect(await refused(['flibbertigibbet'])).toMatchObject({
      message: 'there is no explanation of `flibbertigibbet`',
      hint: '`tokctl explain` lists the words',
    });
  });

  test('is escaped', async () => {
    const { message } = await refused(['\u001b[31m\u202efoo\nbar']);
    expect(message).toBe('there is no explanation of `\\u{1b}[31m\\u{202e}foo\\u{a}bar`');
  });

  test.each([
    ['a JWT', 'eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJzdWIiOiJ4In0.c2lnbmF0dXJl'],
    ['an opaque token', 'vF9dft4qmTcXkZ26zL8b6uvF9dft4qmTcXkZ26zL8b6u'],
    ['a URL with a token', 'https://app.example.com/#access_token=vF9dft4qmTcXkZ26zL8b6u'],
  ])('is not repeated if it may be %s', async (_what, token) => {
    const error = await refused([token]);
    expect(error.message).toBe(`expected a word to explain, got a text of ${token.length} characters`);
    expect(error.hint).toBe('a token is read by `tokctl decode`');
    expect(`${error.message} ${error.hint}`).not.toContain(token.slice(-8));
  });

  test('a JWT in the place of a claim name is printed without its signature', async () => {
    const signature = 'c2lnbmF0dXJlLW9mLXRoZS10b2tlbg';
    const { stdout } = await run([`claim:eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.${signature}`], {
      settings: { json: true },
    });
    expect(JSON.parse(stdout).word).toBe('claim:eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.[signature removed]');
    expect(stdout).not.toContain(signature);
  });
});
