import { describe, expect, it } from 'vitest';
import { type ClaimsInput, checkClaims, scopesOf } from '../../src/core/claims.ts';
import type { Expectations } from '../../src/core/expectations.ts';
import { isJsonObject, type JsonObject, parseJson } from '../../src/core/json.ts';

const NOW = 1_700_000_000;
const ISSUER = 'https://id.example.com';

function read(text: string): JsonObject {
  const { value } = parseJson(text);
  if (!isJsonObject(value)) throw new Error('expected an object');
  return value;
}

type Given = Partial<Omit<ClaimsInput, 'claims' | 'header'>> & { header?: object };

function check(name: string, claims: object | string, { header = {}, ...given }: Given = {}) {
  const input: ClaimsInput = {
    claims: read(typeof claims === 'string' ? claims : JSON.stringify(claims)),
    header: read(JSON.stringify(header)),
    kind: 'access_token',
    issuer: undefined,
    expectations: {},
    now: NOW,
    origin: 'token',
    ...given,
  };
  const found = checkClaims(input).filter((one) => one.name === name);
  expect(found.length).toBeLessThanOrEqual(1);
  return found[0];
}
const asked = (expectations: Expectations): Given => ({ expectations });

describe('issuer', () => {
  it.each([
    [{ iss: ISSUER }, 'passed'],
    [{ iss: `${ISSUER}/` }, 'failed'],
    [{ iss: 'https://ID.example.com' }, 'failed'],
    [{ iss: [ISSUER] }, 'failed'],
    [{ iss: null }, 'failed'],
    [{}, 'failed'],
  ])('%j: %s', (claims, outcome) => {
    expect(check('issuer', claims, { issuer: ISSUER })).toMatchObject({ outcome, expected: ISSUER });
  });

  it('is skipped when nobody named one', () => {
    expect(check('issuer', { iss: ISSUER })).toMatchObject({ outcome: 'skipped', actual: ISSUER });
  });

  it('of an answer only warns', () => {
    const answer = { issuer: ISSUER, origin: 'answer' } as const;
    expect(check('issuer', { iss: 'https://other.example.com' }, answer)?.outcome).toBe('warned');
    expect(check('issuer', { iss: ISSUER }, answer)).toBeUndefined();
    expect(check('issuer', {}, answer)).toBeUndefined();
  });
});

describe('audience', () => {
  const API = 'https://api.example.com';
  it.each([
    [{ aud: API }, [API], 'passed'],
    [{ aud: ['x', API] }, [API], 'passed'],
    [{ aud: API }, ['x', API], 'passed'],
    [{ aud: `${API}.evil.example` }, [API], 'failed'],
    [{ aud: API.toUpperCase() }, [API], 'failed'],
    [{ aud: `${API} x` }, [API], 'failed'],
    [{ aud: [] }, [API], 'failed'],
    [{ aud: [API, 1] }, [API], 'failed'],
    [{ aud: [[API]] }, [API], 'failed'],
    [{ aud: { [API]: true } }, [API], 'failed'],
    [{ aud: null }, [API], 'failed'],
    [{}, [API], 'failed'],
  ])('%j asked for %j: %s', (claims, audience, outcome) => {
    expect(check('audience', claims, asked({ audience }))?.outcome).toBe(outcome);
  });

  it('is skipped when none was named', () => {
    expect(check('audience', { aud: API })).toMatchObject({ outcome: 'skipped', actual: API });
  });

  it('names no aud, an empty one and a strange one differently', () => {
    const words = [{}, { aud: [] }, { aud: 1 }].map(
      (claims) => check('audience', claims, asked({ audience: [API] }))?.because,
    );
    expect(new Set(words).size).toBe(3);
  });
});

