// The report of `doctor` for people: the verdict, then the answers by area, with what to do below what is not as it should
// be. Everything is escaped: a server writes much of it.

import { escapeText } from '../../core/escape.ts';
import type { DoctorFinding, DoctorReport, Severity } from '../../doctor.ts';
import { padTo, wrap } from './layout.ts';
import { type Painter, painter } from './painter.ts';

export interface DoctorSurface {
  /** Columns to wrap at; undefined where nothing is wrapped. */
  width: number | undefined;
  color: boolean;
}

const MARKS: Readonly<Record<Severity, string>> = { ok: '✓', info: '-', warning: '!', error: '✗' };

/** The areas in the order in which they are shown, each with the beginnings of the ids that belong to it. */
const AREAS: readonly (readonly [area: string, prefixes: readonly string[]])[] = [
  ['issuer', ['issuer']],
  ['metadata', ['metadata']],
  ['tls', ['tls']],
  ['clock', ['clock']],
  ['keys', ['keys', 'jwks', 'jwk']],
  ['introspection', ['introspection']],
  ['token', ['token']],
  ['resource', ['resource']],
  ['baseline', ['baseline']],
];

/** The whole text, ending in a newline. */
export function doctorPage(report: DoctorReport, { width, color }: DoctorSurface): string {
  const paint = painter(color);
  const areas = AREAS.flatMap(([area, prefixes]) => {
    const own = report.findings.filter(({ id }) => prefixes.includes(id.split('.', 1)[0] ?? ''));
    return own.length === 0 ? [] : [[paint.strong(area), ...answers(own, { area, width, paint })].join('\n')];
  });
  const room = width === undefined ? undefined : width - 2;
  const first = [...headline(report, paint), ...wrap(escapeText(report.issuer), room).map((line) => `  ${line}`)];
  return `${[first.join('\n'), ...areas].join('\n\n')}\n`;
}

function headline({ findings, exit_code }: DoctorReport, paint: Painter): string[] {
  const count = (severity: Severity) => findings.filter((one) => one.severity === severity).length;
  const plural = (number: number, noun: string) => `${number} ${noun}${number === 1 ? '' : 's'}`;
  const [errors, warnings] = [count('error'), count('warning')];
  const counts = [
    plural(findings.length - count('info'), 'check'),
    ...(errors > 0 ? [plural(errors, 'error')] : []),
    ...(warnings > 0 ? [plural(warnings, 'warning')] : []),
  ].join(', ');
  return exit_code === 0
    ? [paint.good(paint.strong(`✓ sound - ${counts}`))]
    : [paint.bad(paint.strong(`✗ unsound - ${counts}`))];
}

interface Column {
  area: string;
  width: number | undefined;
  paint: Painter;
}

const WIDEST_NAME = 24;

function answers(findings: readonly DoctorFinding[], column: Column): string[] {
  const names = findings.map(({ id }) => nameIn(id, column.area));
  const room = Math.max(12, ...names.map((name) => Math.min(WIDEST_NAME, name.length)));
  return findings.flatMap((one, index) => lines(one, { name: names[index] ?? '', room, column }));
}

/** Below its area an id needs no more than its rest. */
const nameIn = (id: string, area: string): string => (id.startsWith(`${area}.`) ? id.slice(area.length + 1) : id);

interface Placing {
  name: string;
  room: number;
  column: Column;
}

function lines(
  { severity, because, evidence, fix, spec }: DoctorFinding,
  { name, room, column: { width, paint } }: Placing,
): string[] {
  const indent = ' '.repeat(4 + room + 2);
  const space = width === undefined ? undefined : Math.max(20, width - indent.length);
  const color = { ok: paint.good, info: paint.dim, warning: paint.doubtful, error: paint.bad }[severity];
  const [first = '', ...rest] = wrap(escapeText(because), space);
  const below = (text: string) => wrap(escapeText(text), space).map((line) => paint.dim(indent + line));
  const isWrong = severity === 'warning' || severity === 'error';
  return [
    `  ${color(MARKS[severity])} ${padTo(escapeText(name), room)}  ${first}`,
    ...rest.map((line) => indent + line),
    ...(severity === 'ok' ? [] : evidence.flatMap(below)),
    ...(fix === undefined ? [] : wrap(`fix: ${escapeText(fix)}`, space).map((line) => indent + line)),
    ...(isWrong && spec !== undefined ? below(spec) : []),
  ];
}
