// A server that is sound: the fake one of these tests and the real one of the playground.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CLIENTS } from '../../src/demo/authorization-server.ts';
import type { Playground } from '../../src/demo/playground.ts';
import { doctor } from '../../src/doctor.ts';
import { playgroundForTest } from '../demo/asking.ts';
import { CLIENT } from './authorization-server.ts';
import { examined } from './examined.ts';

const notOk = (findings: readonly { id: string; severity: string }[]): string[] =>
  findings.filter(({ severity }) => severity !== 'ok').map(({ id, severity }) => `${severity} ${id}`);

describe('a sound server', () => {
  test('has no fault with credentials', async () => {
    const { report, announced } = await examined();
    expect(notOk(report.findings)).toEqual([
      'info issuer.https',
      'info introspection.signed_answer',
      'info token.verification',
    ]);
    expect(report).toMatchObject({
      schema: 'tokctl.doctor/1',
      exit_code: 0,
      keys: [{ kid: 'rsa-1', bits: 2048, problems: [] }],
    });
    expect(report.metadata).toMatchObject({ issuer: report.issuer });
    expect(announced).toHaveLength(2);
  });

  test('has no fault without credentials, and what was not asked is said', async () => {
    const { report, server, announced } = await examined({ anonymous: true });
    expect(notOk(report.findings)).toEqual(['info issuer.https', 'info introspection.credentials', 'info token.grant']);
    expect(server.seen.filter(({ headers }) => headers.authorization !== undefined)).toEqual([]);
    expect(server.at('POST', '/token')).toEqual([]);
    expect(announced).toEqual([]);
  });

  test('is asked by an access token in place of the client', async () => {
    const { severity, server } = await examined({
      anonymous: true,
      options: { bearer: 'the-access-token-of-the-caller' },
      replies: {
        'POST /introspect': ({ headers }) =>
          headers.authorization === 'Bearer the-access-token-of-the-caller' ? { json: { active: false } } : undefined,
      },
    });
    expect(severity('introspection.client_auth')).toBe('ok');
    expect(severity('introspection.wrong_credentials')).toBe('info');
    expect(severity('token.grant')).toBe('info');
    expect(server.at('POST', '/token')).toEqual([]);
  });

  test('every finding says why, once for each question, and nothing is to be done about what is well', async () => {
    const { report } = await examined();
    const ids = report.findings.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { id, because, fix, severity } of report.findings) {
      expect(because, id).toMatch(/^\S.*[^.]$/);
      if (severity === 'ok') expect(fix, id).toBeUndefined();
    }
  });
});

describe('the playground', () => {
  let playground: Playground;
  beforeAll(async () => {
    playground = await playgroundForTest();
  });
  afterAll(() => playground.close());

  const client = { id: CLIENTS.test.client_id, secret: CLIENTS.test.client_secret };

  test('is sound', async () => {
    const { issuer } = playground.facts;
    const report = await doctor({ issuer, client });
    expect(report.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(report.exit_code).toBe(0);
    const ok = report.findings.filter(({ severity }) => severity === 'ok').map(({ id }) => id);
    expect(ok).toEqual(
      expect.arrayContaining([
        'issuer.identity',
        'metadata.agreement',
        'keys.strength',
        'introspection.anonymous',
        'introspection.wrong_credentials',
        'introspection.unknown_token',
        'introspection.auth_methods',
        'token.active',
        'token.revocation',
      ]),
    );
  });

  test('issues JWTs that verify', async () => {
    const { issuer, endpoints } = playground.facts;
    const report = await doctor({
      issuer,
      client,
      freshToken: { resource: `${issuer}/api` },
      resource: endpoints.resource,
    });
    const severity = (id: string) => report.findings.find((one) => one.id === id)?.severity;
    expect(severity('token.verification')).toBe('ok');
    expect(severity('token.active')).toBe('info');
    expect(severity('resource.metadata')).toBe('warning');
    expect(severity('resource.challenge')).toBe('info');
  });

  test('refuses a wrong secret, and hears of it once', async () => {
    const asked: string[] = [];
    const report = await doctor({
      issuer: playground.facts.issuer,
      client: { ...client, secret: 'not-the-secret-of-the-client' },
      observe: ({ requestHeaders, formMembers, purpose }) => {
        if (Object.hasOwn(requestHeaders, 'authorization') || formMembers.includes('client_secret'))
          asked.push(purpose);
      },
    });
    const refused = report.findings.find(({ id }) => id === 'introspection.client_auth');
    expect(refused).toMatchObject({ severity: 'error' });
    expect(asked).toEqual(['introspection']);
    expect(report.findings.find(({ id }) => id === 'token.grant')).toMatchObject({ severity: 'info' });
    expect(report.exit_code).toBe(1);
    expect(JSON.stringify(report)).not.toContain('not-the-secret-of-the-client');
    expect(JSON.stringify(report)).not.toContain(CLIENT.secret);
  });
});
