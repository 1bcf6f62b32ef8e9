// Causes behind the server's word: `{"active": false}`, which gives no reason, and refusals of the caller.
// What can be ruled out from the token itself is ruled out; the remainder is revoked or unknown.

import { type JsonObject, member, textMember } from '../core/json.ts';
import { finiteNumber } from '../core/lint.ts';
import type { Cause } from '../core/report.ts';
import { cause, type Facts, failedCheck, type Rule } from './facts.ts';

const endpointOf = ({ report, introspectionEndpoint }: Facts): string =>
  report.introspection?.endpoint ?? introspectionEndpoint ?? '';

const isInactive = (facts: Facts): boolean => failedCheck(facts, 'introspection') !== undefined;

function hasExpired({ token, report }: Facts): boolean {
  const exp = finiteNumber(member(token.claims, 'exp'));
  return exp !== undefined && exp <= Date.parse(report.times?.evaluated_at ?? '') / 1000;
}

const wrongKind: Rule = (facts) => {
  const kind = facts.report.token?.kind;
  if (!isInactive(facts) || failedCheck(facts, 'kind') !== undefined) return [];
  if (kind !== 'id_token' && kind !== 'logout_token' && kind !== 'client_assertion') return [];
  return [
    cause('wrong_token_kind', 'likely', {
      because: `it is ${kind === 'id_token' ? 'an ID token' : `a ${kind.replaceAll('_', ' ')}`}; servers introspect access and refresh tokens`,
      evidence: facts.report.token?.evidence ?? [],
      fix: 'send the access token of the same response',
    }),
  ];
};

const hint: Rule = (facts) => {
  const kind = facts.report.token?.kind;
  const { tokenTypeHint } = facts;
  if (!isInactive(facts) || tokenTypeHint === undefined) return [];
  if (kind === 'refresh_token' && tokenTypeHint !== 'refresh_token')
    return [
      cause('refresh_token_needs_hint', 'likely', {
        because: 'it looks like a refresh token, and some servers find one only with its own hint',
        evidence: [...(facts.report.token?.evidence ?? []), `token_type_hint sent: ${tokenTypeHint}`],
        fix: '--token-type-hint refresh_token',
      }),
    ];
  if (kind === 'unknown' || kind === tokenTypeHint) return [];
  return [
    cause('hint_contradicts_token', 'likely', {
      because: 'the token_type_hint names another kind than the token is, and some servers look there only',
      evidence: [`token_type_hint sent: ${tokenTypeHint}`, `the token looks like: ${kind}`],
      fix: 'leave out --token-type-hint',
    }),
  ];
};

const otherServer: Rule = (facts) => {
  const iss = textMember(facts.token.claims, 'iss');
  const endpoint = endpointOf(facts);
  if (!isInactive(facts) || iss === undefined || !URL.canParse(iss) || !URL.canParse(endpoint)) return [];
  const [issuer, asked] = [new URL(iss), new URL(endpoint)];
  if (issuer.origin === asked.origin) return [];
  const samePlace = issuer.pathname !== '/' && asked.pathname.startsWith(issuer.pathname.replace(/\/$/, ''));
  const evidence = [`iss of the token: ${iss}`, `asked: ${endpoint}`];
  if (samePlace)
    return [
      cause('asked_through_other_hostname', 'likely', {
        because: 'the server was asked under another host name than the token was issued under; some compare the two',
        evidence,
        fix: `ask through the host name of the token: --introspection-endpoint ${issuer.origin}${asked.pathname}`,
      }),
    ];
  return [
    cause('asked_wrong_server', 'likely', {
      because: 'the token is of another server than the one that was asked',
      evidence,
      fix: `ask its own: --issuer ${iss}`,
    }),
  ];
};

const callerNotInAudience: Rule = (facts) => {
  const { claims } = facts.token;
  const id = facts.client?.id;
  const audiences = [member(claims, 'aud') ?? []].flat().filter((one) => typeof one === 'string');
  if (!isInactive(facts) || hasExpired(facts) || id === undefined || audiences.length === 0 || audiences.includes(id))
    return [];
  const isKeycloak = looksLikeKeycloak(claims);
  return [
    cause('caller_not_in_audience', isKeycloak ? 'likely' : 'possible', {
      because: `the client that asks is not in the audience of the token, and some servers answer inactive then${isKeycloak ? ' (Keycloak from 26.6.2)' : ''}`,
      evidence: [`asked as client: ${id}`, `aud: ${audiences.join(', ')}`],
      fix: 'add the client to the audience (an audience mapper), or ask with a client that is in it',
    }),
  ];
};

const looksLikeKeycloak = (claims: JsonObject | undefined): boolean =>
  ['Bearer', 'Refresh', 'Offline', 'ID'].includes(textMember(claims, 'typ') ?? '') &&
  /\/realms\//.test(textMember(claims, 'iss') ?? '');

