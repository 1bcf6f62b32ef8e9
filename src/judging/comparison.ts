// Two opinions side by side: what the token says of itself and what the server says of it (contract §5, `--mode both`).
// Invariant: lists are sets and `scope` is one; what only one side names is no difference, unless the token should name it.

import { scopesOf } from '../core/claims.ts';
import { isJsonObject, type Json, type JsonObject, member, memberOrNull, printJson, textMember } from '../core/json.ts';
import { finiteNumber } from '../core/lint.ts';
import type { Check, Difference, Verdict } from '../core/report.ts';
import { durationWords } from '../core/time.ts';

/** The two verdicts, and the claims that both of them name with different values. */
export interface Opinions {
  /** `unknown` where the signature could not be checked: then there is no verdict to compare. */
  local: Verdict;
  /** The checks behind the local verdict: they tell what a difference means. */
  localChecks?: readonly Check[];
  localClaims: JsonObject | undefined;
  remote: boolean;
  remoteClaims: JsonObject | undefined;
}

/** Claims that an access token should carry itself; an answer that adds them tells of a lightweight token. */
const OWN_CLAIMS = ['sub', 'aud', 'scope'] as const;

/** Each difference with what it means. */
export function compare(opinions: Opinions): Difference[] {
  const { localClaims, remoteClaims } = opinions;
  const verdicts = differingVerdicts(opinions);
  if (localClaims === undefined || remoteClaims === undefined) return verdicts;
  return [...verdicts, ...differingClaims(localClaims, remoteClaims), ...addedClaims(localClaims, remoteClaims)];
}

// ---------------------------------------------------------------- verdicts

function differingVerdicts({ local, localChecks = [], remote }: Opinions): Difference[] {
  const said = remote ? 'active' : 'inactive';
  if (local === said || local === 'unknown') return [];
  const meaning = remote
    ? activeThere(localChecks)
    : 'it verifies here, but the server calls it inactive: revoked, its session ended, or refused to this caller';
  return [{ subject: 'verdict', local, remote: said, meaning }];
}

/** By the deepest check that failed here; the first that is found decides. */
const MEANINGS: readonly (readonly [name: string, meaning: string])[] = [
  ['algorithm', 'the server does not mind an algorithm that is not allowed here'],
  ['issuer', 'it is of another issuer than the one named here: another environment, or another spelling of one issuer'],
  ['key', 'the keys here are not those of the server: another environment, or keys that changed'],
  ['signature', 'the keys here are the wrong ones, or the server looks the token up and does not verify it'],
  ['audience', 'another audience rule: the server tells of tokens for others too, and here it must be for you'],
  ['scope', 'the server does not look at scopes: what is allowed is for the API to check'],
  ['kind', 'the server tells of this kind of token too, and another kind was asked for'],
  ['expiry', 'the server forgives some seconds after exp, or its clock is another'],
  ['not_before', 'the server forgives some seconds before nbf, or its clock is another'],
];

function activeThere(checks: readonly Check[]): string {
  const failed = new Set(checks.filter(({ outcome }) => outcome === 'failed').map(({ name }) => String(name)));
  const found = MEANINGS.find(([name]) => failed.has(name));
  return `the server calls it active, but it does not hold here: ${found?.[1] ?? 'more was asked of it here than of the server'}`;
}

// ---------------------------------------------------------------- claims

/** Not claims of the token, or told by the server in its own way. */
const NOT_COMPARED = ['scope', 'scp', 'active', 'token_type', 'typ'];

function differingClaims(local: JsonObject, remote: JsonObject): Difference[] {
  const found = Object.keys(local)
    .filter((name) => Object.hasOwn(remote, name) && !NOT_COMPARED.includes(name))
    .filter((name) => !same(member(local, name), member(remote, name)))
    .map(
      (name): Difference => ({
        subject: name,
        local: memberOrNull(local, name),
        remote: memberOrNull(remote, name),
        meaning: meaningOf(name, local, remote),
      }),
    );
  return [...found, ...differingScope(local, remote)];
}

