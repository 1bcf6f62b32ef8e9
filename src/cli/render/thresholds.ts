// What a person or a monitor wants to be told of before it is too late. A threshold never changes the verdict.

import type { Description, Report } from '../../core/report.ts';

/** In seconds that are left until the token expires. */
export interface Thresholds {
  /** `--warn-ttl`. */
  readonly warning?: number;
  /** `--min-ttl`, which the checks have judged already; to be shown beside the measured value. */
  readonly critical?: number;
}

/** True for an active token of which less is left than the threshold of warnings. Without exp it never expires. */
export function expiresSoon(report: Description & Partial<Report>, { warning }: Thresholds = {}): boolean {
  const left = report.times?.ttl_seconds;
  return report.verdict === 'active' && warning !== undefined && left !== undefined && left < warning;
}
