// A proxy on loopback: CONNECT for https (RFC 9110 §9.3.6), whole URLs for http (RFC 9112 §3.2.2). It resolves names by a
// list, so that names that exist nowhere lead to servers of the test; a host that is not listed is 502.

import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { onTestFinished } from 'vitest';
import type { Certificate } from './certificates.ts';
import { listen } from './scripted-server.ts';

export interface ProxyOptions {
  /** Ports of loopback by `host:port`. */
  reach?: Record<string, number>;
  /** `user:password` that is demanded with 407. */
  credentials?: string;
  /** Speaks TLS itself. */
  tls?: Certificate;
  /** Answers CONNECT like this in place of a tunnel. */
  connectAnswer?: string;
}

export interface ProxyServer {
  readonly port: number;
  /** `CONNECT id.example.test:443`, `GET http://…`, in order. */
  readonly asked: readonly string[];
  /** Headers of the requests asked, in order. */
  readonly headers: readonly NodeJS.Dict<string | string[]>[];
}

/** Starts a proxy for this test; it ends with it. */
export async function proxyServer(options: ProxyOptions = {}): Promise<ProxyServer> {
  const seen: IncomingMessage[] = [];
  const sockets = new Set<Duplex>();
  const server = options.tls === undefined ? createServer() : createTlsServer(options.tls);
  const port = await listen(server);
  server.on('connection', (socket) => sockets.add(socket));
  server.on('tlsClientError', () => {});
  server.on('connect', (message: IncomingMessage, socket: Duplex) => {
    seen.push(message);
    openTunnel(message, socket, { ...options, sockets });
  });
  server.on('request', (message, response) => {
    seen.push(message);
    forward(message, response, options);
  });
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    port,
    get asked() {
      return seen.map(({ method, url }) => `${method} ${url}`);
    },
    get headers() {
      return seen.map(({ headers }) => headers);
    },
  };
}

const isRefused = ({ headers }: IncomingMessage, { credentials }: ProxyOptions): boolean =>
  credentials !== undefined &&
  headers['proxy-authorization'] !== `Basic ${Buffer.from(credentials).toString('base64')}`;

function openTunnel(
  message: IncomingMessage,
  socket: Duplex,
  { sockets, ...options }: ProxyOptions & { sockets: Set<Duplex> },
): void {
  socket.on('error', () => {});
  const port = options.reach?.[message.url ?? ''];
  if (options.connectAnswer !== undefined) return void socket.end(options.connectAnswer);
  if (isRefused(message, options)) return void socket.end('HTTP/1.1 407 No\r\nProxy-Authenticate: Basic\r\n\r\n');
  if (port === undefined) return void socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  const onward: Socket = connect(port, '127.0.0.1', () => {
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    onward.pipe(socket).pipe(onward);
  });
  sockets.add(onward);
  onward.on('error', () => socket.destroy());
  socket.on('close', () => onward.destroy());
}

function forward(message: IncomingMessage, response: ServerResponse, options: ProxyOptions): void {
  const url = new URL(message.url ?? '');
  const port = options.reach?.[`${url.hostname}:${url.port || 80}`];
  if (isRefused(message, options)) return void response.writeHead(407, { 'proxy-authenticate': 'Basic' }).end();
  if (port === undefined) return void response.writeHead(502).end();
  const { 'proxy-authorization': _, ...headers } = message.headers;
  const onward = request(
    { port, host: '127.0.0.1', method: message.method, path: `${url.pathname}${url.search}`, headers },
    (answer) => {
      response.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(response);
    },
  );
  onward.on('error', () => response.destroy());
  message.pipe(onward);
}
