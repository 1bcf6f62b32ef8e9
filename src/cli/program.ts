// Words to a command with its flags, by commander. Nothing typed is repeated in a message if it could be a token.

import { Command as Commander, CommanderError, Option } from 'commander';
import { type ExitCode, TokctlError } from '../core/errors.ts';
import { escapeText } from '../core/escape.ts';
import { VERSION } from '../core/version.ts';
import type { Command } from './command.ts';
import { COMMANDS } from './commands/index.ts';
import type { Host } from './host.ts';
import { OPTIONS, type OptionDefinition, type OptionGroup } from './options.ts';
import type { RawValue } from './settings.ts';
import { commandNamed, optionsOf, type Parsed } from './words.ts';

const GROUP_HEADINGS: Readonly<Record<OptionGroup, string>> = {
  trust: 'Keys and trust:',
  expectation: 'What you expect of the token:',
  introspection: 'Introspection:',
  client: 'Client authentication:',
  network: 'Network:',
  output: 'Output:',
  batch: 'Several tokens:',
  keys: 'Keys:',
  check: 'Checks:',
  doctor: 'Doctor:',
  demo: 'Playground:',
  general: 'General:',
};

/**
 * Reads the words of a command line. Help and version are printed here and give an exit code.
 * @throws TokctlError ERR_USAGE
 */
export async function parseWords(argv: readonly string[], host: Host): Promise<Parsed | ExitCode> {
  let parsed: Parsed | undefined;
  const told = { out: '', err: '' };
  const program = buildProgram({ host, told, commands: commandsFor(argv), onCommand: (found) => (parsed = found) });
  try {
    await program.parseAsync(withDashedTokensLast(argv), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0 && error.code !== 'commander.help') throw usageError(error, argv);
    await host.stdout.write(told.out);
    await host.stderr.write(told.err);
    // Without a command nothing was done: a script whose command is empty must not go on as if it were good.
    return error.code === 'commander.help' ? 2 : 0;
  }
  return parsed ?? 2;
}

/** The one that is called, because making all of them with their options takes longer than most answers; else all. */
function commandsFor([word]: readonly string[]): readonly Command[] {
  const called = commandNamed(word);
  return called === undefined ? COMMANDS : [called];
}

/**
 * One opaque token in 64 begins with a dash, and would be read as options: such a word is put behind `--`, as a careful
 * person would have put it.
 */
function withDashedTokensLast(argv: readonly string[]): string[] {
  const end = argv.indexOf('--') < 0 ? argv.length : argv.indexOf('--');
  const isDashed = (word: string, at: number) =>
    at < end && looksLikeToken(word) && !takesValue(argv[at - 1] ?? '') && takesTokens(argv);
  const dashed = argv.filter(isDashed);
  if (dashed.length === 0) return [...argv];
  const rest = argv.slice(0, end).filter((word, at) => !isDashed(word, at));
  return [...rest, '--', ...dashed, ...argv.slice(end + 1)];
}

/** A dash, and then too much of too many kinds for options written together; no option has a capital letter in its name. */
const looksLikeToken = (word: string): boolean =>
  /^-(?:(?!-)[\w.~+/=-]{19,}|-[\w.~+/-]{18,})$/.test(word) && [/[a-z]/, /[A-Z]/, /\d/].every((kind) => kind.test(word));

const takesValue = (word: string): boolean =>
  OPTIONS.some(({ name, short, kind }) => kind !== 'flag' && (word === `--${name}` || word === `-${short}`));

const takesTokens = ([word]: readonly string[]): boolean =>
  commandNamed(word)?.parameters?.some(({ spelling }) => spelling === '[token...]') === true;

interface Building {
  host: Host;
  told: { out: string; err: string };
  commands: readonly Command[];
  onCommand: (parsed: Parsed) => void;
}

