// What a check is, as plain data: a token, an authorization server or a protected resource, and what is expected of it.
// Times and durations in seconds. Nothing here is read from a file, a variable or the network yet.

import type { ClientCredentials } from '../protocol/client-authentication.ts';
import type { Exchange, FetchLike } from '../protocol/http/network.ts';
import type { IntrospectOptions, Memory, NetworkOptions } from '../request.ts';

export type SubjectName = 'token' | 'issuer' | 'resource';

/** Where a token comes from: it is there, or it is fetched when the check runs. */
export type TokenOrigin =
  | { readonly from: 'text'; readonly text: string; readonly takenFrom?: string }
  /** The client_credentials grant (RFC 6749 §4.4) at the issuer of the check. Scopes are separated by spaces. */
  | {
      readonly from: 'client_credentials';
      readonly client: ClientCredentials;
      readonly scope?: string;
      readonly resource?: string;
    }
  /** The identity of a GitHub Actions job: its ACTIONS_ID_TOKEN_REQUEST_URL and …_TOKEN. */
  | {
      readonly from: 'github';
      readonly requestUrl: string;
      readonly requestToken: string;
      readonly audience?: string;
    };

/** Where a check stands in its file; line and column count from 1. */
export interface CheckPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What every check has, before anything about it is read. */
export interface CheckHead {
  readonly name: string;
  readonly subject: SubjectName;
  readonly tags?: readonly string[];
  readonly description?: string;
  readonly place?: CheckPlace;
}

interface Expected {
  /** Seconds that each answer of a server may take at most. */
  readonly maxLatency?: number;
  /** Warnings are failures. */
  readonly strict?: boolean;
}

export interface ClaimPattern {
  /** A claim, or a dotted path to one. */
  readonly name: string;
  /** Must match somewhere in the text of the claim, or of one item where it is a list. */
  readonly pattern: RegExp;
}

export interface TokenCheck extends CheckHead, Expected {
  readonly subject: 'token';
  readonly token: TokenOrigin;
  /** The question that is asked of the token; its `expectations` are part of the check. */
  readonly question: IntrospectOptions;
  /** False: the token must be refused. Default true. */
  readonly active?: boolean;
  readonly claimPatterns?: readonly ClaimPattern[];
  /** Fewer seconds left than this are a warning. */
  readonly warnTtl?: number;
}

export interface IssuerCheck extends CheckHead, Expected {
  readonly subject: 'issuer';
  readonly issuer: string;
  readonly metadataUrl?: string;
  readonly network: NetworkOptions;
  /** How many keys for signatures there must be; default 1. */
  readonly minKeys?: number;
  /** Each of these must have a key, and no key may be for another. */
  readonly algorithms?: readonly string[];
  /** The text of the metadata as it was recorded. */
  readonly baseline?: string;
  /** Is given the text to record in place of a comparison. */
  readonly recordBaseline?: (text: string) => Promise<void>;
  /** The introspection endpoint must refuse callers without credentials (RFC 7662 §2.1). */
  readonly refusesAnonymous?: boolean;
  /** Seconds that the certificate of the issuer's host must still be valid. */
  readonly minCertificateTtl?: number;
}

export interface ResourceCheck extends CheckHead, Expected {
  readonly subject: 'resource';
  readonly url: string;
  /** A good token; without one only the refusals are looked at. */
  readonly token?: TokenOrigin;
  /** A token that must be refused; default: one that is made up, or the good JWT under another signature. */
  readonly deadToken?: string;
  /** The issuer of a token that is fetched by client_credentials, and the network. */
  readonly question: IntrospectOptions;
}

export type CheckDefinition = TokenCheck | IssuerCheck | ResourceCheck;

/** A check whose definition is made when it runs, so that what is wrong with it is its own failure and nobody else's. */
export interface DeferredCheck extends CheckHead {
  /** @throws TokctlError, which becomes the result of this check */
  readonly define: () => Promise<CheckDefinition>;
}

export interface RunOptions {
  /** How many checks at the same time; default 8. */
  readonly concurrency?: number;
  readonly signal?: AbortSignal;
  readonly fetch?: FetchLike;
  /** Metadata and JWK Sets, shared by checks that say so; default: each check has its own. */
  readonly memory?: Memory;
  /** Seconds since 1970; default: the clock. */
  readonly now?: () => number;
  readonly observe?: (exchange: Exchange) => void;
  /** Told of every token that was fetched, so that it can be kept out of logs. */
  readonly onToken?: (token: string) => void;
}
