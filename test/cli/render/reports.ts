// Reports as the library gives them, to be rendered: one for each verdict.

import type { Surface } from '../../../src/cli/render/renderer.ts';
import type { Check, Report } from '../../../src/core/report.ts';

export const SURFACE: Surface = {
  width: undefined,
  color: false,
  now: Date.UTC(2026, 10, 21, 0, 0, 5) / 1000,
  command: 'verify',
};

const CHECKS: Check[] = [
  { name: 'signature', outcome: 'passed', because: 'RS256 by key 2f1c', spec: 'RFC 7515 §5.2' },
  {
    name: 'audience',
    outcome: 'passed',
    expected: 'https://api.example.com',
    actual: 'https://api.example.com',
    because: 'aud names it',
    spec: 'RFC 7519 §4.1.3',
  },
  { name: 'expiry', outcome: 'passed', because: 'valid for 42 min', spec: 'RFC 7519 §4.1.4' },
  {
    name: 'issued_at',
    outcome: 'warned',
    expected: 'at or before 2026-11-21 00:00:00Z',
    actual: '2026-11-21 00:01:00Z',
    because: 'issued 1 min in the future: a clock is off',
    spec: 'RFC 7519 §4.1.6',
  },
  { name: 'kind', outcome: 'skipped', because: 'not asked; name the kind with --expect' },
];

export const ACTIVE: Report = {
  schema: 'tokctl.report/1',
  verdict: 'active',
  active: true,
  exit_code: 0,
  token: {
    format: 'jws',
    kind: 'access_token',
    evidence: ['typ at+jwt (RFC 9068 §2.1)'],
    sha256: '0123456789ab',
    header: { alg: 'RS256', kid: '2f1c', typ: 'at+jwt' },
  },
  issuer: 'https://id.example.com',
  issuer_source: 'flag',
  claims: { iss: 'https://id.example.com', sub: 'user-001' },
  times: {
    issued_at: '2026-11-21T00:01:00Z',
    expires_at: '2026-11-21T00:42:00Z',
    ttl_seconds: 2520,
    evaluated_at: '2026-11-21T00:00:00Z',
  },
  checks: CHECKS,
  causes: [],
  verification: {
    jwks_uri: 'https://id.example.com/jwks',
    jwks_age_seconds: 12,
    key: { kid: '2f1c', alg: 'RS256', kty: 'RSA' },
    keys: [
      { kid: '2f1c', kty: 'RSA', used: true, because: 'its kid is that of the token' },
      { kid: 'old', kty: 'RSA', used: false, because: 'its kid is another' },
    ],
  },
  weakened: [],
};

export const EXPIRED: Report = {
  ...ACTIVE,
  verdict: 'inactive',
  active: false,
  exit_code: 1,
  times: { expires_at: '2026-11-20T23:00:00Z', ttl_seconds: -3600, evaluated_at: '2026-11-21T00:00:00Z' },
  checks: CHECKS.map((check) =>
    check.name === 'expiry'
      ? {
          ...check,
          outcome: 'failed',
          expected: 'after 2026-11-21 00:00:00Z',
          actual: '2026-11-20 23:00:00Z',
          because: 'expired 1 h ago',
        }
      : check,
  ),
  causes: [
    {
      code: 'expired',
      confidence: 'certain',
      because: 'exp lies 1 h before now',
      evidence: ['exp 2026-11-20 23:00:00Z'],
      fix: 'get a new one: tokctl token',
    },
  ],
};

/** The server was asked and says no, without a check that says why. */
export const REVOKED: Report = {
  ...EXPIRED,
  token: { format: 'opaque', kind: 'unknown', evidence: [], sha256: 'ba9876543210' },
  times: { evaluated_at: '2026-11-21T00:00:00Z' },
  checks: [{ name: 'introspection', outcome: 'passed', because: 'answered' }],
  causes: [
    {
      code: 'revoked_or_unknown',
      confidence: 'likely',
      because: 'the server knows no such token',
      evidence: [],
      fix: 'get a new one',
    },
  ],
  introspection: {
    endpoint: 'https://id.example.com/introspect',
    client_auth: 'client_secret_basic',
    status: 200,
    latency_ms: 12.34,
    media_type: 'application/json',
    response: { active: false },
  },
};

export const UNKNOWN: Report = {
  schema: 'tokctl.report/1',
  verdict: 'unknown',
  active: null,
  exit_code: 3,
  token: { format: 'opaque', kind: 'unknown', evidence: [], sha256: '001122334455' },
  times: { evaluated_at: '2026-11-21T00:00:00Z' },
  checks: [],
  causes: [],
  weakened: [],
  error: {
    code: 'ERR_HTTP_STATUS',
    message: 'expected status 200 from `https://id.example.com/introspect`, got 503',
    hint: 'try again later',
    details: { status: 503, body: '<h1>down | for now</h1>' },
  },
};

/** What `decode` gives. */
export const DECODED = (({ verdict, active, issuer, issuer_source, causes, weakened, verification, ...rest }) => rest)(
  ACTIVE,
);
