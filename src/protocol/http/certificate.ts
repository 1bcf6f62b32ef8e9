// The certificates that a server shows, read for their facts. Whether they are trusted is decided by the transports, on the
// connections that carry requests: this one carries nothing and is closed when the handshake is over.

import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import { startDeadline } from './deadline.ts';
import { explainFailure, timeoutFailure } from './failure.ts';

export interface CertificateFacts {
  /** Common name, or the organisation where there is none; text of the server. */
  subject: string;
  issuer: string;
  /** Seconds since 1970. */
  validFrom: number;
  validTo: number;
  /** Its issuer is itself. */
  selfIssued: boolean;
}

export interface ServerCertificates {
  /** Such as `TLSv1.3`. */
  protocol: string;
  /** The certificate of the server first, as far up as the chain is known. Never empty. */
  chain: CertificateFacts[];
}

export interface CertificateRequest {
  timeoutMs: number;
  signal?: AbortSignal;
}

/**
 * Connects to the host and port of an https URL and reads what it shows.
 * @throws TokctlError ERR_NETWORK, ERR_TIMEOUT, ERR_TLS
 * @throws the reason of `signal` when that aborts
 */
export async function readCertificates(
  url: URL,
  { timeoutMs, signal }: CertificateRequest,
): Promise<ServerCertificates> {
  signal?.throwIfAborted();
  const deadline = startDeadline(timeoutMs, signal);
  const socket = await openSocket(url);
  try {
    await deadline.race(handshake(socket));
    return factsOf(socket);
  } catch (error) {
    if (deadline.expired()) throw timeoutFailure(url, timeoutMs);
    if (signal?.aborted === true) throw signal.reason;
    throw explainFailure(error, url);
  } finally {
    deadline.end();
    socket.destroy();
  }
}

async function openSocket(url: URL): Promise<TLSSocket> {
  const [{ connect }, { isIP }] = await Promise.all([import('node:tls'), import('node:net')]);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const socket = connect({
    host,
    port: url.port === '' ? 443 : Number(url.port),
    minVersion: 'TLSv1.2',
    ALPNProtocols: ['http/1.1'],
    // An expired certificate is what is looked for.
    rejectUnauthorized: false,
    ...(isIP(host) === 0 ? { servername: host } : {}),
  });
  // A reset after the handshake must not be an uncaught error.
  return socket.on('error', () => {});
}

const handshake = (socket: TLSSocket): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.once('secureConnect', resolve);
    socket.once('error', reject);
    socket.once('close', () => reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' })));
  });

function factsOf(socket: TLSSocket): ServerCertificates {
  const chain: CertificateFacts[] = [];
  const seen = new Set<string>();
  let next: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  // The chain of node ends in a certificate that names itself, or in nothing.
  while (next?.fingerprint256 !== undefined && !seen.has(next.fingerprint256)) {
    seen.add(next.fingerprint256);
    chain.push(certificateFacts(next));
    next = next.issuerCertificate;
  }
  if (chain.length === 0) throw Object.assign(new Error('no certificate was shown'), { code: 'EPROTO' });
  return { protocol: socket.getProtocol() ?? 'unknown', chain };
}

type Name = DetailedPeerCertificate['subject'];

function certificateFacts({ subject, issuer, valid_from, valid_to }: DetailedPeerCertificate): CertificateFacts {
  return {
    subject: nameOf(subject),
    issuer: nameOf(issuer),
    validFrom: Date.parse(valid_from) / 1000,
    validTo: Date.parse(valid_to) / 1000,
    selfIssued: JSON.stringify(subject) === JSON.stringify(issuer),
  };
}

/** An attribute that stands twice comes as a list, whatever the types say. */
const nameOf = (name: Name | undefined): string => [name?.CN ?? name?.O ?? name?.OU ?? '(no name)'].flat().join(', ');
