// What is wrong with the algorithm, and tokens that only their audience can verify.

import { type Situation, situations } from '../situation.ts';
import {
  access,
  base64url,
  claims,
  ENTRA_V2,
  forged,
  HOUR,
  jws,
  KEYCLOAK,
  KEYS,
  keycloak,
  NOW,
  named,
  OKTA_ORG,
  parts,
  thumbprint,
} from '../tokens.ts';

const VERIFY = 'verify --issuer https://id.example.com';
const _FILE = 'verify --jwks keys.json';
const good = access();
const [, payload, signature] = parts(good);
const _other = { key: KEYS.stranger };
const _generic = named(KEYS.main, 'default');
const _genericStranger = named(KEYS.stranger, 'default');
const _printed = named(KEYS.main, thumbprint(KEYS.main.jwk));
const _set = (...keys: object[]): string => JSON.stringify({ keys });
const GRAPH = '00000003-0000-0000-c000-000000000000';
const graph = jws(claims({ iss: ENTRA_V2, aud: GRAPH, scp: 'User.Read', scope: undefined, azp: 'a-b-c', ver: '2.0' }), {
  header: { typ: 'JWT', nonce: 'AQABAAAAAAD' },
});
const graphForged = forged(graph, { sub: 'x' });
const oktaClaims = {
  iss: OKTA_ORG,
  aud: OKTA_ORG,
  cid: '0oa1',
  scp: ['openid'],
  uid: '00u1',
  scope: undefined,
  client_id: undefined,
  ver: 1,
};
const SECRET = 'a-shared-secret-of-more-than-32-bytes';
const _withoutKid = (token: string): string => {
  const [, body, last] = parts(token);
  return [base64url('{"alg":"ES256","typ":"at+jwt"}'), body, last].join('.');
};

export const ALGORITHMS: readonly Situation[] = situations([
  // algorithm
  {
    tells: 'alg none',
    token: `${base64url('{"alg":"none","typ":"JWT"}')}.${payload}.`,
    command: VERIFY,
    first: 'algorithm_none',
    not: ['token_truncated', 'signature_altered'],
  },
  {
    tells: 'alg nOnE with a signature left behind',
    token: `${base64url('{"alg":"nOnE"}')}.${payload}.${signature}`,
    command: VERIFY,
    first: 'algorithm_none',
  },
  {
    tells: 'an API of Auth0 that is set to HS256',
    token: jws(claims({ iss: 'https://shop.eu.auth0.com/', gty: 'client-credentials' }), {
      secret: SECRET,
      header: { typ: 'JWT' },
    }),
    command: 'verify --issuer https://shop.eu.auth0.com/',
    first: 'symmetric_algorithm',
    not: ['algorithm_confusion'],
    words: /RS256 at Auth0/,
  },
  {
    tells: 'HS256 made with the public key as secret',
    token: jws(claims(), { secret: KEYS.rsa.pem, header: { kid: KEYS.rsa.kid } }),
    command: VERIFY,
    first: 'symmetric_algorithm',
    also: ['algorithm_confusion'],
    not: ['signature_altered'],
  },
  {
    tells: 'a refresh token of Keycloak was brought to verify',
    token: keycloak({ typ: 'Refresh', aud: KEYCLOAK }, { secret: SECRET, header: { alg: 'HS512' } }),
    command: `verify --issuer ${KEYCLOAK}`,
    first: 'symmetric_algorithm',
    also: ['wrong_token_kind'],
    not: ['algorithm_confusion'],
  },
  {
    tells: 'a secret was given for a token with a public key',
    token: good,
    command: 'verify --secret env:HMAC',
    env: { HMAC: SECRET },
    first: 'algorithm_not_allowed',
    not: ['signature_altered', 'symmetric_algorithm'],
  },
  {
    tells: '--alg allows RS256 alone',
    token: good,
    command: `${VERIFY} --alg RS256`,
    first: 'algorithm_not_allowed',
    not: ['signature_altered'],
  },
  {
    tells: 'ES256K, as blockchains use it',
    token: access({}, { header: { alg: 'ES256K' } }),
    command: VERIFY,
    first: 'algorithm_not_allowed',
    not: ['algorithm_confusion'],
  },

  // for their audience alone
  {
    tells: 'a token for Microsoft Graph was verified',
    token: graphForged,
    command: `verify --issuer ${ENTRA_V2}`,
    first: 'not_locally_verifiable',
    not: ['signature_altered', 'key_rotated'],
  },
  {
    tells: 'a token for Microsoft Graph was checked for an own API',
    token: graphForged,
    command: `verify --issuer ${ENTRA_V2} --audience api://shop`,
    first: 'not_locally_verifiable',
    also: ['audience_differs'],
    not: ['signature_altered'],
  },
  {
    tells: 'a token for Microsoft Graph was introspected',
    token: graph,
    command: `introspect --issuer ${ENTRA_V2}`,
    server: { metadata: { introspection_endpoint: undefined } },
    first: 'not_locally_verifiable',
    also: ['provider_has_no_introspection'],
  },
  {
    tells: 'an access token of the Okta org server, signed by a key that it does not publish',
    token: jws(claims(oktaClaims), { key: KEYS.stranger, header: { typ: 'application/okta-internal-at+jwt' } }),
    command: `verify --issuer ${OKTA_ORG}`,
    first: 'not_locally_verifiable',
    not: ['key_rotated', 'key_of_other_environment'],
  },
  {
    tells: 'an access token of the Okta org server at an own API',
    token: jws(claims(oktaClaims), { header: { typ: 'JWT' } }),
    command: `verify --issuer ${OKTA_ORG} --audience api://default`,
    first: 'not_locally_verifiable',
    also: ['audience_differs'],
  },
  {
    tells: 'a forged token of an Okta custom server is a forged token',
    token: forged(jws(claims({ ...oktaClaims, iss: `${OKTA_ORG}/oauth2/default`, aud: 'api://default' })), {
      uid: 'x',
    }),
    command: `verify --issuer ${OKTA_ORG}/oauth2/default`,
    first: 'signature_altered',
    not: ['not_locally_verifiable'],
  },
  {
    tells: 'the age of the key is known to be short at this vendor',
    token: jws(claims({ iss: 'https://dex.example.com/dex', iat: NOW - 7 * HOUR, exp: NOW + HOUR }), {
      key: KEYS.stranger,
    }),
    command: 'verify --issuer https://dex.example.com/dex',
    first: 'key_rotated',
    also: ['key_of_other_environment'],
    words: /every few hours/,
  },
]);
