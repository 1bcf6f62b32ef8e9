// What happened to the text: cut, damaged, abbreviated, joined, or made in a form that no reader accepts.

import { type Situation, situations } from '../situation.ts';
import { access, base64url, claims, jwe, jws, KEYS, OPAQUE, parts } from '../tokens.ts';

const VERIFY = 'verify --issuer https://id.example.com';
const ASK = 'introspect --issuer https://id.example.com --client-id shop-api --client-secret env:CLIENT_SECRET';
const good = access();
const [header, payload, signature] = parts(good);
const ofRsa = access({}, { key: KEYS.rsa });
const middle = (token: string, insert: string): string => `${token.slice(0, 90)}${insert}${token.slice(90)}`;
/** Claims as a hand-made issuer writes them, signed by its key. */
const signedRaw = (raw: string): string => jws({}, { raw });
const raw = (changed: string): string => JSON.stringify(claims()).replace('"sub":"user-001"', changed);

export const TEXTS: readonly Situation[] = situations([
  // cut
  {
    tells: 'only header and payload were copied',
    token: `${header}.${payload}`,
    command: VERIFY,
    first: 'token_truncated',
    not: ['signature_altered', 'token_damaged'],
    words: /all 64 bytes that ES256 needs/,
  },
  {
    tells: 'the last 20 characters were not selected',
    token: good.slice(0, -20),
    command: VERIFY,
    first: 'token_truncated',
    not: ['signature_altered', 'token_damaged'],
    words: /15 of the 64 bytes/,
  },
  {
    tells: 'the last two characters of an RSA token are missing',
    token: ofRsa.slice(0, -2),
    command: VERIFY,
    first: 'token_truncated',
    not: ['signature_altered'],
    words: /256 bytes that RS256 needs/,
  },
  {
    tells: 'one character at the end is missing',
    token: good.slice(0, -1),
    command: VERIFY,
    first: 'token_truncated',
    not: ['signature_altered'],
  },
  {
    tells: 'it stops in the middle of the payload',
    token: good.slice(0, header.length + 60),
    command: VERIFY,
    first: 'token_truncated',
    not: ['token_damaged'],
  },
  {
    tells: 'a terminal line ended within the header',
    token: good.slice(0, 40),
    command: VERIFY,
    first: 'token_truncated',
  },
  {
    tells: 'a log took the signature away',
    token: `${header}.${payload}.`,
    command: VERIFY,
    first: 'token_truncated',
    not: ['signature_altered', 'algorithm_none'],
  },
  {
    tells: 'a column of 255 characters cut it',
    token: good.slice(0, 255),
    command: VERIFY,
    first: 'token_truncated',
    words: /255 characters, as a column/,
  },
  {
    tells: 'a JWE lost its last part',
    token: jwe().split('.').slice(0, 4).join('.'),
    command: ASK,
    first: 'token_truncated',
    not: ['token_damaged'],
  },
  {
    tells: 'a page shows the token abbreviated with three dots',
    token: `${good.slice(0, 30)}...${good.slice(-6)}`,
    command: VERIFY,
    first: 'token_truncated',
    not: ['token_damaged'],
  },
  {
    tells: 'a GitHub token lost four characters',
    token: `gh${'p_FAKEfakeEXAMPLEnotARealToken0021'}`,
    command: `${ASK} --mode remote`,
    first: 'token_truncated',
  },

  // damaged
  {
    tells: 'a chat put an ellipsis into the middle',
    token: middle(good, '…'),
    command: VERIFY,
    first: 'token_damaged',
    also: ['token_truncated'],
  },
  {
    tells: 'a space stands within the payload',
    token: middle(good, ' '),
    command: VERIFY,
    first: 'token_damaged',
    not: ['signature_altered'],
  },
  {
    tells: 'a zero width space was copied along',
    token: middle(good, '\u200b'),
    command: VERIFY,
    first: 'token_damaged',
    words: /zero width space/,
  },
  {
    tells: 'a word processor made a curly quotation mark of something',
    token: middle(good, '’'),
    command: VERIFY,
    first: 'token_damaged',
  },
  {
    tells: 'the payload is in ordinary base64',
    token: `${header}.${Buffer.from('{"sub":"a?>~~~b"}').toString('base64').replace(/=*$/, '')}+/.${signature}`,
    command: VERIFY,
    first: 'token_damaged',
  },
  {
    tells: 'a load balancer padded the parts',
    token: [`${header}==`, payload, signature].join('.'),
    command: VERIFY,
    first: 'token_damaged',
  },
  {
    tells: 'the dots were URL-encoded in the middle',
    token: middle(good, '%20'),
    command: VERIFY,
    first: 'token_damaged',
  },
  {
    tells: 'two tokens were pasted one behind the other',
    token: `${good}${good}`,
    command: VERIFY,
    first: 'token_damaged',
    not: ['malformed_member'],
  },
  {
    tells: 'the name of a variable was joined to the end',
    token: `${good}ACCESS_TOKEN_OF_SHOP`,
    command: VERIFY,
    first: 'token_damaged',
    not: ['signature_altered', 'token_truncated'],
  },
  {
    tells: 'a character was lost from the payload',
    token: `${header}.${payload.slice(0, 30)}${payload.slice(31)}.${signature}`,
    command: VERIFY,
    first: 'token_damaged',
    not: ['token_truncated'],
  },
  {
    tells: 'somebody typed a GitHub token off a screen',
    token: `gh${'p_FAKEfakeEXAMPIEnotARealToken0021xoh6'}`,
    command: 'introspect --offline',
    first: 'token_damaged',
    also: ['provider_has_no_introspection'],
    words: /checksum/,
  },
  {
    tells: 'an npm token with two characters swapped',
    token: `np${'m_FAKEfakeEXAMPLEnotARaelToken0021xoh6'}`,
    command: 'introspect --offline',
    first: 'token_damaged',
    also: ['provider_has_no_introspection'],
  },
  {
    tells: 'a GitLab token with one wrong character',
    token: `gl${'pat-bzoxCnU6MUZBS0VGQUtFRkFLRUZBS0VQ.0w1e0jdiy'}`,
    command: 'introspect --offline',
    first: 'token_damaged',
    also: ['provider_has_no_introspection'],
  },

  // made so
  {
    tells: 'the issuer writes exp as text',
    token: access({ exp: '2026-11-21T01:00:00Z' }),
    command: VERIFY,
    first: 'malformed_member',
    not: ['expired', 'token_damaged'],
  },
  {
    tells: 'the issuer writes aud as an object',
    token: access({ aud: { api: true } }),
    command: `${VERIFY} --audience https://api.example.com`,
    first: 'malformed_member',
    not: ['audience_differs', 'audience_missing'],
  },
  {
    tells: 'the issuer signs a list in place of claims',
    token: signedRaw('["user-001"]'),
    command: VERIFY,
    first: 'malformed_member',
    not: ['token_damaged', 'signature_altered'],
  },
  {
    tells: 'kid is a number',
    token: access({}, { header: { kid: 1 } }),
    command: VERIFY,
    first: 'malformed_member',
    not: ['token_damaged'],
  },
  {
    tells: 'the ECDSA signature is in DER',
    token: access({}, { der: true }),
    command: VERIFY,
    first: 'malformed_member',
    not: ['signature_altered', 'token_damaged', 'token_truncated'],
  },
  {
    tells: 'sub stands twice, once for another user',
    token: signedRaw(raw('"sub":"user-001","sub":"admin-001"')),
    command: VERIFY,
    first: 'ambiguous_token',
    not: ['signature_altered', 'token_damaged'],
  },
  {
    tells: 'the header demands an extension',
    token: access({}, { header: { crit: ['exp'], exp: 1 } }),
    command: VERIFY,
    first: 'unsupported_extension',
    not: ['signature_altered'],
  },
  {
    tells: 'the payload was signed unencoded (b64)',
    token: access({}, { header: { b64: false } }),
    command: VERIFY,
    first: 'unsupported_extension',
    not: ['signature_altered'],
  },

  // no token
  {
    tells: 'the JWK Set was pasted in place of the token',
    token: JSON.stringify({ keys: [KEYS.main.jwk] }),
    command: VERIFY,
    first: 'wrong_token_kind',
    not: ['token_damaged'],
  },
  {
    tells: 'the token stands in the JSON serialization of JWS',
    token: JSON.stringify({ protected: header, payload, signature }),
    command: VERIFY,
    first: 'wrong_token_kind',
    not: ['token_damaged'],
  },

  // nobody can tell
  { tells: 'a file of 300 KiB was given as a token', token: 'A'.repeat(300_000), command: ASK, open: [] },
  {
    tells: 'an opaque token with a typing error: no form tells',
    token: OPAQUE.slice(0, -1),
    command: ASK,
    open: ['revoked_or_unknown'],
    not: ['token_truncated', 'token_damaged'],
  },
  {
    tells: 'random text that looks like nothing',
    token: base64url('just some words'),
    command: ASK,
    open: ['revoked_or_unknown'],
  },
]);
