// What is wrong with times, and whose clock it is.

import { type Situation, situations } from '../situation.ts';
import { access, DAY, forged, HOUR, MINUTE, NOW } from '../tokens.ts';

const VERIFY = 'verify --issuer https://id.example.com';
const FOR_API = `${VERIFY} --audience https://api.example.com`;
const STRICT = `${FOR_API} --expect access_token --strict`;
const over = (seconds: number): string => access({ exp: NOW - seconds, iat: NOW - seconds - HOUR });
const early = (seconds: number): string => access({ nbf: NOW + seconds, iat: NOW - 60, exp: NOW + seconds + HOUR });

export const TIMES: readonly Situation[] = situations([
  {
    tells: 'expired two hours ago',
    token: over(2 * HOUR),
    command: VERIFY,
    first: 'expired',
    not: ['lifetime_too_short', 'milliseconds_not_seconds', 'strict_only', 'clock_skew', 'not_yet_valid'],
  },
  { tells: 'expired last year', token: over(400 * DAY), command: VERIFY, first: 'expired', not: ['clock_skew'] },
  { tells: 'expired this very second', token: over(0), command: VERIFY, first: 'expired', also: ['clock_skew'] },
  {
    tells: 'expired 20 seconds ago, and nobody knows whose clock is right',
    token: over(20),
    command: VERIFY,
    first: 'expired',
    also: ['clock_skew'],
    words: /--clock-tolerance 21s/,
  },
  {
    tells: 'expired 20 seconds ago, and the server has the same time',
    token: over(20),
    command: VERIFY,
    server: { ahead: 0 },
    first: 'expired',
    not: ['clock_skew'],
  },
  {
    tells: 'expired two minutes ago by a clock that is five minutes fast',
    token: over(2 * MINUTE),
    command: VERIFY,
    server: { ahead: -5 * MINUTE },
    first: 'clock_skew',
    not: ['expired'],
  },
  {
    tells: 'expired an hour ago by a clock that is five minutes fast',
    token: over(HOUR),
    command: VERIFY,
    server: { ahead: -5 * MINUTE },
    first: 'expired',
    not: ['clock_skew'],
  },
  {
    tells: 'expired ten minutes ago, and the clock here is slow',
    token: over(10 * MINUTE),
    command: VERIFY,
    server: { ahead: 5 * MINUTE },
    first: 'expired',
    not: ['clock_skew'],
  },
  {
    tells: 'judged as of a time after its end',
    token: access(),
    command: `${VERIFY} --at 2027-01-01T00:00:00Z`,
    server: { ahead: 0 },
    first: 'expired',
    not: ['clock_skew'],
  },
  {
    tells: 'the issuer made it with exp before iat',
    token: access({ iat: NOW - HOUR, exp: NOW - 2 * HOUR }),
    command: VERIFY,
    first: 'expired',
    words: /exp is not after iat/,
  },
  {
    tells: 'expired, and for another API: a new one would not help',
    token: access({ exp: NOW - HOUR, aud: 'x' }),
    command: FOR_API,
    first: 'audience_differs',
    also: ['expired'],
  },
  {
    tells: 'expired, and a forged one',
    token: forged(over(HOUR), { sub: 'admin' }),
    command: VERIFY,
    first: 'signature_altered',
    also: ['expired'],
  },

  {
    tells: 'local time of Berlin where UTC belongs',
    token: early(HOUR),
    command: VERIFY,
    first: 'not_yet_valid',
    not: ['clock_skew', 'expired'],
    words: /local time/,
  },
  {
    tells: 'not valid before tomorrow',
    token: early(DAY + 1234),
    command: VERIFY,
    first: 'not_yet_valid',
    not: ['clock_skew'],
  },
  {
    tells: 'not valid for 15 seconds',
    token: early(15),
    command: VERIFY,
    first: 'not_yet_valid',
    also: ['clock_skew'],
    words: /--clock-tolerance 15s/,
  },
  {
    tells: 'not valid for 15 seconds, and the server has the same time',
    token: early(15),
    command: VERIFY,
    server: { ahead: 1 },
    first: 'not_yet_valid',
    not: ['clock_skew'],
  },
  {
    tells: 'not valid yet by a clock that is two minutes slow',
    token: early(MINUTE),
    command: VERIFY,
    server: { ahead: 2 * MINUTE },
    first: 'clock_skew',
    not: ['not_yet_valid'],
  },

  {
    tells: 'nbf in milliseconds',
    token: access({ nbf: NOW * 1000 }),
    command: VERIFY,
    first: 'milliseconds_not_seconds',
    not: ['not_yet_valid', 'clock_skew'],
  },
  {
    tells: 'exp in milliseconds, at a gate',
    token: access({ exp: (NOW + HOUR) * 1000 }),
    command: STRICT,
    first: 'milliseconds_not_seconds',
    also: ['strict_only'],
    not: ['expired'],
  },
  {
    tells: 'iat in milliseconds, and a limit of age',
    token: access({ iat: NOW * 1000 }),
    command: `${VERIFY} --max-age 1h`,
    first: 'milliseconds_not_seconds',
    not: ['too_old', 'clock_skew'],
  },
  {
    tells: 'iat lies in the future, at a gate, by a slow clock',
    token: access({ iat: NOW + 3 * MINUTE }),
    command: STRICT,
    server: { ahead: 4 * MINUTE },
    first: 'clock_skew',
    also: ['strict_only'],
  },
  {
    tells: 'iat lies in the future, at a gate, and the server has the same time',
    token: access({ iat: NOW + 3 * MINUTE }),
    command: STRICT,
    server: { ahead: 0 },
    first: 'strict_only',
    not: ['clock_skew'],
  },
]);
