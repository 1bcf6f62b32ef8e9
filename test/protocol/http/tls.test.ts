// TLS: certificates that are not to be trusted, the options that make them so, and certificates of the client (security.md H7).

import { createPrivateKey } from 'node:crypto';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { createSecureContext, createServer } from 'node:tls';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { exchange } from '../../../src/protocol/http/exchange.ts';
import { json } from '../../servers/answers.ts';
import { type Certificate, certificates } from '../../servers/certificates.ts';
import { listen, type ScriptedServer, scriptedServer } from '../../servers/scripted-server.ts';
import { HERE, leadsTo } from './lookups.ts';
import { get, network, post, recorder, refused, TRANSPORTS } from './transports.ts';

let known: Awaited<ReturnType<typeof certificates>>;
beforeAll(async () => {
  known = await certificates();
});

const TLS = { code: 'ERR_TLS', exitCode: 3 } as const;
const CONFIG = { code: 'ERR_CONFIG_INVALID', exitCode: 2 } as const;

const serving = ({ cert, key }: Certificate, answers = 0): Promise<ScriptedServer> =>
  scriptedServer(Array(answers).fill(json({ trusted: true })), { tls: { cert, key } });

const encrypted = (key: string, passphrase: string): string =>
  createPrivateKey(key).export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }).toString();

/** A server that wants a certificate of the client, of our CA. */
const demanding = (answers = 0) =>
  scriptedServer(Array(answers).fill(json({ trusted: true })), {
    tls: { ...known.server, ca: known.ca.cert, requestCert: true, rejectUnauthorized: true },
  });

