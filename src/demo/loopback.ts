// One http server on 127.0.0.1. Invariant: nothing here binds any other address, and closing frees the port at once.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export const LOOPBACK = '127.0.0.1';

/** How many ports after the first are tried before any free one is taken. */
const NEIGHBOURS = 20;

export interface ListenOptions {
  /** True: that port and no other. False: the next free one if it is taken. */
  exact: boolean;
  /** Must be 127.0.0.1, which is the default. */
  host?: string;
}

/**
 * Listens on a loopback port; 0 takes any free one.
 * @throws RangeError for an address that is not 127.0.0.1, or the error of node:net with its `code` (`EADDRINUSE`).
 */
export async function listen(port: number, { exact, host = LOOPBACK }: ListenOptions): Promise<Server> {
  if (host !== LOOPBACK) throw new RangeError(`the playground listens on ${LOOPBACK} only, got \`${host}\``);
  if (exact || port === 0) return bind(port);
  for (const candidate of candidates(port)) {
    try {
      return await bind(candidate);
    } catch (error) {
      if (!isUnavailable(error)) throw error;
    }
  }
  return bind(0);
}

/** The port that a listening server has. */
export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

/** Stops listening and drops what is still connected, kept-alive connections included. */
export async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}

/** True for the error of a port that is taken, or reserved by the system. */
export function isUnavailable(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'EADDRINUSE' || code === 'EACCES';
}

function candidates(first: number): number[] {
  return Array.from({ length: NEIGHBOURS }, (_, offset) => first + offset).filter((port) => port <= 65_535);
}

function bind(port: number): Promise<Server> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: LOOPBACK, exclusive: true }, () => {
      server.off('error', reject);
      resolve(server);
    });
  });
}
