// What a report ends in, and how one check ends.

import type { Outcome, Verdict } from '../core/report.ts';
import type { Entry } from './entry.ts';

export const VERDICTS: Readonly<Record<Verdict, Entry>> = {
  active: {
    title: 'the token is good, and everything that was asked for holds',
    meaning:
      'For an introspected token it is the word of the server: issued by it, not expired, not revoked. For a JWT that was verified here it means that every check passed; whether it was revoked is then not known. What was skipped or warned about stands beside it.',
    next: [
      [
        'demand what you rely on',
        'tokctl introspect @token.txt --issuer https://id.example.com --audience my-api --scope orders:read --strict',
      ],
    ],
    spec: 'RFC 7662 §2.2',
    see: ['0', 'revocation', 'expiry'],
  },
  inactive: {
    title: 'the token must not be accepted',
    meaning:
      'The server says so, or a check failed here. It is an answer and not an error, so the exit code is 1. The causes in the report say why, the likeliest first, each with what it stands on and one thing to do.',
    next: [
      ['see the first cause', 'tokctl introspect @token.txt --issuer https://id.example.com --select causes.0.because'],
      ['see every check', 'tokctl introspect @token.txt --issuer https://id.example.com -o json --select checks'],
    ],
    spec: 'RFC 7662 §2.2',
    see: ['1', 'revoked_or_unknown', 'expired'],
  },
  unknown: {
    title: 'no answer could be had',
    meaning:
      'Neither active nor inactive: the network failed, the server refused to answer or broke its specification, or nobody named a trusted issuer. `active` is null in JSON. A gate must not let the token pass, and may ask again later.',
    next: [
      ['see which error it was', 'tokctl introspect @token.txt -o json --select error.code'],
      ['examine the server', 'tokctl doctor https://id.example.com'],
    ],
    see: ['3', 'ERR_ISSUER_UNTRUSTED', 'ERR_NETWORK'],
  },
};

export const OUTCOMES: Readonly<Record<Outcome, Entry>> = {
  passed: {
    title: 'the check was made and holds',
    meaning: 'It is marked with `✓`. What was expected and what was found stand in the report all the same.',
  },
  failed: {
    title: 'the check was made and does not hold',
    meaning: 'It is marked with `✗`. One failed check makes the token inactive, and the exit code 1.',
    see: ['inactive', '1'],
  },
  warned: {
    title: 'something is odd, but no rule forbids it',
    meaning: 'It is marked with `!` and changes no verdict. With `--strict` every warning counts as failed.',
    next: [['let warnings fail', 'tokctl verify @token.txt --issuer https://id.example.com --strict']],
  },
  skipped: {
    title: 'the check was not made, and the report says why',
    meaning:
      'It is marked with `-`: nothing was expected, or what it needs was not given. It changes no verdict. With `--strict` a skipped `issuer`, `audience`, `expiry` or `kind` check counts as failed.',
    next: [
      [
        'name what you expect, so that nothing is skipped',
        'tokctl verify @token.txt --issuer https://id.example.com --audience my-api --expect access_token',
      ],
    ],
  },
};
