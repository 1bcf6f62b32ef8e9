// The realm of the tests, imported through the admin API, and what the tests ask of the server besides: tokens of a user,
// the end of her session. `npm run test:servers` says where the server is.

import { generateKeyPairSync } from 'node:crypto';
import { readFile } from 'node:fs/promises';

const URL_OF_SERVER = process.env['KEYCLOAK_URL'];
const PASSWORD = process.env['KEYCLOAK_ADMIN_PASSWORD'];
if (URL_OF_SERVER === undefined || PASSWORD === undefined)
  throw new Error('these tests need a running Keycloak: npm run test:servers');

export const BASE = URL_OF_SERVER;
export const ISSUER = `${BASE}/realms/tokctl`;
export const INTROSPECTION = `${ISSUER}/protocol/openid-connect/token/introspect`;
const TOKEN = `${ISSUER}/protocol/openid-connect/token`;

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const NAMES = { kid: 'key-of-the-client', use: 'sig', alg: 'ES256' };
/** The private key of the client `key`, as a JWK. */
export const CLIENT_KEY = JSON.stringify({ ...privateKey.export({ format: 'jwk' }), ...NAMES });

async function call(url: string, init: RequestInit, expected: number): Promise<Response> {
  const response = await fetch(url, init);
  if (response.status === expected) return response;
  throw new Error(
    `${init.method ?? 'GET'} ${url}: expected ${expected}, got ${response.status} ${await response.text()}`,
  );
}

async function tokenAt(url: string, form: Record<string, string>): Promise<Record<string, string>> {
  const response = await call(url, { method: 'POST', body: new URLSearchParams(form) }, 200);
  return (await response.json()) as Record<string, string>;
}

async function asAdmin(path: string, method = 'GET', body?: object): Promise<Response> {
  const url = `${BASE}/realms/master/protocol/openid-connect/token`;
  const form = { grant_type: 'password', client_id: 'admin-cli', username: 'admin', password: PASSWORD ?? '' };
  const { access_token } = await tokenAt(url, form);
  const headers = { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' };
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  return call(`${BASE}/admin/realms${path}`, init, { GET: 200, POST: 201, DELETE: 204 }[method] ?? 204);
}

/** Imports the realm anew. */
export async function importRealm(): Promise<void> {
  const realm = JSON.parse(await readFile(new URL('realm.json', import.meta.url), 'utf8'));
  const client = realm.clients.find(({ clientId }: { clientId: string }) => clientId === 'key');
  client.attributes['jwks.string'] = JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), ...NAMES }] });
  const known = (await (await asAdmin('')).json()) as { realm: string }[];
  if (known.some((one) => one.realm === 'tokctl')) await asAdmin('/tokctl', 'DELETE');
  await asAdmin('', 'POST', realm);
}

/** All tokens of a new session of the user. */
export function signIn(scope = 'openid'): Promise<Record<string, string>> {
  const client = { client_id: 'web', client_secret: 'web-secret-0001' };
  return tokenAt(TOKEN, { grant_type: 'password', username: 'ada', password: 'ada-password-0001', scope, ...client });
}

/** Ends every session of the user. */
export async function signOut(): Promise<void> {
  const [user] = (await (await asAdmin('/tokctl/users?username=ada')).json()) as { id: string }[];
  const sessions = (await (await asAdmin(`/tokctl/users/${user?.id}/sessions`)).json()) as { id: string }[];
  for (const { id } of sessions) await asAdmin(`/tokctl/sessions/${id}`, 'DELETE');
}
