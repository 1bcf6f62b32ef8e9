// `--serve`: a scraper on loopback asks, also while it shuts down, by another name, and for what is not there.

import { request } from 'node:http';
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseAddress } from '../../src/cli/check/server.ts';
import { listen } from '../servers/scripted-server.ts';
import { command, type GateOptions, hostFor } from './gate.ts';

const DEAD = `${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`;
const YAML = `checks:
  dead: { token: env:T, active: false, jwks: keys.json }
  unset: { token: env:NO }
`;

interface Answer {
  status: number;
  type: string;
  text: string;
}

function get(port: number, path: string, { headers = {}, method = 'GET' }: { headers?: object; method?: string } = {}) {
  return new Promise<Answer>((resolve, reject) => {
    const asked = request(
      { host: '127.0.0.1', port, path, method, headers: { ...headers }, agent: false },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '', text }),
        );
      },
    );
    asked.on('error', reject);
    asked.end();
  });
}

/** Serves on a free port. `tick` lets the pause between two runs end. */
async function serving(options: GateOptions = {}, words: string[] = []) {
  const interrupt = new AbortController();
  let said = (_port: number) => {};
  const port = new Promise<number>((resolve) => {
    said = resolve;
  });
  const fake = hostFor({
    yaml: YAML,
    env: { T: DEAD },
    files: { 'keys.json': '{"keys":[]}' },
    signal: interrupt.signal,
    ...options,
  });
  const write = async (text: string): Promise<void> => {
    await fake.host.stderr.write(text);
    const found = /:(\d+)\n/.exec(text)?.[1];
    if (found !== undefined) said(Number(found));
  };
  const host = { ...fake.host, stderr: { ...fake.host.stderr, write } };
  const ticks: (() => void)[] = [];
  const wait = (_: number, signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      ticks.push(resolve);
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  const ended = command(['--serve', '0', ...words], host, wait);
  ended.catch(() => {});
  onTestFinished(async () => {
    interrupt.abort(new Error('interrupted'));
    await ended;
  });
  return { port: await port, ended, interrupt: () => interrupt.abort(new Error('interrupted')), ticks, ...fake };
}

describe('--serve', () => {
  it('answers /metrics from the last run', async () => {
    const { port, stderr } = await serving();
    const { status, type, text } = await get(port, '/metrics');
    expect([status, type]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
    expect(text).toContain('tokctl_check_success{check="dead",subject="token"} 1\n');
    expect(text).toContain('tokctl_check_success{check="unset",subject="token"} 0\n');
    expect(stderr()).toBe(`serving /metrics and /probe?check=NAME on http://127.0.0.1:${port}\n`);
  });

  it('speaks OpenMetrics to who asks for it', async () => {
    const { port } = await serving();
    const accept = 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5';
    const { type, text } = await get(port, '/metrics', { headers: { accept } });
    expect(type).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(text).toMatch(/# EOF\n$/);
  });

  it('runs one check for /probe', async () => {
    const { port } = await serving();
    const { status, text } = await get(port, '/probe?check=dead');
    expect(status).toBe(200);
    expect(text).toContain('check="dead"');
    expect(text).not.toContain('check="unset"');
  });

  it('runs all of them again after each pause, and writes the reports', async () => {
    const env: Record<string, string> = { T: DEAD };
    const { port, ticks, files } = await serving({ env }, ['--report', 'openmetrics=node.prom']);
    expect((await get(port, '/metrics')).text).toContain('tokctl_check_success{check="unset",subject="token"} 0\n');
    expect(String(files.get('node.prom')?.content)).toContain('check="unset"');
    env['NO'] = DEAD;
    ticks.shift()?.();
    // The next pause begins when that run has ended.
    for (let turns = 0; ticks.length === 0 && turns < 10_000; turns += 1)
      await new Promise((resolve) => setImmediate(resolve));
    expect((await get(port, '/metrics')).text).toContain('tokctl_check_exit_code{check="unset",subject="token"} 1\n');
  });

  it('does not run the same check twice at a time', async () => {
    let asked = 0;
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { port } = await serving({
      yaml: 'checks:\n  server: { server: true, issuer: "https://id.example.com", retry: 0 }\n',
      fetch: async () => {
        asked += 1;
        if (asked === 1) throw new Error('the run at the start');
        await held;
        throw new Error('the probe');
      },
    });
    await get(port, '/metrics');
    const both = [get(port, '/probe?check=server'), get(port, '/probe?check=server')];
    for (let turns = 0; asked < 2 && turns < 10_000; turns += 1) await new Promise((resolve) => setImmediate(resolve));
    // Both are under way once the server has answered others after them.
    await get(port, '/');
    await get(port, '/');
    release();
    expect((await Promise.all(both)).map(({ status }) => status)).toEqual([200, 200]);
    expect(asked).toBe(2);
  });

  it.each([
    ['/probe', {}, 400],
    ['/probe?check=nobody', {}, 404],
    ['/elsewhere', {}, 404],
    ['/', {}, 200],
    ['/metrics', { method: 'POST' }, 405],
    ['/metrics', { headers: { host: 'rebound.example.com' } }, 421],
    ['/metrics', { headers: { host: 'localhost:9464' } }, 200],
    ['//', {}, 404],
  ])('answers %s %j with %i', async (path, options, status) => {
    const { port } = await serving();
    expect((await get(port, path, options)).status).toBe(status);
  });

  it('ends with 0 at Ctrl-C, and a scrape under way is answered', async () => {
    let begun = () => {};
    const started = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const { port, ended, interrupt } = await serving({
      yaml: 'checks:\n  server: { server: true, issuer: "https://id.example.com" }\n',
      fetch: (_, { signal }) => {
        begun();
        return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      },
    });
    await started;
    const scrape = get(port, '/metrics');
    const probe = get(port, '/probe?check=server');
    // Both are under way once the server has answered others after them.
    await get(port, '/');
    await get(port, '/');
    interrupt();
    expect((await Promise.all([scrape, probe])).map(({ status }) => status)).toEqual([503, 503]);
    expect(await ended).toBe(0);
    await expect(get(port, '/metrics')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('says that its port is in use', async () => {
    const other = createServer();
    const port = await listen(other);
    onTestFinished(() => void other.close());
    const { host } = hostFor({ yaml: YAML });
    await expect(command(['--serve', String(port)], host, async () => {})).rejects.toMatchObject({
      code: 'ERR_USAGE',
      message: `\`--serve\`: expected a free address, got 127.0.0.1:${port}: it is in use`,
    });
  });

  it('says that an address is none', async () => {
    const { host } = hostFor({ yaml: YAML });
    await expect(command(['--serve', 'everywhere'], host, async () => {})).rejects.toMatchObject({ code: 'ERR_USAGE' });
  });

  it('warns where others can ask', async () => {
    const interrupt = new AbortController();
    const { host, stderr } = hostFor({ yaml: YAML, signal: interrupt.signal });
    expect(await command(['--serve', '0.0.0.0:0'], host, async () => interrupt.abort(new Error('interrupted')))).toBe(
      0,
    );
    expect(stderr()).toContain('warning: everyone who reaches this address can read the metrics and start checks\n');
  });
});

describe('an address', () => {
  it.each([
    ['9464', { host: '127.0.0.1', port: 9464 }],
    [':9464', { host: '127.0.0.1', port: 9464 }],
    ['0.0.0.0:9464', { host: '0.0.0.0', port: 9464 }],
    ['metrics.example.com:80', { host: 'metrics.example.com', port: 80 }],
    ['[::1]:9464', { host: '::1', port: 9464 }],
    ['65536', undefined],
    ['::1:9464', undefined],
    ['localhost', undefined],
    ['http://127.0.0.1:9464', undefined],
    ['', undefined],
  ])('%j', (text, address) => {
    expect(parseAddress(text)).toEqual(address);
  });
});
