// The checks `key`, `key_strength` and `signature` in words: which key was found, what is known against it, how it came out.

import { type JsonObject, member, textMember, textOrEmpty } from '../core/json.ts';
import type { Check } from '../core/report.ts';
import type { Token } from '../core/token.ts';
import { algorithmNamed } from '../protocol/algorithm.ts';
import type { JudgedKey, JwkSet } from '../protocol/jwks.ts';
import { type KeyProblem, keyBits } from '../protocol/key-strength.ts';

export const notChecked = (name: 'key' | 'signature', because: string): Check => ({
  name,
  outcome: 'skipped',
  because,
});

export const signatureCheck = (passed: boolean, because: string): Check => ({
  name: 'signature',
  outcome: passed ? 'passed' : 'failed',
  because,
  spec: 'RFC 7515 §5.2',
});

// ---------------------------------------------------------------- key

/** Some key of the set may verify the token. */
export function keyFound(candidates: readonly JudgedKey[], { pinned }: JwkSet): Check {
  const because =
    pinned === true
      ? 'the key that was given'
      : candidates.length === 1
        ? 'the set has the key that the token names'
        : `${candidates.length} keys of the set fit; each was tried`;
  return { name: 'key', outcome: 'passed', because, spec: 'RFC 7515 §6' };
}

/** Several keys could have been meant: the one that verified counts, and the set or the token should be clearer. */
export function ambiguity({ header }: Token, candidates: readonly JudgedKey[]): Check | undefined {
  if (candidates.length < 2) return undefined;
  const named = typeof member(header, 'kid') === 'string';
  return {
    name: 'key',
    outcome: 'warned',
    finding: named ? 'jwks.kid.duplicate' : 'jwks.kid.ambiguous',
    actual: candidates.length,
    expected: 1,
    because: named
      ? `${candidates.length} keys of the set have that kid; each was tried`
      : `the token names no kid and ${candidates.length} keys fit; each was tried`,
    spec: 'RFC 7517 §4.5',
  };
}

// ---------------------------------------------------------------- key_strength

/** A key that proves nothing, because of that problem. */
export const weakKey = ({ finding, because }: KeyProblem): Check => ({
  name: 'key_strength',
  outcome: 'failed',
  finding,
  because,
  spec: 'RFC 8725 §3.5',
});

/** A key that verified, with what is known against it. */
export function strengthOf(jwk: JsonObject, problems: JudgedKey['problems']): Check {
  const [problem] = problems;
  const size = textMember(jwk, 'crv') ?? `${keyBits(jwk)} bits`;
  const spec = 'RFC 8725 §3.5';
  if (problem !== undefined)
    return { name: 'key_strength', outcome: 'warned', finding: problem.finding, because: problem.because, spec };
  return { name: 'key_strength', outcome: 'passed', because: `${size}: nothing is known against it`, spec };
}

// ---------------------------------------------------------------- signature

/** What a signature that fails looks like: too short, in DER, or of the right form. */
export function whyNot(
  { header, signature = new Uint8Array() }: Token,
  jwk: JsonObject | undefined,
  tried: number,
): string {
  const alg = textOrEmpty(header, 'alg');
  const needed = signatureBytes(alg, jwk);
  const looksLikeDer = alg.startsWith('ES') && signature[0] === 0x30 && signature.length > 8;
  if (signature.length === 0) return 'the signature is empty';
  if (looksLikeDer && signature.length !== needed)
    return `the signature is in DER form; ${alg} has two numbers of one size side by side (RFC 7518 §3.4)`;
  if (needed !== undefined && signature.length !== needed)
    return `the signature has ${signature.length} bytes, ${alg} with this key needs ${needed}`;
  return tried === 1
    ? 'it does not verify with the key that the token names'
    : `it verifies with none of ${tried} keys that fit`;
}

/** Bytes that a signature must have; undefined where no single key tells. */
export function signatureBytes(alg: string, jwk: JsonObject | undefined): number | undefined {
  const known = algorithmNamed(alg);
  if (known?.signatureBytes !== undefined) return known.signatureBytes;
  const bits = jwk && keyBits(jwk);
  return bits && Math.ceil(bits / 8);
}
