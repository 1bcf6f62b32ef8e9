// The life of a token as a line, with now on it: `iat ├────●────┤ exp`.

import { type JsonObject, member } from '../../core/json.ts';
import { finiteNumber } from '../../core/lint.ts';

const LENGTH = 16;

/** Undefined where the claims do not tell both ends, or tell nonsense. */
export function lifeLine(claims: JsonObject | undefined, now: number): string | undefined {
  const [iat, exp] = [finiteNumber(member(claims, 'iat')), finiteNumber(member(claims, 'exp'))];
  if (iat === undefined || exp === undefined || exp <= iat || exp > 1e11) return undefined;
  if (now < iat) return `● now   iat ├${'─'.repeat(LENGTH)}┤ exp`;
  if (now >= exp) return `iat ├${'─'.repeat(LENGTH)}┤ exp   ● now`;
  const at = Math.min(LENGTH - 1, Math.floor(((now - iat) / (exp - iat)) * LENGTH));
  return `iat ├${'─'.repeat(at)}●${'─'.repeat(LENGTH - 1 - at)}┤ exp`;
}
