// A share of a batch (contract §6, §11), so that an engine that runs many processes can spread one list over them.
// Invariant: the share of a token depends on its text and the number of shares alone, so that the shares together are
// exactly the whole, on every machine, and equal tokens are in the same share and still asked about once.

import { createHash } from 'node:crypto';
import { TokctlError } from '../../core/errors.ts';
import { escapeText } from '../../core/escape.ts';
import type { Host } from '../host.ts';
import type { Settings } from '../settings.ts';

export interface Shard {
  /** From 0 to `count - 1`. */
  readonly index: number;
  readonly count: number;
}

/**
 * The share that the settings ask for; else that of a Kubernetes Indexed Job, where JOB_COMPLETION_INDEX is set by the
 * cluster and JOB_COMPLETIONS by the manifest. Undefined: all lines.
 * @throws TokctlError ERR_USAGE for variables that cannot be
 */
export function shardOf(settings: Settings, { env }: Pick<Host, 'env'>): Shard | undefined {
  const asked = settings.text('shard');
  if (asked !== undefined) {
    const [share = 1, count = 1] = asked.split('/').map(Number);
    return { index: share - 1, count };
  }
  const { JOB_COMPLETION_INDEX: index = '', JOB_COMPLETIONS: count = '' } = env;
  return index === '' || count === '' ? undefined : ofJob(index, count);
}

function ofJob(index: string, count: string): Shard {
  if (/^\d{1,9}$/.test(index) && /^\d{1,9}$/.test(count) && Number(index) < Number(count))
    return { index: Number(index), count: Number(count) };
  throw new TokctlError(
    'ERR_USAGE',
    `expected JOB_COMPLETION_INDEX from 0 to JOB_COMPLETIONS - 1, got \`${escapeText(index)}\` of \`${escapeText(count)}\``,
    { hint: 'set JOB_COMPLETIONS to the number of completions of the job, or name the share: --shard 1/4' },
  );
}

/** True for the one share of the `count` that a text belongs to: the first 6 bytes of its SHA-256, modulo `count`. */
export function isInShard(text: string, { index, count }: Shard): boolean {
  return createHash('sha256').update(text).digest().readUIntBE(0, 6) % count === index;
}
