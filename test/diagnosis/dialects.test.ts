// The dialects of providers: which kind of token it is, and by what that was told.

import { describe, expect, test } from 'vitest';
import { type JsonObject, parseJson } from '../../src/core/json.ts';
import { type KindName, kindOf } from '../../src/core/kind.ts';

const kind = (claims: object, header: object = { alg: 'RS256', typ: 'JWT' }) =>
  kindOf({
    format: 'jws',
    header: parseJson(JSON.stringify(header)).value as JsonObject,
    claims: parseJson(JSON.stringify(claims)).value as JsonObject,
  });

const GUID = '11111111-2222-4333-8444-555555555555';

describe('a token of', () => {
  test.each<[string, object, KindName, RegExp]>([
    ['Keycloak', { typ: 'Bearer', azp: 'a', realm_access: {} }, 'access_token', /Keycloak/],
    ['Keycloak, its ID token', { typ: 'ID', azp: 'a' }, 'id_token', /Keycloak/],
    ['Okta', { ver: 1, cid: '0oa', uid: '00u', scp: ['openid'] }, 'access_token', /Okta/],
    [
      'Auth0, machine to machine',
      { iss: 'https://x.auth0.com/', azp: 'a', gty: 'client-credentials', scope: 'r' },
      'access_token',
      /Auth0/,
    ],
    ['Auth0 with RBAC', { azp: 'a', permissions: ['r'], scope: 'openid' }, 'access_token', /Auth0/],
    [
      'Entra v1',
      { ver: '1.0', appid: GUID, appidacr: '1', tid: GUID, oid: GUID, scp: 'User.Read' },
      'access_token',
      /Entra/,
    ],
    [
      'Entra v2, of an application',
      { ver: '2.0', azp: GUID, azpacr: '1', tid: GUID, roles: ['x'] },
      'access_token',
      /Entra/,
    ],
    ['Entra, its ID token', { ver: '2.0', tid: GUID, oid: GUID, aud: GUID, nonce: 'n' }, 'id_token', /nonce/],
    ['Cognito', { token_use: 'access', client_id: 'c', origin_jti: 'o' }, 'access_token', /Cognito/],
    ['Cognito, its ID token', { token_use: 'id', aud: 'c', origin_jti: 'o' }, 'id_token', /Cognito/],
    ['Google', { iss: 'https://accounts.google.com', aud: 'c', azp: 'c', hd: 'example.com' }, 'id_token', /Google/],
    ['Google, without a scheme', { iss: 'accounts.google.com', aud: 'c' }, 'id_token', /Google/],
    ['Firebase', { iss: 'https://securetoken.google.com/shop', firebase: {}, sub: 'a' }, 'id_token', /Firebase/],
    ['Apple', { iss: 'https://appleid.apple.com', aud: 'c', email_verified: 'true' }, 'id_token', /Apple/],
    ['Kubernetes', { 'kubernetes.io': { namespace: 'a' }, aud: ['x'] }, 'access_token', /service account/],
    [
      'Kubernetes, old form',
      { iss: 'kubernetes/serviceaccount', 'kubernetes.io/serviceaccount/namespace': 'a' },
      'access_token',
      /old form/,
    ],
    [
      'GitHub Actions',
      { repository: 'o/r', job_workflow_ref: 'o/r/.github/workflows/x@y', ref: 'r' },
      'access_token',
      /GitHub Actions/,
    ],
    [
      'GitLab CI',
      { project_path: 'g/p', pipeline_id: '1', job_id: '2', sub: 'project_path:g/p' },
      'access_token',
      /GitLab CI/,
    ],
    ['nobody in particular', { scope: 'read', client_id: 'c' }, 'access_token', /^claim scope, client_id$/],
  ])('%s', (_who, claims, expected, evidence) => {
    const found = kind(claims);
    expect(found.kind).toBe(expected);
    expect(found.evidence.join('; ')).toMatch(evidence);
  });

  test.each([
    ['an issuer that only looks like Google', { iss: 'https://accounts.google.com.evil.example', aud: 'c' }],
    ['an issuer of another type', { iss: ['https://accounts.google.com'] }],
    ['half of what GitHub writes', { repository: 'o/r' }],
    ['a very long issuer', { iss: 'https://accounts.google.com'.repeat(10_000) }],
  ])('%s: not told', (_who, claims) => {
    expect(kind(claims)).toEqual({ kind: 'unknown', evidence: [] });
  });
});
