// Client assertions (RFC 7523 §3): signed with the client's private key or its secret, made anew for every request.

import { createPrivateKey, type KeyObject, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose/jwt/sign';
import { TokctlError } from '../core/errors.ts';
import { isJsonObject, type JsonObject, member, parseJson, textMember } from '../core/json.ts';
import type { AuthenticationContext, ClientCredentials } from './client-authentication.ts';

/** Seconds that an assertion lives. */
const LIFETIME = 60;

type With<K extends keyof ClientCredentials> = ClientCredentials & Required<Pick<ClientCredentials, K>>;

/** `client_secret_jwt`: HMAC with the secret, SHA-256 unless `keyAlgorithm` says otherwise. */
export async function secretAssertion(
  credentials: With<'id' | 'secret'>,
  context: AuthenticationContext,
): Promise<string> {
  const alg = credentials.keyAlgorithm ?? 'HS256';
  return sign(new TextEncoder().encode(credentials.secret), { alg }, { credentials, context });
}

/**
 * `private_key_jwt`: signed with the key of the client, by the algorithm that belongs to it.
 * @throws TokctlError ERR_CONFIG_INVALID for a text that holds no private key
 */
export async function keyAssertion(credentials: With<'id' | 'key'>, context: AuthenticationContext): Promise<string> {
  const { key, alg, kid } = readPrivateKey(credentials.key, credentials.keyAlgorithm);
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
  const jwt = new SignJWT({ jti: randomUUID() })
    .setProtectedHeader({ ...header, typ: 'JWT' })
    .setIssuer(credentials.id)
    .setSubject(credentials.id)
    // One text and no list: some servers refuse a list, none refuses a text (RFC 7523 §3).
    .setAudience(audienceOf(credentials, context))
    .setIssuedAt(now)
    .setExpirationTime(now + LIFETIME);
  try {
    return await jwt.sign(key);
  } catch (cause) {
    throw new TokctlError('ERR_CONFIG_INVALID', `expected a key that signs ${header.alg}, got one that cannot`, {
      hint: 'leave out --client-key-alg, or name an algorithm of that key, such as RS256, PS256, ES256 or EdDSA',
      cause,
    });
  }
}

/** Contract §11: the issuer, else the endpoint. */
function audienceOf({ assertionAudience }: ClientCredentials, context: AuthenticationContext): string {
  const endpoint = context.endpoint.href;
  if (assertionAudience === undefined || assertionAudience === 'issuer') return context.issuer ?? endpoint;
  if (assertionAudience === 'token') return context.tokenEndpoint ?? endpoint;
  if (assertionAudience === 'introspection') return context.introspectionEndpoint ?? endpoint;
  return assertionAudience;
}

// ---------------------------------------------------------------- the private key

interface SigningKey {
  key: KeyObject;
  alg: string;
  kid?: string;
}

/** A PEM (PKCS#8, PKCS#1, SEC1), a JWK, or the first private key of a JWK Set. */
function readPrivateKey(text: string, asked: string | undefined): SigningKey {
  const jwk = text.trimStart().startsWith('{') ? privateJwk(text) : undefined;
  const key = jwk === undefined ? fromPem(text) : fromJwk(jwk);
  const kid = textMember(jwk, 'kid');
  const alg = asked ?? textMember(jwk, 'alg') ?? algorithmOf(key);
  return { key, alg, ...(kid === undefined ? {} : { kid }) };
}

function privateJwk(text: string): JsonObject {
  let value: unknown;
  try {
    ({ value } = parseJson(text));
  } catch {
    throw noKey('text that is no JSON');
  }
  if (!isJsonObject(value)) throw noKey('JSON that is no object');
  const keys = member(value, 'keys');
  const found = Array.isArray(keys) ? keys.filter(isJsonObject).find((jwk) => Object.hasOwn(jwk, 'd')) : value;
  if (found === undefined || !Object.hasOwn(found, 'd')) throw noKey('a public key');
  return found;
}

function fromJwk(jwk: JsonObject): KeyObject {
  try {
    return createPrivateKey({ key: { ...jwk } as never, format: 'jwk' });
  } catch (cause) {
    throw noKey('a JWK that is damaged', cause);
  }
}

function fromPem(text: string): KeyObject {
  if (/-----BEGIN CERTIFICATE-----/.test(text) && !/PRIVATE KEY-----/.test(text)) throw noKey('a certificate');
  if (/-----BEGIN (?:RSA )?PUBLIC KEY-----/.test(text)) throw noKey('a public key');
  if (/ENCRYPTED/.test(text)) throw noKey('an encrypted key');
  try {
    return createPrivateKey(text);
  } catch (cause) {
    throw noKey('something that cannot be read as one', cause);
  }
}

function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string {
  if (asymmetricKeyType === 'ec')
    return (
      { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' }[asymmetricKeyDetails?.namedCurve ?? ''] ?? 'ES256'
    );
  return asymmetricKeyType === 'ed25519' ? 'EdDSA' : asymmetricKeyType === 'rsa-pss' ? 'PS256' : 'RS256';
}

function noKey(actual: string, cause?: unknown): TokctlError {
  return new TokctlError('ERR_CONFIG_INVALID', `expected a private key of the client, got ${actual}`, {
    hint: 'give a PEM (PKCS#8, PKCS#1 or SEC1, without a passphrase), a private JWK or a JWK Set: --client-key FILE',
    cause,
  });
}
