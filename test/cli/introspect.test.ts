// `tokctl introspect`: is this token active, and what may it do? Transcripts against a server on loopback.

import { describe, expect, test } from 'vitest';
import { type IssuerOptions, type IssuerServer, issuerServer } from '../library/issuer-server.ts';
import { HOUR, jws, NOW } from '../library/keys.ts';
import { jsonOf, type RunOptions, tokctl } from './transcript.ts';

const SECRET = 'the secret of my-api';
const OPAQUE = '2YotnFZFEjr1zCsicMWpAA';

const active = (over: object = {}): IssuerOptions => ({
  introspection: {
    body: { active: true, sub: 'user-001', scope: 'openid email', client_id: 'my-app', exp: NOW + HOUR, ...over },
  },
});
const INACTIVE: IssuerOptions = { introspection: { body: { active: false } } };

function asked(server: IssuerServer, token: string, { more = [], ...options }: RunOptions & { more?: string[] } = {}) {
  const credentials = ['--client-id', 'my-api', '--client-secret', 'env:CLIENT_SECRET'];
  return tokctl(['introspect', '-', '--issuer', server.issuer, ...credentials, ...more], {
    network: true,
    stdin: token,
    env: { CLIENT_SECRET: SECRET },
    mask: { [server.origin]: 'http://127.0.0.1:00000' },
    ...options,
  });
}

