// The exit codes in plain words: what a script may conclude from each.

import type { ExitCode } from '../core/errors.ts';
import type { Entry } from './entry.ts';

export const EXIT_CODES: Readonly<Record<ExitCode, Entry>> = {
  0: {
    title: 'active, and everything that was asked for holds',
    meaning:
      'The token is good and no check failed. For commands without a verdict it means that they did their work. Checks that were not asked for are skipped and do not count: name the audience, the scope and the kind if the script relies on them.',
    next: [
      [
        'use it as a gate',
        'tokctl introspect env:ACCESS_TOKEN --issuer https://id.example.com --audience my-api --strict --quiet',
      ],
    ],
  },
  1: {
    title: 'a definite no',
    meaning:
      'The question was answered, and the answer is no: expired, revoked, forged, damaged, for somebody else, or without a scope. Asking again will not change it. `check` and `doctor` end like this when they found something wrong.',
    reasons: ['the token is inactive, or one of the checks failed'],
    next: [
      ['see the first cause and what to do', 'tokctl introspect @token.txt --select causes.0.fix'],
      'get a new token; retrying with the same one is in vain',
    ],
  },
  2: {
    title: 'the command is wrong',
    meaning:
      'An option, a file, the configuration or the credentials are missing or wrong, so nothing could be asked. Fix the call; neither the token nor the server has been judged.',
    reasons: [
      'a usage or configuration error',
      'no token, no client credentials, or no introspection endpoint was given',
      'a file cannot be read',
    ],
    next: [
      ['see the settings and where they come from', 'tokctl config show'],
      ['see the options', 'tokctl introspect --help'],
    ],
  },
  3: {
    title: 'no answer could be had',
    meaning:
      'Network, TLS, a time limit, a refused client, a server that breaks the specification, or an issuer that nobody named. The token may be good or bad. A script may try again later, but must not let the token pass meanwhile.',
    reasons: [
      'the server cannot be reached or answers with a fault',
      'it refused the credentials of the client that asks',
      'no trusted issuer was named',
    ],
    next: [
      ['see the error code', 'tokctl introspect @token.txt -o json --select error.code'],
      ['examine the server', 'tokctl doctor https://id.example.com'],
    ],
  },
  70: {
    title: 'a bug in tokctl',
    meaning:
      'The program failed in a way that it did not foresee; the number is EX_SOFTWARE of sysexits. Treat the token as unknown. The message says how to report it, and holds no secret.',
    next: [['add the version to the report', 'tokctl --version']],
  },
  130: {
    title: 'interrupted',
    meaning:
      'Somebody pressed Ctrl-C, or the process got SIGINT: 128 and the number of the signal, as shells count. What was printed until then is true, but a batch is not complete.',
    next: ['run it again; results are never stored, so nothing has to be cleaned up'],
  },
};
