// Tokens for the corpus: signed with node:crypto alone, by keys that are made once a process. Times hang on one fixed clock.

import {
  createHash,
  createHmac,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  type SignKeyObjectInput,
  sign,
} from 'node:crypto';

/** Seconds since 1970: the time of every situation, 2026-11-21T00:00:00Z. */
export const NOW = Date.UTC(2026, 10, 21) / 1000;
export const MINUTE = 60;
export const HOUR = 3600;
export const DAY = 86_400;

export const ISSUER = 'https://id.example.com';
export const API = 'https://api.example.com';

export interface TestKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: KeyObject;
  readonly jwk: JsonWebKey & { kid: string };
  readonly pem: string;
}

function keyOf(alg: string, kid: string, pair: { publicKey: KeyObject; privateKey: KeyObject }): TestKey {
  const { publicKey, privateKey } = pair;
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' };
  return { kid, alg, privateKey, jwk, pem: String(publicKey.export({ format: 'pem', type: 'spki' })) };
}

const ec = (kid: string): TestKey => keyOf('ES256', kid, generateKeyPairSync('ec', { namedCurve: 'P-256' }));
const rsa = (kid: string, modulusLength = 2048): TestKey =>
  keyOf('RS256', kid, generateKeyPairSync('rsa', { modulusLength }));

/** The keys of the issuer, and others. Names as servers give them, unless a name that many have is the point. */
export const KEYS = {
  main: ec('2026-11-a91f3c7be0'),
  rsa: rsa('7f3e9c1b2d4a5566'),
  next: ec('2026-12-c4d2e8f901'),
  stranger: ec('5d1e0b7a99c04f21'),
  rsaStranger: rsa('0badc0de77aa1234'),
  large: rsa('large-4096-91ab77', 3072),
  weak: rsa('old-1024-77ab01c2', 1024),
} as const;

/** The same key under another name. */
export const named = (key: TestKey, kid: string): TestKey => ({ ...key, kid, jwk: { ...key.jwk, kid } });

/** RFC 7638 of an EC key. */
export function thumbprint({ crv, kty, x, y }: JsonWebKey): string {
  return createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
}

export const base64url = (content: string | Uint8Array): string => Buffer.from(content).toString('base64url');

interface Signing {
  key?: TestKey;
  /** Members over the usual header; undefined takes one away. */
  header?: Record<string, unknown>;
  /** The payload as text, in place of the claims. */
  raw?: string;
  der?: boolean;
  /** HMAC with this secret. */
  secret?: string;
}

/** A JWS of these claims. */
export function jws(claims: object, { key = KEYS.main, header = {}, raw, der = false, secret }: Signing = {}): string {
  const alg = secret === undefined ? key.alg : 'HS256';
  const head = JSON.stringify({ alg, typ: 'at+jwt', kid: key.kid, ...header });
  const signed = `${base64url(head)}.${base64url(raw ?? JSON.stringify(claims))}`;
  return `${signed}.${secret === undefined ? signature(signed, key, der) : hmac(signed, secret, JSON.parse(head).alg)}`;
}

function signature(signed: string, { privateKey, alg }: TestKey, der: boolean): string {
  const how: SignKeyObjectInput = {
    key: privateKey,
    ...(alg === 'ES256' && !der ? { dsaEncoding: 'ieee-p1363' } : {}),
  };
  return sign('sha256', Buffer.from(signed), how).toString('base64url');
}

const hmac = (signed: string, secret: string, alg: string): string =>
  createHmac(`sha${alg.slice(2)}`, secret)
    .update(signed)
    .digest('base64url');

/** Claims of an access token that is good in every way, and those that are changed; undefined takes one away. */
export const claims = (changed: Record<string, unknown> = {}): Record<string, unknown> => ({
  iss: ISSUER,
  sub: 'user-001',
  aud: API,
  exp: NOW + HOUR,
  iat: NOW - 20 * MINUTE,
  jti: 'b3c1f2d0',
  client_id: 'shop-web',
  scope: 'orders:read profile',
  ...changed,
});

export const access = (changed: Record<string, unknown> = {}, signing: Signing = {}): string =>
  jws(claims(changed), signing);

export const idToken = (changed: Record<string, unknown> = {}, signing: Signing = {}): string =>
  jws(
    {
      iss: ISSUER,
      sub: 'user-001',
      aud: 'shop-web',
      exp: NOW + HOUR,
      iat: NOW - 20 * MINUTE,
      nonce: 'n-0S6_WzA2Mj',
      at_hash: 'MTIzNDU2Nzg5MDEyMzQ1Ng',
      ...changed,
    },
    { ...signing, header: { typ: 'JWT', ...signing.header } },
  );

/** A token of Keycloak: kind in the payload, audience `account`. */
export const keycloak = (changed: Record<string, unknown> = {}, signing: Signing = {}): string =>
  jws(
    claims({
      iss: KEYCLOAK,
      typ: 'Bearer',
      azp: 'shop-web',
      aud: 'account',
      client_id: undefined,
      sid: 'f1e2',
      ...changed,
    }),
    { ...signing, header: { typ: 'JWT', ...signing.header } },
  );

export const KEYCLOAK = 'https://sso.example.com/realms/shop';
export const TENANT = '11111111-2222-4333-8444-555555555555';
export const ENTRA_V1 = `https://sts.windows.net/${TENANT}/`;
export const ENTRA_V2 = `https://login.microsoftonline.com/${TENANT}/v2.0`;
export const OKTA_ORG = 'https://dev-1234.okta.com';
export const OPAQUE = 'q3Xv7Zk1pL0sWm2Nt9Rb4Yc6Hd8Jf5Ga';

/** The parts of a compact token. */
export const parts = (token: string): [string, string, string] => {
  const [header = '', payload = '', last = ''] = token.split('.');
  return [header, payload, last];
};

/** The same token with other claims under the old signature. */
export function forged(token: string, changed: Record<string, unknown>): string {
  const [header, payload, last] = parts(token);
  const old = JSON.parse(Buffer.from(payload, 'base64url').toString());
  return [header, base64url(JSON.stringify({ ...old, ...changed })), last].join('.');
}

/** A JWE that nobody here can open. */
export function jwe(header: Record<string, unknown> = {}): string {
  const head = base64url(JSON.stringify({ alg: 'RSA-OAEP-256', enc: 'A256GCM', ...header }));
  return [head, ...[256, 12, 120, 16].map((size) => base64url(new Uint8Array(size).fill(9)))].join('.');
}
