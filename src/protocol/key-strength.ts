// Keys under which anyone could sign, or that should never have been published (security.md A12-A19).
// Neither OpenSSL nor jose refuses e = 1, ROCA keys and small-order Ed25519 keys, so these rules are ours.

import { createHash } from 'node:crypto';
import { decodeBase64Url, isFault } from '../core/base64url.ts';
import { type JsonObject, member, textMember, textOrEmpty } from '../core/json.ts';
import { oncePerObject } from '../core/once.ts';

export interface KeyProblem {
  finding: string;
  because: string;
  /** True: a signature under this key proves nothing, so it is not used. */
  fatal: boolean;
}

/** What is wrong with a public JWK (RFC 7517, RFC 7518 §6). An empty list for a sound key. */
export const keyProblems = oncePerObject((jwk: JsonObject): readonly KeyProblem[] => [
  ...published(jwk),
  ...(textMember(jwk, 'kty') === 'RSA' ? rsaProblems(jwk) : []),
  ...(textMember(jwk, 'kty') === 'OKP' ? okpProblems(jwk) : []),
]);

const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'priv'];

function published(jwk: JsonObject): KeyProblem[] {
  if (textMember(jwk, 'kty') === 'oct' || Object.hasOwn(jwk, 'k')) {
    return [
      {
        finding: 'jwks.symmetric_key_exposed',
        because: 'it is a symmetric key: whoever reads this set can sign',
        fatal: true,
      },
    ];
  }
  if (!PRIVATE_MEMBERS.some((name) => Object.hasOwn(jwk, name))) return [];
  return [
    {
      finding: 'jwks.private_key_exposed',
      because: 'its private part is published: whoever reads this set can sign',
      fatal: true,
    },
  ];
}

// ---------------------------------------------------------------- RSA

function unsigned(jwk: JsonObject, name: string): bigint | undefined {
  const decoded = decodeBase64Url(textOrEmpty(jwk, name));
  if (isFault(decoded) || decoded.length === 0) return undefined;
  return BigInt(`0x${Buffer.from(decoded).toString('hex')}`);
}

const bitLength = (value: bigint): number => value.toString(2).length;

/** The size of a key in bits: the modulus of RSA, the field of a curve. */
export const keyBits = oncePerObject((jwk: JsonObject): number | undefined => {
  if (textMember(jwk, 'kty') !== 'RSA')
    return { 'P-256': 256, 'P-384': 384, 'P-521': 521, Ed25519: 256, Ed448: 456 }[textOrEmpty(jwk, 'crv')];
  const n = unsigned(jwk, 'n');
  return n === undefined ? undefined : bitLength(n);
});

const SMALLEST_RSA = 2048;
const LARGEST_RSA = 16384;

function rsaProblems(jwk: JsonObject): KeyProblem[] {
  const [n, e] = [unsigned(jwk, 'n'), unsigned(jwk, 'e')];
  if (n === undefined || e === undefined)
    return [{ finding: 'jwk.rsa.malformed', because: 'n or e is missing or no base64url', fatal: true }];
  const bits = bitLength(n);
  if (bits > LARGEST_RSA)
    return [
      {
        finding: 'jwk.rsa.too_large',
        because: `it has ${bits} bits; ${LARGEST_RSA} is the most that is read`,
        fatal: true,
      },
    ];
  return [
    ...(bits < SMALLEST_RSA
      ? [
          {
            finding: 'jwk.rsa.too_small',
            because: `it has ${bits} bits; RFC 7518 §3.3 demands ${SMALLEST_RSA}`,
            fatal: true,
          },
        ]
      : []),
    ...exponentProblems(e),
    ...(n % 2n === 0n ? [{ finding: 'jwk.rsa.malformed', because: 'its modulus is even', fatal: true }] : []),
    ...(isRoca(n)
      ? [
          {
            finding: 'jwk.rsa.roca',
            because: 'its modulus has the form of CVE-2017-15361 (ROCA): its private key can be computed',
            fatal: true,
          },
        ]
      : []),
    ...(n % 2n === 1n && bits <= 4096 && hasClosePrimes(n)
      ? [
          {
            finding: 'jwk.rsa.close_primes',
            because: 'its primes are so close that Fermat factors it at once',
            fatal: true,
          },
        ]
      : []),
  ];
}

