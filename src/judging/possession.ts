// What a token is bound to: the access token behind `at_hash`, the authorization code behind `c_hash`, and the key or
// certificate behind `cnf`.
// What was not brought is said to be unchecked; a binding is never claimed to hold without its proof.

import { createHash, X509Certificate } from 'node:crypto';
import { TokctlError } from '../core/errors.ts';
import type { Expectations } from '../core/expectations.ts';
import {
  isJsonObject,
  type Json,
  type JsonObject,
  member,
  memberOrNull,
  textMember,
  textOrEmpty,
} from '../core/json.ts';
import { finiteNumber } from '../core/lint.ts';
import type { Check, CheckName } from '../core/report.ts';
import { isWellFormed, parseToken, type Token } from '../core/token.ts';
import { algorithmNamed } from '../protocol/algorithm.ts';
import { keyProblems, thumbprint } from '../protocol/key-strength.ts';
import { verifySignature } from '../protocol/signature.ts';

export interface Possession {
  token: Token;
  claims: JsonObject;
  expectations: Expectations;
  /** Seconds since 1970. */
  now: number;
}

/** `at_hash`, `c_hash` and `confirmation`, where the token or the question has them. */
export function checkPossession(possession: Possession): Check[] {
  const { accessToken, code } = possession.expectations;
  return [
    ...checkHash(possession, accessToken, AT_HASH),
    ...checkHash(possession, code, C_HASH),
    ...confirmation(possession),
  ];
}

// ---------------------------------------------------------------- at_hash, c_hash

/** A claim that binds an ID token to what was issued beside it. */
interface HashClaim {
  claim: 'at_hash' | 'c_hash';
  check: CheckName;
  /** What it belongs to, and the option that brings it. */
  thing: string;
  option: string;
  spec: string;
}

const AT_HASH: HashClaim = {
  claim: 'at_hash',
  check: 'at_hash',
  thing: 'access token',
  option: '--access-token',
  spec: 'OpenID Connect Core §3.1.3.6',
};

const C_HASH: HashClaim = {
  claim: 'c_hash',
  check: 'claim:c_hash',
  thing: 'authorization code',
  option: '--code',
  spec: 'OpenID Connect Core §3.3.2.11',
};

function checkHash({ token, claims }: Possession, text: string | undefined, hash: HashClaim): Check[] {
  const { claim, check: name, thing, option, spec } = hash;
  const actual = member(claims, claim);
  if (text === undefined) {
    const because = `unchecked; give the ${thing} with ${option}`;
    return actual === undefined ? [] : [{ name, outcome: 'skipped', because, spec }];
  }
  const expected = leftHalfHash(textOrEmpty(token.header, 'alg'), text);
  const same = actual === expected;
  const because = same
    ? `it belongs to the ${thing}`
    : actual === undefined
      ? `the token has no ${claim}`
      : `it belongs to another ${thing}`;
  return [
    {
      name,
      outcome: same ? 'passed' : 'failed',
      expected,
      ...(actual === undefined ? {} : { actual }),
      because,
      spec,
    },
  ];
}

/** The left half of the hash that the signature algorithm names. EdDSA has SHA-512 within it. */
function leftHalfHash(alg: string, text: string): string {
  const digest = createHash(algorithmNamed(alg)?.hash ?? 'sha256')
    .update(text, 'ascii')
    .digest();
  return digest.subarray(0, digest.length / 2).toString('base64url');
}

// ---------------------------------------------------------------- cnf

function confirmation(possession: Possession): Check[] {
  const cnf = member(possession.claims, 'cnf');
  const { dpopProof, clientCertificate } = possession.expectations;
  const bound = isJsonObject(cnf) ? cnf : undefined;
  if (dpopProof !== undefined) return [byProof(possession, bound, dpopProof)];
  if (clientCertificate !== undefined) return [byCertificate(bound, clientCertificate)];
  if (bound === undefined) return [];
  const by = Object.hasOwn(bound, 'x5t#S256') ? '--client-cert' : '--dpop-proof';
  return [
    {
      name: 'confirmation',
      outcome: 'skipped',
      finding: 'claims.cnf.sender_constrained',
      because: `the token is bound to a key of its sender: possession was not checked; give ${by}`,
      spec: 'RFC 7800 §3',
    },
  ];
}

const RFC9449 = 'RFC 9449 §4.3';
const failed = (because: string, { expected, actual }: { expected?: Json; actual?: Json } = {}): Check => ({
  name: 'confirmation',
  outcome: 'failed',
  ...(expected === undefined ? {} : { expected }),
  ...(actual === undefined ? {} : { actual }),
  because,
  spec: RFC9449,
});

