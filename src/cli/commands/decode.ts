// `tokctl decode`: the command line of `decode` in the library.

import type { ExitCode } from '../../core/errors.ts';
import { decode } from '../../decode.ts';
import { answer } from '../answer.ts';
import type { Invocation } from '../command.ts';

export const decodeCommand = (invocation: Invocation): Promise<ExitCode> => answer(invocation, 'decode', decode);
