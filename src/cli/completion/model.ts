// What can stand where on the command line, for the completion scripts: made of the tables of commands and options, so that
// a new option is completed as soon as it is there.

import type { Command } from '../command.ts';
import { COMMANDS } from '../commands/index.ts';
import type { OptionDefinition } from '../options.ts';
import { optionsOf } from '../words.ts';

/** Names that only a run can tell: `tokctl completion profiles` prints them, a line each. */
export type Listing = 'profiles' | 'checks' | 'words';

/**
 * What a value can be. `token` and `source` are the forms of contract §3 and §6, such as `@FILE` and `env:NAME`; `any` is
 * what nobody can know.
 */
export type Values =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'listing'; readonly listing: Listing }
  | { readonly kind: 'files' | 'token' | 'source' | 'any' };

export interface CompletedOption {
  /** Such as `--output`. */
  readonly long: string;
  /** Such as `-o`. */
  readonly short?: string;
  readonly help: string;
  /** Absent: the option takes no value. */
  readonly values?: Values;
  readonly isRepeatable: boolean;
}

export interface CompletedCommand {
  readonly name: string;
  readonly alias?: string;
  readonly summary: string;
  readonly options: readonly CompletedOption[];
  /** What its arguments are; absent: it takes none. */
  readonly argument?: Values;
}

/** Every command with everything that can follow it. */
export const completedCommands = (): CompletedCommand[] => COMMANDS.map(completed);

/** Every option of any command, once. */
export function completedOptions(commands: readonly CompletedCommand[]): CompletedOption[] {
  return [...new Map(commands.flatMap(({ options }) => options.map((option) => [option.long, option]))).values()];
}

function completed(command: Command): CompletedCommand {
  const { name, alias, summary, parameters: [parameter] = [] } = command;
  return {
    name,
    ...(alias === undefined ? {} : { alias }),
    summary,
    options: [...optionsOf(command).map(completedOption), HELP],
    ...(parameter === undefined ? {} : { argument: argumentValues(parameter.spelling) }),
  };
}

const HELP: CompletedOption = { long: '--help', short: '-h', help: 'show help', isRepeatable: false };

function completedOption(option: OptionDefinition): CompletedOption {
  const { name, short, help, kind } = option;
  const values = optionValues(option);
  return {
    long: `--${name}`,
    ...(short === undefined ? {} : { short: `-${short}` }),
    help,
    ...(values === undefined ? {} : { values }),
    isRepeatable: kind === 'list' || kind === 'texts',
  };
}

/** What comes with a token takes the forms that the token takes (contract §11). */
const TOKEN_OPTIONS: readonly string[] = ['access-token', 'code', 'dpop-proof'];

function optionValues({ name, kind, choices }: OptionDefinition): Values | undefined {
  if (kind === 'flag') return undefined;
  if (choices !== undefined) return { kind: 'words', words: choices };
  if (name === 'profile') return { kind: 'listing', listing: 'profiles' };
  if (kind === 'file' || kind === 'keys') return { kind: 'files' };
  return { kind: TOKEN_OPTIONS.includes(name) ? 'token' : kind === 'source' ? 'source' : 'any' };
}

const ARGUMENTS: Readonly<Record<string, Values>> = {
  token: { kind: 'token' },
  name: { kind: 'listing', listing: 'checks' },
  word: { kind: 'listing', listing: 'words' },
  source: { kind: 'files' },
};

/** By its spelling for commander: `[token...]`, `<source>`, `[show|path|init]`. */
function argumentValues(spelling: string): Values {
  const name = spelling.replace(/[<>[\].]/g, '');
  if (name.includes('|')) return { kind: 'words', words: name.split('|') };
  return ARGUMENTS[name] ?? { kind: 'any' };
}
