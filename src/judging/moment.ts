// The times of a token, or of an answer about it, as the report shows them.

import { type JsonObject, member } from '../core/json.ts';
import { finiteNumber } from '../core/lint.ts';
import type { Times } from '../core/report.ts';
import { formatIso } from '../core/time.ts';

/** `now` in seconds since 1970. Times that no calendar has are left out; the checks tell of them. */
export function timesOf(claims: JsonObject | undefined, now: number): Times {
  const at = (name: string): string | undefined => {
    const seconds = finiteNumber(member(claims, name));
    return seconds === undefined ? undefined : formatIso(seconds);
  };
  const [issued, notBefore, expires] = [at('iat'), at('nbf'), at('exp')];
  const exp = finiteNumber(member(claims, 'exp'));
  return {
    ...(issued === undefined ? {} : { issued_at: issued }),
    ...(notBefore === undefined ? {} : { not_before: notBefore }),
    ...(expires === undefined ? {} : { expires_at: expires }),
    ...(expires === undefined || exp === undefined ? {} : { ttl_seconds: Math.floor(exp - now) }),
    evaluated_at: formatIso(Math.floor(now)) ?? new Date(0).toISOString(),
  };
}
