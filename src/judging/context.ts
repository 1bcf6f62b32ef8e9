// What one judgement works with: the question's options with their defaults filled in, the network, and what this run remembers.

import { TokctlError } from '../core/errors.ts';
import type { Weakness } from '../core/report.ts';
import { ASYMMETRIC } from '../protocol/algorithm.ts';
import type { FetchLike, Network } from '../protocol/http/network.ts';
import type { Metadata } from '../protocol/metadata.ts';
import { type Memory, type NetworkOptions, newMemory, remembered, type VerifyOptions } from '../request.ts';
import { type Had, metadataDocument } from './documents.ts';
import type { Anchor } from './trust.ts';

export interface Context {
  readonly options: VerifyOptions;
  readonly network: Network;
  readonly memory: Memory;
  /** Seconds since 1970. */
  readonly now: number;
  /** What made the answer worth less; filled while it is judged. */
  readonly weakened: Set<Weakness>;
  /** Tokens that were got or made while it is judged: a server may echo them too. */
  readonly learned: Set<string>;
}

export async function contextOf(options: VerifyOptions): Promise<Context> {
  const keySources = [options.jwks ?? options.jwksUri, options.key, options.secret].filter((one) => one !== undefined);
  if (keySources.length > 1) {
    throw new TokctlError('ERR_USAGE', 'expected keys from one source, got several', {
      hint: 'give one of --jwks, --key and --secret',
    });
  }
  const memory = options.memory ?? newMemory();
  const now = options.now ?? Date.now() / 1000;
  const network = await networkOf(options);
  return {
    options,
    // Of a chosen time a clock says nothing.
    network:
      options.nowIsChosen === true ? network : { ...network, fetch: comparingClocks(network.fetch, now, memory) },
    memory,
    now,
    weakened: new Set(weaknessesOf(options)),
    learned: new Set(),
  };
}

/** The same transport; notes how far the `Date` of each answer (RFC 9110 §6.6.1) is from the clock here. */
function comparingClocks(fetch: FetchLike, now: number, memory: Memory): FetchLike {
  const startedAt = Date.now();
  return async (url, init) => {
    const response = await fetch(url, init);
    const date = Date.parse(response.headers.get('date') ?? '') / 1000;
    // A `Date` has whole seconds: in the middle of its second it is nearest to the truth.
    const ahead = date + 0.5 - (now + (Date.now() - startedAt) / 1000);
    if (Number.isFinite(ahead)) memory.serverAhead = ahead;
    return response;
  };
}

async function networkOf(options: NetworkOptions): Promise<Network> {
  const { fetch, timeout = 10, retries = 2, headers = {}, signal, observe } = options;
  const optional = { ...(signal === undefined ? {} : { signal }), ...(observe === undefined ? {} : { observe }) };
  return {
    fetch: fetch ?? (await import('../protocol/http/node-transport.ts')).nodeTransport(),
    timeoutMs: timeout * 1000,
    retries,
    headers,
    offline: options.offline === true,
    insecureHttp: options.insecureHttp === true,
    ...optional,
  };
}

function weaknessesOf(options: VerifyOptions): Weakness[] {
  const { algorithms = [], secret, expectations, insecureHttp, insecureTls, nowIsChosen } = options;
  const beyond = secret !== undefined || algorithms.some((name) => !Object.hasOwn(ASYMMETRIC, name));
  const all: [Weakness, boolean][] = [
    ['insecure_http', insecureHttp === true],
    ['insecure_tls', insecureTls === true],
    ['clock_tolerance', (expectations?.clockTolerance ?? 0) > 0],
    ['at_time', nowIsChosen === true],
    ['algorithm_allowed', beyond],
  ];
  return all.filter(([, applies]) => applies).map(([weakness]) => weakness);
}

type Named = Anchor & { issuer: string };

/** The metadata of the anchor's issuer, fetched once in a run. @throws TokctlError */
export async function metadataOf(anchor: Named, context: Context): Promise<Metadata> {
  return (await hadMetadata(anchor, context)).value;
}

/** The same, but never from an earlier run: it is fetched now where it was. @throws TokctlError */
export async function freshMetadataOf(anchor: Named, context: Context): Promise<Metadata> {
  const had = await hadMetadata(anchor, context);
  if (!had.isKept) return had.value;
  context.memory.entries.delete(metadataName(anchor, context));
  return (await hadMetadata(anchor, context, true)).value;
}

function hadMetadata(anchor: Named, context: Context, isFresh = false): Promise<Had<Metadata>> {
  const { metadataUrl } = context.options;
  const { issuer, fromToken } = anchor;
  const request = { issuer, hostFromToken: fromToken, ...(metadataUrl === undefined ? {} : { metadataUrl }) };
  return remembered(context.memory, metadataName(anchor, context), () => metadataDocument(request, context, isFresh));
}

const metadataName = ({ issuer }: Named, { options }: Context): string =>
  `metadata ${issuer} ${options.metadataUrl ?? ''}`;
