// OpenMetrics for a scraper or a textfile collector: one exposition for all reports, because a family may stand only once.

import type { Description, Report, Verdict } from '../../core/report.ts';
import { type Family, type Labels, openMetricsLabels, openMetricsText, type Sample } from '../encode/openmetrics.ts';
import type { DocumentMaker } from './document.ts';

/** A report, with or without what only a verdict brings. */
type Known = Description & Partial<Report>;

interface Metric extends Omit<Family, 'samples' | 'type'> {
  /** The value of the report, or undefined where it has none. */
  measure: (report: Known) => number | undefined;
}

const seconds = (time: string | undefined): number | undefined =>
  time === undefined ? undefined : Date.parse(time) / 1000;

const GAUGES: readonly Metric[] = [
  {
    name: 'tokctl_check_success',
    help: '1 if the token is active and everything asked for holds, else 0',
    measure: ({ verdict }) => (verdict === undefined ? undefined : Number(verdict === 'active')),
  },
  {
    name: 'tokctl_check_exit_code',
    help: 'the exit code that belongs to the report: 0 active, 1 a definite no, 2 a wrong command, 3 no answer',
    measure: ({ exit_code }) => exit_code,
  },
  {
    name: 'tokctl_check_timestamp_seconds',
    unit: 'seconds',
    help: 'the time as of which the token was judged, in seconds since 1970',
    measure: ({ times }) => seconds(times?.evaluated_at),
  },
  {
    name: 'tokctl_token_expiry_timestamp_seconds',
    unit: 'seconds',
    help: 'when the token expires (exp), in seconds since 1970',
    measure: ({ times }) => seconds(times?.expires_at),
  },
  {
    name: 'tokctl_jwks_keys',
    help: 'how many keys the JWK Set held',
    // A key or a secret that was given is no set.
    measure: ({ verification: { keys = [], jwks_uri } = {} }) =>
      keys.length === 0 && jwks_uri === undefined ? undefined : keys.length,
  },
  {
    name: 'tokctl_jwks_age_seconds',
    unit: 'seconds',
    help: 'how long ago the JWK Set was fetched',
    measure: ({ verification }) => verification?.jwks_age_seconds,
  },
  {
    name: 'tokctl_introspection_latency_seconds',
    unit: 'seconds',
    help: 'how long the introspection endpoint took to answer',
    measure: ({ introspection }) => (introspection === undefined ? undefined : introspection.latency_ms / 1000),
  },
];

const VERDICTS: readonly Verdict[] = ['active', 'inactive', 'unknown'];
const OUTCOMES = ['passed', 'failed', 'warned', 'skipped'] as const;

/** The numbers of one report: a batch may be long, and reports are large. */
interface Measured {
  labels: Labels;
  exitCode: number;
  values: (number | undefined)[];
  verdict: Verdict | undefined;
  outcomes: number[];
}

export const openmetrics: DocumentMaker = () => {
  const all = new Map<string, Measured>();
  return {
    add: (report) => {
      const measured = measure(report);
      const series = openMetricsLabels(measured.labels);
      // One series cannot say two things: of the same token twice, the worse answer stands.
      if (measured.exitCode > (all.get(series)?.exitCode ?? -1)) all.set(series, measured);
      return '';
    },
    end: () => openMetricsText(families([...all.values()])),
  };
};

function measure(report: Known): Measured {
  return {
    labels: { id: report.id, issuer: report.issuer, sha256: report.token?.sha256 },
    exitCode: report.exit_code,
    values: GAUGES.map((gauge) => gauge.measure(report)),
    verdict: report.verdict,
    outcomes: OUTCOMES.map((outcome) => report.checks.filter((check) => check.outcome === outcome).length),
  };
}

function families(all: readonly Measured[]): Family[] {
  const gauges = GAUGES.map(({ measure: _, ...family }, index): Family => {
    const samples = all.map(({ labels, values }) => ({ labels, value: values[index] ?? Number.NaN }));
    return { ...family, type: 'gauge', samples };
  });
  return [
    ...gauges,
    {
      name: 'tokctl_check_verdict',
      type: 'stateset',
      help: 'the verdict: active, inactive, or unknown where no answer could be had',
      samples: all.flatMap(verdictSamples),
    },
    {
      name: 'tokctl_token_checks',
      type: 'gauge',
      help: 'how many checks had that outcome',
      samples: all.flatMap(outcomeSamples),
    },
  ];
}

/** A state set names its states by a label that is called as the set is. */
const verdictSamples = ({ labels, verdict }: Measured): Sample[] =>
  verdict === undefined
    ? []
    : VERDICTS.map((one) => ({ labels: { ...labels, tokctl_check_verdict: one }, value: Number(one === verdict) }));

const outcomeSamples = ({ labels, outcomes }: Measured): Sample[] =>
  OUTCOMES.map((outcome, index) => ({ labels: { ...labels, outcome }, value: outcomes[index] ?? 0 }));
