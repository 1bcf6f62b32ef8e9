// Who signs the generated tokens: keys of each algorithm, made with node:crypto alone, the same ones for a whole run.

import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { signatureOf } from '../hostile/tokens/forge.ts';
import { type Alg, base64url, key, type TestKey } from '../library/keys.ts';

/** Every name that tokctl verifies. */
export const NAMES: readonly string[] = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
  ...['HS256', 'HS384', 'HS512'],
];

export interface Signer {
  readonly alg: string;
  readonly kid: string;
  /** What verifies: a public JWK, or of kty `oct` the secret. */
  readonly key: Readonly<Record<string, unknown>>;
  readonly privateKey?: KeyObject;
  readonly sign: (input: string, alg?: string) => Buffer;
}

/** A text, because that is what a person gives; longer than any hash. */
const SECRETS = [0, 1].map(
  (which) => `secret number ${which}, with more bytes than SHA-512 has, which are 64; and an ü`,
);

const known = new Map<string, Signer>();
function once(name: string, make: () => Signer): Signer {
  const signer = known.get(name) ?? make();
  known.set(name, signer);
  return signer;
}

/** The signer number `which` of that algorithm. */
export function signerOf(alg: string, which: number): Signer {
  return once(`${alg} ${which}`, () => {
    if (alg.startsWith('HS')) return hmacSigner(alg, SECRETS[which] ?? '');
    // One key for every algorithm of RSA: its `alg` is taken away.
    const kind = /^[RP]S/.test(alg) ? 'RS256' : alg === 'Ed25519' ? 'EdDSA' : (alg as Alg);
    return asSigner(alg, key(kind, `second-${which}`));
  });
}

export function asSigner(alg: string, { privateKey, jwk: { alg: _alg, ...open }, kid }: TestKey): Signer {
  const nameOf = (as: string): Alg => (as === 'Ed25519' ? 'EdDSA' : (as as Alg));
  return { alg, kid, key: open, privateKey, sign: (input, as = alg) => signatureOf(input, privateKey, nameOf(as)) };
}

/** Signs with a secret of any length. */
export function hmacSigner(alg: string, secret: string): Signer {
  const sign = (input: string, as = alg) =>
    createHmac(`sha${as.slice(2)}`, secret)
      .update(input)
      .digest();
  return { alg, kid: 'secret', key: { kty: 'oct', k: base64url(secret) }, sign };
}

/** RSA of that size and exponent. */
export function rsaSigner(alg: string, modulusLength: number, publicExponent = 65_537): Signer {
  const kid = `rsa-${modulusLength}-${publicExponent}`;
  const { privateKey, key: open } = once(kid, () => {
    const pair = generateKeyPairSync('rsa', { modulusLength, publicExponent });
    const jwk = { ...pair.publicKey.export({ format: 'jwk' }), kid, use: 'sig' };
    return { alg, kid, key: jwk, privateKey: pair.privateKey, sign: () => Buffer.alloc(0) };
  });
  if (privateKey === undefined) throw new Error('no private key');
  return { alg, kid, key: open, privateKey, sign: (input, as = alg) => signatureOf(input, privateKey, as as Alg) };
}
