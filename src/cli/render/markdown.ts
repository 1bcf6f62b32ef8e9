// The report as an entry for a ticket or a runbook: verdict, why, what next, whose key, times, what was checked, and the
// command that asks again. Claims are not in it: they are about people, and tickets are read by many.

import {
  type Cause,
  type Check,
  type Description,
  isReport,
  type Report,
  type ReportError,
} from '../../core/report.ts';
import { formatUtc, relativeWords } from '../../core/time.ts';
import { markdownBlock, markdownCode, markdownTable, markdownText } from '../encode/markdown.ts';
import { shortened, valueWords } from './check-words.ts';
import type { DocumentMaker } from './document.ts';
import { headline, words } from './headline.ts';
import type { Surface } from './renderer.ts';
import { repeatCommand } from './repeat-command.ts';

export const markdown: DocumentMaker = (surface) => {
  let isFirst = true;
  return {
    add: (report) => {
      const text = section(report, surface);
      const between = isFirst ? '' : '\n';
      isFirst = false;
      return between + text;
    },
    end: () => '',
  };
};

/** A value longer than this is cut: the report in JSON has all of it. */
const LONGEST = 500;

const literal = (text: string): string => markdownCode(shortened(text, LONGEST));

function section(report: Report | Description, { command }: Surface): string {
  const name = report.id === undefined ? '' : `${markdownText(report.id)}: `;
  const parts = [
    [`## ${name}${markdownText(headline(report))}`],
    why(report),
    markdownTable(['what', 'value'], facts(report)),
    checks(report.checks),
    ['To ask again, with the token on stdin:', '', ...markdownBlock([repeatCommand(report, command)], 'sh')],
  ];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

// ---------------------------------------------------------------- why, and what next

function why(report: Report | Description): string[] {
  const causes = isReport(report) ? report.causes : [];
  return [...(report.error === undefined ? [] : errorLines(report.error)), ...causes.flatMap(causeLines)];
}

function errorLines({ code, message, hint, details = {} }: ReportError): string[] {
  const known = Object.entries(details).map(
    ([name, value]) => `  - ${markdownText(name.replaceAll('_', ' '))}: ${literal(String(value))}`,
  );
  return [`- **\`${code}\`**: ${markdownText(message)}`, ...known, `  - next: ${markdownText(hint)}`];
}

function causeLines({ code, confidence, because, evidence, fix }: Cause): string[] {
  const stands = evidence.filter((line) => line !== because).map((line) => `  - ${markdownText(line)}`);
  return [`- **\`${code}\`** (${confidence}): ${markdownText(because)}`, ...stands, `  - next: ${markdownText(fix)}`];
}

// ---------------------------------------------------------------- what is known

function facts(report: Report | Description): string[][] {
  const judged = isReport(report) ? report : undefined;
  const rows: [string, string | undefined][] = [
    ['token', tokenCell(report)],
    ['issuer', issuerCell(judged)],
    ['key', keyCell(judged)],
    ['issued', timeCell(report, 'issued_at')],
    ['not before', timeCell(report, 'not_before')],
    ['expires', timeCell(report, 'expires_at')],
    ['judged as of', timeCell(report, 'evaluated_at')],
    ['server', serverCell(judged)],
    ['differs', judged?.differences?.map(({ meaning }) => markdownText(meaning)).join('; ') || undefined],
    ['weakened', judged?.weakened.map(markdownCode).join(', ') || undefined],
  ];
  return rows.filter((row): row is [string, string] => row[1] !== undefined);
}

const tokenCell = (report: Report | Description): string | undefined =>
  report.token && `${markdownText(words(report))}, sha256 ${markdownCode(report.token.sha256)}`;

const SOURCES = {
  flag: 'named by flag',
  environment: 'named by the environment',
  profile: 'named by a profile',
  token: 'taken from the token',
} as const;

const issuerCell = (report: Report | undefined): string | undefined =>
  report?.issuer === undefined ? undefined : `${literal(report.issuer)} (${SOURCES[report.issuer_source ?? 'flag']})`;

function keyCell(report: Report | undefined): string | undefined {
  const { key, jwks_uri, keys = [] } = report?.verification ?? {};
  const where = jwks_uri === undefined ? '' : ` of ${literal(jwks_uri)}`;
  if (key === undefined) return report?.verification && `none of ${keys.length}${where}`;
  const name = key.kid === undefined ? 'without kid' : `kid ${literal(key.kid)}`;
  return `${markdownText(key.alg)}, ${name}${where}`;
}

function timeCell({ times }: Description, name: 'issued_at' | 'not_before' | 'expires_at' | 'evaluated_at') {
  const time = times?.[name];
  if (times === undefined || time === undefined) return undefined;
  const seconds = Date.parse(time) / 1000;
  const relative = name === 'evaluated_at' ? '' : ` (${relativeWords(seconds, Date.parse(times.evaluated_at) / 1000)})`;
  return `${formatUtc(seconds) ?? time}${relative}`;
}

function serverCell(report: Report | undefined): string | undefined {
  if (report?.introspection === undefined) return undefined;
  const { endpoint, status, media_type, latency_ms, client_auth } = report.introspection;
  const answer = [`${status}`, ...(media_type === undefined ? [] : [markdownText(media_type)])].join(' ');
  return `${literal(endpoint)}: ${answer}, ${latency_ms} ms, ${markdownText(client_auth)}`;
}

// ---------------------------------------------------------------- what was checked

const MARKS = { passed: '✓', failed: '✗', warned: '!', skipped: '-' } as const;
const ORDER = ['failed', 'warned', 'passed', 'skipped'] as const;

function checks(all: readonly Check[]): string[] {
  if (all.length === 0) return [];
  const ordered = ORDER.flatMap((outcome) => all.filter((check) => check.outcome === outcome));
  return markdownTable(['', 'check', 'outcome', 'because', 'expected', 'got', 'rule'], ordered.map(row));
}

/** Values only where they tell something: those of a check that passed are what was asked for. */
function row({ name, outcome, because, expected, actual, spec }: Check): string[] {
  const told = outcome === 'failed' || outcome === 'warned';
  const value = (json: typeof expected): string => (told && json !== undefined ? literal(valueWords(json)) : '');
  return [
    `${outcome === 'warned' ? '\\' : ''}${MARKS[outcome]}`,
    literal(name),
    outcome,
    markdownText(shortened(because, LONGEST)),
    value(expected),
    value(actual),
    markdownText(spec ?? ''),
  ];
}
