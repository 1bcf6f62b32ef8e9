// Which algorithm is of which kind, and the numbers that signatures are made of.

export const isRsa = (alg: string): boolean => /^[RP]S/.test(alg);
export const isPss = (alg: string): boolean => alg.startsWith('PS');
export const isEcdsa = (alg: string): boolean => alg.startsWith('ES');
export const isEdDsa = (alg: string): boolean => alg.startsWith('Ed');
export const isHmac = (alg: string): boolean => alg.startsWith('HS');

const CURVES: Readonly<Record<string, { n: bigint; size: number }>> = {
  ES256: { n: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n, size: 32 },
  ES384: {
    n: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
    size: 48,
  },
  ES512: {
    n: (1n << 521n) - (1n << 260n) + 0xa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
    size: 66,
  },
};

/** The order of the base point, and the bytes of a number. */
export function curveOf(alg: string): { n: bigint; size: number } {
  const curve = CURVES[alg];
  if (curve === undefined) throw new Error(`${alg} has no curve`);
  return curve;
}

export const numberOf = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
export const padded = (value: bigint, size: number): Buffer =>
  Buffer.from(value.toString(16).padStart(size * 2, '0'), 'hex').subarray(-size);
export const pair = (r: bigint, s: bigint, size: number): Buffer => Buffer.concat([padded(r, size), padded(s, size)]);
