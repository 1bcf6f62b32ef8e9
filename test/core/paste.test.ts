import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unwrapPaste } from '../../src/core/paste.ts';
import { base64url, compactJwe, compactJws } from './compact.ts';

const TOKEN = compactJws({ iss: 'https://id.example.com', sub: 'user-001', exp: 2_000_000_000 });
const OTHER = compactJws({ iss: 'https://id.example.com', sub: 'user-002', exp: 2_000_000_000 });
const OPAQUE = base64url(new Uint8Array(32).fill(5));
const wrap = (text: string, width: number) => text.match(new RegExp(`.{1,${width}}`, 'g')) ?? [];

const one = (pasted: string) => {
  const { tokens, notes } = unwrapPaste(pasted);
  expect(tokens).toHaveLength(1);
  expect(notes.length).toBeGreaterThan(0);
  return tokens[0];
};

describe('what surrounds a token is taken off, and said', () => {
  it.each([
    ['Bearer', `Bearer ${TOKEN}`],
    ['a scheme in odd case', `bEaReR   ${TOKEN}`],
    ['DPoP', `DPoP ${TOKEN}`],
    ['a header line', `Authorization: Bearer ${TOKEN}`],
    ['a header line in lower case', `authorization:bearer ${TOKEN}`],
    ['a header line without a scheme', `Authorization: ${TOKEN}`],
    ['another header', `X-Access-Token: ${TOKEN}`],
    ['a proof header', `DPoP: ${TOKEN}`],
    ['double quotes', `"${TOKEN}"`],
    ['single quotes', `'${TOKEN}'`],
    ['curled quotes', `\u201c${TOKEN}\u201d`],
    ['back quotes', `\`${TOKEN}\``],
    ['quotes and a comma', `"${TOKEN}",`],
    ['layers', `'Authorization: Bearer "${TOKEN}"'`],
    ['white space', `  \t${TOKEN} \r\n\n`],
    ['a JSON string', JSON.stringify(TOKEN)],
    ['a JSON member', `"access_token": "${TOKEN}",`],
    ['a JSON member with escapes', `"access_token" : "${TOKEN.replaceAll('.', '\\u002e')}"`],
    ['an env file', `ACCESS_TOKEN=${TOKEN}`],
    ['an exported variable', `export MY_TOKEN="${TOKEN}"`],
    ['a PowerShell variable', `$env:API_TOKEN = '${TOKEN}'`],
    ['YAML', `access_token: ${TOKEN}`],
    ['an env file with others', `# secrets\nAPI_URL=https://api.example.com\n\nAPI_TOKEN=${TOKEN}\n`],
    ['request headers', `GET /v1/things HTTP/1.1\nHost: api.example.com\nAuthorization: Bearer ${TOKEN}\nAccept: */*`],
    ['headers of curl -v', `> GET / HTTP/2\r\n> Host: a.example.com\r\n> authorization: Bearer ${TOKEN}\r\n>`],
  ])('%s', (_, pasted) => {
    expect(one(pasted)?.text).toBe(TOKEN);
  });

  it.each([
    ['-H', `curl -s https://api.example.com/v1 -H 'Accept: */*' -H 'Authorization: Bearer ${TOKEN}'`],
    ['--header', `curl -X POST --header "authorization: Bearer ${TOKEN}" https://api.example.com -d '{"a":1}'`],
    ['a prompt', `$ curl -H "Authorization: Bearer ${TOKEN}" https://api.example.com`],
    [
      'several lines',
      `curl https://api.example.com \\\n  -H 'Accept: */*' \\\r\n  -H 'Authorization: Bearer ${TOKEN}'`,
    ],
    ['no space after -H', `curl -H'Authorization: Bearer ${TOKEN}' https://api.example.com`],
    ['--oauth2-bearer', `curl --oauth2-bearer ${TOKEN} https://api.example.com`],
    ['a URL', `curl 'https://api.example.com/v1?access_token=${TOKEN}&limit=1'`],
    ['a cookie header', `curl -H 'Cookie: theme=dark; access_token=${TOKEN}' https://api.example.com`],
    ['-b', `curl -b 'access_token=${TOKEN}' https://api.example.com`],
    ['an introspection', `curl -u client:secret -d token=${TOKEN} https://id.example.com/introspect`],
    [
      'an introspection with a header',
      `curl -H 'Authorization: Basic YTpi' --data 'token_type_hint=access_token&token=${TOKEN}' https://id.example.com`,
    ],
    ['wget', `wget --header="Authorization: Bearer ${TOKEN}" https://api.example.com`],
  ])('a command: %s', (_, pasted) => {
    expect(one(pasted)?.text).toBe(TOKEN);
  });

  it.each([
    ['a fragment', `https://app.example.com/cb#access_token=${TOKEN}&token_type=Bearer&state=xyz`],
    ['a query', `https://api.example.com/v1?limit=1&access_token=${TOKEN}`],
    ['an app scheme', `com.example.app://cb?access_token=${TOKEN}`],
    ['a fragment alone', `#access_token=${TOKEN}&state=a`],
    ['a form', `grant_type=x&access_token=${TOKEN}`],
    ['a cookie', `Cookie: theme=dark; access_token=${TOKEN}; lang=en`],
    ['a cookie by its form', `Cookie: session=${TOKEN}; csrf_token=abcdefgh`],
    ['a Set-Cookie', `Set-Cookie: id_token=${TOKEN}; Path=/; HttpOnly`],
    ['a cookie with a scheme', `Cookie: access_token="Bearer ${TOKEN}"`],
    ['a cookie with an escaped scheme', `Cookie: access_token=Bearer%20${TOKEN}`],
  ])('%s', (_, pasted) => {
    expect(one(pasted)?.text).toBe(TOKEN);
  });

  it('undoes the escapes of a URL', () => {
    expect(one('https://a.example.com/#access_token=ab%2Bcd%3D%3D')).toEqual({
      text: 'ab+cd==',
      takenFrom: 'access_token',
    });
  });

  it('says where it was found', () => {
    expect(unwrapPaste(`Authorization: Bearer ${TOKEN}`).notes).toEqual([
      'the header name `Authorization:` was stripped',
      'the scheme `Bearer` was stripped',
    ]);
    expect(unwrapPaste(`  ${TOKEN}`).notes).toEqual(['white space at the ends was stripped']);
  });
});

