// The ten thousand, judged by the built package: scripts/second-implementation.mjs bundles and runs it.

import type { verify } from '../../src/index.ts';
import { generated, ROUND } from './cases.ts';
import { compare } from './comparison.ts';
import { DIFFERENCES } from './differences.ts';

export interface Run {
  count: number;
  seed: number;
  python: string;
  script: string;
  verify: typeof verify;
}

/** Prints the comparison and gives the number of cases that passed and failed. */
export async function runSecond({ count, seed, ...judges }: Run): Promise<{ passed: number; failed: number }> {
  const { accepted, refused, listed, faults } = await compare(generated(count, seed), judges);
  console.log(`${count} tokens, seed ${seed}: tokctl accepts ${accepted} and refuses ${refused}`);
  for (const [deed, { rule, why }] of Object.entries(DIFFERENCES))
    console.log(`  ${String(listed.get(deed) ?? 0).padStart(5)} × stricter: ${deed} (${rule}): ${why}`);
  // What stands in the list and is never seen is no difference any more: the list has to say so.
  const unseen = count < 8 * ROUND ? [] : Object.keys(DIFFERENCES).filter((deed) => !listed.has(deed));
  for (const fault of faults) console.error(fault);
  for (const deed of unseen) console.error(`a listed difference was not seen: ${deed}`);
  return { passed: count - faults.length, failed: faults.length + unseen.length };
}
