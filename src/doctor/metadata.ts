// The metadata (RFC 8414, OpenID Connect Discovery): asked for at every well-known location, where a client would stop at
// the first. Invariant: metadata of another issuer is shown and compared, and never used (RFC 8414 §3.3).

import { TokctlError } from '../core/errors.ts';
import { isJsonObject, type JsonObject, parseJson, printJson, textMember, textOrEmpty } from '../core/json.ts';
import { isLoopback, shownUrl } from '../protocol/address.ts';
import { type Metadata, readMetadataAnswer, wellKnownLocations } from '../protocol/metadata.ts';
import { ask, type DoctorContext } from './context.ts';
import { type DoctorFinding, question, short } from './finding.ts';
import { examineMembers } from './metadata-members.ts';

const HTTPS = question('issuer.https', 'RFC 8414 §2');
const IDENTITY = question('issuer.identity', 'RFC 8414 §3.3');
const FOUND = question('metadata.found', 'RFC 8414 §3');
const LOCATIONS = question('metadata.locations', 'RFC 8414 §3.1, §5');
const AGREEMENT = question('metadata.agreement', 'RFC 8414 §5');

/** What one location answered. */
interface Document {
  url: URL;
  status?: number;
  /** Its issuer is the one asked for. */
  metadata?: Metadata;
  /** The JSON object, whoever's it is. */
  raw?: JsonObject;
  error?: TokctlError;
}

/**
 * The first probe: the others work with what it found.
 * @throws TokctlError when the host cannot be reached at all
 */
export async function examineMetadata(doctor: DoctorContext): Promise<DoctorFinding[]> {
  const { issuer, found, options } = doctor;
  const locations = options.metadataUrl === undefined ? wellKnownLocations(issuer) : [new URL(options.metadataUrl)];
  const documents = await Promise.all(locations.map((url) => fetchDocument(doctor, url)));
  assertReached(documents);
  const usable = documents.filter((document) => document.metadata !== undefined);
  const [chosen] = usable;
  if (chosen?.metadata !== undefined) found.metadata = chosen.metadata;
  found.isOpenId = usable.some(({ url }) => url.pathname.endsWith('/openid-configuration'));
  const other = documents.find(({ raw }) => raw !== undefined)?.raw;
  if (chosen === undefined && other !== undefined) found.unusable = other;
  return [
    examineScheme(doctor),
    foundAt(documents),
    ...identity(issuer, documents),
    ...atEachLocation(documents, options.metadataUrl),
    ...agreement(usable),
    ...(chosen?.metadata === undefined ? [] : examineMembers(doctor, chosen.metadata)),
  ];
}

async function fetchDocument(doctor: DoctorContext, url: URL): Promise<Document> {
  try {
    const answer = await ask(doctor, {
      purpose: 'metadata',
      method: 'GET',
      url,
      headers: { accept: 'application/json' },
    });
    const raw = answer.status === 200 ? objectIn(answer.text) : undefined;
    const seen = { url, status: answer.status, ...(raw === undefined ? {} : { raw }) };
    try {
      const read = readMetadataAnswer(answer, doctor.issuer);
      return read instanceof TokctlError ? { ...seen, error: read } : { ...seen, metadata: read };
    } catch (error) {
      return { ...seen, error: asTokctlError(error) };
    }
  } catch (error) {
    return { url, error: asTokctlError(error) };
  }
}

function asTokctlError(error: unknown): TokctlError {
  if (error instanceof TokctlError) return error;
  throw error;
}

