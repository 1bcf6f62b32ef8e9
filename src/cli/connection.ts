// What a run reaches the world with, from its settings and the variables that every program honours (contract §6): the
// transport, and what earlier runs fetched.

import { TokctlError } from '../core/errors.ts';
import { escapeText } from '../core/escape.ts';
import { parseDuration } from '../core/time.ts';
import type { FetchLike, TlsOptions } from '../protocol/http/network.ts';
import { chooseTransport } from '../protocol/http/transport.ts';
import type { VerifyOptions } from '../request.ts';
import type { Host } from './host.ts';
import type { Settings } from './settings.ts';
import { unreadable } from './unreadable.ts';

export interface Connection {
  fetch: FetchLike;
  /** Ends the connections that were kept. */
  close(): void;
}

/** `pooled`: many requests will follow. @throws TokctlError ERR_USAGE for a file that cannot be read */
export async function connect(settings: Settings, host: Host, pooled = false): Promise<Connection> {
  if (host.fetch !== undefined) return { fetch: host.fetch, close: () => {} };
  const { env } = host;
  const either = (name: string) => env[name.toLowerCase()] ?? env[name];
  const concurrency = settings.text('concurrency');
  const transport = chooseTransport({
    tls: await tlsOf(settings, host),
    proxy: {
      ...given('httpsProxy', either('HTTPS_PROXY')),
      // Only the lower-case name: the other can be set by whoever calls a CGI program (as curl has it).
      ...given('httpProxy', env['http_proxy']),
      ...given('noProxy', either('NO_PROXY')),
    },
    pooled,
    ...(concurrency === undefined ? {} : { connections: Number(concurrency) }),
  });
  return { fetch: transport, close: () => transport.close() };
}

const given = <K extends string>(name: K, value: string | undefined): { [P in K]?: string } =>
  value === undefined || value === '' ? {} : ({ [name]: value } as { [P in K]?: string });

async function tlsOf(settings: Settings, host: Host): Promise<TlsOptions> {
  const file = async (path: string | undefined): Promise<Buffer | undefined> =>
    path === undefined || path === '' ? undefined : readPem(path, host);
  const [ca, more, cert, key] = await Promise.all([
    file(settings.text('tls-ca')),
    file(host.env['SSL_CERT_FILE']),
    file(settings.text('tls-cert')),
    file(settings.text('tls-key')),
  ]);
  const trusted = [ca, more]
    .filter((one) => one !== undefined)
    .map((one) => one.toString('utf8'))
    .join('\n');
  return {
    ...given('ca', trusted),
    ...(cert === undefined ? {} : isPem(cert) ? { cert: cert.toString('utf8') } : { pfx: cert }),
    ...(key === undefined ? {} : { key: key.toString('utf8') }),
    // One file may hold both.
    ...(cert !== undefined && key === undefined && isPem(cert) && cert.includes('PRIVATE KEY-----')
      ? { key: cert.toString('utf8') }
      : {}),
    ...(settings.flag('insecure-tls') ? { insecure: true } : {}),
  };
}

const isPem = (bytes: Buffer): boolean => bytes.includes('-----BEGIN ');

function readPem(path: string, host: Host): Promise<Buffer> {
  return host.files.read(path).catch((error: unknown) => {
    throw unreadable(`\`${escapeText(path)}\``, error);
  });
}

/** Metadata and JWK Sets that outlive the run (`--cache`); by default none do. */
export async function keptDocuments(settings: Settings, host: Host): Promise<Pick<VerifyOptions, 'documents'>> {
  if ((parseDuration(settings.text('cache') ?? '') ?? 0) <= 0) return {};
  const documents = await (await import('./cache.ts')).documentStore(settings, host);
  return documents === undefined ? {} : { documents };
}

/** What the person who switched a protection off is told, each time. */
export async function warnOfWeakness(settings: Settings, host: Host): Promise<void> {
  const says: [string, string][] = [
    ['insecure-tls', 'any server certificate is accepted: whoever is on the way can read and change everything'],
    ['insecure-http', 'http is allowed beyond this machine: whoever is on the way can read and change everything'],
  ];
  for (const [name, words] of says)
    if (settings.flag(name) && !settings.flag('quiet')) await host.stderr.write(`warning: --${name}: ${words}\n`);
  if (host.env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0' && !settings.flag('quiet'))
    await host.stderr.write('note: NODE_TLS_REJECT_UNAUTHORIZED=0 is not heeded; --insecure-tls does that\n');
  if (/\b(?:https?|tls|net|stream|undici|fetch)\b|\*/i.test(host.env['NODE_DEBUG'] ?? '') && !settings.flag('quiet'))
    await host.stderr.write(
      'warning: NODE_DEBUG: node itself writes requests to stderr, with credentials and tokens\n',
    );
  if (settings.flag('insecure-tls') && settings.text('tls-ca') !== undefined)
    throw new TokctlError('ERR_USAGE', 'expected --tls-ca or --insecure-tls, got both', {
      hint: 'leave out --insecure-tls',
    });
}
