// A run of checks for people: how many failed, then each check, what failed first, and why. Escaped, then coloured.

import type { CheckOutcome, CheckResult } from '../../check/result.ts';
import { escapeText } from '../../core/escape.ts';
import { inReadingOrder, problemWords, type RunRenderer, type RunSurface, runOutcome, runWords } from './check-run.ts';
import { padTo, wrap } from './layout.ts';
import { type Painter, painter } from './painter.ts';

const MARKS: Readonly<Record<CheckOutcome, string>> = { passed: '✓', failed: '✗', warned: '!', unknown: '?' };
/** Columns that a name takes at most before it pushes its line to the right. */
const WIDEST = 28;

interface Canvas extends RunSurface {
  paint: Painter;
  column: number;
}

export const table: RunRenderer = (run, surface) => {
  const results = inReadingOrder(run.results);
  const column = Math.min(WIDEST, Math.max(8, ...results.map(({ name }) => escapeText(name).length)));
  const canvas: Canvas = { ...surface, paint: painter(surface.color), column };
  const outcome = runOutcome(run);
  const headline = `${MARKS[outcome]} ${runWords(run)}`;
  const lines = [
    ...wrap(headline, surface.width).map((line) => colorOf(outcome, canvas.paint)(canvas.paint.strong(line))),
    '',
    ...results.flatMap((result) => resultLines(result, canvas)),
  ];
  return `${lines.join('\n')}\n`;
};

const colorOf = (outcome: CheckOutcome, paint: Painter) =>
  ({ passed: paint.good, failed: paint.bad, warned: paint.doubtful, unknown: paint.doubtful })[outcome];

function resultLines(result: CheckResult, canvas: Canvas): string[] {
  const { paint, column, width } = canvas;
  const mark = colorOf(result.outcome, paint)(MARKS[result.outcome]);
  const indent = ' '.repeat(column + 6);
  const room = width === undefined ? undefined : Math.max(20, width - indent.length);
  const [first = '', ...rest] = wrap(escapeText(result.because), room);
  const more = detailsOf(result, room);
  return [
    `  ${mark} ${padTo(escapeText(result.name), column)}  ${first}`,
    ...rest.map((line) => indent + line),
    ...more.map(([line, isNext]) => indent + (isNext ? paint.strong(line) : paint.dim(line))),
  ];
}

type Detail = readonly [line: string, isNext: boolean];

/** What did not hold, with expected and actual, and what to do next. A check that passed needs neither. */
function detailsOf(result: CheckResult, room: number | undefined): Detail[] {
  const { next, weakened, outcome } = result;
  const weak = weakened.length === 0 ? [] : [`weakened: ${weakened.join(', ')}`];
  const dim = [...problemWords(result), ...weak];
  const wrapped = (text: string) => wrap(escapeText(text), room);
  return [
    ...dim.flatMap(wrapped).map((line): Detail => [line, false]),
    ...(next === undefined || outcome === 'passed' ? [] : wrapped(`next: ${next}`).map((line): Detail => [line, true])),
  ];
}
