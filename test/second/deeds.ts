// What is done to a generated token, one thing at a time. `good` are those that RFC 7515 and RFC 7518 accept.

import { type KeyObject, sign } from 'node:crypto';
import type { Random } from '../fuzz/engine.ts';
import { accessClaims, base64url, ISSUER } from '../library/keys.ts';
import { exponentOne, rocaKey, smallOrder } from '../library/weak-keys.ts';
import { curveOf, isEcdsa, isEdDsa, isHmac, isPss, isRsa, numberOf, padded, pair } from './numbers.ts';
import { asSigner, hmacSigner, NAMES, rsaSigner, type Signer, signerOf } from './signers.ts';

export interface Making {
  readonly signer: Signer;
  readonly alg: string;
  readonly random: Random;
}

export interface Made {
  readonly token: string;
  /** In place of the key of the signer. */
  readonly key?: Readonly<Record<string, unknown>>;
}

export interface Deed {
  readonly good?: boolean;
  /** The algorithms for which it can be done; all unless given. */
  readonly for?: (alg: string) => boolean;
  readonly make: (making: Making) => Made;
}

// ---------------------------------------------------------------- tokens

type Parts = [header: string, payload: string, signature: string];

const claims = (random: Random): object => accessClaims(ISSUER, { jti: String(random(1 << 30)) });
const headerOf = ({ alg, kid }: Signer): object => ({ alg, typ: 'at+jwt', kid });
const text = (part: unknown): string | Uint8Array =>
  typeof part === 'string' || part instanceof Uint8Array ? part : JSON.stringify(part);

interface Written {
  header?: unknown;
  payload?: unknown;
  /** Signs as that algorithm, whatever the header says. */
  as?: string;
}

function token({ signer, alg, random }: Making, { header, payload, as = alg }: Written = {}): string {
  const input = `${base64url(text(header ?? headerOf(signer)))}.${base64url(text(payload ?? claims(random)))}`;
  return `${input}.${base64url(signer.sign(input, as))}`;
}

const parts = (making: Making, written?: Written): Parts => token(making, written).split('.') as Parts;

/** The token with another signature, made of the true one and the text that it signs. */
function resigned(making: Making, change: (signature: Buffer, input: string) => Uint8Array): Made {
  const [header, payload, signature] = parts(making);
  const input = `${header}.${payload}`;
  return { token: `${input}.${base64url(change(Buffer.from(signature, 'base64url'), input))}` };
}

/** Without the first byte of the signature, for algorithms that sign otherwise each time: signed until it is a wanted one. */
function withoutFirstByte(making: Making, isWanted: (byte: number) => boolean): Made {
  return resigned(making, (first, input) => {
    let signature = first;
    while (!isWanted(signature[0] ?? -1)) signature = making.signer.sign(input);
    return signature.subarray(1);
  });
}

/** One part with one bit of its bytes changed. */
function flipped(making: Making, part: 0 | 1 | 2): Made {
  const all = parts(making);
  const bytes = Buffer.from(all[part], 'base64url');
  const bit = making.random(bytes.length * 8);
  bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  all[part] = base64url(bytes);
  return { token: all.join('.') };
}

