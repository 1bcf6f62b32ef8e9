// Causes behind `{"active": false}`, which gives no reason: what the token tells itself is ruled out, and then the rest is told
// in the order in which it is likely.

import { type Json, member, textMember } from '../core/json.ts';
import type { Cause, Confidence } from '../core/report.ts';
import {
  adviceOr,
  cause,
  type Facts,
  failedCheck,
  hasExpired,
  hasPassed,
  issOf,
  providerLine,
  type Rule,
  shownTime,
  textsOf,
} from './facts.ts';
import { kindWords, purposeOf } from './kind-words.ts';
import { placeOf } from './server-place.ts';

const isInactive = (facts: Facts): boolean => failedCheck(facts, 'introspection') !== undefined;

const endpointOf = ({ report, introspectionEndpoint }: Facts): string =>
  report.introspection?.endpoint ?? introspectionEndpoint ?? '';

/** The token is over or broken by itself: the server has no other reason than that. */
const isExplained = (facts: Facts): boolean =>
  hasExpired(facts) || failedCheck(facts, 'signature') !== undefined || failedCheck(facts, 'key') !== undefined;

// ---------------------------------------------------------------- what the server adds

const SAID = ['status', 'reason', 'error', 'error_description', 'message', 'detail'] as const;

/** What some servers write beside `active: false`. */
function said({ report }: Facts): string[] {
  const response: Json | undefined = report.introspection?.response;
  if (response === null || typeof response !== 'object' || Array.isArray(response)) return [];
  return SAID.flatMap((name) => {
    const value = textMember(response as Record<string, Json>, name);
    return value === undefined || value === '' ? [] : [`${name}: ${value}`];
  });
}

const serverSaysWhy: Rule = (facts) => {
  if (!isInactive(facts)) return [];
  const words = said(facts);
  const text = words.join(' ').toLowerCase();
  const evidence = words.map((one) => `the server adds ${one}`);
  if (/expired/.test(text) && !hasExpired(facts))
    return [
      cause('expired', 'certain', {
        because: 'the server says that the token has expired',
        evidence,
        fix: 'get a new one from the authorization server: tokctl token, or let the client refresh it',
      }),
    ];
  if (!/revoked/.test(text)) return [];
  return [
    cause('revoked_or_unknown', 'certain', {
      because: 'the server says that the token was revoked',
      evidence,
      fix: 'get a new token; see in the log of the server who revoked it',
    }),
  ];
};

// ---------------------------------------------------------------- another kind, another hint

/** Kinds that no server introspects, and those that some do. */
const NEVER = [
  'logout_token',
  'client_assertion',
  'dpop_proof',
  'security_event',
  'introspection_response',
  'jarm_response',
  'request_object',
];

const wrongKind: Rule = (facts) => {
  const { kind = 'unknown', evidence = [] } = facts.report.token ?? {};
  if (!isInactive(facts) || failedCheck(facts, 'kind') !== undefined) return [];
  if (kind !== 'id_token' && !NEVER.includes(kind)) return [];
  return [
    cause('wrong_token_kind', kind === 'id_token' ? 'likely' : 'certain', {
      because: `it is ${kindWords(kind)}, and servers introspect access and refresh tokens`,
      evidence: [...evidence, purposeOf(kind) ?? ''].filter((line) => line !== ''),
      fix: 'send the access token instead, which came in the same response',
    }),
  ];
};

const hint: Rule = (facts) => {
  const { tokenTypeHint } = facts;
  const kind = facts.report.token?.kind ?? 'unknown';
  if (!isInactive(facts) || hasExpired(facts)) return [];
  if (tokenTypeHint === undefined) return withoutHint(facts, kind);
  if (kind === 'refresh_token' && tokenTypeHint !== 'refresh_token')
    return [
      needsHint('likely', 'it looks like a refresh token, and some servers find one only with its own hint', [
        ...(facts.report.token?.evidence ?? []),
        `token_type_hint sent: ${tokenTypeHint}`,
      ]),
    ];
  if (kind === 'unknown' || kind === tokenTypeHint) return [];
  return [
    cause('hint_contradicts_token', 'likely', {
      because: `the hint says ${tokenTypeHint}, the token looks like ${kindWords(kind)}, and some servers look only where the hint points`,
      evidence: [`token_type_hint sent: ${tokenTypeHint}`, ...(facts.report.token?.evidence ?? [])],
      fix: 'leave out --token-type-hint',
    }),
  ];
};

/** An opaque token may be a refresh token; at servers that need the hint it is worth one more question. */
function withoutHint(facts: Facts, kind: string): Cause[] {
  const mayBe = kind === 'unknown' && facts.token.claims === undefined;
  if (!mayBe || facts.provider?.traits.has('needs_refresh_hint') !== true) return [];
  return [
    needsHint('possible', `if it is a refresh token: ${facts.provider.name} finds one only with its hint`, [
      'no token_type_hint was sent',
      ...providerLine(facts),
    ]),
  ];
}

const needsHint = (confidence: Confidence, because: string, evidence: string[]): Cause =>
  cause('refresh_token_needs_hint', confidence, { because, evidence, fix: 'ask with --token-type-hint refresh_token' });

// ---------------------------------------------------------------- another server, another caller

const otherServer: Rule = (facts) => {
  if (!isInactive(facts) || hasExpired(facts)) return [];
  return placeOf(facts, endpointOf(facts));
};

/** Claims that name the client to which a token was issued. */
const CLIENT_CLAIMS = ['azp', 'client_id', 'cid', 'appid'];

