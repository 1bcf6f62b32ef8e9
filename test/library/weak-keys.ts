// Keys under which anyone can sign, with signatures that their mathematics accept (security.md A15, A16, A19).

import { checkPrimeSync, createHash, createPrivateKey, type JsonWebKey, randomBytes } from 'node:crypto';
import { base64url, key, type TestKey } from './keys.ts';

const bytesOf = (value: bigint): Buffer => {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
};
const encoded = (value: bigint): string => base64url(bytesOf(value));

const signingInput = (header: object, claims: object): string =>
  `${base64url(JSON.stringify(header))}.${base64url(JSON.stringify(claims))}`;

export interface Forged {
  token: string;
  jwk: JsonWebKey & { kid: string };
}

/** RSA with e = 1: the padded hash is its own signature (RFC 8017 §9.2). */
export function exponentOne(claims: object): Forged {
  const { n = '' } = key('RS256').jwk;
  const jwk = { kty: 'RSA', n, e: 'AQ', kid: 'e1', alg: 'RS256', use: 'sig' };
  const input = signingInput({ alg: 'RS256', kid: 'e1' }, claims);
  const digest = Buffer.concat([
    Buffer.from('3031300d060960864801650304020105000420', 'hex'),
    createHash('sha256').update(input).digest(),
  ]);
  const padded = Buffer.concat([
    Buffer.from([0, 1]),
    Buffer.alloc(256 - digest.length - 3, 0xff),
    Buffer.from([0]),
    digest,
  ]);
  return { token: `${input}.${base64url(padded)}`, jwk };
}

/** Ed25519 with the neutral element as key: the neutral element and S = 0 sign everything (RFC 8032 §5.1.7). */
export function smallOrder(claims: object): Forged {
  const neutral = Buffer.alloc(32);
  neutral[0] = 1;
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: base64url(neutral), kid: 'small-order', alg: 'EdDSA', use: 'sig' };
  const input = signingInput({ alg: 'EdDSA', kid: 'small-order' }, claims);
  return { token: `${input}.${base64url(Buffer.concat([neutral, Buffer.alloc(32)]))}`, jwk };
}

// ---------------------------------------------------------------- ROCA

const E = 65537n;

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let [result, square] = [1n, base % modulus];
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [value % modulus, modulus, 1n, 0n];
  while (b > 0n) [a, b, x, y] = [b, a % b, y, x - (a / b) * y];
  return ((x % modulus) + modulus) % modulus;
}

const random = (bytes: number): bigint => BigInt(`0x${randomBytes(bytes).toString('hex')}`);

/** A prime of 1024 bits in the form of CVE-2017-15361: k·M + (65537^a mod M), M the product of the first 126 primes. */
function rocaPrime(): bigint {
  let [product, count] = [1n, 0];
  for (let candidate = 2n; count < 126; candidate += 1n) {
    if (!checkPrimeSync(candidate)) continue;
    product *= candidate;
    count += 1;
  }
  const lowest = (3n << 1022n) / product;
  for (;;) {
    const prime = (lowest + (random(6) >> 3n)) * product + power(E, random(16), product);
    if (prime.toString(2).length === 1024 && checkPrimeSync(prime)) return prime;
  }
}

/** A whole RSA key of that form, which signs as any other. */
export function rocaKey(): TestKey {
  const [p, q] = [rocaPrime(), rocaPrime()];
  const d = inverse(E, (p - 1n) * (q - 1n));
  const [n, e] = [encoded(p * q), encoded(E)];
  const numbers = { p, q, d, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) };
  const members = Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, encoded(value)]));
  const privateKey = createPrivateKey({ key: { kty: 'RSA', n, e, ...members } as JsonWebKey, format: 'jwk' });
  return {
    alg: 'RS256',
    kid: 'roca',
    privateKey,
    jwk: { kty: 'RSA', n, e, kid: 'roca', alg: 'RS256', use: 'sig' },
    pem: '',
  };
}
