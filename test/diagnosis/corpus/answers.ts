// No introspection, and answers that are none: most of them tell nothing of the token.

import { type ServerAnswer, type Situation, situations } from '../situation.ts';
import { access, ENTRA_V2, idToken, jwe, KEYCLOAK, KEYS, OPAQUE } from '../tokens.ts';

const CLIENT = '--client-id shop-api --client-secret env:CLIENT_SECRET';
const ASK = `introspect --issuer https://id.example.com ${CLIENT}`;
const REMOTE = `${ASK} --mode remote`;
const _BOTH = `${ASK} --mode both`;
const _AT = (endpoint: string, more = ''): string =>
  `introspect --introspection-endpoint ${endpoint} ${CLIENT} --mode remote ${more}`;
const KC = `introspect --issuer ${KEYCLOAK} ${CLIENT}`;
const good = access();
const refusal = (json: object, status = 401, headers: Record<string, string> = {}): { answer: ServerAnswer } => ({
  answer: { status, json, headers },
});
const _UNKNOWN = refusal({ error: 'invalid_client' });
const KEY_PEM = KEYS.main.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
const _BY_KEY = `introspect --issuer https://id.example.com --client-id shop-api --client-auth private_key_jwt --client-key client.pem`;
const _KEY_FILE = { files: { 'client.pem': KEY_PEM } };

export const ANSWERS: readonly Situation[] = situations([
  // no introspection
  {
    tells: 'a GitHub token was introspected',
    token: `gh${'p_FAKEfakeEXAMPLEnotARealToken0021xoh6'}`,
    command: ASK,
    first: 'provider_has_no_introspection',
    not: ['token_damaged', 'revoked_or_unknown'],
  },
  {
    tells: 'the refresh token of Amazon Cognito, a JWE',
    token: jwe(),
    command: `introspect --issuer https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12Cd34E ${CLIENT}`,
    server: { metadata: { introspection_endpoint: undefined } },
    first: 'provider_has_no_introspection',
    words: /Amazon Cognito/,
  },
  {
    tells: 'the metadata names no endpoint',
    token: OPAQUE,
    command: ASK,
    server: { metadata: { introspection_endpoint: undefined } },
    first: 'provider_has_no_introspection',
  },
  {
    tells: 'an opaque token was brought to verify',
    token: OPAQUE,
    command: 'verify --issuer https://id.example.com',
    first: 'not_locally_verifiable',
    not: ['signature_altered'],
  },
  {
    tells: 'Auth0 encrypted the token, because nobody asked for an audience',
    token: jwe({ alg: 'dir', iss: 'https://shop.eu.auth0.com/' }),
    command: 'verify --issuer https://shop.eu.auth0.com/',
    first: 'not_locally_verifiable',
    words: /audience/,
  },
  {
    tells: 'a PASETO was introspected',
    token:
      'v4.public.eyJzdWIiOiJhIn1xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
    command: ASK,
    first: 'not_locally_verifiable',
  },
  {
    tells: 'the server refuses JWTs at introspection',
    token: good,
    command: REMOTE,
    server: refusal({ error: 'unsupported_token_type' }, 400),
    first: 'provider_has_no_introspection',
    not: ['wrong_token_kind'],
    words: /tokctl verify/,
  },
  {
    tells: 'the server refuses an ID token at introspection',
    token: idToken(),
    command: REMOTE,
    server: refusal({ error: 'unsupported_token_type' }, 400),
    first: 'wrong_token_kind',
  },
  {
    tells: 'a token of Entra with no endpoint to ask',
    token: access({ iss: ENTRA_V2 }),
    command: `introspect --issuer ${ENTRA_V2} --mode remote ${CLIENT}`,
    server: { metadata: { introspection_endpoint: undefined } },
    first: 'provider_has_no_introspection',
    words: /Entra/,
  },
  {
    tells: 'the server does not know the hint',
    token: OPAQUE,
    command: `${KC} --token-type-hint id_token`,
    server: refusal({ error: 'invalid_request', error_description: 'Unsupported token type' }, 400),
    first: 'hint_contradicts_token',
  },

  // no answer, and nothing that tells why
  {
    tells: 'a login page in place of an answer',
    token: OPAQUE,
    command: ASK,
    server: { answer: { text: '<!doctype html><title>Sign in</title>', type: 'text/html' } },
    open: [],
  },
  {
    tells: 'a redirect to a login page',
    token: OPAQUE,
    command: ASK,
    server: { answer: { status: 302, headers: { location: 'https://id.example.com/login' } } },
    open: [],
  },
  {
    tells: 'the server has a fault',
    token: OPAQUE,
    command: `${ASK} --retry 0`,
    server: { answer: { status: 500, text: 'oops' } },
    open: [],
  },
  {
    tells: 'too many requests',
    token: OPAQUE,
    command: `${ASK} --retry 0`,
    server: { answer: { status: 429, text: '' } },
    open: [],
  },
  {
    tells: 'nobody listens there',
    token: OPAQUE,
    command: `${ASK} --retry 0`,
    server: { answer: 'unreachable' },
    open: [],
  },
  {
    tells: 'the endpoint is not there',
    token: OPAQUE,
    command: ASK,
    server: { answer: { status: 404, text: 'not found' } },
    open: [],
    not: ['provider_has_no_introspection'],
  },
  {
    tells: 'active is a text',
    token: OPAQUE,
    command: ASK,
    server: { answer: { json: { active: 'false' } } },
    open: [],
  },
  {
    tells: 'an answer without active',
    token: OPAQUE,
    command: ASK,
    server: { answer: { json: { ok: true } } },
    open: [],
  },
  {
    tells: 'an answer that is no JSON',
    token: OPAQUE,
    command: ASK,
    server: { answer: { text: 'active=false', type: 'application/json' } },
    open: [],
  },
  { tells: 'an empty answer', token: OPAQUE, command: ASK, server: { answer: { status: 204 } }, open: [] },
  {
    tells: 'the metadata cannot be had',
    token: good,
    command: 'verify --issuer https://id.example.com',
    server: { metadataStatus: 503 },
    open: [],
  },
  {
    tells: 'the JWK Set cannot be had',
    token: good,
    command: 'verify --issuer https://id.example.com --retry 0',
    server: { jwks: { status: 500, text: 'oops' } },
    open: [],
  },
  {
    tells: 'no credentials were given',
    token: OPAQUE,
    command: 'introspect --issuer https://id.example.com',
    open: [],
  },
  { tells: 'no endpoint and no issuer for an opaque token', token: OPAQUE, command: `introspect ${CLIENT}`, open: [] },
  { tells: 'without the network', token: good, command: 'verify --issuer https://id.example.com --offline', open: [] },
]);
