// The certificate of the host: how long it is good, and whom it goes back to. The connection for it carries no request.

import { describe, expect, test } from 'vitest';
import { doctor } from '../../src/doctor.ts';
import { readCertificates } from '../../src/protocol/http/certificate.ts';
import { chooseTransport } from '../../src/protocol/http/transport.ts';
import { type Certificate, certificate, certificates } from '../servers/certificates.ts';
import { closedPort, scriptedServer } from '../servers/scripted-server.ts';
import { authorizationServer } from './authorization-server.ts';

const made = await certificates();
const HOUR = 3_600_000;
const here = { addresses: ['127.0.0.1'] };

async function examinedOver(
  tls: Certificate,
  options: { insecure?: boolean; certificate?: boolean; now?: number } = {},
) {
  const { origin } = await authorizationServer({ tls });
  const { insecure = false, now } = options;
  const report = await doctor({
    issuer: origin,
    fetch: chooseTransport({ tls: insecure ? { insecure } : { ca: `${made.ca.cert}\n${tls.cert}` } }),
    ...(insecure ? { insecureTls: true } : {}),
    ...(options.certificate === undefined ? {} : { certificate: options.certificate }),
    ...(now === undefined ? {} : { clock: () => now }),
  });
  const find = (id: string) => report.findings.find((one) => one.id === id);
  return {
    report,
    severity: (id: string) => find(id)?.severity ?? 'absent',
    because: (id: string) => find(id)?.because,
  };
}

describe('the certificate', () => {
  test('that is good', async () => {
    const { severity, because, report } = await examinedOver(made.server);
    expect(severity('issuer.https')).toBe('ok');
    expect(severity('tls.certificate')).toBe('ok');
    expect(because('tls.certificate')).toMatch(/^the certificate is good for (?:1 d|2\d h)/);
    expect(severity('tls.protocol')).toBe('ok');
    expect(because('tls.protocol')).toContain('TLSv1.3');
    expect(report.exit_code).toBe(0);
  });

  test('that ends soon', async () => {
    const times = { notBefore: new Date(Date.now() - 240 * HOUR), notAfter: new Date(Date.now() + 2 * HOUR) };
    const { severity, because } = await examinedOver(await certificate('soon', { ca: made.ca, ...here, ...times }));
    expect(severity('tls.certificate')).toBe('warning');
    expect(because('tls.certificate')).toMatch(/good for (?:2 h|1 h 59 min)/);
  });

  test('that has ended, where any is accepted', async () => {
    const { severity, because, report } = await examinedOver(made.expired, { insecure: true });
    expect(severity('tls.certificate')).toBe('error');
    expect(because('tls.certificate')).toMatch(/expired \d+ (?:d|h).* ago/);
    expect(severity('tls.chain')).toBe('warning');
    expect(report.exit_code).toBe(1);
  });

  test('that is not valid yet, where any is accepted', async () => {
    const { severity, because } = await examinedOver(made.early, { insecure: true });
    expect(severity('tls.certificate')).toBe('error');
    expect(because('tls.certificate')).toContain('not valid yet');
  });

  test('that is not trusted ends it', async () => {
    const { origin } = await authorizationServer({ tls: made.unknown });
    await expect(
      doctor({ issuer: origin, fetch: chooseTransport({ tls: { ca: made.ca.cert } }) }),
    ).rejects.toMatchObject({
      code: 'ERR_TLS',
    });
  });

  test('that signed itself', async () => {
    const { severity, because } = await examinedOver(made.selfSigned);
    expect(severity('tls.chain')).toBe('info');
    expect(because('tls.chain')).toContain('self-signed');
  });

  test('that comes with its CA', async () => {
    const chain = { cert: `${made.server.cert}\n${made.ca.cert}`, key: made.server.key };
    const { severity, because } = await examinedOver(chain);
    expect(severity('tls.chain')).toBe('ok');
    expect(because('tls.chain')).toContain('2 certificates');
  });

  test('that comes without its CA', async () => {
    const { severity, because } = await examinedOver(made.server);
    expect(severity('tls.chain')).toBe('info');
    expect(because('tls.chain')).toContain('test CA');
  });

  test('is not looked at where no connection of its own may be made', async () => {
    const { severity } = await examinedOver(made.server, { certificate: false });
    expect(severity('tls.certificate')).toBe('info');
    expect(severity('tls.chain')).toBe('absent');
  });

  test('of a server that turns strangers away is not its fault', async () => {
    const silent = await scriptedServer([]);
    const issuer = `https://127.0.0.1:${silent.port}`;
    const report = await doctor({
      issuer,
      timeout: 0.3,
      fetch: async () => ({
        status: 200,
        headers: new Headers({ 'content-type': 'application/json' }),
        body: (async function* () {
          yield Buffer.from(JSON.stringify({ issuer }));
        })(),
      }),
    });
    const found = report.findings.find(({ id }) => id === 'tls.certificate');
    expect(found).toMatchObject({ severity: 'info', evidence: expect.arrayContaining(['ERR_TIMEOUT']) });
  });

  test('is not looked at without https', async () => {
    const { origin } = await authorizationServer();
    const report = await doctor({ issuer: origin });
    expect(report.findings.filter(({ id }) => id.startsWith('tls.'))).toEqual([]);
  });
});

describe('the reading of certificates', () => {
  test('sends nothing, and ends its connection', async () => {
    const server = await scriptedServer([], { tls: { cert: made.server.cert, key: made.server.key } });
    const { chain, protocol } = await readCertificates(server.url(), { timeoutMs: 5_000 });
    expect(chain[0]).toMatchObject({ subject: 'server', issuer: 'test CA', selfIssued: false });
    expect(protocol).toBe('TLSv1.3');
    await server.idle();
    expect([server.received, server.connections]).toEqual([[], 1]);
  });

  test('of nobody fails', async () => {
    const url = new URL(`https://127.0.0.1:${await closedPort()}`);
    await expect(readCertificates(url, { timeoutMs: 5_000 })).rejects.toMatchObject({ code: 'ERR_NETWORK' });
  });

  test('of a server that speaks http fails', async () => {
    const server = await scriptedServer([]);
    const url = new URL(`https://127.0.0.1:${server.port}`);
    await expect(readCertificates(url, { timeoutMs: 300 })).rejects.toMatchObject({ code: 'ERR_TIMEOUT' });
    await server.idle();
  });

  test('is ended by the run', async () => {
    const server = await scriptedServer([]);
    const stop = new AbortController();
    const reason = new Error('enough');
    const reading = readCertificates(new URL(`https://127.0.0.1:${server.port}`), {
      timeoutMs: 5_000,
      signal: stop.signal,
    });
    stop.abort(reason);
    await expect(reading).rejects.toBe(reason);
    await expect(readCertificates(server.url(), { timeoutMs: 5_000, signal: stop.signal })).rejects.toBe(reason);
  });
});
