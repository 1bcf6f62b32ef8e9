// Claims by pattern. The pattern is a person's, the claim is anyone's: what is matched has a limit, because the engine of
// the runtime may take very long for a text made for that.

import { claimAt } from '../core/claims.ts';
import { type Json, type JsonObject, printJson } from '../core/json.ts';
import type { ClaimPattern } from './definition.ts';
import type { Assertion } from './result.ts';

/** Characters of a claim that are matched; more is a failure. */
export const MAX_MATCHED = 2048;

/** One assertion a pattern. `claims` undefined: nothing is known of the claims. */
export function matchClaims(claims: JsonObject | undefined, patterns: readonly ClaimPattern[]): Assertion[] {
  return patterns.map(({ name, pattern }): Assertion => {
    const actual = claims === undefined ? undefined : claimAt(claims, name);
    const found = outcomeOf(actual, pattern);
    return {
      name: `claim:${name}`,
      outcome: found === true ? 'passed' : 'failed',
      expected: `/${pattern.source}/`,
      ...(actual === undefined ? {} : { actual }),
      because: found === true ? 'the claim matches' : found,
      spec: 'RFC 7519 §4',
    };
  });
}

function outcomeOf(actual: Json | undefined, pattern: RegExp): true | string {
  if (actual === undefined) return 'there is no such claim';
  const texts = (Array.isArray(actual) ? actual : [actual]).map(textOf);
  if (texts.some((text) => text.length <= MAX_MATCHED && pattern.test(text))) return true;
  return texts.some((text) => text.length > MAX_MATCHED)
    ? `the claim is longer than the ${MAX_MATCHED} characters that are matched`
    : 'the claim does not match';
}

const textOf = (value: Json): string => (typeof value === 'string' ? value : printJson(value));
