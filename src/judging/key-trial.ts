// Which key of a set verifies the token: judged one by one, tried in turn, each with the reason it was used or skipped.
// Invariant: nothing in the header of a token chooses a key but `kid` (security.md A7-A11).

import { TokctlError } from '../core/errors.ts';
import { type JsonObject, member, textMember, textOrEmpty } from '../core/json.ts';
import { frozen, oncePerObject } from '../core/once.ts';
import type { Check, KeyTrace, Verification } from '../core/report.ts';
import type { Token } from '../core/token.ts';
import {
  hasUsableKey,
  type JudgedKey,
  type JwkSet,
  judgeKey,
  type KeyRequest,
  MAX_CANDIDATES,
  traceKey,
} from '../protocol/jwks.ts';
import { keyProblems, thumbprint } from '../protocol/key-strength.ts';
import { verifySignature } from '../protocol/signature.ts';
import { ambiguity, keyFound, notChecked, signatureCheck, strengthOf, weakKey, whyNot } from './key-checks.ts';
import type { KeySource } from './key-set.ts';

export interface SignatureJudgement {
  checks: Check[];
  verification?: Verification;
  /** Keys could not be had, or the set holds none that could verify any token. */
  error?: TokctlError;
}

/** Judges `key`, `key_strength` and `signature` by the keys of a set, which is fetched once more where that may help. */
export async function tryKeys(token: Token, jws: string, source: KeySource): Promise<SignatureJudgement> {
  const judged = await byTheseKeys(token, jws, source);
  // Keys of an earlier run may be out of date: a token is not refused because of them before they were fetched once more.
  const isDoubtful = source.isKept === true && judged.checks.some(({ outcome }) => outcome === 'failed');
  return isDoubtful && source.refetch !== undefined ? byTheseKeys(token, jws, await source.refetch()) : judged;
}

async function byTheseKeys(token: Token, jws: string, source: KeySource): Promise<SignatureJudgement> {
  if (source.set.keys.length === 0 || !hasUsableKey(source.set)) return unusable(token, source);
  const fit = fitOf(source.set)(token.header ?? NO_HEADER);
  const isMissing = fit.candidates.length === 0 && !hasKid(source.set, fit.wanted.kid);
  if (isMissing && source.refetch !== undefined) return byTheseKeys(token, jws, await source.refetch());
  const trial = { token, jws, source, fit };
  return fit.candidates.length === 0 ? noCandidate(trial) : tryCandidates(trial);
}

const NO_HEADER: JsonObject = {};

/** What the keys of a set are to the tokens that have one header: judged once for all of them. */
interface Fit {
  wanted: KeyRequest;
  judged: readonly JudgedKey[];
  candidates: readonly JudgedKey[];
  /** What is said where the first candidate verifies, as it does for nearly every token; made when it does. */
  byFirst?: Verified;
}

const fitOf = oncePerObject((set: JwkSet) =>
  oncePerObject((header: JsonObject): Fit => {
    const wanted = wantedKey(header, set);
    const judged = set.keys.map((jwk) => judgeKey(jwk, wanted));
    const candidates = judged.filter(({ skipped: why }) => why === undefined).slice(0, MAX_CANDIDATES);
    return { wanted, judged, candidates };
  }),
);

function wantedKey(header: JsonObject, { pinned = false }: JwkSet): KeyRequest {
  const kid = member(header, 'kid');
  return { alg: textOrEmpty(header, 'alg'), pinned, ...(typeof kid === 'string' ? { kid } : {}) };
}

const hasKid = ({ keys, pinned }: JwkSet, kid: string | undefined): boolean =>
  pinned === true || kid === undefined || keys.some((jwk) => member(jwk, 'kid') === kid);

function unusable(token: Token, source: KeySource): SignatureJudgement {
  const wanted = wantedKey(token.header ?? NO_HEADER, source.set);
  const judged = source.set.keys.map((jwk) => judgeKey(jwk, { ...wanted, pinned: true }));
  const fatal = source.set.keys.flatMap(keyProblems).find((problem) => problem.fatal);
  const where = source.jwksUri === undefined ? 'the keys given' : `the JWK Set at \`${source.jwksUri}\``;
  const got = source.set.keys.length === 0 ? 'an empty set' : (fatal?.because ?? 'none that could verify a token');
  const error = new TokctlError('ERR_NO_USABLE_KEY', `expected a usable key in ${where}, got ${got}`, {
    hint:
      source.jwksUri === undefined
        ? 'give the public signing keys of the issuer'
        : `see each key: tokctl jwks ${source.jwksUri}`,
    details: source.jwksUri === undefined ? {} : { url: source.jwksUri },
  });
  const key: Check = { name: 'key', outcome: 'failed', because: `no usable key: ${got}`, spec: 'RFC 7517 §5' };
  const checks: Check[] = [
    ...(fatal === undefined ? [] : [weakKey(fatal)]),
    key,
    notChecked('signature', 'there is no key to verify it with'),
  ];
  return { checks, verification: verificationOf(source, judged, new Map()), error };
}

interface Trial {
  token: Token;
  jws: string;
  source: KeySource;
  fit: Fit;
}

