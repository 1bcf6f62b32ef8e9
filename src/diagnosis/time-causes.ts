// Causes that times tell: expired, too early, too old, written in another unit, and clocks that differ.
// The clock here is compared with the `Date` of the server where one answered: that decides whose clock it is.

import { isJsonObject, type Json } from '../core/json.ts';
import { MILLISECONDS_FROM } from '../core/lint.ts';
import type { Cause, Confidence } from '../core/report.ts';
import { durationWords, formatUtc } from '../core/time.ts';
import {
  cause,
  checkNamed,
  evaluated,
  type Facts,
  failedCheck,
  hasExpired,
  listed,
  type Rule,
  reallyFailed,
  shownTime,
  timeClaim,
} from './facts.ts';

const utc = (seconds: number): string => formatUtc(seconds) ?? String(seconds);

/** The largest difference of clocks that is worth a note (contract §6). */
const SKEW = 60;

/** Seconds by which a `Date` may differ for the length of an exchange and the roundness of its seconds. */
const AGREES = 5;

// ---------------------------------------------------------------- whose clock

interface ClockVerdict {
  /** By the clock of the server the check would pass. */
  decides: boolean;
  /** The server has our time: clocks explain nothing. */
  agrees: boolean;
  line: string[];
}

/** What the server's clock says of a time that is missed by `missed` seconds; positive `missed` means too late here. */
function byServerClock({ serverAhead }: Facts, missed: number): ClockVerdict {
  if (serverAhead === undefined) return { decides: false, agrees: false, line: [] };
  const off = Math.abs(serverAhead);
  if (off < AGREES) return { decides: false, agrees: true, line: ['the Date of the server is the time here'] };
  const line = [
    `by the Date of the server the clock here is ${durationWords(off)} ${serverAhead < 0 ? 'fast' : 'slow'}`,
  ];
  return { decides: missed > 0 ? -serverAhead >= missed : serverAhead >= -missed, agrees: false, line };
}

function skew(confidence: Confidence, because: string, evidence: readonly string[]): Cause {
  return cause('clock_skew', confidence, {
    because,
    evidence,
    fix:
      confidence === 'possible'
        ? 'compare the clocks: tokctl doctor ISSUER; to allow for a minute: --clock-tolerance 60s'
        : 'set the clock here by NTP; --clock-tolerance only hides the difference',
  });
}

// ---------------------------------------------------------------- expired

const expired: Rule = (facts) => {
  const exp = timeClaim(facts, 'exp');
  const told = reallyFailed(facts, 'expiry') ?? failedCheck(facts, 'introspection');
  if (told === undefined || exp === undefined || exp < 0 || !hasExpired(facts)) return [];
  const now = evaluated(facts);
  const missed = now - exp;
  const clock = byServerClock(facts, missed || 0.001);
  const evidence = [`exp is ${utc(exp)}`, `judged as of ${utc(now)}`, ...clock.line];
  const byDate = failedCheck(facts, 'expiry') !== undefined && clock.decides;
  if (byDate)
    return [
      skew('certain', `the clock here is off: by that of the server the token is valid until ${utc(exp)}`, evidence),
    ];
  return [overCause(facts, { missed, evidence }), ...nearMiss(facts, { claim: 'exp', missed, clock, evidence })];
};

function overCause(facts: Facts, { missed, evidence }: { missed: number; evidence: string[] }): Cause {
  const ago = missed < 1 ? 'this very second' : `${durationWords(missed)} ago`;
  const near = missed < SKEW && failedCheck(facts, 'expiry') !== undefined;
  return cause('expired', 'certain', {
    because: `the token expired ${ago}`,
    evidence: [
      ...evidence,
      ...lifetimeLine(facts),
      ...(near ? [`it would pass with --clock-tolerance ${Math.floor(missed) + 1}s`] : []),
    ],
    fix: 'get a new one from the authorization server: tokctl token, or let the client refresh it',
  });
}

/** An end before the beginning is not a matter of time. */
function lifetimeLine(facts: Facts): string[] {
  const [iat, exp] = [timeClaim(facts, 'iat'), timeClaim(facts, 'exp')];
  if (iat === undefined || exp === undefined || iat < 0 || iat > MILLISECONDS_FROM) return [];
  if (exp <= iat) return [`exp is not after iat (${utc(iat)}): the issuer made it expired`];
  return [`it was made for ${durationWords(exp - iat)}`];
}

interface NearMiss {
  claim: string;
  missed: number;
  clock: ClockVerdict;
  evidence: string[];
}

/** Clocks may explain what is missed by less than a minute, unless the server has the time that is here. */
function nearMiss(facts: Facts, { claim, missed, clock, evidence }: NearMiss): Cause[] {
  const size = Math.abs(missed);
  const name = claim === 'exp' ? 'expiry' : 'not_before';
  if (size >= SKEW || clock.agrees || failedCheck(facts, name) === undefined) return [];
  const because = `${claim} is missed by ${durationWords(size)} only: the clock here and that of the issuer may differ`;
  return [skew('possible', because, evidence)];
}

// ---------------------------------------------------------------- too early

