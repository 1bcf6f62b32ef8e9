#!/usr/bin/env node
// Start-up: how much longer a run of tokctl takes than `node -e 0`, measured in the same minute on the same machine.
// Invariant: runs are interleaved, so that a machine that is busy for a while makes all of them slower and not one.

import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { prepare } from './cases.mjs';
import { between, median, table } from './figures.mjs';

const { values } = parseArgs({
  options: {
    node: { type: 'string', multiple: true, default: [process.execPath] },
    bin: { type: 'string', default: fileURLToPath(new URL('../bin/tokctl.js', import.meta.url)) },
    runs: { type: 'string', default: '40' },
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    force: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

const HELP = `node bench/startup.mjs [--node PATH …] [--bin PATH] [--runs N] [--json] [--write [--force]]

  --node   the Node to measure with (default: this one); may be given again, for a table each
  --bin    the program to measure (default: bin/tokctl.js)
  --runs   runs of each case in each environment (default: 40)
  --json   print the figures as JSON
  --write  write the table into docs/performance.md; refused on a busy machine
  --force  write it all the same
`;

const DOCUMENT = fileURLToPath(new URL('../docs/performance.md', import.meta.url));

/** Milliseconds that one run takes. Throws when it does not succeed: a failure that is quick must not look good. */
function run(node, args, env) {
  const start = process.hrtime.bigint();
  const { status, stderr, error } = spawnSync(node, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const took = Number(process.hrtime.bigint() - start) / 1e6;
  if (status !== 0) throw new Error(`exit ${status} of ${args.join(' ')}: ${stderr} ${error ?? ''}`);
  return took;
}

function nodeVersion(node) {
  const { stdout, error } = spawnSync(node, ['--version'], { encoding: 'utf8' });
  if (error !== undefined) throw new Error(`expected the path of a Node, got ${node}: ${error.message}`);
  return stdout.trim();
}

/** Runs that wait for a processor are slower by more than what is measured. */
const isBusy = () => loadavg()[0] > availableParallelism() / 2;

/** The median of every case above that of `node -e 0`, in one environment. */
function measure(node, { cases, env, runs }) {
  const all = [
    { name: 'node', args: ['-e', '0'] },
    ...cases.map(({ name, program = values.bin, args }) => ({ name, args: [program, ...args] })),
  ];
  const times = new Map(all.map(({ name }) => [name, []]));
  for (const { args } of all) run(node, args, env);
  for (let round = 0; round < runs; round += 1)
    for (const { name, args } of all) times.get(name).push(run(node, args, env));
  const base = median(times.get('node'));
  return { baseMs: base, aboveMs: Object.fromEntries(cases.map(({ name }) => [name, median(times.get(name)) - base])) };
}

async function main() {
  if (values.help) return process.stdout.write(HELP);
  const busy = isBusy();
  if (busy) process.stderr.write('warning: the machine is busy: the figures will be too high\n');
  if (busy && values.write && !values.force) throw new Error('expected a quiet machine for --write; --force writes');
  const { cases, extraCertificates, home, close } = await prepare();
  try {
    // Nothing of the person who measures: a configuration file or a cache would be measured with the program.
    const env = { PATH: process.env.PATH, HOME: home, BENCH_SECRET: 'bench-secret' };
    const runs = Number(values.runs);
    const all = values.node.map((node) => ({
      node: nodeVersion(node),
      platform: `${process.platform} ${process.arch}`,
      runs,
      cases: cases.map(({ name, aimMs }) => ({ name, aimMs })),
      plain: measure(node, { cases, env, runs }),
      extraCertificates: measure(node, { cases, env: { ...env, NODE_EXTRA_CA_CERTS: extraCertificates }, runs }),
    }));
    const tables = all.map(table).join('\n\n');
    process.stdout.write(values.json ? `${JSON.stringify(all, null, 2)}\n` : `${tables}\n`);
    if (values.write) writeFileSync(DOCUMENT, between(readFileSync(DOCUMENT, 'utf8'), tables));
  } finally {
    close();
  }
}

await main();
