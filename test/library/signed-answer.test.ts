// Signed answers (RFC 9701 §5) and what looks like one: each lookalike is named, and none is mistaken for an answer.

import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { CompactEncrypt, CompactSign } from 'jose';
import { describe, expect, it } from 'vitest';
import { type IntrospectOptions, introspect } from '../../src/index.ts';
import type { FetchLike } from '../../src/protocol/http/network.ts';

const NOW = 1_795_219_200;
const ISSUER = 'https://id.example.com';
const TOKEN = 'opaque-access-token-0001';
const JWT_TYPE = 'application/token-introspection+jwt';
const ACTIVE = { active: true, sub: 'user-001', scope: 'read', exp: NOW + 600 };

const server = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const forger = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const client = generateKeyPairSync('rsa', { modulusLength: 2048 });
const CLIENT_KEY = String(client.privateKey.export({ type: 'pkcs8', format: 'pem' }));

interface Answer {
  type: string;
  body: string;
  status?: number;
}

/** Metadata and keys of the issuer, and that answer to the one introspection request. */
function answering({ type, body, status = 200 }: Answer): FetchLike {
  const documents: Record<string, object> = {
    [`${ISSUER}/.well-known/openid-configuration`]: {
      issuer: ISSUER,
      jwks_uri: `${ISSUER}/jwks`,
      introspection_endpoint: `${ISSUER}/introspect`,
    },
    [`${ISSUER}/jwks`]: {
      keys: [{ ...server.publicKey.export({ format: 'jwk' }), kid: 'k1', use: 'sig', alg: 'ES256' }],
    },
  };
  return async (url) => {
    if (url === `${ISSUER}/introspect`) return respond(status, type, body);
    if (documents[url] === undefined) throw new Error(`a request that was not expected: ${url}`);
    return respond(200, 'application/json', JSON.stringify(documents[url]));
  };
}

function respond(status: number, type: string, body: string) {
  const headers = new Headers(type === '' ? {} : { 'content-type': type });
  async function* once() {
    yield Buffer.from(body);
  }
  return { status, headers, body: once() };
}

const CLAIMS = { iss: ISSUER, aud: 'app', iat: NOW, token_introspection: ACTIVE };
const sign = (claims: object, header: object = {}, key: KeyObject = server.privateKey): Promise<string> =>
  new CompactSign(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'ES256', kid: 'k1', typ: 'token-introspection+jwt', ...header })
    .sign(key);

const seal = (text: string, header: object = {}, key: KeyObject | Uint8Array = client.publicKey): Promise<string> =>
  new CompactEncrypt(Buffer.from(text))
    .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM', cty: 'JWT', ...header })
    .encrypt(key);

const ask = (answer: Answer, more: IntrospectOptions = {}) =>
  introspect(TOKEN, {
    issuer: ISSUER,
    client: { id: 'app', secret: 'app-secret-0001', key: CLIENT_KEY },
    accept: 'jwt',
    now: NOW,
    fetch: answering(answer),
    ...more,
  });

const jwt = (body: string): Answer => ({ type: JWT_TYPE, body });

describe('believed', () => {
  it.each<[string, () => Promise<string>]>([
    ['a signed answer', () => sign(CLAIMS)],
    ['with our id among several audiences', () => sign({ ...CLAIMS, aud: ['other', 'app'] })],
    ['with the long form of its type', () => sign(CLAIMS, { typ: 'application/token-introspection+jwt' })],
    ['with a line end behind it', async () => `${await sign(CLAIMS)}\n`],
    ['signed, then encrypted', async () => seal(await sign(CLAIMS))],
  ])('%s', async (_, body) => {
    const report = await ask(jwt(await body()));
    expect(report.error).toBeUndefined();
    expect(report).toMatchObject({ verdict: 'active', claims: { sub: 'user-001', scope: 'read' } });
    expect(report.introspection?.response).toEqual(ACTIVE);
  });

  it('says no as well', async () => {
    const report = await ask(jwt(await sign({ ...CLAIMS, token_introspection: { active: false } })));
    expect(report).toMatchObject({ verdict: 'inactive', exit_code: 1 });
  });
});