describe.each(TRANSPORTS)('the certificate of a server over %s', (_, make) => {
  const ours = () => make({ tls: { ca: known.ca.cert } });

  it('is trusted when its CA is named', async () => {
    const server = await serving(known.server, 1);
    expect((await exchange(get(server.url()), network(ours()))).text).toBe('{"trusted":true}');
  });

  it('is trusted when its CA is one of several that are named', async () => {
    const server = await serving(known.server, 1);
    const ca = `${known.otherCa.cert}\n${known.ca.cert}\n`;
    expect((await exchange(get(server.url()), network(make({ tls: { ca } })))).status).toBe(200);
  });

  it('is trusted when it is named itself', async () => {
    const server = await serving(known.selfSigned, 1);
    const over = network(make({ tls: { ca: known.selfSigned.cert } }));
    expect((await exchange(get(server.url()), over)).status).toBe(200);
  });

  it.each([
    ['self-signed', () => known.selfSigned, /got a self-signed one \(`DEPTH_ZERO_SELF_SIGNED_CERT`\)/, /--tls-ca FILE/],
    ['of an unknown CA', () => known.unknown, /got one of an unknown issuer \(`UNABLE_TO_/, /--tls-ca FILE/],
    ['expired', () => known.expired, /got an expired one \(`CERT_HAS_EXPIRED`\)/, /needs a new certificate/],
    ['not valid yet', () => known.early, /got one that is not valid yet \(`CERT_NOT_YET_VALID`\)/, /check the clock/],
    [
      'for another name',
      () => known.elsewhere,
      /got one for other names \(`ERR_TLS_CERT_ALTNAME_INVALID`\)/,
      /use a host name of/,
    ],
  ])('is refused when it is %s, and nothing is sent or tried again', async (_what, certificate, message, hint) => {
    const server = await serving(certificate());
    const { observe, exchanges } = recorder();
    const error = await refused(post(server.url()), network(ours(), { retries: 2, observe }), {
      ...TLS,
      message,
      hint,
    });
    expect(error.message).toContain(`expected a trusted TLS certificate from \`127.0.0.1:${server.port}\``);
    expect(error.message).not.toMatch(/elsewhere|BEGIN/);
    expect(error.details.url).toBe(server.url().href);
    expect(exchanges.length).toBe(1);
    expect(exchanges[0]?.failure).toMatch(/^[A-Z_]+$/);
    expect(server.connections).toBe(1);
  });

  it('is of an unknown issuer when no CA is named', async () => {
    const server = await serving(known.server);
    await refused(get(server.url()), network(make()), { ...TLS, message: /unknown issuer/, hint: /--tls-ca FILE/ });
  });

  it.each([
    ['self-signed', () => known.selfSigned],
    ['expired', () => known.expired],
    ['for another name', () => known.elsewhere],
    ['of an unknown CA', () => known.unknown],
  ])('is taken as it is with --insecure-tls when it is %s', async (_what, certificate) => {
    const server = await serving(certificate(), 1);
    expect((await exchange(get(server.url()), network(make({ tls: { insecure: true } })))).status).toBe(200);
  });

  it('is checked whatever NODE_TLS_REJECT_UNAUTHORIZED says', async () => {
    const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    onTestFinished(() => {
      if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
    });
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    const server = await serving(known.selfSigned);
    await refused(get(server.url()), network(make()), { ...TLS, message: /self-signed/, hint: /--tls-ca FILE/ });
  });

  it('is asked for by name where the URL has one, and the name is checked', async () => {
    const names: unknown[] = [];
    const server = await scriptedServer([json({}), json({})], {
      tls: {
        ...known.server,
        SNICallback: (name, done) => {
          names.push(name);
          done(null);
        },
      },
    });
    const over = network(make({ lookup: leadsTo([HERE]), tls: { ca: known.ca.cert } }));
    expect((await exchange(get(new URL(`https://id.example.test:${server.port}/`)), over)).status).toBe(200);
    expect((await exchange(get(new URL(`https://localhost:${server.port}/`)), over)).status).toBe(200);
    expect(names).toEqual(['id.example.test', 'localhost']);
    await refused(get(new URL(`https://other.example.test:${server.port}/`)), over, {
      ...TLS,
      message: /from `other.example.test:\d+`, got one for other names/,
      hint: /use a host name of the certificate/,
    });
  });
});

describe.each(TRANSPORTS)('a TLS that is none over %s', (_, make) => {
  it('is ERR_TLS where the server speaks http', async () => {
    // It takes TLS for a bad request and says so in clear text.
    const server = createHttpServer();
    const port = await listen(server);
    onTestFinished(() => void server.close());
    await refused(get(new URL(`https://127.0.0.1:${port}/`)), network(make(), { retries: 2 }), {
      ...TLS,
      message: new RegExp(`expected a trusted TLS certificate from \`127.0.0.1:${port}\`, got no TLS 1.2 or newer`),
      hint: /check scheme and port \(a server may speak http there\)/,
    });
  });

  it('is ERR_TLS where the server knows only TLS 1.1', async () => {
    const server = createServer({
      ...known.server,
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    });
    const port = await listen(server);
    server.on('tlsClientError', () => {});
    onTestFinished(() => void server.close());
    const over = network(make({ tls: { ca: known.ca.cert } }));
    await refused(get(new URL(`https://127.0.0.1:${port}/`)), over, {
      ...TLS,
      message: /got no TLS 1.2 or newer|got a server that ends the handshake/,
      hint: /check scheme and port|client certificate/,
    });
  });

  it('is ERR_NETWORK where the server ends the connection in the handshake', async () => {
    const server = createTcpServer((socket) => socket.once('data', () => socket.destroy()));
    const port = await listen(server);
    onTestFinished(() => void server.close());
    await refused(get(new URL(`https://127.0.0.1:${port}/`)), network(make()), {
      code: 'ERR_NETWORK',
      exitCode: 3,
      message: /got connection cut off \(`ECONNRESET`\)/,
      hint: /check host and port/,
    });
  });
});

describe.each(TRANSPORTS)('the certificate of the client over %s', (_, make) => {
  const withClient = (own: { cert: string; key?: string; passphrase?: string }) =>
    make({ tls: { ca: known.ca.cert, ...own } });

  it('is shown when it is asked for', async () => {
    const server = await demanding(1);
    expect((await exchange(post(server.url()), network(withClient(known.client)))).status).toBe(200);
  });

  it('is ERR_TLS when it lacks, and is not asked for again', async () => {
    const server = await demanding();
    await refused(post(server.url()), network(make({ tls: { ca: known.ca.cert } }), { retries: 2 }), {
      ...TLS,
      message:
        /got a server that refuses the certificate of the client, or the lack of one \(`ERR_SSL_TLSV13_ALERT_CERT/,
      hint: /send a client certificate that the server accepts: `--tls-cert FILE --tls-key FILE`/,
    });
    expect(server.connections).toBe(1);
  });

  it('is named as a reason when the server ends the connection over it without a word', async () => {
    const server = await demanding();
    await refused(post(server.url()), network(withClient(known.stranger)), {
      code: 'ERR_NETWORK',
      exitCode: 3,
      message: /got connection cut off/,
      hint: /a server that wants a client certificate may do the same: `--tls-cert FILE --tls-key FILE`/,
    });
  });

  it.each([
    [
      'a key of another certificate',
      () => ({ cert: known.client.cert, key: known.stranger.key }),
      /a key that belongs to another certificate/,
    ],
    ['a key that is none', () => ({ cert: known.client.cert, key: 'hunter2' }), /something that cannot be read/],
    ['a certificate that is none', () => ({ cert: 'hunter2', key: known.client.key }), /something that cannot be read/],
    [
      'a certificate that is none, beside an encrypted key and its passphrase',
      () => ({ cert: 'hunter2', key: encrypted(known.client.key, 'sesame'), passphrase: 'sesame' }),
      /something that cannot be read/,
    ],
  ])('is ERR_CONFIG_INVALID with %s, before anything is connected', async (_what, own, message) => {
    const server = await serving(known.server);
    const error = await refused(get(server.url()), network(withClient(own()), { retries: 2 }), {
      ...CONFIG,
      message,
      hint: /--tls-cert FILE --tls-key FILE/,
    });
    expect(error.message).not.toContain('hunter2');
    expect(server.connections).toBe(0);
  });

  it('may have an encrypted key, with the passphrase', async () => {
    const server = await demanding(1);
    const own = { cert: known.client.cert, key: encrypted(known.client.key, 'hunter2'), passphrase: 'hunter2' };
    expect((await exchange(get(server.url()), network(withClient(own)))).status).toBe(200);
  });

  it.each([{}, { passphrase: 'wrong' }])('is ERR_CONFIG_INVALID with an encrypted key and %o', async (phrase) => {
    const own = { cert: known.client.cert, key: encrypted(known.client.key, 'hunter2'), ...phrase };
    await refused(get(new URL('https://127.0.0.1/')), network(withClient(own)), {
      ...CONFIG,
      message: /got an encrypted key and no passphrase that fits/,
      hint: /the key without a passphrase/,
    });
  });

  it('is so too where the wrong passphrase decrypts it to something, as it does for one key in 256', async () => {
    const isDecrypted = (key: string): boolean => {
      try {
        createSecureContext({ key, passphrase: 'wrong' });
        return true;
      } catch (error) {
        return !/BAD_DECRYPT/.test(String((error as NodeJS.ErrnoException).code));
      }
    };
    let key = encrypted(known.client.key, 'hunter2');
    while (!isDecrypted(key)) key = encrypted(known.client.key, 'hunter2');
    const own = { cert: known.client.cert, key, passphrase: 'wrong' };
    await refused(get(new URL('https://127.0.0.1/')), network(withClient(own)), {
      ...CONFIG,
      message: /got an encrypted key and no passphrase that fits/,
      hint: /the key without a passphrase/,
    });
  });

  it('is ERR_CONFIG_INVALID with a CA that is no PEM', async () => {
    const server = await serving(known.server);
    await refused(get(server.url()), network(make({ tls: { ca: 'no certificate' } })), {
      ...CONFIG,
      message: /expected a PEM certificate as CA, got other text/,
      hint: /--tls-ca FILE/,
    });
    expect(server.connections).toBe(0);
  });

  it('is not needed for http, and then not read', async () => {
    const server = await scriptedServer([json({})]);
    const over = network(make({ tls: { ca: 'no certificate' } }));
    expect((await exchange(get(server.url()), over)).status).toBe(200);
  });
});
