// Client assertions (RFC 7523 §3): signed with the client's private key or its secret, made anew for every request.
// Invariant: the algorithm is one of that key, and an assertion lives a minute and is sent once.

import { type KeyObject, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose/jwt/sign';
import { TokctlError } from '../core/errors.ts';
import { ASYMMETRIC, SYMMETRIC } from './algorithm.ts';
import type { AuthenticationContext, ClientCredentials } from './client-authentication.ts';
import { noKey, type PrivateKey, readPrivateKeys } from './private-key.ts';

/** Seconds that an assertion lives. */
const LIFETIME = 60;

type With<K extends keyof ClientCredentials> = ClientCredentials & Required<Pick<ClientCredentials, K>>;

/**
 * `client_secret_jwt`: HMAC with the secret, SHA-256 unless `keyAlgorithm` says otherwise.
 * @throws TokctlError ERR_CONFIG_INVALID for an algorithm that is no HMAC
 */
export async function secretAssertion(
  credentials: With<'id' | 'secret'>,
  context: AuthenticationContext,
): Promise<string> {
  const alg = credentials.keyAlgorithm ?? 'HS256';
  if (!Object.hasOwn(SYMMETRIC, alg)) throw wrongAlgorithm(alg, 'a secret', Object.keys(SYMMETRIC));
  return sign(new TextEncoder().encode(credentials.secret), { alg }, { credentials, context });
}

/**
 * `private_key_jwt`: signed with the key of the client, by the algorithm that belongs to it. A `kid` is sent where the
 * key has one.
 * @throws TokctlError ERR_CONFIG_INVALID for a text that holds no private key that signs, or an algorithm of other keys
 */
export async function keyAssertion(credentials: With<'id' | 'key'>, context: AuthenticationContext): Promise<string> {
  const { key, alg, kid } = signingKey(credentials.key, credentials.keyAlgorithm);
  return sign(key, { alg, ...(kid === undefined ? {} : { kid }) }, { credentials, context });
}

interface Signing {
  credentials: With<'id'>;
  context: AuthenticationContext;
}

async function sign(
  key: KeyObject | Uint8Array,
  header: { alg: string; kid?: string },
  { credentials, context }: Signing,
): Promise<string> {
  const now = Math.floor(context.now);
  return (
    new SignJWT({ jti: randomUUID() })
      .setProtectedHeader({ ...header, typ: 'JWT' })
      .setIssuer(credentials.id)
      .setSubject(credentials.id)
      // One text and no list: some servers refuse a list, none refuses a text (RFC 7523 §3).
      .setAudience(audienceOf(credentials, context))
      .setIssuedAt(now)
      .setExpirationTime(now + LIFETIME)
      .sign(key)
  );
}

/** Contract §11: the issuer, else the endpoint. What was asked for by name is not replaced by something else. */
function audienceOf({ assertionAudience }: ClientCredentials, context: AuthenticationContext): string {
  const endpoint = context.endpoint.href;
  if (assertionAudience === undefined) return context.issuer ?? endpoint;
  const named: Readonly<Record<string, readonly [what: string, value: string | undefined]>> = {
    issuer: ['an issuer', context.issuer],
    token: ['metadata with a token endpoint', context.tokenEndpoint],
    introspection: ['an introspection endpoint', context.introspectionEndpoint ?? endpoint],
  };
  if (!Object.hasOwn(named, assertionAudience)) return assertionAudience;
  const [what, value] = named[assertionAudience] ?? [];
  if (value !== undefined) return value;
  throw new TokctlError(
    'ERR_ENDPOINT_UNKNOWN',
    `expected ${what} for --client-assertion-audience ${assertionAudience}, got none`,
    { hint: 'name the issuer (--issuer URL), or the audience itself: --client-assertion-audience URL' },
  );
}

// ---------------------------------------------------------------- the key

/** Bits that jose, and RFC 7518 §3.3, want of an RSA key. */
const LEAST_BITS = 2048;

/** The first key that signs, for the algorithm that was asked for where one was. */
function signingKey(text: string, asked: string | undefined): { key: KeyObject; alg: string; kid?: string } {
  const keys = readPrivateKeys(text).filter(({ use }) => use !== 'enc');
  const able = keys.filter((key) => algorithmsOf(key).length > 0);
  const chosen = able.find((key) => asked === undefined || algorithmsOf(key).includes(asked));
  if (chosen === undefined) throw unable(able[0] ?? keys[0], asked);
  if ((chosen.bits ?? LEAST_BITS) < LEAST_BITS)
    throw noKey(
      `an RSA key of ${chosen.bits} bits, which is too small`,
      'make one of 2048 bits or more and register it',
    );
  const [alg = ''] = algorithmsOf(chosen);
  return { key: chosen.key, alg: asked ?? alg, ...(chosen.kid === undefined ? {} : { kid: chosen.kid }) };
}

/** What a key signs with, the usual one first; a JWK that names its `alg` signs with that alone (RFC 8725 §3.1). */
function algorithmsOf({ kty, crv, alg }: PrivateKey): string[] {
  const fitting = Object.entries(ASYMMETRIC).filter(
    ([, needed]) => needed.kty === kty && (needed.crv === undefined || needed.crv === crv),
  );
  const names = fitting.map(([name]) => name);
  return alg === undefined ? names : names.filter((name) => name === alg);
}

function unable(key: PrivateKey | undefined, asked: string | undefined): TokctlError {
  if (key === undefined) return noKey('keys for encryption only (`use` is `enc`)');
  const kind = `${key.kty === 'RSA' ? 'an RSA key' : `a key on ${key.crv}`}`;
  const able = algorithmsOf(key);
  if (asked !== undefined && able.length > 0) return wrongAlgorithm(asked, kind, able);
  const bound = key.alg === undefined ? '' : ` for \`${key.alg}\``;
  return noKey(
    `${kind}${bound}, which signs nothing`,
    'give an RSA key, an EC key on P-256, P-384 or P-521, or Ed25519',
  );
}

function wrongAlgorithm(asked: string, kind: string, able: readonly string[]): TokctlError {
  const fits = able.length === 1 ? able[0] : `${able.slice(0, -1).join(', ')} or ${able.at(-1)}`;
  return new TokctlError('ERR_CONFIG_INVALID', `expected ${fits} with ${kind}, got \`${asked}\``, {
    hint: `--client-key-alg ${able[0]}, or leave it out`,
  });
}
