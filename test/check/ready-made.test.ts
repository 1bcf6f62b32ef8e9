// The commands of docs/ci and of the action, run as they stand there: in a folder that holds tokctl.yaml alone, against a real
// authorization server. `npx` is the program as it is released, because the package is not published for a test.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { CLIENTS } from '../../src/demo/authorization-server.ts';
import type { Playground } from '../../src/demo/playground.ts';
import { playgroundForTest } from '../demo/asking.ts';
import { buildProject, PROJECT, type ProjectCopy, programOf } from '../package/project-copy.ts';

const read = (path: string): Promise<string> => readFile(join(PROJECT, path), 'utf8');

let copy: ProjectCopy;
let playground: Playground;
let programs: string;
beforeAll(async () => {
  [copy, playground, programs] = await Promise.all([
    buildProject(),
    playgroundForTest(),
    mkdtemp(join(tmpdir(), 'tokctl-programs-')),
  ]);
  const start = `exec ${programOf(copy)
    .map((word) => `'${word}'`)
    .join(' ')} "$@"`;
  await program('npx', `#!/bin/sh\n[ "$1 $2" = '--yes tokctl@0.1.0' ] || exit 99\nshift 2\n${start}\n`);
  await program('tokctl', `#!/bin/sh\n${start}\n`);
});
afterAll(async () => {
  await playground?.close();
  await copy?.remove();
  await rm(programs, { recursive: true, force: true });
});

async function program(name: string, text: string): Promise<void> {
  await writeFile(join(programs, name), text);
  await chmod(join(programs, name), 0o755);
}

/** The block of the README, for the issuer of the playground. */
async function readmeChecks(): Promise<string> {
  const [, block = ''] = /## In a pipeline\n\n```yaml\n([^`]+)```/.exec(await read('README.md')) ?? [];
  expect(block).toContain('issuer: https://id.example.com');
  return block
    .replace('https://id.example.com', playground.facts.issuer)
    .replace('https://api.example.com', `${playground.facts.issuer}/api`)
    .replace('orders:read', 'profile')
    .replace('token: env:API_TOKEN', 'token: env:API_TOKEN\n    tags: [deploy]');
}

/** Runs a script in a folder with the checks of the README and nothing else. */
async function run(script: string, token: string, env: Record<string, string> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'tokctl-pipeline-'));
  try {
    await writeFile(join(folder, 'tokctl.yaml'), await readmeChecks());
    const secrets = { API_TOKEN: token, GATE_SECRET: CLIENTS.test.client_secret };
    const child = spawn('bash', ['-c', script], {
      cwd: folder,
      env: { HOME: folder, PATH: `${programs}:/usr/bin:/bin`, ...secrets, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [stdout, stderr] = [child.stdout.setEncoding('utf8').toArray(), child.stderr.setEncoding('utf8').toArray()];
    const [code] = await once(child, 'close');
    const files = (await readdir(folder)).filter((name) => name !== 'tokctl.yaml');
    const report = files.includes('report.xml') ? await readFile(join(folder, 'report.xml'), 'utf8') : '';
    return { code, stdout: (await stdout).join(''), stderr: (await stderr).join(''), files, report };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const good = (): string => playground.facts.tokens.active_jwt;
const expired = (): string => playground.facts.tokens.expired_jwt;

/** The one command of a file that begins with `npx`. */
async function commandOf(path: string): Promise<string> {
  const found = (await read(path)).match(/npx --yes tokctl@[^'\n]*/g) ?? [];
  expect(found).toHaveLength(1);
  return found[0] ?? '';
}

describe('a pipeline', () => {
  it.each(['github-actions.yml', 'gitlab-ci.yml', 'Jenkinsfile'])(
    'of %s is green, and red with a reason',
    async (name) => {
      const command = await commandOf(`docs/ci/${name}`);
      const green = await run(command, good());
      expect([green.code, green.files, green.stderr]).toEqual([0, ['report.xml'], '']);
      expect(green.report).toContain('failures="0"');
      const red = await run(command, expired());
      expect([red.code, red.files]).toEqual([1, ['report.xml']]);
      expect(red.stdout).toMatch(/api-token[\s\S]*expired/);
      expect(red.report).toContain('failures="1"');
    },
  );

  it('of the action annotates, and gives its exit code to the next step', async () => {
    const { steps } = parse(await read('action.yml')).runs;
    const inputs = { CHECK_FILE: 'tokctl.yaml', CHECK_NAMES: 'api-token', CHECK_TAGS: 'deploy', CHECK_JSON: '' };
    const runner = {
      CHECK_JUNIT: 'report.xml',
      CHECK_VERSION: '0.1.0',
      GITHUB_OUTPUT: 'output',
      GITHUB_ACTIONS: 'true',
    };
    const script = `set -eo pipefail\n${steps[0].run}`;
    const red = await run(script, expired(), { ...inputs, ...runner });
    expect([red.code, red.files]).toEqual([1, ['output', 'report.xml']]);
    expect(red.stdout).toMatch(/^::error file=tokctl\.yaml,line=\d+,.*api-token/m);
    expect((await run(script, good(), { ...inputs, ...runner })).code).toBe(0);
  });

  it('says what is wrong when its variable is not set', async () => {
    const { code, stdout } = await run(await commandOf('docs/ci/gitlab-ci.yml'), '');
    expect([code, stdout]).toEqual([2, expect.stringContaining('API_TOKEN')]);
  });
});

describe('a monitor', () => {
  it('runs the command line of nagios.cfg', async () => {
    const [, line = ''] = /command_line\s+(.*)/.exec(await read('docs/ci/nagios.cfg')) ?? [];
    const command = line.replace('/usr/local/bin/', '').replace('$ARG1$', 'tokctl.yaml').replace('$ARG2$', 'deploy');
    // 59 minutes are left of the token, and the block warns below an hour.
    const soon = await run(command, good());
    expect([soon.code, soon.stdout]).toEqual([
      1,
      expect.stringMatching(/^TOKCTL WARNING - .* \| .*api_token_ttl=\d+s;3600:;600:/),
    ]);
    const bad = await run(command, expired());
    expect([bad.code, bad.stdout]).toEqual([2, expect.stringMatching(/^TOKCTL CRITICAL - .*api-token: /)]);
  });
});
