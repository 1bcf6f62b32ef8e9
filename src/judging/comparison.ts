// Two opinions side by side: what the token says of itself and what the server says of it (contract §5, `--mode both`).

import { scopesOf } from '../core/claims.ts';
import { type Json, type JsonObject, member, printJson } from '../core/json.ts';
import type { Difference, Verdict } from '../core/report.ts';

/** The two verdicts, and the claims that both of them name with different values. */
export interface Opinions {
  local: Verdict;
  localClaims: JsonObject | undefined;
  remote: boolean;
  remoteClaims: JsonObject | undefined;
}

/** Claims that an access token should carry itself; an answer that adds them tells of a lightweight token. */
const OWN_CLAIMS = ['sub', 'aud', 'scope'] as const;

/** Each difference with what it means; lists and scopes are compared as sets. */
export function compare({ local, localClaims, remote, remoteClaims }: Opinions): Difference[] {
  const verdicts = differingVerdicts(local, remote);
  if (localClaims === undefined || remoteClaims === undefined) return verdicts;
  return [...verdicts, ...differingClaims(localClaims, remoteClaims), ...addedClaims(localClaims, remoteClaims)];
}

function differingVerdicts(local: Verdict, remote: boolean): Difference[] {
  const said = remote ? 'active' : 'inactive';
  if (local === said) return [];
  const meaning = remote
    ? 'the server calls it active, but it does not hold here: wrong keys, another environment, or a stricter check'
    : 'it verifies, but the server calls it inactive: revoked, or refused to this caller';
  return [{ subject: 'verdict', local, remote: said, meaning }];
}

function differingClaims(local: JsonObject, remote: JsonObject): Difference[] {
  return Object.keys(local)
    .filter((name) => Object.hasOwn(remote, name) && name !== 'scope' && name !== 'active')
    .filter((name) => !same(member(local, name), member(remote, name)))
    .map((name) => difference(name, local[name], remote[name]))
    .concat(differingScope(local, remote));
}

function differingScope(local: JsonObject, remote: JsonObject): Difference[] {
  const [own, told] = [scopesOf(local), scopesOf(remote)];
  if (own === undefined || told === undefined || same(own, told)) return [];
  return [difference('scope', own.join(' '), told.join(' '))];
}

function difference(name: string, local: Json | undefined, remote: Json | undefined): Difference {
  return {
    subject: name,
    ...(local === undefined ? {} : { local }),
    ...(remote === undefined ? {} : { remote }),
    meaning: `the token says one ${name}, the server another: the server's counts for what it decides`,
  };
}

function addedClaims(local: JsonObject, remote: JsonObject): Difference[] {
  return OWN_CLAIMS.filter((name) => !has(local, name) && has(remote, name)).map((name) => ({
    subject: name,
    remote: remote[name] ?? null,
    meaning: `only the server tells ${name}: the token is a lightweight one`,
  }));
}

const has = (claims: JsonObject, name: string): boolean =>
  Object.hasOwn(claims, name) || (name === 'scope' && Object.hasOwn(claims, 'scp'));

function same(one: Json | undefined, other: Json | undefined): boolean {
  return canonical(one) === canonical(other);
}

/** One text for one value; a list of one is as good as its item, and order does not matter (RFC 7519 §4.1.3). */
function canonical(value: Json | undefined): string {
  if (!Array.isArray(value)) return printJson(value);
  const items = value.map(canonical).sort();
  return items.length === 1 ? (items[0] ?? '') : items.join(' ');
}
