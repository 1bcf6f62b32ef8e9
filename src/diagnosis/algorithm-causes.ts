// Causes that the algorithm tells: not signed, a shared secret, one that is not allowed, and tokens that only their
// audience or their issuer can verify.

import { member, textMember, textOrEmpty } from '../core/json.ts';
import type { Cause } from '../core/report.ts';
import {
  adviceOr,
  cause,
  checkNamed,
  type Facts,
  failedCheck,
  issOf,
  providerLine,
  type Rule,
  textsOf,
} from './facts.ts';

const algOf = ({ token }: Facts): string => textOrEmpty(token.header, 'alg');
const kidOf = ({ token }: Facts): string | undefined => textMember(token.header, 'kid');
const isHmac = (facts: Facts): boolean => /^HS(?:256|384|512)$/.test(algOf(facts));

const notSigned: Rule = (facts) => {
  if (checkNamed(facts, 'algorithm')?.finding !== 'header.alg.none') return [];
  return [
    cause('algorithm_none', 'certain', {
      because: 'the token is not signed, so anybody can have made it',
      evidence: [`alg is ${algOf(facts)}`],
      fix: 'refuse it, and look who sends it: an issuer that signs makes no such tokens',
    }),
  ];
};

// ---------------------------------------------------------------- shared secrets

const symmetric: Rule = (facts) => {
  const failed = failedCheck(facts, 'algorithm')?.finding === 'header.alg.symmetric';
  const nobodyAsked = facts.report.verdict === 'unknown' && facts.report.introspection === undefined;
  const unanswered = nobodyAsked && isHmac(facts) && facts.keysFrom !== 'secret';
  if (!failed && !unanswered) return [];
  const alg = algOf(facts);
  const isRefresh = facts.report.token?.kind === 'refresh_token';
  const found = cause('symmetric_algorithm', 'certain', {
    because: `${alg} is made and verified with one shared secret: no key of a JWK Set can verify it`,
    evidence: [
      `alg is ${alg}`,
      ...(isRefresh ? ['it is a refresh token, which the server makes for itself'] : []),
      ...providerLine(facts),
    ],
    fix: adviceOr(
      facts,
      'symmetric_algorithm',
      'ask the server: tokctl introspect - --mode remote; or give the secret if it is yours: --secret env:NAME',
    ),
  });
  return [found, ...(failed && mayBeConfusion(facts) ? [confusion(facts)] : [])];
};

/** A token that names a key of the issuer and yet is made with a secret may be an attack on sloppy verifiers. */
function mayBeConfusion(facts: Facts): boolean {
  if (kidOf(facts) === undefined || facts.report.token?.kind === 'refresh_token') return false;
  return facts.provider?.traits.has('shared_secret') !== true;
}

const confusion = (facts: Facts): Cause =>
  cause('algorithm_confusion', 'possible', {
    because:
      'somebody may have used a public key of the issuer as the secret, to fool verifiers that take alg from the token',
    evidence: [`alg is ${algOf(facts)}, and yet it names a key: kid ${kidOf(facts)}`],
    fix: 'if the issuer signs with RSA or ECDSA, treat the token as forged',
  });

const notAllowed: Rule = (facts) => {
  const check = failedCheck(facts, 'algorithm');
  if (check === undefined || algOf(facts) === '') return [];
  if (check.finding === 'header.alg.none' || check.finding === 'header.alg.symmetric') return [];
  const bySecret = facts.keysFrom === 'secret';
  const isUnknown = check.finding === 'header.alg.unsupported';
  return [
    cause('algorithm_not_allowed', 'certain', {
      because: bySecret
        ? `a secret was given, and ${algOf(facts)} is verified with a public key`
        : isUnknown
          ? `${algOf(facts)} is not known here, or not for signatures of tokens`
          : `${algOf(facts)} is not on the list of algorithms that you allow`,
      evidence: [`alg is ${algOf(facts)}`, `allowed: ${textsOf(check.expected).join(', ')}`],
      fix: bySecret
        ? 'name the issuer or give its keys in place of the secret: --issuer URL, --jwks FILE'
        : isUnknown
          ? 'have the issuer sign with RS256, ES256 or Ed25519'
          : `if the issuer is to sign so: --alg ${algOf(facts)}`,
    }),
  ];
};

// ---------------------------------------------------------------- for the audience alone

