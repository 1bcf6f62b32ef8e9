// The tour: tokctl itself, run against each token of the playground, and the protected resource asked with two of them.
// Invariant: it succeeds only if every result is what its stop expects, and says which are not.

import { get } from 'node:http';
import type { PlaygroundFacts } from './playground.ts';
import {
  expanded,
  isResourceStop,
  type ResourceStop,
  TOUR,
  type TokctlStop,
  type TourStop,
  typed,
} from './tour-stops.ts';
import { type Result, summary, verdictOf } from './tour-summary.ts';

/** Runs tokctl in the tour's own environment. */
export interface Tokctl {
  /** As a person would: its output goes where the tour is printed. Gives the exit code. */
  show(argv: readonly string[]): Promise<number>;
  /** Silently, and gives what came on stdout. */
  read(argv: readonly string[]): Promise<string>;
}

export interface TourOptions {
  tokctl: Tokctl;
  print: (text: string) => Promise<void>;
  /** Checked between two stops. */
  signal: AbortSignal;
  stops?: readonly TourStop[];
}

const WIDTH = 80;

/**
 * Makes every stop and prints it, then the summary.
 * @returns true if each result was as expected
 * @throws the reason of `signal` when that aborts
 */
export async function takeTour(facts: PlaygroundFacts, { stops = TOUR, ...options }: TourOptions): Promise<boolean> {
  const results: Result[] = [];
  for (const [index, stop] of stops.entries()) {
    options.signal.throwIfAborted();
    await options.print(`${heading(`${index + 1}/${stops.length}  ${stop.shows}`)}$ ${typed(stop)}\n\n`);
    results.push(
      isResourceStop(stop) ? await askResource(stop, facts, options) : await runTokctl(stop, facts, options),
    );
  }
  await options.print(`${heading('summary')}${summary(results)}`);
  return results.every(({ asExpected }) => asExpected);
}

const heading = (text: string): string => `\n━━ ${text} ${'━'.repeat(Math.max(2, WIDTH - 4 - text.length))}\n`;

async function runTokctl(stop: TokctlStop, facts: PlaygroundFacts, { tokctl, print }: TourOptions): Promise<Result> {
  const argv = expanded(stop.words, facts);
  const exitCode = await tokctl.show(argv);
  await print(`\nexit code ${exitCode}\n`);
  // Once more as JSON, because a verdict is not to be read out of a text made for people.
  const { verdict, reasons } = verdictOf(await tokctl.read([...argv, '-o', 'json']));
  const asExpected =
    exitCode === stop.exitCode && verdict === stop.verdict && (stop.why === undefined || reasons.includes(stop.why));
  const why = stop.why !== undefined && reasons.includes(stop.why) ? stop.why : (reasons[0] ?? '');
  return { what: stop.short, verdict, exit: String(exitCode), why, asExpected };
}

async function askResource(stop: ResourceStop, facts: PlaygroundFacts, { print }: TourOptions): Promise<Result> {
  const [token = ''] = expanded([stop.bearer], facts);
  const { status, text } = await curl(facts.endpoints.resource, token);
  await print(text);
  return { what: stop.short, verdict: `HTTP ${status}`, exit: '', why: '', asExpected: status === stop.status };
}

/** What `curl -i` would print: status line, header lines and body as they came. */
function curl(url: string, token: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const request = get(url, { headers: { Authorization: `Bearer ${token}` }, agent: false }, (response) => {
      const { statusCode: status = 0, statusMessage = '', rawHeaders } = response;
      const lines = [`HTTP/${response.httpVersion} ${status} ${statusMessage}`, ...headerLines(rawHeaders)];
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('error', reject).on('end', () => resolve({ status, text: `${lines.join('\n')}\n\n${body}` }));
    });
    request.on('error', reject);
  });
}

function headerLines(raw: readonly string[]): string[] {
  return raw.flatMap((text, index) => (index % 2 === 0 ? [`${text}: ${raw[index + 1] ?? ''}`] : []));
}
