// The JWK Set (RFC 7517 §5), read key by key: one bad entry never breaks the set, and every key gets a reason.

import { TokctlError } from '../core/errors.ts';
import {
  isJsonObject,
  type JsonObject,
  MAX_DUPLICATES,
  member,
  parseJson,
  textMember,
  textOrEmpty,
} from '../core/json.ts';
import { oncePerObject } from '../core/once.ts';
import type { KeyTrace } from '../core/report.ts';
import { type Algorithm, algorithmNamed } from './algorithm.ts';
import { exchange } from './http/exchange.ts';
import type { HttpAnswer, HttpRequest, Network } from './http/network.ts';
import { type KeyProblem, keyBits, keyProblems, thumbprint } from './key-strength.ts';
import { answerDetails, readFault } from './oauth-error.ts';

/** The most entries of a set that are read, and the most keys that are tried for one token. */
export const MAX_KEYS = 256;
export const MAX_CANDIDATES = 16;

export interface JwkSet {
  keys: JsonObject[];
  /** Entries that were no JSON object or had a member twice, and entries beyond the limit. */
  ignored: number;
  /** A single key given by a person for this token: its `kid` does not matter. */
  pinned?: boolean;
}

/** Fetches a JWK Set. @throws TokctlError for every answer that is none. */
export async function fetchJwks(
  url: URL,
  network: Network,
  { hostFromToken = false, mayAuthorize = false }: Pick<HttpRequest, 'hostFromToken' | 'mayAuthorize'> = {},
): Promise<JwkSet> {
  const headers = { accept: 'application/json, application/jwk-set+json' };
  return readJwksAnswer(
    await exchange({ purpose: 'jwks', method: 'GET', url, headers, hostFromToken, mayAuthorize }, network),
  );
}

/** Reads the answer of a JWK Set endpoint. @throws TokctlError ERR_HTTP_STATUS, ERR_RESPONSE_INVALID and the like. */
export function readJwksAnswer(answer: HttpAnswer): JwkSet {
  const fault = readFault(answer, 'the JWK Set', { document: true });
  if (fault !== undefined) throw fault;
  const { excerpt: _, ...details } = answerDetails(answer);
  return parseJwks(
    answer.text,
    (problem) =>
      new TokctlError('ERR_RESPONSE_INVALID', `the JWK Set at ${answer.url.href} is none: ${problem}`, {
        hint: 'look at it with `curl`; give the right one with --jwks',
        details,
      }),
  );
}

/** Reads the text of a JWK Set, or of a single JWK. `fault` makes the error for a text that is neither. */
export function parseJwks(text: string, fault: (problem: string) => TokctlError): JwkSet {
  let value: unknown;
  let duplicates: string[];
  try {
    ({ value, duplicates } = parseJson(text));
  } catch {
    throw fault('expected JSON, got other text');
  }
  if (!isJsonObject(value)) throw fault('expected a JSON object with `keys` (RFC 7517 §5)');
  const keys = member(value, 'keys');
  if (keys === undefined && textMember(value, 'kty') !== undefined && duplicates.length === 0)
    return { keys: [value], ignored: 0 };
  if (!Array.isArray(keys)) throw fault('expected a JSON object whose `keys` is a list (RFC 7517 §5)');
  const repeated = duplicates.map((path) => /^keys\.(\d+)\./.exec(path)?.[1]);
  // As many as are told at most: there may be more of them, and nobody knows where.
  if (repeated.includes(undefined) || repeated.length >= MAX_DUPLICATES)
    throw fault('expected each member once, got some more than once');
  const sound = keys.slice(0, MAX_KEYS).filter((_, at) => !repeated.includes(String(at)));
  const objects = sound.filter(isJsonObject);
  return { keys: objects, ignored: keys.length - objects.length };
}

/** Which key a token asks for. */
export interface KeyRequest {
  /** The exact `alg` of the header. */
  alg: string;
  /** The `kid` of the header; undefined when it names none. */
  kid?: string;
  /** The key was given by a person for this token: its `kid` is not compared. */
  pinned?: boolean;
}

