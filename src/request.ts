// The one question: what a caller of the library may ask, as plain data. Times and durations in seconds.

import type { Expectations } from './core/expectations.ts';
import type { Description, IssuerSource } from './core/report.ts';
import type { ClientCredentials } from './protocol/client-authentication.ts';
import type { Exchange, FetchLike, HttpRequest } from './protocol/http/network.ts';

/** Where keys come from. At most one of `jwks`, `key` and `secret`; none of them means discovery by `issuer`. */
export interface TrustOptions {
  /** The issuer that is trusted; must equal `iss` byte for byte. */
  issuer?: string;
  /** Where the issuer was named; for the report. Default: `flag`. */
  issuerSource?: IssuerSource;
  metadataUrl?: string;
  /** URL of a JWK Set. */
  jwksUri?: string;
  /** The text of a JWK Set or JWK. */
  jwks?: string;
  /** One public key: the text of a PEM (SPKI, PKCS#1 or certificate) or JWK file. */
  key?: string;
  /** The shared secret of an HS256, HS384 or HS512 token. */
  secret?: string;
  /** Exact names; default: the asymmetric ones of RFC 7518, RFC 8037 and RFC 9864. */
  algorithms?: readonly string[];
  /** Take the issuer from the token's own `iss` (`--trust-iss`). */
  trustTokenIssuer?: boolean;
  /** Origins besides the issuer's that may get credentials. */
  allowedEndpointOrigins?: readonly string[];
}

export interface NetworkOptions {
  /** A fetch-like transport; default: node:http and node:https without redirects, cookies or content coding. */
  fetch?: FetchLike;
  /** Seconds for one exchange, retries included. Default 10. */
  timeout?: number;
  /** Default 2. */
  retries?: number;
  headers?: Record<string, string>;
  offline?: boolean;
  insecureHttp?: boolean;
  /** The caller's transport accepts any certificate; only listed in `weakened`. */
  insecureTls?: boolean;
  signal?: AbortSignal;
  /** Told of every exchange; nothing in it is secret. */
  observe?: (exchange: Exchange) => void;
}

export interface CommonOptions {
  /** Seconds since 1970; default: the clock. */
  now?: number;
  /** True when `now` is not the present (`--at`); listed in `weakened`. */
  nowIsChosen?: boolean;
  /** The member of a response that the token was taken from, as evidence of its kind. */
  takenFrom?: string;
  /** For the report of a batch. */
  id?: string;
}

export type DecodeOptions = CommonOptions;

/** An issuer that a person knows by a name of their own, such as that of a profile. */
export interface KnownIssuer {
  readonly name: string;
  readonly issuer: string;
}

export interface VerifyOptions extends CommonOptions, TrustOptions, NetworkOptions {
  expectations?: Expectations;
  /**
   * The report of an active token says no more than what tokctl says itself: verdict, format, kind, hash and times. It is
   * judged as always; but most of the work on a sound token is its report. Every other report is whole. Default: false.
   */
  brief?: boolean;
  /** Only for the explanation: whose a token may be that is of none that was named. Never trusted, never asked. */
  knownIssuers?: readonly KnownIssuer[];
  /** Metadata and JWK Sets of this run, shared between calls. Default: one for each call. */
  memory?: Memory;
  /** Metadata and JWK Sets of earlier runs. Default: none. */
  documents?: DocumentStore;
}

/** What a kept document is found by; both are compared exactly. */
export interface DocumentKey {
  /** Where it was fetched. */
  readonly url: string;
  /** The issuer it was fetched for; empty where nobody named one. */
  readonly issuer: string;
}

export interface KeptDocument {
  readonly text: string;
  /** Seconds since it was fetched. */
  readonly ageSeconds: number;
}

/**
 * Where metadata and JWK Sets outlive a run; nothing secret is given to it. The library has none and touches no disk.
 * Neither function may reject: what cannot be kept is fetched again.
 */
export interface DocumentStore {
  get(key: DocumentKey): Promise<KeptDocument | undefined>;
  put(key: DocumentKey, text: string): Promise<void>;
}

export type Mode = 'auto' | 'local' | 'remote' | 'both';

export interface IntrospectOptions extends VerifyOptions {
  mode?: Mode;
  introspectionEndpoint?: string;
  tokenTypeHint?: string;
  /** `jwt`: a signed answer (RFC 9701) and nothing else. */
  accept?: 'json' | 'jwt';
  client?: ClientCredentials;
  /** An access token to ask with, in place of client credentials (RFC 7662 §2.1). */
  bearer?: string;
  /** Get that access token first, by client_credentials. */
  bearerGrant?: { scope?: string; resource?: string };
  /** Told of the introspection request before it is sent. Holds the token and credentials: never print it as it is. */
  onRequest?: (request: HttpRequest, clientAuth: string) => void;
}

/** What is kept in memory between the tokens of one run, by URL or issuer. */
export interface Memory {
  /** Promises, so that tokens of one batch wait for one request instead of making their own. */
  readonly entries: Map<string, Promise<unknown>>;
  /** Seconds by which the clock of the server that answered last is ahead of the one here (its `Date`). */
  serverAhead?: number;
}

export const newMemory = (): Memory => ({ entries: new Map() });

/** What is remembered under that key, or what `make` gives; a failure is not remembered. */
export async function remembered<T>({ entries }: Memory, key: string, make: () => Promise<T>): Promise<T> {
  const known = entries.get(key);
  if (known !== undefined) return known as Promise<T>;
  const made = make();
  entries.set(key, made);
  made.catch(() => entries.delete(key));
  return made;
}

export type { Description };
