// Revocation (RFC 7009): does it take effect? Tried on the token that was granted a moment ago, and on nothing else.

import { TokctlError } from '../core/errors.ts';
import { textMember } from '../core/json.ts';
import { shownUrl } from '../protocol/address.ts';
import type { HttpAnswer } from '../protocol/http/network.ts';
import { readIntrospectionAnswer } from '../protocol/introspection.ts';
import { readFault } from '../protocol/oauth-error.ts';
import { callerAt, refusedOrigin } from './caller.ts';
import { ask, type DoctorContext } from './context.ts';
import { type DoctorFinding, factsOf, question } from './finding.ts';
import { textList } from './metadata-members.ts';

const REVOCATION = question('token.revocation', 'RFC 7009 §2');

export interface Revoking {
  token: string;
  /** A JWT lives on at whoever verifies it alone. */
  isOpaque: boolean;
  /** The server called it active before. */
  wasActive: boolean;
}

/** Revokes the token, and asks about it once more. */
export async function examineRevocation(doctor: DoctorContext, revoking: Revoking): Promise<DoctorFinding> {
  const raw = doctor.found.metadata?.raw ?? {};
  const text = textMember(raw, 'revocation_endpoint');
  if (text === undefined || !URL.canParse(text))
    return REVOCATION.info('not asked: the metadata names no revocation endpoint, and the fresh token lives on');
  const endpoint = new URL(text);
  const refused = refusedOrigin(doctor, endpoint, 'the revocation endpoint');
  if (refused !== undefined) return REVOCATION.warning(refused.message, { fix: refused.hint });
  try {
    const fault = revocationFault(await revoke(doctor, { endpoint, token: revoking.token }));
    return fault === undefined ? await effect(doctor, revoking) : notRevoked(fault, endpoint);
  } catch (error) {
    if (error instanceof TokctlError) return notRevoked(error, endpoint);
    throw error;
  }
}

async function revoke(
  doctor: DoctorContext,
  { endpoint, token }: { endpoint: URL; token: string },
): Promise<HttpAnswer> {
  const raw = doctor.found.metadata?.raw ?? {};
  const methods =
    textList(raw, 'revocation_endpoint_auth_methods_supported') ?? doctor.found.metadata?.tokenAuthMethods;
  const { headers, form } = await callerAt(doctor, { endpoint, methods, asClient: true });
  return ask(doctor, {
    purpose: 'token',
    method: 'POST',
    url: endpoint,
    headers: { accept: 'application/json', ...headers },
    form: [['token', token], ...form],
  });
}

/** RFC 7009 §2.2: 200 whatever its body, which most often is empty. */
const revocationFault = (answer: HttpAnswer): TokctlError | undefined =>
  answer.status === 200 ? undefined : readFault(answer, 'the revocation endpoint');

function notRevoked(fault: TokctlError, endpoint: URL): DoctorFinding {
  const evidence = [fault.message, ...factsOf(fault)];
  if (fault.code === 'ERR_TOKEN_UNSUPPORTED')
    return REVOCATION.info('the server does not revoke tokens of that form', { evidence });
  return REVOCATION.warning(`the fresh token could not be revoked at ${shownUrl(endpoint)}`, {
    evidence,
    fix: fault.hint,
  });
}

async function effect(
  { found: { askAbout } }: DoctorContext,
  { token, isOpaque, wasActive }: Revoking,
): Promise<DoctorFinding> {
  if (askAbout === undefined || !wasActive)
    return REVOCATION.info('the server takes a revocation; whether it takes effect could not be asked');
  const { active } = readIntrospectionAnswer(await askAbout(token));
  if (!active) return REVOCATION.ok('a revoked token is inactive at once');
  const because = 'the server still calls a token active that it revoked';
  const fix = 'see whether introspection answers from a cache, or from a copy of the tokens that is behind';
  return isOpaque
    ? REVOCATION.error(because, { fix })
    : REVOCATION.warning(`${because}: this JWT lives until it expires`, { fix });
}