const callerNotInAudience: Rule = (facts) => {
  const { client, provider } = facts;
  const id = client?.id;
  if (!isInactive(facts) || isExplained(facts) || id === undefined || facts.asksByToken) return [];
  const { claims } = facts.token;
  if (claims === undefined) return ofOpaque(facts, id);
  const audiences = textsOf(member(claims, 'aud'));
  const clients = CLIENT_CLAIMS.flatMap((name) => textMember(claims, name) ?? []);
  if (audiences.includes(id)) return [];
  // The audience of a refresh token is its server: there the client counts that it was issued to.
  const isRefresh = facts.report.token?.kind === 'refresh_token';
  const byAudience = provider?.traits.has('caller_in_audience') === true && !isRefresh;
  const byOwner = provider?.traits.has('own_tokens_only') === true || isRefresh;
  // A server tells a client of its own token, unless its rule is the audience alone.
  if (clients.includes(id) && !byAudience) return [];
  if (audiences.length === 0 && clients.length === 0) return [];
  return [
    notForCaller(facts, byAudience || byOwner ? 'likely' : 'possible', [
      `asked as client: ${id}`,
      `aud: ${audiences.join(', ') || 'none'}`,
      ...(clients[0] === undefined ? [] : [`issued to client: ${clients[0]}`]),
      ...providerLine(facts),
    ]),
  ];
};

function ofOpaque(facts: Facts, id: string): Cause[] {
  const { traits } = facts.provider ?? {};
  if (traits?.has('caller_in_audience') !== true && traits?.has('own_tokens_only') !== true) return [];
  return [notForCaller(facts, 'possible', [`asked as client: ${id}`, ...providerLine(facts)])];
}

function notForCaller(facts: Facts, confidence: Confidence, evidence: string[]): Cause {
  const isRefresh = facts.report.token?.kind === 'refresh_token';
  const own = isRefresh || facts.provider?.traits.has('own_tokens_only') === true;
  const otherwise =
    'add the client to the audience of the token (a mapper, a resource), or ask with a client that is in it';
  return cause('caller_not_in_audience', confidence, {
    because: own
      ? `the token was issued to another client than the one that asks, and ${isRefresh ? 'servers tell a client of its own refresh tokens' : 'this server tells a client of its own tokens'}`
      : `the client that asks is not in the audience of the token, and ${byRule(facts)} answer inactive then`,
    evidence,
    fix: isRefresh
      ? 'ask with the client that the token was issued to'
      : adviceOr(facts, 'caller_not_in_audience', otherwise),
  });
}

const byRule = ({ provider }: Facts): string =>
  provider?.traits.has('caller_in_audience') === true ? `servers like ${provider.name}` : 'some servers';

/** A server that answers wrong credentials like an inactive token. */
const silentRefusal: Rule = (facts) => {
  if (!isInactive(facts) || isExplained(facts) || facts.provider?.traits.has('silent_refusal') !== true) return [];
  return [
    cause('client_credentials_wrong', 'possible', {
      because: `${facts.provider.name} says inactive also when client id or secret are wrong`,
      evidence: [`asked with ${facts.report.introspection?.client_auth ?? 'no method'}`, ...providerLine(facts)],
      fix: adviceOr(facts, 'client_credentials_wrong', 'check client id and secret'),
    }),
  ];
};

// ---------------------------------------------------------------- the remainder

const revoked: Rule = (facts) => {
  if (!isInactive(facts) || isExplained(facts)) return [];
  const verified = hasPassed(facts, 'signature');
  const isOpaque = facts.token.claims === undefined;
  return [
    cause('revoked_or_unknown', verified ? 'likely' : 'possible', {
      because: verified
        ? `the token is sound in itself, so ${isPartyTo(facts) ? 'it was revoked, or its session ended' : 'it was revoked, its session ended, or this caller may not see it'}`
        : isOpaque
          ? 'the server does not know the token: it has expired, was revoked, is of another server, or was mistyped'
          : 'the server does not know the token, or has revoked it',
      evidence: [
        `the answer of ${endpointOf(facts)} is {"active": false}, which gives no reason`,
        ...said(facts).map((one) => `the server adds ${one}`),
        ...ruledOut(facts),
      ],
      fix: isOpaque
        ? 'get a new token, and see that it is of this server and whole'
        : adviceOr(facts, 'revoked_or_unknown', 'get a new token; look it up in the log of the server by jti or sid'),
    }),
  ];
};

/** The client that asks is in the audience of the token, or the one that it was issued to. */
function isPartyTo({ client, token: { claims } }: Facts): boolean {
  const parties = ['aud', ...CLIENT_CLAIMS].flatMap((name) => textsOf(member(claims, name)));
  return client?.id !== undefined && parties.includes(client.id);
}

/** What is known not to be the reason. */
function ruledOut(facts: Facts): string[] {
  const exp = shownTime(facts.report.times?.expires_at);
  const wasAsked = facts.introspectionEndpoint === undefined && issOf(facts) !== undefined;
  return [
    ...(hasPassed(facts, 'signature') ? ['the signature verifies here'] : []),
    ...(facts.token.claims !== undefined && exp !== undefined ? [`it has not expired: exp is ${exp}`] : []),
    ...(wasAsked && issOf(facts) === facts.report.issuer ? ['the issuer that it names was asked'] : []),
  ];
}

export const INACTIVE_RULES: readonly Rule[] = [
  serverSaysWhy,
  wrongKind,
  hint,
  otherServer,
  callerNotInAudience,
  revoked,
  silentRefusal,
];
