// The rules of tokctl.yaml that no schema can say: one subject for each check, options that belong to it, patterns that
// compile, profiles that are there, and no secret in a file that is shared.

import type { ClaimPattern, SubjectName } from '../../check/definition.ts';
import { nearest } from '../../core/nearest.ts';
import type { FileProfile } from '../config-schema.ts';
import { OPTIONS } from '../options.ts';
import { isLiteral } from '../secret-source.ts';
import type { CheckDocument, CheckEntry, ClaimExpectation } from './schema.ts';
import { readTokenSource } from './token.ts';

/** One thing that is wrong: the path to it, words for a message, and what to do next. */
export interface CheckRuleFault {
  readonly path: readonly PropertyKey[];
  readonly words: string;
  readonly hint: string;
}

export function ruleFaults(document: CheckDocument): CheckRuleFault[] {
  const profiles = Object.entries(document.profiles ?? {});
  const names = profiles.map(([name]) => name);
  return [
    ...profileNamed(['default-profile'], document['default-profile'], names),
    ...profiles.flatMap(([name, values]) => secretFaults(['profiles', name], `profile \`${name}\``, values ?? {})),
    ...Object.entries(document.checks).flatMap(([name, entry]) => checkFaults(name, entry, names)),
  ];
}

function checkFaults(name: string, entry: CheckEntry, profiles: readonly string[]): CheckRuleFault[] {
  const path = ['checks', name];
  const where = `check \`${name}\``;
  return [
    ...profileNamed([...path, 'profile'], entry.profile, profiles),
    ...subjectFaults(path, where, entry),
    ...tokenFaults(path, where, entry),
    ...patternFaults(path, where, entry),
    ...secretFaults(path, where, entry as FileProfile),
  ];
}

function profileNamed(
  path: readonly PropertyKey[],
  name: string | undefined,
  names: readonly string[],
): CheckRuleFault[] {
  if (name === undefined || names.includes(name)) return [];
  const [found] = nearest(name, names, 1);
  const there = names.length === 0 ? 'the file has no profiles' : `there are: ${names.join(', ')}`;
  return [
    {
      path,
      words: `\`${String(path.at(-1))}\`: no profile of this file is called \`${name}\``,
      hint: found === undefined ? there : `did you mean \`${found}\`? ${there}`,
    },
  ];
}

// ---------------------------------------------------------------- subject

/** What a check is about; undefined where it says nothing, or two things. */
export function subjectOf(entry: CheckEntry): SubjectName | undefined {
  const [token, resource, server] = [entry['token'], entry['resource'], entry['server'] === true ? true : undefined];
  if (server !== undefined) return token === undefined && resource === undefined ? 'issuer' : undefined;
  if (resource !== undefined) return 'resource';
  return token === undefined ? undefined : 'token';
}

const ONLY: Readonly<Record<SubjectName, readonly string[]>> = {
  token: ['active', 'claims', 'claim-matches', 'warn-ttl'],
  resource: ['dead-token'],
  issuer: ['min-keys', 'key-alg', 'baseline', 'refuses-anonymous', 'min-certificate-ttl'],
};
const BELONGS_TO: Readonly<Record<SubjectName, string>> = {
  token: 'a check with `token` alone',
  resource: 'a check with `resource`',
  issuer: 'a check with `server: true`',
};
/** Expectations of a token that serve elsewhere too: what a token is asked for, and for whom. */
const ELSEWHERE: readonly string[] = ['audience', 'scope', 'strict'];
const EXPECTATIONS = OPTIONS.filter(({ group, name }) => group === 'expectation' && !ELSEWHERE.includes(name)).map(
  ({ name }) => name,
);

/** What earlier runs fetched (`--cache`): a check of an issuer looks at the issuer of now. */
const OF_EARLIER_RUNS: readonly string[] = ['cache'];

/** Options that a check of that subject does not look at: one that is given would pass for one that holds. */
export function belongsElsewhere(subject: SubjectName): string[] {
  const others = Object.entries(ONLY).flatMap(([owner, only]) => (owner === subject ? [] : only));
  const kept = subject === 'issuer' ? OF_EARLIER_RUNS : [];
  return subject === 'token' ? others : [...others, ...EXPECTATIONS, ...kept];
}

function subjectFaults(path: readonly PropertyKey[], where: string, entry: CheckEntry): CheckRuleFault[] {
  const subject = subjectOf(entry);
  if (subject === undefined) return [noSubject(path, where, entry)];
  return belongsElsewhere(subject)
    .filter((name) => entry[name] !== undefined)
    .map((name) => {
      return {
        path: [...path, name],
        words: `\`${name}\` in ${where} would not be looked at: it belongs to ${ownerOf(name)}`,
        hint: 'make a check of its own for it',
      };
    });
}

function ownerOf(name: string): string {
  if (OF_EARLIER_RUNS.includes(name)) return 'a check with `token` or `resource`';
  return BELONGS_TO[(Object.keys(ONLY) as SubjectName[]).find((one) => ONLY[one].includes(name)) ?? 'token'];
}

