// RFC 7662: building the request and reading the answer are pure; `exchange` stands between them.
// Invariant: without `active` as an own member and a boolean there is no answer, never a guess.

import { TokctlError } from '../core/errors.ts';
import { escapeText } from '../core/escape.ts';
import { isJsonObject, type Json, JsonNumber, type JsonObject, member, parseJson } from '../core/json.ts';
import { finiteNumber, MILLISECONDS_FROM } from '../core/lint.ts';
import type { Check } from '../core/report.ts';
import type { HttpAnswer, HttpRequest } from './http/network.ts';
import { answerDetails, readFault } from './oauth-error.ts';

export const JWT_ANSWER = 'application/token-introspection+jwt';

export interface IntrospectionRequest {
  endpoint: URL;
  token: string;
  tokenTypeHint?: string | undefined;
  accept: 'json' | 'jwt';
  /** What the client authentication adds. */
  headers: Record<string, string>;
  form: readonly (readonly [string, string])[];
  hostFromToken?: boolean;
}

/** One POST, form-encoded; the token is in the body and nowhere else (RFC 7662 §2.1). */
export function introspectionRequest({
  endpoint,
  token,
  tokenTypeHint,
  accept,
  headers,
  form,
  hostFromToken,
}: IntrospectionRequest): HttpRequest {
  const hint: [string, string][] = tokenTypeHint === undefined ? [] : [['token_type_hint', tokenTypeHint]];
  return {
    purpose: 'introspection',
    method: 'POST',
    url: endpoint,
    headers: { accept: accept === 'jwt' ? JWT_ANSWER : 'application/json', ...headers },
    form: [['token', token], ...hint, ...form.map(([name, value]): [string, string] => [name, value])],
    ...(hostFromToken === undefined ? {} : { hostFromToken }),
  };
}

export interface IntrospectionAnswer {
  active: boolean;
  /** As received. */
  response: JsonObject;
  /** The members in the forms that RFC 7662 §2.2 gives them, for the checks. */
  claims: JsonObject;
  /** One `response` check: passed, or warned with every deviation that was understood. */
  response_check: Check;
}

/**
 * Reads an answer that is JSON.
 * @throws TokctlError for refused credentials, OAuth errors, faults of the server, and answers that break the
 * specification; `response` is set on the error when there was a JSON object to show.
 */
export function readIntrospectionAnswer(answer: HttpAnswer): IntrospectionAnswer {
  const fault = readFault(answer, 'the introspection endpoint');
  if (fault !== undefined)
    throw answer.status === 200 && answer.mediaType === JWT_ANSWER ? signedInstead(answer) : fault;
  let value: Json;
  let duplicates: string[];
  try {
    ({ value, duplicates } = parseJson(answer.text));
  } catch {
    throw invalidAnswer(answer, 'expected a JSON object, got text that is no JSON');
  }
  if (!isJsonObject(value))
    throw invalidAnswer(
      answer,
      `expected a JSON object, got ${Array.isArray(value) ? 'a list' : JSON.stringify(value)}`,
    );
  // Readers disagree on which of them counts (RFC 8259 §4), and a gate never guesses.
  if (duplicates.length > 0)
    throw new UnreadableAnswer(
      answer,
      `expected each member once, got ${shortNames(duplicates)} more than once`,
      value,
    );
  return readMembers(value, answer);
}

const shortNames = (names: readonly string[]): string =>
  names
    .slice(0, 3)
    .map((name) => `\`${escapeText(name).slice(0, 40)}\``)
    .join(', ');

/** A client may be registered for signed answers only (RFC 9701 §6). Nothing of it is believed unverified. */
function signedInstead(answer: HttpAnswer): TokctlError {
  const { excerpt: _, ...details } = answerDetails(answer);
  return new TokctlError(
    'ERR_RESPONSE_INVALID',
    `expected application/json from the introspection endpoint, got a signed answer (\`${JWT_ANSWER}\`)`,
    { hint: 'have it verified: --accept jwt with --issuer', details },
  );
}

/** The introspection answer could not be read, though it was JSON: what it was is kept for the report. */
export class UnreadableAnswer extends TokctlError {
  readonly response: JsonObject;
  constructor(answer: HttpAnswer, problem: string, response: JsonObject) {
    const { message, hint, details } = invalidAnswer(answer, problem);
    super('ERR_RESPONSE_INVALID', message, { hint, details });
    this.response = response;
  }
}

