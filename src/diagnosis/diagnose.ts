// Why a token is not active, or no answer could be had: a pure function of the report and the question.
// Invariant: certain causes stand before likely before possible ones; a code appears once; nothing here throws or asks.

import type { Cause, Confidence, Report } from '../core/report.ts';
import { CLAIM_RULES } from './claim-causes.ts';
import type { Background, Rule } from './facts.ts';
import { SERVER_RULES } from './server-causes.ts';
import { SIGNATURE_RULES } from './signature-causes.ts';

const RULES: readonly Rule[] = [...SIGNATURE_RULES, ...CLAIM_RULES, ...SERVER_RULES];
const RANK: Readonly<Record<Confidence, number>> = { certain: 0, likely: 1, possible: 2 };

/** Ranked causes; empty for an active token. */
export function diagnose(report: Report, background: Background): Cause[] {
  if (report.verdict === 'active') return [];
  const facts = { ...background, report };
  const found = RULES.flatMap((rule) => rule(facts));
  const once = found.filter(({ code }, index) => found.findIndex((other) => other.code === code) === index);
  return once.sort((one, other) => RANK[one.confidence] - RANK[other.confidence]);
}
