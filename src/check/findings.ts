// What performing a check brings back, before it becomes a result.

import type { TokctlError } from '../core/errors.ts';
import type { Cause, ReportError, TokenPart, Weakness } from '../core/report.ts';
import type { IntrospectOptions } from '../request.ts';
import type { Assertion, Measures } from './result.ts';

export interface Findings {
  checks: Assertion[];
  causes?: Cause[];
  error?: TokctlError | ReportError;
  issuer?: string;
  token?: TokenPart;
  measures?: Partial<Measures>;
  weakened?: Weakness[];
  /** In words, when nothing is wrong. */
  because?: string;
}

/** What a check is performed with: the limits of the run, and a place for what must not be printed. */
export interface Instruments {
  /** Fills in what the run gives to every question: transport, clock, signal, observer. */
  readonly within: (question: IntrospectOptions) => IntrospectOptions;
  /** Seconds since 1970. */
  readonly now: () => number;
  /** Keeps a token out of the result; `fetched` ones are told to the caller too. */
  readonly keepSecret: (token: string, fetched: boolean) => void;
}
