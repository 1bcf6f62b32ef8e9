// A Prometheus on loopback, as the system has it, asked by its HTTP API; and its `promtool`.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const PROMETHEUS = process.env['PROMETHEUS'] ?? 'prometheus';
const PROMTOOL = process.env['PROMTOOL'] ?? 'promtool';

/** What `promtool` says, and its exit code: 0 fine, 1 wrong, 3 against the advice for names. */
export function promtool(words: readonly string[], input = ''): { code: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync(PROMTOOL, words, { input, encoding: 'utf8' });
  return { code: status, said: (stdout + stderr).trim() };
}

/** A port of loopback that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('expected a port');
  return address.port;
}

export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [time: number, value: string];
}

interface Target {
  readonly labels: Readonly<Record<string, string>>;
  readonly health: string;
  readonly lastError: string;
}

interface Rule {
  readonly name: string;
  readonly health: string;
  readonly alerts: readonly { readonly labels: Readonly<Record<string, string>>; readonly state: string }[];
}

export class Prometheus {
  readonly #url: string;
  readonly #child: ChildProcess;
  #log = '';

  private constructor(url: string, child: ChildProcess) {
    this.#url = url;
    this.#child = child;
    child.stderr?.on('data', (chunk) => {
      this.#log = (this.#log + String(chunk)).slice(-8000);
    });
  }

  /** Starts it with the file `prometheus.yml` of that folder, and waits until it is ready. */
  static async start(folder: string): Promise<Prometheus> {
    const listen = `127.0.0.1:${await freePort()}`;
    const data = join(folder, 'data');
    await mkdir(data, { recursive: true });
    const words = [`--config.file=${join(folder, 'prometheus.yml')}`, `--storage.tsdb.path=${data}`];
    const child = spawn(PROMETHEUS, [...words, `--web.listen-address=${listen}`, '--log.level=warn'], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const prometheus = new Prometheus(`http://${listen}`, child);
    await prometheus.until('ready', async () => (await fetch(`http://${listen}/-/ready`)).status === 200);
    return prometheus;
  }

  /** Asks again until that holds. @throws when it does not within half a minute, with the log */
  async until(what: string, holds: () => Promise<boolean>): Promise<void> {
    const end = Date.now() + 30_000;
    while (Date.now() < end) {
      if (this.#child.exitCode !== null) break;
      if (await holds().catch(() => false)) return;
      await sleep(200);
    }
    throw new Error(`not ${what} within 30 s\n${this.#log}`);
  }

  /** The series of an expression, as they are now. */
  async query(expression: string): Promise<Series[]> {
    return (await this.#data<{ result: Series[] }>(`query?query=${encodeURIComponent(expression)}`)).result;
  }

  /** The same, once there are as many. */
  async queryUntil(expression: string, count: number): Promise<Series[]> {
    let found: Series[] = [];
    await this.until(`${count} of ${expression}`, async () => {
      found = await this.query(expression);
      return found.length === count;
    });
    return found;
  }

  async targets(): Promise<Target[]> {
    return (await this.#data<{ activeTargets: Target[] }>('targets?state=active')).activeTargets;
  }

  async rules(): Promise<Rule[]> {
    return (await this.#data<{ groups: { rules: Rule[] }[] }>('rules')).groups.flatMap(({ rules }) => rules);
  }

  async metadata(metric: string): Promise<unknown[]> {
    return (await this.#data<Record<string, unknown[]>>(`metadata?metric=${metric}`))[metric] ?? [];
  }

  async #data<T>(path: string): Promise<T> {
    const response = await fetch(`${this.#url}/api/v1/${path}`);
    const { status, data, error } = (await response.json()) as { status: string; data: T; error?: string };
    if (status !== 'success') throw new Error(error ?? `HTTP ${response.status}`);
    return data;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    this.#child.kill('SIGTERM');
    await once(this.#child, 'close');
  }
}

/** Writes a value as a file that a YAML reader takes: JSON is YAML. */
export const writeConfig = (path: string, value: unknown): Promise<void> =>
  writeFile(path, JSON.stringify(value, null, 2));
