// An answer that is no answer: OAuth errors (RFC 6749 §5.2), statuses, redirects, empty bodies and pages for people.
// Invariant: `readFault` gives undefined only for a 200 with a body of an expected media type; it never throws.

import { type ErrorCode, type ErrorDetails, TokctlError } from '../core/errors.ts';
import { isJsonObject, type JsonObject, parseJson, printJson, textMember } from '../core/json.ts';
import { shownUrl } from './address.ts';
import type { HttpAnswer } from './http/network.ts';
import { retryAfterSeconds } from './http/retry.ts';

export interface FaultOptions {
  /** Media types that are an answer besides `application/json` and `…+json`, in lower case. */
  mediaTypes?: readonly string[];
  /** Nothing was sent that 401 or 403 could refuse: they are ERR_HTTP_STATUS then. */
  anonymous?: boolean;
  /** A document is read, such as metadata: a member `error` in a 200 is then no OAuth error. */
  document?: boolean;
}

/** What was asked, such as `the introspection endpoint`, with the answer: everything a fault is told from. */
interface Case {
  answer: HttpAnswer;
  what: string;
  anonymous: boolean;
}

/**
 * Why this is no answer (contract §11), or undefined if it is one. 429 is told first, then redirects, then an OAuth
 * `error` in the body whatever the status, then the status, then the body.
 */
export function readFault(
  answer: HttpAnswer,
  what: string,
  { mediaTypes = [], anonymous = false, document = false }: FaultOptions = {},
): TokctlError | undefined {
  const it: Case = { answer, what, anonymous };
  const { status } = answer;
  if (status === 429) return rateLimited(it);
  if (status >= 300 && status < 400) return redirect(it);
  const oauthError = document && status === 200 ? undefined : readOAuthError(answer);
  if (oauthError !== undefined) return oauthFault(it, oauthError);
  if (status < 200 || status >= 300) return statusFault(it);
  if (answer.text.trim() === '') return emptyBody(it);
  if (status !== 200) return statusFault(it);
  if (isJsonType(answer.mediaType) || mediaTypes.includes(answer.mediaType ?? '')) return undefined;
  return wrongType(it);
}

/** `application/json` and the structured syntax suffix `+json` (RFC 6839 §3.1); parameters are already taken away. */
export const isJsonType = (mediaType: string | undefined): boolean =>
  mediaType === 'application/json' || /^application\/[^\s;]+\+json$/.test(mediaType ?? '');

/** The first line of a body with something in it, at most 200 characters. Not escaped: that is done where it is printed. */
export function excerptOf(text: string): string {
  const line = text.trimStart().split(/[\r\n]/, 1)[0] ?? '';
  return line.trimEnd().slice(0, 200);
}

