/// <reference path="./undici-lib.d.ts" />
// How undici comes to a connection: directly, or through a tunnel that a proxy opens (RFC 9110 §9.3.6). undici's own
// ProxyAgent tells the status of a refusal only in words, and has no way to end a connection that is being made.

import { isIP } from 'node:net';
import type { buildConnector as Connect } from 'undici';
import connect from 'undici/lib/api/api-connect.js';
import buildConnector from 'undici/lib/core/connect.js';
import Client from 'undici/lib/dispatcher/client.js';
import { hostAndPort } from '../address.ts';
import { ProxyFailure } from './failure.ts';
import { ADDRESS_ATTEMPT_MS, guardedLookup } from './lookup.ts';
import type { Lookup } from './network.ts';
import { MAX_HEADER_BYTES } from './node-transport.ts';
import type { HttpProxy } from './proxy.ts';
import type { TlsConnection } from './tls.ts';

export type Connector = Connect.connector;
type Socket = Extract<Parameters<Connect.Callback>, [null, unknown]>[1];

/** What is being connected, to be ended with the transport; undici ends only what is connected. */
export type Attempts = Set<{ destroy(): unknown }>;

/** Limits of every client. Time is the business of `exchange.ts`; 0 is no limit. */
export const CLIENT_LIMITS = { maxHeaderSize: MAX_HEADER_BYTES, headersTimeout: 0, bodyTimeout: 0 } as const;

export interface DirectOptions {
  /** Made at the first connection that needs it. */
  tls: () => Promise<TlsConnection>;
  attempts: Attempts;
  lookup?: Lookup | undefined;
  refuseAddress?: ((address: string) => boolean) | undefined;
}

/** Connects to the host itself, or over `httpSocket` where there is one. */
export function directConnector({ tls, attempts, ...names }: DirectOptions): Connector {
  const ready = new Map<string, Promise<Connector>>();
  const made = async (protocol: string): Promise<Connector> => {
    const options = { ...(await lookupOption(names)), ...(protocol === 'https:' ? await tls() : {}) };
    return buildConnector({ ...options, timeout: 0, autoSelectFamilyAttemptTimeout: ADDRESS_ATTEMPT_MS });
  };
  return (options, callback) => {
    const connector = ready.get(options.protocol) ?? made(options.protocol);
    ready.set(options.protocol, connector);
    connector.then((open) => attempt(open, attempts)(options, callback), asFailure(callback));
  };
}

const asFailure = (callback: Connect.Callback) => (error: Error) => callback(error, null);

async function lookupOption({ lookup, refuseAddress }: Pick<DirectOptions, 'lookup' | 'refuseAddress'>) {
  if (refuseAddress === undefined) return lookup === undefined ? {} : { lookup };
  return { lookup: guardedLookup(lookup ?? (await import('node:dns')).lookup, refuseAddress) };
}

/** The same connector, its socket listed among the attempts until it is connected or has failed. */
function attempt(open: Connector, attempts: Attempts): Connector {
  return (options, callback) => {
    const done: Connect.Callback = (...result) => {
      if (socket !== undefined) attempts.delete(socket);
      // undici forgets an alert of TLS 1.3 over the end of the connection that follows it, if that is not made at once.
      socket?.on('error', (error) => socket.destroy(error));
      callback(...result);
    };
    // The types keep it to themselves, but a connector gives back its socket.
    const socket = open(options, done) as Socket | undefined;
    if (socket !== undefined) attempts.add(socket);
  };
}

export interface TunnelOptions {
  proxy: HttpProxy;
  /** Connects to the proxy. */
  toProxy: Connector;
  /** Goes on from there with TLS. */
  toHost: Connector;
  attempts: Attempts;
}

/** Connects to an https host by CONNECT. What goes wrong on the way to the tunnel is a ProxyFailure. */
export function tunnelConnector(tunnel: TunnelOptions): Connector {
  return (options, callback) => {
    const target = hostAndPort(new URL(`https://${options.host ?? options.hostname}`));
    openTunnel(target, tunnel).then(
      (httpSocket) => tunnel.toHost({ ...options, httpSocket }, callback),
      asFailure(callback),
    );
  };
}

async function openTunnel(target: string, { proxy, toProxy, attempts }: TunnelOptions): Promise<Socket> {
  const client = new Client(proxy.origin, { ...CLIENT_LIMITS, connect: proxyConnector(proxy, toProxy) });
  attempts.add(client);
  try {
    const { statusCode, socket } = await connect.call(client, { path: target, headers: tunnelHeaders(target, proxy) });
    if (statusCode >= 200 && statusCode < 300) return socket as Socket;
    socket.on('error', () => {}).destroy();
    throw new ProxyFailure(proxy.name, { status: statusCode });
  } catch (error) {
    throw asProxyFailure(error, proxy);
  } finally {
    attempts.delete(client);
  }
}

const tunnelHeaders = (host: string, { authorization }: HttpProxy): Record<string, string> => ({
  host,
  ...(authorization === undefined ? {} : { 'proxy-authorization': authorization }),
});

/** Names the proxy itself in TLS, whatever host the request is for, and marks its failures. */
export function proxyConnector(proxy: HttpProxy, connector: Connector): Connector {
  const { hostname } = new URL(proxy.origin);
  // An address is no server name (RFC 6066 §3), and Node 26 refuses it; the certificate is compared with the address then.
  const servername = hostname.startsWith('[') || isIP(hostname) !== 0 ? '' : hostname;
  return (options, callback) =>
    connector({ ...options, servername }, (...[error, socket]) => {
      if (error === null) callback(null, socket);
      else callback(asProxyFailure(error, proxy), null);
    });
}

export const asProxyFailure = (cause: unknown, { name }: HttpProxy): ProxyFailure =>
  cause instanceof ProxyFailure ? cause : new ProxyFailure(name, { cause });
