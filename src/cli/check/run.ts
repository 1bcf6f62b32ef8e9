// One run of the checks: what they share (secrets that are read once, connections, metadata in memory), and its end.

import { type CheckResult, type CheckRun, runChecks } from '../../check.ts';
import { newMemory } from '../../request.ts';
import type { Invocation } from '../command.ts';
import { type Connection, connect, keptDocuments } from '../connection.ts';
import { exchangeLine } from '../exchange-line.ts';
import type { Host } from '../host.ts';
import { OPTIONS, type OptionGroup } from '../options.ts';
import { secretReader } from '../secret-source.ts';
import type { Settings } from '../settings.ts';
import { stdinClaim } from '../stdin.ts';
import { defineCheck, type Link } from './definition.ts';
import type { PlannedCheck } from './plan.ts';

export interface GateRun {
  readonly run: CheckRun;
  /** The tokens that were fetched for it: to be kept out of logs. */
  readonly fetched: readonly string[];
}

/** Checks from here on share connections. */
const MANY = 8;

/** Told once what is unwise about a source, however often the checks run. */
export function warnings({ settings, host }: Pick<Invocation, 'settings' | 'host'>): (text: string) => Promise<void> {
  const said = new Set<string>();
  return async (text) => {
    if (said.has(text) || settings.flag('quiet')) return;
    said.add(text);
    await host.stderr.write(`warning: ${text}\n`);
  };
}

export interface Running extends Pick<Invocation, 'settings' | 'host'> {
  readonly warn: (text: string) => Promise<void>;
  /** Besides that of the host: ends this run. */
  readonly signal?: AbortSignal;
  readonly onResult?: (result: CheckResult) => void | Promise<void>;
}

/** @throws the reason of the signal when that aborts; everything else is in the results */
export async function runGate(checks: readonly PlannedCheck[], running: Running): Promise<GateRun> {
  const { settings: base, host, warn, signal, onResult } = running;
  const stdin = stdinClaim();
  const secrets = secretReader(host, stdin, { warn });
  const links = new Links(host, checks.length >= MANY);
  const fetched: string[] = [];
  const defining = { base, host, stdin, secrets, linkFor: (settings: Settings) => links.of(settings) };
  const verbose = base.flag('verbose') && !base.flag('quiet');
  try {
    const run = await runChecks(
      checks.map((check) => ({ ...check.head, define: () => defineCheck(check, defining) })),
      {
        concurrency: Number(base.text('concurrency') ?? MANY),
        signal: signal === undefined ? host.signal : AbortSignal.any([host.signal, signal]),
        now: () => host.now() / 1000,
        onToken: (token) => fetched.push(token),
        ...(verbose ? { observe: (exchange) => void host.stderr.write(exchangeLine(exchange)) } : {}),
      },
      onResult,
    );
    return { run, fetched };
  } finally {
    await links.close();
  }
}

/**
 * Transports and memories, shared by checks whose settings are the same as far as they matter: what one check fetched
 * without looking at a certificate, or as another client, must not serve one that would not have got it.
 */
class Links {
  readonly #host: Host;
  readonly #pooled: boolean;
  readonly #connections = new Map<string, Promise<Connection>>();
  readonly #links = new Map<string, Promise<Link>>();

  constructor(host: Host, pooled: boolean) {
    this.#host = host;
    this.#pooled = pooled;
  }

  of(settings: Settings): Promise<Link> {
    return shared(this.#links, keyOf(settings, ['network', 'client', 'trust']), async () => ({
      connection: await this.#connection(settings),
      memory: newMemory(),
      ...(await keptDocuments(settings, this.#host)),
    }));
  }

  #connection(settings: Settings): Promise<Connection> {
    return shared(this.#connections, keyOf(settings, ['network']), () => connect(settings, this.#host, this.#pooled));
  }

  async close(): Promise<void> {
    for (const made of await Promise.allSettled(this.#connections.values()))
      if (made.status === 'fulfilled') made.value.close();
  }
}

function shared<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const found = known.get(key) ?? make();
  known.set(key, found);
  return found;
}

const keyOf = (settings: Settings, groups: readonly OptionGroup[]): string =>
  JSON.stringify(OPTIONS.filter(({ group }) => groups.includes(group)).map(({ name }) => settings.get(name)?.value));
