// What must not come back out: the secrets and tokens of a question, and those that were got while it was judged. Servers
// echo what was sent to them (security.md I9).

import { TokctlError } from '../core/errors.ts';
import { type Redactor, redactJson, redactor, withoutSignatures } from '../core/redact.ts';
import type { IntrospectOptions } from '../request.ts';

type Question = Pick<IntrospectOptions, 'client' | 'bearer' | 'secret' | 'expectations' | 'headers'>;

/** Headers of the user that are there to prove something. */
const SECRET_NAME = /authorization|cookie|key|token|secret|credential/i;

/**
 * Takes everything out of a text that is secret in this question, and the signature of every JWT; `tokens` are those of
 * the question and those that were got for it.
 */
export function secrecyOf(question: Question, tokens: Iterable<string>): Redactor {
  const hide = hiding(question, tokens);
  return (text) => withoutSignatures(hide(text));
}

/** The same, but other JWTs stay whole. */
export function hiding(
  { client, bearer, secret, expectations, headers = {} }: Question,
  tokens: Iterable<string>,
): Redactor {
  const secrets = [client?.secret, client?.key, bearer, secret, expectations?.code, ...provingValues(headers)];
  const all = [...tokens, expectations?.accessToken, expectations?.dpopProof];
  return redactor(secrets.filter(isText), all.filter(isText));
}

/** What the headers of the user prove something with, without the name of a scheme before it. */
export function provingValues(headers: Readonly<Record<string, string>> = {}): string[] {
  const proving = Object.entries(headers).filter(([name]) => SECRET_NAME.test(name));
  return proving.map(([, value]) => value.replace(/^(?:Basic|Bearer|DPoP|Negotiate|Digest|Token)\s+/i, ''));
}

const isText = (text: string | undefined): text is string => text !== undefined;

/** The same error without what is secret in it. The cause is left behind: it may hold a request. */
export function withoutSecrets(error: TokctlError, redact: Redactor): TokctlError {
  const { code, message, hint, details } = error;
  return new TokctlError(code, redact(message), { hint: redact(hint), details: redactJson(details, redact) });
}
