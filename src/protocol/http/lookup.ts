// Addresses are refused when they are connected to, not when their name is read: a name may lead elsewhere a moment later
// (DNS rebinding, security.md D2).

import type { Lookup } from './network.ts';

// Node gives up an address after 250 ms when a host has several, and never comes back to it: too short for far hosts.
export const ADDRESS_ATTEMPT_MS = 1_000;

/** The transport would have connected to an address that `refuseAddress` refuses. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused';
  readonly code = 'ADDRESS_REFUSED';
  readonly address: string;
  constructor(address: string) {
    super(`refused to connect to ${address}`);
    this.address = address;
  }
}

/** The part of a lookup's last argument that is used here. */
type Found = string | { address: string }[];

const addresses = (found: Found): string[] =>
  typeof found === 'string' ? [found] : found.map(({ address }) => address);

/** A `lookup` for sockets that fails with `AddressRefused` when one of the addresses of a name is refused. */
export function guardedLookup(lookup: Lookup, refuseAddress: (address: string) => boolean): Lookup {
  return (hostname, options, callback) =>
    lookup(hostname, options, (error, found, family) => {
      const refused = error === null ? addresses(found).find(refuseAddress) : undefined;
      if (refused === undefined) callback(error, found, family);
      else callback(new AddressRefused(refused), []);
    });
}

/** Addresses that stand in the URL itself are connected to without a lookup. */
export function assertAddress(url: URL, refuseAddress: ((address: string) => boolean) | undefined): void {
  const address = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (refuseAddress?.(address)) throw new AddressRefused(address);
}
