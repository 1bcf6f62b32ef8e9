// check: named expectations of tokens, issuers and resources, side by side, each with a result of its own.
// What is wrong with one check, a bug included, is the result of that check: all others still run.

import { concludeCheck } from './check/conclusion.ts';
import type { CheckDefinition, DeferredCheck, RunOptions } from './check/definition.ts';
import type { Findings, Instruments } from './check/findings.ts';
import { performIssuerCheck } from './check/issuer-check.ts';
import { performResourceCheck } from './check/resource-check.ts';
import type { Assertion, CheckResult, CheckRun } from './check/result.ts';
import { performTokenCheck } from './check/token-check.ts';
import { TokctlError } from './core/errors.ts';
import { worstExitCode } from './core/report.ts';
import { durationWords, formatIso } from './core/time.ts';
import { provingValues } from './judging/secrecy.ts';
import type { Exchange } from './protocol/http/network.ts';
import { monotonicMs } from './protocol/monotonic.ts';
import type { IntrospectOptions } from './request.ts';

export type {
  CheckDefinition,
  CheckHead,
  CheckPlace,
  ClaimPattern,
  DeferredCheck,
  IssuerCheck,
  ResourceCheck,
  RunOptions,
  SubjectName,
  TokenCheck,
  TokenOrigin,
} from './check/definition.ts';
export type { Assertion, CheckOutcome, CheckResult, CheckRun, Measures } from './check/result.ts';

const CONCURRENCY = 8;

/**
 * Runs all checks within the limit and gives their results in the order in which they came; `onResult` is told of each
 * as it ends.
 * @throws the reason of `options.signal` when that aborts
 */
export async function runChecks(
  checks: readonly (CheckDefinition | DeferredCheck)[],
  options: RunOptions = {},
  onResult: (result: CheckResult) => void | Promise<void> = () => {},
): Promise<CheckRun> {
  const startedAt = monotonicMs();
  const started = options.now?.() ?? Date.now() / 1000;
  const results: CheckResult[] = [];
  const waiting = checks.entries();
  const worker = async (): Promise<void> => {
    for (const [index, check] of waiting) {
      const result = await runCheck(check, options);
      results[index] = result;
      await onResult(result);
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.concurrency ?? CONCURRENCY, checks.length) }, worker));
  return {
    schema: 'tokctl.check/1',
    exit_code: worstExitCode(results.map(({ exit_code }) => exit_code)),
    started_at: formatIso(Math.floor(started)) ?? '',
    duration_ms: Math.round(monotonicMs() - startedAt),
    summary: summaryOf(results),
    results,
  };
}

function summaryOf(results: readonly CheckResult[]): CheckRun['summary'] {
  const count = (outcome: CheckResult['outcome']) => results.filter((result) => result.outcome === outcome).length;
  return {
    total: results.length,
    failed: count('failed'),
    unknown: count('unknown'),
    warned: count('warned'),
    passed: count('passed'),
  };
}

/** Runs one check. @throws the reason of `options.signal` when that aborts, and nothing else */
export async function runCheck(check: CheckDefinition | DeferredCheck, options: RunOptions = {}): Promise<CheckResult> {
  options.signal?.throwIfAborted();
  const watched = watching(options);
  const startedAt = monotonicMs();
  let definition: CheckDefinition | undefined;
  let findings: Findings;
  try {
    definition = 'define' in check ? await check.define() : check;
    findings = await perform(definition, watched.instruments);
  } catch (error) {
    options.signal?.throwIfAborted();
    findings = { checks: [], error: error instanceof TokctlError ? error : bug(error) };
  }
  const slowestMs = watched.slowestMs();
  return concludeCheck(check, withLatency(findings, definition?.maxLatency, slowestMs), {
    durationMs: monotonicMs() - startedAt,
    slowestMs,
    strict: definition?.strict === true,
    secrets: definition === undefined ? [] : secretsOf(definition),
    tokens: watched.tokens,
  });
}

function perform(check: CheckDefinition, instruments: Instruments): Promise<Findings> {
  switch (check.subject) {
    case 'token':
      return performTokenCheck(check, instruments);
    case 'issuer':
      return performIssuerCheck(check, instruments);
    case 'resource':
      return performResourceCheck(check, instruments);
  }
}

function bug(error: unknown): TokctlError {
  const name = error instanceof Error ? error.name : typeof error;
  return new TokctlError('ERR_INTERNAL', `tokctl met a fault of its own in this check (${name})`, {
    hint: 'report it with the check and the output of tokctl --version, without tokens and secrets',
    cause: error,
  });
}

// ---------------------------------------------------------------- what a check is watched for

interface Watched {
  instruments: Instruments;
  tokens: string[];
  /** Of all answers, or undefined if nobody was asked. */
  slowestMs: () => number | undefined;
}

function watching({ fetch, signal, memory, now = () => Date.now() / 1000, observe, onToken }: RunOptions): Watched {
  const tokens: string[] = [];
  const latencies: number[] = [];
  const seen = (exchange: Exchange): void => {
    if (exchange.status !== undefined) latencies.push(exchange.latencyMs);
    observe?.(exchange);
  };
  const within = (question: IntrospectOptions): IntrospectOptions => ({
    ...(fetch === undefined ? {} : { fetch }),
    ...(memory === undefined ? {} : { memory }),
    ...question,
    ...(signal === undefined ? {} : { signal }),
    observe: seen,
  });
  const keepSecret = (token: string, fetched: boolean): void => {
    tokens.push(token);
    if (fetched) onToken?.(token);
  };
  return {
    instruments: { within, now, keepSecret },
    tokens,
    slowestMs: () => (latencies.length === 0 ? undefined : Math.max(...latencies)),
  };
}

function withLatency(findings: Findings, limit: number | undefined, slowestMs: number | undefined): Findings {
  if (limit === undefined || slowestMs === undefined) return findings;
  const quick = slowestMs <= limit * 1000;
  const check: Assertion = {
    name: 'latency',
    outcome: quick ? 'passed' : 'failed',
    expected: `at most ${milliseconds(limit * 1000)}`,
    actual: milliseconds(slowestMs),
    because: quick ? 'every answer came in time' : 'an answer took too long',
  };
  return { ...findings, checks: [...findings.checks, check] };
}

const milliseconds = (ms: number): string => (ms < 10_000 ? `${Math.round(ms)} ms` : durationWords(ms / 1000));

/** What the definition holds and no text of a server may repeat. */
function secretsOf(definition: CheckDefinition): string[] {
  const question: IntrospectOptions = definition.subject === 'issuer' ? definition.network : definition.question;
  const token = definition.subject === 'issuer' ? undefined : definition.token;
  return [
    question.client?.secret,
    question.client?.key,
    question.bearer,
    question.secret,
    question.expectations?.code,
    ...provingValues(question.headers),
    token?.from === 'github' ? token.requestToken : undefined,
    token?.from === 'client_credentials' ? token.client.secret : undefined,
  ].filter((text) => text !== undefined);
}
