// The formats of tokens (`token.format` of a report): how the text is built, whatever it is for.

import type { TokenFormat } from '../core/token.ts';
import type { Entry } from './entry.ts';

export const FORMATS: Readonly<Record<TokenFormat, Entry>> = {
  jws: {
    title: 'signed, in three parts: header, payload, signature',
    meaning:
      'The compact form of JSON Web Signature, which is what most people call a JWT. Everybody can read header and payload; the signature shows who made them. Three parts between dots are not enough to be one: the first must be a JSON object with an `alg`.',
    next: [
      ['read it', 'tokctl decode @token.txt'],
      ['verify it', 'tokctl verify @token.txt --issuer https://id.example.com'],
    ],
    spec: 'RFC 7515 §7.1',
    see: ['signature', 'alg'],
  },
  'jws-json': {
    title: 'signed, as a JSON object',
    meaning:
      'The JSON form of JSON Web Signature, which may hold several signatures. JWTs never have this form, so it is named and shown but not verified.',
    next: [['see what it is', 'tokctl decode @token.txt']],
    spec: 'RFC 7515 §7.2, RFC 7519 §3',
  },
  jwe: {
    title: 'encrypted, in five parts',
    meaning:
      'Only the holder of the key can read it, mostly the API that it is for or the server itself. The header can be seen, the claims cannot. So it cannot be verified here; the server can be asked about it.',
    next: [
      ['see the header', 'tokctl decode @token.txt'],
      [
        'ask the server',
        'tokctl introspect @token.txt --issuer https://id.example.com --client-id my-api --client-secret env:CLIENT_SECRET',
      ],
    ],
    spec: 'RFC 7516 §7.1',
    see: ['enc', 'ERR_TOKEN_UNSUPPORTED'],
  },
  'sd-jwt': {
    title: 'signed, with disclosures after `~`',
    meaning:
      'A signed JWT and behind it the claims that its holder chose to show, each in a disclosure of its own. The issuer signs only their digests. The part before the first `~` is verified like any JWT.',
    next: [['see the issuer part and what was disclosed', 'tokctl decode @credential.txt']],
    spec: 'RFC 9901',
  },
  paseto: {
    title: 'PASETO: signed or encrypted by another rule than JWT',
    meaning:
      'It begins with its version and purpose, such as `v4.public.`. It has neither an `alg` nor a JWK Set, so nothing of what is known about JWTs applies. tokctl names it and does not judge it.',
    next: [['see what it is', 'tokctl decode @token.txt']],
    see: ['ERR_TOKEN_UNSUPPORTED'],
  },
  opaque: {
    title: 'a text that only its server understands',
    meaning:
      'It is a reference or a random text, and nothing can be read from it but, at times, the vendor from its beginning. Whether it is good only the server knows. That is no fault: many authorization servers issue such tokens on purpose.',
    next: [
      ['see whether the vendor can be told', 'tokctl decode @token.txt'],
      [
        'ask the server',
        'tokctl introspect @token.txt --issuer https://id.example.com --client-id my-api --client-secret env:CLIENT_SECRET',
      ],
    ],
    spec: 'RFC 6749 §1.4, RFC 7662',
    see: ['introspection', 'ERR_ENDPOINT_UNKNOWN'],
  },
};
