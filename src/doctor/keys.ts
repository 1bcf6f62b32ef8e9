// The JWK Set (RFC 7517): fetched once, judged as a set. What is wrong with a single key stands in `key-faults.ts`.

import { type JsonObject, member, textMember, textOrEmpty } from '../core/json.ts';
import { durationWords } from '../core/time.ts';
import { inspectKeys } from '../key-set.ts';
import { ASYMMETRIC } from '../protocol/algorithm.ts';
import type { HttpAnswer } from '../protocol/http/network.ts';
import { hasUsableKey, type JwkSet, judgeKey, readJwksAnswer } from '../protocol/jwks.ts';
import { endpointOf, type Metadata } from '../protocol/metadata.ts';
import { cacheControlOf } from './cache-control.ts';
import { ask, type DoctorContext } from './context.ts';
import { counted, type DoctorFinding, question, short } from './finding.ts';
import { examineEachKey, keyName } from './key-faults.ts';
import { textList } from './metadata-members.ts';

export const KEYS_REACHABLE = question('keys.reachable', 'RFC 7517 §5');
const USABLE = question('keys.usable', 'RFC 7517 §5');
const ENTRIES = question('keys.entries', 'RFC 7517 §5');
const ALG = question('keys.alg', 'RFC 7517 §4.4');
const USE = question('keys.use', 'RFC 8414 §2');
const IDLE = question('keys.idle', 'RFC 7517 §4.2');
const ADVERTISED = question('keys.advertised', 'RFC 8414 §2');
const CACHE = question('keys.cache', 'RFC 9111 §5.2');

/** @throws TokctlError when the set cannot be had, or is none */
export async function examineKeys(doctor: DoctorContext): Promise<DoctorFinding[]> {
  const { metadata, isOpenId } = doctor.found;
  if (metadata === undefined) return [KEYS_REACHABLE.info('not asked: there is no metadata to name the JWK Set')];
  const url = endpointOf(metadata, 'jwksUri');
  if (url === undefined) return [noUri(isOpenId)];
  const answer = await ask(doctor, {
    purpose: 'jwks',
    method: 'GET',
    url,
    headers: { accept: 'application/json, application/jwk-set+json' },
  });
  const set = readJwksAnswer(answer);
  const { keys } = await inspectKeys({ source: url.href, text: answer.text, fetch: doctor.judging.network.fetch });
  doctor.found.keys = keys;
  return [
    KEYS_REACHABLE.ok(`the JWK Set has ${counted(set.keys.length, 'key')}`, { evidence: [url.href] }),
    usable(set),
    ...entries(set),
    ...(set.keys.length === 0 ? [] : [...examineEachKey(set.keys), ...asASet(set.keys, metadata)]),
    cache(answer),
  ];
}

function noUri(isOpenId: boolean): DoctorFinding {
  const because = 'the metadata names no `jwks_uri`: nobody can verify a token of this issuer by itself';
  const fix = 'publish the signing keys as a JWK Set, and name it `jwks_uri`';
  return isOpenId ? KEYS_REACHABLE.error(because, { fix }) : KEYS_REACHABLE.warning(because, { fix });
}

function usable(set: JwkSet): DoctorFinding {
  if (hasUsableKey(set)) return USABLE.ok('a token can be verified with the set');
  const what = set.keys.length === 0 ? 'is empty' : 'holds no key that may verify anything';
  return USABLE.error(`the JWK Set ${what}`, { fix: 'publish the public half of the signing key' });
}

function entries({ keys, ignored }: JwkSet): DoctorFinding[] {
  if (ignored === 0) return [];
  const because = `${counted(ignored, 'entry').replace('entrys', 'entries')} of ${keys.length + ignored} cannot be read`;
  return [ENTRIES.warning(because, { fix: 'keep the set to keys, and to few of them: some clients refuse all of it' })];
}

function asASet(keys: readonly JsonObject[], metadata: Metadata): DoctorFinding[] {
  return [algs(keys), uses(keys), idle(keys), ...advertised(keys, metadata)];
}

// ---------------------------------------------------------------- what the keys say they are for

const names = (keys: readonly JsonObject[], wanted: (key: JsonObject) => boolean): string[] =>
  keys.flatMap((key, index) => (wanted(key) ? [keyName(key, index)] : []));

