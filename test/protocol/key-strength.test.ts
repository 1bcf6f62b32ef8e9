import { generateKeyPairSync, generatePrimeSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isJsonObject, type JsonObject, parseJson } from '../../src/core/json.ts';
import { keyBits, keyProblems, thumbprint } from '../../src/protocol/key-strength.ts';
import { readVectors } from '../vectors/vectors.ts';

function read(object: object): JsonObject {
  const { value } = parseJson(JSON.stringify(object));
  if (!isJsonObject(value)) throw new Error('expected an object');
  return value;
}
const findings = (jwk: object) =>
  keyProblems(read(jwk)).map(({ finding, fatal }) => `${finding}${fatal ? '' : ' (warns)'}`);

const bytesOf = (value: bigint) => {
  const hex = value.toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex').toString('base64url');
};
const rsa = (n: bigint, e = 65537n) => ({ kty: 'RSA', n: bytesOf(n), e: bytesOf(e) });
const prime = (bits: number) => generatePrimeSync(bits, { bigint: true });
const modulus = (bits: number) => {
  const { n = '' } = generateKeyPairSync('rsa', { modulusLength: bits }).publicKey.export({ format: 'jwk' });
  return BigInt(`0x${Buffer.from(n, 'base64url').toString('hex')}`);
};
const SOUND = modulus(2048);

describe('RSA', () => {
  it('a sound key has no problem', () => {
    expect(findings(rsa(SOUND))).toEqual([]);
    expect(keyBits(read(rsa(SOUND)))).toBe(2048);
  });

  it.each([512, 1024])('%d bits are too small', (bits) => {
    const n = modulus(bits);
    expect(findings(rsa(n))).toEqual(['jwk.rsa.too_small']);
    expect(keyBits(read(rsa(n)))).toBe(bits);
  });

  it('2047 bits are too small, 16385 too large', () => {
    expect(findings(rsa((1n << 2046n) | 1n))).toContain('jwk.rsa.too_small');
    expect(findings(rsa((1n << 2047n) | 1n))).not.toContain('jwk.rsa.too_small');
    expect(findings(rsa((1n << 16384n) | 1n))).toEqual(['jwk.rsa.too_large']);
  });

  it.each([
    [0n, 'jwk.rsa.small_exponent'],
    [1n, 'jwk.rsa.small_exponent'],
    [2n, 'jwk.rsa.small_exponent'],
    [4n, 'jwk.rsa.small_exponent'],
    [65538n, 'jwk.rsa.small_exponent'],
    [3n, 'jwk.rsa.small_exponent (warns)'],
    [65535n, 'jwk.rsa.small_exponent (warns)'],
  ])('e = %d', (e, finding) => {
    expect(findings(rsa(SOUND, e))).toEqual([finding]);
  });

  it('e = 65537 and above is sound, also with a leading zero', () => {
    expect(findings(rsa(SOUND, 65539n))).toEqual([]);
    expect(findings({ ...rsa(SOUND), e: Buffer.from([0, 1, 0, 1]).toString('base64url') })).toEqual([]);
  });

  it('an even modulus is none', () => {
    expect(findings(rsa(SOUND - 1n))).toEqual(['jwk.rsa.malformed']);
  });

  it.each([
    ['no n', { kty: 'RSA', e: 'AQAB' }],
    ['no e', { kty: 'RSA', n: bytesOf(SOUND) }],
    ['an empty n', { kty: 'RSA', n: '', e: 'AQAB' }],
    ['n in plain base64', { kty: 'RSA', n: `${bytesOf(SOUND)}==`, e: 'AQAB' }],
    ['n as a number', { kty: 'RSA', n: 17, e: 'AQAB' }],
    ['n as a list', { kty: 'RSA', n: [], e: 'AQAB' }],
  ])('%s', (_, jwk) => {
    expect(findings(jwk)).toEqual(['jwk.rsa.malformed']);
  });

  it('knows primes that lie close, and not those that do not', () => {
    const p = prime(1024);
    let q = p + 2n;
    while (!isProbablePrime(q)) q += 2n;
    expect(findings(rsa(p * q))).toContain('jwk.rsa.close_primes');
    expect(findings(rsa(p * p))).toContain('jwk.rsa.close_primes');
    expect(findings(rsa(p * prime(1024)))).not.toContain('jwk.rsa.close_primes');
  });
});

