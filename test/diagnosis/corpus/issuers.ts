// Whose the token is: issuers that nearly agree, and those that do not.

import { type Situation, situations } from '../situation.ts';
import { access, ENTRA_V1, ENTRA_V2, ISSUER, idToken, KEYCLOAK, KEYS, keycloak } from '../tokens.ts';

const VERIFY = 'verify --issuer https://id.example.com';
const _FOR_API = `${VERIFY} --audience https://api.example.com`;
const SET = JSON.stringify({ keys: [KEYS.main.jwk] });
const FILE = { files: { 'keys.json': SET } };
const verifyAs = (issuer: string): string => `verify --jwks keys.json --issuer ${issuer}`;
const good = access();
const _EVENTS = { events: { 'http://schemas.openid.net/event/backchannel-logout': {} } };
const _ASK = 'introspect --issuer https://id.example.com --client-id shop-api --client-secret env:CLIENT_SECRET';
const _active = (members: object) => ({ answer: { json: { active: true, ...members } } });

export const ISSUERS: readonly Situation[] = situations([
  // issuers
  {
    tells: 'the token has a slash at the end of iss',
    token: access({ iss: `${ISSUER}/` }),
    command: VERIFY,
    first: 'issuer_trailing_slash',
    not: ['issuer_differs'],
    words: /the token has it/,
  },
  {
    tells: 'the configuration has a slash that the token has not',
    token: good,
    command: verifyAs(`${ISSUER}/`),
    ...FILE,
    first: 'issuer_trailing_slash',
    not: ['issuer_differs'],
  },
  {
    tells: 'the metadata has no slash, the configuration has',
    token: good,
    command: 'verify --issuer https://id.example.com/',
    first: 'issuer_trailing_slash',
    words: /--issuer https:\/\/id\.example\.com$/,
  },
  {
    tells: 'a v1 token of Entra where v2 is configured',
    token: access({ iss: ENTRA_V1, ver: '1.0' }),
    command: verifyAs(ENTRA_V2),
    ...FILE,
    first: 'issuer_version_pair',
    not: ['issuer_differs', 'issuer_trailing_slash'],
  },
  {
    tells: 'a v2 token of Entra where v1 is configured',
    token: access({ iss: ENTRA_V2, ver: '2.0' }),
    command: verifyAs(ENTRA_V1),
    ...FILE,
    first: 'issuer_version_pair',
    not: ['issuer_differs'],
  },
  {
    tells: 'another tenant of Entra',
    token: access({ iss: ENTRA_V2.replace('1111', '9999') }),
    command: verifyAs(ENTRA_V2),
    ...FILE,
    first: 'issuer_differs',
    not: ['issuer_version_pair'],
  },
  {
    tells: 'http in the token, https in the configuration',
    token: access({ iss: 'http://id.example.com' }),
    command: VERIFY,
    first: 'issuer_differs',
    words: /http and https only/,
  },
  {
    tells: 'a port in the token',
    token: access({ iss: 'https://id.example.com:8443' }),
    command: VERIFY,
    first: 'issuer_differs',
    words: /the port only/,
  },
  {
    tells: 'capital letters in the token',
    token: access({ iss: 'https://ID.example.com' }),
    command: VERIFY,
    first: 'issuer_differs',
    words: /upper and lower case/,
  },
  {
    tells: 'another realm of the same Keycloak',
    token: keycloak({ iss: 'https://sso.example.com/realms/staff' }),
    command: verifyAs(KEYCLOAK),
    ...FILE,
    first: 'issuer_differs',
    words: /realm staff and not shop/,
  },
  {
    tells: 'the path /auth of an old Keycloak',
    token: keycloak(),
    command: verifyAs('https://sso.example.com/auth/realms/shop'),
    ...FILE,
    first: 'issuer_differs',
    words: /\/auth in the path/,
  },
  {
    tells: 'a letter that only looks alike (Cyrillic e)',
    token: access({ iss: 'https://id.еxample.com' }),
    command: VERIFY,
    first: 'issuer_differs',
    words: /U\+0435/,
  },
  {
    tells: 'an issuer of somebody else',
    token: access({ iss: 'https://login.other.example.com/tenants/7' }),
    command: VERIFY,
    first: 'issuer_differs',
    not: ['signature_altered'],
  },
  {
    tells: 'the address of the metadata was given as the issuer',
    token: good,
    command: 'verify --issuer https://id.example.com/.well-known/openid-configuration',
    first: 'issuer_differs',
    words: /metadata document/,
  },
  {
    tells: 'a gate, and an ID token that nobody asked for',
    token: idToken(),
    command: `${VERIFY} --audience shop-web --strict`,
    first: 'strict_only',
    words: /--expect id_token/,
  },
  {
    tells: 'no iss at all',
    token: access({ iss: undefined }),
    command: VERIFY,
    first: 'issuer_differs',
    words: /no issuer at all/,
  },
  {
    tells: 'iss is a list',
    token: access({ iss: [ISSUER] }),
    command: VERIFY,
    first: 'malformed_member',
    not: ['issuer_differs'],
  },
  {
    tells: 'Google writes its issuer without a scheme',
    token: idToken({ iss: 'accounts.google.com' }),
    command: verifyAs('https://accounts.google.com'),
    ...FILE,
    first: 'issuer_differs',
    words: /with and without/,
  },
  {
    tells: 'the common metadata of Entra is a template',
    token: access({ iss: ENTRA_V2 }),
    command: 'verify --issuer https://login.microsoftonline.com/common/v2.0',
    server: { metadata: { issuer: 'https://login.microsoftonline.com/{tenantid}/v2.0' } },
    first: 'issuer_differs',
    words: /template/,
  },
  {
    tells: 'a slash keeps the token from picking its profile',
    token: access({ iss: `${ISSUER}/` }),
    command: 'verify',
    profiles: { shop: ISSUER },
    first: 'issuer_trailing_slash',
  },
  {
    tells: 'nobody named the issuer, and no profile is near',
    token: good,
    command: 'verify',
    profiles: { other: 'https://login.example.com' },
    open: [],
  },
  { tells: 'nobody named anything', token: good, command: 'introspect', open: [] },
]);
