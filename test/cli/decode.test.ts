// `tokctl decode`: what is this? No verdict, no network. The fake host fails on every request.

import { describe, expect, test } from 'vitest';
import { compactJwe, compactJws } from '../core/compact.ts';
import { accessClaims, HOUR, NOW } from '../library/keys.ts';
import { jsonOf, tokctl } from './transcript.ts';

const ISSUER = 'https://id.example.com';
const ACCESS = compactJws(accessClaims(ISSUER));

test('an access token, from a pipe', async () => {
  const { text } = await tokctl(['decode'], { stdin: `${ACCESS}\n` });
  expect(text).toMatchInlineSnapshot(`
    "
    exit 0
    stdout:
    JWT access token, decoded only

      token     JWT access token, RS256, kid k1, sha256 …
                header typ is at+jwt (RFC 9068 §2.1)
      issuer    https://id.example.com (says the token)
      expires   2027-01-15 09:00:00Z   in 1 h   iat ├●───────────────┤ exp

      ┌───────────┬─────────────────────────────────┬───────────────────────────────────┐
      │ claim     │ value                           │ meaning                           │
      ├───────────┼─────────────────────────────────┼───────────────────────────────────┤
      │ iss       │ https://id.example.com          │ issuer, who made the token        │
      │ sub       │ user-001                        │ subject, unique within the issuer │
      │ aud       │ https://api.example.com         │ audience, for whom the token is   │
      │ client_id │ my-app                          │ client the token was issued to    │
      │ scope     │ orders:read orders:write        │ granted scopes                    │
      │ iat       │ 2027-01-15 07:59:00Z  1 min ago │ issued at                         │
      │ exp       │ 2027-01-15 09:00:00Z  in 1 h    │ expiry, invalid from then on      │
      │ jti       │ id-1                            │ id of this token                  │
      └───────────┴─────────────────────────────────┴───────────────────────────────────┘

      ✓ format        a JWS in compact serialization
    "
  `);
});

test('an ID token on a terminal', async () => {
  const claims = { iss: ISSUER, sub: 'user-001', aud: 'my-app', nonce: 'n-1', iat: NOW, exp: NOW + HOUR };
  const token = compactJws(claims, { header: { alg: 'RS256', typ: 'JWT', kid: 'k1' } });
  const { text } = await tokctl(['decode', token], { tty: true, env: { NO_COLOR: '1' } });
  expect(text).toMatchInlineSnapshot(`
    "
    exit 0
    stdout:
    JWT ID token, decoded only

      token     JWT ID token, RS256, kid k1, sha256 …
                claim nonce (OpenID Connect Core §2)
      issuer    https://id.example.com (says the token)
      expires   2027-01-15 09:00:00Z   in 1 h   iat ├●───────────────┤ exp

      ┌───────┬──────────────────────────────┬─────────────────────────────────────┐
      │ claim │ value                        │ meaning                             │
      ├───────┼──────────────────────────────┼─────────────────────────────────────┤
      │ iss   │ https://id.example.com       │ issuer, who made the token          │
      │ sub   │ user-001                     │ subject, unique within the issuer   │
      │ aud   │ my-app                       │ audience, for whom the token is     │
      │ nonce │ n-1                          │ value of the authorization request, │
      │       │                              │ again                               │
      │ iat   │ 2027-01-15 08:00:00Z  now    │ issued at                           │
      │ exp   │ 2027-01-15 09:00:00Z  in 1 h │ expiry, invalid from then on        │
      └───────┴──────────────────────────────┴─────────────────────────────────────┘

      ✓ format        a JWS in compact serialization
    "
  `);
});

