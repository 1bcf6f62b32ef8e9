// Why a token is not active, or no answer could be had: a pure function of the report and the question.
// Invariant: certain causes stand before likely before possible ones, within them what lies deeper first; a code appears
// once; no cause stands beside evidence against it; nothing here throws or asks.

import type { CauseCode } from '../core/causes.ts';
import type { Cause, Confidence, Report } from '../core/report.ts';
import { ALGORITHM_RULES } from './algorithm-causes.ts';
import { CALLER_RULES } from './caller-causes.ts';
import { type Background, type Facts, issOf, type Rule } from './facts.ts';
import { INACTIVE_RULES } from './inactive-causes.ts';
import { ISSUER_RULES } from './issuer-causes.ts';
import { KEY_RULES } from './key-causes.ts';
import { providerOf } from './providers.ts';
import { PURPOSE_RULES, STRICT_RULES } from './purpose-causes.ts';
import { TEXT_RULES } from './text-causes.ts';
import { TIME_RULES } from './time-causes.ts';

/** In this order causes of one confidence are told: a new token does not help against what stands before its times. */
const RULES: readonly Rule[] = [
  ...TEXT_RULES,
  ...CALLER_RULES,
  ...ISSUER_RULES,
  ...ALGORITHM_RULES,
  ...KEY_RULES,
  ...PURPOSE_RULES,
  ...TIME_RULES,
  ...INACTIVE_RULES,
  ...STRICT_RULES,
];

const RANK: Readonly<Record<Confidence, number>> = { certain: 0, likely: 1, possible: 2 };

/** Ranked causes; empty for an active token. */
export function diagnose(report: Report, background: Background): Cause[] {
  if (report.verdict === 'active') return [];
  const issuer = issOf({ ...background, report, provider: undefined }) ?? report.issuer;
  const endpoint = report.introspection?.endpoint ?? background.introspectionEndpoint;
  const facts: Facts = { ...background, report, provider: providerOf(issuer, endpoint) };
  const found = RULES.flatMap((rule) => rule(facts)).sort(
    (one, other) => RANK[one.confidence] - RANK[other.confidence],
  );
  const once = found.filter(({ code }, index) => found.findIndex((other) => other.code === code) === index);
  return withoutContradicted(once);
}

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
