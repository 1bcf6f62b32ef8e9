// Key sets with keys that prove nothing, and sets that are none (security.md A3, A11-A19, A22, A23). Every token is signed
// as well as its key allows: it is the key that must be refused.

import {
  checkPrimeSync,
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  generatePrimeSync,
  type JsonWebKey,
} from 'node:crypto';
import { base64url, jwks, key, type TestKey } from '../../library/keys.ts';
import { exponentOne, type Forged, rocaKey, smallOrder } from '../../library/weak-keys.ts';
import { attacker, type Case, claims, encoded, type Family, forged, hmacToken, resigned, signedText } from './forge.ts';

const sound = key('ES384');

// ---------------------------------------------------------------- RSA

const bytesOf = (value: bigint): Buffer => {
  const hex = value.toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
};
const numberOf = (text = ''): bigint => BigInt(`0x${Buffer.from(text, 'base64url').toString('hex')}`);
const encode = (value: bigint): string => base64url(bytesOf(value));

/** A real key pair of that size and exponent, which signs as any other. */
function rsaKey(kid: string, bits: number, publicExponent = 65537): TestKey {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: bits, publicExponent });
  return {
    alg: 'RS256',
    kid,
    privateKey,
    jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' },
    pem: '',
  };
}

function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [value % modulus, modulus, 1n, 0n];
  while (b > 0n) [a, b, x, y] = [b, a % b, y, x - (a / b) * y];
  return ((x % modulus) + modulus) % modulus;
}

/** A key whose primes are neighbours: Fermat's method factors it at once (CVE-2022-26320). */
function closePrimes(): TestKey {
  const e = 65537n;
  const p = generatePrimeSync(1024, { bigint: true });
  let q = p + 2n;
  while (!checkPrimeSync(q) || (q - 1n) % e === 0n) q += 2n;
  const d = inverse(e, (p - 1n) * (q - 1n));
  const numbers = { n: p * q, e, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) };
  const members = Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, encode(value)]));
  const privateKey = createPrivateKey({ key: { kty: 'RSA', ...members } as JsonWebKey, format: 'jwk' });
  const { n, e: exponent } = members;
  return {
    alg: 'RS256',
    kid: 'close',
    privateKey,
    jwk: { kty: 'RSA', n, e: exponent, kid: 'close', alg: 'RS256' } as TestKey['jwk'],
    pem: '',
  };
}

const of = (by: TestKey): Forged => ({ token: forged({ by }), jwk: by.jwk });

/** A key of the issuer with other numbers, and a token with a signature that nothing could make. */
function renumbered(kid: string, over: object): Forged {
  const by = { ...key('RS256'), kid };
  return { token: forged({ by }), jwk: { ...by.jwk, ...over, kid } };
}

