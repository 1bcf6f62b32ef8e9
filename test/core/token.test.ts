import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printJson } from '../../src/core/json.ts';
import { isWellFormed, MAX_TOKEN_LENGTH, parseToken, shortHash } from '../../src/core/token.ts';
import { readVectors } from '../vectors/vectors.ts';
import { base64url, compactJwe, compactJws, SIGNATURE } from './compact.ts';

const CLAIMS = { iss: 'https://id.example.com', sub: 'user-001', exp: 2_000_000_000 };
const TOKEN = compactJws(CLAIMS);
const [HEADER = '', PAYLOAD = ''] = TOKEN.split('.');
const DISCLOSURE = base64url('["2GLC42sKQveCfGfryNRN9w","given_name","Ada"]');

const insertAt = (position: number, piece: string) => TOKEN.slice(0, position) + piece + TOKEN.slice(position);
/** `name/finding` of everything that failed or warned. */
const faults = (text: string) => parseToken(text).faults.map(({ name, finding }) => `${name}/${finding}`);
const because = (text: string) => parseToken(text).faults.map((fault) => fault.because);

describe('formats', () => {
  it.each([
    ['a JWS', TOKEN, 'jws'],
    ['white space in the header', compactJws(CLAIMS, { header: '\n { "typ" : "JWT" , "alg" : "RS256" }' }), 'jws'],
    ['an unsecured JWS', `${base64url('{"alg":"none"}')}.${PAYLOAD}.`, 'jws'],
    ['a JWE', compactJwe(), 'jwe'],
    ['a JWE with direct encryption', compactJwe({ alg: 'dir' }).replace(/^([^.]+)\.[^.]+/, '$1.'), 'jwe'],
    ['an SD-JWT', `${TOKEN}~${DISCLOSURE}~`, 'sd-jwt'],
    ['an SD-JWT without disclosures', `${TOKEN}~`, 'sd-jwt'],
    ['an SD-JWT with a key binding JWT', `${TOKEN}~${DISCLOSURE}~${TOKEN}`, 'sd-jwt'],
    ['PASETO', `v4.public.${base64url('x'.repeat(70))}`, 'paseto'],
    ['PASETO with a footer', `v2.local.${base64url('x'.repeat(70))}.${base64url('{"kid":"f"}')}`, 'paseto'],
    ['random bytes', base64url(new Uint8Array(32).fill(3)), 'opaque'],
    ['a UUID', '0b3f7f9e-58a1-4d8e-9d4b-3c6a5f0e7d21', 'opaque'],
    ['three words', 'alpha123456.beta1234567.gamma123456', 'opaque'],
    ['a prefix before a JWT', `ghs_12345_${TOKEN}`, 'opaque'],
    ['a public token of a map service', `pk.${PAYLOAD}.${base64url('x'.repeat(16))}`, 'opaque'],
    ['JSON in base64url without dots', base64url('{"k":"abc","n":"x","id":1}'), 'opaque'],
    ['sha256~', `sha256~${'a'.repeat(43)}`, 'opaque'],
  ])('%s', (_, text, format) => {
    const token = parseToken(text);
    expect(token).toMatchObject({ text, format, faults: [], sha256: shortHash(text) });
    expect(isWellFormed(token)).toBe(true);
  });

  it('gives header, claims, signature and the text to verify of a JWS', () => {
    const token = parseToken(TOKEN);
    expect(printJson(token.header)).toBe('{"alg":"RS256","typ":"at+jwt","kid":"k1"}');
    expect(printJson(token.claims)).toBe(JSON.stringify(CLAIMS));
    expect(token.signature).toHaveLength(256);
    expect(token.jws).toBe(TOKEN);
  });

  it('gives the issuer-signed part of an SD-JWT to verify', () => {
    expect(parseToken(`${TOKEN}~${DISCLOSURE}~`)).toMatchObject({ jws: TOKEN, claims: CLAIMS });
  });

  it('gives only the header of a JWE', () => {
    const token = parseToken(compactJwe({ kid: 'enc-9' }));
    expect(token.header).toMatchObject({ enc: 'A256GCM', kid: 'enc-9' });
    expect(token).not.toHaveProperty('claims');
    expect(token).not.toHaveProperty('jws');
  });

  it('hashes the whole text', () => {
    expect(shortHash('abc')).toBe('ba7816bf8f01');
  });
});

