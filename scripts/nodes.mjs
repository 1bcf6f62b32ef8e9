// Runs the tests on every Node that is supported: `npm run test:nodes`, or `node scripts/nodes.mjs 22 26 -- test/package`.
// Each Node comes from the npm package `node`, into a folder of its own that is taken away at the end.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const words = process.argv.slice(2);
const at = words.includes('--') ? words.indexOf('--') : words.length;
const versions = at > 0 ? words.slice(0, at) : ['20', '22', '24', '26'];
const only = words.slice(at + 1);

/** The path of that Node. The package for this platform stands beside the one that chooses it. */
function nodeOf(version, folder) {
  execFileSync(
    'npm',
    ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', folder, `node@${version}`],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  const found = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((path) =>
    /node-[a-z]+-[a-z0-9]+[\\/]bin[\\/]node(?:\.exe)?$/.test(path),
  );
  if (found === undefined) throw new Error(`node@${version} has no program for this platform`);
  return join(folder, found);
}

function run(version) {
  const folder = mkdtempSync(join(tmpdir(), `tokctl-node-${version}-`));
  try {
    const node = nodeOf(version, folder);
    const path = `${join(node, '..')}:${process.env.PATH}`;
    const name = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
    console.log(`\nnode ${name}`);
    const vitest = join('node_modules', 'vitest', 'vitest.mjs');
    const { status } = spawnSync(node, [vitest, 'run', ...only], {
      stdio: 'inherit',
      env: { ...process.env, PATH: path },
    });
    return { name, passed: status === 0 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const results = versions.map(run);
console.log(`\n${results.map(({ name, passed }) => `${passed ? 'passed' : 'FAILED'} ${name}`).join('\n')}`);
process.exitCode = results.every(({ passed }) => passed) ? 0 : 1;
