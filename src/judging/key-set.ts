// Where the keys of a judgement come from: given by a person, or the JWK Set that the metadata of the issuer names.

import { TokctlError } from '../core/errors.ts';
import { type JwkSet, parseJwks } from '../protocol/jwks.ts';
import { endpointOf, type Metadata } from '../protocol/metadata.ts';
import { monotonicMs } from '../protocol/monotonic.ts';
import { readPublicKey } from '../protocol/public-key.ts';
import { remembered } from '../request.ts';
import { type Context, freshMetadataOf, metadataOf } from './context.ts';
import { type Had, keySetDocument } from './documents.ts';
import type { Anchor } from './trust.ts';

export interface KeySource {
  set: JwkSet;
  jwksUri?: string;
  /** Seconds since the set was fetched. */
  ageSeconds?: number;
  /** From an earlier run (`--cache`): nothing is refused because of it before it was fetched once more. */
  isKept?: boolean;
  /** Fetches the set once more, because keys rotate (OpenID Connect Core §10.1.1). Absent where keys were given. */
  refetch?: () => Promise<KeySource>;
}

/**
 * The keys for this judgement; undefined where no source of keys is known.
 * @throws TokctlError when they cannot be had, ERR_NO_USABLE_KEY when the metadata names none
 */
export async function keySource(anchor: Anchor, context: Context): Promise<KeySource | undefined> {
  const { jwks, jwksUri, key } = context.options;
  if (key !== undefined) return { set: setOfKey(key) };
  if (jwks !== undefined) return { set: setGiven(jwks) };
  const { issuer } = anchor;
  if (jwksUri !== undefined) return fetched(given({ uri: jwksUri, issuer }), context);
  if (issuer === undefined) return undefined;
  const named = { ...anchor, issuer };
  const location = locate(await metadataOf(named, context), named);
  return fetched({ ...location, again: async () => locate(await freshMetadataOf(named, context), named) }, context);
}

/** The keys that are given are the same for each token of a run: they are read once. */
function onceInARow<T>(read: (text: string) => T): (text: string) => T {
  let last: { text: string; value: T } | undefined;
  return (text) => {
    if (last?.text !== text) last = { text, value: read(text) };
    return last.value;
  };
}

const setOfKey = onceInARow((key): JwkSet => ({ keys: [readPublicKey(key)], ignored: 0, pinned: true }));
const setGiven = onceInARow((jwks) => parseJwks(jwks, badSet));

interface Location {
  uri: string;
  issuer: string | undefined;
  fromToken: boolean;
  /** The host is the issuer's own, or was named by a person. */
  named: boolean;
  /** A person typed the URL. */
  typed: boolean;
}

/** `again`: where it is by the metadata of now, if what named it was kept from an earlier run. */
type Findable = Location & { again: () => Promise<Location> };

function given({ uri, issuer }: Pick<Location, 'uri' | 'issuer'>): Findable {
  const location = { uri, issuer, fromToken: false, named: true, typed: true };
  return { ...location, again: async () => location };
}

function locate(metadata: Metadata, { issuer, fromToken }: Anchor & { issuer: string }): Location {
  const uri = endpointOf(metadata, 'jwksUri');
  if (uri === undefined) throw noJwksUri(issuer);
  const named = !fromToken && uri.origin === new URL(issuer).origin;
  return { uri: uri.href, issuer, fromToken, named, typed: false };
}

type Found = Had<JwkSet> & { uri: string };

async function fetched(location: Findable, context: Context): Promise<KeySource> {
  const name = `jwks ${location.uri}`;
  const again = async (): Promise<KeySource> => {
    // Once in a run: a batch of tokens with a strange kid must not become a flood of requests.
    const value = await remembered(context.memory, `${name} again`, async () =>
      load(await location.again(), context, true),
    );
    context.memory.entries.set(name, Promise.resolve(value));
    return source(value);
  };
  return { ...source(await remembered(context.memory, name, () => find(location, context))), refetch: again };
}

/** Where metadata of an earlier run names a place that has no keys any more, the metadata of now is asked. */
async function find(location: Findable, context: Context): Promise<Found> {
  try {
    return await load(location, context, false);
  } catch (error) {
    const moved = await location.again().catch(() => location);
    if (moved.uri === location.uri) throw error;
    return load(moved, context, false);
  }
}

async function load({ uri, ...location }: Location, context: Context, isFresh: boolean): Promise<Found> {
  const { issuer, fromToken: hostFromToken, named: mayAuthorize, typed: isTyped } = location;
  const request = { url: new URL(uri), issuer, isTyped, hostFromToken, mayAuthorize };
  return { ...(await keySetDocument(request, context, isFresh)), uri };
}

const source = ({ value, uri, isKept, ageSeconds, at }: Found): KeySource => ({
  set: value,
  jwksUri: uri,
  ageSeconds: Math.floor(ageSeconds + (monotonicMs() - at) / 1000),
  isKept,
});

const badSet = (problem: string): TokctlError =>
  new TokctlError('ERR_CONFIG_INVALID', `the JWK Set given is none: ${problem}`, {
    hint: 'give a file with a JWK Set (RFC 7517 §5), or its URL: --jwks FILE',
  });

const noJwksUri = (issuer: string): TokctlError =>
  new TokctlError('ERR_NO_USABLE_KEY', `expected \`jwks_uri\` in the metadata of \`${issuer}\`, got none`, {
    hint: 'name the keys: --jwks URL; or ask the server: tokctl introspect - --mode remote',
  });
