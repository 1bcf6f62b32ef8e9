// Answers of an introspection endpoint that are no word on the token, or one that must not be believed (security.md §1.7).

import { describe, expect, it } from 'vitest';
import { type IntrospectOptions, introspect, type Report } from '../../../src/index.ts';
import { ISSUER, jwks, jws, key, NOW } from '../../library/keys.ts';
import { body, json } from '../../servers/answers.ts';
import { type Answer, scriptedServer } from '../../servers/scripted-server.ts';
import { assertWellFormed, OPAQUE, SECRET } from './endpoints.ts';

const CLIENT = { id: 'my-client', secret: SECRET };

async function answered(answer: Answer, options: IntrospectOptions = {}): Promise<Report> {
  const server = await scriptedServer([answer]);
  const introspectionEndpoint = `${server.origin}/introspect`;
  const report = await introspect(OPAQUE, { introspectionEndpoint, client: CLIENT, now: NOW, retries: 0, ...options });
  assertWellFormed(report);
  expect(server.received[0]?.target).toBe('/introspect');
  const text = JSON.stringify(report);
  expect(text).not.toContain(OPAQUE);
  expect(text).not.toContain(SECRET);
  return report;
}

const said = (text: string): Answer => body('application/json', text);

describe('active', () => {
  it.each([
    ...[
      '"true"',
      '"false"',
      '"active"',
      '""',
      '1',
      '0',
      '-0',
      '1e0',
      'null',
      '[]',
      '[true]',
      '{}',
      '{"active":true}',
      '"TRUE"',
      '"1"',
      '"yes"',
    ],
  ])('is %s, which is neither true nor false', async (value) => {
    const report = await answered(said(`{"active":${value},"scope":"admin"}`));
    expect([report.verdict, report.error?.code]).toEqual(['unknown', 'ERR_RESPONSE_INVALID']);
  });

  it.each([
    ['is not there', '{"scope":"admin","exp":4102444800}'],
    ['is of another case', '{"Active":true}'],
    ['has a space in it', '{"active ":true}'],
    ['is one level down', '{"data":{"active":true}}'],
    ['is in __proto__', '{"__proto__":{"active":true}}'],
    ['is in constructor', '{"constructor":{"prototype":{"active":true}}}'],
    ['is twice, true last', '{"active":false,"active":true}'],
    ['is twice, false last', '{"active":true,"active":false}'],
    ['is twice, the same', '{"active":true,"active":true}'],
    ['is twice, once by an escape', '{"active":false,"\\u0061ctive":true}'],
    ['is after twenty members that are there twice', `{${'"a":1,"a":1,'.repeat(20)}"active":true}`],
    ['stands beside a claim that is there twice', '{"active":true,"aud":"me","aud":"you"}'],
    ['is in a list', '[{"active":true}]'],
    ['is in a text', '"{\\"active\\":true}"'],
  ])('%s', async (_, text) => {
    const report = await answered(said(text));
    expect([report.verdict, report.error?.code]).toEqual(['unknown', 'ERR_RESPONSE_INVALID']);
  });

  it.each([
    ['active', '{"active":true}'],
    ['active', '{"__proto__":{"active":false},"active":true,"toString":1,"hasOwnProperty":null}'],
    ['active', ' \r\n{"\\u0061ctive" : true } '],
    ['inactive', '{"active":false}'],
    ['inactive', '{"active":false,"scope":"admin","exp":4102444800}'],
    ['inactive', '{"__proto__":{"active":true},"active":false}'],
  ])('is said: %s by %s', async (verdict, text) => {
    expect((await answered(said(text))).verdict).toBe(verdict);
  });
});

