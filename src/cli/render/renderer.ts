// The shape of a renderer: a report in, text out. Pure; escapes what came from outside; colours after that.

import type { Description, Report } from '../../core/report.ts';
import type { Thresholds } from './thresholds.ts';

/** What a renderer may know of the place its text goes to. */
export interface Surface {
  /** Columns to wrap at; undefined where nothing is wrapped or cut (a pipe, a file). */
  readonly width: number | undefined;
  readonly color: boolean;
  /** A time zone to show besides UTC. */
  readonly timeZone?: string;
  /** Seconds since 1970: when the text is made. Default: the time as of which was judged. */
  readonly now?: number;
  /** What a monitor alerts at. */
  readonly thresholds?: Thresholds;
  /** The command that made the report. */
  readonly command: 'decode' | 'verify' | 'introspect';
}

/** Gives the whole text, ending in a newline. */
export type Renderer = (report: Report | Description, surface: Surface) => string;
