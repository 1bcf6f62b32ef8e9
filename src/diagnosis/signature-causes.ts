// Causes that text, algorithm, key and signature tell: damaged, cut, altered, of another key, not for local verification.

import { textMember } from '../core/json.ts';
import type { Cause, KeyTrace } from '../core/report.ts';
import { cause, checkNamed, type Facts, failedCheck, type Rule } from './facts.ts';

const algOf = ({ token }: Facts): string => textMember(token.header, 'alg') ?? '';
const kidOf = ({ token }: Facts): string => textMember(token.header, 'kid') ?? '(none)';

const damaged: Rule = (facts) => {
  const check = failedCheck(facts, 'format') ?? failedCheck(facts, 'encoding');
  if (check === undefined) return [];
  const evidence = [check.because];
  if (check.finding === 'token.truncated' || isCut(facts))
    return [
      cause('token_truncated', check.finding === 'token.truncated' ? 'certain' : 'likely', {
        because: 'a part of the token is missing: it was cut off when it was copied or stored',
        evidence,
        fix: 'take the token again from its source, whole; logs and database columns often cut it',
      }),
    ];
  if (
    facts.token.format === 'opaque' &&
    facts.token.header === undefined &&
    check.finding !== 'input.illegal_character'
  )
    return [];
  return [
    cause('token_damaged', 'certain', {
      because: 'the text is not what the issuer made: a character of it was changed or added',
      evidence,
      fix: 'take the token again from its source, without a chat, an editor or a terminal in between',
    }),
  ];
};

/** A last part whose length no base64url text has. */
const isCut = (facts: Facts): boolean =>
  failedCheck(facts, 'encoding')?.finding === 'encoding.noncanonical' &&
  /cut/.test(failedCheck(facts, 'encoding')?.because ?? '');

const notSigned: Rule = (facts) => {
  if (checkNamed(facts, 'algorithm')?.finding !== 'header.alg.none') return [];
  return [
    cause('algorithm_none', 'certain', {
      because: 'the token is not signed, so anybody can have made it',
      evidence: [`alg is ${algOf(facts)}`],
      fix: 'refuse it, and look who sends it: an issuer that signs does not make such tokens',
    }),
  ];
};

const symmetric: Rule = (facts) => {
  const alg = algOf(facts);
  const failed = failedCheck(facts, 'algorithm')?.finding === 'header.alg.symmetric';
  const unverified = facts.report.verdict === 'unknown' && /^HS\d+$/.test(alg) && facts.error !== undefined;
  if (!failed && !unverified) return [];
  const found = cause('symmetric_algorithm', 'certain', {
    because: `${alg} is made and verified with one shared secret; keys of a JWK Set cannot verify it`,
    evidence: [`alg is ${alg}`],
    fix: 'ask the server: tokctl introspect - --mode remote; or give the secret if it is yours: --secret env:NAME',
  });
  return [found, ...(failed && textMember(facts.token.header, 'kid') !== undefined ? [confusion(facts)] : [])];
};

/** A token that names a key of the issuer and yet is made with a secret may be an attack on sloppy verifiers. */
const confusion = (facts: Facts): Cause =>
  cause('algorithm_confusion', 'possible', {
    because:
      'somebody may have used a public key of the issuer as the secret, to fool verifiers that take alg from the token',
    evidence: [`alg is ${algOf(facts)}`, `kid is ${kidOf(facts)}`],
    fix: 'if the issuer signs with RSA or ECDSA, treat the token as forged',
  });

const notLocally: Rule = (facts) => {
  const skipped = checkNamed(facts, 'signature');
  if (
    facts.report.verdict !== 'unknown' ||
    skipped?.outcome !== 'skipped' ||
    !skipped.because.startsWith('not verified here')
  )
    return [];
  return [
    cause('not_locally_verifiable', 'certain', {
      because: skipped.because,
      evidence: [`alg is ${algOf(facts)}`, `issuer ${textMember(facts.token.claims, 'iss') ?? 'unknown'}`],
      fix: 'ask the server with the credentials of a client: --client-id ID --client-secret env:CLIENT_SECRET',
    }),
  ];
};

// ---------------------------------------------------------------- keys