describe('an active answer that does not fit what is asked', () => {
  const expectations = { audience: ['me'], scope: ['read'], kind: 'access_token' } as const;
  it.each<[string, object]>([
    ['another audience', { aud: 'you', scope: 'read', token_type: 'Bearer' }],
    ['an audience that is an object', { aud: { me: true }, scope: 'read' }],
    ['no audience', { scope: 'read' }],
    ['another scope', { aud: 'me', scope: 'reader' }],
    ['no scope', { aud: 'me' }],
    ['a scope that is an object', { aud: 'me', scope: { read: true } }],
    ['a scope in __proto__', JSON.parse('{"aud":"me","__proto__":{"scope":"read"}}')],
  ])('%s', async (_, members) => {
    const text = JSON.stringify({ active: true, ...members });
    const report = await answered(said(text), {
      expectations: { audience: expectations.audience, scope: expectations.scope },
    });
    expect(report.verdict).toBe('inactive');
  });

  it('a past exp keeps the word of the server, and warns', async () => {
    const report = await answered(json({ active: true, exp: NOW - 1 }));
    expect(report.verdict).toBe('active');
    expect(report.checks).toContainEqual(
      expect.objectContaining({ finding: 'introspection.exp_past', outcome: 'warned' }),
    );
  });

  it.each([['"soon"'], ['null'], ['[1]'], ['1e999'], ['-1'], ['{}'], ['true']])(
    'exp %s is told and decides nothing',
    async (exp) => {
      const report = await answered(said(`{"active":true,"exp":${exp}}`));
      expect(report.verdict).toBe('active');
      expect(report.checks.some(({ outcome }) => outcome === 'warned')).toBe(true);
    },
  );
});

// ---------------------------------------------------------------- signed answers (RFC 9701)

const JWT = 'application/token-introspection+jwt';
const answerClaims = (over: Record<string, unknown> = {}) => ({
  iss: ISSUER,
  aud: CLIENT.id,
  iat: NOW - 1,
  token_introspection: { active: true },
  ...over,
});
const signed = (over: Record<string, unknown> = {}, header: Record<string, unknown> = {}): string =>
  jws(answerClaims(over), { header: { typ: 'token-introspection+jwt', ...header } });

/** The issuer has metadata and keys; the endpoint answers with that. */
async function answeredByJwt(answer: (origin: string) => Answer): Promise<Report> {
  const server: { origin: string } = await scriptedServer([
    (socket, request) =>
      json({
        issuer: server.origin,
        jwks_uri: `${server.origin}/jwks`,
        introspection_endpoint: `${server.origin}/introspect`,
      })(socket, request),
    (socket, request) => answer(server.origin)(socket, request),
  ]);
  const { origin } = server;
  const report = await introspect(OPAQUE, { issuer: origin, client: CLIENT, accept: 'jwt', now: NOW, retries: 0 });
  assertWellFormed(report);
  expect(JSON.stringify(report)).not.toContain(SECRET);
  return report;
}

describe('an answer that should be signed', () => {
  it.each<[string, (origin: string) => Answer]>([
    ['is plain JSON', () => json({ active: true })],
    ['is JSON under the type of a signed answer', () => body(JWT, '{"active":true}')],
    ['is a signed answer under the type of JSON', () => body('application/json', signed())],
    ['is a page', () => body('text/html', '<html>')],
    ['is not signed', (origin) => body(JWT, unsigned(origin))],
    ['is of another issuer', () => body(JWT, signed())],
    ['is for another client', (origin) => body(JWT, signed({ iss: origin, aud: 'another' }))],
    ['is for nobody', (origin) => body(JWT, signed({ iss: origin, aud: undefined }))],
    ['is of the past', (origin) => body(JWT, signed({ iss: origin, exp: NOW - 1 }))],
    ['has no type', (origin) => body(JWT, signed({ iss: origin }, { typ: undefined }))],
    ['has the type of an access token', (origin) => body(JWT, signed({ iss: origin }, { typ: 'at+jwt' }))],
    ['has critical extensions', (origin) => body(JWT, signed({ iss: origin }, { crit: ['x'] }))],
    [
      'has its members on top',
      (origin) => body(JWT, signed({ iss: origin, token_introspection: undefined, active: true })),
    ],
    [
      'has its members in a text',
      (origin) => body(JWT, signed({ iss: origin, token_introspection: '{"active":true}' })),
    ],
    ['is cut', (origin) => body(JWT, signed({ iss: origin }).replace(/\.[^.]*$/, ''))],
    ['is empty', () => body(JWT, '')],
    ['is the token itself', () => body(JWT, OPAQUE)],
    ['has a member twice', (origin) => body(JWT, twice(origin))],
    [
      'is encrypted with a password',
      () => body(JWT, encrypted({ alg: 'PBES2-HS256+A128KW', p2c: 100_000_000, p2s: 'AA' })),
    ],
    ['is encrypted by RSA1_5', () => body(JWT, encrypted({ alg: 'RSA1_5' }))],
    ['is encrypted and compressed', () => body(JWT, encrypted({ alg: 'RSA-OAEP', zip: 'DEF' }))],
  ])('%s', async (_, answer) => {
    const report = await answeredByJwt(answer);
    expect([report.verdict, report.error?.code]).toEqual(['unknown', 'ERR_RESPONSE_INVALID']);
  });
});

