#!/usr/bin/env node
// Everything that is measured, one after the other: start-up, one answer beside other tools, batches beside their floors, long
// batches, npx. `npm run bench [-- --quick | --write] [--node PATH …] [--peers DIR …] [--binary FILE] [--bare-binary FILE]`;
// what each option means stands in the part that takes it.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    force: { type: 'boolean', default: false },
    node: { type: 'string', multiple: true, default: [] },
    peers: { type: 'string', multiple: true, default: [] },
    binary: { type: 'string' },
    'bare-binary': { type: 'string' },
  },
});
if (values.quick && values.write) throw new Error('expected --quick or --write: small counts make no figures');

const QUICK = {
  'startup.mjs': ['--runs', '3'],
  'peers.mjs': ['--runs', '3'],
  'throughput.mjs': ['--lines', '3000', '--requests', '500', '--seconds', '1'],
  'batch-memory.mjs': ['--lines', '4000'],
  'npx.mjs': ['--runs', '1'],
};

/** The options of these names, as words for a part. */
const given = (...names) =>
  names.flatMap((name) => [values[name] ?? []].flat().flatMap((value) => [`--${name}`, value]));

const PARTS = {
  'startup.mjs': [...given('node'), ...(values.force ? ['--force'] : [])],
  'peers.mjs': given('peers', 'binary', 'bare-binary'),
  'throughput.mjs': [],
  'batch-memory.mjs': [],
  'npx.mjs': [],
};

for (const [script, own] of Object.entries(PARTS)) {
  const args = [...own, ...(values.quick ? QUICK[script] : []), ...(values.write ? ['--write'] : [])];
  process.stdout.write(`\n# ${[script, ...args].join(' ')}\n\n`);
  const file = fileURLToPath(new URL(script, import.meta.url));
  const { status } = spawnSync(process.execPath, [file, ...args], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
