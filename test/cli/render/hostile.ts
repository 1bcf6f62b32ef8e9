// Text as an attacker would write it, and reports that hold it in every place that can hold text from outside.

import fc from 'fast-check';
import type { CauseCode } from '../../../src/core/causes.ts';
import type { Json } from '../../../src/core/json.ts';
import type { Check, Report } from '../../../src/core/report.ts';

const FRAGMENTS = [
  '\n::set-output name=x::y\n',
  '\r\n::stop-commands::z\r\n',
  '::error::x',
  '%0A::error::x',
  ']]></failure><script>alert(1)</script>',
  '</system-out></testsuite>',
  '<!--',
  '<![CDATA[',
  '&lt;',
  '&#0;',
  '"><x y="',
  "' or '",
  '|',
  '\\|',
  '| a | b |\n| --- | --- |',
  '`',
  '```\n',
  '\\',
  '![x](https://evil.example/x)',
  '[a](javascript:x)',
  'https://evil.example',
  'www.evil.example',
  '@octocat',
  '$x$',
  '\n# heading',
  '\n- list',
  '1. one',
  '---',
  '~~a~~ **b** _c_',
  '"} 1\n# EOF\n',
  'a="b",',
  '\u001b[31m',
  '\u009b2J',
  '\u202e\u2066',
  '\u2028',
  '\u0000',
  '\ufeff',
  '\ufffe',
  '\ud800',
  '{}',
  '  ',
  '\t',
];

/** Pieces that mean something to one of the readers, between any characters at all. */
export const hostileText: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...FRAGMENTS), fc.string({ unit: 'binary', maxLength: 6 })), { maxLength: 6 })
  .map((parts) => parts.join(''));

const maybe = fc.option(hostileText, { nil: undefined });
const value: fc.Arbitrary<Json | undefined> = fc.oneof(
  maybe,
  fc.array(hostileText, { maxLength: 3 }),
  hostileText.map((text) => ({ [text]: text })),
);

const check: fc.Arbitrary<Check> = fc
  .record({
    name: fc.oneof(
      fc.constantFrom('expiry', 'audience', 'scope', 'signature', 'introspection' as const),
      hostileText.map((text) => `claim:${text}` as const),
    ),
    outcome: fc.constantFrom('passed', 'failed', 'warned', 'skipped'),
    finding: maybe,
    expected: value,
    actual: value,
    because: hostileText,
    spec: maybe,
  })
  .map(present) as fc.Arbitrary<Check>;

/** The same without members that are undefined. */
function present<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, one]) => one !== undefined)) as T;
}

/** A report that says nothing true, in the shape of one. */
export const hostileReport: fc.Arbitrary<Report> = fc
  .record({
    verdict: fc.constantFrom('active', 'inactive', 'unknown'),
    id: maybe,
    issuer: maybe,
    text: hostileText,
    checks: fc.array(check, { maxLength: 6 }),
    ttl: fc.option(fc.double({ noNaN: true }), { nil: undefined }),
    latency: fc.double({ min: 0, max: 1e9, noNaN: true }),
    hasError: fc.boolean(),
  })
  .map(({ verdict, id, issuer, text, checks, ttl, latency, hasError }) =>
    present<Report>({
      schema: 'tokctl.report/1',
      ...(id === undefined ? {} : { id }),
      verdict,
      active: verdict === 'unknown' ? null : verdict === 'active',
      exit_code: verdict === 'active' ? 0 : verdict === 'inactive' ? 1 : 3,
      token: {
        format: 'jws',
        kind: 'access_token',
        evidence: [text],
        sha256: '0123456789ab',
        header: { alg: text, kid: text },
        vendor: text,
      },
      ...(issuer === undefined ? {} : { issuer, issuer_source: 'profile' }),
      claims: { sub: text, [text]: text },
      times: {
        evaluated_at: '2026-11-21T00:00:00Z',
        ...(ttl === undefined ? {} : { expires_at: '2026-11-21T00:42:00Z', ttl_seconds: ttl }),
      },
      checks,
      causes: [{ code: 'expired' as CauseCode, confidence: 'likely', because: text, evidence: [text], fix: text }],
      verification: { jwks_uri: text, jwks_age_seconds: 3, key: { kid: text, alg: text, kty: 'RSA' }, keys: [] },
      introspection: { endpoint: text, client_auth: text, status: 200, latency_ms: latency, media_type: text },
      differences: [{ subject: text, meaning: text }],
      weakened: ['at_time'],
      ...(hasError ? { error: { code: 'ERR_OAUTH', message: text, hint: text, details: { body: text } } } : {}),
    }),
  );
