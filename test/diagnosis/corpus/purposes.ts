// Who made it, for whom, what it is and may do: issuers, audiences, scopes, kinds, bindings, and what else was asked.

import { type Situation, situations } from '../situation.ts';
import { access, claims, ENTRA_V1, ENTRA_V2, HOUR, idToken, ISSUER, jws, KEYCLOAK, KEYS, keycloak, NOW, OPAQUE } from '../tokens.ts';

const VERIFY = 'verify --issuer https://id.example.com';
const FOR_API = `${VERIFY} --audience https://api.example.com`;
const SET = JSON.stringify({ keys: [KEYS.main.jwk] });
const FILE = { files: { 'keys.json': SET } };
const verifyAs = (issuer: string): string => `verify --jwks keys.json --issuer ${issuer}`;
const good = access();
const EVENTS = { events: { 'http://schemas.openid.net/event/backchannel-logout': {} } };
const ASK = 'introspect --issuer https://id.example.com --client-id shop-api --client-secret env:CLIENT_SECRET';
const active = (members: object) => ({ answer: { json: { active: true, ...members } } });

export const PURPOSES: readonly Situation[] = situations([
  // issuers
  { tells: 'the token has a slash at the end of iss', token: access({ iss: `${ISSUER}/` }), command: VERIFY, first: 'issuer_trailing_slash', not: ['issuer_differs'], words: /the token has it/ },
  { tells: 'the configuration has a slash that the token has not', token: good, command: verifyAs(`${ISSUER}/`), ...FILE, first: 'issuer_trailing_slash', not: ['issuer_differs'] },
  { tells: 'the metadata has no slash, the configuration has', token: good, command: 'verify --issuer https://id.example.com/', first: 'issuer_trailing_slash', words: /--issuer https:\/\/id\.example\.com$/ },
  { tells: 'a v1 token of Entra where v2 is configured', token: access({ iss: ENTRA_V1, ver: '1.0' }), command: verifyAs(ENTRA_V2), ...FILE, first: 'issuer_version_pair', not: ['issuer_differs', 'issuer_trailing_slash'] },
  { tells: 'a v2 token of Entra where v1 is configured', token: access({ iss: ENTRA_V2, ver: '2.0' }), command: verifyAs(ENTRA_V1), ...FILE, first: 'issuer_version_pair', not: ['issuer_differs'] },
  { tells: 'another tenant of Entra', token: access({ iss: ENTRA_V2.replace('1111', '9999') }), command: verifyAs(ENTRA_V2), ...FILE, first: 'issuer_differs', not: ['issuer_version_pair'] },
  { tells: 'http in the token, https in the configuration', token: access({ iss: 'http://id.example.com' }), command: VERIFY, first: 'issuer_differs', words: /http and https only/ },
  { tells: 'a port in the token', token: access({ iss: 'https://id.example.com:8443' }), command: VERIFY, first: 'issuer_differs', words: /the port only/ },
  { tells: 'capital letters in the token', token: access({ iss: 'https://ID.example.com' }), command: VERIFY, first: 'issuer_differs', words: /upper and lower case/ },
  { tells: 'another realm of the same Keycloak', token: keycloak({ iss: 'https://sso.example.com/realms/staff' }), command: verifyAs(KEYCLOAK), ...FILE, first: 'issuer_differs', words: /realm staff and not shop/ },
  { tells: 'the path /auth of an old Keycloak', token: keycloak(), command: verifyAs('https://sso.example.com/auth/realms/shop'), ...FILE, first: 'issuer_differs', words: /\/auth in the path/ },
  { tells: 'a letter that only looks alike (Cyrillic e)', token: access({ iss: 'https://id.еxample.com' }), command: VERIFY, first: 'issuer_differs', words: /U\+0435/ },
  { tells: 'an issuer of somebody else', token: access({ iss: 'https://login.other.example.com/tenants/7' }), command: VERIFY, first: 'issuer_differs', not: ['signature_altered'] },
  { tells: 'no iss at all', token: access({ iss: undefined }), command: VERIFY, first: 'issuer_differs', words: /no issuer at all/ },
  { tells: 'iss is a list', token: access({ iss: [ISSUER] }), command: VERIFY, first: 'malformed_member', not: ['issuer_differs'] },
  { tells: 'Google writes its issuer without a scheme', token: idToken({ iss: 'accounts.google.com' }), command: verifyAs('https://accounts.google.com'), ...FILE, first: 'issuer_differs', words: /with and without/ },
  { tells: 'the common metadata of Entra is a template', token: access({ iss: ENTRA_V2 }), command: 'verify --issuer https://login.microsoftonline.com/common/v2.0', server: { metadata: { issuer: 'https://login.microsoftonline.com/{tenantid}/v2.0' } }, first: 'issuer_differs', words: /template/ },
  { tells: 'a slash keeps the token from picking its profile', token: access({ iss: `${ISSUER}/` }), command: 'verify', profiles: { shop: ISSUER }, first: 'issuer_trailing_slash' },
  { tells: 'nobody named the issuer, and no profile is near', token: good, command: 'verify', profiles: { other: 'https://login.example.com' }, open: [] },
  { tells: 'nobody named anything', token: good, command: 'introspect', open: [] },

  // audiences
  { tells: 'a token for the neighbour', token: access({ aud: 'https://billing.example.com' }), command: FOR_API, first: 'audience_differs', not: ['audience_missing', 'issuer_differs'] },
  { tells: 'a slash at the end of the audience', token: access({ aud: 'https://api.example.com/' }), command: FOR_API, first: 'audience_differs', words: /the slash at the end only/ },
  { tells: 'Entra: api:// before the id of the API', token: access({ aud: 'api://shop-api' }), command: `${VERIFY} --audience shop-api`, first: 'audience_differs', words: /before :\/\// },
  { tells: 'a token of Keycloak with the audience account', token: keycloak(), command: `${verifyAs(KEYCLOAK)} --audience shop-api`, ...FILE, first: 'audience_differs', words: /audience mapper/ },
  { tells: 'an access token of Amazon Cognito has no aud', token: access({ iss: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12Cd34E', aud: undefined, token_use: 'access' }, { header: { typ: undefined } }), command: `${verifyAs('https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12Cd34E')} --audience shop-api`, ...FILE, first: 'audience_missing', not: ['audience_differs', 'lightweight_token'], words: /client_id=/ },
  { tells: 'the client did not name the API when it asked', token: access({ aud: undefined }), command: FOR_API, first: 'audience_missing', not: ['lightweight_token'] },
  { tells: 'the answer about an opaque token names another API', token: OPAQUE, command: `${ASK} --audience https://api.example.com`, server: active({ aud: 'https://billing.example.com' }), first: 'audience_differs', not: ['revoked_or_unknown'] },
  { tells: 'a lightweight token of Keycloak, told by its jti', token: keycloak({ aud: undefined, jti: 'onltac:4f0e1b7a' }), command: `${verifyAs(KEYCLOAK)} --audience shop-api`, ...FILE, first: 'lightweight_token', also: ['audience_missing'] },
  { tells: 'a lightweight token: the server tells the audience', token: keycloak({ aud: undefined, scope: undefined }), command: `introspect --issuer ${KEYCLOAK} --client-id shop-api --client-secret env:CLIENT_SECRET --mode both --audience shop-api`, server: active({ aud: 'shop-api', scope: 'orders:read' }), first: 'lightweight_token', not: ['audience_missing', 'revoked_or_unknown'] },
  { tells: 'lightweight by its jti, but it was a scope that the server too does not grant', token: keycloak({ scope: 'profile', jti: 'onrtac:4f0e1b7a' }), command: `${verifyAs(KEYCLOAK)} --scope orders:write`, ...FILE, first: 'scope_missing', not: ['lightweight_token'] },

  // scopes
  { tells: 'a scope was not granted', token: good, command: `${VERIFY} --scope orders:write`, first: 'scope_missing', not: ['audience_differs'] },
  { tells: 'the scope is there in capitals', token: access({ scope: 'Orders:Read' }), command: `${VERIFY} --scope orders:read`, first: 'scope_missing', words: /another spelling/ },
  { tells: 'the right is a role', token: access({ scope: undefined, roles: ['orders.write'] }), command: `${VERIFY} --scope orders.write`, first: 'scope_missing', words: /as roles/ },
  { tells: 'the right is a realm role of Keycloak', token: keycloak({ realm_access: { roles: ['manager'] } }), command: `${verifyAs(KEYCLOAK)} --scope manager`, ...FILE, first: 'scope_missing', words: /realm_access\.roles/ },
  { tells: 'the answer about an opaque token lacks the scope', token: OPAQUE, command: `${ASK} --scope orders:write`, server: active({ scope: 'orders:read' }), first: 'scope_missing' },

  // kinds
  { tells: 'the ID token was sent in place of the access token', token: idToken(), command: `${FOR_API} --expect access_token`, first: 'wrong_token_kind', also: ['audience_differs'], words: /ID token proves a sign-in/ },
  { tells: 'the ID token was sent to the API, and nobody asked for a kind', token: idToken(), command: FOR_API, first: 'wrong_token_kind', also: ['audience_differs'] },
  { tells: 'an ID token of Keycloak with a scope asked for', token: keycloak({ typ: 'ID', scope: undefined, aud: 'shop-web' }), command: `${verifyAs(KEYCLOAK)} --scope orders:read`, ...FILE, first: 'wrong_token_kind', also: ['scope_missing'] },
  { tells: 'an access token where the client wants an ID token', token: good, command: `${VERIFY} --expect id_token`, first: 'wrong_token_kind', words: /access token authorizes access to an API/ },
  { tells: 'a logout token where an access token belongs', token: jws({ iss: ISSUER, aud: 'shop-web', iat: NOW, exp: NOW + HOUR, jti: 'x', sid: 's', ...EVENTS }, { header: { typ: 'logout+jwt' } }), command: `${VERIFY} --expect access_token`, first: 'wrong_token_kind' },
  { tells: 'a refresh token of Keycloak at an API', token: keycloak({ typ: 'Refresh', aud: KEYCLOAK }, { secret: 'x'.repeat(64), header: { alg: 'HS512' } }), command: `verify --issuer ${KEYCLOAK} --expect access_token`, first: 'wrong_token_kind', also: ['symmetric_algorithm'] },
  { tells: 'a DPoP proof was pasted in place of the token', token: jws({ htm: 'GET', htu: 'https://api.example.com/orders', iat: NOW, jti: 'p' }, { key: KEYS.stranger, header: { typ: 'dpop+jwt', kid: undefined, jwk: KEYS.stranger.jwk } }), command: VERIFY, first: 'wrong_token_kind', also: ['issuer_differs'], not: ['signature_altered'] },
  { tells: 'a client assertion was pasted in place of the token', token: jws({ iss: 'shop-web', sub: 'shop-web', aud: ISSUER, exp: NOW + 60, iat: NOW, jti: 'a' }, { key: KEYS.stranger, header: { typ: 'JWT' } }), command: VERIFY, first: 'wrong_token_kind', also: ['issuer_differs', 'key_of_other_environment'], not: ['signature_altered'] },
  { tells: 'an ID token where --typ wants at+jwt', token: idToken(), command: `${VERIFY} --typ at+jwt`, first: 'wrong_token_kind', also: ['claim_differs'] },
  { tells: 'a good access token with typ JWT where --typ wants at+jwt', token: access({}, { header: { typ: 'JWT' } }), command: `${VERIFY} --typ at+jwt`, first: 'claim_differs', not: ['wrong_token_kind'] },
  { tells: 'nothing in the token tells what it is', token: jws({ iss: ISSUER, sub: 'a', exp: NOW + HOUR }, { header: { typ: 'JWT' } }), command: `${VERIFY} --expect access_token`, open: ['wrong_token_kind'] },

  // what else was asked
  { tells: 'the token of another client', token: good, command: `${VERIFY} --claim client_id=shop-app`, first: 'claim_differs', not: ['audience_differs'] },
  { tells: 'a claim that the server does not write', token: good, command: `${VERIFY} --require-claim tenant`, first: 'claim_differs' },
  { tells: 'the ID token of another sign-in', token: idToken(), command: `${VERIFY} --nonce n-other`, first: 'claim_differs', words: /nonce/ },
  { tells: 'the access token of another response', token: idToken(), command: `${VERIFY} --access-token env:OTHER`, env: { OTHER: OPAQUE }, first: 'claim_differs', words: /same response/ },
  { tells: 'a DPoP-bound token with a proof of another key', token: access({ cnf: { jkt: 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs' } }), command: `${VERIFY} --dpop-proof env:PROOF`, env: { PROOF: jws({ htm: 'GET', htu: 'https://api.example.com/', iat: NOW, jti: 'p', ath: 'x' }, { header: { typ: 'dpop+jwt', kid: undefined, jwk: KEYS.main.jwk } }) }, first: 'sender_constrained', not: ['signature_altered'] },
  { tells: 'ten minutes are left and an hour is needed', token: access({ exp: NOW + 600 }), command: `${VERIFY} --min-ttl 1h`, first: 'lifetime_too_short', not: ['expired'] },
  { tells: 'issued a day ago, and an hour is the limit', token: access({ iat: NOW - 24 * HOUR }), command: `${VERIFY} --max-age 1h`, first: 'too_old', not: ['expired'] },
  { tells: 'a gate without an audience', token: good, command: `${VERIFY} --expect access_token --strict`, first: 'strict_only', words: /--audience NAME/ },
  { tells: 'a gate, and a token without exp', token: access({ exp: undefined }), command: `${FOR_API} --expect access_token --strict`, first: 'strict_only', not: ['expired'] },
  { tells: 'a gate, and a wrong audience: the audience is what is wrong', token: access({ aud: 'x' }), command: `${FOR_API} --strict`, first: 'audience_differs', not: ['audience_missing'] },
  { tells: 'claims with everything at once: other audience, scope and client', token: jws(claims({ aud: 'x', scope: 'y' })), command: `${FOR_API} --scope z --claim client_id=q`, first: 'audience_differs', also: ['scope_missing', 'claim_differs'] },
]);