/** No key of the set may verify this token: which reason comes nearest, and is it there under another name? */
function noCandidate(trial: Trial): SignatureJudgement {
  const { source, fit } = trial;
  const { judged } = fit;
  const { kid, alg } = fit.wanted;
  const named = judged.filter(({ jwk }) => kid === undefined || member(jwk, 'kid') === kid);
  const weak = named.flatMap(({ problems }) => problems.filter((problem) => problem.fatal))[0];
  const notes = verifiesUnderAnother(trial);
  const why = named[0]?.skipped;
  const missing = kid !== undefined && named.length === 0;
  const because = missing
    ? `no key of the set has that kid${source.jwksUri === undefined ? '' : ', also after the set was fetched again'}`
    : `no key fits: ${named.length === 1 ? why : `none of ${judged.length} keys is for ${alg}`}`;
  const key: Check = {
    name: 'key',
    outcome: 'failed',
    finding: missing ? 'jwks.kid.not_found' : 'jwk.alg_mismatch',
    expected: kid === undefined ? `a key for ${alg}` : `kid ${kid}`,
    actual: judged.map(({ jwk }) => textMember(jwk, 'kid') ?? '(no kid)'),
    because,
    spec: 'RFC 7515 §6',
  };
  return {
    checks: [
      key,
      ...(weak === undefined ? [] : [weakKey(weak)]),
      notChecked('signature', 'there is no key to verify it with'),
    ],
    verification: verificationOf(source, judged, notes),
  };
}

function tryCandidates(trial: Trial): SignatureJudgement {
  const { token, jws, source, fit } = trial;
  const { alg } = fit.wanted;
  const notes = new Map<JsonObject, string>();
  const tried: JudgedKey[] = [];
  for (const candidate of fit.candidates) {
    const outcome = verifySignature(jws, candidate.jwk, alg);
    if (outcome === 'verified')
      return said(source, notes.size === 0 ? byFirst(candidate, trial) : verified(candidate, trial, notes));
    if (outcome !== 'unusable') tried.push(candidate);
    notes.set(candidate.jwk, outcome === 'unusable' ? UNREADABLE : 'tried: the signature does not verify with it');
  }
  for (const [jwk, note] of verifiesUnderAnother(trial)) notes.set(jwk, note);
  const only = tried.length === 1 ? tried[0] : undefined;
  const checks =
    tried.length === 0
      ? unreadable()
      : [keyFound(tried, source.set), signatureCheck(false, whyNot(token, only?.jwk, tried.length))];
  return { checks, verification: verificationOf(source, fit.judged, notes) };
}

const UNREADABLE = 'it could not be read as a key';

const unreadable = (): Check[] => [
  {
    name: 'key',
    outcome: 'failed',
    finding: 'jwk.ec.invalid_point',
    because: 'the key that fits could not be read: a point off its curve, or damaged members',
    spec: 'RFC 7518 §6',
  },
  notChecked('signature', 'there is no key to verify it with'),
];

/** What is said of a token that a key verifies, but for where the key comes from. */
interface Verified {
  checks: Check[];
  keys: KeyTrace[];
  key: NonNullable<Verification['key']>;
}

const said = (source: KeySource, { checks, keys, key }: Verified): SignatureJudgement => ({
  checks,
  verification: { ...placeOf(source), keys, key },
});

function byFirst(first: JudgedKey, trial: Trial): Verified {
  trial.fit.byFirst ??= frozen(verified(first, trial, new Map()));
  return trial.fit.byFirst;
}

function verified({ jwk, problems }: JudgedKey, trial: Trial, notes: Map<JsonObject, string>): Verified {
  const { token, source, fit } = trial;
  const { alg } = fit.wanted;
  const kid = textMember(jwk, 'kid');
  const print = thumbprint(jwk);
  notes.set(jwk, 'it verifies the signature');
  const by = kid === undefined ? `the key with thumbprint ${print}` : `key ${kid}`;
  const from = source.jwksUri === undefined ? '' : ` of ${source.jwksUri}`;
  return {
    checks: [
      ambiguity(token, fit.candidates) ?? keyFound(fit.candidates, source.set),
      strengthOf(jwk, problems),
      signatureCheck(true, `${alg} by ${by}${from}`),
    ],
    keys: traceOf(fit.judged, notes, jwk),
    key: {
      ...(kid === undefined ? {} : { kid }),
      alg,
      kty: textOrEmpty(jwk, 'kty'),
      ...(print && { thumbprint: print }),
    },
  };
}

/** Only for the explanation: keys of the set that the token does not name, but that verify it. Their word counts for nothing. */
function verifiesUnderAnother({ token, jws, fit: { judged, wanted } }: Trial): Map<JsonObject, string> {
  const { alg, kid } = wanted;
  const notes = new Map<JsonObject, string>();
  if (kid === undefined || token.signature?.length === 0) return notes;
  const others = judged.filter(({ jwk }) => member(jwk, 'kid') !== kid && judgeKey(jwk, { alg }).skipped === undefined);
  for (const { jwk } of others.slice(0, MAX_CANDIDATES))
    if (verifySignature(jws, jwk, alg) === 'verified') notes.set(jwk, OTHER_KID);
  return notes;
}

/** The note of a key that would verify the token; the diagnosis looks for it. */
export const OTHER_KID = 'it verifies the signature, but the token names another kid';

const verificationOf = (
  source: KeySource,
  judged: readonly JudgedKey[],
  notes: ReadonlyMap<JsonObject, string>,
): Verification => ({ ...placeOf(source), keys: traceOf(judged, notes) });

const placeOf = ({ jwksUri, ageSeconds }: KeySource): Omit<Verification, 'keys'> => ({
  ...(jwksUri === undefined ? {} : { jwks_uri: jwksUri }),
  ...(ageSeconds === undefined ? {} : { jwks_age_seconds: ageSeconds }),
});

const traceOf = (judged: readonly JudgedKey[], notes: ReadonlyMap<JsonObject, string>, used?: JsonObject): KeyTrace[] =>
  judged.map(({ jwk, skipped: why }) =>
    traceKey(jwk, jwk === used, notes.get(jwk) ?? why ?? 'not needed: another key verified'),
  );
