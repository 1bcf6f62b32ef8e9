// The same misbehaviours against the program as it is released, in a process of its own: what runs it may be another engine
// than that of these tests (`npm run test:binary`). Each ends in its documented exit code, and no other host hears of it.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ERROR_EXIT_CODES } from '../../../src/core/errors.ts';
import { accessClaims, jws, NOW } from '../../library/keys.ts';
import { buildProject, type ProjectCopy, programOf } from '../../package/project-copy.ts';
import { json } from '../../servers/answers.ts';
import { certificates } from '../../servers/certificates.ts';
import { proxyServer } from '../../servers/proxy-server.ts';
import { type Answer, scriptedServer } from '../../servers/scripted-server.ts';
import { OPAQUE, SECRET } from './endpoints.ts';
import { MISBEHAVIOURS, type Misbehaviour, ON_THE_WIRE } from './misbehaviour.ts';

let copy: ProjectCopy;
let folder: string;
let made: Awaited<ReturnType<typeof certificates>>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tokctl-hostile-'));
  [copy, made] = await Promise.all([buildProject(), certificates()]);
  writeFileSync(join(folder, 'ca.pem'), made.ca.cert);
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await copy.remove();
});

interface Ending {
  exit: number | null;
  /** Of the report. */
  code: string | undefined;
  text: string;
}

function run(argv: readonly string[], stdin: string, env: Record<string, string> = {}): Promise<Ending> {
  const [command, ...first] = programOf(copy);
  const child = spawn(command, [...first, ...argv, '-o', 'json', '--retry', '0', '--at', String(NOW)], {
    cwd: folder,
    env: { HOME: folder, PATH: '/usr/bin:/bin', MY_SECRET: SECRET, ...env },
  });
  const read = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => (read.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (read.stderr += text));
  child.stdin.on('error', () => {});
  child.stdin.end(stdin);
  return new Promise((resolve) =>
    child.on('close', (exit) => {
      const report = read.stdout === '' ? {} : JSON.parse(read.stdout);
      resolve({ exit, code: report.error?.code, text: read.stdout + read.stderr });
    }),
  );
}

const CLIENT = ['--client-id', 'my-client', '--client-secret', 'env:MY_SECRET'];
const timeOf = ({ slow }: Misbehaviour): string => (slow === true ? '400ms' : '8s');

const introspecting = (origin: string, one: Misbehaviour, more: readonly string[] = [], env = {}): Promise<Ending> => {
  const where = ['--introspection-endpoint', `${origin}/introspect`];
  return run(['introspect', '-', ...where, ...CLIENT, '--timeout', timeOf(one), ...more], OPAQUE, env);
};

async function expectDocumented(ended: Promise<Ending>, { code }: Misbehaviour): Promise<void> {
  const { exit, code: actual, text } = await ended;
  expect({ exit, code: actual }).toEqual({ exit: ERROR_EXIT_CODES[code], code });
  expect(text).not.toContain(SECRET);
  expect(text).not.toContain(OPAQUE);
}

describe('the introspection endpoint', () => {
  it.each(MISBEHAVIOURS)('$name', async (one) => {
    const bystander = await scriptedServer([]);
    const server = await scriptedServer([one.answer(bystander.origin)]);
    await expectDocumented(introspecting(server.origin, one), one);
    expect(bystander.connections).toBe(0);
  });

  it.each(ON_THE_WIRE)('over TLS: $name', async (one) => {
    const bystander = await scriptedServer([]);
    const server = await scriptedServer([one.answer(bystander.origin)], { tls: made.server });
    await expectDocumented(introspecting(server.origin, one, ['--tls-ca', 'ca.pem']), one);
    expect(bystander.connections).toBe(0);
  });
});

describe('TLS', () => {
  const good: Misbehaviour = { name: 'none', code: 'ERR_TLS', answer: () => json({ active: true }) };

  it.each(['expired', 'early', 'elsewhere', 'unknown', 'selfSigned'] as const)(
    'a certificate that is %s',
    async (name) => {
      const server = await scriptedServer([], { tls: made[name] });
      await expectDocumented(introspecting(server.origin, good, ['--tls-ca', 'ca.pem']), good);
    },
  );

  it('an authority that is not trusted', async () => {
    const server = await scriptedServer([], { tls: made.server });
    await expectDocumented(introspecting(server.origin, good), good);
  });

  it('an authority that is', async () => {
    const server = await scriptedServer([good.answer('')], { tls: made.server });
    expect(await introspecting(server.origin, good, ['--tls-ca', 'ca.pem'])).toMatchObject({ exit: 0 });
  });
});

describe('a proxy', () => {
  const good: Misbehaviour = { name: 'none', code: 'ERR_NETWORK', answer: () => json({ active: true }) };
  const NAME = 'id.example.test';

  it('carries a tunnel in which TLS is checked, and sees nothing of the secret', async () => {
    const server = await scriptedServer([good.answer('')], { tls: made.server });
    const proxy = await proxyServer({ reach: { [`${NAME}:443`]: server.port } });
    const env = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
    const { exit } = await introspecting(`https://${NAME}`, good, ['--tls-ca', 'ca.pem'], env);
    expect(exit).toBe(0);
    expect(proxy.asked).toEqual([`CONNECT ${NAME}:443`]);
    expect(JSON.stringify(proxy.headers)).not.toMatch(/authorization/i);
  });

  it('that refuses is told as such', async () => {
    const proxy = await proxyServer();
    const env = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
    await expectDocumented(introspecting(`https://${NAME}`, good, ['--tls-ca', 'ca.pem'], env), good);
  });
});

describe('the JWK Set', () => {
  it.each(ON_THE_WIRE)('$name', async (one) => {
    const bystander = await scriptedServer([]);
    const answer: Answer = one.answer(bystander.origin);
    const server = await scriptedServer([answer]);
    const token = jws(accessClaims(server.origin));
    const words = ['verify', '-', '--jwks', `${server.origin}/jwks`, '--timeout', timeOf(one)];
    await expectDocumented(run(words, token), one);
    expect(bystander.connections).toBe(0);
  });
});
