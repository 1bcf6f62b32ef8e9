// Causes that audience and scope tell: for whom the token is, what it allows, and what only the server tells of that.

import { scopesOf } from '../core/claims.ts';
import { isJsonObject, type JsonObject, member, textOrEmpty } from '../core/json.ts';
import type { Cause, Check } from '../core/report.ts';
import {
  adviceOr,
  cause,
  claimLine,
  claimsOf,
  type Facts,
  hasPassed,
  listed,
  malformed,
  providerLine,
  type Rule,
  reallyFailed,
  textsOf,
} from './facts.ts';

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
  const jti = textOrEmpty(token.claims, 'jti');
  if (provider?.id !== 'keycloak' || !/^[a-z]{2}lt[a-z]{2}:/.test(jti)) return undefined;
  return `jti begins with ${jti.slice(0, 6)}: Keycloak marks lightweight tokens so`;
}

export const AUDIENCE_RULES: readonly Rule[] = [lightweight, audience, scope];
