// A token that no server ever issued, made anew each time, and what counts as an answer about it. Its name tells the
// operator who reads the log where it is from.

import { randomBytes } from 'node:crypto';
import { isJsonObject, member, parseJson } from '../core/json.ts';
import type { HttpAnswer } from '../protocol/http/network.ts';
import type { DoctorContext } from './context.ts';

/** It is kept out of the report like a real one, because a server may echo it. */
export function unknownToken({ found }: Pick<DoctorContext, 'found'>): string {
  const token = `tokctl-doctor-${randomBytes(24).toString('base64url')}`;
  found.tokens.push(token);
  return token;
}

/** True for an answer of RFC 7662, whatever it says and in whatever wrapping. */
export function isIntrospectionAnswer({ status, text }: HttpAnswer): boolean {
  if (status !== 200) return false;
  try {
    const { value } = parseJson(text);
    return isJsonObject(value) && typeof member(value, 'active') === 'boolean';
  } catch {
    return false;
  }
}
