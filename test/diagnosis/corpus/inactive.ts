// What is behind `{"active": false}`: what the token and the vendor tell, and what nobody can tell.

import { type ServerAnswer, type Situation, situations } from '../situation.ts';
import { access, claims, HOUR, ISSUER, idToken, jws, KEYCLOAK, KEYS, keycloak, NOW, OPAQUE } from '../tokens.ts';

const CLIENT = '--client-id shop-api --client-secret env:CLIENT_SECRET';
const ASK = `introspect --issuer https://id.example.com ${CLIENT}`;
const REMOTE = `${ASK} --mode remote`;
const BOTH = `${ASK} --mode both`;
const AT = (endpoint: string, more = ''): string =>
  `introspect --introspection-endpoint ${endpoint} ${CLIENT} --mode remote ${more}`;
const KC = `introspect --issuer ${KEYCLOAK} ${CLIENT}`;
const good = access();
const refusal = (json: object, status = 401, headers: Record<string, string> = {}): { answer: ServerAnswer } => ({
  answer: { status, json, headers },
});
const UNKNOWN = refusal({ error: 'invalid_client' });
const KEY_PEM = KEYS.main.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
const _BY_KEY = `introspect --issuer https://id.example.com --client-id shop-api --client-auth private_key_jwt --client-key client.pem`;
const _KEY_FILE = { files: { 'client.pem': KEY_PEM } };