/** One part with its text changed. */
function respelled(making: Making, part: number, change: (text: string) => string): Made {
  const all = parts(making);
  return { token: all.map((one, at) => (at === part ? change(one) : one)).join('.') };
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Sets a bit of the last character that carries no data; white space in the JSON makes room for one. */
function withUnusedBit(making: Making, part: 0 | 1 | 2): Made {
  const spaced = (json: object): string =>
    `${JSON.stringify(json)}${' '.repeat((JSON.stringify(json).length % 3) + 1)}`;
  const roomy = (json: object): string => [spaced(json), `${spaced(json)} `].find((one) => one.length % 3 !== 0) ?? '';
  const written = { header: roomy(headerOf(making.signer)), payload: roomy(claims(making.random)) };
  const all = parts(making, written);
  const last = all[part].at(-1) ?? '';
  all[part] = all[part].slice(0, -1) + ALPHABET[ALPHABET.indexOf(last) | 1];
  return { token: all.join('.') };
}

const inserted = (into: string, what: string, at: number): string => into.slice(0, at) + what + into.slice(at);

/** Another name of an algorithm that is another (EdDSA and Ed25519 are one, RFC 9864 §2.2). */
function another({ alg, random }: Making): string {
  const others = NAMES.filter((one) => one !== alg && !(isEdDsa(one) && isEdDsa(alg)));
  return others[random(others.length)] ?? '';
}

// ---------------------------------------------------------------- sound

const SOUND: Record<string, Deed> = {
  sound: { good: true, make: (making) => ({ token: token(making) }) },
  'sound, once more': { good: true, make: (making) => ({ token: token(making) }) },
  'without kid and typ': { good: true, make: (making) => ({ token: token(making, { header: { alg: making.alg } }) }) },
  'a key without kid and use': {
    good: true,
    make: (making) => {
      const { kid: _kid, use: _use, ...key } = making.signer.key;
      return { token: token(making, { header: { alg: making.alg } }), key };
    },
  },
  'white space and escapes in its JSON': {
    good: true,
    make: (making) => ({
      token: token(making, {
        header: ` {\n"\\u0061lg" :\t"${making.alg}" }`,
        payload: JSON.stringify({ ...claims(making.random), name: 'Zoë \u{1f600}' }, null, 2),
      }),
    }),
  },
  'a long payload': {
    good: true,
    make: (making) => ({
      token: token(making, { payload: { ...claims(making.random), x: 'x'.repeat(1 + making.random(9000)) } }),
    }),
  },
  'members of a header that nobody knows': {
    good: true,
    make: (making) => ({ token: token(making, { header: { ...headerOf(making.signer), x: [1, { y: null }] } }) }),
  },
};

// ---------------------------------------------------------------- altered

const ALTERED: Record<string, Deed> = {
  'a bit of the header': { make: (making) => flipped(making, 0) },
  'a bit of the payload': { make: (making) => flipped(making, 1) },
  'a bit of the signature': { make: (making) => flipped(making, 2) },
  'a bit of the signature, once more': { make: (making) => flipped(making, 2) },
  'another payload': {
    make: (making) => {
      const [header, , signature] = parts(making);
      return { token: [header, base64url(text({ ...claims(making.random), sub: 'admin' })), signature].join('.') };
    },
  },
  'a signature of another token': {
    make: (making) => {
      const [header, payload] = parts(making);
      return { token: `${header}.${payload}.${parts(making)[2]}` };
    },
  },
  'a character in place of another': {
    make: (making) => {
      const whole = token(making);
      // The last character of a part may hold bits that carry no data, which is a deed of its own.
      const all = [...whole].flatMap((one, at) => (one === '.' || '.'.includes(whole[at + 1] ?? '.') ? [] : [at]));
      const at = all[making.random(all.length)] ?? 0;
      const other = ALPHABET[(ALPHABET.indexOf(whole[at] ?? '') + 1 + making.random(63)) % 64];
      return { token: whole.slice(0, at) + other + whole.slice(at + 1) };
    },
  },
  'the end cut off': {
    make: (making) => {
      const whole = token(making);
      return { token: whole.slice(0, -4 - making.random(whole.length - 8)) };
    },
  },
  'a short signature': {
    make: (making) => resigned(making, (signature) => signature.subarray(0, making.random(signature.length))),
  },
  'a signature without its first byte': {
    make: (making) => resigned(making, (signature) => signature.subarray(1)),
    for: (alg) => !isPss(alg) && !isEcdsa(alg),
  },
  'a signature without its first byte, not a zero': {
    make: (making) => withoutFirstByte(making, (byte) => byte !== 0),
    for: (alg) => isPss(alg) || isEcdsa(alg),
  },
  'a signature without its first byte, a zero': {
    make: (making) => withoutFirstByte(making, (byte) => byte === 0),
    for: (alg) => isPss(alg) || isEcdsa(alg),
  },
  'a long signature': {
    make: (making) => resigned(making, (signature) => Buffer.concat([signature, Buffer.alloc(1 + making.random(9))])),
  },
  'zeros before the signature': {
    make: (making) => resigned(making, (signature) => Buffer.concat([Buffer.alloc(1 + making.random(3)), signature])),
  },
  'the signature twice': { make: (making) => resigned(making, (one) => Buffer.concat([one, one])) },
  'an empty signature': { make: (making) => resigned(making, () => Buffer.alloc(0)) },
  'a signature of zeros': { make: (making) => resigned(making, (one) => Buffer.alloc(one.length)) },
  'a signature of ones': { make: (making) => resigned(making, (one) => Buffer.alloc(one.length, 0xff)) },
  'a signature of chance': {
    make: (making) => resigned(making, (one) => Buffer.from(one.map(() => making.random(256)))),
  },
  'two parts': { make: (making) => ({ token: parts(making).slice(0, 2).join('.') }) },
  'four parts': { make: (making) => ({ token: `${token(making)}.${parts(making)[2]}` }) },
  'a dot at its end': { make: (making) => ({ token: `${token(making)}.` }) },
  'signed over the payload alone': {
    make: (making) => resigned(making, (_, input) => making.signer.sign(input.split('.')[1] ?? '')),
  },
  'signed over the decoded text': {
    make: (making) =>
      resigned(making, (_, input) => {
        const [header, payload] = input.split('.').map((one) => Buffer.from(one, 'base64url').toString());
        return making.signer.sign(`${header}.${payload}`);
      }),
  },
};

// ---------------------------------------------------------------- algorithms and keys

const ALGORITHMS: Record<string, Deed> = {
  'a header that names another algorithm': {
    make: (making) => ({ token: token(making, { header: { ...headerOf(making.signer), alg: another(making) } }) }),
  },
  'an algorithm that does not exist': {
    make: (making) => {
      const alg = ['ES521', 'RS1', 'HS1', 'PS256K', 'A256KW', '', 'alg', 'constructor'][making.random(8)];
      return { token: token(making, { header: { ...headerOf(making.signer), alg } }) };
    },
  },
  'its algorithm in other letters': {
    make: (making) => ({
      token: token(making, { header: { ...headerOf(making.signer), alg: otherCase(making.alg) } }),
    }),
  },
  'none, with a signature': {
    make: (making) => ({ token: token(making, { header: { ...headerOf(making.signer), alg: noneOf(making) } }) }),
  },
  'none, without': {
    make: (making) => {
      const [header, payload] = parts(making, { header: { ...headerOf(making.signer), alg: noneOf(making) } });
      return { token: `${header}.${payload}.` };
    },
  },
  'an algorithm that is no text': {
    make: (making) => {
      const alg = [null, 7, [making.alg], { alg: making.alg }, true][making.random(5)];
      return { token: token(making, { header: { ...headerOf(making.signer), alg } }) };
    },
  },
  'no algorithm': { make: (making) => ({ token: token(making, { header: { typ: 'at+jwt' } }) }) },
  'the key of another under the kid': {
    make: (making) => {
      const other = signerOf(making.alg, making.signer === signerOf(making.alg, 0) ? 1 : 0);
      return { token: token(making), key: { ...other.key, ...(isHmac(making.alg) ? {} : { kid: making.signer.kid }) } };
    },
  },
  'a key of another kind under the kid': {
    make: (making) => {
      const other = NAMES.find((one) => one.slice(0, 2) !== making.alg.slice(0, 2) && !isHmac(one) && !isRsa(one));
      const kind = isEcdsa(making.alg) ? 'EdDSA' : (other ?? 'ES256');
      return { token: token(making), key: { ...signerOf(kind, 0).key, kid: making.signer.kid } };
    },
  },
  'a public key taken for a secret': {
    for: (alg) => !isHmac(alg),
    make: (making) => {
      const alg = `HS${['256', '384', '512'][making.random(3)]}`;
      const secret = JSON.stringify(making.signer.key);
      return { token: token({ ...making, signer: { ...hmacSigner(alg, secret), kid: making.signer.kid }, alg }) };
    },
  },
  'a key for encryption': {
    for: (alg) => !isHmac(alg),
    make: (making) => ({ token: token(making), key: { ...making.signer.key, use: 'enc' } }),
  },
  'a key whose key_ops are of another kind': {
    for: (alg) => !isHmac(alg),
    make: ({ signer, ...making }) => {
      const { use: _use, ...key } = signer.key;
      return { token: token({ signer, ...making }), key: { ...key, key_ops: ['encrypt'] } };
    },
  },
  'a key for another algorithm': {
    for: (alg) => !isHmac(alg) && !isEdDsa(alg),
    make: (making) => ({
      token: token(making),
      key: { ...making.signer.key, alg: isRsa(making.alg) ? 'RSA-OAEP' : 'ES256K' },
    }),
  },
  'a private key published': {
    for: (alg) => !isHmac(alg),
    make: (making) => ({
      token: token(making),
      key: { ...making.signer.privateKey?.export({ format: 'jwk' }), kid: making.signer.kid },
    }),
  },
  'a coordinate off its curve': {
    for: isEcdsa,
    make: (making) => ({ token: token(making), key: { ...making.signer.key, y: making.signer.key['x'] } }),
  },
  'a short secret': {
    for: isHmac,
    make: (making) => {
      const signer = hmacSigner(making.alg, 's'.repeat(1 + making.random(Number(making.alg.slice(2)) / 8 - 1)));
      return { token: token({ ...making, signer }), key: signer.key };
    },
  },
  'RSA of 1536 bits': {
    for: isRsa,
    make: (making) => {
      const signer = rsaSigner(making.alg, 1536);
      return { token: token({ ...making, signer }), key: signer.key };
    },
  },
  'RSA of 3072 bits': {
    good: true,
    for: isRsa,
    make: (making) => {
      const signer = rsaSigner(making.alg, 3072);
      return { token: token({ ...making, signer }), key: signer.key };
    },
  },
  'RSA with e = 3': {
    good: true,
    for: isRsa,
    make: (making) => {
      const signer = rsaSigner(making.alg, 2048, 3);
      return { token: token({ ...making, signer }), key: signer.key };
    },
  },
  'RSA with e = 1': {
    for: (alg) => alg === 'RS256',
    make: ({ random }) => {
      const { token: forged, jwk } = exponentOne(claims(random));
      return { token: forged, key: { ...jwk } };
    },
  },
  'RSA in the form of ROCA': {
    for: isRsa,
    make: (making) => {
      const signer = asSigner(making.alg, roca());
      return { token: token({ ...making, signer }), key: signer.key };
    },
  },
  'Ed25519 of small order': {
    for: (alg) => alg === 'EdDSA',
    make: ({ random }) => {
      const { token: forged, jwk } = smallOrder(claims(random));
      return { token: forged, key: { ...jwk } };
    },
  },
};

let made: ReturnType<typeof rocaKey> | undefined;
function roca(): ReturnType<typeof rocaKey> {
  made ??= rocaKey();
  return made;
}

const otherCase = (alg: string): string => (alg === alg.toUpperCase() ? alg.toLowerCase() : alg.toUpperCase());
const noneOf = ({ random }: Making): string => ['none', 'None', 'NONE', 'nOnE'][random(4)] ?? 'none';

// ---------------------------------------------------------------- numbers of signatures

const ecdsa = (change: (numbers: { r: bigint; s: bigint; n: bigint }) => readonly [bigint, bigint]): Deed => ({
  for: isEcdsa,
  make: (making) =>
    resigned(making, (signature) => {
      const { n, size } = curveOf(making.alg);
      const [r, s] = [numberOf(signature.subarray(0, size)), numberOf(signature.subarray(size))];
      return pair(...change({ r, s, n }), size);
    }),
});

const rsa = (change: (signature: bigint, n: bigint) => bigint, size = 256): Deed => ({
  for: isRsa,
  make: (making) =>
    resigned(making, (signature) => {
      const n = numberOf(Buffer.from(String(making.signer.key['n']), 'base64url'));
      return padded(change(numberOf(signature), n), size);
    }),
});

const byHand = (
  fits: (alg: string) => boolean,
  make: (key: KeyObject, input: Buffer, alg: string) => Buffer,
): Deed => ({
  for: fits,
  make: (making) =>
    resigned(making, (signature, input) => {
      const { privateKey } = making.signer;
      return privateKey === undefined ? signature : make(privateKey, Buffer.from(input), making.alg);
    }),
});

const hashOf = (alg: string): string => `sha${alg.slice(2)}`;
const saltOf = (alg: string): number => Number(alg.slice(2)) / 8;
const pss = (key: KeyObject, input: Buffer, alg: string, saltLength: number): Buffer =>
  sign(hashOf(alg), input, { key, padding: 6, saltLength });

const ED_ORDER = (1n << 252n) + 27742317777372353535851937790883648493n;
const littleEndian = (value: bigint): Buffer => padded(value, 32).reverse();
const eddsa = (change: (r: Buffer, s: bigint) => Buffer): Deed => ({
  for: isEdDsa,
  make: (making) =>
    resigned(making, (signature) =>
      change(signature.subarray(0, 32), numberOf(Buffer.from(signature.subarray(32)).reverse())),
    ),
});

const NUMBERS: Record<string, Deed> = {
  'ECDSA with n - s, the other form': { ...ecdsa(({ r, s, n }) => [r, n - s]), good: true },
  'ECDSA with r = s = 0': ecdsa(() => [0n, 0n]),
  'ECDSA with r = 0': ecdsa(({ s }) => [0n, s]),
  'ECDSA with s = 0': ecdsa(({ r }) => [r, 0n]),
  'ECDSA with r = n': ecdsa(({ s, n }) => [n, s]),
  'ECDSA with s = n': ecdsa(({ r, n }) => [r, n]),
  'ECDSA with r = s = 1': ecdsa(() => [1n, 1n]),
  'ECDSA with n - r': ecdsa(({ r, s, n }) => [n - r, s]),
  'ECDSA with r and s the other way round': ecdsa(({ r, s }) => [s, r]),
  'ECDSA in DER': byHand(isEcdsa, (key, input, alg) => sign(hashOf(alg), input, key)),
  'ECDSA in DER, of the size of two numbers': byHand(isEcdsa, (key, input, alg) => {
    const { size } = curveOf(alg);
    return Buffer.concat([sign(hashOf(alg), input, key), Buffer.alloc(2 * size)]).subarray(0, 2 * size);
  }),
  'RSA of 0': rsa(() => 0n),
  'RSA of 1': rsa(() => 1n),
  'RSA of n - 1': rsa((_, n) => n - 1n),
  'RSA of n less the signature': rsa((signature, n) => n - signature),
  'RSA not reduced by n': rsa((signature, n) => signature + n, 257),
  'RSA by SHA-1': byHand(
    (alg) => isRsa(alg) && !isPss(alg),
    (key, input) => sign('sha1', input, key),
  ),
  'PSS without salt': byHand(isPss, (key, input, alg) => pss(key, input, alg, 0)),
  'PSS with as much salt as fits': byHand(isPss, (key, input, alg) => pss(key, input, alg, 256 - 2 - saltOf(alg))),
  'PSS with one byte of salt less': byHand(isPss, (key, input, alg) => pss(key, input, alg, saltOf(alg) - 1)),
  'EdDSA with S + L': eddsa((r, s) => Buffer.concat([r, littleEndian(s + ED_ORDER)])),
  'EdDSA with S = L': eddsa((r) => Buffer.concat([r, littleEndian(ED_ORDER)])),
  'EdDSA with R of small order and S = 0': eddsa(() => Buffer.concat([littleEndian(1n), Buffer.alloc(32)])),
  'EdDSA with R and S the other way round': eddsa((r, s) => Buffer.concat([littleEndian(s), r])),
  'HMAC cut in half': {
    for: isHmac,
    make: (making) => resigned(making, (mac) => mac.subarray(0, mac.length / 2)),
  },
};

// ---------------------------------------------------------------- spellings

/** In the header and the payload the text is what is signed; whoever reads and writes it again loses the difference. */
const SPELLINGS: Record<string, Deed> = {
  'unused bits of the header': { make: (making) => withUnusedBit(making, 0) },
  'unused bits of the payload': { make: (making) => withUnusedBit(making, 1) },
  'unused bits of the signature': {
    // Those whose bytes fill their characters have none.
    for: (alg) => !['ES384', 'ES512', 'HS384'].includes(alg),
    make: (making) => withUnusedBit(making, 2),
  },
  'padding after the header': { make: (making) => respelled(making, 0, (one) => `${one}=`) },
  'padding after the payload': { make: (making) => respelled(making, 1, (one) => `${one}==`) },
  'padding after the signature': {
    make: (making) => respelled(making, 2, (one) => `${one}${'='.repeat(4 - (one.length % 4 || 2))}`),
  },
  'a stranger in the header': {
    make: (making) => respelled(making, 0, (one) => inserted(one, strange(making), making.random(one.length))),
  },
  'a stranger in the payload': {
    make: (making) => respelled(making, 1, (one) => inserted(one, strange(making), making.random(one.length))),
  },
  'a stranger in the signature': {
    make: (making) => respelled(making, 2, (one) => inserted(one, strange(making), making.random(one.length))),
  },
  'white space around the token': { make: (making) => ({ token: ` ${token(making)}\n` }) },
  'the other alphabet in the signature': {
    make: (making) => {
      for (;;) {
        const all = parts(making);
        if (/[-_]/.test(all[2]))
          return { token: `${all[0]}.${all[1]}.${all[2].replaceAll('-', '+').replaceAll('_', '/')}` };
      }
    },
  },
};

const strange = ({ random }: Making): string => ['\n', ' ', '?', '*', '\t', '%', '~', ','][random(8)] ?? '?';

// ---------------------------------------------------------------- headers

const HEADERS: Record<string, Deed> = {
  'a crit that nobody knows': {
    make: (making) => ({
      token: token(making, { header: { ...headerOf(making.signer), crit: ['urn:x'], 'urn:x': 1 } }),
    }),
  },
  'an empty crit': {
    make: (making) => ({ token: token(making, { header: { ...headerOf(making.signer), crit: [] } }) }),
  },
  'crit with b64 true': {
    make: (making) => ({ token: token(making, { header: { ...headerOf(making.signer), crit: ['b64'], b64: true } }) }),
  },
  'b64 false, signed as if it were not there': {
    make: (making) => ({ token: token(making, { header: { ...headerOf(making.signer), crit: ['b64'], b64: false } }) }),
  },
  'a header member twice': {
    make: (making) => ({ token: token(making, { header: `{"alg":"none","alg":"${making.alg}"}` }) }),
  },
  'a key that the token brings along': {
    for: (alg) => !isHmac(alg),
    make: (making) => {
      const attacker = signerOf(making.alg, 2);
      const header = { ...headerOf(making.signer), jwk: attacker.key };
      return { token: token({ ...making, signer: attacker }, { header }) };
    },
  },
  'a header that is a list': { make: (making) => ({ token: token(making, { header: `[{"alg":"${making.alg}"}]` }) }) },
  'a header with text after it': {
    make: (making) => ({ token: token(making, { header: `${JSON.stringify(headerOf(making.signer))}{}` }) }),
  },
  'a header with a comma too many': {
    make: (making) => ({ token: token(making, { header: `{"alg":"${making.alg}",}` }) }),
  },
};

export const DEEDS: Readonly<Record<string, Deed>> = {
  ...SOUND,
  ...ALTERED,
  ...ALGORITHMS,
  ...NUMBERS,
  ...SPELLINGS,
  ...HEADERS,
};
