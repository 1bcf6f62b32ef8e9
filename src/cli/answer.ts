// Tokens in, reports out: what decode, verify and introspect share. One token is judged and printed; several are judged
// side by side, printed in the order in which they came, and none is kept longer than that.

import type { ExitCode } from '../core/errors.ts';
import { textMember } from '../core/json.ts';
import { type Description, type Report, worstExitCode } from '../core/report.ts';
import { durationWords, parseDuration } from '../core/time.ts';
import { parseToken } from '../core/token.ts';
import type { Exchange, FetchLike } from '../protocol/http/network.ts';
import { type IntrospectOptions, newMemory } from '../request.ts';
import type { Invocation } from './command.ts';
import type { Connection } from './connection.ts';
import { exchangeLine } from './exchange-line.ts';
import type { Host } from './host.ts';
import { Printer } from './printer.ts';
import type { Settings } from './settings.ts';
import { type StdinClaim, stdinClaim } from './stdin.ts';
import { readTokens, type TokenInput } from './token-input.ts';

export type AnsweringCommand = 'decode' | 'verify' | 'introspect';

/** The question of the library that the command asks. */
export type Judge = (text: string, options: IntrospectOptions) => Promise<Report | Description>;

/** Answers for every token of the command line. @throws TokctlError for what is wrong with the command itself */
export async function answer(invocation: Invocation, command: AnsweringCommand, judge: Judge): Promise<ExitCode> {
  const { arguments: words, settings, host } = invocation;
  const stdin = stdinClaim();
  claimForOptions(settings, stdin);
  const { isBatch, tokens } = await readTokens(words, { settings, host, stdin });
  const prepare = (speaking: Host) =>
    preparedAnswer({ settings, host: speaking, command, judge, stdin: released(stdin), isBatch });
  if (!isBatch) return answerOne(tokens, await prepare(host));
  const { answerBatch } = await import('./batch/batch.ts');
  return answerBatch({ tokens, settings, host, command, prepare });
}

/** Everything that is needed to answer for one token after the other. */
export async function preparedAnswer(asking: Asking): Promise<Prepared> {
  const printer = await Printer.make(asking);
  return { printer, ...(await asker(asking)) };
}

async function answerOne(tokens: AsyncIterable<TokenInput>, { printer, ask, close }: Prepared): Promise<ExitCode> {
  const codes: ExitCode[] = [];
  try {
    for await (const input of tokens) {
      const report = await ask(input);
      codes.push(report.exit_code);
      await printer.print(report);
    }
  } finally {
    close();
  }
  await printer.end();
  return printer.exitCode(worstExitCode(codes));
}

/** An option that reads stdin comes before a token that would be looked for there. */
function claimForOptions(settings: Settings, stdin: StdinClaim): void {
  for (const name of STDIN_OPTIONS) if (settings.text(name) === '-') stdin.claim(`--${name}`);
}

const STDIN_OPTIONS = ['jwks', 'secret', 'client-secret', 'bearer', 'access-token', 'code', 'dpop-proof'];

/** The claims of options were made before: they are not made twice when the options are read. */
const released = (stdin: StdinClaim): StdinClaim => ({ claim: () => {}, isClaimed: () => stdin.isClaimed() });

// ---------------------------------------------------------------- asking

export interface Asking {
  settings: Settings;
  host: Host;
  command: AnsweringCommand;
  judge: Judge;
  stdin: StdinClaim;
  isBatch: boolean;
  /** Keys are at hand, so that no server is asked, and none can want to be asked less. */
  asksNobody?: boolean;
}

export interface Asker {
  ask: (input: TokenInput) => Promise<Report | Description>;
  /** Ends the connections that were kept. */
  close: () => void;
}

export type Prepared = Asker & { printer: Printer };

async function asker(asking: Asking): Promise<Asker> {
  const { settings, host, command, judge, isBatch } = asking;
  if (command === 'decode') return { ask: await reader(asking), close: () => {} };
  // `decode` ends before it needs any of this.
  const { warnOfWeakness } = await import('./connection.ts');
  await warnOfWeakness(settings, host);
  const pace = isBatch && asking.asksNobody !== true ? await heedful(asking) : AT_ONCE;
  const own = {
    memory: newMemory(),
    signal: host.signal,
    ...(saysLittle(settings) ? { brief: true } : {}),
    ...(await onlookers(asking)),
  };
  const { questionFor, close } = await questions(asking, pace, own);
  const ask = async (input: TokenInput): Promise<Report | Description> => {
    const { question, isNow } = await questionFor(input);
    const trusting = isBatch ? question : await trustQuestion(question, input, asking);
    // The questions of a run share everything but the time: a long list is not judged by the clock of its first token.
    const now = isNow ? { now: host.now() / 1000 } : {};
    return pace.run(() => judge(input.text, { ...trusting, ...now, ...ofInput(input) }));
  };
  return { ask, close };
}

/** One flat line a token, or none. A monitor looks at more of the report. */
const saysLittle = (settings: Settings): boolean =>
  ['brief', 'quiet'].some((name) => settings.flag(name)) &&
  settings.text('select') === undefined &&
  settings.text('output') !== 'nagios';

/** How fast is asked: what `watch` gives is looked at for servers that want less, `run` waits for them. */
interface Pace {
  watch: (fetch: FetchLike) => FetchLike;
  run: <T>(ask: () => Promise<T>) => Promise<T>;
}

const AT_ONCE: Pace = { watch: (fetch) => fetch, run: (ask) => ask() };

