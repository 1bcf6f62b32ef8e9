// What the library may not do (contract, house): it has no clock, network or environment but what it is given, writes
// nothing, ends nothing, and stops when it is told to.

import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { decode, type FetchLike, introspect, type Report, verify } from '../../src/index.ts';
import { silence } from '../servers/answers.ts';
import { scriptedServer } from '../servers/scripted-server.ts';
import { issuerServer } from './issuer-server.ts';
import { accessClaims, HOUR, ISSUER, jwks, jws, key, NOW } from './keys.ts';

const TOKEN = jws(accessClaims(ISSUER));
const json = (body: unknown) => new Response(JSON.stringify(body), { headers: { 'content-type': 'application/json' } });

describe('what is given is used', () => {
  test('fetch: every request goes through it, with redirects left alone', async () => {
    const asked: { url: string; redirect: string; method: string }[] = [];
    const fetch: FetchLike = async (url, { redirect, method }) => {
      asked.push({ url, redirect, method });
      if (url.endsWith('/keys')) return json(JSON.parse(jwks(key()))) as never;
      if (url.endsWith('/introspect')) return json({ active: true }) as never;
      return json({
        issuer: ISSUER,
        jwks_uri: `${ISSUER}/keys`,
        introspection_endpoint: `${ISSUER}/introspect`,
      }) as never;
    };
    const client = { id: 'a', method: 'none' as const };
    const report = await introspect(TOKEN, { issuer: ISSUER, now: NOW, mode: 'both', fetch, client });
    expect(report.verdict).toBe('active');
    expect(asked.map(({ url }) => url).sort()).toEqual([
      `${ISSUER}/.well-known/openid-configuration`,
      `${ISSUER}/introspect`,
      `${ISSUER}/keys`,
    ]);
    expect(new Set(asked.map(({ redirect }) => redirect))).toEqual(new Set(['manual']));
  });

  test('now: the same token is active, expired and not yet issued', async () => {
    const at = async (now: number) => (await verify(TOKEN, { jwks: jwks(key()), now })).verdict;
    expect([await at(NOW), await at(NOW + HOUR - 1), await at(NOW + HOUR)]).toEqual(['active', 'active', 'inactive']);
    expect((await decode(TOKEN, { now: NOW })).times?.evaluated_at).toBe('2027-01-15T08:00:00Z');
  });

  test('without now it is the clock', async () => {
    const seconds = Math.floor(Date.now() / 1000);
    const fresh = jws(accessClaims(ISSUER, { iat: seconds, exp: seconds + HOUR }));
    const { times, verdict } = await verify(fresh, { jwks: jwks(key()) });
    expect(verdict).toBe('active');
    expect(Date.parse(times?.evaluated_at ?? '') / 1000).toBeGreaterThanOrEqual(seconds);
  });

  test('id and takenFrom stand in the report', async () => {
    const report = await decode('opaque-opaque', { id: 'line-7', takenFrom: 'refresh_token' });
    expect(report).toMatchObject({ id: 'line-7', token: { kind: 'refresh_token' } });
    expect(await verify(TOKEN, { id: 'line-8', jwks: jwks(key()), now: NOW })).toMatchObject({ id: 'line-8' });
  });

  test('takenFrom is evidence beside the form that a vendor gives its tokens', async () => {
    const github = `ghp_${'A'.repeat(30)}000000`;
    const { token } = await decode(github, { takenFrom: 'access_token' });
    expect(token?.evidence).toEqual(['it stood in access_token', expect.stringMatching(/^it has the form of: GitHub/)]);
  });

  test('documents: what was kept is used, also that of a location that was named', async () => {
    const metadataUrl = `${ISSUER}/metadata`;
    const kept: Record<string, string> = {
      [metadataUrl]: JSON.stringify({ issuer: ISSUER, jwks_uri: `${ISSUER}/keys` }),
      [`${ISSUER}/keys`]: jwks(key()),
    };
    const documents = {
      get: async ({ url }: { url: string }) => {
        const text = kept[url];
        return text === undefined ? undefined : { text, ageSeconds: 7 };
      },
      put: async () => {
        throw new Error('nothing new was had');
      },
    };
    const fetch: FetchLike = async (url) => {
      throw new Error(`not expected: ${url}`);
    };
    const report = await verify(TOKEN, { issuer: ISSUER, metadataUrl, documents, fetch, now: NOW });
    expect(report).toMatchObject({ verdict: 'active', verification: { jwks_age_seconds: 7 } });
  });

  test.each([
    ['a page before nothing', ['openid-configuration']],
    ['nothing before a page', ['oauth-authorization-server']],
  ])('of several places without metadata the one that says most is told: %s', async (_name, pages) => {
    const html = { status: 200, headers: { 'content-type': 'text/html' } };
    const fetch: FetchLike = async (url) => {
      const isPage = pages.some((page) => url.endsWith(page));
      return (isPage ? new Response('<html>', html) : new Response('', { status: 404 })) as never;
    };
    const { error } = await verify(TOKEN, { issuer: ISSUER, now: NOW, fetch, retries: 0 });
    expect(error).toMatchObject({ code: 'ERR_RESPONSE_INVALID', details: { media_type: 'text/html' } });
    expect(error?.message).toMatch(/tried .*openid-configuration \(\d+\), .*oauth-authorization-server \(\d+\)/);
  });

  test.each([
    ['keys', () => json({ keys: 7 })],
    ['introspection', () => json({ active: 'yes' })],
  ])('a media type that the server does not name is not made up: %s', async (which, answer) => {
    const fetch: FetchLike = async (url) => {
      if (url.endsWith('openid-configuration'))
        return json({ issuer: ISSUER, jwks_uri: `${ISSUER}/keys`, introspection_endpoint: `${ISSUER}/ask` }) as never;
      const response = answer();
      response.headers.delete('content-type');
      return response as never;
    };
    const mode = which === 'keys' ? 'local' : 'remote';
    const client = { id: 'a', method: 'none' as const };
    const report = await introspect(TOKEN, { issuer: ISSUER, now: NOW, mode, fetch, client, retries: 0 });
    expect(report.error?.code).toBe('ERR_RESPONSE_INVALID');
    expect(report.error?.details).not.toHaveProperty('media_type');
  });

  test('observe is told of each exchange, and of no secret', async () => {
    const server = await issuerServer({ introspection: { body: { active: true } } });
    const exchanges: string[] = [];
    await introspect('b3BhcXVlLXRva2Vu-1', {
      issuer: server.issuer,
      client: { id: 'my-api', secret: 'the secret of my-api' },
      headers: { 'x-api-key': 'the key of the gateway' },
      observe: (exchange) => exchanges.push(JSON.stringify(exchange)),
    });
    expect(exchanges.map((one) => JSON.parse(one).purpose)).toEqual(['metadata', 'introspection']);
    expect(server.asked.every(({ headers }) => headers['x-api-key'] === 'the key of the gateway')).toBe(true);
    expect(exchanges.join()).not.toMatch(/b3BhcXVl|secret of|the key of|Basic [A-Za-z0-9]/);
  });
});

