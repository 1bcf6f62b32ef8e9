#!/usr/bin/env node
// One answer beside the tools that people know, whole processes in milliseconds, interleaved: Node and openssl for a start and
// nothing else, other readers of JWTs for the same token and keys, curl for the same request.
// `node bench/peers.mjs [--binary FILE] [--bare-binary FILE] [--peers DIR …] [--runs N] [--write]`, after a build. The tools are
// looked for below DIR, where `go install`, `cargo install` and `npm install` put them, and on PATH; what is not there is told.

import { spawnSync } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { accessSync, constants, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { prepare } from './cases.mjs';
import { aligned, between, median, ratio } from './figures.mjs';
import { versionOf } from './versions.mjs';

const { values } = parseArgs({
  options: {
    binary: { type: 'string' },
    'bare-binary': { type: 'string' },
    peers: { type: 'string', multiple: true, default: [] },
    runs: { type: 'string', default: '30' },
    write: { type: 'boolean', default: false },
  },
});
const PROGRAM = fileURLToPath(new URL('../bin/tokctl.js', import.meta.url));
const DOCUMENT = fileURLToPath(new URL('../docs/performance.md', import.meta.url));

// ---------------------------------------------------------------- where the tools are

const FOLDERS = [
  ...values.peers.flatMap((folder) => [join(folder, 'bin'), join(folder, 'node_modules/.bin')]),
  ...(process.env.PATH ?? '').split(delimiter),
];

function isProgram(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const installed = (name) => FOLDERS.map((folder) => join(folder, name)).filter(isProgram);

/** Two programs are called `jwt`. That of crates says its version; that of npm reads a token, whatever it is asked. */
const isOfCrates = (file) => spawnSync(file, ['--version'], { input: '', encoding: 'utf8' }).stdout.startsWith('jwt ');

const [openssl] = installed('openssl');
const [curl] = installed('curl');
const [step] = installed('step');
const jwtOfCrates = installed('jwt').find(isOfCrates);
const jwtOfNpm = installed('jwt').find((file) => !isOfCrates(file));

const VERSIONED = [
  { name: 'openssl', bin: openssl, version: ['version'] },
  { name: 'curl', bin: curl, version: ['--version'] },
  { name: 'step', bin: step, version: ['version'] },
  { name: 'jwt-cli (crates)', bin: jwtOfCrates, version: ['--version'] },
  { name: 'jwt-cli (npm)', bin: jwtOfNpm },
];

// ---------------------------------------------------------------- what is run

const { cases, home, close } = await prepare();
const argsOf = (name) => cases.find((one) => one.name === name).args;
const [decode, verify, introspect] = ['`decode`, JSON', '`verify --jwks FILE`, JSON', '`introspect`, JSON'].map(argsOf);
const endpoint = introspect[introspect.indexOf('--introspection-endpoint') + 1];
const jwks = verify[verify.indexOf('--jwks') + 1];
const token = readFileSync(decode[1].slice(1), 'utf8');
const { iss, aud } = JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
const [jwk] = JSON.parse(readFileSync(jwks)).keys;
const pem = createPublicKey({ key: jwk, format: 'jwk' }).export({ format: 'pem', type: 'spki' });

/** The package and the binary; `beside` names the run that they are compared with. */
const tokctl = (name, args, beside) => [
  { name: `tokctl ${name} (package)`, program: process.execPath, args: [PROGRAM, ...args], beside, isOurs: true },
  { name: `tokctl ${name} (binary)`, program: values.binary, args, beside, isOurs: true },
];
const INSPECT = '`step crypto jwt inspect`';
const VERIFY = '`step crypto jwt verify`';
const CURL = '`curl` (the request of introspect)';

/** What reads a token reads it from stdin; what `verifies` must refuse another one. */
const RUNS = [
  { name: '`node -e 0`', program: process.execPath, args: ['-e', '0'] },
  { name: '`openssl version`', program: openssl, args: ['version'] },
  { name: INSPECT, program: step, args: ['crypto', 'jwt', 'inspect', '--insecure'] },
  { name: '`jwt decode` (crates)', program: jwtOfCrates, args: ['decode', '--json', '-'] },
  { name: '`jwt` (npm)', program: jwtOfNpm, args: [] },
  ...tokctl('decode', decode, INSPECT),
  {
    name: VERIFY,
    program: step,
    args: ['crypto', 'jwt', 'verify', '--jwks', jwks, '--iss', iss, '--aud', aud],
    verifies: true,
  },
  {
    name: '`jwt decode --secret` (crates)',
    program: jwtOfCrates,
    args: ['decode', '--json', '--alg', 'ES256', '--secret', `@${jwks}`, '-'],
    verifies: true,
  },
  { name: '`jwt --secret` (npm)', program: jwtOfNpm, args: [`--secret=${pem}`], verifies: true },
  ...tokctl('verify', verify, VERIFY),
  {
    name: CURL,
    program: curl,
    args: ['--silent', '--fail', '-u', 'test-client:bench-secret', '-d', 'token=x', endpoint],
  },
  {
    name: '`bench/bare-exchange.cjs` (binary)',
    program: values['bare-binary'],
    args: [endpoint],
    beside: CURL,
  },
  ...tokctl('introspect', introspect, CURL),
];

const env = { PATH: process.env.PATH, HOME: home, BENCH_SECRET: 'bench-secret' };

/** Milliseconds of one run, and whether it said that all is well. */
function run({ program, args }, input = token) {
  const start = process.hrtime.bigint();
  const { status, stderr } = spawnSync(program, args, { env, input, stdio: ['pipe', 'pipe', 'pipe'] });
  return { ms: Number(process.hrtime.bigint() - start) / 1e6, isGood: status === 0, stderr };
}

/** The token with another signature. */
const forged = token.replace(/[^.]+$/, ([first, ...rest]) => [first === 'A' ? 'B' : 'A', ...rest].join(''));

/** Why a run is left out; undefined for one that is measured. One of ours that fails ends the measurement. */
function obstacle(one) {
  if (one.program === undefined) return 'Not there';
  const { isGood, stderr } = run(one);
  if (!isGood && one.isOurs) throw new Error(`${one.name} failed: ${stderr}`);
  if (!isGood) return 'Fails';
  return one.verifies && run(one, forged).isGood ? 'Takes a forged token' : undefined;
}

// ---------------------------------------------------------------- the table

/** The median of each run, by its name. A failure that is quick must not look good. */
function measure(runs) {
  const times = new Map(runs.map(({ name }) => [name, []]));
  for (let round = 0; round < Number(values.runs); round += 1)
    for (const one of runs) {
      const { ms, isGood, stderr } = run(one);
      if (!isGood) throw new Error(`${one.name} failed: ${stderr}`);
      times.get(one.name).push(ms);
    }
  return new Map([...times].map(([name, list]) => [name, median(list)]));
}

function figures() {
  const judged = RUNS.map((one) => ({ ...one, problem: obstacle(one) }));
  const measured = judged.filter(({ problem }) => problem === undefined);
  const leftOut = ['Not there', 'Fails', 'Takes a forged token'].flatMap((problem) => {
    const names = judged.filter((one) => one.problem === problem).map(({ name }) => name);
    return names.length === 0 ? [] : [`${problem}: ${names.join(', ')}.`];
  });
  const medians = measure(measured);
  const rows = measured.map(({ name, beside }) => {
    const ms = medians.get(name);
    return [name, ms.toFixed(1), ratio(ms, medians.get('`node -e 0`')), ratio(ms, medians.get(beside))];
  });
  const versions = VERSIONED.filter(({ bin }) => bin !== undefined).map(versionOf);
  return [
    `Node ${process.version} on ${process.platform} ${process.arch}, medians of ${values.runs} interleaved runs.`,
    ...(versions.length === 0 ? [] : [`Beside ${versions.join(', ')}.`]),
    'The last ratio is that of `decode` to `step crypto jwt inspect`, of `verify` to `step crypto jwt verify`, of `introspect` to `curl`.',
    ...leftOut,
    '',
    ...aligned([['run', 'ms', 'of `node -e 0`', 'of its peer'], ...rows]),
  ].join('\n');
}

try {
  const text = figures();
  process.stdout.write(`${text}\n`);
  if (values.write) writeFileSync(DOCUMENT, between(readFileSync(DOCUMENT, 'utf8'), text, 'peers'));
} finally {
  close();
}
