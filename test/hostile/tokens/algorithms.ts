// What the header says of the algorithm, and what stands in the place of a signature (security.md A1-A6, A21).

import { createHash, createPublicKey, sign } from 'node:crypto';
import { type Alg, base64url, jwks, key } from '../../library/keys.ts';
import {
  attacker,
  type Case,
  claims,
  encoded,
  type Family,
  forged,
  headerOf,
  hmacToken,
  KEYS,
  keySet,
  resigned,
  signatureOf,
} from './forge.ts';

const unsigned = (header: string | object, signature = ''): string =>
  `${encoded(header)}.${encoded(claims())}.${signature}`;

const good: Case[] = [
  ...KEYS.map((by) => ({ name: `signed as ${by.alg}`, token: forged({ by }) })),
  ...(['RS384', 'RS512'] as const).map((alg) => ({
    name: `signed as ${alg}, by a key that names no algorithm`,
    token: forged({ by: key('RS256'), header: { alg, kid: 'free' }, as: alg }),
    options: { jwks: jwks({ ...key('RS256').jwk, alg: undefined, kid: 'free' }) },
  })),
  ...(['PS384', 'PS512'] as const).map((alg) => ({
    name: `signed as ${alg}, by a key that names no algorithm`,
    token: forged({ by: key('PS256'), header: { alg, kid: 'free' }, as: alg }),
    options: { jwks: jwks({ ...key('PS256').jwk, alg: undefined, kid: 'free' }) },
  })),
  {
    name: 'Ed25519 by its name of RFC 9864',
    token: forged({ by: key('EdDSA'), header: headerOf(key('EdDSA'), { alg: 'Ed25519' }) }),
  },
  {
    name: 'HS256 with the secret that was given',
    token: hmacToken('s'.repeat(32)),
    options: { jwks: undefined, secret: 's'.repeat(32) },
  },
];

// ---------------------------------------------------------------- none

const NONE = ['none', 'None', 'NONE', 'nOnE', 'NonE', 'noNE'];
/** Not the word, and no algorithm either. */
const ALMOST_NONE = [
  'none ',
  ' none',
  'none\0',
  'none\n',
  '\u200bnone',
  'nοne',
  'ｎｏｎｅ',
  'noné',
  'non',
  'null',
  'plain',
  'unsecured',
  '',
];

const none: Case[] = [
  ...NONE.flatMap((alg) => [
    {
      name: `alg ${alg}, no signature`,
      token: unsigned({ alg }),
      check: 'algorithm' as const,
      finding: 'header.alg.none',
    },
    {
      name: `alg ${alg}, a signature of zeros`,
      token: unsigned({ alg }, base64url(Buffer.alloc(64))),
      check: 'algorithm' as const,
      finding: 'header.alg.none',
    },
    {
      name: `alg ${alg}, the signature of a good token`,
      token: forged({ header: headerOf(key(), { alg }) }),
      check: 'signature' as const,
      finding: 'signature.missing',
    },
  ]),
  {
    name: 'alg none by an escape in its JSON',
    token: unsigned('{"\\u0061lg":"n\\u006fne","kid":"ES256-1"}'),
    check: 'algorithm',
    finding: 'header.alg.none',
  },
  {
    name: 'alg none though the caller allows it',
    token: unsigned({ alg: 'none' }),
    options: { algorithms: ['none', 'ES256'] },
    check: 'algorithm',
    finding: 'header.alg.none',
  },
  ...ALMOST_NONE.map((alg) => ({
    name: `alg ${JSON.stringify(alg)}`,
    token: forged({ header: headerOf(key(), { alg }) }),
    check: 'algorithm' as const,
    finding: 'header.alg.unsupported',
  })),
];

// ---------------------------------------------------------------- from public key to shared secret

const rsa = key('RS256');
const der = (alg: Alg) => createPublicKey(key(alg).pem).export({ format: 'der', type: 'spki' });
const { n = '', e = '' } = rsa.jwk;

