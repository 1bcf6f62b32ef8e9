import { describe, expect, it } from 'vitest';
import { shapeOf } from '../../src/core/shape.ts';
import { isWellFormed, parseToken } from '../../src/core/token.ts';
import shapes from '../../src/core/token-shapes.data.json' with { type: 'json' };
import { readVectors } from '../vectors/vectors.ts';
import { base64url, compactJwe, compactJws } from './compact.ts';

interface Sample {
  id: string;
  examples: string[][];
  negatives: string[][];
}
const samples = readVectors<Sample[]>('shapes/examples');
const rowOf = (id: string) => {
  const row = shapes.find((shape) => shape.id === id);
  if (row === undefined) throw new Error(`no shape ${id}`);
  return row;
};
const text = (parts: string[]) => parts.join('');
// Its example is one of the more telling `github-ghs-stateless`, too.
const COVERED = ['github-ghs-any'];
const JOSE = ['jose-json', 'sd-jwt', 'jwt-unsecured', 'jwe-compact', 'jws-compact'];

describe('the table', () => {
  it('is in the order of priority, and each row has its own name', () => {
    const priorities = shapes.map(({ priority }) => priority);
    expect(priorities).toEqual([...priorities].sort((a, b) => a - b));
    expect(new Set(shapes.map(({ id }) => id)).size).toBe(shapes.length);
  });

  it('has an example and a counterexample for each form', () => {
    expect(samples).toHaveLength(144);
    for (const { examples, negatives } of samples)
      expect(Math.min(examples.length, negatives.length)).toBeGreaterThan(0);
  });

  it('says how to check in words that are known', () => {
    expect(new Set(shapes.map(({ howToCheck }) => howToCheck))).toEqual(new Set(['none', 'vendor', 'rfc7662', 'jwks']));
  });
});

describe.each(samples)('$id', ({ id, examples, negatives }) => {
  const row = rowOf(id);

  it.each(examples)('is the form of its example', (...parts) => {
    expect(new RegExp(row.regex).test(text(parts))).toBe(true);
    const found = shapeOf(text(parts));
    if (row.priority >= 90 || JOSE.includes(id))
      return expect(found === undefined || rowOf(found.id).priority <= 90).toBe(true);
    expect(found).toBeDefined();
    if (found?.id !== id) expect(rowOf(found?.id ?? '').priority).toBeLessThanOrEqual(row.priority);
  });

  it.each(negatives)('is not the form of its counterexample', (...parts) => {
    expect(new RegExp(row.regex).test(text(parts))).toBe(false);
    expect(shapeOf(text(parts))?.id).not.toBe(id);
  });
});

describe('shapeOf', () => {
  it('knows each form by its own name, but for those another form covers', () => {
    const covered = samples
      .filter(({ id, examples }) => shapeOf(text(examples[0] ?? []))?.id !== id)
      .map(({ id }) => id);
    const hints = shapes.filter(({ priority }) => priority >= 90).map(({ id }) => id);
    expect(new Set(covered)).toEqual(new Set([...JOSE, ...hints, ...COVERED]));
  });

  it.each([
    ['a JWS', compactJws({ sub: 'a' })],
    ['a JWS with a fault', compactJws('{"a":1,"a":2}')],
    ['an unsecured JWS', `${base64url('{"alg":"none"}')}.${base64url('{}')}.`],
    ['a JWE', compactJwe()],
    ['an SD-JWT', `${compactJws({ vct: 'x' })}~`],
    ['something like a JWS without alg', `${base64url('{"typ":"JWT"}')}.${base64url('{}')}.abc`],
    ['JSON', '{"payload":"x","signature":"y"}'],
    ['32 hexadecimal digits', '0fa4e0dead0fa4e0dead0fa4e0dead00'],
    ['43 random characters', base64url(new Uint8Array(32).fill(77))],
    ['nothing', ''],
  ])('leaves %s to parsing, or unnamed', (_, token) => {
    expect(shapeOf(token)).toBeUndefined();
  });

  it.each([
    ['Basic ZmFrZTpmYWtl', 'basic-credentials'],
    ['Authorization: Basic ZmFrZTpmYWtl', 'basic-credentials'],
    ['Bearer abcdefgh', 'bearer-prefix'],
    ['-----BEGIN PUBLIC KEY-----\nMIIB', 'pem'],
    ['-----BEGIN RSA PRIVATE KEY-----\nMIIB', 'pem'],
    ['Cookie: session=abc', 'cookie-header'],
    ['set-cookie: session=abc', 'cookie-header'],
    ['<saml:Assertion/>', 'saml-xml'],
    ['urn:ietf:params:oauth:request_uri:abc', 'par-request-uri'],
  ])('%s is no token: nothing to ask, and no vendor', (token, id) => {
    const shape = shapeOf(token);
    expect(shape).toMatchObject({ id, howToCheck: 'none', kind: 'unknown', isToken: false });
    expect(shape).not.toHaveProperty('vendor');
  });

  it.each([
    ['ory-rt', { vendor: 'Ory Hydra', kind: 'refresh_token', howToCheck: 'rfc7662', sure: true }],
    ['github-ghp', { vendor: 'GitHub', kind: 'access_token', howToCheck: 'vendor', sure: true }],
    ['github-ghs-stateless', { vendor: 'GitHub', howToCheck: 'vendor', sure: true, isToken: true }],
    ['uuid', { issuer: 'several', kind: 'unknown', howToCheck: 'rfc7662', sure: false }],
    ['okta-api-token', { vendor: 'Okta', kind: 'unknown', sure: false }],
  ])('%s', (id, expected) => {
    const example = text(samples.find((sample) => sample.id === id)?.examples[0] ?? []);
    expect(shapeOf(example)).toMatchObject({ id, ...expected });
  });

  it.each([
    'github-ghs-stateless',
    'gitlab-pat-routable-v1',
    'sendgrid',
    'mapbox',
    'terraform',
    'discord-bot',
    'yandex-iam',
  ])('%s has two dots, and parsing takes it for no JWT', (id) => {
    const example = text(samples.find((sample) => sample.id === id)?.examples[0] ?? []);
    const token = parseToken(example);
    expect(example.split('.').length).toBeGreaterThanOrEqual(3);
    expect(token.format).toBe('opaque');
    expect(isWellFormed(token)).toBe(true);
  });
});