describe('transcripts', () => {
  test('an active opaque token', async () => {
    const server = await issuerServer(active());
    expect((await asked(server, OPAQUE)).text).toMatchInlineSnapshot(`
      "
      exit 0
      stdout:
      ✓ active - says the server, expires in 1 h

        token     opaque token, sha256 …
        issuer    http://127.0.0.1:00000 (named by flag)
        expires   2027-01-15 09:00:00Z   in 1 h
        server    http://127.0.0.1:00000/introspect   200 application/json, N ms, client_secret_basic

        ┌───────────┬──────────────────────────────┬───────────────────────────────────┐
        │ claim     │ value                        │ meaning                           │
        ├───────────┼──────────────────────────────┼───────────────────────────────────┤
        │ sub       │ user-001                     │ subject, unique within the issuer │
        │ scope     │ openid email                 │ granted scopes                    │
        │ client_id │ my-app                       │ client the token was issued to    │
        │ exp       │ 2027-01-15 09:00:00Z  in 1 h │ expiry, invalid from then on      │
        └───────────┴──────────────────────────────┴───────────────────────────────────┘

        ✓ format         an opaque token: only its issuer can read it
        ✓ response       the answer has the form of RFC 7662
        ✓ introspection  the server calls it active (asked with client_secret_basic)
        ✓ expiry         valid for 1 h more
        - audience       not checked; name yours with --audience
        - kind           not asked; name the kind with --expect
      "
    `);
  });

  test('an inactive one', async () => {
    const server = await issuerServer(INACTIVE);
    expect((await asked(server, OPAQUE)).text).toMatchInlineSnapshot(`
      "
      exit 1
      stdout:
      ✗ inactive - revoked or unknown at the server

        why       revoked_or_unknown: the server does not know the token: it has expired, was revoked, is of another server, or was mistyped (possible)
                  the answer of http://127.0.0.1:00000/introspect is {"active": false}, which gives no reason
        next      get a new token, and see that it is of this server and whole

        token     opaque token, sha256 …
        issuer    http://127.0.0.1:00000 (named by flag)
        server    http://127.0.0.1:00000/introspect   200 application/json, N ms, client_secret_basic

        ✗ introspection  the server calls it inactive, and does not say why (asked with client_secret_basic)   RFC 7662 §2.2
                         expected  true
                         got       false
        ✓ format         an opaque token: only its issuer can read it
        ✓ response       the answer has the form of RFC 7662
      "
    `);
  });

  test('both: sound here, inactive there', async () => {
    const server = await issuerServer(INACTIVE);
    const token = jws({ iss: server.issuer, sub: 'user-001', aud: 'my-api', exp: NOW + HOUR });
    expect((await asked(server, token, { more: ['--mode', 'both'] })).text).toMatchInlineSnapshot(`
      "
      exit 1
      stdout:
      ✗ inactive - revoked or unknown at the server, verified locally and asked at the server

        why       revoked_or_unknown: the token is sound in itself, so it was revoked, or its session ended (likely)
                  the answer of http://127.0.0.1:00000/introspect is {"active": false}, which gives no reason
                  the signature verifies here
                  it has not expired: exp is 2027-01-15 09:00:00Z
                  the issuer that it names was asked
        next      get a new token; look it up in the log of the server by jti or sid

        token     JWT access token, ES256, kid ES256-1, sha256 …
                  header typ is at+jwt (RFC 9068 §2.1)
        issuer    http://127.0.0.1:00000 (named by flag)
        expires   2027-01-15 09:00:00Z   in 1 h
        server    http://127.0.0.1:00000/introspect   200 application/json, N ms, client_secret_basic

        ┌───────┬──────────────────────────────┬───────────────────────────────────┐
        │ claim │ value                        │ meaning                           │
        ├───────┼──────────────────────────────┼───────────────────────────────────┤
        │ iss   │ http://127.0.0.1:00000       │ issuer, who made the token        │
        │ sub   │ user-001                     │ subject, unique within the issuer │
        │ aud   │ my-api                       │ audience, for whom the token is   │
        │ exp   │ 2027-01-15 09:00:00Z  in 1 h │ expiry, invalid from then on      │
        └───────┴──────────────────────────────┴───────────────────────────────────┘

        ✗ introspection  the server calls it inactive, and does not say why (asked with client_secret_basic)   RFC 7662 §2.2
                         expected  true
                         got       false
        ✓ format         a JWS in compact serialization
        ✓ algorithm      ES256 is allowed
        ✓ key            the set has the key that the token names
        ✓ key_strength   P-256: nothing is known against it
        ✓ signature      ES256 by key ES256-1 of http://127.0.0.1:00000/jwks
        ✓ issuer         iss is the issuer named
        ✓ expiry         valid for 1 h more
        ✓ response       the answer has the form of RFC 7662
        - audience       not checked; name yours with --audience
        - kind           not asked; name the kind with --expect

        differs   verdict: here active, at the server inactive
                  it verifies here, but the server calls it inactive: revoked, its session ended, or refused to this caller
      "
    `);
  });

  test('a scope is missing in the answer', async () => {
    const server = await issuerServer(active());
    expect((await asked(server, OPAQUE, { more: ['--scope', 'admin'] })).text).toMatchInlineSnapshot(`
      "
      exit 1
      stdout:
      ✗ inactive - a scope is missing

        why       scope_missing: not granted: admin
                  asked for: admin
                  granted: openid, email
        next      have the client ask for these scopes, and allow them for it at the authorization server

        token     opaque token, sha256 …
        issuer    http://127.0.0.1:00000 (named by flag)
        expires   2027-01-15 09:00:00Z   in 1 h
        server    http://127.0.0.1:00000/introspect   200 application/json, N ms, client_secret_basic

        ┌───────────┬──────────────────────────────┬───────────────────────────────────┐
        │ claim     │ value                        │ meaning                           │
        ├───────────┼──────────────────────────────┼───────────────────────────────────┤
        │ sub       │ user-001                     │ subject, unique within the issuer │
        │ scope     │ openid email                 │ granted scopes                    │
        │ client_id │ my-app                       │ client the token was issued to    │
        │ exp       │ 2027-01-15 09:00:00Z  in 1 h │ expiry, invalid from then on      │
        └───────────┴──────────────────────────────┴───────────────────────────────────┘

        ✗ scope          not granted: admin   RFC 6749 §3.3
                         expected  admin
                         got       openid, email
        ✓ format         an opaque token: only its issuer can read it
        ✓ response       the answer has the form of RFC 7662
        ✓ introspection  the server calls it active (asked with client_secret_basic)
        ✓ expiry         valid for 1 h more
        - audience       not checked; name yours with --audience
        - kind           not asked; name the kind with --expect
      "
    `);
  });

  test('the caller is refused', async () => {
    const server = await issuerServer({ introspection: { status: 401, body: { error: 'invalid_client' } } });
    expect((await asked(server, OPAQUE)).text).toMatchInlineSnapshot(`
      "
      exit 3
      stderr:
      ? unknown - the server refused the caller

        why       expected an answer from the introspection endpoint, got the error "invalid_client" with status 401 (ERR_CLIENT_AUTHENTICATION)
                  status: 401 application/json
        maybe     client_secret_encoding: the secret has characters that are form-encoded for Basic, and servers disagree about that (RFC 6749 §2.3.1) (likely)
                  status 401, error invalid_client
                  asked with client_secret_basic as client my-api
                  --basic-encoding form
        maybe     client_credentials_wrong: client id or secret are wrong, or belong to another environment (possible)
        maybe     client_auth_method: the client may be registered for another method of authentication (possible)
                  the metadata lists: client_secret_basic, client_secret_post, private_key_jwt
        next      --basic-encoding raw, or send them in the body: --client-auth client_secret_post
                  check --client-id and --client-secret; --client-auth names another way to send them

        token     opaque token, sha256 …
        issuer    http://127.0.0.1:00000 (named by flag)
        server    http://127.0.0.1:00000/introspect   401 application/json, N ms, client_secret_basic

        ✓ format        an opaque token: only its issuer can read it
      "
    `);
  });

  test('an answer that is none is shown', async () => {
    const server = await issuerServer({ introspection: { body: { active: 'true' } } });
    expect((await asked(server, OPAQUE)).text).toMatchInlineSnapshot(`
      "
      exit 3
      stderr:
      ? unknown - no answer could be had

        why       the answer of the introspection endpoint breaks RFC 7662 §2.2: expected \`active\` to be true or false, got the text "true" (ERR_RESPONSE_INVALID)
                  status: 200 application/json
                  body: {"active":"true"}
        next      check that this URL is the introspection endpoint; its operator can mend the answer

        token     opaque token, sha256 …
        issuer    http://127.0.0.1:00000 (named by flag)
        server    http://127.0.0.1:00000/introspect   200 application/json, N ms, client_secret_basic

        ✓ format        an opaque token: only its issuer can read it
      "
    `);
  });

  test('a vendor without RFC 7662', async () => {
    const server = await issuerServer();
    expect((await asked(server, `ghp_${'A1b2C3d4E5'.repeat(3)}123456`)).text).toMatchInlineSnapshot(`
      "
      exit 3
      stderr:
      ? unknown - nobody here can judge it

        why       expected a token that RFC 7662 knows, got GitHub personal access token (classic) (ERR_TOKEN_UNSUPPORTED)
                  token_damaged: it has the form of: GitHub personal access token (classic), and its checksum is wrong: GitHub never made it
                  the last characters are a checksum of the others, and do not fit them
                  provider_has_no_introspection: GitHub has no introspection (RFC 7662) for it, and checks it in another way
                  it has the form of: GitHub personal access token (classic)
        next      copy the token again: a character was changed, lost or typed wrongly

        token     opaque access token of GitHub, sha256 …
                  it has the form of: GitHub personal access token (classic)
        issuer    http://127.0.0.1:00000 (named by flag)

        ! format        its checksum is wrong: GitHub made no such token, a character was changed or lost
        ✓ format        an opaque token: only its issuer can read it
      "
    `);
  });

  test('no credentials', async () => {
    const server = await issuerServer();
    const options = { network: true, stdin: OPAQUE, mask: { [server.origin]: 'http://127.0.0.1:00000' } };
    const { text } = await tokctl(['introspect', '-', '--issuer', server.issuer], options);
    expect(text).toMatchInlineSnapshot(`
      "
      exit 2
      stderr:
      ? unknown - client credentials are missing

        why       expected client credentials to ask \`http://127.0.0.1:00000/introspect\` with, got none (ERR_CLIENT_CREDENTIALS_MISSING)
        next      give them: --client-id ID --client-secret env:CLIENT_SECRET; for an endpoint that asks for none: --client-auth none

        token     opaque token, sha256 …
        issuer    http://127.0.0.1:00000 (named by flag)

        ✓ format        an opaque token: only its issuer can read it
      "
    `);
  });

  test('-v and --show-request: exchanges without secrets, and a command that runs', async () => {
    const server = await issuerServer(active());
    const { stderr, stdout } = await asked(server, OPAQUE, { more: ['-v', '--show-request', '-o', 'json'] });
    expect(JSON.parse(stdout).verdict).toBe('active');
    expect(
      stderr.replaceAll(server.origin, 'http://127.0.0.1:00000').replace(/\b\d+(?:\.\d+)? ms\b/g, 'N ms'),
    ).toMatchInlineSnapshot(`
      "GET http://127.0.0.1:00000/.well-known/openid-configuration (metadata): 200 application/json, N ms
      # CLIENT_SECRET is sent form-encoded here: set it to that spelling
      curl -sS 'http://127.0.0.1:00000/introspect' \\
        -H 'Accept: application/json' \\
        -u 'my-api':"$CLIENT_SECRET" \\
        --data-urlencode "token=$TOKEN"
      POST http://127.0.0.1:00000/introspect (introspection) with authorization: [redacted], token=…: 200 application/json, N ms
      "
    `);
  });
});