const PUBLIC_SECRETS: readonly (readonly [name: string, secret: string | Uint8Array])[] = [
  ['the PEM', rsa.pem],
  ['the PEM without its last line end', rsa.pem.trimEnd()],
  ['the PEM with a space before it', ` ${rsa.pem}`],
  ['the PEM with a line end before it', `\n${rsa.pem}`],
  ['the PEM with CR LF', rsa.pem.replaceAll('\n', '\r\n')],
  ['the PEM with escaped line ends', rsa.pem.replaceAll('\n', '\\n')],
  ['the PEM on one line', rsa.pem.replaceAll('\n', '')],
  ['the base64 of the PEM', Buffer.from(rsa.pem).toString('base64')],
  ['the lines of the PEM alone', rsa.pem.replace(/-----[^\n]*-----\n?/g, '')],
  ['the PEM of PKCS#1', String(createPublicKey(rsa.pem).export({ format: 'pem', type: 'pkcs1' }))],
  ['the DER', der('RS256')],
  ['the DER of PKCS#1', createPublicKey(rsa.pem).export({ format: 'der', type: 'pkcs1' })],
  ['the JWK', JSON.stringify(rsa.jwk)],
  ['the JWK in two spaces', JSON.stringify(rsa.jwk, undefined, 2)],
  ['the JWK as its thumbprint reads it', JSON.stringify({ e, kty: 'RSA', n })],
  ['the JWK Set', keySet],
  ['the modulus', Buffer.from(n, 'base64url')],
  ['the text of the modulus', n],
  ['the kid', rsa.kid],
  ['the PEM of an EC key', key('ES256').pem],
  ['the DER of an EC key', der('ES256')],
  ['the JWK of an EC key', JSON.stringify(key('ES256').jwk)],
  ['the x of an Ed25519 key', Buffer.from(String(key('EdDSA').jwk.x), 'base64url')],
  ['nothing', ''],
  ['the word secret', 'secret'],
];

const confusion: Case[] = [
  ...PUBLIC_SECRETS.map(([name, secret]) => ({
    name: `HS256 over ${name}`,
    token: hmacToken(secret),
    check: 'algorithm' as const,
    finding: 'header.alg.symmetric',
  })),
  ...['HS384', 'HS512'].flatMap((alg) =>
    PUBLIC_SECRETS.slice(0, 3).map(([name, secret]) => ({
      name: `${alg} over ${name}`,
      token: hmacToken(secret, { alg }),
      check: 'algorithm' as const,
      finding: 'header.alg.symmetric',
    })),
  ),
  ...PUBLIC_SECRETS.slice(0, 3).map(([name, secret]) => ({
    name: `HS256 over ${name}, which is given as --key`,
    token: hmacToken(secret),
    options: { jwks: undefined, key: rsa.pem },
    check: 'algorithm' as const,
    finding: 'header.alg.symmetric',
  })),
  {
    name: 'HS256 over the JWK, which names no algorithm, and whose own header does (Hono)',
    token: hmacToken(JSON.stringify({ ...rsa.jwk, alg: undefined }), { kid: 'free' }),
    options: { jwks: jwks({ ...rsa.jwk, alg: undefined, kid: 'free' }) },
    check: 'algorithm',
    finding: 'header.alg.symmetric',
  },
  {
    name: 'HS256 though the caller allows it, without a secret',
    token: hmacToken(rsa.pem),
    options: { algorithms: ['HS256', 'RS256'] },
    check: 'algorithm',
    finding: 'header.alg.symmetric',
  },
  {
    name: 'RS256 where a secret was given',
    token: forged({ by: rsa }),
    options: { jwks: undefined, secret: rsa.pem },
    check: 'algorithm',
  },
  {
    name: 'HS256 with a secret that is shorter than its hash',
    token: hmacToken('short-secret'),
    options: { jwks: undefined, secret: 'short-secret' },
    check: 'key_strength',
    finding: 'key.hmac.too_short',
  },
  {
    name: 'HS256 with another secret',
    token: hmacToken('t'.repeat(32)),
    options: { jwks: undefined, secret: 's'.repeat(32) },
    check: 'signature',
  },
];