describe('lookalikes are named', () => {
  const json = (value: object): Answer => ({ type: 'application/json', body: JSON.stringify(value) });
  const others: [name: string, answer: () => Answer | Promise<Answer>, got: string][] = [
    ['a list', () => json([ACTIVE]), `media type \`${JWT_TYPE}\`, got \`application/json\``],
    [
      'no JSON',
      () => ({ type: 'application/json', body: '{' }),
      `media type \`${JWT_TYPE}\`, got \`application/json\``,
    ],
    ['no issuer', async () => jwt(await sign({ ...CLAIMS, iss: undefined })), `iss \`${ISSUER}\`, got none`],
    [
      'a header that changes what is signed',
      async () => jwt(header(await sign(CLAIMS), { b64: false })),
      'a signature by a key of the issuer, got none that could be checked',
    ],
    ['plain JSON', () => json(ACTIVE), `media type \`${JWT_TYPE}\`, got \`application/json\``],
    [
      'JSON with the token in `jwt` (Keycloak)',
      async () => json({ ...ACTIVE, jwt: await sign(CLAIMS) }),
      `media type \`${JWT_TYPE}\`, got \`application/json\` with a member \`jwt\`, which no server signed as an answer`,
    ],
    [
      'a bare JWT (Curity)',
      async () => ({ type: 'application/jwt', body: await sign(CLAIMS) }),
      `media type \`${JWT_TYPE}\`, got \`application/jwt\``,
    ],
    [
      'members at the top level',
      async () => jwt(await sign({ iss: ISSUER, aud: 'app', ...ACTIVE })),
      'the object `token_introspection`, got its members at the top level, as before RFC 9701',
    ],
    [
      'no members',
      async () => jwt(await sign({ iss: ISSUER, aud: 'app' })),
      'the object `token_introspection`, got none',
    ],
    [
      'the scopes as audience',
      async () => jwt(await sign({ ...CLAIMS, aud: 'read write' })),
      'aud `app`, got "read write"',
    ],
    ['no audience', async () => jwt(await sign({ ...CLAIMS, aud: undefined })), 'aud `app`, got none'],
    [
      'another issuer',
      async () => jwt(await sign({ ...CLAIMS, iss: 'https://evil.example' })),
      `iss \`${ISSUER}\`, got \`https://evil.example\``,
    ],
    [
      'an access token',
      async () => jwt(await sign(CLAIMS, { typ: 'at+jwt' })),
      'typ `token-introspection+jwt`, got typ `at+jwt`',
    ],
    ['no type', async () => jwt(await sign(CLAIMS, { typ: undefined })), 'typ `token-introspection+jwt`, got no typ'],
    [
      'an old one',
      async () => jwt(await sign({ ...CLAIMS, exp: NOW })),
      'an exp that is to come, got one that is past',
    ],
    ['JSON under the type of a JWT', () => jwt(JSON.stringify(ACTIVE)), 'a JWT, got a body that is none'],
    [
      'encrypted, but not signed',
      async () => jwt(await seal(JSON.stringify({ ...CLAIMS, token_introspection: ACTIVE }))),
      'a JWT, got something else under its encryption',
    ],
    [
      'encrypted twice',
      async () => jwt(await seal(await seal(await sign(CLAIMS)))),
      'a JWT, got something else under its encryption',
    ],
    [
      'encrypted with a password',
      async () => jwt(await seal(await sign(CLAIMS), { alg: 'PBES2-HS256+A128KW' }, Buffer.from('password'))),
      'an encryption that is opened here, got one encrypted by `PBES2-HS256+A128KW`, which is not allowed',
    ],
    [
      'encrypted with the secret',
      async () => jwt(await seal(await sign(CLAIMS), { alg: 'dir' }, Buffer.alloc(32))),
      'an encryption that is opened here, got one encrypted by `dir`, which is not allowed',
    ],
    [
      'RSA1_5',
      async () => jwt(header(await seal('x'), { alg: 'RSA1_5' })),
      'an encryption that is opened here, got one encrypted by `RSA1_5`, which is not allowed',
    ],
    [
      'compressed',
      async () => jwt(header(await seal('x'), { zip: 'DEF' })),
      'an encryption that is opened here, got one that is compressed, and nothing is inflated here',
    ],
    [
      'a critical extension',
      async () => jwt(header(await seal('x'), { crit: ['x'], x: 1 })),
      'an encryption that is opened here, got one with critical extensions, of which none is supported',
    ],
    [
      'an altered header',
      async () => jwt(header(await seal(await sign(CLAIMS)), { cty: 'jwt' })),
      'a content that the client key opens, got one that it does not',
    ],
    [
      'an altered content',
      async () => jwt(altered(await seal(await sign(CLAIMS)), 3)),
      'a content that the client key opens, got one that it does not',
    ],
    [
      'an altered key',
      async () => jwt(altered(await seal(await sign(CLAIMS)), 1)),
      'a content that the client key opens, got one that it does not',
    ],
  ];
  it.each(others)('%s', async (_, answer, got) => {
    const report = await ask(await answer());
    expect(report).toMatchObject({
      verdict: 'unknown',
      active: null,
      exit_code: 3,
      error: { code: 'ERR_RESPONSE_INVALID' },
    });
    expect(report.error?.message).toBe(`expected a signed introspection answer with ${got}`);
    expect(report.introspection?.response).toBeUndefined();
  });

  it.each<[string, () => Promise<string>]>([
    ['forged', () => sign(CLAIMS, {}, forger.privateKey)],
    [
      'with its own key',
      () => sign(CLAIMS, { kid: undefined, jwk: forger.publicKey.export({ format: 'jwk' }) }, forger.privateKey),
    ],
    ['forged, then encrypted', async () => seal(await sign(CLAIMS, {}, forger.privateKey))],
    ['unsigned, then encrypted', async () => seal(unsigned(CLAIMS))],
    ['unsigned', async () => unsigned(CLAIMS)],
  ])('%s', async (_, body) => {
    const report = await ask(jwt(await body()));
    expect(report).toMatchObject({ verdict: 'unknown', error: { code: 'ERR_RESPONSE_INVALID' } });
    expect(report.error?.message).toMatch(/with a signature by a key of the issuer, got /);
  });

  it('an empty answer, which Curity gives for an inactive token', async () => {
    const report = await ask({ type: '', body: '', status: 204 });
    expect(report).toMatchObject({
      verdict: 'unknown',
      error: { code: 'ERR_RESPONSE_INVALID', details: { status: 204 } },
    });
  });

  it('shows no bytes of an answer that was not believed', async () => {
    const body = await sign({ ...CLAIMS, aud: 'somebody else' });
    expect(JSON.stringify(await ask(jwt(body)))).not.toContain(body.split('.')[1]);
  });
});