function exponentProblems(e: bigint): KeyProblem[] {
  if (e < 3n || e % 2n === 0n)
    return [
      {
        finding: 'jwk.rsa.small_exponent',
        because: `its exponent is ${e > 9n ? 'even' : e}: anyone can make signatures for it`,
        fatal: true,
      },
    ];
  return e < 65537n
    ? [
        {
          finding: 'jwk.rsa.small_exponent',
          because: `its exponent is ${e}; FIPS 186-5 wants 65537 or more`,
          fatal: false,
        },
      ]
    : [];
}

// Primes up to 167, as in the published fingerprint of CVE-2017-15361: the modulus lies in the group made by 65537
// modulo each of them. A sound key passes by chance with a likelihood below 2^-27.
const ROCA_PRIMES = [
  3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113,
  127, 131, 137, 139, 149, 151, 157, 163, 167,
];

function isRoca(n: bigint): boolean {
  return ROCA_PRIMES.every((prime) => powersOf65537(prime).has(Number(n % BigInt(prime))));
}

function powersOf65537(prime: number): Set<number> {
  const powers = new Set<number>();
  for (let power = 1; !powers.has(power); power = (power * (65537 % prime)) % prime) powers.add(power);
  return powers;
}

/** Fermat's method, 100 rounds (CVE-2022-26320). */
function hasClosePrimes(n: bigint): boolean {
  let a = squareRoot(n);
  if (a * a < n) a += 1n;
  for (let round = 0; round < 100; round += 1, a += 1n) {
    const rest = a * a - n;
    if (mayBeSquare(rest) && squareRoot(rest) ** 2n === rest) return true;
  }
  return false;
}

const isSquareModulo = (value: bigint, modulus: number): boolean => {
  const rest = Number(value % BigInt(modulus));
  for (let root = 0; root < modulus; root += 1) if ((root * root) % modulus === rest) return true;
  return false;
};

/** False for 99 of 100 numbers that are no squares, at a fraction of the cost of a root. */
const mayBeSquare = (value: bigint): boolean => [64, 63, 65, 11].every((modulus) => isSquareModulo(value, modulus));

function squareRoot(value: bigint): bigint {
  if (value < 2n) return value;
  let guess = 1n << BigInt((bitLength(value) + 1) >> 1);
  for (;;) {
    const next = (guess + value / guess) >> 1n;
    if (next >= guess) return guess;
    guess = next;
  }
}

// ---------------------------------------------------------------- Ed25519

const ED25519_FIELD = (1n << 255n) - 19n;
// y coordinates of the points of order 1, 2, 4 and 8 on edwards25519 (RFC 7748 §4.1, doubled back to the identity in the tests).
const ORDER_8_Y = 2707385501144840649318225287225658788936804267575313519463743609750303402022n;
const SMALL_ORDER_Y = new Set([0n, 1n, ED25519_FIELD - 1n, ORDER_8_Y, ED25519_FIELD - ORDER_8_Y]);

function okpProblems(jwk: JsonObject): KeyProblem[] {
  if (textMember(jwk, 'crv') !== 'Ed25519') return [];
  const x = decodeBase64Url(textOrEmpty(jwk, 'x'));
  if (isFault(x) || x.length !== 32)
    return [{ finding: 'jwk.okp.malformed', because: 'x is not 32 bytes of base64url', fatal: true }];
  const y = BigInt(`0x${Buffer.from(x).reverse().toString('hex')}`) & ((1n << 255n) - 1n);
  if (y >= ED25519_FIELD)
    return [{ finding: 'jwk.okp.small_order', because: 'x is not the canonical form of a point', fatal: true }];
  return SMALL_ORDER_Y.has(y)
    ? [
        {
          finding: 'jwk.okp.small_order',
          because: 'it is a point of small order: one signature fits every text',
          fatal: true,
        },
      ]
    : [];
}

// ---------------------------------------------------------------- thumbprint

const THUMBPRINT_MEMBERS: Record<string, readonly string[]> = {
  RSA: ['e', 'kty', 'n'],
  EC: ['crv', 'kty', 'x', 'y'],
  OKP: ['crv', 'kty', 'x'],
};

/** The RFC 7638 thumbprint (SHA-256, base64url), or undefined for a key type that has no public one. */
export const thumbprint = oncePerObject((jwk: JsonObject): string | undefined => {
  const kty = textOrEmpty(jwk, 'kty');
  const members = Object.hasOwn(THUMBPRINT_MEMBERS, kty) ? THUMBPRINT_MEMBERS[kty] : undefined;
  if (members === undefined || members.some((name) => typeof member(jwk, name) !== 'string')) return undefined;
  const canonical = JSON.stringify(Object.fromEntries(members.map((name) => [name, jwk[name]])));
  return createHash('sha256').update(canonical).digest('base64url');
});
