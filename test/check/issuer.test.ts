// Checks of an authorization server: keys, algorithms, baseline, anonymous callers and the certificate of its host.

import { beforeAll, describe, expect, it } from 'vitest';
import type { IssuerCheck } from '../../src/check/definition.ts';
import { runCheck } from '../../src/check.ts';
import { nodeTransport } from '../../src/protocol/http/node-transport.ts';
import { json, silence, status } from '../servers/answers.ts';
import { certificates } from '../servers/certificates.ts';
import { type Answer, closedPort, scriptedServer } from '../servers/scripted-server.ts';
import { gateJson, outcomes } from './gate.ts';

const EC = {
  kty: 'EC',
  crv: 'P-256',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
};
const ED = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo', kid: 'ed' };

/** An issuer that answers in that order; metadata and keys are asked for in the order of the check. */
async function issuerWith(answers: (origin: string) => Answer[]) {
  const made: Answer[] = [];
  const server = await scriptedServer(made);
  made.push(...answers(server.origin));
  return server;
}

const metadata = (origin: string, more: object = {}) =>
  json({ issuer: origin, jwks_uri: `${origin}/jwks`, introspection_endpoint: `${origin}/introspect`, ...more });

const definition = (issuer: string, more: Partial<IssuerCheck> = {}): IssuerCheck => ({
  name: 'it',
  subject: 'issuer',
  issuer,
  network: { retries: 0, fetch: nodeTransport() },
  ...more,
});

describe('keys', () => {
  const withKeys = (keys: unknown[]) => issuerWith((origin) => [metadata(origin), json({ keys })]);

  it.each<[string, unknown[], Partial<IssuerCheck>, string[], RegExp]>([
    ['one is enough', [EC], {}, ['keys passed'], /as expected/],
    ['none is too few', [], {}, ['keys failed'], /0 keys for signatures/],
    ['fewer than wanted', [EC], { minKeys: 2 }, ['keys failed'], /one key for signatures/],
    ['one for encryption does not count', [EC, { ...EC, use: 'enc' }], { minKeys: 2 }, ['keys failed'], /one key/],
    ['one with its private part does not count', [{ ...EC, d: 'AAAA' }], {}, ['keys failed'], /0 keys/],
    ['each algorithm has one', [EC, ED], { algorithms: ['ES256', 'EdDSA'] }, ['algorithms passed'], /as expected/],
    ['an algorithm without one', [EC], { algorithms: ['ES256', 'RS256'] }, ['algorithms failed'], /no key for RS256/],
    [
      'one that is for another',
      [EC, ED],
      { algorithms: ['ES256'] },
      ['algorithms failed'],
      /the key ed is for none of them/,
    ],
  ])('%s', async (_, keys, more, expected, because) => {
    const server = await withKeys(keys);
    const result = await runCheck(definition(server.origin, more));
    expect(outcomes(result)).toEqual(expect.arrayContaining(['metadata passed', ...expected]));
    expect(result.because).toMatch(because);
  });

  it('are counted for metrics', async () => {
    const server = await withKeys([EC, ED, { kty: 'oct', k: 'AAAA' }]);
    expect((await runCheck(definition(server.origin))).measures.jwks_keys).toBe(2);
  });

  it('that cannot be had are no answer', async () => {
    const server = await issuerWith((origin) => [metadata(origin), status(500)]);
    const result = await runCheck(definition(server.origin));
    expect([result.outcome, result.exit_code, result.error?.code]).toEqual(['unknown', 3, 'ERR_HTTP_STATUS']);
  });

  it('of an issuer that is not there are no answer', async () => {
    const result = await runCheck(definition(`http://127.0.0.1:${await closedPort()}`));
    expect([result.outcome, result.error?.code]).toEqual(['unknown', 'ERR_NETWORK']);
  });

  it('of another issuer are none', async () => {
    const server = await scriptedServer([json({ issuer: 'https://other.example.com' })]);
    expect((await runCheck(definition(server.origin))).error?.code).toBe('ERR_ISSUER_MISMATCH');
  });
});

