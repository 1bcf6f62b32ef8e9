// `algorithm`: may a token be signed so at all? The allow-list decides, never the token alone (RFC 8725 §3.1).

import { textOrEmpty } from '../core/json.ts';
import type { Check } from '../core/report.ts';
import type { Token } from '../core/token.ts';
import { ASYMMETRIC, algorithmNamed, SYMMETRIC } from '../protocol/algorithm.ts';
import type { Context } from './context.ts';
import { notChecked } from './key-checks.ts';

/** `algorithm`: on the allow-list, and never `none`. */
export function checkAlgorithm({ header }: Token, { options }: Pick<Context, 'options'>): Check {
  const actual = textOrEmpty(header, 'alg');
  const allowed = allowedAlgorithms(options);
  const spec = 'RFC 8725 §3.1';
  if (allowed.includes(actual))
    return { name: 'algorithm', outcome: 'passed', actual, because: `${actual} is allowed`, spec };
  const failed = { name: 'algorithm', outcome: 'failed', actual, expected: allowed, spec } as const;
  if (actual.toLowerCase() === 'none')
    return { ...failed, finding: 'header.alg.none', because: '`none` means not signed: anybody can make such a token' };
  if (/^HS\d+$/.test(actual))
    return {
      ...failed,
      finding: 'header.alg.symmetric',
      because: `${actual} is made with a shared secret, which only --secret gives`,
    };
  const because =
    algorithmNamed(actual) === undefined ? 'the algorithm is not supported' : 'the algorithm is not allowed';
  return { ...failed, ...(algorithmNamed(actual) === undefined ? { finding: 'header.alg.unsupported' } : {}), because };
}

const ASYMMETRIC_NAMES = Object.keys(ASYMMETRIC);
const SYMMETRIC_NAMES = Object.keys(SYMMETRIC);

/** With a secret only HMAC, without one only asymmetric algorithms, whatever the list says. */
function allowedAlgorithms({ algorithms, secret }: Context['options']): string[] {
  const all = secret === undefined ? ASYMMETRIC_NAMES : SYMMETRIC_NAMES;
  return algorithms === undefined ? all : algorithms.filter((name) => all.includes(name));
}

/** The checks where nothing could be verified with a key: `none`, HMAC without a secret, an unknown name. */
export function withoutKeys({ header, signature }: Token): Check[] {
  const alg = textOrEmpty(header, 'alg');
  if (alg.toLowerCase() !== 'none')
    return [
      notChecked('key', 'no key of the issuer fits this algorithm'),
      notChecked('signature', 'not checked, because of its algorithm'),
    ];
  const because =
    signature?.length === 0 ? 'the token carries no signature' : 'a signature under `none` proves nothing';
  return [{ name: 'signature', outcome: 'failed', finding: 'signature.missing', because, spec: 'RFC 7518 §3.6' }];
}
