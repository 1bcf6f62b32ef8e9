// `tokctl verify`: does this JWT hold? Transcripts as people read them, and the forms that scripts read.

import { describe, expect, test } from 'vitest';
import { type IssuerServer, issuerServer } from '../library/issuer-server.ts';
import { accessClaims, HOUR, hmacJws, ISSUER, jwks, jws, key, NOW, withPayload } from '../library/keys.ts';
import { jsonOf, tokctl } from './transcript.ts';

const FILES = { 'keys.json': jwks(key()), 'key.pem': key().pem };
const WITH_KEYS = ['--jwks', 'keys.json', '--issuer', ISSUER];
const TOKEN = jws(accessClaims(ISSUER));

const verified = (token: string, ...more: string[]) =>
  tokctl(['verify', '-', ...WITH_KEYS, ...more], { stdin: token, files: FILES });

const masking = ({ origin }: IssuerServer) => ({ [origin]: 'http://127.0.0.1:00000' });

describe('transcripts', () => {
  test('everything holds', async () => {
    const { text } = await verified(TOKEN, '--audience', 'https://api.example.com', '--scope', 'orders:read');
    expect(text).toMatchInlineSnapshot(`
      "
      exit 0
      stdout:
      ✓ active - verified locally, expires in 1 h

        token     JWT access token, ES256, kid ES256-1, sha256 …
                  header typ is at+jwt (RFC 9068 §2.1)
        issuer    https://id.example.com (named by flag)
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
        ✓ algorithm     ES256 is allowed
        ✓ key           the set has the key that the token names
        ✓ key_strength  P-256: nothing is known against it
        ✓ signature     ES256 by key ES256-1
        ✓ issuer        iss is the issuer named
        ✓ audience      aud names it
        ✓ expiry        valid for 1 h more
        ✓ issued_at     issued 1 min ago
        ✓ scope         all granted
        - kind          not asked; name the kind with --expect
        - revocation    not asked; tokctl introspect --mode both asks the server
      "
    `);
  });

  test('expired, and for somebody else', async () => {
    const token = jws(accessClaims(ISSUER, { exp: NOW - 2 * HOUR, iat: NOW - 3 * HOUR }));
    const { text } = await verified(token, '--audience', 'my-api');
    expect(text).toMatchInlineSnapshot(`
      "
      exit 1
      stdout:
      ✗ inactive - for another audience, verified locally

        why       audience_differs: the token is meant for somebody else
                  named: my-api
                  aud: https://api.example.com
        and       expired: the token expired 2 h ago
                  exp is 2027-01-15 06:00:00Z
                  judged as of 2027-01-15 08:00:00Z
                  it was made for 1 h
        next      have the client ask for your API (audience, resource or scope), or correct --audience

        token     JWT access token, ES256, kid ES256-1, sha256 …
                  header typ is at+jwt (RFC 9068 §2.1)
        issuer    https://id.example.com (named by flag)
        expires   2027-01-15 06:00:00Z   2 h ago   iat ├────────────────┤ exp   ● now

        ┌───────────┬───────────────────────────────┬───────────────────────────────────┐
        │ claim     │ value                         │ meaning                           │
        ├───────────┼───────────────────────────────┼───────────────────────────────────┤
        │ iss       │ https://id.example.com        │ issuer, who made the token        │
        │ sub       │ user-001                      │ subject, unique within the issuer │
        │ aud       │ https://api.example.com       │ audience, for whom the token is   │
        │ client_id │ my-app                        │ client the token was issued to    │
        │ scope     │ orders:read orders:write      │ granted scopes                    │
        │ iat       │ 2027-01-15 05:00:00Z  3 h ago │ issued at                         │
        │ exp       │ 2027-01-15 06:00:00Z  2 h ago │ expiry, invalid from then on      │
        │ jti       │ id-1                          │ id of this token                  │
        └───────────┴───────────────────────────────┴───────────────────────────────────┘

        ✗ audience      aud does not name this audience   RFC 7519 §4.1.3
                        expected  my-api
                        got       https://api.example.com
        ✗ expiry        expired 2 h ago   RFC 7519 §4.1.4
                        expected  after 2027-01-15 08:00:00Z
                        got       2027-01-15 06:00:00Z
        ✓ format        a JWS in compact serialization
        ✓ algorithm     ES256 is allowed
        ✓ key           the set has the key that the token names
        ✓ key_strength  P-256: nothing is known against it
        ✓ signature     ES256 by key ES256-1
        ✓ issuer        iss is the issuer named
        ✓ issued_at     issued 3 h ago
        - kind          not asked; name the kind with --expect
        - revocation    not asked; tokctl introspect --mode both asks the server
      "
    `);
  });

  test('altered', async () => {
    const { text } = await verified(withPayload(TOKEN, (claims) => ({ ...claims, sub: 'admin' })));
    expect(text).toMatchInlineSnapshot(`
      "
      exit 1
      stdout:
      ✗ inactive - its signature does not verify

        why       signature_altered: header or payload are not what was signed: the token was changed, or is forged (possible)
                  it does not verify with the key that the token names
                  alg ES256, kid ES256-1
        or        key_of_other_environment: the token was signed in another environment, realm or tenant, which has other keys (possible)
                  iss of the token: https://id.example.com
        or        key_id_reused: the set has a key of that name, and it may be another than the one that signed (possible)
                  kid ES256-1 is a name that other keys may have, or have in this set
        next      take the token again from its source; if it still fails, do not trust who sent it

        token     JWT access token, ES256, kid ES256-1, sha256 …
                  header typ is at+jwt (RFC 9068 §2.1)
        issuer    https://id.example.com (named by flag)
        expires   2027-01-15 09:00:00Z   in 1 h   iat ├●───────────────┤ exp

        ┌───────────┬─────────────────────────────────┬───────────────────────────────────┐
        │ claim     │ value                           │ meaning                           │
        ├───────────┼─────────────────────────────────┼───────────────────────────────────┤
        │ iss       │ https://id.example.com          │ issuer, who made the token        │
        │ sub       │ admin                           │ subject, unique within the issuer │
        │ aud       │ https://api.example.com         │ audience, for whom the token is   │
        │ client_id │ my-app                          │ client the token was issued to    │
        │ scope     │ orders:read orders:write        │ granted scopes                    │
        │ iat       │ 2027-01-15 07:59:00Z  1 min ago │ issued at                         │
        │ exp       │ 2027-01-15 09:00:00Z  in 1 h    │ expiry, invalid from then on      │
        │ jti       │ id-1                            │ id of this token                  │
        └───────────┴─────────────────────────────────┴───────────────────────────────────┘

        ✗ signature     it does not verify with the key that the token names   RFC 7515 §5.2
        ✓ format        a JWS in compact serialization
        ✓ algorithm     ES256 is allowed
        ✓ key           the set has the key that the token names
        ✓ issuer        iss is the issuer named
        ✓ expiry        valid for 1 h more
        ✓ issued_at     issued 1 min ago
        - audience      not checked; name yours with --audience
        - kind          not asked; name the kind with --expect
        - revocation    not asked; tokctl introspect --mode both asks the server
      "
    `);
  });

  test('made with a secret that nobody gave', async () => {
    const { text } = await verified(hmacJws({ iss: ISSUER, exp: NOW + HOUR }, 'x'));
    expect(text).toMatchInlineSnapshot(`
      "
      exit 1
      stdout:
      ✗ inactive - made with a shared secret

        why       symmetric_algorithm: HS256 is made and verified with one shared secret: no key of a JWK Set can verify it
                  alg is HS256
        next      ask the server: tokctl introspect - --mode remote; or give the secret if it is yours: --secret env:NAME

        token     JWT access token, HS256, sha256 …
                  header typ is at+jwt (RFC 9068 §2.1)
        issuer    https://id.example.com (named by flag)
        expires   2027-01-15 09:00:00Z   in 1 h

        ┌───────┬──────────────────────────────┬──────────────────────────────┐
        │ claim │ value                        │ meaning                      │
        ├───────┼──────────────────────────────┼──────────────────────────────┤
        │ iss   │ https://id.example.com       │ issuer, who made the token   │
        │ exp   │ 2027-01-15 09:00:00Z  in 1 h │ expiry, invalid from then on │
        └───────┴──────────────────────────────┴──────────────────────────────┘

        ✗ algorithm     HS256 is made with a shared secret, which only --secret gives   RFC 8725 §3.1
                        expected  RS256, PS256, RS384, PS384, RS512, PS512, ES256, ES384, ES512, EdDSA, Ed25519
                        got       HS256
        ✓ format        a JWS in compact serialization
        ✓ issuer        iss is the issuer named
        ✓ expiry        valid for 1 h more
        - key           no key of the issuer fits this algorithm
        - signature     not checked, because of its algorithm
        - audience      not checked; name yours with --audience
        - kind          not asked; name the kind with --expect
        - revocation    not asked; tokctl introspect --mode both asks the server
      "
    `);
  });

  test('with keys of the issuer, over the network', async () => {
    const server = await issuerServer();
    const token = jws({ iss: server.issuer, sub: 'user-001', exp: NOW + HOUR });
    const options = { network: true, stdin: token, mask: masking(server) };
    const { text } = await tokctl(['verify', '--issuer', server.issuer, '-v'], options);
    expect(text).toMatchInlineSnapshot(`
      "
      exit 0
      stdout:
      ✓ active - verified locally, expires in 1 h

        token     JWT access token, ES256, kid ES256-1, sha256 …
                  header typ is at+jwt (RFC 9068 §2.1)
        issuer    http://127.0.0.1:00000 (named by flag)
        expires   2027-01-15 09:00:00Z   in 1 h

        ┌───────┬──────────────────────────────┬───────────────────────────────────┐
        │ claim │ value                        │ meaning                           │
        ├───────┼──────────────────────────────┼───────────────────────────────────┤
        │ iss   │ http://127.0.0.1:00000       │ issuer, who made the token        │
        │ sub   │ user-001                     │ subject, unique within the issuer │
        │ exp   │ 2027-01-15 09:00:00Z  in 1 h │ expiry, invalid from then on      │
        └───────┴──────────────────────────────┴───────────────────────────────────┘

        ✓ format        a JWS in compact serialization
        ✓ algorithm     ES256 is allowed
        ✓ key           the set has the key that the token names
        ✓ key_strength  P-256: nothing is known against it
        ✓ signature     ES256 by key ES256-1 of http://127.0.0.1:00000/jwks
        ✓ issuer        iss is the issuer named
        ✓ expiry        valid for 1 h more
        - audience      not checked; name yours with --audience
        - kind          not asked; name the kind with --expect
        - revocation    not asked; tokctl introspect --mode both asks the server

      stderr:
      GET http://127.0.0.1:00000/.well-known/openid-configuration (metadata): 200 application/json, N ms
      GET http://127.0.0.1:00000/jwks (jwks): 200 application/json, N ms
      "
    `);
  });

  test('nobody named the issuer: what decoding shows, and the command that pins it', async () => {
    const { text } = await tokctl(['verify', '-'], { stdin: jws({ iss: ISSUER, sub: 'user-001', exp: NOW + HOUR }) });
    expect(text).toMatchInlineSnapshot(`
      "
      exit 3
      stdout:
      ? unknown - nobody named its issuer, so nothing was verified

        why       expected an issuer that you named, got only the token's own word for \`https://id.example.com\` (ERR_ISSUER_UNTRUSTED)
        next      if you trust it: tokctl verify - --issuer https://id.example.com

        token     JWT access token, ES256, kid ES256-1, sha256 …
                  header typ is at+jwt (RFC 9068 §2.1)
        issuer    https://id.example.com (says the token)
        expires   2027-01-15 09:00:00Z   in 1 h

        ┌───────┬──────────────────────────────┬───────────────────────────────────┐
        │ claim │ value                        │ meaning                           │
        ├───────┼──────────────────────────────┼───────────────────────────────────┤
        │ iss   │ https://id.example.com       │ issuer, who made the token        │
        │ sub   │ user-001                     │ subject, unique within the issuer │
        │ exp   │ 2027-01-15 09:00:00Z  in 1 h │ expiry, invalid from then on      │
        └───────┴──────────────────────────────┴───────────────────────────────────┘

        ✓ format        a JWS in compact serialization

      stderr:
      error: expected an issuer that you named, got only the token's own word for \`https://id.example.com\` (ERR_ISSUER_UNTRUSTED)
      hint: if you trust it: tokctl verify - --issuer https://id.example.com
      "
    `);
  });

  test('an opaque token', async () => {
    const { text } = await tokctl(['verify', '-', '--issuer', ISSUER], { stdin: '2YotnFZFEjr1zCsicMWpAA' });
    expect(text).toMatchInlineSnapshot(`
      "
      exit 3
      stderr:
      ? unknown - nobody here can judge it

        why       expected a signed JWT, got an opaque token, which only its issuer can judge (ERR_TOKEN_UNSUPPORTED)
                  not_locally_verifiable: the token is opaque: it holds nothing to verify, and only its issuer knows what it stands for
                  format: opaque
        next      ask the server with the credentials of a client: tokctl introspect - --client-id ID --client-secret env:CLIENT_SECRET

        token     opaque token, sha256 …
        issuer    https://id.example.com (named by flag)

        ✓ format        an opaque token: only its issuer can read it
      "
    `);
  });

  test('without the network', async () => {
    const { text } = await tokctl(['verify', '-', '--issuer', ISSUER, '--offline'], { stdin: TOKEN });
    expect(text).toMatchInlineSnapshot(`
      "
      exit 3
      stderr:
      ? unknown - the network is needed and off

        why       expected to ask \`id.example.com:443\`, got \`--offline\` (ERR_OFFLINE)
        next      leave out \`--offline\`, or give what is needed from a file: \`--jwks FILE\` or \`--key FILE\`

        token     JWT access token, ES256, kid ES256-1, sha256 …
                  header typ is at+jwt (RFC 9068 §2.1)
        issuer    https://id.example.com (named by flag)
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
        ✓ algorithm     ES256 is allowed
        ✓ issuer        iss is the issuer named
        ✓ expiry        valid for 1 h more
        ✓ issued_at     issued 1 min ago
        - signature     no key could be had: expected to ask \`id.example.com:443\`, got \`--offline\`
        - audience      not checked; name yours with --audience
        - kind          not asked; name the kind with --expect
        - revocation    not asked; tokctl introspect --mode both asks the server
      "
    `);
  });
});

