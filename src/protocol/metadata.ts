// Authorization server metadata (RFC 8414, OpenID Connect Discovery): found at three well-known locations, and believed
// only when its issuer equals the one that was asked for, byte for byte.

import { TokctlError } from '../core/errors.ts';
import { escapeText, shellWord } from '../core/escape.ts';
import { isJsonObject, type JsonObject, member, parseJson, textMember } from '../core/json.ts';
import { exchange } from './http/exchange.ts';
import type { HttpAnswer, Network } from './http/network.ts';
import { readFault } from './oauth-error.ts';

export interface Metadata {
  issuer: string;
  jwksUri?: string;
  introspectionEndpoint?: string;
  tokenEndpoint?: string;
  /** `introspection_endpoint_auth_methods_supported`, else those of the token endpoint; undefined where neither is said. */
  authMethods?: string[];
  /** `token_endpoint_auth_methods_supported`. */
  tokenAuthMethods?: string[];
  /** All of it, as received. */
  raw: JsonObject;
}

/** The well-known locations of an issuer, in the order in which they are asked (RFC 8414 §3.1, §5; Discovery §4.1). */
export function wellKnownLocations(issuer: string): URL[] {
  const url = new URL(issuer);
  const path = url.pathname.replace(/\/$/, '');
  const locations = [
    `${path}/.well-known/openid-configuration`,
    `/.well-known/oauth-authorization-server${path}`,
    `${path}/.well-known/oauth-authorization-server`,
  ].map((location) => new URL(location, url.origin).href);
  return [...new Set(locations)].map((location) => new URL(location));
}

export interface MetadataRequest {
  issuer: string;
  /** Fetch here and nowhere else. */
  metadataUrl?: string;
  hostFromToken?: boolean;
}

/**
 * Fetches the metadata of an issuer.
 * @throws TokctlError ERR_ISSUER_MISMATCH when it is of another issuer, ERR_HTTP_STATUS or ERR_RESPONSE_INVALID when there
 * is none at any location, and the errors of the exchange.
 */
export async function fetchMetadata(
  { issuer, metadataUrl, hostFromToken = false }: MetadataRequest,
  network: Network,
): Promise<Metadata> {
  const locations = metadataUrl === undefined ? wellKnownLocations(issuer) : [new URL(metadataUrl)];
  const misses: TokctlError[] = [];
  for (const url of locations) {
    const answer = await exchange(
      {
        purpose: 'metadata',
        method: 'GET',
        url,
        headers: { accept: 'application/json' },
        hostFromToken,
        mayAuthorize: !hostFromToken,
      },
      network,
    );
    const found = readMetadataAnswer(answer, issuer);
    if (!(found instanceof TokctlError)) return found;
    if (!mayBeElsewhere(found, answer.status)) throw found;
    misses.push(found);
  }
  throw nowhere(issuer, misses);
}

/** Another location may still have it: this one has nothing, or a page that is no metadata (security.md D5). */
function mayBeElsewhere(error: TokctlError, status: number): boolean {
  return [404, 405, 410].includes(status) || error.code === 'ERR_RESPONSE_INVALID';
}

/** Of several misses the one that says most is thrown: a page in the place of metadata before a 404. */
function nowhere(issuer: string, misses: TokctlError[]): TokctlError {
  const { code, details } = misses.reduce((told, miss) =>
    told.code !== 'ERR_RESPONSE_INVALID' && miss.code === 'ERR_RESPONSE_INVALID' ? miss : told,
  );
  const tried = misses.map((miss) => `${miss.details.url} (${miss.details.status})`).join(', ');
  const message = `no metadata of the issuer ${issuer} was found: tried ${tried}`;
  const hint = 'check the issuer; name the document with --metadata-url, or the keys with --jwks';
  return new TokctlError(code, message, { hint, details });
}

/** Reads a metadata answer; gives the error instead of throwing it, because another location may be asked next. */
export function readMetadataAnswer(answer: HttpAnswer, issuer: string): Metadata | TokctlError {
  const fault = readFault(answer, 'the metadata', { document: true });
  if (fault !== undefined) return fault;
  const { raw, duplicates = [] } = readObject(answer.text);
  const details = { url: answer.url.href, status: answer.status };
  const invalid = (problem: string) =>
    new TokctlError('ERR_RESPONSE_INVALID', `the metadata at ${answer.url.href} is none: ${problem}`, {
      hint: 'check the issuer, or name the document with --metadata-url',
      details,
    });
  if (raw === undefined) return invalid('expected a JSON object');
  const [repeated] = duplicates;
  if (repeated !== undefined)
    return invalid(`expected each member once, got \`${escapeText(repeated).slice(0, 40)}\` more than once`);
  const named = textMember(raw, 'issuer');
  if (named === undefined) return invalid('expected a text `issuer` (RFC 8414 §2)');
  if (named !== issuer) throw issuerMismatch(issuer, named, answer.url);
  return { issuer: named, ...endpoints(raw), raw };
}

