// Which checks a run makes: those of tokctl.yaml by name and tag, or one from flags.

import type { CheckHead, CheckPlace, SubjectName } from '../../check/definition.ts';
import { TokctlError } from '../../core/errors.ts';
import { escapeText } from '../../core/escape.ts';
import { nearest } from '../../core/nearest.ts';
import type { Invocation } from '../command.ts';
import type { KnownIssuer, RawValue, Settings } from '../settings.ts';
import { CHECK_FILE, type FileCheck, loadChecks } from './file.ts';
import { belongsElsewhere, claimPattern, PATTERN_HINT } from './rules.ts';

/** A check that is going to run: its head, and the options that tokctl.yaml gives it. */
export interface PlannedCheck {
  readonly head: CheckHead;
  readonly values: ReadonlyMap<string, RawValue>;
  /** The issuers of all profiles of the file. */
  readonly issuers?: readonly KnownIssuer[];
  /** Where the check, or one of its options, stands; absent for one from flags. */
  readonly placeOf?: (option?: string) => CheckPlace;
}

/** Flags that make a check of their own. */
const MAKES_ONE: readonly (readonly [flag: string, subject: SubjectName])[] = [
  ['server', 'issuer'],
  ['resource', 'resource'],
  ['token', 'token'],
];

/** @throws TokctlError ERR_USAGE for what is not there, ERR_CONFIG_INVALID for the file */
export async function planOf({ arguments: words, settings, host }: Invocation): Promise<PlannedCheck[]> {
  const made = MAKES_ONE.find(([flag]) => settings.get(flag) !== undefined);
  const named = settings.get('file')?.origin === 'flag' ? settings.text('file') : undefined;
  if (made !== undefined) return [fromFlags(made[1], { words, settings, file: named })];
  if (named === undefined && (await host.files.facts(CHECK_FILE)) === undefined) throw nothingToCheck();
  const { path, checks } = await loadChecks(named ?? CHECK_FILE, host);
  return chosen(checks, { path, words, tags: settings.list('tag') }).map(planned);
}

const nothingToCheck = (): TokctlError =>
  new TokctlError('ERR_USAGE', `expected checks in \`${CHECK_FILE}\` or from flags, got neither`, {
    hint: `write ${CHECK_FILE}, or name a token: tokctl check --token env:API_TOKEN --issuer https://id.example.com`,
  });

function planned({ name, subject, description, tags, values, issuers, placeOf }: FileCheck): PlannedCheck {
  const head = { name, subject, tags, place: placeOf(), ...(description === undefined ? {} : { description }) };
  return { head, values, issuers, placeOf };
}

// ---------------------------------------------------------------- from flags

interface Flags {
  readonly words: readonly string[];
  readonly settings: Settings;
  readonly file: string | undefined;
}

function fromFlags(subject: SubjectName, { words, settings, file }: Flags): PlannedCheck {
  const given = (name: string) => settings.get(name)?.origin === 'flag';
  if (file !== undefined || words.length > 0 || given('tag'))
    throw usage(
      'expected checks from a file or one from flags, got both',
      'leave out --token, --resource and --server',
    );
  if (subject === 'issuer' && (given('token') || given('resource')))
    throw usage('expected one subject, got --server beside another', 'run tokctl check once for each');
  const [lost] = belongsElsewhere(subject).filter(given);
  if (lost !== undefined) throw usage(`\`--${lost}\` would not be looked at in a check of this kind`, 'leave it out');
  for (const text of settings.texts('claim-matches')) {
    const read = claimPattern(text);
    if (typeof read === 'string') throw usage(`\`--claim-matches\`: ${read}`, PATTERN_HINT);
  }
  return { head: { name: subject, subject }, values: new Map() };
}

const usage = (message: string, hint: string): TokctlError => new TokctlError('ERR_USAGE', message, { hint });

// ---------------------------------------------------------------- by name and tag

interface Choice {
  readonly path: string;
  readonly words: readonly string[];
  readonly tags: readonly string[];
}

/** Names and tags narrow: a check is chosen by its name, if names are given, and by one of its tags, if tags are. */
function chosen(checks: readonly FileCheck[], { path, words, tags }: Choice): FileCheck[] {
  const names = checks.map(({ name }) => name);
  assertKnown(words, names, { what: 'check', path });
  assertKnown(tags, [...new Set(checks.flatMap((check) => check.tags))], { what: 'tag', path });
  const found = checks.filter(
    (check) =>
      (words.length === 0 || words.includes(check.name)) &&
      (tags.length === 0 || check.tags.some((tag) => tags.includes(tag))),
  );
  if (found.length > 0) return found;
  throw usage(`no check in ${path} has both one of these names and one of these tags`, 'leave out --tag');
}

function assertKnown(
  wanted: readonly string[],
  known: readonly string[],
  { what, path }: { what: string; path: string },
): void {
  const all = new Set(known);
  const unknown = wanted.find((word) => !all.has(word));
  if (unknown === undefined) return;
  // A word that looks like no name may be a token in the wrong place.
  const shown = unknown.length <= 64 ? ` \`${escapeText(unknown)}\`` : '';
  const [found] = nearest(unknown.slice(0, 64), known, 1);
  const there = known.length === 0 ? 'there are none' : `there are: ${known.slice(0, 20).join(', ')}`;
  throw usage(`no ${what}${shown} in ${path}`, `${found === undefined ? '' : `did you mean \`${found}\`? `}${there}`);
}