function noSubject(path: readonly PropertyKey[], where: string, entry: CheckEntry): CheckRuleFault {
  const several = entry['token'] !== undefined || entry['resource'] !== undefined;
  return {
    path,
    words: several
      ? `${where}: expected one subject, got \`server\` beside another`
      : `${where}: expected \`token\`, \`resource\` or \`server: true\`, got none of them`,
    hint: several ? 'make two checks of it' : 'say what is checked, such as `token: env:API_TOKEN`',
  };
}

// ---------------------------------------------------------------- tokens, patterns, secrets

function tokenFaults(path: readonly PropertyKey[], where: string, entry: CheckEntry): CheckRuleFault[] {
  const token = entry['token'];
  if (typeof token !== 'string') return [];
  const { kind } = readTokenSource(token);
  if (kind !== 'literal' && kind !== 'stdin' && kind !== 'cmd') return [];
  return [
    {
      path: [...path, 'token'],
      words: `\`token\` in ${where}: expected where the token comes from, got ${GOT[kind]}`,
      hint: 'env:NAME, file:PATH, client_credentials, github, gitlab:NAME or kubernetes',
    },
  ];
}

const GOT = {
  literal: 'something else (not shown: it may be a token)',
  stdin: '`-`, which a file that is shared cannot mean',
  cmd: 'a command, which a file that is shared may not run',
} as const;

function patternFaults(path: readonly PropertyKey[], where: string, entry: CheckEntry): CheckRuleFault[] {
  const claims = Object.entries(entry.claims ?? {}).map(([name, value]): [PropertyKey[], string | undefined] => [
    ['claims', name],
    name.includes('=') ? 'expected the name of a claim, got one with `=`' : valueProblem(value),
  ]);
  const given = entry['claim-matches'];
  const texts = Array.isArray(given) ? given : given === undefined ? [] : [given];
  const patterns = texts.map((text, index): [PropertyKey[], string | undefined] => [
    ['claim-matches', ...(Array.isArray(given) ? [index] : [])],
    problemOf(claimPattern(String(text))),
  ]);
  return [...claims, ...patterns].flatMap(([at, problem]) =>
    problem === undefined
      ? []
      : [{ path: [...path, ...at], words: `\`${String(at[0])}\` in ${where}: ${problem}`, hint: PATTERN_HINT }],
  );
}

const valueProblem = (value: ClaimExpectation): string | undefined =>
  typeof value === 'object' ? problemOf(claimPattern(`claim=${value.matches}`)) : undefined;

const problemOf = (read: ClaimPattern | string): string | undefined => (typeof read === 'string' ? read : undefined);

/** What to do about a pattern that cannot be read. */
export const PATTERN_HINT =
  'write name=regex; escape what is meant as text, such as `\\.`, and anchor with `^` and `$`';

/** A claim and its pattern from `name=regex`, or in words what is wrong with the text. */
export function claimPattern(text: string): ClaimPattern | string {
  const [, name, source] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
  if (name === undefined || source === undefined) return 'expected name=regex, got other text';
  try {
    return { name, pattern: new RegExp(source, 'u') };
  } catch (error) {
    // The message of the engine repeats the pattern, then says what is wrong with it after the last colon.
    const reason = error instanceof Error ? (error.message.split(': ').at(-1) ?? '') : '';
    return `expected a regular expression, got one that cannot be read (${reason.toLowerCase()})`;
  }
}

const SECRET_HEADER = /^[^:]*(?:authorization|cookie|key|token|secret)[^:]*:/i;

/** A project file is shared by its nature: secrets are named there, never held, and no command is run for them. */
function secretFaults(path: readonly PropertyKey[], where: string, values: FileProfile): CheckRuleFault[] {
  const textsOf = (value: unknown) => (Array.isArray(value) ? value.map(String) : [String(value)]);
  return OPTIONS.filter(({ name, kind }) => (kind === 'source' || name === 'header') && name !== 'token').flatMap(
    ({ name }) => {
      const value = values[name];
      if (value === undefined) return [];
      const problem = textsOf(value)
        .map((text) => sourceProblem(name, text))
        .find((one) => one !== undefined);
      if (problem === undefined) return [];
      const hint = name === 'header' ? 'give it on the command line: --header' : `${name}: env:NAME or file:PATH`;
      return [{ path: [...path, name], words: `\`${name}\` in ${where} ${problem}`, hint }];
    },
  );
}

function sourceProblem(name: string, text: string): string | undefined {
  if (name === 'header') return SECRET_HEADER.test(text) ? 'holds a secret, and the file is shared' : undefined;
  if (text === '-') return 'reads stdin, which a file that is shared cannot mean';
  if (text.startsWith('cmd:')) return 'runs a command, which a file that is shared may not';
  return isLiteral(text, name) ? 'is a literal secret, and the file is shared' : undefined;
}
