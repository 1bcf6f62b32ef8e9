// The library against a real authorization server (node oidc-provider on loopback): every token of the playground, every mode.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clientCredentialsToken } from '../../src/client-credentials.ts';
import { audienceOf, CLIENTS } from '../../src/demo/authorization-server.ts';
import type { Playground } from '../../src/demo/playground.ts';
import type { TokenName } from '../../src/demo/tokens.ts';
import { decode, type IntrospectOptions, introspect, type Mode, type Report, verify } from '../../src/index.ts';
import { playgroundForTest, post } from '../demo/asking.ts';
import { assertConsistent, causes, failures } from './reports.ts';

let playground: Playground;
beforeAll(async () => {
  playground = await playgroundForTest();
});
afterAll(() => playground.close());

const client = { id: CLIENTS.test.client_id, secret: CLIENTS.test.client_secret };

async function asked(name: TokenName, options: IntrospectOptions = {}): Promise<Report> {
  const { issuer, tokens } = playground.facts;
  const report = await introspect(tokens[name], { issuer, client, ...options });
  assertConsistent(report);
  return report;
}

interface Expected {
  verdict: string;
  failed?: string[];
  causes?: string[];
  error?: string;
}

const ACTIVE: Expected = { verdict: 'active' };
const inactive = (failed: string[], ...codes: string[]): Expected => ({ verdict: 'inactive', failed, causes: codes });
const unknown = (error: string): Expected => ({ verdict: 'unknown', error });

const AT_SERVER = inactive(['introspection'], 'revoked_or_unknown');
const UNSUPPORTED = unknown('ERR_TOKEN_UNSUPPORTED');

/** What each mode says. This server refuses JWTs at its introspection endpoint (`unsupported_token_type`). */
const TABLE: Record<TokenName, Record<Mode, Expected>> = {
  active_opaque: { auto: ACTIVE, local: UNSUPPORTED, remote: ACTIVE, both: ACTIVE },
  revoked: { auto: AT_SERVER, local: UNSUPPORTED, remote: AT_SERVER, both: AT_SERVER },
  expired: { auto: AT_SERVER, local: UNSUPPORTED, remote: AT_SERVER, both: AT_SERVER },
  never_issued: { auto: AT_SERVER, local: UNSUPPORTED, remote: AT_SERVER, both: AT_SERVER },
  refresh_token: { auto: ACTIVE, local: UNSUPPORTED, remote: ACTIVE, both: ACTIVE },
  id_token: { auto: ACTIVE, local: ACTIVE, remote: UNSUPPORTED, both: ACTIVE },
  active_jwt: { auto: ACTIVE, local: ACTIVE, remote: UNSUPPORTED, both: ACTIVE },
  expired_jwt: everyJwt(inactive(['expiry'], 'expired')),
  forged_jwt: everyJwt(inactive(['signature'], 'signature_altered')),
  wrong_audience_jwt: { auto: ACTIVE, local: ACTIVE, remote: UNSUPPORTED, both: ACTIVE },
  damaged_jwt: all(inactive(['format'], 'token_damaged')),
  m2m_token: { auto: ACTIVE, local: UNSUPPORTED, remote: ACTIVE, both: ACTIVE },
};

function everyJwt(expected: Expected): Record<Mode, Expected> {
  return { auto: expected, local: expected, remote: UNSUPPORTED, both: expected };
}

function all(expected: Expected): Record<Mode, Expected> {
  return { auto: expected, local: expected, remote: expected, both: expected };
}

const MODES: readonly Mode[] = ['auto', 'local', 'remote', 'both'];
const cases = Object.entries(TABLE).flatMap(([name, row]) =>
  MODES.map((mode) => ({ name: name as TokenName, mode, expected: row[mode] })),
);

test.each(cases)('$name with --mode $mode', async ({ name, mode, expected }) => {
  const report = await asked(name, { mode });
  const { verdict, error } = report;
  expect({ verdict, error: error?.code, failed: failures(report) }).toEqual({
    verdict: expected.verdict,
    error: expected.error,
    failed: expected.failed ?? [],
  });
  // What comes first is what people read; what else may be behind it is the business of the diagnosis.
  if (expected.causes !== undefined) expect(causes(report)[0]).toBe(expected.causes[0]);
});

