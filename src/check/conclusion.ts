// From what was found to the result of a check. One failed expectation decides; an error leaves the question open; a
// warning is shown and passes. Invariant: nothing that was fetched, and no secret, is in a result.

import { ERROR_EXIT_CODES, type ExitCode, TokctlError } from '../core/errors.ts';
import { redactJson, redactor, withoutSignatures } from '../core/redact.ts';
import type { ReportError } from '../core/report.ts';
import { reportError } from '../judging/conclusion.ts';
import type { CheckHead } from './definition.ts';
import type { Findings } from './findings.ts';
import type { Assertion, CheckOutcome, CheckResult } from './result.ts';

export interface Concluding {
  readonly durationMs: number;
  readonly slowestMs: number | undefined;
  readonly strict: boolean;
  readonly secrets: readonly string[];
  readonly tokens: readonly string[];
}

export function concludeCheck(head: CheckHead, findings: Findings, concluding: Concluding): CheckResult {
  const checks = concluding.strict ? findings.checks.map(strictly) : findings.checks;
  const error = findings.error instanceof TokctlError ? reportError(findings.error) : findings.error;
  const { outcome, exit_code } = outcomeOf(checks, error);
  const { because, next } = reasonOf({ ...findings, checks }, { outcome, error });
  const { format, kind, sha256 } = findings.token ?? {};
  const result: CheckResult = {
    name: head.name,
    subject: head.subject,
    tags: [...(head.tags ?? [])],
    ...(head.description === undefined ? {} : { description: head.description }),
    ...(head.place === undefined ? {} : { place: head.place }),
    outcome,
    exit_code,
    because,
    ...(next === undefined ? {} : { next }),
    checks,
    causes: findings.causes ?? [],
    ...(error === undefined ? {} : { error }),
    ...(findings.issuer === undefined ? {} : { issuer: findings.issuer }),
    ...(format === undefined || kind === undefined || sha256 === undefined ? {} : { token: { format, kind, sha256 } }),
    measures: measuresOf(findings, concluding),
    weakened: findings.weakened ?? [],
  };
  const hide = redactor(concluding.secrets, concluding.tokens);
  return redactJson(result, (text) => withoutSignatures(hide(text)));
}

const strictly = (check: Assertion): Assertion =>
  check.outcome === 'warned' ? { ...check, outcome: 'failed', because: `${check.because} (--strict)` } : check;

function measuresOf({ measures }: Findings, { durationMs, slowestMs }: Concluding): CheckResult['measures'] {
  return {
    duration_ms: rounded(durationMs),
    ...(slowestMs === undefined ? {} : { slowest_ms: rounded(slowestMs) }),
    ...measures,
  };
}

const rounded = (ms: number): number => Math.round(ms * 10) / 10;

/** What is wrong with the command or the file, and a bug, are not outweighed by an answer of the token. */
const STANDS: readonly ExitCode[] = [70, 2];

function outcomeOf(
  checks: readonly Assertion[],
  error: ReportError | undefined,
): { outcome: CheckOutcome; exit_code: ExitCode } {
  const code = error === undefined ? undefined : ERROR_EXIT_CODES[error.code];
  const has = (outcome: Assertion['outcome']) => checks.some((check) => check.outcome === outcome);
  if (code !== undefined && STANDS.includes(code)) return { outcome: 'unknown', exit_code: code };
  if (has('failed')) return { outcome: 'failed', exit_code: 1 };
  if (code !== undefined) return { outcome: 'unknown', exit_code: code };
  return { outcome: has('warned') ? 'warned' : 'passed', exit_code: 0 };
}

interface Deciding {
  outcome: CheckOutcome;
  error: ReportError | undefined;
}

/** The first thing that is wrong, in words: for a refused token its first cause, which tells more than the check. */
function reasonOf({ checks, causes = [], because = 'as expected' }: Findings, { outcome, error }: Deciding) {
  const [cause] = causes;
  if (outcome === 'unknown') return told(error?.message ?? 'no answer', error?.hint ?? cause?.fix);
  if (outcome === 'passed') return told(because);
  const first = checks.find((check) => check.outcome === outcome);
  const words = first?.because ?? because;
  return outcome === 'failed' && cause !== undefined ? told(cause.because, cause.fix) : told(words);
}

const told = (because: string, next?: string) => ({ because, next });