describe('a header after white space', () => {
  const spaces = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code)).filter((one) =>
    /\s/.test(one),
  );

  it('is one, whatever white space that is', () => {
    expect(spaces).toHaveLength(25);
    for (const space of spaces) {
      const { format, header } = parseToken(compactJws(CLAIMS, { header: `${space}{"alg":"RS256"}` }));
      // JSON knows four of them, and a mark of byte order is taken away before.
      const isRead = ' \n\r\t\ufeff'.includes(space);
      expect([space, format, header?.['alg']]).toEqual([space, 'jws', isRead ? 'RS256' : undefined]);
    }
  });

  it('is found behind what is no base64url', () => {
    expect(parseToken(`*${TOKEN}`)).toMatchObject({ format: 'jws', header: { alg: 'RS256' } });
  });
});

describe('what looks like a JWT and is none', () => {
  it.each([
    ['a header without alg', `${base64url('{"typ":"JWT"}')}.${PAYLOAD}.${SIGNATURE}`],
    ['a header whose alg is a number', `${base64url('{"alg":256}')}.${PAYLOAD}.${SIGNATURE}`],
    ['five parts without enc', `${HEADER}.a.b.c.d`],
  ])('%s', (_, text) => {
    expect(parseToken(text).format).toBe('opaque');
    expect(faults(text)).toEqual(['format/token.malformed']);
  });

  it('takes a header that is a list for no header', () => {
    expect(parseToken(`${base64url('["alg","RS256"]')}.${PAYLOAD}.x`)).toMatchObject({ format: 'opaque', faults: [] });
  });

  it.each([
    ['flattened JWS', { protected: HEADER, payload: PAYLOAD, signature: SIGNATURE }, 'jws-json', /JWS \(RFC 7515/],
    ['general JWS', { payload: PAYLOAD, signatures: [{ protected: HEADER, signature: 'x' }] }, 'jws-json', /JWS/],
    ['JWE', { protected: HEADER, ciphertext: 'x', iv: 'x', tag: 'x' }, 'jws-json', /JWE \(RFC 7516/],
    ['a JWK Set', { keys: [{ kty: 'RSA' }] }, 'opaque', /JWK Set, not a token/],
    ['a JWK', { kty: 'RSA', n: 'x', e: 'AQAB' }, 'opaque', /key \(JWK\), not a token/],
    ['an introspection answer', { active: true }, 'opaque', /JSON object, not a token/],
  ])('JSON: %s', (_, value, format, words) => {
    const token = parseToken(JSON.stringify(value));
    expect(token.format).toBe(format);
    expect(isWellFormed(token)).toBe(false);
    expect(token.faults[0]?.because).toMatch(words);
  });

  it('does not read a polyglot of JSON and compact as a JWT', () => {
    const text = `{"${HEADER}.${PAYLOAD}.":"","payload":"${PAYLOAD}","protected":"${HEADER}","signature":"x"}`;
    expect(parseToken(text)).toMatchObject({ format: 'jws-json' });
    expect(parseToken(text)).not.toHaveProperty('jws');
  });
});

describe('truncation', () => {
  const inPayload = TOKEN.slice(0, HEADER.length + 30);
  it.each([
    ['in the header', HEADER.slice(0, -10), 'inside its header'],
    ['after the header', HEADER, 'after its header'],
    ['after the first dot', `${HEADER}.`, 'inside its payload'],
    ['in the payload', inPayload, 'inside its payload'],
    ['before the signature', `${HEADER}.${PAYLOAD}`, 'before its signature'],
  ])('%s', (_, text, where) => {
    expect(parseToken(text).format).toBe('jws');
    expect(faults(text)).toEqual(['format/token.truncated']);
    expect(because(text)).toEqual([`cut off: the token ends ${where}`]);
    expect(parseToken(text)).not.toHaveProperty('jws');
  });

  it('names an empty signature, unless nothing was to be signed', () => {
    expect(faults(`${HEADER}.${PAYLOAD}.`)).toEqual(['format/token.truncated']);
    expect(faults(`${base64url('{"alg":"nOnE"}')}.${PAYLOAD}.`)).toEqual([]);
  });

  it('names a JWE that was cut', () => {
    const parts = compactJwe().split('.');
    for (const count of [1, 2, 3, 4]) {
      const token = parseToken(parts.slice(0, count).join('.'));
      expect(token.format).toBe('jwe');
      expect(token.faults).toMatchObject([{ finding: 'token.truncated', expected: 5, actual: count }]);
    }
  });

  it('takes three parts with claims for a JWS, also when the header has enc', () => {
    expect(parseToken(compactJws(CLAIMS, { header: { alg: 'RS256', enc: 'x' } })).format).toBe('jws');
  });

  it('names an SD-JWT that was cut in a disclosure', () => {
    expect(faults(`${TOKEN}~${DISCLOSURE}~${DISCLOSURE.slice(0, 9)}`)).toEqual(['format/token.truncated']);
  });

  it('finds nothing well-formed in any beginning of a token', () => {
    for (let length = HEADER.length; length < HEADER.length + PAYLOAD.length + 2; length += 1)
      expect(isWellFormed(parseToken(TOKEN.slice(0, length)))).toBe(false);
  });

  it.each([
    [`${TOKEN}.x`, 4],
    [`${HEADER}${'.x'.repeat(5)}`, 6],
    [`${HEADER}${'.x'.repeat(50)}`, 7],
  ])('names too many parts', (text, actual) => {
    expect(parseToken(text).faults).toMatchObject([{ finding: 'token.malformed', expected: 3, actual }]);
  });
});

describe('damage', () => {
  it.each([
    ['a zero width space', '\u200b', 'a zero width space (U+200B)'],
    ['an ellipsis', '…', 'an ellipsis (U+2026)'],
    ['a space', ' ', 'a space (U+0020)'],
    ['a line feed', '\n', 'a line feed (U+000A)'],
    ['a letter', 'é', '`é` (U+00E9)'],
    ['an emoji', '😀', '`😀` (U+1F600)'],
  ])('names %s and its place, in every part', (_, piece, name) => {
    for (const position of [10, HEADER.length + 9, TOKEN.length - 20]) {
      const text = insertAt(position, piece);
      expect(because(text)[0]).toBe(`character ${position + 1} is ${name}, which no token may contain`);
      expect(parseToken(text)).not.toHaveProperty('jws');
      expect(isWellFormed(parseToken(text))).toBe(false);
    }
  });

  it('names the first of several', () => {
    expect(because('opaque\u200btoken…')).toEqual([
      'character 7 is a zero width space (U+200B), which no token may contain',
    ]);
    expect(faults('opaque-tokén')).toEqual(['format/input.illegal_character']);
    expect(faults('v4.public.ab\u00a0cd')).toEqual(['format/input.illegal_character']);
  });

  it.each([
    ['+', 'encoding/encoding.alphabet', 'payload'],
    ['/', 'encoding/encoding.alphabet', 'payload'],
    ['?', 'format/encoding.alphabet', 'payload'],
  ])('names %s, which is not base64url', (piece, fault, part) => {
    const at = HEADER.length + 5;
    const text = TOKEN.slice(0, at) + piece + TOKEN.slice(at + 1);
    expect(faults(text)).toContain(fault);
    expect(because(text)[0]).toBe(
      `character ${at + 1} (in the ${part}) is \`${piece}\` (U+00${piece.charCodeAt(0).toString(16).toUpperCase()}), not base64url`,
    );
    expect(parseToken(text)).not.toHaveProperty('jws');
  });

  it('names padding', () => {
    const text = `${HEADER}.${PAYLOAD}==.${SIGNATURE}`;
    expect(faults(text)).toEqual(['encoding/encoding.alphabet']);
    expect(because(text)[0]).toContain('(in the payload) is `=` (U+003D)');
    expect(parseToken(text).claims).toMatchObject({ sub: 'user-001' });
  });

  it('names unused bits, which make another text of the same bytes', () => {
    const last = TOKEN.at(-1) ?? '';
    const text = TOKEN.slice(0, -1) + String.fromCharCode(last.charCodeAt(0) + 1);
    expect(faults(text)).toEqual(['encoding/encoding.noncanonical']);
    expect(parseToken(text)).not.toHaveProperty('signature');
    expect(parseToken(text)).not.toHaveProperty('jws');
  });

  it('names a length that no base64url has', () => {
    const short = SIGNATURE.slice(0, -1);
    expect(short.length % 4).toBe(1);
    expect(because(`${HEADER}.${PAYLOAD}.${short}`)).toEqual([
      `the signature has ${short.length} characters, which no base64url has: it was cut or added to`,
    ]);
  });

  it('does not call a header cut that is damaged inside', () => {
    const header = base64url('{"alg":"RS256","kid":"k1","typ"JWT"}');
    expect(because(`${header}.${PAYLOAD}.${SIGNATURE}`)).toEqual([
      'the header is no JSON: expected :, at decoded character 32',
    ]);
  });

  it('names damage in the disclosures of an SD-JWT', () => {
    const at = TOKEN.length + 4;
    const cut = (piece: string) => `${TOKEN}~${DISCLOSURE.slice(0, 2)}${piece}${DISCLOSURE.slice(2)}~`;
    expect(because(cut('\u200b'))).toEqual([
      `character ${at} is a zero width space (U+200B), which no token may contain`,
    ]);
    expect(because(cut('+'))).toEqual([`character ${at} (in the disclosures) is \`+\` (U+002B), not base64url`]);
  });

  it('never shows a piece of the token', () => {
    const position = fc.integer({ min: 0, max: TOKEN.length });
    fc.assert(
      fc.property(position, fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }), (at, piece) => {
        for (const text of because(insertAt(at, piece))) {
          expect(text.length).toBeLessThan(200);
          for (let from = 0; from + 12 <= TOKEN.length; from += 6)
            expect(text).not.toContain(TOKEN.slice(from, from + 12));
        }
      }),
    );
  });
});

