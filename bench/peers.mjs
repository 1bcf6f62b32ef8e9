#!/usr/bin/env node
// One answer beside the tools that people know, whole processes in milliseconds, interleaved: curl for the same request,
// openssl and Node for a start and nothing else, step where it is installed. `node bench/peers.mjs [--binary FILE] [--write]`.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { prepare } from './cases.mjs';
import { aligned, between, median } from './figures.mjs';

const { values } = parseArgs({
  options: {
    binary: { type: 'string' },
    runs: { type: 'string', default: '30' },
    write: { type: 'boolean', default: false },
  },
});
const PROGRAM = fileURLToPath(new URL('../bin/tokctl.js', import.meta.url));
const DOCUMENT = fileURLToPath(new URL('../docs/performance.md', import.meta.url));

const { cases, home, close } = await prepare();
const argsOf = (name) => cases.find((one) => one.name === name).args;
const [decode, verify, introspect] = ['`decode`, JSON', '`verify --jwks FILE`, JSON', '`introspect`, JSON'].map(argsOf);
const endpoint = introspect[introspect.indexOf('--introspection-endpoint') + 1];
const token = decode[1].slice(1);

const all = [
  { name: '`node -e 0`', words: [process.execPath, '-e', '0'] },
  { name: '`openssl version`', words: ['openssl', 'version'] },
  {
    name: '`curl`, the request of introspect',
    words: ['curl', '-s', '-u', 'test-client:bench-secret', '-d', 'token=x', endpoint],
  },
  {
    name: '`step crypto jwt inspect`',
    words: ['step', 'crypto', 'jwt', 'inspect', '--insecure'],
    stdin: readFileSync(token),
  },
  ...[
    ['package', [process.execPath, PROGRAM]],
    ['binary', [values.binary ?? '']],
  ].flatMap(([what, program]) => [
    { name: `tokctl decode, ${what}`, words: [...program, ...decode] },
    { name: `tokctl verify --jwks FILE, ${what}`, words: [...program, ...verify] },
    { name: `tokctl introspect, ${what}`, words: [...program, ...introspect] },
  ]),
].filter(
  ({ words: [command] }) =>
    command !== '' && (existsSync(command) || spawnSync(command, ['--help']).error === undefined),
);

const env = { PATH: process.env.PATH, HOME: home, BENCH_SECRET: 'bench-secret' };

function run({ name, words: [command, ...args], stdin = '' }) {
  const start = process.hrtime.bigint();
  const { status, stderr } = spawnSync(command, args, { env, input: stdin, stdio: ['pipe', 'pipe', 'pipe'] });
  const took = Number(process.hrtime.bigint() - start) / 1e6;
  if (status !== 0) throw new Error(`exit ${status} of ${name}: ${stderr}`);
  return took;
}

try {
  const times = new Map(all.map(({ name }) => [name, []]));
  for (const one of all) run(one);
  for (let round = 0; round < Number(values.runs); round += 1)
    for (const one of all) times.get(one.name).push(run(one));
  const medians = all.map(({ name }) => [name, median(times.get(name))]);
  const curl = medians.find(([name]) => name.startsWith('`curl`'))?.[1];
  const rows = medians.map(([name, ms]) => [name, ms.toFixed(1), curl === undefined ? '' : (ms / curl).toFixed(1)]);
  const figures = [
    `Node ${process.version} on ${process.platform} ${process.arch}, medians of ${values.runs} interleaved runs.`,
    '',
    ...aligned([['run', 'ms', 'of curl'], ...rows]),
  ].join('\n');
  process.stdout.write(`${figures}\n`);
  if (values.write) writeFileSync(DOCUMENT, between(readFileSync(DOCUMENT, 'utf8'), figures, 'peers'));
} finally {
  close();
}
