// What is expected of the keys of an issuer: enough of them, for the algorithms that are meant, and for no others.

import { type JsonObject, textMember } from '../core/json.ts';
import { ASYMMETRIC } from '../protocol/algorithm.ts';
import { hasUsableKey, type JwkSet, judgeKey } from '../protocol/jwks.ts';
import type { Assertion } from './result.ts';

/** Keys of the set that can verify the signature of some token. */
export const usableKeys = ({ keys }: JwkSet): JsonObject[] =>
  keys.filter((jwk) => hasUsableKey({ keys: [jwk], ignored: 0 }));

/** `keys`: at least that many for signatures. */
export function enoughKeys(usable: readonly JsonObject[], least: number): Assertion {
  const enough = usable.length >= least;
  return {
    name: 'keys',
    outcome: enough ? 'passed' : 'failed',
    expected: least,
    actual: usable.length,
    because: `${usable.length === 1 ? 'one key' : `${usable.length} keys`} for signatures`,
    spec: 'RFC 7517 §5',
  };
}

const fits = (jwk: JsonObject, alg: string): boolean => judgeKey(jwk, { alg, pinned: true }).skipped === undefined;

/** `algorithms`: each has a key, and each key is for one of them. */
export function onlyAlgorithms(usable: readonly JsonObject[], wanted: readonly string[]): Assertion {
  const without = wanted.filter((alg) => !usable.some((jwk) => fits(jwk, alg)));
  const strange = usable.filter((jwk) => !wanted.some((alg) => fits(jwk, alg)));
  const problems = [
    ...(without.length === 0 ? [] : [`no key for ${without.join(', ')}`]),
    ...strange.map((jwk) => `${nameOf(jwk)} is for none of them`),
  ];
  return {
    name: 'algorithms',
    outcome: problems.length === 0 ? 'passed' : 'failed',
    expected: [...wanted],
    actual: [...new Set(usable.flatMap(algorithmsOf))],
    because: problems.length === 0 ? 'the keys are for these algorithms and no others' : problems.join('; '),
    spec: 'RFC 7517 §4.4',
  };
}

const nameOf = (jwk: JsonObject): string => {
  const kid = textMember(jwk, 'kid');
  return kid === undefined ? 'a key without kid' : `the key ${kid.slice(0, 80)}`;
};

/** What a key says of itself, or what its type and curve leave open. */
function algorithmsOf(jwk: JsonObject): string[] {
  const own = textMember(jwk, 'alg');
  return own === undefined ? Object.keys(ASYMMETRIC).filter((alg) => fits(jwk, alg)) : [own];
}
