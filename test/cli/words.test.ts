// Two readers of a command line must never read it differently: what the quick one reads, commander reads the same.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/commands/index.ts';
import { OPTIONS } from '../../src/cli/options.ts';
import { parseWords } from '../../src/cli/program.ts';
import { type Parsed, readPlainWords } from '../../src/cli/words.ts';
import { fakeHost } from './fake-host.ts';

const shown = ({ command, words, flags }: Parsed) => ({
  command: command.name,
  words,
  flags: Object.fromEntries(flags),
});

async function byCommander(argv: readonly string[]) {
  const parsed = await parseWords(argv, fakeHost().host);
  return typeof parsed === 'number' ? parsed : shown(parsed);
}

const quickly = (argv: readonly string[]) => {
  const parsed = readPlainWords(argv);
  return parsed === undefined ? undefined : shown(parsed);
};

const value = fc.constantFrom(
  'a',
  '',
  '-',
  'x=y',
  'a,b',
  '5m',
  '-1',
  '--json',
  '-o',
  '@file',
  'https://id.example.com',
  'two words',
);
const word = fc.oneof(
  value,
  fc.constantFrom('--', '-h', '--help', '-V', '--version', '-q', '-qv', '-ojson', '-o=json', '--=', '--no-json'),
  fc.constantFrom(...OPTIONS).map(({ name }) => `--${name}`),
  fc.tuple(fc.constantFrom(...OPTIONS), value).map(([{ name }, text]) => `--${name}=${text}`),
);
const pair = fc
  .tuple(fc.constantFrom(...OPTIONS), value)
  .map(([{ name, kind }, text]) => (kind === 'flag' ? [`--${name}`] : [`--${name}`, text]));
const commandLine = fc
  .tuple(
    fc.constantFrom(...COMMANDS.map(({ name }) => name), 'inspect', 'nothing', '-h', ''),
    fc.array(
      fc.oneof(
        { weight: 3, arbitrary: pair },
        word.map((one) => [one]),
      ),
      { maxLength: 5 },
    ),
  )
  .map(([first, rest]) => [first, ...rest.flat()]);

describe('the quick reader', () => {
  test('reads as commander reads, or not at all', async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(commandLine, async (argv) => {
        const quick = quickly(argv);
        if (quick === undefined) return;
        compared += 1;
        expect(await byCommander(argv)).toEqual(quick);
      }),
      { seed: 20_261_121, numRuns: 3000 },
    );
    expect(compared).toBeGreaterThan(300);
  });

  test.each([
    [
      ['verify', '@token.txt', '--jwks', 'keys.json', '-o', 'json'],
      ['@token.txt'],
      { jwks: 'keys.json', output: 'json' },
    ],
    [['inspect', '-', '--json', '-q'], ['-'], { json: true, quiet: true }],
    [['verify', '--audience', 'a', 'one', '--audience=b,c'], ['one'], { audience: ['a', 'b,c'] }],
    [['verify', '--issuer=https://a.example', '--issuer', 'https://b.example'], [], { issuer: 'https://b.example' }],
  ])('reads %j', async (argv, words, flags) => {
    expect(quickly(argv)).toMatchObject({ words, flags });
    expect(await byCommander(argv)).toEqual(quickly(argv));
  });

  test.each([
    [['--version']],
    [['verify', '--help']],
    [['verify', 'a', '--', '-b']],
    [['verify', '--issuer']],
    [['verify', '--issuer', '--json']],
    [['verify', '--no-such-option']],
    [['decode', '--issuer', 'https://id.example.com']],
    [['doctor']],
    [['jwks', 'one', 'two']],
    [['introspct', '-']],
    [[]],
  ])('leaves %j to commander', (argv) => {
    expect(readPlainWords(argv)).toBeUndefined();
  });
});
