// Metadata and JWK Sets, from the network or, where the caller gives a store for them (`--cache`), from an earlier run.
// Invariant: what was kept passes the same readers as an answer of the network, for the same issuer; what a weakened run
// was told, what is private and what the server wants nobody to store is never kept.

import { TokctlError } from '../core/errors.ts';
import { type JsonObject, printJson } from '../core/json.ts';
import type { HttpAnswer, HttpRequest, Network } from '../protocol/http/network.ts';
import { fetchJwks, hasUsableKey, type JwkSet, readJwksAnswer } from '../protocol/jwks.ts';
import {
  fetchMetadata,
  type Metadata,
  type MetadataRequest,
  readMetadataAnswer,
  wellKnownLocations,
} from '../protocol/metadata.ts';
import { monotonicMs } from '../protocol/monotonic.ts';
import type { DocumentStore, VerifyOptions } from '../request.ts';

/** What documents are had with. */
export interface Reading {
  readonly options: Pick<VerifyOptions, 'documents' | 'headers' | 'insecureTls' | 'insecureHttp'>;
  readonly network: Network;
}

export interface Had<T> {
  value: T;
  /** From an earlier run: it may be out of date. */
  isKept: boolean;
  /** Seconds since it was fetched, at the time `at` of `monotonicMs()`. */
  ageSeconds: number;
  at: number;
}

/** `isFresh`: past the store, in which what is had then takes the place of what was kept. @throws TokctlError */
export async function metadataDocument(request: MetadataRequest, reading: Reading, isFresh = false) {
  const store = storeFor(reading, request.metadataUrl);
  const kept = store === undefined || isFresh ? undefined : await keptMetadata(request, store);
  if (kept !== undefined) return kept;
  const { network, heard } = listening(reading.network);
  const metadata = await fetchMetadata(request, network);
  if (heard.mayBeKept) await store?.put({ url: heard.url, issuer: request.issuer }, printJson(metadata.raw));
  return fresh(metadata);
}

async function keptMetadata(
  { issuer, metadataUrl }: MetadataRequest,
  store: DocumentStore,
): Promise<Had<Metadata> | undefined> {
  const locations = metadataUrl === undefined ? wellKnownLocations(issuer) : [new URL(metadataUrl)];
  for (const url of locations) {
    const kept = await keptDocument<Metadata>({ url, issuer }, store, (answer) => readMetadataAnswer(answer, issuer));
    if (kept !== undefined) return kept;
  }
  return undefined;
}

export interface KeySetRequest extends Pick<HttpRequest, 'hostFromToken' | 'mayAuthorize'> {
  url: URL;
  /** Undefined where nobody named one. */
  issuer: string | undefined;
  /** The URL was typed by a person: what stands in its query may be a secret. */
  isTyped: boolean;
}

/** The JWK Set at a URL; the rest is as for `metadataDocument`. @throws TokctlError */
export async function keySetDocument(request: KeySetRequest, reading: Reading, isFresh = false): Promise<Had<JwkSet>> {
  const { url, issuer = '', isTyped, ...options } = request;
  const store = storeFor(reading, isTyped ? url.href : undefined);
  const kept = store === undefined || isFresh ? undefined : await keptDocument({ url, issuer }, store, readJwksAnswer);
  if (kept !== undefined && hasUsableKey(kept.value)) return kept;
  const { network, heard } = listening(reading.network);
  const set = await fetchJwks(url, network, options);
  if (heard.mayBeKept && isPublic(set) && hasUsableKey(set))
    await store?.put({ url: heard.url, issuer }, printJson({ keys: set.keys }));
  return fresh(set);
}

const fresh = <T>(value: T): Had<T> => ({ value, isKept: false, ageSeconds: 0, at: monotonicMs() });

/** Headers may decide what a server tells and to whom; what came without protection must not be believed by a safer run. */
function storeFor({ options }: Reading, typedUrl: string | undefined): DocumentStore | undefined {
  const { documents, headers = {}, insecureTls, insecureHttp } = options;
  const isOrdinary = Object.keys(headers).length === 0 && insecureTls !== true && insecureHttp !== true;
  return isOrdinary && (typedUrl === undefined || new URL(typedUrl).search === '') ? documents : undefined;
}

async function keptDocument<T extends object>(
  { url, issuer }: { url: URL; issuer: string },
  store: DocumentStore,
  read: (answer: HttpAnswer) => T | TokctlError,
): Promise<Had<T> | undefined> {
  const kept = await store.get({ url: url.href, issuer });
  if (kept === undefined) return undefined;
  const headers = new Map<string, string>();
  const answer = { url, status: 200, headers, mediaType: 'application/json', text: kept.text, latencyMs: 0 };
  try {
    const value = read(answer);
    if (value instanceof TokctlError) return undefined;
    return { value, isKept: true, ageSeconds: kept.ageSeconds, at: monotonicMs() };
  } catch {
    return undefined;
  }
}

/** The same network; tells where the last answer came from, and whether it may be stored (RFC 9111 §5.2.2.5). */
function listening(network: Network) {
  const heard = { url: '', mayBeKept: false };
  const fetch: Network['fetch'] = async (url, init) => {
    const response = await network.fetch(url, init);
    heard.url = url;
    heard.mayBeKept = !/(?:^|,)\s*no-store\s*(?:,|$)/i.test(response.headers.get('cache-control') ?? '');
    return response;
  };
  return { network: { ...network, fetch }, heard };
}

/** Members of private and symmetric keys (RFC 7518 §6.2.2, §6.3.2, §6.4), and of AKP keys. */
const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];

const isPublic = ({ keys }: JwkSet): boolean =>
  keys.every((key: JsonObject) => !PRIVATE.some((name) => Object.hasOwn(key, name)));