/** Members that stand twice are told, because readers disagree on which of them counts (RFC 8259 §4). */
function readObject(text: string): { raw?: JsonObject; duplicates?: string[] } {
  try {
    const { value, duplicates } = parseJson(text);
    return isJsonObject(value) ? { raw: value, duplicates } : {};
  } catch {
    return {};
  }
}

/** Characters of a text of the server that stand in a message. */
const SHOWN_LENGTH = 200;

/** RFC 8414 §3.3: metadata of another issuer must not be used, however little differs. */
function issuerMismatch(expected: string, actual: string, url: URL): TokctlError {
  const bySlash = expected.replace(/\/$/, '') === actual.replace(/\/$/, '');
  const template = actual.includes('{tenantid}');
  const named = shellWord(actual.slice(0, SHOWN_LENGTH));
  const hint = template
    ? 'this is a template for many tenants: name the issuer of your tenant'
    : bySlash
      ? `they differ by the trailing slash only: tokctl … --issuer ${named}`
      : `if that is the issuer you mean: tokctl … --issuer ${named}`;
  return new TokctlError(
    'ERR_ISSUER_MISMATCH',
    `the metadata at ${url.href} is of another issuer: expected ${expected}, got ${escapeText(actual.slice(0, SHOWN_LENGTH))}`,
    { hint, details: { url: url.href, expected, actual } },
  );
}

function endpoints(raw: JsonObject): Omit<Metadata, 'issuer' | 'raw'> {
  const texts = {
    jwksUri: 'jwks_uri',
    introspectionEndpoint: 'introspection_endpoint',
    tokenEndpoint: 'token_endpoint',
  } as const;
  const found = Object.entries(texts).flatMap(([name, wire]) =>
    textMember(raw, wire) === undefined ? [] : [[name, textMember(raw, wire)]],
  );
  const tokenAuthMethods = methodList(raw, 'token_endpoint_auth_methods_supported');
  const authMethods = methodList(raw, 'introspection_endpoint_auth_methods_supported') ?? tokenAuthMethods;
  return {
    ...Object.fromEntries(found),
    ...(authMethods === undefined ? {} : { authMethods }),
    ...(tokenAuthMethods === undefined ? {} : { tokenAuthMethods }),
  };
}

function methodList(raw: JsonObject, name: string): string[] | undefined {
  const value = member(raw, name);
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : undefined;
}

type EndpointName = 'jwksUri' | 'introspectionEndpoint' | 'tokenEndpoint';

/**
 * A URL that the metadata names; with `mutualTls` the one for clients that show a certificate, where there is one.
 * @throws TokctlError ERR_RESPONSE_INVALID for text that is no absolute http or https URL: a server cannot name a file.
 */
export function endpointOf(
  metadata: Metadata,
  name: EndpointName,
  { mutualTls = false }: { mutualTls?: boolean } = {},
): URL | undefined {
  const text = (mutualTls ? aliasOf(metadata, name) : undefined) ?? metadata[name];
  if (text === undefined) return undefined;
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return new URL(text);
  throw new TokctlError(
    'ERR_RESPONSE_INVALID',
    `the metadata of ${metadata.issuer} names no URL for ${name}: expected https, got \`${escapeText(text).slice(0, 100)}\``,
    {
      hint: 'tell the operator of the authorization server; --jwks and --introspection-endpoint name them by hand',
    },
  );
}

const ALIASES: Partial<Record<EndpointName, string>> = {
  introspectionEndpoint: 'introspection_endpoint',
  tokenEndpoint: 'token_endpoint',
};

/** RFC 8705 §5: `mtls_endpoint_aliases`, which a client that authenticates by certificate is to use. */
function aliasOf({ raw }: Metadata, name: EndpointName): string | undefined {
  const aliases = member(raw, 'mtls_endpoint_aliases');
  const wire = ALIASES[name];
  return isJsonObject(aliases) && wire !== undefined ? textMember(aliases, wire) : undefined;
}