/** Fermat to the base 2: enough to make a test key. */
function isProbablePrime(candidate: bigint): boolean {
  return power(2n, candidate - 1n, candidate) === 1n;
}

function power(base: bigint, exponent: bigint, mod: bigint): bigint {
  let [result, square] = [1n, base % mod];
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % mod;
    square = (square * square) % mod;
  }
  return result;
}

describe('ROCA (CVE-2017-15361)', () => {
  // The primes of the affected library are k * M + (65537 ** a mod M), M the product of the first primes.
  const FIRST_PRIMES = Array.from({ length: 700 }, (_, index) => index + 2).filter((n) =>
    Array.from({ length: Math.floor(Math.sqrt(n)) - 1 }, (_, index) => index + 2).every((d) => n % d !== 0),
  );
  const M = FIRST_PRIMES.slice(0, 126).reduce((product, one) => product * BigInt(one), 1n);
  const factor = (k: bigint, a: bigint) => k * M + power(65537n, a, M);

  it('is known by the structure of the modulus', () => {
    const [k, l] = [(1n << 53n) + 1n, (1n << 53n) + 12345n];
    const n = factor(k, 1234567n) * factor(l, 7654321n);
    expect(n.toString(2).length).toBeGreaterThanOrEqual(2048 - 80);
    expect(findings(rsa(n))).toContain('jwk.rsa.roca');
  });

  it('is not seen in sound keys', () => {
    for (const n of [SOUND, modulus(2048), modulus(3072), prime(1024) * prime(1024)])
      expect(findings(rsa(n))).not.toContain('jwk.rsa.roca');
  });

  it('is not seen when one small prime does not fit', () => {
    const n = factor((1n << 53n) + 1n, 5n) * factor((1n << 53n) + 3n, 6n);
    // 11 has a subgroup under 65537: adding M / 11 leaves every other prime as it was.
    const moved = Array.from({ length: 10 }, (_, index) => n + (M / 11n) * BigInt(index + 1));
    expect(moved.some((one) => !findings(rsa(one | 1n)).includes('jwk.rsa.roca'))).toBe(true);
  });
});

describe('Ed25519', () => {
  const okp = (x: string) => ({ kty: 'OKP', crv: 'Ed25519', x });
  const P = (1n << 255n) - 19n;
  const invert = (value: bigint) => power(value, P - 2n, P);
  const D = ((((P - 121665n) * invert(121666n)) % P) + P) % P;
  type Point = [bigint, bigint];
  const add = ([x1, y1]: Point, [x2, y2]: Point): Point => {
    const cross = (D * ((((x1 * x2) % P) * ((y1 * y2) % P)) % P)) % P;
    const mod = (value: bigint) => ((value % P) + P) % P;
    return [
      mod(mod(x1 * y2 + x2 * y1) * invert(mod(1n + cross))),
      mod(mod(y1 * y2 + x1 * x2) * invert(mod(1n - cross))),
    ];
  };
  const encode = ([x, y]: Point) => {
    const bytes = Buffer.from((y | ((x & 1n) << 255n)).toString(16).padStart(64, '0'), 'hex').reverse();
    return bytes.toString('base64url');
  };
  /** A point with that y, by the square root of RFC 8032 §5.1.3. */
  const withY = (y: bigint): Point | undefined => {
    const [u, v] = [(((y * y - 1n) % P) + P) % P, (D * y * y + 1n) % P];
    const root = (u * power(v, 3n, P) * power(u * power(v, 7n, P), (P - 5n) / 8n, P)) % P;
    if ((v * root * root) % P === u) return [root, y];
    const other = (root * power(2n, (P - 1n) / 4n, P)) % P;
    return (v * other * other) % P === u ? [other, y] : undefined;
  };
  const times = (point: Point, scalar: bigint): Point => {
    let [result, doubled]: [Point, Point] = [[0n, 1n], point];
    for (let rest = scalar; rest > 0n; rest >>= 1n) {
      if (rest & 1n) result = add(result, doubled);
      doubled = add(doubled, doubled);
    }
    return result;
  };
  const ORDER = (1n << 252n) + 27742317777372353535851937790883648493n;

  /** Points times the order of the large subgroup lie in the small one; it has 8 elements. */
  function smallSubgroup(): Set<string> {
    for (let y = 2n; ; y += 1n) {
      const point = withY(y);
      if (point === undefined) continue;
      const generator = times(point, ORDER);
      const all = new Set(Array.from({ length: 8 }, (_, index) => encode(times(generator, BigInt(index)))));
      if (all.size === 8) return all;
    }
  }

  it('the 8 points of small order are known, computed from the curve', () => {
    const all = smallSubgroup();
    expect(all.size).toBe(8);
    for (const x of all) expect(findings(okp(x))).toEqual(['jwk.okp.small_order']);
  });

  it('their other encodings are refused too', () => {
    const encoded = (y: bigint, sign: bigint) => encode([sign, y]);
    for (const y of [P, P + 1n, (1n << 255n) - 1n])
      for (const sign of [0n, 1n]) expect(findings(okp(encoded(y, sign)))).toEqual(['jwk.okp.small_order']);
    for (const y of [1n, P - 1n]) expect(findings(okp(encoded(y, 1n)))).toEqual(['jwk.okp.small_order']);
  });

  it('sound keys have no problem', () => {
    for (let round = 0; round < 20; round += 1) {
      const jwk = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
      expect(findings(jwk)).toEqual([]);
      expect(keyBits(read(jwk))).toBe(256);
    }
  });

  it.each(['', 'AAAA', `${'A'.repeat(43)}=`, 'A'.repeat(44)])('x = %j is malformed', (x) => {
    expect(findings(okp(x))).toEqual(['jwk.okp.malformed']);
  });
});

