// Metadata and JWK Sets that are read and must not be believed (security.md D1 to D6, A12, A13, A22).

import { describe, expect, it, test } from 'vitest';
import { introspect, type Report, verify } from '../../../src/index.ts';
import { accessClaims, jws, key, NOW } from '../../library/keys.ts';
import { body } from '../../servers/answers.ts';
import { type Answer, type ScriptedServer, scriptedServer } from '../../servers/scripted-server.ts';
import { assertWellFormed, OPAQUE, SECRET } from './endpoints.ts';

const CLIENT = { id: 'my-client', secret: SECRET };

type Members = (origin: string, elsewhere: string) => object | string;

const said =
  (members: Members, self: () => ScriptedServer, elsewhere: string): Answer =>
  (socket, request) => {
    const content = members(self().origin, elsewhere);
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    body('application/json', text)(socket, request);
  };

interface Play {
  members: Members;
  /** What is asked after the metadata. */
  after?: Answer[];
  /** How often the metadata is asked for. */
  times?: number;
  mode?: 'verify' | 'introspect';
}

/** Asks an issuer that says this of itself; `elsewhere` is another host, which must hear nothing. */
async function judged({ members, after = [], times = 1, mode = 'verify' }: Play): Promise<Report> {
  const bystander = await scriptedServer([]);
  let server: ScriptedServer;
  const metadata = said(members, () => server, bystander.origin);
  server = await scriptedServer([...Array.from({ length: times }, () => metadata), ...after]);
  const options = { issuer: server.origin, now: NOW, retries: 0 };
  const report =
    mode === 'verify'
      ? await verify(jws(accessClaims(server.origin)), options)
      : await introspect(OPAQUE, { ...options, client: CLIENT });
  assertWellFormed(report);
  expect(bystander.connections).toBe(0);
  expect(JSON.stringify(report)).not.toContain(SECRET);
  return report;
}

const whole = (origin: string, over: object = {}) => ({
  issuer: origin,
  jwks_uri: `${origin}/jwks`,
  introspection_endpoint: `${origin}/introspect`,
  ...over,
});

describe('the issuer of metadata', () => {
  it.each<[string, (origin: string) => unknown]>([
    ['another', () => 'https://evil.example'],
    ['with a slash', (origin) => `${origin}/`],
    ['with a path', (origin) => `${origin}/realm`],
    ['with a space', (origin) => `${origin} `],
    ['in capitals', (origin) => origin.toUpperCase()],
    ['with a null character', (origin) => `${origin}\0`],
    ['with a user part', (origin) => origin.replace('://', '://a@')],
    ['under another name of the same host', (origin) => origin.replace('127.0.0.1', 'localhost')],
    ['with https', (origin) => origin.replace('http:', 'https:')],
    ['a template', () => 'https://login.example/{tenantid}/v2.0'],
    ['with control text', (origin) => `${origin}\u001b[2J\n::error::x`],
    ['nothing', () => ''],
  ])('is %s', async (_, issuer) => {
    const report = await judged({ members: (origin) => whole(origin, { issuer: issuer(origin) }) });
    expect(report.error?.code).toBe('ERR_ISSUER_MISMATCH');
  });

  it.each([undefined, null, 1, true, [], {}, ['https://id.example.com']])('is %j, which is no text', async (issuer) => {
    const report = await judged({ members: (origin) => whole(origin, { issuer }), times: 2 });
    expect(report.error?.code).toBe('ERR_RESPONSE_INVALID');
  });

  it.each<[string, (origin: string) => string]>([
    ['twice, the last the right one', (origin) => `{"issuer":"https://evil.example","issuer":"${origin}"}`],
    ['twice, the first the right one', (origin) => `{"issuer":"${origin}","issuer":"https://evil.example"}`],
    ['twice, once by an escape', (origin) => `{"issuer":"${origin}","\\u0069ssuer":"${origin}"}`],
    ['in __proto__', (origin) => `{"__proto__":{"issuer":"${origin}"},"jwks_uri":"${origin}/jwks"}`],
  ])('stands %s', async (_, text) => {
    const report = await judged({ members: text, times: 2 });
    expect(report.error?.code).toBe('ERR_RESPONSE_INVALID');
  });
});

describe('jwks_uri', () => {
  it.each<[string, string]>([
    ['http to another host', 'http://keys.example/jwks'],
    ['http to the cloud', 'http://169.254.169.254/latest'],
    ['with a user and a password', 'https://user:password@keys.example/jwks'],
  ])('is %s', async (_, uri) => {
    const report = await judged({ members: (origin) => whole(origin, { jwks_uri: uri }) });
    expect(report.error?.code).toBe('ERR_ENDPOINT_REFUSED');
  });

  it.each([
    'file:///etc/passwd',
    'data:application/json,{"keys":[]}',
    'gopher://127.0.0.1/',
    'ftp://127.0.0.1/jwks',
    'jwks',
    '/jwks',
    '//evil.example/jwks',
    '',
    'javascript:1',
    'https://',
    'https://[',
    'blob:x',
  ])('is %s, which is no URL of the web', async (uri) => {
    const report = await judged({ members: (origin) => whole(origin, { jwks_uri: uri }) });
    expect(report.error?.code).toBe('ERR_RESPONSE_INVALID');
  });

  it.each([undefined, null, 1, [], {}, ['https://id.example.com/jwks']])('is %j', async (uri) => {
    const report = await judged({ members: (origin) => whole(origin, { jwks_uri: uri }) });
    expect(report.error?.code).toBe('ERR_NO_USABLE_KEY');
  });
});