const notYetValid: Rule = (facts) => {
  const nbf = timeClaim(facts, 'nbf');
  const now = evaluated(facts);
  if (reallyFailed(facts, 'not_before') === undefined || nbf === undefined || nbf <= now) return [];
  if (nbf > MILLISECONDS_FROM) return [milliseconds(['nbf'])];
  const ahead = nbf - now;
  const clock = byServerClock(facts, -ahead);
  const evidence = [`nbf is ${utc(nbf)}`, `judged as of ${utc(now)}`, ...clock.line, ...wholeHours(ahead)];
  if (clock.decides)
    return [skew('certain', 'the clock here is off: by that of the server the token is valid already', evidence)];
  const near = ahead < SKEW ? [`it would pass with --clock-tolerance ${Math.ceil(ahead)}s`] : [];
  const found = cause('not_yet_valid', 'certain', {
    because: `the token becomes valid in ${durationWords(ahead)}`,
    evidence: [...evidence, ...near],
    fix: 'wait until then, or see why the issuer dates its tokens ahead (clock, time zone)',
  });
  return [found, ...nearMiss(facts, { claim: 'nbf', missed: -ahead, clock, evidence })];
};

const HOUR = 3600;

/** A time zone where UTC belongs is off by whole hours, or by a half or a quarter of one. */
function wholeHours(seconds: number): string[] {
  const quarters = Math.round(seconds / (HOUR / 4));
  const isZone = quarters >= 2 && quarters <= 56 && Math.abs(seconds - quarters * (HOUR / 4)) <= 90;
  return isZone ? [`that is ${durationWords(quarters * (HOUR / 4))}: local time may stand where UTC belongs`] : [];
}

/** A token of the future points at clocks; it only warns, so it is a cause only under --strict. */
const issuedAhead: Rule = (facts) => {
  const check = checkNamed(facts, 'issued_at');
  const iat = timeClaim(facts, 'iat');
  if (check?.outcome !== 'failed' || check.finding !== 'time.local_clock_off' || iat === undefined) return [];
  const ahead = iat - evaluated(facts);
  const clock = byServerClock(facts, -ahead);
  const evidence = [`iat is ${utc(iat)}`, `judged as of ${utc(evaluated(facts))}`, ...clock.line];
  if (clock.agrees) return [];
  return [
    skew(clock.decides ? 'certain' : 'likely', `the token was issued ${durationWords(ahead)} ahead of the clock here`, [
      ...evidence,
      ...wholeHours(ahead),
    ]),
  ];
};

// ---------------------------------------------------------------- units

const milliseconds = (claims: readonly string[]): Cause =>
  cause('milliseconds_not_seconds', 'certain', {
    because: `${claims.join(', ')} ${claims.length > 1 ? 'are' : 'is'} in milliseconds; a NumericDate counts seconds (RFC 7519 §2)`,
    evidence: ['read as seconds, it lies thousands of years ahead'],
    fix: 'divide by 1000 where the token is made, and replace the tokens that are out',
  });

const wrongUnit: Rule = (facts) => {
  const unit = failedCheck(facts, 'time_unit');
  if (unit === undefined) return ageInMilliseconds(facts);
  const told: Json | undefined = unit.actual;
  return [milliseconds(isJsonObject(told) ? Object.keys(told) : ['exp'])];
};

/** An `iat` in milliseconds lies in the future, which is no age at all. */
const ageInMilliseconds = (facts: Facts): Cause[] =>
  failedCheck(facts, 'max_age') !== undefined && (timeClaim(facts, 'iat') ?? 0) > MILLISECONDS_FROM
    ? [milliseconds(['iat'])]
    : [];

// ---------------------------------------------------------------- what was asked of times

const tooShort: Rule = (facts) => {
  const check = failedCheck(facts, 'lifetime');
  if (check === undefined || hasExpired(facts)) return [];
  return [
    cause('lifetime_too_short', 'certain', {
      because:
        check.actual === undefined
          ? check.because
          : `the token is valid for ${listed(check.actual)} more, and you asked for ${listed(check.expected)}`,
      evidence: [
        ...(facts.report.times?.expires_at === undefined
          ? ['it has no exp']
          : [`exp is ${shownTime(facts.report.times.expires_at)}`]),
        ...lifetimeLine(facts),
      ],
      fix: 'get a new one before you use it, or ask for less with --min-ttl',
    }),
  ];
};

const tooOld: Rule = (facts) => {
  const check = failedCheck(facts, 'max_age');
  if (check === undefined || (timeClaim(facts, 'iat') ?? 0) > MILLISECONDS_FROM) return [];
  return [
    cause('too_old', 'certain', {
      because:
        check.actual === undefined
          ? check.because
          : `it was ${listed(check.actual)}, and you asked for one ${listed(check.expected)}`,
      evidence: [`iat is ${shownTime(facts.report.times?.issued_at) ?? 'missing'}`, ...lifetimeLine(facts)],
      fix: 'have the client get a new token; a refresh makes one with a new iat',
    }),
  ];
};

export const TIME_RULES: readonly Rule[] = [expired, notYetValid, wrongUnit, tooShort, tooOld, issuedAhead];
