// The text of a token, and the bytes under it (security.md S1-S8, J2). Where it can be, the signature covers the odd text.

import { base64url, key } from '../../library/keys.ts';
import { type Case, claims, encoded, type Family, forged, goodParts, headerOf, signedText } from './forge.ts';

const [header, payload, signature] = goodParts();
const whole = `${header}.${payload}.${signature}`;
const strange = { check: 'format', finding: 'input.illegal_character' } as const;

// ---------------------------------------------------------------- the text of each part

/** What is done to the base64url of a part, and what must be found. */
type Damage = readonly [name: string, change: (part: string) => string, finding: string, check?: 'encoding' | 'format'];

const withUnusedBits = (part: string): string => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const last = alphabet.indexOf(part.at(-1) ?? 'A');
  return `${part.slice(0, -1)}${alphabet[last | 1]}`;
};
const inTheMiddle = (text: string) => (part: string) => `${part.slice(0, 8)}${text}${part.slice(8)}`;

const DAMAGES: readonly Damage[] = [
  ['with padding', (part) => `${part}=`, 'encoding.alphabet', 'encoding'],
  ['with two of padding', (part) => `${part}==`, 'encoding.alphabet', 'encoding'],
  ['with + in it', inTheMiddle('+'), 'encoding.alphabet', 'encoding'],
  ['with / in it', inTheMiddle('/'), 'encoding.alphabet', 'encoding'],
  ['with a comma in it', inTheMiddle(','), 'encoding.alphabet', 'format'],
  ['with % in it', inTheMiddle('%'), 'encoding.alphabet', 'format'],
  ['with a quote in it', inTheMiddle('"'), 'encoding.alphabet', 'format'],
  ['with a space in it', inTheMiddle(' '), 'input.illegal_character', 'format'],
  ['with a tab in it', inTheMiddle('\t'), 'input.illegal_character', 'format'],
  ['with a line feed in it', inTheMiddle('\n'), 'input.illegal_character', 'format'],
  ['with CR LF in it', inTheMiddle('\r\n'), 'input.illegal_character', 'format'],
  ['with a null character in it', inTheMiddle('\0'), 'input.illegal_character', 'format'],
  ['with a zero width space in it', inTheMiddle('\u200b'), 'input.illegal_character', 'format'],
  ['with a soft hyphen in it', inTheMiddle('\u00ad'), 'input.illegal_character', 'format'],
  ['with a no-break space in it', inTheMiddle('\u00a0'), 'input.illegal_character', 'format'],
  ['with an en dash in it', inTheMiddle('\u2013'), 'input.illegal_character', 'format'],
  ['with a full-width letter in it', inTheMiddle('Ａ'), 'input.illegal_character', 'format'],
  ['with an emoji in it', inTheMiddle('😀'), 'input.illegal_character', 'format'],
  ['with half a surrogate pair in it', inTheMiddle('\ud800'), 'input.illegal_character', 'format'],
];

const damagedParts: Case[] = DAMAGES.flatMap(([name, change, finding, check = 'encoding']) => [
  // A character of base64 moves all bits after it: that is no header any more, and the text is taken for an opaque token.
  /with [+/] in it/.test(name)
    ? {
        name: `a header ${name}, signed so`,
        token: signedText(`${change(header)}.${payload}`),
        verdict: 'unknown' as const,
        error: 'ERR_TOKEN_UNSUPPORTED' as const,
      }
    : { name: `a header ${name}, signed so`, token: signedText(`${change(header)}.${payload}`), check, finding },
  { name: `a payload ${name}, signed so`, token: signedText(`${header}.${change(payload)}`), check, finding },
  { name: `a signature ${name}`, token: `${header}.${payload}.${change(signature)}`, check, finding },
]);

