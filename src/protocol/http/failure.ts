// Why there was no answer, in plain words. Codes of OpenSSL, of the system and of the HTTP parsers come in; TokctlErrors go
// out. Transports, also foreign ones, are known only by the `code` of what they throw.

import { TokctlError } from '../../core/errors.ts';
import { hostAndPort, linkLocalRefused, shownUrl } from '../address.ts';
import { AddressRefused } from './lookup.ts';
import { proxyVariable } from './proxy.ts';
import { isTlsCode, tlsFailure } from './tls-failure.ts';

/** The error of a transport on the way to a proxy or from it: which one, and its status if it refused. */
export class ProxyFailure extends Error {
  override readonly name = 'ProxyFailure';
  /** Host and port. */
  readonly proxy: string;
  readonly status: number | undefined;
  constructor(proxy: string, { status, cause }: { status?: number; cause?: unknown }) {
    super(`no connection through the proxy ${proxy}`, cause === undefined ? undefined : { cause });
    this.proxy = proxy;
    this.status = status;
  }
}

const WORDS: Record<string, string> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection cut off',
  EPIPE: 'connection cut off',
  UND_ERR_SOCKET: 'connection cut off',
  ENOTFOUND: 'host name not found',
  EAI_AGAIN: 'no answer from the name server',
  ETIMEDOUT: 'connection timed out',
  UND_ERR_CONNECT_TIMEOUT: 'connection timed out',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  EADDRNOTAVAIL: 'address not available',
  EACCES: 'connection not permitted by this machine',
  EPERM: 'connection not permitted by this machine',
  EMFILE: 'too many open files',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'body that differs from its Content-Length',
};

const OVERSIZED = ['HPE_HEADER_OVERFLOW', 'UND_ERR_HEADERS_OVERFLOW'];

/** The first telling `code` of an error, its causes and its parts; undefined if there is none. */
export function failureCode(error: unknown, depth = 0): string | undefined {
  if (!(error instanceof Error) || depth > 8) return undefined;
  const code = ownCode(error);
  const inner = failureCode(error.cause, depth + 1) ?? failureCode((error as AggregateError).errors?.[0], depth + 1);
  return code !== undefined && (!code.startsWith('UND_ERR') || inner === undefined) ? code : inner;
}

// A code is shown: what is none, of a transport that is not ours, may hold anything.
const CODE = /^[A-Z][A-Z0-9_]{1,63}$/;

// undici's parser does not always say which rule was broken; node's does.
function ownCode(error: Error): string | undefined {
  const { code } = error as { code?: unknown };
  if (typeof code === 'string' && CODE.test(code)) return code;
  return error.name === 'HTTPParserError' ? 'HPE_INVALID' : undefined;
}

/** True when the connection failed, so that the same request may fare better a moment later. */
export function isConnectionFailure(error: unknown): boolean {
  if (error instanceof TokctlError) return error.code === 'ERR_NETWORK' && isConnectionFailure(error.cause);
  if (findProxyFailure(error)?.status !== undefined) return false;
  return !isBadFraming(failureCode(error) ?? '');
}

const isBadFraming = (code: string): boolean => /^HPE_|LENGTH_MISMATCH/.test(code);

/** A TokctlError for what a transport or a body threw; a TokctlError is given back as it is. */
export function explainFailure(error: unknown, url: URL): TokctlError {
  if (error instanceof TokctlError) return error;
  const code = failureCode(error) ?? 'UNKNOWN';
  if (error instanceof AddressRefused) return linkLocalRefused(url, error.address);
  if (isTlsCode(code)) return tlsFailure(error, { code, url: tlsPeer(error, url) });
  return OVERSIZED.includes(code) ? headersTooLarge(url, error) : networkFailure(error, { code, url });
}

/** Who did not show a trusted certificate: the proxy, where it was not got past. */
function tlsPeer(error: unknown, url: URL): URL {
  const proxy = findProxyFailure(error);
  return proxy === undefined ? url : new URL(`https://${proxy.proxy}`);
}

function findProxyFailure(error: unknown): ProxyFailure | undefined {
  return error instanceof ProxyFailure ? error : undefined;
}

/** ERR_TIMEOUT: the deadline of the whole exchange is over. */
export function timeoutFailure(url: URL, timeoutMs: number): TokctlError {
  const expected = `a whole answer within ${timeoutMs / 1000} s`;
  const hint = 'allow more time: `--timeout 30s`; where the network needs a proxy, set `HTTPS_PROXY`';
  return new TokctlError('ERR_TIMEOUT', `expected ${expected} from \`${hostAndPort(url)}\`, got none`, {
    hint,
    details: { url: shownUrl(url), expected, actual: 'none' },
  });
}

function headersTooLarge(url: URL, cause: unknown): TokctlError {
  const expected = 'a response head of ordinary size';
  return new TokctlError('ERR_RESPONSE_TOO_LARGE', `expected ${expected} from \`${shownUrl(url)}\`, got more`, {
    hint: 'no answer of this kind has that many headers; see whether the URL is that of the endpoint',
    details: { url: shownUrl(url), expected, actual: 'more' },
    cause,
  });
}

function networkFailure(cause: unknown, { code, url }: { code: string; url: URL }): TokctlError {
  const proxy = findProxyFailure(cause);
  const through = proxy === undefined ? '' : ` through the proxy \`${proxy.proxy}\``;
  const actual = words(code, proxy);
  return new TokctlError('ERR_NETWORK', `expected an answer from \`${hostAndPort(url)}\`${through}, got ${actual}`, {
    hint: hintFor(code, { proxy, url }),
    details: { url: shownUrl(url), expected: 'an answer', actual },
    cause,
  });
}

function words(code: string, proxy: ProxyFailure | undefined): string {
  if (proxy?.status !== undefined) return `status ${proxy.status} from the proxy`;
  if (isBadFraming(code)) return `${WORDS[code] ?? 'something that is not HTTP/1.1 as it should be'} (\`${code}\`)`;
  return `${WORDS[code] ?? 'a failed connection'} (\`${code}\`)`;
}

const CUT_OFF = ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'];

function hintFor(code: string, { proxy, url }: { proxy: ProxyFailure | undefined; url: URL }): string {
  if (proxy !== undefined)
    return `look at \`${proxyVariable(url)}\`, its user and password, and list hosts to reach directly in \`NO_PROXY\``;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return 'check the host name; where the network needs a proxy, set `HTTPS_PROXY`';
  if (isBadFraming(code)) return 'see whether the URL has the right scheme and port';
  // With TLS 1.3 the refusal of a client certificate comes after the handshake, and may be no more than this.
  if (CUT_OFF.includes(code) && url.protocol === 'https:')
    return 'check host and port; a server that wants a client certificate may do the same: `--tls-cert FILE --tls-key FILE`';
  return 'check host and port, and that the server runs; where the network needs a proxy, set `HTTPS_PROXY`';
}
