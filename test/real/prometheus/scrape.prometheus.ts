// A real Prometheus scrapes `tokctl check --serve` by docs/ci/prometheus.yml, and its tools read the files of docs/ci and
// what the textfile collector is given. Run by `npm run test:prometheus`.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { openmetrics } from '../../../src/cli/render/openmetrics.ts';
import { CLIENTS } from '../../../src/demo/authorization-server.ts';
import type { Playground } from '../../../src/demo/playground.ts';
import { ACTIVE, EXPIRED, REVOKED, SURFACE, UNKNOWN } from '../../cli/render/reports.ts';
import { playgroundForTest } from '../../demo/asking.ts';
import { buildProject, PROJECT, type ProjectCopy } from '../../package/project-copy.ts';
import { freePort, Prometheus, promtool, writeConfig } from './server.ts';

const document = (name: string): string => join(PROJECT, 'docs/ci', name);

let copy: ProjectCopy;
let playground: Playground;
let folder: string;
beforeAll(async () => {
  [copy, playground, folder] = await Promise.all([
    buildProject(),
    playgroundForTest(),
    mkdtemp(join(tmpdir(), 'tokctl-prometheus-')),
  ]);
  await writeFile(join(folder, 'tokctl.yaml'), checksOf(playground.facts.issuer));
  await writeFile(join(folder, 'token'), 'a-token-that-the-server-does-not-know');
});
afterAll(async () => {
  await playground?.close();
  await copy?.remove();
  await rm(folder, { recursive: true, force: true });
});

/** The checks that docs/ci/prometheus.yml probes, one that fails, and one whose token is a file. */
const checksOf = (issuer: string): string => `
profiles:
  playground: { issuer: '${issuer}', client-id: '${CLIENTS.test.client_id}', client-secret: env:GATE_SECRET }
default-profile: playground
checks:
  client-can-get-tokens: { token: client_credentials, mode: both, max-latency: 20s }
  issuer: { server: true, min-keys: 1, refuses-anonymous: true }
  wrong-audience: { token: client_credentials, audience: 'https://somebody.example' }
  from-file: { token: 'file:token', mode: remote }
`;

const env = () => ({
  HOME: folder,
  PATH: `${folder}:/usr/local/bin:/usr/bin:/bin`,
  GATE_SECRET: CLIENTS.test.client_secret,
});

describe('promtool', () => {
  it('takes the configuration and the rules of docs/ci as they are', () => {
    const { code, said } = promtool(['check', 'config', document('prometheus.yml')]);
    expect([code, said]).toEqual([0, expect.stringMatching(/1 rule files? found[\s\S]*SUCCESS: 5 rules found/)]);
  });

  it('fires each alert of docs/ci for what it is about, and no sooner', () => {
    const { code, said } = promtool(['test', 'rules', join(import.meta.dirname, 'rules-test.yml')]);
    expect([code, said]).toEqual([0, expect.stringContaining('SUCCESS')]);
  });

  it('takes what the script of docs/ci writes for the textfile collector', async () => {
    const script = (await readFile(document('textfile.sh'), 'utf8'))
      .replace('/etc/tokctl/tokctl.yaml', join(folder, 'tokctl.yaml'))
      .replace('/var/lib/node_exporter/textfile_collector/tokctl.prom', join(folder, 'tokctl.prom'));
    await writeFile(join(folder, 'tokctl'), `#!/bin/sh\nexec ${process.execPath} ${copy.path('bin/tokctl.js')} "$@"\n`);
    await chmod(join(folder, 'tokctl'), 0o755);
    // The playground answers in this process, which must not wait.
    const run = spawn('sh', ['-c', script], { cwd: folder, env: env(), stdio: ['ignore', 'pipe', 'inherit'] });
    const said = run.stdout.toArray();
    expect([await once(run, 'close'), await said]).toEqual([[0, null], []]);
    const text = await readFile(join(folder, 'tokctl.prom'), 'utf8');
    expect(text).toContain('tokctl_check_success{check="wrong-audience",subject="token"} 0\n');
    expect(promtool(['check', 'metrics'], text)).toEqual({ code: 0, said: '' });
  });
});