const n = numberOf(key('RS256').jwk.n);
const WEAK: readonly (readonly [name: string, made: () => Forged, finding: string])[] = [
  ['RSA of 512 bits', () => of(rsaKey('rsa-512', 512)), 'jwk.rsa.too_small'],
  ['RSA of 1024 bits', () => of(rsaKey('rsa-1024', 1024)), 'jwk.rsa.too_small'],
  ['RSA of 2040 bits', () => of(rsaKey('rsa-2040', 2040)), 'jwk.rsa.too_small'],
  ['RSA with e = 1, under which everything is signed', () => exponentOne(claims()), 'jwk.rsa.small_exponent'],
  ['RSA with e = 0', () => renumbered('e0', { e: 'AA' }), 'jwk.rsa.small_exponent'],
  ['RSA with e = 2', () => renumbered('e2', { e: 'Ag' }), 'jwk.rsa.small_exponent'],
  ['RSA with an even e', () => renumbered('even', { e: encode(65538n) }), 'jwk.rsa.small_exponent'],
  ['RSA with the form of ROCA', () => of(rocaKey()), 'jwk.rsa.roca'],
  ['RSA whose primes are neighbours', () => of(closePrimes()), 'jwk.rsa.close_primes'],
  ['RSA with an even modulus', () => renumbered('even-n', { n: encode(n - 1n) }), 'jwk.rsa.malformed'],
  ['RSA of 16 400 bits', () => renumbered('large', { n: encode((1n << 16_399n) | 1n) }), 'jwk.rsa.too_large'],
  ['RSA of a million bits', () => renumbered('huge', { n: encode((1n << 999_999n) | 1n) }), 'jwk.rsa.too_large'],
  ['RSA without n', () => renumbered('no-n', { n: undefined }), 'jwk.rsa.malformed'],
  ['RSA without e', () => renumbered('no-e', { e: undefined }), 'jwk.rsa.malformed'],
  ['RSA with n as a number', () => renumbered('number', { n: 65537 }), 'jwk.rsa.malformed'],
  [
    'RSA with n in base64 with padding',
    () => renumbered('padding', { n: `${key('RS256').jwk.n}==` }),
    'jwk.rsa.malformed',
  ],
  [
    'Ed25519 of small order, under which one signature is for everything',
    () => smallOrder(claims()),
    'jwk.okp.small_order',
  ],
  ...[
    '00'.repeat(32),
    `ec${'ff'.repeat(30)}7f`,
    `${'00'.repeat(31)}80`,
    `01${'00'.repeat(30)}80`,
    `ed${'ff'.repeat(30)}7f`,
    `ee${'ff'.repeat(30)}7f`,
    'ff'.repeat(32),
  ].map(
    (hex) =>
      [`Ed25519 with x = ${hex.slice(0, 4)}…${hex.slice(-2)}`, () => edwards(hex), 'jwk.okp.small_order'] as const,
  ),
  ['Ed25519 of 31 bytes', () => edwards('11'.repeat(31)), 'jwk.okp.malformed'],
  ['Ed25519 of 33 bytes', () => edwards('11'.repeat(33)), 'jwk.okp.malformed'],
  ['Ed25519 without x', () => edwards(''), 'jwk.okp.malformed'],
  ...(['RS256', 'ES256', 'EdDSA'] as const).map(
    (alg) => [`a private key of ${alg}`, () => published(alg), 'jwks.private_key_exposed'] as const,
  ),
  ...['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'priv'].map(
    (member) =>
      [
        `a private member ${member}`,
        () => renumbered(`with-${member}`, { [member]: 'c2VjcmV0' }),
        'jwks.private_key_exposed',
      ] as const,
  ),
  ['an EC key with a k', () => withK(), 'jwks.symmetric_key_exposed'],
];

function edwards(hex: string): Forged {
  const by = { ...key('EdDSA'), kid: 'odd' };
  const neutral = Buffer.concat([Buffer.of(1), Buffer.alloc(63)]);
  const input = `${encoded({ alg: 'EdDSA', kid: 'odd' })}.${encoded(claims())}`;
  return {
    token: `${input}.${base64url(neutral)}`,
    jwk: { ...by.jwk, x: base64url(Buffer.from(hex, 'hex')), kid: 'odd' },
  };
}

function published(alg: 'RS256' | 'ES256' | 'EdDSA'): Forged {
  const by = key(alg, 'published');
  return { token: forged({ by }), jwk: { ...by.privateKey.export({ format: 'jwk' }), kid: by.kid, alg, use: 'sig' } };
}

function withK(): Forged {
  const by = key('ES256', 'with-k');
  return { token: forged({ by }), jwk: { ...by.jwk, k: 'AAAA' } };
}

/** Alone no token can be judged by the set; beside a sound key the token is refused. */
const weak: Case[] = WEAK.flatMap(([name, make, finding]) => {
  const { token, jwk } = make();
  return [
    {
      name: `${name}, alone`,
      token,
      options: { jwks: jwks(jwk) },
      verdict: 'unknown' as const,
      error: 'ERR_NO_USABLE_KEY' as const,
      check: 'key_strength' as const,
      finding,
    },
    {
      name: `${name}, beside a sound key`,
      token,
      options: { jwks: jwks(sound, jwk) },
      check: 'key_strength' as const,
      finding,
    },
  ];
});

