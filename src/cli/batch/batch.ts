// Several tokens: judged side by side, each asked about once, printed in the order in which they came (contract §3, §6, §7).
// Invariant: no report is kept longer than that; what is over when a person interrupts it is printed. When nobody reads the
// reports any more, no further token is read or asked about, and the exit code is that of the answers until then.

import type { ExitCode } from '../../core/errors.ts';
import { redactor, withoutSignatures } from '../../core/redact.ts';
import { type Description, errorReport, type Report } from '../../core/report.ts';
import { reportError } from '../../judging/conclusion.ts';
import type { Host } from '../host.ts';
import type { Printer } from '../printer.ts';
import type { Settings } from '../settings.ts';
import type { TokenInput } from '../token-input.ts';
import { askedOnce } from './duplicates.ts';
import { inOrder } from './in-order.ts';
import { startProgress } from './progress.ts';
import { Tally } from './summary.ts';

type Answer = Report | Description;

export interface Batch {
  tokens: AsyncIterable<TokenInput>;
  settings: Settings;
  host: Host;
  /** The reports have verdicts; those of `decode` have none. */
  isJudged: boolean;
  /** What is said while the batch runs goes through the host that is given here. */
  prepare: (host: Host) => Promise<{
    printer: Printer;
    ask: (input: TokenInput) => Promise<Answer>;
    close: () => void;
  }>;
}

/** Answers for all tokens. @throws TokctlError for what is wrong with the command or its input as a whole */
export async function answerBatch({ tokens, settings, host, isJudged, prepare }: Batch): Promise<ExitCode> {
  const startedAt = host.now();
  const tally = new Tally(isJudged);
  const open = new OpenLines();
  const progress = await startProgress({ settings, host });
  const { printer, ask, close } = await prepare({ ...host, stderr: progress.stderr }).catch((error: unknown) => {
    progress.stop();
    throw error;
  });
  // What asks nobody is done again sooner than it is looked up.
  const once = isJudged ? askedOnce(ask) : ask;
  const work = async (input: TokenInput): Promise<Line> => {
    open.add(input);
    const { fault } = input;
    const answer = fault === undefined ? await once(withoutId(input)) : errorReport(reportError(fault));
    return { input, answer: ofLine(input, answer) };
  };
  const limit = Number(settings.text('concurrency') ?? 8);
  try {
    for await (const { input, answer } of inOrder(tokens, work, { limit, signal: host.signal })) {
      open.remove(input);
      tally.add(answer);
      await printer.print(answer);
      progress.update(tally.size, tally.words());
      if (host.stdout.isClosed) break;
    }
    await printer.end();
  } finally {
    progress.stop();
    close();
  }
  if (!settings.flag('quiet')) await host.stderr.write(lastLine(tally, { open, host, startedAt }));
  return host.signal.aborted ? 130 : printer.exitCode(tally.exitCode);
}

interface Line {
  input: TokenInput;
  answer: Answer;
}

/** What the answer depends on: the id is of the line, and the token may stand on others too. */
const withoutId = ({ text, takenFrom }: TokenInput): TokenInput => ({
  text,
  ...(takenFrom === undefined ? {} : { takenFrom }),
});

/** The report of a line: with its own id, in which nobody may hide the token. */
function ofLine({ text, id }: TokenInput, answer: Answer): Answer {
  if (id === undefined) return answer;
  const hide = redactor([], [text]);
  const { schema, ...rest } = answer;
  return { schema, id: withoutSignatures(hide(id)), ...rest };
}

/** The lines that were begun and not printed, by number; as many as are under way or held. */
class OpenLines {
  readonly #numbers = new Set<number>();
  #last: number | undefined;

  add({ line }: TokenInput): void {
    if (line === undefined) return;
    this.#numbers.add(line);
    this.#last = line;
  }

  remove({ line }: TokenInput): void {
    if (line !== undefined) this.#numbers.delete(line);
  }

  /** Where somebody goes on who was interrupted: everything before it was printed. */
  first(): number | undefined {
    if (this.#numbers.size > 0) return Math.min(...this.#numbers);
    return this.#last === undefined ? undefined : this.#last + 1;
  }
}

interface Ending {
  open: OpenLines;
  host: Host;
  startedAt: number;
}

function lastLine(tally: Tally, { open, host, startedAt }: Ending): string {
  const counted = tally.line(Math.max(0, host.now() - startedAt));
  const early = host.signal.aborted ? 'interrupted' : host.stdout.isClosed ? 'stdout was closed' : undefined;
  if (early === undefined) return `${counted}\n`;
  const next = open.first();
  return `${early}: ${counted}${next === undefined ? '' : `; the first line without an answer is line ${next}`}\n`;
}
