// When a request is sent again (contract §6, §11; security.md H9): after a connection failure, 429 or 503, and never after
// refused credentials, which may lock an account.

import type { HttpAnswer } from './network.ts';

/** Longest Retry-After that is waited for, in milliseconds. */
const LONGEST_WAIT_MS = 5_000;
const FIRST_PAUSE_MS = 100;

const TRY_AGAIN: readonly number[] = [429, 503];

/** How often a request may be sent again: a GET `retries` times, a POST at most once. */
export function retriesFor(method: 'GET' | 'POST', retries: number): number {
  return method === 'GET' ? retries : Math.min(retries, 1);
}

/** Seconds that an answer asks to wait (RFC 9110 §10.2.3); a date is taken against the answer's own Date. */
export function retryAfterSeconds(headers: ReadonlyMap<string, string>): number | undefined {
  const value = headers.get('retry-after')?.trim() ?? '';
  if (/^[0-9]+$/.test(value)) return Number(value);
  const until = httpDate(value);
  if (until === undefined) return undefined;
  return Math.max(0, Math.ceil((until - (httpDate(headers.get('date')) ?? Date.now())) / 1000));
}

/** Milliseconds since 1970 of an HTTP-date (RFC 9110 §5.6.7), the form with GMT. */
function httpDate(value: string | undefined): number | undefined {
  const time = /^[A-Za-z]{3,9}, .* GMT$/.test(value ?? '') ? Date.parse(value ?? '') : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

/** 100 ms, 200 ms, 400 ms … before the first, second, third retry. */
export const backoffMs = (retry: number): number => FIRST_PAUSE_MS * 2 ** retry;

/**
 * Milliseconds to wait before this answer's request is sent again; undefined when it is not to be: another status, or a
 * server that asks for more patience than a command has. `retry` counts from 0.
 */
export function pauseAfter({ status, headers }: HttpAnswer, retry: number): number | undefined {
  if (!TRY_AGAIN.includes(status)) return undefined;
  const asked = retryAfterSeconds(headers);
  if (asked === undefined) return backoffMs(retry);
  return asked * 1000 <= LONGEST_WAIT_MS ? asked * 1000 : undefined;
}
