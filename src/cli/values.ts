// What a value typed for an option may be. The same rules hold for a flag, a variable and a profile key.

import { parseDuration, parseTime } from '../core/time.ts';
import type { OptionDefinition } from './options.ts';

const RULES: Partial<Record<OptionDefinition['kind'], (text: string, option: OptionDefinition) => string | undefined>> =
  {
    url: (text) => (isHttpUrl(text) ? undefined : 'expected an https URL'),
    duration: (text) =>
      parseDuration(text) === undefined ? 'expected a duration such as 30s, 5m, 12h or 7d' : undefined,
    time: (text) =>
      parseTime(text) === undefined ? 'expected a time such as 2026-11-21T01:00:00Z, or seconds since 1970' : undefined,
    integer: (text) => (/^\d{1,9}$/.test(text) ? undefined : 'expected a whole number'),
    choice: (text, { choices = [] }) => (choices.includes(text) ? undefined : `expected one of ${choices.join(', ')}`),
    flag: (text) => (/^(?:true|false|1|0)$/.test(text) ? undefined : 'expected true or false'),
  };

const SHAPES: Record<string, (text: string) => string | undefined> = {
  claim: (text) => (/^[^=]+=/.test(text) ? undefined : 'expected name=value'),
  header: (text) => (/^[!#$%&'*+.^_`|~0-9A-Za-z-]+:/.test(text) ? undefined : 'expected `name: value`'),
  'allow-endpoint-origin': (text) =>
    isHttpUrl(text) ? undefined : 'expected an origin such as https://id.example.com',
  concurrency: (text) => (Number(text) > 0 && Number(text) <= 1000 ? undefined : 'expected a number from 1 to 1000'),
  shard: (text) => (isShard(text) ? undefined : 'expected i/n with i from 1 to n, such as 1/4'),
  tz: (text) => (isTimeZone(text) ? undefined : 'expected a time zone such as Europe/Berlin, or local'),
};

/** What is wrong with a value of that option, in words, or undefined. The value itself is not in the words. */
export function checkValue(option: OptionDefinition, text: string): string | undefined {
  return RULES[option.kind]?.(text, option) ?? SHAPES[option.name]?.(text);
}

function isHttpUrl(text: string): boolean {
  return /^https?:\/\/[^\s]+$/i.test(text) && URL.canParse(text);
}

function isShard(text: string): boolean {
  const [share = 0, of = 0] = /^\d+\/\d+$/.test(text) ? text.split('/').map(Number) : [];
  return share >= 1 && share <= of;
}

function isTimeZone(text: string): boolean {
  if (text === 'local') return true;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
