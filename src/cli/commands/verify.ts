// `tokctl verify`: the command line of `verify` in the library.

import { hash } from 'node:crypto';
import type { ExitCode } from '../../core/errors.ts';
import { hashWith } from '../../core/token.ts';
import { verify } from '../../verify.ts';
import { answer } from '../answer.ts';
import type { Invocation } from '../command.ts';

export function verifyCommand(invocation: Invocation): Promise<ExitCode> {
  // A signature needs node:crypto anyway.
  hashWith((text) => hash('sha256', text));
  return answer(invocation, 'verify', verify);
}
