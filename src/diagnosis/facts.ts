// What a diagnosis stands on: the report, the question it answers, and what is known of vendors. Plain data, read-only.

import type { CauseCode } from '../core/causes.ts';
import type { TokctlError } from '../core/errors.ts';
import { escapeText } from '../core/escape.ts';
import type { Expectations } from '../core/expectations.ts';
import type { Cause, Check, CheckName, Confidence, Report } from '../core/report.ts';
import type { Shape } from '../core/shape.ts';
import type { Token } from '../core/token.ts';
import type { ClientCredentials } from '../protocol/client-authentication.ts';

/** What is known besides the report. Holds the token and credentials: nothing of it is copied into a cause. */
export interface Background {
  token: Token;
  shape?: Shape;
  error?: TokctlError;
  client?: ClientCredentials;
  expectations: Expectations;
  tokenTypeHint?: string;
  introspectionEndpoint?: string;
}

export interface Facts extends Background {
  report: Report;
}

/** One way of explaining; gives the causes that the facts speak for. */
export type Rule = (facts: Facts) => Cause[];

export const failedCheck = ({ report }: Facts, name: CheckName): Check | undefined =>
  report.checks.find((check) => check.name === name && check.outcome === 'failed');

export const checkNamed = ({ report }: Facts, name: CheckName): Check | undefined =>
  report.checks.find((check) => check.name === name);

export interface CauseParts {
  because: string;
  evidence: readonly string[];
  fix: string;
}

/** A cause; texts of tokens and servers in its evidence are escaped, because they stand in sentences. */
export function cause(code: CauseCode, confidence: Confidence, { because, evidence, fix }: CauseParts): Cause {
  return { code, confidence, because, evidence: evidence.map(escapeText), fix };
}