/** Bleichenbacher's forgery: what a cube root can make, a reader that does not look at the whole padding takes for a signature. */
function cubeRoot(by: TestKey): string {
  return resigned(by, (_, input) => {
    const digest = Buffer.concat([
      Buffer.from('3031300d060960864801650304020105000420', 'hex'),
      createHash('sha256').update(input).digest(),
    ]);
    const wanted = Buffer.concat([
      Buffer.of(0, 1),
      Buffer.alloc(8, 0xff),
      Buffer.of(0),
      digest,
      Buffer.alloc(245 - digest.length, 0xff),
    ]);
    const cube = BigInt(`0x${wanted.toString('hex')}`);
    let root = 1n << 690n;
    for (let next = root; ; root = next) {
      next = (2n * root + cube / (root * root)) / 3n;
      if (next >= root) break;
    }
    return Buffer.from(root.toString(16).padStart(512, '0'), 'hex');
  });
}
const three = rsaKey('e3', 2048, 3);

// ---------------------------------------------------------------- keys that do not fit

const ec = key('ES256');
const p384 = key('ES384');
/** A token by the named key, and a set in which that key is described otherwise. */
const described = (name: string, over: object, by: TestKey = ec): Case => ({
  name,
  token: forged({ by }),
  options: { jwks: jwks(sound === by ? key('RS256') : sound, { ...by.jwk, ...over }) },
  check: 'key',
  finding: 'jwk.alg_mismatch',
});

const misfits: Case[] = [
  ...['enc', '', 'SIG', 'sig ', 1, null, ['sig'], {}, true].map((use) =>
    described(`use ${JSON.stringify(use)}`, { use }),
  ),
  ...[['sign'], ['encrypt'], [], 'verify', null, {}, ['VERIFY'], [['verify']], 1].map((ops) =>
    described(`key_ops ${JSON.stringify(ops)}`, { key_ops: ops }),
  ),
  ...['ES384', 'RS256', 'none', 'HS256', 'es256', 'ES256 ', '', 1, null, ['ES256'], {}].map((alg) =>
    described(`alg ${JSON.stringify(alg)} at the key`, { alg }),
  ),
  ...['RSA', 'ec', 'oct', 'OKP', '', 'EC2', '__proto__', 'constructor', 1, null, ['EC']].map((kty) =>
    described(`kty ${JSON.stringify(kty)}`, { kty }),
  ),
  ...['P-384', 'p-256', 'secp256k1', 'secp256r1', '', 1, null].map((crv) =>
    described(`crv ${JSON.stringify(crv)}`, { crv }),
  ),
  described('no kty', { kty: undefined }),
  described('no crv', { crv: undefined }),
  described('alg PS256 at the key', { alg: 'PS256' }, key('RS256')),
  described('alg HS256 at the key (Hono)', { alg: 'HS256' }, key('RS256')),
  described('Ed448 at the key', { crv: 'Ed448' }, key('EdDSA')),
  described('X25519 at the key', { crv: 'X25519' }, key('EdDSA')),
];

/** Keys that can be read as none: there is no key then, and the program goes on. A point of another key is a key. */
const unreadable: Case[] = [
  ['a point off its curve', { y: ec.jwk.x }],
  ['the point 0, 0', { x: base64url(Buffer.alloc(32)), y: base64url(Buffer.alloc(32)) }],
  ['the point 0', { x: '', y: '' }],
  ['x beyond the field', { x: base64url(Buffer.alloc(32, 0xff)) }],
  ['x as long as on another curve', { x: p384.jwk.x, y: p384.jwk.y }],
  ['no y', { y: undefined }],
  ['no x', { x: undefined }],
  ['x as a number', { x: 7 }],
  ['x as a list', { x: [ec.jwk.x] }],
  ['x as null', { x: null }],
  ['a point of another key', { x: attacker('ES256').jwk.x, y: attacker('ES256').jwk.y }],
].map(([name, over]) => ({
  name: String(name),
  token: forged(),
  options: { jwks: jwks(sound, { ...ec.jwk, ...(over as object) }) },
  ...(name === 'a point of another key'
    ? { check: 'signature' as const }
    : { check: 'key' as const, finding: 'jwk.ec.invalid_point' }),
}));

// ---------------------------------------------------------------- names

