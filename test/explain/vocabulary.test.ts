// Every name that a script or a report can show is explained, and every explanation is fit to be read and followed.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Command } from '../../src/cli/command.ts';
import { OPTIONS } from '../../src/cli/options.ts';
import { checkValue } from '../../src/cli/values.ts';
import { CAUSE_CODES } from '../../src/core/causes.ts';
import { ERROR_EXIT_CODES } from '../../src/core/errors.ts';
import { KIND_NAMES } from '../../src/core/kind.ts';
import { CHECK_NAMES } from '../../src/core/report.ts';
import { CLAIM_NOTES, HEADER_NOTES } from '../../src/explain/claim-notes.ts';
import { allClaims, allHeaderMembers, CLAIM_FAMILIES } from '../../src/explain/claims.ts';
import { allExplanations, type Explanation, explain, nearest, type WordGroup } from '../../src/explain/explain.ts';
import { GATE_CHECKS } from '../../src/explain/gate-checks.ts';
import { WEAKNESSES } from '../../src/explain/weaknesses.ts';

const CLAIMS = allClaims();
const HEADER_MEMBERS = allHeaderMembers();

const groupsOf = (word: string): WordGroup[] => explain(word).map(({ group }) => group);
const ALL = allExplanations();
const named = ALL.map((one): [string, Explanation] => [`${one.group} ${one.word}`, one]);

/** A name that was once printed stays: written out here, so that a renaming is noticed. */
const PROMISED_CAUSES = `expired not_yet_valid revoked_or_unknown caller_not_in_audience asked_wrong_server
  asked_through_other_hostname wrong_token_kind refresh_token_needs_hint signature_altered token_truncated key_rotated
  key_of_other_environment key_id_reused issuer_trailing_slash issuer_version_pair issuer_differs audience_missing
  audience_differs scope_missing not_locally_verifiable symmetric_algorithm algorithm_confusion algorithm_none clock_skew
  milliseconds_not_seconds client_secret_encoding client_auth_method client_not_allowed assertion_audience
  sender_constrained provider_has_no_introspection lightweight_token client_credentials_wrong
  hint_contradicts_token`.split(/\s+/);

describe('every name is explained', () => {
  test.each<[WordGroup, readonly string[]]>([
    ['check', [...CHECK_NAMES, ...Object.keys(GATE_CHECKS)]],
    ['error', Object.keys(ERROR_EXIT_CODES)],
    ['cause', CAUSE_CODES],
    ['kind', KIND_NAMES],
    ['exit_code', ['0', '1', '2', '3', '70', '130']],
    ['verdict', ['active', 'inactive', 'unknown']],
    ['outcome', ['passed', 'failed', 'warned', 'skipped']],
    ['format', ['jws', 'jws-json', 'jwe', 'sd-jwt', 'paseto', 'opaque']],
    ['weakness', Object.keys(WEAKNESSES)],
    ['claim', Object.keys(CLAIMS)],
    ['header_member', Object.keys(HEADER_MEMBERS)],
  ])('as %s', (group, words) => {
    expect(words.length).toBeGreaterThan(2);
    for (const word of words) expect(groupsOf(word), word).toContain(group);
    expect(ALL.filter((one) => one.group === group && one.word !== 'claim:<name>')).toHaveLength(words.length);
  });

  test('the causes that scripts may rely on are all there, each once', () => {
    expect(CAUSE_CODES).toEqual(expect.arrayContaining(PROMISED_CAUSES));
    expect(new Set(CAUSE_CODES).size).toBe(CAUSE_CODES.length);
  });

  test('as finding, whatever the program writes as one', () => {
    const source = fileURLToPath(new URL('../../src', import.meta.url));
    const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
    const lines = files.flatMap((name) => readFileSync(join(source, name), 'utf8').split('\n'));
    const findings = lines
      .filter((line) => /\bfinding\b/.test(line))
      .flatMap((line) => line.match(/(?<=')[a-z0-9_]+(\.[a-z0-9_]+)+(?=')/g) ?? []);
    expect(findings.length).toBeGreaterThan(20);
    expect([...new Set(findings)].filter((word) => !groupsOf(word).includes('finding'))).toEqual([]);
  });

  test('every long text belongs to a claim or a header member', () => {
    expect(Object.keys(CLAIM_NOTES).filter((name) => !Object.hasOwn(CLAIMS, name))).toEqual([]);
    expect(Object.keys(HEADER_NOTES).filter((name) => !Object.hasOwn(HEADER_MEMBERS, name))).toEqual([]);
  });

  test('no two meanings have the same text', () => {
    const texts = named.map(([, { group, title, meaning }]) => `${group} ${title} ${meaning}`);
    const unlisted = texts.filter((text) => !/^(claim|header_member) /.test(text));
    expect(new Set(unlisted).size).toBe(unlisted.length);
  });
});