// A token endpoint may grant a token in a body that is no answer otherwise: nobody knows that token as a secret yet.
const GRANTED = /(?:access|refresh|id)_token["']?\s*[:=]/;

/** What is known of an exchange that gave no answer; `excerpt` is left out where an OAuth error tells more. */
export function answerDetails({ url, status, mediaType, headers, text }: HttpAnswer): ErrorDetails {
  const wwwAuthenticate = headers.get('www-authenticate');
  const excerpt = GRANTED.test(text) ? '' : excerptOf(text);
  return {
    url: shownUrl(url),
    status,
    ...(mediaType === undefined ? {} : { mediaType }),
    ...(wwwAuthenticate === undefined ? {} : { wwwAuthenticate }),
    ...(excerpt === '' ? {} : { excerpt }),
  };
}

// ---------------------------------------------------------------- OAuth errors

interface OAuthError {
  error: string;
  description?: string;
}

/** RFC 6749 §5.2, without the space: `Internal Server Error` is a web framework speaking, not an error code. */
const ERROR_CODE = /^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/;

/** The `error` of a JSON body. A 200 that also has what was asked for (`active`, `access_token`) is no error. */
function readOAuthError({ status, mediaType, text }: HttpAnswer): OAuthError | undefined {
  // Without these letters a name is spelled so by an escape only. Most answers have neither, and are parsed by whoever asked.
  if (!text.includes('error') && !text.includes('\\')) return undefined;
  const body = mediaType?.startsWith('text/html') ? undefined : readObject(text);
  const error = textMember(body, 'error');
  if (body === undefined || error === undefined || !ERROR_CODE.test(error)) return undefined;
  if (status === 200 && (Object.hasOwn(body, 'active') || Object.hasOwn(body, 'access_token'))) return undefined;
  const description = textMember(body, 'error_description');
  return { error, ...(description === undefined ? {} : { description }) };
}

function readObject(text: string): JsonObject | undefined {
  try {
    const { value } = parseJson(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function oauthFault(it: Case, { error, description }: OAuthError): TokctlError {
  const { excerpt: _, ...rest } = answerDetails(it.answer);
  const details: ErrorDetails = {
    ...rest,
    oauthError: error,
    ...(description === undefined ? {} : { oauthErrorDescription: description }),
  };
  const said = description === undefined ? '' : ` (${quoted(description)})`;
  const { code, hint } = oauthMeaning(it, error);
  return new TokctlError(
    code,
    `expected an answer from ${it.what}, got the error ${quoted(error)}${said} with status ${it.answer.status}`,
    { hint, details },
  );
}

function oauthMeaning(it: Case, error: string): { code: ErrorCode; hint: string } {
  if (error === 'unsupported_token_type') return { code: 'ERR_TOKEN_UNSUPPORTED', hint: UNSUPPORTED_HINT };
  if (error === 'invalid_client' || isRefusal(it))
    return { code: 'ERR_CLIENT_AUTHENTICATION', hint: refusalHint(it.answer.status) };
  return {
    code: 'ERR_OAUTH',
    hint: OAUTH_HINTS.get(error) ?? 'run `tokctl explain ERR_OAUTH` for what the error may mean',
  };
}

const UNSUPPORTED_HINT = 'this server does not introspect tokens of that form: verify it here with --mode auto';

const OAUTH_HINTS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    unauthorized_client:
      'this client may not do that, or its credentials were encoded wrongly: allow it at the server, or try --basic-encoding raw',
    unsupported_grant_type: 'the server does not offer client_credentials to this client: allow it there',
    invalid_scope: 'ask for scopes that the client may have, with --scope or --bearer-scope',
    invalid_target: 'name a resource that the server knows, with --bearer-resource',
    invalid_token: 'the access token that asks was refused: get a new one for --bearer',
    insufficient_scope: 'the access token that asks lacks a scope: get one with --bearer-scope',
    temporarily_unavailable: 'try again later; --retry and --timeout say how long',
    server_error: 'try again later, and look into the log of the server',
  }),
);

// ---------------------------------------------------------------- statuses and bodies

const isRefusal = ({ answer: { status }, anonymous }: Case): boolean =>
  !anonymous && (status === 401 || status === 403);

const refusalHint = (status: number): string =>
  status === 403
    ? 'the caller is known but not allowed: ask with a client that may, or allow it at the server'
    : 'check --client-id and --client-secret; --client-auth names another way to send them';

function statusFault(it: Case): TokctlError {
  const { status } = it.answer;
  const retryAfter = status === 503 ? readRetryAfter(it.answer) : undefined;
  const details = { ...answerDetails(it.answer), ...(retryAfter === undefined ? {} : { retryAfter }) };
  if (isRefusal(it))
    return new TokctlError(
      'ERR_CLIENT_AUTHENTICATION',
      `expected an answer from ${it.what}, got a refusal of the caller with status ${status}`,
      { hint: refusalHint(status), details },
    );
  return new TokctlError('ERR_HTTP_STATUS', `expected status 200 from ${it.what}, got ${status}`, {
    hint: statusHint(status),
    details,
  });
}

function statusHint(status: number): string {
  if (status >= 500) return 'try again later, and look into the log of the server';
  if (status === 404 || status === 405) return 'check the URL; `tokctl doctor` shows what the server announces';
  return 'look at the exchange with -v';
}

/** Redirects are never followed, because credentials would go along (contract §4.5). */
function redirect({ answer, what }: Case): TokctlError {
  const location = answer.headers.get('location');
  const target = location === undefined ? 'without a target' : `to ${quoted(location)}`;
  return new TokctlError(
    'ERR_HTTP_STATUS',
    `expected status 200 from ${what}, got a redirect (${answer.status}) ${target}`,
    {
      hint: 'name the URL that answers by itself; a redirect to a login page means that it is the wrong one',
      details: { ...answerDetails(answer), ...(location === undefined ? {} : { actual: quoted(location) }) },
    },
  );
}

function rateLimited({ answer, what }: Case): TokctlError {
  const retryAfter = readRetryAfter(answer);
  const wait = retryAfter === undefined ? 'a while' : `${retryAfter} s`;
  return new TokctlError('ERR_RATE_LIMITED', `expected an answer from ${what}, got too many requests (429)`, {
    hint: `wait ${wait} and try again; a lower --concurrency asks more slowly`,
    details: { ...answerDetails(answer), ...(retryAfter === undefined ? {} : { retryAfter }) },
  });
}

/** Seconds of Retry-After (RFC 9110 §10.2.3). A date is counted from the server's own `Date` where it has one. */
export function readRetryAfter({ headers }: Pick<HttpAnswer, 'headers'>): number | undefined {
  const seconds = retryAfterSeconds(headers);
  return Number.isSafeInteger(seconds) ? seconds : undefined;
}

function emptyBody({ answer, what }: Case): TokctlError {
  return invalid(answer, `expected a JSON object from ${what}, got an empty body with status ${answer.status}`);
}

function wrongType({ answer, what }: Case): TokctlError {
  const isPage = /html/.test(answer.mediaType ?? '') || /^\s*<(?:!doctype\s+html|html)/i.test(answer.text);
  const type = answer.mediaType === undefined ? 'no media type' : quoted(answer.mediaType);
  return invalid(answer, `expected application/json from ${what}, got ${isPage ? 'an HTML page' : 'a body'} (${type})`);
}

const invalid = (answer: HttpAnswer, message: string): TokctlError =>
  new TokctlError('ERR_RESPONSE_INVALID', message, {
    hint: 'check that the URL is the endpoint itself and not a page for people; -v shows the exchange',
    details: answerDetails(answer),
  });

/** Text of a server in a message: short, in double quotes, with everything unprintable escaped. */
const quoted = (text: string): string => printJson(text.length > 200 ? `${text.slice(0, 199)}…` : text);
