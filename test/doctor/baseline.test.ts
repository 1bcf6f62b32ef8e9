// The baseline: what an earlier run recorded, compared with now.

import { describe, expect, test } from 'vitest';
import { baselineOf, doctor } from '../../src/doctor.ts';
import {
  type AuthorizationServer,
  authorizationServer,
  CLIENT,
  newRsa,
  publicJwk,
  type ServerOptions,
  SIGNING_KEY,
} from './authorization-server.ts';

const NOW = Date.UTC(2026, 10, 21) / 1000;
const OTHER_KEY = publicJwk(newRsa().publicKey, { kid: 'rsa-2', use: 'sig', alg: 'RS256' });

interface World {
  metadata: Record<string, unknown>;
  keys: unknown[];
}

/** A server that a test changes between two runs. */
async function changing(more: ServerOptions = {}) {
  const world: World = { metadata: {}, keys: [SIGNING_KEY] };
  const server = await authorizationServer({
    metadata: () => world.metadata,
    ...more,
    replies: {
      ...more.replies,
      'GET /jwks': () => ({ headers: { 'cache-control': 'max-age=60' }, json: { keys: world.keys } }),
    },
  });
  return { world, server };
}

const run = ({ origin }: AuthorizationServer, text: string | undefined) =>
  doctor({ issuer: origin, client: CLIENT, baseline: { text }, retries: 0 });

async function twice(change: () => Partial<World>, before: Partial<World> = {}) {
  const { world, server } = await changing();
  Object.assign(world, before);
  const first = await run(server, undefined);
  const text = baselineOf(first, NOW);
  Object.assign(world, change());
  const second = await run(server, text);
  const of = (id: string) => second.findings.find((one) => one.id === id);
  return {
    first,
    second,
    text,
    severity: (id: string) => of(id)?.severity ?? 'absent',
    words: (id: string) => JSON.stringify(of(id)),
  };
}

test('the first run records, without a secret or a token', async () => {
  const { first, text = '' } = await twice(() => ({}));
  expect(first.findings.find(({ id }) => id === 'baseline.recorded')).toMatchObject({ severity: 'ok' });
  expect(text).not.toContain(CLIENT.secret);
  expect(JSON.parse(text)).toMatchObject({
    schema: 'tokctl.doctor-baseline/1',
    issuer: first.issuer,
    recorded_at: '2026-11-21T00:00:00Z',
    metadata: { issuer: first.issuer },
    keys: [{ kid: 'rsa-1', kty: 'RSA', alg: 'RS256' }],
    findings: { 'issuer.identity': 'ok' },
  });
});

test('a run that finds the same says so', async () => {
  // Order means nothing.
  const reordered = { token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'] };
  const { severity, second } = await twice(() => ({ metadata: reordered }));
  for (const id of ['endpoints', 'metadata', 'keys', 'findings']) expect(severity(`baseline.${id}`), id).toBe('ok');
  expect(severity('baseline.recorded')).toBe('absent');
  expect(second.exit_code).toBe(0);
});

describe('a run that finds', () => {
  test.each<[string, () => Partial<World>, string, string, string]>([
    ['a new key', () => ({ keys: [SIGNING_KEY, OTHER_KEY] }), 'baseline.keys', 'warning', 'new: kid rsa-2'],
    ['another key', () => ({ keys: [OTHER_KEY] }), 'baseline.keys', 'warning', 'gone: kid rsa-1'],
    [
      'another key under the old name',
      () => ({ keys: [{ ...OTHER_KEY, kid: 'rsa-1' }] }),
      'baseline.keys',
      'error',
      'new: kid rsa-1',
    ],
    [
      'an endpoint gone',
      () => ({ metadata: { revocation_endpoint: undefined } }),
      'baseline.endpoints',
      'error',
      'revocation_endpoint: gone',
    ],
    [
      'an endpoint elsewhere',
      () => ({ metadata: { authorization_endpoint: 'https://elsewhere.example/' } }),
      'baseline.endpoints',
      'error',
      'https://elsewhere.example/',
    ],
    [
      'a new endpoint',
      () => ({ metadata: { userinfo_endpoint: 'https://id.example.com/me' } }),
      'baseline.endpoints',
      'info',
      'userinfo_endpoint: new',
    ],
    [
      'a new member',
      () => ({ metadata: { claims_supported: ['sub'] } }),
      'baseline.metadata',
      'info',
      'claims_supported: new',
    ],
    [
      'other grants',
      () => ({ metadata: { grant_types_supported: ['client_credentials', 'password'] } }),
      'baseline.metadata',
      'warning',
      'password',
    ],
    [
      'that an answer got worse',
      () => ({ metadata: { introspection_endpoint_auth_methods_supported: ['tls_client_auth'] } }),
      'baseline.findings',
      'warning',
      'introspection.auth_methods: warning, it was ok',
    ],
  ])('%s', async (_what, change, id, expected, words) => {
    const { severity, words: of } = await twice(change);
    expect(severity(id)).toBe(expected);
    expect(of(id)).toContain(words);
  });

  test('keys without a thumbprint knows them by their names', async () => {
    const keys = [SIGNING_KEY, { kty: 'LMS', kid: 'odd-1' }];
    const { severity, words } = await twice(() => ({ keys: [SIGNING_KEY, { kty: 'LMS', kid: 'odd-2' }] }), { keys });
    expect(severity('baseline.keys')).toBe('warning');
    expect(words('baseline.keys')).toContain('gone: kid odd-1');
  });

  test('no metadata any more', async () => {
    let gone = false;
    const notFound = () => (gone ? { status: 404 } : undefined);
    const { server } = await changing({
      replies: {
        'GET /.well-known/openid-configuration': notFound,
        'GET /.well-known/oauth-authorization-server': notFound,
      },
    });
    const text = baselineOf(await run(server, undefined), NOW);
    gone = true;
    const report = await run(server, text);
    expect(report.findings.find(({ id }) => id === 'baseline.metadata')).toMatchObject({ severity: 'error' });
    const again = await run(server, undefined);
    expect(baselineOf(again, NOW)).toBeUndefined();
    expect(again.findings.find(({ id }) => id === 'baseline.recorded')).toMatchObject({ severity: 'info' });
  });
});

test('the file of another issuer is compared with nothing', async () => {
  const { text } = await twice(() => ({}));
  const { server } = await changing();
  const report = await run(server, text);
  expect(report.findings.find(({ id }) => id === 'baseline.issuer')).toMatchObject({ severity: 'error' });
  expect(report.findings.filter(({ id }) => id.startsWith('baseline.'))).toHaveLength(1);
  expect(report.exit_code).toBe(1);
});

test.each(['', 'not json', '[]', '{}', '{"schema":"tokctl.doctor-baseline/2","issuer":"a","metadata":{},"keys":[]}'])(
  'a file that is none (%j) is a mistake of the command, and nothing is asked',
  async (text) => {
    const { server } = await changing();
    await expect(run(server, text)).rejects.toMatchObject({ code: 'ERR_CONFIG_INVALID' });
    expect(server.seen).toEqual([]);
  },
);
