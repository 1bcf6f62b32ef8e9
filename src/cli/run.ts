// One run: words in, exit code out (contract §8). Every failure ends here and nowhere else, said once and redacted.

import { type ExitCode, TokctlError } from '../core/errors.ts';
import { VERSION } from '../core/version.ts';
import type { Host } from './host.ts';
import { type Parsed, readPlainWords } from './words.ts';

/** What is known of the output before a command has ended, so that its failure can be told in the same form. */
interface Telling {
  asJson: 'json' | 'ndjson' | undefined;
  asNagios: boolean;
  quiet: boolean;
}

/** Runs one command. `argv` has neither node nor the script. Never throws. */
export async function run(argv: readonly string[], host: Host): Promise<ExitCode> {
  const telling: Telling = { asJson: undefined, asNagios: asksForNagios(argv, host), quiet: false };
  try {
    if (asksForVersion(argv)) return await tellVersion(host);
    const parsed = readPlainWords(argv) ?? (await readByCommander(argv, host));
    if (typeof parsed === 'number') return parsed;
    return await invoke(parsed, host, telling);
  } catch (error) {
    return await fail(error, host, telling);
  }
}

/**
 * Before the words are read: a monitor must not take a command line that cannot be read for a bad token, and that is what
 * exit code 2 says to it. A guess, which the settings correct.
 */
function asksForNagios(argv: readonly string[], { env }: Host): boolean {
  const words = argv.join('\n');
  const typed = /^(?:-o|--output)[=\n]?(\S*)$|^--json$/m.exec(words);
  return typed === null ? env['TOKCTL_OUTPUT'] === 'nagios' : typed[1] === 'nagios';
}

/** What scripts ask most often needs no commander; bin/tokctl.js answers it sooner still, and a binary has none of that. */
const asksForVersion = ([word, ...more]: readonly string[]): boolean =>
  more.length === 0 && (word === '--version' || word === '-V');

async function tellVersion({ stdout }: Host): Promise<ExitCode> {
  await stdout.write(`${VERSION}\n`);
  return 0;
}

const readByCommander = async (argv: readonly string[], host: Host): Promise<Parsed | ExitCode> =>
  (await import('./program.ts')).parseWords(argv, host);

async function invoke(parsed: Parsed, host: Host, telling: Telling): Promise<ExitCode> {
  const { command, words, flags } = parsed;
  // Before anything else is looked at: a wrong variable or profile is told in the form that the flags ask for.
  const output = flags.get('json') === true ? 'json' : flags.get('output');
  if (output === 'json' || output === 'ndjson') telling.asJson = output;
  telling.quiet = flags.get('quiet') === true;
  const { resolveSettings } = await import('./resolve.ts');
  const settings = await resolveSettings(parsed, host);
  const chosen = settings.flag('json') ? 'json' : settings.text('output');
  telling.asJson = chosen === 'json' || chosen === 'ndjson' ? chosen : undefined;
  telling.asNagios = chosen === 'nagios';
  telling.quiet = settings.flag('quiet');
  const action = await command.load();
  return await action({ arguments: words, settings, host });
}

async function fail(error: unknown, host: Host, telling: Telling): Promise<ExitCode> {
  if (host.signal.aborted) return 130;
  const { tellFailure } = await import('./failure.ts');
  return tellFailure(error instanceof TokctlError ? error : bug(error), host, telling);
}

/** Something that must not happen. The message is that of the fault; a stack trace would show what was worked on. */
function bug(error: unknown): TokctlError {
  const plain = (word: unknown): string => (/^\w{1,64}$/.test(String(word)) ? String(word) : 'of no name');
  const name = error instanceof Error ? plain(error.name) : typeof error;
  const code = error instanceof Error && 'code' in error ? ` ${plain(error.code)}` : '';
  return new TokctlError('ERR_INTERNAL', `tokctl met a fault of its own (${name}${code})`, {
    hint: 'report it with the command you typed, without the token, and the output of tokctl --version',
    cause: error,
  });
}
