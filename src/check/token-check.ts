// A check of a token: get it, ask what `tokctl introspect` asks, and add what only a gate wants to know.

import type { Report } from '../core/report.ts';
import { durationWords } from '../core/time.ts';
import { introspect } from '../introspect.ts';
import { matchClaims } from './claim-patterns.ts';
import type { TokenCheck } from './definition.ts';
import type { Findings, Instruments } from './findings.ts';
import type { Assertion, Measures } from './result.ts';
import { obtainToken } from './token-origin.ts';

export async function performTokenCheck(check: TokenCheck, instruments: Instruments): Promise<Findings> {
  const question = instruments.within(check.question);
  const { text, takenFrom, fetched } = await obtainToken(check.token, question);
  instruments.keepSecret(text, fetched);
  const report = await introspect(text, {
    ...question,
    now: check.question.now ?? instruments.now(),
    ...(takenFrom === undefined ? {} : { takenFrom }),
  });
  const findings = check.active === false ? refusedFindings(report) : activeFindings(check, report);
  const known = knownOf(report);
  return { ...known, ...findings, measures: { ...known.measures, ...thresholds(check) } };
}

function knownOf({ token, issuer, times, introspection, weakened, causes, error }: Report): Findings {
  return {
    checks: [],
    causes,
    weakened,
    ...(error === undefined ? {} : { error }),
    ...(token === undefined ? {} : { token }),
    ...(issuer === undefined ? {} : { issuer }),
    measures: {
      ...(times?.expires_at === undefined ? {} : { token_expires_at: times.expires_at }),
      ...(times?.ttl_seconds === undefined ? {} : { ttl_seconds: times.ttl_seconds }),
      ...(introspection === undefined ? {} : { introspection_ms: introspection.latency_ms }),
    },
  };
}

function thresholds({ warnTtl, question }: TokenCheck): Partial<Measures> {
  const minTtl = question.expectations?.minTtl;
  return {
    ...(warnTtl === undefined ? {} : { warn_below_seconds: warnTtl }),
    ...(minTtl === undefined ? {} : { fail_below_seconds: minTtl }),
  };
}

function activeFindings(
  { claimPatterns = [], warnTtl }: TokenCheck,
  report: Report,
): Partial<Findings> & Pick<Findings, 'checks'> {
  // Without an answer nothing is known of the claims, and what is not known has not failed.
  const known = report.verdict !== 'unknown';
  const own = known ? [...matchClaims(report.claims, claimPatterns), ...remaining(report, warnTtl)] : [];
  const left = report.times?.ttl_seconds;
  return {
    checks: [...report.checks, ...own],
    // Of an active token they explain nothing: what failed then is what only the gate asked for.
    causes: report.verdict === 'active' ? [] : report.causes,
    because: left === undefined ? 'active' : `active, ${durationWords(left)} left`,
  };
}

/** `warn-ttl`: still good, but not for long. */
function remaining({ times }: Report, warnTtl: number | undefined): Assertion[] {
  if (warnTtl === undefined) return [];
  const left = times?.ttl_seconds;
  const enough = left !== undefined && left >= warnTtl;
  return [
    {
      name: 'remaining',
      outcome: enough ? 'passed' : 'warned',
      expected: `at least ${durationWords(warnTtl)}`,
      ...(left === undefined ? {} : { actual: durationWords(Math.max(0, left)) }),
      because:
        left === undefined ? 'nothing tells when it expires' : enough ? 'enough time is left' : 'it expires soon',
      spec: 'RFC 7519 §4.1.4',
    },
  ];
}

/** The token must be refused. No answer is no refusal. */
function refusedFindings({ verdict, causes, checks }: Report): Partial<Findings> & Pick<Findings, 'checks'> {
  if (verdict === 'unknown') return { checks: [], causes: [] };
  const why = causes[0]?.because ?? checks.find(({ outcome }) => outcome === 'failed')?.because ?? 'refused';
  const refused = verdict === 'inactive';
  const because = refused ? `inactive, as expected: ${why}` : 'the token is active, and was expected to be refused';
  const check: Assertion = {
    name: 'active',
    outcome: refused ? 'passed' : 'failed',
    expected: 'inactive',
    actual: verdict,
    because,
    spec: 'RFC 7662 §2.2',
  };
  return { checks: [check], causes: [], because };
}