describe('anonymous callers', () => {
  /** Keys and introspection are asked for side by side: the answer is chosen by what is asked. */
  const server = async (answer: Answer) => {
    const byTarget: Answer = (socket, request) =>
      (request.method === 'POST' ? answer : json({ keys: [EC] }))(socket, request);
    return issuerWith((origin) => [metadata(origin), byTarget, byTarget]);
  };

  it.each<[string, Answer, string, string]>([
    ['401', status(401), 'passed', 'callers without credentials are refused'],
    ['403', status(403), 'passed', 'callers without credentials are refused'],
    [
      '400 with an OAuth error',
      json({ error: 'invalid_request' }, { status: 400 }),
      'passed',
      'callers without credentials are refused',
    ],
    ['an answer', json({ active: false }), 'failed', 'it answers callers without credentials'],
  ])('%s', async (_, answer, outcome, because) => {
    const found = await server(answer);
    const result = await runCheck(definition(found.origin, { refusesAnonymous: true }));
    const check = result.checks.find(({ name }) => name === 'anonymous_refused');
    expect([check?.outcome, check?.because]).toEqual([outcome, because]);
    const post = found.received.find(({ method }) => method === 'POST');
    expect(post?.headers.get('authorization')).toBeUndefined();
    expect(post?.body).toBe('token=tokctl-check-of-anonymous-access');
  });

  it('a server that fails has not refused', async () => {
    const found = await server(status(502));
    const result = await runCheck(definition(found.origin, { refusesAnonymous: true }));
    expect([result.outcome, result.error?.code]).toEqual(['unknown', 'ERR_HTTP_STATUS']);
  });

  it('cannot be told without an endpoint', async () => {
    const found = await issuerWith((origin) => [
      json({ issuer: origin, jwks_uri: `${origin}/jwks` }),
      json({ keys: [EC] }),
    ]);
    const result = await runCheck(definition(found.origin, { refusesAnonymous: true }));
    expect([result.exit_code, result.error?.code]).toEqual([2, 'ERR_ENDPOINT_UNKNOWN']);
  });
});

describe('the baseline', () => {
  const yaml = (origin: string) =>
    `checks:\n  it:\n    server: true\n    issuer: ${origin}\n    baseline: baselines/id.json\n    retry: 0\n`;
  const PATH = 'baselines/id.json';

  async function recorded(more: object = {}): Promise<string> {
    const server = await issuerWith((origin) => [metadata(origin, more), json({ keys: [EC] })]);
    const { exit, files } = await gateJson(['--record'], { yaml: yaml(server.origin), network: true });
    expect(exit).toBe(0);
    return String(files.get(PATH)?.content).replaceAll(server.origin, 'ORIGIN');
  }

  async function compare(before: string, more: object) {
    const server = await issuerWith((origin) => [metadata(origin, more), json({ keys: [EC] })]);
    return gateJson([], {
      yaml: yaml(server.origin),
      network: true,
      files: { [PATH]: before.replaceAll('ORIGIN', server.origin) },
    });
  }

  it('is recorded in an order of its own', async () => {
    const text = await recorded({ scopes_supported: ['openid', 'email'] });
    expect(Object.keys(JSON.parse(text))).toEqual(['introspection_endpoint', 'issuer', 'jwks_uri', 'scopes_supported']);
    expect(JSON.parse(text).scopes_supported).toEqual(['email', 'openid']);
  });

  it('is the same in another order', async () => {
    const { exit } = await compare(await recorded({ scopes_supported: ['openid', 'email'] }), {
      scopes_supported: ['email', 'openid'],
    });
    expect(exit).toBe(0);
  });

  it('tells what was added, removed and changed', async () => {
    const { exit, results } = await compare(await recorded({ a: 1, b: 1 }), { b: 2, c: 3 });
    expect([exit, results['it']?.because]).toEqual([1, 'added: c; removed: a; changed: b']);
  });

  it('may be one that doctor recorded', async () => {
    const metadata = JSON.parse(await recorded({ a: 1 }));
    const text = JSON.stringify({ schema: 'tokctl.doctor-baseline/1', issuer: 'ORIGIN', metadata, keys: [] });
    expect((await compare(text, { a: 1 })).exit).toBe(0);
    expect((await compare(text, { a: 2 })).results['it']?.because).toBe('changed: a');
  });

  it('must be recorded first', async () => {
    const { exit, results } = await gateJson([], { yaml: yaml('https://id.example.com') });
    expect(exit).toBe(2);
    expect(results['it']).toMatchObject({
      because: 'tokctl.yaml:5:5: `--baseline` cannot be read: the file `baselines/id.json`: no such file',
      next: 'record it: tokctl check --record',
    });
  });

  it('must be metadata', async () => {
    const { exit, results } = await compare('nonsense', {});
    expect([exit, results['it']?.error?.code]).toEqual([2, 'ERR_CONFIG_INVALID']);
  });

  it('that cannot be written is said', async () => {
    const server = await issuerWith((origin) => [metadata(origin), json({ keys: [EC] })]);
    const { exit, results } = await gateJson(['--record'], {
      yaml: yaml(server.origin),
      network: true,
      files: { [PATH]: null },
    });
    expect([exit, results['it']?.error?.code]).toEqual([2, 'ERR_USAGE']);
  });
});