export interface JudgedKey {
  jwk: JsonObject;
  /** Undefined for a key that may verify the token; else why it cannot. */
  skipped?: string;
  problems: readonly KeyProblem[];
}

/** Judges one key for one token. A key whose problems are fatal is never used. */
export function judgeKey(jwk: JsonObject, request: KeyRequest): JudgedKey {
  const misfit = kidMisfit(jwk, request) ?? typeMisfit(jwk, request.alg) ?? useMisfit(jwk);
  // The strength of a key that is not asked for does not matter here; `tokctl jwks` shows it.
  const problems = misfit === undefined ? keyProblems(jwk) : [];
  const skipped = misfit ?? problems.find((problem) => problem.fatal)?.because;
  return { jwk, problems, ...(skipped === undefined ? {} : { skipped }) };
}

function kidMisfit(jwk: JsonObject, { kid, pinned }: KeyRequest): string | undefined {
  if (kid === undefined || pinned === true) return undefined;
  const own = member(jwk, 'kid');
  if (own === undefined) return 'it has no kid, and the token names one';
  return own === kid ? undefined : 'its kid is another';
}

function typeMisfit(jwk: JsonObject, alg: string): string | undefined {
  const wanted = algorithmNamed(alg);
  if (wanted === undefined) return `${alg} is not supported`;
  const kty = textMember(jwk, 'kty');
  if (kty === undefined) return 'it has no kty';
  if (kty !== wanted.kty) return `its kty is ${kty}, ${alg} needs ${wanted.kty}`;
  return curveMisfit(jwk, alg, wanted) ?? algMisfit(jwk, alg);
}

function curveMisfit(jwk: JsonObject, alg: string, { crv }: Algorithm): string | undefined {
  const own = textMember(jwk, 'crv');
  return crv === undefined || own === crv ? undefined : `its crv is ${own ?? 'missing'}, ${alg} needs ${crv}`;
}

function algMisfit(jwk: JsonObject, alg: string): string | undefined {
  const own = member(jwk, 'alg');
  const same = own === undefined || own === alg || (isEd25519(own) && isEd25519(alg));
  return same ? undefined : `its alg is ${typeof own === 'string' ? own : 'no text'}, the token's is ${alg}`;
}

/** RFC 9864 §2.2 names what EdDSA with that curve always was. */
const isEd25519 = (alg: unknown): boolean => alg === 'EdDSA' || alg === 'Ed25519';

function useMisfit(jwk: JsonObject): string | undefined {
  const use = member(jwk, 'use');
  if (use !== undefined && use !== 'sig') return `its use is ${typeof use === 'string' ? use : 'no text'}, not sig`;
  const operations = member(jwk, 'key_ops');
  if (operations === undefined || (Array.isArray(operations) && operations.includes('verify'))) return undefined;
  return 'its key_ops do not include verify';
}

/** The line of a key in the report. */
export const traceKey = (jwk: JsonObject, used: boolean, because: string): KeyTrace => ({
  ...factsOf(jwk),
  used,
  because,
});

const factsOf = oncePerObject((jwk: JsonObject) => {
  const texts = Object.fromEntries(
    ['kid', 'kty', 'alg', 'crv'].flatMap((name) =>
      textMember(jwk, name) === undefined ? [] : [[name, textMember(jwk, name)]],
    ),
  );
  const [bits, print] = [keyBits(jwk), thumbprint(jwk)];
  return { ...texts, ...(bits === undefined ? {} : { bits }), ...(print === undefined ? {} : { thumbprint: print }) };
});

/** True if some key of the set could verify some token: of a known type, for signatures, without a fatal problem. */
export const hasUsableKey = oncePerObject(({ keys }: JwkSet): boolean =>
  keys.some(
    (jwk) =>
      ['RSA', 'EC', 'OKP'].includes(textOrEmpty(jwk, 'kty')) &&
      useMisfit(jwk) === undefined &&
      !keyProblems(jwk).some((problem) => problem.fatal),
  ),
);