describe('for scripts', () => {
  test('JSON of an answer', async () => {
    const server = await issuerServer(active());
    const report = jsonOf(await asked(server, OPAQUE, { more: ['--json'] }));
    expect(report).toMatchObject({
      verdict: 'active',
      active: true,
      exit_code: 0,
      issuer: server.issuer,
      issuer_source: 'flag',
      claims: { sub: 'user-001', scope: 'openid email' },
      introspection: {
        endpoint: server.endpoints.introspection,
        client_auth: 'client_secret_basic',
        status: 200,
        media_type: 'application/json',
        response: { active: true, sub: 'user-001' },
      },
    });
    expect(report.introspection.latency_ms).toBeGreaterThan(0);
  });

  test('an error with -o json: the object on stdout, the words on stderr', async () => {
    const server = await issuerServer({ introspection: { status: 500, body: 'Error: boom', type: 'text/plain' } });
    const run = await asked(server, OPAQUE, { more: ['-o', 'json'] });
    expect(jsonOf(run)).toMatchObject({
      verdict: 'unknown',
      exit_code: 3,
      error: { code: 'ERR_HTTP_STATUS', details: { status: 500, body: 'Error: boom' } },
    });
    expect(run.stderr).toMatchInlineSnapshot(`
      "error: expected status 200 from the introspection endpoint, got 500 (ERR_HTTP_STATUS)
        answer: 500 text/plain
        body: Error: boom
      hint: try again later, and look into the log of the server
      "
    `);
  });

  test('without, stdout stays empty', async () => {
    const server = await issuerServer({ introspection: { status: 500 } });
    expect(await asked(server, OPAQUE)).toMatchObject({ exit: 3, stdout: '' });
  });
});