describe('stopping', () => {
  test.each([
    ['the metadata', { issuer: true }],
    ['the introspection endpoint', { issuer: false }],
  ])('an abort during the request to %s throws its reason, and ends the connection', async (_name, { issuer }) => {
    const server = await scriptedServer([silence]);
    const controller = new AbortController();
    const reason = new Error('enough');
    const asked = introspect('b3BhcXVlLXRva2Vu-1', {
      ...(issuer ? { issuer: server.origin } : { introspectionEndpoint: `${server.origin}/introspect` }),
      client: { id: 'a', method: 'none' },
      signal: controller.signal,
    });
    await received(server);
    controller.abort(reason);
    await expect(asked).rejects.toBe(reason);
    await server.idle();
  });

  test('a signal that is aborted before asks nothing', async () => {
    const fetch: FetchLike = () => Promise.reject(new Error('a request that was not expected'));
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(verify(TOKEN, { issuer: ISSUER, fetch, signal })).rejects.toThrow('enough');
  });
});

async function received(server: { received: readonly unknown[] }): Promise<void> {
  while (server.received.length === 0) await new Promise((resolve) => setImmediate(resolve));
}

// ---------------------------------------------------------------- the machine is left alone

/** The library in a thread where every way to the machine but loopback sockets is watched. */
async function inWatchedThread(
  question: object,
  library = LIBRARY,
): Promise<{ report: Report; touched: string[]; printed: string }> {
  const { outputFiles } = await build({
    stdin: {
      contents: WATCHER.replace('LIBRARY', () => library),
      resolveDir: fileURLToPath(new URL('../../src', import.meta.url)),
      loader: 'ts',
    },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    define: { TOKCTL_VERSION: '"0.0.0"' },
    logLevel: 'warning',
  });
  const code = Buffer.from(outputFiles[0]?.contents ?? '').toString('base64');
  const worker = new Worker(new URL(`data:text/javascript;base64,${code}`), {
    workerData: question,
    stdout: true,
    stderr: true,
  });
  let printed = '';
  for (const stream of [worker.stdout, worker.stderr]) stream.on('data', (chunk) => (printed += String(chunk)));
  return new Promise((resolve, reject) => {
    worker.on('message', (message) => resolve({ ...message, printed }));
    worker.on('error', reject);
    worker.on('exit', (status) => reject(new Error(`the thread ended with ${status} and no answer`)));
  });
}

