// The private keys of the client, as a file holds them: PEM (PKCS#8, PKCS#1, SEC1), a JWK or a JWK Set.
// Invariant: a failure says what the text is and what mends it; nothing of the text stands in a message.

import { createPrivateKey, type KeyObject } from 'node:crypto';
import { TokctlError } from '../core/errors.ts';
import { isJsonObject, type JsonObject, member, parseJson, textMember } from '../core/json.ts';
import { ENCRYPTED_PEM } from './encrypted-pem.ts';

/** A private key with what a JWK says of it besides. */
export interface PrivateKey {
  readonly key: KeyObject;
  readonly kty: 'RSA' | 'EC' | 'OKP';
  readonly crv?: string;
  /** Size of the modulus of an RSA key. */
  readonly bits?: number;
  readonly kid?: string;
  readonly alg?: string;
  /** RFC 7517 §4.2: `sig` or `enc`; a PEM says nothing of it. */
  readonly use?: string;
}

/**
 * Every private key of that text, in order; at least one.
 * @throws TokctlError ERR_CONFIG_INVALID for a certificate, a public, symmetric, encrypted or damaged key, and other text
 */
export function readPrivateKeys(text: string): PrivateKey[] {
  if (!/^\s*[{[]/.test(text)) return [described(fromPem(text))];
  const jwks = privateJwks(text);
  return jwks.map((jwk) => ({ ...described(fromJwk(jwk)), ...naming(jwk) }));
}

function described(key: KeyObject): PrivateKey {
  const { kty, crv } = shapeOf(key);
  const bits = key.asymmetricKeyDetails?.modulusLength;
  return { key, kty, ...(crv === undefined ? {} : { crv }), ...(bits === undefined ? {} : { bits }) };
}

/** JOSE has no names for other keys (DSA, DH, an RSA key that is bound to PSS). */
function shapeOf(key: KeyObject): { kty: PrivateKey['kty']; crv?: string } {
  try {
    const { kty, crv } = key.export({ format: 'jwk' });
    return { kty: kty as PrivateKey['kty'], ...(crv === undefined ? {} : { crv }) };
  } catch {
    throw noKey(`one of type \`${key.asymmetricKeyType}\`, which JOSE does not know`);
  }
}

function naming(jwk: JsonObject): Pick<PrivateKey, 'kid' | 'alg' | 'use'> {
  const names = (['kid', 'alg', 'use'] as const).map((name) => [name, textMember(jwk, name)] as const);
  return Object.fromEntries(names.filter(([, value]) => value !== undefined));
}

// ---------------------------------------------------------------- JWK

function privateJwks(text: string): JsonObject[] {
  const value = readJson(text);
  if (!isJsonObject(value)) throw noKey('JSON that is no key');
  const keys = member(value, 'keys');
  const all = Array.isArray(keys) ? keys.filter(isJsonObject) : [value];
  const found = all.filter((jwk) => Object.hasOwn(jwk, 'd') && textMember(jwk, 'kty') !== 'oct');
  if (found.length > 0) return found;
  if (all.some((jwk) => textMember(jwk, 'kty') === 'oct')) throw noKey('a symmetric key', SECRET_HINT);
  if (all.length === 0) throw noKey('an empty JWK Set');
  const isKey = all.some((jwk) => textMember(jwk, 'kty') !== undefined);
  throw isKey ? noKey('a public key', PUBLIC_HINT) : noKey('JSON that is no key');
}

function readJson(text: string): unknown {
  try {
    return parseJson(text).value;
  } catch {
    // The error of the parser may show a part of the text.
    throw noKey('text that is no JSON');
  }
}

function fromJwk(jwk: JsonObject): KeyObject {
  try {
    return createPrivateKey({ key: { ...jwk } as never, format: 'jwk' });
  } catch {
    // The error of the runtime may show a member of the key.
    throw noKey('a JWK that is damaged');
  }
}

// ---------------------------------------------------------------- PEM

const PRIVATE_PEM = /-----BEGIN (?:RSA |EC )?PRIVATE KEY-----/;

function fromPem(text: string): KeyObject {
  const locked = LOCKED.find(({ pattern }) => pattern.test(text));
  if (locked !== undefined) throw noKey(locked.actual, locked.hint);
  if (!PRIVATE_PEM.test(text)) throw otherPem(text);
  try {
    return createPrivateKey(text);
  } catch {
    throw noKey('a private key that is damaged');
  }
}

const KEY_HINT =
  'give a PEM (PKCS#8, PKCS#1 or SEC1, without a passphrase), a private JWK or a JWK Set: --client-key FILE';
const PUBLIC_HINT = 'give its private half; the public one is for the server: --client-key FILE';
const SECRET_HINT = 'a shared secret goes to --client-secret env:NAME, with --client-auth client_secret_jwt';

interface PemFault {
  readonly pattern: RegExp;
  readonly actual: string;
  readonly hint?: string;
}

/** Private keys that cannot be read as they are. */
const LOCKED: readonly PemFault[] = [
  {
    pattern: ENCRYPTED_PEM,
    actual: 'an encrypted key',
    hint: 'store it without its passphrase: openssl pkey -in encrypted.pem -out client.pem',
  },
  {
    pattern: /-----BEGIN OPENSSH PRIVATE KEY-----/,
    actual: 'a key in the form of OpenSSH',
    hint: 'write a copy of it as PKCS#8: ssh-keygen -p -N "" -m PKCS8 -f COPY',
  },
];

/** What a file may hold in place of a private key; a certificate beside its key is none of them. */
const NOT_PRIVATE: readonly PemFault[] = [
  {
    pattern: /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/,
    actual: 'a certificate',
    hint: 'give the private key that belongs to it: --client-key FILE',
  },
  { pattern: /-----BEGIN (?:RSA )?PUBLIC KEY-----/, actual: 'a public key', hint: PUBLIC_HINT },
  { pattern: /^\s*$/, actual: 'an empty file' },
];

function otherPem(text: string): TokctlError {
  const { actual, hint } = NOT_PRIVATE.find(({ pattern }) => pattern.test(text)) ?? {
    actual: 'text that is neither PEM nor JSON',
  };
  return noKey(actual, hint);
}

/** ERR_CONFIG_INVALID: the file is no private key, or none for what it is needed for. */
export function noKey(actual: string, hint = KEY_HINT): TokctlError {
  return new TokctlError('ERR_CONFIG_INVALID', `expected a private key of the client, got ${actual}`, { hint });
}
