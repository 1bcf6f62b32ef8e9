// Causes that tell what a token is for: audience, scope, kind, possession, and the other things that were asked of it.

import { scopesOf } from '../core/claims.ts';
import { isJsonObject, type JsonObject, member, printJson, textMember } from '../core/json.ts';
import { type KindName, normalizeTyp } from '../core/kind.ts';
import type { Cause, Check } from '../core/report.ts';
import {
  adviceOr,
  cause,
  claimLine,
  claimsOf,
  type Facts,
  failedCheck,
  hasPassed,
  isMadeByClient,
  isStrict,
  listed,
  providerLine,
  type Rule,
  reallyFailed,
  textsOf,
} from './facts.ts';
import { kindWords, purposeOf } from './kind-words.ts';

// ---------------------------------------------------------------- audience

const audience: Rule = (facts) => {
  const check = reallyFailed(facts, 'audience');
  if (check === undefined || serverFills(facts, 'aud')) return [];
  if (check.finding === 'claims.aud.type') return [malformed(check, 'aud')];
  const wanted = textsOf(check.expected);
  const actual = textsOf(check.actual);
  return actual.length === 0 ? [noAudience(facts, wanted)] : [otherAudience(facts, wanted, actual)];
};

function noAudience(facts: Facts, wanted: readonly string[]): Cause {
  const claims = claimsOf(facts);
  return cause('audience_missing', 'certain', {
    because: 'the token names no audience at all',
    evidence: [
      `named: ${wanted.join(', ')}`,
      'aud is missing',
      ...['client_id', 'azp', 'cid', 'appid'].flatMap((name) => claimLine(claims, name)),
      ...providerLine(facts),
    ],
    fix: adviceOr(
      facts,
      'audience_missing',
      'have the client ask for your API (audience, resource or scope), or check its client with --claim client_id=…',
    ),
  });
}

function otherAudience(facts: Facts, wanted: readonly string[], actual: readonly string[]): Cause {
  const near = nearest(wanted, actual);
  return cause('audience_differs', 'certain', {
    because: near === undefined ? 'the token is meant for somebody else' : `the audiences differ by ${near} only`,
    evidence: [`named: ${wanted.join(', ')}`, `aud: ${actual.join(', ')}`, ...providerLine(facts)],
    fix:
      near === undefined
        ? adviceOr(
            facts,
            'audience_differs',
            'have the client ask for your API (audience, resource or scope), or correct --audience',
          )
        : 'use one spelling on both sides: that of the token, or have the server write yours',
  });
}

