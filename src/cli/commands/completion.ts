// `tokctl completion`: a script for a shell, made of the tables of commands and options, or the names that a script asks for.
// The scripts are whole: a key press starts tokctl only for names that stand in a file, and no token is passed to it.

import { type ExitCode, TokctlError } from '../../core/errors.ts';
import { nearest } from '../../core/nearest.ts';
import type { Invocation } from '../command.ts';
import { isListing, listed } from '../completion/listing.ts';
import { type CompletedCommand, completedCommands } from '../completion/model.ts';

type Script = (commands: readonly CompletedCommand[]) => string;

const SHELLS: Readonly<Record<string, () => Promise<Script>>> = {
  bash: async () => (await import('../completion/bash.ts')).bashScript,
  zsh: async () => (await import('../completion/zsh.ts')).zshScript,
  fish: async () => (await import('../completion/fish.ts')).fishScript,
  powershell: async () => (await import('../completion/powershell.ts')).powershellScript,
};

/**
 * `arguments`: a shell; or `profiles`, `checks` or `words`, which the scripts ask for.
 * @throws TokctlError ERR_USAGE for another word
 */
export async function completionCommand({ arguments: [word = ''], host }: Invocation): Promise<ExitCode> {
  if (isListing(word)) {
    const names = await listed(word, host);
    await host.stdout.write(names.map((name) => `${name}\n`).join(''));
    return 0;
  }
  const load = Object.hasOwn(SHELLS, word) ? SHELLS[word] : undefined;
  if (load === undefined) throw unknownShell(word);
  const script = await load();
  await host.stdout.write(script(completedCommands()));
  return 0;
}

function unknownShell(word: string): TokctlError {
  const shells = Object.keys(SHELLS);
  // A long word may be a token in the wrong place.
  const got = /^[A-Za-z][A-Za-z0-9.-]{0,30}$/.test(word) ? `\`${word}\`` : 'another word';
  const [meant = word === 'pwsh' ? 'powershell' : 'bash'] = nearest(word, shells, 1);
  return new TokctlError('ERR_USAGE', `expected one of ${shells.join(', ')}, got ${got}`, {
    hint: `tokctl completion ${meant}`,
  });
}
