// What the metadata says, member by member: what must be there, what must be a URL, and what must not be offered.

import { type JsonObject, member, textMember, textOrEmpty } from '../core/json.ts';
import { isLoopback } from '../protocol/address.ts';
import type { Metadata } from '../protocol/metadata.ts';
import type { DoctorContext } from './context.ts';
import { type DoctorFinding, question, short } from './finding.ts';

const REQUIRED = question('metadata.required', 'RFC 8414 §2');
const ENDPOINTS = question('metadata.endpoints', 'RFC 8414 §2');
const ORIGINS = question('metadata.origins', 'RFC 9700 §4.4');
const ALGORITHMS = question('metadata.algorithms', 'RFC 8414 §2');

export function examineMembers({ found, options }: DoctorContext, { raw, issuer }: Metadata): DoctorFinding[] {
  return [
    required(raw, found.isOpenId),
    endpoints(raw),
    origins(raw, { issuer, allowed: options.allowedEndpointOrigins ?? [] }),
    algorithms(raw),
  ];
}

/** The texts of a list, or undefined where there is no list. */
export function textList(raw: JsonObject, name: string): string[] | undefined {
  const value = member(raw, name);
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : undefined;
}

// ---------------------------------------------------------------- what must be there

function required(raw: JsonObject, isOpenId: boolean): DoctorFinding {
  const missing = [...requiredMembers(raw, isOpenId), ...requiredWithAssertions(raw)].filter(
    (name) => member(raw, name) === undefined,
  );
  if (missing.length === 0) return REQUIRED.ok('every member that must be there is there');
  return REQUIRED.warning(`the metadata lacks ${missing.join(', ')}`, {
    fix: `add ${missing.length === 1 ? 'it' : 'them'}: strict clients refuse metadata without`,
  });
}

/** RFC 8414 §2, and Discovery §3 for the document of an OpenID Provider. */
function requiredMembers(raw: JsonObject, isOpenId: boolean): string[] {
  const grants = textList(raw, 'grant_types_supported') ?? ['authorization_code', 'implicit'];
  const isInteractive = grants.includes('authorization_code') || grants.includes('implicit');
  return [
    'response_types_supported',
    ...(isInteractive ? ['authorization_endpoint'] : []),
    ...(grants.every((grant) => grant === 'implicit') ? [] : ['token_endpoint']),
    ...(isOpenId ? ['jwks_uri', 'subject_types_supported', 'id_token_signing_alg_values_supported'] : []),
  ];
}

/** Where an assertion may authenticate a client, its algorithms must be listed. */
function requiredWithAssertions(raw: JsonObject): string[] {
  return ['token', 'introspection', 'revocation'].flatMap((endpoint) => {
    const methods = textList(raw, `${endpoint}_endpoint_auth_methods_supported`) ?? [];
    const signs = methods.includes('private_key_jwt') || methods.includes('client_secret_jwt');
    return signs ? [`${endpoint}_endpoint_auth_signing_alg_values_supported`] : [];
  });
}

// ---------------------------------------------------------------- URLs

/** Members that name a place to connect to. */
export const isEndpointName = (name: string): boolean =>
  name.endsWith('_endpoint') || name === 'jwks_uri' || name === 'check_session_iframe';

const endpointNames = (raw: JsonObject): string[] => Object.keys(raw).filter(isEndpointName);

function endpoints(raw: JsonObject): DoctorFinding {
  const names = endpointNames(raw);
  const bad = names.flatMap((name) => {
    const problem = wrongUrl(textMember(raw, name));
    return problem === undefined ? [] : [`${short(name)}: ${problem}`];
  });
  if (bad.length === 0) return ENDPOINTS.ok('every endpoint is an https URL, or one of this machine');
  return ENDPOINTS.error('an endpoint is no URL that may be used', {
    evidence: bad,
    fix: 'name an absolute https URL',
  });
}

function wrongUrl(text: string | undefined): string | undefined {
  if (text === undefined) return 'expected text, got something else';
  if (!URL.canParse(text)) return `expected an absolute URL, got ${short(text)}`;
  const url = new URL(text);
  if (url.protocol === 'http:' && isLoopback(url)) return undefined;
  if (url.protocol !== 'https:') return `expected https, got ${url.protocol.slice(0, -1)}`;
  if (url.username !== '' || url.password !== '') return 'expected no user part';
  return url.hash === '' ? undefined : 'expected no fragment';
}

/** These get client credentials or tokens. */
const CREDENTIALED = ['token_endpoint', 'introspection_endpoint', 'revocation_endpoint'];

function origins(raw: JsonObject, { issuer, allowed }: { issuer: string; allowed: readonly string[] }): DoctorFinding {
  const home = new URL(issuer).origin;
  const known = [home, ...allowed.filter((one) => URL.canParse(one)).map((one) => new URL(one).origin)];
  const elsewhere = endpointNames(raw).filter((name) => !known.includes(originOf(textMember(raw, name)) ?? home));
  const evidence = elsewhere.map((name) => `${short(name)}: ${short(textOrEmpty(raw, name))}`);
  if (elsewhere.length === 0) return ORIGINS.ok('every endpoint is on the origin of the issuer');
  const credentialed = elsewhere.filter((name) => CREDENTIALED.includes(name));
  const first = originOf(textMember(raw, credentialed[0] ?? ''));
  if (first === undefined) return ORIGINS.info('some endpoints are on another origin, which is common', { evidence });
  return ORIGINS.warning('endpoints that get credentials are on another origin: none were sent there', {
    evidence,
    fix: `if it belongs to that issuer: --allow-endpoint-origin ${first}`,
  });
}

function originOf(text: string | undefined): string | undefined {
  if (text === undefined || !URL.canParse(text)) return undefined;
  const { origin } = new URL(text);
  return origin === 'null' ? undefined : origin;
}

// ---------------------------------------------------------------- algorithms

function algorithms(raw: JsonObject): DoctorFinding {
  const listing = Object.keys(raw).filter((name) => /alg_values_supported$/.test(name));
  const withNone = listing.filter((name) => textList(raw, name)?.includes('none'));
  // RFC 8414 §2: MUST NOT for client authentication. Discovery §3 allows it for ID tokens of the code flow.
  const forbidden = withNone.filter((name) => name.includes('_auth_signing_'));
  const fix = 'take `none` out of the list';
  if (forbidden.length > 0)
    return ALGORITHMS.error('unsigned client assertions are accepted: `none` is listed', { evidence: forbidden, fix });
  const signing = withNone.filter((name) => name !== 'request_object_signing_alg_values_supported');
  if (signing.length > 0)
    return ALGORITHMS.warning('the server offers to sign nothing: `none` is listed', { evidence: signing, fix });
  return ALGORITHMS.ok('`none` is not offered for what is signed');
}
