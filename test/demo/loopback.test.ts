// Where the playground listens, and that it leaves the port when it ends.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { close, isUnavailable, LOOPBACK, listen, portOf } from '../../src/demo/loopback.ts';

test.each(['0.0.0.0', '::', '192.0.2.1', 'localhost', ''])('refuses to listen on `%s`', async (host) => {
  await expect(listen(0, { exact: true, host })).rejects.toThrow(RangeError);
});

test('listens on 127.0.0.1', async () => {
  const server = await listen(0, { exact: true });
  expect(server.address()).toMatchObject({ address: LOOPBACK });
  await close(server);
});

test('a taken port is an error when that port was asked for, else a neighbour is taken', async () => {
  const first = await listen(0, { exact: true });
  const taken = portOf(first);
  const problem = await listen(taken, { exact: true }).catch((error: unknown) => error);
  expect(isUnavailable(problem)).toBe(true);
  const second = await listen(taken, { exact: false });
  expect(portOf(second)).not.toBe(taken);
  await Promise.all([close(first), close(second)]);
});

test('beyond the last port any free one is taken', async () => {
  const server = await listen(65_536, { exact: false });
  expect(portOf(server)).toBeGreaterThan(0);
  await close(server);
});

test('closing drops idle and waiting connections, and frees the port', async () => {
  const server = await listen(0, { exact: true });
  server.on('request', () => {});
  const port = portOf(server);
  const waiting = connect(port, LOOPBACK);
  waiting.on('error', () => {}).write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(server, 'request');
  const dropped = once(waiting, 'close');
  await close(server);
  await dropped;
  const next = createServer().listen(port, LOOPBACK);
  await once(next, 'listening');
  await close(next);
});
