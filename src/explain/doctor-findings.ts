// The questions of `tokctl doctor`, by the ids of its findings. An id keeps its question whatever the answer; the severity
// tells good from bad. Faults of single keys have the ids that stand in `findings.ts`.

import type { Entry } from './entry.ts';

type Area = 'issuer' | 'metadata' | 'tls' | 'clock' | 'keys' | 'introspection' | 'token' | 'resource' | 'baseline';

/** What a question is about, once for all of its area. `see` begins with the check that comes to grief by it. */
const AREAS: Readonly<Record<Area, Pick<Entry, 'meaning' | 'see'>>> = {
  issuer: {
    meaning:
      'Whoever verifies a token compares its `iss` with the issuer, byte for byte, and trusts what is served below it.',
    see: ['issuer', 'ERR_ISSUER_MISMATCH', 'issuer_trailing_slash'],
  },
  metadata: {
    meaning:
      'Clients and APIs read endpoints, keys and methods from the metadata, at the first well-known location that they try.',
    see: ['issuer', 'ERR_ENDPOINT_UNKNOWN', 'ERR_ENDPOINT_REFUSED'],
  },
  tls: {
    meaning:
      'Keys and answers are worth as much as the connection they come over. One connection is made to look at the certificates; nothing is sent over it.',
    see: ['ERR_TLS'],
  },
  clock: {
    meaning:
      'Times in tokens are written by one clock and judged by another. `Date` in the answers of the server is compared with this machine.',
    see: ['issued_at', 'clock_skew'],
  },
  keys: {
    meaning:
      'The JWK Set is what every signature of the issuer stands on. Verifiers fetch it, keep it for a while, and pick a key by its `kid`.',
    see: ['key', 'key_strength', 'key_rotated'],
  },
  introspection: {
    meaning:
      'The introspection endpoint tells whether a token is active, to callers who say who they are. Only tokens that were made up a moment ago are sent to it, and right credentials unless it is announced otherwise.',
    see: ['introspection', 'response', 'ERR_CLIENT_AUTHENTICATION'],
  },
  token: {
    meaning: 'A token is got by `client_credentials`, asked about, verified and revoked. No other token is touched.',
    see: ['revocation', 'signature', 'lightweight_token'],
  },
  resource: {
    meaning:
      'With `--resource` a protected resource is asked for its metadata, without a token, and compared with the authorization server.',
    see: ['audience', 'ERR_HTTP_STATUS'],
  },
  baseline: {
    meaning:
      'With `--baseline` the first run records metadata, keys and answers in a file, and later ones compare. Remove the file to accept what is there now.',
    see: ['key', 'key_rotated'],
  },
};

/** The question in one line, and where its rule stands. */
type Line = readonly [asks: string, spec?: string];