/** The rules of RFC 9449 §4.3, in the order in which a reader would ask. */
function byProof({ token, expectations, now }: Possession, cnf: JsonObject | undefined, text: string): Check {
  const proof = parseToken(text);
  const { header, claims } = proof;
  if (proof.format !== 'jws' || !isWellFormed(proof) || header === undefined || claims === undefined)
    return failed('what was given as DPoP proof is no JWT');
  if (
    textMember(header, 'typ')
      ?.toLowerCase()
      .replace(/^application\//, '') !== 'dpop+jwt'
  )
    return failed('the proof is of another type', { expected: 'dpop+jwt', actual: memberOrNull(header, 'typ') });
  const jwk = member(header, 'jwk');
  if (!isJsonObject(jwk) || keyProblems(jwk).some(({ fatal }) => fatal))
    return failed('the proof carries no sound public key');
  const print = thumbprint(jwk) ?? '';
  const bound = textMember(cnf, 'jkt');
  if (bound === undefined) return failed('the token is not bound to a DPoP key: it has no cnf.jkt', { actual: print });
  if (bound !== print) return failed('the proof is made with another key', { expected: bound, actual: print });
  const wrong = badSignature(proof, jwk) ?? wrongClaim(claims, { token, expectations, now });
  if (wrong !== undefined) return wrong;
  return {
    name: 'confirmation',
    outcome: 'passed',
    expected: bound,
    actual: print,
    because: 'the proof was made with the key that the token is bound to, for this token',
    spec: RFC9449,
  };
}

function badSignature(proof: Token, jwk: JsonObject): Check | undefined {
  const alg = textOrEmpty(proof.header, 'alg');
  const known = algorithmNamed(alg);
  if (known === undefined || known.kty === 'oct' || known.kty !== textMember(jwk, 'kty'))
    return failed('the algorithm of the proof does not fit its key', { actual: alg });
  return verifySignature(proof.text, jwk, alg) === 'verified'
    ? undefined
    : failed('the signature of the proof does not verify');
}

/** Seconds that a proof may be old; servers allow for little more. */
const PROOF_AGE = 300;

function wrongClaim(claims: JsonObject, { token, expectations, now }: Omit<Possession, 'claims'>): Check | undefined {
  const { dpopMethod, dpopUrl, clockTolerance = 0 } = expectations;
  const ath = createHash('sha256').update(token.text, 'ascii').digest('base64url');
  const actualAth = member(claims, 'ath');
  if (actualAth !== undefined && actualAth !== ath) return failed('the proof was made for another access token (ath)');
  if (actualAth === undefined) return failed('the proof names no access token: it has no ath');
  if (dpopMethod !== undefined && member(claims, 'htm') !== dpopMethod)
    return failed('the proof is for another method (htm)', {
      expected: dpopMethod,
      actual: memberOrNull(claims, 'htm'),
    });
  if (dpopUrl !== undefined && withoutQuery(textMember(claims, 'htu')) !== withoutQuery(dpopUrl))
    return failed('the proof is for another URL (htu)', { expected: dpopUrl, actual: memberOrNull(claims, 'htu') });
  const iat = finiteNumber(member(claims, 'iat'));
  if (iat === undefined) return failed('the proof does not say when it was made: it has no iat');
  const tolerance = PROOF_AGE + clockTolerance;
  return Math.abs(now - iat) > tolerance
    ? failed('the proof is not fresh (iat)', { expected: `made within ${tolerance} s of now`, actual: iat })
    : undefined;
}

const withoutQuery = (url: string | undefined): string | undefined => {
  if (url === undefined || !URL.canParse(url)) return url;
  const { origin, pathname } = new URL(url);
  return origin + pathname;
};

function byCertificate(cnf: JsonObject | undefined, certificate: string | Uint8Array): Check {
  const spec = 'RFC 8705 §3.1';
  const expected = textMember(cnf, 'x5t#S256');
  const actual = createHash('sha256').update(readCertificate(certificate).raw).digest('base64url');
  const unbound = { name: 'confirmation', actual, spec } as const;
  if (expected === undefined)
    return {
      ...unbound,
      outcome: 'failed',
      because: 'the token is not bound to a certificate: it has no cnf.x5t#S256',
    };
  const check = { ...unbound, expected };
  if (expected !== actual) return { ...check, outcome: 'failed', because: 'the token is bound to another certificate' };
  return {
    ...check,
    outcome: 'passed',
    because: 'the token is bound to this certificate; that its private key is held was not shown',
  };
}

function readCertificate(certificate: string | Uint8Array): X509Certificate {
  try {
    return new X509Certificate(certificate);
  } catch (cause) {
    throw new TokctlError('ERR_CONFIG_INVALID', 'expected a client certificate, got something else', {
      hint: 'give it as PEM or DER: --client-cert FILE',
      cause,
    });
  }
}
