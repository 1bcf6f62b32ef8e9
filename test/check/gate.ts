// How the tests run the gate: through `run`, with a Host in memory and the real transport to servers on loopback.

import type { CheckResult, CheckRun } from '../../src/check.ts';
import { checkCommand } from '../../src/cli/commands/check.ts';
import type { Host } from '../../src/cli/host.ts';
import { parseWords } from '../../src/cli/program.ts';
import { resolveSettings } from '../../src/cli/resolve.ts';
import { run } from '../../src/cli/run.ts';
import type { ExitCode } from '../../src/core/errors.ts';
import { nodeTransport } from '../../src/protocol/http/node-transport.ts';
import { type FakeHostOptions, fakeHost } from '../cli/fake-host.ts';

export const FILE = 'tokctl.yaml';

export interface GateOptions extends FakeHostOptions {
  /** The text of tokctl.yaml. */
  readonly yaml?: string;
  /** True: requests go out, to loopback. */
  readonly network?: boolean;
}

export function hostFor({ yaml, network = false, files = {}, ...options }: GateOptions) {
  return fakeHost({
    now: () => Date.now(),
    ...(network ? { fetch: nodeTransport() } : {}),
    files: { ...(yaml === undefined ? {} : { [FILE]: yaml }), ...files },
    ...options,
  });
}

export async function gate(words: readonly string[], options: GateOptions = {}) {
  const fake = hostFor(options);
  const exit: ExitCode = await run(['check', ...words], fake.host);
  return { exit, stdout: fake.stdout(), stderr: fake.stderr(), files: fake.files };
}

/** The run as JSON, with its results by name. */
export async function gateJson(words: readonly string[], options: GateOptions = {}) {
  const done = await gate([...words, '-o', 'json'], options);
  const whole: CheckRun = JSON.parse(done.stdout);
  return { ...done, run: whole, results: byName(whole) };
}

export function byName({ results }: CheckRun): Record<string, CheckResult> {
  return Object.fromEntries(results.map((result) => [result.name, result]));
}

/** One assertion of a result as `name outcome`. */
export const outcomes = ({ checks }: CheckResult): string[] => checks.map(({ name, outcome }) => `${name} ${outcome}`);

/** The command itself, with a wait of the test's own between runs. */
export async function command(words: readonly string[], host: Host, wait: Parameters<typeof checkCommand>[1]) {
  const parsed = await parseWords(['check', ...words], host);
  if (typeof parsed === 'number') throw new Error('expected a command');
  const settings = await resolveSettings(parsed, host);
  return checkCommand({ arguments: parsed.words, settings, host }, wait);
}
