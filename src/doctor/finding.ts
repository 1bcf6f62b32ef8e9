// What `doctor` finds: one question an operator asks, its answer, what the answer stands on, and what to do.
// Invariant: a question keeps its id whatever the answer; only the severity tells good from bad.

import { type ExitCode, TokctlError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import type { KeySummary } from '../key-set.ts';

/** `info`: nothing is wrong, or it was not asked and why. Only `error` makes a server unsound. */
export type Severity = 'ok' | 'info' | 'warning' | 'error';

/** The answer to one question. */
export interface DoctorFinding {
  /** Stable, such as `introspection.anonymous`; explained by `tokctl explain`. */
  id: string;
  severity: Severity;
  /** The answer in one sentence without a final period. May hold text of the server. */
  because: string;
  /** What it stands on, one fact an entry. May hold text of the server. */
  evidence: string[];
  /** What to do; absent where nothing is to be done. */
  fix?: string;
  /** Where the rule stands. */
  spec?: string;
}

/** `tokctl doctor -o json` (contract §11). Members are snake_case because the object is printed as it stands. */
export interface DoctorReport {
  schema: 'tokctl.doctor/1';
  issuer: string;
  exit_code: ExitCode;
  /** The authorization server metadata as received; absent where none was found. */
  metadata?: JsonObject;
  keys: KeySummary[];
  findings: DoctorFinding[];
}

export interface Told {
  evidence?: readonly string[];
  fix?: string;
}

/** The four answers to one question. */
export interface Question {
  readonly id: string;
  ok(because: string, told?: Pick<Told, 'evidence'>): DoctorFinding;
  info(because: string, told?: Told): DoctorFinding;
  warning(because: string, told: Told & { fix: string }): DoctorFinding;
  error(because: string, told: Told & { fix: string }): DoctorFinding;
}

/** A question by its id, with the place where its rule stands. */
export function question(id: string, spec?: string): Question {
  const answer =
    (severity: Severity) =>
    (because: string, { evidence = [], fix }: Told = {}): DoctorFinding => ({
      id,
      severity,
      because,
      evidence: few(evidence),
      ...(fix === undefined ? {} : { fix }),
      ...(spec === undefined ? {} : { spec }),
    });
  return { id, ok: answer('ok'), info: answer('info'), warning: answer('warning'), error: answer('error') };
}

/**
 * The answer that could not be had, as an answer: its message, what is known of the exchange, its hint. A server that asks
 * for patience is not at fault.
 */
export function unanswered(about: Question, error: TokctlError): DoctorFinding {
  const told = { evidence: factsOf(error), fix: error.hint };
  return error.code === 'ERR_RATE_LIMITED' ? about.warning(error.message, told) : about.error(error.message, told);
}

/** These say that the command is wrong, and not the server. */
const OWN_FAULTS: readonly string[] = ['ERR_USAGE', 'ERR_CONFIG_INVALID', 'ERR_CLIENT_CREDENTIALS_MISSING'];

/**
 * What a probe found. One that got no answer is an answer itself, and not the end of the others.
 * @throws TokctlError for a command that is wrong, and what is no TokctlError
 */
export async function answered(about: Question, probe: () => Promise<DoctorFinding[]>): Promise<DoctorFinding[]> {
  try {
    return await probe();
  } catch (error) {
    if (error instanceof TokctlError && !OWN_FAULTS.includes(error.code)) return [unanswered(about, error)];
    throw error;
  }
}

/** What is known of an exchange that gave no answer. */
export function factsOf({ code, details }: TokctlError): string[] {
  const { url, status, mediaType, wwwAuthenticate, excerpt } = details;
  const answer = [status, mediaType].filter((one) => one !== undefined).join(' ');
  return [
    code,
    ...(url === undefined ? [] : [answer === '' ? url : `${url}: ${answer}`]),
    ...(wwwAuthenticate === undefined ? [] : [`WWW-Authenticate: ${short(wwwAuthenticate)}`]),
    ...(excerpt === undefined || excerpt === '' ? [] : [`body: ${short(excerpt)}`]),
  ];
}

const MOST_FACTS = 20;

/** A server that lists thousands of things is told of by the first ones. */
const few = (facts: readonly string[]): string[] =>
  facts.length <= MOST_FACTS ? [...facts] : [...facts.slice(0, MOST_FACTS), `and ${facts.length - MOST_FACTS} more`];

const LONGEST = 160;

/** Text of a server at a length that can be read. It is escaped where it is printed. */
export const short = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text);

/** `one key`, `3 keys`. */
export const counted = (count: number, noun: string): string => (count === 1 ? `one ${noun}` : `${count} ${noun}s`);
