// Tokens for two judges: every algorithm, each sound or with one thing done to it. What is done goes by the number of the
// case, where and how much by the seed; keys are made anew in every run, so that a difference is printed whole.

import { type Random, randomNumbers } from '../fuzz/engine.ts';
import { DEEDS, type Deed } from './deeds.ts';
import { NAMES, signerOf } from './signers.ts';

export interface Case {
  /** What was done to it. */
  readonly deed: string;
  readonly alg: string;
  /** True: RFC 7515 and what it refers to accept it. */
  readonly good: boolean;
  readonly token: string;
  /** The one key: a public JWK, or of kty `oct` the secret that a person gives. */
  readonly key: Readonly<Record<string, unknown>>;
}

interface Pair {
  name: string;
  deed: Deed;
  alg: string;
}

/** Every deed with every algorithm for which it can be done. */
const PAIRS: readonly Pair[] = Object.entries(DEEDS).flatMap(([name, deed]) =>
  NAMES.filter((alg) => deed.for?.(alg) ?? true).map((alg) => ({ name, deed, alg })),
);

/** How many cases hold everything once. */
export const ROUND = PAIRS.length;

/** The first `count` cases of that seed. */
export function generated(count: number, seed: number): Case[] {
  const random = randomNumbers(seed);
  return Array.from({ length: Math.ceil(count / ROUND) }, () => PAIRS)
    .flat()
    .slice(0, count)
    .map((pair) => caseOf(pair, random));
}

function caseOf({ name, deed, alg }: Pair, random: Random): Case {
  const signer = signerOf(alg, random(2));
  const { token, key = signer.key } = deed.make({ signer, alg, random });
  return { deed: name, alg, good: deed.good ?? false, token, key };
}
