// One line a check: mark, name, reason and where the rule stands; expected and actual below what did not pass.

import { escapeText } from '../../core/escape.ts';
import { type Json, printJson } from '../../core/json.ts';
import type { Check, Outcome } from '../../core/report.ts';
import { padTo, widthOf, wrap } from './layout.ts';
import type { Painter } from './painter.ts';

export interface CheckStyle {
  width: number | undefined;
  paint: Painter;
}

const MARKS: Readonly<Record<Outcome, string>> = { passed: '✓', failed: '✗', warned: '!', skipped: '-' };
const ORDER: readonly Outcome[] = ['failed', 'warned', 'passed', 'skipped'];
const NAME = 12;

/** Failed ones first; within an outcome in the order in which they were made. */
export function checkLines(checks: readonly Check[], style: CheckStyle): string[] {
  const ordered = ORDER.flatMap((outcome) => checks.filter((check) => check.outcome === outcome));
  const column = Math.max(NAME, ...ordered.map(({ name }) => Math.min(24, escapeText(name).length)));
  return ordered.flatMap((check) => lines(check, column, style));
}

function lines(check: Check, column: number, { width, paint }: CheckStyle): string[] {
  const mark = painted(check.outcome, paint)(MARKS[check.outcome]);
  const indent = ' '.repeat(4 + column + 2);
  const room = width === undefined ? undefined : Math.max(20, width - indent.length);
  const told = [
    ...wrap(escapeText(check.because), room),
    ...comparison(check).flatMap(([word, text]) => compared(word, text, room)),
  ];
  const [first = '', ...rest] = told;
  const spec = check.outcome === 'failed' || check.outcome === 'warned' ? check.spec : undefined;
  const whole = withSpec(first, spec, room);
  const name = escapeText(check.name);
  const above = nameAbove(name, column, width);
  const heads = [...above, `${padTo(above.length === 0 ? name : '', column)}  ${whole}`];
  return [
    ...heads.map((line, index) => `  ${index === 0 ? mark : ' '} ${line}`),
    ...rest.map((line) => paint.dim(indent + line)),
  ];
}

/** On a terminal, a name that is wider than its column stands above, on lines of its own. */
const nameAbove = (name: string, column: number, width: number | undefined): string[] =>
  width === undefined || widthOf(name) <= column ? [] : wrap(name, Math.max(20, width - 4));

const painted = (outcome: Outcome, paint: Painter) =>
  ({ passed: paint.good, failed: paint.bad, warned: paint.doubtful, skipped: paint.dim })[outcome];

/** Expected and actual side by side, for what did not pass. */
function comparison({ outcome, expected, actual }: Check): [string, string][] {
  if (outcome !== 'failed' && outcome !== 'warned') return [];
  return [
    ...(expected === undefined ? [] : [['expected', value(expected)] as [string, string]]),
    ...(actual === undefined ? [] : [['got', value(actual)] as [string, string]]),
  ];
}

const value = (json: Json): string =>
  escapeText(
    typeof json === 'string'
      ? json
      : Array.isArray(json) && json.every((item) => typeof item === 'string')
        ? json.join(', ')
        : printJson(json),
  );

function compared(word: string, text: string, room: number | undefined): string[] {
  const [first = '', ...rest] = wrap(text, room === undefined ? undefined : Math.max(20, room - 10));
  return [`${word.padEnd(9)} ${first}`, ...rest.map((line) => `${' '.repeat(10)}${line}`)];
}

/** The rule at the end of the line where there is room for it; a pipe always has room. */
function withSpec(text: string, spec: string | undefined, room: number | undefined): string {
  if (spec === undefined) return text;
  return room === undefined || text.length + spec.length + 3 <= room ? `${text}   ${spec}` : text;
}
