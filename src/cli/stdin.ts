// Stdin can be read once: whoever reads it claims it first.

import { TokctlError } from '../core/errors.ts';

export interface StdinClaim {
  /** @throws TokctlError ERR_USAGE if another has claimed it */
  claim(who: string): void;
  isClaimed(): boolean;
}

export function stdinClaim(): StdinClaim {
  let owner: string | undefined;
  return {
    claim: (who) => {
      if (owner !== undefined)
        throw new TokctlError('ERR_USAGE', `expected one reader of stdin, got two: ${owner} and ${who}`, {
          hint: 'give one of them as @FILE, file:PATH or env:NAME',
        });
      owner = who;
    },
    isClaimed: () => owner !== undefined,
  };
}
