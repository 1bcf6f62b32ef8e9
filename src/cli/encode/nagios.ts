// The one line of a monitoring plugin (Monitoring Plugins Development Guidelines): `TOKCTL STATE - text | performance data`.
// Invariant: one line, and its first `|` is the one before the performance data.

import { escapeText } from '../../core/escape.ts';

export type State = 'OK' | 'WARNING' | 'CRITICAL' | 'UNKNOWN';

/** The whole line, begun alike by every command, so that one rule of a monitor fits all of them. */
export const pluginLine = (state: State, text: string, performance: readonly Performance[] = []): string =>
  `TOKCTL ${state} - ${nagiosText(text)}${performanceData(performance)}\n`;

/** Text from outside, without what would begin the performance data or a second line. */
export const nagiosText = (text: string): string => escapeText(text).replaceAll('|', '\\u{7c}');

export interface Performance {
  /** Of the program: letters, digits and `_`. */
  label: string;
  value: number;
  unit?: 's' | 'ms';
  /** Ranges as the guidelines have them: `900:` alerts below 900. */
  warning?: string;
  critical?: string;
  minimum?: number;
}

/** ` | ttl=2520s;900:;300: latency=12.3ms`, or nothing where there is nothing to measure. */
export function performanceData(all: readonly Performance[]): string {
  const shown = all.filter(({ value }) => Number.isFinite(value) && Math.abs(value) < 1e15).map(performance);
  return shown.length === 0 ? '' : ` | ${shown.join(' ')}`;
}

function performance({ label, value, unit, warning = '', critical = '', minimum }: Performance): string {
  const fields = [warning, critical, minimum === undefined ? '' : decimal(minimum)];
  return `${label}=${decimal(value)}${unit ?? ''};${fields.join(';')}`.replace(/;+$/, '');
}

/** Without an exponent, which the guidelines do not know. */
const decimal = (value: number): string => value.toFixed(3).replace(/\.?0+$/, '');