/** Payloads whose base64url leaves bits over: one character, or two, at the end. */
const spare = (size: number): string =>
  encoded(
    `${JSON.stringify(claims()).slice(0, -1)}${' '.repeat((size + 3 - (JSON.stringify(claims()).length % 3)) % 3)}}`,
  );
const notCanonical: Case[] = [
  ...[1, 2].map((size) => ({
    name: `unused bits in a payload with ${size} of 3 bytes at its end, signed so`,
    token: signedText(`${header}.${withUnusedBits(spare(size))}`),
    check: 'encoding' as const,
    finding: 'encoding.noncanonical',
  })),
  {
    name: 'unused bits in the signature',
    token: `${header}.${payload}.${withUnusedBits(signature)}`,
    check: 'encoding',
    finding: 'encoding.noncanonical',
  },
  {
    name: 'a signature of 4n + 1 characters',
    token: `${whole}${'A'.repeat(5 - (signature.length % 4))}`,
    check: 'encoding',
    finding: 'encoding.noncanonical',
  },
  {
    name: 'a header in the alphabet of base64, signed so',
    token: signedText(
      `${Buffer.from(`{"alg":"ES256","kid":"ES256-1","x":"\u00ff\u00fe???>>>"}`).toString('base64').replace(/=+$/, '')}.${payload}`,
    ),
    check: 'encoding',
    finding: 'encoding.alphabet',
  },
];

// ---------------------------------------------------------------- around the whole

const around: Case[] = [
  ...([' ', '\n', '\r\n', '\t', '\u00a0', '\ufeff', '\u2028', '\0'] as const).flatMap((text) => [
    { name: `${JSON.stringify(text)} before it`, token: `${text}${whole}`, ...strange, cli: false },
    { name: `${JSON.stringify(text)} after it`, token: `${whole}${text}`, ...strange, cli: false },
  ]),
  { name: 'a scheme before it', token: `Bearer ${whole}`, check: 'format', finding: 'token.malformed', cli: false },
  {
    name: 'a header name before it',
    token: `Authorization: Bearer ${whole}`,
    check: 'format',
    finding: 'token.malformed',
    cli: false,
  },
  { name: 'double quotes around it', token: `"${whole}"`, check: 'format', finding: 'encoding.alphabet', cli: false },
  { name: 'quotes around it', token: `'${whole}'`, check: 'format', finding: 'encoding.alphabet', cli: false },
  { name: 'a semicolon after it', token: `${whole};`, check: 'format', finding: 'encoding.alphabet' },
  { name: 'wrapped lines', token: whole.replace(/(.{64})/g, '$1\n'), ...strange, cli: false },
  { name: 'CR LF and a header of its own', token: `${whole}\r\nX-Admin: 1`, ...strange },
  { name: 'a form parameter after it', token: `${whole}&active=true`, check: 'format', finding: 'encoding.alphabet' },
  {
    name: 'every dot percent-encoded',
    token: whole.replaceAll('.', '%2E'),
    check: 'format',
    finding: 'encoding.alphabet',
  },
  { name: 'full-width dots', token: whole.replaceAll('.', '．'), check: 'format', finding: 'input.illegal_character' },
  { name: 'in UTF-16', token: [...whole].join('\0'), check: 'format', finding: 'input.illegal_character' },
  { name: 'in base64url once more', token: base64url(whole), verdict: 'unknown', error: 'ERR_TOKEN_UNSUPPORTED' },
  { name: 'two of them', token: `${whole} ${whole}`, check: 'format', finding: 'token.malformed', cli: false },
];

// ---------------------------------------------------------------- parts

