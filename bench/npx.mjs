#!/usr/bin/env node
// npx from nothing to the answer: the tarball, an empty npm cache, an empty home, and `--version` printed. Beside it, by
// turns, a package with an empty program (what npm takes by itself) and bare `node -e 0`. Nothing is fetched (--offline), so
// the time of a download comes on top.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { npm, pack, sizesOf } from '../scripts/packing.mjs';
import { median } from './figures.mjs';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '15' },
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

const HELP = `node bench/npx.mjs [--runs N] [--json] [--write]

  --runs   runs of each (default: 15)
  --json   print the figures as JSON
  --write  write the table into docs/package.md
`;

const PROJECT = fileURLToPath(new URL('..', import.meta.url));
const DOCUMENT = join(PROJECT, 'docs/package.md');
const MARKED = /(<!-- npx -->)[\s\S]*?(<!-- \/npx -->)/;

/** A package of one program that does nothing. */
function emptyPackage(work) {
  const folder = join(work, 'empty');
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{"name":"empty","version":"1.0.0","bin":"empty.js"}');
  writeFileSync(join(folder, 'empty.js'), '#!/usr/bin/env node\n');
  return pack(folder, work, { build: false }).path;
}

/** Milliseconds of one run, in a home and with a cache that nobody has used. */
function run(work, { command, args, says }) {
  const home = mkdtempSync(join(work, 'home-'));
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    npm_config_cache: join(home, 'cache'),
    npm_config_update_notifier: 'false',
  };
  const start = process.hrtime.bigint();
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: home, env, encoding: 'utf8' });
  const took = Number(process.hrtime.bigint() - start) / 1e6;
  rmSync(home, { recursive: true, force: true });
  // A failure that is quick must not look good.
  if (status !== 0 || stdout.trim() !== says)
    throw new Error(`exit ${status} of ${args.join(' ')}: ${stdout}${stderr}`);
  return took;
}

const npx = (tarball, ...words) => ({
  command: 'npx',
  args: ['--yes', '--offline', `--package=${resolve(tarball)}`, '--', ...words],
});

function measure(work) {
  const tarball = pack(PROJECT, work, { build: false });
  const { version } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
  const cases = [
    { name: '`node -e 0`', command: process.execPath, args: ['-e', '0'], says: '' },
    { name: '`npx` of an empty package', ...npx(emptyPackage(work), 'empty'), says: '' },
    { name: '`npx` of tokctl, `--version`', ...npx(tarball.path, 'tokctl', '--version'), says: version },
  ];
  const times = cases.map(() => []);
  for (const one of cases) run(work, one);
  for (let round = 0; round < Number(values.runs); round += 1)
    for (const [index, one] of cases.entries()) times[index].push(run(work, one));
  return {
    tarball: sizesOf(tarball),
    node: process.version,
    npm: npm(['--version']).trim(),
    platform: `${process.platform} ${process.arch}`,
    runs: Number(values.runs),
    medians: cases.map(({ name }, index) => ({ name, ms: median(times[index]) })),
  };
}

function tableOf({ node, npm: version, platform, runs, medians }) {
  const [, empty] = medians;
  const rows = medians.map(({ name, ms }) => `| ${name} | ${ms.toFixed(0)} | ${(ms / empty.ms).toFixed(2)} |`);
  return [
    `Medians of ${runs} interleaved runs, Node ${node}, npm ${version}, ${platform}, nothing fetched:`,
    '',
    '| run | ms | ratio to an empty package |',
    '|---|---|---|',
    ...rows,
  ].join('\n');
}

function main() {
  if (values.help) return process.stdout.write(HELP);
  if (loadavg()[0] > availableParallelism() / 2)
    process.stderr.write('warning: the machine is busy: read the ratios, not the times\n');
  const work = mkdtempSync(join(tmpdir(), 'tokctl-npx-'));
  try {
    const figures = measure(work);
    process.stdout.write(values.json ? `${JSON.stringify(figures, null, 2)}\n` : `${tableOf(figures)}\n`);
    if (values.write)
      writeFileSync(DOCUMENT, readFileSync(DOCUMENT, 'utf8').replace(MARKED, `$1\n${tableOf(figures)}\n$2`));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

main();
