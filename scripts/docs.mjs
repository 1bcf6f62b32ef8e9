// Writes docs/reference/ from the tables of the program, and puts real --help texts into README.md and docs/*.md:
// between `<!-- help:introspect -->` and `<!-- /help -->` (without `:name`, the help of tokctl itself).
//   node scripts/docs.mjs            writes what is out of date
//   node scripts/docs.mjs --check    writes nothing; exit 1 and the names of the files that are out of date
//   --no-help                        leaves the help texts alone, which need a build
// Reads and writes below the current directory; the tables come from the source beside this script.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GROUPS, loadTables, placeholderOf } from './tables.mjs';

const PROJECT = dirname(dirname(fileURLToPath(import.meta.url)));
const REFERENCE = 'docs/reference';
const NOTICE =
  '<!-- written by scripts/docs.mjs from the tables of the program: change those, then run `npm run docs` -->';

// ---------------------------------------------------------------- Markdown

const cell = (text) => String(text).replaceAll('|', '\\|').replaceAll('\n', ' ');
const code = (text) => `\`${text}\``;
const row = (cells) => `| ${cells.map(cell).join(' | ')} |`;
const table = (head, rows) => [row(head), `|${'---|'.repeat(head.length)}`, ...rows.map(row)].join('\n');
const list = (items) => items.map((item) => `- ${item}`).join('\n');
const page = (title, parts) => `${[NOTICE, `# ${title}`, ...parts].filter((part) => part !== '').join('\n\n')}\n`;

const step = (next) => (typeof next === 'string' ? next : `${next[0]}:\n\n  \`\`\`sh\n  ${next[1]}\n  \`\`\`\n`);

/** One word with all that `tokctl explain` says about it. */
function section({ word, title, meaning, reasons = [], next = [], spec, see = [] }, facts = []) {
  return [
    `### ${code(word)}`,
    `**${title}**`,
    ...facts,
    meaning,
    ...(reasons.length > 0 ? ['Why it happens:', list(reasons)] : []),
    ...(next.length > 0 ? ['What to do:', list(next.map(step)).trimEnd()] : []),
    ...(spec || see.length > 0 ? [`See ${[...(spec ? [spec] : []), ...see.map(code)].join(', ')}.`] : []),
  ].join('\n\n');
}

const overview = (explanations) =>
  table(
    ['name', 'in short'],
    explanations.map(({ word, title }) => [code(word), title]),
  );

// ---------------------------------------------------------------- the pages

const PLACES = { jwt: 'JWT', introspection: 'answer', both: 'JWT, answer', header: 'header' };

function claimsPage(of, { allClaims, allHeaderMembers, CLAIM_FAMILIES }) {
  const entryRow = ([name, { meaning, where = 'both', spec }]) => [code(name), meaning, PLACES[where], spec];
  const head = ['name', 'meaning', 'stands in', 'defined by'];
  const noted = [...of('claim'), ...of('header_member')].filter(({ see }) => see !== undefined);
  const titled = noted.map((one) => (one.group === 'header_member' ? { ...one, word: `${one.word} (header)` } : one));
  return page('Claims and header members', [
    '*Answer* is an introspection answer (RFC 7662). Names are compared exactly; times are seconds since 1970.',
    '## Claims',
    table(head, Object.entries(allClaims()).map(entryRow)),
    '## Families of claims',
    table(
      head,
      CLAIM_FAMILIES.map((family) => entryRow([family.spelling, family])),
    ),
    '## Header members',
    table(head, Object.entries(allHeaderMembers()).map(entryRow)),
    '## In detail',
    ...titled.map((one) => section(one)),
  ]);
}

function checksPage(of) {
  const findings = of('finding').map(({ word, title, see }) => [code(word), code(see[0]), title]);
  return page('Checks', [
    'Every check is reported, not only the first that fails (`checks[].name`). An outcome is one of these:',
    overview(of('outcome')),
    overview(of('check')),
    '## In detail',
    ...of('check').map((one) => section(one)),
    '## Findings',
    'What exactly a check came upon (`checks[].finding`).',
    table(['finding', 'check', 'in short'], findings),
  ]);
}

function flagOf(option) {
  const { name, short } = option;
  const value = placeholderOf(option);
  return code(`${short ? `-${short}, ` : ''}--${name}${value === '' ? '' : ` ${value}`}`);
}

