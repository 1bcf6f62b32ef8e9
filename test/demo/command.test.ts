// `tokctl demo` as its action: settings in, words on the streams, exit code out, with a host that is not the machine.

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { demo, type Run } from '../../src/cli/commands/demo.ts';
import type { Host } from '../../src/cli/host.ts';
import type { RawValue } from '../../src/cli/settings.ts';
import { TokctlError } from '../../src/core/errors.ts';
import type { PlaygroundFacts } from '../../src/demo/playground.ts';
import { machine, settings } from './machine.ts';

const taken: Server[] = [];
afterEach(async () => {
  for (const server of taken.splice(0)) await new Promise((resolve) => server.close(resolve));
});

async function takenPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  taken.push(server);
  return (server.address() as AddressInfo).port;
}

const noRun: Run = async () => {
  throw new Error('tokctl is run for the tour only');
};

async function failureOf(values: Record<string, RawValue>): Promise<TokctlError> {
  const problem = await demo({ arguments: [], settings: settings(values), host: machine().host }, noRun).catch(
    (e) => e,
  );
  expect(problem).toBeInstanceOf(TokctlError);
  return problem;
}

describe('tokctl demo --json', () => {
  test('prints one line of what there is, runs until Ctrl-C, then ends with 0 and frees the port', async () => {
    const { host, stdout, stderr, interrupt } = machine();
    const ended = demo({ arguments: [], settings: settings({ json: true, port: '0' }), host }, noRun);
    await stdout.written;
    const facts: PlaygroundFacts = JSON.parse(stdout.text());
    expect(stdout.text().split('\n')).toHaveLength(2);
    expect(Object.keys(facts)).toEqual(['issuer', 'endpoints', 'clients', 'tokens']);
    expect(facts.clients).toContainEqual(
      expect.objectContaining({ client_id: 'test-client', client_secret: 'test-secret' }),
    );
    expect((await fetch(facts.endpoints.jwks)).status).toBe(200);
    interrupt();
    expect(await ended).toBe(0);
    await expect(fetch(facts.endpoints.jwks)).rejects.toThrow();
    expect(stderr.text()).toBe('');
  });

  test('`-o json` is the same', async () => {
    const { host, stdout, interrupt } = machine();
    const ended = demo({ arguments: [], settings: settings({ output: 'json', port: '0' }), host }, noRun);
    await stdout.written;
    interrupt();
    expect(await ended).toBe(0);
    expect(Object.keys(JSON.parse(stdout.text()))).toContain('tokens');
  });

  test('a Ctrl-C that came early ends it as well', async () => {
    const { host, interrupt } = machine();
    interrupt();
    expect(await demo({ arguments: [], settings: settings({ json: true, port: '0' }), host }, noRun)).toBe(0);
  });
});

