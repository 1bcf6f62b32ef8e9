// A server on loopback that answers each request from a script, byte by byte if need be: it may say what no real server
// would. A request that is not in the script, or an answer nobody asked for, fails the test in which the server was started.

import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { onTestFinished } from 'vitest';

/** A request as it came over the wire. */
export interface Received {
  method: string;
  /** The request target: a path, or a whole URL at a proxy. */
  target: string;
  /** Lower-case names. */
  headers: ReadonlyMap<string, string>;
  body: string;
  /** Counts the connections of the server from 1. */
  connection: number;
}

/** Writes what it likes, when it likes, and ends the connection or not. */
export type Answer = (socket: Socket, request: Received) => void;

export interface ScriptOptions {
  /** Speaks TLS. */
  tls?: TlsOptions;
  host?: '127.0.0.1' | '::1';
}

export interface ScriptedServer {
  readonly port: number;
  /** `http://127.0.0.1:PORT`, or https. */
  readonly origin: string;
  url(path?: string): URL;
  readonly received: readonly Received[];
  /** Connections made so far, also those that never got to a request. */
  readonly connections: number;
  /** Resolves when no connection is open any more. */
  idle(): Promise<void>;
}

/** Starts a server for this test; it ends with it. The nth request gets the nth answer. */
export async function scriptedServer(answers: Answer[], options: ScriptOptions = {}): Promise<ScriptedServer> {
  const { tls, host = '127.0.0.1' } = options;
  const script = new Script(answers);
  const server = tls === undefined ? createServer(script.accept) : createTlsServer(tls, script.accept);
  // A client that turns away from a certificate is no fault of the server.
  server.on('tlsClientError', () => {});
  // Of TLS, the connection before the handshake: one that was never got past counts too.
  server.prependListener('connection', script.count);
  const port = await listen(server, host);
  onTestFinished(async () => {
    script.endAll();
    await new Promise((resolve) => server.close(resolve));
    script.assertPlayed();
  });
  const origin = `${tls === undefined ? 'http' : 'https'}://${host === '::1' ? '[::1]' : host}:${port}`;
  return {
    port,
    origin,
    url: (path = '/') => new URL(path, origin),
    received: script.received,
    get connections() {
      return script.connections;
    },
    idle: () => script.idle(),
  };
}

/** Listens on a free port of loopback and gives it. */
export async function listen(server: Server, host = '127.0.0.1'): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a TCP port');
  return address.port;
}

/** A port of loopback on which nobody listens. */
export async function closedPort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

class Script {
  readonly received: Received[] = [];
  connections = 0;
  readonly #answers: Answer[];
  readonly #open = new Set<Socket>();
  readonly #waiting: (() => void)[] = [];

  constructor(answers: Answer[]) {
    this.#answers = answers;
  }

  readonly count = (socket: Socket): void => {
    this.connections += 1;
    this.#open.add(socket);
    // Answers in several writes would wait for the acknowledgement of the first.
    socket.setNoDelay(true);
    socket.on('close', () => {
      this.#open.delete(socket);
      if (this.#open.size === 0) for (const resolve of this.#waiting.splice(0)) resolve();
    });
  };

  readonly accept = (socket: Socket): void => {
    const connection = this.connections;
    // Clients that end a connection in the middle are what many tests are about.
    socket.on('error', () => {});
    readRequests(socket, (request) => {
      const received = { ...request, connection };
      this.received.push(received);
      const answer = this.#answers[this.received.length - 1];
      if (answer === undefined) socket.destroy();
      else answer(socket, received);
    });
  };

  idle(): Promise<void> {
    return this.#open.size === 0 ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve));
  }

  endAll(): void {
    for (const socket of this.#open) socket.destroy();
  }

  assertPlayed(): void {
    const made = this.received.map(({ method, target }) => `${method} ${target}`).join(', ');
    if (this.received.length !== this.#answers.length)
      throw new Error(`expected ${this.#answers.length} requests, got ${this.received.length}: ${made}`);
  }
}

type Parsed = Omit<Received, 'connection'>;

/** Requests as tokctl makes them: a head, and a body of Content-Length bytes. */
function readRequests(socket: Socket, found: (request: Parsed) => void): void {
  let buffered = '';
  socket.on('data', (chunk: Buffer) => {
    buffered += chunk.toString('latin1');
    for (let next = parse(buffered); next !== undefined; next = parse(buffered)) {
      buffered = next.rest;
      found(next.request);
    }
  });
}

function parse(text: string): { request: Parsed; rest: string } | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const [line = '', ...fields] = text.slice(0, end).split('\r\n');
  const [method = '', target = ''] = line.split(' ');
  const headers = new Map(fields.map((field) => [field.split(':')[0]?.toLowerCase() ?? '', fieldValue(field)]));
  const bodyEnd = end + 4 + Number(headers.get('content-length') ?? 0);
  if (text.length < bodyEnd) return undefined;
  return { request: { method, target, headers, body: text.slice(end + 4, bodyEnd) }, rest: text.slice(bodyEnd) };
}

const fieldValue = (field: string): string => field.slice(field.indexOf(':') + 1).trim();