// ---------------------------------------------------------------- names

const STRANGE_NAMES = [
  ...[
    'rs256',
    'Rs256',
    'es256',
    'ES-256',
    'ES256 ',
    ' ES256',
    'ES256\0',
    'ES256\n',
    'ES256,none',
    'ES256;none',
    'ЕS256',
  ],
  ...['ES255', 'ES521', 'ES256K', 'ES2560', 'RS1', 'RS255', 'RS2560', 'Ed448', 'eddsa', 'ed25519', 'ML-DSA-44', 'SM2'],
  ...['SHA256withRSA', 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256', 'RSA-OAEP', 'dir', 'A128KW', 'A256GCM'],
  ...[
    'PBES2-HS256+A128KW',
    'ECDH-ES',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'valueOf',
    '*',
    '../none',
  ],
];

const names: Case[] = [
  ...STRANGE_NAMES.map((alg) => ({
    name: `alg ${JSON.stringify(alg)} over a good signature`,
    token: forged({ header: headerOf(key(), { alg }) }),
    check: 'algorithm' as const,
    finding: 'header.alg.unsupported',
  })),
  ...[1, 0, null, true, [], ['ES256'], {}, { ES256: true }].map((alg) => ({
    name: `alg ${JSON.stringify(alg)}, which is no text`,
    token: forged({ header: { alg, typ: 'at+jwt', kid: key().kid } }),
    check: 'format' as const,
    finding: 'token.malformed',
  })),
  {
    name: 'no alg',
    token: forged({ header: { typ: 'at+jwt', kid: key().kid } }),
    check: 'format',
    finding: 'token.malformed',
  },
  {
    name: 'an algorithm that the caller does not allow',
    token: forged(),
    options: { algorithms: ['RS256'] },
    check: 'algorithm',
  },
  ...(['RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const).map((alg) => ({
    name: `${alg} by a key that is for RS256`,
    token: forged({ by: rsa, header: headerOf(rsa, { alg }), as: alg }),
    check: 'key' as const,
    finding: 'jwk.alg_mismatch',
  })),
  ...(['ES384', 'ES512', 'RS256', 'PS256', 'EdDSA'] as const).map((alg) => ({
    name: `${alg} under the kid of a key for ES256`,
    token: forged({ by: attacker(alg), header: { alg, kid: key().kid } }),
    check: 'key' as const,
    finding: 'jwk.alg_mismatch',
  })),
];

// ---------------------------------------------------------------- signatures

const ORDERS = {
  ES256: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  ES384: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
  ES512: (1n << 521n) - (1n << 260n) + 0xa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
} as const;
type Curve = keyof typeof ORDERS;
const CURVES = Object.keys(ORDERS) as Curve[];

const numberOf = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
const padded = (value: bigint, size: number): Buffer =>
  Buffer.from(value.toString(16).padStart(size * 2, '0'), 'hex').subarray(-size);
const pair = (r: bigint, s: bigint, size: number): Buffer => Buffer.concat([padded(r, size), padded(s, size)]);

type Numbers = { r: bigint; s: bigint; n: bigint };
const ECDSA: readonly (readonly [name: string, change: (numbers: Numbers) => readonly [bigint, bigint]])[] = [
  ['r = s = 0 (psychic)', () => [0n, 0n]],
  ['r = 0', ({ s }) => [0n, s]],
  ['s = 0', ({ r }) => [r, 0n]],
  ['r = s = 1', () => [1n, 1n]],
  ['r = n', ({ n, s }) => [n, s]],
  ['s = n', ({ r, n }) => [r, n]],
  ['r = s = n', ({ n }) => [n, n]],
  ['r = n + 1', ({ n, s }) => [n + 1n, s]],
  ['r = 0, s = n', ({ n }) => [0n, n]],
  ['r and s the other way round', ({ r, s }) => [s, r]],
  ['n - r', ({ r, s, n }) => [n - r, s]],
];

