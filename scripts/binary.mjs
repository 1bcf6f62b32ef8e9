// The program in one file, for people without Node: `npm run build:binary`. Bun compiles what the build has put into dist/,
// undici included, so that the binary does what the package does (docs/adr/0006).
//   node scripts/binary.mjs [--out FILE]   builds it; default: release/tokctl-VERSION-PLATFORM-ARCH
//   node scripts/binary.mjs --of FILE.cjs --out FILE   compiles another program the same way, to measure beside it
//   node scripts/binary.mjs --test         builds it in a temporary folder, and runs by it the tests that start the program,
//                                          and the acceptance cases where they stand beside the checkout

import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

/** The version is part of what is built: another one is tested before it is named here. */
const BUN = '1.4.5';

/** The tests that start the program; the others call its parts. */
const TESTS = [
  'test/hostile/servers/program.test.ts',
  'test/hostile/machine.test.ts',
  'test/cli/host.test.ts',
  'test/cli/batch-threads.test.ts',
  'test/check/ready-made.test.ts',
];
const ACCEPTANCE = '../shared/acceptance/run.mjs';

const { values } = parseArgs({
  options: {
    of: { type: 'string', default: 'dist/cli/cli.cjs' },
    out: { type: 'string' },
    test: { type: 'boolean', default: false },
  },
});
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const platform = process.platform === 'win32' ? 'windows' : process.platform;

/** The compiler, from the npm package of this platform, which needs no install script. */
function compiler(folder) {
  // Processors without AVX2 can run this one too.
  const name = `@oven/bun-${platform}-${process.arch === 'x64' ? 'x64-baseline' : 'aarch64'}`;
  execFileSync(
    'npm',
    ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', folder, `${name}@${BUN}`],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
      shell: platform === 'windows',
    },
  );
  return join(folder, 'node_modules', name, 'bin', platform === 'windows' ? 'bun.exe' : 'bun');
}

function build(out, folder) {
  mkdirSync(dirname(out), { recursive: true });
  const words = ['build', '--compile', '--bytecode', '--format=cjs', values.of, '--outfile', out];
  // Without a home, so that nothing but the package decides what is built.
  execFileSync(compiler(folder), words, { stdio: ['ignore', 'ignore', 'inherit'], env: { PATH: process.env.PATH } });
  console.log(`${out}: ${(statSync(out).size / 1e6).toFixed(1)} MB`);
}

/** Beside those of the tarball that `npm run release` made; each platform adds its own. */
function addChecksum(path) {
  const sums = join('release', 'SHA256SUMS');
  const others = existsSync(sums)
    ? readFileSync(sums, 'utf8')
        .split('\n')
        .filter((line) => !line.endsWith(basename(path)))
    : [];
  const sum = createHash('sha256').update(readFileSync(path)).digest('hex');
  writeFileSync(sums, [...others.filter((line) => line !== ''), `${sum}  ${basename(path)}`, ''].join('\n'));
}

function test(binary) {
  const env = { ...process.env, TOKCTL_BIN: binary };
  const run = (words) => spawnSync(process.execPath, words, { stdio: 'inherit', env }).status === 0;
  const accepted = !existsSync(ACCEPTANCE) || run([ACCEPTANCE]);
  return run([join('node_modules', 'vitest', 'vitest.mjs'), 'run', ...TESTS]) && accepted;
}

const folder = mkdtempSync(join(tmpdir(), 'tokctl-binary-'));
try {
  const suffix = platform === 'windows' ? '.exe' : '';
  const name = `tokctl-${version}-${platform}-${process.arch}${suffix}`;
  const out = values.out ?? join(values.test ? folder : 'release', name);
  build(out, folder);
  if (dirname(out) === 'release') addChecksum(out);
  if (values.test) process.exitCode = test(out) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
