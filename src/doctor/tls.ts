// The certificate of the issuer's host: how long it is still good, and whom it goes back to.

import { TokctlError } from '../core/errors.ts';
import { durationWords, formatUtc } from '../core/time.ts';
import { type CertificateFacts, readCertificates, type ServerCertificates } from '../protocol/http/certificate.ts';
import type { DoctorContext } from './context.ts';
import { counted, type DoctorFinding, factsOf, question, short } from './finding.ts';

const CERTIFICATE = question('tls.certificate', 'RFC 5280 §4.1.2.5');
const CHAIN = question('tls.chain', 'RFC 8446 §4.4.2');
const PROTOCOL = question('tls.protocol', 'RFC 9325 §3.1.1');

export async function examineTls({ issuer, options, judging, clock }: DoctorContext): Promise<DoctorFinding[]> {
  const url = new URL(issuer);
  if (url.protocol !== 'https:' || judging.network.offline) return [];
  if (options.certificate === false) return [CERTIFICATE.info('not looked at: no connection is made past the proxy')];
  const { timeoutMs, signal } = judging.network;
  const shown = await readCertificates(url, { timeoutMs, ...(signal === undefined ? {} : { signal }) }).catch(fault);
  if (shown instanceof TokctlError) return [notSeen(shown)];
  return [validity(shown.chain, clock()), chain(shown, options.insecureTls === true), protocol(shown)];
}

function fault(error: unknown): TokctlError {
  if (error instanceof TokctlError) return error;
  throw error;
}

/** The metadata came over TLS: a server that wants a certificate of the client may turn this connection away. */
const notSeen = (error: TokctlError): DoctorFinding =>
  CERTIFICATE.info('the certificate could not be looked at on a connection of its own', {
    evidence: [error.message, ...factsOf(error)],
  });

const DAY = 86_400;
/** Time to renew by hand. A certificate that lives for days is renewed by a program, in its last quarter. */
const SOON = 21 * DAY;

function validity(certificates: readonly CertificateFacts[], now: number): DoctorFinding {
  const evidence = certificates.map(line);
  const first = certificates.reduce((soonest, next) => (next.validTo < soonest.validTo ? next : soonest));
  const left = first.validTo - now;
  const early = certificates.find(({ validFrom }) => validFrom > now);
  const whose =
    first === certificates[0] ? 'the certificate' : `the certificate of ${short(first.subject)} in its chain`;
  if (left <= 0) return CERTIFICATE.error(`${whose} expired ${durationWords(left)} ago`, { evidence, fix: 'renew it' });
  if (early !== undefined)
    return CERTIFICATE.error(`the certificate of ${short(early.subject)} is not valid yet`, {
      evidence,
      fix: 'check the clock of this machine, and of the one that made the certificate',
    });
  const because = `${whose} is good for ${durationWords(left)}`;
  const isSoon = left < Math.min(SOON, (first.validTo - first.validFrom) / 4);
  return isSoon
    ? CERTIFICATE.warning(because, { evidence, fix: 'renew it, and see why it was not renewed by itself' })
    : CERTIFICATE.ok(because, { evidence });
}

const line = ({ subject, validTo }: CertificateFacts): string =>
  `${short(subject)}: until ${formatUtc(validTo) ?? 'never'}`;

function chain({ chain: certificates }: ServerCertificates, insecure: boolean): DoctorFinding {
  const evidence = certificates.map(({ subject, issuer }) => `${short(subject)}, issued by ${short(issuer)}`);
  if (insecure)
    return CHAIN.warning('the chain was not verified: --insecure-tls accepts any certificate', {
      evidence,
      fix: 'leave out --insecure-tls; a private CA is trusted with --tls-ca FILE',
    });
  const last = certificates.at(-1);
  if (certificates.length === 1 && last?.selfIssued === true)
    return CHAIN.info('the certificate is self-signed, and trusted here', { evidence });
  if (last?.selfIssued === true)
    return CHAIN.ok(`a chain of ${counted(certificates.length, 'certificate')} that is trusted here`, { evidence });
  return CHAIN.info(`trusted here, and it ends at ${short(last?.issuer ?? '')}, which is not among the usual roots`, {
    evidence,
    fix: 'if that is an intermediate CA, send its certificate too: many clients do not fetch it',
  });
}

const protocol = ({ protocol: version }: ServerCertificates): DoctorFinding => PROTOCOL.ok(`it speaks ${version}`);
