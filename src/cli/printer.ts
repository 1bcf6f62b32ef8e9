// Where a report goes: a value, a brief line, or one of the forms; stdout, or stderr where it tells people of a failure.
// Several reports are one document, where the form has a frame: it is ended once, and never after a failure.

import type { ExitCode } from '../core/errors.ts';
import { escapeText } from '../core/escape.ts';
import { isJsonObject, type Json, type JsonObject, printJson } from '../core/json.ts';
import { type Description, isReport, type Report } from '../core/report.ts';
import { durationWords, parseDuration } from '../core/time.ts';
import type { AnsweringCommand } from './answer.ts';
import { wantsColor } from './color.ts';
import { errorLines } from './failure.ts';
import type { Host, OutputStream } from './host.ts';
import type { ReportDocument } from './render/document.ts';
import { documentOf, rendererOf } from './render/index.ts';
import type { Renderer, Surface } from './render/renderer.ts';
import { expiresSoon, type Thresholds } from './render/thresholds.ts';
import type { Settings } from './settings.ts';

interface Making {
  settings: Settings;
  host: Host;
  command: AnsweringCommand;
  isBatch: boolean;
}

/** What the exit code of a monitor is made of. */
interface Monitor {
  see(report: Report | Description): void;
  exitCode(code: ExitCode): ExitCode;
}

export class Printer {
  readonly #making: Making;
  readonly #output: string;
  readonly #render: Renderer;
  readonly #document: ReportDocument;
  readonly #monitor: Monitor | undefined;
  #printed = 0;

  private constructor(making: Making, { output, render, document, monitor }: Parts) {
    this.#making = making;
    this.#output = output;
    this.#render = render;
    this.#document = document;
    this.#monitor = monitor;
  }

  static async make(making: Making): Promise<Printer> {
    const output = outputOf(making);
    const surface = surfaceOf(making, output, making.host.stdout);
    return new Printer(making, {
      output,
      render: await rendererOf(output),
      document: await documentOf(output, surface),
      monitor: output === 'nagios' ? await monitorOf(surface) : undefined,
    });
  }

  async print(report: Report | Description): Promise<void> {
    const { settings, host } = this.#making;
    this.#monitor?.see(report);
    if (settings.flag('quiet') || !this.#isWanted(report)) return;
    if (expiresSoon(report, thresholdsOf(settings))) await host.stderr.write(soonLine(report));
    const select = settings.text('select');
    if (select !== undefined) return this.#select(report, select);
    if (settings.flag('brief')) return host.stdout.write(`${printJson(brief(report))}\n`);
    if (this.#output === 'table') return this.#table(report);
    await this.#write(this.#document.add(report));
    if (report.error !== undefined) await host.stderr.write(errorLines(report.error));
    if (this.#output === 'github') await this.#summarize(report);
  }

  /** To be called when every report was printed. */
  async end(): Promise<void> {
    const { settings } = this.#making;
    const isDocument = settings.text('select') === undefined && !settings.flag('brief') && !settings.flag('quiet');
    if (isDocument) await this.#write(this.#document.end());
  }

  /** The exit code of the run: that of its tokens, which only the contract of monitors changes (contract §8). */
  exitCode(code: ExitCode): ExitCode {
    return this.#monitor?.exitCode(code) ?? code;
  }

  async #write(text: string): Promise<void> {
    if (text !== '') await this.#making.host.stdout.write(text);
  }

  /** GitHub shows what a step writes there on the page of the run. It is no answer: that it fails changes none. */
  async #summarize(report: Report | Description): Promise<void> {
    const { host } = this.#making;
    const path = host.env['GITHUB_STEP_SUMMARY'];
    if (path === undefined || path === '') return;
    const render = await rendererOf('markdown');
    const text = render(report, this.#surface(host.stdout));
    await host.files.append(path, `${text}\n`).catch(async (error: unknown) => {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
      await host.stderr.write(
        `warning: the job summary could not be written to \`${escapeText(path)}\`: \`${code}\`\n`,
      );
    });
  }

  #isWanted(report: Report | Description): boolean {
    const only = this.#making.settings.text('only');
    // The one line of a monitor is about all of them, as its exit code is.
    return this.#monitor !== undefined || only === undefined || (isReport(report) && report.verdict === only);
  }

  /** People read a failure on stderr; an issuer that nobody named leaves what decoding shows (contract §4.3, §11). */
  async #table(report: Report | Description): Promise<void> {
    const { host } = this.#making;
    const shown = report.error === undefined || report.error.code === 'ERR_ISSUER_UNTRUSTED';
    const stream = shown ? host.stdout : host.stderr;
    const between = this.#printed > 0 ? '\n' : '';
    this.#printed += 1;
    await stream.write(between + this.#render(report, this.#surface(stream)));
    if (shown && report.error !== undefined && !(host.stdout.isTTY && host.stderr.isTTY))
      await host.stderr.write(errorLines(report.error));
  }

  #surface(stream: OutputStream): Surface {
    return surfaceOf(this.#making, this.#output, stream);
  }

  async #select(report: Report | Description, path: string): Promise<void> {
    const { host } = this.#making;
    const value = valueAt(report as unknown as JsonObject, path);
    if (value === undefined) {
      await host.stderr.write(`note: the report has no \`${escapeText(path)}\`\n`);
      return;
    }
    const text = typeof value === 'string' ? value : printJson(value);
    // Raw for a program; a terminal would act on what is in it.
    await host.stdout.write(`${host.stdout.isTTY ? escapeText(text) : text}\n`);
  }
}

