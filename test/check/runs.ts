// Results of checks and a run of them, as the gate gives them to be rendered: one for each outcome.

import type { CheckResult, CheckRun } from '../../src/check.ts';

export const result = (more: Partial<CheckResult>): CheckResult => ({
  name: 'good',
  subject: 'token',
  tags: [],
  outcome: 'passed',
  exit_code: 0,
  because: 'active, 42 min left',
  checks: [{ name: 'signature', outcome: 'passed', because: 'RS256 by key 1' }],
  causes: [],
  measures: { duration_ms: 12.5, token_expires_at: '2026-11-21T01:00:00Z', ttl_seconds: 2520 },
  weakened: [],
  ...more,
});

export const FAILED = result({
  name: 'wrong-audience',
  place: { file: 'ci/tokctl.yaml', line: 7, column: 3 },
  outcome: 'failed',
  exit_code: 1,
  because: 'the token is meant for somebody else',
  next: 'correct --audience',
  checks: [
    {
      name: 'audience',
      outcome: 'failed',
      expected: 'api',
      actual: 'web',
      because: 'aud does not name this audience',
      spec: 'RFC 7519 §4.1.3',
    },
  ],
});
export const UNKNOWN = result({
  name: 'no-answer',
  subject: 'issuer',
  outcome: 'unknown',
  exit_code: 3,
  because: 'expected an answer, got none',
  next: 'allow more time: `--timeout 30s`',
  checks: [],
  error: { code: 'ERR_TIMEOUT', message: 'expected an answer, got none', hint: 'allow more time: `--timeout 30s`' },
  measures: { duration_ms: 10_000, jwks_keys: 2, certificate_expires_at: '2027-01-01T00:00:00Z', slowest_ms: 3 },
});
export const WARNED = result({
  name: 'soon',
  outcome: 'warned',
  because: 'it expires soon',
  checks: [
    { name: 'remaining', outcome: 'warned', expected: 'at least 1 h', actual: '42 min', because: 'it expires soon' },
  ],
  measures: {
    duration_ms: 1,
    ttl_seconds: 2520,
    introspection_ms: 5.25,
    warn_below_seconds: 3600,
    fail_below_seconds: 600,
  },
  weakened: ['insecure_tls'],
});

export function runOf(results: CheckResult[], exit_code: CheckRun['exit_code'] = 0): CheckRun {
  const count = (outcome: string) => results.filter((one) => one.outcome === outcome).length;
  return {
    schema: 'tokctl.check/1',
    exit_code,
    started_at: '2026-11-21T00:18:00Z',
    duration_ms: 1234,
    summary: {
      total: results.length,
      failed: count('failed'),
      unknown: count('unknown'),
      warned: count('warned'),
      passed: count('passed'),
    },
    results,
  };
}

export const ALL = runOf([result({}), WARNED, UNKNOWN, FAILED], 3);
