// How an answer of the diagnosis is judged: what a person would name must stand first, or among the first two, and a guess
// where nobody can know counts as wrong.

import type { Cause } from '../../src/core/report.ts';
import type { Situation } from './situation.ts';

export interface Judged {
  situation: Situation;
  first: boolean;
  firstTwo: boolean;
  /** Why it is wrong, for people. */
  faults: string[];
}

export function judge(situation: Situation, causes: readonly Cause[]): Judged {
  const faults = situation.open === undefined ? namedFaults(situation, causes) : openFaults(situation.open, causes);
  const forbidden = causes.filter(({ code }) => situation.not?.includes(code)).map(({ code }) => `said ${code}`);
  const words = situation.words?.test(textOf(causes[0])) === false ? [`does not say ${situation.words}`] : [];
  const all = [...faults, ...forbidden, ...words];
  const inTwo = causes.slice(0, 2).some(({ code }) => code === situation.first);
  const isRight = all.length === 0;
  return {
    situation,
    first: isRight,
    firstTwo: situation.open === undefined ? inTwo && forbidden.length === 0 : isRight,
    faults: all,
  };
}

const textOf = (cause: Cause | undefined): string =>
  cause === undefined ? '' : [cause.because, ...cause.evidence, cause.fix].join('\n');

const spelled = (causes: readonly Cause[]): string =>
  causes.map(({ code, confidence }) => `${code} (${confidence})`).join(', ') || 'nothing';

/** The right one first, and nothing certain beside it that a person would not say. */
function namedFaults({ first, also = [] }: Situation, causes: readonly Cause[]): string[] {
  if (causes[0]?.code !== first) return [`expected ${first} first, got ${spelled(causes)}`];
  const strays = causes.filter(
    ({ code, confidence }) => code !== first && !also.includes(code) && confidence !== 'possible',
  );
  return strays.length === 0 ? [] : [`sure of too much: ${spelled(causes)}`];
}

function openFaults(open: readonly string[], causes: readonly Cause[]): string[] {
  const strays = causes.filter(({ code, confidence }) => !open.includes(code) || confidence !== 'possible');
  if (strays.length > 0) return [`guessed: ${spelled(causes)}`];
  return open.length > 0 && causes.length === 0 ? [`said nothing, expected one of ${open.join(', ')}`] : [];
}