describe('expectations', () => {
  test('the kind of an opaque token is what the server says', async () => {
    const expectations = { kind: 'access_token' } as const;
    expect((await asked('active_opaque', { expectations })).verdict).toBe('active');
    expect(failures(await asked('refresh_token', { expectations }))).toEqual(['kind']);
    expect(failures(await asked('id_token', { expectations }))).toEqual(['kind']);
  });

  test('audience of the JWTs', async () => {
    const expectations = { audience: [audienceOf(playground.facts.issuer)] };
    expect((await asked('active_jwt', { expectations })).verdict).toBe('active');
    expect(failures(await asked('wrong_audience_jwt', { expectations }))).toEqual(['audience']);
  });

  test('scopes of an answer', async () => {
    expect((await asked('active_opaque', { expectations: { scope: ['openid', 'email'] } })).verdict).toBe('active');
    expect(failures(await asked('active_opaque', { expectations: { scope: ['admin'] } }))).toEqual(['scope']);
  });

  test('the ID token belongs to the access token beside it', async () => {
    const { tokens, issuer } = playground.facts;
    const expect_ = (accessToken: string) => verify(tokens.id_token, { issuer, expectations: { accessToken } });
    expect((await expect_(tokens.active_opaque)).verdict).toBe('active');
    expect(failures(await expect_(tokens.never_issued))).toEqual(['at_hash']);
  });

  test('everything asked for, strictly', async () => {
    const { issuer } = playground.facts;
    const expectations = {
      strict: true,
      audience: [audienceOf(issuer)],
      kind: 'access_token',
      scope: ['openid'],
      typ: 'at+jwt',
      minTtl: 60,
      maxAge: 600,
      requiredClaims: ['jti', 'client_id'],
      claims: [{ name: 'sub', value: 'user-001' }],
    } as const;
    expect(await asked('active_jwt', { expectations })).toMatchObject({ verdict: 'active', exit_code: 0 });
  });
});

describe('who asks', () => {
  test.each([
    ['client_secret_basic', { ...client, method: 'client_secret_basic' as const }],
    ['client_secret_post', { ...client, method: 'client_secret_post' as const }],
  ])('%s', async (method, by) => {
    const report = await asked('active_opaque', { client: by });
    expect(report).toMatchObject({ verdict: 'active', introspection: { client_auth: method } });
  });

  test('a wrong secret, an unknown client, no credentials', async () => {
    const wrong = await asked('active_opaque', { client: { ...client, secret: 'not the secret' } });
    expect(wrong).toMatchObject({ exit_code: 3, error: { code: 'ERR_CLIENT_AUTHENTICATION' } });
    const stranger = await asked('active_opaque', { client: { id: 'nobody', secret: 'not the secret' } });
    expect(stranger.error?.code).toBe('ERR_CLIENT_AUTHENTICATION');
    expect(await asked('active_opaque', { client: {} })).toMatchObject({
      exit_code: 2,
      error: { code: 'ERR_CLIENT_CREDENTIALS_MISSING' },
    });
  });

  test('an access token, given or got by client_credentials', async () => {
    const bearer = playground.facts.tokens.m2m_token;
    const given = await asked('active_opaque', { bearer });
    expect(given).toMatchObject({ verdict: 'active', introspection: { client_auth: 'bearer' } });
    const machine = { id: CLIENTS.machine.client_id, secret: CLIENTS.machine.client_secret };
    const got = await asked('active_opaque', { client: machine, bearerGrant: {} });
    expect(got).toMatchObject({
      verdict: 'active',
      introspection: { client_auth: 'bearer (client_credentials)' },
    });
    const refused = await asked('active_opaque', { bearer: playground.facts.tokens.never_issued });
    expect(refused.error?.code).toBe('ERR_CLIENT_AUTHENTICATION');
  });
});

test('a token that is revoked now is inactive now', async () => {
  const { issuer, endpoints } = playground.facts;
  const { accessToken } = await clientCredentialsToken({ issuer, client });
  const ask = () => introspect(accessToken, { issuer, client });
  expect((await ask()).verdict).toBe('active');
  await post(endpoints.revocation, { token: accessToken });
  expect((await ask()).verdict).toBe('inactive');
});

test('decode reads each of them, and gives no verdict', async () => {
  for (const [name, token] of Object.entries(playground.facts.tokens)) {
    const description = await decode(token);
    expect('verdict' in description).toBe(false);
    expect(description.exit_code).toBe(name === 'damaged_jwt' ? 1 : 0);
    expect(JSON.stringify(description)).not.toContain(token);
  }
});

test('no report holds a token or a secret', async () => {
  for (const name of Object.keys(TABLE) as TokenName[]) {
    const report = JSON.stringify(await asked(name, { mode: 'both' }));
    for (const text of [...Object.values(playground.facts.tokens), client.secret]) {
      expect(report).not.toContain(text);
      const signature = text.split('.')[2];
      if (signature !== undefined) expect(report).not.toContain(signature);
    }
  }
});
