// A run of checks as OpenMetrics. Only gauges, so that a reader of the older text format of Prometheus, such as the textfile
// collector of node_exporter, takes the same text.

import type { CheckResult, CheckRun } from '../../check/result.ts';
import { VERSION } from '../../core/version.ts';
import { type Family, openMetricsText } from '../encode/openmetrics.ts';
import type { RunRenderer } from './check-run.ts';

interface Metric extends Omit<Family, 'samples' | 'type'> {
  readonly measure: (result: CheckResult) => number | undefined;
}

const time = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Date.parse(text) / 1000;
/** With the microseconds that a clock has, and without the noise of a division. */
const inSeconds = (ms: number | undefined): number | undefined =>
  ms === undefined ? undefined : Number((ms / 1000).toFixed(6));

const METRICS: readonly Metric[] = [
  {
    name: 'tokctl_check_success',
    help: '1 if everything that the check expects holds, else 0',
    measure: ({ exit_code }) => (exit_code === 0 ? 1 : 0),
  },
  {
    name: 'tokctl_check_warning',
    help: '1 if the check passed with a warning, else 0',
    measure: ({ outcome }) => (outcome === 'warned' ? 1 : 0),
  },
  {
    name: 'tokctl_check_exit_code',
    help: 'the exit code of the check: 0 passed, 1 failed, 2 wrong configuration, 3 no answer',
    measure: ({ exit_code }) => exit_code,
  },
  {
    name: 'tokctl_check_duration_seconds',
    unit: 'seconds',
    help: 'how long the check took',
    measure: ({ measures }) => inSeconds(measures.duration_ms),
  },
  {
    name: 'tokctl_token_expiry_timestamp_seconds',
    unit: 'seconds',
    help: 'when the token expires, in seconds since 1970',
    measure: ({ measures }) => time(measures.token_expires_at),
  },
  {
    name: 'tokctl_introspection_latency_seconds',
    unit: 'seconds',
    help: 'how long the introspection endpoint took to answer',
    measure: ({ measures }) => inSeconds(measures.introspection_ms),
  },
  {
    name: 'tokctl_request_latency_max_seconds',
    unit: 'seconds',
    help: 'the slowest answer of a server that the check asked',
    measure: ({ measures }) => inSeconds(measures.slowest_ms),
  },
  {
    name: 'tokctl_jwks_keys',
    help: 'keys of the issuer that can verify a signature',
    measure: ({ measures }) => measures.jwks_keys,
  },
  {
    name: 'tokctl_certificate_expiry_timestamp_seconds',
    unit: 'seconds',
    help: "when the certificate of the issuer's host expires, in seconds since 1970",
    measure: ({ measures }) => time(measures.certificate_expires_at),
  },
];

export const openmetrics: RunRenderer = (run) => openMetricsText([...perCheck(run), ...perRun(run)]);

function perCheck({ results }: CheckRun): Family[] {
  return METRICS.map(({ measure, ...family }) => ({
    ...family,
    type: 'gauge' as const,
    samples: results.flatMap((result) => {
      const value = measure(result);
      return value === undefined ? [] : [{ labels: { check: result.name, subject: result.subject }, value }];
    }),
  }));
}

function perRun({ started_at }: CheckRun): Family[] {
  return [
    {
      name: 'tokctl_last_run_timestamp_seconds',
      type: 'gauge',
      unit: 'seconds',
      help: 'when the checks were run, in seconds since 1970',
      samples: [{ labels: {}, value: Date.parse(started_at) / 1000 }],
    },
    {
      name: 'tokctl_build_info',
      type: 'gauge',
      help: 'the version of tokctl, as a label',
      samples: [{ labels: { version: VERSION }, value: 1 }],
    },
  ];
}