function differingScope(local: JsonObject, remote: JsonObject): Difference[] {
  const [own, told] = [scopesOf(local), scopesOf(remote)];
  if (own === undefined || told === undefined || same(own, told)) return [];
  const more = told.filter((one) => !own.includes(one));
  const fewer = own.filter((one) => !told.includes(one));
  const meaning =
    more.length === 0
      ? `the server leaves out ${fewer.join(', ')}: taken back, or not for this caller to see`
      : fewer.length === 0
        ? `the server adds ${more.join(', ')}: granted later, or left out of the token`
        : 'the server grants other scopes than the token says: the grant was changed';
  return [{ subject: 'scope', local: own.join(' '), remote: told.join(' '), meaning }];
}

/** What it means that both name a claim and do not agree. */
function meaningOf(name: string, local: JsonObject, remote: JsonObject): string {
  const another = `the answer is about another token, or ${name} is written anew for each caller`;
  if (name === 'iss')
    return 'the server calls itself otherwise: another environment, or another host name of the same one';
  if (name === 'aud') return audienceMeaning(local, remote);
  if (name === 'exp') return lifetimeMeaning(local, remote);
  if (name === 'jti' || name === 'iat') return `${another}: look whether the right one was asked about`;
  if (name === 'sub')
    return 'the server names another subject: by another rule for this caller (pairwise), or another token';
  if (name === 'client_id' && textMember(local, 'client_id') !== undefined)
    return 'the server names another client: some write the one that asks';
  return `the token says one ${name}, the server another: the server's is of now, the token's of when it was issued`;
}

function audienceMeaning(local: JsonObject, remote: JsonObject): string {
  const [own, told] = [listOf(memberOrNull(local, 'aud')), listOf(memberOrNull(remote, 'aud'))];
  if (told.every((one) => own.includes(one)))
    return 'another audience rule: the server names only a part, that of this caller';
  return own.every((one) => told.includes(one))
    ? 'another audience rule: the server adds audiences that the token does not name'
    : 'another audience rule: the server names others than the token';
}

const listOf = (value: Json): string[] => [value].flat().map(canonical);

function lifetimeMeaning(local: JsonObject, remote: JsonObject): string {
  const [own, told] = [finiteNumber(member(local, 'exp')), finiteNumber(member(remote, 'exp'))];
  if (own === undefined || told === undefined) return 'the server tells the end of the token in another way';
  const by = durationWords(told - own);
  return told < own
    ? `at the server it ends ${by} earlier: with its session, or with its grant`
    : `at the server it ends ${by} later: a session that goes on moves the end`;
}

function addedClaims(local: JsonObject, remote: JsonObject): Difference[] {
  return OWN_CLAIMS.filter((name) => !has(local, name) && has(remote, name)).map((name) => ({
    subject: name,
    remote: member(remote, name) ?? memberOrNull(remote, 'scp'),
    meaning: `only the server tells ${name}: the token is a lightweight one`,
  }));
}

const has = (claims: JsonObject, name: string): boolean =>
  Object.hasOwn(claims, name) || (name === 'scope' && Object.hasOwn(claims, 'scp'));

// ---------------------------------------------------------------- equality

/** True where two values say the same: lists are sets, and a list of one is as good as its item (RFC 7519 §4.1.3). */
export function same(one: Json | undefined, other: Json | undefined): boolean {
  return canonical(one) === canonical(other);
}

function canonical(value: Json | undefined): string {
  const number = finiteNumber(value);
  if (number !== undefined && Number.isSafeInteger(number)) return String(number);
  if (Array.isArray(value)) {
    const items = [...new Set(value.map(canonical))].sort();
    const [only] = items;
    return only !== undefined && items.length === 1 ? only : `[${items.join(' ')}]`;
  }
  return isJsonObject(value) ? `{${members(value).join(' ')}}` : printJson(value);
}

/** Members in one order: an object is the same whoever wrote it. */
const members = (value: JsonObject): string[] =>
  Object.keys(value)
    .sort()
    .map((name) => `${printJson(name)}:${canonical(member(value, name))}`);
