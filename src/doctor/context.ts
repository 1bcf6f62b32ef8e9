// What the probes of one run work with: the options, the network, the clock, and what earlier probes found.
// Invariant: every answer passes through `ask`, so that its `Date` is known to the clock.

import { type Context, contextOf } from '../judging/context.ts';
import type { KeySummary } from '../key-set.ts';
import type { ClientCredentials } from '../protocol/client-authentication.ts';
import { exchange } from '../protocol/http/exchange.ts';
import type { HttpAnswer, HttpRequest } from '../protocol/http/network.ts';
import type { Metadata } from '../protocol/metadata.ts';
import type { IntrospectOptions, NetworkOptions, TrustOptions } from '../request.ts';

export interface DoctorOptions
  extends NetworkOptions,
    Pick<TrustOptions, 'metadataUrl' | 'allowedEndpointOrigins'>,
    Pick<IntrospectOptions, 'introspectionEndpoint' | 'bearer' | 'bearerGrant'> {
  /** The authorization server to examine: an http or https URL without query and fragment (RFC 8414 §2). */
  issuer: string;
  /** Without credentials the questions that need them are not asked. */
  client?: ClientCredentials;
  /** Scope and resource of the token that is got to be examined, and revoked where the server can. */
  freshToken?: { scope?: string; resource?: string };
  /** A protected resource to examine too (RFC 9728). */
  resource?: string;
  /** What an earlier run recorded (`baselineOf`); undefined for the first run. */
  baseline?: { text: string | undefined };
  /**
   * False: no TLS connection for the certificate alone, as where a proxy stands between. Default: true; it goes to the
   * host of the issuer, past `fetch`.
   */
  certificate?: boolean;
  /** Seconds since 1970, asked again for every answer. Default: the clock of the machine. */
  clock?: () => number;
  /** Told, and awaited, before credentials are sent that may count as a failed login. */
  announce?: (text: string) => void | Promise<void>;
}

/** When an answer came, and what time the server said it was. Seconds since 1970. */
export interface DateSample {
  origin: string;
  date: number | undefined;
  /** `Age` of a copy out of a cache (RFC 9111 §5.1). */
  age: number;
  sentAt: number;
  receivedAt: number;
}

/** Asks the introspection endpoint about a token, with credentials that the server took before. */
export type AskAbout = (token: string) => Promise<HttpAnswer>;

/** Filled by the probes, in the order in which they run. */
export interface Found {
  /** The metadata that may be used: its issuer is the one asked for. */
  metadata?: Metadata;
  /** Metadata of another issuer: shown, never used. */
  unusable?: Metadata['raw'];
  /** The metadata is that of an OpenID Provider. */
  isOpenId: boolean;
  keys: KeySummary[];
  dates: DateSample[];
  askAbout?: AskAbout;
  /** How the server was asked, once it took that. */
  method?: string;
  /** The server refused the credentials: they are not sent anywhere else. */
  refused: boolean;
  /** Tokens of this run. None of them may be printed. */
  tokens: string[];
}

export interface DoctorContext {
  readonly options: DoctorOptions;
  readonly issuer: string;
  readonly judging: Context;
  readonly clock: () => number;
  readonly announce: (text: string) => Promise<void>;
  readonly found: Found;
}

export async function doctorContext(options: DoctorOptions): Promise<DoctorContext> {
  const { issuer, announce, clock = () => Date.now() / 1000 } = options;
  const network = await contextOf({ ...options, now: clock() });
  return {
    options,
    issuer,
    judging: network,
    clock,
    announce: async (text) => announce?.(text),
    found: { isOpenId: false, keys: [], dates: [], refused: false, tokens: [] },
  };
}

/**
 * Sends one request, and notes the time of its answer.
 * @throws the errors of `exchange`
 */
export async function ask(
  { judging: { network }, found, clock }: DoctorContext,
  request: HttpRequest,
  { once = false }: { once?: boolean } = {},
): Promise<HttpAnswer> {
  const answer = await exchange(request, once ? { ...network, retries: 0 } : network);
  const receivedAt = clock();
  found.dates.push({
    origin: answer.url.origin,
    date: httpDate(answer.headers.get('date')),
    age: Number(/^\d{1,9}$/.exec(answer.headers.get('age') ?? '')?.[0] ?? 0),
    sentAt: receivedAt - answer.latencyMs / 1000,
    receivedAt,
  });
  return answer;
}

/** Seconds since 1970 of an HTTP-date (RFC 9110 §5.6.7). */
function httpDate(text: string | undefined): number | undefined {
  const time = /^[A-Za-z]{3,9}, .* GMT$/.test(text ?? '') ? Date.parse(text ?? '') : Number.NaN;
  return Number.isNaN(time) ? undefined : time / 1000;
}
