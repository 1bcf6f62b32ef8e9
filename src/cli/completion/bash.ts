// The completion script for bash, 3.2 and later, which needs no other package.
// What is typed is never evaluated, and so are no names from files: `compgen -W` would expand them.

import { type CompletedCommand, type CompletedOption, completedOptions, type Values } from './model.ts';

/** The whole script. */
export function bashScript(commands: readonly CompletedCommand[]): string {
  return [
    HEAD,
    ...optionCases(completedOptions(commands)),
    '    *)',
    '      case $command in',
    `        '') words=${list(commandWords(commands))} options=${list(['--help', '--version'])} ;;`,
    ...commands.map((command) => `        ${commandCase(command)}`),
    '      esac',
    '      if [[ $whole == -* ]]; then words=$options kind= listing= value=$whole; fi ;;',
    '  esac',
    TAIL,
  ].join('\n');
}

const HEAD = `# bash completion for tokctl. For every new shell:
#   tokctl completion bash > ~/.local/share/bash-completion/completions/tokctl
# or, for this one: source <(tokctl completion bash)

_tokctl() {
  local line whole before cur option value command word words= options= kind= listing=
  COMPREPLY=()
  # Bash splits at = : and @, which stand inside our words: they are read from the line itself.
  line=\${COMP_LINE:0:\${COMP_POINT:-0}}
  [[ -n $line ]] || line="\${COMP_WORDS[*]:0:COMP_CWORD+1}"
  whole=\${line##*[[:space:]]}
  read -ra before <<< "\${line%"$whole"}"
  command=\${before[1]-}
  cur=\${2-\${COMP_WORDS[COMP_CWORD]}}
  case $whole in
    --*=*) option=\${whole%%=*} value=\${whole#*=} ;;
    *) option=\${before[\${#before[@]}-1]-} value=$whole ;;
  esac
  case $option in`;

const TAIL = `
  # Only names that stand in files need tokctl itself.
  [[ -z $listing ]] || words=$("\${1:-tokctl}" completion "$listing" 2> /dev/null)
  case $kind in
    files) _tokctl_files '' "$value" ;;
    token)
      case $value in
        @*) _tokctl_files @ "\${value#@}" ;;
        env:*) _tokctl_variables "\${value#env:}" ;;
        *) words=$'-\\n@\\nenv:' ;;
      esac ;;
    source)
      case $value in
        file:*) _tokctl_files file: "\${value#file:}" ;;
        env:*) _tokctl_variables "\${value#env:}" ;;
        *) words=$'-\\nenv:\\nfile:\\ncmd:' ;;
      esac ;;
  esac
  while IFS= read -r word; do
    [[ -n $word && $word == "$value"* ]] && COMPREPLY+=("$word")
  done <<< "$words"
  _tokctl_fit
}

_tokctl_files() {
  local path
  # After @ or file: the word as a whole is no file name, and what readline does for those is done here.
  [[ -n $1 ]] || compopt -o filenames 2> /dev/null
  while IFS= read -r path; do
    [[ -z $1 ]] || printf -v path %q "$path"
    [[ -z $1 || ! -d $path ]] || path=$path/
    COMPREPLY+=("$1$path")
  done < <(compgen -f -- "$2")
}

_tokctl_variables() {
  local name
  while IFS= read -r name; do COMPREPLY+=("env:$name"); done < <(compgen -e -- "$1")
}

# Only a part of the word is replaced: the part after the last character at which bash splits.
_tokctl_fit() {
  local index own=\${cur%"$value"} kept=\${value%"$cur"}
  [[ $cur == *"$value" ]] || own=
  [[ $value == *"$cur" ]] || kept=
  [[ $cur == "$value" ]] && own= kept=
  for index in "\${!COMPREPLY[@]}"; do COMPREPLY[index]=$own\${COMPREPLY[index]#"$kept"}; done
  # More is to be typed after these.
  case \${COMPREPLY[0]-} in *: | @ | *[@:]*/) [[ \${#COMPREPLY[@]} == 1 ]] && compopt -o nospace 2> /dev/null ;; esac
  return 0
}

complete -F _tokctl tokctl
`;

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
/** A line each, which is how the script reads them. */
const list = (words: readonly string[]): string => `$${quoted(words.join('\\n'))}`;

const commandWords = (commands: readonly CompletedCommand[]): string[] =>
  commands.flatMap(({ name, alias }) => (alias === undefined ? [name] : [name, alias]));

const spellings = ({ long, short }: CompletedOption): string[] => (short === undefined ? [long] : [short, long]);

/** One case for all options that take the same values; those without a value are no case. */
function optionCases(options: readonly CompletedOption[]): string[] {
  const bySetting = new Map<string, string[]>();
  for (const option of options) {
    if (option.values === undefined) continue;
    const setting = settingOf(option.values);
    bySetting.set(setting, [...(bySetting.get(setting) ?? []), ...spellings(option)]);
  }
  return [...bySetting].map(([setting, names]) => `    ${names.join(' | ')})\n      ${setting} ;;`);
}

function settingOf(values: Values): string {
  if (values.kind === 'words') return `words=${list(values.words)}`;
  if (values.kind === 'listing') return `listing=${values.listing}`;
  return `kind=${values.kind}`;
}

function commandCase({ name, alias, options, argument }: CompletedCommand): string {
  const names = alias === undefined ? name : `${name} | ${alias}`;
  const setting = argument === undefined ? '' : `${settingOf(argument)} `;
  return `${names}) ${setting}options=${list(options.map(({ long }) => long))} ;;`;
}
