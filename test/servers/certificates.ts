// Certificates for tests, made anew in each process: a CA that tests trust, one that nobody does, and what they signed.

import { generate } from 'selfsigned';

export interface Certificate {
  cert: string;
  key: string;
}

interface Signing {
  ca?: Certificate;
  names?: string[];
  addresses?: string[];
  notBefore?: Date;
  notAfter?: Date;
}

const DAY_MS = 86_400_000;

/** A server certificate for loopback and `names`, or a client certificate; self-signed without `ca`. */
export async function certificate(subject: string, { ca, names = [], addresses = [], ...dates }: Signing = {}) {
  const { notBefore = new Date(Date.now() - DAY_MS), notAfter = new Date(Date.now() + DAY_MS) } = dates;
  const altNames = [
    ...names.map((value) => ({ type: 2 as const, value })),
    ...addresses.map((ip) => ({ type: 7 as const, ip })),
  ];
  const made = await generate([{ name: 'commonName', value: subject }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: notBefore,
    notAfterDate: notAfter,
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      ...(altNames.length === 0 ? [] : [{ name: 'subjectAltName' as const, altNames }]),
    ],
    ...(ca === undefined ? {} : { ca }),
  });
  return { cert: made.cert, key: made.private };
}

export async function authority(subject: string): Promise<Certificate> {
  const made = await generate([{ name: 'commonName', value: subject }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() - DAY_MS),
    notAfterDate: new Date(Date.now() + DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  return { cert: made.cert, key: made.private };
}

/** Everything the tests of TLS need. */
export async function certificates() {
  const ca = await authority('test CA');
  const otherCa = await authority('other CA');
  const here = { addresses: ['127.0.0.1'], names: ['localhost', 'id.example.test'] };
  const past = { notBefore: new Date(Date.now() - 3 * DAY_MS), notAfter: new Date(Date.now() - 2 * DAY_MS) };
  const future = { notBefore: new Date(Date.now() + 2 * DAY_MS), notAfter: new Date(Date.now() + 3 * DAY_MS) };
  return {
    ca,
    otherCa,
    server: await certificate('server', { ca, ...here }),
    proxy: await certificate('proxy', { ca, names: ['proxy.example.test'] }),
    elsewhere: await certificate('elsewhere', { ca, names: ['elsewhere.example.test'] }),
    expired: await certificate('expired', { ca, ...here, ...past }),
    early: await certificate('early', { ca, ...here, ...future }),
    unknown: await certificate('unknown', { ca: otherCa, ...here }),
    selfSigned: await certificate('self-signed', here),
    client: await certificate('client', { ca }),
    stranger: await certificate('stranger', { ca: otherCa }),
  };
}
