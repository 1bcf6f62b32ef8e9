// Which transport asks: the quick one for a few exchanges, undici for a batch and where a proxy stands between. Each is
// loaded when the first request needs it, so that a command without a request loads neither.

import type { FetchLike, Lookup, ProxyOptions, TlsOptions, Transport } from './network.ts';
import { proxyFor } from './proxy.ts';

export interface TransportChoice {
  tls?: TlsOptions;
  proxy?: ProxyOptions;
  /** Many requests to the same hosts. */
  pooled?: boolean;
  /** Most connections to one host at a time, where they are kept; default: no limit. */
  connections?: number;
  /** In place of `dns.lookup`, for tests. */
  lookup?: Lookup;
}

/** A transport that is chosen for each URL, by NO_PROXY too. Connections are kept for further requests; `close` ends what is open and lets the process end. */
export function chooseTransport({ pooled = false, ...options }: TransportChoice = {}): Transport {
  const quick = lazily(async () =>
    (await import('./node-transport.ts')).nodeTransport({ ...options, keepAlive: true }),
  );
  const pooling = lazily(async () => (await import('./undici-transport.ts')).undiciTransport(options));
  const isPooled = (href: string): boolean => pooled || proxyFor(new URL(href), options.proxy) !== undefined;
  const fetch: FetchLike = async (href, init) => (await (isPooled(href) ? pooling : quick).get())(href, init);
  return Object.assign(fetch, { close: () => [quick, pooling].forEach((transport) => void transport.close()) });
}

function lazily(make: () => Promise<Transport>) {
  let made: Promise<Transport> | undefined;
  return {
    get: () => {
      made ??= make();
      return made;
    },
    close: async () => (await made)?.close(),
  };
}
