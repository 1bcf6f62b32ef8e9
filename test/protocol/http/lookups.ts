// Name servers of tests: no name leaves this machine.

import type { Lookup } from '../../../src/protocol/http/network.ts';

export interface Found {
  address: string;
  family: 4 | 6;
}

/** Every name leads to these addresses; `asked` are the names, in order. The answer has two forms (`all` or not). */
export function leadsTo(addresses: Found[]): Lookup & { asked: string[] } {
  const asked: string[] = [];
  const lookup: Lookup = (name, options, callback) => {
    asked.push(name);
    const [first] = addresses;
    if (options.all) queueMicrotask(() => callback(null, addresses));
    else queueMicrotask(() => callback(null, first?.address ?? '', first?.family));
  };
  return Object.assign(lookup, { asked });
}

export const HERE: Found = { address: '127.0.0.1', family: 4 };

/** No name is found, with that code. */
export const failsWith =
  (code: string): Lookup =>
  (_name, _options, callback) =>
    queueMicrotask(() => callback(Object.assign(new Error('no such name'), { code }), []));