/** The threshold of warnings in every form: the report itself is about the verdict. */
const soonLine = ({ id, times }: Report | Description): string =>
  `warning: ${id === undefined ? '' : `${escapeText(id)}: `}less is left than --warn-ttl asks for: ${durationWords(times?.ttl_seconds ?? 0)}\n`;

interface Parts {
  output: string;
  render: Renderer;
  document: ReportDocument;
  monitor: Monitor | undefined;
}

function surfaceOf({ settings, host, command }: Making, output: string, stream: OutputStream): Surface {
  const zone = settings.text('tz');
  return {
    width: stream.isTTY ? (stream.columns ?? 80) : undefined,
    color: output === 'table' && wantsColor(settings, host, stream),
    ...(zone === undefined ? {} : { timeZone: zone }),
    now: host.now() / 1000,
    thresholds: thresholdsOf(settings),
    command,
  };
}

function thresholdsOf(settings: Settings): Thresholds {
  const seconds = (name: string) => parseDuration(settings.text(name) ?? '');
  const [warning, critical] = [seconds('warn-ttl'), seconds('min-ttl')];
  return { ...(warning === undefined ? {} : { warning }), ...(critical === undefined ? {} : { critical }) };
}

async function monitorOf({ thresholds }: Surface): Promise<Monitor> {
  const { pluginExitCode, stateOf, worstState } = await import('./render/nagios.ts');
  let seen = worstState([]);
  return {
    see: (report) => {
      seen = worstState([seen, stateOf(report, thresholds)]);
    },
    exitCode: (code) => pluginExitCode(code, [seen]),
  };
}

/** Several tokens are one JSON object a line, whichever of the two JSON forms was asked for. */
function outputOf({ settings, isBatch }: Making): string {
  const asked = settings.flag('json') ? 'json' : (settings.text('output') ?? 'table');
  return asked === 'json' && isBatch ? 'ndjson' : asked;
}

/** The value at a dotted path; a member whose name has dots is found by its whole name. */
function valueAt(value: Json | undefined, path: string): Json | undefined {
  if (path === '' || value === undefined) return value;
  if (Array.isArray(value)) {
    const [, index = '', rest = ''] = /^(\d+)(?:\.(.*))?$/s.exec(path) ?? [];
    return index === '' ? undefined : valueAt(value[Number(index)], rest);
  }
  if (!isJsonObject(value)) return undefined;
  if (Object.hasOwn(value, path)) return value[path];
  for (let dot = path.indexOf('.'); dot > 0; dot = path.indexOf('.', dot + 1)) {
    const name = path.slice(0, dot);
    const found = Object.hasOwn(value, name) ? valueAt(value[name], path.slice(dot + 1)) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** One flat line a token (contract §11). */
function brief(report: Report | Description) {
  const judged = isReport(report) ? { verdict: report.verdict, active: report.active } : {};
  const cause = isReport(report) ? report.causes[0]?.code : undefined;
  return {
    id: report.id,
    ...judged,
    exit_code: report.exit_code,
    sha256: report.token?.sha256,
    kind: report.token?.kind,
    expires_at: report.times?.expires_at,
    cause: cause ?? report.error?.code,
  };
}
