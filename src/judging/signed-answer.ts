// A signed introspection answer (RFC 9701 §5): believed only with the type, the issuer, the audience and the key it must have.

import { TokctlError } from '../core/errors.ts';
import { isJsonObject, member, textMember } from '../core/json.ts';
import { normalizeTyp } from '../core/kind.ts';
import { isWellFormed, parseToken, type Token } from '../core/token.ts';
import type { HttpAnswer } from '../protocol/http/network.ts';
import { type IntrospectionAnswer, JWT_ANSWER, readMembers } from '../protocol/introspection.ts';
import { answerDetails, readFault } from '../protocol/oauth-error.ts';
import type { IntrospectOptions } from '../request.ts';
import type { Context } from './context.ts';
import { judgeSignature } from './signature.ts';
import type { Anchor } from './trust.ts';

/** @throws TokctlError for faults of the server, and ERR_RESPONSE_INVALID for an answer that is not believed */
export async function readSignedAnswer(
  answer: HttpAnswer,
  anchor: Anchor,
  context: Context,
): Promise<IntrospectionAnswer> {
  const fault = readFault(answer, 'the introspection endpoint', { mediaTypes: [JWT_ANSWER, 'application/jwt'] });
  if (fault !== undefined) throw fault;
  if (answer.mediaType !== JWT_ANSWER)
    throw disbelieved(answer, `media type \`${JWT_ANSWER}\``, `\`${answer.mediaType}\``);
  const token = parseToken(answer.text.trim());
  if (token.format === 'jwe') throw encrypted(answer);
  if (token.format !== 'jws' || !isWellFormed(token)) throw disbelieved(answer, 'a signed JWT', 'a body that is none');
  assertHeader(token, answer);
  const claims = assertClaims(token, anchor, { answer, context });
  await assertSignature(token, anchor, { answer, context });
  return readMembers(claims, answer);
}

interface Answered {
  answer: HttpAnswer;
  context: Context;
}

function assertHeader({ header }: Token, answer: HttpAnswer): void {
  const typ = textMember(header, 'typ');
  if (typ === undefined || normalizeTyp(typ) !== 'token-introspection+jwt')
    throw disbelieved(answer, 'typ `token-introspection+jwt`', typ === undefined ? 'no typ' : `typ \`${typ}\``);
  if (Object.hasOwn(header ?? {}, 'crit')) throw disbelieved(answer, 'no critical extension', 'crit');
}

function assertClaims({ claims }: Token, { issuer }: Anchor, { answer, context }: Answered) {
  const iss = textMember(claims, 'iss');
  if (issuer === undefined || iss !== issuer)
    throw disbelieved(answer, `iss \`${issuer ?? 'that you named'}\``, `\`${iss ?? 'none'}\``);
  const client = (context.options as IntrospectOptions).client?.id;
  const aud = member(claims, 'aud');
  if (client !== undefined && ![aud].flat().includes(client))
    throw disbelieved(answer, `aud \`${client}\``, 'an answer for somebody else');
  const members = member(claims, 'token_introspection');
  if (!isJsonObject(members)) throw disbelieved(answer, 'the object `token_introspection`', 'none');
  return members;
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

function encrypted(answer: HttpAnswer): TokctlError {
  return disbelieved(answer, 'a signed answer', 'an encrypted one, which is not opened here');
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
