// Causes that keys and signature tell: rotated, of another environment, under another name, for another use, weak, altered.
// Invariant: `certain` only where a key was seen to verify, or where the set itself says what is wrong with the key.

import { textMember, textOrEmpty } from '../core/json.ts';
import type { Cause, Check, Confidence, KeyTrace } from '../core/report.ts';
import { durationWords, formatUtc } from '../core/time.ts';
import { verifiedByOthers } from './algorithm-causes.ts';
import {
  adviceOr,
  cause,
  evaluated,
  type Facts,
  failedCheck,
  hasExpired,
  hasPassed,
  isMadeByClient,
  issOf,
  listed,
  providerLine,
  type Rule,
  timeClaim,
} from './facts.ts';
import { ownerOf } from './known-issuers.ts';
import { signatureLengths } from './text-causes.ts';

const algOf = ({ token }: Facts): string => textOrEmpty(token.header, 'alg');
const kidOf = ({ token }: Facts): string | undefined => textMember(token.header, 'kid');
const keysOf = ({ report }: Facts): readonly KeyTrace[] => report.verification?.keys ?? [];

/** The key that the token names, where the set has it. */
const namedKey = (facts: Facts): KeyTrace | undefined => {
  const kid = kidOf(facts);
  return kid === undefined ? undefined : keysOf(facts).find((key) => key.kid === kid);
};

// ---------------------------------------------------------------- the key is there under another name

const verifiesUnderOther = (facts: Facts): KeyTrace | undefined =>
  keysOf(facts).find(({ because }) => because.startsWith('it verifies the signature, but'));

const otherKid: Rule = (facts) => {
  const key = verifiesUnderOther(facts);
  if (key === undefined) return [];
  const kid = kidOf(facts) ?? '(none)';
  return [
    cause('key_id_reused', 'certain', {
      because: `the token verifies with key ${key.kid ?? key.thumbprint ?? '(unnamed)'}, though it names ${kid}`,
      evidence: [
        `kid of the token: ${kid}${namedKey(facts) === undefined ? ', which no key of the set has' : ', which is another key of the set'}`,
        `kid of the key that verifies: ${key.kid ?? '(none)'}`,
      ],
      fix: 'the issuer must give each key one kid of its own, and write the kid of the key that it signs with',
    }),
  ];
};

// ---------------------------------------------------------------- the key is not there

const keyMissing: Rule = (facts) => {
  const check = failedCheck(facts, 'key');
  if (check?.finding !== 'jwks.kid.not_found' || isMadeByClient(facts)) return [];
  if (verifiesUnderOther(facts) !== undefined || verifiedByOthers(facts) !== undefined) return [];
  const evidence = [`the token names kid ${kidOf(facts)}`, kidsOfSet(facts), ...ages(facts)];
  const { rotated, other } = likelihood(facts);
  const found = [rotatedCause(facts, rotated, evidence), otherPlace(facts, other, evidence)];
  return rotated === 'likely' || other !== 'likely' ? found : found.reverse();
};

/** Kids of a set in one line; a long set is counted. */
function kidsOfSet(facts: Facts): string {
  const kids = keysOf(facts).map(({ kid }) => kid ?? '(none)');
  const more = kids.length > 8 ? ` and ${kids.length - 8} more` : '';
  return `kids of the set: ${kids.slice(0, 8).join(', ')}${more}`;
}

/** Minutes that a token is young: a key is not taken away before its first tokens have expired. */
const YOUNG = 600;

/** Which of the two it is, by issuer and age: an old key goes, and a young token has a key that should be there. */
function likelihood(facts: Facts): { rotated: Confidence; other: Confidence } {
  const iat = timeClaim(facts, 'iat');
  const isYoung = iat !== undefined && !hasExpired(facts) && evaluated(facts) - iat < YOUNG;
  if (failedCheck(facts, 'issuer') !== undefined || ownerOf(facts) !== undefined)
    return { rotated: 'possible', other: 'likely' };
  if (!hasPassed(facts, 'issuer')) return { rotated: 'possible', other: 'possible' };
  return { rotated: isYoung ? 'possible' : 'likely', other: 'possible' };
}

/** How old the token is and how old the set: what decides between a key that went and one that has not come yet. */
function ages(facts: Facts): string[] {
  const iat = timeClaim(facts, 'iat');
  const { jwks_age_seconds: age } = facts.report.verification ?? {};
  const issued = iat === undefined ? undefined : formatUtc(iat);
  const old = iat === undefined ? 0 : evaluated(facts) - iat;
  return [
    ...(issued === undefined || old < 0 ? [] : [`the token was issued ${durationWords(old)} ago (${issued})`]),
    ...(age === undefined ? [] : [`the set was fetched ${age === 0 ? 'just now' : `${durationWords(age)} ago`}`]),
  ];
}

