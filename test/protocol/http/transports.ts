// Both transports, and the one question asked of each. What holds for one must hold for the other.

import { expect, onTestFinished } from 'vitest';
import { type ErrorCode, TokctlError } from '../../../src/core/errors.ts';
import { exchange } from '../../../src/protocol/http/exchange.ts';
import type {
  Exchange,
  HttpRequest,
  Lookup,
  Network,
  TlsOptions,
  Transport,
} from '../../../src/protocol/http/network.ts';
import { nodeTransport } from '../../../src/protocol/http/node-transport.ts';
import { undiciTransport } from '../../../src/protocol/http/undici-transport.ts';

export interface Making {
  tls?: TlsOptions;
  lookup?: Lookup;
}

export type Make = (options?: Making) => Transport;

export const TRANSPORTS: [name: string, make: Make][] = [
  ['node:http', (options = {}) => nodeTransport(options)],
  ['node:http, connections kept', (options = {}) => nodeTransport({ ...options, keepAlive: true })],
  ['undici', (options = {}) => undiciTransport(options)],
];

/** A network for this test: quick to give up where a test does not say otherwise. */
export function network(fetch: Transport, over: Partial<Network> = {}): Network {
  onTestFinished(() => fetch.close());
  return { fetch, timeoutMs: 5_000, retries: 0, headers: {}, offline: false, insecureHttp: false, ...over };
}

export const get = (url: URL, over: Partial<HttpRequest> = {}): HttpRequest => ({
  purpose: 'metadata',
  method: 'GET',
  url,
  headers: { accept: 'application/json' },
  ...over,
});

export const post = (url: URL, over: Partial<HttpRequest> = {}): HttpRequest => ({
  purpose: 'introspection',
  method: 'POST',
  url,
  headers: { accept: 'application/json', authorization: 'Basic c2VjcmV0OnNlY3JldA==' },
  form: [['token', 'a secret token & more']],
  ...over,
});

/** An observer that remembers. */
export function recorder(): { observe: (exchange: Exchange) => void; exchanges: Exchange[] } {
  const exchanges: Exchange[] = [];
  return { exchanges, observe: (seen) => void exchanges.push(seen) };
}

export interface Expected {
  code: ErrorCode;
  exitCode: number;
  message: RegExp | string;
  hint: RegExp | string;
}

/** The failure of this exchange, after a look at what every failure must have: expected, got, a hint, one line. */
export async function failure(asked: Promise<unknown>, expected: Expected): Promise<TokctlError> {
  const error: unknown = await asked.then(
    (value) => new Error(`expected a failure, got ${JSON.stringify(value)}`),
    (reason) => reason,
  );
  if (!(error instanceof TokctlError)) throw error;
  expect(`${error.code} ${error.message}`).toMatch(expected.message);
  expect(error).toMatchObject({ code: expected.code, exitCode: expected.exitCode });
  assertVoice(error);
  expect(error.hint).toMatch(expected.hint);
  return error;
}

/** Style of words: lower case, one line, no final period, what was expected and what was got. */
export function assertVoice(error: TokctlError): void {
  expect(error.message).toMatch(/^expected [^\n\r]+, got [^\n\r]*[^.\s]$/);
  expect(error.hint).toMatch(/^[a-z`][^\n\r]*[^.\s]$/);
}

/** Asks, and expects no answer. */
export const refused = (request: HttpRequest, over: Network, expected: Expected): Promise<TokctlError> =>
  failure(exchange(request, over), expected);
