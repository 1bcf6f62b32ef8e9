// The checks of claims (RFC 7519 §4.1, RFC 9068 §4, OpenID Connect Core §3.1.3.7): pure, all of them reported.
// They serve a verified JWT and an introspection answer alike; `origin` says which, because RFC 7662 makes all but
// `active` optional and lets the server's word stand.

import { expiry, issuedAt, lifetime, maxAge, notBefore } from './claim-times.ts';
import type { Expectations } from './expectations.ts';
import { type Json, JsonNumber, type JsonObject, member, printJson, textMember } from './json.ts';
import { type KindName, normalizeTyp } from './kind.ts';
import { lintTimes } from './lint.ts';
import type { Check } from './report.ts';

export interface ClaimsInput {
  claims: JsonObject;
  header?: JsonObject | undefined;
  kind: KindName;
  /** The issuer that was named; undefined: nobody named one. */
  issuer: string | undefined;
  expectations: Expectations;
  /** Seconds since 1970. */
  now: number;
  origin: 'token' | 'answer';
}

/** Every check on the claims. The order is the order in which people read them. */
export function checkClaims(input: ClaimsInput): Check[] {
  return [
    ...issuer(input),
    audience(input),
    expiry(input),
    ...notBefore(input),
    ...issuedAt(input),
    ...lintTimes(input.claims),
    ...type(input),
    kind(input),
    ...scope(input),
    ...lifetime(input),
    ...maxAge(input),
    ...nonce(input),
    ...expectedClaims(input),
  ];
}

// ---------------------------------------------------------------- who and for whom

function issuer({ claims, issuer: named, origin }: ClaimsInput): Check[] {
  const spec = 'RFC 7519 §4.1.1';
  const actual = member(claims, 'iss');
  if (origin === 'answer') {
    if (named === undefined || actual === undefined || actual === named) return [];
    return [
      {
        name: 'issuer',
        outcome: 'warned',
        expected: named,
        actual,
        because: 'the server says that another issuer made it',
        spec: 'RFC 7662 §2.2',
      },
    ];
  }
  if (named === undefined)
    return [
      {
        name: 'issuer',
        outcome: 'skipped',
        ...optional('actual', actual),
        because: 'not checked; name yours with --issuer',
        spec,
      },
    ];
  if (actual === named)
    return [{ name: 'issuer', outcome: 'passed', expected: named, actual, because: 'iss is the issuer named', spec }];
  const because =
    actual === undefined
      ? 'the token has no iss'
      : typeof actual === 'string'
        ? 'iss is another; compared byte for byte'
        : 'iss is no text';
  return [
    {
      name: 'issuer',
      outcome: 'failed',
      finding: 'claims.iss.mismatch',
      expected: named,
      ...optional('actual', actual),
      because,
      spec,
    },
  ];
}

function audience({ claims, expectations: { audience: wanted = [] } }: ClaimsInput): Check {
  const spec = 'RFC 7519 §4.1.3';
  const actual = member(claims, 'aud');
  if (wanted.length === 0)
    return {
      name: 'audience',
      outcome: 'skipped',
      finding: 'claims.aud.unchecked',
      ...optional('actual', actual),
      because: 'not checked; name yours with --audience',
      spec,
    };
  const audiences = Array.isArray(actual) ? actual : actual === undefined ? [] : [actual];
  const check = { name: 'audience', expected: oneOrList(wanted), ...optional('actual', actual), spec } as const;
  if (audiences.length === 0)
    return {
      ...check,
      outcome: 'failed',
      because: actual === undefined ? 'it has no aud: it is for nobody in particular' : 'aud is an empty list',
    };
  if (!audiences.every((one) => typeof one === 'string'))
    return {
      ...check,
      outcome: 'failed',
      finding: 'claims.aud.type',
      because: 'aud is neither text nor a list of texts',
    };
  const matches = audiences.some((one) => typeof one === 'string' && wanted.includes(one));
  return matches
    ? { ...check, outcome: 'passed', because: 'aud names it' }
    : {
        ...check,
        outcome: 'failed',
        because: `aud does not name ${wanted.length > 1 ? 'any of these audiences' : 'this audience'}`,
      };
}

const optional = <K extends string>(name: K, value: Json | undefined): { [P in K]?: Json } =>
  value === undefined ? {} : ({ [name]: value } as { [P in K]?: Json });
function oneOrList(values: readonly string[]): Json {
  const [only] = values;
  return only !== undefined && values.length === 1 ? only : [...values];
}

// ---------------------------------------------------------------- what it is and may do

function type({ header, expectations: { typ } }: ClaimsInput): Check[] {
  if (typ === undefined) return [];
  const actual = textMember(header, 'typ');
  const same = actual !== undefined && normalizeTyp(actual) === normalizeTyp(typ);
  const because = same ? 'typ is as expected' : actual === undefined ? 'the header has no typ' : 'typ is another';
  return [
    {
      name: 'type',
      outcome: same ? 'passed' : 'failed',
      ...(same ? {} : { finding: 'header.typ.mismatch' }),
      expected: typ,
      ...optional('actual', actual),
      because,
      spec: 'RFC 8725 §3.11',
    },
  ];
}

