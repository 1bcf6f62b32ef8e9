/// <reference path="./undici-lib.d.ts" />
// The transport over undici: it keeps connections for a batch, and goes through proxies. Like the other one it follows no
// redirect, inflates nothing and reads no environment. Only the parts of undici that are used are loaded, because all of it
// takes more than twice as long; nothing imports this file but where it is needed (`transport.ts`).

import type { Dispatcher } from 'undici';
import request from 'undici/lib/api/api-request.js';
import Agent from 'undici/lib/dispatcher/agent.js';
import { oncePerText } from '../../core/once.ts';
import { endingOf } from './deadline.ts';
import { ProxyFailure } from './failure.ts';
import { assertAddress } from './lookup.ts';
import type { FetchedResponse, FetchInit, Lookup, ProxyOptions, TlsOptions, Transport } from './network.ts';
import { type HttpProxy, proxyFor } from './proxy.ts';
import { responseHeaders } from './response-headers.ts';
import { tlsConnection } from './tls.ts';
import {
  type Attempts,
  asProxyFailure,
  CLIENT_LIMITS,
  type Connector,
  directConnector,
  proxyConnector,
  tunnelConnector,
} from './undici-connector.ts';

export interface UndiciTransportOptions {
  /** For the hosts that are asked. A proxy is shown no client certificate, and its own is always checked. */
  tls?: TlsOptions;
  /**
   * Without it every host is asked directly. A proxy resolves the names itself: there `refuseAddress` sees only addresses
   * that stand in a URL.
   */
  proxy?: ProxyOptions;
  /** Most connections to one host at a time; default: no limit. */
  connections?: number;
  /** In place of `dns.lookup`, for tests. */
  lookup?: Lookup;
}

/** Asks through a pool. Connections that no request uses do not keep the process alive, but `close` ends it sooner. */
export function undiciTransport(options: UndiciTransportOptions = {}): Transport {
  const pools = new Pools(options);
  const fetch = async (href: string, init: FetchInit): Promise<FetchedResponse> => {
    const url = parsed(href);
    assertAddress(url, init.refuseAddress);
    const proxy = proxyFor(url, options.proxy);
    if (proxy === undefined) return send(pools.direct(init.refuseAddress), direct(url, init));
    if (url.protocol === 'https:') return send(pools.tunnel(proxy), direct(url, init));
    return forward(pools.forward(proxy), proxy, { url, init });
  };
  return Object.assign(fetch, { close: () => pools.close() });
}

/** Most requests of a batch go to one URL. What is shared so is given to nobody. */
const parsed = oncePerText((href) => new URL(href));

// A connection is used again only by requests that would have made it the same way: by the same guard, or the same proxy.
class Pools {
  readonly #options: UndiciTransportOptions;
  readonly #pools = new Map<unknown, Dispatcher>();
  readonly #attempts: Attempts = new Set();
  readonly #tls: () => ReturnType<typeof tlsConnection>;
  readonly #toProxy: Connector;

  constructor(options: UndiciTransportOptions) {
    const { tls = {}, lookup } = options;
    this.#options = options;
    this.#tls = once(() => tlsConnection(tls));
    const proxyTls = once(() => tlsConnection(tls.ca === undefined ? {} : { ca: tls.ca }));
    this.#toProxy = directConnector({ tls: proxyTls, attempts: this.#attempts, lookup });
  }

  direct(refuseAddress: FetchInit['refuseAddress']): Dispatcher {
    return this.#pool(refuseAddress ?? 'direct', () => this.#toHost(refuseAddress));
  }

  forward(proxy: HttpProxy): Dispatcher {
    return this.#pool(`http ${key(proxy)}`, () => proxyConnector(proxy, this.#toProxy));
  }

  tunnel(proxy: HttpProxy): Dispatcher {
    const toProxy = this.#toProxy;
    return this.#pool(`https ${key(proxy)}`, () =>
      tunnelConnector({ proxy, toProxy, toHost: this.#toHost(), attempts: this.#attempts }),
    );
  }

  close(): void {
    for (const attempt of this.#attempts) attempt.destroy();
    for (const pool of this.#pools.values()) void pool.destroy();
    this.#attempts.clear();
  }

  #toHost(refuseAddress?: FetchInit['refuseAddress']): Connector {
    return directConnector({
      tls: this.#tls,
      attempts: this.#attempts,
      lookup: this.#options.lookup,
      refuseAddress,
    });
  }

  #pool(name: unknown, connector: () => Connector): Dispatcher {
    const known = this.#pools.get(name);
    if (known !== undefined) return known;
    const { connections } = this.#options;
    const limit = connections === undefined ? {} : { connections };
    const pool = new Agent({ ...CLIENT_LIMITS, ...limit, connect: connector() });
    this.#pools.set(name, pool);
    return pool;
  }
}

const key = ({ origin, authorization }: HttpProxy): string => `${origin} ${authorization}`;

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

type Asked = Pick<
  Dispatcher.RequestOptions,
  'origin' | 'path' | 'headers' | 'method' | 'body' | 'signal' | 'responseHeaders'
>;

function direct(url: URL, init: FetchInit): Asked {
  const asked: Asked = {
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method: init.method,
    headers: init.headers,
    // It listens to `abort`, and asks for no more of an AbortSignal.
    signal: endingOf(init) as AbortSignal,
    // Gives the flat list of the wire.
    responseHeaders: 'raw',
  };
  if (init.body !== undefined) asked.body = init.body;
  return asked;
}

async function send(pool: Dispatcher, asked: Asked): Promise<FetchedResponse> {
  const { statusCode, headers, body } = await request.call(pool, asked);
  // The types do not know the list.
  return { status: statusCode, headers: responseHeaders(headers as unknown as string[]), body };
}

interface Forwarding {
  url: URL;
  init: FetchInit;
}

/** http through a proxy: the whole URL in the request line (RFC 9112 §3.2.2). 407 is the word of the proxy. */
async function forward(pool: Dispatcher, proxy: HttpProxy, { url, init }: Forwarding): Promise<FetchedResponse> {
  const { authorization, origin } = proxy;
  const own = authorization === undefined ? {} : { 'proxy-authorization': authorization };
  const path = `${url.origin}${url.pathname}${url.search}`;
  const headers = { ...init.headers, host: url.host, ...own };
  const response = await send(pool, { ...direct(url, init), origin, path, headers }).catch((error) => {
    throw asProxyFailure(error, proxy);
  });
  if (response.status === 407) throw new ProxyFailure(proxy.name, { status: 407 });
  return response;
}
