// Where the keys of a judgement come from: given by a person, or the JWK Set that the metadata of the issuer names.

import { TokctlError } from '../core/errors.ts';
import { fetchJwks, type JwkSet, parseJwks } from '../protocol/jwks.ts';
import { endpointOf } from '../protocol/metadata.ts';
import { readPublicKey } from '../protocol/public-key.ts';
import { remembered } from '../request.ts';
import { type Context, metadataOf } from './context.ts';
import type { Anchor } from './trust.ts';

export interface KeySource {
  set: JwkSet;
  jwksUri?: string;
  /** Seconds since the set was fetched. */
  ageSeconds?: number;
  /** A single key given for this token: its `kid` does not matter. */
  pinned: boolean;
  /** Fetches the set once more, because keys rotate (OpenID Connect Core §10.1.1). Absent where keys were given. */
  refetch?: () => Promise<KeySource>;
}

/**
 * The keys for this judgement; undefined where no source of keys is known.
 * @throws TokctlError when they cannot be had, ERR_NO_USABLE_KEY when the metadata names none
 */
export async function keySource(anchor: Anchor, context: Context): Promise<KeySource | undefined> {
  const { jwks, jwksUri, key } = context.options;
  if (key !== undefined) return { set: { keys: [readPublicKey(key)], ignored: 0 }, pinned: true };
  if (jwks !== undefined) return { set: parseJwks(jwks, badSet), pinned: false };
  if (jwksUri !== undefined) return fetched({ uri: jwksUri, fromToken: false, named: true }, context);
  if (anchor.issuer === undefined) return undefined;
  const metadata = await metadataOf({ ...anchor, issuer: anchor.issuer }, context);
  const uri = endpointOf(metadata, 'jwksUri');
  if (uri === undefined) throw noJwksUri(anchor.issuer);
  const named = !anchor.fromToken && uri.origin === new URL(anchor.issuer).origin;
  return fetched({ uri: uri.href, fromToken: anchor.fromToken, named }, context);
}

interface Location {
  uri: string;
  fromToken: boolean;
  /** The host is the issuer's own, or was named by a person. */
  named: boolean;
}

interface Remembered {
  set: JwkSet;
  at: number;
}

async function fetched(location: Location, context: Context): Promise<KeySource> {
  const name = `jwks ${location.uri}`;
  const load = async (): Promise<Remembered> => ({
    set: await fetchJwks(new URL(location.uri), context.network, {
      hostFromToken: location.fromToken,
      mayAuthorize: location.named,
    }),
    at: performance.now(),
  });
  const source = ({ set, at }: Remembered): KeySource => ({
    set,
    jwksUri: location.uri,
    ageSeconds: Math.floor((performance.now() - at) / 1000),
    pinned: false,
  });
  const again = async (): Promise<KeySource> => {
    // Once in a run: a batch of tokens with a strange kid must not become a flood of requests.
    const value = await remembered(context.memory, `${name} again`, load);
    context.memory.entries.set(name, Promise.resolve(value));
    return source(value);
  };
  return { ...source(await remembered(context.memory, name, load)), refetch: again };
}

const badSet = (problem: string): TokctlError =>
  new TokctlError('ERR_CONFIG_INVALID', `the JWK Set given is none: ${problem}`, {
    hint: 'give a file with a JWK Set (RFC 7517 §5), or its URL: --jwks FILE',
  });

const noJwksUri = (issuer: string): TokctlError =>
  new TokctlError('ERR_NO_USABLE_KEY', `expected \`jwks_uri\` in the metadata of \`${issuer}\`, got none`, {
    hint: 'name the keys: --jwks URL; or ask the server: tokctl introspect - --mode remote',
  });