test('as JSON', async () => {
  const { text } = await tokctl(['decode', '-', '--json'], { stdin: ACCESS });
  expect(text).toMatchInlineSnapshot(`
    "
    exit 0
    stdout:
    {
      "schema": "tokctl.report/1",
      "exit_code": 0,
      "token": {
        "format": "jws",
        "kind": "access_token",
        "evidence": [
          "header typ is at+jwt (RFC 9068 §2.1)"
        ],
        "sha256": "…",
        "header": {
          "alg": "RS256",
          "typ": "at+jwt",
          "kid": "k1"
        }
      },
      "claims": {
        "iss": "https://id.example.com",
        "sub": "user-001",
        "aud": "https://api.example.com",
        "client_id": "my-app",
        "scope": "orders:read orders:write",
        "iat": 1799999940,
        "exp": 1800003600,
        "jti": "id-1"
      },
      "times": {
        "issued_at": "2027-01-15T07:59:00Z",
        "expires_at": "2027-01-15T09:00:00Z",
        "ttl_seconds": 3600,
        "evaluated_at": "2027-01-15T08:00:00Z"
      },
      "checks": [
        {
          "name": "format",
          "outcome": "passed",
          "because": "a JWS in compact serialization",
          "spec": "RFC 7515 §3.1"
        }
      ]
    }
    "
  `);
});

test('the alias inspect says the same', async () => {
  const [decoded, inspected] = [await tokctl(['decode', ACCESS]), await tokctl(['inspect', ACCESS])];
  expect(inspected.text).toBe(decoded.text);
});

describe('other texts', () => {
  test('an opaque token', async () => {
    expect((await tokctl(['decode', '2YotnFZFEjr1zCsicMWpAA'])).text).toMatchInlineSnapshot(`
      "
      exit 0
      stdout:
      opaque token, decoded only

        token     opaque token, sha256 …

        ✓ format        an opaque token: only its issuer can read it
      "
    `);
  });

  test('a JWE', async () => {
    expect((await tokctl(['decode', compactJwe()])).text).toMatchInlineSnapshot(`
      "
      exit 0
      stdout:
      JWE, decoded only

        token     JWE, RSA-OAEP-256, sha256 …

        header    {"alg":"RSA-OAEP-256","enc":"A256GCM"}

        ✓ format        a JWE in compact serialization: only its audience can open it
      "
    `);
  });

  test('a token of a vendor', async () => {
    const token = `ghp_${'A1b2C3d4E5'.repeat(3)}123456`;
    expect((await tokctl(['decode', token])).text).toMatchInlineSnapshot(`
      "
      exit 0
      stdout:
      opaque access token of GitHub, decoded only

        token     opaque access token of GitHub, sha256 …
                  it has the form of: GitHub personal access token (classic)

        ! format        its checksum is wrong: GitHub made no such token, a character was changed or lost
        ✓ format        an opaque token: only its issuer can read it
      "
    `);
  });

  test('a token that is not signed warns', async () => {
    const { exit, stdout } = await tokctl(['decode', compactJws({ sub: 'a' }, { header: { alg: 'None' } })]);
    expect(exit).toBe(0);
    expect(stdout).toContain('! algorithm     `none` means not signed: anybody can make such a token');
  });
});

