// Two tokens side by side: what each says that the other does not. Nothing is verified, and no signature is shown.
// Invariant: lists are sets and `scope` is one, as in the comparison with a server's answer.

import { scopesOf } from '../core/claims.ts';
import { isJsonObject, type Json, type JsonObject, member } from '../core/json.ts';
import { finiteNumber } from '../core/lint.ts';
import type { Description } from '../core/report.ts';
import { durationWords } from '../core/time.ts';
import { same } from './comparison.ts';

/** Where two tokens differ: in what they are, in the header, or in the claims. */
export interface TokenDifference {
  part: 'token' | 'header' | 'claims';
  name: string;
  /** Absent where the first token does not have it. */
  a?: Json;
  /** Absent where the second token does not have it. */
  b?: Json;
  /** What the difference amounts to, where more can be said than that the two are not the same. */
  says?: string;
}

/** Every difference of two tokens; none for two texts that are the same, or that say the same under one signature. */
export function compareTokens(a: Description, b: Description): TokenDifference[] {
  if (a.token?.sha256 === b.token?.sha256) return [];
  const found = [
    ...kinds(a, b),
    ...members('header', a.token?.header, b.token?.header),
    ...members('claims', a.claims, b.claims),
  ];
  return found.length > 0 ? found : [signatures(a)];
}

function kinds(a: Description, b: Description): TokenDifference[] {
  return (['format', 'kind', 'vendor'] as const)
    .filter((name) => a.token?.[name] !== b.token?.[name])
    .map((name) => difference('token', name, { a: a.token?.[name], b: b.token?.[name] }));
}

/** All that is left when everything that can be read is the same. */
const signatures = ({ token }: Description): TokenDifference =>
  token?.header === undefined
    ? { part: 'token', name: 'text', says: 'two opaque tokens: nothing in them can be compared' }
    : {
        part: 'token',
        name: 'signature',
        says: 'header and claims say the same, the rest differs: signed again, or by another key, or changed',
      };

interface Values {
  a: Json | undefined;
  b: Json | undefined;
}

function difference(part: TokenDifference['part'], name: string, { a, b }: Values, says?: string): TokenDifference {
  return {
    part,
    name,
    ...(a === undefined ? {} : { a }),
    ...(b === undefined ? {} : { b }),
    ...(says === undefined ? {} : { says }),
  };
}

/** In the order of the first token, then what only the second has. */
function members(
  part: 'header' | 'claims',
  one: JsonObject | undefined,
  other: JsonObject | undefined,
): TokenDifference[] {
  const names = [...new Set([...Object.keys(one ?? {}), ...Object.keys(other ?? {})])];
  return names.flatMap((name) => {
    const values = { a: member(one, name), b: member(other, name) };
    if (isSame(name, values)) return [];
    return [difference(part, name, values, part === 'claims' ? words(name, values) : undefined)];
  });
}

function isSame(name: string, { a, b }: Values): boolean {
  if (a === undefined || b === undefined) return false;
  if (name !== 'scope' && name !== 'scp') return same(a, b);
  const [one, other] = [scopesOf({ scope: a }), scopesOf({ scope: b })];
  return one !== undefined && other !== undefined ? same(one, other) : same(a, b);
}

// ---------------------------------------------------------------- in words

const TIMES: readonly string[] = ['exp', 'iat', 'nbf', 'auth_time'];

function words(name: string, { a, b }: Values): string | undefined {
  if (a === undefined || b === undefined) return undefined;
  const [one, other] = [finiteNumber(a), finiteNumber(b)];
  if (TIMES.includes(name) && one !== undefined && other !== undefined)
    return `${durationWords(other - one)} ${other > one ? 'later' : 'earlier'} in the second`;
  const sets =
    name === 'scope' || name === 'scp' ? [scopesOf({ scope: a }), scopesOf({ scope: b })] : [listOf(a), listOf(b)];
  const [before, after] = sets;
  return before === undefined || after === undefined ? typeWords(a, b) : setWords(before, after);
}

const listOf = (value: Json): string[] | undefined =>
  Array.isArray(value) && value.every((one) => typeof one === 'string') ? value : undefined;

function setWords(before: readonly string[], after: readonly string[]): string {
  const gone = before.filter((one) => !after.includes(one));
  const added = after.filter((one) => !before.includes(one));
  return [
    ...(gone.length > 0 ? [`only in the first: ${gone.join(', ')}`] : []),
    ...(added.length > 0 ? [`only in the second: ${added.join(', ')}`] : []),
  ].join('; ');
}

const typeOf = (value: Json): string => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (isJsonObject(value)) return 'an object';
  return { string: 'text', boolean: 'true or false' }[typeof value as string] ?? 'a number';
};

function typeWords(a: Json, b: Json): string | undefined {
  const [one, other] = [typeOf(a), typeOf(b)];
  return one === other ? undefined : `${one} in the first, ${other} in the second`;
}
