// Keys in use (contract §11): the right one, one more fetch for a kid that is not there, and what is told of each key.

import { describe, expect, test } from 'vitest';
import { newMemory, type VerifyOptions, verify } from '../../src/index.ts';
import { type IssuerOptions, issuerServer } from './issuer-server.ts';
import { accessClaims, jws, key, NOW, type Signing } from './keys.ts';
import { assertConsistent, causes, theCheck } from './reports.ts';

const body = (...keys: object[]) => ({ body: { keys } });

async function verified(server: IssuerOptions, signing: Signing = {}, options: VerifyOptions = {}) {
  const { issuer, ...rest } = await issuerServer(server);
  const report = await verify(jws(accessClaims(issuer), signing), { issuer, now: NOW, retries: 0, ...options });
  assertConsistent(report);
  return { report, seen: rest.asked.map(({ what }) => what) };
}

describe('a kid that is in no key of the set', () => {
  test('is looked for in the set of now, once: keys rotate', async () => {
    const jwks = (_asked: unknown, count: number) => body(count === 1 ? key('ES256', 'old').jwk : key().jwk);
    const { report, seen } = await verified({ jwks });
    expect(report.verdict).toBe('active');
    expect(seen).toEqual(['GET metadata', 'GET jwks', 'GET jwks']);
  });

  test('is a definite no after that', async () => {
    const { report, seen } = await verified({ keys: [key('ES256', 'old')] });
    expect(report).toMatchObject({ verdict: 'inactive', exit_code: 1 });
    expect(theCheck(report, 'key', 'failed')).toMatchObject({
      finding: 'jwks.kid.not_found',
      expected: 'kid ES256-1',
      actual: ['old'],
      because: 'no key of the set has that kid, also after the set was fetched again',
    });
    expect(causes(report)).toEqual(['key_rotated', 'key_of_other_environment']);
    expect(seen).toEqual(['GET metadata', 'GET jwks', 'GET jwks']);
  });

  test('of another issuer speaks of another environment first', async () => {
    const server = await issuerServer({ keys: [key('ES256', 'old')] });
    const report = await verify(jws(accessClaims('https://other.example')), { issuer: server.issuer, now: NOW });
    expect(causes(report).filter((code) => code.startsWith('key_'))).toEqual([
      'key_of_other_environment',
      'key_rotated',
    ]);
  });

  test('that verifies under another kid is told, and stays a no', async () => {
    const { report } = await verified({ keys: [{ ...key().jwk, kid: 'other' }] });
    expect(report.verdict).toBe('inactive');
    expect(causes(report)).toEqual(['key_id_reused']);
    expect(report.verification?.keys[0]?.because).toBe('it verifies the signature, but the token names another kid');
  });

  test('does not make a batch flood the server', async () => {
    const server = await issuerServer({ keys: [key('ES256', 'old')] });
    const memory = newMemory();
    const ask = () => verify(jws(accessClaims(server.issuer)), { issuer: server.issuer, now: NOW, memory });
    const reports = await Promise.all([ask(), ask(), ask()]);
    reports.push(await ask());
    expect(reports.map(({ verdict }) => verdict)).toEqual(Array(4).fill('inactive'));
    expect(server.seen).toEqual(['GET metadata', 'GET jwks', 'GET jwks']);
  });

  test('a second fetch that fails leaves the question open', async () => {
    const jwks = (_asked: unknown, count: number) => (count === 1 ? body(key('ES256', 'old').jwk) : { status: 500 });
    const { report } = await verified({ jwks });
    expect(report).toMatchObject({ verdict: 'unknown', exit_code: 3, error: { code: 'ERR_HTTP_STATUS' } });
  });
});

