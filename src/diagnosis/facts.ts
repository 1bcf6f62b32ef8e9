// What a diagnosis stands on: the report, the question it answers, and what is known of vendors. Plain data, read-only.

import type { CauseCode } from '../core/causes.ts';
import type { TokctlError } from '../core/errors.ts';
import { escapeText } from '../core/escape.ts';
import type { Expectations } from '../core/expectations.ts';
import { type Json, type JsonObject, member, printJson, textMember } from '../core/json.ts';
import { finiteNumber } from '../core/lint.ts';
import type { Cause, Check, CheckName, Confidence, Report } from '../core/report.ts';
import type { Shape } from '../core/shape.ts';
import { formatUtc } from '../core/time.ts';
import type { Token } from '../core/token.ts';
import type { ClientCredentials } from '../protocol/client-authentication.ts';
import type { Provider } from './providers.ts';

/** What is known besides the report. Holds the token and credentials: nothing of it is copied into a cause. */
export interface Background {
  token: Token;
  shape: Shape | undefined;
  error: TokctlError | undefined;
  client: ClientCredentials | undefined;
  /** The server is asked with an access token and not as a client. */
  asksByToken: boolean;
  /** The methods of client authentication that the metadata lists for the endpoint. */
  authMethods: readonly string[] | undefined;
  expectations: Expectations;
  tokenTypeHint: string | undefined;
  introspectionEndpoint: string | undefined;
  /** Issuers by the names that a person gave them, such as those of profiles. */
  knownIssuers: readonly { readonly name: string; readonly issuer: string }[];
  /** Seconds by which the clock of the server is ahead of the one here; undefined where no answer told. */
  serverAhead: number | undefined;
  /** Whose keys verify: those that the issuer publishes, a set, one key or a secret that a person gave. */
  keysFrom: 'issuer' | 'jwks' | 'key' | 'secret';
}

export interface Facts extends Background {
  report: Report;
  /** The vendor by the form of the issuer or endpoint: good for advice, never for trust. */
  provider: Provider | undefined;
}

/** One way of explaining; gives the causes that the facts speak for. */
export type Rule = (facts: Facts) => Cause[];

// ---------------------------------------------------------------- checks

export const failedCheck = ({ report }: Facts, name: CheckName): Check | undefined =>
  report.checks.find((check) => check.name === name && check.outcome === 'failed');

export const checkNamed = ({ report }: Facts, name: CheckName): Check | undefined =>
  report.checks.find((check) => check.name === name);

export const hasPassed = ({ report }: Facts, name: CheckName): boolean =>
  report.checks.some((check) => check.name === name && check.outcome === 'passed');

/** Failed by itself, and not because `--strict` makes a failure of a warning. */
export const reallyFailed = (facts: Facts, name: CheckName): Check | undefined => {
  const check = failedCheck(facts, name);
  return check === undefined || isStrict(check) ? undefined : check;
};

/** True for a warning or a skipped check that `--strict` made a failure. */
export const isStrict = ({ outcome, because }: Check): boolean =>
  outcome === 'failed' && because.endsWith('(--strict)');

/** Clients sign these with keys of their own: no issuer stands behind them, and no set has their key. */
const MADE_BY_CLIENTS: readonly string[] = ['dpop_proof', 'client_assertion', 'request_object'];

export const isMadeByClient = ({ report }: Facts): boolean => MADE_BY_CLIENTS.includes(report.token?.kind ?? '');

// ---------------------------------------------------------------- claims and times

/** The claims of the token; of an opaque one, those that the server told. */
export const claimsOf = ({ token, report }: Facts): JsonObject | undefined => token.claims ?? report.claims;

export const issOf = ({ token }: Facts): string | undefined => textMember(token.claims, 'iss');

/** Seconds since 1970 as of which was judged. */
export const evaluated = ({ report }: Facts): number => Date.parse(report.times?.evaluated_at ?? '') / 1000;

export const timeClaim = ({ token }: Facts, name: string): number | undefined =>
  finiteNumber(member(token.claims, name));

/** What the token says of itself is over. */
export function hasExpired(facts: Facts): boolean {
  const exp = timeClaim(facts, 'exp');
  return exp !== undefined && exp <= evaluated(facts);
}

/** A time of the report, which is RFC 3339, as people read it. */
export const shownTime = (time: string | undefined): string | undefined =>
  time === undefined ? undefined : (formatUtc(Date.parse(time) / 1000) ?? time);

/** The texts of a claim that may be one or a list. */
export const textsOf = (value: Json | undefined): string[] =>
  [value ?? []].flat().filter((one): one is string => typeof one === 'string');

/** A value of a check in one line. */
export const listed = (value: Json | undefined): string =>
  [value ?? null]
    .flat()
    .map((one) => (one !== null && typeof one === 'object' ? 'an object' : String(one)))
    .join(', ');

/** `name: value` for a text claim, or nothing. */
export const claimLine = (claims: JsonObject | undefined, name: string): string[] => {
  const value = textMember(claims, name);
  return value === undefined ? [] : [`${name}: ${value}`];
};

// ---------------------------------------------------------------- causes

export interface CauseParts {
  because: string;
  evidence: readonly string[];
  fix: string;
}

/** Longer lines of evidence are cut: tokens and servers may say anything. */
const LONGEST = 300;

const shown = (text: string): string => {
  const safe = escapeText(text);
  return safe.length > LONGEST ? `${safe.slice(0, LONGEST)}…` : safe;
};

/** A cause; texts of tokens and servers in it are escaped, because they stand in sentences. */
export function cause(code: CauseCode, confidence: Confidence, { because, evidence, fix }: CauseParts): Cause {
  return { code, confidence, because: escapeText(because), evidence: evidence.map(shown), fix: escapeText(fix) };
}

/** A text of a token or a server as one word of a command that is shown to be typed. */
export function shellWord(text: string): string {
  const safe = escapeText(text);
  return /^[\w./:@%+=,-]+$/.test(safe) ? safe : `'${safe.replaceAll("'", "'\\''")}'`;
}

/** What the vendor is known to want in this case, else what helps everywhere. */
export const adviceOr = ({ provider }: Facts, code: CauseCode, otherwise: string): string =>
  provider?.advice[code] ?? otherwise;

/** That the vendor was recognised, and by what: a line of evidence for causes that rest on it. */
export const providerLine = ({ provider }: Facts): string[] =>
  provider === undefined ? [] : [`the ${provider.by} has the form of ${provider.name}`];

/** A member of another type than the rule gives it: the issuer made it so. */
export const malformed = (check: Check, name: string): Cause =>
  cause('malformed_member', 'certain', {
    because: `${name} has a form that no reader accepts: ${check.because}`,
    evidence: [`${name}: ${printJson(check.actual ?? null)}`],
    fix: 'tell the issuer: the claim must have the type that RFC 7519 gives it',
  });