const LIBRARY = `await import('./index.ts')`;

const WATCHER = `
import { parentPort, workerData } from 'node:worker_threads';
import { syncBuiltinESMExports } from 'node:module';
import fs from 'node:fs';
import child from 'node:child_process';
const touched = [];
const { env, stdout } = process;
// What node itself looks for, such as FORCE_COLOR when it loads a module of its own: the reader is its own code.
const isNode = () => / \\(?node:/.test((new Error().stack ?? '').split('\\n')[3] ?? '');
const watch = (name) => new Proxy({}, {
  get: (_, key) => { if (!isNode()) touched.push(name + '.' + String(key)); return undefined; },
  has: (_, key) => { touched.push(name + '.' + String(key)); return false; },
  ownKeys: () => { touched.push(name); return []; },
});
for (const [object, names] of [[fs, Object.keys(fs)], [fs.promises, Object.keys(fs.promises)], [child, Object.keys(child)]])
  for (const name of names) {
    const real = object[name];
    if (typeof real !== 'function' || !/^[a-z]/.test(name)) continue;
    object[name] = (...given) => { touched.push(name); return real.apply(object, given); };
  }
syncBuiltinESMExports();
Object.defineProperty(process, 'env', { get: () => watch('env') });
for (const name of ['exit', 'abort', 'kill', 'on', 'chdir', 'cwd', 'emitWarning'])
  process[name] = () => { touched.push(name); };
const { decode, introspect, verify } = LIBRARY;
const { token, options } = workerData;
await decode(token);
const report = await introspect(token, options);
await verify(token, options);
try { await introspect('opaque', { introspectionEndpoint: 'http://127.0.0.1:1/', retries: 0, client: { id: 'a', method: 'none' } }); } catch {}
if (process.exitCode !== undefined) touched.push('exitCode');
parentPort.postMessage({ report: JSON.parse(JSON.stringify(report)), touched });
`;

test('reads no variable and no file, starts and ends nothing, prints nothing', async () => {
  const server = await issuerServer({ introspection: { body: { active: true } } });
  const options = {
    issuer: server.issuer,
    now: NOW,
    mode: 'both',
    client: { id: 'my-api', secret: 'the secret of my-api' },
  };
  const token = jws(accessClaims(server.issuer));
  const { report, touched, printed } = await inWatchedThread({ token, options });
  expect(report.verdict).toBe('active');
  expect(touched).toEqual([]);
  expect(printed).toBe('');
});

test('the watcher sees what it watches', async () => {
  const naughty = `{
    decode: () => process.env.HOME,
    verify: () => fs.statSync('.'),
    introspect: async () => { process.exit(3); process.exitCode = 3; console.log('hello'); return {}; },
  }`;
  const { touched, printed } = await inWatchedThread({}, naughty);
  expect(touched).toEqual(expect.arrayContaining(['env.HOME', 'statSync', 'exit', 'exitCode']));
  expect(printed).toContain('hello');
});
