// Whatever a token, a server and a report say: the diagnosis never throws, ranks, says each thing once, and repeats no token.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CAUSE_CODES, type CauseCode } from '../../src/core/causes.ts';
import { ERROR_EXIT_CODES, type ErrorCode, TokctlError } from '../../src/core/errors.ts';
import { escapeText } from '../../src/core/escape.ts';
import type { Json, JsonObject } from '../../src/core/json.ts';
import { KIND_NAMES } from '../../src/core/kind.ts';
import { type Cause, CHECK_NAMES, type CheckName, type Report } from '../../src/core/report.ts';
import { parseToken } from '../../src/core/token.ts';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import type { Background } from '../../src/diagnosis/facts.ts';
import { FINDINGS } from '../../src/explain/findings.ts';
import { introspect } from '../../src/introspect.ts';
import { base64url, ISSUER, jws, KEYCLOAK, KEYS, NOW } from './tokens.ts';

const RANK = { certain: 0, likely: 1, possible: 2 };

/** What must hold of every list of causes. */
function expectSound(causes: readonly Cause[], token: string): void {
  const ranks = causes.map(({ confidence }) => RANK[confidence]);
  expect(ranks).toEqual([...ranks].sort());
  const codes = causes.map(({ code }) => code);
  expect(new Set(codes).size).toBe(codes.length);
  expect(codes.filter((code) => !CAUSE_CODES.includes(code))).toEqual([]);
  const signature = token.split('.')[2] ?? '';
  for (const { because, evidence, fix } of causes) {
    expect(because).not.toBe('');
    expect(fix).not.toBe('');
    for (const line of [because, fix, ...evidence]) {
      expect(escapeText(line)).toBe(line);
      expect(line).not.toMatch(/undefined|NaN|\[object/);
      if (signature.length > 20) expect(line).not.toContain(signature);
    }
  }
}

const CLAIM_NAMES = [
  'iss',
  'aud',
  'exp',
  'nbf',
  'iat',
  'scope',
  'scp',
  'azp',
  'cid',
  'client_id',
  'jti',
  'typ',
  'roles',
  'cnf',
];
const value = fc.oneof(
  { weight: 3, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
  fc.constantFrom<unknown>(
    ISSUER,
    `${ISSUER}/`,
    KEYCLOAK,
    'https://sts.windows.net/',
    NOW - 5,
    NOW + 5,
    NOW * 1000,
    -1,
    1e300,
  ),
);
const claims = fc.dictionary(fc.constantFrom(...CLAIM_NAMES), value, { maxKeys: 10 });
const header = fc.record(
  {
    alg: fc.constantFrom<unknown>('ES256', 'RS256', 'HS256', 'none', 'ES256K', '', 7),
    kid: fc.oneof(value, fc.constantFrom(KEYS.main.kid, KEYS.rsa.kid)),
    typ: fc.constantFrom<unknown>('JWT', 'at+jwt', 'dpop+jwt', 'application/okta-internal-at+jwt', 3),
    nonce: value,
    crit: value,
  },
  { requiredKeys: ['alg'] },
);

/** A token of any claims and header: signed, cut, or with another end. */
const token = fc
  .record({ claims, header, cut: fc.nat(60), end: fc.constantFrom('', '', '.', 'AAAA', '…', ' x') })
  .map(({ claims: members, header: head, cut, end }) => {
    const text = jws(members, { header: head as Record<string, unknown> });
    return (cut < 40 ? text : text.slice(0, text.length - cut)) + end;
  });

const answer = fc.record({
  status: fc.constantFrom(200, 200, 200, 400, 401, 403, 404, 500),
  body: fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.record(
      { active: fc.boolean(), scope: value, aud: value, exp: value, status: fc.string() },
      { requiredKeys: ['active'] },
    ),
    fc.record({
      error: fc.constantFrom('invalid_client', 'invalid_request', 'unsupported_token_type'),
      error_description: fc.string(),
    }),
  ),
  date: fc.constantFrom(undefined, 'nonsense', new Date((NOW - 600) * 1000).toUTCString()),
});

test('a real question about any token, to a server that says anything', async () => {
  const question = fc.record({
    mode: fc.constantFrom('auto' as const, 'remote' as const, 'both' as const),
    strict: fc.boolean(),
    audience: fc.constantFrom(undefined, ['shop-api']),
    issuer: fc.constantFrom(ISSUER, KEYCLOAK),
    hint: fc.constantFrom(undefined, 'refresh_token'),
  });
  await fc.assert(
    fc.asyncProperty(token, answer, question, async (text, { status, body, date }, asked) => {
      const { mode, strict, audience, issuer, hint } = asked;
      const report = await introspect(text, {
        issuer,
        mode,
        jwks: JSON.stringify({ keys: [KEYS.main.jwk, KEYS.rsa.jwk] }),
        introspectionEndpoint: `${issuer}/introspect`,
        client: { id: 'shop-api', secret: 'a+b' },
        expectations: { strict, ...(audience === undefined ? {} : { audience }) },
        ...(hint === undefined ? {} : { tokenTypeHint: hint }),
        knownIssuers: [{ name: 'shop', issuer: KEYCLOAK }],
        now: NOW,
        retries: 0,
        fetch: async () =>
          new Response(JSON.stringify(body), {
            status,
            headers: { 'content-type': 'application/json', ...(date === undefined ? {} : { date }) },
          }),
      });
      expectSound(report.causes, text);
      expect(contradictions(report)).toEqual([]);
      expect(report.verdict === 'active' ? report.causes : []).toEqual([]);
    }),
    { numRuns: 500, seed: 4711 },
  );
});

/** Causes that a check which passed speaks against. */
const AGAINST: Partial<Record<CheckName, readonly CauseCode[]>> = {
  signature: ['signature_altered', 'key_rotated', 'key_of_other_environment', 'key_id_reused', 'token_truncated'],
  key: ['key_rotated', 'key_not_for_signatures'],
  issuer: ['issuer_trailing_slash', 'issuer_version_pair', 'issuer_differs'],
  audience: ['audience_differs', 'audience_missing'],
  expiry: ['expired'],
  not_before: ['not_yet_valid'],
  scope: ['scope_missing'],
  introspection: ['revoked_or_unknown', 'caller_not_in_audience', 'hint_contradicts_token', 'asked_wrong_server'],
};

/** What is said of a report beside evidence against it. A server may know better that a token has expired. */
function contradictions({ checks, causes, introspection }: Report): string[] {
  const passed = checks.filter(({ outcome }) => outcome === 'passed').map(({ name }) => name);
  const failed = checks.filter(({ outcome }) => outcome === 'failed').map(({ name }) => name);
  const said = JSON.stringify(introspection?.response ?? '').includes('expired');
  return passed
    .filter((name) => !failed.includes(name))
    .flatMap((name) => causes.filter(({ code }) => AGAINST[name]?.includes(code)).map(({ code }) => `${name}: ${code}`))
    .filter((one) => !(said && one === 'expiry: expired'));
}

// ---------------------------------------------------------------- reports that no judgement makes

const json = fc.jsonValue({ maxDepth: 2 }).map((one) => one as Json);
const check = fc.record(
  {
    name: fc.constantFrom<CheckName>(...CHECK_NAMES, 'claim:x', 'claim:constructor'),
    outcome: fc.constantFrom('passed' as const, 'failed' as const, 'warned' as const, 'skipped' as const),
    because: fc.constantFrom(
      'the signature has 3 bytes, ES256 with this key needs 64',
      'not verified here: x',
      'x (--strict)',
      'y',
    ),
    finding: fc.constantFrom(...Object.keys(FINDINGS), 'header.alg.nonsense'),
    expected: json,
    actual: json,
  },
  { requiredKeys: ['name', 'outcome', 'because'] },
);

const key = fc.record(
  {
    kid: fc.string(),
    kty: fc.string(),
    bits: fc.integer(),
    used: fc.boolean(),
    because: fc.constantFrom('its kty is RSA', 'it verifies the signature, but'),
  },
  { requiredKeys: ['used', 'because'] },
);

const anyReport = fc.record({
  verdict: fc.constantFrom('inactive' as const, 'unknown' as const),
  checks: fc.array(check, { maxLength: 12 }),
  kind: fc.constantFrom(...KIND_NAMES),
  keys: fc.array(key, { maxLength: 4 }),
  response: json,
  evaluated: fc.constantFrom('2026-11-21T00:00:00Z', 'never', ''),
  code: fc.constantFrom(undefined, ...(Object.keys(ERROR_EXIT_CODES) as ErrorCode[])),
  endpoint: fc.constantFrom('https://id.example.com/introspect', 'https://sso.example.com/realms/x/y', 'no url', ''),
});

test('any report at all', () => {
  fc.assert(
    fc.property(anyReport, token, fc.double(), (made, text, ahead) => {
      const { verdict, checks, kind, keys, response, evaluated, code, endpoint } = made;
      const error =
        code === undefined ? undefined : new TokctlError(code, 'm', { hint: 'h', details: { status: 401 } });
      const report: Report = {
        schema: 'tokctl.report/1',
        verdict,
        active: null,
        exit_code: 3,
        token: { format: 'jws', kind, evidence: [], sha256: '0'.repeat(12) },
        times: { evaluated_at: evaluated },
        checks,
        causes: [],
        verification: { keys },
        introspection: { endpoint, client_auth: 'client_secret_basic', status: 200, latency_ms: 1, response },
        weakened: [],
        ...(code === undefined ? {} : { error: { code, message: 'm', hint: 'h' } }),
      };
      expectSoundWords(diagnose(report, background(text, { error, ahead })));
    }),
    { numRuns: 1000, seed: 4711 },
  );
});

/** Values that no judgement gives may be shown as they are; but nothing is thrown, ranked wrongly or said twice. */
function expectSoundWords(causes: readonly Cause[]): void {
  const ranks = causes.map(({ confidence }) => RANK[confidence]);
  expect(ranks).toEqual([...ranks].sort());
  expect(new Set(causes.map(({ code }) => code)).size).toBe(causes.length);
}

function background(text: string, { error, ahead }: { error: TokctlError | undefined; ahead: number }): Background {
  return {
    token: parseToken(text),
    shape: undefined,
    error,
    client: { id: 'shop-api', secret: 'a+b' },
    asksByToken: false,
    authMethods: ['private_key_jwt'],
    expectations: {},
    tokenTypeHint: undefined,
    introspectionEndpoint: undefined,
    knownIssuers: [{ name: 'shop', issuer: ISSUER }],
    serverAhead: ahead,
    keysFrom: 'issuer',
  };
}

test('an answer is the same each time it is asked for', async () => {
  const text = jws({ iss: ISSUER, exp: NOW - 5, aud: ['x'] });
  const ask = () =>
    introspect(text, { jwks: JSON.stringify({ keys: [KEYS.main.jwk] }), issuer: `${ISSUER}/`, now: NOW });
  expect((await ask()).causes).toEqual((await ask()).causes);
});

test('a text of a token or a server that would act on a terminal is escaped', async () => {
  const evil = 'https://id.example.com/\u001b[31m\u202e';
  const report = await introspect(jws({ iss: evil, aud: `${evil}x` } satisfies JsonObject), {
    jwks: JSON.stringify({ keys: [KEYS.main.jwk] }),
    issuer: ISSUER,
    expectations: { audience: ['y'] },
    now: NOW,
  });
  expect(report.causes.length).toBeGreaterThan(1);
  expect(JSON.stringify(report.causes)).not.toMatch(/\\u001b|\u202e/);
});

test('a huge claim set and 256 keys', async () => {
  const many = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`claim_${index}`, index]));
  const keys = Array.from({ length: 256 }, (_, index) => ({ ...KEYS.rsa.jwk, kid: `k${index}` }));
  const report = await introspect(jws({ ...many, iss: ISSUER, aud: Array.from({ length: 500 }, (_, n) => `a${n}`) }), {
    jwks: JSON.stringify({ keys }),
    issuer: ISSUER,
    expectations: { audience: ['y'] },
    now: NOW,
  });
  const lines = report.causes.flatMap(({ evidence }) => evidence);
  expect(report.causes.length).toBeGreaterThan(1);
  expect(lines.filter((line) => line.length > 301)).toEqual([]);
});

test('base64 of nothing in particular is no token', async () => {
  const report = await introspect(base64url('x'.repeat(60)), { now: NOW });
  expect(report.causes).toEqual([]);
});
