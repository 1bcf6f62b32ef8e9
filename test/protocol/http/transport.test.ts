// The choice between the transports: undici takes long to load, so a single direct exchange must never load it.

import { beforeEach, describe, expect, it, vi } from 'vitest';
import { exchange } from '../../../src/protocol/http/exchange.ts';
import { chooseTransport, type TransportChoice } from '../../../src/protocol/http/transport.ts';
import { json, reset } from '../../servers/answers.ts';
import { proxyServer } from '../../servers/proxy-server.ts';
import { type Answer, scriptedServer } from '../../servers/scripted-server.ts';
import { get, network } from './transports.ts';

const made = vi.hoisted((): string[] => []);

vi.mock('../../../src/protocol/http/undici-transport.ts', async (original) => {
  const { undiciTransport } = await original<typeof import('../../../src/protocol/http/undici-transport.ts')>();
  return {
    undiciTransport: (options: TransportChoice) => {
      made.push('undici');
      return undiciTransport(options);
    },
  };
});

vi.mock('../../../src/protocol/http/node-transport.ts', async (original) => {
  const module = await original<typeof import('../../../src/protocol/http/node-transport.ts')>();
  return {
    ...module,
    nodeTransport: (options: TransportChoice) => {
      made.push('node');
      return module.nodeTransport(options);
    },
  };
});

beforeEach(() => {
  made.length = 0;
});

describe('the chosen transport', () => {
  it('is node:http for a direct exchange, made once', async () => {
    const server = await scriptedServer([json({}), json({})]);
    const transport = chooseTransport();
    const over = network(transport);
    await exchange(get(server.url()), over);
    await exchange(get(server.url()), over);
    expect(made).toEqual(['node']);
    expect(server.received.map(({ connection }) => connection)).toEqual([1, 1]);
    transport.close();
    await server.idle();
  });

  it('asks over another connection where the one that was kept is lost', async () => {
    const lost: Answer = (socket) => socket.destroy();
    const server = await scriptedServer([json({}), lost, json({ answer: 2 })]);
    const over = network(chooseTransport(), { retries: 0 });
    await exchange(get(server.url()), over);
    expect((await exchange(get(server.url()), over)).text).toBe('{"answer":2}');
    expect(server.received.map(({ connection }) => connection)).toEqual([1, 1, 2]);
  });

  it('does not ask again where a new connection is lost', async () => {
    const server = await scriptedServer([reset]);
    const over = network(chooseTransport(), { retries: 0 });
    await expect(exchange(get(server.url()), over)).rejects.toMatchObject({ code: 'ERR_NETWORK' });
    expect(server.connections).toBe(1);
  });

  it('is undici for a batch, and connections are kept', async () => {
    const answers = Array(8).fill(json({}));
    const server = await scriptedServer(answers);
    const over = network(chooseTransport({ pooled: true }));
    for (const _ of answers) await exchange(get(server.url()), over);
    expect(made).toEqual(['undici']);
    // undici looks at a connection before it uses it again; a request that comes sooner gets another one.
    expect(server.connections).toBeLessThanOrEqual(2);
  });

  it('keeps no more connections to a host than it may', async () => {
    const answers = Array(6).fill(json({}));
    const server = await scriptedServer(answers);
    const over = network(chooseTransport({ pooled: true, connections: 2 }));
    await Promise.all(answers.map(() => exchange(get(server.url()), over)));
    expect(server.connections).toBe(2);
  });

  it('is undici only for the hosts that a proxy stands before', async () => {
    const server = await scriptedServer([json({}), json({})]);
    const proxy = await proxyServer({ reach: { 'id.example.test:80': server.port } });
    const choice = { proxy: { httpProxy: `http://127.0.0.1:${proxy.port}` } };
    const over = network(chooseTransport(choice), { insecureHttp: true });
    await exchange(get(server.url()), over);
    expect(made).toEqual(['node']);
    await exchange(get(new URL('http://id.example.test/')), over);
    expect(made).toEqual(['node', 'undici']);
    expect(proxy.asked).toEqual(['GET http://id.example.test/']);
  });

  it('is none where nothing is asked', async () => {
    chooseTransport({ pooled: true }).close();
    await exchange(get(new URL('https://id.example.test')), network(chooseTransport(), { offline: true })).catch(
      () => {},
    );
    expect(made).toEqual([]);
  });

  it('closes what it made', async () => {
    const server = await scriptedServer([json({})]);
    const transport = chooseTransport({ pooled: true });
    await exchange(get(server.url()), network(transport));
    transport.close();
    await server.idle();
  });
});

describe('the modules', () => {
  it('reach undici only by the transport that needs it', async () => {
    const { build } = await import('esbuild');
    const { metafile } = await build({
      entryPoints: ['src/protocol/http/transport.ts', 'src/protocol/http/exchange.ts'],
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      write: false,
      outdir: 'unused',
      metafile: true,
    });
    const entries = Object.values(metafile.outputs).filter(({ entryPoint }) =>
      entryPoint?.match(/transport\.ts|exchange\.ts/),
    );
    const loaded = (path: string): string[] => {
      const output = metafile.outputs[path];
      const before = (output?.imports ?? []).filter(({ kind, external }) => kind === 'import-statement' && !external);
      return [...Object.keys(output?.inputs ?? {}), ...before.flatMap((next) => loaded(next.path))];
    };
    const quick = entries.filter(({ entryPoint }) => !entryPoint?.includes('undici'));
    const inputs = quick.flatMap((output) => [
      ...Object.keys(output.inputs),
      ...output.imports
        .filter(({ kind, external }) => kind === 'import-statement' && !external)
        .flatMap(({ path }) => loaded(path)),
    ]);
    expect(quick.map(({ entryPoint }) => entryPoint).sort()).toEqual([
      'src/protocol/http/exchange.ts',
      'src/protocol/http/node-transport.ts',
      'src/protocol/http/transport.ts',
    ]);
    expect(inputs).toContain('src/protocol/http/proxy.ts');
    expect(inputs.filter((path) => path.includes('undici'))).toEqual([]);
    const all = Object.values(metafile.outputs).flatMap((output) => Object.keys(output.inputs));
    expect(
      all.filter((path) => /undici\/(?:index|lib\/(?:web\/(?:websocket|cache|eventsource)|mock))/.test(path)),
    ).toEqual([]);
    expect(all.some((path) => path.includes('undici/lib/dispatcher/agent.js'))).toBe(true);
  });
});