/** A server that wants to be asked less is obeyed by everyone who asks (contract §6). */
async function heedful({ settings, host }: Asking): Promise<Pace> {
  const [{ RateLimit }, { together }] = await Promise.all([
    import('./batch/rate-limit.ts'),
    import('./batch/together.ts'),
  ]);
  const { limit, longestMs } = { limit: Number(settings.text('concurrency') ?? 8), longestMs: timeoutMs(settings) };
  const says = async (pauseMs: number, status: number): Promise<void> => {
    const wait = `for ${durationWords(Math.ceil(pauseMs / 1000))}`;
    await host.stderr.write(
      `note: the server wants to be asked less (HTTP ${status}): all wait ${wait}, then fewer at a time\n`,
    );
  };
  const onPause = settings.flag('quiet') ? () => {} : says;
  const rateLimit = new RateLimit({ limit, longestMs, onPause, signal: host.signal });
  const watch = (fetch: FetchLike): FetchLike => {
    const watched = rateLimit.watch(fetch);
    return limit > 1 ? together(watched) : watched;
  };
  return { watch, run: (ask) => rateLimit.run(ask) };
}

const timeoutMs = (settings: Settings): number => (parseDuration(settings.text('timeout') ?? '') ?? 10) * 1000;

/** One question for each profile: its files, secrets, cache and connections are opened once, however many tokens pick it. */
async function questions({ settings, host, stdin, isBatch }: Asking, { watch }: Pace, own: Partial<IntrospectOptions>) {
  const [{ questionOf }, { secretReader }] = await Promise.all([import('./question.ts'), import('./secret-source.ts')]);
  const { connect, keptDocuments } = await import('./connection.ts');
  const secrets = secretReader(host, stdin);
  const connections: Connection[] = [];
  const made = async (chosen: Settings) => {
    const question = await questionOf(chosen, { host, stdin, secrets });
    const connection = await connect(chosen, host, isBatch);
    connections.push(connection);
    const kept = await keptDocuments(chosen, host);
    const whole: IntrospectOptions = { ...question, ...own, ...kept, fetch: watch(connection.fetch) };
    return { question: whole, isNow: chosen.text('at') === undefined };
  };
  const known = new Map<string, ReturnType<typeof made>>();
  const isNamed = NAMING.some((name) => settings.get(name) !== undefined);
  const questionFor = ({ text }: TokenInput) => {
    // The token picks its profile only where nobody named an issuer or keys (contract §4.2); else it is not read for that.
    const chosen = isNamed ? settings : settings.forIssuer(() => issuerOf(text));
    const name = chosen === settings ? '' : `profile ${chosen.profile}`;
    const question = known.get(name) ?? made(chosen);
    known.set(name, question);
    return question;
  };
  return { questionFor, close: () => connections.forEach((connection) => void connection.close()) };
}

async function onlookers({ settings, host }: Asking): Promise<Pick<IntrospectOptions, 'observe' | 'onRequest'>> {
  const isVerbose = settings.flag('verbose') && !settings.flag('quiet');
  return {
    ...(isVerbose ? { observe: (exchange: Exchange) => void host.stderr.write(exchangeLine(exchange)) } : {}),
    ...(settings.flag('show-request') ? { onRequest: await requestShower(settings, host) } : {}),
  };
}

/** The options that name an issuer or keys. */
const NAMING = ['issuer', 'jwks', 'key', 'secret'];

const issuerOf = (text: string): string | undefined => textMember(parseToken(text).claims, 'iss');

/** `decode` needs no question: only the time, and the tokens. */
async function reader({ settings, host, judge }: Asking): Promise<Asker['ask']> {
  const { parseTime } = await import('../core/time.ts');
  const at = parseTime(settings.text('at') ?? '');
  return (input) => judge(input.text, { now: at ?? host.now() / 1000, ...ofInput(input) });
}

const ofInput = ({ id, takenFrom }: TokenInput): Pick<IntrospectOptions, 'id' | 'takenFrom'> => ({
  ...(id === undefined ? {} : { id }),
  ...(takenFrom === undefined ? {} : { takenFrom }),
});

/** With a terminal, and nobody named: asked once whether the token's own issuer is to be trusted (contract §4.3). */
async function trustQuestion(
  question: IntrospectOptions,
  { text }: TokenInput,
  { settings, host }: Asking,
): Promise<IntrospectOptions> {
  if (question.trustTokenIssuer === true || isNamed(question)) return question;
  const canAsk = host.stdin.isTTY && host.stderr.isTTY && !settings.flag('quiet') && !settings.flag('offline');
  if (!canAsk) return question;
  const issuer = issuerOf(text);
  const { isHttpUrl } = await import('../judging/trust.ts');
  if (issuer === undefined || !isHttpUrl(issuer)) return question;
  const { escapeText } = await import('../core/escape.ts');
  const typed = await host.ask(
    `this token names the issuer \`${escapeText(issuer)}\`; fetch its keys and trust it for this run? [y/N] `,
  );
  return /^y(?:es)?$/i.test(typed.trim()) ? { ...question, trustTokenIssuer: true } : question;
}

const isNamed = ({ issuer, jwks, jwksUri, key, secret, introspectionEndpoint }: IntrospectOptions): boolean =>
  [issuer, jwks, jwksUri, key, secret, introspectionEndpoint].some((one) => one !== undefined);

async function requestShower(
  settings: Settings,
  { stderr }: Host,
): Promise<NonNullable<IntrospectOptions['onRequest']>> {
  const { curlCommand } = await import('./curl-command.ts');
  return (request, clientAuth) => void stderr.write(`${curlCommand(request, { clientAuth, settings })}\n`);
}
