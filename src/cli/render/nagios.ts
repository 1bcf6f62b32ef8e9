// The line of a monitoring plugin, and the state that its exit code tells (contract §8): OK, WARNING, CRITICAL, UNKNOWN.
// Several tokens are one line too: their number by verdict, and the words of the worst.

import type { ExitCode } from '../../core/errors.ts';
import { type Description, isReport, type Report, type ReportError } from '../../core/report.ts';
import { type Performance, pluginLine, type State } from '../encode/nagios.ts';
import type { DocumentMaker } from './document.ts';
import { headline, words } from './headline.ts';
import { expiresSoon, type Thresholds } from './thresholds.ts';

const EXIT: Readonly<Record<State, ExitCode>> = { OK: 0, WARNING: 1, CRITICAL: 2, UNKNOWN: 3 };

/** Worst first, as the exit codes of a batch are ordered: what is not known may be worse than a no. */
const ORDER: readonly State[] = ['UNKNOWN', 'CRITICAL', 'WARNING', 'OK'];

export const worstState = (states: Iterable<State>): State => {
  const all = new Set(states);
  return ORDER.find((state) => all.has(state)) ?? 'OK';
};

/** The state of one report. Without a verdict it is unknown: a token that was only read is not known to be good. */
export function stateOf(report: Report | Description, thresholds?: Thresholds): State {
  if (!isReport(report) || report.verdict === 'unknown') return 'UNKNOWN';
  if (report.verdict === 'inactive') return 'CRITICAL';
  return expiresSoon(report, thresholds) ? 'WARNING' : 'OK';
}

const stateOfCode = (code: ExitCode): State => (code === 0 ? 'OK' : code === 1 ? 'CRITICAL' : 'UNKNOWN');

/** The exit code of a plugin for a run that would end with `code`, of which these states were seen. */
export const pluginExitCode = (code: ExitCode, states: Iterable<State>): ExitCode =>
  code === 130 ? code : EXIT[worstState([stateOfCode(code), ...states])];

/** The line of a run that came to no report. */
export const failureLine = ({ message, code }: Pick<ReportError, 'message' | 'code'>): string =>
  pluginLine('UNKNOWN', `${message} (${code})`);

export const nagios: DocumentMaker = ({ thresholds = {} }) => {
  const summary = newSummary();
  return {
    add: (report) => {
      note(summary, report, thresholds);
      return '';
    },
    end: () => line(summary, thresholds),
  };
};

// ---------------------------------------------------------------- one line for however many reports

interface Summary {
  verdicts: Map<string, number>;
  total: number;
  /** The first of the worst. */
  worst: { state: State; report: Report | Description } | undefined;
  /** Seconds until the first of them expires. */
  ttl: number | undefined;
  /** Milliseconds of the slowest answer. */
  latency: number | undefined;
}

const newSummary = (): Summary => ({
  verdicts: new Map(),
  total: 0,
  worst: undefined,
  ttl: undefined,
  latency: undefined,
});

function note(summary: Summary, report: Report | Description, thresholds: Thresholds): void {
  const state = stateOf(report, thresholds);
  const verdict = isReport(report) ? report.verdict : 'decoded';
  summary.total += 1;
  summary.verdicts.set(verdict, (summary.verdicts.get(verdict) ?? 0) + 1);
  if (summary.worst === undefined || ORDER.indexOf(state) < ORDER.indexOf(summary.worst.state))
    summary.worst = { state, report };
  const ttl = report.times?.ttl_seconds;
  if (ttl !== undefined) summary.ttl = Math.min(ttl, summary.ttl ?? ttl);
  const latency = isReport(report) ? report.introspection?.latency_ms : undefined;
  if (latency !== undefined) summary.latency = Math.max(latency, summary.latency ?? latency);
}

function line({ worst, total, verdicts, ttl, latency }: Summary, thresholds: Thresholds): string {
  if (worst === undefined) return pluginLine('UNKNOWN', 'no token');
  const { state, report } = worst;
  const counts = [...verdicts].map(([verdict, number]) => `${number} ${verdict}`).join(', ');
  const told =
    total === 1
      ? reportWords(report)
      : `${total} tokens: ${counts}${state === 'OK' ? '' : `; ${nameOf(report)}: ${reportWords(report)}`}`;
  const performance: Performance[] = [
    ...(total === 1 ? [] : countData(total, verdicts)),
    ...(ttl === undefined ? [] : [ttlData(ttl, thresholds)]),
    ...(latency === undefined ? [] : [{ label: 'latency', value: latency, unit: 'ms' as const, minimum: 0 }]),
  ];
  return pluginLine(state, told, performance);
}

const nameOf = ({ id, token }: Description): string => id ?? `sha256 ${token?.sha256 ?? 'of no token'}`;

/** `active, verified locally, expires in 42 min`; then the error or the checks that failed. */
function reportWords(report: Report | Description): string {
  if (!isReport(report)) return `${words(report)}, decoded only: nothing was verified`;
  const said = headline(report)
    .replace(/^\S+ /, '')
    .replace(/ - (.*)$/s, (_, rest: string) => (rest === '' ? '' : `, ${rest}`));
  const failed = report.checks.filter(({ outcome }) => outcome === 'failed').map(({ name }) => name);
  const error = report.error === undefined ? '' : `: ${report.error.message} (${report.error.code})`;
  return said + error + (failed.length === 0 ? '' : ` (failed: ${failed.join(' ')})`);
}

/** Ranges alert outside of themselves: `900:` below 900. An expired token is always critical. */
const ttlData = (ttl: number, { warning, critical = 0 }: Thresholds): Performance => ({
  label: 'ttl',
  value: ttl,
  unit: 's',
  ...(warning === undefined ? {} : { warning: `${warning}:` }),
  critical: `${critical}:`,
});

const countData = (total: number, verdicts: ReadonlyMap<string, number>): Performance[] => [
  { label: 'tokens', value: total, minimum: 0 },
  ...['active', 'inactive', 'unknown'].map((label) => ({ label, value: verdicts.get(label) ?? 0, minimum: 0 })),
];
