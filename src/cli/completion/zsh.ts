// The completion script for zsh: `_arguments` does the work, and shows the help of each option.

import type { CompletedCommand, CompletedOption, Values } from './model.ts';

/** The whole script. It may be a file `_tokctl` in `fpath`, or be read with `source`. */
export function zshScript(commands: readonly CompletedCommand[]): string {
  return [HEAD, ...commands.map(described), MIDDLE, ...commands.map(branch), TAIL].join('\n');
}

const HEAD = `#compdef tokctl
# zsh completion for tokctl. For every new shell:
#   tokctl completion zsh > "\${fpath[1]}/_tokctl"
# or, for this one: source <(tokctl completion zsh)

_tokctl_list() {
  local -a found
  found=(\${(f)"$(tokctl completion $1 2> /dev/null)"})
  compadd -a found
}

_tokctl_token() {
  if compset -P @; then _files
  elif compset -P env:; then _parameters -g '*export*'
  else compadd -S '' -- @ env: && compadd -- -
  fi
}

_tokctl_source() {
  if compset -P file:; then _files
  elif compset -P env:; then _parameters -g '*export*'
  else compadd -S '' -- env: file: cmd: && compadd -- -
  fi
}

_tokctl() {
  local curcontext="$curcontext" state line
  typeset -A opt_args
  local -a commands
  commands=(`;

const MIDDLE = `  )
  _arguments -C '(-h --help)'{-h,--help}'[show help]' '(-V --version)'{-V,--version}'[print the version]' \\
    '1: :->command' '*:: :->argument' && return
  if [[ $state == command ]]; then
    _describe -t commands 'tokctl command' commands
    return
  fi
  curcontext="\${curcontext%:*:*}:tokctl-\${words[1]}:"
  case \${words[1]} in`;

const TAIL = `  esac
}

if [[ \${funcstack[1]} == _tokctl ]]; then
  _tokctl "$@"
else
  compdef _tokctl tokctl
fi
`;

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

function described({ name, alias, summary }: CompletedCommand): string {
  const names = alias === undefined ? [name] : [name, alias];
  return names.map((word) => `    ${quoted(`${word}:${summary}`)}`).join('\n');
}

function branch({ name, alias, options, argument }: CompletedCommand): string {
  const names = alias === undefined ? name : `${name} | ${alias}`;
  const specs = [...options.map(optionSpec), ...(argument === undefined ? [] : [`'*:${name}:${action(argument)}'`])];
  return `    ${names})\n      _arguments -s -S \\\n        ${specs.join(' \\\n        ')} ;;`;
}

/** Brackets and colons end the parts of a spec. */
const escaped = (help: string): string => help.replace(/[[\]:\\]/g, '\\$&').replaceAll("'", "'\\''");

function optionSpec({ long, short, help, values, isRepeatable }: CompletedOption): string {
  const rest = `[${escaped(help)}]${values === undefined ? '' : `:${long.slice(2)}:${action(values)}`}`;
  const equals = values === undefined ? '' : '=';
  if (short !== undefined) {
    const plus = values === undefined ? '' : '+';
    return `'(${short} ${long})'{${short}${plus},${long}${equals}}'${rest}'`;
  }
  return `'${isRepeatable ? '*' : ''}${long}${equals}${rest}'`;
}

function action(values: Values): string {
  if (values.kind === 'words') return `(${values.words.join(' ')})`;
  if (values.kind === 'listing') return `{_tokctl_list ${values.listing}}`;
  return { files: '_files', token: '_tokctl_token', source: '_tokctl_source', any: ' ' }[values.kind];
}