const ecdsa: Case[] = CURVES.flatMap((alg) =>
  ECDSA.map(([name, change]) => ({
    name: `${alg} with ${name}`,
    token: resigned(key(alg), (signature) => {
      const size = signature.length / 2;
      const [r, s] = [numberOf(signature.subarray(0, size)), numberOf(signature.subarray(size))];
      return pair(...change({ r, s, n: ORDERS[alg] }), size);
    }),
    check: 'signature' as const,
  })),
);

const FORMS: readonly (readonly [name: string, change: (signature: Buffer, input: string) => Uint8Array])[] = [
  ['in DER', (_, input) => sign('sha256', Buffer.from(input), key().privateKey)],
  [
    'in DER, filled up to 64 bytes',
    (_, input) =>
      Buffer.concat([sign('sha256', Buffer.from(input), key().privateKey), Buffer.alloc(64)]).subarray(0, 64),
  ],
  [
    'with a zero before both numbers',
    (signature) => Buffer.concat([Buffer.of(0), signature.subarray(0, 32), Buffer.of(0), signature.subarray(32)]),
  ],
  ['with a zero at its end', (signature) => Buffer.concat([signature, Buffer.of(0)])],
  ['with a zero before it', (signature) => Buffer.concat([Buffer.of(0), signature])],
  ['without its last byte', (signature) => signature.subarray(0, -1)],
  ['without its second half', (signature) => signature.subarray(0, 32)],
  ['twice', (signature) => Buffer.concat([signature, signature])],
  ['in hexadecimal digits', (signature) => Buffer.from(signature.toString('hex'))],
  ['of all ones', () => Buffer.alloc(64, 0xff)],
  ['of one byte', () => Buffer.of(0)],
  ['with one bit changed', (signature) => Buffer.concat([Buffer.of((signature[0] ?? 0) ^ 1), signature.subarray(1)])],
  ['of another key', (_, input) => signatureOf(input, attacker('ES256').privateKey, 'ES256')],
  ['of another text', (_, input) => signatureOf(`${input}.`, key().privateKey, 'ES256')],
  ['over the decoded text', () => signatureOf(JSON.stringify(claims()), key().privateKey, 'ES256')],
  ['over the payload alone', (_, input) => signatureOf(input.split('.')[1] ?? '', key().privateKey, 'ES256')],
];

const RSA_FORMS: readonly (readonly [name: string, change: (signature: Buffer, input: string) => Uint8Array])[] = [
  ['of zeros', () => Buffer.alloc(256)],
  ['of the number 1', () => padded(1n, 256)],
  ['of the modulus', () => Buffer.from(n, 'base64url')],
  ['of the modulus less 1', () => padded(numberOf(Buffer.from(n, 'base64url')) - 1n, 256)],
  [
    'that is not reduced by the modulus',
    (signature) => padded(numberOf(signature) + numberOf(Buffer.from(n, 'base64url')), 257),
  ],
  ['with a zero before it', (signature) => Buffer.concat([Buffer.of(0), signature])],
  ['without its first byte', (signature) => signature.subarray(1)],
  ['without its last byte', (signature) => signature.subarray(0, -1)],
  ['by SHA-1', (_, input) => sign('sha1', Buffer.from(input), rsa.privateKey)],
  ['by MD5', (_, input) => sign('md5', Buffer.from(input), rsa.privateKey)],
  ['by SHA-512', (_, input) => signatureOf(input, rsa.privateKey, 'RS512')],
  ['by PSS', (_, input) => signatureOf(input, rsa.privateKey, 'PS256')],
  ['that is the hash itself', (_, input) => createHash('sha256').update(input).digest()],
];