export const INACTIVE: readonly Situation[] = situations([
  // inactive: what the token tells
  {
    tells: 'it verifies here, and the server calls it inactive',
    token: good,
    command: BOTH,
    first: 'revoked_or_unknown',
    also: ['caller_not_in_audience'],
    not: ['asked_wrong_server', 'asked_through_other_hostname'],
  },
  {
    tells: 'the token of the client that asks itself is inactive',
    token: access({ client_id: 'shop-api' }),
    command: BOTH,
    first: 'revoked_or_unknown',
    not: ['caller_not_in_audience'],
  },
  {
    tells: 'expired, and so the server calls it inactive',
    token: access({ exp: NOW - HOUR }),
    command: REMOTE,
    first: 'expired',
    not: ['revoked_or_unknown', 'caller_not_in_audience'],
  },
  {
    tells: 'Keycloak 26.6.2: the client that asks is not in aud',
    token: keycloak(),
    command: `${KC} --mode both`,
    first: 'caller_not_in_audience',
    also: ['revoked_or_unknown'],
    words: /audience mapper/,
  },
  {
    tells: 'Keycloak: the client that asks is in aud, and the session is over',
    token: keycloak({ aud: ['account', 'shop-api'] }),
    command: `${KC} --mode both`,
    first: 'revoked_or_unknown',
    not: ['caller_not_in_audience'],
    words: /session may be gone/,
  },
  {
    tells: 'Keycloak: the token of the asking client itself, without it in aud',
    token: keycloak({ azp: 'shop-api' }),
    command: `${KC} --mode both`,
    first: 'caller_not_in_audience',
    also: ['revoked_or_unknown'],
  },
  {
    tells: 'Keycloak was asked by its name inside the cluster',
    token: keycloak({ aud: 'shop-api' }),
    command: AT('http://sso:8080/realms/shop/protocol/openid-connect/token/introspect', '--insecure-http'),
    first: 'asked_through_other_hostname',
    also: ['revoked_or_unknown'],
    not: ['asked_wrong_server'],
  },
  {
    tells: 'Keycloak: the endpoint of another realm',
    token: keycloak({ aud: 'shop-api' }),
    command: AT('https://sso.example.com/realms/staff/protocol/openid-connect/token/introspect'),
    first: 'asked_wrong_server',
    not: ['asked_through_other_hostname'],
    words: /realms\/shop, asked was realms\/staff/,
  },
  {
    tells: 'a token of staging at the endpoint of production',
    token: access({ iss: 'https://id.staging.example.com' }),
    command: AT('https://id.example.com/introspect'),
    profiles: { staging: 'https://id.staging.example.com', production: ISSUER },
    first: 'asked_wrong_server',
    words: /of `staging`/,
  },
  {
    tells: 'a token of staging, and the issuer of production was named',
    token: access({ iss: 'https://id.staging.example.com' }),
    command: REMOTE,
    first: 'asked_wrong_server',
    not: ['asked_through_other_hostname'],
  },
  {
    tells: 'the token was issued by https, and http was asked',
    token: access({ aud: 'shop-api' }),
    command: AT('http://id.example.com/introspect', '--insecure-http'),
    first: 'asked_through_other_hostname',
    not: ['asked_wrong_server'],
  },
  {
    tells: 'a token of the Okta custom server at the endpoint of the org',
    token: jws(claims({ iss: 'https://dev-1234.okta.com/oauth2/default', cid: 'shop-api' })),
    command: AT('https://dev-1234.okta.com/oauth2/v1/introspect'),
    first: 'asked_wrong_server',
    not: ['caller_not_in_audience'],
  },
  {
    tells: 'an ID token was introspected',
    token: idToken(),
    command: REMOTE,
    first: 'wrong_token_kind',
    also: ['revoked_or_unknown'],
  },
  {
    tells: 'a client assertion was introspected',
    token: jws(
      { iss: 'shop-web', sub: 'shop-web', aud: ISSUER, exp: NOW + 60, iat: NOW, jti: 'a' },
      { header: { typ: 'JWT' } },
    ),
    command: REMOTE,
    first: 'wrong_token_kind',
    also: ['asked_wrong_server', 'revoked_or_unknown'],
  },
  {
    tells: 'a refresh token with the hint access_token',
    token: keycloak(
      { typ: 'Refresh', aud: KEYCLOAK, azp: 'shop-api' },
      { secret: 'x'.repeat(64), header: { alg: 'HS512' } },
    ),
    command: `${KC} --mode remote --token-type-hint access_token`,
    first: 'refresh_token_needs_hint',
    also: ['caller_not_in_audience', 'revoked_or_unknown'],
    not: ['hint_contradicts_token'],
  },
  {
    tells: 'an access token with the hint refresh_token',
    token: access({ client_id: 'shop-api' }),
    command: `${REMOTE} --token-type-hint refresh_token`,
    first: 'hint_contradicts_token',
    not: ['refresh_token_needs_hint'],
  },
  {
    tells: 'a GitHub token was sent to the own server',
    token: `gh${'p_FAKEfakeEXAMPLEnotARealToken0021xoh6'}`,
    command: REMOTE,
    first: 'asked_wrong_server',
    not: ['token_damaged'],
  },
  {
    tells: 'the server adds that the token was revoked',
    token: OPAQUE,
    command: REMOTE,
    server: { answer: { json: { active: false, status: 'revoked' } } },
    first: 'revoked_or_unknown',
    not: ['expired'],
  },
  {
    tells: 'the server adds that the token has expired',
    token: OPAQUE,
    command: REMOTE,
    server: { answer: { json: { active: false, status: 'expired' } } },
    first: 'expired',
    not: ['revoked_or_unknown'],
  },
  {
    tells: 'Curity answers 204 where a signed answer was asked for',
    token: OPAQUE,
    command: AT('https://login.example.com/oauth/v2/oauth-introspect', '--accept jwt'),
    server: { answer: { status: 204 } },
    first: 'revoked_or_unknown',
  },

  {
    tells: 'Keycloak: a refresh token, asked with its hint by the client that it was issued to',
    token: keycloak(
      { typ: 'Refresh', aud: KEYCLOAK, azp: 'shop-api' },
      { secret: 'x'.repeat(64), header: { alg: 'HS512' } },
    ),
    command: KC,
    open: ['revoked_or_unknown'],
    not: ['caller_not_in_audience', 'refresh_token_needs_hint', 'symmetric_algorithm'],
  },
  {
    tells: 'Keycloak: a refresh token of another client',
    token: keycloak({ typ: 'Refresh', aud: KEYCLOAK }, { secret: 'x'.repeat(64), header: { alg: 'HS512' } }),
    command: KC,
    first: 'caller_not_in_audience',
    also: ['revoked_or_unknown'],
    words: /with the client that the token was issued to/,
  },
  {
    tells: 'a Kubernetes secret holds the token in base64',
    token: Buffer.from(good).toString('base64'),
    command: ASK,
    first: 'token_damaged',
    not: ['token_truncated'],
    words: /base64 -d/,
  },
  {
    tells: 'a firewall answers 403 with a page',
    token: OPAQUE,
    command: ASK,
    server: { answer: { status: 403, text: '<html>blocked</html>', type: 'text/html' } },
    open: ['client_not_allowed'],
  },
  {
    tells: 'an HMAC token was introspected, and the secret of the client is wrong',
    token: jws(claims(), { secret: 's'.repeat(40) }),
    command: ASK,
    server: UNKNOWN,
    first: 'client_credentials_wrong',
    also: ['client_auth_method'],
    not: ['symmetric_algorithm'],
  },
  {
    tells: 'an HMAC token, and no credentials to ask with',
    token: jws(claims(), { secret: 's'.repeat(40) }),
    command: 'introspect --issuer https://id.example.com',
    first: 'symmetric_algorithm',
    not: ['signature_altered'],
  },
  {
    tells: 'a request that the server does not understand',
    token: OPAQUE,
    command: ASK,
    server: refusal({ error: 'invalid_request', error_description: 'missing parameter: token' }, 400),
    open: [],
  },

  // inactive: nobody can tell
  {
    tells: 'an opaque token is inactive',
    token: OPAQUE,
    command: ASK,
    open: ['revoked_or_unknown'],
    not: ['provider_has_no_introspection', 'expired', 'caller_not_in_audience'],
  },
  {
    tells: 'a JWT that was not verified is inactive at its issuer',
    token: good,
    command: REMOTE,
    open: ['revoked_or_unknown', 'caller_not_in_audience'],
  },
  {
    tells: 'an opaque token at PingFederate, perhaps a refresh token',
    token: OPAQUE,
    command: AT('https://ping.example.com/as/introspect.oauth2'),
    open: ['revoked_or_unknown', 'refresh_token_needs_hint'],
  },
  {
    tells: 'authentik, which says inactive to a wrong secret too',
    token: OPAQUE,
    command: AT('https://auth.example.com/application/o/introspect/'),
    open: ['revoked_or_unknown', 'client_credentials_wrong', 'caller_not_in_audience'],
  },
  {
    tells: 'an opaque token of GitLab, asked by some application',
    token: OPAQUE,
    command: AT('https://gitlab.example.com/oauth/introspect'),
    open: ['revoked_or_unknown', 'caller_not_in_audience'],
  },
  {
    tells: 'an opaque token of ZITADEL',
    token: OPAQUE,
    command: AT('https://zitadel.example.com/oauth/v2/introspect'),
    open: ['revoked_or_unknown', 'caller_not_in_audience'],
  },
  {
    tells: 'an internal name was asked, and nothing tells whose it is',
    token: access({ aud: 'shop-api' }),
    command: AT('http://hydra:4444/introspect', '--insecure-http'),
    open: ['revoked_or_unknown', 'asked_through_other_hostname', 'asked_wrong_server'],
  },
  {
    tells: 'Ory Hydra was asked at its admin address',
    token: access({ aud: 'shop-api' }),
    command: AT('http://hydra:4445/admin/oauth2/introspect', '--insecure-http'),
    open: ['revoked_or_unknown'],
    not: ['asked_wrong_server', 'asked_through_other_hostname'],
  },
]);
