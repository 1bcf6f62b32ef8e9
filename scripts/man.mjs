// Writes man/tokctl.1 from the tables of the program, in the macros of man(7) that groff and mandoc both know.
//   node scripts/man.mjs            writes it if it is out of date
//   node scripts/man.mjs --check    writes nothing; exit 1 if it is out of date
// Writes below the current directory; the tables come from the source beside this script.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { GROUPS, loadTables, placeholderOf } from './tables.mjs';

const PAGE = 'man/tokctl.1';

// ---------------------------------------------------------------- roff

const SYMBOLS = { '\\': '\\e', '-': '\\-', "'": '\\(aq', '^': '\\(ha', '~': '\\(ti', '`': '\\(ga' };

/** Text for a line of roff: nothing in it is a request, and all of it is ASCII. */
const plain = (text) =>
  text
    .replace(/[\\'^~`-]/g, (character) => SYMBOLS[character])
    .replace(
      /[^\x20-\x7e]/gu,
      (character) => `\\[u${character.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}]`,
    )
    .replace(/^(?=[.])/, '\\&');

const WIDTH = 80;

/** A long line of text in several; a word that would be a request at the start of a line is made text. */
function filled(line) {
  if (line.startsWith('.') || line.length <= WIDTH) return [line];
  const lines = [''];
  for (const word of line.split(' ')) {
    const last = lines.at(-1);
    if (last === '' || last.length + 1 + word.length <= WIDTH)
      lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
    else lines.push(/^[.']/.test(word) ? `\\&${word}` : word);
  }
  return lines;
}

/** Examples are not filled: a command is one line. */
function laidOut(lines) {
  let isLiteral = false;
  return lines.flatMap((line) => {
    if (line === '.nf' || line === '.fi') isLiteral = line === '.nf';
    return isLiteral ? [line] : filled(line);
  });
}

const bold = (text) => `\\fB${plain(text)}\\fR`;
const italic = (text) => `\\fI${plain(text)}\\fR`;

/** Literals, which stand in backticks everywhere else, in bold. */
const prose = (text) =>
  text
    .split('`')
    .map((part, index) => (index % 2 === 1 ? bold(part) : plain(part)))
    .join('');

const section = (title, ...lines) => [`.SH ${title.toUpperCase()}`, ...lines];
const part = (title, ...lines) => [`.SS ${plain(title)}`, ...lines];
const item = (tag, ...lines) => ['.TP', tag, ...lines];
const paragraph = (...lines) => ['.PP', ...lines];
const example = (text) => ['.PP', '.in +4n', '.nf', plain(text), '.fi', '.in'];

// ---------------------------------------------------------------- sections

function synopsis({ name, parameters = [], groups, options = [] }) {
  const option = groups.length + options.length === 0 ? '' : ` [${italic('option')} ...]`;
  const words = parameters.map(({ spelling }) => ` ${plain(spelling)}`).join('');
  return `${bold('tokctl')} ${bold(name)}${option}${words}`;
}

function commandPart(command) {
  const { name, alias, summary, parameters = [], groups, options = [], examples = [] } = command;
  const also = alias === undefined ? '' : `, ${alias}`;
  const all = [...groups.map((group) => GROUPS[group]), ...options.map((option) => `--${option}`)];
  return part(
    `${name}${also}`,
    synopsis(command),
    ...paragraph(prose(summary)),
    ...parameters.flatMap(({ spelling, help }) => item(plain(spelling), prose(help))),
    ...(all.length === 0 ? [] : paragraph(`Options: ${plain(all.join(', '))}.`)),
    ...examples.flatMap(([line, says]) => [
      ...paragraph(prose(/\?$/.test(says) ? says : `${says}:`)),
      ...example(line),
    ]),
  );
}

function optionItem(option) {
  const { name, short, help, choices, default: standard } = option;
  const value = placeholderOf(option);
  const flags = [...(short === undefined ? [] : [`-${short}`]), `--${name}`].map(bold).join(', ');
  return item(
    `${flags}${value === '' ? '' : ` ${italic(value)}`}`,
    `${prose(help)}${choices === undefined ? '' : `: ${choices.map(plain).join(', ')}`}${standard === undefined ? '' : ` (default: ${plain(standard)})`}`,
  );
}

const optionParts = (options) =>
  Object.entries(GROUPS).flatMap(([group, title]) => {
    const own = options.filter((option) => option.group === group);
    return own.length === 0 ? [] : part(title, ...own.flatMap(optionItem));
  });

const variableItems = (options, variableOf) =>
  options.filter(({ inEnvironment }) => inEnvironment !== false).flatMap(({ name }) => [`.br`, bold(variableOf(name))]);

const FILES = [
  [
    '$XDG_CONFIG_HOME/tokctl/config.yaml, ~/.config/tokctl/config.yaml',
    'profiles; `tokctl config init` writes one to start with',
  ],
  ['tokctl.yaml', 'the checks of `tokctl check`, in the current directory'],
  [
    '$XDG_CACHE_HOME/tokctl, ~/.cache/tokctl',
    'metadata and key sets, with `--cache` alone; neither tokens nor secrets',
  ],
];

const VARIABLES = [
  ['TOKCTL_TOKEN', 'the token, where no argument names one'],
  ['TOKCTL_CONFIG', 'the configuration file'],
  ['HTTPS_PROXY, http_proxy, NO_PROXY', 'proxies, as `curl` has them'],
  ['SSL_CERT_FILE, NODE_EXTRA_CA_CERTS', 'more certificate authorities'],
  ['NO_COLOR, FORCE_COLOR', 'no colour, or colour into a pipe'],
];

const STANDARDS =
  'RFC 6749, RFC 7515 to 7519, RFC 7638, RFC 7662, RFC 8414, RFC 8705, RFC 9068, RFC 9449, RFC 9701, OpenID Connect Core 1.0, OpenID Connect Discovery 1.0';

function manPage({ OPTIONS, COMMANDS, EXIT_CODES, variableOf }, { version, description, date }) {
  return laidOut([
    '.\\" Written by scripts/man.mjs from the tables of the program: change those, then run `npm run docs`.',
    `.TH TOKCTL 1 "${date}" "tokctl ${plain(version)}" "User Commands"`,
    ...section('Name', 'tokctl \\- classify, verify and introspect OAuth 2.0 tokens'),
    ...section(
      'Synopsis',
      ...COMMANDS.flatMap((command, index) => [...(index === 0 ? [] : ['.br']), synopsis(command)]),
    ),
    ...section(
      'Description',
      prose(description),
      ...paragraph(
        prose(
          'A JWT is verified here, against the JWK Set of its issuer; about everything else the introspection endpoint is asked (RFC 7662). The answer is a verdict, every check that was made, the likely cause and one thing to do next.',
        ),
      ),
      ...paragraph(
        prose(
          'A token is an argument, `-` for stdin, `@file` or `env:NAME`. A secret is `env:NAME`, `file:PATH`, `cmd:COMMAND` or `-`. Arguments can be seen by other users of the machine.',
        ),
      ),
      ...paragraph(
        prose(
          'Only hosts are asked that a person named, by flag, variable or profile, or that the metadata of such an issuer names.',
        ),
      ),
    ),
    ...section('Commands', ...COMMANDS.flatMap(commandPart)),
    ...section(
      'Options',
      prose(
        'A flag wins over its variable, the variable over the profile, the profile over the default. Durations are `30s`, `5m`, `12h`, `7d`, or bare seconds. Lists: repeat the flag or use commas.',
      ),
      ...optionParts(OPTIONS),
      ...part(
        'Help',
        ...item(`${bold('-h')}, ${bold('--help')}`, 'show help'),
        ...item(`${bold('-V')}, ${bold('--version')}`, 'print the version'),
      ),
    ),
    ...section(
      'Environment',
      prose('These stand for the option of the same name:'),
      ...variableItems(OPTIONS, variableOf),
      ...paragraph('And:'),
      ...VARIABLES.flatMap(([name, help]) => item(bold(name), prose(help))),
    ),
    ...section('Files', ...FILES.flatMap(([path, help]) => item(italic(path), prose(help)))),
    ...section(
      'Exit status',
      ...Object.entries(EXIT_CODES).flatMap(([code, { title }]) => item(bold(code), prose(title))),
      ...paragraph(prose('A batch and `tokctl check` exit with the first that occurs of 70, 2, 3, 1, 0.')),
    ),
    ...section('Standards', plain(STANDARDS)),
    ...section(
      'See also',
      `${bold('curl')}(1), ${bold('jq')}(1), ${bold('openssl')}(1)`,
      ...paragraph(prose('What a word of a report means: `tokctl explain` and the word.')),
    ),
    '',
  ]).join('\n');
}

const { version, description } = JSON.parse(readFileSync('package.json', 'utf8'));
// The day of the release, as the changelog has it: the page is the same whenever it is written.
const [, date = ''] = /^## \S+ - (\d{4}-\d{2}-\d{2})$/m.exec(readFileSync('CHANGELOG.md', 'utf8')) ?? [];
const text = manPage(await loadTables(), { version, description, date });
if (!existsSync(PAGE) || readFileSync(PAGE, 'utf8') !== text) {
  if (process.argv.includes('--check')) {
    console.error(`${PAGE} is not up to date\nhint: npm run docs`);
    process.exitCode = 1;
  } else {
    mkdirSync('man', { recursive: true });
    writeFileSync(PAGE, text);
    console.error(`${PAGE} written`);
  }
}
