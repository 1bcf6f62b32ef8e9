// Where a run of checks is told: stdout in one form, and files in as many as were asked for. A file is replaced whole, so
// that nobody reads half a report, and one that cannot be written stops no other.

import type { CheckRun } from '../../check.ts';
import { type ExitCode, TokctlError } from '../../core/errors.ts';
import { escapeText } from '../../core/escape.ts';
import { worstExitCode } from '../../core/report.ts';
import { wantsColor } from '../color.ts';
import { githubMask } from '../encode/github-command.ts';
import type { Host } from '../host.ts';
import { RUN_FORMS, runRendererOf } from '../render/check-run-forms.ts';
import { nagiosExitCode } from '../render/check-run-nagios.ts';
import { fileFault } from '../secret-source.ts';
import type { Settings } from '../settings.ts';
import type { GateRun } from './run.ts';

export interface ReportTarget {
  readonly form: string;
  readonly path: string;
}

/** The targets of `--report form=path`. @throws TokctlError ERR_USAGE */
export function reportTargets(settings: Settings): ReportTarget[] {
  const targets = settings.texts('report').map(targetOf);
  const twice = targets.find(({ path }, index) => targets.findIndex((other) => other.path === path) !== index);
  if (twice === undefined) return targets;
  throw usage(
    `\`--report\`: two reports would be written to \`${escapeText(twice.path)}\``,
    'give each a file of its own',
  );
}

function targetOf(text: string): ReportTarget {
  const [, form = '', path = ''] = /^([a-z]+)=(.+)$/s.exec(text) ?? [];
  if (RUN_FORMS.includes(form) && path !== '') return { form, path };
  throw usage(
    `\`--report\`: expected form=path, got \`${escapeText(text.slice(0, 100))}\``,
    `such as junit=report.xml; the forms are ${RUN_FORMS.join(', ')}`,
  );
}

const usage = (message: string, hint: string): TokctlError => new TokctlError('ERR_USAGE', message, { hint });

/** The form of stdout. */
export const outputForm = (settings: Settings): string =>
  settings.flag('json') ? 'json' : (settings.text('output') ?? 'table');

export interface Telling {
  readonly settings: Settings;
  readonly host: Host;
  readonly targets: readonly ReportTarget[];
  /** True when the results were printed one by one as they came. */
  readonly streamed: boolean;
}

/** Tells a run everywhere, and gives the exit code of the program. */
export async function tellRun(gate: GateRun, telling: Telling): Promise<ExitCode> {
  const { settings, host, targets, streamed } = telling;
  const form = outputForm(settings);
  if (!settings.flag('quiet') && !streamed) await host.stdout.write(await stdoutText(gate, form, telling));
  const written = await writeReports(gate.run, targets, host);
  const summarized = form === 'github' ? await addSummary(gate.run, host) : 0;
  const code = worstExitCode([gate.run.exit_code, written, summarized]);
  return form === 'nagios' ? nagiosExitCode(code, gate.run) : code;
}

async function stdoutText({ run, fetched }: GateRun, form: string, { settings, host }: Telling): Promise<string> {
  const render = await runRendererOf(form);
  const text = render(run, {
    width: host.stdout.isTTY ? (host.stdout.columns ?? 80) : undefined,
    color: form === 'table' && wantsColor(settings, host, host.stdout),
  });
  // The runner takes the lines out of its log and hides the values from there on. Elsewhere they would show them.
  const isRunner = form === 'github' && host.env['GITHUB_ACTIONS'] === 'true';
  return (isRunner ? fetched.map(githubMask).join('') : '') + text;
}

/** Writes the reports; 0, or 2 if one could not be written, which is told. */
export async function writeReports(run: CheckRun, targets: readonly ReportTarget[], host: Host): Promise<ExitCode> {
  const codes = await Promise.all(
    targets.map(async ({ form, path }) => {
      const render = await runRendererOf(form);
      const text = render(run, { width: undefined, color: false });
      return attempt(() => host.files.replace(path, text), `the report \`${path}\``, host);
    }),
  );
  return worstExitCode(codes);
}

/** The summary of the job, below what other commands of the same step wrote. */
async function addSummary(run: CheckRun, host: Host): Promise<ExitCode> {
  const path = host.env['GITHUB_STEP_SUMMARY'] ?? '';
  if (path === '') return 0;
  const text = (await runRendererOf('markdown'))(run, { width: undefined, color: false });
  return attempt(() => host.files.append(path, `${text}\n`), 'the summary in `GITHUB_STEP_SUMMARY`', host);
}

async function attempt(write: () => Promise<void>, what: string, { stderr }: Host): Promise<ExitCode> {
  try {
    await write();
    return 0;
  } catch (error) {
    await stderr.write(
      `error: ${escapeText(what)} cannot be written: ${fileFault(error)} (ERR_USAGE)\nhint: make its folder, or name another file\n`,
    );
    return 2;
  }
}
