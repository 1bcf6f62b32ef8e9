// Causes that the claims tell: times, issuer, audience, scope, kind, possession. All of them are certain where they appear.

import { escapeText } from '../core/escape.ts';
import { type Json, type JsonObject, member, textMember } from '../core/json.ts';
import { finiteNumber, MILLISECONDS_FROM } from '../core/lint.ts';
import type { Cause } from '../core/report.ts';
import { durationWords, formatUtc } from '../core/time.ts';
import { cause, checkNamed, type Facts, failedCheck, type Rule } from './facts.ts';

const evaluated = ({ report }: Facts): number => Date.parse(report.times?.evaluated_at ?? '') / 1000;
const shownTime = (seconds: number): string => formatUtc(seconds) ?? String(seconds);
const claimsOf = ({ token, report }: Facts): JsonObject | undefined => token.claims ?? report.claims;

/** The largest difference of clocks that is worth a note (contract §6). */
const SKEW = 60;

const expired: Rule = (facts) => {
  const exp = finiteNumber(member(facts.token.claims, 'exp'));
  const now = evaluated(facts);
  const told = failedCheck(facts, 'expiry') ?? failedCheck(facts, 'introspection');
  if (told === undefined || exp === undefined || exp > now || exp < 0) return [];
  const ago = durationWords(now - exp);
  const evidence = [`exp is ${shownTime(exp)}`, `judged at ${shownTime(now)}`];
  const found = [
    cause('expired', 'certain', {
      because: `the token expired ${ago} ago`,
      evidence,
      fix: 'get a new one from the authorization server: tokctl token, or let the client refresh it',
    }),
  ];
  return now - exp < SKEW && failedCheck(facts, 'expiry') !== undefined
    ? [...found, skew('exp', now - exp, evidence)]
    : found;
};

function skew(claim: string, seconds: number, evidence: readonly string[]): Cause {
  return cause('clock_skew', 'possible', {
    because: `${claim} is missed by ${durationWords(seconds)} only: the clock here and that of the issuer may differ`,
    evidence,
    fix: 'compare the clocks; to allow for a minute: --clock-tolerance 60s',
  });
}

const notYetValid: Rule = (facts) => {
  const nbf = finiteNumber(member(facts.token.claims, 'nbf'));
  const now = evaluated(facts);
  if (failedCheck(facts, 'not_before') === undefined || nbf === undefined || nbf <= now) return [];
  const evidence = [`nbf is ${shownTime(nbf)}`, `judged at ${shownTime(now)}`];
  if (nbf > MILLISECONDS_FROM) return [milliseconds('nbf')];
  const found = cause('not_yet_valid', 'certain', {
    because: `the token becomes valid in ${durationWords(nbf - now)}`,
    evidence,
    fix: 'wait until then, or look why the issuer dates its tokens ahead (clock, time zone)',
  });
  return nbf - now < SKEW ? [found, skew('nbf', nbf - now, evidence)] : [found];
};

const milliseconds = (claim: string): Cause =>
  cause('milliseconds_not_seconds', 'certain', {
    because: `${claim} is in milliseconds; a NumericDate counts seconds (RFC 7519 §2)`,
    evidence: [`${claim} lies thousands of years ahead when read as seconds`],
    fix: 'divide by 1000 where the token is made, and replace the tokens that are out',
  });

const wrongUnit: Rule = (facts) => {
  const unit = failedCheck(facts, 'time_unit');
  return unit === undefined ? [] : [milliseconds(Object.keys((unit.actual ?? {}) as JsonObject)[0] ?? 'exp')];
};

// ---------------------------------------------------------------- issuer

const ENTRA_V1 = /^https:\/\/sts\.windows\.net\/([0-9a-f-]{36})\/$/i;
const ENTRA_V2 = /^https:\/\/login\.microsoftonline\.com\/([0-9a-f-]{36})\/v2\.0$/i;

const issuer: Rule = (facts) => {
  const check = failedCheck(facts, 'issuer');
  const named = typeof check?.expected === 'string' ? check.expected : undefined;
  const actual = typeof check?.actual === 'string' ? check.actual : undefined;
  if (named === undefined || actual === undefined) return [];
  const evidence = [`named:  ${named}`, `token:  ${actual}`];
  if (stripSlash(named) === stripSlash(actual))
    return [
      cause('issuer_trailing_slash', 'certain', {
        because: `the issuers differ by the slash at the end only: the token ${actual.endsWith('/') ? 'has it' : 'does not have it'}`,
        evidence,
        fix: `use the spelling of the token: --issuer ${escapeText(actual)}`,
      }),
    ];
  if (isEntraPair(named, actual))
    return [
      cause('issuer_version_pair', 'certain', {
        because: 'they are the v1 and v2 issuers of one Microsoft Entra tenant',
        evidence,
        fix: 'set requestedAccessTokenVersion of the API to the version that you expect, or name the other issuer',
      }),
    ];
  return [
    cause('issuer_differs', 'certain', {
      because: differenceOf(named, actual),
      evidence: [...evidence, mark(named, actual)],
      fix: `if the token is of the right server: --issuer ${escapeText(actual)}; else get one from the issuer that you named`,
    }),
  ];
};

