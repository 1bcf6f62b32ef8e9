// A run of checks as Markdown, for a job summary or a ticket: what failed first, then a table of all.

import type { CheckOutcome, CheckResult } from '../../check/result.ts';
import { markdownCode, markdownTable, markdownText } from '../encode/markdown.ts';
import { inReadingOrder, problemWords, type RunRenderer, runWords } from './check-run.ts';
import { shortened } from './check-words.ts';

const MARKS: Readonly<Record<CheckOutcome, string>> = { passed: '✓', failed: '✗', warned: '\\!', unknown: '?' };
/** Rows that are shown; what failed is among them, and a summary has a limit. */
const MOST = 500;
const LONGEST = 500;

export const markdown: RunRenderer = (run) => {
  const results = inReadingOrder(run.results);
  const broken = results.filter(({ outcome }) => outcome === 'failed' || outcome === 'unknown').slice(0, MOST);
  const left = results.length - MOST;
  const parts = [
    [`## tokctl check: ${runWords(run)}`],
    broken.flatMap(reasons),
    markdownTable(['', 'check', 'of', 'because', 'token expires', 'took'], results.slice(0, MOST).map(row)),
    left > 0 ? [`and ${left} more`] : [],
  ];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
};

function reasons(result: CheckResult): string[] {
  const { name, because, next } = result;
  return [
    `- **${markdownText(name)}**: ${markdownText(shortened(because, LONGEST))}`,
    ...problemWords(result).map((words) => `  - ${markdownText(shortened(words, LONGEST))}`),
    ...(next === undefined ? [] : [`  - next: ${markdownText(next)}`]),
  ];
}

function row({ name, subject, outcome, because, measures }: CheckResult): string[] {
  return [
    MARKS[outcome],
    markdownCode(name),
    subject,
    markdownText(shortened(because, LONGEST)),
    measures.token_expires_at ?? '',
    `${measures.duration_ms} ms`,
  ];
}
