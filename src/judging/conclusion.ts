// From checks to a verdict, and to the report (contract §5, §7): one failed check makes it inactive, an error unknown.

import type { TokctlError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import { redactJson } from '../core/redact.ts';
import {
  type Cause,
  type Check,
  type Difference,
  type IntrospectionPart,
  outcomeOf,
  type Report,
  type ReportError,
  type Times,
  type Verdict,
  type Verification,
  type Weakness,
} from '../core/report.ts';
import type { Background } from '../diagnosis/facts.ts';
import type { IntrospectOptions, VerifyOptions } from '../request.ts';
import type { Context } from './context.ts';
import { timesOf } from './moment.ts';
import { secrecyOf } from './secrecy.ts';
import type { Subject } from './subject.ts';
import type { Anchor } from './trust.ts';

export interface Findings {
  checks: Check[];
  verification?: Verification;
  introspection?: IntrospectionPart;
  differences?: Difference[];
  /** Claims to show in place of the token's own: those of the answer about an opaque token. */
  claims?: JsonObject;
  /** Times to show: claims in the forms of RFC 7519. */
  timed?: JsonObject;
  error?: TokctlError;
  /** The methods of client authentication that the metadata lists for the endpoint. */
  authMethods?: readonly string[];
  /** The checks are the whole answer although there is an error: it is shown among them. */
  decided?: boolean;
}

const STRICT_WHEN_SKIPPED: readonly string[] = ['issuer', 'audience', 'expiry', 'kind'];

/** `--strict`: every warning, and a skipped issuer, audience, expiry or kind check, is a failure. */
function strictly(checks: readonly Check[]): Check[] {
  return checks.map((check) => {
    const fails =
      check.outcome === 'warned' || (check.outcome === 'skipped' && STRICT_WHEN_SKIPPED.includes(check.name));
    return fails ? { ...check, outcome: 'failed', because: `${check.because} (--strict)` } : check;
  });
}

/** The report of one token. Nothing in it holds the token or a secret of the question. */
export async function conclude(
  subject: Subject,
  findings: Findings,
  { anchor, context }: { anchor: Anchor; context: Context },
): Promise<Report> {
  const { options, now, weakened } = context;
  const all = [...subject.checks, ...findings.checks];
  const checks = options.expectations?.strict === true ? strictly(all) : all;
  const { verdict, error } = verdictOf(checks, findings);
  if (anchor.fromToken) weakened.add('issuer_from_token');
  const claims = findings.claims ?? subject.token.claims;
  if (options.brief === true && options.id === undefined && verdict === 'active' && error === undefined)
    return briefly(subject, timesOf(findings.timed ?? claims, now), weakened);
  const report: Report = {
    schema: 'tokctl.report/1',
    ...(options.id === undefined ? {} : { id: options.id }),
    ...outcomeOf(verdict, error),
    token: subject.part,
    ...(anchor.issuer === undefined ? {} : { issuer: anchor.issuer }),
    ...(anchor.source === undefined ? {} : { issuer_source: anchor.source }),
    ...(claims === undefined ? {} : { claims }),
    times: timesOf(findings.timed ?? claims, now),
    checks,
    causes: [],
    ...(findings.verification === undefined ? {} : { verification: findings.verification }),
    ...(findings.introspection === undefined ? {} : { introspection: findings.introspection }),
    ...(findings.differences === undefined ? {} : { differences: findings.differences }),
    weakened: [...weakened],
    ...(error === undefined ? {} : { error }),
  };
  if (verdict !== 'active') report.causes = await causesOf(report, backgroundOf(subject, findings, context));
  return redacted(report, subject, context);
}

/** Nothing in it is another's, so that nothing has to be taken out. */
const briefly = ({ part: { format, kind, sha256 } }: Subject, times: Times, weakened: Iterable<Weakness>): Report => ({
  schema: 'tokctl.report/1',
  ...outcomeOf('active'),
  token: { format, kind, evidence: [], sha256 },
  times,
  checks: [],
  causes: [],
  weakened: [...weakened],
});

/** An active token is explained by nobody: what explains is loaded for the others. */
async function causesOf(report: Report, background: Background): Promise<Cause[]> {
  const { diagnose } = await import('../diagnosis/diagnose.ts');
  return diagnose(report, background);
}

/** A definite no stands, whatever else could not be had; without one an error leaves the verdict open. */
function verdictOf(checks: readonly Check[], { error, decided }: Findings): { verdict: Verdict; error?: ReportError } {
  const failed = checks.some(
    ({ outcome, name }) => outcome === 'failed' && !(error?.code === 'ERR_NO_USABLE_KEY' && KEY_CHECKS.includes(name)),
  );
  if (failed) return { verdict: 'inactive' };
  if (error !== undefined && decided !== true) return { verdict: 'unknown', error: reportError(error) };
  return { verdict: 'active' };
}

/** A set without a usable key says nothing about the token (contract §11). */
const KEY_CHECKS: readonly string[] = ['key', 'key_strength'];

/** The error as the report shows it. */
export function reportError({ code, message, hint, details }: TokctlError): ReportError {
  const facts: [string, string | number | undefined][] = [
    ['url', details.url],
    ['status', details.status],
    ['media_type', details.mediaType],
    ['www_authenticate', details.wwwAuthenticate],
    ['body', details.excerpt],
    ['oauth_error', details.oauthError],
    ['oauth_error_description', details.oauthErrorDescription],
    ['retry_after', details.retryAfter],
  ];
  const known = facts.filter((fact): fact is [string, string | number] => fact[1] !== undefined);
  return { code, message, hint, ...(known.length === 0 ? {} : { details: Object.fromEntries(known) }) };
}

function backgroundOf({ token, shape }: Subject, findings: Findings, { options, memory }: Context): Background {
  const { client, expectations, tokenTypeHint, introspectionEndpoint, bearer, bearerGrant, knownIssuers } =
    options as IntrospectOptions;
  return {
    token,
    shape,
    error: findings.error,
    client,
    asksByToken: bearer !== undefined || bearerGrant !== undefined,
    authMethods: findings.authMethods,
    expectations: expectations ?? {},
    tokenTypeHint,
    introspectionEndpoint,
    knownIssuers: knownIssuers ?? [],
    serverAhead: options.nowIsChosen === true ? undefined : memory.serverAhead,
    keysFrom: keysFrom(options),
  };
}

function keysFrom({ jwks, jwksUri, key, secret }: VerifyOptions): Background['keysFrom'] {
  if (secret !== undefined) return 'secret';
  if (key !== undefined) return 'key';
  return jwks === undefined && jwksUri === undefined ? 'issuer' : 'jwks';
}

/**
 * The last gate of the library: texts of servers may echo what was sent to them. The words that tokctl itself says stay as
 * they are, also where somebody's secret is one of them.
 */
function redacted(report: Report, { token }: Subject, { options, learned }: Context): Report {
  const redact = secrecyOf(options, [token.text, ...learned]);
  const hidden = redactJson(report, redact);
  if (hidden === report) return report;
  const { schema, verdict, active, exit_code, weakened, checks, causes, error } = report;
  return {
    ...hidden,
    ...{ schema, verdict, active, exit_code, weakened },
    checks: checks.map((check) => ({ ...redactJson(check, redact), ...wordsOf(check) })),
    causes: causes.map((cause) => ({ ...redactJson(cause, redact), code: cause.code })),
    ...(error === undefined ? {} : { error: { ...redactJson(error, redact), code: error.code } }),
  };
}

/** What tokctl says itself; the name of a claim is another's. */
function wordsOf({ name, because: _, expected: __, actual: ___, ...words }: Check): Partial<Check> {
  return name.startsWith('claim:') ? words : { name, ...words };
}