function invalidAnswer(answer: HttpAnswer, problem: string): TokctlError {
  return new TokctlError(
    'ERR_RESPONSE_INVALID',
    `the answer of the introspection endpoint breaks RFC 7662 §2.2: ${problem}`,
    {
      hint: 'check that this URL is the introspection endpoint; its operator can mend the answer',
      details: answerDetails(answer),
    },
  );
}

/** The members of an answer, also of one that came as a JWT (RFC 9701 §5). */
export function readMembers(response: JsonObject, answer: HttpAnswer): IntrospectionAnswer {
  const active = member(response, 'active');
  if (typeof active !== 'boolean') throw new UnreadableAnswer(answer, wrongActive(active), response);
  const { claims, deviations } = normalize(response);
  const response_check: Check = {
    name: 'response',
    outcome: deviations.length === 0 ? 'passed' : 'warned',
    ...(deviations[0] === undefined ? {} : { finding: deviations[0].finding }),
    because:
      deviations.length === 0
        ? 'the answer has the form of RFC 7662'
        : deviations.map(({ because }) => because).join('; '),
    spec: 'RFC 7662 §2.2',
  };
  return { active, response, claims, response_check };
}

function wrongActive(active: Json | undefined): string {
  if (active === undefined) return 'expected `active` to be true or false, got an answer without it';
  const got =
    typeof active === 'string'
      ? `the text "${active.slice(0, 20)}"`
      : active instanceof JsonNumber || typeof active === 'number'
        ? 'a number'
        : active === null
          ? 'null'
          : 'an object';
  return `expected \`active\` to be true or false, got ${got}`;
}

// ---------------------------------------------------------------- deviations

interface Deviation {
  finding: string;
  because: string;
}

/** What is understood though it deviates: times as text or in milliseconds, scope as list or with commas, scp. */
function normalize(response: JsonObject): { claims: JsonObject; deviations: Deviation[] } {
  const claims: JsonObject = Object.assign(Object.create(null), response);
  delete claims['active'];
  const deviations = [...normalizeTimes(claims), ...normalizeScope(claims)];
  return { claims, deviations };
}

function normalizeTimes(claims: JsonObject): Deviation[] {
  return ['exp', 'iat', 'nbf'].flatMap((name): Deviation[] => {
    const value = member(claims, name);
    if (value === undefined) return [];
    const isText = typeof value === 'string' && /^\d+(?:\.\d+)?$/.test(value);
    const seconds = isText ? Number(value) : finiteNumber(value);
    if (seconds === undefined) return unreadableTime(claims, name, value);
    const isMilliseconds = seconds > MILLISECONDS_FROM;
    claims[name] = isMilliseconds ? Math.floor(seconds / 1000) : seconds;
    return [
      ...(isText ? [{ finding: 'introspection.time_type', because: `${name} is text, expected a number` }] : []),
      ...(isMilliseconds
        ? [{ finding: 'introspection.time_unit', because: `${name} is in milliseconds, expected seconds` }]
        : []),
    ];
  });
}

/** A null or unreadable time tells nothing: it is taken away, and said. */
function unreadableTime(claims: JsonObject, name: string, value: Json): Deviation[] {
  delete claims[name];
  return [
    {
      finding: 'introspection.time_type',
      because: `${name} is ${value === null ? 'null' : 'no number'} and was not used`,
    },
  ];
}

function normalizeScope(claims: JsonObject): Deviation[] {
  const [name, value] = Object.hasOwn(claims, 'scope') ? ['scope', claims['scope']] : ['scp', member(claims, 'scp')];
  if (value === undefined) return [];
  const renamed =
    name === 'scp' ? [{ finding: 'introspection.scope_type', because: 'scopes are in `scp`, expected `scope`' }] : [];
  if (Array.isArray(value)) {
    claims['scope'] = value.filter((item) => typeof item === 'string').join(' ');
    return [
      ...renamed,
      { finding: 'introspection.scope_type', because: `${name} is a list, expected text with spaces` },
    ];
  }
  if (typeof value !== 'string')
    return [...renamed, { finding: 'introspection.scope_type', because: `${name} is neither text nor a list` }];
  const hasCommas = value.includes(',') && !/\s/.test(value);
  claims['scope'] = hasCommas ? value.split(',').join(' ') : value;
  return hasCommas
    ? [...renamed, { finding: 'introspection.scope_type', because: `${name} has commas, expected spaces` }]
    : renamed;
}
