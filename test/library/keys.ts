// Keys and signed tokens, made with node:crypto alone, so that no code under test has a part in them. Made once a process.

import { constants, createHmac, generateKeyPairSync, type JsonWebKey, type KeyObject, sign } from 'node:crypto';

export type Alg = 'RS256' | 'RS384' | 'RS512' | 'PS256' | 'PS384' | 'PS512' | 'ES256' | 'ES384' | 'ES512' | 'EdDSA';
export const ALGS: readonly Alg[] = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'],
] as Alg[];

export interface TestKey {
  readonly alg: Alg;
  readonly kid: string;
  readonly privateKey: KeyObject;
  /** The public JWK, with kid, alg and use. */
  readonly jwk: JsonWebKey & { kid: string };
  /** SPKI. */
  readonly pem: string;
}

const CURVES: Readonly<Record<string, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };

function makePair(alg: Alg): { publicKey: KeyObject; privateKey: KeyObject } {
  if (alg === 'EdDSA') return generateKeyPairSync('ed25519');
  const namedCurve = CURVES[alg];
  return namedCurve === undefined
    ? generateKeyPairSync('rsa', { modulusLength: 2048 })
    : generateKeyPairSync('ec', { namedCurve });
}

const made = new Map<string, TestKey>();

/** The key of that name; the same one each time. */
export function key(alg: Alg = 'ES256', kid = `${alg}-1`): TestKey {
  const known = made.get(`${alg} ${kid}`);
  if (known !== undefined) return known;
  const { publicKey, privateKey } = makePair(alg);
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' };
  const fresh = { alg, kid, privateKey, jwk, pem: String(publicKey.export({ format: 'pem', type: 'spki' })) };
  made.set(`${alg} ${kid}`, fresh);
  return fresh;
}

/** A JWK Set as text. */
export const jwks = (...keys: readonly (TestKey | object)[]): string =>
  JSON.stringify({ keys: keys.map((one) => ('jwk' in one ? one.jwk : one)) });

export const base64url = (content: string | Uint8Array): string => Buffer.from(content).toString('base64url');

const text = (content: unknown): string | Uint8Array =>
  typeof content === 'string' || content instanceof Uint8Array ? content : JSON.stringify(content);

export interface Signing {
  key?: TestKey;
  /** Members over the usual header; undefined takes one away. */
  header?: Record<string, unknown>;
  /** The header as text, in place of all that. */
  rawHeader?: string;
  /** Signs as that algorithm whatever the header says. */
  as?: Alg;
}

/** A signed token; claims are an object, or the raw text or bytes of the payload. */
export function jws(claims: unknown, { key: by = key(), header = {}, rawHeader, as = by.alg }: Signing = {}): string {
  const head = rawHeader ?? text({ alg: by.alg, typ: 'at+jwt', kid: by.kid, ...header });
  const input = `${base64url(head)}.${base64url(text(claims))}`;
  return `${input}.${base64url(signatureOf(input, by.privateKey, as))}`;
}

function signatureOf(input: string, privateKey: KeyObject, alg: Alg): Buffer {
  const data = Buffer.from(input);
  if (alg === 'EdDSA') return sign(null, data, privateKey);
  const hash = `sha${alg.slice(2)}`;
  if (alg.startsWith('ES')) return sign(hash, data, { key: privateKey, dsaEncoding: 'ieee-p1363' });
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  return sign(hash, data, { key: privateKey, ...(alg.startsWith('PS') ? pss : {}) });
}

/** A token made with a shared secret. */
export function hmacJws(claims: unknown, secret: string, header: Record<string, unknown> = {}): string {
  const head = { alg: 'HS256', typ: 'at+jwt', ...header };
  const input = `${base64url(text(head))}.${base64url(text(claims))}`;
  const bits = String(head.alg).slice(2);
  return `${input}.${createHmac(`sha${bits}`, secret).update(input).digest('base64url')}`;
}

/** The same token with another payload under the old signature. */
export function withPayload(token: string, change: (claims: Record<string, unknown>) => object): string {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  return [header, base64url(text(change(claims))), signature].join('.');
}

/** The present of every test that does not say otherwise: 2027-01-15T08:00:00Z, in seconds. */
export const NOW = 1_800_000_000;
export const HOUR = 3600;

/** Claims of a sound access token (RFC 9068 §2.2), an hour to go; undefined takes one away. */
export function accessClaims(iss: string, over: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    iss,
    sub: 'user-001',
    aud: 'https://api.example.com',
    client_id: 'my-app',
    scope: 'orders:read orders:write',
    iat: NOW - 60,
    exp: NOW + HOUR,
    jti: 'id-1',
    ...over,
  };
}

export const ISSUER = 'https://id.example.com';
