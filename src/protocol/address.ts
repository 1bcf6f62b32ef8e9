// Which addresses may be asked (contract §4.5, §11). Pure: names are not resolved here; the transports ask again with the
// resolved address at connect time. Addresses are compared as 128 bits, IPv4 in its mapped form (RFC 4291 §2.5.5.2), so
// that one address has one value however it is spelled.

import { TokctlError } from '../core/errors.ts';
import { oncePerText } from '../core/once.ts';

/** What a person allowed, and whether a person named the host at all. */
export interface Reach {
  /** `--insecure-http` */
  insecureHttp?: boolean;
  /** True when the host is known only from a token (`--trust-iss`). */
  hostFromToken?: boolean;
}

interface Block {
  base: bigint;
  /** Bits of the prefix, of 128. */
  prefix: number;
}

const IPV4 = /^(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\.(?!$)|$)){4}$/;

/** The 128 bits of an IP address, in brackets or not, with a zone or not; undefined if the text is no IP address. */
export const addressBits = oncePerText((address: string): bigint | undefined => {
  const text = address.replace(/^\[(.*)\]$/, '$1').replace(/%.*$/s, '');
  const spelled = IPV4.test(text) ? `http://[::ffff:${text}]` : `http://[${text}]`;
  if (!/^[0-9a-fA-F:.]+$/.test(text) || !URL.canParse(spelled)) return undefined;
  const [head = '', tail] = new URL(spelled).hostname.slice(1, -1).split('::');
  const left = groups(head);
  const right = groups(tail ?? '');
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  return [...left, ...Array<bigint>(zeros).fill(0n), ...right].reduce((bits, group) => (bits << 16n) | group, 0n);
});

const groups = (text: string): bigint[] => (text === '' ? [] : text.split(':').map((group) => BigInt(`0x${group}`)));

/** A block in CIDR form, such as `10.0.0.0/8` or `fe80::/10` (RFC 4632 §3.1); undefined if the text is none. */
export function parseBlock(text: string): Block | undefined {
  const [address = '', length = '', ...rest] = text.split('/');
  const base = addressBits(address);
  const given = Number(length);
  const most = address.includes(':') ? 128 : 32;
  if (base === undefined || rest.length > 0 || !/^[0-9]{1,3}$/.test(length) || given > most) return undefined;
  return { base, prefix: 128 - most + given };
}

export function inBlock(address: string, { base, prefix }: Block): boolean {
  const bits = addressBits(address);
  const rest = BigInt(128 - prefix);
  return bits !== undefined && bits >> rest === base >> rest;
}

/** Spelled, and read when a host is looked at: most runs look at none. */
type Spelled = readonly [base: string, prefix: number];

const isIn = (address: string, [base, prefix]: Spelled): boolean =>
  inBlock(address, { base: addressBits(base) ?? -1n, prefix });

// 169.254.0.0/16 and fe80::/10 (RFC 3927, RFC 4291 §2.5.6), and the ways in which IPv6 carries the first: mapped,
// compatible, translated (RFC 2765 §2.1), NAT64 (RFC 6052 §2.1) and 6to4 (RFC 3056 §2).
const LINK_LOCAL: readonly Spelled[] = [
  ['169.254.0.0', 112],
  ['fe80::', 10],
  ['::169.254.0.0', 112],
  ['::ffff:0:169.254.0.0', 112],
  ['64:ff9b::169.254.0.0', 112],
  ['2002:a9fe::', 32],
];

const LOOPBACK: readonly Spelled[] = [
  ['127.0.0.0', 104],
  ['::1', 128],
];

/** True for 169.254.0.0/16 and fe80::/10 in any spelling, also inside IPv6 (contract §11). A name is never link-local. */
export function isLinkLocal(address: string): boolean {
  return LINK_LOCAL.some((known) => isIn(address, known));
}

/** True for `localhost`, `*.localhost` (RFC 6761 §6.3), 127.0.0.0/8 and ::1 (contract §11). Names are not resolved. */
export function isLoopback(url: URL): boolean {
  const host = url.hostname.toLowerCase().replace(/\.$/, '');
  return host === 'localhost' || host.endsWith('.localhost') || LOOPBACK.some((known) => isIn(host, known));
}

/**
 * Lets a URL pass that tokctl may connect to: https, or http on loopback or with `--insecure-http`; no user part
 * (RFC 9110 §4.2.4); not link-local where only a token names the host.
 * @throws TokctlError ERR_ENDPOINT_REFUSED
 */
export function assertReachable(url: URL, { insecureHttp = false, hostFromToken = false }: Reach): void {
  if (url.username !== '' || url.password !== '') throw userPart(url);
  if (url.protocol === 'http:' && !insecureHttp && !isLoopback(url)) throw clearText(url);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw otherScheme(url);
  if (hostFromToken && isLinkLocal(url.hostname)) throw linkLocalRefused(url);
}

/** The URL without what may be secret: user part, query and fragment. */
export function shownUrl(url: URL): string {
  return url.host === '' ? url.protocol : `${url.protocol}//${url.host}${url.pathname}`;
}

/** The host and port that are connected to, `id.example.com:443`. */
export function hostAndPort(url: URL): string {
  return `${url.hostname}:${url.port === '' ? (url.protocol === 'http:' ? '80' : '443') : url.port}`;
}

/** The host of a token leads to a link-local address; the transports found `address` when they resolved its name. */
export function linkLocalRefused(url: URL, address?: string): TokctlError {
  const actual = address === undefined ? url.hostname : `${url.hostname} at ${address}`;
  return refused(url, 'a host that is not link-local, because only a token names it', actual, {
    hint: 'name the issuer yourself if it is right: `--issuer URL`',
  });
}

const userPart = (url: URL) =>
  refused(url, 'a URL without a user part', `one for \`${url.host}\` with a user name or a password in it`, {
    hint: 'take the part before `@` out of the URL; client credentials have their own options, `--client-id` and `--client-secret`',
  });

const clearText = (url: URL) =>
  refused(url, 'https, or http on loopback', `\`http\` to \`${url.host}\``, {
    hint: 'use the https URL, or allow clear text on a network you trust: `--insecure-http`',
  });

const otherScheme = (url: URL) =>
  refused(url, 'an https URL', `the scheme \`${url.protocol.slice(0, -1)}\``, {
    hint: 'use an https URL; http is for loopback, or goes elsewhere with `--insecure-http`',
  });

function refused(url: URL, expected: string, actual: string, { hint }: { hint: string }): TokctlError {
  const details = { url: shownUrl(url), expected, actual };
  return new TokctlError('ERR_ENDPOINT_REFUSED', `expected ${expected}, got ${actual}`, { hint, details });
}