const verifiesUnderOther = ({ report }: Facts): KeyTrace | undefined =>
  report.verification?.keys.find(({ because }) => because.startsWith('it verifies the signature, but'));

const otherKid: Rule = (facts) => {
  const key = verifiesUnderOther(facts);
  if (key === undefined) return [];
  return [
    cause('key_id_reused', 'certain', {
      because: `the token verifies with key ${key.kid ?? key.thumbprint}, though it names ${kidOf(facts)}`,
      evidence: [`kid of the token: ${kidOf(facts)}`, `kid of the key that verifies: ${key.kid ?? '(none)'}`],
      fix: 'the issuer must give each key one kid and sign with the kid of the key it uses',
    }),
  ];
};

const keyMissing: Rule = (facts) => {
  const check = failedCheck(facts, 'key');
  if (check?.finding !== 'jwks.kid.not_found' || verifiesUnderOther(facts) !== undefined) return [];
  const sameIssuer = checkNamed(facts, 'issuer')?.outcome === 'passed';
  const evidence = [
    `the token names kid ${kidOf(facts)}`,
    `kids of the set: ${(facts.report.verification?.keys ?? []).map(({ kid }) => kid ?? '(none)').join(', ')}`,
  ];
  const rotated = cause('key_rotated', sameIssuer ? 'likely' : 'possible', {
    because: 'the issuer has retired the key that signed this token',
    evidence,
    fix: 'get a new token; see the keys of today: tokctl jwks ISSUER',
  });
  const other = cause('key_of_other_environment', sameIssuer ? 'possible' : 'likely', {
    because: 'the token was signed in another environment, realm or tenant, which has other keys',
    evidence: [...evidence, `iss of the token: ${textMember(facts.token.claims, 'iss') ?? 'none'}`],
    fix: 'check where the token was got, and that --issuer or --jwks names the same place',
  });
  return sameIssuer ? [rotated, other] : [other, rotated];
};

const weakKey: Rule = (facts) => {
  const check = failedCheck(facts, 'key_strength');
  if (check === undefined) return [];
  return [
    cause('weak_key', 'certain', {
      because: `the key proves nothing: ${check.because}`,
      evidence: [check.finding ?? 'key_strength'],
      fix: 'the issuer must make a sound key: RSA of 2048 bits or more, P-256, or Ed25519',
    }),
  ];
};

// ---------------------------------------------------------------- signature

const altered: Rule = (facts) => {
  const check = failedCheck(facts, 'signature');
  if (check === undefined || check.finding === 'signature.missing' || verifiesUnderOther(facts) !== undefined)
    return [];
  const missing = /has (\d+) bytes, .* needs (\d+)/.exec(check.because);
  const isShort = missing !== null && Number(missing[1]) < Number(missing[2]);
  if (isShort || /empty/.test(check.because)) return [truncatedSignature(check.because, missing)];
  const sameIssuer = checkNamed(facts, 'issuer')?.outcome !== 'failed';
  const found = cause('signature_altered', 'likely', {
    because: 'header or payload are not what was signed: the token was changed, or is forged',
    evidence: [check.because, `alg ${algOf(facts)}, kid ${kidOf(facts)}`],
    fix: 'take the token again from its source; if it still fails, do not trust who sent it',
  });
  const other = cause('key_of_other_environment', 'possible', {
    because: 'the key of that kid is not the one that signed: keys of another environment, or a kid used again',
    evidence: [
      `kid ${kidOf(facts)}`,
      sameIssuer ? 'the issuer is the one that was named' : 'the issuer is another than the one that was named',
    ],
    fix: 'compare the JWK Set with the one of the server that issued the token: tokctl jwks ISSUER',
  });
  return [found, other];
};

function truncatedSignature(because: string, missing: RegExpExecArray | null): Cause {
  const lost = missing === null ? '' : `; ${Number(missing[2]) - Number(missing[1])} bytes are missing`;
  return cause('token_truncated', 'certain', {
    because: `the signature at the end of the token is too short: it was cut off${lost}`,
    evidence: [because],
    fix: 'take the token again from its source, whole; logs and database columns often cut it',
  });
}

export const SIGNATURE_RULES: readonly Rule[] = [
  damaged,
  notSigned,
  symmetric,
  notLocally,
  weakKey,
  otherKid,
  keyMissing,
  altered,
];
