// Fuzzes the readers of text from outside: node scripts/fuzz.mjs [target…] [--seconds 60] [--seed N] [--jobs 1] [--keep]
// Each target runs in a process of its own, for that many seconds. `--keep` writes what reaches new code into
// test/fuzz/corpus. Exit 1 when an input did what it must not; it is kept there as crash-…, and then fails `npm test`.

import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    jobs: { type: 'string', default: '1' },
    keep: { type: 'boolean', default: false },
  },
});

const ROOT = join(import.meta.dirname, '..');
const CORPUS = join(ROOT, 'test/fuzz/corpus');
const ALL = [
  'paste',
  'classification',
  'claims',
  'json',
  'redaction',
  'introspection',
  'metadata',
  'keys',
  'config',
  'batch',
];
/** Milliseconds that one batch of inputs may take before it is taken for endless: many times what a busy machine needs. */
const PATIENCE = 300_000;

const folder = mkdtempSync(join(tmpdir(), 'tokctl-fuzz-'));
const program = join(folder, 'fuzz.mjs');
await build({
  entryPoints: [join(ROOT, 'test/fuzz/fuzz-process.ts')],
  bundle: true,
  outfile: program,
  format: 'esm',
  platform: 'node',
  define: { TOKCTL_VERSION: '"0.0.0-fuzz"' },
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  logLevel: 'warning',
});

const waiting = positionals.length > 0 ? [...positionals] : [...ALL];
let failed = false;
await Promise.all(Array.from({ length: Number(values.jobs) }, work));
rmSync(folder, { recursive: true, force: true });
process.exit(failed ? 1 : 0);

async function work() {
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) if (!(await runs(name))) failed = true;
}

/** True when the target held for its time. */
function runs(name) {
  const batch = join(folder, `${name}.json`);
  const words = [program, name, values.seconds, values.seed, CORPUS, batch, values.keep ? 'keep' : ''];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'inherit', 'inherit'] });
  const watch = setInterval(() => {
    if (!existsSync(batch) || Date.now() - statSync(batch).mtimeMs < PATIENCE) return;
    const kept = join(CORPUS, `${name}-endless.json`);
    copyFileSync(batch, kept);
    console.error(`${name}: a batch of inputs did not end; it is kept as ${kept} (base64, one of them)`);
    child.kill('SIGKILL');
  }, 1000);
  return new Promise((resolve) =>
    child.on('close', (code) => {
      clearInterval(watch);
      resolve(code === 0);
    }),
  );
}