describe('a word is looked up', () => {
  test.each<[string, WordGroup[]]>([
    ['scope', ['check', 'claim']],
    ['nonce', ['check', 'claim', 'header_member']],
    ['unknown', ['verdict', 'kind']],
    ['issuer', ['check']],
    ['expired', ['cause']],
    ['signature', ['check']],
    ['err_usage', ['error']],
    ['EXPIRED', ['cause']],
    ['ID token', ['kind']],
    ['sd-jwt', ['kind', 'format']],
    ['max-age', ['check', 'claim']],
    [' 130 ', ['exit_code']],
    ['header.alg.none', ['finding']],
    ['claim', ['check']],
    ['claim:<name>', ['check']],
    ['claim:tenant', ['check']],
    ['claim:aud', ['check', 'claim']],
    ['custom:department', ['claim']],
    ['constructor', []],
    ['__proto__', []],
    ['4', []],
    ['', []],
  ])('%j', (word, groups) => {
    expect(groupsOf(word)).toEqual(groups);
  });

  test('a family is shown by its own spelling, never by what was typed', () => {
    expect(explain('https://example.com/claims/role').map(({ word }) => word)).toEqual(['https://*']);
    expect(explain('https://app.example.com/#access_token=abc')).toEqual([]);
    for (const { spelling, pattern } of CLAIM_FAMILIES) expect(pattern.test(spelling), spelling).toBe(true);
  });

  test('a word of many colons is no endless matter', () => {
    expect(groupsOf('claim:'.repeat(20_000))).toEqual(['check']);
  });

  test('an unknown word has near ones', () => {
    expect(nearest('audince')).toEqual(['audience']);
    expect(nearest('ERR_TIMOUT')).toEqual(['ERR_TIMEOUT']);
    expect(nearest('flibbertigibbet')).toEqual([]);
  });
});