function optionsPage({ OPTIONS, variableOf, COMMANDS = [] }) {
  const usedBy = ({ name, group }) =>
    COMMANDS.filter(({ groups, options = [] }) => groups.includes(group) || options.includes(name)).map(
      (one) => one.name,
    );
  const optionRow = (option) => [
    flagOf(option),
    option.inEnvironment === false ? '-' : code(variableOf(option.name)),
    option.inProfile === false ? '-' : code(option.name),
    option.default === undefined ? '-' : code(option.default),
    option.help + (option.choices ? `: ${option.choices.map(code).join(' ')}` : ''),
    ...(COMMANDS.length > 0 ? [usedBy(option).join(' ') || '-'] : []),
  ];
  const head = [
    'flag',
    'variable',
    'profile key',
    'default',
    'what it does',
    ...(COMMANDS.length > 0 ? ['commands'] : []),
  ];
  return page('Options', [
    'A flag wins over its variable, the variable over the profile, the profile over the default.',
    list([
      'durations: `30s` `5m` `12h` `7d`; a bare number is seconds',
      'lists: repeat the flag or use commas',
      'sources of a secret: `env:NAME`, `file:PATH`, `cmd:COMMAND`, `-` for stdin; a literal works and warns',
      'flags without a value: `true` or `false` in a variable or a profile',
    ]),
    ...[...new Set(OPTIONS.map(({ group }) => group))].flatMap((group) => [
      `## ${GROUPS[group]}`,
      table(head, OPTIONS.filter((option) => option.group === group).map(optionRow)),
    ]),
  ]);
}

const PAGES = {
  'checks.md': (of) => checksPage(of),
  'errors.md': (of, { ERROR_EXIT_CODES }) =>
    page('Errors', [
      'An error means that no answer could be had. "No" is an answer and not an error.',
      table(
        ['code', 'exit code', 'in short'],
        of('error').map(({ word, title }) => [code(word), ERROR_EXIT_CODES[word], title]),
      ),
      '## In detail',
      ...of('error').map((one) => section(one, [`Exit code ${ERROR_EXIT_CODES[one.word]}.`])),
    ]),
  'exit-codes.md': (of) =>
    page('Exit codes and verdicts', [
      'A batch and `tokctl check` exit with the first that occurs of 70, 2, 3, 1, 0.',
      overview(of('exit_code')),
      '## Exit codes',
      ...of('exit_code').map((one) => section(one)),
      '## Verdicts',
      ...of('verdict').map((one) => section(one)),
    ]),
  'causes.md': (of) =>
    page('Causes', [
      'Why a token is refused, or no answer came (`causes[].code`). A report ranks them, each with what it stands on.',
      overview(of('cause')),
      '## In detail',
      ...of('cause').map((one) => section(one)),
    ]),
  'claims.md': claimsPage,
  'kinds.md': (of) =>
    page('Kinds and formats', [
      'The kind is what a token is for (`token.kind`), the format how its text is built (`token.format`).',
      overview([...of('kind'), ...of('format')]),
      '## Kinds',
      ...of('kind').map((one) => section(one)),
      '## Formats',
      ...of('format').map((one) => section(one)),
    ]),
  'weaknesses.md': (of) =>
    page('Weaknesses', [
      'What makes a green answer worth less, because a person asked for it (`weakened`).',
      overview(of('weakness')),
      '## In detail',
      ...of('weakness').map((one) => section(one)),
    ]),
  'options.md': (_of, tables) => optionsPage(tables),
};

const referencePages = (tables) => {
  const all = tables.allExplanations();
  const of = (group) => all.filter((explanation) => explanation.group === group);
  return Object.entries(PAGES).map(([name, write]) => [`${REFERENCE}/${name}`, write(of, tables)]);
};

// ---------------------------------------------------------------- help texts

const HELP = /(<!-- help(?::([a-z]+))? -->)[\s\S]*?(<!-- \/help -->)/g;

function helpOf(command) {
  const program = join(PROJECT, 'bin/tokctl.js');
  if (!existsSync(join(PROJECT, 'dist/launch.cjs')))
    throw new Error('help texts need the program: run `npm run build` first');
  const env = { ...process.env, COLUMNS: '80', NO_COLOR: '1' };
  return execFileSync(process.execPath, [program, ...(command ? [command] : []), '--help'], { env, encoding: 'utf8' });
}

/** Our own pages outside the reference that have such markers, with the help of today. */
function pagesWithHelp() {
  const docs = existsSync('docs') ? readdirSync('docs').filter((name) => name.endsWith('.md')) : [];
  return ['README.md', ...docs.map((name) => `docs/${name}`)].filter(existsSync).map((path) => {
    const fill = (_whole, open, command, close) =>
      `${open}\n\`\`\`text\n${helpOf(command).trimEnd()}\n\`\`\`\n${close}`;
    return [path, readFileSync(path, 'utf8').replace(HELP, fill)];
  });
}

// ---------------------------------------------------------------- write or check

const check = process.argv.includes('--check');
const pages = [...referencePages(await loadTables()), ...(process.argv.includes('--no-help') ? [] : pagesWithHelp())];
const stale = pages.filter(([path, text]) => !existsSync(path) || readFileSync(path, 'utf8') !== text);
const strangers = (existsSync(REFERENCE) ? readdirSync(REFERENCE) : []).filter((name) => !Object.hasOwn(PAGES, name));
for (const name of strangers) console.error(`${REFERENCE}/${name} is not written by scripts/docs.mjs`);
for (const [path, text] of stale) {
  console.error(check ? `${path} is not up to date` : `${path} written`);
  if (check) continue;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
if (check && stale.length > 0) console.error('hint: npm run docs');
if (strangers.length > 0 || (check && stale.length > 0)) process.exitCode = 1;
