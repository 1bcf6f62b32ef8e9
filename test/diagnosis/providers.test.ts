// Vendors by issuer: the table is read entry by entry, and a damaged one gives less advice and nothing worse.

import { describe, expect, test } from 'vitest';
import { CAUSE_CODES } from '../../src/core/causes.ts';
import table from '../../src/diagnosis/providers.data.json' with { type: 'json' };
import { providerOf, readProviders, TRAITS } from '../../src/diagnosis/providers.ts';

describe('an issuer', () => {
  test.each([
    ['https://sso.example.com/realms/shop', 'keycloak'],
    ['https://sso.example.com/auth/realms/shop', 'keycloak'],
    ['https://dev-1234.okta.com', 'okta-org'],
    ['https://dev-1234.okta.com/oauth2/default', 'okta-custom'],
    ['https://login.example.com/oauth2/aus1a2b3c4d5e6f7g8h9', 'okta-custom'],
    ['https://shop.eu.auth0.com/', 'auth0'],
    ['accounts.google.com', 'google'],
    ['https://token.actions.githubusercontent.com', 'github'],
    ['https://gitlab.com', 'gitlab'],
    ['https://sts.windows.net/11111111-2222-4333-8444-555555555555/', 'entra'],
    ['https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12Cd34E', 'cognito'],
    ['kubernetes/serviceaccount', 'kubernetes'],
    ['https://auth.example.com/application/o/shop/', 'authentik'],
  ])('%s is of %s', (issuer, id) => {
    expect(providerOf(issuer, undefined)).toMatchObject({ id, by: 'issuer' });
  });

  test.each([
    'https://id.example.com',
    'https://shop.eu.auth0.com',
    'https://dev-1234.okta.com.evil.example',
    'https://evil.example/https://dev-1234.okta.com',
    'x'.repeat(100_000),
    '',
  ])('%s is of nobody known', (issuer) => {
    expect(providerOf(issuer, undefined)).toBeUndefined();
  });

  test('an endpoint tells where the issuer does not', () => {
    expect(providerOf(undefined, 'https://p.example.com/as/introspect.oauth2')).toMatchObject({
      id: 'pingfederate',
      by: 'endpoint',
    });
    expect(providerOf('https://id.example.com', 'https://a.example.com/api/oidc/introspection')?.id).toBe('authelia');
    expect(providerOf('https://dev-1.okta.com', 'https://a.example.com/api/oidc/introspection')?.id).toBe('okta-org');
  });
});

describe('the table', () => {
  test('loses nothing when it is read', () => {
    const read = readProviders(table);
    expect(read.map(({ id }) => id)).toEqual(table.map(({ id }) => id));
    for (const [index, entry] of read.entries()) {
      const row: { issuers?: string[]; endpoints?: string[]; advice?: object; traits?: string[] } = table[index] ?? {};
      expect(entry.issuers.length, entry.id).toBe(row.issuers?.length ?? 0);
      expect(entry.endpoints.length, entry.id).toBe(row.endpoints?.length ?? 0);
      expect(Object.keys(entry.advice).sort(), entry.id).toEqual(Object.keys(row.advice ?? {}).sort());
      expect([...entry.traits].sort(), entry.id).toEqual([...(row.traits ?? [])].sort());
      expect(entry.issuers.length + entry.endpoints.length, entry.id).toBeGreaterThan(0);
    }
  });

  test('has every trait, and its advice in the voice of the house', () => {
    const read = readProviders(table);
    expect(TRAITS.filter((trait) => !read.some(({ traits }) => traits.has(trait)))).toEqual([]);
    for (const { advice } of read)
      for (const [code, text] of Object.entries(advice)) {
        expect(CAUSE_CODES).toContain(code);
        expect(text).not.toMatch(/\.$|\n|\bsimply\b|\bplease\b/);
        expect(text.length).toBeLessThanOrEqual(220);
      }
  });

  test.each<[string, unknown, number]>([
    ['nothing', undefined, 0],
    ['an object', { id: 'x' }, 0],
    ['texts', ['x', 1, null], 0],
    ['an entry without a name', [{ id: 'x' }], 0],
    [
      'an entry that breaks every type',
      [{ id: 'x', name: 'X', issuers: 7, endpoints: [1, '('], traits: {}, advice: [], introspection: 5 }],
      1,
    ],
    [
      'unknown codes and traits',
      [
        {
          id: 'x',
          name: 'X',
          issuers: ['^x$'],
          traits: ['nonsense'],
          advice: { nonsense: 'y', expired: 3, constructor: 'z' },
        },
      ],
      1,
    ],
  ])('damaged: %s', (_what, damaged, count) => {
    const read = readProviders(damaged);
    expect(read).toHaveLength(count);
    for (const { advice, traits, introspection } of read) {
      expect(Object.keys(advice)).toEqual([]);
      expect(traits.size).toBe(0);
      expect(introspection).toBe('standard');
    }
  });
});
