// Verifies one signature under one key: the only place where a signature of a token meets cryptography (docs/adr/0005).
// Invariant: the algorithm decides which kind of key, hash and padding are used, and it is the caller who names it; nothing
// in the token does.

import {
  constants,
  createHmac,
  createPublicKey,
  type KeyObject,
  timingSafeEqual,
  type VerifyKeyObjectInput,
  verify,
} from 'node:crypto';
import type { JsonObject } from '../core/json.ts';
import { oncePerObject } from '../core/once.ts';
import { type Algorithm, algorithmNamed } from './algorithm.ts';

/** `unusable`: the key could not be read as a key of that algorithm (a point off its curve, a bad modulus). */
export type SignatureOutcome = 'verified' | 'not_verified' | 'unusable';

/**
 * Verifies a compact JWS under one public key, or under a secret for HS256, HS384 and HS512 (RFC 7515 §5.2).
 * The caller has judged the key and the header; `alg` is the one algorithm that is allowed.
 */
export function verifySignature(jws: string, key: JsonObject | Uint8Array, alg: string): SignatureOutcome {
  const algorithm = algorithmNamed(alg);
  if (algorithm === undefined || (algorithm.kty === 'oct') !== key instanceof Uint8Array) return 'unusable';
  const dot = jws.lastIndexOf('.');
  const signed = Buffer.from(jws.slice(0, dot), 'latin1');
  const signature = Buffer.from(jws.slice(dot + 1), 'base64url');
  if (key instanceof Uint8Array) return outcomeOf(isHmac({ signed, signature, secret: key, algorithm }));
  const prepared = preparedKey(key, algorithm);
  if (prepared === undefined) return 'unusable';
  if (signature.length !== bytesOfSignature(algorithm, prepared)) return 'not_verified';
  const hash = algorithm.kty === 'OKP' ? null : algorithm.hash;
  return outcomeOf(verify(hash, signed, { key: prepared, ...parametersOf(alg) }, signature));
}

/** As long as the modulus (RFC 8017 §8.1.2, §8.2.2): OpenSSL forgives PSS its leading zeros, and many texts were one token. */
const bytesOfSignature = (
  { signatureBytes }: Algorithm,
  { asymmetricKeyDetails: { modulusLength = 0 } = {} }: KeyObject,
): number => signatureBytes ?? Math.ceil(modulusLength / 8);

const outcomeOf = (isVerified: boolean): SignatureOutcome => (isVerified ? 'verified' : 'not_verified');

interface Hmac {
  signed: Uint8Array;
  signature: Uint8Array;
  secret: Uint8Array;
  algorithm: Algorithm;
}

function isHmac({ signed, signature, secret, algorithm }: Hmac): boolean {
  const expected = createHmac(algorithm.hash, secret).update(signed).digest();
  return signature.length === expected.length && timingSafeEqual(expected, signature);
}

/** How OpenSSL is to read the signature: two numbers side by side (RFC 7518 §3.4), or PSS with a salt as long as the hash (§3.5). */
function parametersOf(alg: string): Partial<VerifyKeyObjectInput> {
  if (alg.startsWith('ES')) return { dsaEncoding: 'ieee-p1363' };
  if (!alg.startsWith('PS')) return {};
  return { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
}

// ---------------------------------------------------------------- the key

const PUBLIC_MEMBERS = { RSA: ['n', 'e'], EC: ['crv', 'x', 'y'], OKP: ['crv', 'x'] } as const;

function preparedKey(jwk: JsonObject, { kty, crv }: Algorithm): KeyObject | undefined {
  return jwk['kty'] !== kty || (crv !== undefined && jwk['crv'] !== crv) ? undefined : publicKeyOf(jwk);
}

const SMALLEST_RSA = 2048;

/** RFC 7518 §3.3. The caller has refused such keys; here too, because nothing may be verified by one. */
const isTooSmall = ({ asymmetricKeyDetails: { modulusLength = SMALLEST_RSA } = {} }: KeyObject): boolean =>
  modulusLength < SMALLEST_RSA;

/** Only the public members are handed over, so that a private part is never read; what is no text makes no key. */
const publicKeyOf = oncePerObject((jwk: JsonObject): KeyObject | undefined => {
  const kty = jwk['kty'] as keyof typeof PUBLIC_MEMBERS;
  const members = PUBLIC_MEMBERS[kty].map((name) => [name, jwk[name]]);
  try {
    const key = createPublicKey({ key: { kty, ...Object.fromEntries(members) }, format: 'jwk' });
    return isTooSmall(key) ? undefined : key;
  } catch {
    return undefined;
  }
});