const PSS_FORMS: readonly (readonly [name: string, change: (signature: Buffer, input: string) => Uint8Array])[] = [
  ['of PKCS#1 v1.5', (_, input) => signatureOf(input, key('PS256').privateKey, 'RS256')],
  ['without salt', (_, input) => pss(input, 0)],
  ['with as much salt as fits', (_, input) => pss(input, 222)],
  ['by SHA-512', (_, input) => signatureOf(input, key('PS256').privateKey, 'PS512')],
  ['with a zero before it', (signature) => Buffer.concat([Buffer.of(0), signature])],
  // The same number, which OpenSSL takes.
  ['without the zero that it begins with', (_, input) => beginningWithZero(input).subarray(1)],
];

/** One of the signatures of that text that begin with a zero: one in 256 or so, because each has another salt. */
function beginningWithZero(input: string): Buffer {
  for (;;) {
    const signature = signatureOf(input, key('PS256').privateKey, 'PS256');
    if (signature[0] === 0) return signature;
  }
}
const pss = (input: string, saltLength: number): Buffer =>
  sign('sha256', Buffer.from(input), { key: key('PS256').privateKey, padding: 6, saltLength });

const ED_ORDER = (1n << 252n) + 27742317777372353535851937790883648493n;
const littleEndian = (value: bigint): Buffer => padded(value, 32).reverse();
const EDDSA_FORMS: readonly (readonly [name: string, change: (signature: Buffer, input: string) => Uint8Array])[] = [
  ['of zeros', () => Buffer.alloc(64)],
  [
    'with S + L (malleable)',
    (signature) =>
      Buffer.concat([
        signature.subarray(0, 32),
        littleEndian(numberOf(Buffer.from(signature.subarray(32)).reverse()) + ED_ORDER),
      ]),
  ],
  ['with S = L', (signature) => Buffer.concat([signature.subarray(0, 32), littleEndian(ED_ORDER)])],
  ['with R of small order and S = 0', () => Buffer.concat([littleEndian(1n), Buffer.alloc(32)])],
  ['without its last byte', (signature) => signature.subarray(0, -1)],
  ['with a zero at its end', (signature) => Buffer.concat([signature, Buffer.of(0)])],
];

const changed = (alg: Alg, forms: typeof FORMS): Case[] =>
  forms.map(([name, change]) => ({
    name: `a signature of ${alg} ${name}`,
    token: resigned(key(alg), change),
    check: 'signature' as const,
  }));

const empty: Case[] = [...KEYS.map(({ alg }) => alg)].map((alg) => ({
  name: `${alg} with no signature at all`,
  token: resigned(key(alg), () => Buffer.alloc(0)),
  check: 'format' as const,
  finding: 'token.truncated',
}));

/** RFC 7518 §3.4 has no rule for which of the two forms of an ECDSA signature is the right one: both are. */
const malleable: Case[] = CURVES.map((alg) => ({
  name: `${alg} with n - s: the other form of the same signature`,
  token: resigned(key(alg), (signature) => {
    const size = signature.length / 2;
    return pair(numberOf(signature.subarray(0, size)), ORDERS[alg] - numberOf(signature.subarray(size)), size);
  }),
}));

export const algorithms: readonly Family[] = [
  { name: 'none', good: good.slice(0, 1), bad: none },
  { name: 'a public key as a secret', good, bad: confusion },
  { name: 'names of algorithms', good: good.slice(0, -1), bad: names },
  { name: 'numbers of ECDSA signatures', good: malleable, bad: ecdsa },
  {
    name: 'forms of signatures',
    good: good.slice(0, 6),
    bad: [
      ...changed('ES256', FORMS),
      ...changed('RS256', RSA_FORMS),
      ...changed('PS256', PSS_FORMS),
      ...changed('EdDSA', EDDSA_FORMS),
      ...empty,
    ],
  },
];
