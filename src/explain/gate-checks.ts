// The assertions that only `tokctl check` makes, in plain words: about servers, resources and thresholds.

import type { Entry } from './entry.ts';

export const GATE_CHECKS: Readonly<Record<string, Entry>> = {
  latency: {
    title: 'every server answered as quickly as was asked',
    meaning:
      'The slowest answer that this check waited for is compared with `max-latency`. A token that is good is no use to a caller who waits too long for that answer.',
    next: [['see how long each exchange took', 'tokctl check --verbose'], 'raise max-latency if the network is far'],
  },
  remaining: {
    title: 'the token lives long enough for what is to come',
    meaning:
      'Below `warn-ttl` the check warns, below `min-ttl` it fails. A pipeline that runs for an hour with a token of ten minutes fails in the middle.',
    next: ['get the token later, or ask the authorization server for a longer one'],
    spec: 'RFC 7519 §4.1.4',
  },
  metadata: {
    title: 'the metadata of the issuer can be had and is its own',
    meaning: 'The document at a well-known location must name the issuer that was asked, byte for byte.',
    next: [['see every location and what it answers', 'tokctl doctor https://id.example.com']],
    spec: 'RFC 8414 §3.3',
  },
  keys: {
    title: 'the JWK Set has as many usable keys as expected',
    meaning: 'Only keys count that can verify a signature: of a known type, for signatures, and strong enough.',
    next: [['list the keys and what is wrong with each', 'tokctl jwks https://id.example.com']],
    spec: 'RFC 7517 §5',
  },
  algorithms: {
    title: 'the keys are for the algorithms that are expected',
    meaning: 'A key for another algorithm than those that were named is a change that somebody should know of.',
    next: [['see alg, type and curve of each key', 'tokctl jwks https://id.example.com']],
    spec: 'RFC 7518 §3.1',
  },
  baseline: {
    title: 'the issuer is as it was when it was recorded',
    meaning:
      'Endpoints, methods and keys are compared with a file that was recorded before. A new key, a removed endpoint or another issuer is reported, whether it is good or bad.',
    next: ['look at the change; record it anew if it was meant'],
  },
  anonymous_refused: {
    title: 'the introspection endpoint refuses callers that show nothing',
    meaning:
      'Without authentication anybody could try tokens against the endpoint until one is active. It must answer 401, 403 or an OAuth error to a request without credentials.',
    next: [['see what it answers', 'tokctl doctor https://id.example.com']],
    spec: 'RFC 7662 §2.1 and §4',
  },
  certificate: {
    title: 'the TLS certificate is good for long enough',
    meaning: 'The days that are left of the certificate of the host are compared with what was asked.',
    next: ['have it renewed, and look why that does not happen by itself'],
    spec: 'RFC 5280 §4.1.2.5',
  },
  with_token: {
    title: 'the protected resource opens to the token',
    meaning: 'A GET with the token as Bearer must be answered with 200.',
    next: [['see what the token may do', 'tokctl decode @token.txt']],
    spec: 'RFC 6750 §2.1',
  },
  without_token: {
    title: 'the protected resource is closed without a token',
    meaning: 'A GET without one must be answered with 401 and `WWW-Authenticate: Bearer`.',
    next: ['look at the configuration of the resource: it may be open to everybody'],
    spec: 'RFC 6750 §3',
  },
  dead_token: {
    title: 'the protected resource refuses a token that is not good',
    meaning:
      'It must answer 401 with `error="invalid_token"`; one that only looks at the form of a token lets forged ones in.',
    next: ['look whether the resource verifies the signature, or introspects'],
    spec: 'RFC 6750 §3.1',
  },
};