describe('expiry', () => {
  it.each([
    [NOW + 1, 0, 'passed'],
    [NOW + 0.001, 0, 'passed'],
    [NOW, 0, 'failed'],
    [NOW - 0.001, 0, 'failed'],
    [NOW - 59, 60, 'passed'],
    [NOW - 60, 60, 'failed'],
    [0, 0, 'failed'],
    [(NOW + 60) * 1000, 0, 'passed'],
  ])('exp %d with %d s tolerance: %s', (exp, clockTolerance, outcome) => {
    expect(check('expiry', { exp }, asked({ clockTolerance }))?.outcome).toBe(outcome);
  });

  it.each([
    ['"1700000600"', 'claims.exp.type'],
    ['"tomorrow"', 'claims.exp.type'],
    ['null', 'claims.exp.type'],
    ['true', 'claims.exp.type'],
    ['[1700000600]', 'claims.exp.type'],
    ['{}', 'claims.exp.type'],
    ['1e999', 'claims.exp.absurd'],
    ['-1', 'claims.exp.absurd'],
    ['-1e999', 'claims.exp.absurd'],
  ])('exp %s never passes', (exp, finding) => {
    expect(check('expiry', `{"exp":${exp}}`)).toMatchObject({ outcome: 'failed', finding });
    expect(check('expiry', `{"exp":${exp}}`, asked({ clockTolerance: 1e12 }))?.outcome).toBe('failed');
  });

  it.each(['1700000600.5', '1.7000006e9', '1700000600.0', '1e308'])('exp %s is a number', (exp) => {
    expect(check('expiry', `{"exp":${exp}}`)?.outcome).toBe('passed');
  });

  it('warns when there is none, and does not look at inherited ones', () => {
    expect(check('expiry', {})).toMatchObject({ outcome: 'warned', finding: 'claims.exp.missing' });
    expect(check('expiry', '{"__proto__":{"exp":1}}')?.finding).toBe('claims.exp.missing');
  });

  it('says how long, in both directions', () => {
    expect(check('expiry', { exp: NOW + 2520 })?.because).toBe('valid for 42 min more');
    expect(check('expiry', { exp: NOW - 7380 })).toMatchObject({
      because: 'expired 2 h 3 min ago',
      expected: 'after 2023-11-14 22:13:20Z',
      actual: '2023-11-14 20:10:20Z',
    });
    expect(check('expiry', { exp: NOW })?.because).toBe('it expires this very second');
    expect(check('expiry', { exp: NOW - 20 }, asked({ clockTolerance: 60 }))?.because).toBe(
      'expired 20 s ago, which --clock-tolerance forgives',
    );
  });

  it('of an answer keeps the server\u2019s word', () => {
    const answer = { origin: 'answer' } as const;
    expect(check('expiry', { exp: NOW - 1 }, answer)).toMatchObject({
      outcome: 'warned',
      finding: 'introspection.exp_past',
    });
    expect(check('expiry', { exp: -1 }, answer)?.outcome).toBe('warned');
    expect(check('expiry', {}, answer)?.outcome).toBe('skipped');
    expect(check('expiry', { exp: NOW + 1 }, answer)?.outcome).toBe('passed');
  });
});

describe('not_before', () => {
  it.each([
    [NOW, 0, 'passed'],
    [NOW - 1, 0, 'passed'],
    [NOW + 0.001, 0, 'failed'],
    [NOW + 60, 60, 'passed'],
    [NOW + 61, 60, 'failed'],
  ])('nbf %d with %d s tolerance: %s', (nbf, clockTolerance, outcome) => {
    expect(check('not_before', { nbf }, asked({ clockTolerance }))?.outcome).toBe(outcome);
  });

  it.each(['"1"', 'null', '[]', '1e999'])('nbf %s fails', (nbf) => {
    expect(check('not_before', `{"nbf":${nbf}}`)?.outcome).toBe('failed');
  });

  it('is not reported when absent, and warns in an answer', () => {
    expect(check('not_before', {})).toBeUndefined();
    expect(check('not_before', { nbf: NOW + 60 }, { origin: 'answer' })?.outcome).toBe('warned');
  });
});

