// introspect: is this token active, and what may it do? One decision (contract §5), then the judgement here, there, or both.

import { TokctlError } from './core/errors.ts';
import { textMember } from './core/json.ts';
import type { Check, Report, Verdict } from './core/report.ts';
import { isWellFormed } from './core/token.ts';
import { compare } from './judging/comparison.ts';
import { conclude, type Findings } from './judging/conclusion.ts';
import { type Context, contextOf } from './judging/context.ts';
import { judgeLocally, type LocalJudgement, notLocallyVerifiable } from './judging/local.ts';
import { askServer, type RemoteJudgement } from './judging/remote.ts';
import { readSubject, type Subject } from './judging/subject.ts';
import { type Anchor, anchorOf, hasKeys } from './judging/trust.ts';
import type { IntrospectOptions } from './request.ts';
import { nobodyNamed, REVOCATION } from './verify.ts';

/**
 * Answers whether a token is active: a JWT is verified here, anything else is asked about (RFC 7662); `mode` changes that.
 * What could not be found out is in `error` of the report, with the verdict `unknown`.
 * @throws TokctlError ERR_USAGE, ERR_CONFIG_INVALID for options that cannot be
 * @throws the reason of `options.signal` when that aborts
 */
export async function introspect(text: string, options: IntrospectOptions = {}): Promise<Report> {
  const context = await contextOf(options);
  const subject = await readSubject(text, options.takenFrom);
  const anchor = anchorOf(subject.token, options);
  const question: Question = { subject, anchor, context, options };
  return conclude(subject, await decide(question), { anchor, context });
}

interface Question {
  subject: Subject;
  anchor: Anchor;
  context: Context;
  options: IntrospectOptions;
}

async function decide(question: Question): Promise<Findings> {
  const { subject, options } = question;
  const { mode = 'auto' } = options;
  if (!isWellFormed(subject.token) && !mayBeAskedThough(question)) return { checks: [] };
  if (mode === 'remote') return remotely(question);
  if (subject.token.format !== 'jws')
    return mode === 'local' ? { checks: [], error: notLocal(subject) } : notAJwt(question);
  if (mode === 'both') return both(question);
  return localFirst(question);
}

/** A damaged text is sent nowhere; a JWT that is whole but odd is judged here, and asked about when a person said so. */
const mayBeAskedThough = ({ subject: { token } }: Question): boolean => token.jws !== undefined;

// ---------------------------------------------------------------- opaque tokens, JWE, PASETO, vendors

function notAJwt(question: Question): Promise<Findings> | Findings {
  const { subject } = question;
  if (subject.token.format === 'paseto' || subject.token.format === 'sd-jwt')
    return { checks: [], error: noRfc7662(subject) };
  if (subject.shape?.sure === true && subject.shape.howToCheck !== 'rfc7662')
    return { checks: [], error: noRfc7662(subject) };
  return remotely(question);
}

function noRfc7662({ token, shape }: Subject): TokctlError {
  const what = shape?.name ?? (token.format === 'paseto' ? 'a PASETO' : 'an SD-JWT');
  const hint =
    shape?.checkDetail ??
    (token.format === 'paseto'
      ? 'a PASETO is verified with the key of the service that made it; --mode remote asks the server all the same'
      : 'an SD-JWT is verified by its verifier; read it: tokctl decode -');
  return new TokctlError('ERR_TOKEN_UNSUPPORTED', `expected a token that RFC 7662 knows, got ${what}`, { hint });
}

function notLocal({ token }: Subject): TokctlError {
  return new TokctlError(
    'ERR_TOKEN_UNSUPPORTED',
    `expected a JWT for --mode local, got a token of format \`${token.format}\``,
    {
      hint: 'only its issuer can judge it: leave out --mode local',
    },
  );
}

async function remotely({ subject, anchor, context }: Question, why?: Check): Promise<Findings> {
  const judged = await askServer(subject, anchor, context);
  const findings = findingsOf(judged, subject);
  findings.checks = why === undefined ? judged.checks : [why, ...judged.checks];
  return findings;
}

/** A JWT shows its own claims; of an opaque token the answer tells them. */
function findingsOf(judged: RemoteJudgement, { token }: Subject): Findings {
  const { introspection, claims, received, authMethods, error } = judged;
  const findings: Findings = { checks: [] };
  if (introspection !== undefined) findings.introspection = introspection;
  if (token.claims === undefined && claims !== undefined) {
    const { active: _, ...members } = received ?? {};
    findings.claims = members;
    findings.timed = claims;
  }
  if (authMethods !== undefined) findings.authMethods = authMethods;
  if (error !== undefined) findings.error = error;
  return findings;
}

// ---------------------------------------------------------------- JWS

async function localFirst(question: Question): Promise<Findings> {
  const { subject, anchor, context, options } = question;
  const named = anchor.issuer !== undefined || hasKeys(options);
  if (!named)
    return mayAskNamedEndpoint(question) ? remotely(question) : nobodyNamed(subject.token, 'introspect', context);
  const why = notLocallyVerifiable(subject, context);
  if (why !== undefined && options.mode !== 'local') return askInstead(question, { checks: [], why });
  const judged = await judgeLocally(subject, anchor, context);
  if (judged.error?.code === 'ERR_NO_USABLE_KEY' && options.mode !== 'local')
    return askInstead(question, { checks: judged.checks, why: judged.error.message, instead: judged.error });
  return { ...judged, checks: [...judged.checks, REVOCATION] };
}

