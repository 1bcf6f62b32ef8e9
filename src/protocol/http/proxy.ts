// Which proxy a URL is asked through: HTTPS_PROXY, HTTP_PROXY and NO_PROXY as curl reads them. Loopback is always asked
// directly: the proxy would ask its own, and http is let through to loopback because it never leaves the machine.

import { TokctlError } from '../../core/errors.ts';
import { addressBits, hostAndPort, inBlock, isLoopback, parseBlock } from '../address.ts';
import type { ProxyOptions } from './network.ts';

/** A proxy that is spoken to in HTTP or HTTPS. */
export interface HttpProxy {
  /** `http://proxy.example:3128`, without user part */
  origin: string;
  /** Host and port, for messages. */
  name: string;
  /** The value of Proxy-Authorization (RFC 9110 §11.7.2). Secret. */
  authorization?: string;
}

/**
 * The proxy for a URL, or undefined if it is asked directly.
 * @throws TokctlError ERR_CONFIG_INVALID for a value that names no HTTP proxy
 */
export function proxyFor(url: URL, { httpsProxy, httpProxy, noProxy = '' }: ProxyOptions = {}): HttpProxy | undefined {
  const value = (url.protocol === 'https:' ? httpsProxy : httpProxy)?.trim() ?? '';
  if (value === '' || isLoopback(url) || isExcepted(url, noProxy)) return undefined;
  return parseProxy(value, proxyVariable(url));
}

/** The variable of a URL's scheme. For http only the lower-case name counts: a CGI request can set the other. */
export const proxyVariable = ({ protocol }: URL): string => (protocol === 'https:' ? 'HTTPS_PROXY' : 'http_proxy');

function parseProxy(value: string, variable: string): HttpProxy {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.hostname === '') throw unusable(variable, 'something else');
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw unusable(variable, `\`${url.protocol}//\``);
  const authorization = basic(url, variable);
  return { origin: url.origin, name: hostAndPort(url), ...(authorization === undefined ? {} : { authorization }) };
}

function basic({ username, password }: URL, variable: string): string | undefined {
  if (username === '' && password === '') return undefined;
  try {
    const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return `Basic ${Buffer.from(pair).toString('base64')}`;
  } catch {
    throw unusable(variable, 'a user or password with a `%` that is not followed by two hex digits');
  }
}

// The value is not repeated: it may hold a password.
const unusable = (variable: string, actual: string) =>
  new TokctlError('ERR_CONFIG_INVALID', `expected the URL of an HTTP proxy in \`${variable}\`, got ${actual}`, {
    hint: `write it as \`${variable}=http://proxy.example:3128\`, with \`%40\` for an \`@\` in the password`,
    details: { expected: 'the URL of an HTTP proxy', actual },
  });

/**
 * NO_PROXY: names with all below them, with a dot or `*.` in front or not, addresses and CIDR blocks, each with a port or
 * not, divided by commas or white space; `*` is every host.
 */
function isExcepted(url: URL, noProxy: string): boolean {
  return noProxy
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => entry === '*' || matches(url, entry));
}

const ENTRY = /^(\[[^\]]*\]|[^:]*|.*:.*:.*?)(?::(\d+))?$/;

function matches(url: URL, entry: string): boolean {
  const block = parseBlock(entry);
  if (block !== undefined) return inBlock(url.hostname, block);
  if (addressBits(entry) !== undefined) return addressBits(url.hostname) === addressBits(entry);
  const [, name = '', port] = ENTRY.exec(entry) ?? [];
  if (port !== undefined && !hostAndPort(url).endsWith(`:${port}`)) return false;
  return isWithin(url.hostname, name);
}

function isWithin(hostname: string, name: string): boolean {
  const bits = addressBits(name);
  if (bits !== undefined) return addressBits(hostname) === bits;
  const zone = canonical(name.replace(/^\*?\./, ''));
  const host = hostname.replace(/\.$/, '');
  return zone !== '' && (host === zone || host.endsWith(`.${zone}`));
}

/** A name as it stands in a URL: lower case, in ASCII (RFC 5891), without the dot of the root. */
function canonical(name: string): string {
  const ascii = URL.canParse(`http://${name}`) ? new URL(`http://${name}`).hostname : name;
  return ascii.toLowerCase().replace(/\.$/, '');
}
