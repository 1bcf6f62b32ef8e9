// Causes that issuers tell: which one the token is of, and by what it differs from the one that was named.
// Invariant: issuers are compared as they are written, and the difference is marked, because two of them may look alike.

import { characterName, escapeText } from '../core/escape.ts';
import type { Cause, Confidence } from '../core/report.ts';
import {
  adviceOr,
  cause,
  type Facts,
  hasPassed,
  issOf,
  providerLine,
  type Rule,
  reallyFailed,
  shellWord,
} from './facts.ts';
import { nameOf } from './known-issuers.ts';

/** Two issuers that should be one: the one that was named, and the one that was found. */
interface Pair {
  named: string;
  actual: string;
  /** What says `actual`: the token, or the metadata. */
  by: 'token' | 'metadata';
}

const issuer: Rule = (facts) => {
  const pair = pairOf(facts);
  if (pair !== undefined) return [explain(facts, pair, 'certain')];
  return [...withoutIssuer(facts), ...nearlyKnown(facts)];
};

/** The two issuers of a failed check, or of metadata that is of another issuer. */
function pairOf(facts: Facts): Pair | undefined {
  const [token, metadata] = [pairOfToken(facts), pairOfMetadata(facts)];
  // A spelling that the server itself does not use is mended before anything else can be told.
  return metadata !== undefined && likeness(metadata) !== undefined ? metadata : (token ?? metadata);
}

function pairOfToken(facts: Facts): Pair | undefined {
  const check = reallyFailed(facts, 'issuer');
  if (typeof check?.expected !== 'string' || typeof check.actual !== 'string') return undefined;
  return { named: check.expected, actual: check.actual, by: 'token' };
}

function pairOfMetadata({ error }: Facts): Pair | undefined {
  const { expected, actual } = error?.details ?? {};
  if (error?.code !== 'ERR_ISSUER_MISMATCH' || expected === undefined || actual === undefined) return undefined;
  return { named: expected, actual, by: 'metadata' };
}

function withoutIssuer(facts: Facts): Cause[] {
  const check = reallyFailed(facts, 'issuer');
  if (typeof check?.expected !== 'string') return [];
  const isMissing = check.actual === undefined;
  return [
    cause(isMissing ? 'issuer_differs' : 'malformed_member', 'certain', {
      because: isMissing ? 'the token names no issuer at all' : 'iss is no text, so the token names no issuer',
      evidence: [`named: ${check.expected}`, isMissing ? 'iss is missing' : 'iss is of another type'],
      fix: 'have the issuer write iss; to check the signature alone, give keys without an issuer: --jwks FILE',
    }),
  ];
}

/** Nobody named an issuer, but a profile has nearly the one of the token: a slash keeps the token from picking it. */
function nearlyKnown(facts: Facts): Cause[] {
  const actual = issOf(facts);
  if (facts.report.error?.code !== 'ERR_ISSUER_UNTRUSTED' || actual === undefined) return [];
  const near = facts.knownIssuers.find(({ issuer: named }) => likeness({ named, actual, by: 'token' }) !== undefined);
  return near === undefined ? [] : [explain(facts, { named: near.issuer, actual, by: 'token' }, 'likely')];
}

// ---------------------------------------------------------------- by what they differ

type Likeness =
  | 'slash'
  | 'entra'
  | 'scheme'
  | 'case'
  | 'port'
  | 'template'
  | 'space'
  | 'google'
  | 'auth-path'
  | 'well-known';

const stripSlash = (text: string): string => text.replace(/\/$/, '');

