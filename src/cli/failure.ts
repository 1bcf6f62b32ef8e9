// How a failure that left nothing to report on is told: for people on stderr, for programs as an object on stdout too,
// and for monitors as the state UNKNOWN.

import { ERROR_EXIT_CODES, type ExitCode, type TokctlError } from '../core/errors.ts';
import { escapeText } from '../core/escape.ts';
import { printJson } from '../core/json.ts';
import { errorReport, type ReportError } from '../core/report.ts';
import { reportError } from '../judging/conclusion.ts';
import type { Host } from './host.ts';

export interface Telling {
  asJson: 'json' | 'ndjson' | undefined;
  /** For a monitor, to which exit code 2 would say that the token is bad (contract §8). */
  asNagios?: boolean;
  quiet: boolean;
}

/** Tells the failure and gives its exit code. */
export async function tellFailure(error: TokctlError, host: Host, telling: Telling): Promise<ExitCode> {
  const { asJson, asNagios, quiet } = telling;
  const told = reportError(error);
  const report = errorReport(told);
  if (asJson !== undefined && !quiet) await host.stdout.write(`${printJson(report, asJson === 'json' ? 2 : 0)}\n`);
  // A wrong command is said even to those who want silence: it is not the answer that -q leaves out.
  if (!quiet || error.exitCode === 2 || error.exitCode === 70) await host.stderr.write(errorLines(told));
  return asNagios === true ? unknownState(told, host, telling) : error.exitCode;
}

async function unknownState(error: ReportError, host: Host, { quiet }: Telling): Promise<ExitCode> {
  const { failureLine, pluginExitCode } = await import('./render/nagios.ts');
  if (!quiet) await host.stdout.write(failureLine(error));
  return pluginExitCode(ERROR_EXIT_CODES[error.code], []);
}

/** The error for people: what, what is known of the exchange, and what to do next. */
export function errorLines({ code, message, hint, details = {} }: ReportError): string {
  const facts = [
    ['answer', [details['status'], details['media_type']].filter((one) => one !== undefined).join(' ')],
    ['WWW-Authenticate', details['www_authenticate']],
    ['body', details['body']],
  ];
  const known = facts.filter(([, value]) => value !== undefined && value !== '');
  return [
    `error: ${escapeText(message)} (${code})`,
    ...known.map(([name, value]) => `  ${name}: ${escapeText(String(value))}`),
    `hint: ${escapeText(hint)}`,
    '',
  ].join('\n');
}
