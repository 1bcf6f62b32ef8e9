// verify: does this JWT hold? Signature, issuer, audience, times, type. Introspection is never asked.

import { TokctlError } from './core/errors.ts';
import { frozen } from './core/once.ts';
import type { Check, Report } from './core/report.ts';
import { isWellFormed, type Token, type TokenFormat } from './core/token.ts';
import { checkAlgorithm } from './judging/algorithm.ts';
import { conclude, type Findings } from './judging/conclusion.ts';
import { type Context, contextOf } from './judging/context.ts';
import { judgeLocally } from './judging/local.ts';
import { readSubject, type Subject } from './judging/subject.ts';
import { type Anchor, anchorOf, hasKeys, untrusted } from './judging/trust.ts';
import type { VerifyOptions } from './request.ts';

/**
 * Verifies a JWT against the keys of an issuer that was named, or against keys that were given.
 * What could not be found out is in `error` of the report, with the verdict `unknown`; a damaged token is `inactive`.
 * @throws TokctlError ERR_USAGE, ERR_CONFIG_INVALID for options that cannot be
 * @throws the reason of `options.signal` when that aborts
 */
export async function verify(text: string, options: VerifyOptions = {}): Promise<Report> {
  const context = await contextOf(options);
  const subject = await readSubject(text, options.takenFrom);
  const anchor = anchorOf(subject.token, options);
  return conclude(subject, await findings(subject, anchor, context), { anchor, context });
}

async function findings(subject: Subject, anchor: Anchor, context: Context): Promise<Findings> {
  const { token } = subject;
  if (token.format !== 'jws') return { checks: [], ...(isWellFormed(token) ? { error: unsupported(subject) } : {}) };
  if (anchor.issuer === undefined && !hasKeys(context.options)) return nobodyNamed(token, 'verify', context);
  const judged = await judgeLocally(subject, anchor, context);
  return { ...judged, checks: [...judged.checks, REVOCATION] };
}

/** Nothing to verify with: what decoding shows, unless the algorithm alone is a definite no. */
export function nobodyNamed(token: Token, command: 'verify' | 'introspect', context: Context): Findings {
  const algorithm = checkAlgorithm(token, context);
  return { checks: algorithm.outcome === 'failed' ? [algorithm] : [], error: untrusted(token, command) };
}

/** What the report says of revocation when nobody was asked. */
export const REVOCATION: Check = frozen({
  name: 'revocation',
  outcome: 'skipped',
  because: 'not asked; tokctl introspect --mode both asks the server',
  spec: 'RFC 7662 §2.2',
});

const WORDS: Readonly<Record<TokenFormat, string>> = {
  jws: 'a JWS',
  'jws-json': 'a JWS in JSON serialization',
  opaque: 'an opaque token, which only its issuer can judge',
  jwe: 'a JWE, which only its audience can open',
  paseto: 'a PASETO, which is no JWT',
  'sd-jwt': 'an SD-JWT, whose disclosures and key binding are not verified here',
};

function unsupported({ token, part }: Subject): TokctlError {
  const vendor = part.vendor === undefined ? '' : ` (${part.vendor})`;
  return new TokctlError('ERR_TOKEN_UNSUPPORTED', `expected a signed JWT, got ${WORDS[token.format]}${vendor}`, {
    hint: token.format === 'sd-jwt' ? 'read it: tokctl decode -' : 'ask the server: tokctl introspect -',
  });
}
