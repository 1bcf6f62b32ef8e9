// A brief report is the whole one with less in it, and only where there is nothing to explain.

import { describe, expect, test } from 'vitest';
import { type Report, verify } from '../../src/index.ts';
import { accessClaims, jwks, jws, key, NOW } from './keys.ts';

const ISSUER = 'https://id.example.com';
const OPTIONS = { issuer: ISSUER, jwks: jwks(key()), now: NOW };
const SOUND = jws(accessClaims(ISSUER));

const both = (token: string, options: object = {}): Promise<[whole: Report, brief: Report]> =>
  Promise.all([verify(token, { ...OPTIONS, ...options }), verify(token, { ...OPTIONS, ...options, brief: true })]);

describe('a brief report', () => {
  test.each([
    ['a sound token', {}],
    ['a sound token, by a chosen time and a tolerance', { nowIsChosen: true, expectations: { clockTolerance: 60 } }],
  ])("of %s has its verdict, hash and times, and nothing that is another's", async (_, options) => {
    const [whole, brief] = await both(SOUND, options);
    const { schema, verdict, active, exit_code, token, times, weakened } = whole;
    expect(verdict).toBe('active');
    expect(brief).toEqual({
      ...{ schema, verdict, active, exit_code, times, weakened, checks: [], causes: [] },
      token: { format: token?.format, kind: token?.kind, sha256: token?.sha256, evidence: [] },
    });
    expect(JSON.stringify(brief)).not.toContain('id.example.com');
  });

  test.each([
    ['an expired token', jws(accessClaims(ISSUER, { exp: NOW - 60 })), {}],
    ['a token of another issuer', jws(accessClaims('https://other.example.com')), {}],
    ['a forged token', `${SOUND.slice(0, -4)}AAAA`, {}],
    ['a warning under --strict', jws(accessClaims(ISSUER, { iat: NOW + 600 })), { expectations: { strict: true } }],
    ['a damaged token', SOUND.slice(0, -100), {}],
    ['no token', 'opaque', {}],
    ['a line with an id', SOUND, { id: 'line 1' }],
  ])('of %s is whole', async (_, token, options) => {
    const [whole, brief] = await both(token, options);
    expect(brief).toEqual(whole);
    expect(whole.checks.length + (whole.error === undefined ? 0 : 1)).toBeGreaterThan(0);
  });
});
