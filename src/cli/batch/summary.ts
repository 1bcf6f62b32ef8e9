// What came out of a batch, counted: one line on stderr at its end, and beside the progress bar while it runs.

import type { ExitCode } from '../../core/errors.ts';
import { type Description, isReport, type Report, type Verdict, worstExitCode } from '../../core/report.ts';
import { durationWords } from '../../core/time.ts';

interface Counts {
  verdicts: Partial<Record<Verdict, number>>;
  codes: readonly ExitCode[];
}

/** Counts reports; keeps none. */
export class Tally {
  readonly #counts: Record<'active' | 'inactive' | 'unknown' | 'read' | 'damaged', number> = {
    active: 0,
    inactive: 0,
    unknown: 0,
    read: 0,
    damaged: 0,
  };
  readonly #codes = new Set<ExitCode>();
  readonly #isJudged: boolean;
  #size = 0;

  /** `isJudged`: the reports have verdicts; those of `decode` have none. */
  constructor(isJudged: boolean) {
    this.#isJudged = isJudged;
  }

  get size(): number {
    return this.#size;
  }

  /** The first that occurred of 70, 2, 3, 1, 0 (contract §8). */
  get exitCode(): ExitCode {
    return worstExitCode(this.#codes);
  }

  add(report: Report | Description): void {
    this.#size += 1;
    this.#codes.add(report.exit_code);
    if (this.#isJudged && isReport(report)) this.#counts[report.verdict] += 1;
    else this.#counts[report.exit_code === 0 ? 'read' : 'damaged'] += 1;
  }

  /** Adds what was counted elsewhere. */
  addCounts({ verdicts, codes }: Counts): void {
    for (const verdict of ['active', 'inactive', 'unknown'] as const) {
      this.#counts[verdict] += verdicts[verdict] ?? 0;
      this.#size += verdicts[verdict] ?? 0;
    }
    for (const code of codes) this.#codes.add(code);
  }

  /** `12 active, 3 inactive, 1 unknown`, or `12 read, 3 damaged` where nothing was judged. */
  words(): string {
    const names = this.#isJudged ? (['active', 'inactive', 'unknown'] as const) : (['read', 'damaged'] as const);
    return names.map((name) => `${this.#counts[name]} ${name}`).join(', ');
  }

  /** The counts and how long it took, in milliseconds. */
  line(elapsedMs: number): string {
    const seconds = elapsedMs / 1000;
    return `${this.words()} in ${seconds < 60 ? `${seconds.toFixed(1)} s` : durationWords(seconds)}`;
  }
}
