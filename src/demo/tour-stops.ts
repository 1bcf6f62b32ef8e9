// The stops of the tour, as data: what is shown, the command as a person would type it, and what must come of it.
// The words of a command are typed and run from the same list, so that what is shown is what was done.

import { variables } from './invitation.ts';
import type { PlaygroundFacts } from './playground.ts';

export type StopVerdict = 'active' | 'inactive' | 'unknown';

interface Stop {
  /** What is shown, in one line. */
  readonly shows: string;
  /** The line of the table at the end. */
  readonly short: string;
  /** The command; a word that starts with `$` is a shell variable. */
  readonly words: readonly string[];
}

/** A run of tokctl itself. */
export interface TokctlStop extends Stop {
  readonly verdict: StopVerdict;
  readonly exitCode: number;
  /** A failed or warned check, a cause or an error code that the report must name. */
  readonly why?: string;
}

/** A request to the protected resource, shown as curl would make it. */
export interface ResourceStop extends Stop {
  readonly bearer: string;
  readonly status: number;
}

export type TourStop = TokctlStop | ResourceStop;

export const isResourceStop = (stop: TourStop): stop is ResourceStop => 'status' in stop;

const INTROSPECT = 'introspect';
const VERIFY = 'verify';
const AUDIENCE = ['--audience', '$API'];
const UNKNOWN_TO_SERVER = { verdict: 'inactive', exitCode: 1, why: 'revoked_or_unknown' } as const;
const ACTIVE = { verdict: 'active', exitCode: 0 } as const;
const REFUSED = { verdict: 'inactive', exitCode: 1 } as const;

export const TOUR: readonly TourStop[] = [
  {
    shows: 'an active opaque access token: only its server can tell',
    short: 'active opaque access token',
    words: [INTROSPECT, '$ACTIVE_OPAQUE'],
    ...ACTIVE,
  },
  {
    shows: 'one that was revoked a moment ago',
    short: 'revoked token',
    words: [INTROSPECT, '$REVOKED'],
    ...UNKNOWN_TO_SERVER,
  },
  {
    shows: 'one that has expired: the server says no more than `active: false`',
    short: 'expired opaque token',
    words: [INTROSPECT, '$EXPIRED'],
    ...UNKNOWN_TO_SERVER,
  },
  {
    shows: 'one that this server never issued: the answer is the same',
    short: 'token never issued',
    words: [INTROSPECT, '$NEVER_ISSUED'],
    ...UNKNOWN_TO_SERVER,
  },
  {
    shows: 'an active refresh token: the server knows it, a resource must not',
    short: 'refresh token',
    words: [INTROSPECT, '$REFRESH_TOKEN', '--expect', 'access_token'],
    ...REFUSED,
    why: 'kind',
  },
  {
    shows: 'an active JWT access token (RFC 9068), verified here',
    short: 'active JWT access token',
    words: [INTROSPECT, '$ACTIVE_JWT', ...AUDIENCE],
    ...ACTIVE,
  },
  {
    shows: 'the same, asking the server too, which takes no JWTs',
    short: 'JWT, verified here and asked there',
    words: [INTROSPECT, '$ACTIVE_JWT', ...AUDIENCE, '--mode', 'both'],
    ...ACTIVE,
  },
  {
    shows: 'the same, asking nobody but the server: there is no answer',
    short: 'JWT, refused by introspection',
    words: [INTROSPECT, '$ACTIVE_JWT', '--mode', 'remote'],
    verdict: 'unknown',
    exitCode: 3,
    why: 'ERR_TOKEN_UNSUPPORTED',
  },
  {
    shows: 'a JWT that expired an hour ago',
    short: 'expired JWT',
    words: [VERIFY, '$EXPIRED_JWT', ...AUDIENCE],
    ...REFUSED,
    why: 'expiry',
  },
  {
    shows: 'a forged one: payload altered, signature left as it was',
    short: 'forged JWT',
    words: [VERIFY, '$FORGED_JWT', ...AUDIENCE],
    ...REFUSED,
    why: 'signature',
  },
  {
    shows: 'a good one, but for another resource',
    short: 'JWT with the wrong audience',
    words: [VERIFY, '$WRONG_AUDIENCE_JWT', ...AUDIENCE],
    ...REFUSED,
    why: 'audience',
  },
  {
    shows: 'an ID token where an access token was asked for',
    short: 'ID token as access token',
    words: [VERIFY, '$ID_TOKEN', '--expect', 'access_token'],
    ...REFUSED,
    why: 'kind',
  },
  {
    shows: 'a damaged paste: an ellipsis stands in the middle',
    short: 'damaged JWT',
    words: [VERIFY, '$DAMAGED_JWT', ...AUDIENCE],
    ...REFUSED,
    why: 'format',
  },
  {
    shows: 'the protected resource, with the good JWT',
    short: 'resource, active JWT',
    words: ['-s', '-i', '-H', 'Authorization: Bearer $ACTIVE_JWT', '$API/resource'],
    bearer: '$ACTIVE_JWT',
    status: 200,
  },
  {
    shows: 'the protected resource, with the revoked token',
    short: 'resource, revoked token',
    words: ['-s', '-i', '-H', 'Authorization: Bearer $REVOKED', '$API/resource'],
    bearer: '$REVOKED',
    status: 401,
  },
];

/** The command line as typed: words with a variable or a space stand in quotes. */
export function typed(stop: TourStop): string {
  const words = stop.words.map((word) => (/[$\s]/.test(word) ? `"${word}"` : word));
  return [isResourceStop(stop) ? 'curl' : 'tokctl', ...words].join(' ');
}

/** The words with the variables of the playground in place, as a shell would hand them on. */
export function expanded(words: readonly string[], facts: PlaygroundFacts): string[] {
  const values = variables(facts);
  return words.map((word) => word.replace(/\$([A-Z0-9_]+)/g, (_, name: string) => values[name] ?? ''));
}
