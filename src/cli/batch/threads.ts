// A long list of tokens that asks nobody anything, on all processors: each thread is the same program with the same
// settings, which judges pieces of the list and gives back what is to be printed (docs/scale.md).
// Invariant: what comes out is what one thread would print, in the same order, with the same exit code.

import { type ExitCode, TokctlError } from '../../core/errors.ts';
import type { Verdict } from '../../core/report.ts';
import type { Host, LineSource, Thread } from '../host.ts';
import type { Settings } from '../settings.ts';
import { noTokens } from './batch-lines.ts';
import { inOrder } from './in-order.ts';
import type { Progress } from './progress.ts';
import type { Tally } from './summary.ts';

/** A piece of the list: some lines. */
export interface Piece {
  lines: readonly string[];
  /** The number of its first line, from 1. */
  first: number;
}

/** What came out of a piece. Plain data: it crosses from one thread to another. */
export interface PieceResult {
  stdout: string;
  stderr: string;
  verdicts: Partial<Record<Verdict, number>>;
  codes: readonly ExitCode[];
  /** What was stripped from a line, in words, for the first such line. */
  note?: string;
  /** A fault that ends the run. */
  fault?: { code: TokctlError['code']; message: string; hint: string };
}

/** Options whose text may be in a place that can be read once only. */
const FOR_ONE_THREAD = ['secret', 'access-token', 'dpop-proof', 'code'];

/**
 * Lines of a piece. They are judged side by side, because a processor is quicker at many signatures and then many reports
 * than at one after the other in turns; the text of many more reports is long, and costs memory.
 */
const MOST_LINES = 16;

/** Fewer characters than this at once are judged before a thread has begun. */
const WORTH_IT = 40_000;

/** True where each token is judged by itself, without any server, and its report is a line of its own. */
export async function canSpread({ settings, host }: { settings: Settings; host: Host }): Promise<boolean> {
  if (threadsFor({ settings, host }) < 2) return false;
  if (FOR_ONE_THREAD.some((name) => settings.get(name) !== undefined)) return false;
  const output = settings.flag('json') ? 'json' : settings.text('output');
  const isLines = output === 'json' || output === 'ndjson' || ['brief', 'quiet'].some((name) => settings.flag(name));
  if (!isLines && settings.text('select') === undefined) return false;
  const given = settings.text('jwks') ?? settings.text('key') ?? '';
  // A thread reads the keys for itself, which a pipe does not allow.
  return given.trimStart().startsWith('{') || (await host.files.facts(given))?.isFile === true;
}

const threadsFor = ({ settings, host }: { settings: Settings; host: Host }): number =>
  Math.min(Number(settings.text('concurrency') ?? 8), host.threads?.most() ?? 1);

/** Looks at the first lines: `isLong` when so many came at once that threads are worth their beginning. */
export async function lookAhead(source: LineSource): Promise<{ isLong: boolean; groups: LineSource }> {
  const groups = source[Symbol.asyncIterator]();
  const first = await groups.next();
  const length = first.done === true ? 0 : first.value.reduce((sum, line) => sum + line.length, 0);
  const all = async function* (): AsyncGenerator<string[]> {
    if (first.done !== true) yield first.value;
    yield* { [Symbol.asyncIterator]: () => groups };
  };
  return { isLong: length >= WORTH_IT, groups: all() };
}

export interface Spreading {
  groups: LineSource;
  settings: Settings;
  host: Host;
  tally: Tally;
  progress: Progress;
}

/** Judges all of it. Gives the number of the first line without an answer, where it ended early. */
export async function spread({ groups, settings, host, tally, progress }: Spreading): Promise<number | undefined> {
  const count = threadsFor({ settings, host });
  const threads = new Team(host, count);
  let next = 1;
  let isNoted = settings.flag('quiet');
  try {
    for await (const { result, piece } of inOrder(pieces(groups), (piece) => threads.judge(piece), {
      limit: count * 2,
      signal: host.signal,
    })) {
      // Interrupted, a piece may be missing here: whoever goes on from its first line gets those after it again.
      if (piece.first !== next) break;
      const { stdout, stderr, note, fault } = result;
      if (note !== undefined && !isNoted) await progress.stderr.write(note);
      isNoted ||= note !== undefined;
      if (stdout !== '') await host.stdout.write(stdout);
      if (stderr !== '') await progress.stderr.write(stderr);
      tally.addCounts(result);
      progress.update(tally.size, () => tally.words());
      if (fault !== undefined) throw new TokctlError(fault.code, fault.message, { hint: fault.hint });
      next += piece.lines.length;
      if (host.stdout.isClosed === true) return next;
    }
  } finally {
    threads.stop();
  }
  return host.signal.aborted ? next : undefined;
}

async function* pieces(groups: LineSource): AsyncGenerator<Piece> {
  let first = 1;
  let some = false;
  for await (const lines of groups) {
    some ||= lines.some((line) => line.trim() !== '');
    for (let at = 0; at < lines.length; at += MOST_LINES)
      yield { lines: lines.slice(at, at + MOST_LINES), first: first + at };
    first += lines.length;
  }
  if (!some) throw noTokens();
}

/** Threads that take turns: each does what it was given in that order. */
class Team {
  readonly #threads: Thread[];
  #turn = 0;

  constructor({ threads }: Host, count: number) {
    this.#threads = threads === undefined ? [] : Array.from({ length: count }, () => threads.start());
  }

  async judge(piece: Piece): Promise<{ result: PieceResult; piece: Piece }> {
    const thread = this.#threads[this.#turn % this.#threads.length];
    this.#turn += 1;
    const result = (await thread?.run(piece)) as PieceResult;
    return { result, piece };
  }

  stop(): void {
    for (const thread of this.#threads) thread.stop();
  }
}
