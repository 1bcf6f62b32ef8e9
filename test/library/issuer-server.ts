// An authorization server on loopback: metadata, JWK Set, introspection and token endpoint, as a test says. It remembers
// what it was asked; what a test did not give an answer for is a fault of that test.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { listen } from '../servers/scripted-server.ts';
import { key, type TestKey } from './keys.ts';

/** A body that is no text is sent as JSON. */
export interface Answer {
  status?: number;
  type?: string;
  headers?: Record<string, string>;
  body?: unknown;
}

export interface Asked {
  /** `GET metadata`, `GET jwks`, `POST introspection`, `POST token`, or method and path. */
  what: string;
  path: string;
  headers: IncomingMessage['headers'];
  form: URLSearchParams;
}

/** An answer, or how it is made; `count` is that of the requests of this kind, from 1. */
export type Answering = Answer | ((asked: Asked, count: number) => Answer);

export interface IssuerOptions {
  /** A path of the issuer, such as `/realms/one`. */
  path?: string;
  /** Members over the usual metadata; undefined takes one away. */
  metadata?: Record<string, unknown>;
  keys?: readonly (TestKey | object)[];
  jwks?: Answering;
  introspection?: Answering;
  token?: Answering;
  /** Answers by path, before all others. */
  paths?: Record<string, Answering>;
}

export interface IssuerServer {
  readonly issuer: string;
  readonly origin: string;
  readonly port: number;
  readonly endpoints: { introspection: string; token: string; jwks: string };
  readonly asked: readonly Asked[];
  /** What was asked, in order, in words. */
  readonly seen: readonly string[];
  /** TCP connections so far. */
  readonly connections: number;
}

/** Starts it for this test; it ends with it, and fails it if it was asked for something that nobody gave. */
export async function issuerServer(options: IssuerOptions = {}): Promise<IssuerServer> {
  const asked: Asked[] = [];
  const unexpected: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((request, response) => {
    void readAsked(request).then((one) => {
      asked.push(one);
      const count = asked.filter(({ what }) => what === one.what).length;
      const answer = answerTo(one, count);
      if (answer === undefined) unexpected.push(one.what);
      send(response, answer ?? { status: 404, body: 'nothing here', type: 'text/plain' });
    });
  });
  server.on('connection', (socket) => {
    connections += 1;
    sockets.add(socket);
  });
  const port = await listen(server);
  const origin = `http://127.0.0.1:${port}`;
  const issuer = `${origin}${options.path ?? ''}`;
  const endpoints = { introspection: `${origin}/introspect`, token: `${origin}/token`, jwks: `${origin}/jwks` };
  const answerTo = (one: Asked, count: number): Answer | undefined => {
    const answering = options.paths?.[one.path] ?? standard({ issuer, endpoints, options }, one.what);
    return typeof answering === 'function' ? answering(one, count) : answering;
  };
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
    if (unexpected.length > 0) throw new Error(`requests that were not expected: ${unexpected.join(', ')}`);
  });
  return {
    issuer,
    origin,
    port,
    endpoints,
    asked,
    get seen() {
      return asked.map(({ what }) => what);
    },
    get connections() {
      return connections;
    },
  };
}

/** A server that nobody named: it must see no connection. */
export async function bystander(): Promise<IssuerServer> {
  const server = await issuerServer({ introspection: { body: { active: true } } });
  onTestFinished(() => {
    if (server.connections > 0) throw new Error(`the bystander was asked: ${server.seen.join(', ')}`);
  });
  return server;
}

const NAMES: Readonly<Record<string, string>> = { '/introspect': 'introspection', '/token': 'token', '/jwks': 'jwks' };

async function readAsked(request: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const path = request.url ?? '';
  const name = path.includes('/.well-known/') ? 'metadata' : (NAMES[path] ?? path);
  return {
    what: `${request.method} ${name}`,
    path,
    headers: request.headers,
    form: new URLSearchParams(Buffer.concat(chunks).toString()),
  };
}

interface Standing {
  issuer: string;
  endpoints: IssuerServer['endpoints'];
  options: IssuerOptions;
}

function standard({ issuer, endpoints, options }: Standing, what: string): Answering | undefined {
  const { keys = [key()] } = options;
  switch (what) {
    case 'GET metadata':
      return { body: { ...metadataOf(issuer, endpoints), ...options.metadata } };
    case 'GET jwks':
      return options.jwks ?? { body: { keys: keys.map((one) => ('jwk' in one ? one.jwk : one)) } };
    case 'POST introspection':
      return options.introspection;
    case 'POST token':
      return options.token;
    default:
      return undefined;
  }
}

const metadataOf = (issuer: string, { introspection, token, jwks }: IssuerServer['endpoints']) => ({
  issuer,
  jwks_uri: jwks,
  introspection_endpoint: introspection,
  token_endpoint: token,
  introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
});

function send(response: ServerResponse, { status = 200, type = 'application/json', headers = {}, body }: Answer): void {
  const content = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { ...(body === undefined ? {} : { 'content-type': type }), ...headers });
  response.end(content);
}
