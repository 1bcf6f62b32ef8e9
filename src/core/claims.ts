// The checks of claims (RFC 7519 §4.1, RFC 9068 §4, OpenID Connect Core §3.1.3.7): pure, all of them reported.
// They serve a verified JWT and an introspection answer alike; `origin` says which, because RFC 7662 makes all but
// `active` optional and lets the server's word stand.

import type { Expectations } from './expectations.ts';
import { type Json, JsonNumber, type JsonObject, member, printJson, textMember } from './json.ts';
import { type KindName, normalizeTyp } from './kind.ts';
import { finiteNumber, lintTimes } from './lint.ts';
import type { Check } from './report.ts';
import { durationWords, formatUtc } from './time.ts';

export interface ClaimsInput {
  claims: JsonObject;
  header?: JsonObject;
  kind: KindName;
  /** The issuer that was named; undefined: nobody named one. */
  issuer?: string;
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

const words = (seconds: number): string => formatUtc(seconds) ?? `${seconds} seconds since 1970`;

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
        because: 'the server says that another issuer made the token',
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
    return [
      { name: 'issuer', outcome: 'passed', expected: named, actual, because: 'iss is the issuer that was named', spec },
    ];
  const because =
    actual === undefined
      ? 'the token has no iss'
      : typeof actual === 'string'
        ? 'iss is not the issuer that was named, compared byte for byte'
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
    return { ...check, outcome: 'failed', because: 'the token is for no audience at all: it has no aud' };
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

const oneOrList = (values: readonly string[]): Json => (values.length === 1 ? (values[0] ?? null) : [...values]);
const optional = <K extends string>(name: K, value: Json | undefined): { [P in K]?: Json } =>
  value === undefined ? {} : ({ [name]: value } as { [P in K]?: Json });

// ---------------------------------------------------------------- times

/** A claim that must be a NumericDate: its seconds, or the check that says why it is none. */
function numericDate(
  claims: JsonObject,
  name: 'exp' | 'nbf' | 'iat',
  check: 'expiry' | 'not_before' | 'issued_at',
  spec: string,
): number | Check {
  const actual = member(claims, name) ?? null;
  const seconds = finiteNumber(actual);
  if (seconds !== undefined && seconds >= 0) return seconds;
  const isNumber = typeof actual === 'number' || actual instanceof JsonNumber;
  const finding = isNumber ? `claims.${name}.absurd` : `claims.${name}.type`;
  return {
    name: check,
    outcome: 'failed',
    finding,
    expected: 'a NumericDate',
    actual,
    because: `${name} is ${isNumber ? 'a number that is no time' : 'no number'}`,
    spec,
  };
}

function expiry({ claims, expectations, now, origin }: ClaimsInput): Check {
  const spec = 'RFC 7519 §4.1.4';
  if (!Object.hasOwn(claims, 'exp')) {
    if (origin === 'answer')
      return {
        name: 'expiry',
        outcome: 'skipped',
        because: 'the answer does not say when the token expires',
        spec: 'RFC 7662 §2.2',
      };
    return {
      name: 'expiry',
      outcome: 'warned',
      finding: 'claims.exp.missing',
      expected: 'exp',
      because: 'the token has no exp: it never expires by itself',
      spec,
    };
  }
  const exp = numericDate(claims, 'exp', 'expiry', spec);
  if (typeof exp !== 'number') return exp;
  const { clockTolerance = 0 } = expectations;
  const check = { name: 'expiry', expected: `after ${words(now)}`, actual: words(exp), spec } as const;
  if (exp > now - clockTolerance)
    return {
      ...check,
      outcome: 'passed',
      because:
        exp > now
          ? `valid for ${durationWords(exp - now)} more`
          : `expired ${durationWords(now - exp)} ago, which --clock-tolerance forgives`,
    };
  const because = `exp ${words(exp)} lies ${durationWords(now - exp)} before ${words(now)}`;
  if (origin === 'answer')
    return {
      ...check,
      outcome: 'warned',
      finding: 'introspection.exp_past',
      because: `${because}, yet the server says active`,
    };
  return { ...check, outcome: 'failed', because };
}

function notBefore({ claims, expectations, now, origin }: ClaimsInput): Check[] {
  const spec = 'RFC 7519 §4.1.5';
  if (!Object.hasOwn(claims, 'nbf')) return [];
  const nbf = numericDate(claims, 'nbf', 'not_before', spec);
  if (typeof nbf !== 'number') return [nbf];
  const check = { name: 'not_before', expected: `at or before ${words(now)}`, actual: words(nbf), spec } as const;
  if (nbf <= now + (expectations.clockTolerance ?? 0))
    return [
      {
        ...check,
        outcome: 'passed',
        because:
          nbf <= now
            ? 'nbf has passed'
            : `nbf lies ${durationWords(nbf - now)} ahead, which --clock-tolerance forgives`,
      },
    ];
  return [
    {
      ...check,
      outcome: origin === 'answer' ? 'warned' : 'failed',
      because: `the token becomes valid in ${durationWords(nbf - now)}`,
    },
  ];
}

function issuedAt({ claims, expectations, now }: ClaimsInput): Check[] {
  const spec = 'RFC 7519 §4.1.6';
  if (!Object.hasOwn(claims, 'iat')) return [];
  const iat = numericDate(claims, 'iat', 'issued_at', spec);
  if (typeof iat !== 'number') return [iat];
  const check = { name: 'issued_at', expected: `at or before ${words(now)}`, actual: words(iat), spec } as const;
  if (iat <= now + (expectations.clockTolerance ?? 0))
    return [
      {
        ...check,
        outcome: 'passed',
        because:
          iat <= now
            ? `issued ${durationWords(now - iat)} ago`
            : `issued ${durationWords(iat - now)} ahead, which --clock-tolerance forgives`,
      },
    ];
  return [
    {
      ...check,
      outcome: 'warned',
      finding: 'time.local_clock_off',
      because: `the token was issued ${durationWords(iat - now)} in the future: one of the clocks is off`,
    },
  ];
}

function lifetime({ claims, expectations: { minTtl }, now }: ClaimsInput): Check[] {
  if (minTtl === undefined) return [];
  const exp = finiteNumber(member(claims, 'exp'));
  const check = { name: 'lifetime', expected: `${durationWords(minTtl)} or more`, spec: 'RFC 7519 §4.1.4' } as const;
  if (exp === undefined)
    return [{ ...check, outcome: 'failed', because: 'how long it is valid cannot be told: there is no exp' }];
  const actual = exp > now ? durationWords(exp - now) : 'expired';
  return [
    exp - now >= minTtl
      ? { ...check, outcome: 'passed', actual, because: 'enough time is left' }
      : { ...check, outcome: 'failed', actual, because: 'too little time is left' },
  ];
}

function maxAge({ claims, expectations: { maxAge: limit, clockTolerance = 0 }, now }: ClaimsInput): Check[] {
  if (limit === undefined) return [];
  const iat = finiteNumber(member(claims, 'iat'));
  const check = {
    name: 'max_age',
    expected: `issued at most ${durationWords(limit)} ago`,
    spec: 'RFC 7519 §4.1.6',
  } as const;
  if (iat === undefined) return [{ ...check, outcome: 'failed', because: 'the age cannot be told: there is no iat' }];
  const age = now - iat;
  if (age < -clockTolerance)
    return [{ ...check, outcome: 'failed', actual: words(iat), because: 'iat lies in the future' }];
  const actual = `issued ${durationWords(Math.max(age, 0))} ago`;
  return [
    age - clockTolerance <= limit
      ? { ...check, outcome: 'passed', actual, because: 'young enough' }
      : { ...check, outcome: 'failed', actual, because: 'too old' },
  ];
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
  id_token: 'an ID token proves a sign-in to the client that asked for it; it authorizes no API access',
  refresh_token: 'a refresh token gets new tokens at the token endpoint; it authorizes no API access',
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
function claimAt(claims: JsonObject, name: string): Json | undefined {
  const whole = member(claims, name);
  if (whole !== undefined) return whole;
  const dot = name.indexOf('.');
  if (dot < 0) return undefined;
  const inner = member(claims, name.slice(0, dot));
  return inner !== null && typeof inner === 'object' && !Array.isArray(inner) && !(inner instanceof JsonNumber)
    ? claimAt(inner, name.slice(dot + 1))
    : undefined;
}