describe('Prometheus', () => {
  let prometheus: Prometheus;
  let port: number;
  let gate: ChildProcess;
  let reports: Server;
  beforeAll(async () => {
    port = await freePort();
    gate = await startGate(port);
    reports = await startReports();
    await copyFile(document('prometheus-rules.yml'), join(folder, 'prometheus-rules.yml'));
    await writeConfig(join(folder, 'prometheus.yml'), await configOf(port, portOf(reports)));
    prometheus = await Prometheus.start(folder);
  });
  afterAll(async () => {
    await prometheus?.stop();
    reports?.close();
    if (gate?.exitCode === null) {
      gate.kill('SIGTERM');
      await once(gate, 'close');
    }
  });

  /** The labels of interest and the values of an expression, in a fixed order. */
  async function values(expression: string, count: number, label = 'check'): Promise<[string | undefined, number][]> {
    const series = await prometheus.queryUntil(expression, count);
    return series.map(({ metric, value }): [string | undefined, number] => [metric[label], Number(value[1])]).sort();
  }

  it('finds every target up', async () => {
    expect(await values('up{job=~"tokctl.*"}', 3, 'instance')).toEqual([
      [`127.0.0.1:${port}`, 1],
      ['client-can-get-tokens', 1],
      ['issuer', 1],
    ]);
    await prometheus.until('scraped', async () =>
      (await prometheus.targets()).every(({ health }) => health !== 'unknown'),
    );
    const targets = await prometheus.targets();
    expect(targets.map(({ health, lastError }) => [health, lastError])).toEqual(targets.map(() => ['up', '']));
  });

  it('has what /metrics tells of every check', async () => {
    expect(await values('tokctl_check_success{job="tokctl"}', 4)).toEqual([
      ['client-can-get-tokens', 1],
      ['from-file', 0],
      ['issuer', 1],
      ['wrong-audience', 0],
    ]);
    expect(await values('tokctl_check_exit_code{job="tokctl"} == 1', 2)).toEqual([
      ['from-file', 1],
      ['wrong-audience', 1],
    ]);
    const [[, left = 0] = []] = await values(
      'tokctl_token_expiry_timestamp_seconds{job="tokctl",check="client-can-get-tokens"} - time()',
      1,
    );
    expect(left).toBeGreaterThan(60);
    expect(left).toBeLessThan(86_400);
    const [[, keys = 0] = []] = await values('tokctl_jwks_keys{job="tokctl",check="issuer"}', 1);
    expect(keys).toBeGreaterThan(0);
    const latency = await values('tokctl_introspection_latency_seconds{job="tokctl"} > 0 < 20', 3);
    expect(latency.map(([check]) => check)).toEqual(['client-can-get-tokens', 'from-file', 'wrong-audience']);
    expect((await values('time() - tokctl_last_run_timestamp_seconds{job="tokctl"} < 60', 1)).length).toBe(1);
  });

  it('has what /probe tells, of one check each', async () => {
    expect(await values('tokctl_check_success{job="tokctl-probe"}', 2, 'instance')).toEqual([
      ['client-can-get-tokens', 1],
      ['issuer', 1],
    ]);
  });

  it('knows type and help of every family', async () => {
    for (const metric of ['tokctl_check_success', 'tokctl_jwks_keys', 'tokctl_check_duration_seconds']) {
      const [known] = await prometheus.metadata(metric);
      expect(known, metric).toMatchObject({ type: 'gauge', help: expect.stringMatching(/./) });
    }
  });

  it('evaluates the rules of docs/ci, and waits with the alert for the checks that fail', async () => {
    await prometheus.until('evaluated', async () => (await prometheus.rules()).every(({ health }) => health === 'ok'));
    const failing = async () => {
      const rule = (await prometheus.rules()).find(({ name }) => name === 'TokenCheckFails');
      // The job of the reports has no checks.
      return (rule?.alerts ?? []).filter(({ labels }) => labels['job'] !== 'reports');
    };
    await prometheus.until('pending', async () => (await failing()).length === 2);
    const alerts = await failing();
    expect(new Set(alerts.map(({ labels }) => labels['check']))).toEqual(new Set(['from-file', 'wrong-audience']));
    expect(new Set(alerts.map(({ state }) => state))).toEqual(new Set(['pending']));
  });

  it('sees a check that holds again', async () => {
    await writeFile(join(folder, 'token'), playground.facts.tokens.active_opaque);
    await prometheus.queryUntil('tokctl_check_success{job="tokctl",check="from-file"} == 1', 1);
  });

  it('reads the reports of tokens, as -o openmetrics prints them', async () => {
    expect(await values('tokctl_check_success{job="reports"}', 4, 'id')).toEqual([
      ['active', 1],
      ['expired', 0],
      ['revoked', 0],
      ['unknown', 0],
    ]);
    expect(await values('tokctl_check_verdict{job="reports"} == 1', 4, 'tokctl_check_verdict')).toEqual([
      ['active', 1],
      ['inactive', 1],
      ['inactive', 1],
      ['unknown', 1],
    ]);
  });

  it('gets its last scrape when the gate is told to end', async () => {
    gate.kill('SIGTERM');
    const [code] = await once(gate, 'close');
    expect(code).toBe(0);
    await prometheus.queryUntil('up{job="tokctl"} == 0', 1);
  });

  /** `tokctl check --serve`, once it says that it listens. */
  async function startGate(port: number): Promise<ChildProcess> {
    const child = spawn(
      process.execPath,
      [copy.path('bin/tokctl.js'), 'check', '--serve', String(port), '--watch', '1s'],
      {
        cwd: folder,
        env: env(),
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    const [said] = await once(child.stderr ?? child, 'data');
    expect(String(said)).toContain(`http://127.0.0.1:${port}`);
    return child;
  }
});

/** An HTTP server that gives the reports of some tokens in the format that OpenMetrics names for it. */
async function startReports(): Promise<Server> {
  const all = Object.entries({ active: ACTIVE, expired: EXPIRED, revoked: REVOKED, unknown: UNKNOWN });
  const exposition = openmetrics(SURFACE);
  for (const [id, report] of all) exposition.add({ ...report, id });
  const text = exposition.end();
  const server = createServer((_, response) =>
    response.writeHead(200, { 'content-type': 'application/openmetrics-text; version=1.0.0; charset=utf-8' }).end(text),
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a port');
  return address.port;
}

interface Config {
  scrape_configs: {
    job_name: string;
    scrape_interval?: string;
    scrape_timeout?: string;
    static_configs: { targets: string[] }[];
    relabel_configs?: { target_label: string; replacement?: string }[];
  }[];
}

/** docs/ci/prometheus.yml by the second instead of the minute, for another port, with a job for the reports of tokens. */
async function configOf(port: number, reports: number): Promise<object> {
  const text = await readFile(document('prometheus.yml'), 'utf8');
  expect(text.split('127.0.0.1:9464')).toHaveLength(3);
  const config: Config = parse(text.replaceAll(':9464', `:${port}`));
  const jobs = config.scrape_configs.map(({ scrape_interval, scrape_timeout, ...job }) => job);
  const job = { job_name: 'reports', static_configs: [{ targets: [`127.0.0.1:${reports}`] }] };
  const global = { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' };
  return { ...config, global, scrape_configs: [...jobs, job] };
}
