// The long texts about the claims and header members that people ask for most. The short meanings are in claims.ts.
// Every name here has an entry there.

import type { Step } from './entry.ts';

export interface ClaimNote {
  /** Two to five sentences. */
  readonly about: string;
  readonly next?: readonly Step[];
  /** Other words that are explained and belong to this one. */
  readonly see: readonly string[];
}

type Notes = Readonly<Record<string, ClaimNote>>;

const read = (name: string): readonly Step[] => [['read it', `tokctl decode @token.txt --select claims.${name}`]];

export const CLAIM_NOTES: Notes = {
  iss: {
    about:
      'Who made the token, nearly always as an https URL. Its keys are found by it: issuer, metadata, JWK Set. It is compared character by character, so a slash at the end makes another issuer. On its own it is only a claim of the token; trust comes from the issuer that you name.',
    next: read('iss'),
    see: ['issuer', 'issuer_trailing_slash', 'ERR_ISSUER_UNTRUSTED'],
  },
  sub: {
    about:
      'Whom the token is about: a user, or the client itself if no user took part. It is unique and stable only together with `iss`; some servers give each client another `sub` for the same user. Names and e-mail addresses change, so store `iss` and `sub` to know a user again.',
    next: read('sub'),
    see: ['sub_id', 'oid', 'act'],
  },
  aud: {
    about:
      'The audience: who may accept the token, as one text or a list. An API that is not named must refuse the token, or a token for one service opens another. In an ID token it is the client, in an access token the API. Some servers leave it out of access tokens.',
    next: [
      ...read('aud'),
      ['check against your own', 'tokctl verify @token.txt --issuer https://id.example.com --audience my-api'],
    ],
    see: ['audience', 'audience_missing', 'caller_not_in_audience'],
  },
  exp: {
    about:
      'The second from which the token is no longer valid, counted since 1970 in UTC. At that very second it is already over. Values with thirteen digits are milliseconds and a mistake. A refresh or a new sign-in gives a new token; `exp` of an old one cannot be moved.',
    next: [['read it as a date', 'tokctl decode @token.txt --select times.expires_at']],
    see: ['expiry', 'expired', 'milliseconds_not_seconds', 'clock_skew'],
  },
  nbf: {
    about:
      'The second before which the token must not be accepted, counted since 1970 in UTC. Most issuers set it to the moment of issue or leave it out. Where clocks differ, fresh tokens fail here for a few seconds.',
    next: [['read it as a date', 'tokctl decode @token.txt --select times.not_before']],
    see: ['not_before', 'not_yet_valid', 'clock_skew'],
  },
  iat: {
    about:
      'When the token was made, in seconds since 1970. It tells the age of a token, whatever its `exp` says, and which of two tokens is the newer. The specification does not forbid a value in the future; some libraries refuse it all the same.',
    next: [['read it as a date', 'tokctl decode @token.txt --select times.issued_at']],
    see: ['issued_at', 'max_age', 'clock_skew'],
  },
  jti: {
    about:
      'An identifier that no other token of this issuer has. With it a token can be found in the log of the server without writing the token itself down, can be put on a list of revoked ones, and a second use can be noticed. It is no secret.',
    next: read('jti'),
    see: ['uti', 'revocation'],
  },
  scope: {
    about:
      'What the token allows, as names with spaces between. RFC 7662 and RFC 9068 want one text; lists and commas are met too, and some providers call it `scp`. A scope limits what the client may do for the user; what the user may do at all is often in roles.',
    next: [
      ...read('scope'),
      ['demand one', 'tokctl verify @token.txt --issuer https://id.example.com --scope orders:read'],
    ],
    see: ['scp', 'roles', 'scope_missing'],
  },
  scp: {
    about:
      'The granted scopes at Okta (a list), Microsoft Entra ID (one text) and Ory Hydra (a list). tokctl reads it like `scope`. In Entra it is there only when a user took part; a token of the client alone has `roles`.',
    next: read('scp'),
    see: ['scope', 'roles'],
  },
  client_id: {
    about:
      'The client that the token was issued to, not the one that asks about it. In a client-credentials token it often equals `sub`. Providers also call it `azp`, `cid` or `appid`. Amazon Cognito writes it where others have `aud`.',
    next: read('client_id'),
    see: ['azp', 'cid', 'appid', 'caller_not_in_audience'],
  },
  azp: {
    about:
      'The authorized party: the client that the token was issued to. OpenID Connect defines it for ID tokens with several audiences. Keycloak, Auth0, Google and Entra v2 write it into access tokens as well, in place of `client_id`.',
    next: read('azp'),
    see: ['client_id', 'aud'],
  },
  username: {
    about:
      'A readable name of the user in an introspection answer. It is for logs and pages and not for decisions: it may change and be given to somebody else. Decide by `iss` and `sub`.',
    see: ['sub', 'preferred_username'],
  },
  active: {
    about:
      'The one member that every introspection answer must have: true or false. False gives no reason, so that nobody learns from it. The texts "true" and "false" are no booleans; such an answer is not accepted as one.',
    see: ['introspection', 'revoked_or_unknown', 'ERR_RESPONSE_INVALID'],
  },
  token_type: {
    about:
      'How the token is presented to an API: `Bearer`, or `DPoP` with a proof. Some servers write the kind of the token there, such as `access_token`. It is a member of answers and seldom a claim.',
    see: ['cnf', 'token_use'],
  },
  nonce: {
    about:
      'A random value that the client sent with the authorization request; the ID token must repeat it. So the client knows that this ID token answers its own request and is not replayed. Access tokens have none.',
    next: [
      [
        'check it',
        'tokctl verify @id-token.txt --issuer https://id.example.com --expect id_token --nonce n-0S6_WzA2Mj',
      ],
    ],
    see: ['id_token', 'at_hash'],
  },
  at_hash: {
    about:
      'The left half of the hash of the access token that came with this ID token, in base64url. Which hash it is follows from the `alg` of the ID token. It shows that nobody exchanged the access token.',
    next: [
      [
        'check the pair',
        'tokctl verify @id-token.txt --issuer https://id.example.com --expect id_token --access-token @token.txt',
      ],
    ],
    see: ['c_hash', 'id_token'],
  },
  c_hash: {
    about:
      'The left half of the hash of the authorization code that came with this ID token, in base64url. Which hash it is follows from the `alg` of the ID token. Only ID tokens of the authorization endpoint (the hybrid flow) have it. It shows that nobody exchanged the code.',
    next: [
      [
        'check the pair',
        'tokctl verify @id-token.txt --issuer https://id.example.com --expect id_token --code env:CODE',
      ],
    ],
    see: ['claim:<name>', 'at_hash', 'id_token'],
  },
  auth_time: {
    about:
      'When the user last proved who they are, in seconds since 1970. It can be much older than `iat`: tokens are renewed without a new sign-in. An API that wants a fresh sign-in compares it and answers `insufficient_user_authentication`.',
    next: read('auth_time'),
    see: ['acr', 'amr', 'max_age'],
  },
  acr: {
    about:
      'How strong the sign-in was, by a name that both sides agreed on; `0` or `1` at some servers, a URI at others. The names have no order of their own. Ask for one with `acr_values`.',
    next: read('acr'),
    see: ['amr', 'auth_time'],
  },
  amr: {
    about:
      'The methods that were used to sign in, as a list: `pwd` password, `otp` one-time code, `mfa` several factors, `hwk` a hardware key, `fpt` a fingerprint. RFC 8176 has the names; providers add their own.',
    next: read('amr'),
    see: ['acr', 'auth_time'],
  },
  sid: {
    about:
      'The session at the server. Tokens of one sign-in share it, and a logout token names it, so that the client ends the right session. It is no secret, but it ties requests of one person together.',
    next: read('sid'),
    see: ['logout_token', 'session_state'],
  },
  cnf: {
    about:
      'The confirmation: the key that whoever shows the token must also hold. `jkt` is the thumbprint of a DPoP key, `x5t#S256` that of a client certificate. A stolen copy is worthless without the key, so an API must not take the token as a plain Bearer token.',
    next: [
      [
        'check it with its proof',
        'tokctl verify @token.txt --issuer https://id.example.com --dpop-proof @proof.txt --dpop-method GET --dpop-url https://api.example.com/orders',
      ],
    ],
    see: ['confirmation', 'sender_constrained', 'dpop_proof'],
  },
  act: {
    about:
      'Who uses the token in the place of `sub`, after a token exchange or an impersonation. It can nest: the outermost is the one who acts now. Only that one counts for access decisions, the others are history.',
    next: read('act'),
    see: ['may_act', 'sub'],
  },
  authorization_details: {
    about:
      'What was granted in detail, as a list of objects with a `type`: this account, that amount. It is used where scopes are too coarse, as with payments. The meaning of the members is defined by the type.',
    next: read('authorization_details'),
    see: ['scope'],
  },
  roles: {
    about:
      'Roles of the subject. RFC 9068 gives the name; the form is a list of texts, and in Entra the roles of an application. Keycloak has roles in `realm_access` and `resource_access`. They say what the user may do, scopes what the client may do in their name.',
    next: read('roles'),
    see: ['groups', 'scope', 'realm_access', 'permissions'],
  },
  groups: {
    about:
      'Groups of the subject, as names or identifiers. With many groups a token grows too large, so Entra writes `hasgroups` or `_claim_names` in their place beyond a limit. A missing group is then no sign that the user is not in it.',
    next: read('groups'),
    see: ['roles', 'hasgroups', '_claim_names'],
  },
  permissions: {
    about:
      'The permissions of the user at this API in Auth0, as a list. They are in the access token only if the API is set to add them. They stand beside `scope`, which lists what the client was granted.',
    next: read('permissions'),
    see: ['scope', 'roles'],
  },
  entitlements: {
    about:
      'What the subject is entitled to, named by RFC 9068 after the user schema of SCIM. What the values mean is agreed between server and API.',
    see: ['roles', 'groups'],
  },
  typ: {
    about:
      'Keycloak writes the kind of the token into the claims: `Bearer`, `ID`, `Refresh`, `Offline` or `Logout`. It is not the `typ` of the header, which is `JWT` there for all of them. tokctl tells Keycloak tokens apart by it.',
    next: read('typ'),
    see: ['kind', 'type', 'token_use'],
  },
  token_use: {
    about:
      'The kind of the token: `access` or `id` at Amazon Cognito, `access_token` or `refresh_token` in the answers of Ory Hydra and Dex. All tokens of Cognito are signed by the same keys, so an API has to look at it.',
    next: read('token_use'),
    see: ['kind', 'typ'],
  },
  realm_access: {
    about:
      'The roles of the whole realm in Keycloak, as an object with a list `roles`. The roles at one client are in `resource_access`. Both can be missing if the mappers were removed or the token is a lightweight one.',
    next: [['read the roles', 'tokctl decode @token.txt --select claims.realm_access.roles']],
    see: ['resource_access', 'roles', 'lightweight_token'],
  },
  resource_access: {
    about:
      'The roles at each client in Keycloak, as an object by client with a list `roles` in each. An API looks at the entry with its own client id.',
    next: read('resource_access'),
    see: ['realm_access', 'roles'],
  },
  tid: {
    about:
      'The tenant of Microsoft Entra ID that issued the token. An application for several tenants must check it together with `iss`, because every tenant can get valid tokens for it.',
    next: read('tid'),
    see: ['iss', 'oid', 'issuer_version_pair'],
  },
  oid: {
    about:
      'The object in Microsoft Entra ID: a user or a service principal. It is the same in all applications of one tenant, while `sub` differs for each application. Together with `tid` it names the user.',
    next: read('oid'),
    see: ['tid', 'sub'],
  },
  ver: {
    about:
      'The version of the format. At Microsoft Entra ID `1.0` or `2.0` decides how `iss`, the client and the user name are written. At Okta it is always 1.',
    next: read('ver'),
    see: ['issuer_version_pair', 'appid', 'azp'],
  },
  appid: {
    about:
      'The client in tokens of version 1.0 of Microsoft Entra ID. In version 2.0 it is called `azp`. `appidacr` says whether it showed a secret, a certificate or nothing.',
    next: read('appid'),
    see: ['azp', 'client_id', 'ver'],
  },
  cid: {
    about: 'The client that the token was issued to, at Okta and Cloud Foundry UAA. Elsewhere it is `client_id`.',
    next: read('cid'),
    see: ['client_id'],
  },
  upn: {
    about:
      'The user principal name, which looks like an e-mail address and need not be one. It can change and be given to somebody else, so it is for display. Decide by `oid` and `tid`, or by `iss` and `sub`.',
    see: ['oid', 'preferred_username'],
  },
  preferred_username: {
    about:
      'The name that the user wants to be shown. It is neither unique nor stable, and at some servers users choose it freely. Never decide by it who somebody is.',
    see: ['sub', 'username'],
  },
  email: {
    about:
      'The e-mail address of the user. It is an address and not an identity: it may change, and counts only if `email_verified` is true and you trust the issuer in that. Use `iss` and `sub` to know a user again.',
    see: ['email_verified', 'sub'],
  },
  email_verified: {
    about:
      'Whether the issuer made sure that the address belongs to the user. Some providers, Apple and the tokeninfo of Google among them, write the text "true" in place of the boolean; a strict comparison then says no.',
    see: ['email'],
  },
  events: {
    about:
      'What happened, by the URI of the event. With the back-channel logout URI the token is a logout token, with others a security event token. It is a report, and no permission follows from it.',
    next: read('events'),
    see: ['logout_token', 'security_event', 'toe', 'txn'],
  },
  may_act: {
    about:
      'Who may exchange this token for one with which to act for the subject. The server reads it at the token exchange; for access decisions it has no meaning.',
    see: ['act'],
  },
  token_introspection: {
    about:
      'The introspection answer inside a signed response. Everything about the token stands in it; beside it are only `iss`, `aud` and `iat` of the response itself. So the response cannot be mistaken for the token.',
    see: ['introspection_response', 'response'],
  },
  htm: {
    about: 'The HTTP method of the one request that a DPoP proof is for. It must equal the method of the request.',
    see: ['dpop_proof', 'htu', 'ath'],
  },
  htu: {
    about:
      'The URL of the one request that a DPoP proof is for, without query and fragment. Behind a proxy the API must compare it with the public URL and not with its own.',
    see: ['dpop_proof', 'htm', 'ath'],
  },
  ath: {
    about:
      'The SHA-256 hash of the access token that a DPoP proof goes with, in base64url. It keeps a proof from being used with another token.',
    see: ['dpop_proof', 'cnf'],
  },
  _claim_names: {
    about:
      'Names of claims that are not in the token but can be had elsewhere; `_claim_sources` says where. Microsoft Entra ID does so with `groups` when there are too many. tokctl does not fetch them.',
    see: ['_claim_sources', 'groups'],
  },
};

