// The kinds of token: what each is for, how it is recognised, and what to do with it.

import type { KindName } from '../core/kind.ts';
import type { Entry } from './entry.ts';

export const KINDS: Readonly<Record<KindName, Entry>> = {
  access_token: {
    title: 'access token: opens a protected resource',
    meaning:
      'The client sends it with each request to an API. It may be a JWT or an opaque text; only the authorization server and the API need to read it. As a JWT it has the type `at+jwt`, or is recognised by the habits of its provider, such as `token_use: access` at Amazon Cognito.',
    next: [
      [
        'find out whether it is good and for whom',
        'tokctl introspect @token.txt --issuer https://id.example.com --audience my-api',
      ],
    ],
    spec: 'RFC 6749 §1.4, RFC 6750, RFC 9068',
  },
  id_token: {
    title: 'ID token: tells the client who signed in',
    meaning:
      'It is a JWT for the client that asked for the sign-in, and `aud` is that client. It must not be sent to an API: the API cannot tell for what it was issued. Typical signs are `nonce`, `at_hash`, and an audience that is a client id.',
    next: [
      [
        'verify it as the client does',
        'tokctl verify @id-token.txt --issuer https://id.example.com --expect id_token --audience my-client',
      ],
    ],
    spec: 'OpenID Connect Core §2',
  },
  refresh_token: {
    title: 'refresh token: gets new access tokens',
    meaning:
      'It goes to the token endpoint of its server and nowhere else. It lives long and is as sensitive as a password, so one found in a log should be revoked. Some servers introspect it only with a hint.',
    next: [
      [
        'ask whether it is still good',
        'tokctl introspect @token.txt --token-type-hint refresh_token --issuer https://id.example.com --client-id my-client --client-secret env:CLIENT_SECRET',
      ],
    ],
    spec: 'RFC 6749 §1.5 and §6',
  },
  logout_token: {
    title: 'logout token: tells a client that a session ended',
    meaning:
      'The OpenID provider posts it to the back-channel logout address of the client. It holds the logout event and a `sid` or `sub`, and never a `nonce`. It opens nothing.',
    next: [
      [
        'verify it as the client does',
        'tokctl verify @logout.txt --issuer https://id.example.com --expect logout_token --audience my-client',
      ],
    ],
    spec: 'OpenID Connect Back-Channel Logout §2.4',
  },
  security_event: {
    title: 'security event token: reports something that happened',
    meaning:
      'A signed statement from one service to another, such as "this session was revoked" or "this password was changed". What happened is in `events`, by URI. It must not be taken for a permission.',
    next: [
      [
        'verify where it comes from',
        'tokctl verify @event.txt --issuer https://id.example.com --expect security_event --audience my-service',
      ],
    ],
    spec: 'RFC 8417',
  },
  dpop_proof: {
    title: 'DPoP proof: shows that the client holds its key',
    meaning:
      'A small JWT that the client makes anew for each request, with the method, the URL and its public key in the header. It goes beside an access token and is worth nothing alone. Its signature says only that somebody holds that key.',
    next: [
      [
        'check it together with its access token',
        'tokctl verify @token.txt --issuer https://id.example.com --dpop-proof @proof.txt --dpop-method GET --dpop-url https://api.example.com/orders',
      ],
    ],
    spec: 'RFC 9449 §4',
  },
  client_assertion: {
    title: 'client assertion: a client authenticates itself with it',
    meaning:
      'A JWT in which `iss` and `sub` are the client itself and `aud` is the authorization server. It takes the place of a client secret. It is a credential: whoever holds it can act as the client until it expires, so it is never introspected.',
    next: [
      ['read it without sending it anywhere', 'tokctl decode @assertion.txt'],
      'if it was found in a log, change the key of the client or wait for `exp`',
    ],
    spec: 'RFC 7523 §2.2 and §3',
  },
  introspection_response: {
    title: 'introspection response: a signed answer about a token',
    meaning:
      'The answer of an introspection endpoint as a JWT of the type `token-introspection+jwt`. It is meant for the API that asked, which is its `aud`. It is not an access token, although it tells the same things, and must not be accepted as one.',
    next: [
      [
        'ask for such an answer',
        'tokctl introspect @token.txt --mode remote --accept jwt --issuer https://id.example.com --client-id my-api --client-secret env:CLIENT_SECRET',
      ],
    ],
    spec: 'RFC 9701 §5',
  },
  sd_jwt: {
    title: 'SD-JWT: a JWT of which the holder shows only a part',
    meaning:
      'A signed JWT with disclosures behind it, joined by `~`. Hidden claims stand in it as digests, and the holder adds the disclosures of those that are to be seen. It is a credential of a person or a thing, mostly in a wallet.',
    next: [['see the issuer part and what was disclosed', 'tokctl decode @credential.txt']],
    spec: 'RFC 9901',
  },
  jarm_response: {
    title: 'JARM response: an authorization response as a JWT',
    meaning:
      'What the authorization endpoint sends back, `code` and `state` or an error, signed in one JWT. The client verifies it and then exchanges the code. It is used once and opens nothing by itself.',
    next: [
      [
        'verify it as the client does',
        'tokctl verify @response.txt --issuer https://id.example.com --expect jarm_response --audience my-client',
      ],
    ],
    spec: 'OpenID FAPI JARM',
  },
  request_object: {
    title: 'request object: an authorization request as a JWT',
    meaning:
      'The parameters of an authorization request, such as `redirect_uri` and `scope`, signed by the client. Here the client is the issuer and the authorization server the audience. It asks for something and grants nothing.',
    next: [
      ['read the request', 'tokctl decode @request.txt'],
      ['verify it with the key of the client', 'tokctl verify @request.txt --key client-public.pem'],
    ],
    spec: 'RFC 9101',
  },
  unknown: {
    title: 'unknown: nothing tells what it is for',
    meaning:
      'Neither the type nor the claims nor the habits of a provider tell what this token is for. Opaque tokens are like that by nature. A check of the kind cannot pass then.',
    next: [
      ['see the evidence', 'tokctl decode @token.txt'],
      [
        'demand the kind that you need',
        'tokctl verify @token.txt --issuer https://id.example.com --expect access_token',
      ],
    ],
  },
};
