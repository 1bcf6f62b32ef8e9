// `algorithm`, `key`, `key_strength` and `signature`: may the token be signed so, by which key, and was it?
// Invariant: the algorithm comes from the allow-list and the key, never from the token alone (RFC 8725 §3.1).

import { TokctlError } from '../core/errors.ts';
import { type JsonObject, member, textMember } from '../core/json.ts';
import { lintHeader } from '../core/lint.ts';
import type { Check, KeyTrace, Verification } from '../core/report.ts';
import type { Token } from '../core/token.ts';
import { ASYMMETRIC, algorithmNamed } from '../protocol/algorithm.ts';
import { hasUsableKey, type JudgedKey, judgeKey, MAX_CANDIDATES, traceKey } from '../protocol/jwks.ts';
import { keyBits, keyProblems, thumbprint } from '../protocol/key-strength.ts';
import type { SignatureOutcome } from '../protocol/signature.ts';
import type { Context } from './context.ts';
import { type KeySource, keySource } from './key-set.ts';
import type { Anchor } from './trust.ts';

export interface SignatureJudgement {
  checks: Check[];
  verification?: Verification;
  /** Keys could not be had, or the set holds none that could verify any token. */
  error?: TokctlError;
}

/** Judges the signature of a JWS. Errors of the network come back in `error`, so that the other checks still run. */
export async function judgeSignature(token: Token, anchor: Anchor, context: Context): Promise<SignatureJudgement> {
  const algorithm = checkAlgorithm(token, context);
  const known = algorithmNamed(textMember(token.header, 'alg') ?? '');
  const usable = known !== undefined && (known.kty === 'oct') === (context.options.secret !== undefined);
  if (!usable) return { checks: [algorithm, ...withoutKeys(token)] };
  if (token.jws === undefined) return { checks: [algorithm, skipped('signature', 'the text of the token is damaged')] };
  if (changesWhatIsSigned(token))
    return {
      checks: [algorithm, skipped('signature', 'its header changes what is signed in a way that is not supported')],
    };
  if (context.options.secret !== undefined) return bySecret(token.jws, algorithm, context.options.secret);
  try {
    const source = await keySource(anchor, context);
    if (source === undefined) return { checks: [algorithm, skipped('key', 'nobody named an issuer or keys')] };
    const judged = await byKeys(token, token.jws, source);
    return { ...judged, checks: [algorithm, ...judged.checks] };
  } catch (error) {
    if (!(error instanceof TokctlError)) throw error;
    return { checks: [algorithm, skipped('signature', `no key could be had: ${error.message}`)], error };
  }
}

/** `crit` or `b64`: refused by `critical_header`; what a signature over it would mean is not known. */
const changesWhatIsSigned = ({ header }: Token): boolean =>
  lintHeader(header ?? {}).some(({ name, outcome }) => name === 'critical_header' && outcome === 'failed');

const skipped = (name: 'key' | 'signature', because: string): Check => ({ name, outcome: 'skipped', because });

// ---------------------------------------------------------------- algorithm