describe('a damaged token is a result, exit 1', () => {
  test('cut', async () => {
    expect((await tokctl(['decode', ACCESS.slice(0, 150)])).text).toMatchInlineSnapshot(`
      "
      exit 1
      stdout:
      JWT access token, decoded only

        token     JWT access token, RS256, kid k1, sha256 …
                  header typ is at+jwt (RFC 9068 §2.1)

        header    {"alg":"RS256","typ":"at+jwt","kid":"k1"}

        ✗ format        cut off: the token ends inside its payload   RFC 7515 §3.1
                        expected  3
                        got       2
      "
    `);
  });

  test('with a NUL in it', async () => {
    const token = `${ACCESS.slice(0, 20)}\0${ACCESS.slice(20)}`;
    expect((await tokctl(['decode', '-'], { stdin: token })).text).toMatchInlineSnapshot(`
      "
      exit 1
      stdout:
      JWT access token, decoded only

        token     JWT access token, RS256, kid k1, sha256 …
                  header typ is at+jwt (RFC 9068 §2.1)
        issuer    https://id.example.com (says the token)
        expires   2027-01-15 09:00:00Z   in 1 h   iat ├●───────────────┤ exp

        ┌───────────┬─────────────────────────────────┬───────────────────────────────────┐
        │ claim     │ value                           │ meaning                           │
        ├───────────┼─────────────────────────────────┼───────────────────────────────────┤
        │ iss       │ https://id.example.com          │ issuer, who made the token        │
        │ sub       │ user-001                        │ subject, unique within the issuer │
        │ aud       │ https://api.example.com         │ audience, for whom the token is   │
        │ client_id │ my-app                          │ client the token was issued to    │
        │ scope     │ orders:read orders:write        │ granted scopes                    │
        │ iat       │ 2027-01-15 07:59:00Z  1 min ago │ issued at                         │
        │ exp       │ 2027-01-15 09:00:00Z  in 1 h    │ expiry, invalid from then on      │
        │ jti       │ id-1                            │ id of this token                  │
        └───────────┴─────────────────────────────────┴───────────────────────────────────┘

        ✗ format        character 21 is a null character (U+0000), which no token may contain   RFC 6749 §A.12
                        expected  visible ASCII characters
                        got       a null character (U+0000) at character 21
      "
    `);
  });

  test('of a megabyte', async () => {
    const { exit, stdout, stderr } = await tokctl(['decode', '@big'], { files: { big: 'a'.repeat(1024 * 1024) } });
    expect([exit, stderr]).toEqual([1, '']);
    expect(stdout).toContain('too large: 1048576 characters, the limit is 262144');
  });
});

describe('what was pasted', () => {
  test.each([
    ['an Authorization line', `Authorization: Bearer ${ACCESS}`],
    ['quotes', `"${ACCESS}"`],
    ['a curl command', `curl -s https://api.example.com -H 'Authorization: Bearer ${ACCESS}'`],
    ['wrapped lines', ACCESS.replace(/(.{40})/g, '$1\n')],
  ])('%s: what was stripped is said on stderr', async (_name, pasted) => {
    const { exit, stdout, stderr } = await tokctl(['decode', '-', '--json'], { stdin: pasted });
    expect([exit, JSON.parse(stdout).claims.sub]).toEqual([0, 'user-001']);
    expect(stderr).toMatch(/^(?:note: [^\n]+\n)+$/);
    expect(stderr).not.toContain(ACCESS.slice(0, 30));
  });

  test('a response: all of its tokens, one object a line; --pick takes one', async () => {
    const response = JSON.stringify({ access_token: ACCESS, refresh_token: '1//0refresh-token', token_type: 'Bearer' });
    const both = await tokctl(['decode', '-', '-o', 'json'], { stdin: response });
    expect(
      both.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).token.kind),
    ).toEqual(['access_token', 'refresh_token']);
    const one = await tokctl(['decode', '-', '-o', 'json', '--pick', 'refresh_token'], { stdin: response });
    expect(jsonOf(one).token.kind).toBe('refresh_token');
  });
});

test('--at moves the present; --tz shows a zone; --select gives one value', async () => {
  const later = await tokctl(['decode', ACCESS, '--at', '2027-01-15T10:00:00Z', '--json']);
  expect(jsonOf(later).times).toMatchObject({ evaluated_at: '2027-01-15T10:00:00Z', ttl_seconds: -HOUR });
  const { stdout } = await tokctl(['decode', ACCESS, '--tz', 'Asia/Tokyo']);
  expect(stdout).toContain('18:00:00');
  expect((await tokctl(['decode', ACCESS, '--select', 'claims.sub'])).text).toBe('\nexit 0\nstdout:\nuser-001\n');
  expect((await tokctl(['decode', ACCESS, '--select', 'claims.nope'])).text).toMatchInlineSnapshot(`
    "
    exit 0
    stderr:
    note: the report has no \`claims.nope\`
    "
  `);
});

test('-q says nothing; the exit code speaks', async () => {
  expect((await tokctl(['decode', ACCESS, '-q'])).text).toBe('\nexit 0');
  expect((await tokctl(['decode', `${ACCESS}!`, '-q'])).text).toBe('\nexit 1');
});
