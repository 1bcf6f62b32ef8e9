// What reaches a terminal, a pipe and a log: 80 columns for people, everything for pipes, colour where it is wanted, and
// no character that a terminal would act on.

import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { accessClaims, HOUR, ISSUER, jwks, jws, key, NOW } from '../library/keys.ts';
import { type RunOptions, tokctl } from './transcript.ts';

const FILES = { 'keys.json': jwks(key()) };
const ESC = '\u001b';

function verified(claims: Record<string, unknown>, { more = [], ...options }: RunOptions & { more?: string[] } = {}) {
  const token = jws(claims, { header: { 'x-note': claims['note'] ?? 'none' } });
  return tokctl(['verify', token, '--jwks', 'keys.json', '--issuer', ISSUER, ...more], { files: FILES, ...options });
}

// ---------------------------------------------------------------- width

/** Texts that tables break on. */
const AWKWARD: Record<string, unknown> = {
  long: 'x'.repeat(5000),
  words: 'several words '.repeat(200),
  wide: '漢字仮名交じり文'.repeat(40),
  emoji: '👩‍👩‍👧‍👦🏳️‍🌈'.repeat(30),
  combining: 'e\u0301\u0323'.repeat(200),
  rtl: 'שלום עולם '.repeat(30),
  controls: '\u001b[2J\u001b]0;owned\u0007\r\n\t\b\u009b31m'.repeat(20),
  bidi: '\u202e\u2066\u200b\u200f'.repeat(40),
  tags: '\u{e0041}\u{e0042}\ufeff\ufffe\ud800',
  lines: 'one\ntwo\r::error::three\n##vso[task]four',
  nested: { a: [1, { b: 'c'.repeat(300) }], 'd\ne': null },
  list: Array.from({ length: 60 }, (_, index) => `scope:${index}`),
  number: 1e300,
  [`name-${'n'.repeat(200)}`]: 'long name',
  名前の長い請求項: 'wide name',
  'line\nbreak': 'in a name',
  '': 'no name',
};

const lines = (text: string): string[] => text.split('\n');
const tooWide = (text: string, columns: number): string[] => lines(text).filter((line) => stringWidth(line) > columns);

describe('on a terminal', () => {
  test.each([80, 60, 120])('of %d columns no line is longer, whatever the claims hold', async (columns) => {
    for (const [name, value] of Object.entries(AWKWARD)) {
      const { stdout, exit } = await verified(accessClaims(ISSUER, { [name]: value }), { tty: true, columns });
      expect([name, exit, tooWide(stdout, columns)]).toEqual([name, 0, []]);
    }
  });

  test('nor in why and next of a failure, nor in expected and got', async () => {
    const claims = accessClaims(ISSUER, {
      aud: AWKWARD['list'],
      iss: `${ISSUER}/${'path/'.repeat(60)}`,
      scope: 'a '.repeat(200),
    });
    const more = ['--audience', `https://${'audience.'.repeat(20)}example`, '--scope', 'b'.repeat(200)];
    more.push('--require-claim', 'c'.repeat(150), '--claim', `${'長い'.repeat(40)}=1`);
    const { stdout, exit } = await verified(claims, { tty: true, more });
    expect([exit, tooWide(stdout, 80)]).toEqual([1, []]);
  });

  test('nor in a fault of the server', async () => {
    const fetch = async () =>
      new Response(`${'very long error '.repeat(50)}\u001b[31m`, {
        status: 500,
        headers: { 'www-authenticate': `Basic realm="${'x'.repeat(300)}"` },
      });
    const { stdout, stderr, exit } = await tokctl(
      [
        'introspect',
        'opaque-token-0001',
        '--introspection-endpoint',
        `${ISSUER}/i`,
        '--client-id',
        'a',
        '--client-auth',
        'none',
        '--retry',
        '0',
      ],
      { tty: true, fetch: fetch as never },
    );
    expect([exit, tooWide(stdout + stderr, 80)]).toEqual([3, []]);
    expect(stderr).not.toContain(`${ESC}[31m`);
  });
});