const other = key('ES256', 'other');
const filler = (count: number): object[] =>
  Array.from({ length: count }, (_, at) => ({
    kty: 'EC',
    crv: 'P-256',
    x: ec.jwk.x,
    y: ec.jwk.y,
    kid: `filler-${at}`,
  }));
const bare = ({ jwk }: TestKey): object => ({ ...jwk, kid: undefined });

const names: Case[] = [
  { name: 'a kid that no key has', token: forged({ by: other }), check: 'key', finding: 'jwks.kid.not_found' },
  {
    name: 'a kid of one key, signed by another of the set',
    token: forged({ by: other, header: { alg: 'ES256', kid: ec.kid } }),
    options: { jwks: jwks(ec, other) },
    check: 'signature',
  },
  {
    name: 'two keys of one kid, of which neither signed',
    token: forged({ by: attacker('ES256'), header: { alg: 'ES256', kid: ec.kid } }),
    options: { jwks: jwks(ec, { ...other.jwk, kid: ec.kid }) },
    check: 'signature',
  },
  {
    name: 'no kid, and no key of the set that signed',
    token: forged({ by: attacker('ES256'), header: { alg: 'ES256' } }),
    options: { jwks: jwks(ec, other) },
    check: 'signature',
  },
  {
    name: 'keys without a kid for a token with one',
    token: forged(),
    options: { jwks: jwks(sound, bare(ec)) },
    check: 'key',
    finding: 'jwks.kid.not_found',
  },
  {
    name: 'kid as a number at the key',
    token: forged({ header: { alg: 'ES256', kid: '1' } }),
    options: { jwks: jwks(sound, { ...ec.jwk, kid: 1 }) },
    check: 'key',
    finding: 'jwks.kid.not_found',
  },
  {
    name: 'kid as a list at the key',
    token: forged({ header: { alg: 'ES256', kid: 'a' } }),
    options: { jwks: jwks(sound, { ...ec.jwk, kid: ['a'] }) },
    check: 'key',
    finding: 'jwks.kid.not_found',
  },
  {
    name: 'the right key behind 10 000 others',
    token: forged(),
    options: { jwks: jwks(...filler(10_000), ec) },
    check: 'key',
    finding: 'jwks.kid.not_found',
  },
  {
    name: 'the right key behind 16 that fit, and no kid',
    token: forged({ header: { alg: 'ES256' } }),
    options: { jwks: jwks(...Array.from({ length: 16 }, () => bare(other)), ec) },
    check: 'signature',
  },
  {
    name: '10 000 keys that fit, of which none signed, and no kid',
    token: forged({ by: attacker('ES256'), header: { alg: 'ES256' } }),
    options: { jwks: jwks(...filler(10_000)) },
    check: 'signature',
  },
];

// ---------------------------------------------------------------- sets

const emptySets: Case[] = [
  ['no key', { keys: [] }],
  ['nothing but null', { keys: [null, null] }],
  ['nothing but text', { keys: [JSON.stringify(ec.jwk)] }],
  ['lists in the place of keys', { keys: [[ec.jwk]] }],
  ['a shared secret', { keys: [{ kty: 'oct', k: base64url('s'.repeat(32)), alg: 'HS256', kid: ec.kid }] }],
  [
    'a shared secret that calls itself RS256',
    { keys: [{ kty: 'oct', k: base64url('s'.repeat(32)), alg: 'RS256', kid: ec.kid }] },
  ],
  ['keys of a kind from the future', { keys: [{ kty: 'AKP', alg: 'ML-DSA-44', pub: 'AAAA', kid: ec.kid }] }],
  ['keys for encryption', { keys: [{ ...ec.jwk, use: 'enc' }] }],
].map(([name, set]) => ({
  name: `a set with ${name}`,
  token: forged(),
  options: { jwks: JSON.stringify(set) },
  verdict: 'unknown' as const,
  error: 'ERR_NO_USABLE_KEY' as const,
}));