describe('a token response', () => {
  const response = { token_type: 'Bearer', refresh_token: OPAQUE, access_token: TOKEN, expires_in: 600, scope: 'read' };

  it('gives all its tokens, the access token first', () => {
    expect(unwrapPaste(JSON.stringify(response, undefined, 2))).toEqual({
      tokens: [
        { text: TOKEN, takenFrom: 'access_token' },
        { text: OPAQUE, takenFrom: 'refresh_token' },
      ],
      notes: ['taken out of a JSON response: access_token, refresh_token; --pick takes one'],
    });
  });

  it.each([
    ['camel case', { accessToken: TOKEN, idToken: OTHER }],
    ['one level down', { AuthenticationResult: { AccessToken: TOKEN, IdToken: OTHER }, ChallengeParameters: {} }],
    ['quoted for the shell', { access_token: TOKEN, id_token: OTHER }],
  ])('%s', (name, value) => {
    const text = JSON.stringify(value);
    expect(unwrapPaste(name.startsWith('quoted') ? `'${text}'` : text).tokens).toEqual([
      { text: TOKEN, takenFrom: 'access_token' },
      { text: OTHER, takenFrom: 'id_token' },
    ]);
  });

  it('takes several out of a URL', () => {
    const { tokens } = unwrapPaste(`https://a.example.com/cb#id_token=${OTHER}&access_token=${TOKEN}`);
    expect(tokens.map(({ takenFrom }) => takenFrom)).toEqual(['id_token', 'access_token']);
  });

  it('takes a member called __proto__ for a member like any other', () => {
    expect(unwrapPaste('{"__proto__":{"access_token":"abcdefgh"},"a":1}').tokens).toEqual([
      { text: 'abcdefgh', takenFrom: 'access_token' },
    ]);
    expect(unwrapPaste('{"a":1}').tokens).toEqual([{ text: '{"a":1}' }]);
  });
});

describe('wrapped lines', () => {
  it.each([
    ['64 characters', 64, '\n'],
    ['76 characters and CR LF', 76, '\r\n'],
    ['so wide that only the signature is wrapped', 200, '\n'],
  ])('%s', (_, width, newline) => {
    expect(one(wrap(TOKEN, width).join(newline))?.text).toBe(TOKEN);
  });

  it('joins what follows a header name, and indented lines', () => {
    const [first = '', ...rest] = wrap(`Authorization: Bearer ${TOKEN}`, 64);
    expect(one([first, ...rest].join('\n'))?.text).toBe(TOKEN);
    expect(one(wrap(TOKEN, 64).join('\n    '))?.text).toBe(TOKEN);
    expect(one(wrap(compactJwe(), 64).join('\n'))?.text).toBe(compactJwe());
  });

  it.each([
    ['two tokens', `${TOKEN}\n${OTHER}`],
    ['a token and an opaque one', `${TOKEN}\n${OPAQUE}`],
    ['uneven lines', TOKEN.replace(/^(.{70})(.{20})(.{90})/, '$1\n$2\n$3\n')],
    ['lines of no token', 'abcdefgh\nabcdefgh\nabc'],
    ['an empty line between', wrap(TOKEN, 64).join('\n\n')],
  ])('does not join %s', (_, pasted) => {
    expect(unwrapPaste(pasted)).toEqual({ tokens: [{ text: pasted }], notes: [] });
  });
});

