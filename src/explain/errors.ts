// Every error code in plain words. An error means that no answer could be had; "no" is a result and not an error.

import type { ErrorCode } from '../core/errors.ts';
import type { Entry } from './entry.ts';

export const ERRORS: Readonly<Record<ErrorCode, Entry>> = {
  ERR_USAGE: {
    title: 'the command line is wrong',
    meaning:
      'An option or argument is unknown, lacks its value, or contradicts another one. Nothing was read and nothing was sent. The message names the word, and the nearest right one if there is one.',
    reasons: [
      'a typing mistake in an option',
      'two options that exclude each other',
      'a shell variable that is empty, so that an option swallowed the next one',
    ],
    next: [
      ['see the options of a command', 'tokctl introspect --help'],
      'put quotes around variables: `--issuer "$ISSUER"`',
    ],
  },
  ERR_CONFIG_INVALID: {
    title: 'the configuration file cannot be used',
    meaning:
      'The file is no YAML, has an unknown key, or a value of the wrong form. Unknown keys are errors and not ignored, because a misspelt `audience` would switch a check off in silence. A file that holds a secret and can be read by others is refused too.',
    reasons: [
      'a key is misspelt: keys are the flags without the two dashes',
      'the indentation puts an option beside the profile and not into it',
      'the file holds a literal secret and its mode is wider than 600',
      'a file that a variable or an option names is not there or cannot be read',
    ],
    next: [
      ['see which file is read', 'tokctl config path'],
      ['see what was made of it and where each value comes from', 'tokctl config show'],
      'write `client-secret: env:CLIENT_SECRET` in place of the secret',
    ],
  },
  ERR_TOKEN_MISSING: {
    title: 'there is no token to look at',
    meaning:
      'The token comes from an argument, else from `TOKCTL_TOKEN`, else from a pipe. None of them gave one. An empty file, an unset variable or an empty line counts as none.',
    reasons: [
      'the command before the pipe printed nothing, perhaps because it failed',
      'the variable is not exported, or has another name in this job',
      'a token response holds no member of the name that `--pick` asks for',
    ],
    next: [
      ['give it by a file', 'tokctl introspect @token.txt'],
      ['or by a variable', 'tokctl introspect env:ACCESS_TOKEN'],
    ],
  },
  ERR_CLIENT_CREDENTIALS_MISSING: {
    title: 'the server must be asked, but as whom is not known',
    meaning:
      'An introspection or token endpoint answers only to a client that authenticates itself. The id is missing, or the secret, key or certificate that the chosen method needs. Nothing was sent.',
    reasons: [
      'only `--client-id` was given',
      'the variable behind `env:` is not set in this shell or job',
      'the method needs a private key, and none was named',
    ],
    next: [
      [
        'give both',
        'tokctl introspect @token.txt --issuer https://id.example.com --client-id my-api --client-secret env:CLIENT_SECRET',
      ],
      ['ask without credentials where the server allows that', 'tokctl introspect @token.txt --client-auth none'],
    ],
    spec: 'RFC 7662 §2.1',
  },
  ERR_ENDPOINT_UNKNOWN: {
    title: 'the introspection endpoint is not known',
    meaning:
      'The token can only be judged by its server, and where to ask is neither given nor listed in the metadata. Some servers have the endpoint and do not advertise it; some have none at all.',
    reasons: [
      'neither `--issuer` nor `--introspection-endpoint` was given',
      'the metadata lists no `introspection_endpoint`: it is switched off, or on an administration port',
      'the provider has no introspection',
    ],
    next: [
      ['see what the server offers', 'tokctl doctor https://id.example.com'],
      [
        'name the endpoint',
        'tokctl introspect @token.txt --introspection-endpoint https://id.example.com/oauth2/introspect --client-id my-api --client-secret env:CLIENT_SECRET',
      ],
    ],
    spec: 'RFC 8414 §2, RFC 7662 §2',
    see: ['provider_has_no_introspection', 'opaque'],
  },
  ERR_ENDPOINT_REFUSED: {
    title: 'tokctl refuses to connect to that address',
    meaning:
      'The address is http beyond this machine, or the metadata names an endpoint on another origin, to which your credentials would go. Metadata can be wrong or forged, and a secret that was sent cannot be called back. Nothing was sent.',
    reasons: [
      'the server advertises its internal host name',
      'introspection really is on another host, such as an administration port',
      'the URL begins with http',
    ],
    next: [
      [
        'allow that origin once you know that it is right',
        'tokctl introspect @token.txt --issuer https://id.example.com --allow-endpoint-origin https://admin.example.com --client-id my-api --client-secret env:CLIENT_SECRET',
      ],
      ['allow http in a test network', 'tokctl verify @token.txt --issuer http://id.test --insecure-http'],
    ],
    spec: 'RFC 7662 §4, RFC 6749 §3.2',
    see: ['insecure_http', 'endpoint_origin'],
  },
  ERR_ISSUER_UNTRUSTED: {
    title: 'nobody said that the issuer of this token is to be trusted',
    meaning:
      'The `iss` in a token is written by whoever made the token. Keys fetched from there prove nothing but that the forger signed his forgery. So a person names the issuer: by option, variable or profile. What can be read without trust is shown.',
    reasons: [
      'no issuer was given and no profile has this one',
      'the token is of an issuer that you do not expect',
      '`iss` is no https URL, so no address can be made of it',
    ],
    next: [
      ['pin the issuer that you expect', 'tokctl verify @token.txt --issuer https://id.example.com'],
      ["trust the token's own issuer for one run", 'tokctl verify @token.txt --trust-iss'],
    ],
    spec: 'RFC 8725 §3.8',
    see: ['iss', 'issuer_from_token'],
  },
  ERR_ISSUER_MISMATCH: {
    title: 'the server calls itself something else',
    meaning:
      'The metadata was fetched from the issuer that you named, but its `issuer` member is not the same text. That may be a slash at the end or an attack in which one server poses as another; the specification says to stop in both cases.',
    reasons: [
      'a slash at the end of the issuer is missing or too many',
      'http in place of https, or another port, because a proxy stands in between',
      'the server was asked by an internal name and knows itself by the public one',
    ],
    next: [
      ['see both spellings', 'tokctl doctor https://id.example.com'],
      'use the issuer exactly as the server writes it',
    ],
    spec: 'RFC 8414 §3.3, OpenID Connect Discovery §4.3',
    see: ['issuer_trailing_slash', 'issuer_differs'],
  },
  ERR_NETWORK: {
    title: 'no connection to the server',
    meaning:
      'The name could not be resolved, the port refused, or the connection broke before an answer came. Nothing is known about the token. Requests that may be repeated were repeated.',
    reasons: [
      'the host name is wrong or known only inside another network',
      'a proxy is needed: `HTTPS_PROXY` is not set, or `NO_PROXY` takes the host out',
      'the server is down, or a firewall drops the connection',
    ],
    next: [
      ['see each exchange', 'tokctl verify @token.txt --issuer https://id.example.com --verbose'],
      ['go on with keys from a file', 'tokctl verify @token.txt --jwks keys.json --offline'],
    ],
  },
  ERR_TIMEOUT: {
    title: 'the answer did not come in time',
    meaning:
      'The limit covers the whole exchange: name, connection, TLS, all of the body and every retry. The server may be overloaded, or may send its answer too slowly. Nothing is known about the token.',
    reasons: [
      'the server is slow right now',
      'a firewall swallows the packets in place of refusing them',
      'the limit is short for this network',
    ],
    next: [
      ['wait longer', 'tokctl verify @token.txt --issuer https://id.example.com --timeout 30s'],
      ['see which exchange it is', 'tokctl doctor https://id.example.com --verbose'],
    ],
  },
  ERR_TLS: {
    title: 'the certificate of the server cannot be trusted',
    meaning:
      'The connection was made, but the certificate is not signed by a known authority, is out of date, or is for another name; or both sides share no version of TLS. Nothing was sent: whoever answers may not be the server.',
    reasons: [
      'the company signs with an authority of its own, or a proxy opens TLS',
      'the certificate expired, or lacks an intermediate certificate',
      'the server wants a client certificate',
      'the host was asked by a name that is not in its certificate',
    ],
    next: [
      [
        'add the certificate authority',
        'tokctl verify @token.txt --issuer https://id.example.com --tls-ca company-ca.pem',
      ],
      [
        'show a client certificate',
        'tokctl introspect @token.txt --issuer https://id.example.com --client-id my-api --client-auth tls_client_auth --tls-cert client.pem --tls-key client.key',
      ],
    ],
    spec: 'RFC 9110 §4.3.4',
    see: ['insecure_tls'],
  },
  ERR_HTTP_STATUS: {
    title: 'the server answered with a status that is no answer',
    meaning:
      'A redirect, a 404 or a 5xx tells nothing about the token. Redirects are not followed, because credentials would go with them. Status, target and the first line of the body are in the details.',
    reasons: [
      'the path is wrong: the endpoint or the realm is another one',
      'a login page or gateway stands in front and redirects',
      'the server is being deployed or has a fault of its own',
    ],
    next: [
      ['see what each address answers', 'tokctl doctor https://id.example.com'],
      [
        'give the metadata address by hand',
        'tokctl verify @token.txt --issuer https://id.example.com --metadata-url https://id.example.com/.well-known/oauth-authorization-server',
      ],
    ],
    spec: 'RFC 9110 §15',
  },
  ERR_RATE_LIMITED: {
    title: 'the server wants fewer requests',
    meaning:
      'It answered 429, also after the retries that the time limit allowed. If it said how long to wait, that is in the details. Asking again at once makes it worse for everybody who uses this client.',
    reasons: [
      'a batch asks faster than the client may',
      'another service uses the same client and the same limit',
      'each request of an API leads to an introspection of its own',
    ],
    next: [
      [
        'ask more slowly',
        'tokctl introspect --from tokens.txt --concurrency 1 --issuer https://id.example.com --client-id my-api --client-secret env:CLIENT_SECRET',
      ],
      [
        'verify JWTs here in place of asking',
        'tokctl introspect --from tokens.txt --mode local --issuer https://id.example.com',
      ],
    ],
    spec: 'RFC 6585 §4, RFC 9110 §10.2.3',
  },
  ERR_RESPONSE_INVALID: {
    title: 'the server answered, but not with what was asked for',
    meaning:
      'An empty body, an HTML page, broken JSON, a missing `active` or the text "true" in place of true: none of these is an answer. A gate that guesses lets the wrong ones in, so this is neither active nor inactive. The start of the body is shown.',
    reasons: [
      'a login page or an error page of a gateway came with status 200',
      'the address is not the introspection endpoint but something near it',
      'the provider has its own form of answer',
      'a signed answer was asked for and plain JSON came, or its signature does not verify',
    ],
    next: [
      [
        'see status, type and first line',
        'tokctl introspect @token.txt --mode remote --verbose --issuer https://id.example.com --client-id my-api --client-secret env:CLIENT_SECRET',
      ],
      [
        'ask for plain JSON',
        'tokctl introspect @token.txt --mode remote --accept json --issuer https://id.example.com',
      ],
    ],
    spec: 'RFC 7662 §2.2, RFC 9701 §5',
  },
  ERR_RESPONSE_TOO_LARGE: {
    title: 'the answer is larger than any honest one',
    meaning:
      'Reading stopped at the limit. Metadata, key sets and introspection answers take a few kilobytes; something much larger is a wrong address, or a server that tries to fill the memory of its callers.',
    reasons: ['the URL leads to a download or to an application', 'the key set collects every key that ever was'],
    next: [
      'fetch the address with another tool and look at its size',
      ['use the keys that you need from a file', 'tokctl verify @token.txt --jwks keys.json'],
    ],
  },
  ERR_CLIENT_AUTHENTICATION: {
    title: 'the server did not accept who is asking',
    meaning:
      'It refused the client with 401, 403 or `invalid_client`. This is about your credentials and not about the token that you wanted to know about. They were sent once and not tried in another way, because many servers lock a client after some failures.',
    reasons: [
      'the secret is wrong, expired, or of another environment',
      'the client is registered for another method of authentication',
      'id or secret hold characters that the two sides encode differently',
      'the client exists but may not introspect',
    ],
    next: [
      [
        'see what the server accepts',
        'tokctl doctor https://id.example.com --client-id my-api --client-secret env:CLIENT_SECRET',
      ],
      [
        'send the credentials in the body',
        'tokctl introspect @token.txt --issuer https://id.example.com --client-id my-api --client-secret env:CLIENT_SECRET --client-auth client_secret_post',
      ],
      [
        'see the request as a curl command without the secrets',
        'tokctl introspect @token.txt --issuer https://id.example.com --client-id my-api --client-secret env:CLIENT_SECRET --show-request',
      ],
    ],
    spec: 'RFC 6749 §5.2, RFC 7662 §2.3',
    see: [
      'client_credentials_wrong',
      'client_secret_encoding',
      'client_auth_method',
      'client_not_allowed',
      'assertion_audience',
    ],
  },
  ERR_OAUTH: {
    title: 'the server refused the request with an OAuth error',
    meaning:
      'The body holds an `error` such as `invalid_request`, `invalid_scope` or `unauthorized_client`, often with a description. The server understood who asks and did not like what was asked. The error text of the server is in the details.',
    reasons: [
      '`token_type_hint` has a value that the server does not know',
      'a scope or resource was asked for that the client may not have',
      'the client may not use this grant',
    ],
    next: [
      [
        'see the request that was sent',
        'tokctl introspect @token.txt --issuer https://id.example.com --client-id my-api --client-secret env:CLIENT_SECRET --show-request',
      ],
      'look the error up in the manual of the server, with its description',
    ],
    spec: 'RFC 6749 §5.2',
  },
  ERR_TOKEN_UNSUPPORTED: {
    title: 'this kind of token cannot be judged in this way',
    meaning:
      'An encrypted or opaque token cannot be verified here, and the tokens of some vendors cannot be introspected anywhere. Some servers refuse JWTs at introspection with `unsupported_token_type`. It says nothing about whether the token is good.',
    reasons: [
      '`verify` was called for a token that is no signed JWT',
      'it is an API key or a vendor token with a check of its own',
      'the server introspects opaque tokens only',
    ],
    next: [
      ['see what it is and how its vendor checks it', 'tokctl decode @token.txt'],
      [
        'ask the server about an opaque or encrypted token',
        'tokctl introspect @token.txt --issuer https://id.example.com --client-id my-api --client-secret env:CLIENT_SECRET',
      ],
      [
        'verify a JWT that the server refuses to introspect',
        'tokctl introspect @token.txt --mode auto --issuer https://id.example.com',
      ],
    ],
    spec: 'RFC 7009 §2.2.1',
    see: ['jwe', 'opaque', 'paseto'],
  },
  ERR_NO_USABLE_KEY: {
    title: 'the key set holds no key that could verify anything',
    meaning:
      'The set was fetched and is empty, or every key in it is for encryption, too weak, private, or of an unknown type. That is a fault of the set and not of the token. A set that holds good keys but not the one of this token is another matter: then the check `key` fails.',
    reasons: [
      'the issuer signs with a shared secret and therefore publishes nothing',
      'the URL is not that of the key set',
      'the set was emptied during a rotation',
    ],
    next: [
      ['see each key and what is wrong with it', 'tokctl jwks https://id.example.com'],
      ['verify with a secret if the token is HS256', 'tokctl verify @token.txt --secret env:JWT_SECRET'],
    ],
    spec: 'RFC 7517 §5',
    see: ['key', 'key_strength', 'symmetric_algorithm'],
  },
  ERR_OFFLINE: {
    title: 'the answer needs the network, and that is switched off',
    meaning:
      '`--offline` forbids every connection, also the one to the key set. What could be read is shown, the rest is not known. With keys from a file, or a fresh copy in the cache, a JWT can be verified all the same.',
    reasons: [
      'the option, `TOKCTL_OFFLINE` or the profile asks for it',
      'the cache holds no copy that is young enough',
    ],
    next: [
      ['give the keys as a file', 'tokctl verify @token.txt --jwks keys.json --offline'],
      ['see where the setting comes from', 'tokctl config show'],
    ],
  },
  ERR_INTERNAL: {
    title: 'a bug in tokctl',
    meaning:
      'Something happened that the program did not foresee. It is no statement about the token or the server. The message tells how to report it; what it prints holds no token and no secret.',
    reasons: ['an input or an answer that nobody tried before'],
    next: [
      'run the command again with `--verbose`, take the token and the secrets out, and report what it prints',
      ['find the version for the report', 'tokctl --version'],
    ],
  },
};
