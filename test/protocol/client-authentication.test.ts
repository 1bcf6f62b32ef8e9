// What each method adds to a request (RFC 6749 §2.3, RFC 7523 §3, RFC 8705 §2), without a network.

import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { decodeProtectedHeader, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import {
  type AuthenticationContext,
  authenticate,
  type ClientCredentials,
  isMutualTls,
} from '../../src/protocol/client-authentication.ts';

const NOW = 1_795_219_200;
const ISSUER = 'https://id.example.com';
const CONTEXT: AuthenticationContext = {
  endpoint: new URL('https://id.example.com/introspect'),
  issuer: ISSUER,
  tokenEndpoint: 'https://id.example.com/token',
  introspectionEndpoint: 'https://id.example.com/introspect',
  now: NOW + 0.7,
};
const SECRET = 'a-secret-of-32-bytes-or-a-bit-more';

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = (key: KeyObject, type: 'pkcs8' | 'sec1' | 'pkcs1' = 'pkcs8') => String(key.export({ type, format: 'pem' }));
const EC_PEM = pem(ec.privateKey);

const decoded = (headers: Record<string, string>) =>
  Buffer.from((headers['authorization'] ?? '').replace(/^Basic /, ''), 'base64').toString();

async function assertionOf(credentials: ClientCredentials, context: Partial<AuthenticationContext> = {}) {
  const { method, headers, form } = await authenticate(credentials, { ...CONTEXT, ...context });
  expect(headers).toEqual({});
  expect(form.map(([name]) => name)).toEqual(['client_assertion_type', 'client_assertion']);
  expect(form[0]?.[1]).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
  return { method, jwt: form[1]?.[1] ?? '' };
}

/** Verifies with jose, which had no part in choosing header and claims. */
async function readAssertion(jwt: string, key: KeyObject | Uint8Array) {
  const { payload } = await jwtVerify(jwt, key, { currentDate: new Date(NOW * 1000) });
  return { header: decodeProtectedHeader(jwt), payload };
}

describe('client_secret_basic', () => {
  it('joins id and secret with a colon', async () => {
    const { headers, form, method } = await authenticate({ id: 'app', secret: 's3cret' }, CONTEXT);
    expect([method, decoded(headers), form]).toEqual(['client_secret_basic', 'app:s3cret', []]);
  });

  it.each([
    ['a colon', 'a:b', 'a%3Ab'],
    ['a space', 'a b', 'a+b'],
    ['a plus', 'a+b', 'a%2Bb'],
    ['a percent sign', '100%', '100%25'],
    ['text beyond ASCII', 'pä', 'p%C3%A4'],
    ['what RFC 3986 leaves alone', "~!'()", '%7E%21%27%28%29'],
  ])('form-encodes %s', async (_, secret, encoded) => {
    const { headers } = await authenticate({ id: 'urn:app', secret }, CONTEXT);
    expect(decoded(headers)).toBe(`urn%3Aapp:${encoded}`);
  });

  it('leaves them as they are with basicEncoding raw', async () => {
    const { headers } = await authenticate({ id: 'app', secret: 'p+ä:%', basicEncoding: 'raw' }, CONTEXT);
    expect(decoded(headers)).toBe('app:p+ä:%');
  });
});

describe('client_secret_post, none and certificates', () => {
  it('posts both, and nothing in the header', async () => {
    const given = { id: 'app', secret: 'p+ä:%', method: 'client_secret_post' } as const;
    expect(await authenticate(given, CONTEXT)).toEqual({
      method: 'client_secret_post',
      headers: {},
      form: [
        ['client_id', 'app'],
        ['client_secret', 'p+ä:%'],
      ],
    });
  });

  it.each(['tls_client_auth', 'self_signed_tls_client_auth', 'none'] as const)(
    '%s names the client',
    async (method) => {
      const { headers, form } = await authenticate({ id: 'app', secret: SECRET, key: EC_PEM, method }, CONTEXT);
      expect([headers, form]).toEqual([{}, [['client_id', 'app']]]);
    },
  );

  it('none may do without a name', async () => {
    expect((await authenticate({ method: 'none' }, CONTEXT)).form).toEqual([]);
  });

  it('knows the methods of a certificate', () => {
    expect([isMutualTls('tls_client_auth'), isMutualTls('self_signed_tls_client_auth')]).toEqual([true, true]);
    expect([isMutualTls('private_key_jwt'), isMutualTls(undefined)]).toEqual([false, false]);
  });
});

describe('assertions', () => {
  it('private_key_jwt has the claims of RFC 7523 §3 and lives a minute', async () => {
    const { method, jwt } = await assertionOf({ id: 'app', key: EC_PEM });
    const { header, payload } = await readAssertion(jwt, ec.publicKey);
    expect(method).toBe('private_key_jwt');
    expect(header).toEqual({ alg: 'ES256', typ: 'JWT' });
    expect(payload).toEqual({
      iss: 'app',
      sub: 'app',
      aud: ISSUER,
      iat: NOW,
      exp: NOW + 60,
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  it('are made anew each time', async () => {
    const made = await Promise.all(Array.from({ length: 20 }, () => assertionOf({ id: 'app', key: EC_PEM })));
    const ids = await Promise.all(made.map(async ({ jwt }) => (await readAssertion(jwt, ec.publicKey)).payload.jti));
    expect(new Set(ids).size).toBe(20);
  });

  it.each([
    [undefined, 'HS256'],
    ['HS384', 'HS384'],
    ['HS512', 'HS512'],
  ])('client_secret_jwt with algorithm %s signs %s by the secret, which stays at home', async (keyAlgorithm, alg) => {
    const given = { id: 'app', secret: SECRET, method: 'client_secret_jwt' } as const;
    const { jwt } = await assertionOf({ ...given, ...(keyAlgorithm === undefined ? {} : { keyAlgorithm }) });
    const { header, payload } = await readAssertion(jwt, new TextEncoder().encode(SECRET));
    expect([header.alg, payload.iss, payload.aud]).toEqual([alg, 'app', ISSUER]);
  });

  it.each(['RS256', 'none', 'toString'])('client_secret_jwt does not sign %s', async (keyAlgorithm) => {
    const given = { id: 'app', secret: SECRET, method: 'client_secret_jwt', keyAlgorithm } as const;
    await expect(authenticate(given, CONTEXT)).rejects.toMatchObject({
      code: 'ERR_CONFIG_INVALID',
      message: `expected HS256, HS384 or HS512 with a secret, got \`${keyAlgorithm}\``,
      hint: '--client-key-alg HS256, or leave it out',
    });
  });
});

describe('the audience of an assertion', () => {
  const audienceOf = async (assertionAudience: string | undefined, context: Partial<AuthenticationContext> = {}) => {
    const chosen = assertionAudience === undefined ? {} : { assertionAudience };
    const { jwt } = await assertionOf({ id: 'app', key: EC_PEM, ...chosen }, context);
    return (await readAssertion(jwt, ec.publicKey)).payload.aud;
  };
  const { issuer: _, tokenEndpoint: __, introspectionEndpoint: ___, ...NOTHING_KNOWN } = CONTEXT;
  const bare = (credentials: ClientCredentials) =>
    authenticate({ id: 'app', key: EC_PEM, ...credentials }, NOTHING_KNOWN);

  it.each([
    [undefined, ISSUER],
    ['issuer', ISSUER],
    ['token', 'https://id.example.com/token'],
    ['introspection', 'https://id.example.com/introspect'],
    ['https://else.example.com/aud', 'https://else.example.com/aud'],
    ['constructor', 'constructor'],
  ])('%s is one text: %s', async (word, aud) => {
    expect(await audienceOf(word)).toBe(aud);
  });

  it('is the endpoint where no issuer is known', async () => {
    const { form } = await bare({});
    expect((await readAssertion(form[1]?.[1] ?? '', ec.publicKey)).payload.aud).toBe(
      'https://id.example.com/introspect',
    );
  });

  it.each([
    ['issuer', 'an issuer'],
    ['token', 'metadata with a token endpoint'],
  ])('%s is not replaced by something else where it is not known', async (assertionAudience, what) => {
    await expect(bare({ assertionAudience })).rejects.toMatchObject({
      code: 'ERR_ENDPOINT_UNKNOWN',
      message: `expected ${what} for --client-assertion-audience ${assertionAudience}, got none`,
    });
  });
});

describe('keys and their algorithms', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const p521 = generateKeyPairSync('ec', { namedCurve: 'P-521' });
  const ed = generateKeyPairSync('ed25519');
  const jwk = (key: KeyObject, more: object = {}) => JSON.stringify({ ...key.export({ format: 'jwk' }), ...more });
  const set = (...keys: string[]) => `{"keys":[${keys.join(',')}]}`;
  const certificate = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';

  const good: [name: string, key: string, alg: string, kid: string | undefined, by: KeyObject, asked?: string][] = [
    ['RSA, PKCS#8', pem(rsa.privateKey), 'RS256', undefined, rsa.publicKey],
    ['RSA, PKCS#1', pem(rsa.privateKey, 'pkcs1'), 'RS256', undefined, rsa.publicKey],
    ['RSA for PS384', pem(rsa.privateKey), 'PS384', undefined, rsa.publicKey, 'PS384'],
    ['P-256, PKCS#8', EC_PEM, 'ES256', undefined, ec.publicKey],
    ['P-256, SEC1', pem(ec.privateKey, 'sec1'), 'ES256', undefined, ec.publicKey],
    [
      'P-256, SEC1 behind its parameters',
      `-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n${pem(ec.privateKey, 'sec1')}`,
      'ES256',
      undefined,
      ec.publicKey,
    ],
    ['P-384', pem(p384.privateKey), 'ES384', undefined, p384.publicKey],
    ['P-521', pem(p521.privateKey), 'ES512', undefined, p521.publicKey],
    ['Ed25519', pem(ed.privateKey), 'EdDSA', undefined, ed.publicKey],
    ['Ed25519 by its own name', pem(ed.privateKey), 'Ed25519', undefined, ed.publicKey, 'Ed25519'],
    ['a PEM beside its certificate', `${certificate}${EC_PEM}`, 'ES256', undefined, ec.publicKey],
    ['a PEM with CRLF', EC_PEM.replaceAll('\n', '\r\n'), 'ES256', undefined, ec.publicKey],
    ['a JWK', jwk(ec.privateKey, { kid: 'k1' }), 'ES256', 'k1', ec.publicKey],
    ['a JWK with alg', jwk(rsa.privateKey, { kid: 'k1', alg: 'PS256' }), 'PS256', 'k1', rsa.publicKey],
    ['a JWK Set of one', set(jwk(ed.privateKey, { kid: 'k1' })), 'EdDSA', 'k1', ed.publicKey],
    [
      'a JWK Set whose first key is public, whose second encrypts',
      set(jwk(rsa.publicKey), jwk(rsa.privateKey, { use: 'enc', kid: 'e' }), jwk(p384.privateKey, { kid: 's' })),
      'ES384',
      's',
      p384.publicKey,
    ],
    [
      'a JWK Set, by the algorithm that was asked for',
      set(jwk(rsa.privateKey, { kid: 'r' }), jwk(ec.privateKey, { kid: 'e' })),
      'ES256',
      'e',
      ec.publicKey,
      'ES256',
    ],
    [
      'a JWK Set, past a key for encryption by alg',
      set(jwk(rsa.privateKey, { alg: 'RSA-OAEP', kid: 'r' }), jwk(ec.privateKey, { kid: 'e' })),
      'ES256',
      'e',
      ec.publicKey,
    ],
  ];
  it.each(good)('%s', async (_, key, alg, kid, by, asked) => {
    const { jwt } = await assertionOf({ id: 'app', key, ...(asked === undefined ? {} : { keyAlgorithm: asked }) });
    const { header } = await readAssertion(jwt, by);
    expect(header).toEqual({ alg, typ: 'JWT', ...(kid === undefined ? {} : { kid }) });
  });

  const small = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const pss = generateKeyPairSync('rsa-pss', { modulusLength: 2048 });
  const k1 = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
  const x25519 = generateKeyPairSync('x25519');
  const ed448 = generateKeyPairSync('ed448');
  const locked = String(
    ec.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open' }),
  );
  const PASSPHRASE = /without its passphrase: openssl pkey/;
  const GIVE = /^give a PEM/;
  const bad: [name: string, key: string, got: string, hint: RegExp][] = [
    ['a certificate', certificate, 'a certificate', /the private key that belongs to it/],
    [
      'a public key, SPKI',
      String(ec.publicKey.export({ type: 'spki', format: 'pem' })),
      'a public key',
      /private half/,
    ],
    [
      'a public key, PKCS#1',
      String(rsa.publicKey.export({ type: 'pkcs1', format: 'pem' })),
      'a public key',
      /private half/,
    ],
    ['a public JWK', jwk(ec.publicKey), 'a public key', /private half/],
    ['a JWK Set of public keys', set(jwk(ec.publicKey), jwk(rsa.publicKey)), 'a public key', /private half/],
    ['an empty JWK Set', set(), 'an empty JWK Set', GIVE],
    ['an encrypted PKCS#8', locked, 'an encrypted key', PASSPHRASE],
    [
      'an encrypted PKCS#1',
      '-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n',
      'an encrypted key',
      PASSPHRASE,
    ],
    [
      'a key of OpenSSH',
      '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n',
      'a key in the form of OpenSSH',
      /ssh-keygen/,
    ],
    ['a damaged PEM', EC_PEM.replace('MIGH', 'MIGI'), 'a private key that is damaged', GIVE],
    ['a damaged JWK', '{"kty":"EC","crv":"P-256","d":"AAAA","x":"AA","y":"AA"}', 'a JWK that is damaged', GIVE],
    ['a JWK with a member of another type', '{"kty":"EC","crv":"P-256","d":7}', 'a JWK that is damaged', GIVE],
    ['a symmetric JWK', '{"kty":"oct","k":"AAAA"}', 'a symmetric key', /--client-secret env:NAME/],
    ['broken JSON', '{"kty":', 'text that is no JSON', GIVE],
    ['a JSON list', '[]', 'JSON that is no key', GIVE],
    ['other JSON', '{"id":"app"}', 'JSON that is no key', GIVE],
    ['other text', 'hello', 'text that is neither PEM nor JSON', GIVE],
    ['an empty file', ' \n', 'an empty file', GIVE],
    ['RSA of 1024 bits', pem(small.privateKey), 'an RSA key of 1024 bits, which is too small', /2048 bits or more/],
    ['RSA-PSS', pem(pss.privateKey), 'one of type `rsa-pss`, which JOSE does not know', GIVE],
    ['secp256k1', pem(k1.privateKey), 'a key on secp256k1, which signs nothing', /P-256, P-384 or P-521/],
    ['X25519', pem(x25519.privateKey), 'a key on X25519, which signs nothing', /or Ed25519/],
    ['Ed448', pem(ed448.privateKey), 'a key on Ed448, which signs nothing', /or Ed25519/],
    [
      'a key for encryption by use',
      jwk(ec.privateKey, { use: 'enc' }),
      'keys for encryption only (`use` is `enc`)',
      GIVE,
    ],
    [
      'a key for encryption by alg',
      jwk(rsa.privateKey, { alg: 'RSA-OAEP' }),
      'an RSA key for `RSA-OAEP`, which signs nothing',
      /give an RSA key/,
    ],
  ];
  it.each(bad)('%s is none', async (_, key, got, hint) => {
    const asked = authenticate({ id: 'app', key, method: 'private_key_jwt' }, CONTEXT);
    const error = await asked.catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: 'ERR_CONFIG_INVALID',
      message: `expected a private key of the client, got ${got}`,
      hint: expect.stringMatching(hint),
    });
    expect(String((error as Error).cause ?? '')).toBe('');
  });

  it.each([
    ['an EC key', EC_PEM, 'RS256', 'expected ES256 with a key on P-256, got `RS256`'],
    ['an EC key', EC_PEM, 'ES384', 'expected ES256 with a key on P-256, got `ES384`'],
    [
      'an RSA key',
      pem(rsa.privateKey),
      'HS256',
      'expected RS256, PS256, RS384, PS384, RS512 or PS512 with an RSA key, got `HS256`',
    ],
    ['a JWK with alg', jwk(rsa.privateKey, { alg: 'PS256' }), 'RS256', 'expected PS256 with an RSA key, got `RS256`'],
    ['any key', pem(ed.privateKey), 'none', 'expected EdDSA or Ed25519 with a key on Ed25519, got `none`'],
  ])('%s does not sign what is for another', async (_, key, keyAlgorithm, message) => {
    const asked = authenticate({ id: 'app', key, keyAlgorithm }, CONTEXT);
    await expect(asked).rejects.toMatchObject({ code: 'ERR_CONFIG_INVALID', message });
  });

  it('sends no key and no certificate along', async () => {
    const { jwt } = await assertionOf({ id: 'app', key: jwk(ec.privateKey, { x5c: ['AAAA'] }) });
    expect(decodeProtectedHeader(jwt)).toEqual({ alg: 'ES256', typ: 'JWT' });
  });
});

describe('the method by default', () => {
  const all = { id: 'app', secret: SECRET, key: EC_PEM };
  it.each<[string, ClientCredentials, string[] | undefined, string]>([
    ['nothing is known', all, undefined, 'client_secret_basic'],
    ['all are listed', all, ['private_key_jwt', 'client_secret_post', 'client_secret_basic'], 'client_secret_basic'],
    ['post is listed', all, ['private_key_jwt', 'client_secret_post'], 'client_secret_post'],
    ['only a key is taken', all, ['private_key_jwt'], 'private_key_jwt'],
    ['there is only a key', { id: 'app', key: EC_PEM }, ['client_secret_basic'], 'private_key_jwt'],
    ['none of ours is listed', all, ['tls_client_auth'], 'client_secret_basic'],
    ['one was asked for', { ...all, method: 'none' }, ['client_secret_basic'], 'none'],
  ])('where %s', async (_, credentials, methods, expected) => {
    const context = { ...CONTEXT, ...(methods === undefined ? {} : { methods }) };
    expect((await authenticate(credentials, context)).method).toBe(expected);
  });
});

describe('what is missing', () => {
  it.each<[string, ClientCredentials, string, RegExp]>([
    ['everything', {}, 'client credentials', /--client-id ID --client-secret env:CLIENT_SECRET/],
    ['the id of a secret', { secret: SECRET }, 'a client id', /--client-id ID/],
    ['the secret', { id: 'app' }, 'a client secret', /--client-secret env:CLIENT_SECRET/],
    ['the secret for post', { id: 'app', method: 'client_secret_post' }, 'a client secret', /--client-secret/],
    ['the secret to sign with', { id: 'app', method: 'client_secret_jwt' }, 'a client secret', /--client-secret/],
    ['the key', { id: 'app', method: 'private_key_jwt' }, 'a private key of the client', /--client-key FILE/],
    ['the id of a key', { key: EC_PEM, method: 'private_key_jwt' }, 'a client id', /--client-id ID/],
    ['the id of a certificate', { method: 'tls_client_auth' }, 'a client id', /--client-id ID/],
  ])('%s', async (_, credentials, what, hint) => {
    await expect(authenticate(credentials, CONTEXT)).rejects.toMatchObject({
      code: 'ERR_CLIENT_CREDENTIALS_MISSING',
      message: `expected ${what} to ask \`https://id.example.com/introspect\` with, got none`,
      hint: expect.stringMatching(hint),
    });
  });
});
