// What the network is for one run: the transport, its limits, and what may be reached. Plain data; `exchange.ts` acts on it.

/** Part of the `Response` of the fetch standard; `globalThis.fetch` gives it, and so do the transports in this folder. */
export interface FetchedResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null; entries(): Iterable<[string, string]> };
  readonly body: AsyncIterable<Uint8Array> | null;
}

export interface FetchInit {
  method: 'GET' | 'POST';
  headers: Record<string, string>;
  body?: string;
  redirect: 'manual';
  signal: AbortSignal;
  /** The same, for the transports of this folder: an AbortSignal for each request costs as much as sending it. */
  ending?: Ending;
  /**
   * Refuses an address at connect time, after its name was resolved, with an `AddressRefused`. The transports of this
   * folder keep it; `globalThis.fetch` knows nothing of it, and then only addresses that stand in the URL are refused.
   */
  refuseAddress?: (address: string) => boolean;
}

/** What of an AbortSignal tells a transport to end. */
export interface Ending {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/**
 * A fetch-like transport: `globalThis.fetch` is one. It rejects when no response head was had, with an error that has the
 * `code` of the system, itself or in its `cause`.
 */
export type FetchLike = (url: string, init: FetchInit) => Promise<FetchedResponse>;

/** A transport of this folder; `close` ends the connections it keeps. */
export type Transport = FetchLike & { close(): void };

/** The `dns.lookup` of node, or what stands for it in a test. */
export type Lookup = import('node:net').LookupFunction;

/** Trust anchors and the client's own certificate for TLS. PEM text, except `pfx`. */
export interface TlsOptions {
  /** CA certificates (PEM) that are trusted besides the ones of the runtime. */
  ca?: string;
  cert?: string;
  key?: string;
  pfx?: Uint8Array;
  passphrase?: string;
  /** Accept any server certificate (`--insecure-tls`). */
  insecure?: boolean;
}

/** Proxies, as `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` spell them. */
export interface ProxyOptions {
  httpsProxy?: string;
  httpProxy?: string;
  noProxy?: string;
}

export type Purpose = 'metadata' | 'jwks' | 'introspection' | 'token' | 'resource';

/** One request of tokctl, before it is sent. */
export interface HttpRequest {
  purpose: Purpose;
  method: 'GET' | 'POST';
  url: URL;
  /** Lower-case names. */
  headers: Record<string, string>;
  /** application/x-www-form-urlencoded members of a POST, in order. */
  form?: [name: string, value: string][];
  /** True when the host is known only from a token (`--trust-iss`): link-local addresses are refused (contract §11). */
  hostFromToken?: boolean;
  /** True when the user named the host of this document, so that an `Authorization` of `--header` goes there. */
  mayAuthorize?: boolean;
}

/** A whole answer, its body read within the limits and decoded as UTF-8. */
export interface HttpAnswer {
  url: URL;
  status: number;
  headers: ReadonlyMap<string, string>;
  /** The type and subtype of Content-Type in lower case, without parameters. */
  mediaType?: string;
  text: string;
  latencyMs: number;
}

/** What an observer is told of each exchange: nothing in it is secret. */
export interface Exchange {
  purpose: Purpose;
  method: 'GET' | 'POST';
  url: string;
  /** Header names and values; Authorization and free headers of the user have `[redacted]` for their value. */
  requestHeaders: Record<string, string>;
  /** Names of the form members sent, in order; values are never told. */
  formMembers: string[];
  status?: number;
  mediaType?: string;
  latencyMs: number;
  /** Why there was no answer, as an error code such as ECONNREFUSED. */
  failure?: string;
}

/** The network as one run sees it. */
export interface Network {
  fetch: FetchLike;
  /** The whole of one exchange, retries included, in milliseconds. */
  timeoutMs: number;
  /** How often a GET is tried again; a POST at most once. Only after a connection failure, 429 or 503. */
  retries: number;
  /** Free headers of the user, sent with every request. */
  headers: Record<string, string>;
  /** No network at all: every exchange is ERR_OFFLINE. */
  offline: boolean;
  /** http: beyond loopback is allowed (`--insecure-http`). */
  insecureHttp: boolean;
  signal?: AbortSignal;
  observe?: (exchange: Exchange) => void;
}
