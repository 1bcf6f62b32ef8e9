// How long the certificate of a host is still valid. The handshake is looked at, not judged: whether a certificate is
// trusted is said by the requests, which verify it; one that has expired must still tell when.

import type { PeerCertificate, TLSSocket } from 'node:tls';
import { TokctlError } from '../core/errors.ts';
import { startDeadline } from '../protocol/http/deadline.ts';
import { explainFailure, timeoutFailure } from '../protocol/http/failure.ts';
import { tlsConnection } from '../protocol/http/tls.ts';

export interface CertificateLimits {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/**
 * When the certificate that this https host shows ends, in seconds since 1970.
 * @throws TokctlError ERR_NETWORK, ERR_TLS, ERR_TIMEOUT, ERR_RESPONSE_INVALID for a certificate without a date
 * @throws the reason of `signal` when that aborts
 */
export async function certificateEnd(url: URL, { timeoutMs, signal }: CertificateLimits): Promise<number> {
  const deadline = startDeadline(timeoutMs, signal);
  const opened: TLSSocket[] = [];
  try {
    const shown = await deadline.race(handshake(url, (socket) => opened.push(socket)));
    const end = Date.parse(shown.valid_to);
    if (Number.isFinite(end)) return end / 1000;
    throw new TokctlError('ERR_RESPONSE_INVALID', `expected a certificate with a date from \`${url.host}\`, got none`, {
      hint: `look at it: openssl s_client -connect ${url.hostname}:${portOf(url)}`,
    });
  } catch (error) {
    if (deadline.expired()) throw timeoutFailure(url, timeoutMs);
    signal?.throwIfAborted();
    throw explainFailure(error, url);
  } finally {
    deadline.end();
    for (const socket of opened) socket.destroy();
  }
}

const portOf = ({ port }: URL): number => (port === '' ? 443 : Number(port));

async function handshake(url: URL, onSocket: (socket: TLSSocket) => void): Promise<PeerCertificate> {
  const [{ connect }, { isIP }] = await Promise.all([import('node:tls'), import('node:net')]);
  const { secureContext, minVersion } = await tlsConnection();
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port: portOf(url),
      secureContext,
      minVersion,
      rejectUnauthorized: false,
      ...(isIP(host) === 0 ? { servername: host } : {}),
    });
    onSocket(socket);
    socket.once('secureConnect', () => resolve(socket.getPeerCertificate()));
    socket.once('error', reject);
    socket.once('close', () => reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' })));
  });
}