const partCount: Case[] = [
  { name: 'a header alone', token: header, check: 'format', finding: 'token.truncated' },
  { name: 'no signature part', token: `${header}.${payload}`, check: 'format', finding: 'token.truncated' },
  {
    name: 'a payload that is cut',
    token: `${header}.${payload.slice(0, 40)}`,
    check: 'format',
    finding: 'token.truncated',
  },
  { name: 'a header that is cut', token: header.slice(0, 20), check: 'format', finding: 'token.truncated' },
  { name: 'an empty signature', token: `${header}.${payload}.`, check: 'format', finding: 'token.truncated' },
  { name: 'an empty payload (detached)', token: signedText(`${header}.`), check: 'format', finding: 'json.invalid' },
  { name: 'an empty header', token: signedText(`.${payload}`), verdict: 'unknown', error: 'ERR_TOKEN_UNSUPPORTED' },
  { name: 'a dot at its end', token: `${whole}.`, check: 'format', finding: 'token.malformed' },
  { name: 'a dot before it', token: `.${whole}`, verdict: 'unknown', error: 'ERR_TOKEN_UNSUPPORTED' },
  { name: 'four parts', token: `${whole}.${signature}`, check: 'format', finding: 'token.malformed' },
  {
    name: 'five parts without enc',
    token: `${whole}.${signature}.${signature}`,
    check: 'format',
    finding: 'token.malformed',
  },
  { name: 'six parts', token: `${whole}.a.b.c`, check: 'format', finding: 'token.malformed' },
  {
    name: '100 000 dots after it',
    token: `${whole}${'.'.repeat(100_000)}`,
    check: 'format',
    finding: 'token.malformed',
  },
  { name: 'only dots', token: '.'.repeat(100_000), verdict: 'unknown', error: 'ERR_TOKEN_UNSUPPORTED' },
  { name: 'nothing', token: '', verdict: 'unknown', error: 'ERR_TOKEN_UNSUPPORTED', cli: false },
  { name: 'disclosures after it (SD-JWT)', token: `${whole}~`, verdict: 'unknown', error: 'ERR_TOKEN_UNSUPPORTED' },
  {
    name: 'more than 256 KiB',
    token: forged({ payload: claims({ x: 'x'.repeat(200_000) }) }),
    check: 'format',
    finding: 'input.too_large',
  },
];

const json = (value: object): string => JSON.stringify(value);
const serializations: Case[] = [
  {
    name: 'the flattened JSON serialization',
    token: json({ protected: header, payload, signature }),
    check: 'format',
    finding: 'token.json_serialization',
  },
  {
    name: 'the general JSON serialization',
    token: json({ payload, signatures: [{ protected: header, signature }] }),
    check: 'format',
    finding: 'token.json_serialization',
  },
  {
    name: 'a polyglot: JSON that a reader who splits at dots takes for the token (CVE-2022-39227)',
    token: `{"  ${header}.${encoded(claims({ sub: 'admin' }))}.":"","protected":"${header}","payload":"${payload}","signature":"${signature}"}`,
    check: 'format',
    finding: 'token.json_serialization',
  },
  {
    name: 'a JWE by the key of the issuer (CVE-2023-51774)',
    token: [
      encoded({ alg: 'RSA-OAEP-256', enc: 'A256GCM' }),
      ...[256, 12, 100, 16].map((size) => base64url(Buffer.alloc(size, 7))),
    ].join('.'),
    verdict: 'unknown',
    error: 'ERR_TOKEN_UNSUPPORTED',
  },
  {
    name: 'a JWE with ten million rounds of PBES2 (CVE-2022-36083)',
    token: [
      encoded({ alg: 'PBES2-HS256+A128KW', enc: 'A256GCM', p2c: 10_000_000, p2s: 'AAAA' }),
      ...[24, 12, 100, 16].map((size) => base64url(Buffer.alloc(size, 7))),
    ].join('.'),
    verdict: 'unknown',
    error: 'ERR_TOKEN_UNSUPPORTED',
  },
];

// ---------------------------------------------------------------- bytes

const utf16 = (text: string, littleEndian: boolean): Buffer => {
  const bytes = Buffer.from(text, 'utf16le');
  return littleEndian ? bytes : bytes.swap16();
};
const around8 = (bytes: number[]): Buffer =>
  Buffer.concat([
    Buffer.from(JSON.stringify(claims()).slice(0, -1)),
    Buffer.from(',"x":"'),
    Buffer.from(bytes),
    Buffer.from('"}'),
  ]);

