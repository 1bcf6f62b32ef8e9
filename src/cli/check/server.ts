// `check --serve`: /metrics answers from the last run, /probe?check=name runs that check now. For a scraper, so it binds
// loopback unless a person names another address, and one that asks often starts no second run beside the first.

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { CheckRun } from '../../check.ts';
import { TokctlError } from '../../core/errors.ts';
import { escapeText } from '../../core/escape.ts';
import { isLoopback } from '../../protocol/address.ts';
import type { Host } from '../host.ts';
import { openmetrics } from '../render/check-run-openmetrics.ts';
import type { Wait } from './watch.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

const LOOPBACK = '127.0.0.1';

/** `9464`, `:9464`, `host:9464` or `[::1]:9464`; undefined for other text. */
export function parseAddress(text: string): Address | undefined {
  const [, inBrackets, name, digits = ''] =
    /^(?:(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9.-]*)):)?(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === '' || port > 65_535) return undefined;
  return { host: inBrackets ?? (name === undefined || name === '' ? LOOPBACK : name), port };
}

export interface Serving {
  readonly host: Host;
  readonly address: Address;
  readonly names: readonly string[];
  readonly intervalMs: number;
  readonly wait: Wait;
  /** Runs all checks, or the one of that name. */
  readonly run: (name?: string) => Promise<CheckRun>;
}

/**
 * Serves until the signal of the host aborts; requests under way are answered before it ends.
 * @throws TokctlError ERR_USAGE for an address that cannot be bound
 */
export async function serve(serving: Serving): Promise<void> {
  const { host, address } = serving;
  const { createServer } = await import('node:http');
  const server = createServer();
  const port = await listen(server, address);
  const scheduled = new Scheduled(serving);
  server.on('request', (request, response) => {
    answer(request, response, { serving, scheduled }).catch(() => response.destroy());
  });
  const shown = address.host.includes(':') ? `[${address.host}]` : address.host;
  await host.stderr.write(`serving /metrics and /probe?check=NAME on http://${shown}:${port}\n`);
  if (!isOwn(address.host))
    await host.stderr.write('warning: everyone who reaches this address can read the metrics and start checks\n');
  await scheduled.untilAborted();
  await close(server);
}

const isOwn = (name: string): boolean => isLoopback(new URL(`http://${name.includes(':') ? `[${name}]` : name}`));

function listen(server: Server, { host, port }: Address): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(unavailable(host, port, error)));
    server.listen({ host, port, exclusive: true }, () => {
      const found = server.address();
      resolve(found !== null && typeof found === 'object' ? found.port : port);
    });
  });
}

function unavailable(host: string, port: number, error: NodeJS.ErrnoException): TokctlError {
  const why = error.code === 'EADDRINUSE' ? 'it is in use' : (error.code ?? 'it cannot be bound');
  return new TokctlError('ERR_USAGE', `\`--serve\`: expected a free address, got ${escapeText(host)}:${port}: ${why}`, {
    hint: 'name another port; 0 takes any free one',
    cause: error,
  });
}

/** Milliseconds for requests under way, before their connections are cut. */
const PATIENCE_MS = 2000;

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), PATIENCE_MS);
  await closed;
  clearTimeout(cut);
}

// ---------------------------------------------------------------- runs

/** All checks at every interval, and single ones when asked; never the same twice at a time. */
class Scheduled {
  readonly #serving: Serving;
  readonly #underWay = new Map<string, Promise<CheckRun>>();
  #latest: Promise<CheckRun>;

  constructor(serving: Serving) {
    this.#serving = serving;
    this.#latest = serving.run();
  }

  /** The last run that has ended, or the first while it runs. */
  latest(): Promise<CheckRun> {
    return this.#latest;
  }

  now(name: string): Promise<CheckRun> {
    const running = this.#underWay.get(name);
    if (running !== undefined) return running;
    const started = this.#serving.run(name).finally(() => this.#underWay.delete(name));
    this.#underWay.set(name, started);
    return started;
  }

  async untilAborted(): Promise<void> {
    const { host, wait, intervalMs, run } = this.#serving;
    try {
      await this.#latest;
      for (;;) {
        await wait(intervalMs, host.signal);
        if (host.signal.aborted) return;
        const next = await run();
        this.#latest = Promise.resolve(next);
      }
    } catch (error) {
      if (!host.signal.aborted) throw error;
    }
  }
}

// ---------------------------------------------------------------- answers

interface Answering {
  readonly serving: Serving;
  readonly scheduled: Scheduled;
}

async function answer(request: IncomingMessage, response: ServerResponse, answering: Answering): Promise<void> {
  const { serving } = answering;
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return end(response, 405, 'expected GET\n', { allow: 'GET, HEAD' });
  // A page in a browser may reach loopback under a name of its own; it has no business here.
  if (isOwn(serving.address.host) && !isOwnHost(request.headers.host))
    return end(response, 421, 'expected a loopback host\n');
  if (serving.host.signal.aborted) return end(response, 503, 'shutting down\n');
  try {
    await route(request, response, answering);
  } catch (error) {
    if (!serving.host.signal.aborted) throw error;
    end(response, 503, 'shutting down\n');
  }
}

const isOwnHost = (header: string | undefined): boolean =>
  header !== undefined && URL.canParse(`http://${header}`) && isLoopback(new URL(`http://${header}`));

async function route(
  request: IncomingMessage,
  response: ServerResponse,
  { serving, scheduled }: Answering,
): Promise<void> {
  const [path = '', query = ''] = (request.url ?? '').split('?', 2);
  if (path === '/metrics') return metrics(request, response, await scheduled.latest());
  if (path !== '/probe') return end(response, path === '/' ? 200 : 404, '/metrics, /probe?check=NAME\n');
  const name = new URLSearchParams(query).get('check');
  if (name === null) return end(response, 400, 'expected /probe?check=NAME\n');
  if (!serving.names.includes(name)) return end(response, 404, 'no check has that name\n');
  metrics(request, response, await scheduled.now(name));
}

function metrics({ headers }: IncomingMessage, response: ServerResponse, run: CheckRun): void {
  const text = openmetrics(run, { width: undefined, color: false });
  const isAsked = headers.accept?.includes('application/openmetrics-text') === true;
  // The text is the same: without counters it is valid in both formats.
  const type = isAsked ? 'application/openmetrics-text; version=1.0.0' : 'text/plain; version=0.0.4';
  end(response, 200, text, { 'content-type': `${type}; charset=utf-8` });
}

function end(response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    'content-length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}
