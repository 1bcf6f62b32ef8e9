// Tokens in, reports out: what decode, verify and introspect share. One token is judged and printed; several are judged
// side by side, printed in the order in which they came, and none is kept longer than that.

import { type ExitCode, TokctlError } from '../core/errors.ts';
import { textMember } from '../core/json.ts';
import { type Description, type Report, worstExitCode } from '../core/report.ts';
import { parseToken } from '../core/token.ts';
import { type IntrospectOptions, newMemory } from '../request.ts';
import type { Invocation } from './command.ts';
import { connect, warnOfWeakness } from './connection.ts';
import { exchangeLine } from './exchange-line.ts';
import { inOrder } from './in-order.ts';
import { Printer } from './printer.ts';
import { type Question, questionOf } from './question.ts';
import { secretReader } from './secret-source.ts';
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
  const printer = await Printer.make({ settings, host, command, isBatch });
  const ask = await asker({ invocation, command, judge, stdin: released(stdin), isBatch, printer });
  const codes = new Set<ExitCode>();
  const concurrency = isBatch ? Number(settings.text('concurrency') ?? 8) : 1;
  try {
    for await (const report of inOrder(tokens, concurrency, ask.one)) {
      codes.add(report.exit_code);
      await printer.print(report);
    }
  } finally {
    ask.close();
  }
  if (isBatch && codes.size === 0) throw noTokens();
  return printer.exitCode(worstExitCode(codes));
}

const noTokens = () =>
  new TokctlError('ERR_TOKEN_MISSING', 'expected tokens, got none: the input is empty', {
    hint: 'one token, or one JSON object with `token` and `id`, a line',
  });

/** An option that reads stdin comes before a token that would be looked for there. */
function claimForOptions(settings: Settings, stdin: StdinClaim): void {
  for (const name of STDIN_OPTIONS) if (settings.text(name) === '-') stdin.claim(`--${name}`);
}

const STDIN_OPTIONS = ['jwks', 'secret', 'client-secret', 'bearer', 'access-token', 'dpop-proof'];

/** The claims of options were made before: they are not made twice when the options are read. */
const released = (stdin: StdinClaim): StdinClaim => ({ claim: () => {}, isClaimed: () => stdin.isClaimed() });

// ---------------------------------------------------------------- asking

interface Asking {
  invocation: Invocation;
  command: AnsweringCommand;
  judge: Judge;
  stdin: StdinClaim;
  isBatch: boolean;
  printer: Printer;
}

interface Asker {
  one: (input: TokenInput) => Promise<Report | Description>;
  close: () => void;
}

async function asker(asking: Asking): Promise<Asker> {
  const { invocation, command, judge } = asking;
  const { settings, host } = invocation;
  if (command === 'decode') {
    const options = await decodeOptions(settings, asking);
    return { one: (input) => judge(input.text, { ...options, ...ofInput(input) }), close: () => {} };
  }
  await warnOfWeakness(settings, host);
  const secrets = secretReader(host, asking.stdin);
  const connection = await connect(settings, host, asking.isBatch);
  const questions = new Map<Settings, Promise<Question>>();
  const memory = newMemory();
  const questionFor = (chosen: Settings): Promise<Question> => {
    const known = questions.get(chosen) ?? questionOf(chosen, { host, stdin: asking.stdin, secrets });
    questions.set(chosen, known);
    return known;
  };
  const one = async (input: TokenInput): Promise<Report | Description> => {
    const issuer = textMember(parseToken(input.text).claims, 'iss');
    const question = await questionFor(settingsFor(settings, issuer));
    const trusting = await trustQuestion(question, issuer, asking);
    return judge(input.text, {
      ...trusting,
      ...ofInput(input),
      fetch: connection.fetch,
      memory,
      signal: host.signal,
      ...(settings.flag('verbose') && !settings.flag('quiet')
        ? { observe: (exchange) => void host.stderr.write(exchangeLine(exchange)) }
        : {}),
      ...(settings.flag('show-request') ? { onRequest: await requestShower(asking) } : {}),
    });
  };
  return { one, close: connection.close };
}

/** The token picks its profile only where nobody named an issuer or keys (contract §4.2). */
function settingsFor(settings: Settings, issuer: string | undefined): Settings {
  const isNamed = ['issuer', 'jwks', 'key', 'secret'].some((name) => settings.get(name) !== undefined);
  return isNamed ? settings : settings.forIssuer(issuer);
}

async function decodeOptions(
  settings: Settings,
  { invocation: { host } }: Asking,
): Promise<Pick<IntrospectOptions, 'now'>> {
  const { parseTime } = await import('../core/time.ts');
  const at = settings.text('at');
  return { now: (at === undefined ? undefined : parseTime(at)) ?? host.now() / 1000 };
}

const ofInput = ({ id, takenFrom }: TokenInput): Pick<IntrospectOptions, 'id' | 'takenFrom'> => ({
  ...(id === undefined ? {} : { id }),
  ...(takenFrom === undefined ? {} : { takenFrom }),
});

/** With a terminal, and nobody named: asked once whether the token's own issuer is to be trusted (contract §4.3). */
async function trustQuestion(
  question: Question,
  issuer: string | undefined,
  { invocation, isBatch }: Asking,
): Promise<Question> {
  const { host, settings } = invocation;
  const named = [
    question.issuer,
    question.jwks,
    question.jwksUri,
    question.key,
    question.secret,
    question.introspectionEndpoint,
  ].some((one) => one !== undefined);
  const cannotAsk =
    !host.stdin.isTTY || !host.stderr.isTTY || settings.flag('quiet') || settings.flag('offline') || isBatch;
  if (named || question.trustTokenIssuer === true || cannotAsk || issuer === undefined) return question;
  const { isHttpUrl } = await import('../judging/trust.ts');
  if (!isHttpUrl(issuer)) return question;
  const { escapeText } = await import('../core/escape.ts');
  const typed = await host.ask(
    `this token names the issuer \`${escapeText(issuer)}\`; fetch its keys and trust it for this run? [y/N] `,
  );
  return /^y(?:es)?$/i.test(typed.trim()) ? { ...question, trustTokenIssuer: true } : question;
}

async function requestShower({ invocation: { host } }: Asking): Promise<NonNullable<IntrospectOptions['onRequest']>> {
  const { curlCommand } = await import('./curl-command.ts');
  return (request, clientAuth) => void host.stderr.write(`${curlCommand(request, clientAuth)}\n`);
}
