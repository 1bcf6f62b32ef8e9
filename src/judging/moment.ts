// The times of a token, or of an answer about it, as the report shows them.

import { type JsonObject, member } from '../core/json.ts';
import { finiteNumber } from '../core/lint.ts';
import type { Times } from '../core/report.ts';
import { formatIso } from '../core/time.ts';

/** `now` in seconds since 1970. Times that no calendar has are left out; the checks tell of them. */
export function timesOf(claims: JsonObject | undefined, now: number): Times {
  const exp = finiteNumber(member(claims, 'exp'));
  const expires = isoOf(exp);
  const issued = isoOf(finiteNumber(member(claims, 'iat')));
  const notBefore = isoOf(finiteNumber(member(claims, 'nbf')));
  const times: Partial<Times> = {};
  if (issued !== undefined) times.issued_at = issued;
  if (notBefore !== undefined) times.not_before = notBefore;
  if (exp !== undefined && expires !== undefined) {
    times.expires_at = expires;
    times.ttl_seconds = Math.floor(exp - now);
  }
  return Object.assign(times, { evaluated_at: formatIso(Math.floor(now)) ?? new Date(0).toISOString() });
}

const isoOf = (seconds: number | undefined): string | undefined =>
  seconds === undefined ? undefined : formatIso(seconds);