function objectIn(text: string): JsonObject | undefined {
  try {
    const { value } = parseJson(text);
    return isJsonObject(value) && textMember(value, 'issuer') !== undefined ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Nothing was heard of the host: that is no statement about it. Options that cannot be are told at once. */
const NOT_REACHED: readonly string[] = ['ERR_NETWORK', 'ERR_TIMEOUT', 'ERR_TLS', 'ERR_OFFLINE', 'ERR_ENDPOINT_REFUSED'];

function assertReached(documents: readonly Document[]): void {
  const errors = documents.map(({ error }) => error).filter((error) => error !== undefined);
  const wrong = errors.find(({ code }) => code === 'ERR_USAGE' || code === 'ERR_CONFIG_INVALID');
  if (wrong !== undefined) throw wrong;
  const unreached = errors.filter(({ code }) => NOT_REACHED.includes(code));
  if (unreached.length === documents.length && unreached[0] !== undefined) throw unreached[0];
}

// ---------------------------------------------------------------- the issuer

function examineScheme({ issuer }: DoctorContext): DoctorFinding {
  const url = new URL(issuer);
  if (url.protocol === 'https:') return HTTPS.ok('the issuer is an https URL');
  if (isLoopback(url)) return HTTPS.info('http, on this machine only: an issuer that others use must be https');
  return HTTPS.error('the issuer is an http URL: whoever is on the way can change keys and answers', {
    fix: 'serve it over https, and change the issuer to its https URL',
  });
}

function identity(issuer: string, documents: readonly Document[]): DoctorFinding[] {
  const named = documents.filter(({ raw }) => raw !== undefined);
  const wrong = named.filter(({ metadata, error }) => metadata === undefined && error?.code === 'ERR_ISSUER_MISMATCH');
  if (named.length === 0) return [];
  if (wrong.length === 0) return [IDENTITY.ok('the metadata names the issuer that was asked for, byte for byte')];
  const [first] = wrong;
  const actual = textOrEmpty(first?.raw, 'issuer');
  const rest = wrong.length === named.length ? '; nothing else in it was used' : ', at one of its locations';
  return [
    IDENTITY.error(`the metadata is of the issuer ${short(actual)}, and not of ${issuer}${rest}`, {
      evidence: wrong.map(({ url, raw }) => `${shownUrl(url)}: issuer ${short(textOrEmpty(raw, 'issuer'))}`),
      fix: first?.error?.hint.replace('tokctl … --issuer', 'tokctl doctor') ?? 'make both the same, byte for byte',
    }),
  ];
}

// ---------------------------------------------------------------- the locations

const outcome = ({ url, status, error, metadata }: Document): string =>
  `${shownUrl(url)}: ${metadata !== undefined ? 'metadata' : `${status ?? 'no answer'}, ${error?.code ?? ''}`}`;

function foundAt(documents: readonly Document[]): DoctorFinding {
  const evidence = documents.map(outcome);
  const found = documents.filter(({ raw }) => raw !== undefined).length;
  if (found > 0) return FOUND.ok(`metadata was found at ${found} of ${documents.length} locations`, { evidence });
  return FOUND.error('no metadata at any location: clients cannot find endpoints and keys', {
    evidence,
    fix: 'serve the metadata at /.well-known/oauth-authorization-server; or name it: --metadata-url URL',
  });
}

/** A location that is missing is no fault; one that answers with something else misleads clients. */
function atEachLocation(documents: readonly Document[], chosen: string | undefined): DoctorFinding[] {
  const without = documents.filter(({ raw }) => raw === undefined);
  if (chosen !== undefined || without.length === documents.length) return [];
  const odd = without.filter(({ status = 0 }) => ![404, 405, 410].includes(status));
  if (odd.length > 0)
    return [
      LOCATIONS.warning('a well-known location answers with something that is no metadata', {
        evidence: odd.map(outcome),
        fix: 'serve the metadata there too, or answer 404',
      }),
    ];
  if (without.length === 0) return [LOCATIONS.ok('every well-known location has it')];
  return [
    LOCATIONS.info('some well-known locations have none: a client that knows only those does not find it', {
      evidence: without.map(outcome),
    }),
  ];
}

/** Whoever asks at one location must not get another server than whoever asks at the next. */
const DECISIVE = [
  'jwks_uri',
  'token_endpoint',
  'introspection_endpoint',
  'revocation_endpoint',
  'authorization_endpoint',
];

function agreement(documents: readonly Document[]): DoctorFinding[] {
  const [first, ...others] = documents.map(({ raw }) => raw).filter((raw) => raw !== undefined);
  if (first === undefined || others.length === 0) return [];
  const differing = [...new Set(others.flatMap((other) => differences(first, other)))];
  if (differing.length === 0) return [AGREEMENT.ok('the locations agree')];
  const evidence = differing.map((name) => `${short(name)}: ${documents.map((one) => valueIn(one, name)).join(' / ')}`);
  const decisive = differing.filter((name) => DECISIVE.includes(name));
  const fix = 'serve the same document at every location';
  if (decisive.length > 0)
    return [AGREEMENT.error(`the locations name different values for ${decisive.join(', ')}`, { evidence, fix })];
  return [AGREEMENT.warning('the locations differ', { evidence, fix })];
}

const valueIn = ({ raw }: Document, name: string): string => short(printJson(raw?.[name]));

/** Members that both have, with different values; one document may well know more than the other. */
const differences = (one: JsonObject, other: JsonObject): string[] =>
  Object.keys(one).filter((name) => Object.hasOwn(other, name) && printJson(one[name]) !== printJson(other[name]));