/** Nobody named an issuer, but an endpoint: a JWT goes there only if it says that it is of that server. */
function mayAskNamedEndpoint({ subject: { token }, options: { introspectionEndpoint } }: Question): boolean {
  if (introspectionEndpoint === undefined) return false;
  const iss = textMember(token.claims, 'iss');
  return iss === undefined || (URL.canParse(iss) && new URL(iss).origin === new URL(introspectionEndpoint).origin);
}

interface Reason {
  /** What was checked here so far. */
  checks: readonly Check[];
  why: string;
  /** The error that stands when nobody can be asked. */
  instead?: TokctlError;
}

/** The server is asked because it cannot be verified here; never about a token of another issuer. */
async function askInstead(question: Question, { checks, why, instead }: Reason): Promise<Findings> {
  const { subject, anchor } = question;
  const skipped: Check = {
    name: 'signature',
    outcome: 'skipped',
    because: `not verified here: ${why}`,
    spec: 'RFC 7515 §5.2',
  };
  if (textMember(subject.token.claims, 'iss') !== anchor.issuer) return ofAnotherIssuer(question, skipped, instead);
  const asked = await remotely(question, skipped);
  if (asked.error === undefined) return asked;
  const failed = checks.filter(
    ({ outcome, name }) => outcome === 'failed' && name !== 'key' && name !== 'key_strength',
  );
  const cannotAsk = ['ERR_ENDPOINT_UNKNOWN', 'ERR_CLIENT_CREDENTIALS_MISSING'].includes(asked.error.code);
  return {
    ...asked,
    checks: [...asked.checks, ...failed],
    error: cannotAsk ? withReason(asked.error, why, instead) : asked.error,
  };
}

/** Contract §5: in `auto` a JWT whose `iss` is not the pinned issuer is never posted anywhere. */
async function ofAnotherIssuer(
  { subject, anchor, context }: Question,
  skipped: Check,
  instead?: TokctlError,
): Promise<Findings> {
  const judged = await judgeLocally(subject, anchor, { ...context, network: { ...context.network, offline: true } });
  const checks = judged.checks.filter(({ name }) => !['algorithm', 'key', 'key_strength', 'signature'].includes(name));
  return { checks: [...checks, skipped], error: instead ?? notAsked() };
}

const notAsked = (): TokctlError =>
  new TokctlError(
    'ERR_TOKEN_UNSUPPORTED',
    'expected a token of the issuer that you named, got one of another, which was not sent anywhere',
    {
      hint: 'name its own issuer with --issuer, or send it all the same: --mode remote',
    },
  );

function withReason(error: TokctlError, why: string, instead: TokctlError | undefined): TokctlError {
  if (instead !== undefined) return instead;
  return new TokctlError(error.code, `${error.message}; it cannot be verified here: ${why}`, {
    hint: error.hint,
    details: error.details,
  });
}

// ---------------------------------------------------------------- both

async function both(question: Question): Promise<Findings> {
  const { subject, anchor, context, options } = question;
  const why = notLocallyVerifiable(subject, context);
  const canVerify = anchor.issuer !== undefined || hasKeys(options);
  const [local, remote] = await Promise.all([
    why === undefined && canVerify ? judgeLocally(subject, anchor, context) : unverified(why),
    askServer(subject, anchor, context),
  ]);
  const merged = [...local.checks, ...withoutRepeats(remote.checks, local.checks)];
  const base = {
    ...findingsOf(remote, subject),
    ...(local.verification === undefined ? {} : { verification: local.verification }),
  };
  if (remote.error !== undefined) return serverGaveNone({ local, remote: remote.error, base });
  const differences = compare({
    local: verdictOf(local.checks),
    localChecks: local.checks,
    localClaims: subject.token.claims,
    remote: remote.active === true,
    remoteClaims: remote.claims,
  });
  return { ...base, checks: merged, differences, ...(local.error === undefined ? {} : { error: local.error }) };
}

const unverified = (why: string | undefined): LocalJudgement => ({
  checks: [
    {
      name: 'signature',
      outcome: 'skipped',
      because: why === undefined ? 'nobody named an issuer or keys' : `not verified here: ${why}`,
    },
  ],
});

/** What was found here, before the server was heard: nothing, where the signature could not be checked. */
function verdictOf(checks: readonly Check[]): Verdict {
  if (checks.some(({ outcome }) => outcome === 'failed')) return 'inactive';
  return checks.some(({ name, outcome }) => name === 'signature' && outcome === 'passed') ? 'active' : 'unknown';
}

/** What was not asked, or came out the same on both sides, stands in the report once. */
function withoutRepeats(remote: readonly Check[], local: readonly Check[]): Check[] {
  return remote.filter(
    ({ name, outcome }) =>
      outcome !== 'skipped' && !local.some((check) => check.name === name && check.outcome === outcome),
  );
}

interface NoAnswer {
  local: LocalJudgement;
  remote: TokctlError;
  base: Findings;
}

/** A server that refuses JWTs leaves the local verdict standing; any other fault leaves the question open. */
function serverGaveNone({ local, remote, base }: NoAnswer): Findings {
  const because = `the server gave no answer: ${remote.message}`;
  const check: Check = { name: 'introspection', outcome: 'skipped', because, spec: 'RFC 7662 §2.2' };
  const stands = remote.code === 'ERR_TOKEN_UNSUPPORTED';
  const error = stands ? local.error : remote;
  const { error: _, ...rest } = base;
  return { ...rest, checks: [...local.checks, check], ...(error === undefined ? {} : { error }) };
}