describe('payload and header as JSON', () => {
  it.each([
    ['no JSON', 'not json at all', 'format/json.invalid'],
    ['a list', '[1,2]', 'format/claims.not_object'],
    ['a text', '"a"', 'format/claims.not_object'],
    ['null', 'null', 'format/claims.not_object'],
    ['nested too deep', `{"a":${'['.repeat(8000)}${']'.repeat(8000)}}`, 'format/json.too_deep'],
    ['a byte order mark', '\ufeff{"a":1}', 'encoding/json.bom'],
    ['bad UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 'encoding/json.utf8'],
    ['an overlong encoding', Buffer.from([0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x3a, 0x31, 0x7d]), 'encoding/json.utf8'],
    ['UTF-16', Buffer.from('{"a":1}', 'utf16le'), 'format/json.invalid'],
    ['a repeated member', '{"sub":"a","sub":"b"}', 'duplicate_member/json.duplicate_member'],
    ['a repeated member in escapes', '{"sub":"a","s\\u0075b":"b"}', 'duplicate_member/json.duplicate_member'],
    ['nothing', '', 'format/json.invalid'],
  ])('claims: %s', (_, payload, fault) => {
    expect(faults(compactJws(payload))).toEqual([fault]);
    expect(parseToken(compactJws(payload)).format).toBe('jws');
  });

  it.each([
    ['a repeated member', '{"alg":"RS256","alg":"RS256"}', 'duplicate_member/json.duplicate_member'],
    ['a byte order mark', '\ufeff{"alg":"RS256"}', 'encoding/json.bom'],
    [
      'bad UTF-8',
      Buffer.concat([Buffer.from('{"alg":"RS256","kid":"'), Buffer.from([0xff]), Buffer.from('"}')]),
      'encoding/json.utf8',
    ],
    ['nested too deep', `{"alg":"RS256","a":${'['.repeat(200)}${']'.repeat(200)}}`, 'format/json.too_deep'],
  ])('header: %s', (_, header, fault) => {
    expect(faults(compactJws(CLAIMS, { header }))).toEqual([fault]);
  });

  it('names three of many repeated members', () => {
    const members = Array.from({ length: 10 }, (_, index) => `"m${index}":1,"m${index}":2`).join(',');
    expect(because(compactJws(`{${members}}`))[0]).toMatch(/^`m0`, `m1`, `m2` and more more than once in the claims/);
  });

  it('keeps the digits of numbers and a claim called __proto__', () => {
    const { claims } = parseToken(compactJws('{"n":12345678901234567890,"__proto__":{"admin":true}}'));
    expect(printJson(claims)).toBe('{"n":12345678901234567890,"__proto__":{"admin":true}}');
  });
});

describe('size', () => {
  it('reads 256 KiB and not one character more', () => {
    expect(parseToken('x'.repeat(MAX_TOKEN_LENGTH)).faults).toEqual([]);
    expect(faults('x'.repeat(MAX_TOKEN_LENGTH + 1))).toEqual(['format/input.too_large']);
  });

  it.each(['e.'.repeat(512 * 1024), '.'.repeat(1024 * 1024), `${HEADER}${'.'.repeat(1024 * 1024)}`])(
    'does not take a megabyte of dots apart',
    (text) => {
      expect(parseToken(text)).toMatchObject({ format: 'opaque', faults: [{ finding: 'input.too_large' }] });
    },
  );

  it('makes no list of many dots or tildes within the limit', () => {
    const dots = '.'.repeat(200 * 1024);
    expect(parseToken(dots)).toMatchObject({ format: 'opaque', faults: [] });
    expect(parseToken(HEADER + dots)).toMatchObject({ faults: [{ actual: 7 }] });
    expect(parseToken(TOKEN + '~'.repeat(200 * 1024))).toMatchObject({ format: 'sd-jwt', faults: [] });
  });
});

describe('any text', () => {
  it('is read without an exception, and is verified only as it stands', () => {
    const near = fc.tuple(fc.nat(TOKEN.length), fc.nat(TOKEN.length), fc.string({ unit: 'binary', maxLength: 6 }));
    const mutated = near.map(([from, to, piece]) => TOKEN.slice(0, from) + piece + TOKEN.slice(to));
    fc.assert(
      fc.property(fc.oneof(mutated, fc.string({ unit: 'binary' }), fc.json()), (text) => {
        const token = parseToken(text);
        if (token.jws !== undefined) expect(text.startsWith(token.jws)).toBe(true);
        if (token.jws !== undefined) expect(token.jws).toMatch(/^[\w-]+\.[\w-]*\.[\w-]*$/);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('RFC vectors', () => {
  interface Vector {
    id: string;
    kind: string;
    token: string | object;
  }
  const { vectors } = readVectors<{ vectors: Vector[] }>('rfc/jose-rfc-vectors');
  const textOf = ({ token }: Vector) => (typeof token === 'string' ? token : JSON.stringify(token));

  it.each(vectors.filter(({ kind }) => kind === 'jwt'))('$id is a JWT', (vector) => {
    expect(parseToken(textOf(vector))).toMatchObject({ format: 'jws', faults: [], claims: { iss: 'joe' } });
  });

  it.each(vectors.filter(({ kind }) => kind.startsWith('jws-json')))('$id is no JWT', (vector) => {
    expect(parseToken(textOf(vector))).toMatchObject({
      format: 'jws-json',
      faults: [{ finding: 'token.json_serialization' }],
    });
  });

  it.each(['5_1.key_encryption_using_rsa_v15_and_aes-hmac-sha2', '5_6.direct_encryption_using_aes-gcm'])(
    'cookbook %s is a JWE',
    (name) => {
      const { output } = readVectors<{ output: { compact: string } }>(`rfc/cookbook/jwe/${name}`);
      expect(parseToken(output.compact)).toMatchObject({ format: 'jwe', faults: [] });
    },
  );

  it('Wycheproof: every JWE is told apart, and none has claims', () => {
    const { testGroups } = readVectors<{ testGroups: { tests: { jwe: string | object; result: string }[] }[] }>(
      'wycheproof/json_web_encryption_test.subset',
    );
    const tests = testGroups.flatMap((group) => group.tests);
    expect(tests.length).toBeGreaterThan(40);
    for (const { jwe, result } of tests) {
      const token = parseToken(typeof jwe === 'string' ? jwe : JSON.stringify(jwe));
      expect(token.jws ?? token.claims).toBeUndefined();
      if (result === 'valid' && typeof jwe === 'string') expect(token.format).toBe('jwe');
    }
  });

  it('cookbook 4_5: detached content is no JWT', () => {
    const { output } = readVectors<{ output: { compact: string } }>(
      'rfc/cookbook/jws/4_5.signature_with_detached_content',
    );
    expect(because(output.compact)).toEqual(['the payload is empty: detached, or taken away']);
  });
});

describe('JSON Test Suite as the claims', () => {
  interface Case {
    name: string;
    expect: string;
    is_object: boolean;
    bytes_b64: string;
  }
  const { cases } = readVectors<{ cases: Case[] }>('json/jsontestsuite.subset');

  it.each(cases)('$name', ({ bytes_b64, is_object, expect: wanted }) => {
    const token = parseToken(compactJws(Buffer.from(bytes_b64, 'base64')));
    expect(token.format).toBe('jws');
    if (wanted === 'reject' || !is_object) expect(isWellFormed(token)).toBe(false);
    if (wanted === 'accept' && is_object)
      expect(token.faults.filter(({ name }) => name !== 'duplicate_member')).toEqual([]);
  });
});
