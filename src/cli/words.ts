// A command line that holds nothing unusual, read without commander: making its commands and options takes longer than
// most answers. Invariant: what is read here is read as commander reads it; for help, for anything wrong and for anything
// unusual there is nothing here, and commander says it (program.ts).

import type { Command } from './command.ts';
import { COMMANDS } from './commands/index.ts';
import { OPTIONS, type OptionDefinition } from './options.ts';
import type { RawValue } from './settings.ts';

export interface Parsed {
  command: Command;
  /** Positional arguments. */
  words: string[];
  /** What was typed, by option name. */
  flags: Map<string, RawValue>;
}

/** The options that a command takes, in the order of the table. */
export function optionsOf({ groups, options = [] }: Command): OptionDefinition[] {
  return OPTIONS.filter(({ name, group }) => groups.includes(group) || options.includes(name));
}

/** The command that a word names, if any. */
export const commandNamed = (word = ''): Command | undefined =>
  COMMANDS.find(({ name, alias }) => name === word || alias === word);

/** Reads a plain command line: a command, its known options with their values, and as many words as it takes. */
export function readPlainWords([first, ...rest]: readonly string[]): Parsed | undefined {
  const command = commandNamed(first);
  if (command === undefined) return undefined;
  const read = readOptions(rest, optionsOf(command));
  if (read === undefined || !takes(command, read.words.length)) return undefined;
  return { command, ...read };
}

/** Undefined for `--`, `-h`, `-V`, joined short options, a value that begins with `-`, and an option that is none. */
function readOptions(
  rest: readonly string[],
  options: readonly OptionDefinition[],
): Omit<Parsed, 'command'> | undefined {
  const words: string[] = [];
  const flags = new Map<string, RawValue>();
  for (let at = 0; at < rest.length; at += 1) {
    const word = rest[at] ?? '';
    if (!isOption(word)) {
      words.push(word);
      continue;
    }
    const [, spelling = '', joined] = /^(--?[^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    const option = options.find(({ name, short }) => spelling === `--${name}` || word === `-${short}`);
    if (option === undefined || (option.kind === 'flag' && joined !== undefined)) return undefined;
    const value = option.kind === 'flag' ? true : (joined ?? rest[++at]);
    if (value === undefined || (joined === undefined && isOption(value))) return undefined;
    flags.set(option.name, added(option, value, flags.get(option.name)));
  }
  return { words, flags };
}

/** `-` alone is a word: stdin. */
const isOption = (word: string | true): boolean => word !== true && word.length > 1 && word.startsWith('-');

/** Lists keep every value, all else the last. */
function added({ kind }: OptionDefinition, value: string | true, before: RawValue = []): RawValue {
  if (value === true || (kind !== 'list' && kind !== 'texts')) return value;
  return [...(Array.isArray(before) ? before : []), value];
}

function takes({ parameters = [] }: Command, count: number): boolean {
  const needed = parameters.filter(({ spelling }) => spelling.startsWith('<')).length;
  const most = parameters.some(({ spelling }) => spelling.includes('...'))
    ? Number.POSITIVE_INFINITY
    : parameters.length;
  return count >= needed && count <= most;
}
