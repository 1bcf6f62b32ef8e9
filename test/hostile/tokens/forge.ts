// Tokens as an attacker writes them: any bytes in any part, signed by any key over whatever stands there. Made with
// node:crypto alone, so that no code under test has a part in them.

import { constants, createHmac, type KeyObject, sign } from 'node:crypto';
import type { CheckName, Verdict } from '../../../src/core/report.ts';
import type { ErrorCode, VerifyOptions } from '../../../src/index.ts';
import { type Alg, accessClaims, base64url, ISSUER, jwks, key, type TestKey } from '../../library/keys.ts';

export const AUDIENCE = 'https://api.example.com';

/** One token, what it is judged by, and what must come out. */
export interface Case {
  readonly name: string;
  readonly token: string;
  /** Over those of every case: the keys of `KEYS`, the issuer, the audience. Undefined takes one away. */
  readonly options?: { readonly [K in keyof VerifyOptions]?: VerifyOptions[K] | undefined };
  /** Default: `inactive` for a bad one, `active` for a good one. */
  readonly verdict?: Verdict;
  /** The check that fails (of a good one: that warns), with its finding. */
  readonly check?: CheckName;
  readonly finding?: string;
  readonly error?: ErrorCode;
  /** False: on the command line it is something else, because white space and quotes around a token are taken off there. */
  readonly cli?: boolean;
}

export interface Family {
  readonly name: string;
  readonly good: readonly Case[];
  readonly bad: readonly Case[];
}

/** The keys that the issuer publishes. */
export const KEYS: readonly TestKey[] = [
  key('ES256'),
  key('ES384'),
  key('ES512'),
  key('RS256'),
  key('PS256'),
  key('EdDSA'),
];
export const keySet = jwks(...KEYS);
/** The key of an attacker: no issuer publishes it. */
export const attacker = (alg: Alg): TestKey => key(alg, `attacker-${alg}`);

export const claims = (over: Record<string, unknown> = {}): Record<string, unknown> => accessClaims(ISSUER, over);

/** A header or a payload: an object is written as JSON, text and bytes stand as they are. */
export type Part = object | string | Uint8Array;

const bytesOf = (part: Part): Buffer =>
  part instanceof Uint8Array ? Buffer.from(part) : Buffer.from(typeof part === 'string' ? part : JSON.stringify(part));

export const encoded = (part: Part): string => base64url(bytesOf(part));

/** The header that a token by that key has. */
export const headerOf = ({ alg, kid }: TestKey, over: Record<string, unknown> = {}) => ({
  alg,
  typ: 'at+jwt',
  kid,
  ...over,
});

export interface Forging {
  by?: TestKey;
  /** In place of the usual header. */
  header?: Part;
  payload?: Part;
  /** Signs as that algorithm, whatever the header says. */
  as?: Alg;
}

/** A token signed over exactly these parts. */
export function forged({ by = key(), header = headerOf(by), payload = claims(), as = by.alg }: Forging = {}): string {
  return signedText(`${encoded(header)}.${encoded(payload)}`, { by, as });
}

/** The text with its signature, whatever the text is. */
export function signedText(input: string, { by = key(), as = by.alg }: Pick<Forging, 'by' | 'as'> = {}): string {
  return `${input}.${base64url(signatureOf(input, by.privateKey, as))}`;
}

export function signatureOf(input: string, privateKey: KeyObject, alg: Alg): Buffer {
  const data = Buffer.from(input);
  if (alg === 'EdDSA') return sign(null, data, privateKey);
  const hash = `sha${alg.slice(2)}`;
  if (alg.startsWith('ES')) return sign(hash, data, { key: privateKey, dsaEncoding: 'ieee-p1363' });
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  return sign(hash, data, { key: privateKey, ...(alg.startsWith('PS') ? pss : {}) });
}

/** The same header and payload with another signature, made of the true one and the text that it signs. */
export function resigned(by: TestKey, change: (signature: Buffer, input: string) => Uint8Array): string {
  const input = `${encoded(headerOf(by))}.${encoded(claims())}`;
  return `${input}.${base64url(change(signatureOf(input, by.privateKey, by.alg), input))}`;
}

/** A token made with HMAC over a secret that everybody knows. */
export function hmacToken(secret: string | Uint8Array, header: Record<string, unknown> = {}): string {
  const full = { alg: 'HS256', typ: 'at+jwt', kid: key('RS256').kid, ...header };
  const input = `${encoded(full)}.${encoded(claims())}`;
  const bits = String(full.alg).slice(2);
  return `${input}.${createHmac(`sha${bits}`, secret).update(input).digest('base64url')}`;
}

/** The three parts of a good token, to be damaged. */
export function goodParts(by: TestKey = key()): [header: string, payload: string, signature: string] {
  const [header = '', payload = '', signature = ''] = forged({ by }).split('.');
  return [header, payload, signature];
}
