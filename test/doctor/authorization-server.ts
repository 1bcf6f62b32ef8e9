// A small authorization server on loopback that is sound, unless a test changes one thing about it. It keeps every request,
// and a request to a place that neither it nor the test knows fails the test.

import { createHmac, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { onTestFinished } from 'vitest';
import type { Certificate } from '../servers/certificates.ts';
import { listen } from '../servers/scripted-server.ts';

export interface Seen {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  form: URLSearchParams;
}

export interface Reply {
  status?: number;
  headers?: Record<string, string>;
  json?: unknown;
  text?: string;
  /** Never answers. */
  hang?: true;
}

export interface ServerOptions {
  tls?: Certificate;
  /** Members to add to the metadata; undefined takes one away. */
  metadata?: (origin: string) => Record<string, unknown>;
  /** The entries of the JWK Set. */
  keys?: unknown[];
  /** Replies by `METHOD path`, in place of the sound ones; undefined falls back to them. */
  replies?: Record<string, (seen: Seen, server: AuthorizationServer) => Reply | undefined>;
  methods?: readonly ('basic' | 'post')[];
  /** Tokens are JWTs, signed with the first key of the pair. */
  jwt?: Record<string, unknown>;
  dateOffset?: number;
}

export interface AuthorizationServer {
  readonly origin: string;
  readonly seen: Seen[];
  at(method: string, path: string): Seen[];
  /** Tokens that are active. */
  readonly active: Set<string>;
}

export const CLIENT = { id: 'doctor-client', secret: 'a-secret-that-nobody-may-print' };

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const SIGNING_KEY = { ...publicKey.export({ format: 'jwk' }), kid: 'rsa-1', use: 'sig', alg: 'RS256' };
export const newRsa = (bits = 2048) => generateKeyPairSync('rsa', { modulusLength: bits });
export const publicJwk = (key: KeyObject, more: object = {}) => ({ ...key.export({ format: 'jwk' }), ...more });

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

export function jwt(claims: object, header: object = {}, key: KeyObject = privateKey): string {
  const input = `${part({ alg: 'RS256', kid: 'rsa-1', typ: 'at+jwt', ...header })}.${part(claims)}`;
  return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`;
}

export function hs256(claims: object): string {
  const input = `${part({ alg: 'HS256', typ: 'at+jwt' })}.${part(claims)}`;
  return `${input}.${createHmac('sha256', 'shared').update(input).digest('base64url')}`;
}

export async function authorizationServer(options: ServerOptions = {}): Promise<AuthorizationServer> {
  const seen: Seen[] = [];
  const unexpected: string[] = [];
  const answer = (message: IncomingMessage, response: ServerResponse) => void serve(message, response);
  const http = options.tls === undefined ? createServer(answer) : createTlsServer(options.tls, answer);
  http.on('tlsClientError', () => {});
  const port = await listen(http);
  const origin = `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
  const server: AuthorizationServer = {
    origin,
    seen,
    at: (method, path) => seen.filter((one) => one.method === method && one.path === path),
    active: new Set(),
  };
  const serve = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await read(message, origin);
    seen.push(request);
    const name = `${request.method} ${request.path}`;
    const reply = options.replies?.[name]?.(request, server) ?? sound(request, server, options);
    if (reply === undefined) unexpected.push(name);
    send(response, reply ?? { status: 404 }, options);
  };
  onTestFinished(async () => {
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
    if (unexpected.length > 0) throw new Error(`requests that were not expected: ${unexpected.join(', ')}`);
  });
  return server;
}

async function read(message: IncomingMessage, origin: string): Promise<Seen> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const url = new URL(message.url ?? '/', origin);
  const form = new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
  return { method: message.method ?? '', path: url.pathname, query: url.searchParams, headers: message.headers, form };
}

function send(response: ServerResponse, reply: Reply, { dateOffset }: ServerOptions): void {
  if (reply.hang === true) return;
  const text = reply.json === undefined ? (reply.text ?? '') : JSON.stringify(reply.json);
  const date = dateOffset === undefined ? {} : { date: new Date(Date.now() + dateOffset * 1000).toUTCString() };
  response.writeHead(reply.status ?? 200, {
    ...(reply.json === undefined ? {} : { 'content-type': 'application/json' }),
    ...date,
    ...reply.headers,
  });
  response.end(text);
}

// ---------------------------------------------------------------- a sound server

export function soundMetadata(origin: string): Record<string, unknown> {
  const methods = ['client_secret_basic', 'client_secret_post'];
  return {
    issuer: origin,
    authorization_endpoint: `${origin}/authorize`,
    token_endpoint: `${origin}/token`,
    jwks_uri: `${origin}/jwks`,
    introspection_endpoint: `${origin}/introspect`,
    revocation_endpoint: `${origin}/revoke`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    grant_types_supported: ['authorization_code', 'client_credentials'],
    token_endpoint_auth_methods_supported: methods,
    introspection_endpoint_auth_methods_supported: methods,
    revocation_endpoint_auth_methods_supported: methods,
  };
}

const REFUSAL: Reply = {
  status: 401,
  headers: { 'www-authenticate': 'Basic realm="as"' },
  json: { error: 'invalid_client' },
};
const NO_STORE = { 'cache-control': 'no-store' };

function sound(request: Seen, server: AuthorizationServer, options: ServerOptions): Reply | undefined {
  const { method, path, form } = request;
  const wellKnown = ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server'].includes(path);
  if (method === 'GET' && wellKnown)
    return { json: { ...soundMetadata(server.origin), ...options.metadata?.(server.origin) } };
  if (method === 'GET' && path === '/jwks')
    return { headers: { 'cache-control': 'max-age=3600' }, json: { keys: options.keys ?? [SIGNING_KEY] } };
  if (method === 'GET' && path === '/introspect') return { status: 405 };
  if (method !== 'POST' || !['/token', '/introspect', '/revoke'].includes(path)) return undefined;
  if (!isAuthenticated(request, options)) return REFUSAL;
  const token = form.get('token') ?? '';
  if (path === '/token') return { headers: NO_STORE, json: granted(server, options) };
  if (path === '/introspect') return { headers: NO_STORE, json: { active: server.active.has(token) } };
  server.active.delete(token);
  return {};
}

export function isAuthenticated({ headers, form }: Seen, { methods = ['basic', 'post'] }: ServerOptions = {}): boolean {
  const pair = Buffer.from((headers.authorization ?? '').replace(/^Basic /, ''), 'base64').toString();
  if (pair !== '') return methods.includes('basic') && pair === `${CLIENT.id}:${CLIENT.secret}`;
  return methods.includes('post') && form.get('client_id') === CLIENT.id && form.get('client_secret') === CLIENT.secret;
}

export function granted(server: AuthorizationServer, { jwt: claims }: ServerOptions = {}): object {
  const now = Math.floor(Date.now() / 1000);
  const own = {
    iss: server.origin,
    sub: CLIENT.id,
    client_id: CLIENT.id,
    aud: 'api',
    iat: now,
    exp: now + 300,
    jti: 'one',
  };
  const token = claims === undefined ? randomBytes(24).toString('base64url') : jwt({ ...own, ...claims });
  server.active.add(token);
  return { access_token: token, token_type: 'Bearer', expires_in: 300 };
}
