// What came of a check, and of all of them. Members are snake_case because the object is printed as it stands.
// Invariant: no claims are in it but those that a failed expectation names, so that a build log does not fill with them.

import type { ExitCode } from '../core/errors.ts';
import type { Cause, Check, ReportError, TokenPart, Weakness } from '../core/report.ts';
import type { CheckPlace, SubjectName } from './definition.ts';

/** One expectation and how it came out: a check of a report, or one of the names below. */
export interface Assertion extends Omit<Check, 'name'> {
  /** A check of the report, or `active`, `latency`, `remaining`, `metadata`, `keys`, `algorithms`, `baseline`,
   * `anonymous_refused`, `certificate`, `with_token`, `without_token`, `dead_token`. */
  name: string;
}

/** `unknown`: it could not be found out; `error` tells why. */
export type CheckOutcome = 'passed' | 'warned' | 'failed' | 'unknown';

export interface Measures {
  duration_ms: number;
  /** The slowest answer of a server that this check asked. */
  slowest_ms?: number;
  introspection_ms?: number;
  /** RFC 3339 in UTC. */
  token_expires_at?: string;
  ttl_seconds?: number;
  /** Fewer seconds left are a warning, or a failure, as the check says. */
  warn_below_seconds?: number;
  fail_below_seconds?: number;
  /** Keys of the JWK Set that can verify a signature. */
  jwks_keys?: number;
  certificate_expires_at?: string;
}

export interface CheckResult {
  name: string;
  subject: SubjectName;
  tags: string[];
  description?: string;
  place?: CheckPlace;
  outcome: CheckOutcome;
  exit_code: ExitCode;
  /** Why, in one sentence without a final period. */
  because: string;
  /** One thing to do next. */
  next?: string;
  checks: Assertion[];
  causes: Cause[];
  error?: ReportError;
  issuer?: string;
  token?: Pick<TokenPart, 'format' | 'kind' | 'sha256'>;
  measures: Measures;
  weakened: Weakness[];
}

export interface CheckRun {
  schema: 'tokctl.check/1';
  exit_code: ExitCode;
  /** RFC 3339 in UTC. */
  started_at: string;
  duration_ms: number;
  summary: { total: number } & Record<CheckOutcome, number>;
  /** In the order in which the checks were given. */
  results: CheckResult[];
}