const stripSlash = (text: string): string => text.replace(/\/$/, '');

function isEntraPair(one: string, other: string): boolean {
  const tenant = (text: string) => (ENTRA_V1.exec(text) ?? ENTRA_V2.exec(text))?.[1]?.toLowerCase();
  return tenant(one) !== undefined && tenant(one) === tenant(other);
}

function differenceOf(named: string, actual: string): string {
  if (named.replace(/^https?:/, '') === actual.replace(/^https?:/, ''))
    return 'the issuers differ by http and https only';
  if (named.toLowerCase() === actual.toLowerCase()) return 'the issuers differ by upper and lower case only';
  return 'the token is of another issuer than the one you named';
}

/** Points at the first character that differs, below the issuer of the token. */
function mark(named: string, actual: string): string {
  const at = [...actual].findIndex((character, index) => character !== [...named][index]);
  return `        ${' '.repeat(at < 0 ? actual.length : at)}^ the first difference`;
}

// ---------------------------------------------------------------- audience, scope, kind, possession

const audience: Rule = (facts) => {
  const check = failedCheck(facts, 'audience');
  if (check === undefined) return [];
  const wanted = `named: ${listed(check.expected)}`;
  const claims = claimsOf(facts);
  if (check.actual === undefined)
    return [
      cause('audience_missing', 'certain', {
        because: 'the token names no audience at all',
        evidence: [wanted, 'aud is missing', ...['client_id', 'azp'].flatMap((name) => note(claims, name))],
        fix: 'have the client ask for your API (audience, resource or scope), or check its client_id with --claim',
      }),
    ];
  return [
    cause('audience_differs', 'certain', {
      because: 'the token is meant for somebody else',
      evidence: [wanted, `aud: ${listed(check.actual)}`],
      fix: 'have the client ask for your API (audience, resource or scope), or correct --audience',
    }),
  ];
};

const note = (claims: JsonObject | undefined, name: string): string[] => {
  const value = textMember(claims, name);
  return value === undefined ? [] : [`${name}: ${value}`];
};

const listed = (value: Json | undefined): string => [value ?? null].flat().map(String).join(', ');

const scope: Rule = (facts) => {
  const check = failedCheck(facts, 'scope');
  if (check === undefined) return [];
  return [
    cause('scope_missing', 'certain', {
      because: check.because,
      evidence: [
        `asked for: ${listed(check.expected)}`,
        `granted: ${check.actual === undefined ? 'none named' : listed(check.actual)}`,
      ],
      fix: 'have the client ask for these scopes, and allow them for it at the authorization server',
    }),
  ];
};

const kind: Rule = (facts) => {
  const check = failedCheck(facts, 'kind');
  if (check === undefined || check.expected === undefined) return [];
  const actual = check.actual ?? 'unknown';
  const told = facts.report.token?.kind === actual ? (facts.report.token?.evidence ?? []) : serverEvidence(facts);
  return [
    cause('wrong_token_kind', actual === 'unknown' ? 'possible' : 'certain', {
      because: `expected ${words(check.expected)}, got ${actual === 'unknown' ? 'a token of unknown kind' : words(actual)}: ${check.because}`,
      evidence: told.length > 0 ? told : ['nothing in the token tells its kind'],
      fix: `send the ${words(check.expected).replace(/^an? /, '')} instead`,
    }),
  ];
};

/** What the answer says of the kind of an opaque token. */
const serverEvidence = ({ report }: Facts): string[] =>
  ['token_use', 'token_type'].flatMap((name) => note(report.claims, name).map((text) => `the server says ${text}`));

function words(kind: Json): string {
  const text = String(kind).replaceAll('_', ' ').replace(/^id /, 'ID ');
  return /^[aeiou]/i.test(text) ? `an ${text}` : `a ${text}`;
}

const possession: Rule = (facts) => {
  const check = failedCheck(facts, 'confirmation');
  if (check === undefined) return [];
  return [
    cause('sender_constrained', 'certain', {
      because: `the token is bound to a key of its sender, and the proof does not fit: ${check.because}`,
      evidence: [
        ...(check.expected === undefined ? [] : [`expected ${listed(check.expected)}`]),
        ...(check.actual === undefined ? ['no fitting proof'] : [`got ${listed(check.actual)}`]),
      ],
      fix: 'present the token with the key or certificate that it was issued for',
    }),
  ];
};

/** A token in the future points at clocks; it only warns, so it is a cause only under --strict. */
const issuedAhead: Rule = (facts) =>
  failedCheck(facts, 'issued_at') === undefined || checkNamed(facts, 'issued_at')?.finding !== 'time.local_clock_off'
    ? []
    : [
        skew('iat', Math.abs((finiteNumber(member(facts.token.claims, 'iat')) ?? 0) - evaluated(facts)), [
          'iat lies in the future',
        ]),
      ];

export const CLAIM_RULES: readonly Rule[] = [
  expired,
  notYetValid,
  wrongUnit,
  kind,
  issuer,
  audience,
  scope,
  possession,
  issuedAhead,
];
