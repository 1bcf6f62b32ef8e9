// `--mode both`: what differs between token and server, what does not, and what each difference means.

import { describe, expect, test } from 'vitest';
import { type JsonObject, parseJson } from '../../src/core/json.ts';
import type { Check, CheckName, Verdict } from '../../src/core/report.ts';
import { compare } from '../../src/judging/comparison.ts';
import { access, KEYS } from './tokens.ts';
import { play } from './world.ts';

const object = (text: object): JsonObject => parseJson(JSON.stringify(text)).value as JsonObject;
const failed = (name: CheckName): Check => ({ name, outcome: 'failed', because: 'x' });

function differences(local: object, remote: object) {
  return compare({ local: 'active', localClaims: object(local), remote: true, remoteClaims: object(remote) });
}
const subjects = (local: object, remote: object): string[] => differences(local, remote).map(({ subject }) => subject);

describe('no difference', () => {
  test.each([
    ['scopes in another order', { scope: 'a b' }, { scope: 'b a' }],
    ['scopes as text and as list', { scope: 'a b' }, { scope: ['b', 'a'] }],
    ['scp here and scope there', { scp: ['a', 'b'] }, { scope: 'a b' }],
    ['audiences in another order', { aud: ['x', 'y'] }, { aud: ['y', 'x'] }],
    ['an audience as text and as a list of one', { aud: 'x' }, { aud: ['x'] }],
    ['an audience that is named twice', { aud: ['x', 'x'] }, { aud: 'x' }],
    [
      'roles in another order within an object',
      { realm_access: { roles: ['a', 'b'] } },
      { realm_access: { roles: ['b', 'a'] } },
    ],
    ['members in another order', { act: { sub: 'a', iss: 'b' } }, { act: { iss: 'b', sub: 'a' } }],
    ['what only the server tells of the user', { sub: 'a' }, { sub: 'a', username: 'ada', token_type: 'Bearer' }],
    ['what only the token tells', { sub: 'a', sid: 's' }, { sub: 'a' }],
    ['the kind that Keycloak writes', { sub: 'a', typ: 'Bearer' }, { sub: 'a', typ: 'bearer' }],
  ])('%s', (_says, local, remote) => {
    expect(differences(local, remote)).toEqual([]);
  });

  test('a number with another spelling', () => {
    const local = parseJson('{"exp":1795222800}').value as JsonObject;
    const remote = parseJson('{"exp":1795222800.0}').value as JsonObject;
    expect(compare({ local: 'active', localClaims: local, remote: true, remoteClaims: remote })).toEqual([]);
  });
});