function buildProgram({ host, told, commands, onCommand }: Building): Commander {
  const program = new Commander('tokctl')
    .description('What is this OAuth 2.0 token, is it good, and if not, why?')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand(false)
    .exitOverride()
    .configureHelp({ minWidthToWrap: 20 })
    .showSuggestionAfterError(true)
    .configureOutput({
      writeOut: (text) => {
        told.out += text;
      },
      writeErr: (text) => {
        told.err += text;
      },
      outputError: () => {},
      getOutHelpWidth: () => helpWidth(host),
      getErrHelpWidth: () => helpWidth(host),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .addHelpText('after', OVERVIEW);
  for (const command of commands) program.addCommand(subcommand(command, program, onCommand));
  return program;
}

const helpWidth = ({ stdout, env }: Host): number => {
  const columns = stdout.columns ?? Number(env['COLUMNS'] ?? 80);
  return Number.isFinite(columns) && columns >= 40 ? Math.min(columns, 120) : 80;
};

const OVERVIEW = `
Exit codes: 0 active, 1 a definite no, 2 wrong command, 3 no answer to be had.
Try it without a server of your own: tokctl demo --tour
What a word means: tokctl explain <word>`;

function subcommand(command: Command, program: Commander, onCommand: Building['onCommand']): Commander {
  const built = new Commander(command.name)
    .description(command.summary)
    .copyInheritedSettings(program)
    .addHelpOption(new Option('-h, --help', 'show help').helpGroup(GROUP_HEADINGS.general))
    .allowExcessArguments(false);
  if (command.alias !== undefined) built.alias(command.alias);
  for (const { spelling, help } of command.parameters ?? []) built.argument(spelling, help);
  for (const option of optionsOf(command)) built.addOption(commanderOption(option));
  const examples = (command.examples ?? []).map(([line, says]) => `  # ${says}\n  ${line}`);
  if (examples.length > 0) built.addHelpText('after', `\nExamples:\n${examples.join('\n\n')}`);
  return built.action((..._given: unknown[]) => {
    onCommand({ command, words: built.args, flags: flagsOf(built, command) });
  });
}

function commanderOption(option: OptionDefinition): Option {
  const { name, short, kind, help, choices } = option;
  const flag = `${short === undefined ? '' : `-${short}, `}--${name}`;
  const value = kind === 'flag' ? '' : ` ${option.placeholder ?? `<${PLACEHOLDERS[kind] ?? kind}>`}`;
  const which = choices !== undefined && choices.length <= 8 ? `: ${choices.join(', ')}` : '';
  const standard = option.default === undefined ? '' : ` (default: ${option.default})`;
  const built = new Option(flag + value, `${help}${which}${standard}`).helpGroup(GROUP_HEADINGS[option.group]);
  if (kind === 'list' || kind === 'texts') built.argParser((text, before: string[] = []) => [...before, text]);
  return built;
}

const PLACEHOLDERS: Readonly<Record<string, string>> = { keys: 'url|file|-', integer: 'n' };

function flagsOf(built: Commander, command: Command): Map<string, RawValue> {
  const flags = new Map<string, RawValue>();
  for (const { name } of optionsOf(command)) {
    const value = built.getOptionValue(camelCase(name)) as RawValue | undefined;
    if (value !== undefined) flags.set(name, value);
  }
  return flags;
}

const camelCase = (name: string): string => name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());

// ---------------------------------------------------------------- what was typed wrongly

/** A word that is safe to repeat: a flag or a command as people type them, and no token. */
const isPlainWord = (word: string): boolean => /^(?:--?[a-z][a-z-]{0,30}|[a-z][a-z-]{0,30})$/i.test(word);

function usageError(error: CommanderError, argv: readonly string[]): TokctlError {
  const [line = '', ...rest] = error.message.replace(/^error: /, '').split('\n');
  const quoted = /'([^']*)'/.exec(line)?.[1] ?? '';
  const word = quoted.split(/[ ,=]/)[0] ?? '';
  const command = COMMANDS.find(
    ({ name, alias }) => argv.includes(name) || (alias !== undefined && argv.includes(alias)),
  )?.name;
  const help = command === undefined ? 'tokctl --help' : `tokctl ${command} --help`;
  if (error.code === 'commander.unknownCommand' || error.code === 'commander.unknownOption') {
    if (!isPlainWord(word)) return strangeWord(error.code, command);
  }
  // Spelled rightly, for another command: nothing that looks like it was meant.
  const isOfAnother = OPTIONS.some(({ name }) => word === `--${name}`);
  const suggestion = isOfAnother ? undefined : /Did you mean (.*)\?/.exec(rest.join(' '))?.[1];
  const hint = suggestion === undefined ? help : `did you mean ${suggestion}? ${help}`;
  return new TokctlError('ERR_USAGE', PROBLEMS[error.code]?.(quoted, word) ?? plainly(line), { hint });
}

/** The words of commander in those of tokctl: what was expected, what was got. */
const PROBLEMS: Readonly<Record<string, (quoted: string, word: string) => string>> = {
  'commander.unknownCommand': (_, word) => `expected a command, got \`${word}\`, which is none`,
  'commander.unknownOption': (_, word) => `expected an option, got \`${word}\`, which is none here`,
  'commander.optionMissingArgument': (option) => `expected a value for \`${option}\`, got none`,
  'commander.missingArgument': (argument) => `expected \`<${argument}>\`, got nothing`,
};

const plainly = (line: string): string => escapeText(line.replace(/'([^']*)'/g, '`$1`').replace(/\.$/, ''));

/** Most likely a token in the wrong place: it is not repeated. */
function strangeWord(code: string, command = 'introspect'): TokctlError {
  const got =
    code === 'commander.unknownOption' ? 'a word that begins with `-` and is no option' : 'something that is none';
  const expected = code === 'commander.unknownOption' ? 'an option' : 'a command';
  return new TokctlError('ERR_USAGE', `expected ${expected}, got ${got} (not shown: it may be a token)`, {
    hint: `pass a token on stdin: tokctl ${command} -, or after \`--\``,
  });
}
