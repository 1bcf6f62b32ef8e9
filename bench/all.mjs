#!/usr/bin/env node
// Everything that is measured, one after the other: start-up, one answer beside other tools, batches beside their floors,
// memory of a long batch. `npm run bench [-- --quick] [--write] [--node PATH …] [--binary FILE] [--step FILE] …`

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    node: { type: 'string', multiple: true, default: [process.execPath] },
    binary: { type: 'string' },
    'bare-binary': { type: 'string' },
    step: { type: 'string' },
    'jwt-crates': { type: 'string' },
    'jwt-npm': { type: 'string' },
  },
});

const { quick, write, node } = values;
const given = ['binary', 'bare-binary', 'step', 'jwt-crates', 'jwt-npm'].flatMap((name) =>
  values[name] === undefined ? [] : [`--${name}`, values[name]],
);
const writing = write ? ['--write'] : [];

const PARTS = [
  ['startup.mjs', '--runs', quick ? '3' : '25', ...node.flatMap((path) => ['--node', path]), ...writing],
  ['peers.mjs', '--runs', quick ? '3' : '30', ...given, ...writing],
  ['throughput.mjs', ...(quick ? ['--lines', '3000', '--requests', '500'] : []), ...writing],
  ['batch-memory.mjs', quick ? '20000' : '1000000', 'verify'],
];

for (const [script, ...args] of PARTS) {
  process.stdout.write(`\n# ${script} ${args.join(' ')}\n\n`);
  const file = fileURLToPath(new URL(script, import.meta.url));
  const { status } = spawnSync(process.execPath, [file, ...args], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
