// Faults of TLS in plain words, each with the option that mends it. Codes are those of OpenSSL (`X509_V_ERR_…`) and of node.

import { TokctlError } from '../../core/errors.ts';
import { hostAndPort, shownUrl } from '../address.ts';

const TLS_CODE =
  /^(?:EPROTO$|ERR_TLS_|ERR_SSL_|ERR_OSSL_|UND_ERR_PRX_TLS|CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERROR_IN_C|INVALID_(?:CA|PURPOSE)|PATH_LENGTH_|HOSTNAME_MISMATCH)/;

export const isTlsCode = (code: string): boolean => TLS_CODE.test(code);

interface Fault {
  pattern: RegExp;
  actual: string;
  hint: string;
}

const OWN_CERTIFICATE = 'send a client certificate that the server accepts: `--tls-cert FILE --tls-key FILE`';

const FAULTS: Fault[] = [
  {
    pattern: /SELF_SIGNED/,
    actual: 'a self-signed one',
    hint: 'trust the certificate, or the CA that ends its chain: `--tls-ca FILE`',
  },
  {
    pattern: /UNABLE_TO_(?:VERIFY|GET_ISSUER)|CERT_UNTRUSTED/,
    actual: 'one of an unknown issuer',
    hint: 'trust the CA of the server: `--tls-ca FILE`; or the server leaves out its intermediate certificate',
  },
  {
    pattern: /EXPIRED/,
    actual: 'an expired one',
    hint: 'the server needs a new certificate; if its CA is renewed too: `--tls-ca FILE`',
  },
  {
    pattern: /NOT_YET_VALID/,
    actual: 'one that is not valid yet',
    hint: 'check the clock of this machine; if the CA is new: `--tls-ca FILE`',
  },
  {
    pattern: /ALTNAME|HOSTNAME/,
    actual: 'one for other names',
    hint: 'use a host name of the certificate; or trust one that has this name: `--tls-ca FILE`',
  },
  {
    pattern: /CERTIFICATE_REQUIRED|BAD_CERTIFICATE|ALERT_UNKNOWN_CA|ALERT_CERTIFICATE|DECRYPT_ERROR/,
    actual: 'a server that refuses the certificate of the client, or the lack of one',
    hint: OWN_CERTIFICATE,
  },
  { pattern: /HANDSHAKE_FAILURE/, actual: 'a server that ends the handshake', hint: OWN_CERTIFICATE },
];

const OTHER: Fault = {
  pattern: /^/,
  actual: 'no TLS 1.2 or newer',
  hint: 'check scheme and port (a server may speak http there); a certificate of a private CA is trusted with `--tls-ca FILE`',
};

/** ERR_TLS. The text of the certificate is not repeated in the message. */
export function tlsFailure(cause: unknown, { code, url }: { code: string; url: URL }): TokctlError {
  const { actual, hint } = FAULTS.find(({ pattern }) => pattern.test(code)) ?? OTHER;
  const message = `expected a trusted TLS certificate from \`${hostAndPort(url)}\`, got ${actual} (\`${code}\`)`;
  const details = { url: shownUrl(url), expected: 'a trusted TLS certificate', actual: `${actual} (${code})` };
  return new TokctlError('ERR_TLS', message, { hint, details, cause });
}