const unsigned = (origin: string): string => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none', typ: 'token-introspection+jwt' })}.${part(answerClaims({ iss: origin }))}.`;
};
const twice = (origin: string): string =>
  jws(JSON.stringify(answerClaims({ iss: origin })).replace('{', '{"aud":"x",'), {
    header: { typ: 'token-introspection+jwt' },
  });
const encrypted = (header: object): string =>
  [
    Buffer.from(JSON.stringify({ enc: 'A256GCM', ...header })).toString('base64url'),
    'AAAA',
    'AAAA',
    'AAAA',
    'AAAA',
  ].join('.');

describe('a signed answer by a key', () => {
  const byKeys = async (keys: object[], token: string, times: number) => {
    const server: { origin: string } = await scriptedServer([
      (socket, request) =>
        json({
          issuer: ISSUER,
          jwks_uri: `${server.origin}/jwks`,
          introspection_endpoint: `${server.origin}/introspect`,
        })(socket, request),
      body(JWT, token),
      ...Array.from({ length: times }, () => json({ keys })),
    ]);
    const { origin } = server;
    const metadataUrl = `${origin}/metadata`;
    const allowedEndpointOrigins = [origin];
    const options = { issuer: ISSUER, metadataUrl, allowedEndpointOrigins, client: CLIENT, accept: 'jwt' as const };
    const report = await introspect(OPAQUE, { ...options, now: NOW, retries: 0 });
    assertWellFormed(report);
    return report;
  };

  it.each<[string, object[], string, number]>([
    ['of the issuer is believed', [key().jwk], signed(), 1],
    ['of somebody else', [key('ES256', 'other').jwk], signed(), 2],
    ['that is private and published', [{ ...key().jwk, d: 'AAAA' }], signed(), 1],
    ['of a shared secret', [{ kty: 'oct', k: 'AAAA' }], signed(), 1],
  ])('%s', async (name, keys, token, times) => {
    const { verdict } = await byKeys(keys, token, times);
    expect(verdict).toBe(name.endsWith('believed') ? 'active' : 'unknown');
  });
});

describe('an endpoint that gives back what it was sent', () => {
  const basic = Buffer.from(`${CLIENT.id}:${encodeURIComponent(SECRET)}`).toString('base64');
  const spellings = [
    SECRET,
    OPAQUE,
    encodeURIComponent(SECRET),
    Buffer.from(SECRET).toString('base64'),
    Buffer.from(OPAQUE).toString('base64url'),
    `Basic ${basic}`,
    `${OPAQUE.slice(0, 20)} ${OPAQUE.slice(20)}`,
    JSON.stringify(SECRET),
  ];
  const ways: [string, (text: string) => Answer][] = [
    ['in a claim', (text) => json({ active: true, echo: text })],
    ['as the name of a claim', (text) => json({ active: true, [text]: 1 })],
    ['in an error', (text) => json({ error: 'invalid_request', error_description: `bad: ${text}` }, { status: 400 })],
    ['as an error', (text) => json({ error: text.replaceAll(' ', '') }, { status: 400 })],
    ['in a page', (text) => body('text/html', `<p>${text}</p>`, { status: 500 })],
    ['at the cut of what is shown', (text) => body('text/plain', `${'x'.repeat(180)}${text}`, { status: 500 })],
    [
      'in WWW-Authenticate',
      (text) => json({}, { status: 401, headers: { 'www-authenticate': `Bearer realm="${text}"` } }),
    ],
    ['as a redirect', (text) => json({}, { status: 302, headers: { location: `https://x.example/?t=${text}` } })],
    ['as its media type', (text) => body(`text/${text.replaceAll(/[ ;]/g, '')}`, 'x')],
    ['as active', (text) => json({ active: text })],
    ['as a time', (text) => json({ active: true, exp: text })],
    ['as an issuer', (text) => json({ active: true, iss: text })],
  ];

  it.each(ways)('%s', async (_, way) => {
    for (const text of spellings) {
      const report = await answered(way(text), { issuer: ISSUER, jwks: jwks(key()) });
      const shown = JSON.stringify(report);
      for (const mark of [SECRET, OPAQUE, encodeURIComponent(SECRET), basic, OPAQUE.slice(0, 20), OPAQUE.slice(-14)])
        expect(shown.includes(mark), `${text} shows ${mark}`).toBe(false);
    }
  });
});
