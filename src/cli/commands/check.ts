// `tokctl check`: the gate for pipelines. Plans the checks, then runs them once, again and again, or for a scraper.

import type { CheckResult, CheckRun } from '../../check.ts';
import { type ExitCode, TokctlError } from '../../core/errors.ts';
import { escapeText } from '../../core/escape.ts';
import { parseDuration } from '../../core/time.ts';
import { type PlannedCheck, planOf } from '../check/plan.ts';
import { outputForm, type ReportTarget, reportTargets, tellRun, writeReports } from '../check/reports.ts';
import { type Running, runGate, warnings } from '../check/run.ts';
import { pause, type Wait, watch } from '../check/watch.ts';
import type { Invocation } from '../command.ts';
import { warnOfWeakness } from '../connection.ts';
import { resultLine } from '../render/check-run-json.ts';
import type { Settings } from '../settings.ts';

/** Seconds between two runs of `--serve`, and the least between two of `--watch`. */
const SERVE_INTERVAL = 60;
const LEAST_INTERVAL = 1;

/**
 * The exit code is the first that occurs of 70, 2, 3, 1, 0 (contract §8); a monitor's with `-o nagios`. Ctrl-C ends
 * `--serve` with 0 and `--watch` with the code of its last run.
 * @throws TokctlError for what is wrong with the command or the file
 */
export async function checkCommand(invocation: Invocation, wait: Wait = pause): Promise<ExitCode> {
  const { settings, host } = invocation;
  const targets = reportTargets(settings);
  const interval = intervalOf(settings);
  const checks = await planOf(invocation);
  await warnOfWeakness(settings, host);
  const running: Running = { settings, host, warn: warnings(invocation) };
  const gate: Gate = { checks, running, targets };
  const address = settings.text('serve');
  if (address !== undefined) return serveGate(gate, { address, intervalMs: (interval ?? SERVE_INTERVAL) * 1000, wait });
  if (interval !== undefined) return watch(() => once(gate), { host, intervalMs: interval * 1000, wait });
  return once(gate);
}

interface Gate {
  readonly checks: readonly PlannedCheck[];
  readonly running: Running;
  readonly targets: readonly ReportTarget[];
}

/** How often, in seconds, or undefined for a single run. */
function intervalOf(settings: Settings): number | undefined {
  const text = settings.text('watch');
  const repeats = text !== undefined || settings.text('serve') !== undefined;
  if (repeats && settings.text('token') === '-')
    throw usage('expected a token that can be read again, got stdin', 'give it as file:PATH or env:NAME');
  const seconds = text === undefined ? undefined : parseDuration(text);
  if (seconds === undefined || seconds >= LEAST_INTERVAL) return seconds;
  throw usage(`\`--watch\`: expected an interval of at least ${LEAST_INTERVAL} s, got less`, '--watch 30s');
}

const usage = (message: string, hint: string): TokctlError => new TokctlError('ERR_USAGE', message, { hint });

async function once({ checks, running, targets }: Gate): Promise<ExitCode> {
  const { settings, host } = running;
  const streamed = outputForm(settings) === 'ndjson' && !settings.flag('quiet');
  const onResult = streamed ? (result: CheckResult) => host.stdout.write(resultLine(result)) : undefined;
  const gate = await runGate(checks, { ...running, ...(onResult === undefined ? {} : { onResult }) });
  return tellRun(gate, { settings, host, targets, streamed });
}

interface ServeOptions {
  readonly address: string;
  readonly intervalMs: number;
  readonly wait: Wait;
}

async function serveGate({ checks, running, targets }: Gate, options: ServeOptions): Promise<ExitCode> {
  const { parseAddress, serve } = await import('../check/server.ts');
  const address = parseAddress(options.address);
  if (address === undefined)
    throw usage(`\`--serve\`: expected a port or host:port, got \`${escapeText(options.address)}\``, '--serve 9464');
  const run = async (name?: string): Promise<CheckRun> => {
    const wanted = name === undefined ? checks : checks.filter(({ head }) => head.name === name);
    const gate = await runGate(wanted, running);
    if (name === undefined) await writeReports(gate.run, targets, running.host);
    return gate.run;
  };
  await serve({ ...options, address, host: running.host, names: checks.map(({ head }) => head.name), run });
  return 0;
}