const GRAPH = ['00000003-0000-0000-c000-000000000000', 'https://graph.microsoft.com', 'https://graph.microsoft.com/'];

/** Whose matter it is to verify this token, as far as vendors say; undefined for the others. */
export function verifiedByOthers(facts: Facts): { who: string; evidence: string[] } | undefined {
  const { header, claims } = facts.token;
  if (facts.provider?.id === 'entra' && facts.provider.by === 'issuer') {
    if (member(header, 'nonce') !== undefined)
      return {
        who: 'Microsoft Graph alone can verify its tokens: the nonce in their header is changed after signing',
        evidence: ['nonce stands in the header', ...graphAudience(facts)],
      };
    if (graphAudience(facts).length > 0)
      return { who: 'it is meant for Microsoft Graph, and only Graph verifies it', evidence: graphAudience(facts) };
  }
  const typ = textMember(header, 'typ');
  if (typ?.toLowerCase() === 'application/okta-internal-at+jwt')
    return {
      who: 'Okta makes access tokens of its org authorization server for itself alone',
      evidence: [`typ is ${typ}`],
    };
  if (facts.provider?.id === 'okta-org' && textMember(claims, 'cid') !== undefined)
    return {
      who: 'Okta makes access tokens of its org authorization server for itself alone',
      evidence: ['it is an access token (cid), and its issuer has no /oauth2/ in it', ...audienceOf(facts)],
    };
  return undefined;
}

const audienceOf = ({ token }: Facts): string[] => {
  const audience = textsOf(member(token.claims, 'aud'));
  return audience.length === 0 ? [] : [`aud: ${audience.join(', ')}`];
};

const graphAudience = ({ token }: Facts): string[] =>
  textsOf(member(token.claims, 'aud'))
    .filter((one) => GRAPH.includes(one))
    .map((one) => `aud: ${one}${one.startsWith('0') ? ' (Microsoft Graph)' : ''}`);

/** The checks that cannot come out well here for a token that is made for others. */
const HERS = ['key', 'signature', 'audience'] as const;

const notLocally: Rule = (facts) => {
  const others = verifiedByOthers(facts);
  const skipped = checkNamed(facts, 'signature');
  const wasSkipped = skipped?.outcome === 'skipped' && skipped.because.startsWith('not verified here');
  if (others !== undefined) {
    const isFailed = HERS.some((name) => failedCheck(facts, name) !== undefined);
    if (!isFailed && !(wasSkipped && facts.report.verdict === 'unknown')) return [];
    return [notVerifiable(facts, others.who, others.evidence)];
  }
  if (facts.report.verdict === 'unknown' && wasSkipped && !isHmac(facts))
    return [notVerifiable(facts, skipped.because, [`alg is ${algOf(facts)}`, `iss: ${issOf(facts) ?? 'none'}`])];
  return unreadableHere(facts);
};

/** What is no signed JWT was brought to where only those are verified. */
function unreadableHere(facts: Facts): Cause[] {
  const { format } = facts.token;
  const isAsked = facts.report.introspection !== undefined;
  if (facts.report.error?.code !== 'ERR_TOKEN_UNSUPPORTED' || isAsked) return [];
  if (facts.shape?.sure === true && facts.shape.howToCheck !== 'rfc7662') return [];
  const why = {
    jwe: 'the token is encrypted: only its audience can open it',
    opaque: 'the token is opaque: it holds nothing to verify, and only its issuer knows what it stands for',
    paseto: 'it is a PASETO: the service that made it verifies it with a key of its own',
  };
  if (format !== 'jwe' && format !== 'opaque' && format !== 'paseto') return [];
  return [notVerifiable(facts, why[format], [`format: ${format}`, ...providerLine(facts)])];
}

function notVerifiable(facts: Facts, because: string, evidence: string[]): Cause {
  const paseto = facts.token.format === 'paseto';
  return cause('not_locally_verifiable', 'certain', {
    because,
    evidence,
    fix: adviceOr(
      facts,
      'not_locally_verifiable',
      paseto
        ? 'verify it with the library and the key of the service that made it'
        : 'ask the server with the credentials of a client: tokctl introspect - --client-id ID --client-secret env:CLIENT_SECRET',
    ),
  });
}

/** Before all that looks at claims: nobody has said them. */
export const UNSIGNED_RULES: readonly Rule[] = [notSigned];

export const ALGORITHM_RULES: readonly Rule[] = [symmetric, notAllowed, notLocally];
