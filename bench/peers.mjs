#!/usr/bin/env node
// One answer beside the tools that people know, whole processes in milliseconds, interleaved: curl for the same request,
// openssl and Node for a start and nothing else, and other readers of JWTs where they are installed.
// `node bench/peers.mjs [--binary FILE] [--bare-binary FILE] [--step FILE] [--jwt-crates FILE] [--jwt-npm FILE] [--runs N] [--write]`: what is not
// given is looked for on PATH, but for the two programs that are both called `jwt`.

import { spawnSync } from 'node:child_process';
import { accessSync, constants, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { prepare } from './cases.mjs';
import { aligned, between, median } from './figures.mjs';

const { values } = parseArgs({
  options: {
    binary: { type: 'string' },
    'bare-binary': { type: 'string' },
    step: { type: 'string' },
    'jwt-crates': { type: 'string' },
    'jwt-npm': { type: 'string' },
    runs: { type: 'string', default: '30' },
    write: { type: 'boolean', default: false },
  },
});
const PROGRAM = fileURLToPath(new URL('../bin/tokctl.js', import.meta.url));
const DOCUMENT = fileURLToPath(new URL('../docs/performance.md', import.meta.url));

function isProgram(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Where a program is; undefined for one that nobody installed. */
function onPath(name) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.map((folder) => join(folder, name)).find(isProgram);
}

const step = values.step ?? onPath('step');

const { cases, home, close } = await prepare();
const argsOf = (name) => cases.find((one) => one.name === name).args;
const [decode, verify, introspect] = ['`decode`, JSON', '`verify --jwks FILE`, JSON', '`introspect`, JSON'].map(argsOf);
const endpoint = introspect[introspect.indexOf('--introspection-endpoint') + 1];
const jwks = verify[verify.indexOf('--jwks') + 1];
const token = readFileSync(decode[1].slice(1));
const { iss, aud } = JSON.parse(Buffer.from(String(token).split('.')[1], 'base64url'));

/** `beside`: the run whose time a ratio is made with. */
const all = [
  { name: '`node -e 0`', program: process.execPath, args: ['-e', '0'] },
  { name: '`openssl version`', program: onPath('openssl'), args: ['version'] },
  {
    name: '`curl`, the request of introspect',
    program: onPath('curl'),
    args: ['-s', '-u', 'test-client:bench-secret', '-d', 'token=x', endpoint],
  },
  {
    name: '`step crypto jwt inspect`',
    program: step,
    args: ['crypto', 'jwt', 'inspect', '--insecure'],
    stdin: token,
  },
  {
    name: '`step crypto jwt verify`',
    program: step,
    args: ['crypto', 'jwt', 'verify', '--jwks', jwks, '--kid', 'bench', '--iss', iss, '--aud', aud],
    stdin: token,
  },
  {
    name: '`jwt decode` (jwt-cli of crates)',
    program: values['jwt-crates'],
    args: ['decode', '--json', String(token)],
  },
  { name: '`jwt` (jwt-cli of npm)', program: values['jwt-npm'], args: [], stdin: token },
  {
    name: '`bench/bare-exchange.cjs` as a binary',
    program: values['bare-binary'],
    args: [endpoint],
    beside: '`curl`, the request of introspect',
  },
  ...[
    ['package', { program: process.execPath, before: [PROGRAM] }],
    ['binary', { program: values.binary, before: [] }],
  ].flatMap(([what, { program, before }]) => [
    { name: `tokctl decode, ${what}`, program, args: [...before, ...decode], beside: '`step crypto jwt inspect`' },
    { name: `tokctl verify, ${what}`, program, args: [...before, ...verify], beside: '`step crypto jwt verify`' },
    {
      name: `tokctl introspect, ${what}`,
      program,
      args: [...before, ...introspect],
      beside: '`curl`, the request of introspect',
    },
  ]),
];
const present = all.filter(({ program }) => program !== undefined);
const missing = all.filter(({ program }) => program === undefined).map(({ name }) => name);

const env = { PATH: process.env.PATH, HOME: home, BENCH_SECRET: 'bench-secret' };

function run({ name, program, args, stdin = '' }) {
  const start = process.hrtime.bigint();
  const { status, stderr } = spawnSync(program, args, { env, input: stdin, stdio: ['pipe', 'pipe', 'pipe'] });
  const took = Number(process.hrtime.bigint() - start) / 1e6;
  if (status !== 0) throw new Error(`exit ${status} of ${name}: ${stderr}`);
  return took;
}

try {
  const times = new Map(present.map(({ name }) => [name, []]));
  for (const one of present) run(one);
  for (let round = 0; round < Number(values.runs); round += 1)
    for (const one of present) times.get(one.name).push(run(one));
  const medianOf = (name) => (times.has(name) ? median(times.get(name)) : undefined);
  const ratio = (ms, other) => (other === undefined ? '' : (ms / other).toFixed(1));
  const rows = present.map(({ name, beside }) => {
    const ms = medianOf(name);
    return [name, ms.toFixed(1), ratio(ms, medianOf('`node -e 0`')), ratio(ms, medianOf(beside))];
  });
  const figures = [
    `Node ${process.version} on ${process.platform} ${process.arch}, medians of ${values.runs} interleaved runs. The last ratio`,
    'is that of `decode` to `step crypto jwt inspect`, of `verify` to `step crypto jwt verify`, of `introspect` to `curl`.',
    ...(missing.length === 0 ? [] : [`Not installed: ${missing.join(', ')}.`]),
    '',
    ...aligned([['run', 'ms', 'of `node -e 0`', 'of its peer'], ...rows]),
  ].join('\n');
  process.stdout.write(`${figures}\n`);
  if (values.write) writeFileSync(DOCUMENT, between(readFileSync(DOCUMENT, 'utf8'), figures, 'peers'));
} finally {
  close();
}