describe('what is refused or empty', () => {
  it.each([
    ['Authorization: Basic ZmFrZTpmYWtl', 'basic'],
    ['basic ZmFrZTpmYWtl', 'basic'],
    ['curl -u fake:fake https://api.example.com', 'basic'],
    ["curl -H 'Authorization: Basic ZmFrZTpmYWtl' https://api.example.com", 'basic'],
    ['-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----', 'private_key'],
    ['-----BEGIN RSA PRIVATE KEY-----\nMIIB', 'private_key'],
    ['{"kty":"OKP","crv":"Ed25519","x":"AAAA","d":"AAAA"}', 'private_key'],
    ['{"kty":"oct","k":"AAAA"}', 'private_key'],
  ])('%s', (pasted, refused) => {
    const found = unwrapPaste(pasted);
    expect(found).toMatchObject({ tokens: [], refused });
    expect(found.notes.join()).not.toMatch(/ZmFrZTpmYWtl|MIIB|AAAA/);
  });

  it.each([
    ['', []],
    [' \n\n', []],
    ['Cookie: theme=dark; lang=en', ['no token was found in the cookie']],
    ['Cookie: csrf_token=abcdefghijk; XSRF-TOKEN=abcdefgh', ['no token was found in the cookie']],
    ['curl https://api.example.com', ['no token was found in the curl command']],
  ])('%j holds no token', (pasted, notes) => {
    expect(unwrapPaste(pasted)).toEqual({ tokens: [], notes });
  });
});

describe('a text of the characters of tokens alone', () => {
  it.each([
    'Bearer',
    'access_token',
    'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.',
    'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.c2ln~ZGlzY2xvc3VyZQ~',
    'curl-H-Authorization',
    'a/b+c',
    '-----BEGIN',
  ])('%s is the token, and nothing is said', (text) => {
    expect(unwrapPaste(text)).toEqual({ tokens: [{ text }], notes: [] });
    expect(unwrapPaste(` ${text}\n`)).toEqual({ tokens: [{ text }], notes: ['white space at the ends was stripped'] });
  });
});

describe('nothing is done in silence', () => {
  const b64token = fc
    .tuple(
      fc.string({ unit: fc.constantFrom(...'ABCXYZabcxyz0189-._~+/:'), minLength: 1, maxLength: 60 }),
      fc.constantFrom('', '=', '=='),
    )
    .map((parts) => parts.join(''))
    // A URL, or a header line that is typed without a space.
    .filter((text) => !/:\/\/|^x-[a-z0-9-]+:/i.test(text));
  const bare = fc.oneof(
    b64token,
    fc.constantFrom(TOKEN, OPAQUE, compactJwe(), `${TOKEN}~`, `v4.public.${OPAQUE}`, '{"a":1}'),
    fc.jsonValue().map((claims) => compactJws(claims)),
  );

  it('a bare token is never changed', () => {
    fc.assert(
      fc.property(bare, (text) => {
        expect(unwrapPaste(text)).toEqual({ tokens: [{ text }], notes: [] });
        expect(unwrapPaste(`${text}\n`)).toEqual({ tokens: [{ text }], notes: [] });
      }),
      { numRuns: 500 },
    );
  });

  it('inner characters are never dropped', () => {
    const strange = fc.constantFrom('\u200b', '…', ' ', '\u00a0', '\t', '"', "'", '\u0000', ',', '=', '\n');
    const inside = fc.integer({ min: 40, max: TOKEN.length - 1 });
    fc.assert(
      fc.property(inside, strange, fc.constantFrom('', 'Bearer ', 'Authorization: Bearer '), (at, piece, before) => {
        const damaged = TOKEN.slice(0, at) + piece + TOKEN.slice(at);
        const { tokens } = unwrapPaste(before + damaged);
        // Two lines may be a wrapped token; the line break is then no character of it, and that is said.
        if (piece === '\n' && tokens[0]?.text === TOKEN)
          expect(unwrapPaste(before + damaged).notes.join()).toMatch(/joined/);
        else expect(tokens).toEqual([{ text: damaged }]);
      }),
      { numRuns: 500 },
    );
  });

  it('notes hold no part of a token', () => {
    const pasted = [
      `Authorization: Bearer ${OPAQUE}`,
      `curl -H 'Authorization: Bearer ${OPAQUE}' https://a.example.com`,
      JSON.stringify({ access_token: OPAQUE }),
      `"access_token": "${OPAQUE}"`,
      `TOKEN=${OPAQUE}`,
      `Cookie: token=${OPAQUE}`,
    ];
    for (const text of pasted) expect(unwrapPaste(text).notes.join()).not.toContain(OPAQUE.slice(0, 8));
  });
});