describe('every explanation', () => {
  test.each(named)(
    '%s is short and in the voice of the house',
    (_name, { title, meaning, reasons = [], next = [] }) => {
      expect(title.length).toBeGreaterThan(1);
      expect(title.length).toBeLessThanOrEqual(100);
      expect(meaning).toMatch(/[.:)]$/);
      expect(meaning.length).toBeGreaterThanOrEqual(20);
      expect(meaning.length).toBeLessThanOrEqual(480);
      const lines = [title, ...reasons, ...next.map((step) => (typeof step === 'string' ? step : step[0]))];
      for (const line of lines) {
        expect(line).not.toMatch(/\.$|\n|^\s|\s$/);
        expect(line.length).toBeLessThanOrEqual(160);
      }
      for (const text of [meaning, ...lines]) {
        expect(text).not.toMatch(/\b(simply|please|obviously)\b/i);
        expect((text.match(/`/g) ?? []).length % 2, text).toBe(0);
      }
    },
  );

  test.each(named.filter(([, { see }]) => see !== undefined))('%s refers to words that are explained', (_name, one) => {
    for (const word of one.see ?? []) {
      expect(explain(word), word).not.toEqual([]);
      expect(word, 'refers to itself').not.toBe(one.word);
    }
  });

  test.each(named.filter(([, { group }]) => /^(cause|error|exit_code|check)$/.test(group)))(
    '%s says what to do',
    (_name, { next = [] }) => {
      expect(next.length).toBeGreaterThan(0);
    },
  );

  test('a claim is told in 45 characters, for the column of a table', () => {
    const entries = [...Object.entries(CLAIMS), ...Object.entries(HEADER_MEMBERS)];
    const long = entries.filter(([, { meaning }]) => meaning.length > 45).map(([name]) => name);
    expect(long.concat(CLAIM_FAMILIES.filter(({ meaning }) => meaning.length > 45).map((one) => one.spelling))).toEqual(
      [],
    );
  });
});

// ---------------------------------------------------------------- what is to be typed can be typed

const COMMANDS = 'introspect verify decode check doctor jwks token explain config completion demo'.split(' ');
const GENERAL = new Set(['--help', '-h', '--version', '-V']);

const textsOf = ({ title, meaning, reasons = [], next = [] }: Explanation): string[] => [
  title,
  meaning,
  ...reasons,
  ...next.map((step) => (typeof step === 'string' ? step : step[0])),
];
const quotedIn = (one: Explanation): string[] => textsOf(one).flatMap((text) => text.match(/`[^`]+`/g) ?? []);

function commandsOf(one: Explanation): string[] {
  const steps = (one.next ?? []).flatMap((step) => (typeof step === 'string' ? [] : [step[1]]));
  const inline = quotedIn(one).map((quoted) => quoted.slice(1, -1));
  return [...steps, ...inline.filter((text) => text.startsWith('tokctl '))];
}

const optionOf = (flag: string) => OPTIONS.find(({ name, short }) => flag === `--${name}` || flag === `-${short}`);

/** What is wrong with a command line, in words. */
function faultsOf(line: string, table: readonly Command[]): string[] {
  const [program, command = '', ...words] = line.split(' ');
  if (program !== 'tokctl' || line.includes('  ')) return [`is no tokctl command: ${line}`];
  if (GENERAL.has(command)) return [];
  const definition = table.find(({ name }) => name === command);
  const faults = COMMANDS.includes(command) ? [] : [`unknown command ${command}`];
  for (const [at, flag] of words.entries()) {
    if (!flag.startsWith('-') || flag === '-' || GENERAL.has(flag)) continue;
    const option = optionOf(flag);
    if (option === undefined) faults.push(`unknown option ${flag}`);
    else if (definition && !definition.groups.includes(option.group) && !definition.options?.includes(option.name))
      faults.push(`${command} has no ${flag}`);
    else if (option.kind !== 'flag') {
      const fault = checkValue(option, words[at + 1] ?? '');
      if (words[at + 1] === undefined || fault !== undefined) faults.push(`${flag}: ${fault ?? 'no value'}`);
    }
  }
  return faults;
}

async function commandTable(): Promise<readonly Command[]> {
  const path = fileURLToPath(new URL('../../src/cli/commands/index.ts', import.meta.url));
  if (!existsSync(path)) return [];
  const { COMMANDS: table } = (await import(path)) as { COMMANDS: readonly Command[] };
  return table;
}

describe('what an explanation tells to type', async () => {
  const table = await commandTable();

  test('the reader of command lines finds what is wrong', () => {
    expect(faultsOf('tokctl verify @token.txt --issuer https://id.example.com', table)).toEqual([]);
    expect(faultsOf('tokctl proof @token.txt', table)).toEqual(['unknown command proof']);
    expect(faultsOf('tokctl verify --issuers x', table)).toEqual(['unknown option --issuers']);
    expect(faultsOf('tokctl introspect --mode everywhere', table)).toEqual([
      '--mode: expected one of auto, local, remote, both',
    ]);
    expect(faultsOf('tokctl verify --audience', table)).toEqual(['--audience: no value']);
  });

  test('every command exists with its options and takes their values', () => {
    const lines = ALL.flatMap((one) => commandsOf(one).map((line) => [one.word, line] as const));
    expect(lines.length).toBeGreaterThan(100);
    const faults = lines.flatMap(([word, line]) => faultsOf(line, table).map((fault) => `${word}: ${fault}`));
    expect(faults).toEqual([]);
  });

  test('every option named in a text exists', () => {
    const flags = ALL.flatMap(quotedIn).flatMap((quoted) => quoted.match(/(?<=[` ])--[a-z-]+/g) ?? []);
    expect(flags.length).toBeGreaterThan(20);
    expect([...new Set(flags)].filter((flag) => optionOf(flag) === undefined && !GENERAL.has(flag))).toEqual([]);
  });
});
