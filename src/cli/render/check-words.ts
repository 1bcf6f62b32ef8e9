// A check in one sentence, for forms without columns. Not escaped: each form does that in its own way.

import { type Json, printJson } from '../../core/json.ts';
import type { Check } from '../../core/report.ts';

/** A value as text: lists of texts with commas, everything else that is no text as JSON. */
export function valueWords(value: Json): string {
  if (typeof value === 'string') return value;
  return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value.join(', ') : printJson(value);
}

/** At most that many characters, and how many more there are. */
export const shortened = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most)}… (${text.length - most} more)`;

const LONGEST = 300;

/** `aud does not name this audience (expected a, got b; RFC 7519 §4.1.3)`, for what did not pass. */
export function checkWords({ because, expected, actual, spec }: Omit<Check, 'name'>): string {
  const compared = [
    ...(expected === undefined ? [] : [`expected ${shortened(valueWords(expected), LONGEST)}`]),
    ...(actual === undefined ? [] : [`got ${shortened(valueWords(actual), LONGEST)}`]),
  ].join(', ');
  const aside = [compared, spec ?? ''].filter((part) => part !== '').join('; ');
  return aside === '' ? because : `${because} (${aside})`;
}