const NO_UTF8: readonly (readonly [name: string, bytes: Buffer, finding: string, check?: 'encoding' | 'format'])[] = [
  [
    'with a byte order mark',
    Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), Buffer.from(JSON.stringify(claims()))]),
    'json.bom',
  ],
  ['in UTF-16, little end first', utf16(JSON.stringify(claims()), true), 'json.invalid', 'format'],
  ['in UTF-16, big end first', utf16(JSON.stringify(claims()), false), 'json.invalid', 'format'],
  [
    'in UTF-16 with its mark',
    Buffer.concat([Buffer.of(0xff, 0xfe), utf16(JSON.stringify(claims()), true)]),
    'json.utf8',
  ],
  ['with a slash of two bytes (overlong)', around8([0xc0, 0xaf]), 'json.utf8'],
  ['with a quote of two bytes (overlong)', around8([0xc0, 0xa2]), 'json.utf8'],
  ['with a null of two bytes (overlong)', around8([0xc0, 0x80]), 'json.utf8'],
  ['with a slash of three bytes (overlong)', around8([0xe0, 0x80, 0xaf]), 'json.utf8'],
  ['with half a surrogate pair in bytes', around8([0xed, 0xa0, 0x80]), 'json.utf8'],
  ['with a surrogate pair in bytes (CESU-8)', around8([0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80]), 'json.utf8'],
  ['beyond the last code point', around8([0xf4, 0x90, 0x80, 0x80]), 'json.utf8'],
  ['with a byte of Latin-1', around8([0xe9]), 'json.utf8'],
  ['with a byte that continues nothing', around8([0x80]), 'json.utf8'],
  ['with a character that is cut', around8([0xf0, 0x9f, 0x98]), 'json.utf8'],
  [
    'with a null byte after it',
    Buffer.concat([Buffer.from(JSON.stringify(claims())), Buffer.of(0)]),
    'json.invalid',
    'format',
  ],
];

const bytes: Case[] = [
  ...NO_UTF8.map(([name, payloadBytes, finding, check = 'encoding' as const]) => ({
    name: `a payload ${name}`,
    token: forged({ payload: payloadBytes }),
    check,
    finding,
  })),
  {
    name: 'a header with a byte order mark',
    token: forged({
      header: Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), Buffer.from(JSON.stringify(headerOf(key())))]),
    }),
    check: 'encoding',
    finding: 'json.bom',
  },
  {
    name: 'a header with an overlong character',
    token: forged({
      header: Buffer.concat([
        Buffer.from('{"alg":"ES256","kid":"ES256-1","x":"'),
        Buffer.of(0xc0, 0xaf),
        Buffer.from('"}'),
      ]),
    }),
    check: 'encoding',
    finding: 'json.utf8',
  },
];

const plain: Case = { name: 'the token as it is', token: whole };

export const encodings: readonly Family[] = [
  { name: 'the text of a part', good: [plain], bad: [...damagedParts, ...notCanonical] },
  { name: 'around a token', good: [plain], bad: around },
  {
    name: 'parts',
    good: [plain, { name: 'nearly 256 KiB', token: forged({ payload: claims({ x: 'x'.repeat(190_000) }) }) }],
    bad: partCount,
  },
  { name: 'other serializations', good: [plain], bad: serializations },
  {
    name: 'bytes',
    good: [
      { name: 'characters of every length', token: forged({ payload: claims({ sub: 'aé日😀' }) }) },
      {
        name: 'JSON escapes',
        token: forged({ payload: JSON.stringify(claims()).replace('user-001', '\\u0075ser\\u002d001\\ud83d\\ude00') }),
      },
    ],
    bad: bytes,
  },
];
