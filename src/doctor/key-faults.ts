// The keys of a set, one by one and against each other: published secrets, weak keys, names that are not unique.
// Invariant: no private or secret member of a key ever gets into a finding.

import { createPublicKey } from 'node:crypto';
import { decodeBase64Url, isFault } from '../core/base64url.ts';
import { type JsonObject, member, textMember, textOrEmpty } from '../core/json.ts';
import { keyProblems, thumbprint } from '../protocol/key-strength.ts';
import { counted, type DoctorFinding, question, short } from './finding.ts';

const STRENGTH = question('keys.strength', 'RFC 7518 §3');
const POINT = question('jwk.ec.invalid_point', 'RFC 7518 §6.2.1');
const SHARED = question('jwk.rsa.shared_factor', 'RFC 8017 §3.1');
const KID = question('keys.kid', 'RFC 7517 §4.5');
const DUPLICATE = question('jwks.kid.duplicate', 'RFC 7517 §4.5');

/** How a key is called in a finding: its `kid`, or its place in the set. */
export const keyName = (key: JsonObject, index: number): string => {
  const kid = textMember(key, 'kid');
  return kid === undefined ? `key ${index + 1} of the set, without kid` : `kid ${short(kid)}`;
};

export function examineEachKey(keys: readonly JsonObject[]): DoctorFinding[] {
  return [...strength(keys), ...kids(keys)];
}

// ---------------------------------------------------------------- strength

const REPLACE = 'replace the key, and treat every token under it as forged';
const FIXES: Readonly<Record<string, string>> = {
  'jwks.private_key_exposed': 'replace the key at once, publish public members only, and treat every token as forged',
  'jwks.symmetric_key_exposed': 'replace the secret at once, and never publish a key of type oct',
};

function strength(keys: readonly JsonObject[]): DoctorFinding[] {
  const weak = [...problems(keys), ...invalidPoints(keys), ...sharedFactors(keys)];
  if (weak.length > 0) return weak;
  return [STRENGTH.ok('no private or symmetric key is published, and none is weak (size, ROCA, exponent, curve)')];
}

/** One finding for each kind of fault, with the keys that have it. */
function problems(keys: readonly JsonObject[]): DoctorFinding[] {
  const found = keys.flatMap((key, index) =>
    keyProblems(key).map((problem) => ({ ...problem, name: keyName(key, index) })),
  );
  return [...new Set(found.map(({ finding }) => finding))].map((id) => {
    const same = found.filter(({ finding }) => finding === id);
    const [first] = same;
    const asked = question(id, 'RFC 7517 §9.2, RFC 7518 §3.3');
    const evidence = same.map(({ name, because }) => `${name}: ${because}`);
    const because = `${counted(same.length, 'key')}: ${first?.because ?? ''}`;
    const told = { evidence, fix: Object.hasOwn(FIXES, id) ? (FIXES[id] ?? REPLACE) : REPLACE };
    return same.some(({ fatal }) => fatal)
      ? asked.error(because, told)
      : asked.warning(because, { evidence, fix: 'replace the key with one of exponent 65537 at the next rotation' });
  });
}

function invalidPoints(keys: readonly JsonObject[]): DoctorFinding[] {
  const bad = keys.flatMap((key, index) => (isOnCurve(key) ? [] : [keyName(key, index)]));
  if (bad.length === 0) return [];
  return [POINT.error('a point is not on its curve, or has the wrong length', { evidence: bad, fix: REPLACE })];
}

const CURVES = ['P-256', 'P-384', 'P-521'];

/** True also for keys of other types and curves, which are judged elsewhere. */
function isOnCurve(key: JsonObject): boolean {
  const { kty, crv, x, y } = key;
  if (kty !== 'EC' || typeof crv !== 'string' || !CURVES.includes(crv)) return true;
  try {
    createPublicKey({ key: { kty, crv, x, y } as never, format: 'jwk' });
    return true;
  } catch {
    return false;
  }
}

/** Keys that are compared with each other, and the largest of them in bytes: the work grows with the square of both. */
const MOST_COMPARED = 16;
const LARGEST = 512;

/** Two moduli made with one bad random number share a prime, and then both are factored by one division. */
function sharedFactors(keys: readonly JsonObject[]): DoctorFinding[] {
  const moduli = keys
    .flatMap((key, index) => {
      const n = modulus(key);
      return n === undefined ? [] : [{ n, name: keyName(key, index) }];
    })
    .slice(0, MOST_COMPARED);
  const pairs = moduli.flatMap((one, index) =>
    moduli
      .slice(index + 1)
      .filter((other) => other.n !== one.n && gcd(one.n, other.n) > 1n)
      .map((other) => `${one.name} and ${other.name}`),
  );
  if (pairs.length === 0) return [];
  return [
    SHARED.error('two RSA keys share a prime: anybody can compute both private keys', {
      evidence: pairs,
      fix: REPLACE,
    }),
  ];
}

function modulus(key: JsonObject): bigint | undefined {
  if (textMember(key, 'kty') !== 'RSA') return undefined;
  const bytes = decodeBase64Url(textOrEmpty(key, 'n'));
  if (isFault(bytes) || bytes.length === 0 || bytes.length > LARGEST) return undefined;
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
}

function gcd(one: bigint, other: bigint): bigint {
  let [a, b] = [one, other];
  while (b > 0n) [a, b] = [b, a % b];
  return a;
}

// ---------------------------------------------------------------- names

function kids(keys: readonly JsonObject[]): DoctorFinding[] {
  const without = keys.flatMap((key, index) => (member(key, 'kid') === undefined ? [keyName(key, index)] : []));
  const repeated = duplicates(keys);
  if (without.length === 0 && repeated.length === 0) return [KID.ok('every key has a `kid` of its own')];
  const fix = 'give every key a `kid`, such as its RFC 7638 thumbprint, and name it in the header of tokens';
  const unnamed =
    without.length === 0
      ? []
      : [
          keys.length === 1
            ? KID.info('the only key has no `kid`: the next one will need one', { evidence: without, fix })
            : KID.warning('keys without `kid`: verifiers must try them all, and some refuse', {
                evidence: without,
                fix,
              }),
        ];
  return [...unnamed, ...repeated];
}

function duplicates(keys: readonly JsonObject[]): DoctorFinding[] {
  const named = keys.filter((key) => textMember(key, 'kid') !== undefined);
  const repeated = [...new Set(named.map((key) => textOrEmpty(key, 'kid')))]
    .map((kid) => ({ kid, same: named.filter((key) => member(key, 'kid') === kid) }))
    .filter(({ same }) => same.length > 1);
  if (repeated.length === 0) return [];
  const evidence = repeated.map(({ kid, same }) => `kid ${short(kid)}: ${same.map(described).join(' and ')}`);
  const fix = 'give every key a `kid` of its own: many libraries refuse a set with two of the same';
  // RFC 7517 §4.5 lets keys of different types share a name when they are equivalent to the application.
  const isAmbiguous = repeated.some(
    ({ same }) => new Set(same.map((key) => textMember(key, 'kty'))).size < same.length,
  );
  const because = 'several keys have the same `kid`';
  return [isAmbiguous ? DUPLICATE.error(because, { evidence, fix }) : DUPLICATE.warning(because, { evidence, fix })];
}

const described = (key: JsonObject): string =>
  [textMember(key, 'kty') ?? 'no kty', textMember(key, 'alg'), thumbprint(key)?.slice(0, 8)]
    .filter((part) => part !== undefined)
    .map(short)
    .join(' ');
