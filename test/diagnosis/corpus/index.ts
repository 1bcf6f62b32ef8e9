// Every situation with a server in memory.

import type { Situation } from '../situation.ts';
import { ALGORITHMS } from './algorithms.ts';
import { ANSWERS } from './answers.ts';
import { AUDIENCES } from './audiences.ts';
import { INACTIVE } from './inactive.ts';
import { ISSUERS } from './issuers.ts';
import { KEY_SITUATIONS } from './keys.ts';
import { KINDS } from './kinds.ts';
import { REFUSALS } from './refusals.ts';
import { TEXTS } from './texts.ts';
import { TIMES } from './times.ts';

export const IN_MEMORY: readonly Situation[] = [
  ...TEXTS,
  ...KEY_SITUATIONS,
  ...ALGORITHMS,
  ...ISSUERS,
  ...AUDIENCES,
  ...KINDS,
  ...TIMES,
  ...INACTIVE,
  ...REFUSALS,
  ...ANSWERS,
];
