// Every cause in plain words: what the code stands for, how it comes about, what to do next.
// The key set is CAUSE_CODES: a cause without an explanation does not compile.

import type { CauseCode } from '../core/causes.ts';
import type { Entry } from './entry.ts';

const ISSUER = '--issuer https://id.example.com';
const CLIENT = '--client-id my-api --client-secret env:CLIENT_SECRET';
const ASK = `${ISSUER} ${CLIENT}`;

export const CAUSES: Readonly<Record<CauseCode, Entry>> = {
  expired: {
    title: 'the time of the token is over',
    meaning:
      '`exp` lies in the past, so the token is refused everywhere, whatever else is right about it. This is how tokens end; it is a fault only if something should have fetched a new one in time. A server that deletes expired tokens says no more than `active: false`.',
    reasons: [
      'the token was kept and used again after its lifetime',
      'the refresh failed and the program went on with the old token',
      'the clock of this machine is fast',
    ],
    next: [
      ['get a new access token', `tokctl token ${ASK}`],
      ['see when it ended', 'tokctl decode @token.txt --select times.expires_at'],
      'fetch a new token some seconds before `exp`, not after the first refusal',
    ],
    spec: 'RFC 7519 §4.1.4',
    see: ['expiry', 'exp'],
  },
  not_yet_valid: {
    title: 'the time of the token has not begun',
    meaning:
      '`nbf` lies in the future, and before that moment nobody may accept the token. A few seconds are a matter of clocks. Whole hours are mostly local time that was written where UTC seconds belong.',
    reasons: [
      'this clock is behind the one of the issuer',
      'the issuer dates tokens ahead on purpose',
      'a time zone was counted in where the token is made',
    ],
    next: [
      ['compare this clock with the one of the server', `tokctl doctor https://id.example.com`],
      ['forgive half a minute', `tokctl verify @token.txt ${ISSUER} --clock-tolerance 30s`],
    ],
    spec: 'RFC 7519 §4.1.5',
    see: ['not_before', 'nbf'],
  },
  revoked_or_unknown: {
    title: 'the server took the token back, or never heard of it',
    meaning:
      'The server calls the token inactive and nothing that can be seen from here explains it: it has not expired and the right server was asked. What remains is a revocation, a session that ended, a user or client that was disabled, or a token that this server did not issue. The answer does not tell these apart, on purpose.',
    reasons: [
      'somebody logged out, or the token was revoked',
      'the user or the client was disabled, or a not-before policy was set',
      'the token store of the server was emptied, as after a restart of a test server',
      'the server never issued it',
    ],
    next: [
      ['see whether the signature holds all the same', `tokctl introspect @token.txt --mode both ${ASK}`],
      ['get a new access token', `tokctl token ${ASK}`],
      'look the token up in the log of the server by its `jti` or `sid`',
    ],
    spec: 'RFC 7662 §2.2, RFC 7009 §2',
    see: ['revocation', 'introspection'],
  },
  caller_not_in_audience: {
    title: 'the client that asks is not in the audience of the token',
    meaning:
      'Many servers tell a client only about tokens that are meant for it, and call all others inactive. Keycloak does so since 26.6.2 and 26.4.12; Zitadel, OpenIddict and others have the same rule. The token may be perfectly good for somebody else.',
    reasons: [
      'the token names another API in `aud`, or none',
      'the server was updated to a version with this rule',
      'a tool or a gateway asks with a client of its own',
    ],
    next: [
      ['read the audiences of the token', 'tokctl decode @token.txt --select claims.aud'],
      'add the client that asks to `aud` at the server; in Keycloak with an audience mapper in a client scope',
      ['or verify the signature here, which needs no client', `tokctl verify @token.txt ${ISSUER}`],
    ],
    spec: 'RFC 7662 §2.2 and §4',
    see: ['audience', 'aud'],
  },
  asked_wrong_server: {
    title: 'the server that was asked did not make this token',
    meaning:
      'The token names one issuer and another one was asked: another realm, tenant, region or environment. A server knows only its own tokens and calls the rest inactive. Which of the two is right is yours to say.',
    reasons: [
      'test and production were mixed up',
      'the token is of another realm or tenant of the same host',
      'the endpoint comes from a profile that does not belong to this token',
    ],
    next: [
      ['read the issuer of the token', 'tokctl decode @token.txt --select claims.iss'],
      ['see which issuer and endpoint are set, and by what', 'tokctl config show'],
    ],
    spec: 'RFC 7662 §2.2',
    see: ['iss', 'key_of_other_environment'],
  },
  asked_through_other_hostname: {
    title: 'the server was asked by another name than the one in the token',
    meaning:
      'Some servers derive their issuer from the host name of the request. A token that was issued under the public name is then inactive when the internal name is asked, and the other way round. Keycloak without a fixed host name is the best known.',
    reasons: [
      'the API asks inside the cluster, the client got the token through the public address',
      'a proxy does not pass the original host on',
      'http on one side and https on the other, or another port',
    ],
    next: [
      ['read the issuer of the token', 'tokctl decode @token.txt --select claims.iss'],
      ['ask under the name that is in the token', `tokctl introspect @token.txt ${ASK}`],
      'give the server a fixed public name, so that it uses that one for every request',
    ],
    spec: 'RFC 8414 §2',
    see: ['iss', 'asked_wrong_server'],
  },
  refresh_token_needs_hint: {
    title: 'a refresh token is found only with a hint',
    meaning:
      'Without `token_type_hint` some servers search their access tokens alone; Keycloak and PingFederate do. A good refresh token then looks inactive. tokctl asks once more with the hint when the token looks like one, and says so.',
    reasons: ['no hint was sent', 'the server does not extend its search, although the specification wants that'],
    next: [['send the hint', `tokctl introspect @token.txt --token-type-hint refresh_token ${ASK}`]],
    spec: 'RFC 7662 §2.1',
    see: ['refresh_token', 'hint_contradicts_token'],
  },
  hint_contradicts_token: {
    title: 'the hint that was sent is not what the token is',
    meaning:
      'A `token_type_hint` was given that does not fit the token, such as `refresh_token` for an access token. A server should search further then, but some look only where the hint points and answer inactive. Others refuse a hint that they do not know.',
    reasons: [
      'the hint stands in a profile or a variable and was meant for another call',
      'the tokens of a response were mixed up',
    ],
    next: [
      ['see what the token is', 'tokctl decode @token.txt'],
      ['ask without a hint', `tokctl introspect @token.txt ${ASK}`],
    ],
    spec: 'RFC 7662 §2.1, RFC 7009 §2.1',
  },
  provider_has_no_introspection: {
    title: 'this provider does not offer introspection',
    meaning:
      'Not every provider has an endpoint of RFC 7662. Some want their JWTs verified with the JWK Set, others have an interface of their own, and some tokens can be tried only by using them. Without such a check an opaque token stays unknown.',
    reasons: [
      'the provider supports JWTs alone, as Amazon Cognito and Microsoft Entra ID do',
      'the token is an API key or a vendor token with a check of its own',
      'the endpoint exists but is switched off',
    ],
    next: [
      ['see what the token is and how its vendor checks it', 'tokctl decode @token.txt'],
      ['verify a JWT with the keys of the issuer', `tokctl verify @token.txt ${ISSUER}`],
      ['see what the server offers', 'tokctl doctor https://id.example.com'],
    ],
    spec: 'RFC 7662 §2, RFC 8414 §2',
  },
  wrong_token_kind: {
    title: 'it is a token, but not of the kind that belongs here',
    meaning:
      'An ID token was sent to an API, a refresh token to introspection, or a logout token to whatever reads JWTs. They look alike and come in one response. The kind was recognised by the type, the claims or the habits of the provider; the evidence is in the report.',
    reasons: [
      'the client takes `id_token` out of the response in place of `access_token`',
      'a variable or a secret holds the wrong one of several tokens',
    ],
    next: [
      ['see the kind and what it was recognised by', 'tokctl decode @token.txt'],
      ['take the access token out of a whole response', `tokctl verify @response.json --pick access_token ${ISSUER}`],
    ],
    spec: 'RFC 8725 §3.11 and §3.12, RFC 9068 §4',
    see: ['kind', 'id_token', 'access_token'],
  },
  token_truncated: {
    title: 'the end of the token is missing',
    meaning:
      'The text begins like a token and stops too early: a part is missing, or the last one is shorter than a signature of its algorithm can be. Nothing was changed, something was cut. The token at its source is probably fine.',
    reasons: [
      'a database column, a header limit or a log cut it',
      'only a part was selected when it was copied, or the terminal wrapped it',
      'a shell variable stopped at a special character',
    ],
    next: [
      ['see where it ends', 'tokctl decode @token.txt'],
      'compare the length with the token at its source and look for a round number such as 255, 1024 or 4096',
    ],
    spec: 'RFC 7515 §7.1',
    see: ['format', 'token_damaged'],
  },
  token_damaged: {
    title: 'characters of the token were changed or put in',
    meaning:
      'The text holds something that no token holds: white space in the middle, a quotation mark, an ellipsis, the alphabet of ordinary base64, or JSON that does not parse. Somebody handled it as text and not as a token. The report names the first bad character and its position.',
    reasons: [
      'it was copied out of a chat, a ticket or a document that improves its text',
      'a program encoded it once more, or as URL',
      'two tokens, or a token and its label, were joined',
    ],
    next: [
      ['see the first bad character', 'tokctl decode @token.txt'],
      'take the token from its source again, by a pipe or a file and not by hand',
    ],
    spec: 'RFC 7515 §2, RFC 7519 §7.2',
    see: ['format', 'encoding', 'token_truncated'],
  },
  malformed_member: {
    title: 'the issuer makes its tokens in a form that no reader has to accept',
    meaning:
      'A claim, a header member or the signature has another type or form than the rule gives it: `exp` as text, `kid` as a number, an ECDSA signature in DER. Nothing happened to the token on the way; it was made so. Readers differ in what they forgive, which is why it works in one place and not in the next.',
    reasons: [
      'the token is made by own code and not by a library',
      'a template or a mapper of the server writes the claim as text',
      'a signature was made with a function that gives DER',
    ],
    next: [
      ['see what is of which type', 'tokctl decode @token.txt -o json --select claims'],
      'correct it where the token is made; readers that forgive it will not always do so',
    ],
    spec: 'RFC 7519 §4.1, RFC 7515 §4.1, RFC 7518 §3.4',
    see: ['format', 'expiry', 'token_damaged'],
  },
  ambiguous_token: {
    title: 'two readers may see two different tokens in it',
    meaning:
      'A member stands twice in the header or in the claims. One reader takes the first, another the last, so that a check may look at one value and the API at the other. Libraries do not make such tokens by themselves; tokctl refuses them.',
    reasons: ['somebody tries to get past a check', 'the token is put together from pieces of text'],
    next: [
      ['see which member it is', 'tokctl decode @token.txt'],
      'refuse such tokens in your services too, and write JSON with a library',
    ],
    spec: 'RFC 7515 §4, RFC 7519 §4, RFC 8725 §2.4',
    see: ['duplicate_member'],
  },
  unsupported_extension: {
    title: 'the header demands something that tokctl does not do',
    meaning:
      '`crit` lists extensions that a reader must understand or refuse the token, and `b64` changes what is signed. tokctl supports none of them, and no JWT for others needs one. To ignore them would be to verify something else than was signed.',
    reasons: ['the token is of a special protocol and no access token', 'a library was told to add `crit` or `b64`'],
    next: [
      ['see what is demanded', 'tokctl decode @token.txt -o json --select token.header'],
      'have the issuer leave it out, or verify with the library of that protocol',
    ],
    spec: 'RFC 7515 §4.1.11, RFC 7797 §7',
    see: ['critical_header'],
  },
  lightweight_token: {
    title: 'the token says little, and the server knows the rest',
    meaning:
      'A lightweight access token carries few claims on purpose; Keycloak can issue such tokens. Audience, roles and user appear only in the introspection answer. Verified here it seems to lack what was asked for, and at the server it does not.',
    reasons: ['lightweight access tokens are switched on for the client at the server'],
    next: [
      ['ask the server, which fills in the claims', `tokctl introspect @token.txt --mode remote ${ASK}`],
      ['see both and how they differ', `tokctl introspect @token.txt --mode both ${ASK}`],
    ],
    spec: 'RFC 7662 §2.2',
  },
  sender_constrained: {
    title: 'the token works only together with its key',
    meaning:
      '`cnf` binds the token to a key of the client, by DPoP or by a client certificate. An API accepts it only with a proof of that key, so the bare token is refused as a Bearer token. Signature and times may be right all the same.',
    reasons: [
      'the token was copied from a client that sends a proof with each request',
      'the proof is for another method, URL or token, or the certificate was renewed',
      'a gateway in between drops the `DPoP` header or ends TLS',
    ],
    next: [
      [
        'check the token with its proof',
        `tokctl verify @token.txt ${ISSUER} --dpop-proof @proof.txt --dpop-method GET --dpop-url https://api.example.com/orders`,
      ],
      ['check it with its certificate', `tokctl verify @token.txt ${ISSUER} --client-cert client.pem`],
    ],
    spec: 'RFC 7800 §3.1, RFC 8705 §3, RFC 9449 §7',
    see: ['confirmation', 'cnf'],
  },
  signature_altered: {
    title: 'the signature does not belong to this text',
    meaning:
      'The key is the right one, and yet the signature does not fit header and payload. At least one character differs from what was signed. That is damage on the way, or somebody changed a claim; a signature cannot tell the two apart.',
    reasons: [
      'a character was lost or changed where the token was stored or copied',
      'the payload was edited, in a debugger or by an attacker',
      'a proxy re-encoded the token',
    ],
    next: [
      ['see which key was tried', `tokctl verify @token.txt ${ISSUER} -o json --select verification`],
      'take the token from its source again; if it fails there too, treat it as forged',
    ],
    spec: 'RFC 7515 §5.2',
    see: ['signature'],
  },
  key_rotated: {
    title: 'the issuer no longer publishes the key that signed this token',
    meaning:
      'The `kid` of the token is in no key of the set, also after fetching the set anew. Issuers change their keys from time to time and take the old ones away when all tokens of theirs should have expired. A token that outlives its key cannot be verified any more.',
    reasons: [
      'the token lives longer than the issuer keeps old keys',
      'the keys were changed in a hurry after an incident, or the server was set up anew',
      'a cache in between still serves the set from before, without the new key',
    ],
    next: [
      ['list the keys that are there', 'tokctl jwks https://id.example.com'],
      ['get a new access token, signed by a current key', `tokctl token ${ASK}`],
    ],
    spec: 'RFC 7517 §4.5, OpenID Connect Core §10.1.1',
    see: ['key', 'kid'],
  },
  key_of_other_environment: {
    title: 'the key that signed this token belongs to another issuer',
    meaning:
      'No key of the asked issuer fits, and what the token says of itself points elsewhere: another realm, tenant or environment. The token is probably good where it belongs. Do not add that key to your set; find out why the token came here.',
    reasons: [
      'a token of the test environment was sent to production, or the other way round',
      'the profile or the variable names the issuer of another environment',
      'every tenant has keys of its own and the common set was fetched',
    ],
    next: [
      ['read issuer and kid of the token', 'tokctl decode @token.txt'],
      ['see which issuer is set, and by what', 'tokctl config show'],
      ['list the keys of the issuer that was asked', 'tokctl jwks https://id.example.com'],
    ],
    spec: 'RFC 7515 §4.1.4',
    see: ['key', 'asked_wrong_server'],
  },
  key_id_reused: {
    title: 'the set has a key of that name, but it is another key',
    meaning:
      'The `kid` was found and its key does not verify the signature, while another key may. A `kid` that is used again for a new key misleads everybody who caches keys by name. Names should change with the key; the RFC 7638 thumbprint is a good one.',
    reasons: [
      'the `kid` is a fixed word such as `default` or `1`',
      'two keys of the set share one `kid`, for different algorithms or uses',
      'an old copy of the set is cached somewhere',
    ],
    next: [
      ['compare thumbprints and names', 'tokctl jwks https://id.example.com'],
      ['see which keys were tried', `tokctl verify @token.txt ${ISSUER} -o json --select verification.keys`],
    ],
    spec: 'RFC 7517 §4.5, RFC 7638',
    see: ['kid', 'signature'],
  },
  key_not_for_signatures: {
    title: 'the key of that name is not meant for signatures',
    meaning:
      'The `kid` leads to a key whose `use`, `key_ops` or `alg` says that it is for encryption or for another algorithm. A key is used for one purpose, so tokctl does not verify with it. Often the signing key stands beside it under another name.',
    reasons: [
      'the set holds an encryption key too, as that of Keycloak does, and the names are mixed up',
      'the key was published with a wrong `use` or `alg`',
    ],
    next: [
      ['see use and alg of each key', 'tokctl jwks https://id.example.com'],
      'have the issuer publish the signing key with `use` `sig`',
    ],
    spec: 'RFC 7517 §4.2 to §4.4, RFC 8725 §3.1',
  },
  weak_key: {
    title: 'the key is too weak for its signature to prove anything',
    meaning:
      'The signature may even verify, but others than the issuer could have made it: the key is too short, was made by faulty software, or accepts what nobody signed. tokctl refuses such keys. The token is no better than an unsigned one.',
    reasons: [
      'RSA below 2048 bits, or an exponent of 1',
      'a password or a short text serves as HMAC secret',
      'a test key found its way into production',
    ],
    next: [
      ['see what is wrong with each key', 'tokctl jwks https://id.example.com'],
      'make a new key, publish it, sign with it, and take the weak one away',
    ],
    spec: 'RFC 7518 §3.2 and §3.3, RFC 8725 §3.5',
    see: ['key_strength'],
  },
  not_locally_verifiable: {
    title: 'nobody but its audience can verify this token',
    meaning:
      'Some JWTs are signed in a way that only their receiver can check. Access tokens for Microsoft Graph are changed before they are signed, and the Okta org server gives no promise about the keys of its tokens. A failed signature says nothing about such a token.',
    reasons: [
      'the token is meant for an API of the provider and not for yours',
      'no audience of your own was asked for, so the provider gave the default token',
    ],
    next: [
      ['see for whom it is', 'tokctl decode @token.txt --select claims.aud'],
      'ask for a token for your own API: with a scope such as `api://my-api/.default`, or from an own authorization server',
      ['ask the provider where it has introspection', `tokctl introspect @token.txt --mode remote ${ASK}`],
    ],
    spec: 'RFC 6749 §1.4',
  },
  symmetric_algorithm: {
    title: 'the token is signed with a shared secret',
    meaning:
      'HS256, HS384 and HS512 need the very secret that made the signature; there is no public key to fetch. Whoever can verify such a token can also make one. tokctl verifies it only with a secret that you give.',
    reasons: [
      'the client or API is set to HS256 at the provider, at some it is the default',
      'it is a refresh token or another token that the server makes for itself, as at Keycloak',
    ],
    next: [
      ['verify with the secret', 'tokctl verify @token.txt --secret env:JWT_SECRET'],
      ['or ask the server', `tokctl introspect @token.txt --mode remote ${ASK}`],
      'have the issuer sign with RS256 or ES256 where others than the issuer must verify',
    ],
    spec: 'RFC 7518 §3.2, RFC 8725 §3.5',
    see: ['algorithm', 'alg'],
  },
  algorithm_confusion: {
    title: 'the token asks for an algorithm that does not fit the key',
    meaning:
      'The header names an algorithm for another type of key than the one that belongs to the `kid`. The well-known attack is HS256 with the public key as secret: a careless library then verifies what anybody could have signed. tokctl takes the algorithm from the key.',
    reasons: [
      'the header was changed, by a test or by an attacker',
      'the issuer changed its algorithm and uses the old `kid` again',
    ],
    next: [
      ['compare header and key', `tokctl verify @token.txt ${ISSUER} -o json`],
      'make sure that your own services pin the algorithm and do not read it from the token',
    ],
    spec: 'RFC 8725 §2.1 and §3.1',
    see: ['algorithm', 'alg'],
  },
  algorithm_none: {
    title: 'the token is not signed',
    meaning:
      'The header says `none`: there is no signature, and anybody can write any claim into such a token. It is never accepted, also with `--alg none`. In production it means a forgery or a test setting that got out.',
    reasons: [
      'somebody changed the header to try whether the API notices',
      'a test server or a mock makes unsigned tokens',
    ],
    next: [
      ['see what it claims', 'tokctl decode @token.txt'],
      'send it to your API in a test: it must be refused there too',
    ],
    spec: 'RFC 7518 §3.6, RFC 8725 §2.1 and §3.2',
    see: ['algorithm', 'alg'],
  },
  algorithm_not_allowed: {
    title: 'the algorithm of the token is not one that you allow',
    meaning:
      'The signature was not looked at, because its algorithm is not on the list: `--alg` names others, a shared secret was given for a token with a public key, or tokctl does not know the name. The list is there so that a token cannot choose how it is checked.',
    reasons: [
      '`--alg` or the profile lists fewer algorithms than the issuer uses',
      '`--secret` was given, and the token is signed with a private key',
      'the token uses something rare, such as ES256K, or an algorithm for encryption',
    ],
    next: [
      ['read the algorithm', 'tokctl decode @token.txt --select token.header.alg'],
      ['allow it, if the issuer is to use it', `tokctl verify @token.txt ${ISSUER} --alg RS256,ES256`],
    ],
    spec: 'RFC 8725 §3.1',
    see: ['algorithm', 'alg'],
  },
  issuer_trailing_slash: {
    title: 'the two issuers differ by a slash at the end',
    meaning:
      'The issuer in the token and the one that you named are the same but for the last character. They are compared character by character, here and in every library that keeps to the rule, so they are two issuers. Neither spelling is better; the one of the server counts.',
    reasons: [
      'Auth0, authentik and Microsoft Entra v1 write a slash at the end, most others do not',
      'a configuration tool added or removed the slash',
    ],
    next: [
      ['see how the server spells itself', 'tokctl doctor https://id.example.com'],
      'copy the issuer from the token or the metadata into your configuration, with or without the slash',
    ],
    spec: 'RFC 7519 §4.1.1, RFC 8414 §3.3',
    see: ['issuer', 'iss'],
  },
  issuer_version_pair: {
    title: 'the token is of the other version of Microsoft Entra ID',
    meaning:
      'Entra has two issuers for one tenant: `https://sts.windows.net/{tenant}/` for version 1.0 and `https://login.microsoftonline.com/{tenant}/v2.0` for 2.0. Which one an access token has depends on the API that it is for, not on the endpoint that gave it. `ver` tells the version.',
    reasons: [
      'the registration of the API has no `requestedAccessTokenVersion`, which means 1.0',
      'the API was switched to 2.0 and the readers were not',
    ],
    next: [
      ['read the version', 'tokctl decode @token.txt --select claims.ver'],
      'set `requestedAccessTokenVersion` of the API to 2, or name the v1 issuer',
    ],
    spec: 'Microsoft Entra ID, RFC 7519 §4.1.1',
    see: ['issuer', 'ver', 'tid'],
  },
  issuer_differs: {
    title: 'the token is of another issuer than the one you trust',
    meaning:
      '`iss` and the named issuer are two different servers or tenants. The token may be good where it comes from; here it has no standing. tokctl does not fetch keys from the place that the token names.',
    reasons: [
      'the environments are mixed up',
      'the client signs in at another realm, tenant or custom domain',
      'the host name or the port of the server changed',
    ],
    next: [
      ['read the issuer of the token', 'tokctl decode @token.txt --select claims.iss'],
      ['see which issuer is set, and by what', 'tokctl config show'],
    ],
    spec: 'RFC 7519 §4.1.1, RFC 8725 §3.8',
    see: ['issuer', 'iss'],
  },
  audience_missing: {
    title: 'the token does not say for whom it is',
    meaning:
      'You named an audience and the token has no `aud`. Access tokens of RFC 9068 must have one; Amazon Cognito and others leave it out and write the client into `client_id` in its place. Without it nothing tells a token for your API from one for the neighbour.',
    reasons: [
      'the server never writes `aud` into access tokens',
      'the client did not name your API when it asked for the token',
      'the token is a lightweight one and the server knows its audience',
    ],
    next: [
      ['see what it has in place of it', 'tokctl decode @token.txt'],
      ['check the client in place of the audience', `tokctl verify @token.txt ${ISSUER} --claim client_id=my-client`],
      'ask for the token with `audience` or `resource`, or map an audience at the server',
    ],
    spec: 'RFC 7519 §4.1.3, RFC 9068 §2.2',
    see: ['audience', 'aud', 'client_id'],
  },
  audience_differs: {
    title: 'the token is for somebody else',
    meaning:
      '`aud` names others and not the audience that you asked for. An API must refuse such a token, or a token given to one service opens the next. Often both mean the same API and spell it differently.',
    reasons: [
      'the client asked for a token for another API',
      'name and URL of the API are mixed up, or a slash or a scheme differs',
      'it is an ID token, whose audience is the client',
    ],
    next: [
      ['read the audiences of the token', 'tokctl decode @token.txt --select claims.aud'],
      'ask for the token with the identifier of your API (`audience`, `resource` or a scope of it)',
      ['check with the spelling of the token', `tokctl verify @token.txt ${ISSUER} --audience https://api.example.com`],
    ],
    spec: 'RFC 7519 §4.1.3, RFC 8725 §3.9, RFC 8707 §2',
    see: ['audience', 'aud'],
  },
  scope_missing: {
    title: 'the token is sound but does not allow this',
    meaning:
      'At least one scope that you asked for was not granted. The API would answer 403 with `insufficient_scope`, and a new token with the same request will not help. The request for the token, or what the server allows this client, must change.',
    reasons: [
      'the client did not ask for the scope',
      'the user or an administrator did not consent, or the client may not have it',
      'the right is a role and not a scope at this provider',
    ],
    next: [
      ['see what was granted', 'tokctl decode @token.txt'],
      ['ask for it', `tokctl token ${ASK} --scope orders:read`],
    ],
    spec: 'RFC 6749 §3.3, RFC 6750 §3.1',
    see: ['scope', 'roles'],
  },
  claim_differs: {
    title: 'a claim is not what you asked for',
    meaning:
      'You named a claim, a value, a nonce, a type or an access token that belongs to it, and the token has another or none. The token may be sound; it is not the one that was meant. Values are compared as text, and as JSON where the claim is no text.',
    reasons: [
      'the token is of another user, client, tenant or sign-in',
      'the server does not write the claim into this kind of token',
      'number and text are mixed up, or upper and lower case',
    ],
    next: [
      ['see the claims', 'tokctl decode @token.txt'],
      ['ask for one value only', `tokctl verify @token.txt ${ISSUER} --claim client_id=my-client`],
    ],
    spec: 'RFC 7519 §4, OpenID Connect Core §3.1.3.7',
    see: ['claim', 'nonce', 'at_hash', 'type'],
  },
  lifetime_too_short: {
    title: 'the token is valid, but not for as long as you need',
    meaning:
      'Less time is left until `exp` than `--min-ttl` asks for. Nothing is wrong with the token now; it would end in the middle of what it is needed for. A token without `exp` cannot promise any time at all.',
    reasons: [
      'the token was kept until shortly before its end',
      'the server issues tokens for less time than the job takes',
    ],
    next: [
      ['see how much is left', 'tokctl decode @token.txt --select times.ttl_seconds'],
      ['get a new access token', `tokctl token ${ASK}`],
    ],
    spec: 'RFC 7519 §4.1.4',
    see: ['lifetime', 'exp'],
  },
  too_old: {
    title: 'the token was issued longer ago than you accept',
    meaning:
      '`--max-age` sets how long ago `iat` may lie, whatever `exp` says. The token is still within its own lifetime. A new one has a new `iat`; where a fresh sign-in is wanted, the user has to sign in again.',
    reasons: ['the token lives longer than your limit', 'it was kept in a cache and not renewed'],
    next: [
      ['see when it was issued', 'tokctl decode @token.txt --select times.issued_at'],
      ['get a new access token', `tokctl token ${ASK}`],
    ],
    spec: 'RFC 7519 §4.1.6',
    see: ['max_age', 'iat'],
  },
  strict_only: {
    title: 'it fails because of `--strict` and of nothing else',
    meaning:
      'With `--strict` every warning is a failure, and so is an issuer, audience, expiry or kind that nobody looked at. That is meant for gates: what was not checked must not pass. Without it the same token is active, with warnings.',
    reasons: [
      'the audience or the kind that is expected was not named',
      'the token has no `exp`, or something else about it is odd',
    ],
    next: [
      [
        'name what is to be checked',
        `tokctl verify @token.txt ${ISSUER} --audience my-api --expect access_token --strict`,
      ],
      ['see the same without the rule', `tokctl verify @token.txt ${ISSUER}`],
    ],
    see: ['audience', 'kind', 'warned'],
  },
  clock_skew: {
    title: 'two clocks differ, and that decides the answer',
    meaning:
      'The token is too old or too young by a few seconds, or `iat` lies in the future, or the `Date` of the server is not the time here. With clocks that agree the answer would be another one. By default tokctl forgives nothing, so that it is seen.',
    reasons: [
      'a virtual machine or a container host slept',
      'time synchronisation is off or blocked',
      'the issuer dates its tokens by a clock that is ahead',
    ],
    next: [
      ['compare this clock with the one of the server', 'tokctl doctor https://id.example.com'],
      ['forgive half a minute', `tokctl verify @token.txt ${ISSUER} --clock-tolerance 30s`],
      'set the clock by NTP; a tolerance only hides the difference',
    ],
    spec: 'RFC 7519 §4.1.4 and §4.1.5',
    see: ['expiry', 'not_before', 'issued_at', 'clock_tolerance'],
  },
  milliseconds_not_seconds: {
    title: 'a time was written in milliseconds',
    meaning:
      'A NumericDate counts seconds since 1970 and this value counts milliseconds: it lies tens of thousands of years ahead. As `exp` it makes a token that never expires, as `nbf` one that never begins. The number is taken literally, because other readers do so too.',
    reasons: ['`Date.now()` or a similar function went into the claim without a division by 1000'],
    next: [
      ['see which claim it is', 'tokctl decode @token.txt'],
      'divide by 1000 where the token is made, and change the signing key if tokens without an end are out',
    ],
    spec: 'RFC 7519 §2',
    see: ['time_unit'],
  },
  client_credentials_wrong: {
    title: 'the server does not know this client, or not with this secret',
    meaning:
      'The client that asks was refused, and nothing points at encoding or method: id or secret are probably wrong. It says nothing about the token. tokctl does not try again, because servers lock clients after some failures.',
    reasons: [
      'the secret was changed at the server, or has expired',
      'id and secret are of another environment or realm',
      'the variable holds a line end, a quotation mark or nothing',
    ],
    next: [
      ['see where id and secret come from', 'tokctl config show'],
      ['try them where the server can tell more', `tokctl token ${ASK}`],
      ['see the request, with placeholders for the secrets', `tokctl introspect @token.txt ${ASK} --show-request`],
    ],
    spec: 'RFC 6749 §5.2, RFC 7662 §2.3',
    see: ['ERR_CLIENT_AUTHENTICATION'],
  },
  client_secret_encoding: {
    title: 'id or secret hold characters that the two sides encode differently',
    meaning:
      'For Basic authentication id and secret are form-encoded before they are joined. Some servers do not decode them, and some clients do not encode. With letters and digits alone nobody notices; with `+`, `%`, `:`, `/` or a space the right secret is refused.',
    reasons: [
      'the server takes the credentials as they are, against the rule',
      'the secret was generated with special characters, or the client id is a URL',
    ],
    next: [
      [
        'send the credentials in the body, where no doubt is possible',
        `tokctl introspect @token.txt ${ASK} --client-auth client_secret_post`,
      ],
      ['send them without form-encoding', `tokctl introspect @token.txt ${ASK} --basic-encoding raw`],
      'or have a secret of letters and digits made',
    ],
    spec: 'RFC 6749 §2.3.1',
    see: ['ERR_CLIENT_AUTHENTICATION', 'basic_encoding_raw'],
  },
  client_auth_method: {
    title: 'the client must authenticate itself in another way',
    meaning:
      'The client is registered for one method of authentication, or the server supports only some for introspection, and another one was used. The secret may be right. The metadata lists what the server accepts; which of these the client has is known at the server.',
    reasons: [
      'the client is set to `client_secret_post` or `private_key_jwt` and Basic was sent',
      'the introspection endpoint accepts other methods than the token endpoint',
      'the endpoint wants an access token of its own (`--bearer`)',
    ],
    next: [
      ['see which methods the server lists', 'tokctl doctor https://id.example.com'],
      ['send the credentials in the body', `tokctl introspect @token.txt ${ASK} --client-auth client_secret_post`],
      [
        'sign an assertion',
        `tokctl introspect @token.txt ${ISSUER} --client-id my-api --client-auth private_key_jwt --client-key client.pem`,
      ],
    ],
    spec: 'RFC 8414 §2, RFC 7662 §2.1',
    see: ['ERR_CLIENT_AUTHENTICATION'],
  },
  client_not_allowed: {
    title: 'the server knows the client but does not let it ask',
    meaning:
      'Authentication succeeded or was not needed, and the server forbids this client to introspect. Public clients are often refused, and some servers want a right, a scope or a resource server registration. Nothing is known about the token.',
    reasons: [
      'the client is public and has no secret',
      'introspection is a right that this client was not given',
      'the client was created for sign-ins and not for an API',
    ],
    next: [
      'use the client of the API that receives the tokens, and give it the right to introspect',
      ['or verify the signature here, which needs no client', `tokctl verify @token.txt ${ISSUER}`],
    ],
    spec: 'RFC 7662 §2.1 and §4',
    see: ['ERR_CLIENT_AUTHENTICATION', 'caller_not_in_audience'],
  },
  assertion_audience: {
    title: 'the server expects another audience in the client assertion',
    meaning:
      'A client that signs an assertion must name the server in `aud`. The issuer is the value to prefer; older servers want the token endpoint, some the introspection endpoint. The wrong one is answered with `invalid_client`, like a wrong key.',
    reasons: [
      'the server accepts only its issuer, or only the URL of an endpoint',
      'the server was updated to the stricter rule',
      'the server was asked by another host name than its own',
    ],
    next: [
      [
        'name the token endpoint in the assertion',
        `tokctl introspect @token.txt ${ISSUER} --client-id my-api --client-auth private_key_jwt --client-key client.pem --client-assertion-audience token`,
      ],
      ['see what the server calls itself', 'tokctl doctor https://id.example.com'],
    ],
    spec: 'RFC 7523 §3, OpenID Connect Core §9',
    see: ['ERR_CLIENT_AUTHENTICATION', 'client_assertion'],
  },
};
