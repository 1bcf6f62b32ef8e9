// Lines of monitoring plugins as a monitor reads them: by Monitoring::Plugin for Perl (Debian: libmonitoring-plugin-perl).

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

export interface ReadPerformance {
  readonly label: string;
  readonly value: number;
  readonly uom: string;
  readonly warning?: string;
  readonly critical?: string;
  readonly min?: string;
  readonly max?: string;
  /** What the thresholds of the line say of its value. */
  readonly state: string;
}

export interface ReadLine {
  /** What stands before the first bar. */
  readonly text: string;
  readonly performance: readonly ReadPerformance[];
}

export const hasPluginReader = spawnSync('perl', ['-MMonitoring::Plugin', '-MJSON::PP', '-e', '1']).status === 0;

/** One process for all of them: it takes longer to start than to read. */
export function readPluginLines(lines: readonly string[]): ReadLine[] {
  const { status, stdout, stderr } = spawnSync('perl', [join(import.meta.dirname, 'plugin-output.pl')], {
    input: JSON.stringify(lines),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`perl ended with ${status}: ${stderr}`);
  return JSON.parse(stdout);
}