function algs(keys: readonly JsonObject[]): DoctorFinding {
  const without = names(keys, (key) => member(key, 'alg') === undefined);
  if (without.length === 0) return ALG.ok('every key has an `alg`');
  return ALG.info('keys without `alg`: the header of a token chooses among the algorithms that fit', {
    evidence: without,
    fix: 'give every key its one `alg` (RFC 8725 §3.1)',
  });
}

function uses(keys: readonly JsonObject[]): DoctorFinding {
  const without = names(keys, (key) => member(key, 'use') === undefined);
  if (without.length === 0) return USE.ok('every key has a `use`');
  const isMixed = keys.some((key) => textMember(key, 'use') === 'enc');
  const told = { evidence: without, fix: 'give every key `use`: `sig`, or `enc`' };
  return isMixed
    ? USE.warning('keys without `use` in a set that has keys for encryption too: they may be taken for both', told)
    : USE.info('keys without `use`', told);
}

/** One algorithm that the key might verify: its own, or the usual one of its type. */
function likelyAlgorithm(key: JsonObject): string {
  const crv = textOrEmpty(key, 'crv');
  const byCurve: Readonly<Record<string, string>> = { 'P-256': 'ES256', 'P-384': 'ES384', 'P-521': 'ES512' };
  if (textMember(key, 'alg') !== undefined) return textOrEmpty(key, 'alg');
  if (textMember(key, 'kty') === 'EC') return (Object.hasOwn(byCurve, crv) ? byCurve[crv] : undefined) ?? crv;
  return textMember(key, 'kty') === 'RSA' ? 'RS256' : 'EdDSA';
}

/** Keys for encryption belong in the set; others that verify nothing are left over, or wrong. */
function idle(keys: readonly JsonObject[]): DoctorFinding {
  const reasons = keys.flatMap((key, index) => {
    if (textMember(key, 'use') === 'enc') return [];
    const { skipped } = judgeKey(key, { alg: likelyAlgorithm(key) });
    return skipped === undefined ? [] : [`${keyName(key, index)}: ${skipped}`];
  });
  if (reasons.length === 0) return IDLE.ok('every key for signatures may verify one');
  return IDLE.warning('keys that verify nothing', {
    evidence: reasons.map(short),
    fix: 'take them out, or give them the members of a signing key',
  });
}

/** The most keys that are tried for each advertised algorithm. */
const MOST_TRIED = 32;

function advertised(keys: readonly JsonObject[], { raw }: Metadata): DoctorFinding[] {
  const lists = ['id_token_signing_alg_values_supported', 'introspection_signing_alg_values_supported'];
  const listed = new Set(
    lists.flatMap((name) => textList(raw, name) ?? []).filter((alg) => Object.hasOwn(ASYMMETRIC, alg)),
  );
  if (listed.size === 0) return [];
  const some = keys.slice(0, MOST_TRIED);
  const without = [...listed].filter((alg) => some.every((key) => judgeKey(key, { alg }).skipped !== undefined));
  if (without.length === 0)
    return [ADVERTISED.ok(`there is a key for each algorithm of the metadata: ${[...listed].join(', ')}`)];
  return [
    ADVERTISED.warning(`the metadata lists algorithms for which the set has no key: ${without.join(', ')}`, {
      fix: 'publish a key for each, or take them out of the metadata',
    }),
  ];
}

// ---------------------------------------------------------------- rotation

const DAY = 86_400;

/** A copy that lives long is one in which a new key is not. */
function cache({ headers }: HttpAnswer): DoctorFinding {
  const { text, maxAge, noStore, noCache, immutable } = cacheControlOf(headers);
  const evidence = text === undefined ? [] : [`Cache-Control: ${short(text)}`];
  const fix = 'send `Cache-Control: max-age` of minutes to hours, and publish a new key that long before it signs';
  if (immutable) return CACHE.warning('the set is called immutable: a rotated key is never seen', { evidence, fix });
  if (noStore || noCache || maxAge === 0)
    return CACHE.info('the set may not be cached: every verifier fetches it each time', { evidence, fix });
  if (maxAge === undefined)
    return CACHE.info('no word on caching: each verifier decides how old its keys may be', { evidence, fix });
  const words = durationWords(maxAge);
  if (maxAge > DAY)
    return CACHE.warning(`the set may be cached for ${words}: a rotated key is not seen for that long`, {
      evidence,
      fix,
    });
  return CACHE.ok(`the set may be cached for ${words}`, { evidence });
}