describe('issued_at', () => {
  it.each([
    [NOW, 0, 'passed'],
    [NOW + 1, 0, 'warned'],
    [NOW + 60, 60, 'passed'],
    [NOW + 61, 60, 'warned'],
  ])('iat %d with %d s tolerance: %s', (iat, clockTolerance, outcome) => {
    expect(check('issued_at', { iat }, asked({ clockTolerance }))?.outcome).toBe(outcome);
  });

  it.each(['"x"', 'null', '1e999', '-5'])('iat %s fails', (iat) => {
    expect(check('issued_at', `{"iat":${iat}}`)?.outcome).toBe('failed');
  });

  it('is not reported when absent', () => {
    expect(check('issued_at', {})).toBeUndefined();
  });
});

describe('time_unit', () => {
  it('is told beside the times, which are taken literally', () => {
    const exp = (NOW - 60) * 1000;
    expect(check('time_unit', { exp })?.outcome).toBe('warned');
    expect(check('expiry', { exp })?.outcome).toBe('passed');
    expect(check('time_unit', { exp: NOW })).toBeUndefined();
  });
});

describe('lifetime', () => {
  it.each([
    [{ exp: NOW + 60 }, 60, 'passed'],
    [{ exp: NOW + 59 }, 60, 'failed'],
    [{ exp: NOW }, 0, 'failed'],
    [{ exp: NOW - 60 }, 1, 'failed'],
    [{}, 60, 'failed'],
    [{ exp: 'x' }, 60, 'failed'],
  ])('%j with %d s asked: %s', (claims, minTtl, outcome) => {
    expect(check('lifetime', claims, asked({ minTtl }))?.outcome).toBe(outcome);
  });

  it('is not reported when not asked', () => {
    expect(check('lifetime', { exp: NOW + 60 })).toBeUndefined();
  });
});

describe('max_age', () => {
  it.each([
    [{ iat: NOW - 600 }, 0, 'passed'],
    [{ iat: NOW - 601 }, 0, 'failed'],
    [{ iat: NOW - 601 }, 1, 'passed'],
    [{ iat: NOW + 1 }, 0, 'failed'],
    [{ iat: NOW + 1 }, 1, 'passed'],
    [{}, 0, 'failed'],
    [{ iat: '1' }, 0, 'failed'],
  ])('%j with %d s tolerance: %s', (claims, clockTolerance, outcome) => {
    expect(check('max_age', claims, asked({ maxAge: 600, clockTolerance }))?.outcome).toBe(outcome);
  });

  it('is not reported when not asked', () => {
    expect(check('max_age', { iat: NOW })).toBeUndefined();
  });
});

describe('type', () => {
  it.each([
    ['at+jwt', 'Application/AT+JWT', 'passed'],
    ['application/at+jwt', 'at+jwt', 'passed'],
    ['JWT', 'at+jwt', 'failed'],
    ['at+jwt', undefined, 'failed'],
    ['at+jwt', 1, 'failed'],
  ])('asked %s, header %j: %s', (typ, actual, outcome) => {
    expect(check('type', {}, { ...asked({ typ }), header: { typ: actual } })?.outcome).toBe(outcome);
  });

  it('is not reported when not asked', () => {
    expect(check('type', {}, { header: { typ: 'JWT' } })).toBeUndefined();
  });
});

describe('kind', () => {
  it('passes, fails, warns, or is skipped', () => {
    const outcome = (kind: ClaimsInput['kind'], expectations: Expectations = {}) =>
      check('kind', {}, { kind, expectations })?.outcome;
    expect(outcome('id_token', { kind: 'id_token' })).toBe('passed');
    expect(outcome('id_token', { kind: 'access_token' })).toBe('failed');
    expect(outcome('unknown', { kind: 'access_token' })).toBe('failed');
    expect(outcome('id_token')).toBe('warned');
    expect(outcome('refresh_token')).toBe('warned');
    expect(outcome('introspection_response')).toBe('warned');
    expect(outcome('access_token')).toBe('skipped');
    expect(outcome('unknown')).toBe('skipped');
  });
});