const QUESTIONS: Readonly<Record<string, Line>> = {
  'issuer.https': ['is the issuer an https URL?', 'RFC 8414 §2'],
  'issuer.identity': ['does the metadata name the issuer that was asked for?', 'RFC 8414 §3.3'],
  'metadata.found': ['is there metadata at a well-known location?', 'RFC 8414 §3'],
  'metadata.locations': ['does every well-known location have it, or 404?', 'RFC 8414 §3.1'],
  'metadata.agreement': ['do the well-known locations agree?', 'RFC 8414 §5'],
  'metadata.required': ['is every member there that must be?', 'RFC 8414 §2'],
  'metadata.endpoints': ['is every endpoint a URL that may be used?', 'RFC 8414 §2'],
  'metadata.origins': ['are the endpoints on the origin of the issuer?', 'RFC 9700 §4.4'],
  'metadata.algorithms': ['is `none` offered as an algorithm?', 'RFC 8414 §2'],
  'tls.certificate': ['how long are the certificates still good?', 'RFC 5280 §4.1.2.5'],
  'tls.chain': ['to whom does the chain of certificates go back?', 'RFC 8446 §4.4.2'],
  'tls.protocol': ['which version of TLS does it speak?', 'RFC 9325 §3.1.1'],
  'clock.skew': ['how far are the clock of the server and this one apart?', 'RFC 9110 §6.6.1'],
  'keys.reachable': ['can the JWK Set be had?', 'RFC 7517 §5'],
  'keys.usable': ['does it hold a key that may verify a token?', 'RFC 7517 §5'],
  'keys.strength': ['is a secret published, or a key weak?', 'RFC 7518 §3'],
  'keys.entries': ['can every entry of the set be read?', 'RFC 7517 §5'],
  'keys.kid': ['has every key a `kid` of its own?', 'RFC 7517 §4.5'],
  'keys.alg': ['does every key say its one algorithm?', 'RFC 7517 §4.4'],
  'keys.use': ['does every key say what it is for?', 'RFC 7517 §4.2'],
  'keys.idle': ['are there keys that verify nothing?', 'RFC 7517 §4.2'],
  'keys.advertised': ['is there a key for each algorithm of the metadata?', 'RFC 8414 §2'],
  'keys.cache': ['how soon is a new key seen?', 'RFC 9111 §5.2'],
  'jwk.rsa.shared_factor': ['do two RSA keys share a prime?', 'RFC 8017 §3.1'],
  'introspection.advertised': ['does the metadata name the endpoint?', 'RFC 8414 §2'],
  'introspection.reachable': ['does the endpoint answer?', 'RFC 7662 §2'],
  'introspection.origin': ['is the endpoint where credentials may go?', 'RFC 9700 §4.4'],
  'introspection.anonymous': ['does it refuse callers without credentials?', 'RFC 7662 §2.1'],
  'introspection.challenge': ['does its refusal say how to authenticate?', 'RFC 6749 §5.2'],
  'introspection.credentials': ['were there credentials to ask with?', 'RFC 7662 §2.1'],
  'introspection.client_auth': ['does it take your credentials?', 'RFC 7662 §2.1'],
  'introspection.auth_methods': ['does it take the methods that the metadata lists?', 'RFC 8414 §2'],
  'introspection.wrong_credentials': ['does it refuse a wrong secret? asked once, and announced', 'RFC 6749 §5.2'],
  'introspection.unknown_token': ['does it call an unknown token inactive, and say no more?', 'RFC 7662 §2.2'],
  'introspection.media_type': ['does it answer with application/json?', 'RFC 7662 §2.2'],
  'introspection.cache_control': ['may its answers be stored?', 'RFC 7662 §4'],
  'introspection.get': ['does it refuse a token in a URL?', 'RFC 7662 §2.1'],
  'introspection.signed_answer': ['does the signature of a signed answer hold?', 'RFC 9701 §5'],
  'token.grant': ['does it grant a token to the client itself?', 'RFC 6749 §4.4'],
  'token.cache_control': ['may the answer with the token be stored?', 'RFC 6749 §5.1'],
  'token.active': ['is a fresh token active?', 'RFC 7662 §2.2'],
  'token.verification': ['does a fresh token verify with the published keys?', 'RFC 7515 §5.2'],
  'token.agreement': ['do the token and the server say the same?', 'RFC 7662 §2.2'],
  'token.revocation': ['is a revoked token inactive at once?', 'RFC 7009 §2'],
  'resource.metadata': ['has the protected resource metadata?', 'RFC 9728 §3'],
  'resource.identity': ['does it name the resource that was asked for?', 'RFC 9728 §3.3'],
  'resource.authorization_server': ['does it name this authorization server?', 'RFC 9728 §2'],
  'resource.challenge': ['does its 401 say where the metadata is?', 'RFC 9728 §5.1'],
  'baseline.recorded': ['was anything recorded before?'],
  'baseline.issuer': ['is the file of this issuer?'],
  'baseline.endpoints': ['are the endpoints where they were?'],
  'baseline.metadata': ['does the metadata say what it said?'],
  'baseline.keys': ['are the keys the same?'],
  'baseline.findings': ['did an answer get worse?'],
};

const NEXT: Entry['next'] = [
  ['see the answer with its evidence', 'tokctl doctor https://id.example.com'],
  [
    'ask with credentials too',
    'tokctl doctor https://id.example.com --client-id my-api --client-secret env:CLIENT_SECRET',
  ],
];

const areaOf = (id: string): Area => (id.startsWith('jwk.') ? 'keys' : (id.slice(0, id.indexOf('.')) as Area));

function entryOf(id: string, [title, spec]: Line): Entry {
  const { meaning, see } = AREAS[areaOf(id)];
  return {
    title,
    meaning: `A question of \`tokctl doctor\`. ${meaning}`,
    ...(NEXT === undefined ? {} : { next: NEXT }),
    ...(spec === undefined ? {} : { spec }),
    ...(see === undefined ? {} : { see }),
  };
}

export const DOCTOR_FINDINGS: Readonly<Record<string, Entry>> = Object.fromEntries(
  Object.entries(QUESTIONS).map(([id, line]) => [id, entryOf(id, line)]),
);
