// The judgement made here: signature by a key of the issuer, and the claims. Every check is made, whatever failed before.

import { checkClaims } from '../core/claims.ts';
import type { TokctlError } from '../core/errors.ts';
import { type JsonObject, member, textMember, textOrEmpty } from '../core/json.ts';
import type { Check, Verification } from '../core/report.ts';
import type { Context } from './context.ts';
import { checkPossession } from './possession.ts';
import { judgeSignature } from './signature.ts';
import type { Subject } from './subject.ts';
import type { Anchor } from './trust.ts';

export interface LocalJudgement {
  checks: Check[];
  verification?: Verification;
  error?: TokctlError;
}

/** Verifies a JWS. Errors of the network come back in `error`. */
export async function judgeLocally(subject: Subject, anchor: Anchor, context: Context): Promise<LocalJudgement> {
  const { checks, verification, error } = await judgeSignature(subject.token, anchor, context);
  return {
    checks: [...checks, ...(await judgeClaims(subject, anchor, context))],
    ...(verification === undefined ? {} : { verification }),
    ...(error === undefined ? {} : { error }),
  };
}

async function judgeClaims({ token, kind }: Subject, anchor: Anchor, context: Context): Promise<Check[]> {
  const { claims, header } = token;
  if (claims === undefined) return [];
  const expectations = context.options.expectations ?? {};
  const { now } = context;
  const checks = checkClaims({
    claims,
    header,
    kind,
    issuer: anchor.issuer,
    expectations,
    now,
    origin: 'token',
  });
  return [...checks, ...checkPossession({ token, claims, expectations, now })];
}

/** Why nobody but the audience, or the issuer, can verify this JWT (facts of providers); undefined for all others. */
export function notLocallyVerifiable({ token }: Subject, { options }: Context): string | undefined {
  const { header, claims } = token;
  const alg = textOrEmpty(header, 'alg');
  if (/^HS\d+$/.test(alg) && options.secret === undefined)
    return `${alg} is made with a secret that only the issuer has`;
  if (isGraph(header, claims))
    return 'Microsoft Graph alone can verify its tokens: their header is changed after signing';
  if (textMember(header, 'typ') === 'application/okta-internal-at+jwt')
    return 'Okta alone can verify access tokens of its org authorization server';
  return undefined;
}

/** A `nonce` in the header is the mark of tokens that are made for Microsoft Graph. */
const isGraph = (header: JsonObject | undefined, claims: JsonObject | undefined): boolean =>
  member(header, 'nonce') !== undefined &&
  /^https:\/\/(?:sts\.windows\.net|login\.microsoftonline\.com)\//.test(textOrEmpty(claims, 'iss'));