function rotatedCause(facts: Facts, confidence: Confidence, evidence: string[]): Cause {
  const given = facts.keysFrom !== 'issuer' && facts.report.verification?.jwks_uri === undefined;
  return cause('key_rotated', confidence, {
    because: given
      ? 'the keys that you gave are of another time than the token: the issuer has changed its keys'
      : confidence === 'possible' && hasPassed(facts, 'issuer')
        ? 'the issuer changed its keys a moment ago, and this set does not have the new one yet, or has lost the old one'
        : 'the issuer no longer publishes the key that signed this token',
    evidence: [...evidence, ...providerLine(facts)],
    fix: adviceOr(
      facts,
      'key_rotated',
      given
        ? 'fetch the keys anew: name the issuer with --issuer, or give the set of today'
        : `get a new token; see the keys of today: tokctl jwks ${facts.report.issuer ?? 'ISSUER'}`,
    ),
  });
}

function otherPlace(facts: Facts, confidence: Confidence, evidence: string[]): Cause {
  const owner = ownerOf(facts);
  return cause('key_of_other_environment', confidence, {
    because:
      owner === undefined
        ? 'the token was signed in another environment, realm or tenant, which has other keys'
        : `the token is of \`${owner.name}\`, and was checked with keys of another environment`,
    evidence: [
      ...(owner === undefined ? [] : [`${owner.issuer} is the issuer of ${owner.name}`]),
      ...evidence,
      `iss of the token: ${issOf(facts) ?? 'none'}`,
    ],
    fix:
      owner === undefined
        ? adviceOr(
            facts,
            'key_of_other_environment',
            'see where the token was got, and that --issuer or --jwks names the same place',
          )
        : `check it where it belongs: -p ${owner.name}`,
  });
}

// ---------------------------------------------------------------- the key is there and may not be used

const misfit: Rule = (facts) => {
  const check = failedCheck(facts, 'key');
  if (check?.finding !== 'jwk.alg_mismatch' || verifiesUnderOther(facts) !== undefined) return [];
  if (failedCheck(facts, 'key_strength') !== undefined) return [];
  const named = namedKey(facts);
  if (named === undefined) return noKeyOfKind(facts);
  const evidence = [`kid ${kidOf(facts)}: ${named.because}`, `alg of the token: ${algOf(facts)}`];
  if (/^its (?:kty|crv) is/.test(named.because))
    return [
      cause('algorithm_confusion', 'likely', {
        because: `the token says ${algOf(facts)}, and the key that it names is of another type`,
        evidence,
        fix: 'treat it as forged unless the issuer changed its algorithm and uses the kid again; pin the algorithm in your services',
      }),
      ...otherEnvironmentOfKid(facts, evidence),
    ];
  return [
    cause('key_not_for_signatures', 'certain', {
      because: `the key that the token names is not for this: ${named.because}`,
      evidence,
      fix: 'have the issuer publish its signing key with use `sig` and the alg that it signs with, and name that in kid',
    }),
  ];
};

/** No kid to go by, and no key of the type that the algorithm needs. */
function noKeyOfKind(facts: Facts): Cause[] {
  const evidence = [
    'the token names no kid',
    `alg of the token: ${algOf(facts)}`,
    `keys of the set: ${keysOf(facts)
      .slice(0, 8)
      .map(({ kty, crv, alg }) => [kty, crv, alg].filter((one) => one !== undefined).join(' '))
      .join(', ')}`,
  ];
  return [otherPlace(facts, 'possible', evidence), rotatedCause(facts, 'possible', evidence)];
}

const otherEnvironmentOfKid = (facts: Facts, evidence: string[]): Cause[] =>
  isGenericKid(facts) ? [otherPlace(facts, 'possible', evidence)] : [];

const weakKey: Rule = (facts) => {
  const check = failedCheck(facts, 'key_strength');
  if (check === undefined) return [];
  const isSecret = facts.keysFrom === 'secret';
  return [
    cause('weak_key', 'certain', {
      because: `${isSecret ? 'the secret' : 'the key'} proves nothing: ${check.because}`,
      evidence: strengthLines(facts, check),
      fix: isSecret
        ? 'make a secret of 32 random bytes or more, and sign anew'
        : check.finding === 'jwks.private_key_exposed'
          ? 'the issuer must take the private key out of its set, and sign with a new one'
          : 'the issuer must make a sound key: RSA of 2048 bits or more, P-256, or Ed25519',
    }),
  ];
};

