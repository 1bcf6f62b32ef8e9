// What a thread of a batch does (threads.ts): reads the settings of the command line once more, and judges the pieces of the
// list that it is given. It writes nothing by itself.

import { hash } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import { TokctlError } from '../../core/errors.ts';
import { isReport, type Verdict } from '../../core/report.ts';
import { hashWith } from '../../core/token.ts';
import { verify } from '../../verify.ts';
import { preparedAnswer } from '../answer.ts';
import type { Host, OutputStream } from '../host.ts';
import { parseWords } from '../program.ts';
import { resolveSettings } from '../resolve.ts';
import { stdinClaim } from '../stdin.ts';
import { type Parsed, readPlainWords } from '../words.ts';
import { answerTo } from './batch.ts';
import { lineReader, noteOf } from './batch-lines.ts';
import type { Piece, PieceResult } from './threads.ts';

/** Judges each piece that comes, and sends back what came out of it. `argv` has neither node nor the script. */
export function serve(argv: readonly string[], host: Host): void {
  hashWith((text) => hash('sha256', text));
  const judging = judge(argv, host);
  parentPort?.on('message', async (piece: Piece) => {
    const judgePiece = await judging;
    parentPort?.postMessage(await judgePiece(piece).catch(faulty));
  });
}

const NOTHING: PieceResult = { stdout: '', stderr: '', verdicts: {}, codes: [] };

/** What is wrong with the command itself was told before a thread began; a fault of the program is told by the first thread. */
function faulty(error: unknown): PieceResult {
  if (!(error instanceof TokctlError)) throw error;
  const { code, message, hint } = error;
  return { ...NOTHING, fault: { code, message, hint } };
}

async function judge(argv: readonly string[], host: Host) {
  const parsed = readPlainWords(argv) ?? ((await parseWords(argv, host)) as Parsed);
  const written = { stdout: '', stderr: '' };
  const settings = await resolveSettings(parsed, host);
  const stream = (name: keyof typeof written): OutputStream => ({
    isTTY: false,
    columns: undefined,
    write: async (text) => {
      written[name] += text;
    },
  });
  const own = { ...host, stdout: stream('stdout'), stderr: stream('stderr') };
  const { printer, ask } = await preparedAnswer({
    settings,
    host: own,
    command: 'verify',
    judge: verify,
    stdin: stdinClaim(),
    isBatch: true,
    asksNobody: true,
  });
  const readLine = lineReader({ settings, host });
  return async ({ lines, first }: Piece): Promise<PieceResult> => {
    Object.assign(written, { stdout: '', stderr: '' });
    const verdicts: Partial<Record<Verdict, number>> = {};
    const codes = new Set<PieceResult['codes'][number]>();
    const inputs = lines.map((line, index) => readLine(line, first + index)).filter((input) => input !== undefined);
    const note = inputs.map(noteOf).find((words) => words !== undefined);
    for (const answer of await Promise.all(inputs.map((input) => answerTo(input, ask)))) {
      if (isReport(answer)) verdicts[answer.verdict] = (verdicts[answer.verdict] ?? 0) + 1;
      codes.add(answer.exit_code);
      await printer.print(answer);
    }
    return { ...written, verdicts, codes: [...codes], ...(note === undefined ? {} : { note }) };
  };
}