const revoked: Rule = (facts) => {
  if (!isInactive(facts) || hasExpired(facts)) return [];
  const verified = facts.report.checks.some(({ name, outcome }) => name === 'signature' && outcome === 'passed');
  const isOpaque = facts.token.claims === undefined;
  return [
    cause('revoked_or_unknown', verified ? 'likely' : 'possible', {
      because: verified
        ? 'the token is sound in itself, so it was revoked, its session ended, or this caller may not see it'
        : `the server does not know the token${isOpaque ? ': expired, revoked, of another server, or mistyped' : ', or has revoked it'}`,
      evidence: [
        `the answer of ${endpointOf(facts)} was {"active": false}`,
        ...(verified ? ['the signature verifies here'] : []),
      ],
      fix: isOpaque
        ? 'get a new token, and check that it is of this server and whole'
        : 'get a new token; look into the session and the log of the server',
    }),
  ];
};

// ---------------------------------------------------------------- the caller was refused

/** Characters that form-encoding changes (RFC 6749 appendix B). */
const RESERVED = /[^A-Za-z0-9*._-]/;

const refused: Rule = (facts) => {
  if (facts.report.error?.code !== 'ERR_CLIENT_AUTHENTICATION') return [];
  const { client = {}, report } = facts;
  const method = report.introspection?.client_auth ?? '';
  const status = report.error?.details?.['status'];
  return [...encoding(method, client), ...assertion(method, client), ...byStatus(status, method, client)];
};

type Client = NonNullable<Facts['client']>;

function encoding(method: string, { id = '', secret = '', basicEncoding = 'form' }: Client): Cause[] {
  if (method !== 'client_secret_basic' || !(RESERVED.test(id) || RESERVED.test(secret))) return [];
  const other = basicEncoding === 'form' ? 'raw' : 'form';
  return [
    cause('client_secret_encoding', 'likely', {
      because:
        'client id or secret hold characters that must be form-encoded for Basic, and servers disagree about it (RFC 6749 §2.3.1)',
      evidence: [
        `sent by client_secret_basic, --basic-encoding ${basicEncoding}`,
        RESERVED.test(secret) ? 'the secret has special characters' : 'the client id has special characters',
      ],
      fix: `--basic-encoding ${other}, or send them in the body: --client-auth client_secret_post`,
    }),
  ];
}

function assertion(method: string, { assertionAudience = 'issuer' }: Client): Cause[] {
  if (method !== 'private_key_jwt' && method !== 'client_secret_jwt') return [];
  return [
    cause('assertion_audience', 'possible', {
      because:
        'servers want different audiences in a client assertion: the issuer, the token endpoint or this endpoint',
      evidence: [`aud of the assertion: ${assertionAudience}`],
      fix: `--client-assertion-audience ${assertionAudience === 'issuer' ? 'token' : 'issuer'}`,
    }),
  ];
}

// biome-ignore format: one cause after the other
function byStatus(status: unknown, method: string, { id }: Client): Cause[] {
  const evidence = [`status ${String(status)}`, `asked with ${method}${id === undefined ? '' : ` as client ${id}`}`];
  if (status === 403) return [cause('client_not_allowed', 'likely', { because: 'the client is known but may not introspect', evidence, fix: 'allow it at the server, or ask with a client that may' })];
  const wrong = cause('client_credentials_wrong', 'possible', { because: 'client id or secret are wrong, or belong to another environment', evidence, fix: 'check both against the registration of the client; a secret with a line end or quotes around it is another secret' });
  const other = cause('client_auth_method', 'possible', { because: 'the client may be registered for another method of authentication', evidence, fix: `--client-auth ${method === 'client_secret_post' ? 'client_secret_basic' : 'client_secret_post'}` });
  return [wrong, other];
}

// ---------------------------------------------------------------- nobody to ask

const noIntrospection: Rule = (facts) => {
  const { shape, report } = facts;
  if (report.error?.code !== 'ERR_TOKEN_UNSUPPORTED' || shape === undefined || report.introspection !== undefined)
    return [];
  return [
    cause('provider_has_no_introspection', 'certain', {
      because: `${shape.issuer === 'any' ? 'this' : shape.issuer} has no introspection endpoint (RFC 7662) for it`,
      evidence: report.token?.evidence ?? [],
      fix: shape.checkDetail,
    }),
  ];
};

const lightweight: Rule = ({ report }) => {
  const added = (report.differences ?? []).filter(({ meaning }) => meaning.includes('lightweight'));
  if (added.length === 0 || report.verdict === 'active') return [];
  return [
    cause('lightweight_token', 'likely', {
      because: 'the token itself leaves out claims that only the server tells',
      evidence: added.map(({ subject }) => `only the server tells ${subject}`),
      fix: 'check audience and scope against the introspection answer: --mode remote',
    }),
  ];
};

export const SERVER_RULES: readonly Rule[] = [
  refused,
  noIntrospection,
  wrongKind,
  hint,
  otherServer,
  callerNotInAudience,
  revoked,
  lightweight,
];