describe('keys that should not have been published', () => {
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  it.each(['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'priv'])('the private member %s', (name) => {
    const [problem, ...rest] = keyProblems(read({ ...rsa(SOUND), [name]: 'c2VjcmV0LXZhbHVl' }));
    expect(rest).toEqual([]);
    expect(problem).toMatchObject({ finding: 'jwks.private_key_exposed', fatal: true });
    expect(JSON.stringify(problem)).not.toContain('c2VjcmV0');
  });

  it('a private EC key, a symmetric key, and one that hides behind a public type', () => {
    expect(findings(ec.publicKey.export({ format: 'jwk' }))).toEqual([]);
    expect(findings(ec.privateKey.export({ format: 'jwk' }))).toEqual(['jwks.private_key_exposed']);
    expect(findings({ kty: 'oct', k: 'AAAA' })).toEqual(['jwks.symmetric_key_exposed']);
    expect(findings({ kty: 'oct' })).toEqual(['jwks.symmetric_key_exposed']);
    expect(findings({ ...rsa(SOUND), k: 'AAAA' })).toEqual(['jwks.symmetric_key_exposed']);
  });

  it.each([
    ['3_1.ec_public_key', []],
    ['3_2.ec_private_key', ['jwks.private_key_exposed']],
    ['3_3.rsa_public_key', []],
    ['3_4.rsa_private_key', ['jwks.private_key_exposed']],
    ['3_5.symmetric_key_mac_computation', ['jwks.symmetric_key_exposed']],
    ['3_6.symmetric_key_encryption', ['jwks.symmetric_key_exposed']],
  ])('RFC 7520 %s', (name, expected) => {
    expect(findings(readVectors(`rfc/cookbook/jwk/${name}`))).toEqual(expected);
  });
});

describe('thumbprint', () => {
  const { vectors } = readVectors<{ vectors: { kind: string; id: string; jwk: object; thumbprint: string }[] }>(
    'rfc/jose-rfc-vectors',
  );
  const printed = vectors.filter(({ kind }) => kind === 'jwk-thumbprint');

  it('has the two printed examples', () => {
    expect(printed.map(({ id }) => id).sort()).toEqual(['rfc7638-3.1', 'rfc8037-A.3']);
  });

  it.each(printed)('$id', ({ jwk, thumbprint: expected }) => {
    expect(thumbprint(read(jwk))).toBe(expected);
  });

  it('counts only the members that make the key', () => {
    const jwk = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'jwk' });
    expect(thumbprint(read({ ...jwk, kid: 'a', use: 'sig', d: 'x' }))).toBe(thumbprint(read(jwk)));
    expect(thumbprint(read({ ...jwk, x: 'AAAA' }))).not.toBe(thumbprint(read(jwk)));
    expect(keyBits(read(jwk))).toBe(384);
  });

  it.each([
    { kty: 'oct', k: 'AAAA' },
    { kty: 'RSA', n: 'AAAA' },
    { kty: 'EC', crv: 'P-256', x: 1, y: 2 },
    {},
    { kty: 'constructor' },
  ])('%j has none', (jwk) => {
    expect(thumbprint(read(jwk))).toBeUndefined();
  });
});