const NOT_FOR_ACCESS: Partial<Record<KindName, string>> = {
  id_token: 'an ID token proves a sign-in to its client; it is not for APIs',
  refresh_token: 'a refresh token gets new tokens at the token endpoint; it is not for APIs',
  logout_token: 'a logout token tells a client that a session ended',
  security_event: 'a security event token reports what happened',
  dpop_proof: 'a DPoP proof accompanies an access token and is none',
  client_assertion: 'a client assertion authenticates a client at the token endpoint',
  introspection_response: 'this is an answer about a token, not a token',
  jarm_response: 'this is an authorization response, not a token',
  request_object: 'this is an authorization request, not a token',
};

function kind({ kind: actual, expectations: { kind: expected } }: ClaimsInput): Check {
  const spec = 'RFC 8725 §3.11';
  if (expected !== undefined) {
    if (actual === expected)
      return { name: 'kind', outcome: 'passed', expected, actual, because: 'it is the kind that was asked for', spec };
    return {
      name: 'kind',
      outcome: 'failed',
      expected,
      actual,
      because:
        actual === 'unknown'
          ? 'nothing in it tells its kind'
          : (NOT_FOR_ACCESS[actual] ?? 'it is another kind of token'),
      spec,
    };
  }
  const purpose = NOT_FOR_ACCESS[actual];
  if (purpose !== undefined) return { name: 'kind', outcome: 'warned', actual, because: purpose, spec };
  return { name: 'kind', outcome: 'skipped', actual, because: 'not asked; name the kind with --expect', spec };
}

/** The scopes of claims or of an answer: `scope` or `scp`, as text with spaces, as comma list or as array. */
export function scopesOf(claims: JsonObject): string[] | undefined {
  const value = member(claims, 'scope') ?? member(claims, 'scp');
  if (typeof value === 'string')
    return value
      .split(/\s/.test(value.trim()) ? /\s+/ : ',')
      .map((scope) => scope.trim())
      .filter((scope) => scope !== '');
  return Array.isArray(value) ? value.filter((scope) => typeof scope === 'string') : undefined;
}

function scope({ claims, expectations: { scope: wanted = [] } }: ClaimsInput): Check[] {
  if (wanted.length === 0) return [];
  const granted = scopesOf(claims);
  const missing = wanted.filter((one) => granted?.includes(one) !== true);
  const because =
    granted === undefined
      ? 'the token names no scope'
      : missing.length > 0
        ? `not granted: ${missing.join(', ')}`
        : 'all granted';
  return [
    {
      name: 'scope',
      outcome: missing.length > 0 ? 'failed' : 'passed',
      expected: [...wanted],
      ...optional('actual', granted),
      because,
      spec: 'RFC 6749 §3.3',
    },
  ];
}

function nonce({ claims, expectations: { nonce: expected } }: ClaimsInput): Check[] {
  if (expected === undefined) return [];
  const actual = member(claims, 'nonce');
  return [
    {
      name: 'nonce',
      outcome: actual === expected ? 'passed' : 'failed',
      expected,
      ...optional('actual', actual),
      because: actual === expected ? 'nonce is as sent' : 'nonce is not the one that was sent',
      spec: 'OpenID Connect Core §3.1.3.7',
    },
  ];
}

function expectedClaims({ claims, expectations }: ClaimsInput): Check[] {
  const { claims: equal = [], requiredClaims = [] } = expectations;
  const spec = 'RFC 7519 §4';
  return [
    ...equal.map(({ name, value }): Check => {
      const actual = claimAt(claims, name);
      const same =
        actual !== undefined && (typeof actual === 'string' ? actual === value : printJson(actual) === value);
      return {
        name: `claim:${name}`,
        outcome: same ? 'passed' : 'failed',
        expected: value,
        ...optional('actual', actual),
        because: same
          ? 'the claim has the value'
          : actual === undefined
            ? 'there is no such claim'
            : 'the claim has another value',
        spec,
      };
    }),
    ...requiredClaims.map((name): Check => {
      const actual = claimAt(claims, name);
      return {
        name: `claim:${name}`,
        outcome: actual === undefined ? 'failed' : 'passed',
        expected: 'present',
        ...optional('actual', actual),
        because: actual === undefined ? 'there is no such claim' : 'the claim is there',
        spec,
      };
    }),
  ];
}

/** A claim by its whole name, or by a dotted path such as `realm_access.roles` where no claim has that name. */
export function claimAt(claims: JsonObject, name: string): Json | undefined {
  const whole = member(claims, name);
  if (whole !== undefined) return whole;
  const dot = name.indexOf('.');
  if (dot < 0) return undefined;
  const inner = member(claims, name.slice(0, dot));
  return inner !== null && typeof inner === 'object' && !Array.isArray(inner) && !(inner instanceof JsonNumber)
    ? claimAt(inner, name.slice(dot + 1))
    : undefined;
}