describe('the certificate', () => {
  const DAY = 86_400;
  let made: Awaited<ReturnType<typeof certificates>>;
  beforeAll(async () => {
    made = await certificates();
  });

  /** An https issuer; the handshake that only looks at the certificate makes no request. */
  async function secure(which: 'server' | 'expired', minCertificateTtl: number) {
    const answers: Answer[] = [];
    const server = await scriptedServer(answers, { tls: made[which] });
    if (which === 'server') answers.push(metadata(server.origin), json({ keys: [EC] }));
    const fetch = nodeTransport({ tls: { ca: made.ca.cert } });
    return runCheck(definition(server.origin, { network: { retries: 0, fetch }, minCertificateTtl }));
  }

  it('is valid long enough', async () => {
    const result = await secure('server', 60);
    expect(outcomes(result)).toContain('certificate passed');
    expect(Date.parse(result.measures.certificate_expires_at ?? '')).toBeGreaterThan(Date.now());
  });

  it('expires soon', async () => {
    const result = await secure('server', 30 * DAY);
    expect([result.outcome, result.because]).toEqual(['failed', 'it expires soon']);
  });

  it('has expired, which is told although nothing else could be asked', async () => {
    const result = await secure('expired', 60);
    expect([result.exit_code, result.because, result.error?.code]).toEqual([1, 'it has expired', 'ERR_TLS']);
  });

  it('is not there for http', async () => {
    const server = await issuerWith((origin) => [metadata(origin), json({ keys: [EC] })]);
    const result = await runCheck(definition(server.origin, { minCertificateTtl: 60 }));
    expect(result.because).toBe('there is none: the issuer is reached by http');
  });

  it('is not waited for without end', async () => {
    // A server that never speaks TLS.
    const server = await scriptedServer([]);
    const result = await runCheck(
      definition(server.origin.replace('http:', 'https:'), {
        network: { retries: 0, timeout: 0.2, fetch: async () => new Promise(() => {}) },
        minCertificateTtl: 60,
      }),
    );
    expect(result.error?.code).toBe('ERR_TIMEOUT');
  });

  it('is not looked at offline', async () => {
    const result = await runCheck(
      definition('https://id.example.com', { network: { offline: true }, minCertificateTtl: 60 }),
    );
    expect([result.exit_code, result.error?.code]).toEqual([3, 'ERR_OFFLINE']);
  });
});

it('an issuer that hangs is a timeout', async () => {
  const server = await scriptedServer([silence]);
  const result = await runCheck(
    definition(server.origin, { network: { retries: 0, timeout: 0.2, fetch: nodeTransport() } }),
  );
  expect([result.exit_code, result.error?.code]).toEqual([3, 'ERR_TIMEOUT']);
});
