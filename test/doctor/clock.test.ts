// The clock: `Date` of the server against ours, within what one exchange can tell.

import { expect, test } from 'vitest';
import { examined } from './examined.ts';

const anonymous = { anonymous: true } as const;

test.each([
  [0, 'ok', /agree$/m],
  [3, 'ok', /agree/],
  [-4, 'ok', /agree/],
  [30, 'warning', /\d+ s ahead of/],
  [-30, 'warning', /\d+ s behind/],
  [7200, 'error', /(?:2 h|1 h 59 min) ahead of/],
  [-86_400, 'error', /(?:1 d|23 h) behind/],
] as const)('a server that is %d s off is %s', async (dateOffset, expected, words) => {
  const { severity, words: of } = await examined({ ...anonymous, dateOffset });
  expect(severity('clock.skew')).toBe(expected);
  expect(of('clock.skew')).toMatch(words);
});

test('an answer out of a cache is as old as its `Age` says', async () => {
  const headers = { age: '600', 'cache-control': 'max-age=3600', date: new Date(Date.now() - 600_000).toUTCString() };
  const { severity } = await examined({
    ...anonymous,
    metadata: () => ({ jwks_uri: undefined, introspection_endpoint: undefined }),
    replies: {
      'GET /.well-known/openid-configuration': (_, { origin }) => ({ headers, json: { issuer: origin } }),
      'GET /.well-known/oauth-authorization-server': (_, { origin }) => ({ headers, json: { issuer: origin } }),
    },
  });
  expect(severity('clock.skew')).toBe('ok');
});

test('our own clock is the one that was given', async () => {
  const { severity } = await examined({ ...anonymous, options: { clock: () => Date.now() / 1000 - 3600 } });
  expect(severity('clock.skew')).toBe('error');
});

test.each(['', 'yesterday', '2026-11-21T00:00:00Z'])('without a `Date` it is not known (%j)', async (date) => {
  const { severity } = await examined({
    ...anonymous,
    metadata: () => ({ jwks_uri: undefined, introspection_endpoint: undefined }),
    replies: {
      'GET /.well-known/openid-configuration': (_, { origin }) => ({ headers: { date }, json: { issuer: origin } }),
      'GET /.well-known/oauth-authorization-server': (_, { origin }) => ({
        headers: { date },
        json: { issuer: origin },
      }),
    },
  });
  expect(severity('clock.skew')).toBe('info');
});