/** The small thing by which an audience of the token differs from one that was named. */
function nearest(wanted: readonly string[], actual: readonly string[]): string | undefined {
  const same = (spell: (text: string) => string) =>
    wanted.some((one) => actual.some((two) => spell(one) === spell(two)));
  if (same((text) => text.replace(/\/$/, ''))) return 'the slash at the end';
  if (same((text) => text.toLowerCase())) return 'upper and lower case';
  if (same((text) => text.replace(/^https?:\/\//, 'https://'))) return 'http and https';
  return same((text) => text.replace(/^(?:api|https?):\/\//, '')) ? 'what stands before ://' : undefined;
}

// ---------------------------------------------------------------- scope

const scope: Rule = (facts) => {
  const check = reallyFailed(facts, 'scope');
  if (check === undefined || serverFills(facts, 'scope')) return [];
  const elsewhere = rightsElsewhere(facts, check);
  return [
    cause('scope_missing', 'certain', {
      because: elsewhere === undefined ? check.because : `${check.because}; it is there as ${elsewhere}`,
      evidence: [
        `asked for: ${listed(check.expected)}`,
        `granted: ${check.actual === undefined ? 'none named' : listed(check.actual)}`,
      ],
      fix:
        elsewhere === undefined
          ? 'have the client ask for these scopes, and allow them for it at the authorization server'
          : 'check the right where the server writes it: --claim NAME=VALUE, or have it written as a scope',
    }),
  ];
};

/** The claim that holds what is missing among the scopes: at many servers a right is a role or a permission. */
function rightsElsewhere(facts: Facts, check: Check): string | undefined {
  const claims = claimsOf(facts);
  const granted = scopesOf(claims ?? {}) ?? [];
  const missing = textsOf(check.expected).filter((one) => !granted.includes(one));
  if (missing.length === 0) return undefined;
  const lower = new Set(granted.map((one) => one.toLowerCase()));
  if (missing.every((one) => lower.has(one.toLowerCase()))) return 'a scope in another spelling (upper and lower case)';
  const lists: [string, string[]][] = [
    ['roles', textsOf(member(claims, 'roles'))],
    ['permissions', textsOf(member(claims, 'permissions'))],
    ['groups', textsOf(member(claims, 'groups'))],
    ['realm_access.roles', rolesOf(claims, 'realm_access')],
  ];
  return lists.find(([, values]) => missing.every((one) => values.includes(one)))?.[0];
}

function rolesOf(claims: JsonObject | undefined, name: string): string[] {
  const holder = member(claims, name);
  return isJsonObject(holder) ? textsOf(member(holder, 'roles')) : [];
}

// ---------------------------------------------------------------- lightweight tokens

/** The server tells what the token leaves out, so that it is not missing. */
function serverFills(facts: Facts, claim: 'aud' | 'scope'): boolean {
  return hasPassed(facts, claim === 'aud' ? 'audience' : 'scope') && told(facts).includes(claim);
}

const told = ({ report }: Facts): string[] =>
  (report.differences ?? [])
    .filter(({ meaning, local }) => local === undefined && meaning.includes('lightweight'))
    .map(({ subject }) => subject);

const lightweight: Rule = (facts) => {
  const lacking = ['audience', 'scope'] as const;
  if (!lacking.some((name) => reallyFailed(facts, name) !== undefined)) return [];
  const added = told(facts);
  const prefix = lightweightId(facts);
  if (added.length === 0 && prefix === undefined) return [];
  return [
    cause('lightweight_token', added.length > 0 || prefix !== undefined ? 'certain' : 'likely', {
      because: 'it is a lightweight token: it leaves out claims that the server tells when it is asked',
      evidence: [...added.map((name) => `only the server tells ${name}`), ...(prefix === undefined ? [] : [prefix])],
      fix: 'ask the server, which fills in the claims: tokctl introspect - --mode remote',
    }),
  ];
};

/** Since 26.2 Keycloak writes into the first letters of jti what the token is; `lt` in the middle is lightweight. */
function lightweightId({ token, provider }: Facts): string | undefined {
  const jti = textMember(token.claims, 'jti') ?? '';
  if (provider?.id !== 'keycloak' || !/^[a-z]{2}lt[a-z]{2}:/.test(jti)) return undefined;
  return `jti begins with ${jti.slice(0, 6)}: Keycloak marks lightweight tokens so`;
}

// ---------------------------------------------------------------- kind

const kind: Rule = (facts) => {
  const check = reallyFailed(facts, 'kind');
  if (check?.expected === undefined) return wrongAllTheSame(facts);
  const [expected, actual] = [check.expected, check.actual ?? 'unknown'].map(String) as [string, string];
  if (actual === 'unknown')
    return [
      cause('wrong_token_kind', 'possible', {
        because: `expected ${kindWords(expected)}, and nothing in the token tells what it is`,
        evidence: [...purposeLines(expected, actual), ...serverEvidence(facts)],
        fix: `see where it was got: of one response ${kindWords(expected).replace(/^an? /, 'the ')} is the one to send`,
      }),
    ];
  const own = facts.report.token?.kind === actual ? (facts.report.token?.evidence ?? []) : serverEvidence(facts);
  return [
    cause('wrong_token_kind', 'certain', {
      because: `expected ${kindWords(expected)}, got ${kindWords(actual)}`,
      evidence: [...own, ...purposeLines(expected, actual)],
      fix: `send ${kindWords(expected).replace(/^an? /, 'the ')} instead${sameResponse(expected)}`,
    }),
  ];
};

const sameResponse = (expected: string): string =>
  ['access_token', 'id_token', 'refresh_token'].includes(expected) ? ', which came in the same response' : '';

/** What each of the two is for, so that it is seen why one does not stand for the other. */
const purposeLines = (expected: string, actual: string): string[] =>
  [actual, expected].flatMap((name) => purposeOf(name as KindName) ?? []);

/** What the answer says of the kind of an opaque token. */
const serverEvidence = ({ report }: Facts): string[] =>
  ['token_use', 'token_type'].flatMap((name) =>
    claimLine(report.claims, name).map((text) => `the server says ${text}`),
  );

/** An ID token where audience or scope of an API was asked for: it has the audience of its client, and no scope. */
function wrongAllTheSame(facts: Facts): Cause[] {
  const { kind: actual = 'unknown', evidence = [] } = facts.report.token ?? {};
  if (actual === 'unknown' || actual === 'access_token' || facts.expectations.kind === actual) return [];
  const asked = reallyFailed(facts, 'audience') ?? reallyFailed(facts, 'scope');
  const typ = reallyFailed(facts, 'type');
  const isOfClient = isMadeByClient(facts) && failsAsIssued(facts);
  if (asked === undefined && !isOfClient && !(typ !== undefined && wantsAccess(typ))) return [];
  return [
    cause('wrong_token_kind', 'certain', {
      because: `it is ${kindWords(actual)}, which is not for an API`,
      evidence: [...evidence, ...purposeLines('access_token', actual)],
      fix: 'send the access token instead, which came in the same response',
    }),
  ];
}

const failsAsIssued = (facts: Facts): boolean =>
  (['issuer', 'key', 'signature'] as const).some((name) => failedCheck(facts, name) !== undefined);

const wantsAccess = (check: Check): boolean => normalizeTyp(listed(check.expected)) === 'at+jwt';

// ---------------------------------------------------------------- possession and single values

const possession: Rule = (facts) => {
  const check = failedCheck(facts, 'confirmation');
  if (check === undefined) return [];
  return [
    cause('sender_constrained', 'certain', {
      because: `the token is bound to its sender, and what was brought as proof does not fit: ${check.because}`,
      evidence: [
        ...(check.expected === undefined ? [] : [`expected ${listed(check.expected)}`]),
        ...(check.actual === undefined ? [] : [`got ${listed(check.actual)}`]),
      ],
      fix: 'present the token with the key or certificate that it was issued for, and a proof of this very request',
    }),
  ];
};

/** A claim that was asked for by name or value, a nonce, a type, a hash. */
const claimDiffers: Rule = (facts) => {
  const failed = facts.report.checks.filter(
    (check) => check.outcome === 'failed' && !isStrict(check) && isValue(check),
  );
  const [first] = failed;
  if (first === undefined) return [];
  return [
    cause('claim_differs', 'certain', {
      because: valueWords(first),
      evidence: failed.map(
        (check) =>
          `${nameOfValue(check)}: expected ${listed(check.expected)}, got ${check.actual === undefined ? 'none' : listed(check.actual)}`,
      ),
      fix: FIXES[first.name] ?? 'have the server write the claim, or correct what you ask for',
    }),
  ];
};

function valueWords(check: Check): string {
  const name = nameOfValue(check);
  if (check.actual === undefined) return `there is no ${name} in the token`;
  return `${name} is ${listed(check.actual)}, and you asked for ${listed(check.expected)}`;
}

const isValue = ({ name }: Check): boolean => ['nonce', 'at_hash', 'type'].includes(name) || name.startsWith('claim:');

const nameOfValue = ({ name }: Check): string => (name === 'type' ? 'typ' : name.replace(/^claim:/, ''));

const FIXES: Readonly<Record<string, string>> = {
  nonce: 'take the ID token of the sign-in whose nonce you sent; another one may be a replay',
  at_hash: 'give the access token that came in the same response',
  type: 'many servers write `JWT` for every token: leave out --typ, and name the kind with --expect',
};

const malformed = (check: Check, name: string): Cause =>
  cause('malformed_member', 'certain', {
    because: `${name} has a form that no reader accepts: ${check.because}`,
    evidence: [`${name}: ${printJson(check.actual ?? null)}`],
    fix: 'tell the issuer: the claim must have the type that RFC 7519 gives it',
  });

const malformedTime: Rule = (facts) =>
  (['expiry', 'not_before', 'issued_at'] as const).flatMap((name) => {
    const check = reallyFailed(facts, name);
    return check !== undefined && /\.(?:type|absurd)$/.test(check.finding ?? '')
      ? [malformed(check, (check.finding ?? '').split('.')[1] ?? name)]
      : [];
  });

// ---------------------------------------------------------------- --strict

/** What turns the first of the warnings into a check that passes. */
function strictFix({ name, actual, finding }: Check): string {
  if (name === 'audience') return 'name yours: --audience NAME';
  if (name === 'issuer') return 'name it: --issuer URL';
  if (name === 'expiry' && finding === 'claims.exp.missing') return 'have the issuer write exp';
  if (name !== 'kind') return 'see each of them with tokctl explain, or leave out --strict';
  return actual === undefined || actual === 'unknown' || actual === 'access_token'
    ? 'name the kind that you expect: --expect access_token'
    : `if ${kindWords(String(actual))} is what you check: --expect ${String(actual)}; else send the access token`;
}

/** What fails because `--strict` takes a warning for a failure, and for nothing else. */
const strictOnly: Rule = ({ report }) => {
  const failed = report.checks.filter(isStrict);
  const [first] = failed;
  if (first === undefined) return [];
  const others = report.checks.some((check) => check.outcome === 'failed' && !isStrict(check));
  return [
    cause('strict_only', others ? 'possible' : 'certain', {
      because: `--strict takes for a failure what only warns otherwise: ${failed.map(({ name }) => name).join(', ')}`,
      evidence: failed.map(({ name, because }) => `${name}: ${because.replace(/ \(--strict\)$/, '')}`),
      fix: strictFix(first),
    }),
  ];
};

export const KIND_RULES: readonly Rule[] = [kind];

export const PURPOSE_RULES: readonly Rule[] = [lightweight, audience, scope, possession, claimDiffers, malformedTime];

/** After all others: what they explain is not repeated. */
export const STRICT_RULES: readonly Rule[] = [strictOnly];