/** The one small thing by which they differ; undefined where they are two different places. */
function likeness({ named, actual }: Pair): Likeness | undefined {
  if (stripSlash(named) === stripSlash(actual)) return 'slash';
  if (isEntraPair(named, actual)) return 'entra';
  if (actual.includes('{tenantid}')) return 'template';
  if (named.trim() === actual.trim()) return 'space';
  if (named.startsWith(`${stripSlash(actual)}/.well-known/`)) return 'well-known';
  if (isGooglePair(named, actual)) return 'google';
  if (withoutScheme(named) === withoutScheme(actual)) return 'scheme';
  if (named.toLowerCase() === actual.toLowerCase()) return 'case';
  if (withoutPort(named) === withoutPort(actual)) return 'port';
  const withoutAuth = (text: string) => text.replace(/\/auth\/realms\//, '/realms/');
  return withoutAuth(named) === withoutAuth(actual) ? 'auth-path' : undefined;
}

const withoutScheme = (text: string): string => text.replace(/^https?:/, '');
const withoutPort = (text: string): string => text.replace(/^(https?:\/\/[^/:]+):\d+/, '$1');

const ENTRA_V1 = /^https:\/\/sts\.windows\.net\/([0-9a-f-]{36})\/$/i;
const ENTRA_V2 = /^https:\/\/login\.microsoftonline\.com\/([0-9a-f-]{36})\/v2\.0$/i;
const entraTenant = (text: string) => (ENTRA_V1.exec(text) ?? ENTRA_V2.exec(text))?.[1]?.toLowerCase();

const isEntraPair = (one: string, other: string): boolean =>
  entraTenant(one) !== undefined && entraTenant(one) === entraTenant(other);

const isGooglePair = (one: string, other: string): boolean => {
  const both = new Set([one, other]);
  return both.has('accounts.google.com') && both.has('https://accounts.google.com');
};

// ---------------------------------------------------------------- in words

function explain(facts: Facts, pair: Pair, confidence: Confidence): Cause {
  const like = likeness(pair);
  const evidence = [...marked(facts, pair), ...(like === 'slash' ? [] : providerLine(facts))];
  if (like === 'slash')
    return cause('issuer_trailing_slash', confidence, {
      because: `the issuers differ by the slash at the end only: the ${pair.by} ${pair.actual.endsWith('/') ? 'has it' : 'does not have it'}`,
      evidence,
      fix: `use the spelling of the ${pair.by}: --issuer ${shellWord(pair.actual)}`,
    });
  if (like === 'entra')
    return cause('issuer_version_pair', confidence, {
      because: `they are the ${ENTRA_V1.test(pair.named) ? 'v1 and v2' : 'v2 and v1'} issuers of one Microsoft Entra tenant: you named the first, the ${pair.by} has the second`,
      evidence,
      fix: adviceOr(facts, 'issuer_version_pair', 'name the other issuer'),
    });
  return cause('issuer_differs', confidence, {
    because: difference(facts, pair, like),
    evidence,
    fix: fixFor(facts, pair, like),
  });
}

const SMALL: Readonly<Record<Exclude<Likeness, 'slash' | 'entra'>, string>> = {
  scheme: 'the issuers differ by http and https only',
  case: 'the issuers differ by upper and lower case only',
  port: 'the issuers differ by the port only',
  template: 'the metadata is a template for many tenants, and the token is of one',
  space: 'the issuers differ by white space only',
  google: 'Google writes its issuer with and without https://',
  'well-known': 'you named the metadata document of the issuer, and not the issuer itself',
  'auth-path': 'the issuers differ by /auth in the path, which Keycloak dropped with version 17',
};

function difference(facts: Facts, pair: Pair, like: Likeness | undefined): string {
  if (like !== undefined && like !== 'slash' && like !== 'entra') return SMALL[like];
  const owner = nameOf(facts, pair.actual);
  if (owner !== undefined && pair.by === 'token') {
    const asked = nameOf(facts, pair.named);
    return `the token is of \`${owner}\`, not of ${asked === undefined ? 'the issuer that you named' : `\`${asked}\``}`;
  }
  const place = placeWords(pair);
  if (pair.by === 'metadata') return `the metadata is of another issuer than the one you named${place}`;
  return `the token is of another issuer than the one you named${place}`;
}

/** Where the two part: another realm, tenant or path of one host, or another host. */
function placeWords({ named, actual }: Pair): string {
  const [realmNamed, realm] = [named, actual].map((text) => /\/realms\/([^/?#]+)/.exec(text)?.[1]);
  if (!URL.canParse(named) || !URL.canParse(actual)) return '';
  const [one, other] = [new URL(named), new URL(actual)];
  if (one.origin !== other.origin) return entraTenant(named) && entraTenant(actual) ? ': another tenant' : '';
  if (realmNamed !== undefined && realm !== undefined) return `: realm ${realm} and not ${realmNamed} of one host`;
  return ': the same host, another path';
}

function fixFor(facts: Facts, { actual, by }: Pair, like: Likeness | undefined): string {
  const owner = nameOf(facts, actual);
  if (like === 'scheme' && actual.startsWith('http:'))
    return 'have the server name itself by https: behind a proxy it takes http for its own address';
  if (owner !== undefined) return `check it where it belongs: -p ${owner}`;
  if (like === 'template') return 'name the issuer of your tenant, with its id in place of {tenantid}';
  if (like !== undefined)
    return `use the spelling of the ${by}, if it is the server that you mean: --issuer ${shellWord(actual)}`;
  return `if the ${by} is of the right server: --issuer ${shellWord(actual)}; else get one from the issuer that you named`;
}

// ---------------------------------------------------------------- the mark

/** Both issuers one above the other, with a mark below the first character that differs, and that character by name. */
function marked(facts: Facts, { named, actual, by }: Pair): string[] {
  const label = { token: 'token:  ', metadata: 'server: ' }[by];
  const [one, other] = [[...named], [...actual]];
  const at = other.findIndex((character, index) => character !== one[index]);
  const index = at < 0 ? other.length : at;
  const before = escapeText(other.slice(0, index).join('')).length;
  const vouched =
    by === 'token' && hasPassed(facts, 'signature') ? ['the signature verifies with the keys that were used'] : [];
  if (before > 200) return [`named:  ${named}`, `${label}${actual}`, ...vouched];
  return [
    `named:  ${named}`,
    `${label}${actual}`,
    `        ${' '.repeat(before)}^ character ${index + 1}: ${characterOf(one[index])} named, ${characterOf(other[index])} in the ${by}`,
    ...vouched,
  ];
}

const characterOf = (character: string | undefined): string => {
  if (character === undefined) return 'the end';
  return /^[\x21-\x7e]$/.test(character) ? `\`${character}\`` : characterName(character.codePointAt(0) ?? 0);
};

export const ISSUER_RULES: readonly Rule[] = [issuer];
