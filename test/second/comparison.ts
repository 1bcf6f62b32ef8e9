// Two judges of the same tokens and keys: tokctl, whole and its signature alone, and jwcrypto of Python. Where they differ,
// the deed stands in `DIFFERENCES` with the reason, and the reason is seen in the report; any other difference is a fault.

import { spawn } from 'node:child_process';
import type { Report, verify } from '../../src/index.ts';
import { ISSUER, NOW } from '../library/keys.ts';
import type { Case } from './cases.ts';
import { DIFFERENCES } from './differences.ts';

export interface Judges {
  verify: typeof verify;
  /** A Python in which jwcrypto is. */
  python: string;
  /** The program of the second judge. */
  script: string;
}

export interface Comparison {
  accepted: number;
  refused: number;
  /** How often each listed difference was seen. */
  listed: ReadonlyMap<string, number>;
  /** What must not be, each with its token and key. */
  faults: readonly string[];
}

/** Asks both about every case. */
export async function compare(cases: readonly Case[], { verify: ask, ...second }: Judges): Promise<Comparison> {
  const theirs = await answersOf(cases, second);
  const listed = new Map<string, number>();
  const faults: string[] = [];
  let accepted = 0;
  for (const [at, one] of cases.entries()) {
    const seen = { one, report: await judged(one, ask), theirs: theirs[at]?.accepts === true };
    const fault = faultOf(seen);
    if (fault !== undefined)
      faults.push(`${fault}: ${JSON.stringify({ ...one, theirs: theirs[at], checks: refusals(seen.report) })}`);
    else if (isAccepted(seen.report) !== seen.theirs) listed.set(one.deed, (listed.get(one.deed) ?? 0) + 1);
    if (isAccepted(seen.report)) accepted += 1;
  }
  return { accepted, refused: cases.length - accepted, listed, faults };
}

// ---------------------------------------------------------------- the first judge

const isAccepted = ({ verdict }: Report): boolean => verdict === 'active';

/** What tokctl says of the case: issuer, times and claims are sound, so that the signature and its key alone decide. */
export function judged({ token, key, alg }: Case, ask: typeof verify): Promise<Report> {
  const common = { issuer: ISSUER, now: NOW };
  const secret = Buffer.from(String(key['k'] ?? ''), 'base64url').toString();
  return ask(
    token,
    alg.startsWith('HS') ? { ...common, secret } : { ...common, jwks: JSON.stringify({ keys: [key] }) },
  );
}

/** The failed checks, each with its finding. */
const refusals = ({ checks }: Report): string[] =>
  checks
    .filter(({ outcome }) => outcome === 'failed')
    .map(({ name, finding }) => (finding === undefined ? name : `${name} ${finding}`));

interface Seen {
  one: Case;
  report: Report;
  theirs: boolean;
}

/** What is wrong with the two verdicts, if anything is. */
function faultOf({ one: { deed, alg, good }, report, theirs }: Seen): string | undefined {
  const ours = isAccepted(report);
  if (ours !== good) return `tokctl ${ours ? 'accepts' : 'refuses'} what it must not`;
  if (ours === theirs) return undefined;
  const difference = DIFFERENCES[deed];
  if (difference === undefined || difference.for?.(alg) === false) return 'a difference that is not listed';
  return refusals(report).includes(difference.refusal)
    ? undefined
    : 'a difference for another reason than the listed one';
}

// ---------------------------------------------------------------- the second judge

interface Answer {
  accepts: boolean;
  because?: string;
}

/** One process for all of them. */
async function answersOf(cases: readonly Case[], { python, script }: Omit<Judges, 'verify'>): Promise<Answer[]> {
  const child = spawn(python, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.on('error', () => undefined);
  child.stdin.end(cases.map(({ token, key }) => `${JSON.stringify({ token, key })}\n`).join(''));
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  const lines = text.split('\n').filter((line) => line !== '');
  const answers = lines.map((line): Answer => JSON.parse(line));
  if (code !== 0 || answers.length !== cases.length)
    throw new Error(`jwcrypto ended with ${code} after ${answers.length} of ${cases.length} answers`);
  return answers;
}