const symmetric: Case[] = [
  {
    name: 'HS256 by a shared secret that is published',
    token: hmacToken('s'.repeat(32), { kid: 'oct' }),
    options: { jwks: jwks(sound, { kty: 'oct', k: base64url('s'.repeat(32)), alg: 'HS256', kid: 'oct' }) },
    check: 'algorithm',
    finding: 'header.alg.symmetric',
  },
  {
    name: 'HS256 by a secret that is empty',
    token: hmacToken('', { kid: 'oct' }),
    options: { jwks: jwks(sound, { kty: 'oct', k: '', alg: 'HS256', kid: 'oct' }) },
    check: 'algorithm',
    finding: 'header.alg.symmetric',
  },
  {
    name: 'RS256 under the kid of a shared secret',
    token: signedText(`${encoded({ alg: 'RS256', kid: 'oct' })}.${encoded(claims())}`, { by: key('RS256') }),
    options: { jwks: jwks(sound, { kty: 'oct', k: 'AAAA', kid: 'oct' }) },
    check: 'key',
    finding: 'jwk.alg_mismatch',
  },
];

const odd = [
  null,
  7,
  'text',
  [],
  {},
  { kty: 'AKP' },
  { kty: 7 },
  { kty: 'EC', crv: 'P-256', x: 'AAAA', y: 'AAAA' },
  { kty: 'RSA' },
];

export const weaknesses: readonly Family[] = [
  {
    name: 'weak and published keys',
    good: [
      {
        name: 'e = 3, which is only told',
        token: forged({ by: three }),
        options: { jwks: jwks(three.jwk) },
        check: 'key_strength',
        finding: 'jwk.rsa.small_exponent',
      },
      {
        name: 'a weak key that the token does not name',
        token: forged(),
        options: { jwks: jwks(rsaKey('rsa-1024', 1024).jwk, ec) },
      },
      {
        name: 'n and e with zeros before them',
        token: forged({ by: key('RS256') }),
        options: {
          jwks: jwks({
            ...key('RS256').jwk,
            n: base64url(Buffer.concat([Buffer.alloc(3), Buffer.from(String(key('RS256').jwk.n), 'base64url')])),
            e: base64url(Buffer.of(0, 1, 0, 1)),
          }),
        },
      },
    ],
    bad: [
      ...weak,
      {
        name: 'e = 3 with the cube root of a padded hash',
        token: cubeRoot(three),
        options: { jwks: jwks(three.jwk) },
        check: 'signature',
      },
    ],
  },
  {
    name: 'keys that do not fit',
    good: [
      { name: 'key_ops verify', token: forged(), options: { jwks: jwks({ ...ec.jwk, key_ops: ['verify', 'sign'] }) } },
      {
        name: 'a key that says nothing of itself',
        token: forged(),
        options: { jwks: jwks({ ...ec.jwk, alg: undefined, use: undefined }) },
      },
      {
        name: 'alg Ed25519 at the key',
        token: forged({ by: key('EdDSA') }),
        options: { jwks: jwks({ ...key('EdDSA').jwk, alg: 'Ed25519' }) },
      },
    ],
    bad: [...misfits, ...unreadable],
  },
  {
    name: 'names of keys',
    good: [
      {
        name: 'two keys of one kid',
        token: forged(),
        options: { jwks: jwks({ ...other.jwk, kid: ec.kid }, ec) },
        check: 'key',
        finding: 'jwks.kid.duplicate',
      },
      {
        name: 'no kid, and two that fit',
        token: forged({ header: { alg: 'ES256' } }),
        options: { jwks: jwks(other, ec) },
        check: 'key',
        finding: 'jwks.kid.ambiguous',
      },
      { name: 'no kid anywhere', token: forged({ header: { alg: 'ES256' } }), options: { jwks: jwks(bare(ec)) } },
      { name: 'a single JWK for a set', token: forged(), options: { jwks: JSON.stringify(ec.jwk) } },
      { name: 'the right key before 10 000 others', token: forged(), options: { jwks: jwks(ec, ...filler(10_000)) } },
    ],
    bad: names,
  },
  {
    name: 'sets',
    good: [
      {
        name: 'odd entries around the right key',
        token: forged(),
        options: { jwks: JSON.stringify({ keys: [...odd, ec.jwk, ...odd], other: 'member' }) },
      },
    ],
    bad: [...emptySets, ...symmetric],
  },
];