describe('for scripts', () => {
  test('JSON, with the exit code in it', async () => {
    const run = await verified(TOKEN, '-o', 'json', '--strict', '--audience', 'https://api.example.com');
    expect(jsonOf(run)).toMatchObject({ schema: 'tokctl.report/1', verdict: 'inactive', active: false, exit_code: 1 });
    expect([run.exit, run.stderr]).toEqual([1, '']);
  });

  test('an unknown verdict in JSON says why on stderr too', async () => {
    const run = await tokctl(['verify', '-', '--json'], { stdin: TOKEN });
    expect(jsonOf(run)).toMatchObject({ verdict: 'unknown', active: null, error: { code: 'ERR_ISSUER_UNTRUSTED' } });
    expect(run.exit).toBe(3);
    expect(run.stderr).toBe(
      `error: expected an issuer that you named, got only the token's own word for \`${ISSUER}\` (ERR_ISSUER_UNTRUSTED)\n` +
        `hint: if you trust it: tokctl verify - --issuer ${ISSUER}\n`,
    );
  });

  test.each([
    ['verdict', 'active'],
    ['claims.sub', 'user-001'],
    ['checks.0.name', 'format'],
    ['verification.key.kid', 'ES256-1'],
    ['times.ttl_seconds', '3600'],
    ['weakened', '[]'],
  ])('--select %s', async (path, value) => {
    expect(await verified(TOKEN, '--select', path)).toMatchObject({ exit: 0, stdout: `${value}\n`, stderr: '' });
  });

  test('-q: the exit code speaks', async () => {
    expect((await verified(TOKEN, '-q')).text).toBe('\nexit 0');
    expect((await verified(jws(accessClaims('https://other.example')), '-q')).text).toBe('\nexit 1');
    expect((await tokctl(['verify', '-', '-q'], { stdin: TOKEN })).text).toBe('\nexit 3');
  });

  test('large numbers come out with the digits they went in with', async () => {
    const { stdout } = await verified(jws(`{"iss":"${ISSUER}","exp":${NOW + 1},"id":12345678901234567890}`), '--json');
    expect(stdout).toContain('"id": 12345678901234567890');
  });
});
