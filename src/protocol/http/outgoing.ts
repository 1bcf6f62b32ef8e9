// A request as it goes on the wire, and as an observer may see it. Headers of the user add to tokctl's own and never take
// their place: what says who asks, whom, and how long the message is stays with tokctl.

import { TokctlError } from '../../core/errors.ts';
import { VERSION } from '../../core/version.ts';
import { shownUrl } from '../address.ts';
import type { Exchange, HttpRequest } from './network.ts';

export interface Outgoing {
  /** Lower-case names. */
  headers: Record<string, string>;
  body?: string;
}

/** Headers that `--header` may not set; `user-agent` it may, for gateways that turn unknown programs away. */
const OWN = new Set(
  `accept accept-encoding connection content-encoding content-length content-type cookie cookie2 expect host
  http2-settings keep-alive proxy-authorization proxy-connection te trailer transfer-encoding upgrade`.split(/\s+/),
);

/** Headers whose values an observer is not told, besides those of the user. */
const SECRET = new Set(['authorization', 'proxy-authorization', 'cookie']);

const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Looks whether free headers may be sent (RFC 9110 §5.1, §5.5). Neither odd names nor values are repeated: they may be
 * secrets that slipped.
 * @throws TokctlError ERR_USAGE
 */
export function assertFreeHeaders(headers: Record<string, string>): void {
  for (const [name, value] of Object.entries(headers)) {
    if (!NAME.test(name)) throw usage('expected a header name of letters, digits and hyphens, got something else');
    if (OWN.has(name.toLowerCase())) throw ownHeader(name.toLowerCase());
    assertValue(name, value);
  }
}

function assertValue(name: string, value: string): void {
  if (VALUE.test(value)) return;
  throw usage(`expected a value of one line in the header \`${name}\`, got characters that no header may have`);
}

const usage = (message: string, hint = 'write it as `--header "Name: value"`') =>
  new TokctlError('ERR_USAGE', message, { hint });

function ownHeader(name: string): TokctlError {
  const hint = `leave \`${name}\` out of --header`;
  return usage(`expected a header that is free to set, got \`${name}\`, which tokctl sets itself`, hint);
}

/**
 * The user's headers that go with this request. `Authorization` is for metadata and keys that are not public, as those of
 * a Kubernetes cluster: it goes to hosts that the user named, and never where a client authenticates.
 */
function freeFor(request: HttpRequest, free: Record<string, string>): Record<string, string> {
  const { authorization, ...others } = lowerCased(free);
  return authorization === undefined || request.mayAuthorize !== true ? others : { ...others, authorization };
}

/**
 * Headers and body of a request (RFC 6749 app. B for the form).
 * @throws TokctlError ERR_USAGE
 */
export function outgoing(request: HttpRequest, free: Record<string, string>): Outgoing {
  assertFreeHeaders(free);
  const headers: Record<string, string> = {
    'user-agent': `tokctl/${VERSION}`,
    ...freeFor(request, free),
    ...request.headers,
  };
  headers['accept-encoding'] = 'identity';
  for (const [name, value] of Object.entries(headers)) assertValue(name, value);
  if (request.form === undefined) return { headers };
  headers['content-type'] = 'application/x-www-form-urlencoded';
  return { headers, body: new URLSearchParams(request.form).toString() };
}

const lowerCased = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/** What an observer is told of a request before it is sent. */
export function observed(
  request: HttpRequest,
  { headers }: Outgoing,
  free: Record<string, string>,
): Omit<Exchange, 'latencyMs'> {
  const hidden = new Set([...SECRET, ...Object.keys(free).map((name) => name.toLowerCase())]);
  const shown = Object.entries(headers).map(([name, value]) => [name, hidden.has(name) ? '[redacted]' : value]);
  return {
    purpose: request.purpose,
    method: request.method,
    url: shownUrl(request.url),
    requestHeaders: Object.fromEntries(shown),
    formMembers: (request.form ?? []).map(([name]) => name),
  };
}
