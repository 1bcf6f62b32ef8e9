// One run of tokctl as a transcript: exit code, stdout, stderr, with what differs from run to run masked.

import type { Host } from '../../src/cli/host.ts';
import { run } from '../../src/cli/run.ts';
import type { ExitCode } from '../../src/core/errors.ts';
import { NOW } from '../library/keys.ts';
import { type FakeHost, type FakeHostOptions, fakeHost } from './fake-host.ts';

export interface RunOptions extends FakeHostOptions {
  /** Real sockets in place of a fetch that fails the test; still loopback only. */
  network?: boolean;
  /** Texts that stand for others in the transcript, such as the port of a server. */
  mask?: Record<string, string>;
  /** Parts of the host in place of the fake ones. */
  host?: Partial<Host>;
}

export interface Run extends Omit<FakeHost, 'stdout' | 'stderr'> {
  readonly exit: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
  /** All of it, for an inline transcript. */
  readonly text: string;
}

/** Runs tokctl at the present of the tests, with an empty environment and no files but those given. */
export async function tokctl(
  argv: readonly string[],
  { network = false, mask = {}, host: parts = {}, ...given }: RunOptions = {},
): Promise<Run> {
  const fake = fakeHost({ now: NOW * 1000, ...given });
  const { fetch, ...without } = fake.host;
  const host: Host =
    network && given.fetch === undefined ? without : { ...without, ...(fetch === undefined ? {} : { fetch }) };
  const exit = await run(argv, { ...host, ...parts });
  const [stdout, stderr] = [fake.stdout(), fake.stderr()];
  const told = [
    `exit ${exit}`,
    ...(stdout === '' ? [] : [`stdout:\n${stdout}`]),
    ...(stderr === '' ? [] : [`stderr:\n${stderr}`]),
  ];
  const masked = Object.entries(mask).reduce((text, [from, to]) => text.replaceAll(from, to), told.join('\n'));
  return {
    ...fake,
    exit,
    stdout,
    stderr,
    text: `\n${masked.replace(/\b\d+(?:\.\d+)? ms\b/g, 'N ms').replace(/(sha256\W+)[0-9a-f]{12}/g, '$1…')}`,
  };
}

/** The one JSON object on stdout. */
export const jsonOf = ({ stdout }: Run) => JSON.parse(stdout);
