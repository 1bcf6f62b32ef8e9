// What the server says: inactive without a reason, refusals of the caller, and answers that are none.

import { type ServerAnswer, type Situation, situations } from '../situation.ts';
import { access, claims, ENTRA_V2, HOUR, idToken, ISSUER, jwe, jws, KEYCLOAK, KEYS, keycloak, NOW, OPAQUE } from '../tokens.ts';

const CLIENT = '--client-id shop-api --client-secret env:CLIENT_SECRET';
const ASK = `introspect --issuer https://id.example.com ${CLIENT}`;
const REMOTE = `${ASK} --mode remote`;
const BOTH = `${ASK} --mode both`;
const AT = (endpoint: string, more = ''): string => `introspect --introspection-endpoint ${endpoint} ${CLIENT} --mode remote ${more}`;
const KC = `introspect --issuer ${KEYCLOAK} ${CLIENT}`;
const good = access();
const refusal = (json: object, status = 401, headers: Record<string, string> = {}): { answer: ServerAnswer } => ({
  answer: { status, json, headers },
});
const UNKNOWN = refusal({ error: 'invalid_client' });
const KEY_PEM = KEYS.main.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
const BY_KEY = `introspect --issuer https://id.example.com --client-id shop-api --client-auth private_key_jwt --client-key client.pem`;
const KEY_FILE = { files: { 'client.pem': KEY_PEM } };

