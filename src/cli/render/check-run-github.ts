// A run of checks as annotations of GitHub Actions: what failed first, at its line of tokctl.yaml.

import type { CheckOutcome, CheckResult } from '../../check/result.ts';
import { escapeText } from '../../core/escape.ts';
import { type Annotation, githubAnnotation } from '../encode/github-command.ts';
import { inReadingOrder, problemWords, type RunRenderer, runWords } from './check-run.ts';

const LEVELS: Readonly<Record<CheckOutcome, Annotation | undefined>> = {
  failed: 'error',
  unknown: 'error',
  warned: 'warning',
  passed: undefined,
};

export const github: RunRenderer = (run) =>
  [...inReadingOrder(run.results).map(annotation), githubAnnotation('notice', 'tokctl check', runWords(run))].join('');

function annotation(result: CheckResult): string {
  const { name, because, next, outcome } = result;
  const level = LEVELS[outcome];
  if (level === undefined) return '';
  const message = [because, ...problemWords(result), ...(next === undefined ? [] : [`next: ${next}`])].join('; ');
  return at(result, githubAnnotation(level, `tokctl check ${name}`, message));
}

/** The annotation with the place of the check, which the runner shows beside that line. */
function at({ place }: CheckResult, line: string): string {
  if (place === undefined) return line;
  const where = `file=${property(place.file)},line=${place.line},col=${place.column}`;
  return line.replace(/^::(\w+) /, (_, level: string) => `::${level} ${where},`);
}

const CODES: Readonly<Record<string, string>> = { '%': '%25', ':': '%3A', ',': '%2C' };
const property = (text: string): string => escapeText(text).replace(/[%:,]/g, (character) => CODES[character] ?? '');
