// Vendors by the form of their issuers and endpoints (data: providers.data.json, from facts of their sources and documents).
// Invariant: only advice comes from here. That an issuer looks like one of a vendor is never a reason to trust it.

import { CAUSE_CODES, type CauseCode } from '../core/causes.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import rows from './providers.data.json' with { type: 'json' };

/** How a vendor's server answers, where that explains an answer. */
export const TRAITS = [
  /** Inactive for a caller that is not in the audience of the token. */
  'caller_in_audience',
  /** Inactive for a client that the token was not issued to. */
  'own_tokens_only',
  /** Compares the host name of the request with that of the token. */
  'compares_host',
  /** May sign with a shared secret. */
  'shared_secret',
  /** Finds a refresh token only with its hint. */
  'needs_refresh_hint',
  /** Answers wrong credentials like an inactive token. */
  'silent_refusal',
  /** An empty 204 stands for an inactive token. */
  'empty_is_inactive',
  /** An empty 401 stands for a token that it cannot read. */
  'refusal_is_unknown',
] as const;
export type Trait = (typeof TRAITS)[number];

export interface Provider {
  readonly id: string;
  readonly name: string;
  /** What it was recognised by. */
  readonly by: 'issuer' | 'endpoint';
  /** `none`: it has no RFC 7662. `own`: it has something else. `elsewhere`: its metadata does not name the endpoint. */
  readonly introspection: 'standard' | 'none' | 'own' | 'elsewhere';
  readonly traits: ReadonlySet<Trait>;
  /** What to do about a cause at this vendor, in one line. */
  readonly advice: Partial<Record<CauseCode, string>>;
}

interface Entry extends Omit<Provider, 'by'> {
  issuers: RegExp[];
  endpoints: RegExp[];
}

let known: Entry[] | undefined;

/** The vendor of an issuer, else of an endpoint; undefined for the many that have no form of their own. */
export function providerOf(issuer: string | undefined, endpoint: string | undefined): Provider | undefined {
  known ??= readProviders(rows);
  const byIssuer = issuer === undefined ? undefined : known.find(({ issuers }) => matches(issuers, issuer));
  if (byIssuer !== undefined) return { ...byIssuer, by: 'issuer' };
  const byEndpoint = endpoint === undefined ? undefined : known.find(({ endpoints }) => matches(endpoints, endpoint));
  return byEndpoint === undefined ? undefined : { ...byEndpoint, by: 'endpoint' };
}

/** Issuers and endpoints are short; a longer text is none, and no pattern has to go through it. */
const LONGEST = 1000;

const matches = (patterns: readonly RegExp[], text: string): boolean =>
  text.length <= LONGEST && patterns.some((pattern) => pattern.test(text));

// ---------------------------------------------------------------- reading

/** Reads the table; what is no entry, or part of none, is left out: advice is never worth a failure. */
export function readProviders(table: unknown): Entry[] {
  return (Array.isArray(table) ? table : []).filter(isJsonObject).flatMap(entryOf);
}

function entryOf(row: JsonObject): Entry[] {
  const { id, name, introspection = 'standard' } = row;
  if (typeof id !== 'string' || typeof name !== 'string') return [];
  const known = ['standard', 'none', 'own', 'elsewhere'] as const;
  return [
    {
      id,
      name,
      introspection: known.find((one) => one === introspection) ?? 'standard',
      traits: new Set(TRAITS.filter((trait) => textList(row['traits']).includes(trait))),
      advice: adviceOf(row['advice']),
      issuers: patternsOf(row['issuers']),
      endpoints: patternsOf(row['endpoints']),
    },
  ];
}

const textList = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];

function adviceOf(value: unknown): Provider['advice'] {
  if (!isJsonObject(value)) return {};
  return Object.fromEntries(
    CAUSE_CODES.flatMap((code) => (typeof value[code] === 'string' ? [[code, value[code]]] : [])),
  );
}

function patternsOf(value: unknown): RegExp[] {
  return textList(value).flatMap((text) => {
    try {
      return [new RegExp(text)];
    } catch {
      return [];
    }
  });
}
