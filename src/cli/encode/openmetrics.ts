// OpenMetrics 1.0 text: families of samples with labels, ended by one `# EOF`.
// Invariant: the samples of a family stand together, no series stands twice, and label values are text whatever they hold.

import { escapeText } from '../../core/escape.ts';

/** Labels by name; one that is undefined or empty is left out, which is the same to a reader of metrics. */
export type Labels = Readonly<Record<string, string | undefined>>;

export interface Sample {
  labels: Labels;
  /** A finite number is expected; anything else is left out. */
  value: number;
}

export interface Family {
  /** With its unit at the end, such as `tokctl_jwks_age_seconds`. */
  name: string;
  type: 'gauge' | 'stateset';
  unit?: string;
  help: string;
  samples: readonly Sample[];
}

/** A label's value, without its quotes. */
export const openMetricsValue = (text: string): string =>
  escapeText(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"');

/** `{id="a",issuer="b"}`, or nothing. Names are of the program. */
export function openMetricsLabels(labels: Labels): string {
  const shown = Object.entries(labels)
    .filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '')
    .map(([name, value]) => `${name}="${openMetricsValue(value)}"`);
  return shown.length === 0 ? '' : `{${shown.join(',')}}`;
}

/** The whole text of the families that have samples. */
export function openMetricsText(families: readonly Family[]): string {
  return `${[...families.flatMap(familyLines), '# EOF'].join('\n')}\n`;
}

function familyLines({ name, type, unit, help, samples }: Family): string[] {
  const series = new Map<string, string>();
  for (const { labels, value } of samples) {
    const shown = openMetricsLabels(labels);
    if (Number.isFinite(value) && !series.has(shown)) series.set(shown, `${name}${shown} ${value}`);
  }
  if (series.size === 0) return [];
  return [
    `# TYPE ${name} ${type}`,
    ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}`]),
    `# HELP ${name} ${openMetricsValue(help)}`,
    ...series.values(),
  ];
}
