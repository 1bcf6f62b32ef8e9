// A signed introspection answer (RFC 9701 §5): believed only with the type, the issuer, the audience and the key it must have.

import { TokctlError } from '../core/errors.ts';
import { escapeText } from '../core/escape.ts';
import { isJsonObject, type JsonObject, member, parseJson, printJson, textMember } from '../core/json.ts';
import { normalizeTyp } from '../core/kind.ts';
import { finiteNumber } from '../core/lint.ts';
import { isWellFormed, parseToken, type Token } from '../core/token.ts';
import type { HttpAnswer } from '../protocol/http/network.ts';
import { type IntrospectionAnswer, JWT_ANSWER, readMembers } from '../protocol/introspection.ts';
import { answerDetails, readFault } from '../protocol/oauth-error.ts';
import type { IntrospectOptions } from '../request.ts';
import type { Context } from './context.ts';
import { judgeSignature } from './signature.ts';
import type { Anchor } from './trust.ts';

/**
 * Reads an answer that was asked for with `Accept: application/token-introspection+jwt`.
 * @throws TokctlError for faults of the server, ERR_RESPONSE_INVALID for an answer that is not believed, and
 * ERR_CLIENT_CREDENTIALS_MISSING or ERR_CONFIG_INVALID for an encrypted one that `client.key` is missing for or no key to
 */
export async function readSignedAnswer(
  answer: HttpAnswer,
  anchor: Anchor,
  context: Context,
): Promise<IntrospectionAnswer> {
  const fault = readFault(answer, 'the introspection endpoint', { mediaTypes: [JWT_ANSWER, 'application/jwt'] });
  if (fault !== undefined) throw fault;
  if (answer.mediaType !== JWT_ANSWER) throw disbelieved(answer, `media type \`${JWT_ANSWER}\``, otherType(answer));
  const outer = parseToken(answer.text.trim());
  const token = outer.format === 'jwe' ? await opened(outer, { answer, context }) : outer;
  if (token.format !== 'jws' || !isWellFormed(token))
    throw disbelieved(answer, 'a JWT', outer === token ? 'a body that is none' : 'something else under its encryption');
  assertHeader(token, answer);
  const claims = assertClaims(token, anchor, { answer, context });
  await assertSignature(token, anchor, { answer, context });
  return readMembers(claims, answer);
}

/** Lookalikes by their names: JSON with the token itself in `jwt` (Keycloak), and a bare JWT (Curity). */
function otherType({ mediaType, text }: HttpAnswer): string {
  const hasJwt = mediaType === 'application/json' && typeof member(jsonObject(text), 'jwt') === 'string';
  return `\`${mediaType}\`${hasJwt ? ' with a member `jwt`, which no server signed as an answer' : ''}`;
}

function jsonObject(text: string): JsonObject | undefined {
  try {
    const { value } = parseJson(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Signed, then encrypted for this client (RFC 9701 §5): what is inside is judged like an answer that was not. */
async function opened({ text, header = {} }: Token, { answer, context }: Answered): Promise<Token> {
  const { client } = context.options as IntrospectOptions;
  const { openEncrypted, refusedEncryption } = await import('../protocol/decryption.ts');
  const refused = refusedEncryption(header);
  if (refused !== undefined) throw disbelieved(answer, 'an encryption that is opened here', refused);
  if (client?.key === undefined) throw keyMissing(answer);
  const inner = await openEncrypted(text, header, client.key);
  if (inner === undefined) throw disbelieved(answer, 'a content that the client key opens', 'one that it does not');
  return parseToken(inner);
}

function keyMissing(answer: HttpAnswer): TokctlError {
  const { excerpt: _, ...details } = answerDetails(answer);
  return new TokctlError(
    'ERR_CLIENT_CREDENTIALS_MISSING',
    'expected a private key of the client to open the encrypted answer with, got none',
    { hint: 'give the one that the server encrypts for: --client-key FILE', details },
  );
}

interface Answered {
  answer: HttpAnswer;
  context: Context;
}

function assertHeader({ header = {} }: Token, answer: HttpAnswer): void {
  const typ = textMember(header, 'typ');
  if (typ === undefined || normalizeTyp(typ) !== 'token-introspection+jwt')
    throw disbelieved(
      answer,
      'typ `token-introspection+jwt`',
      typ === undefined ? 'no typ' : `typ \`${escapeText(typ)}\``,
    );
  if (Object.hasOwn(header, 'crit')) throw disbelieved(answer, 'no critical extension', 'crit');
}

function assertClaims({ claims = {} }: Token, { issuer }: Anchor, { answer, context }: Answered) {
  const iss = textMember(claims, 'iss');
  if (issuer === undefined || iss !== issuer)
    throw disbelieved(
      answer,
      `iss \`${issuer ?? 'that you named'}\``,
      iss === undefined ? 'none' : `\`${escapeText(iss)}\``,
    );
  const client = (context.options as IntrospectOptions).client?.id;
  const aud = member(claims, 'aud');
  if (client !== undefined && ![aud].flat().includes(client))
    throw disbelieved(answer, `aud \`${client}\``, aud === undefined ? 'none' : `${printJson(aud).slice(0, 200)}`);
  const exp = finiteNumber(member(claims, 'exp'));
  if (exp !== undefined && exp <= context.now) throw disbelieved(answer, 'an exp that is to come', 'one that is past');
  const members = member(claims, 'token_introspection');
  if (isJsonObject(members)) return members;
  const onTop = Object.hasOwn(claims, 'active') ? 'its members at the top level, as before RFC 9701' : 'none';
  throw disbelieved(answer, 'the object `token_introspection`', onTop);
}

async function assertSignature(token: Token, anchor: Anchor, { answer, context }: Answered): Promise<void> {
  const { secret: _, jwks: __, key: ___, ...options } = context.options;
  const { checks, error } = await judgeSignature(token, anchor, { ...context, options });
  if (error !== undefined) throw error;
  const bad = checks.find(({ outcome }) => outcome === 'failed');
  const signed = checks.some(({ name, outcome }) => name === 'signature' && outcome === 'passed');
  if (bad !== undefined || !signed)
    throw disbelieved(answer, 'a signature by a key of the issuer', bad?.because ?? 'none that could be checked');
}

function disbelieved(answer: HttpAnswer, expected: string, actual: string): TokctlError {
  const { excerpt: _, ...details } = answerDetails(answer);
  return new TokctlError(
    'ERR_RESPONSE_INVALID',
    `expected a signed introspection answer with ${expected}, got ${actual}`,
    {
      hint: 'the answer was not believed (RFC 9701 §5); --accept json asks for one that is not signed',
      details: { ...details, expected, actual },
    },
  );
}
