// What cannot be read, and why, in words. The name is that of the file; nothing of what it holds is in a message.

import { TokctlError } from '../core/errors.ts';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EISDIR: 'a directory',
  EACCES: 'no permission to read it',
  EFBIG: 'more than 4 MiB, which is too large for a token',
  EAGAIN: 'nothing that can be read',
};

/** A file that cannot be read is the command's fault (contract §8). */
export function unreadable(what: string, error: unknown): TokctlError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  return new TokctlError('ERR_USAGE', `expected a readable file, got ${what}: ${REASONS[code] ?? `\`${code}\``}`, {
    hint: 'check the path; - reads stdin',
    cause: error,
  });
}
