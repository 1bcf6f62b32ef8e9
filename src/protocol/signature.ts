// Verifies one signature under one key: the only place where jose meets a token.

import { compactVerify } from 'jose/jws/compact/verify';
import { importJWK } from 'jose/key/import';
import type { JsonObject } from '../core/json.ts';

/** `unusable`: the key could not be read as a key of that algorithm (a point off its curve, a bad modulus). */
export type SignatureOutcome = 'verified' | 'not_verified' | 'unusable';

/**
 * Verifies a compact JWS under one public key, or under a secret for HS256, HS384 and HS512 (RFC 7515 §5.2).
 * The caller has judged the key and the header; `alg` is the one algorithm that is allowed.
 */
export async function verifySignature(
  jws: string,
  key: JsonObject | Uint8Array,
  alg: string,
): Promise<SignatureOutcome> {
  const imported = key instanceof Uint8Array ? key : await importKey(key, alg);
  if (imported === undefined) return 'unusable';
  try {
    await compactVerify(jws, imported, { algorithms: [alg] });
    return 'verified';
  } catch (problem) {
    if (isSignatureFailure(problem)) return 'not_verified';
    // jose refuses a key in itself, such as a modulus that is too small, by a TypeError.
    if (problem instanceof TypeError) return 'unusable';
    throw problem;
  }
}

const PUBLIC_MEMBERS = ['kty', 'crv', 'n', 'e', 'x', 'y'];

/** Only the public members are handed over, so that jose can never see a private part; each is text, or it makes no key. */
async function importKey(jwk: JsonObject, alg: string) {
  const members = PUBLIC_MEMBERS.filter((name) => Object.hasOwn(jwk, name)).map((name) => [name, jwk[name]]);
  if (members.some(([, value]) => typeof value !== 'string')) return undefined;
  try {
    return await importJWK(Object.fromEntries(members) as Parameters<typeof importJWK>[0], alg);
  } catch {
    return undefined;
  }
}

/**
 * jose says so, or it refused the header or the bytes of the signature as such. A header with extensions is refused
 * before by the caller; jose refuses it too, and that is no verification either.
 */
function isSignatureFailure(problem: unknown): boolean {
  const code = problem instanceof Error && 'code' in problem ? String(problem.code) : '';
  return /^ERR_JW|^ERR_JOSE_/.test(code) || problem instanceof DOMException;
}
