// `tokctl diff <a> <b>`: two tokens compared claim by claim, the header too. No network, no verdict; the exit code is that
// of diff(1): 0 when they are the same, 1 when they differ.

import { type ExitCode, TokctlError } from '../../core/errors.ts';
import { escapeText } from '../../core/escape.ts';
import { type Json, printJson } from '../../core/json.ts';
import { finiteNumber } from '../../core/lint.ts';
import type { Description } from '../../core/report.ts';
import { formatUtc } from '../../core/time.ts';
import { decode } from '../../decode.ts';
import { meaningOfClaim } from '../../explain/claims.ts';
import { compareTokens, type TokenDifference } from '../../judging/token-difference.ts';
import { wantsColor } from '../color.ts';
import type { Invocation } from '../command.ts';
import type { Host } from '../host.ts';
import { words } from '../render/headline.ts';
import { labelled } from '../render/layout.ts';
import { type Painter, painter } from '../render/painter.ts';
import type { Settings } from '../settings.ts';
import { stdinClaim } from '../stdin.ts';
import { readTokens } from '../token-input.ts';

/** @throws TokctlError ERR_USAGE unless there are two tokens, and for an output form that does not exist here */
export async function diffCommand({ arguments: given, settings, host }: Invocation): Promise<ExitCode> {
  const form = formOf(settings);
  const [a, b] = await twoTokens(given, settings, host);
  const differences = compareTokens(a, b);
  const code: ExitCode = differences.length === 0 ? 0 : 1;
  if (settings.flag('quiet')) return code;
  await warnOfDamage([a, b], host);
  await host.stdout.write(
    form === 'table' ? page({ a, b, differences }, settings, host) : json(form, { a, b, differences }, code),
  );
  return code;
}

interface Compared {
  a: Description;
  b: Description;
  differences: TokenDifference[];
}

async function twoTokens(
  given: readonly string[],
  settings: Settings,
  host: Host,
): Promise<[Description, Description]> {
  const { tokens } = await readTokens(given, { settings, host, stdin: stdinClaim() });
  const found: Description[] = [];
  for await (const { text, takenFrom } of tokens)
    found.push(await decode(text, { now: host.now() / 1000, ...(takenFrom === undefined ? {} : { takenFrom }) }));
  const [a, b, ...more] = found;
  if (a !== undefined && b !== undefined && more.length === 0) return [a, b];
  throw new TokctlError('ERR_USAGE', `expected two tokens to compare, got ${found.length}`, {
    hint: 'tokctl diff @old.txt @new.txt; of a response with several tokens, --pick access_token takes one',
  });
}

/** What is damaged is compared as far as it can be read. */
async function warnOfDamage(tokens: readonly Description[], host: Host): Promise<void> {
  for (const [index, { checks }] of tokens.entries()) {
    const fault = checks.find(({ outcome }) => outcome === 'failed');
    if (fault !== undefined)
      await host.stderr.write(`note: the ${index === 0 ? 'first' : 'second'} token: ${escapeText(fault.because)}\n`);
  }
}

type Form = 'table' | 'json' | 'ndjson';

/** Only a flag can be wrong here: a form set for all commands falls back to text. */
function formOf(settings: Settings): Form {
  const output = settings.flag('json') ? 'json' : (settings.text('output') ?? 'table');
  if (output === 'table' || output === 'json' || output === 'ndjson') return output;
  if (settings.get('output')?.origin !== 'flag') return 'table';
  throw new TokctlError('ERR_USAGE', `expected \`table\`, \`json\` or \`ndjson\`, got \`${escapeText(output)}\``, {
    hint: 'tokctl diff @old.txt @new.txt -o json',
  });
}

function json(form: Form, { a, b, differences }: Compared, code: ExitCode): string {
  const part = ({ token }: Description) => ({ format: token?.format, kind: token?.kind, sha256: token?.sha256 });
  const object = {
    schema: 'tokctl.diff/1',
    exit_code: code,
    same: differences.length === 0,
    tokens: [part(a), part(b)],
    differences,
  };
  return `${printJson(object, form === 'json' ? 2 : 0)}\n`;
}

// ---------------------------------------------------------------- for people

interface Canvas {
  width: number | undefined;
  paint: Painter;
}

function page({ a, b, differences }: Compared, settings: Settings, host: Host): string {
  const { stdout } = host;
  const canvas = {
    width: stdout.isTTY ? (stdout.columns ?? 80) : undefined,
    paint: painter(wantsColor(settings, host, stdout)),
  };
  const count = differences.length === 1 ? 'one difference' : `${differences.length} differences`;
  const parts = [
    [differences.length === 0 ? 'the two tokens are the same' : canvas.paint.strong(count)],
    [...tokenLine('-', a, canvas), ...tokenLine('+', b, canvas)],
    ...differences.map((one) => lines(one, canvas)),
  ];
  return `${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

const tokenLine = (mark: string, description: Description, { width }: Canvas): string[] =>
  labelled(mark, `${escapeText(words(description))}, sha256 ${description.token?.sha256}`, { width });

function lines({ part, name, a, b, says }: TokenDifference, { width, paint }: Canvas): string[] {
  const meaning = part === 'claims' ? meaningOfClaim(name) : undefined;
  const title = `${part === 'claims' ? '' : `${part} `}${escapeText(name)}${meaning === undefined ? '' : `: ${meaning}`}`;
  return [
    ...labelled('', title, { width, paint: paint.strong }),
    ...(a === undefined && b === undefined ? [] : side('-', shown(name, a), { width, paint: paint.bad })),
    ...(a === undefined && b === undefined ? [] : side('+', shown(name, b), { width, paint: paint.good })),
    ...(says === undefined ? [] : labelled('', escapeText(says), { width, paint: paint.dim })),
  ];
}

const side = (
  mark: string,
  text: string,
  { width, paint }: { width: number | undefined; paint: (text: string) => string },
) => labelled(mark, text, { width, paint });

const TIMES: ReadonlySet<string> = new Set(['exp', 'iat', 'nbf', 'auth_time']);

function shown(name: string, value: Json | undefined): string {
  if (value === undefined) return '(none)';
  const seconds = TIMES.has(name) ? finiteNumber(value) : undefined;
  const utc = seconds === undefined ? undefined : formatUtc(seconds);
  return utc ?? escapeText(typeof value === 'string' ? value : printJson(value));
}
