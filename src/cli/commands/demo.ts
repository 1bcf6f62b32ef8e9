// tokctl demo: the playground of contract §10. It runs until Ctrl-C, or takes the tour and ends by itself.
// This file only lends it the machine: settings, streams, the signal, and tokctl itself for the tour.

import { type ExitCode, TokctlError } from '../../core/errors.ts';
import { escapeText } from '../../core/escape.ts';
import { invitation, settings as tourSettings } from '../../demo/invitation.ts';
import { isUnavailable } from '../../demo/loopback.ts';
import { type Playground, type PlaygroundFacts, startPlayground } from '../../demo/playground.ts';
import { type Tokctl, takeTour } from '../../demo/tour.ts';
import type { Invocation } from '../command.ts';
import type { Host, OutputStream } from '../host.ts';
import type { Settings } from '../settings.ts';

const DEFAULT_PORT = 8080;
/** Columns of the tour. */
const WIDTH = 80;

/** How tokctl runs itself; `run` of `cli/run.ts`. */
export type Run = (argv: readonly string[], host: Host) => Promise<ExitCode>;

/** Loaded when the tour needs it: `run.ts` names the commands, and would be imported in a circle. */
const runTokctl: Run = async (argv, host) => (await import('../run.ts')).run(argv, host);

/**
 * Starts the playground and prints what to try, until the host's signal aborts (0); with `--tour` runs tokctl against
 * its tokens (0 if each result was as expected, else 1; 130 when interrupted).
 * @throws TokctlError ERR_USAGE for a port that is none or is taken, and for `--tour` with a JSON output
 */
export async function demo({ settings, host }: Invocation, run: Run = runTokctl): Promise<ExitCode> {
  const asJson = settings.flag('json') || settings.text('output') === 'json';
  const isTour = settings.flag('tour');
  if (isTour && asJson)
    throw new TokctlError('ERR_USAGE', '`--tour` prints text only', {
      hint: 'tokctl demo --json, or tokctl demo --tour',
    });
  const playground = await open(settings, host);
  try {
    if (isTour) return await tour(playground.facts, host, run);
    await host.stdout.write(asJson ? `${JSON.stringify(playground.facts)}\n` : invitation(playground.facts));
    await aborted(host.signal);
    return 0;
  } finally {
    await playground.close();
  }
}

async function open(settings: Settings, host: Host): Promise<Playground> {
  const typed = settings.get('port')?.origin === 'default' ? undefined : settings.text('port');
  const port = typed === undefined ? DEFAULT_PORT : portIn(typed);
  const exact = typed !== undefined;
  const say = (words: string) => host.stderr.write(`note: ${words}\n`);
  const playground = await started({ port, exact, onFault: (error) => void say(faultWords(error)) });
  if (!exact && playground.port !== port) await say(`port ${port} is taken, using ${playground.port}`);
  return playground;
}

const faultWords = ({ message }: Error): string => `a request to the playground failed: ${escapeText(message)}`;

function portIn(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new TokctlError('ERR_USAGE', `expected a port from 0 to 65535, got \`${escapeText(text)}\``, {
    hint: 'tokctl demo --port 8080; 0 takes any free one',
  });
}

async function started(options: Parameters<typeof startPlayground>[0]): Promise<Playground> {
  try {
    return await startPlayground(options);
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    throw new TokctlError('ERR_USAGE', `port ${options.port} is taken or may not be used`, {
      hint: 'tokctl demo --port 0 takes any free one',
      cause: error,
    });
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

async function tour(facts: PlaygroundFacts, host: Host, run: Run): Promise<ExitCode> {
  const print = (text: string) => host.stdout.write(text);
  const environment = tourSettings(facts.issuer);
  const exports = Object.entries(environment).map(([name, value]) => `export ${name}=${value}`);
  await print(`tokctl against the tokens of a playground at ${facts.issuer}\n\n${exports.join('\n')}\n`);
  try {
    const tokctl = tokctlIn(host, { run, environment });
    return (await takeTour(facts, { tokctl, print, signal: host.signal })) ? 0 : 1;
  } catch (error) {
    if (host.signal.aborted) return 130;
    throw error;
  }
}

function tokctlIn(host: Host, { run, environment }: { run: Run; environment: Record<string, string> }): Tokctl {
  const env = { ...looks(host), ...environment };
  const screen = screenOn(host.stdout);
  return {
    // One stream for both, so that talk stands where it was said.
    show: (argv) => run(argv, confined(host, { env, stdout: screen, stderr: screen })),
    read: async (argv) => {
      const stdout = collecting();
      await run(argv, confined(host, { env, stdout, stderr: collecting() }));
      return stdout.text();
    },
  };
}

/** What a terminal of at most 80 columns would show, so that a tour in a file or a build log looks the same. */
function screenOn({ columns = WIDTH, write }: OutputStream): OutputStream {
  return { isTTY: true, columns: Math.min(columns, WIDTH), write };
}

/** A host that lends nothing of this machine but the clock and the screen: the tour must come out the same everywhere. */
function confined(host: Host, streams: Pick<Host, 'env' | 'stdout' | 'stderr'>): Host {
  return {
    ...streams,
    stdin: { isTTY: false, isPiped: false, read: async () => '', lineGroups: nothing },
    files: {
      read: absent,
      facts: async () => undefined,
      create: absent,
      append: absent,
      replace: absent,
      lineGroups: nothing,
    },
    now: () => host.now(),
    signal: host.signal,
    ask: async () => '',
    capture: absent,
    ...(host.fetch === undefined ? {} : { fetch: host.fetch }),
  };
}

/** Variables that change looks and nothing else. */
const LOOKS = ['NO_COLOR', 'FORCE_COLOR', 'CLICOLOR_FORCE', 'TERM', 'COLORTERM', 'LANG', 'LC_ALL', 'TZ'];

function looks({ env, stdout }: Host): Record<string, string | undefined> {
  const own = Object.fromEntries(LOOKS.map((name) => [name, env[name]]));
  const isForced = own['FORCE_COLOR'] !== undefined || own['CLICOLOR_FORCE'] !== undefined;
  return stdout.isTTY || isForced ? own : { ...own, NO_COLOR: '1' };
}

async function* nothing(): AsyncGenerator<string[]> {}

async function absent(): Promise<never> {
  throw Object.assign(new Error('the tour has no files'), { code: 'ENOENT' });
}

function collecting(): OutputStream & { text(): string } {
  let all = '';
  const write = async (text: string) => {
    all += text;
  };
  return { isTTY: false, columns: undefined, write, text: () => all };
}
