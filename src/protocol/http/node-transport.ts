// The transport over node:http and node:https, the one that starts quickest; the one not needed is never loaded. It follows
// no redirect, inflates nothing and reads no environment. Limits of time and size are the business of `exchange.ts`.

import type { Agent, ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { endingOf } from './deadline.ts';
import { ADDRESS_ATTEMPT_MS, assertAddress, guardedLookup } from './lookup.ts';
import type { Ending, FetchedResponse, FetchInit, Lookup, TlsOptions, Transport } from './network.ts';
import { responseHeaders } from './response-headers.ts';
import { type TlsConnection, tlsConnection } from './tls.ts';

export interface NodeTransportOptions {
  tls?: TlsOptions;
  /** Keep connections for further requests; none of them keeps the process. Without it each request has its own. */
  keepAlive?: boolean;
  /** Most connections to one host at a time, with `keepAlive`; default: no limit. */
  connections?: number;
  /** In place of `dns.lookup`, for tests. */
  lookup?: Lookup;
}

/** Bytes of a response head that are read; more is HPE_HEADER_OVERFLOW. */
export const MAX_HEADER_BYTES = 32 * 1024;

type Client = typeof import('node:http') | typeof import('node:https');

/** What is made at the first request of a scheme, and kept. */
interface Prepared {
  client: Client;
  agent: Agent | false;
  tls?: TlsConnection;
}

export function nodeTransport(options: NodeTransportOptions = {}): Transport {
  const prepared = new Map<string, Promise<Prepared>>();
  const fetch = async (href: string, init: FetchInit): Promise<FetchedResponse> => {
    const url = new URL(href);
    assertAddress(url, init.refuseAddress);
    const ready = prepared.get(url.protocol) ?? prepare(url.protocol, options);
    prepared.set(url.protocol, ready);
    const sending = { init, lookup: await lookupFor(options.lookup, init.refuseAddress) };
    return send(await ready, url, sending).catch(async (error: unknown) => {
      if (!(error instanceof LostConnection) || endingOf(init).aborted) throw error;
      return send({ ...(await ready), agent: false }, url, sending);
    });
  };
  return Object.assign(fetch, { close: () => void closeAll(prepared.values()) });
}

async function closeAll(prepared: Iterable<Promise<Prepared>>): Promise<void> {
  for (const result of await Promise.allSettled(prepared)) {
    if (result.status === 'fulfilled' && result.value.agent !== false) result.value.agent.destroy();
  }
}

async function prepare(protocol: string, options: NodeTransportOptions): Promise<Prepared> {
  const client: Client = protocol === 'http:' ? await import('node:http') : await import('node:https');
  const maxSockets = options.connections ?? Number.POSITIVE_INFINITY;
  const agent = options.keepAlive === true && new client.Agent({ keepAlive: true, maxSockets });
  return protocol === 'http:' ? { client, agent } : { client, agent, tls: await tlsConnection(options.tls) };
}

async function lookupFor(lookup: Lookup | undefined, refuse: FetchInit['refuseAddress']): Promise<Lookup | undefined> {
  if (refuse === undefined) return lookup;
  return guardedLookup(lookup ?? (await import('node:dns')).lookup, refuse);
}

interface Sending {
  init: FetchInit;
  lookup: Lookup | undefined;
}

function requestOptions({ agent, tls }: Prepared, { init, lookup }: Sending): RequestOptions {
  return {
    method: init.method,
    headers: init.headers,
    maxHeaderSize: MAX_HEADER_BYTES,
    insecureHTTPParser: false,
    // A connection that is kept may have been made without the guard.
    agent: init.refuseAddress === undefined ? agent : false,
    ...(lookup === undefined ? {} : { lookup }),
    ...{ autoSelectFamilyAttemptTimeout: ADDRESS_ATTEMPT_MS },
    ...tls,
  };
}

function send(prepared: Prepared, url: URL, sending: Sending): Promise<FetchedResponse> {
  return new Promise((resolve, reject) => {
    const request: ClientRequest = prepared.client.request(url, requestOptions(prepared, sending));
    request.on('response', (response) => resolve(fetched(response)));
    // Node drops what is beyond 2000 fields, and with it perhaps a Content-Encoding; MAX_HEADER_BYTES is limit enough.
    request.maxHeadersCount = 0;
    // Stays after the response: a late reset is told by the body, and must not be an uncaught error here.
    request.on('error', (error: NodeJS.ErrnoException) =>
      reject(request.reusedSocket && LOST.has(error.code ?? '') ? new LostConnection() : error),
    );
    request.on('close', () => reject(request.reusedSocket ? new LostConnection() : noResponse()));
    endWith(endingOf(sending.init), request);
    request.end(sending.init.body);
  });
}

/** What the option `signal` does too; but that one looks after streams of every sort, for 1 ms of the first request. */
function endWith(ending: Ending, request: ClientRequest): void {
  const stop = (): void => void request.destroy(ending.reason as Error);
  if (ending.aborted) stop();
  else ending.addEventListener('abort', stop);
  request.on('close', () => ending.removeEventListener('abort', stop));
}

const fetched = (response: IncomingMessage): FetchedResponse => ({
  status: response.statusCode ?? 0,
  headers: responseHeaders(response.rawHeaders),
  body: response,
});

/** The connection ended without a response and without an error, as after an Upgrade nobody asked for. */
const noResponse = () => Object.assign(new Error('the connection ended without a response'), { code: 'ECONNRESET' });

const LOST: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE']);

/**
 * A connection that was kept ended before there was a response: the server had closed it already. That is no answer to
 * this request, which is sent once more over a connection of its own (RFC 9112 §9.3.1).
 */
class LostConnection extends Error {
  readonly code = 'ECONNRESET';
}
