// The signature algorithms, and which key each of them needs (RFC 7518 §3.1, RFC 8037, RFC 9864).
// Invariant: an algorithm fits one kind of key only, so that a token cannot choose what a key is used for.

export interface Algorithm {
  readonly kty: 'RSA' | 'EC' | 'OKP' | 'oct';
  readonly crv?: string;
  readonly hash: 'sha256' | 'sha384' | 'sha512';
  /** Bytes of a signature; absent where the key decides. */
  readonly signatureBytes?: number;
}

const HASHES = [
  ['256', 'sha256'],
  ['384', 'sha384'],
  ['512', 'sha512'],
] as const;

const CURVES = { '256': ['P-256', 64], '384': ['P-384', 96], '512': ['P-521', 132] } as const;

/** The asymmetric algorithms that are allowed by default (contract §4.6). */
export const ASYMMETRIC: Readonly<Record<string, Algorithm>> = {
  ...Object.fromEntries(
    HASHES.flatMap(([bits, hash]) => [`RS${bits}`, `PS${bits}`].map((name) => [name, { kty: 'RSA', hash }])),
  ),
  ...Object.fromEntries(
    HASHES.map(([bits, hash]) => [
      `ES${bits}`,
      { kty: 'EC', crv: CURVES[bits][0], hash, signatureBytes: CURVES[bits][1] },
    ]),
  ),
  EdDSA: { kty: 'OKP', crv: 'Ed25519', hash: 'sha512', signatureBytes: 64 },
  Ed25519: { kty: 'OKP', crv: 'Ed25519', hash: 'sha512', signatureBytes: 64 },
};

/** The symmetric algorithms: only ever with a secret that a person gave. */
export const SYMMETRIC: Readonly<Record<string, Algorithm>> = Object.fromEntries(
  HASHES.map(([bits, hash]) => [`HS${bits}`, { kty: 'oct', hash, signatureBytes: Number(bits) / 8 } as const]),
);

/** What is known of an algorithm by its exact name, or undefined. */
export function algorithmNamed(name: string): Algorithm | undefined {
  if (Object.hasOwn(ASYMMETRIC, name)) return ASYMMETRIC[name];
  return Object.hasOwn(SYMMETRIC, name) ? SYMMETRIC[name] : undefined;
}