describe('scope', () => {
  it.each([
    [{ scope: 'read write' }, ['read', 'write'], 'passed'],
    [{ scope: 'readonly write' }, ['read'], 'failed'],
    [{ scope: 'READ' }, ['read'], 'failed'],
    [{ scp: ['read', 'write'] }, ['write'], 'passed'],
    [{ scp: 'read write' }, ['write'], 'passed'],
    [{ scope: ['read', 1] }, ['read'], 'passed'],
    [{ scope: 'read,write' }, ['write'], 'passed'],
    [{ scope: '' }, ['read'], 'failed'],
    [{ scope: null }, ['read'], 'failed'],
    [{}, ['read'], 'failed'],
  ])('%j asked for %j: %s', (claims, scope, outcome) => {
    expect(check('scope', claims, asked({ scope }))?.outcome).toBe(outcome);
  });

  it('names what is missing, and is not reported when not asked', () => {
    expect(check('scope', { scope: 'read' }, asked({ scope: ['read', 'a', 'b'] }))?.because).toBe('not granted: a, b');
    expect(check('scope', { scope: 'read' })).toBeUndefined();
    expect(scopesOf(read('{}'))).toBeUndefined();
  });
});

describe('nonce', () => {
  it.each([
    [{ nonce: 'n' }, 'passed'],
    [{ nonce: 'N' }, 'failed'],
    [{ nonce: ['n'] }, 'failed'],
    [{}, 'failed'],
  ])('%j: %s', (claims, outcome) => {
    expect(check('nonce', claims, asked({ nonce: 'n' }))?.outcome).toBe(outcome);
  });
});

describe('expected claims', () => {
  const claims =
    '{"tenant":"acme","n":12345678901234567890,"flag":true,"nil":null,"realm_access":{"roles":["a"]},"a.b":"dotted","a":{"b":"nested"}}';
  it.each([
    ['tenant', 'acme', 'passed'],
    ['tenant', 'acm', 'failed'],
    ['n', '12345678901234567890', 'passed'],
    ['n', '12345678901234567000', 'failed'],
    ['flag', 'true', 'passed'],
    ['nil', 'null', 'passed'],
    ['realm_access.roles', '["a"]', 'passed'],
    ['a.b', 'dotted', 'passed'],
    ['absent', '', 'failed'],
    ['constructor', 'x', 'failed'],
    ['tenant.length', '4', 'failed'],
  ])('%s = %s: %s', (name, value, outcome) => {
    expect(check(`claim:${name}`, claims, asked({ claims: [{ name, value }] }))).toMatchObject({
      outcome,
      expected: value,
    });
  });

  it.each([
    ['tenant', 'passed'],
    ['nil', 'passed'],
    ['realm_access.roles', 'passed'],
    ['email', 'failed'],
    ['__proto__', 'failed'],
  ])('required %s: %s', (name, outcome) => {
    expect(check(`claim:${name}`, claims, asked({ requiredClaims: [name] }))?.outcome).toBe(outcome);
  });
});

describe('all of them', () => {
  it('are reported, not the first that fails', () => {
    const input: ClaimsInput = {
      claims: read(JSON.stringify({ iss: 'x', aud: 'x', exp: 1, nbf: NOW * 2, scope: 'a', nonce: 'x' })),
      kind: 'id_token',
      issuer: ISSUER,
      expectations: {
        audience: ['a'],
        scope: ['b'],
        nonce: 'n',
        kind: 'access_token',
        typ: 'at+jwt',
        minTtl: 1,
        maxAge: 1,
      },
      now: NOW,
      origin: 'token',
    };
    const failed = checkClaims(input).filter(({ outcome }) => outcome === 'failed');
    expect(failed.map(({ name }) => name)).toEqual([
      'issuer',
      'audience',
      'expiry',
      'not_before',
      'type',
      'kind',
      'scope',
      'lifetime',
      'max_age',
      'nonce',
    ]);
    for (const { because, spec } of failed) {
      expect(because).toMatch(/^\S.{1,70}[^.]$/);
      expect(spec).toMatch(/RFC|OpenID/);
    }
  });
});
