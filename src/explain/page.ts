// The text of explanations for people. Pure: the width and the way to set a heading apart come from outside.
// Invariant: commands are never wrapped, so that they can be copied. Nothing in it comes from outside.

import type { Step } from './entry.ts';
import { allExplanations, type Explanation, type WordGroup } from './explain.ts';

export interface PageStyle {
  /** Columns at which prose is wrapped. */
  readonly width: number;
  /** Sets a heading apart; returns it unchanged where there is no colour. */
  readonly bold: (text: string) => string;
}

/** One word for each group, as it stands behind the word that is explained. */
export const GROUP_NAMES: Readonly<Record<WordGroup, string>> = {
  verdict: 'verdict',
  exit_code: 'exit code',
  error: 'error',
  cause: 'cause',
  check: 'check',
  finding: 'finding of a check',
  outcome: 'outcome of a check',
  kind: 'kind of token',
  format: 'format of a token',
  weakness: 'weakness',
  claim: 'claim',
  header_member: 'header member',
};

const NARROWEST = 30;

/** The text wrapped at spaces, every line behind `indent`; a word longer than the width stands alone. */
function wrap(text: string, width: number, indent = ''): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    const longer = last === undefined ? `${indent}${word}` : `${last} ${word}`;
    if (last !== undefined && longer.length <= Math.max(width, NARROWEST)) lines[lines.length - 1] = longer;
    else lines.push(`${indent}${word}`);
  }
  return lines;
}

function item(text: string, width: number): string[] {
  const [first = '', ...rest] = wrap(text, width, '    ');
  return [first.replace('    ', '  - '), ...rest];
}

function step(next: Step, width: number): string[] {
  if (typeof next === 'string') return item(next, width);
  const [says, command] = next;
  return [...item(`${says}:`, width), `      ${command}`];
}

function section(heading: string, lines: readonly string[], { bold }: PageStyle): string[] {
  return lines.length === 0 ? [] : ['', bold(heading), ...lines];
}

/** One meaning of a word: what it is, why it happens, what to do, where the rule stands. */
function explanationLines(explanation: Explanation, style: PageStyle): string[] {
  const { word, group, title, meaning, reasons = [], next = [], spec, see = [] } = explanation;
  const { width, bold } = style;
  const sources = [
    ...(spec === undefined ? [] : [spec]),
    ...(see.length === 0 ? [] : [`also explained: ${see.join(', ')}`]),
  ];
  return [
    bold(`${word} (${GROUP_NAMES[group]})`),
    ...wrap(title, width, '  '),
    '',
    ...wrap(meaning, width, '  '),
    ...section(
      'why it happens',
      reasons.flatMap((reason) => item(reason, width)),
      style,
    ),
    ...section(
      'what to do',
      next.flatMap((one) => step(one, width)),
      style,
    ),
    ...section(
      'see',
      sources.flatMap((source) => wrap(source, width, '  ')),
      style,
    ),
  ];
}

/** All meanings of one word, ending in a newline. */
export function explanationPage(explanations: readonly Explanation[], style: PageStyle): string {
  const pages = explanations.map((explanation) => explanationLines(explanation, style).join('\n'));
  return `${pages.join('\n\n')}\n`;
}

/** The groups in the order of the overview, each with what its words are. */
const OVERVIEW: readonly (readonly [group: WordGroup, heading: string])[] = [
  ['verdict', 'verdicts - what a report ends in'],
  ['exit_code', 'exit codes - what a script may conclude'],
  ['check', 'checks - what is tested'],
  ['outcome', 'outcomes - how a check ends'],
  ['cause', 'causes - why a token is refused or no answer came'],
  ['error', 'errors - why no answer could be had'],
  ['kind', 'kinds - what a token is for'],
  ['format', 'formats - how a token is built'],
  ['weakness', 'weaknesses - what makes a green answer worth less'],
  ['header_member', 'header members - what stands before the claims'],
  ['claim', 'claims - what stands in tokens and answers'],
  ['finding', 'findings - what exactly a check came upon'],
];

/** The words of every group, in the order of the overview. */
export function vocabulary(): { group: WordGroup; heading: string; words: string[] }[] {
  const all = allExplanations();
  return OVERVIEW.map(([group, heading]) => ({
    group,
    heading,
    words: all.filter((explanation) => explanation.group === group).map(({ word }) => word),
  }));
}

/** Everything that can be looked up, ending in a newline. */
export function overviewPage(style: PageStyle): string {
  const blocks = vocabulary().map(({ heading, words }) =>
    [style.bold(heading), ...wrap(words.join(', '), style.width, '  ')].join('\n'),
  );
  const intro = 'tokctl explain <word> tells what each of these means, why it comes up and what to do.';
  return `${[wrap(intro, style.width).join('\n'), ...blocks].join('\n\n')}\n`;
}
