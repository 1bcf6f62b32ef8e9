// Why a token is not active, or no answer could be had: a pure function of the report and the question.
// Invariant: certain causes stand before likely before possible ones, within them what lies deeper first; a code appears
// once; no cause stands beside evidence against it; nothing here throws or asks.

import type { CauseCode } from '../core/causes.ts';
import type { Cause, Confidence, Report } from '../core/report.ts';
import { ALGORITHM_RULES, UNSIGNED_RULES } from './algorithm-causes.ts';
import { AUDIENCE_RULES } from './audience-causes.ts';
import { CALLER_RULES } from './caller-causes.ts';
import { type Background, type Facts, failedCheck, isMadeByClient, issOf, type Rule } from './facts.ts';
import { FORM_RULES } from './form-causes.ts';
import { INACTIVE_RULES } from './inactive-causes.ts';
import { ISSUER_RULES } from './issuer-causes.ts';
import { KEY_RULES } from './key-causes.ts';
import { NO_ANSWER_RULES } from './no-answer-causes.ts';
import { providerOf } from './providers.ts';
import { KIND_RULES, PURPOSE_RULES, STRICT_RULES } from './purpose-causes.ts';
import { TEXT_RULES } from './text-causes.ts';
import { TIME_RULES } from './time-causes.ts';

/** What is told before the keys are looked at. */
const BEFORE_KEYS: readonly Rule[] = [...ISSUER_RULES, ...ALGORITHM_RULES];

/** What the token says of itself. */
const CLAIMS: readonly Rule[] = [...AUDIENCE_RULES, ...PURPOSE_RULES, ...TIME_RULES];

/** What the server said, or did not say. */
const SERVER: readonly Rule[] = [...INACTIVE_RULES, ...STRICT_RULES];
const CALLER: readonly Rule[] = [...CALLER_RULES, ...NO_ANSWER_RULES];

/** What the text tells. */
const TEXT: readonly Rule[] = [...TEXT_RULES, ...FORM_RULES, ...UNSIGNED_RULES];

/** Ranked causes; empty for an active token. */
export function diagnose(report: Report, background: Background): Cause[] {
  if (report.verdict === 'active') return [];
  const facts = factsOf(report, background);
  const isVouched = failedCheck(facts, 'signature') === undefined || isMadeByClient(facts);
  const found = isVouched ? byOrder(facts) : unvouched(facts);
  const ranked = found.sort((one, other) => RANK[one.confidence] - RANK[other.confidence]);
  const once = ranked.filter(({ code }, index) => ranked.findIndex((other) => other.code === code) === index);
  return withoutContradicted(once);
}

function factsOf(report: Report, background: Background): Facts {
  const unknown: Facts = { ...background, report, provider: undefined };
  const endpoint = report.introspection?.endpoint ?? background.introspectionEndpoint;
  return { ...unknown, provider: providerOf(issOf(unknown) ?? report.issuer, endpoint) };
}

const applied = (rules: readonly Rule[], facts: Facts): Cause[] => rules.flatMap((rule) => rule(facts));

/** In this order causes of one confidence are told: a new token does not help against what stands before its times. */
function byOrder(facts: Facts): Cause[] {
  const before = [...TEXT, ...KIND_RULES, ...BEFORE_KEYS];
  return applied([...before, ...KEY_RULES, ...CALLER, ...CLAIMS, ...SERVER], facts);
}

/** Under a signature that does not verify nobody vouches for the claims: they come after it, and are no surer than it. */
function unvouched(facts: Facts): Cause[] {
  const before = applied([...TEXT, ...BEFORE_KEYS], facts);
  const keys = applied(KEY_RULES, facts);
  const surest = Math.min(...keys.map(({ confidence }) => RANK[confidence]));
  const claims = applied([...KIND_RULES, ...CLAIMS], facts).map((cause) => noSurer(cause, surest));
  return [...before, ...keys, ...claims, ...applied([...CALLER, ...SERVER], facts)];
}

const LEVELS: readonly Confidence[] = ['certain', 'likely', 'possible'];
const RANK: Readonly<Record<Confidence, number>> = { certain: 0, likely: 1, possible: 2 };

const noSurer = (cause: Cause, rank: number): Cause =>
  Number.isFinite(rank) && RANK[cause.confidence] < rank ? { ...cause, confidence: LEVELS[rank] ?? 'possible' } : cause;

/** What is certain takes the ground from these: they would explain what needs no explanation any more. */
const SUPERSEDED: Partial<Record<CauseCode, readonly CauseCode[]>> = {
  token_truncated: ['signature_altered', 'key_of_other_environment', 'key_id_reused', 'key_rotated'],
  token_damaged: ['signature_altered', 'key_of_other_environment', 'key_id_reused', 'key_rotated'],
  key_id_reused: ['signature_altered', 'key_of_other_environment', 'key_rotated'],
  weak_key: ['key_rotated', 'key_of_other_environment'],
  revoked_or_unknown: ['asked_wrong_server', 'asked_through_other_hostname', 'client_credentials_wrong'],
  expired: ['revoked_or_unknown', 'caller_not_in_audience'],
};

function withoutContradicted(causes: readonly Cause[]): Cause[] {
  const certain = causes.filter(({ confidence }) => confidence === 'certain');
  const gone = new Set(certain.flatMap(({ code }) => SUPERSEDED[code] ?? []));
  return causes.filter(({ code, confidence }) => confidence === 'certain' || !gone.has(code));
}
