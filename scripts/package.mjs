// What users get, looked at from outside: `npm run test:package`. Packs dist/ as it stands, has publint and attw judge the
// tarball, and compares its sizes with those that docs/package.md states.
//   node scripts/package.mjs            exit 1 for a fault, or sizes that are no longer true
//   node scripts/package.mjs --write    states the sizes of today

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pack, sizesOf } from './packing.mjs';

const PAGE = 'docs/package.md';
const STATED = /(<!-- size -->)([\s\S]*?)(<!-- \/size -->)/;

/** The sizes differ a little with each change; beyond this part they are stated anew. */
const TOLERANCE = 0.02;

const JUDGES = [
  ['publint', ['run', '--strict']],
  // The library is ES modules alone: a CommonJS consumer loads it by import(), which is said in docs/package.md.
  ['attw', ['--no-emoji', '--format', 'ascii', '--ignore-rules', 'cjs-resolves-to-esm', '--']],
];

function judged([name, args], tarball) {
  const program = join('node_modules', '.bin', name);
  const [first, ...rest] = args;
  const words = name === 'publint' ? [first, tarball, ...rest] : [...args, tarball];
  const { status, stdout, stderr } = spawnSync(program, words, {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  const isClean = status === 0;
  console.log(`${isClean ? 'ok' : 'FAULT'}  ${name}`);
  if (!isClean) console.error(`${stdout}${stderr}`);
  return isClean;
}

const numbers = (text) => (text.match(/[\d.]+/g) ?? []).map(Number);

function isStated(packed) {
  const [, , stated = ''] = STATED.exec(readFileSync(PAGE, 'utf8')) ?? [];
  const [said, true_] = [numbers(stated), numbers(sizesOf(packed))];
  const isTrue = true_.every((number, index) => Math.abs((said[index] ?? 0) - number) <= number * TOLERANCE);
  console.log(`${isTrue ? 'ok' : 'FAULT'}  ${PAGE} states its sizes`);
  if (!isTrue)
    console.error(`expected ${sizesOf(packed)}, got ${stated.trim()}\nhint: node scripts/package.mjs --write`);
  return isTrue;
}

const state = (packed) => writeFileSync(PAGE, readFileSync(PAGE, 'utf8').replace(STATED, `$1${sizesOf(packed)}$3`));

const folder = mkdtempSync(join(tmpdir(), 'tokctl-package-'));
try {
  const packed = pack('.', folder, { build: false });
  console.log(`${packed.filename}: ${sizesOf(packed)}`);
  if (process.argv.includes('--write')) state(packed);
  const outcomes = [...JUDGES.map((judge) => judged(judge, packed.path)), isStated(packed)];
  const passed = outcomes.filter(Boolean).length;
  console.log(`Tests  ${passed} passed, ${outcomes.length - passed} failed`);
  process.exitCode = passed === outcomes.length ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