export const SERVERS: readonly Situation[] = situations([
  // inactive: what the token tells
  { tells: 'it verifies here, and the server calls it inactive', token: good, command: BOTH, first: 'revoked_or_unknown', also: ['caller_not_in_audience'], not: ['asked_wrong_server', 'asked_through_other_hostname'] },
  { tells: 'the token of the client that asks itself is inactive', token: access({ client_id: 'shop-api' }), command: BOTH, first: 'revoked_or_unknown', not: ['caller_not_in_audience'] },
  { tells: 'expired, and so the server calls it inactive', token: access({ exp: NOW - HOUR }), command: REMOTE, first: 'expired', not: ['revoked_or_unknown', 'caller_not_in_audience'] },
  { tells: 'Keycloak 26.6.2: the client that asks is not in aud', token: keycloak(), command: `${KC} --mode both`, first: 'caller_not_in_audience', also: ['revoked_or_unknown'], words: /audience mapper/ },
  { tells: 'Keycloak: the client that asks is in aud, and the session is over', token: keycloak({ aud: ['account', 'shop-api'] }), command: `${KC} --mode both`, first: 'revoked_or_unknown', not: ['caller_not_in_audience'], words: /session may be gone/ },
  { tells: 'Keycloak: the token of the asking client itself, without it in aud', token: keycloak({ azp: 'shop-api' }), command: `${KC} --mode both`, first: 'caller_not_in_audience', also: ['revoked_or_unknown'] },
  { tells: 'Keycloak was asked by its name inside the cluster', token: keycloak({ aud: 'shop-api' }), command: AT('http://sso:8080/realms/shop/protocol/openid-connect/token/introspect', '--insecure-http'), first: 'asked_through_other_hostname', also: ['revoked_or_unknown'], not: ['asked_wrong_server'] },
  { tells: 'Keycloak: the endpoint of another realm', token: keycloak({ aud: 'shop-api' }), command: AT('https://sso.example.com/realms/staff/protocol/openid-connect/token/introspect'), first: 'asked_wrong_server', not: ['asked_through_other_hostname'], words: /realms\/shop, asked was realms\/staff/ },
  { tells: 'a token of staging at the endpoint of production', token: access({ iss: 'https://id.staging.example.com' }), command: AT('https://id.example.com/introspect'), profiles: { staging: 'https://id.staging.example.com', production: ISSUER }, first: 'asked_wrong_server', words: /of `staging`/ },
  { tells: 'a token of staging, and the issuer of production was named', token: access({ iss: 'https://id.staging.example.com' }), command: REMOTE, first: 'asked_wrong_server', not: ['asked_through_other_hostname'] },
  { tells: 'the token was issued by https, and http was asked', token: access({ aud: 'shop-api' }), command: AT('http://id.example.com/introspect', '--insecure-http'), first: 'asked_through_other_hostname', not: ['asked_wrong_server'] },
  { tells: 'a token of the Okta custom server at the endpoint of the org', token: jws(claims({ iss: 'https://dev-1234.okta.com/oauth2/default', cid: 'shop-api' })), command: AT('https://dev-1234.okta.com/oauth2/v1/introspect'), first: 'asked_wrong_server', not: ['caller_not_in_audience'] },
  { tells: 'an ID token was introspected', token: idToken(), command: REMOTE, first: 'wrong_token_kind', also: ['revoked_or_unknown'] },
  { tells: 'a client assertion was introspected', token: jws({ iss: 'shop-web', sub: 'shop-web', aud: ISSUER, exp: NOW + 60, iat: NOW, jti: 'a' }, { header: { typ: 'JWT' } }), command: REMOTE, first: 'wrong_token_kind', also: ['asked_wrong_server', 'revoked_or_unknown'] },
  { tells: 'a refresh token with the hint access_token', token: keycloak({ typ: 'Refresh', aud: KEYCLOAK, azp: 'shop-api' }, { secret: 'x'.repeat(64), header: { alg: 'HS512' } }), command: `${KC} --mode remote --token-type-hint access_token`, first: 'refresh_token_needs_hint', also: ['caller_not_in_audience', 'revoked_or_unknown'], not: ['hint_contradicts_token'] },
  { tells: 'an access token with the hint refresh_token', token: access({ client_id: 'shop-api' }), command: `${REMOTE} --token-type-hint refresh_token`, first: 'hint_contradicts_token', not: ['refresh_token_needs_hint'] },
  { tells: 'a GitHub token was sent to the own server', token: `gh${'p_FAKEfakeEXAMPLEnotARealToken0021xoh6'}`, command: REMOTE, first: 'asked_wrong_server', not: ['token_damaged'] },
  { tells: 'the server adds that the token was revoked', token: OPAQUE, command: REMOTE, server: { answer: { json: { active: false, status: 'revoked' } } }, first: 'revoked_or_unknown', not: ['expired'] },
  { tells: 'the server adds that the token has expired', token: OPAQUE, command: REMOTE, server: { answer: { json: { active: false, status: 'expired' } } }, first: 'expired', not: ['revoked_or_unknown'] },
  { tells: 'Curity answers 204 where a signed answer was asked for', token: OPAQUE, command: AT('https://login.example.com/oauth/v2/oauth-introspect', '--accept jwt'), server: { answer: { status: 204 } }, first: 'revoked_or_unknown' },

  // inactive: nobody can tell
  { tells: 'an opaque token is inactive', token: OPAQUE, command: ASK, open: ['revoked_or_unknown'], not: ['expired', 'caller_not_in_audience'] },
  { tells: 'a JWT that was not verified is inactive at its issuer', token: good, command: REMOTE, open: ['revoked_or_unknown', 'caller_not_in_audience'] },
  { tells: 'an opaque token at PingFederate, perhaps a refresh token', token: OPAQUE, command: AT('https://ping.example.com/as/introspect.oauth2'), open: ['revoked_or_unknown', 'refresh_token_needs_hint'] },
  { tells: 'authentik, which says inactive to a wrong secret too', token: OPAQUE, command: AT('https://auth.example.com/application/o/introspect/'), open: ['revoked_or_unknown', 'client_credentials_wrong', 'caller_not_in_audience'] },
  { tells: 'an opaque token of GitLab, asked by some application', token: OPAQUE, command: AT('https://gitlab.example.com/oauth/introspect'), open: ['revoked_or_unknown', 'caller_not_in_audience'] },
  { tells: 'an opaque token of ZITADEL', token: OPAQUE, command: AT('https://zitadel.example.com/oauth/v2/introspect'), open: ['revoked_or_unknown', 'caller_not_in_audience'] },
  { tells: 'an internal name was asked, and nothing tells whose it is', token: access({ aud: 'shop-api' }), command: AT('http://hydra:4444/introspect', '--insecure-http'), open: ['revoked_or_unknown', 'asked_through_other_hostname', 'asked_wrong_server'] },
  { tells: 'Ory Hydra was asked at its admin address', token: access({ aud: 'shop-api' }), command: AT('http://hydra:4445/admin/oauth2/introspect', '--insecure-http'), open: ['revoked_or_unknown'], not: ['asked_wrong_server', 'asked_through_other_hostname'] },

  // the caller was refused
  { tells: 'the secret is another', token: OPAQUE, command: ASK, server: UNKNOWN, first: 'client_credentials_wrong', also: ['client_auth_method'], not: ['client_secret_encoding', 'client_not_allowed'] },
  { tells: 'the secret has a plus and a slash', token: OPAQUE, command: ASK, env: { CLIENT_SECRET: 'a+b/c=d' }, server: UNKNOWN, first: 'client_secret_encoding', also: ['client_credentials_wrong'] },
  { tells: 'the client id is a URL', token: OPAQUE, command: ASK.replace('shop-api', 'https://shop.example.com'), server: UNKNOWN, first: 'client_secret_encoding', words: /the client id has characters/ },
  { tells: 'special characters, sent in the body: the encoding is not it', token: OPAQUE, command: `${ASK} --client-auth client_secret_post`, env: { CLIENT_SECRET: 'a+b/c=d' }, server: UNKNOWN, open: ['client_credentials_wrong', 'client_auth_method'], not: ['client_secret_encoding'] },
  { tells: 'nobody replaced the placeholder', token: OPAQUE, command: ASK, env: { CLIENT_SECRET: '${SHOP_SECRET}' }, server: UNKNOWN, first: 'client_credentials_wrong', not: ['client_secret_encoding'], words: /placeholder/ },
  { tells: 'the server lists private_key_jwt alone', token: OPAQUE, command: `${ASK} --client-auth client_secret_basic`, server: { ...UNKNOWN, metadata: { introspection_endpoint_auth_methods_supported: ['private_key_jwt'] } }, first: 'client_auth_method', words: /the metadata lists: private_key_jwt/ },
  { tells: 'the server lists Basic alone, and Basic was sent', token: OPAQUE, command: ASK, server: { ...UNKNOWN, metadata: { introspection_endpoint_auth_methods_supported: ['client_secret_basic'] } }, first: 'client_credentials_wrong', not: ['client_auth_method'] },
  { tells: 'the endpoint wants an access token', token: OPAQUE, command: AT('https://id.example.com/introspect'), server: refusal({}, 401, { 'www-authenticate': 'Bearer realm="introspection"' }), first: 'client_auth_method', words: /--bearer/ },
  { tells: 'the client may not introspect', token: OPAQUE, command: ASK, server: refusal({ error: 'access_denied' }, 403), first: 'client_not_allowed', not: ['client_credentials_wrong', 'client_auth_method'] },
  { tells: 'a public client of Keycloak asks', token: OPAQUE, command: `introspect --issuer ${KEYCLOAK} --client-id shop-web --client-auth none`, server: refusal({ error: 'invalid_request', error_description: 'Client not allowed' }, 403), first: 'client_not_allowed', not: ['client_credentials_wrong'] },
  { tells: 'unauthorized_client at 400', token: OPAQUE, command: ASK, server: refusal({ error: 'unauthorized_client' }, 400), first: 'client_not_allowed' },
  { tells: 'Keycloak wants https', token: OPAQUE, command: `introspect --issuer ${KEYCLOAK} ${CLIENT}`, server: refusal({ error: 'invalid_request', error_description: 'HTTPS required' }, 403), first: 'asked_through_other_hostname', not: ['client_not_allowed'] },
  { tells: 'the server complains of the audience of the assertion', token: OPAQUE, command: BY_KEY, ...KEY_FILE, server: refusal({ error: 'invalid_client', error_description: 'invalid audience in client assertion' }), first: 'assertion_audience' },
  { tells: 'a client assertion was refused without a reason', token: OPAQUE, command: BY_KEY, ...KEY_FILE, server: UNKNOWN, open: ['client_credentials_wrong', 'assertion_audience', 'client_auth_method'] },
  { tells: 'the access token that asks has expired', token: OPAQUE, command: 'introspect --issuer https://id.example.com --bearer env:ASKING', env: { ASKING: 'asking-token-of-the-api' }, server: refusal({ error: 'invalid_token' }), first: 'client_credentials_wrong', not: ['client_auth_method', 'client_secret_encoding'] },
  { tells: 'the access token that asks lacks a scope', token: OPAQUE, command: 'introspect --issuer https://id.example.com --bearer env:ASKING', env: { ASKING: 'asking-token-of-the-api' }, server: refusal({ error: 'insufficient_scope' }, 403), first: 'client_not_allowed' },
  { tells: 'Kanidm answers 401 to a token that it cannot read', token: OPAQUE, command: 'introspect --introspection-endpoint https://idm.example.com/oauth2/token/introspect --client-auth none --mode remote', server: { answer: { status: 401, text: '' } }, first: 'revoked_or_unknown', not: ['client_credentials_wrong'] },
  { tells: 'a refusal in plain text', token: OPAQUE, command: AT('https://id.example.com/introspect'), server: { answer: { status: 401, text: 'Unauthorized' } }, open: ['client_credentials_wrong', 'client_auth_method'] },

  // no introspection
  { tells: 'a GitHub token was introspected', token: `gh${'p_FAKEfakeEXAMPLEnotARealToken0021xoh6'}`, command: ASK, first: 'provider_has_no_introspection', not: ['token_damaged', 'revoked_or_unknown'] },
  { tells: 'the refresh token of Amazon Cognito, a JWE', token: jwe(), command: `introspect --issuer https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12Cd34E ${CLIENT}`, server: { metadata: { introspection_endpoint: undefined } }, first: 'provider_has_no_introspection', words: /Amazon Cognito/ },
  { tells: 'the metadata names no endpoint', token: OPAQUE, command: ASK, server: { metadata: { introspection_endpoint: undefined } }, first: 'provider_has_no_introspection' },
  { tells: 'an opaque token was brought to verify', token: OPAQUE, command: 'verify --issuer https://id.example.com', first: 'not_locally_verifiable', not: ['signature_altered'] },
  { tells: 'Auth0 encrypted the token, because nobody asked for an audience', token: jwe({ alg: 'dir', iss: 'https://shop.eu.auth0.com/' }), command: 'verify --issuer https://shop.eu.auth0.com/', first: 'not_locally_verifiable', words: /audience/ },
  { tells: 'a PASETO was introspected', token: 'v4.public.eyJzdWIiOiJhIn1xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', command: ASK, first: 'not_locally_verifiable' },
  { tells: 'the server refuses JWTs at introspection', token: good, command: REMOTE, server: refusal({ error: 'unsupported_token_type' }, 400), first: 'provider_has_no_introspection', not: ['wrong_token_kind'], words: /tokctl verify/ },
  { tells: 'the server refuses an ID token at introspection', token: idToken(), command: REMOTE, server: refusal({ error: 'unsupported_token_type' }, 400), first: 'wrong_token_kind' },
  { tells: 'a token of Entra with no endpoint to ask', token: access({ iss: ENTRA_V2 }), command: `introspect --issuer ${ENTRA_V2} --mode remote ${CLIENT}`, server: { metadata: { introspection_endpoint: undefined } }, first: 'provider_has_no_introspection', words: /Entra/ },
  { tells: 'the server does not know the hint', token: OPAQUE, command: `${KC} --token-type-hint id_token`, server: refusal({ error: 'invalid_request', error_description: 'Unsupported token type' }, 400), first: 'hint_contradicts_token' },

  // no answer, and nothing that tells why
  { tells: 'a login page in place of an answer', token: OPAQUE, command: ASK, server: { answer: { text: '<!doctype html><title>Sign in</title>', type: 'text/html' } }, open: [] },
  { tells: 'a redirect to a login page', token: OPAQUE, command: ASK, server: { answer: { status: 302, headers: { location: 'https://id.example.com/login' } } }, open: [] },
  { tells: 'the server has a fault', token: OPAQUE, command: `${ASK} --retry 0`, server: { answer: { status: 500, text: 'oops' } }, open: [] },
  { tells: 'too many requests', token: OPAQUE, command: `${ASK} --retry 0`, server: { answer: { status: 429, text: '' } }, open: [] },
  { tells: 'nobody listens there', token: OPAQUE, command: `${ASK} --retry 0`, server: { answer: 'unreachable' }, open: [] },
  { tells: 'the endpoint is not there', token: OPAQUE, command: ASK, server: { answer: { status: 404, text: 'not found' } }, open: [] },
  { tells: 'active is a text', token: OPAQUE, command: ASK, server: { answer: { json: { active: 'false' } } }, open: [] },
  { tells: 'an answer without active', token: OPAQUE, command: ASK, server: { answer: { json: { ok: true } } }, open: [] },
  { tells: 'an answer that is no JSON', token: OPAQUE, command: ASK, server: { answer: { text: 'active=false', type: 'application/json' } }, open: [] },
  { tells: 'an empty answer', token: OPAQUE, command: ASK, server: { answer: { status: 204 } }, open: [] },
  { tells: 'the metadata cannot be had', token: good, command: 'verify --issuer https://id.example.com', server: { metadataStatus: 503 }, open: [] },
  { tells: 'the JWK Set cannot be had', token: good, command: 'verify --issuer https://id.example.com --retry 0', server: { jwks: { status: 500, text: 'oops' } }, open: [] },
  { tells: 'no credentials were given', token: OPAQUE, command: 'introspect --issuer https://id.example.com', open: [] },
  { tells: 'no endpoint and no issuer for an opaque token', token: OPAQUE, command: `introspect ${CLIENT}`, open: [] },
  { tells: 'without the network', token: good, command: 'verify --issuer https://id.example.com --offline', open: [] },
]);
