// Signed introspection answers (RFC 9701), where the metadata says that there are any.

import { TokctlError } from '../core/errors.ts';
import type { Caller } from '../judging/caller.ts';
import { readSignedAnswer } from '../judging/signed-answer.ts';
import { introspectionRequest } from '../protocol/introspection.ts';
import { ask, type DoctorContext } from './context.ts';
import { type DoctorFinding, question, unanswered } from './finding.ts';
import { textList } from './metadata-members.ts';
import { unknownToken } from './unknown-token.ts';

const SIGNED = question('introspection.signed_answer', 'RFC 9701 §5');

/** Asks for one about an unknown token, and believes it as little as `introspect --accept jwt` would. */
export async function examineSignedAnswer(
  doctor: DoctorContext,
  { endpoint, caller }: { endpoint: URL; caller: () => Promise<Caller> },
): Promise<DoctorFinding> {
  const { metadata } = doctor.found;
  const listed =
    metadata === undefined ? [] : (textList(metadata.raw, 'introspection_signing_alg_values_supported') ?? []);
  if (listed.length === 0) return SIGNED.info('signed answers were not asked for: the metadata lists none');
  const { headers, form } = await caller();
  try {
    const request = introspectionRequest({ endpoint, token: unknownToken(doctor), accept: 'jwt', headers, form });
    await readSignedAnswer(await ask(doctor, request), { issuer: doctor.issuer, fromToken: false }, keysOf(doctor));
    return SIGNED.ok('it signs its answers, and the signature holds');
  } catch (error) {
    if (error instanceof TokctlError) return unanswered(SIGNED, error);
    throw error;
  }
}

/** The JWK Set by its address, so that the metadata is not asked for once more. */
function keysOf({ judging, found, options }: DoctorContext) {
  const { jwksUri } = found.metadata ?? {};
  const { client } = options;
  return {
    ...judging,
    options: {
      ...judging.options,
      ...(jwksUri === undefined ? {} : { jwksUri }),
      ...(client === undefined ? {} : { client }),
    },
  };
}
