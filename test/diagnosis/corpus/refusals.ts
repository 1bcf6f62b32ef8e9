// The server refuses the one who asks: id, secret, encoding, method, right, assertion.

import { type ServerAnswer, type Situation, situations } from '../situation.ts';
import { access, KEYCLOAK, KEYS, OPAQUE } from '../tokens.ts';

const CLIENT = '--client-id shop-api --client-secret env:CLIENT_SECRET';
const ASK = `introspect --issuer https://id.example.com ${CLIENT}`;
const _REMOTE = `${ASK} --mode remote`;
const _BOTH = `${ASK} --mode both`;
const AT = (endpoint: string, more = ''): string =>
  `introspect --introspection-endpoint ${endpoint} ${CLIENT} --mode remote ${more}`;
const _KC = `introspect --issuer ${KEYCLOAK} ${CLIENT}`;
const _good = access();
const refusal = (json: object, status = 401, headers: Record<string, string> = {}): { answer: ServerAnswer } => ({
  answer: { status, json, headers },
});
const UNKNOWN = refusal({ error: 'invalid_client' });
const KEY_PEM = KEYS.main.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
const BY_KEY = `introspect --issuer https://id.example.com --client-id shop-api --client-auth private_key_jwt --client-key client.pem`;
const KEY_FILE = { files: { 'client.pem': KEY_PEM } };

export const REFUSALS: readonly Situation[] = situations([
  // the caller was refused
  {
    tells: 'the secret is another',
    token: OPAQUE,
    command: ASK,
    server: UNKNOWN,
    first: 'client_credentials_wrong',
    also: ['client_auth_method'],
    not: ['assertion_audience', 'client_secret_encoding', 'client_not_allowed'],
  },
  {
    tells: 'the secret has a plus and a slash',
    token: OPAQUE,
    command: ASK,
    env: { CLIENT_SECRET: 'a+b/c=d' },
    server: UNKNOWN,
    first: 'client_secret_encoding',
    also: ['client_credentials_wrong'],
  },
  {
    tells: 'the client id is a URL',
    token: OPAQUE,
    command: ASK.replace('shop-api', 'https://shop.example.com'),
    server: UNKNOWN,
    first: 'client_secret_encoding',
    words: /the client id has characters/,
  },
  {
    tells: 'special characters, sent in the body: the encoding is not it',
    token: OPAQUE,
    command: `${ASK} --client-auth client_secret_post`,
    env: { CLIENT_SECRET: 'a+b/c=d' },
    server: UNKNOWN,
    open: ['client_credentials_wrong', 'client_auth_method'],
    not: ['client_secret_encoding'],
  },
  {
    tells: 'nobody replaced the placeholder',
    token: OPAQUE,
    command: ASK,
    env: { CLIENT_SECRET: '$SHOP_SECRET' },
    server: UNKNOWN,
    first: 'client_credentials_wrong',
    not: ['client_secret_encoding'],
    words: /placeholder/,
  },
  {
    tells: 'the server lists private_key_jwt alone',
    token: OPAQUE,
    command: `${ASK} --client-auth client_secret_basic`,
    server: { ...UNKNOWN, metadata: { introspection_endpoint_auth_methods_supported: ['private_key_jwt'] } },
    first: 'client_auth_method',
    words: /the metadata lists: private_key_jwt/,
  },
  {
    tells: 'the server lists Basic alone, and Basic was sent',
    token: OPAQUE,
    command: ASK,
    server: { ...UNKNOWN, metadata: { introspection_endpoint_auth_methods_supported: ['client_secret_basic'] } },
    first: 'client_credentials_wrong',
    not: ['client_auth_method'],
  },
  {
    tells: 'the endpoint wants an access token',
    token: OPAQUE,
    command: AT('https://id.example.com/introspect'),
    server: refusal({}, 401, { 'www-authenticate': 'Bearer realm="introspection"' }),
    first: 'client_auth_method',
    words: /--bearer/,
  },
  {
    tells: 'the client may not introspect',
    token: OPAQUE,
    command: ASK,
    server: refusal({ error: 'access_denied' }, 403),
    first: 'client_not_allowed',
    not: ['client_credentials_wrong', 'client_auth_method'],
  },
  {
    tells: 'a public client of Keycloak asks',
    token: OPAQUE,
    command: `introspect --issuer ${KEYCLOAK} --client-id shop-web --client-auth none`,
    server: refusal({ error: 'invalid_request', error_description: 'Client not allowed' }, 403),
    first: 'client_not_allowed',
    not: ['client_credentials_wrong'],
  },
  {
    tells: 'unauthorized_client at 400',
    token: OPAQUE,
    command: ASK,
    server: refusal({ error: 'unauthorized_client' }, 400),
    first: 'client_not_allowed',
  },
  {
    tells: 'Keycloak wants https',
    token: OPAQUE,
    command: `introspect --issuer ${KEYCLOAK} ${CLIENT}`,
    server: refusal({ error: 'invalid_request', error_description: 'HTTPS required' }, 403),
    first: 'asked_through_other_hostname',
    not: ['client_not_allowed'],
  },
  {
    tells: 'the server complains of the audience of the assertion',
    token: OPAQUE,
    command: BY_KEY,
    ...KEY_FILE,
    server: refusal({ error: 'invalid_client', error_description: 'invalid audience in client assertion' }),
    first: 'assertion_audience',
  },
  {
    tells: 'a client assertion was refused without a reason',
    token: OPAQUE,
    command: BY_KEY,
    ...KEY_FILE,
    server: UNKNOWN,
    open: ['client_credentials_wrong', 'assertion_audience', 'client_auth_method'],
  },
  {
    tells: 'the access token that asks has expired',
    token: OPAQUE,
    command: 'introspect --issuer https://id.example.com --bearer env:ASKING',
    env: { ASKING: 'asking-token-of-the-api' },
    server: refusal({ error: 'invalid_token' }),
    first: 'client_credentials_wrong',
    not: ['client_auth_method', 'client_secret_encoding'],
  },
  {
    tells: 'the access token that asks lacks a scope',
    token: OPAQUE,
    command: 'introspect --issuer https://id.example.com --bearer env:ASKING',
    env: { ASKING: 'asking-token-of-the-api' },
    server: refusal({ error: 'insufficient_scope' }, 403),
    first: 'client_not_allowed',
  },
  {
    tells: 'Kanidm answers 401 to a token that it cannot read',
    token: OPAQUE,
    command:
      'introspect --introspection-endpoint https://idm.example.com/oauth2/token/introspect --client-auth none --mode remote',
    server: { answer: { status: 401, text: '' } },
    first: 'revoked_or_unknown',
    not: ['client_credentials_wrong'],
  },
  {
    tells: 'a refusal in plain text',
    token: OPAQUE,
    command: AT('https://id.example.com/introspect'),
    server: { answer: { status: 401, text: 'Unauthorized' } },
    open: ['client_credentials_wrong', 'client_auth_method'],
  },
]);
