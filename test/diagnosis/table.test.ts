// A failed token as people read it: the verdict and the reason in one line, what it stands on, and one thing to do next.

import { describe, expect, test } from 'vitest';
import { CAUSE_CODES } from '../../src/core/causes.ts';
import { IN_MEMORY } from './corpus/index.ts';
import type { Situation } from './situation.ts';
import { access, HOUR, idToken, NOW } from './tokens.ts';
import { playTable } from './world.ts';

const VERIFY = 'verify --issuer https://id.example.com';

/** Everything above the token itself. */
const upper = async (situation: Pick<Situation, 'token' | 'command'> & Partial<Situation>): Promise<string> =>
  (await playTable({ tells: '', ...situation })).split('\n\n  token ')[0] ?? '';

describe('says it as a colleague would', () => {
  test('expired', async () => {
    expect(await upper({ token: access({ exp: NOW - 2 * HOUR, iat: NOW - 3 * HOUR }), command: VERIFY })).toBe(
      `✗ inactive - expired 2 h ago, verified locally

  why       expired: the token expired 2 h ago
            exp is 2026-11-20 22:00:00Z
            judged as of 2026-11-21 00:00:00Z
            it was made for 1 h
  next      get a new one from the authorization server: tokctl token, or let the client refresh it`,
    );
  });

  test('an issuer that looks the same', async () => {
    expect(await upper({ token: access({ iss: 'https://id.example.com/' }), command: VERIFY })).toBe(
      `✗ inactive - of an issuer that differs by a slash, verified locally

  why       issuer_trailing_slash: the issuers differ by the slash at the end only: the token has it
            named:  https://id.example.com
            token:  https://id.example.com/
                                          ^ character 23: the end named, \`/\` in the token
            the signature verifies with the keys that were used
  next      use the spelling of the token: --issuer https://id.example.com/`,
    );
  });

  test('two things that are certain: and, not or', async () => {
    expect(await upper({ token: idToken(), command: `${VERIFY} --audience https://api.example.com` })).toBe(
      `✗ inactive - an ID token, which is the wrong kind, verified locally

  why       wrong_token_kind: it is an ID token, which is not for an API
            claim at_hash (OpenID Connect Core §2)
            an ID token proves a sign-in to the client; it does not authorize API access
            an access token authorizes access to an API
  and       audience_differs: the token is meant for somebody else
            named: https://api.example.com
            aud: shop-web
  next      send the access token instead, which came in the same response`,
    );
  });

  test('a refused caller: what is likely comes before the general advice, and each fact once', async () => {
    const command = 'introspect --issuer https://id.example.com --client-id shop --client-secret env:CLIENT_SECRET';
    const server = { answer: { status: 401, json: { error: 'invalid_client' } } };
    expect(
      await upper({ token: 'q3Xv7Zk1pL0sWm2Nt9Rb4Yc6Hd8Jf5Ga', command, server, env: { CLIENT_SECRET: 'a+b' } }),
    ).toBe(
      `? unknown - the server refused the caller

  why       expected an answer from the introspection endpoint, got the error "invalid_client" with status 401 (ERR_CLIENT_AUTHENTICATION)
            status: 401 application/json
  maybe     client_secret_encoding: the secret has characters that are form-encoded for Basic, and servers disagree about that (RFC 6749 §2.3.1) (likely)
            status 401, error invalid_client
            asked with client_secret_basic as client shop
            --basic-encoding form
  maybe     client_credentials_wrong: client id or secret are wrong, or belong to another environment (possible)
  maybe     client_auth_method: the client may be registered for another method of authentication (possible)
  next      --basic-encoding raw, or send them in the body: --client-auth client_secret_post
            check --client-id and --client-secret; --client-auth names another way to send them`,
    );
  });
});

const OF_EACH = CAUSE_CODES.flatMap((code) => IN_MEMORY.filter(({ first }) => first === code).slice(0, 2));

describe('the first line has words for', () => {
  test.each(OF_EACH.map((one) => [one.first, one.tells, one] as const))('%s: %s', async (code, _tells, situation) => {
    const [first = ''] = (await upper(situation)).split('\n');
    expect(first).toMatch(/^[✗?] (?:inactive|unknown) - ./);
    expect(first).not.toMatch(new RegExp(`- ${String(code).replaceAll('_', ' ')}(?:,|$)`));
    expect(first).not.toMatch(/_|undefined| {2}|- ,|,$/);
  });
});
