// What it is and what else was asked of it: kinds, single claims, bindings, gates.

import { type Situation, situations } from '../situation.ts';
import { access, claims, HOUR, ISSUER, idToken, jws, KEYCLOAK, KEYS, keycloak, NOW, OPAQUE } from '../tokens.ts';

const VERIFY = 'verify --issuer https://id.example.com';
const FOR_API = `${VERIFY} --audience https://api.example.com`;
const SET = JSON.stringify({ keys: [KEYS.main.jwk] });
const FILE = { files: { 'keys.json': SET } };
const verifyAs = (issuer: string): string => `verify --jwks keys.json --issuer ${issuer}`;
const good = access();
const EVENTS = { events: { 'http://schemas.openid.net/event/backchannel-logout': {} } };
const _ASK = 'introspect --issuer https://id.example.com --client-id shop-api --client-secret env:CLIENT_SECRET';
const _active = (members: object) => ({ answer: { json: { active: true, ...members } } });

export const KINDS: readonly Situation[] = situations([
  // kinds
  {
    tells: 'the ID token was sent in place of the access token',
    token: idToken(),
    command: `${FOR_API} --expect access_token`,
    first: 'wrong_token_kind',
    also: ['audience_differs'],
    words: /ID token proves a sign-in/,
  },
  {
    tells: 'the ID token was sent to the API, and nobody asked for a kind',
    token: idToken(),
    command: FOR_API,
    first: 'wrong_token_kind',
    also: ['audience_differs'],
  },
  {
    tells: 'an ID token of Keycloak with a scope asked for',
    token: keycloak({ typ: 'ID', scope: undefined, aud: 'shop-web' }),
    command: `${verifyAs(KEYCLOAK)} --scope orders:read`,
    ...FILE,
    first: 'wrong_token_kind',
    also: ['scope_missing'],
  },
  {
    tells: 'an access token where the client wants an ID token',
    token: good,
    command: `${VERIFY} --expect id_token`,
    first: 'wrong_token_kind',
    words: /access token authorizes access to an API/,
  },
  {
    tells: 'a logout token where an access token belongs',
    token: jws(
      { iss: ISSUER, aud: 'shop-web', iat: NOW, exp: NOW + HOUR, jti: 'x', sid: 's', ...EVENTS },
      { header: { typ: 'logout+jwt' } },
    ),
    command: `${VERIFY} --expect access_token`,
    first: 'wrong_token_kind',
  },
  {
    tells: 'a refresh token of Keycloak at an API',
    token: keycloak({ typ: 'Refresh', aud: KEYCLOAK }, { secret: 'x'.repeat(64), header: { alg: 'HS512' } }),
    command: `verify --issuer ${KEYCLOAK} --expect access_token`,
    first: 'wrong_token_kind',
    also: ['symmetric_algorithm'],
  },
  {
    tells: 'a DPoP proof was pasted in place of the token',
    token: jws(
      { htm: 'GET', htu: 'https://api.example.com/orders', iat: NOW, jti: 'p' },
      { key: KEYS.stranger, header: { typ: 'dpop+jwt', kid: undefined, jwk: KEYS.stranger.jwk } },
    ),
    command: VERIFY,
    first: 'wrong_token_kind',
    also: ['issuer_differs'],
    not: ['signature_altered'],
  },
  {
    tells: 'a client assertion was pasted in place of the token',
    token: jws(
      { iss: 'shop-web', sub: 'shop-web', aud: ISSUER, exp: NOW + 60, iat: NOW, jti: 'a' },
      { key: KEYS.stranger, header: { typ: 'JWT' } },
    ),
    command: VERIFY,
    first: 'wrong_token_kind',
    also: ['issuer_differs', 'key_of_other_environment'],
    not: ['signature_altered'],
  },
  {
    tells: 'an ID token where --typ wants at+jwt',
    token: idToken(),
    command: `${VERIFY} --typ at+jwt`,
    first: 'wrong_token_kind',
    also: ['claim_differs'],
  },
  {
    tells: 'a good access token with typ JWT where --typ wants at+jwt',
    token: access({}, { header: { typ: 'JWT' } }),
    command: `${VERIFY} --typ at+jwt`,
    first: 'claim_differs',
    not: ['wrong_token_kind'],
  },
  {
    tells: 'nothing in the token tells what it is',
    token: jws({ iss: ISSUER, sub: 'a', exp: NOW + HOUR }, { header: { typ: 'JWT' } }),
    command: `${VERIFY} --expect access_token`,
    open: ['wrong_token_kind'],
  },

  // what else was asked
  {
    tells: 'the token of another client',
    token: good,
    command: `${VERIFY} --claim client_id=shop-app`,
    first: 'claim_differs',
    not: ['audience_differs'],
  },
  {
    tells: 'a claim that the server does not write',
    token: good,
    command: `${VERIFY} --require-claim tenant`,
    first: 'claim_differs',
  },
  {
    tells: 'the ID token of another sign-in',
    token: idToken(),
    command: `${VERIFY} --nonce n-other`,
    first: 'claim_differs',
    words: /nonce/,
  },
  {
    tells: 'the access token of another response',
    token: idToken(),
    command: `${VERIFY} --access-token env:OTHER`,
    env: { OTHER: OPAQUE },
    first: 'claim_differs',
    words: /same response/,
  },
  {
    tells: 'a DPoP-bound token with a proof of another key',
    token: access({ cnf: { jkt: 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs' } }),
    command: `${VERIFY} --dpop-proof env:PROOF`,
    env: {
      PROOF: jws(
        { htm: 'GET', htu: 'https://api.example.com/', iat: NOW, jti: 'p', ath: 'x' },
        { header: { typ: 'dpop+jwt', kid: undefined, jwk: KEYS.main.jwk } },
      ),
    },
    first: 'sender_constrained',
    not: ['signature_altered'],
  },
  {
    tells: 'ten minutes are left and an hour is needed',
    token: access({ exp: NOW + 600 }),
    command: `${VERIFY} --min-ttl 1h`,
    first: 'lifetime_too_short',
    not: ['expired'],
  },
  {
    tells: 'issued a day ago, and an hour is the limit',
    token: access({ iat: NOW - 24 * HOUR }),
    command: `${VERIFY} --max-age 1h`,
    first: 'too_old',
    not: ['expired'],
  },
  {
    tells: 'a gate without an audience',
    token: good,
    command: `${VERIFY} --expect access_token --strict`,
    first: 'strict_only',
    words: /--audience NAME/,
  },
  {
    tells: 'a gate, and a token without exp',
    token: access({ exp: undefined }),
    command: `${FOR_API} --expect access_token --strict`,
    first: 'strict_only',
    not: ['expired'],
  },
  {
    tells: 'a gate, and a wrong audience: the audience is what is wrong',
    token: access({ aud: 'x' }),
    command: `${FOR_API} --strict`,
    first: 'audience_differs',
    not: ['audience_missing'],
  },
  {
    tells: 'claims with everything at once: other audience, scope and client',
    token: jws(claims({ aud: 'x', scope: 'y' })),
    command: `${FOR_API} --scope z --claim client_id=q`,
    first: 'audience_differs',
    also: ['scope_missing', 'claim_differs'],
  },
]);