describe('a signed answer that nobody asked for', () => {
  it('is not read unverified', async () => {
    const { accept: _, ...plain } = { accept: 'jwt' };
    const report = await ask(jwt(await sign(CLAIMS)), { ...plain, accept: 'json' });
    expect(report).toMatchObject({ verdict: 'unknown', exit_code: 3 });
    expect(report.error).toMatchObject({
      code: 'ERR_RESPONSE_INVALID',
      message: `expected application/json from the introspection endpoint, got a signed answer (\`${JWT_TYPE}\`)`,
      hint: 'have it verified: --accept jwt with --issuer',
    });
  });
});

describe('the key of an encrypted answer', () => {
  it.each([
    [
      undefined,
      'ERR_CLIENT_CREDENTIALS_MISSING',
      /^expected a private key of the client to open the encrypted answer with/,
    ],
    ['-----BEGIN CERTIFICATE-----', 'ERR_CONFIG_INVALID', /got a certificate$/],
    [
      String(server.privateKey.export({ type: 'sec1', format: 'pem' })),
      'ERR_CONFIG_INVALID',
      /got none that opens `RSA-OAEP-256`/,
    ],
  ])('that is missing or wrong: exit code 2', async (key, code, message) => {
    const credentials = { id: 'app', secret: 'app-secret-0001', ...(key === undefined ? {} : { key }) };
    const report = await ask(jwt(await seal(await sign(CLAIMS))), { client: credentials });
    expect(report).toMatchObject({
      verdict: 'unknown',
      exit_code: 2,
      error: { code, message: expect.stringMatching(message) },
    });
  });

  it('is found in a JWK Set by kid, and the others are not tried then', async () => {
    const mine = { ...client.privateKey.export({ format: 'jwk' }), kid: 'mine' };
    const set = (kid: string) => JSON.stringify({ keys: [{ ...otherRsa, kid }, mine] });
    const body = await seal(await sign(CLAIMS), { kid: 'mine' });
    const by = (key: string) => ask(jwt(body), { client: { id: 'app', secret: 'app-secret-0001', key } });
    expect((await by(set('other'))).verdict).toBe('active');
    const misnamed = JSON.stringify({
      keys: [
        { ...otherRsa, kid: 'mine' },
        { ...mine, kid: 'else' },
      ],
    });
    expect((await by(misnamed)).error?.message).toMatch(/got one that it does not$/);
  });

  const otherRsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
});

// ---------------------------------------------------------------- damage

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

function header(jwe: string, members: object): string {
  const [first = '', ...rest] = jwe.split('.');
  const before = JSON.parse(Buffer.from(first, 'base64url').toString());
  return [encode({ ...before, ...members }), ...rest].join('.');
}

function altered(jwe: string, index: number): string {
  const parts = jwe.split('.');
  const bytes = Buffer.from(parts[index] ?? '', 'base64url');
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  parts[index] = bytes.toString('base64url');
  return parts.join('.');
}

const unsigned = (claims: object) => `${encode({ alg: 'none', typ: 'token-introspection+jwt' })}.${encode(claims)}.`;
