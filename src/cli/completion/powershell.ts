// The completion script for PowerShell, 5 and later. Where it knows nothing it gives nothing: PowerShell then completes files.

import { type CompletedCommand, type CompletedOption, completedOptions, type Values } from './model.ts';

/** The whole script. */
export function powershellScript(commands: readonly CompletedCommand[]): string {
  const options = completedOptions(commands);
  return [
    HEAD,
    '  $commands = [ordered]@{',
    ...commands.flatMap(commandEntries),
    '  }',
    '  $options = @{',
    ...commands.flatMap(optionEntries),
    '  }',
    '  $help = @{',
    ...options.map(({ long, help }) => `    ${quoted(long)} = ${quoted(help)}`),
    '  }',
    '  $values = @{',
    ...options.flatMap(valueEntries),
    '  }',
    '  $arguments = @{',
    ...commands.flatMap(argumentEntries),
    '  }',
    TAIL,
  ].join('\n');
}

const HEAD = `# PowerShell completion for tokctl. For every new shell, in $PROFILE:
#   tokctl completion powershell | Out-String | Invoke-Expression

Register-ArgumentCompleter -Native -CommandName tokctl -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)`;

const TAIL = `  $words = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.ToString() })
  $command = if ($words.Count -gt 1) { $words[1] } else { '' }
  $option = if ($words.Count -gt 0) { $words[-1] } else { '' }
  $prefix = ''
  $typed = $wordToComplete
  if ($wordToComplete -match '^(--[a-z-]+)=(.*)$') {
    $option = $Matches[1]
    $prefix = "$option="
    $typed = $Matches[2]
  }
  $found = if ($values.ContainsKey($option)) { $values[$option] }
    elseif ($command -eq '') { @($commands.Keys) + '--help' + '--version' }
    elseif ($typed.StartsWith('-')) { $options[$command] }
    else { $arguments[$command] }
  if ($found -is [scriptblock]) { $found = & $found }
  $found | Where-Object { $_ -and $_.StartsWith($typed, [StringComparison]::Ordinal) } | ForEach-Object {
    $says = if ($help.ContainsKey($_)) { $help[$_] } elseif ($commands.Contains($_)) { $commands[$_] } else { $_ }
    [System.Management.Automation.CompletionResult]::new("$prefix$_", $_, 'ParameterValue', $says)
  }
}
`;

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const list = (words: readonly string[]): string => `@(${words.map(quoted).join(', ')})`;

const namesOf = ({ name, alias }: CompletedCommand): string[] => (alias === undefined ? [name] : [name, alias]);

const commandEntries = (command: CompletedCommand): string[] =>
  namesOf(command).map((name) => `    ${quoted(name)} = ${quoted(command.summary)}`);

const optionEntries = (command: CompletedCommand): string[] =>
  namesOf(command).map((name) => `    ${quoted(name)} = ${list(command.options.map(({ long }) => long))}`);

function valueEntries({ long, short, values }: CompletedOption): string[] {
  const given = values === undefined ? undefined : valuesOf(values);
  // An option that takes a value of which nothing is known still keeps what follows it from being taken for more.
  if (values === undefined) return [];
  return [long, ...(short === undefined ? [] : [short])].map((name) => `    ${quoted(name)} = ${given ?? '@()'}`);
}

function argumentEntries(command: CompletedCommand): string[] {
  const given = command.argument === undefined ? undefined : valuesOf(command.argument);
  return given === undefined ? [] : namesOf(command).map((name) => `    ${quoted(name)} = ${given}`);
}

function valuesOf(values: Values): string | undefined {
  if (values.kind === 'words') return list(values.words);
  if (values.kind === 'listing') return `{ tokctl completion ${values.listing} 2> $null }`;
  if (values.kind === 'source') return list(['env:', 'file:', 'cmd:', '-']);
  return values.kind === 'token' ? list(['-', 'env:']) : undefined;
}
