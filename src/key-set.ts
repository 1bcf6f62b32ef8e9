// jwks: the keys of an issuer, a URL or a text, one by one, with what is wrong with each.

import type { ExitCode } from './core/errors.ts';
import { TokctlError } from './core/errors.ts';
import { type JsonObject, textMember } from './core/json.ts';
import { redactJson } from './core/redact.ts';
import { type Context, contextOf, metadataOf } from './judging/context.ts';
import { type KeySource, keySource } from './judging/key-set.ts';
import { secrecyOf, withoutSecrets } from './judging/secrecy.ts';
import { parseJwks } from './protocol/jwks.ts';
import { keyBits, keyProblems, thumbprint } from './protocol/key-strength.ts';
import { endpointOf } from './protocol/metadata.ts';
import type { NetworkOptions, VerifyOptions } from './request.ts';

export interface KeySetOptions extends NetworkOptions, Pick<VerifyOptions, 'documents'> {
  /** An issuer, the URL of a JWK Set, or a name for `text`. */
  source: string;
  /** The text of a JWK Set or JWK: nothing is fetched then. */
  text?: string;
  metadataUrl?: string;
}

/** One key for the report; never a private or secret member. */
export interface KeySummary {
  kid?: string;
  kty?: string;
  alg?: string;
  use?: string;
  crv?: string;
  bits?: number;
  /** RFC 7638, SHA-256. */
  thumbprint?: string;
  problems: string[];
}

export interface KeySetReport {
  schema: 'tokctl.jwks/1';
  source: string;
  /** Seconds since the set was fetched; absent for a text. */
  jwks_age_seconds?: number;
  exit_code: ExitCode;
  keys: KeySummary[];
  /** The keys as received. May hold private members: not for printing. */
  jwks: JsonObject[];
}

/** @throws TokctlError when the set cannot be had or is none */
export async function inspectKeys(options: KeySetOptions): Promise<KeySetReport> {
  const redact = secrecyOf(options, []);
  const { set, ageSeconds } = await keySetOf(options).catch((error: unknown) => {
    throw error instanceof TokctlError ? withoutSecrets(error, redact) : error;
  });
  const { keys } = set;
  const repeated = new Set(repeats(keys.map((key) => textMember(key, 'kid'))));
  return {
    schema: 'tokctl.jwks/1',
    source: options.source,
    ...(ageSeconds === undefined ? {} : { jwks_age_seconds: ageSeconds }),
    exit_code: 0,
    keys: redactJson(
      keys.map((key) => summary(key, repeated)),
      redact,
    ),
    jwks: keys,
  };
}

type Found = Pick<KeySource, 'set' | 'ageSeconds'>;

async function keySetOf(options: KeySetOptions): Promise<Found> {
  const { source, text } = options;
  if (text !== undefined) return { set: parseJwks(text, (problem) => notASet(source, problem)) };
  const context = await contextOf(options);
  if (looksLikeKeySet(source)) return keysAt(source, context);
  const anchor = { issuer: source, fromToken: false };
  const metadata = await metadataOf(anchor, context);
  return (endpointOf(metadata, 'jwksUri') && (await keySource(anchor, context))) ?? noKeys(source);
}

async function keysAt(url: string, context: Context): Promise<Found> {
  const options = { ...context.options, jwksUri: url };
  return (await keySource({ fromToken: false }, { ...context, options })) ?? noKeys(url);
}

function noKeys(source: string): never {
  throw new TokctlError('ERR_NO_USABLE_KEY', `expected \`jwks_uri\` in the metadata of \`${source}\`, got none`, {
    hint: 'name the JWK Set itself: tokctl jwks URL',
  });
}

/** An issuer has no file at its end; a JWK Set mostly is one, or is called after its keys. */
const looksLikeKeySet = (source: string): boolean =>
  /(?:jwks?|keys|certs)(?:\.json)?\/?$|\.json$/i.test(new URL(source).pathname);

const notASet = (source: string, problem: string): TokctlError =>
  new TokctlError('ERR_CONFIG_INVALID', `\`${source}\` holds no JWK Set: ${problem}`, {
    hint: 'give a JWK Set (RFC 7517 §5), an issuer or a URL',
  });

function repeats(names: readonly (string | undefined)[]): string[] {
  return names.filter((name, index): name is string => name !== undefined && names.indexOf(name) !== index);
}

function summary(key: JsonObject, repeated: ReadonlySet<string>): KeySummary {
  const texts = Object.fromEntries(
    ['kid', 'kty', 'alg', 'use', 'crv'].flatMap((name) =>
      textMember(key, name) === undefined ? [] : [[name, textMember(key, name)]],
    ),
  );
  const [bits, print] = [keyBits(key), thumbprint(key)];
  return {
    ...texts,
    ...(bits === undefined ? {} : { bits }),
    ...(print === undefined ? {} : { thumbprint: print }),
    problems: problemsOf(key, repeated),
  };
}

const KNOWN_TYPES = ['RSA', 'EC', 'OKP', 'oct'];

function problemsOf(key: JsonObject, repeated: ReadonlySet<string>): string[] {
  const kid = textMember(key, 'kid');
  const kty = textMember(key, 'kty');
  return [
    ...(kty === undefined
      ? ['it has no kty']
      : KNOWN_TYPES.includes(kty)
        ? []
        : [`kty ${kty} is not known here: it is skipped`]),
    ...keyProblems(key).map(({ because }) => because),
    ...(kid === undefined ? ['it has no kid: every fitting key is tried'] : []),
    ...(kid !== undefined && repeated.has(kid) ? ['its kid stands more than once in the set'] : []),
    ...(textMember(key, 'use') === 'enc' ? ['it is for encryption, not for signatures'] : []),
    ...(kty !== undefined && textMember(key, 'alg') === undefined
      ? ['it has no alg: the token chooses among those that fit']
      : []),
  ];
}