const header = (name: string): readonly Step[] => [
  ['read it', `tokctl decode @token.txt --select token.header.${name}`],
];

/** Members of the JOSE header; some share their name with a claim. */
export const HEADER_NOTES: Notes = {
  alg: {
    about:
      'How the token says that it is signed or encrypted. RS, PS and ES with a number, EdDSA and Ed25519 use a key pair; HS uses a shared secret; `none` means unsigned. Whoever verifies decides which are allowed: the header is written by whoever made the token.',
    next: header('alg'),
    see: ['algorithm', 'symmetric_algorithm', 'algorithm_confusion', 'algorithm_none'],
  },
  kid: {
    about:
      'The name of the key that signed, as it stands in the JWK Set. It is any text and tells nothing about the key. It is optional: without it every fitting key is tried.',
    next: [...header('kid'), ['list the keys of an issuer', 'tokctl jwks https://id.example.com']],
    see: ['key', 'key_rotated', 'key_of_other_environment', 'key_id_reused'],
  },
  typ: {
    about:
      'The media type of the whole token, without `application/`. `at+jwt` is an access token, `logout+jwt` a logout token, `dpop+jwt` a proof; `JWT` tells nothing. It is compared without case.',
    next: [...header('typ'), ['demand it', 'tokctl verify @token.txt --issuer https://id.example.com --typ at+jwt']],
    see: ['type', 'kind'],
  },
  crit: {
    about:
      'Extensions that a reader must understand or else refuse the token. tokctl supports none, so each token with `crit` is refused. To ignore it would mean to verify something else than was signed.',
    next: header('crit'),
    see: ['critical_header', 'b64'],
  },
  b64: {
    about:
      'With the value false the payload is signed as it is and not in base64url. A JWT must not do that, so tokctl refuses it: a reader that does not know it would verify another text.',
    see: ['critical_header', 'crit'],
  },
  jku: {
    about:
      'The address of a JWK Set. Whoever forges a token also writes this address, so it is shown and never followed. The keys come from the issuer that you name.',
    see: ['key_reference'],
  },
  jwk: {
    about:
      'A public key inside the token. It proves nothing about who made the token. Only a DPoP proof carries its key on purpose, to show that its sender holds it.',
    see: ['key_reference', 'dpop_proof'],
  },
  x5u: {
    about: 'The address of a certificate. It comes from whoever made the token, so it is shown and never followed.',
    see: ['key_reference'],
  },
  x5c: {
    about:
      'A certificate chain inside the token. It is shown and not trusted: a chain proves something only to somebody who chose its root before.',
    see: ['key_reference'],
  },
  cty: {
    about:
      'The media type of the payload. `JWT` means that another token is inside, signed first and then encrypted. The outer signature says nothing about the inner token.',
    see: ['jwe'],
  },
  enc: {
    about:
      'How the content is encrypted, such as `A256GCM`; `alg` then says how the content key reached the reader. A token with it is a JWE and can be read only by the holder of the key.',
    see: ['jwe', 'alg'],
  },
  zip: {
    about:
      'Compression before encryption. It belongs to encrypted tokens alone. Nothing is inflated here, because a small token can become a very large text.',
    see: ['jwe'],
  },
  nonce: {
    about:
      'In the header it marks an access token for Microsoft Graph: the value was replaced by its hash before signing, so the signature cannot be checked by anybody else. Such a token is for Graph and not for your API.',
    see: ['not_locally_verifiable'],
  },
};
