// For whom it is and what it allows: audiences, scopes, lightweight tokens.

import { type Situation, situations } from '../situation.ts';
import { access, KEYCLOAK, KEYS, keycloak, OPAQUE } from '../tokens.ts';

const VERIFY = 'verify --issuer https://id.example.com';
const FOR_API = `${VERIFY} --audience https://api.example.com`;
const SET = JSON.stringify({ keys: [KEYS.main.jwk] });
const FILE = { files: { 'keys.json': SET } };
const verifyAs = (issuer: string): string => `verify --jwks keys.json --issuer ${issuer}`;
const good = access();
const _EVENTS = { events: { 'http://schemas.openid.net/event/backchannel-logout': {} } };
const ASK = 'introspect --issuer https://id.example.com --client-id shop-api --client-secret env:CLIENT_SECRET';
const active = (members: object) => ({ answer: { json: { active: true, ...members } } });

export const AUDIENCES: readonly Situation[] = situations([
  // audiences
  {
    tells: 'a token for the neighbour',
    token: access({ aud: 'https://billing.example.com' }),
    command: FOR_API,
    first: 'audience_differs',
    not: ['scope_missing', 'claim_differs', 'strict_only', 'sender_constrained', 'audience_missing', 'issuer_differs'],
  },
  {
    tells: 'a slash at the end of the audience',
    token: access({ aud: 'https://api.example.com/' }),
    command: FOR_API,
    first: 'audience_differs',
    words: /the slash at the end only/,
  },
  {
    tells: 'Entra: api:// before the id of the API',
    token: access({ aud: 'api://shop-api' }),
    command: `${VERIFY} --audience shop-api`,
    first: 'audience_differs',
    words: /before :\/\//,
  },
  {
    tells: 'a token of Keycloak with the audience account',
    token: keycloak(),
    command: `${verifyAs(KEYCLOAK)} --audience shop-api`,
    ...FILE,
    first: 'audience_differs',
    words: /audience mapper/,
  },
  {
    tells: 'an access token of Amazon Cognito has no aud',
    token: access(
      { iss: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12Cd34E', aud: undefined, token_use: 'access' },
      { header: { typ: undefined } },
    ),
    command: `${verifyAs('https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12Cd34E')} --audience shop-api`,
    ...FILE,
    first: 'audience_missing',
    not: ['audience_differs', 'lightweight_token'],
    words: /client_id=/,
  },
  {
    tells: 'the client did not name the API when it asked',
    token: access({ aud: undefined }),
    command: FOR_API,
    first: 'audience_missing',
    not: ['lightweight_token'],
  },
  {
    tells: 'the answer about an opaque token names another API',
    token: OPAQUE,
    command: `${ASK} --audience https://api.example.com`,
    server: active({ aud: 'https://billing.example.com' }),
    first: 'audience_differs',
    not: ['revoked_or_unknown'],
  },
  {
    tells: 'a lightweight token of Keycloak, told by its jti',
    token: keycloak({ aud: undefined, jti: 'onltac:4f0e1b7a' }),
    command: `${verifyAs(KEYCLOAK)} --audience shop-api`,
    ...FILE,
    first: 'lightweight_token',
    also: ['audience_missing'],
  },
  {
    tells: 'a lightweight token: the server tells the audience',
    token: keycloak({ aud: undefined, scope: undefined }),
    command: `introspect --issuer ${KEYCLOAK} --client-id shop-api --client-secret env:CLIENT_SECRET --mode both --audience shop-api`,
    server: active({ aud: 'shop-api', scope: 'orders:read' }),
    first: 'lightweight_token',
    not: ['audience_missing', 'revoked_or_unknown'],
  },
  {
    tells: 'lightweight by its jti, but it was a scope that the server too does not grant',
    token: keycloak({ scope: 'profile', jti: 'onrtac:4f0e1b7a' }),
    command: `${verifyAs(KEYCLOAK)} --scope orders:write`,
    ...FILE,
    first: 'scope_missing',
    not: ['lightweight_token'],
  },

  // scopes
  {
    tells: 'a scope was not granted',
    token: good,
    command: `${VERIFY} --scope orders:write`,
    first: 'scope_missing',
    not: ['audience_differs'],
  },
  {
    tells: 'the scope is there in capitals',
    token: access({ scope: 'Orders:Read' }),
    command: `${VERIFY} --scope orders:read`,
    first: 'scope_missing',
    words: /another spelling/,
  },
  {
    tells: 'the right is a role',
    token: access({ scope: undefined, roles: ['orders.write'] }),
    command: `${VERIFY} --scope orders.write`,
    first: 'scope_missing',
    words: /as roles/,
  },
  {
    tells: 'the right is a realm role of Keycloak',
    token: keycloak({ realm_access: { roles: ['manager'] } }),
    command: `${verifyAs(KEYCLOAK)} --scope manager`,
    ...FILE,
    first: 'scope_missing',
    words: /realm_access\.roles/,
  },
  {
    tells: 'the answer about an opaque token lacks the scope',
    token: OPAQUE,
    command: `${ASK} --scope orders:write`,
    server: active({ scope: 'orders:read' }),
    first: 'scope_missing',
  },
]);
