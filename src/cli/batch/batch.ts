// Several tokens: judged side by side, each asked about once, printed in the order in which they came (contract §3, §6, §7).
// Invariant: no report is kept longer than that; what is over when a person interrupts it is printed. When nobody reads the
// reports any more, no further token is read or asked about, and the exit code is that of the answers until then.

import { hash } from 'node:crypto';
import type { ExitCode } from '../../core/errors.ts';
import { redactor, withoutSignatures } from '../../core/redact.ts';
import { type Description, errorReport, type Report } from '../../core/report.ts';
import { hashWith } from '../../core/token.ts';
import { reportError } from '../../judging/conclusion.ts';
import type { AnsweringCommand, Prepared } from '../answer.ts';
import type { Host, LineSource } from '../host.ts';
import type { Settings } from '../settings.ts';
import type { TokenInput } from '../token-input.ts';
import { askedOnce } from './duplicates.ts';
import { gathering } from './gathering.ts';
import { inOrder } from './in-order.ts';
import { type Progress, startProgress } from './progress.ts';
import { Tally } from './summary.ts';

type Answer = Report | Description;

type Tokens = AsyncIterable<TokenInput>;

export interface Batch {
  tokens: Tokens;
  settings: Settings;
  host: Host;
  command: AnsweringCommand;
  /** What is said while the batch runs goes through the host that is given here. */
  prepare: (host: Host) => Promise<Prepared>;
}

/** Answers for all tokens. @throws TokctlError for what is wrong with the command or its input as a whole */
export async function answerBatch(batch: Batch): Promise<ExitCode> {
  const { settings, host, command, prepare } = batch;
  const startedAt = host.now();
  hashWith((text) => hash('sha256', text));
  const tally = new Tally(command !== 'decode');
  const progress = await startProgress({ settings, host });
  const gathered = gathering({ stdout: host.stdout, stderr: progress.stderr });
  const { stdout, stderr } = gathered;
  const prepared = await prepare({ ...host, stdout, stderr }).catch((error: unknown) => {
    progress.stop();
    throw error;
  });
  const { printer, close } = prepared;
  let next: number | undefined;
  try {
    const { tokens, groups } = await listOf(batch);
    next =
      groups === undefined
        ? await oneByOne({ ...batch, tokens, ...prepared, tally, progress })
        : await (await import('./threads.ts')).spread({ groups, settings, host, tally, progress });
    await printer.end();
  } finally {
    progress.stop();
    close();
    await gathered.flush();
  }
  if (!settings.flag('quiet')) await host.stderr.write(lastLine(tally, { next, host, startedAt }));
  return host.signal.aborted ? 130 : printer.exitCode(tally.exitCode);
}

/** The tokens; or the lines of a list that is long enough for several threads, where each is judged without any server. */
async function listOf({ tokens, settings, host, command }: Batch): Promise<{ tokens: Tokens; groups?: LineSource }> {
  const from = settings.text('from');
  if (from === undefined || command !== 'verify' || host.threads === undefined) return { tokens };
  const { canSpread, lookAhead } = await import('./threads.ts');
  if (!(await canSpread({ settings, host }))) return { tokens };
  const { announceShard, batchTokens, lineGroups } = await import('./batch-lines.ts');
  const { isLong, groups } = await lookAhead(lineGroups({ from, host }));
  const lineGroupsAgain = (): LineSource => groups;
  const begun = {
    ...host,
    stdin: { ...host.stdin, lineGroups: lineGroupsAgain },
    files: { ...host.files, lineGroups: lineGroupsAgain },
  };
  if (!isLong) return { tokens: batchTokens({ from, settings, host: begun }) };
  await announceShard({ settings, host });
  return { tokens, groups };
}

type OneByOne = Batch & Prepared & { tally: Tally; progress: Progress };

/** So many answers are given without a look at signals, which are heard between two turns of the event loop only. */
const TURN = 64;
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Gives the number of the first line without an answer, where it ended early. */
async function oneByOne({ tokens, settings, host, command, printer, ask, tally, progress }: OneByOne) {
  const open = new OpenLines();
  // What asks nobody is done again sooner than it is looked up.
  const once = command === 'introspect' ? askedOnce(ask) : ask;
  const work = async (input: TokenInput): Promise<Line> => {
    open.add(input);
    return { input, answer: await answerTo(input, once) };
  };
  const limit = Number(settings.text('concurrency') ?? 8);
  for await (const { input, answer } of inOrder(tokens, work, { limit, signal: host.signal })) {
    open.remove(input);
    tally.add(answer);
    await printer.print(answer);
    progress.update(tally.size, () => tally.words());
    if (host.stdout.isClosed === true) break;
    if (tally.size % TURN === 0) await nextTurn();
  }
  return isCutShort(host) ? open.first() : undefined;
}

/** The answer for a line: that of its token with the id of the line, or what is wrong with the line. */
export async function answerTo(input: TokenInput, ask: (input: TokenInput) => Promise<Answer>): Promise<Answer> {
  const { fault } = input;
  return ofLine(input, fault === undefined ? await ask(withoutId(input)) : errorReport(reportError(fault)));
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
  next: number | undefined;
  host: Host;
  startedAt: number;
}

const isCutShort = ({ signal, stdout }: Host): boolean => signal.aborted || stdout.isClosed === true;

function lastLine(tally: Tally, { next, host, startedAt }: Ending): string {
  const counted = tally.line(Math.max(0, host.now() - startedAt));
  if (!isCutShort(host)) return `${counted}\n`;
  const early = host.signal.aborted ? 'interrupted' : 'stdout was closed';
  return `${early}: ${counted}${next === undefined ? '' : `; the first line without an answer is line ${next}`}\n`;
}
