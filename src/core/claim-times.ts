// The checks of times in claims (RFC 7519 §4.1.4 to §4.1.6). A token is valid before `exp`, and from `nbf` on.
// Invariant: a time that is no finite number never passes; in an answer of a server it only warns, because there the
// server's word on `active` stands (RFC 7662 §2.2).

import type { ClaimsInput } from './claims.ts';
import { JsonNumber, member, memberOrNull } from './json.ts';
import { finiteNumber } from './lint.ts';
import type { Check } from './report.ts';
import { durationWords, formatUtc } from './time.ts';

const words = (seconds: number): string => formatUtc(seconds) ?? `${seconds} seconds since 1970`;

const TIME_CHECKS = {
  exp: { name: 'expiry', spec: 'RFC 7519 §4.1.4' },
  nbf: { name: 'not_before', spec: 'RFC 7519 §4.1.5' },
  iat: { name: 'issued_at', spec: 'RFC 7519 §4.1.6' },
} as const;

/** A claim that must be a NumericDate: its seconds, or the check that says why it is none. */
function numericDate({ claims, origin }: ClaimsInput, claim: 'exp' | 'nbf' | 'iat'): number | Check {
  const actual = memberOrNull(claims, claim);
  const seconds = finiteNumber(actual);
  if (seconds !== undefined && seconds >= 0) return seconds;
  const isNumber = typeof actual === 'number' || actual instanceof JsonNumber;
  return {
    ...TIME_CHECKS[claim],
    outcome: origin === 'answer' ? 'warned' : 'failed',
    finding: `claims.${claim}.${isNumber ? 'absurd' : 'type'}`,
    expected: 'a NumericDate',
    actual,
    because: `${claim} is ${isNumber ? 'a number that is no time' : 'no number'}`,
  };
}

/** `expiry`: `exp` must lie after now (RFC 7519 §4.1.4: not valid on or after it). */
export function expiry(input: ClaimsInput): Check {
  const { claims, expectations, now, origin } = input;
  if (!Object.hasOwn(claims, 'exp')) return withoutExpiry(origin);
  const exp = numericDate(input, 'exp');
  if (typeof exp !== 'number') return exp;
  const check = { ...TIME_CHECKS.exp, expected: `after ${words(now)}`, actual: words(exp) } as const;
  if (exp > now) return { ...check, outcome: 'passed', because: `valid for ${durationWords(exp - now)} more` };
  const past = exp === now ? 'it expires this very second' : `expired ${durationWords(now - exp)} ago`;
  if (exp > now - (expectations.clockTolerance ?? 0))
    return { ...check, outcome: 'passed', because: `${past}, which --clock-tolerance forgives` };
  if (origin === 'token') return { ...check, outcome: 'failed', because: past };
  const because = `${past}, yet the server says active`;
  return { ...check, outcome: 'warned', finding: 'introspection.exp_past', because };
}

function withoutExpiry(origin: ClaimsInput['origin']): Check {
  return origin === 'answer'
    ? { name: 'expiry', outcome: 'skipped', because: 'the answer names no exp', spec: 'RFC 7662 §2.2' }
    : {
        ...TIME_CHECKS.exp,
        outcome: 'warned',
        finding: 'claims.exp.missing',
        expected: 'exp',
        because: 'no exp: it never expires by itself',
      };
}

/** `not_before`: `nbf`, if there is one, must not lie ahead. */
export function notBefore(input: ClaimsInput): Check[] {
  if (!Object.hasOwn(input.claims, 'nbf')) return [];
  const { expectations, now, origin } = input;
  const nbf = numericDate(input, 'nbf');
  if (typeof nbf !== 'number') return [nbf];
  const check = { ...TIME_CHECKS.nbf, expected: `at or before ${words(now)}`, actual: words(nbf) } as const;
  if (nbf <= now) return [{ ...check, outcome: 'passed', because: 'nbf has passed' }];
  const ahead = durationWords(nbf - now);
  if (nbf <= now + (expectations.clockTolerance ?? 0))
    return [{ ...check, outcome: 'passed', because: `valid in ${ahead}, which --clock-tolerance forgives` }];
  const outcome = origin === 'answer' ? 'warned' : 'failed';
  return [{ ...check, outcome, because: `not valid yet: in ${ahead}` }];
}

/** `issued_at`: an `iat` in the future warns (contract §11). */
export function issuedAt(input: ClaimsInput): Check[] {
  if (!Object.hasOwn(input.claims, 'iat')) return [];
  const { expectations, now } = input;
  const iat = numericDate(input, 'iat');
  if (typeof iat !== 'number') return [iat];
  const check = { ...TIME_CHECKS.iat, expected: `at or before ${words(now)}`, actual: words(iat) } as const;
  if (iat <= now) return [{ ...check, outcome: 'passed', because: `issued ${durationWords(now - iat)} ago` }];
  const ahead = `issued ${durationWords(iat - now)} in the future`;
  return iat <= now + (expectations.clockTolerance ?? 0)
    ? [{ ...check, outcome: 'passed', because: `${ahead}, which --clock-tolerance forgives` }]
    : [{ ...check, outcome: 'warned', finding: 'time.local_clock_off', because: `${ahead}: a clock is off` }];
}

/** `lifetime`: at least `minTtl` seconds must be left. */
export function lifetime({ claims, expectations: { minTtl }, now }: ClaimsInput): Check[] {
  if (minTtl === undefined) return [];
  const exp = finiteNumber(member(claims, 'exp'));
  const check = { name: 'lifetime', expected: `${durationWords(minTtl)} or more`, spec: TIME_CHECKS.exp.spec } as const;
  if (exp === undefined) return [{ ...check, outcome: 'failed', because: 'no exp to tell how long it is valid' }];
  const actual = exp > now ? durationWords(exp - now) : 'expired';
  return [
    exp > now && exp - now >= minTtl
      ? { ...check, outcome: 'passed', actual, because: 'enough time is left' }
      : { ...check, outcome: 'failed', actual, because: 'too little time is left' },
  ];
}

/** `max_age`: at most that many seconds since `iat` (contract §11). */
export function maxAge({ claims, expectations: { maxAge: limit, clockTolerance = 0 }, now }: ClaimsInput): Check[] {
  if (limit === undefined) return [];
  const iat = finiteNumber(member(claims, 'iat'));
  const expected = `issued at most ${durationWords(limit)} ago`;
  const check = { name: 'max_age', expected, spec: TIME_CHECKS.iat.spec } as const;
  if (iat === undefined) return [{ ...check, outcome: 'failed', because: 'no iat to tell its age' }];
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
