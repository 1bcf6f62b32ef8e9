// Which kind of token it is, and by what that is known: the typ header first, then what only one kind carries.

import { isJsonObject, type JsonObject, member, textMember, textOrEmpty } from './json.ts';
import type { TokenFormat } from './token.ts';

export const KIND_NAMES = [
  'access_token',
  'id_token',
  'refresh_token',
  'logout_token',
  'security_event',
  'dpop_proof',
  'client_assertion',
  'introspection_response',
  'sd_jwt',
  'jarm_response',
  'request_object',
  'unknown',
] as const;
export type KindName = (typeof KIND_NAMES)[number];

export interface Kind {
  kind: KindName;
  /** What it was recognised by, one short phrase each. */
  evidence: string[];
}

/** Compares `typ` values as RFC 7515 §4.1.9 has it: without case, `application/` optional. */
export const normalizeTyp = (typ: string): string => typ.toLowerCase().replace(/^application\//, '');

/** The value of an own member: names from a token may be `constructor` or `__proto__`. */
const ownMember = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

const BY_TYP: Record<string, readonly [KindName, string]> = {
  'at+jwt': ['access_token', 'RFC 9068 §2.1'],
  'okta-internal-at+jwt': ['access_token', 'Okta'],
  'logout+jwt': ['logout_token', 'OpenID Connect Back-Channel Logout §2.4'],
  'secevent+jwt': ['security_event', 'RFC 8417 §2.3'],
  'dpop+jwt': ['dpop_proof', 'RFC 9449 §4.2'],
  'client-authentication+jwt': ['client_assertion', 'RFC 7523'],
  'token-introspection+jwt': ['introspection_response', 'RFC 9701 §5'],
  'oauth-authz-req+jwt': ['request_object', 'RFC 9101 §4'],
  'dc+sd-jwt': ['sd_jwt', 'SD-JWT VC'],
  'vc+sd-jwt': ['sd_jwt', 'SD-JWT VC'],
  'kb+jwt': ['sd_jwt', 'RFC 9901'],
};

/** The payload `typ` of Keycloak. */
const BY_PAYLOAD_TYP: Record<string, KindName> = {
  Bearer: 'access_token',
  DPoP: 'access_token',
  ID: 'id_token',
  Refresh: 'refresh_token',
  Offline: 'refresh_token',
  Logout: 'logout_token',
};

/** The claim `token_use` of Amazon Cognito, Ory Hydra and Dex. */
const BY_TOKEN_USE: Record<string, KindName> = {
  access: 'access_token',
  access_token: 'access_token',
  id: 'id_token',
  id_token: 'id_token',
  refresh_token: 'refresh_token',
};

const BACK_CHANNEL_LOGOUT = 'http://schemas.openid.net/event/backchannel-logout';

type Rule = (claims: JsonObject) => readonly [KindName, string] | undefined;
const has = (claims: JsonObject, ...names: string[]): boolean => names.every((name) => Object.hasOwn(claims, name));

/** In order: the first that applies decides. */
const RULES: readonly Rule[] = [
  (claims) => {
    const typ = textOrEmpty(claims, 'typ');
    const kind = ownMember(BY_PAYLOAD_TYP, typ);
    return kind && [kind, `claim typ is ${typ} (Keycloak)`];
  },
  (claims) => {
    const use = textOrEmpty(claims, 'token_use');
    const kind = ownMember(BY_TOKEN_USE, use);
    return kind && [kind, `claim token_use is ${use}${has(claims, 'origin_jti') ? ' (Amazon Cognito)' : ''}`];
  },
  (claims) => {
    const events = member(claims, 'events');
    if (!isJsonObject(events)) return undefined;
    return Object.hasOwn(events, BACK_CHANNEL_LOGOUT)
      ? ['logout_token', 'claim events names back-channel logout']
      : ['security_event', 'claim events (RFC 8417)'];
  },
  (claims) =>
    has(claims, 'token_introspection') ? ['introspection_response', 'claim token_introspection (RFC 9701)'] : undefined,
  (claims) => (has(claims, 'htm', 'htu') ? ['dpop_proof', 'claims htm and htu (RFC 9449)'] : undefined),
  (claims) => (has(claims, '_sd') || has(claims, 'vct') ? ['sd_jwt', 'claims _sd or vct (RFC 9901)'] : undefined),
  (claims) => workloadClaim(claims),
  (claims) =>
    has(claims, 'response_type', 'client_id')
      ? ['request_object', 'claims response_type and client_id (RFC 9101)']
      : undefined,
  (claims) =>
    has(claims, 'code', 'iss') || has(claims, 'error', 'state')
      ? ['jarm_response', 'claims code or error of an authorization response (JARM)']
      : undefined,
  (claims) => idTokenClaim(claims),
  (claims) => idTokenIssuer(claims),
  (claims) =>
    isClientAssertion(claims) ? ['client_assertion', 'iss and sub are the same client (RFC 7523 §3)'] : undefined,
  (claims) => accessTokenClaim(claims),
];

function idTokenClaim(claims: JsonObject): readonly [KindName, string] | undefined {
  const telling = ['at_hash', 'c_hash', 's_hash', 'nonce'].find((name) => has(claims, name));
  return telling === undefined ? undefined : ['id_token', `claim ${telling} (OpenID Connect Core §2)`];
}

/** Issuers whose only JWTs are ID tokens. */
const ID_TOKENS_ONLY: readonly (readonly [RegExp, string])[] = [
  [/^(?:https:\/\/)?accounts\.google\.com$/, 'Google'],
  [/^https:\/\/securetoken\.google\.com\/[^/]+$/, 'Firebase'],
  [/^https:\/\/(?:appleid|account)\.apple\.com$/, 'Apple'],
];

function idTokenIssuer(claims: JsonObject): readonly [KindName, string] | undefined {
  const iss = textOrEmpty(claims, 'iss');
  const found = iss.length < 200 ? ID_TOKENS_ONLY.find(([issuer]) => issuer.test(iss)) : undefined;
  return found && ['id_token', `iss is ${iss}: the JWTs of ${found[1]} are ID tokens`];
}

/** What a cluster or a build server gives to its pods and jobs, to show to other services. */
function workloadClaim(claims: JsonObject): readonly [KindName, string] | undefined {
  if (has(claims, 'kubernetes.io')) return ['access_token', 'claim kubernetes.io (service account token)'];
  if (has(claims, 'kubernetes.io/serviceaccount/namespace'))
    return ['access_token', 'claim kubernetes.io/serviceaccount/namespace (service account token, old form)'];
  if (has(claims, 'job_workflow_ref', 'repository'))
    return ['access_token', 'claims job_workflow_ref and repository (token of a GitHub Actions job)'];
  return has(claims, 'project_path', 'pipeline_id')
    ? ['access_token', 'claims project_path and pipeline_id (token of a GitLab CI job)']
    : undefined;
}

/** Who writes access tokens so, where the claims tell. */
function dialectOf(claims: JsonObject): string {
  if (has(claims, 'tid') && (has(claims, 'oid') || has(claims, 'azpacr') || has(claims, 'appidacr')))
    return ' (Microsoft Entra ID)';
  if (has(claims, 'cid', 'scp')) return ' (Okta)';
  if (has(claims, 'realm_access') || has(claims, 'resource_access')) return ' (Keycloak)';
  return has(claims, 'gty') || (has(claims, 'azp', 'permissions') && !has(claims, 'typ')) ? ' (Auth0)' : '';
}

function isClientAssertion(claims: JsonObject): boolean {
  const iss = textMember(claims, 'iss');
  return (
    iss !== undefined &&
    iss === textMember(claims, 'sub') &&
    has(claims, 'aud') &&
    !has(claims, 'scope') &&
    !has(claims, 'client_id')
  );
}

function accessTokenClaim(claims: JsonObject): readonly [KindName, string] | undefined {
  const telling = ['scope', 'scp', 'client_id', 'cid', 'appid', 'roles', 'realm_access', 'gty', 'idtyp'].filter(
    (name) => has(claims, name),
  );
  return telling.length === 0 ? undefined : ['access_token', `claim ${telling.join(', ')}${dialectOf(claims)}`];
}

function firstRule(claims: JsonObject): ReturnType<Rule> {
  for (const rule of RULES) {
    const found = rule(claims);
    if (found !== undefined) return found;
  }
  return undefined;
}

export interface KindInput {
  format: TokenFormat;
  header?: JsonObject;
  claims?: JsonObject;
  /** The member of a token-endpoint response, or the parameter, that the token was taken from. */
  takenFrom?: string;
}

const BY_MEMBER: Record<string, KindName> = {
  access_token: 'access_token',
  id_token: 'id_token',
  refresh_token: 'refresh_token',
  logout_token: 'logout_token',
  client_assertion: 'client_assertion',
};

/** The kind of a token with the evidence for it; `unknown` with no evidence when nothing tells. */
export function kindOf({ format, header, claims, takenFrom = '' }: KindInput): Kind {
  const typ = textMember(header, 'typ');
  const byTyp = typ === undefined ? undefined : ownMember(BY_TYP, normalizeTyp(typ));
  if (byTyp !== undefined) return { kind: byTyp[0], evidence: [`header typ is ${typ} (${byTyp[1]})`] };
  if (format === 'sd-jwt') return { kind: 'sd_jwt', evidence: ['disclosures after ~ (RFC 9901)'] };
  const byClaims = claims === undefined ? undefined : firstRule(claims);
  if (byClaims !== undefined) return { kind: byClaims[0], evidence: [byClaims[1]] };
  const byMember = ownMember(BY_MEMBER, takenFrom.toLowerCase());
  return byMember === undefined
    ? { kind: 'unknown', evidence: [] }
    : { kind: byMember, evidence: [`it stood in ${takenFrom}`] };
}