describe('a difference', () => {
  test.each([
    ['text and number', { tenant: '7' }, { tenant: 7 }, 'tenant'],
    ['a list and what it is not', { groups: ['a', 'b'] }, { groups: ['a'] }, 'groups'],
    ['a list of two and the text of both', { groups: ['a', 'b'] }, { groups: 'a b' }, 'groups'],
    ['null and nothing in it', { org: null }, { org: '' }, 'org'],
    ['numbers beyond 2^53', { id: 1 }, { id: 2 }, 'id'],
  ])('%s', (_says, local, remote, subject) => {
    expect(subjects(local, remote)).toEqual([subject]);
  });

  test('big numbers are compared by their digits', () => {
    const local = parseJson('{"id":9007199254740993}').value as JsonObject;
    const remote = parseJson('{"id":9007199254740992}').value as JsonObject;
    expect(compare({ local: 'active', localClaims: local, remote: true, remoteClaims: remote })).toHaveLength(1);
  });

  test.each([
    [{ iss: 'https://a' }, { iss: 'https://b' }, /another environment, or another host name/],
    [{ aud: ['x', 'y'] }, { aud: 'x' }, /audience rule: the server names only a part/],
    [{ aud: 'x' }, { aud: ['x', 'y'] }, /audience rule: the server adds audiences/],
    [{ aud: 'x' }, { aud: 'y' }, /audience rule: the server names others/],
    [{ exp: 5000 }, { exp: 1400 }, /ends 1 h earlier: with its session/],
    [{ exp: 1400 }, { exp: 5000 }, /1 h later: a session that goes on/],
    [{ scope: 'a b' }, { scope: 'a' }, /leaves out b/],
    [{ scope: 'a' }, { scope: 'a b' }, /adds b/],
    [{ scope: 'a' }, { scope: 'b' }, /the grant was changed/],
    [{ jti: 'a' }, { jti: 'b' }, /about another token/],
    [{ client_id: 'a' }, { client_id: 'b' }, /some write the one that asks/],
    [{ tenant: 'a' }, { tenant: 'b' }, /the token says one tenant, the server another/],
  ])('%j and %j', (local, remote, meaning) => {
    const [first, ...more] = differences(local, remote);
    expect(more).toEqual([]);
    expect(first?.meaning).toMatch(meaning);
  });

  test('claims that only the server tells make the token a lightweight one', () => {
    const found = differences({ jti: 'a' }, { jti: 'a', sub: 's', aud: ['x'], scp: ['r'] });
    expect(found.map(({ subject }) => subject)).toEqual(['sub', 'aud', 'scope']);
    expect(found.every(({ meaning, local }) => meaning.includes('lightweight') && local === undefined)).toBe(true);
    expect(found[2]?.remote).toEqual(['r']);
  });
});

describe('two verdicts', () => {
  const verdicts = (local: Verdict, remote: boolean, localChecks: Check[] = []) =>
    compare({ local, localChecks, localClaims: undefined, remote, remoteClaims: undefined });

  test('that agree, and a local one that nobody had, are no difference', () => {
    expect(verdicts('active', true)).toEqual([]);
    expect(verdicts('inactive', false)).toEqual([]);
    expect(verdicts('unknown', true)).toEqual([]);
    expect(verdicts('unknown', false)).toEqual([]);
  });

  test('sound here, inactive there: revoked or refused', () => {
    expect(verdicts('active', false)).toEqual([
      {
        subject: 'verdict',
        local: 'active',
        remote: 'inactive',
        meaning: expect.stringMatching(/revoked.*refused to this caller/),
      },
    ]);
  });

  test.each<[CheckName, RegExp]>([
    ['signature', /the keys here are the wrong ones/],
    ['key', /another environment, or keys that changed/],
    ['issuer', /another issuer than the one named here/],
    ['audience', /another audience rule/],
    ['expiry', /forgives some seconds/],
    ['algorithm', /does not mind an algorithm/],
    ['nonce', /more was asked of it here/],
  ])('active there, and here %s failed', (name, meaning) => {
    expect(verdicts('inactive', true, [failed(name)])[0]?.meaning).toMatch(meaning);
  });
});

describe('the command', () => {
  const ASK =
    'introspect --issuer https://id.example.com --client-id shop-web --client-secret env:CLIENT_SECRET --mode both';

  test('lists verdict and claims side by side', async () => {
    const { report } = await play({
      tells: '',
      token: access({}, { key: KEYS.stranger, header: { kid: KEYS.main.kid } }),
      command: ASK,
      server: { answer: { json: { active: true, sub: 'user-002', scope: 'profile orders:read' } } },
    });
    expect(report.verdict).toBe('inactive');
    expect(report.differences?.map(({ subject, local, remote }) => [subject, local, remote])).toEqual([
      ['verdict', 'inactive', 'active'],
      ['sub', 'user-001', 'user-002'],
    ]);
  });

  test('says nothing of a local verdict that it does not have', async () => {
    const { report } = await play({
      tells: '',
      token: access({}, { secret: 'x'.repeat(40) }),
      command: ASK,
      server: { answer: { json: { active: false } } },
    });
    expect(report.differences).toEqual([]);
  });
});
