// The completion script for fish: one `complete` line for each option, with the commands that take it.

import { type CompletedCommand, type CompletedOption, completedOptions, type Values } from './model.ts';

/** The whole script. */
export function fishScript(commands: readonly CompletedCommand[]): string {
  return [
    HEAD,
    ...commands.flatMap(commandLines),
    "complete -c tokctl -n 'not __tokctl_command' -s h -l help -d 'show help'",
    "complete -c tokctl -n 'not __tokctl_command' -s V -l version -d 'print the version'",
    ...commands.flatMap(argumentLine),
    ...completedOptions(commands).map((option) => optionLine(option, commands)),
    '',
  ].join('\n');
}

const HEAD = `# fish completion for tokctl. For every new shell:
#   tokctl completion fish > ~/.config/fish/completions/tokctl.fish
# or, for this one: tokctl completion fish | source

# True when the command is one of those named, or any when none is.
function __tokctl_command
    set -l words (commandline -opc)
    test (count $words) -gt 1; or return 1
    test (count $argv) -eq 0; or contains -- $words[2] $argv
end

# The value that is being typed, also after --option=.
function __tokctl_typed
    commandline -ct | string replace -r '^--[a-z-]+=' ''
end

function __tokctl_files -a prefix
    set -l typed (__tokctl_typed | string sub -s (math (string length -- $prefix) + 1))
    for path in $typed*
        test -d $path; and echo $prefix$path/; or echo $prefix$path
    end
end

function __tokctl_token
    switch (__tokctl_typed)
        case '@*'
            __tokctl_files @
        case 'env:*'
            printf 'env:%s\\n' (set -nx)
        case '*'
            printf '%s\\n' - @ env:
    end
end

function __tokctl_source
    switch (__tokctl_typed)
        case 'file:*'
            __tokctl_files file:
        case 'env:*'
            printf 'env:%s\\n' (set -nx)
        case '*'
            printf '%s\\n' - env: file: cmd:
    end
end

complete -c tokctl -f`;

const quoted = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;

const namesOf = ({ name, alias }: CompletedCommand): string[] => (alias === undefined ? [name] : [name, alias]);

const commandLines = (command: CompletedCommand): string[] =>
  namesOf(command).map(
    (name) => `complete -c tokctl -n 'not __tokctl_command' -a ${name} -d ${quoted(command.summary)}`,
  );

function argumentLine(command: CompletedCommand): string[] {
  if (command.argument === undefined || command.argument.kind === 'any') return [];
  return [`complete -c tokctl -n '__tokctl_command ${namesOf(command).join(' ')}' ${valueFlags(command.argument)}`];
}

function optionLine(option: CompletedOption, commands: readonly CompletedCommand[]): string {
  const { long, short, help, values } = option;
  const takers = commands.filter(({ options }) => options.some((one) => one.long === long)).flatMap(namesOf);
  const parts = [
    `complete -c tokctl -n '__tokctl_command ${takers.join(' ')}'`,
    ...(short === undefined ? [] : [`-s ${short.slice(1)}`]),
    `-l ${long.slice(2)}`,
    ...(values === undefined ? [] : [values.kind === 'files' ? '-r' : '-x', valueFlags(values)]),
    `-d ${quoted(help)}`,
  ];
  return parts.filter((part) => part !== '').join(' ');
}

function valueFlags(values: Values): string {
  if (values.kind === 'words') return `-a ${quoted(values.words.join(' '))}`;
  if (values.kind === 'listing') return `-a '(tokctl completion ${values.listing} 2> /dev/null)'`;
  return { files: '-F', token: "-a '(__tokctl_token)'", source: "-a '(__tokctl_source)'", any: '' }[values.kind];
}
