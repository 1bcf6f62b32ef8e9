// `tokctl introspect`: the command line of `introspect` in the library.

import type { ExitCode } from '../../core/errors.ts';
import { introspect } from '../../introspect.ts';
import { answer } from '../answer.ts';
import type { Invocation } from '../command.ts';

export const introspectCommand = (invocation: Invocation): Promise<ExitCode> =>
  answer(invocation, 'introspect', introspect);
