// Tokens and answers as RFC 9068, RFC 9701 and RFC 7662 print them, and worked values of RFC 6749 §2.3.1.

import { describe, expect, test } from 'vitest';
import { type FetchLike, type IntrospectOptions, introspect, verify } from '../../src/index.ts';
import { readVectors } from '../vectors/vectors.ts';
import { assertConsistent, failures, theCheck } from './reports.ts';

interface Vector {
  id: string;
  header: { kid: string; typ: string };
  claims: { iss: string; aud: string };
  token: string;
  at_time: number;
}
interface Vectors {
  jwks: { keys: { kid: string }[] };
  vectors: Vector[];
  introspection: { id: string; status: number; content_type: string; body: object }[];
  basic_auth: { id: string; client_id: string; client_secret: string; authorization: string }[];
}

const { jwks, vectors, introspection, basic_auth } = readVectors<Vectors>('rfc/oauth-rfc-vectors');
const vector = (id: string): Vector => {
  const found = vectors.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no vector ${id}`);
  return found;
};
/** The one key of the file, by the name that the token has for it. */
const keysOf = ({ header: { kid } }: Vector): string =>
  JSON.stringify({ keys: jwks.keys.map((key) => ({ ...key, kid })) });
const document = (body: unknown, type = 'application/json') =>
  new Response(typeof body === 'string' ? body : JSON.stringify(body), { headers: { 'content-type': type } });

describe('RFC 9068', () => {
  const judged = async (id: string, { typ, now }: { typ?: string; now?: number } = {}) => {
    const one = vector(id);
    const expectations = {
      audience: [one.claims.aud],
      kind: 'access_token' as const,
      ...(typ === undefined ? {} : { typ }),
    };
    const report = await verify(one.token, {
      issuer: one.claims.iss,
      jwks: keysOf(one),
      now: now ?? one.at_time,
      expectations,
    });
    assertConsistent(report);
    return report;
  };

  test.each(['rfc9068-2.2.4', 'rfc9068-typ-long'])('%s is active at its time, by the profile', async (id) => {
    const report = await judged(id, { typ: 'at+jwt' });
    expect(report).toMatchObject({ verdict: 'active', token: { kind: 'access_token' } });
    theCheck(report, 'type', 'passed');
  });

  test('of today it is expired, and nothing else', async () => {
    expect(failures(await judged('rfc9068-2.2.4', { now: 1_800_000_000 }))).toEqual(['expiry']);
  });

  test('another typ is refused where the profile is asked for, and else is an access token by its claims', async () => {
    expect(failures(await judged('rfc9068-typ-JWT', { typ: 'at+jwt' }))).toEqual(['type']);
    expect((await judged('rfc9068-typ-JWT')).verdict).toBe('active');
  });
});

describe('RFC 9701', () => {
  const answered = (one: Vector, options: IntrospectOptions = {}) => {
    const { iss, aud } = one.claims;
    const fetch: FetchLike = async (url) => {
      if (url.endsWith('/jwks')) return document(keysOf(one)) as never;
      if (url.endsWith('/introspect')) return document(one.token, 'application/token-introspection+jwt') as never;
      const issuer = { issuer: iss, jwks_uri: `${iss}jwks`, introspection_endpoint: `${iss}introspect` };
      return document(issuer) as never;
    };
    const client = { id: aud, secret: 'the secret of the resource server' };
    return introspect('an-opaque-token', { issuer: iss, client, accept: 'jwt', now: one.at_time, fetch, ...options });
  };

  test('the example is an answer that is believed', async () => {
    const report = await answered(vector('rfc9701-5'));
    expect(report).toMatchObject({
      verdict: 'active',
      claims: { sub: 'Z5O3upPC88QrAjx00dis', client_id: 'paiB2goo0a' },
    });
  });

  test('so is one that says no', async () => {
    expect(await answered(vector('rfc9701-inactive'))).toMatchObject({ verdict: 'inactive', exit_code: 1 });
  });

  test('for another client it is not', async () => {
    const report = await answered(vector('rfc9701-5'), { client: { id: 'another', secret: 'of another' } });
    expect(report.error?.code).toBe('ERR_RESPONSE_INVALID');
  });

  test('as an access token it is none (§8.1)', async () => {
    const one = vector('rfc9701-5');
    const given = { issuer: one.claims.iss, jwks: keysOf(one), now: one.at_time };
    const report = await verify(one.token, { ...given, expectations: { kind: 'access_token' } });
    expect(failures(report)).toContain('kind');
    expect((await verify(one.token, given)).checks).toContainEqual(
      expect.objectContaining({ name: 'kind', outcome: 'warned', actual: 'introspection_response' }),
    );
  });
});

describe('RFC 7662 and RFC 6749', () => {
  test.each(introspection)('$id', async ({ body, content_type, status }) => {
    const fetch: FetchLike = async () =>
      new Response(JSON.stringify(body), { status, headers: { 'content-type': content_type } }) as never;
    const report = await introspect('2YotnFZFEjr1zCsicMWpAA', {
      introspectionEndpoint: 'https://server.example.com/introspect',
      client: { id: 's6BhdRkqt3', secret: 'gX1fBat3bV' },
      now: 1_800_000_000,
      fetch,
    });
    assertConsistent(report);
    const { active } = body as { active: boolean };
    expect(report.verdict).toBe(active ? 'active' : 'inactive');
    if (active) expect(theCheck(report, 'expiry', 'warned').finding).toBe('introspection.exp_past');
  });

  test.each(basic_auth)('Basic: $id', async ({ client_id: id, client_secret: secret, authorization }) => {
    const sent: unknown[] = [];
    const fetch: FetchLike = async (_url, { headers }) => {
      sent.push(headers['authorization']);
      return document({ active: true }) as never;
    };
    await introspect('an-opaque-token', {
      introspectionEndpoint: 'https://server.example.com/introspect',
      client: { id, secret },
      fetch,
    });
    expect(sent).toEqual([authorization]);
  });
});