/** `algorithm`: on the allow-list, and never `none`. */
export function checkAlgorithm({ header }: Token, { options }: Pick<Context, 'options'>): Check {
  const actual = textMember(header, 'alg') ?? '';
  const allowed = allowedAlgorithms(options);
  const check: Pick<Check, 'name' | 'actual' | 'spec'> = { name: 'algorithm', actual, spec: 'RFC 8725 §3.1' };
  const failed: Omit<Check, 'because'> = { ...check, outcome: 'failed', expected: allowed };
  if (actual.toLowerCase() === 'none')
    return { ...failed, finding: 'header.alg.none', because: '`none` means not signed: anybody can make such a token' };
  if (allowed.includes(actual)) return { ...check, outcome: 'passed', because: `${actual} is allowed` };
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

/** With a secret only HMAC, without one only asymmetric algorithms, whatever the list says. */
function allowedAlgorithms({ algorithms, secret }: Context['options']): string[] {
  const all = secret === undefined ? Object.keys(ASYMMETRIC) : ['HS256', 'HS384', 'HS512'];
  return algorithms === undefined ? all : algorithms.filter((name) => all.includes(name));
}

/** Nothing that could be verified with a key: `none`, HMAC without a secret, an unknown name. */
function withoutKeys({ header, signature }: Token): Check[] {
  const alg = textMember(header, 'alg') ?? '';
  if (alg.toLowerCase() !== 'none')
    return [
      skipped('key', 'no key of the issuer fits this algorithm'),
      skipped('signature', 'not checked, because of its algorithm'),
    ];
  const because =
    signature?.length === 0 ? 'the token carries no signature' : 'a signature under `none` proves nothing';
  return [{ name: 'signature', outcome: 'failed', finding: 'signature.missing', because, spec: 'RFC 7518 §3.6' }];
}

// ---------------------------------------------------------------- a shared secret

async function bySecret(jws: string, algorithm: Check, secret: string): Promise<SignatureJudgement> {
  const bytes = new TextEncoder().encode(secret);
  const alg = String(algorithm.actual);
  const needed = (algorithmNamed(alg)?.signatureBytes ?? 0) as number;
  const strength: Check = {
    name: 'key_strength',
    outcome: bytes.length < needed ? 'failed' : 'passed',
    ...(bytes.length < needed ? { finding: 'key.hmac.too_short' } : {}),
    expected: `${needed} bytes or more`,
    actual: `${bytes.length} bytes`,
    because:
      bytes.length < needed ? 'the secret is shorter than the hash: it can be guessed' : 'the secret is long enough',
    spec: 'RFC 7518 §3.2',
  };
  if (algorithm.outcome === 'failed')
    return { checks: [algorithm, strength, skipped('signature', 'not checked, because of its algorithm')] };
  const outcome = await verify(jws, bytes, alg);
  const verification = { key: { alg, kty: 'oct' }, keys: [] };
  const passed = outcome === 'verified';
  const because = passed
    ? `${alg} by the secret that was given`
    : `${alg} does not verify with the secret that was given`;
  return { checks: [algorithm, strength, signatureCheck(passed, because)], verification };
}

/** jose is loaded when there is something to verify. */
async function verify(jws: string, key: JsonObject | Uint8Array, alg: string): Promise<SignatureOutcome> {
  return (await import('../protocol/signature.ts')).verifySignature(jws, key, alg);
}

const signatureCheck = (passed: boolean, because: string): Check => ({
  name: 'signature',
  outcome: passed ? 'passed' : 'failed',
  because,
  spec: 'RFC 7515 §5.2',
});

// ---------------------------------------------------------------- keys of a set

async function byKeys(token: Token, jws: string, source: KeySource): Promise<SignatureJudgement> {
  const judged = await byTheseKeys(token, jws, source);
  // Keys of an earlier run may be out of date: a token is not refused because of them before they were fetched once more.
  const isDoubtful = source.isKept === true && judged.checks.some(({ outcome }) => outcome === 'failed');
  return isDoubtful && source.refetch !== undefined ? byTheseKeys(token, jws, await source.refetch()) : judged;
}

async function byTheseKeys(token: Token, jws: string, source: KeySource): Promise<SignatureJudgement> {
  if (source.set.keys.length === 0 || !hasUsableKey(source.set)) return unusable(token, source);
  const wanted = wantedKey(token, source);
  const first = source.set.keys.map((jwk) => judgeKey(jwk, wanted));
  const isMissing = first.every(({ skipped: why }) => why !== undefined) && !hasKid(source, wanted.kid);
  if (isMissing && source.refetch !== undefined) return byTheseKeys(token, jws, await source.refetch());
  const judged = first;
  const candidates = judged.filter(({ skipped: why }) => why === undefined).slice(0, MAX_CANDIDATES);
  if (candidates.length === 0) return noCandidate({ token, jws, source, judged });
  return tryCandidates({ token, jws, source, judged }, candidates);
}

function wantedKey({ header }: Token, { pinned }: KeySource) {
  const kid = member(header, 'kid');
  return { alg: textMember(header, 'alg') ?? '', pinned, ...(typeof kid === 'string' ? { kid } : {}) };
}

const hasKid = ({ set, pinned }: KeySource, kid: string | undefined): boolean =>
  pinned || kid === undefined || set.keys.some((jwk) => member(jwk, 'kid') === kid);

function unusable(token: Token, source: KeySource): SignatureJudgement {
  const wanted = wantedKey(token, source);
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
  const strength: Check[] =
    fatal === undefined
      ? []
      : [
          {
            name: 'key_strength',
            outcome: 'failed',
            finding: fatal.finding,
            because: fatal.because,
            spec: 'RFC 8725 §3.5',
          },
        ];
  const key: Check = { name: 'key', outcome: 'failed', because: `no usable key: ${got}`, spec: 'RFC 7517 §5' };
  const checks: Check[] = [...strength, key, skipped('signature', 'there is no key to verify it with')];
  return { checks, verification: verificationOf(source, judged, new Map()), error };
}

interface Trial {
  token: Token;
  jws: string;
  source: KeySource;
  judged: JudgedKey[];
}

/** No key of the set may verify this token: which reason comes nearest, and is it there under another name? */
async function noCandidate({ token, jws, source, judged }: Trial): Promise<SignatureJudgement> {
  const { kid, alg } = wantedKey(token, source);
  const named = judged.filter(({ jwk }) => kid === undefined || member(jwk, 'kid') === kid);
  const weak = named.flatMap(({ problems }) => problems.filter((problem) => problem.fatal))[0];
  const notes = await verifiesUnderAnother({ token, jws, source, judged });
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
  const strength: Check[] =
    weak === undefined
      ? []
      : [
          {
            name: 'key_strength',
            outcome: 'failed',
            finding: weak.finding,
            because: weak.because,
            spec: 'RFC 8725 §3.5',
          },
        ];
  return {
    checks: [key, ...strength, skipped('signature', 'there is no key to verify it with')],
    verification: verificationOf(source, judged, notes),
  };
}

async function tryCandidates(trial: Trial, candidates: JudgedKey[]): Promise<SignatureJudgement> {
  const { token, jws, source, judged } = trial;
  const alg = textMember(token.header, 'alg') ?? '';
  const notes = new Map<JsonObject, string>();
  for (const { jwk, problems } of candidates) {
    const outcome = await verify(jws, jwk, alg);
    if (outcome === 'verified') return verified({ jwk, problems }, { ...trial, candidates, notes });
    notes.set(
      jwk,
      outcome === 'unusable' ? 'it could not be read as a key' : 'tried: the signature does not verify with it',
    );
  }
  const others = await verifiesUnderAnother(trial);
  for (const [jwk, note] of others) notes.set(jwk, note);
  const only = candidates.length === 1 ? candidates[0] : undefined;
  return {
    checks: [keyFound(candidates, source), signatureCheck(false, whyNot(token, only?.jwk, candidates.length))],
    verification: verificationOf(source, judged, notes),
  };
}

function keyFound(candidates: JudgedKey[], { pinned }: KeySource): Check {
  const because = pinned
    ? 'the key that was given'
    : candidates.length === 1
      ? 'the set has the key that the token names'
      : `${candidates.length} keys of the set fit; each was tried`;
  return { name: 'key', outcome: 'passed', because, spec: 'RFC 7515 §6' };
}

interface Found {
  jwk: JsonObject;
  problems: JudgedKey['problems'];
}

function verified(
  { jwk, problems }: Found,
  trial: Trial & { candidates: JudgedKey[]; notes: Map<JsonObject, string> },
): SignatureJudgement {
  const { token, source, judged, candidates, notes } = trial;
  const alg = textMember(token.header, 'alg') ?? '';
  const kid = textMember(jwk, 'kid');
  const print = thumbprint(jwk);
  notes.set(jwk, 'it verifies the signature');
  const by = kid === undefined ? `the key with thumbprint ${print}` : `key ${kid}`;
  const from = source.jwksUri === undefined ? '' : ` of ${source.jwksUri}`;
  return {
    checks: [
      ambiguity(token, candidates) ?? keyFound(candidates, source),
      strengthOf(jwk, problems),
      signatureCheck(true, `${alg} by ${by}${from}`),
    ],
    verification: {
      ...verificationOf(source, judged, notes, jwk),
      key: {
        ...(kid === undefined ? {} : { kid }),
        alg,
        kty: textMember(jwk, 'kty') ?? '',
        ...(print === undefined ? {} : { thumbprint: print }),
      },
    },
  };
}

/** Several keys could have been meant: the one that verified counts, and the set or the token should be clearer. */
function ambiguity({ header }: Token, candidates: JudgedKey[]): Check | undefined {
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

function strengthOf(jwk: JsonObject, problems: JudgedKey['problems']): Check {
  const [problem] = problems;
  const bits = keyBits(jwk);
  const size = bits === undefined ? 'the key' : `${textMember(jwk, 'crv') ?? `${bits} bits`}`;
  const spec = 'RFC 8725 §3.5';
  if (problem !== undefined)
    return { name: 'key_strength', outcome: 'warned', finding: problem.finding, because: problem.because, spec };
  return { name: 'key_strength', outcome: 'passed', because: `${size}: nothing is known against it`, spec };
}

/** What a signature that fails looks like: too short, in DER, or of the right form. */
function whyNot({ header, signature = new Uint8Array() }: Token, jwk: JsonObject | undefined, tried: number): string {
  const alg = textMember(header, 'alg') ?? '';
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
  const bits = jwk === undefined ? undefined : keyBits(jwk);
  return bits === undefined ? undefined : Math.ceil(bits / 8);
}

/** Only for the explanation: keys of the set that the token does not name, but that verify it. Their word counts for nothing. */
async function verifiesUnderAnother({ token, jws, source, judged }: Trial): Promise<Map<JsonObject, string>> {
  const { alg, kid } = wantedKey(token, source);
  const notes = new Map<JsonObject, string>();
  if (kid === undefined || token.signature?.length === 0) return notes;
  const others = judged.filter(({ jwk }) => member(jwk, 'kid') !== kid && judgeKey(jwk, { alg }).skipped === undefined);
  for (const { jwk } of others.slice(0, MAX_CANDIDATES))
    if ((await verify(jws, jwk, alg)) === 'verified') notes.set(jwk, OTHER_KID);
  return notes;
}

/** The note of a key that would verify the token; the diagnosis looks for it. */
export const OTHER_KID = 'it verifies the signature, but the token names another kid';

function verificationOf(
  source: KeySource,
  judged: readonly JudgedKey[],
  notes: ReadonlyMap<JsonObject, string>,
  used?: JsonObject,
): Verification {
  const keys: KeyTrace[] = judged.map(({ jwk, skipped: why }) =>
    traceKey(jwk, jwk === used, notes.get(jwk) ?? why ?? 'not needed: another key verified'),
  );
  return {
    ...(source.jwksUri === undefined ? {} : { jwks_uri: source.jwksUri }),
    ...(source.ageSeconds === undefined ? {} : { jwks_age_seconds: source.ageSeconds }),
    keys,
  };
}
