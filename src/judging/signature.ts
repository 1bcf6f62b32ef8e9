// The judgement of a signature: may it be so, whose key is it, and does it verify?

import { TokctlError } from '../core/errors.ts';
import { textOrEmpty } from '../core/json.ts';
import { lintHeader } from '../core/lint.ts';
import type { Check } from '../core/report.ts';
import type { Token } from '../core/token.ts';
import { type Algorithm, algorithmNamed } from '../protocol/algorithm.ts';
import { verifySignature } from '../protocol/signature.ts';
import { checkAlgorithm, withoutKeys } from './algorithm.ts';
import type { Context } from './context.ts';
import { notChecked, signatureCheck } from './key-checks.ts';
import { keySource } from './key-set.ts';
import { type SignatureJudgement, tryKeys } from './key-trial.ts';
import type { Anchor } from './trust.ts';

/** Judges the signature of a JWS. Errors of the network come back in `error`, so that the other checks still run. */
export async function judgeSignature(token: Token, anchor: Anchor, context: Context): Promise<SignatureJudgement> {
  const algorithm = checkAlgorithm(token, context);
  const known = algorithmNamed(textOrEmpty(token.header, 'alg'));
  const usable = known !== undefined && (known.kty === 'oct') === (context.options.secret !== undefined);
  if (!usable) return { checks: [algorithm, ...withoutKeys(token)] };
  if (token.jws === undefined)
    return { checks: [algorithm, notChecked('signature', 'the text of the token is damaged')] };
  if (changesWhatIsSigned(token))
    return {
      checks: [algorithm, notChecked('signature', 'its header changes what is signed in a way that is not supported')],
    };
  if (context.options.secret !== undefined)
    return bySecret(token.jws, { algorithm, known, secret: context.options.secret });
  try {
    const source = await keySource(anchor, context);
    if (source === undefined) return { checks: [algorithm, notChecked('key', 'nobody named an issuer or keys')] };
    const judged = await tryKeys(token, token.jws, source);
    return { ...judged, checks: [algorithm, ...judged.checks] };
  } catch (error) {
    if (!(error instanceof TokctlError)) throw error;
    return { checks: [algorithm, notChecked('signature', `no key could be had: ${error.message}`)], error };
  }
}

/** `crit` or `b64`: refused by `critical_header`; what a signature over it would mean is not known. */
const changesWhatIsSigned = ({ header = {} }: Token): boolean =>
  lintHeader(header).some(({ name, outcome }) => name === 'critical_header' && outcome === 'failed');

// ---------------------------------------------------------------- a shared secret

interface BySecret {
  /** The check of that name. */
  algorithm: Check;
  known: Algorithm;
  secret: string;
}

function bySecret(jws: string, { algorithm, known, secret }: BySecret): SignatureJudgement {
  const bytes = new TextEncoder().encode(secret);
  const alg = String(algorithm.actual);
  const { signatureBytes: needed = 0 } = known;
  const strength: Check = {
    name: 'key_strength',
    outcome: bytes.length < needed ? 'failed' : 'passed',
    ...(bytes.length < needed ? { finding: 'key.hmac.too_short' } : {}),
    expected: `${needed} bytes or more`,
    actual: `${bytes.length} bytes`,
    because:
      bytes.length < needed ? 'the secret is shorter than the hash: it can be guessed' : 'the secret is long enough',
    spec: 'RFC 7518 §3.2',
  };
  if (algorithm.outcome === 'failed')
    return { checks: [algorithm, strength, notChecked('signature', 'not checked, because of its algorithm')] };
  const outcome = verifySignature(jws, bytes, alg);
  const verification = { key: { alg, kty: 'oct' }, keys: [] };
  const passed = outcome === 'verified';
  const because = passed
    ? `${alg} by the secret that was given`
    : `${alg} does not verify with the secret that was given`;
  return { checks: [algorithm, strength, signatureCheck(passed, because)], verification };
}
