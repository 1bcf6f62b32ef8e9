// Situations against the real authorization server of the playground: its own tokens, keys and answers, over loopback.

import type { PlaygroundFacts } from '../../../src/demo/playground.ts';
import { type Situation, situations } from '../situation.ts';
import { base64url, claims, forged, HOUR, jws, KEYS, parts } from '../tokens.ts';

const CLIENT = '--client-id test-client --client-secret env:CLIENT_SECRET';

/** The JWK Set of a playground, as text. */
export interface Grounds {
  facts: PlaygroundFacts;
  /** Another one, which knows nothing of the first. */
  other: PlaygroundFacts;
  jwks: string;
  otherJwks: string;
}

export function playgroundSituations({ facts, other, jwks, otherJwks }: Grounds): readonly Situation[] {
  const { issuer, endpoints, tokens } = facts;
  const api = `${issuer}/api`;
  const verify = `verify --issuer ${issuer}`;
  const ask = `introspect --issuer ${issuer} ${CLIENT}`;
  const env = { CLIENT_SECRET: 'test-secret' };
  const wrong = { CLIENT_SECRET: 'tset-secret' };
  const pem = KEYS.main.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  const [header, payload] = parts(tokens.active_jwt);
  const byName = issuer.replace('127.0.0.1', 'localhost');
  return situations([
    {
      tells: 'an opaque token was revoked a moment ago',
      token: tokens.revoked,
      command: ask,
      env,
      open: ['revoked_or_unknown'],
    },
    {
      tells: 'an opaque token expired an hour ago',
      token: tokens.expired,
      command: ask,
      env,
      open: ['revoked_or_unknown'],
    },
    {
      tells: 'the server never issued it',
      token: tokens.never_issued,
      command: ask,
      env,
      open: ['revoked_or_unknown'],
    },
    {
      tells: 'an opaque token of the other playground',
      token: other.tokens.active_opaque,
      command: ask,
      env,
      open: ['revoked_or_unknown'],
    },
    {
      tells: 'a revoked token with the hint refresh_token',
      token: tokens.revoked,
      command: `${ask} --token-type-hint refresh_token`,
      env,
      open: ['revoked_or_unknown'],
    },
    {
      tells: 'an opaque token that lost its last character',
      token: tokens.active_opaque.slice(0, -1),
      command: ask,
      env,
      open: ['revoked_or_unknown'],
    },

    { tells: 'an expired JWT', token: tokens.expired_jwt, command: verify, first: 'expired', not: ['clock_skew'] },
    {
      tells: 'an expired JWT, introspected',
      token: tokens.expired_jwt,
      command: ask,
      env,
      first: 'expired',
      not: ['revoked_or_unknown'],
    },
    {
      tells: 'a forged JWT',
      token: tokens.forged_jwt,
      command: `${verify} --audience ${api}`,
      first: 'signature_altered',
      not: ['key_rotated', 'key_of_other_environment'],
    },
    {
      tells: 'a forged JWT in mode both',
      token: tokens.forged_jwt,
      command: `${ask} --mode both`,
      env,
      first: 'signature_altered',
      not: ['revoked_or_unknown'],
    },
    {
      tells: 'a JWT for another resource',
      token: tokens.wrong_audience_jwt,
      command: `${verify} --audience ${api}`,
      first: 'audience_differs',
      not: ['audience_missing'],
    },
    {
      tells: 'an ID token at an API',
      token: tokens.id_token,
      command: `${verify} --expect access_token`,
      first: 'wrong_token_kind',
    },
    {
      tells: 'an ID token with the audience of the API',
      token: tokens.id_token,
      command: `${verify} --audience ${api}`,
      first: 'wrong_token_kind',
      also: ['audience_differs'],
    },
    {
      tells: 'an ID token, introspected',
      token: tokens.id_token,
      command: `${ask} --mode remote`,
      env,
      first: 'wrong_token_kind',
    },
    {
      tells: 'a damaged JWT',
      token: tokens.damaged_jwt,
      command: verify,
      first: 'token_damaged',
      also: ['token_truncated'],
      not: ['signature_altered'],
    },
    {
      tells: 'a JWT cut before its signature',
      token: `${header}.${payload}`,
      command: verify,
      first: 'token_truncated',
    },
    {
      tells: 'a JWT whose signature is cut',
      token: tokens.active_jwt.slice(0, -40),
      command: verify,
      first: 'token_truncated',
      not: ['signature_altered'],
      words: /30 of the 256 bytes/,
    },
    {
      tells: 'the playground refuses JWTs at introspection',
      token: tokens.active_jwt,
      command: `${ask} --mode remote`,
      env,
      first: 'provider_has_no_introspection',
    },
    {
      tells: 'the issuer was written with a slash',
      token: tokens.active_jwt,
      command: `verify --issuer ${issuer}/`,
      first: 'issuer_trailing_slash',
      not: ['issuer_differs'],
    },
    {
      tells: 'the server was asked by another name',
      token: tokens.active_jwt,
      command: `verify --issuer ${byName}`,
      first: 'issuer_differs',
      words: /localhost/,
    },
    {
      tells: 'the token of the other playground',
      token: other.tokens.active_jwt,
      command: verify,
      first: 'issuer_differs',
      also: ['key_of_other_environment'],
      words: /the port only/,
    },
    {
      tells: 'the token of the other playground, with names for both',
      token: other.tokens.active_jwt,
      command: `verify --jwks keys.json`,
      files: { 'keys.json': jwks },
      profiles: { here: issuer, there: other.issuer },
      first: 'key_of_other_environment',
      also: ['key_rotated'],
      words: /-p there/,
    },
    {
      tells: 'the saved keys are those of another run',
      token: tokens.active_jwt,
      command: 'verify --jwks keys.json',
      files: { 'keys.json': otherJwks },
      open: ['key_rotated', 'key_of_other_environment'],
    },
    {
      tells: 'alg none over real claims',
      token: `${base64url('{"alg":"none"}')}.${payload}.`,
      command: verify,
      first: 'algorithm_none',
    },
    {
      tells: 'HS256 with the claims of a real token',
      token: jws(claims({ iss: issuer, exp: 4_102_444_800 }), { secret: 'x'.repeat(40) }),
      command: verify,
      first: 'symmetric_algorithm',
      also: ['algorithm_confusion'],
    },
    {
      tells: 'a real token, its audience edited',
      token: forged(tokens.wrong_audience_jwt, { aud: api }),
      command: `${verify} --audience ${api}`,
      first: 'signature_altered',
    },
    {
      tells: 'an opaque token in verify',
      token: tokens.active_opaque,
      command: verify,
      first: 'not_locally_verifiable',
    },
    {
      tells: 'a scope that was not granted, told by the answer',
      token: tokens.active_opaque,
      command: `${ask} --scope admin`,
      env,
      first: 'scope_missing',
    },
    {
      tells: 'a scope that was not granted, told by the token',
      token: tokens.active_jwt,
      command: `${verify} --scope admin`,
      first: 'scope_missing',
    },
    {
      tells: 'an audience is asked for, and the answer has none',
      token: tokens.active_opaque,
      command: `${ask} --audience ${api}`,
      env,
      first: 'audience_missing',
    },
    {
      tells: 'the token lives for an hour, and two are needed',
      token: tokens.active_jwt,
      command: `${verify} --min-ttl 2h`,
      first: 'lifetime_too_short',
    },
    {
      tells: 'judged as of tomorrow',
      token: tokens.active_jwt,
      command: `${verify} --at 2099-01-01T00:00:00Z`,
      first: 'expired',
      not: ['clock_skew'],
    },
    {
      tells: 'the token is of another client',
      token: tokens.active_jwt,
      command: `${verify} --claim client_id=m2m-client`,
      first: 'claim_differs',
    },
    {
      tells: 'a gate that names no audience',
      token: tokens.active_jwt,
      command: `${verify} --strict`,
      first: 'strict_only',
    },
    {
      tells: 'the secret has a typing error',
      token: tokens.active_opaque,
      command: ask,
      env: wrong,
      first: 'client_credentials_wrong',
      also: ['client_auth_method'],
    },
    {
      tells: 'the client is not known',
      token: tokens.active_opaque,
      command: ask.replace('test-client', 'best-client'),
      env,
      first: 'client_credentials_wrong',
      also: ['client_auth_method'],
    },
    {
      tells: 'the client asks by an assertion, which the server does not offer',
      token: tokens.active_opaque,
      command: `introspect --issuer ${issuer} --client-id test-client --client-auth private_key_jwt --client-key client.pem`,
      files: { 'client.pem': pem },
      first: 'client_auth_method',
      also: ['client_credentials_wrong', 'assertion_audience'],
    },
    {
      tells: 'the client asks as a public one',
      token: tokens.active_opaque,
      command: `introspect --issuer ${issuer} --client-id test-client --client-auth none`,
      first: 'client_auth_method',
      also: ['client_credentials_wrong'],
    },
    {
      tells: 'the token that asks is dead',
      token: tokens.active_opaque,
      command: `introspect --issuer ${issuer} --bearer env:ASKING`,
      env: { ASKING: tokens.revoked },
      first: 'client_credentials_wrong',
    },
    { tells: 'no credentials', token: tokens.active_opaque, command: `introspect --issuer ${issuer}`, open: [] },
    {
      tells: 'an endpoint that is not there',
      token: tokens.active_opaque,
      command: `introspect --introspection-endpoint ${endpoints.introspection}/x ${CLIENT}`,
      env,
      open: [],
    },
  ]);
}

/** The clock of this machine is two hours fast, by which the token has expired; the server knows better. */
export const fastClock = ({ facts }: Grounds): Situation => ({
  tells: 'the clock here is two hours fast',
  token: facts.tokens.active_jwt,
  command: `verify --issuer ${facts.issuer}`,
  first: 'clock_skew',
  not: ['expired'],
});
export const FAST = 2 * HOUR;
