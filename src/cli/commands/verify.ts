// `tokctl verify`: the command line of `verify` in the library.

import type { ExitCode } from '../../core/errors.ts';
import { verify } from '../../verify.ts';
import { answer } from '../answer.ts';
import type { Invocation } from '../command.ts';

export const verifyCommand = (invocation: Invocation): Promise<ExitCode> => answer(invocation, 'verify', verify);