test('tokctl demo prints what to paste: every variable that the commands use is set', async () => {
  const { host, stdout, interrupt } = machine();
  const ended = demo({ arguments: [], settings: settings({ port: '0' }), host }, noRun);
  await stdout.written;
  interrupt();
  expect(await ended).toBe(0);
  const text = stdout.text();
  const set = [...text.matchAll(/^(?:export )?([A-Z0-9_]+)=/gm)].map(([, name]) => name);
  const used = [...text.matchAll(/\$([A-Z0-9_]+)/g)].map(([, name]) => name);
  expect(used.length).toBeGreaterThan(5);
  expect(used.filter((name) => !set.includes(name))).toEqual([]);
  expect(text).toContain('curl -u test-client:test-secret');
  expect(text).toContain('curl -d client_id=test-client -d client_secret=test-secret');
  const long = text.split('\n').filter((line) => line.length > 80 && !/^[A-Z0-9_]+='e/.test(line));
  expect(long).toEqual([]);
});

describe('--port', () => {
  test.each(['eighty', '-1', '65536', '80a', '', '8080.5'])('`%s` is no port', async (port) => {
    const { code, message } = await failureOf({ port });
    expect([code, message]).toEqual(['ERR_USAGE', `expected a port from 0 to 65535, got \`${port}\``]);
  });

  test('a port that was asked for and is taken is an error', async () => {
    const port = await takenPort();
    const { code, exitCode, message } = await failureOf({ port: String(port) });
    expect([code, exitCode]).toEqual(['ERR_USAGE', 2]);
    expect(message).toContain(String(port));
  });

  test('without it 8080 is taken, or the next free one, and that is said', async () => {
    const first = createServer();
    // Taken by this test, or by somebody else on this machine: both do.
    await new Promise<void>((resolve) => first.once('error', () => resolve()).listen(8080, '127.0.0.1', resolve));
    if (first.listening) taken.push(first);
    const { host, stdout, stderr, interrupt } = machine();
    const ended = demo({ arguments: [], settings: settings({ port: 'in words' }, 'default'), host }, noRun);
    await stdout.written;
    interrupt();
    expect(await ended).toBe(0);
    const [, port] = /^note: port 8080 is taken, using (\d+)\n$/.exec(stderr.text()) ?? [];
    expect(stdout.text()).toContain(`http://127.0.0.1:${port}/api/resource`);
  });
});

describe('tokctl demo --tour', () => {
  const tourSettings = settings({ tour: true, port: '0' });

  test('has no JSON form', async () => {
    const { code, message } = await failureOf({ tour: true, json: true, port: '0' });
    expect([code, message]).toEqual(['ERR_USAGE', '`--tour` prints text only']);
  });

  test('hands tokctl real tokens where a variable is shown, and lends it nothing of this machine', async () => {
    const { host, stdout } = machine({ TOKCTL_ISSUER: 'https://elsewhere.example', NO_COLOR: '1', HOME: '/home/ada' });
    const calls: { argv: readonly string[]; host: Host }[] = [];
    const run: Run = async (argv, lent) => {
      calls.push({ argv, host: lent });
      return 0;
    };
    await demo({ arguments: [], settings: tourSettings, host }, run);
    const shown = stdout.text();
    expect(shown).toContain('$ tokctl introspect "$ACTIVE_OPAQUE"\n');
    for (const { argv, host: lent } of calls) {
      expect(argv.join(' ')).not.toContain('$');
      for (const word of argv) if (word.length > 40) expect(shown).not.toContain(word);
      expect(lent.env).toMatchObject({ NO_COLOR: '1', CLIENT_SECRET: 'test-secret' });
      expect(lent.env['TOKCTL_ISSUER']).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
      expect(lent.env['HOME']).toBeUndefined();
      if (!argv.includes('json')) expect(lent.stdout).toMatchObject({ isTTY: true, columns: 80 });
      expect([lent.stdin.isTTY, lent.stdin.isPiped]).toEqual([false, false]);
      await expect(lent.files.read('/home/ada/.config/tokctl/config.yaml')).rejects.toMatchObject({ code: 'ENOENT' });
    }
    expect(calls.length).toBeGreaterThanOrEqual(22);
  });

  test.each([
    [{}, { NO_COLOR: '1' }],
    [{ FORCE_COLOR: '1' }, { FORCE_COLOR: '1', NO_COLOR: undefined }],
  ])('into a pipe, with %o, it has colour only if that is forced', async (env, expected) => {
    const seen: Host['env'][] = [];
    const run: Run = async (_, lent) => {
      seen.push(lent.env);
      return 0;
    };
    await demo({ arguments: [], settings: tourSettings, host: machine(env).host }, run);
    expect(seen[0]).toMatchObject(expected);
  });

  test('a result that was not expected makes it 1 and is named', async () => {
    const { host, stdout } = machine();
    expect(await demo({ arguments: [], settings: tourSettings, host }, async () => 0)).toBe(1);
    expect(stdout.text()).toMatch(/13 of 15 results are not as expected:\n(?: {2}.*\n)+ {2}forged JWT\n/);
  });

  test('an interruption ends it with 130', async () => {
    const { host, interrupt, stdout } = machine();
    const run: Run = async () => {
      interrupt();
      return 130;
    };
    expect(await demo({ arguments: [], settings: tourSettings, host }, run)).toBe(130);
    expect(stdout.text()).not.toContain('summary');
  });
});
