// Annotations of GitHub Actions: an error for each failed check, a warning for each warned one, a notice for the verdict.
// No file is named: a token has none, and a wrong one would point at code that is right.

import { type Description, isReport, type Report, type ReportError } from '../../core/report.ts';
import { githubAnnotation } from '../encode/github-command.ts';
import { checkWords } from './check-words.ts';
import { headline } from './headline.ts';
import type { Renderer } from './renderer.ts';

export const github: Renderer = (report, { command }) => {
  const whose = `tokctl ${command}${report.id === undefined ? '' : ` ${report.id}`}`;
  const annotate = (outcome: 'failed' | 'warned', level: 'error' | 'warning') =>
    report.checks
      .filter((check) => check.outcome === outcome)
      .map((check) => githubAnnotation(level, `${whose}: ${check.name}`, checkWords(check)));
  return [
    githubAnnotation('notice', whose, verdictWords(report)),
    ...(report.error === undefined ? [] : [errorLine(whose, report.error)]),
    ...annotate('failed', 'error'),
    ...annotate('warned', 'warning'),
  ].join('');
};

/** The verdict, why, and what to do next. */
function verdictWords(report: Report | Description): string {
  const [top] = isReport(report) ? report.causes : [];
  const why = top === undefined ? '' : `; ${top.code}: ${top.because}; next: ${top.fix}`;
  return headline(report) + why;
}

const errorLine = (whose: string, { code, message, hint }: ReportError): string =>
  githubAnnotation('error', `${whose}: ${code}`, `${message}; ${hint}`);