/** The key, and what was found about it: nothing of the key itself. */
function strengthLines(facts: Facts, { expected, actual, finding }: Check): string[] {
  const key = namedKey(facts);
  const size = key?.bits === undefined ? key?.crv : `${key.bits} bits`;
  return [
    ...(key === undefined ? [] : [`kid ${key.kid}: ${[key.kty, size].filter((one) => one !== undefined).join(', ')}`]),
    ...(expected === undefined || actual === undefined ? [] : [`expected ${listed(expected)}, got ${listed(actual)}`]),
    ...(key === undefined && actual === undefined ? [`found: ${finding ?? 'a weakness'}`] : []),
  ];
}

// ---------------------------------------------------------------- the signature does not verify

const altered: Rule = (facts) => {
  const check = failedCheck(facts, 'signature');
  if (check === undefined || check.finding === 'signature.missing' || isMadeByClient(facts)) return [];
  if (verifiesUnderOther(facts) !== undefined || verifiedByOthers(facts) !== undefined) return [];
  if (/DER form/.test(check.because)) return [derForm(check.because)];
  const lengths = signatureLengths(facts);
  if (lengths !== undefined) return otherSize(facts, lengths);
  if (/empty/.test(check.because)) return [];
  return facts.keysFrom === 'secret' ? bySecret(facts) : byKeys(facts);
};

const derForm = (because: string): Cause =>
  cause('malformed_member', 'certain', {
    because,
    evidence: ['the signature begins like a DER sequence'],
    fix: 'have the issuer write r and s side by side (P1363), which its library calls raw or ieee-p1363',
  });

/** A whole signature of another length is of another key; a cut one is told by the text. */
function otherSize(facts: Facts, { has, needs }: { has: number; needs: number }): Cause[] {
  const isWhole = [128, 256, 384, 512].includes(has) && /^[RP]S/.test(algOf(facts));
  if (!isWhole) return [];
  const evidence = [
    `a signature of ${has} bytes is of a key of ${has * 8} bits`,
    `the key tried has ${needs * 8} bits`,
  ];
  return [otherPlace(facts, 'likely', evidence)];
}

function bySecret(facts: Facts): Cause[] {
  const evidence = [failedCheck(facts, 'signature')?.because ?? '', `alg is ${algOf(facts)}`];
  return [
    cause('signature_altered', 'possible', {
      because: 'header or payload are not what was signed: the token was changed, or is forged',
      evidence,
      fix: 'take the token again from its source',
    }),
    cause('key_of_other_environment', 'possible', {
      because: 'the secret is another than the one that signed: of another environment or client, or written otherwise',
      evidence,
      fix: 'compare the secret; one that is shown in base64 is often meant as the bytes behind it',
    }),
  ];
}

/** Names that many keys have: they do not tell two environments apart. */
function isGenericKid(facts: Facts): boolean {
  const kid = kidOf(facts) ?? '';
  return kid.length <= 8 || (kid.length <= 24 && /^[a-z][a-z _-]*\d{0,3}$/i.test(kid));
}

/** The kid is made of the key itself: no other key has it (RFC 7638). */
const kidIsThumbprint = (facts: Facts): boolean => {
  const named = namedKey(facts);
  return named?.thumbprint !== undefined && named.thumbprint === named.kid;
};

function byKeys(facts: Facts): Cause[] {
  const check = failedCheck(facts, 'signature');
  const kid = kidOf(facts);
  const named = namedKey(facts) !== undefined;
  const isOne = keysOf(facts).filter((key) => key.kid === kid).length === 1;
  const certainKey = named && isOne && !isGenericKid(facts);
  const evidence = [
    check?.because ?? '',
    `alg ${algOf(facts)}, kid ${kid ?? '(none)'}`,
    ...(kidIsThumbprint(facts) ? ['the kid is the thumbprint of the key: no other key has it'] : []),
  ];
  const found = cause('signature_altered', certainKey ? 'likely' : 'possible', {
    because: 'header or payload are not what was signed: the token was changed, or is forged',
    evidence,
    fix: 'take the token again from its source; if it still fails, do not trust who sent it',
  });
  if (certainKey) return [found];
  return [found, otherPlace(facts, 'possible', evidence), ...(named ? [reused(facts)] : [])];
}

const reused = (facts: Facts): Cause =>
  cause('key_id_reused', 'possible', {
    because: 'the set has a key of that name, and it may be another than the one that signed',
    evidence: [`kid ${kidOf(facts)} is a name that other keys may have, or have in this set`],
    fix: 'compare thumbprints with the server that issued the token: tokctl jwks ISSUER',
  });

export const KEY_RULES: readonly Rule[] = [weakKey, otherKid, keyMissing, misfit, altered];
