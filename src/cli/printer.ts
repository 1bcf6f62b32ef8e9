// Where a report goes: a value, a brief line, or one of the forms; stdout, or stderr where it tells people of a failure.

import type { ExitCode } from '../core/errors.ts';
import { escapeText } from '../core/escape.ts';
import { isJsonObject, type Json, type JsonObject, printJson } from '../core/json.ts';
import { type Description, isReport, type Report } from '../core/report.ts';
import type { AnsweringCommand } from './answer.ts';
import { wantsColor } from './color.ts';
import { errorLines } from './failure.ts';
import type { Host, OutputStream } from './host.ts';
import { rendererOf } from './render/index.ts';
import type { Renderer, Surface } from './render/renderer.ts';
import type { Settings } from './settings.ts';

interface Making {
  settings: Settings;
  host: Host;
  command: AnsweringCommand;
  isBatch: boolean;
}

export class Printer {
  readonly #making: Making;
  readonly #output: string;
  readonly #render: Renderer;
  #printed = 0;

  private constructor(making: Making, output: string, render: Renderer) {
    this.#making = making;
    this.#output = output;
    this.#render = render;
  }

  static async make(making: Making): Promise<Printer> {
    const output = outputOf(making);
    return new Printer(making, output, await rendererOf(output));
  }

  async print(report: Report | Description): Promise<void> {
    const { settings, host } = this.#making;
    if (settings.flag('quiet') || !this.#isWanted(report)) return;
    const select = settings.text('select');
    if (select !== undefined) return this.#select(report, select);
    if (settings.flag('brief')) return host.stdout.write(`${printJson(brief(report))}\n`);
    if (this.#output === 'table') return this.#table(report);
    await host.stdout.write(this.#render(report, this.#surface(host.stdout)));
    if (report.error !== undefined) await host.stderr.write(errorLines(report.error));
  }

  /** The exit code of the run: that of its tokens, which only the contract of monitors changes (contract §8). */
  exitCode(code: ExitCode): ExitCode {
    return code;
  }

  #isWanted(report: Report | Description): boolean {
    const only = this.#making.settings.text('only');
    return only === undefined || (isReport(report) && report.verdict === only);
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
    const { settings, host, command } = this.#making;
    const zone = settings.text('tz');
    return {
      width: stream.isTTY ? (stream.columns ?? 80) : undefined,
      color: this.#output === 'table' && wantsColor(settings, host, stream),
      ...(zone === undefined ? {} : { timeZone: zone }),
      command,
    };
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
