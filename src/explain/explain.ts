// Looks a word up in every table. One word may have several meanings: `scope` is a check and a claim.
// Words come from people: they are looked up in a Map, without case, and `-`, `_` and spaces are alike. What was typed
// never stands in an explanation.

import { CAUSE_CODES } from '../core/causes.ts';
import { nearest as nearestOf } from '../core/nearest.ts';
import { CHECK_NAMES } from '../core/report.ts';
import { CAUSES } from './causes.ts';
import { CHECKS, CLAIM_CHECK } from './checks.ts';
import { CLAIM_NOTES, type ClaimNote, HEADER_NOTES } from './claim-notes.ts';
import { allClaims, allHeaderMembers, CLAIM_FAMILIES, type ClaimEntry } from './claims.ts';
import { DOCTOR_FINDINGS } from './doctor-findings.ts';
import type { Entry } from './entry.ts';
import { ERRORS } from './errors.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { FINDINGS, type Finding } from './findings.ts';
import { FORMATS } from './formats.ts';
import { GATE_CHECKS } from './gate-checks.ts';
import { KINDS } from './kinds.ts';
import { OUTCOMES, VERDICTS } from './verdicts.ts';
import { WEAKNESSES } from './weaknesses.ts';

/** What a word is, in the order in which several meanings are shown. */
export type WordGroup =
  | 'verdict'
  | 'exit_code'
  | 'error'
  | 'cause'
  | 'check'
  | 'finding'
  | 'outcome'
  | 'kind'
  | 'format'
  | 'weakness'
  | 'claim'
  | 'header_member';

/** One meaning of a word, spelled as in reports and tokens. */
export interface Explanation extends Entry {
  readonly word: string;
  readonly group: WordGroup;
}

const ofTable = (group: WordGroup, table: Readonly<Record<string, Entry>>, words = Object.keys(table)): Explanation[] =>
  words.flatMap((word) => {
    const entry = table[word];
    return entry === undefined ? [] : [{ word, group, ...entry }];
  });

const PLACES = {
  jwt: 'Stands in JWTs.',
  introspection: 'Stands in introspection answers.',
  both: 'Stands in JWTs and in introspection answers.',
  header: 'Stands in the header of a JWT.',
};

function ofClaim(word: string, { meaning: title, spec, where = 'both' }: ClaimEntry, note?: ClaimNote): Explanation {
  const meaning = note?.about ?? `${PLACES[where]} What exactly it holds is defined by ${spec}.`;
  const { next, see } = note ?? {};
  return {
    word,
    group: where === 'header' ? 'header_member' : 'claim',
    title,
    meaning,
    ...(next === undefined ? {} : { next }),
    spec,
    ...(see === undefined ? {} : { see }),
  };
}

function ofFinding(word: string, [check, title]: Finding): Explanation {
  const { meaning, reasons = [], next = [], spec } = CHECKS[check];
  const about = `A finding of the check \`${check}\`. ${meaning}`;
  return { word, group: 'finding', title, meaning: about, reasons, next, ...(spec ? { spec } : {}), see: [check] };
}

/** The word that stands for every check of the form `claim:<name>`. */
export const CLAIM_CHECK_WORD = 'claim:<name>';

/** Every explanation there is, group by group. Families of claims, such as `custom:*`, are not listed. */
export function allExplanations(): Explanation[] {
  return [
    ...ofTable('verdict', VERDICTS),
    ...ofTable('exit_code', table(EXIT_CODES)),
    ...ofTable('error', ERRORS),
    ...ofTable('cause', CAUSES, [...CAUSE_CODES]),
    ...ofTable('check', CHECKS, [...CHECK_NAMES]),
    ...ofTable('check', GATE_CHECKS),
    { word: CLAIM_CHECK_WORD, group: 'check', ...CLAIM_CHECK },
    ...Object.entries(FINDINGS).map(([word, finding]) => ofFinding(word, finding)),
    ...ofTable('finding', DOCTOR_FINDINGS),
    ...ofTable('outcome', OUTCOMES),
    ...ofTable('kind', KINDS),
    ...ofTable('format', FORMATS),
    ...ofTable('weakness', WEAKNESSES),
    ...Object.entries(allClaims()).map(([name, entry]) => ofClaim(name, entry, CLAIM_NOTES[name])),
    ...Object.entries(allHeaderMembers()).map(([name, entry]) => ofClaim(name, entry, HEADER_NOTES[name])),
  ];
}

const table = (codes: Readonly<Record<number, Entry>>): Readonly<Record<string, Entry>> => ({ ...codes });

const fold = (word: string): string => word.trim().toLowerCase().replaceAll(/[-\s]/g, '_');

let byWord: Map<string, Explanation[]> | undefined;

/** Built when the first word is looked up: most runs look up none. */
function index(): ReadonlyMap<string, Explanation[]> {
  if (byWord !== undefined) return byWord;
  byWord = new Map();
  for (const explanation of allExplanations()) {
    const key = fold(explanation.word);
    byWord.set(key, [...(byWord.get(key) ?? []), explanation]);
  }
  return byWord;
}

/**
 * Every meaning of a word: a verdict, exit code, error code, cause, check (also `claim:<name>`), finding, outcome, kind,
 * format, weakness, claim or header member. Empty for a word that nobody knows.
 */
export function explain(word: string): Explanation[] {
  const asked = word.trim();
  if (fold(asked) === 'claim') return explain(CLAIM_CHECK_WORD);
  if (!/^claim:./i.test(asked) || asked === CLAIM_CHECK_WORD) return meaningsOf(asked);
  const claims = meaningsOf(asked.slice('claim:'.length)).filter(({ group }) => group === 'claim');
  return [...explain(CLAIM_CHECK_WORD), ...claims];
}

function meaningsOf(word: string): Explanation[] {
  return index().get(fold(word)) ?? claimFamily(word);
}

/** A URL with parameters is no claim name, and may hold a token. */
function claimFamily(word: string): Explanation[] {
  const family = word.includes('=') ? undefined : CLAIM_FAMILIES.find(({ pattern }) => pattern.test(word));
  return family === undefined ? [] : [ofClaim(family.spelling, family)];
}

/** Words that are explained and spelled much like this one, nearest first, at most three. */
export function nearest(word: string): string[] {
  const words = allExplanations().map((explanation) => explanation.word);
  return nearestOf(word.trim(), words);
}
