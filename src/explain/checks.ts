// Every check in plain words: what is tested, why it fails, what to do next.
// The key set is CHECK_NAMES: a check without an explanation does not compile.

import type { CHECK_NAMES } from '../core/report.ts';
import type { Entry } from './entry.ts';

type NamedCheck = (typeof CHECK_NAMES)[number];

export const CHECKS: Readonly<Record<NamedCheck, Entry>> = {
  format: {
    title: 'the token has the shape of the kind it claims to be',
    meaning:
      'A JWT is three base64url parts between dots, the first of which decodes to a JSON object with an `alg`. This check reads the text without trusting it and says where the first fault is. A token that fails here is damaged or is something else; nothing more can be said about its claims.',
    reasons: [
      'the token was cut when it was copied, or a line break got into it',
      'what was pasted is not the token but something around it, or another kind of credential',
      'a proxy, a shell or a log shortened or quoted it',
    ],
    next: [
      ['see what the text is and where it breaks', 'tokctl decode @token.txt'],
      'compare the length with the one that was issued; take the token from the source again, not from a log',
    ],
    spec: 'RFC 7515 §7.1, RFC 7519 §7.2',
    see: ['token_truncated', 'token_damaged', 'jws'],
  },
  encoding: {
    title: 'the parts are canonical base64url and their text is UTF-8',
    meaning:
      'The parts of a JWT use the URL-safe alphabet without padding. `+`, `/`, `=` or stray bits in the last character mean that some program re-encoded the token. Lenient readers accept that and others do not, so the same token works at one place and fails at the next.',
    reasons: [
      'the issuer or a gateway used standard base64 or left the padding in',
      'the payload holds text in another character set, or a byte order mark',
      'white space was put into the middle of the token',
    ],
    next: [
      ['see the position and the name of the first bad character', 'tokctl decode @token.txt'],
      'have the program that makes or forwards the token use base64url without padding',
    ],
    spec: 'RFC 7515 §2, RFC 8725 §3.7',
    see: ['token_damaged'],
  },
  duplicate_member: {
    title: 'no member name occurs twice in the header or the claims',
    meaning:
      'With two members of the same name one parser takes the first and another the last. A gateway may then check one `sub` while the service behind it uses the other. Such a token must not be accepted, whatever its signature says.',
    reasons: [
      'a claim mapping adds a claim that the issuer sets already',
      'the token was made by joining text and not with a JSON writer',
      'somebody is probing for two parsers that disagree',
    ],
    next: [
      ['see which name occurs twice', 'tokctl decode @token.txt -o json'],
      'remove the second mapper or rule at the issuer',
    ],
    spec: 'RFC 7515 §4, RFC 7519 §4',
  },
  critical_header: {
    title: '`crit` names nothing that is not understood',
    meaning:
      'The header member `crit` lists extensions without which the token must not be processed. tokctl supports none of them, so any `crit` fails, and so does `b64` other than true. Ignoring it would verify something other than what was signed.',
    reasons: [
      'the token is meant for a protocol of its own, such as a detached or unencoded payload',
      'the header was made by hand',
    ],
    next: [
      ['see the header', 'tokctl decode @token.txt'],
      'check such a token with the software that defines the extension',
    ],
    spec: 'RFC 7515 §4.1.11, RFC 7797 §6',
    see: ['crit', 'b64'],
  },
  key_reference: {
    title: 'the header brings no key, and no address of one, along',
    meaning:
      'With `jku`, `x5u`, `jwk` or `x5c` a token names its own key. Whoever forged the token chose that key, so tokctl shows these members and never follows them. The keys come from the issuer that you named and from nowhere else.',
    reasons: [
      'some servers always add `jku` or `x5c`; then it is harmless as long as nobody trusts it',
      'a forged token brings its own key',
    ],
    next: [
      ['verify with the keys of the issuer alone', 'tokctl verify @token.txt --issuer https://id.example.com'],
      'make sure that your own services ignore these members too',
    ],
    spec: 'RFC 7515 §4.1.2 to §4.1.6, RFC 8725 §3.10',
    see: ['jku', 'x5u', 'jwk', 'x5c'],
  },
  algorithm: {
    title: 'the signature algorithm is one that is allowed and fits the key',
    meaning:
      'The header says how the token claims to be signed; that is only a claim. It must be on the allow-list and must suit the type of the key. `none` is never accepted, and HS256, HS384 and HS512 only with a secret that you give.',
    reasons: [
      'the issuer signs with a shared secret (HS256), which only the issuer and its client know',
      'the token was changed to `none`, or to HS256 with the public key as secret',
      'the issuer uses an algorithm that is not on the default list',
    ],
    next: [
      [
        'allow an asymmetric algorithm on purpose',
        'tokctl verify @token.txt --issuer https://id.example.com --alg ES256',
      ],
      ['verify a token with a shared secret', 'tokctl verify @token.txt --secret env:JWT_SECRET'],
    ],
    spec: 'RFC 8725 §3.1 and §3.2',
    see: ['alg', 'algorithm_none', 'algorithm_confusion', 'symmetric_algorithm'],
  },
  key: {
    title: 'a key of the set fits the token',
    meaning:
      'The `kid` of the header names a key of the JWK Set. If it is not there the set is fetched once more, because keys rotate; if it is still not there no signature can be checked and the token is refused. Without a `kid` every fitting key is tried.',
    reasons: [
      'the issuer rotated its keys and retired the one that signed this token',
      'the token comes from another environment, realm or tenant',
      'the key is there but is for encryption or for another algorithm',
    ],
    next: [
      ['list the keys and what is wrong with each', 'tokctl jwks https://id.example.com'],
      ['see the kid and the issuer of the token', 'tokctl decode @token.txt'],
    ],
    spec: 'RFC 7515 §6, RFC 7517 §4.5',
    see: ['kid', 'key_rotated', 'key_of_other_environment', 'key_not_for_signatures'],
  },
  key_strength: {
    title: 'the key is strong enough to mean anything',
    meaning:
      'RSA keys below 2048 bits, RSA exponents such as 1, shared secrets shorter than the hash, and some malformed curve points let others make signatures that verify. A valid signature by such a key proves nothing, so the key is not used.',
    reasons: [
      'the key is old, or was made for a test',
      'a password was taken as HMAC secret',
      'the key was made by faulty hardware (ROCA) or by hand',
    ],
    next: [
      ['see the size of each key', 'tokctl jwks https://id.example.com'],
      'make a new key of 2048 bits or more, or on P-256 or Ed25519, and retire the weak one',
    ],
    spec: 'RFC 7518 §3.2 and §3.3, RFC 8725 §3.5',
    see: ['weak_key'],
  },
  signature: {
    title: 'header and payload are what the holder of the key signed',
    meaning:
      'The signature covers the first two parts of the token exactly as they are written. If it does not verify, either these parts were changed or the key is not the one that signed. This is final: a server that calls the token active does not heal it.',
    reasons: [
      'a character of the token was lost or changed on the way',
      'the keys are of another environment, or a `kid` was used again for a new key',
      'the token is made for one reader only, as with Microsoft Graph',
      'the token is forged',
    ],
    next: [
      ['see which keys were tried and why', 'tokctl verify @token.txt --issuer https://id.example.com -o json'],
      [
        'ask the issuer and compare',
        'tokctl introspect @token.txt --mode both --issuer https://id.example.com --client-id my-api --client-secret env:CLIENT_SECRET',
      ],
    ],
    spec: 'RFC 7515 §5.2',
    see: ['signature_altered', 'key_id_reused', 'not_locally_verifiable'],
  },
  issuer: {
    title: '`iss` is the issuer that you trust, to the last character',
    meaning:
      'The value is compared character by character: a trailing slash, another port or http in place of https is another issuer. tokctl never makes the two alike, because the services that use the token do not either. Without a named issuer the check is skipped.',
    reasons: [
      'a slash at the end on one side only',
      'the server was reached through another host name and puts that into `iss`',
      'the token is of another realm, tenant or version (Microsoft Entra v1 and v2)',
    ],
    next: [
      ['read the issuer of the token', 'tokctl decode @token.txt --select claims.iss'],
      ['see what the server calls itself', 'tokctl doctor https://id.example.com'],
    ],
    spec: 'RFC 7519 §4.1.1, RFC 8725 §3.8',
    see: ['iss', 'issuer_trailing_slash', 'issuer_version_pair', 'issuer_differs'],
  },
  audience: {
    title: 'the token is meant for you',
    meaning:
      '`aud` names the services that may accept the token; a service that is not named must refuse it. Otherwise a token given to one API opens another. Name your own identifier to have this checked; of several one must match.',
    reasons: [
      'the client asked for a token without naming your API (audience, resource or scope)',
      'the identifier is registered in another spelling, such as a URL in place of a name',
      'it is an ID token, whose audience is the client',
      'the server writes no `aud` into access tokens, as Amazon Cognito does',
    ],
    next: [
      ['read the audiences of the token', 'tokctl decode @token.txt --select claims.aud'],
      ['check against your own', 'tokctl verify @token.txt --issuer https://id.example.com --audience my-api'],
    ],
    spec: 'RFC 7519 §4.1.3, RFC 8725 §3.9, RFC 9068 §4',
    see: ['aud', 'audience_missing', 'audience_differs'],
  },
  expiry: {
    title: 'the token has not expired',
    meaning:
      'At and after `exp` the token must not be accepted. By default no difference between clocks is allowed; a note says when a minute would change the answer. A token without `exp` is good for ever and warned about.',
    reasons: [
      'the token is old: access tokens often live for minutes',
      'a program keeps the token and does not fetch a new one in time',
      'this clock is fast, or that of the issuer was slow',
    ],
    next: [
      [
        'get a new access token',
        'tokctl token --issuer https://id.example.com --client-id my-api --client-secret env:CLIENT_SECRET',
      ],
      [
        'ask whether it was good at the time of the incident',
        'tokctl verify @token.txt --issuer https://id.example.com --at 2026-11-21T01:00:00Z',
      ],
    ],
    spec: 'RFC 7519 §4.1.4',
    see: ['exp', 'expired', 'clock_skew'],
  },
  not_before: {
    title: 'the token is valid already',
    meaning:
      'Before `nbf` the token must not be accepted. Issuers usually set it to the moment of issue, so a failure by a few seconds is a matter of clocks. A failure by an hour is often a time zone mistake in the program that made the token.',
    reasons: [
      'this clock is behind that of the issuer',
      'the token was made for later on purpose',
      'local time was written where UTC seconds belong',
    ],
    next: [
      ['compare this clock with the one of the server', 'tokctl doctor https://id.example.com'],
      [
        'allow clocks to differ by some seconds',
        'tokctl verify @token.txt --issuer https://id.example.com --clock-tolerance 30s',
      ],
    ],
    spec: 'RFC 7519 §4.1.5',
    see: ['nbf', 'not_yet_valid', 'clock_skew'],
  },
  issued_at: {
    title: '`iat` is a time and lies in the past',
    meaning:
      'The claim says when the token was made. In the future it can only be wrong, but no rule of JWT forbids it, so this warns and does not fail. Some libraries do refuse such tokens, which is how one service accepts what the next one rejects.',
    reasons: ['the clocks of issuer and reader differ', 'the value is in milliseconds, or is a text'],
    next: [
      ['see the value as a date', 'tokctl decode @token.txt'],
      ['compare the clocks', 'tokctl doctor https://id.example.com'],
    ],
    spec: 'RFC 7519 §4.1.6',
    see: ['iat', 'clock_skew'],
  },
  time_unit: {
    title: 'the times are seconds since 1970',
    meaning:
      'A NumericDate counts seconds. A value with thirteen digits is in milliseconds and lies tens of thousands of years ahead: the token then never expires. tokctl takes the number literally and warns.',
    reasons: ['`Date.now()` or `System.currentTimeMillis()` was written into the claim without dividing by 1000'],
    next: [
      ['see which claim it is', 'tokctl decode @token.txt'],
      'divide by 1000 where the token is made, and replace the tokens that are already out: they do not expire',
    ],
    spec: 'RFC 7519 §2',
    see: ['milliseconds_not_seconds'],
  },
  type: {
    title: 'the `typ` of the header is the one that is expected',
    meaning:
      'The type tells tokens of one issuer apart: `at+jwt` is an access token, `logout+jwt` a logout token. It is compared without case and with or without `application/`. Checking it keeps a token made for one purpose from being used for another.',
    reasons: [
      'the issuer does not follow RFC 9068 and writes `JWT` into all tokens',
      'an ID token or another JWT was sent in place of the access token',
    ],
    next: [
      ['see the header', 'tokctl decode @token.txt'],
      ['demand the type', 'tokctl verify @token.txt --issuer https://id.example.com --typ at+jwt'],
    ],
    spec: 'RFC 7515 §4.1.9, RFC 8725 §3.11, RFC 9068 §4',
    see: ['typ', 'kind'],
  },
  kind: {
    title: 'it is the kind of token that belongs here',
    meaning:
      'Many JWTs look alike and are signed by the same key, but an ID token tells a client who signed in, and only an access token opens an API. The kind is recognised from type, claims and habits of the provider; the evidence is listed. Without an expectation an ID or refresh token only warns.',
    reasons: [
      'the client sends `id_token` in place of `access_token`',
      'a refresh token was stored in the wrong variable',
      'the provider marks its access tokens in no way',
    ],
    next: [
      ['see the kind and what it was recognised by', 'tokctl decode @token.txt'],
      ['demand it', 'tokctl verify @token.txt --issuer https://id.example.com --expect access_token'],
    ],
    spec: 'RFC 8725 §3.12, RFC 9068 §2.1',
    see: ['wrong_token_kind', 'typ'],
  },
  scope: {
    title: 'every scope asked for was granted',
    meaning:
      'Scopes are read from `scope` or `scp`, as text, list or comma list, of the token and of the introspection answer. All that you name must be there. A missing scope is an answer about permission, not about the token: it is sound, but does not allow this.',
    reasons: [
      'the client did not ask for the scope, or the user or the server did not grant it',
      'the scope was added to the client after the token was issued',
      'the right is a role and not a scope at this provider (`roles`, `permissions`)',
    ],
    next: [
      ['see what was granted', 'tokctl decode @token.txt'],
      [
        'check for it',
        'tokctl introspect @token.txt --scope orders:read --issuer https://id.example.com --client-id my-api --client-secret env:CLIENT_SECRET',
      ],
      'ask for the scope when the token is requested, then take a new token',
    ],
    spec: 'RFC 6749 §3.3, RFC 9068 §2.2.3, RFC 7662 §2.2',
    see: ['scope_missing', 'roles', 'scp'],
  },
  lifetime: {
    title: 'the token stays valid for as long as is needed',
    meaning:
      'A job that takes twenty minutes needs a token that lives that long. `--min-ttl` says how much time must be left, and a token with less fails although it is still active. Use it before a deployment and in monitoring.',
    reasons: [
      'the token was fetched long before it is used',
      'the issuer gives out tokens that are shorter than the job',
    ],
    next: [
      ['demand ten minutes', 'tokctl verify @token.txt --issuer https://id.example.com --min-ttl 10m'],
      'fetch the token right before the work, or fetch it again in between',
    ],
    spec: 'RFC 7519 §4.1.4',
  },
  max_age: {
    title: 'the token was issued recently enough',
    meaning:
      '`--max-age` limits the time since `iat`, whatever `exp` says. It catches tokens that are reused for weeks because their lifetime is too generous. It is not the max_age of OpenID Connect, which counts from `auth_time`.',
    reasons: ['a token was cached for too long', 'the token has no `iat` from which to count'],
    next: [
      ['see when it was issued', 'tokctl decode @token.txt'],
      ['demand an hour at most', 'tokctl verify @token.txt --issuer https://id.example.com --max-age 1h'],
    ],
    spec: 'RFC 7519 §4.1.6',
  },
  nonce: {
    title: 'the ID token answers this very sign-in',
    meaning:
      'The client sends a random `nonce` with the authorization request and the ID token must carry the same value. If it differs the ID token belongs to another sign-in, which is what a replay looks like. Access tokens have no nonce.',
    reasons: [
      'the ID token is of an earlier attempt, for example of another browser tab',
      'the value was hashed or encoded on one side only',
      'it is an access token',
    ],
    next: [
      [
        'check against the value of your session',
        'tokctl verify @id-token.txt --issuer https://id.example.com --expect id_token --nonce n-0S6_WzA2Mj',
      ],
    ],
    spec: 'OpenID Connect Core §3.1.3.7',
  },
  at_hash: {
    title: 'the ID token and the access token belong together',
    meaning:
      '`at_hash` in an ID token is the left half of the hash of the access token that was issued beside it. If it does not match, one of the two was swapped. tokctl computes it when you give both.',
    reasons: [
      'the two tokens are of different responses, for example after a refresh',
      'the access token was changed or cut',
    ],
    next: [
      [
        'check the pair',
        'tokctl verify @id-token.txt --issuer https://id.example.com --expect id_token --access-token @token.txt',
      ],
    ],
    spec: 'OpenID Connect Core §3.1.3.6 and §3.1.3.8',
  },
  confirmation: {
    title: 'whoever shows the token also holds its key',
    meaning:
      'A token with `cnf` is bound to a key: by DPoP (`jkt`) or by a client certificate (`x5t#S256`). A stolen copy is worthless without that key. The signature alone does not show possession, so without proof or certificate this is skipped and said.',
    reasons: [
      'the proof is for another method, URL or access token, or is too old',
      'the certificate is not the one of the token request, for example after a renewal',
      'the resource treats a bound token as a plain Bearer token',
    ],
    next: [
      [
        'check a DPoP proof',
        'tokctl verify @token.txt --issuer https://id.example.com --dpop-proof @proof.txt --dpop-method GET --dpop-url https://api.example.com/orders',
      ],
      ['check a certificate', 'tokctl verify @token.txt --issuer https://id.example.com --client-cert client.pem'],
    ],
    spec: 'RFC 7800 §3.1, RFC 8705 §3, RFC 9449 §4.3',
    see: ['cnf', 'sender_constrained', 'dpop_proof'],
  },
  introspection: {
    title: 'the authorization server says that the token is active',
    meaning:
      'This is the answer of the introspection endpoint. `active: false` gives no reason on purpose: expired, revoked, unknown, of another server, or not for this caller all look the same. The causes in the report rank what it can have been.',
    reasons: [
      'the token expired, was revoked, or the session ended',
      'the client that asks is not in the audience of the token',
      'the wrong server, realm or host name was asked',
    ],
    next: [
      [
        'compare with what can be verified here',
        'tokctl introspect @token.txt --mode both --issuer https://id.example.com --client-id my-api --client-secret env:CLIENT_SECRET',
      ],
    ],
    spec: 'RFC 7662 §2.2 and §4',
    see: ['active', 'revoked_or_unknown', 'caller_not_in_audience', 'asked_wrong_server'],
  },
  response: {
    title: 'the introspection answer keeps to its specification',
    meaning:
      'Servers send scopes as lists, times as text or in milliseconds, and claims beside `active: false`. tokctl understands these and warns, because other readers may not. An answer whose `active` is missing or no boolean is not read at all: that is ERR_RESPONSE_INVALID.',
    reasons: [
      'the server has a dialect of its own, or is old',
      'a gateway rewrites the answer',
      'a signed answer names another audience or carries claims outside `token_introspection`',
    ],
    next: [
      [
        'see the answer as it came',
        'tokctl introspect @token.txt --mode remote -o json --issuer https://id.example.com --client-id my-api --client-secret env:CLIENT_SECRET',
      ],
    ],
    spec: 'RFC 7662 §2.2, RFC 9701 §5',
    see: ['ERR_RESPONSE_INVALID', 'introspection_response'],
  },
  revocation: {
    title: 'whether the token was taken back before its time',
    meaning:
      'A signature stays valid after a logout or a revocation; only the server knows of them. A token that was verified here alone is therefore reported with this check skipped. If that matters to you, ask the server as well.',
    reasons: [
      'the JWT was verified locally and nobody was asked (skipped)',
      'it verifies here but is inactive at the server (failed)',
    ],
    next: [
      [
        'ask the server too',
        'tokctl introspect @token.txt --mode both --issuer https://id.example.com --client-id my-api --client-secret env:CLIENT_SECRET',
      ],
    ],
    spec: 'RFC 7009 §2, RFC 7662 §2',
    see: ['revoked_or_unknown'],
  },
};

/** The checks that `--claim` and `--require-claim` ask for, one for each claim. */
export const CLAIM_CHECK: Entry = {
  title: 'a claim is there and has the value that you demanded',
  meaning:
    'The check is called `claim:` and the name of the claim, such as `claim:tenant`. `--require-claim` demands that the claim is there, `--claim` that it has a value as well. The name is part of the report, so a script can look for it. `claim:c_hash` is there without being demanded too: `--code` gives the authorization code that the hash must belong to, and without it the check is skipped.',
  reasons: [
    'the claim is not mapped into this kind of token at the issuer',
    'the claim is only in the introspection answer or at the userinfo endpoint',
    'the value has another spelling or another JSON type',
  ],
  next: [
    ['see all claims', 'tokctl decode @token.txt'],
    ['demand a value', 'tokctl verify @token.txt --issuer https://id.example.com --claim tenant=acme'],
  ],
  spec: 'RFC 7519 §4',
};
