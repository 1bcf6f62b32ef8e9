// The tour for real: tokctl against the playground, in one process and over loopback.

import { expect, test } from 'vitest';
import { demo } from '../../src/cli/commands/demo.ts';
import { machine, settings } from './machine.ts';

test('every result of the tour is as expected, in 80 columns, and no token is shown', async () => {
  const { host, stdout, stderr } = machine();
  const exitCode = await demo({ arguments: [], settings: settings({ tour: true, port: '0' }), host });
  const text = stdout.text();
  expect(text).toMatch(/all 15 results are as expected\n$/);
  expect(text).not.toMatch(/^✗ .*\d$/m);
  expect([exitCode, stderr.text()]).toEqual([0, '']);
  expect(text).not.toMatch(/e[yw][\w-]{20,}\.[\w-]+/);
  expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
});
