// `tokctl completion`

import { type ExitCode, TokctlError } from '../../core/errors.ts';
import type { Invocation } from '../command.ts';

export async function completionCommand({ arguments: words }: Invocation): Promise<ExitCode> {
  throw new TokctlError('ERR_USAGE', `${words.join(' ')}: not there yet`, { hint: 'tokctl --help' });
}
