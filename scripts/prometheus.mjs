// Runs the tests of test/real/prometheus against a real Prometheus on loopback: `npm run test:prometheus`. The programs
// `prometheus` and `promtool` come from the system (Debian: `apt-get install prometheus`) or from the folder that
// PROMETHEUS_HOME names. `--if-available`: where they are missing, that is said in one loud line and the exit code is 0.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const say = (line) => process.stderr.write(`test:prometheus: ${line}\n`);

const home = process.env.PROMETHEUS_HOME;
const programs = Object.fromEntries(
  ['prometheus', 'promtool'].map((name) => [name, home === undefined ? name : join(home, name)]),
);

/** The version that it tells of itself; undefined where it is not installed. */
function versionOf(program) {
  const { status, stdout, stderr } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  return status === 0 ? (/version (\S+)/.exec(stdout + stderr)?.[1] ?? 'of no version') : undefined;
}

function main(words) {
  const missing = Object.values(programs).filter((program) => versionOf(program) === undefined);
  if (missing.length > 0) {
    const isOptional = words.includes('--if-available');
    const needed = `${missing.join(' and ')} not found; Debian: apt-get install prometheus; else set PROMETHEUS_HOME`;
    say(`${isOptional ? 'SKIPPED: no test ran against a real Prometheus' : 'FAILED'}: ${needed}`);
    return isOptional ? 0 : 1;
  }
  say(`Prometheus ${versionOf(programs.prometheus)}`);
  const rest = words.filter((word) => word !== '--if-available');
  const { status } = spawnSync('npx', ['vitest', 'run', '--config', 'vitest.prometheus.config.ts', ...rest], {
    stdio: 'inherit',
    env: { ...process.env, PROMETHEUS: programs.prometheus, PROMTOOL: programs.promtool },
  });
  return status === 0 ? 0 : 1;
}

process.exitCode = main(process.argv.slice(2));