describe('a set of which nothing can be used', () => {
  test.each([
    ['empty', []],
    ['keys for encryption', [{ ...key().jwk, use: 'enc' }]],
    ['keys of an unknown type', [{ kty: 'AKP', kid: 'ES256-1' }]],
    ['a private key', [key().privateKey.export({ format: 'jwk' })]],
    ['a secret', [{ kty: 'oct', k: 'AAAA', kid: 'ES256-1' }]],
  ])('is no verdict: %s', async (_name, keys) => {
    const { report } = await verified({ keys });
    expect(report).toMatchObject({ verdict: 'unknown', exit_code: 3, error: { code: 'ERR_NO_USABLE_KEY' } });
    theCheck(report, 'key', 'failed');
    theCheck(report, 'signature', 'skipped');
    theCheck(report, 'issuer', 'passed');
    expect(JSON.stringify(report)).not.toContain(String(key().privateKey.export({ format: 'jwk' }).d));
  });

  test.each([
    ['no JSON', { body: 'keys' }, 'ERR_RESPONSE_INVALID'],
    ['a page', { body: '<html>', type: 'text/html' }, 'ERR_RESPONSE_INVALID'],
    ['no list', { body: { keys: {} } }, 'ERR_RESPONSE_INVALID'],
    ['404', { status: 404 }, 'ERR_HTTP_STATUS'],
  ])('is an error when it is none: %s', async (_name, jwks, code) => {
    const { report } = await verified({ jwks });
    expect(report).toMatchObject({ verdict: 'unknown', exit_code: 3, error: { code } });
  });

  test('a token past its time is inactive all the same', async () => {
    const server = await issuerServer({ keys: [] });
    const token = jws(accessClaims(server.issuer, { exp: NOW - 1 }));
    const report = await verify(token, { issuer: server.issuer, now: NOW });
    expect(report).toMatchObject({ verdict: 'inactive', exit_code: 1 });
  });
});

describe('what is told of the keys', () => {
  test('the one that verified, and why the others did not', async () => {
    const encryption = { ...key('ES384').jwk, kid: 'enc', use: 'enc' };
    const unknown = { kty: 'AKP', kid: 'pq', alg: 'ML-DSA-44' };
    const keys = [key('RS256').jwk, encryption, unknown, 'no key', null, key().jwk];
    const { report } = await verified({ jwks: { body: { keys } } });
    expect(report).toMatchObject({
      verdict: 'active',
      verification: { key: { kid: 'ES256-1', alg: 'ES256', kty: 'EC' } },
    });
    expect(report.verification?.keys.map(({ kid, used, because }) => [kid, used, because])).toEqual([
      ['RS256-1', false, 'its kid is another'],
      ['enc', false, 'its kid is another'],
      ['pq', false, 'its kid is another'],
      ['ES256-1', true, 'it verifies the signature'],
    ]);
    expect(report.verification?.jwks_age_seconds).toBe(0);
  });

  test('of several without kid, each that fits is tried', async () => {
    const keys = [key('RS256'), key('ES256', 'a'), key('ES256', 'b')];
    const { report } = await verified({ keys }, { key: key('ES256', 'b'), header: { kid: undefined } });
    expect(report.verdict).toBe('active');
    expect(theCheck(report, 'key', 'warned').because).toBe('the token names no kid and 2 keys fit; each was tried');
    expect(report.verification?.keys.map(({ because }) => because)).toEqual([
      'its kty is RSA, ES256 needs EC',
      'tried: the signature does not verify with it',
      'it verifies the signature',
    ]);
  });

  test('a point off its curve is a key that could not be read', async () => {
    const { report } = await verified({ keys: [{ ...key().jwk, y: key().jwk.x }] });
    expect(report.verdict).toBe('inactive');
    expect(report.verification?.keys[0]?.because).toBe('it could not be read as a key');
  });

  test('no more than sixteen keys are tried', async () => {
    const others = Array.from({ length: 16 }, () => ({ ...key('ES256', 'a').jwk, kid: undefined }));
    const { report } = await verified({ keys: [...others, key()] }, { header: { kid: undefined } });
    expect(report.verdict).toBe('inactive');
    expect(report.verification?.keys.filter(({ because }) => because.startsWith('tried')).length).toBe(16);
  });
});

test('tokens of one run share metadata and keys', async () => {
  const server = await issuerServer();
  const memory = newMemory();
  const ask = () => verify(jws(accessClaims(server.issuer)), { issuer: server.issuer, now: NOW, memory });
  const reports = await Promise.all(Array.from({ length: 20 }, ask));
  expect(reports.every(({ verdict }) => verdict === 'active')).toBe(true);
  expect(server.seen).toEqual(['GET metadata', 'GET jwks']);
});

test('a fetch that failed is not remembered', async () => {
  const jwks = (_asked: unknown, count: number) => (count === 1 ? { status: 500 } : body(key().jwk));
  const server = await issuerServer({ jwks });
  const options = { issuer: server.issuer, now: NOW, memory: newMemory(), retries: 0 };
  const token = jws(accessClaims(server.issuer));
  expect((await verify(token, options)).verdict).toBe('unknown');
  expect((await verify(token, options)).verdict).toBe('active');
});