test('in a pipe nothing is wrapped and nothing is cut', async () => {
  const { stdout } = await verified(accessClaims(ISSUER, { long: AWKWARD['long'], list: AWKWARD['list'] }));
  expect(stdout).toContain('x'.repeat(5000));
  for (let index = 0; index < 60; index += 1) expect(stdout).toContain(`scope:${index}`);
});

// ---------------------------------------------------------------- characters

/** Everything that a terminal acts on, or that hides or reorders what a reader sees; line ends are our own. */
const ACTIVE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u;

describe('text from outside', () => {
  test.each([
    ['table', []],
    ['table on a terminal', []],
    ['decode', []],
    ['-v', ['-v']],
  ])('is escaped in values, names and header: %s', async (where, more) => {
    const options: RunOptions & { more: string[] } = {
      more,
      ...(where.includes('terminal') ? { tty: true, env: { NO_COLOR: '1' } } : {}),
    };
    const claims = accessClaims(ISSUER, { ...AWKWARD, note: AWKWARD['controls'], sub: AWKWARD['bidi'] });
    const { stdout, stderr } =
      where === 'decode' ? await tokctl(['decode', '-'], { stdin: jws(claims) }) : await verified(claims, options);
    const found = lines(stdout + stderr).filter((line) => ACTIVE.test(line));
    expect(found.map((line) => JSON.stringify(line.slice(0, 100)))).toEqual([]);
    expect(stdout).toContain('\\u{1b}[2J');
  });

  test.each<[string, Parameters<typeof jws>, string[]]>([
    ['crit', [{ sub: 'a' }, { header: { crit: [`${ESC}[2J\u202e`] } }], []],
    ['alg', [{ sub: 'a' }, { header: { alg: `${ESC}[2J\u202e` }, as: 'ES256' }], []],
    ['kid', [{ sub: 'a' }, { header: { kid: `${ESC}[2J\u202e` } }], []],
    ['typ', [{ sub: 'a' }, { header: { typ: `${ESC}[2J\u202e` } }], ['--typ', 'at+jwt']],
    ['a member that stands twice', [`{"a\\u001b[2J\\u202e":1,"a\\u001b[2J\\u202e":2}`], []],
    [
      'iss, aud and scope',
      [accessClaims(`https://a.example/${ESC}[2J`, { aud: `${ESC}[2J\u202e`, scope: `${ESC}[2J` })],
      ['--audience', 'x', '--scope', 'y', '--claim', `s${ESC}[2J=\u202e`],
    ],
  ])('is escaped in what a check says: %s', async (_name, [claims, signing], more) => {
    const argv = ['verify', jws(claims, signing), '--jwks', 'keys.json', '--issuer', ISSUER, ...more];
    for (const options of [{ files: FILES }, { files: FILES, tty: true, env: { NO_COLOR: '1' } }]) {
      const { exit, stdout } = await tokctl(argv, options);
      expect([exit, lines(stdout).filter((line) => ACTIVE.test(line))]).toEqual([1, []]);
      expect(stdout).toContain('\\u{1b}[2J');
    }
  });

  test('never starts a line', async () => {
    const { stdout } = await verified(accessClaims(ISSUER, AWKWARD));
    expect(lines(stdout).filter((line) => /^\s*(?:::|##vso|two|::error)/.test(line))).toEqual([]);
  });

  test('is escaped in JSON, which stays what it was', async () => {
    const { stdout } = await verified(accessClaims(ISSUER, AWKWARD), { more: ['--json'] });
    expect(
      lines(stdout).filter((line) => /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\u200b\u200f]/.test(line)),
    ).toEqual([]);
    const claims = JSON.parse(stdout).claims;
    for (const [name, value] of Object.entries(AWKWARD)) if (name !== 'tags') expect(claims[name]).toEqual(value);
  });

  test('a value is raw for a program and escaped for a terminal', async () => {
    const claims = accessClaims(ISSUER, { note: `${ESC}[2Jhello` });
    const more = ['--select', 'claims.note'];
    expect((await verified(claims, { more })).stdout).toBe(`${ESC}[2Jhello\n`);
    expect((await verified(claims, { more, tty: true })).stdout).toBe('\\u{1b}[2Jhello\n');
  });

  test('is escaped in messages about options and files', async () => {
    const { stderr } = await tokctl(['verify', `@${ESC}[2J\u202efile`]);
    expect(stderr).toContain('`\\u{1b}[2J\\u{202e}file`');
  });
});

// ---------------------------------------------------------------- colour

describe('colour', () => {
  const claims = { iss: ISSUER, exp: NOW + HOUR };
  const isColoured = async (options: RunOptions & { more?: string[] }) =>
    (await verified(claims, options)).stdout.includes(ESC);

  test.each<[says: string, options: RunOptions & { more?: string[] }, expected: boolean]>([
    ['a terminal', { tty: true }, true],
    ['a pipe', {}, false],
    ['NO_COLOR', { tty: true, env: { NO_COLOR: '1' } }, false],
    ['an empty NO_COLOR', { tty: true, env: { NO_COLOR: '' } }, true],
    ['FORCE_COLOR', { env: { FORCE_COLOR: '1' } }, true],
    ['FORCE_COLOR=0', { env: { FORCE_COLOR: '0' } }, false],
    ['CLICOLOR_FORCE', { env: { CLICOLOR_FORCE: '1' } }, true],
    ['NO_COLOR before FORCE_COLOR', { env: { NO_COLOR: '1', FORCE_COLOR: '1' } }, false],
    ['TERM=dumb', { tty: true, env: { TERM: 'dumb' } }, false],
    ['--color always', { more: ['--color', 'always'], env: { NO_COLOR: '1' } }, true],
    ['--color never', { tty: true, more: ['--color', 'never'], env: { FORCE_COLOR: '1' } }, false],
    ['TOKCTL_COLOR', { env: { TOKCTL_COLOR: 'always' } }, true],
    ['JSON, always plain', { tty: true, more: ['--json', '--color', 'always'] }, false],
  ])('%s', async (_says, options, expected) => {
    expect(await isColoured(options)).toBe(expected);
  });

  test('tells nothing that the words do not', async () => {
    const failing = jws(accessClaims(ISSUER, { exp: NOW - 1, note: AWKWARD['emoji'] }));
    const argv = ['verify', failing, '--jwks', 'keys.json', '--color'];
    const plain = await tokctl([...argv, 'never'], { files: FILES });
    const coloured = await tokctl([...argv, 'always'], { files: FILES });
    const codes = new RegExp(`${ESC}\\[[0-9;]*m`, 'g');
    expect(coloured.stdout).not.toBe(plain.stdout);
    expect(coloured.stdout.replace(codes, '')).toBe(plain.stdout);
  });
});

// ---------------------------------------------------------------- the form never depends on the place

test('JSON is the same on a terminal and in a pipe', async () => {
  const claims = accessClaims(ISSUER);
  const token = jws(claims);
  const argv = ['verify', token, '--jwks', 'keys.json', '--json'];
  const [piped, shown] = [await tokctl(argv, { files: FILES }), await tokctl(argv, { files: FILES, tty: true })];
  expect(shown.stdout).toBe(piped.stdout);
});

test('a narrow terminal leaves out no check', async () => {
  const argv = ['verify', jws(accessClaims(ISSUER, { exp: NOW - 1 })), '--jwks', 'keys.json', '--color', 'never'];
  const names = ({ stdout }: { stdout: string }) => stdout.match(/^ {2}[✓✗!-] \S+/gm);
  const piped = names(await tokctl(argv, { files: FILES }));
  expect(piped?.length).toBe(11);
  expect(names(await tokctl(argv, { files: FILES, tty: true, columns: 50 }))).toEqual(piped);
});
