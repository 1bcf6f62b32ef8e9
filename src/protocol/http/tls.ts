// TLS as both transports use it (security.md H7): at least 1.2, always checked unless a person said otherwise, whatever
// NODE_OPTIONS and NODE_TLS_REJECT_UNAUTHORIZED say.

import type { SecureContext, SecureContextOptions } from 'node:tls';
import { TokctlError } from '../../core/errors.ts';
import { ENCRYPTED_PEM } from '../encrypted-pem.ts';
import type { TlsOptions } from './network.ts';

/** What is handed to `tls.connect`. The context is made once for a transport: reading the roots takes 20 ms. */
export interface TlsConnection {
  secureContext: SecureContext;
  rejectUnauthorized: boolean;
  minVersion: 'TLSv1.2';
}

type Tls = typeof import('node:tls');

/**
 * Reads CA, certificate and key.
 * @throws TokctlError ERR_CONFIG_INVALID when one of them cannot be read or they do not belong together
 */
export async function tlsConnection(options: TlsOptions = {}): Promise<TlsConnection> {
  const { insecure, ...material } = options;
  const tls = await import('node:tls');
  const ca = material.ca === undefined ? {} : { ca: [...roots(tls), await readableCa(material.ca)] };
  const secureContext = context(tls, { ...own(material), ...ca, minVersion: 'TLSv1.2' });
  return { secureContext, rejectUnauthorized: insecure !== true, minVersion: 'TLSv1.2' };
}

/** The certificates trusted by default; those of NODE_EXTRA_CA_CERTS are among them from Node 22.15 on. */
function roots(tls: Tls): readonly string[] {
  const known: Tls & { getCACertificates?: (type: 'default') => string[] } = tls;
  return known.getCACertificates?.('default') ?? tls.rootCertificates;
}

function own({ cert, key, pfx, passphrase }: TlsOptions): SecureContextOptions {
  return {
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(pfx === undefined ? {} : { pfx: Buffer.from(pfx) }),
    ...(passphrase === undefined ? {} : { passphrase }),
  };
}

// OpenSSL passes over what is no PEM without a word, and then the server would be blamed.
async function readableCa(ca: string): Promise<string> {
  const { X509Certificate } = await import('node:crypto');
  try {
    new X509Certificate(ca);
    return ca;
  } catch (cause) {
    const hint = 'give the certificates of the CA as PEM: `--tls-ca FILE`';
    throw new TokctlError('ERR_CONFIG_INVALID', 'expected a PEM certificate as CA, got other text', { hint, cause });
  }
}

function context(tls: Tls, options: SecureContextOptions): SecureContext {
  try {
    return tls.createSecureContext(options);
  } catch (cause) {
    const actual = reason(cause, options);
    throw new TokctlError('ERR_CONFIG_INVALID', `expected a client certificate and its key, got ${actual}`, {
      hint: 'give both as PEM, the key without a passphrase: `--tls-cert FILE --tls-key FILE`',
      details: { expected: 'a PEM certificate and its key', actual },
      cause,
    });
  }
}

function reason(cause: unknown, { key }: SecureContextOptions): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (code.includes('VALUES_MISMATCH')) return 'a key that belongs to another certificate';
  // By a wrong passphrase one key in 256 is decrypted to something, of which no decoder makes a key (RFC 8018 §6.1.2).
  const isDecryptedToNothing = code.includes('UNSUPPORTED') && ENCRYPTED_PEM.test(String(key));
  if (isDecryptedToNothing || /DECRYPT|PASSWORD|INTERRUPTED|MAC_VERIFY/.test(code))
    return 'an encrypted key and no passphrase that fits';
  return 'something that cannot be read';
}
