// Compares verdicts on signatures with those of Python's jwcrypto: npm run test:second -- [--count 10000] [--seed N]
// [--python python3]. The built package judges (`npm run build` first). Without jwcrypto: python3 -m venv /tmp/second &&
// /tmp/second/bin/pip install jwcrypto, and --python /tmp/second/bin/python. Exit 1 for a difference that is not listed.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { verify } from '../dist/index.js';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '10000' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    python: { type: 'string', default: process.env.TOKCTL_PYTHON ?? 'python3' },
  },
});

const versions =
  'from importlib.metadata import version as v; print("jwcrypto", v("jwcrypto"), "cryptography", v("cryptography"))';
const probe = spawnSync(values.python, ['-c', versions], { encoding: 'utf8' });
if (probe.status !== 0) {
  console.error(`expected a Python with jwcrypto, got ${values.python} without: see scripts/second-implementation.mjs`);
  process.exit(2);
}
console.log(`${probe.stdout.trim()}, node ${process.version} with OpenSSL ${process.versions.openssl}`);

const ROOT = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'tokctl-second-'));
const program = join(folder, 'second.mjs');
await build({
  entryPoints: [join(ROOT, 'test/second/second-process.ts')],
  bundle: true,
  outfile: program,
  format: 'esm',
  platform: 'node',
  logLevel: 'warning',
});
const { runSecond } = await import(program);
rmSync(folder, { recursive: true, force: true });
const script = join(ROOT, 'test/second/judge.py');
const { passed, failed } = await runSecond({
  verify,
  script,
  python: values.python,
  count: Number(values.count),
  seed: Number(values.seed),
});
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
