// The checks of times in claims (RFC 7519 §4.1.4 to §4.1.6). A token is valid before `exp`, and from `nbf` on.
// Invariant: a time that is no finite number never passes; in an answer of a server it only warns, because there the
// server's word on `active` stands (RFC 7662 §2.2).

import type { ClaimsInput } from './claims.ts';
import { JsonNumber, member, memberOrNull } from './json.ts';
import { finiteNumber } from './lint.ts';
import type { Check, Outcome } from './report.ts';
import { durationWords, formatUtc } from './time.ts';

const words = (seconds: number): string => formatUtc(seconds) ?? `${seconds} seconds since 1970`;

const TIME_CHECKS = {
  exp: { name: 'expiry', spec: 'RFC 7519 §4.1.4' },
  nbf: { name: 'not_before', spec: 'RFC 7519 §4.1.5' },
  iat: { name: 'issued_at', spec: 'RFC 7519 §4.1.6' },
} as const;

interface Said {
  expected: string;
  actual: string;
  because: string;
  finding?: string;
}

/** Written out, because each token of a batch has two or three of them. */
function timeCheck(claim: keyof typeof TIME_CHECKS, outcome: Outcome, said: Said): Check {
  const { name, spec } = TIME_CHECKS[claim];
  const { expected, actual, because, finding } = said;
  return finding === undefined
    ? { name, spec, expected, actual, outcome, because }
    : { name, spec, expected, actual, outcome, finding, because };
}

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
  const expected = `after ${words(now)}`;
  const actual = words(exp);
  const say = (outcome: Outcome, because: string): Check => timeCheck('exp', outcome, { expected, actual, because });
  if (exp > now) return say('passed', `valid for ${durationWords(exp - now)} more`);
  const past = exp === now ? 'it expires this very second' : `expired ${durationWords(now - exp)} ago`;
  if (exp > now - (expectations.clockTolerance ?? 0)) return say('passed', `${past}, which --clock-tolerance forgives`);
  if (origin === 'token') return say('failed', past);
  const because = `${past}, yet the server says active`;
  return timeCheck('exp', 'warned', { expected, actual, because, finding: 'introspection.exp_past' });
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
  const expected = `at or before ${words(now)}`;
  const actual = words(nbf);
  const say = (outcome: Outcome, because: string): Check[] => [
    timeCheck('nbf', outcome, { expected, actual, because }),
  ];
  if (nbf <= now) return say('passed', 'nbf has passed');
  const ahead = durationWords(nbf - now);
  if (nbf <= now + (expectations.clockTolerance ?? 0))
    return say('passed', `valid in ${ahead}, which --clock-tolerance forgives`);
  return say(origin === 'answer' ? 'warned' : 'failed', `not valid yet: in ${ahead}`);
}

/** `issued_at`: an `iat` in the future warns (contract §11). */
export function issuedAt(input: ClaimsInput): Check[] {
  if (!Object.hasOwn(input.claims, 'iat')) return [];
  const { expectations, now } = input;
  const iat = numericDate(input, 'iat');
  if (typeof iat !== 'number') return [iat];
  const expected = `at or before ${words(now)}`;
  const actual = words(iat);
  const say = (outcome: Outcome, because: string): Check => timeCheck('iat', outcome, { expected, actual, because });
  if (iat <= now) return [say('passed', `issued ${durationWords(now - iat)} ago`)];
  const ahead = `issued ${durationWords(iat - now)} in the future`;
  if (iat <= now + (expectations.clockTolerance ?? 0))
    return [say('passed', `${ahead}, which --clock-tolerance forgives`)];
  const because = `${ahead}: a clock is off`;
  return [timeCheck('iat', 'warned', { expected, actual, because, finding: 'time.local_clock_off' })];
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