describe('introspection_endpoint', () => {
  it.each<[string, (elsewhere: string) => string]>([
    ['of another origin', (elsewhere) => `${elsewhere}/introspect`],
    ['of another host', () => 'https://evil.example/introspect'],
    ['of a host that begins like it', () => 'http://127.0.0.1.evil.example/introspect'],
  ])('is %s: credentials are not sent there', async (_, endpoint) => {
    const report = await judged({
      members: (origin, elsewhere) => whole(origin, { introspection_endpoint: endpoint(elsewhere) }),
      mode: 'introspect',
    });
    expect(report.error?.code).toBe('ERR_ENDPOINT_REFUSED');
  });

  it.each<[unknown, string]>([
    ['file:///etc/passwd', 'ERR_RESPONSE_INVALID'],
    ['introspect', 'ERR_RESPONSE_INVALID'],
    [undefined, 'ERR_ENDPOINT_UNKNOWN'],
    [null, 'ERR_ENDPOINT_UNKNOWN'],
    [['http://127.0.0.1/'], 'ERR_ENDPOINT_UNKNOWN'],
  ])('is %j', async (endpoint, code) => {
    const report = await judged({
      members: (origin) => whole(origin, { introspection_endpoint: endpoint }),
      mode: 'introspect',
    });
    expect(report.error?.code).toBe(code);
  });
});

test('what the metadata lists widens nothing: a token under none asks nobody', async () => {
  const server = await scriptedServer([]);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const token = `${part({ alg: 'none' })}.${part(accessClaims(server.origin))}.`;
  const report = await verify(token, { issuer: server.origin, now: NOW });
  expect(report.verdict).toBe('inactive');
  expect(server.connections).toBe(0);
});

describe('a JWK Set', () => {
  const { jwk } = key();
  const sets: [string, object | string, string | undefined][] = [
    ['with a private key', { keys: [key().privateKey.export({ format: 'jwk' })] }, 'ERR_NO_USABLE_KEY'],
    ['with a shared secret', { keys: [{ kty: 'oct', k: 'c2VjcmV0', kid: jwk.kid }] }, 'ERR_NO_USABLE_KEY'],
    ['without a key', { keys: [] }, 'ERR_NO_USABLE_KEY'],
    ['of null', { keys: [null, null] }, 'ERR_NO_USABLE_KEY'],
    ['of numbers', { keys: [1, 2] }, 'ERR_NO_USABLE_KEY'],
    ['with keys that are no list', { keys: { 0: jwk } }, 'ERR_RESPONSE_INVALID'],
    ['with keys that are text', { keys: JSON.stringify([jwk]) }, 'ERR_RESPONSE_INVALID'],
    ['without keys', { jwks: [jwk] }, 'ERR_RESPONSE_INVALID'],
    ['that is a list', [jwk], 'ERR_RESPONSE_INVALID'],
    ['with keys twice', `{"keys":[],"keys":[${JSON.stringify(jwk)}]}`, 'ERR_RESPONSE_INVALID'],
    ['with keys in __proto__', `{"__proto__":{"keys":[${JSON.stringify(jwk)}]}}`, 'ERR_RESPONSE_INVALID'],
    [
      'whose only key has a member twice',
      `{"keys":[${JSON.stringify(jwk).replace('{', '{"kid":"x",')}]}`,
      'ERR_NO_USABLE_KEY',
    ],
    [
      'with a hundred keys that have members twice',
      `{"keys":[${Array.from({ length: 100 }, () => '{"kty":"EC","kty":"EC"}').join()}]}`,
      'ERR_RESPONSE_INVALID',
    ],
    ['with one good key among bad ones', { keys: [null, 1, {}, { kty: 'AKP' }, jwk] }, undefined],
    [
      'with a good key beside one that has a member twice',
      `{"keys":[{"kty":"EC","kty":"RSA"},${JSON.stringify(jwk)}]}`,
      undefined,
    ],
    [
      'of ten thousand keys, the right one first',
      { keys: [jwk, ...Array.from({ length: 9999 }, () => ({ kty: 'EC' }))] },
      undefined,
    ],
  ];

  it.each(sets)('%s', async (_, set, code) => {
    const text = typeof set === 'string' ? set : JSON.stringify(set);
    const report = await judged({ members: (origin) => whole(origin), after: [body('application/json', text)] });
    expect([report.verdict, report.error?.code]).toEqual([code === undefined ? 'active' : 'unknown', code]);
    expect(JSON.stringify(report)).not.toContain(String(key().privateKey.export({ format: 'jwk' }).d));
  });
});
