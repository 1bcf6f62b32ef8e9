import { describe, expect, it } from 'vitest';
import { isJsonObject, type JsonObject, parseJson } from '../../src/core/json.ts';
import { type KindName, kindOf, normalizeTyp } from '../../src/core/kind.ts';

/** As a token's parts are read: without a prototype. */
function read(object: object): JsonObject {
  const { value } = parseJson(JSON.stringify(object));
  if (!isJsonObject(value)) throw new Error('expected an object');
  return value;
}
const kind = (header: object, claims: object = {}, takenFrom?: string) =>
  kindOf({
    format: 'jws',
    header: read(header),
    claims: read(claims),
    ...(takenFrom === undefined ? {} : { takenFrom }),
  });

describe('by the typ header', () => {
  it.each<[string, KindName]>([
    ['at+jwt', 'access_token'],
    ['application/at+jwt', 'access_token'],
    ['Application/AT+JWT', 'access_token'],
    ['application/okta-internal-at+jwt', 'access_token'],
    ['logout+jwt', 'logout_token'],
    ['secevent+jwt', 'security_event'],
    ['dpop+jwt', 'dpop_proof'],
    ['client-authentication+jwt', 'client_assertion'],
    ['token-introspection+jwt', 'introspection_response'],
    ['oauth-authz-req+jwt', 'request_object'],
    ['vc+sd-jwt', 'sd_jwt'],
    ['dc+sd-jwt', 'sd_jwt'],
    ['kb+jwt', 'sd_jwt'],
  ])('%s', (typ, expected) => {
    const found = kind({ alg: 'RS256', typ }, { nonce: 'n', token_use: 'id' });
    expect(found.kind).toBe(expected);
    expect(found.evidence[0]).toContain(`header typ is ${typ}`);
  });

  it.each(['JWT', 'constructor', '__proto__', 'toString', 'hasOwnProperty', 'entity-statement+jwt'])(
    '%s tells nothing',
    (typ) => {
      expect(kind({ alg: 'RS256', typ })).toEqual({ kind: 'unknown', evidence: [] });
    },
  );

  it('compares as RFC 7515 has it', () => {
    expect(normalizeTyp('Application/JWT')).toBe('jwt');
    expect(normalizeTyp('text/plain')).toBe('text/plain');
  });
});

describe('by claims', () => {
  const event = (name: string) => ({ events: { [name]: {} } });
  it.each<[string, object, KindName]>([
    ['Keycloak access token', { typ: 'Bearer', azp: 'app' }, 'access_token'],
    ['Keycloak ID token', { typ: 'ID' }, 'id_token'],
    ['Keycloak refresh token', { typ: 'Refresh', nonce: 'n' }, 'refresh_token'],
    ['Keycloak offline token', { typ: 'Offline' }, 'refresh_token'],
    ['Keycloak logout token', { typ: 'Logout' }, 'logout_token'],
    ['Cognito access token', { token_use: 'access', client_id: 'c' }, 'access_token'],
    ['Cognito ID token', { token_use: 'id' }, 'id_token'],
    ['Hydra access token', { token_use: 'access_token' }, 'access_token'],
    ['Hydra refresh token', { token_use: 'refresh_token' }, 'refresh_token'],
    ['logout token', event('http://schemas.openid.net/event/backchannel-logout'), 'logout_token'],
    ['security event', event('https://schemas.openid.net/secevent/caep/event-type/session-revoked'), 'security_event'],
    ['introspection response', { token_introspection: { active: true } }, 'introspection_response'],
    ['DPoP proof', { htm: 'GET', htu: 'https://a.example.com' }, 'dpop_proof'],
    ['SD-JWT', { _sd: ['x'] }, 'sd_jwt'],
    ['service account', { 'kubernetes.io': {} }, 'access_token'],
    ['request object', { response_type: 'code', client_id: 'c' }, 'request_object'],
    ['JARM', { code: 'x', iss: 'https://id.example.com' }, 'jarm_response'],
    ['ID token by nonce', { nonce: 'n', aud: 'app' }, 'id_token'],
    ['ID token by at_hash', { at_hash: 'x' }, 'id_token'],
    ['ID token by c_hash', { c_hash: 'x', scope: 'openid' }, 'id_token'],
    ['client assertion', { iss: 'app', sub: 'app', aud: 'https://id.example.com/token' }, 'client_assertion'],
    ['client token of one client', { iss: 'app', sub: 'app', aud: 'a', scope: 'read' }, 'access_token'],
    ['by scope', { scope: 'read' }, 'access_token'],
    ['by scp', { scp: ['read'] }, 'access_token'],
    ['by roles', { realm_access: {} }, 'access_token'],
  ])('%s', (_, claims, expected) => {
    const found = kind({ alg: 'RS256' }, claims);
    expect(found.kind).toBe(expected);
    expect(found.evidence).toHaveLength(1);
    expect(found.evidence[0]).not.toBe('');
  });

  it.each([
    ['nothing', {}],
    ['a subject alone', { sub: 'a' }],
    ['a typ of no meaning', { typ: 'constructor' }],
    ['a token_use of no meaning', { token_use: 'toString' }],
    ['claims of other types', { typ: 1, token_use: null, events: 'x', iss: [], sub: [] }],
  ])('%s tells nothing', (_, claims) => {
    expect(kind({ alg: 'RS256' }, claims)).toEqual({ kind: 'unknown', evidence: [] });
  });
});

describe('by where it stood', () => {
  it.each<[string, KindName]>([
    ['access_token', 'access_token'],
    ['ACCESS_TOKEN', 'access_token'],
    ['id_token', 'id_token'],
    ['refresh_token', 'refresh_token'],
    ['client_assertion', 'client_assertion'],
    ['token', 'unknown'],
    ['constructor', 'unknown'],
  ])('%s', (takenFrom, expected) => {
    expect(kindOf({ format: 'opaque', takenFrom }).kind).toBe(expected);
  });

  it('names who writes access tokens so, where the claims tell', () => {
    const evidence = (claims: object) => kind({ alg: 'RS256' }, { scope: 'a', ...claims }).evidence[0];
    for (const mark of ['oid', 'azpacr', 'appidacr'])
      expect(evidence({ tid: 't', [mark]: 'x' })).toMatch(/\(Microsoft Entra ID\)$/);
    expect(evidence({ tid: 't' })).toBe('claim scope');
  });

  it('counts less than what the token says', () => {
    expect(kind({ alg: 'RS256' }, { typ: 'Refresh' }, 'access_token').kind).toBe('refresh_token');
  });

  it('knows an SD-JWT by its disclosures', () => {
    expect(kindOf({ format: 'sd-jwt' })).toEqual({ kind: 'sd_jwt', evidence: ['disclosures after ~ (RFC 9901)'] });
  });
});
