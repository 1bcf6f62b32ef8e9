// The shape of a command. A new one is a file in commands/, its test, and one line in commands/index.ts.

import type { ExitCode } from '../core/errors.ts';
import type { Host } from './host.ts';
import type { OptionGroup } from './options.ts';
import type { Settings } from './settings.ts';

/** What an action gets: positional arguments, resolved settings and the machine. */
export interface Invocation {
  readonly arguments: readonly string[];
  readonly settings: Settings;
  readonly host: Host;
}

export interface Command {
  readonly name: string;
  readonly alias?: string;
  readonly summary: string;
  /** Positional arguments in commander's spelling, such as `[token...]`. */
  readonly parameters?: readonly { readonly spelling: string; readonly help: string }[];
  /** Which groups of the option table apply, and single options by name. */
  readonly groups: readonly OptionGroup[];
  readonly options?: readonly string[];
  /** Examples for the end of the help, each a command and what it does. */
  readonly examples?: readonly (readonly [command: string, says: string])[];
  /** Loaded when the command is called, so that the entry does not reach what it needs. */
  readonly load: () => Promise<(invocation: Invocation) => Promise<ExitCode>>;
}
