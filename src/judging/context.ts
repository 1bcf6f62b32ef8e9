// What one judgement works with: the question's options with their defaults filled in, the network, and what this run remembers.

import { TokctlError } from '../core/errors.ts';
import type { Weakness } from '../core/report.ts';
import { ASYMMETRIC } from '../protocol/algorithm.ts';
import type { Network } from '../protocol/http/network.ts';
import { fetchMetadata, type Metadata } from '../protocol/metadata.ts';
import { type Memory, type NetworkOptions, newMemory, remembered, type VerifyOptions } from '../request.ts';
import type { Anchor } from './trust.ts';

export interface Context {
  readonly options: VerifyOptions;
  readonly network: Network;
  readonly memory: Memory;
  /** Seconds since 1970. */
  readonly now: number;
  /** What made the answer worth less; filled while it is judged. */
  readonly weakened: Set<Weakness>;
}

export async function contextOf(options: VerifyOptions): Promise<Context> {
  const keySources = [options.jwks ?? options.jwksUri, options.key, options.secret].filter((one) => one !== undefined);
  if (keySources.length > 1) {
    throw new TokctlError('ERR_USAGE', 'expected keys from one source, got several', {
      hint: 'give one of --jwks, --key and --secret',
    });
  }
  return {
    options,
    network: await networkOf(options),
    memory: options.memory ?? newMemory(),
    now: options.now ?? Date.now() / 1000,
    weakened: new Set(weaknessesOf(options)),
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

/** The metadata of the anchor's issuer, fetched once in a run. @throws TokctlError */
export function metadataOf({ issuer, fromToken }: Anchor & { issuer: string }, context: Context): Promise<Metadata> {
  const { metadataUrl } = context.options;
  const request = { issuer, hostFromToken: fromToken, ...(metadataUrl === undefined ? {} : { metadataUrl }) };
  return remembered(context.memory, `metadata ${issuer} ${metadataUrl ?? ''}`, () =>
    fetchMetadata(request, context.network),
  );
}
