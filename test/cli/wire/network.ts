// Network.

import { createServer } from 'node:https';
import { onTestFinished } from 'vitest';
import { accessClaims, jws } from '../../library/keys.ts';
import { certificates } from '../../servers/certificates.ts';
import { listen } from '../../servers/scripted-server.ts';
import { asking, discovering, OPAQUE, type Proof, report, type World } from './proof.ts';

const made = certificates();

/** An endpoint with a certificate of the test CA, which may want one of the client. */
async function overTls(
  value: World['value'],
  { more = [], wantsClient = false, trusted = false }: { more?: string[]; wantsClient?: boolean; trusted?: boolean },
): Promise<World> {
  const { ca, server: certificate, client } = await made;
  const proving = wantsClient ? { requestCert: true, rejectUnauthorized: true, ca: ca.cert } : {};
  const server = createServer({ ...certificate, ...proving }, (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', connection: 'close' }).end('{"active":true}');
  });
  const origin = `https://127.0.0.1:${await listen(server)}`;
  onTestFinished(() => void server.close());
  const argv = [
    'introspect',
    '-',
    '--introspection-endpoint',
    `${origin}/i`,
    '--client-auth',
    'none',
    '--json',
    '--retry',
    '0',
  ];
  return {
    argv: [...argv, ...(trusted ? ['--tls-ca', 'ca.pem'] : []), ...more],
    stdin: OPAQUE,
    network: true,
    files: {
      'ca.pem': ca.cert,
      'client.pem': client.cert,
      'client.key': client.key,
      'both.pem': `${client.cert}\n${client.key}`,
    },
    value,
  };
}

const verdict: Pick<Proof, 'sees' | 'expected'> = { sees: (run) => report(run).verdict, expected: 'active' };
const client = { wantsClient: true, trusted: true };

/** A transport that never answers, and ends when it is told to. */
const never = (_url: string, { signal }: { signal: AbortSignal }) =>
  new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });

const written: string[] = [];

export const NETWORK: Record<string, Proof> = {
  timeout: {
    world: () => ({
      argv: ['verify', '-', '--issuer', 'https://id.example.com', '--json'],
      stdin: jws(accessClaims('https://id.example.com')),
      fetch: never,
      value: '40ms',
      otherwise: '60ms',
    }),
    sees: (run) => report(run).error?.message,
    expected: 'expected a whole answer within 0.04 s from `id.example.com:443`, got none',
  },
  retry: {
    world: () => discovering('1', [], { paths: { '/.well-known/openid-configuration': { status: 503 } } }),
    sees: (_run, { server }) => server?.asked.length,
    expected: 2,
  },
  'tls-ca': { world: () => overTls('ca.pem', {}), ...verdict },
  'tls-cert': { world: () => overTls('both.pem', client), ...verdict },
  'tls-key': { world: () => overTls('client.key', { ...client, more: ['--tls-cert', 'client.pem'] }), ...verdict },
  'insecure-tls': { world: () => overTls(true, {}), sees: (run) => report(run).weakened, expected: ['insecure_tls'] },
  header: {
    world: () => asking(['X-Tenant: one', 'X-Trace: two']),
    sees: (_run, { server }) => server?.asked.map(({ headers }) => [headers['x-tenant'], headers['x-trace']]),
    expected: [
      ['one', 'two'],
      ['one', 'two'],
    ],
  },
  offline: {
    world: () => asking(true),
    sees: (run, { server }) => [report(run).error?.code, server?.connections],
    expected: ['ERR_OFFLINE', 0],
  },
  cache: {
    world: async () => {
      written.length = 0;
      const write = async (name: string) => void written.push(name);
      const folder = { read: async () => undefined, write, sweep: async () => {} };
      const host = { privateFolder: async () => folder };
      return { ...(await discovering('1h')), env: { HOME: '/home/me' }, host };
    },
    sees: () => written.length,
    expected: 2,
  },
  'insecure-http': {
    world: () => ({
      argv: ['verify', '-', '--issuer', 'http://id.example.com', '--json', '--retry', '0'],
      stdin: jws(accessClaims('http://id.example.com')),
      fetch: async () => new Response('', { status: 404 }) as never,
      value: true,
    }),
    sees: (run) => [report(run).weakened, report(run).error?.code],
    expected: [['insecure_http'], 'ERR_HTTP_STATUS'],
  },
};
