// The published JSON Schema of the report (contract §7), made of the same tables that the report is made of.
// Used by scripts/schemas.mjs and by the tests; no command loads it.

import { CAUSE_CODES } from '../core/causes.ts';
import { ERROR_EXIT_CODES } from '../core/errors.ts';
import { KIND_NAMES } from '../core/kind.ts';
import { CHECK_NAMES } from '../core/report.ts';
import { WEAKNESSES } from '../explain/weaknesses.ts';

type Schema = Record<string, unknown>;

const text: Schema = { type: 'string' };
const texts: Schema = { type: 'array', items: text };
const integer: Schema = { type: 'integer' };
const amount: Schema = { type: 'number', minimum: 0 };
const oneOf = (values: readonly (string | number)[]): Schema => ({ enum: [...values] });
const listOf = (items: Schema): Schema => ({ type: 'array', items });
/** Members may be added in a minor version; those that are there keep their meaning. */
const object = (properties: Record<string, Schema>, required: readonly string[] = []): Schema => ({
  type: 'object',
  properties,
  required: [...required],
});
const utc: Schema = { type: 'string', format: 'date-time', pattern: 'Z$' };
/** As received from a token or a server: anything. */
const received: Schema = { type: 'object' };

const token = object(
  {
    format: oneOf(['jws', 'jws-json', 'jwe', 'sd-jwt', 'paseto', 'opaque']),
    kind: oneOf(KIND_NAMES),
    evidence: texts,
    sha256: { type: 'string', pattern: '^[0-9a-f]{12}$' },
    header: received,
    vendor: text,
  },
  ['format', 'kind', 'evidence', 'sha256'],
);

const times = object({ issued_at: utc, not_before: utc, expires_at: utc, ttl_seconds: integer, evaluated_at: utc }, [
  'evaluated_at',
]);

const check = object(
  {
    name: { anyOf: [oneOf(CHECK_NAMES), { type: 'string', pattern: '^claim:.' }] },
    outcome: oneOf(['passed', 'failed', 'warned', 'skipped']),
    finding: { type: 'string', pattern: '^[a-z0-9_]+(\\.[a-z0-9_]+)+$' },
    expected: {},
    actual: {},
    because: text,
    spec: text,
  },
  ['name', 'outcome', 'because'],
);

const cause = object(
  {
    code: oneOf(CAUSE_CODES),
    confidence: oneOf(['certain', 'likely', 'possible']),
    because: text,
    evidence: { ...texts, minItems: 1 },
    fix: text,
  },
  ['code', 'confidence', 'because', 'evidence', 'fix'],
);

const key = { kid: text, kty: text, alg: text, crv: text, bits: integer, thumbprint: text };
const verification = object(
  {
    jwks_uri: text,
    jwks_age_seconds: amount,
    key: object(key, ['alg', 'kty']),
    keys: listOf(object({ ...key, used: { type: 'boolean' }, because: text }, ['used', 'because'])),
  },
  ['keys'],
);

const introspection = object(
  {
    endpoint: text,
    client_auth: text,
    status: integer,
    latency_ms: amount,
    media_type: text,
    token_type_hint: text,
    response: {},
  },
  ['endpoint', 'client_auth', 'status', 'latency_ms'],
);

const error = object(
  {
    code: oneOf(Object.keys(ERROR_EXIT_CODES)),
    message: text,
    hint: text,
    details: { type: 'object', additionalProperties: { type: ['string', 'number'] } },
  },
  ['code', 'message', 'hint'],
);

/** `active` and `exit_code` follow from the verdict (contract §8). */
const agreement: Schema[] = [
  { verdict: 'active', active: true },
  { verdict: 'inactive', active: false },
  { verdict: 'unknown', active: null },
].map(({ verdict, active }) => ({
  if: { properties: { verdict: { const: verdict } }, required: ['verdict'] },
  // biome-ignore lint/suspicious/noThenProperty: a word of JSON Schema
  then: { properties: { active: { const: active } }, required: ['active'] },
}));

/** JSON Schema (2020-12) of what `decode`, `verify` and `introspect` print with `-o json`. */
export function reportJsonSchema(): Schema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'tokctl.report/1',
    description: 'What tokctl says of one token. Parts that were not done are absent; decode has no verdict.',
    ...object(
      {
        schema: { const: 'tokctl.report/1' },
        id: text,
        verdict: oneOf(['active', 'inactive', 'unknown']),
        active: { type: ['boolean', 'null'] },
        exit_code: oneOf([0, 1, 2, 3, 70]),
        token,
        issuer: text,
        issuer_source: oneOf(['flag', 'environment', 'profile', 'token']),
        claims: received,
        times,
        checks: listOf(check),
        causes: listOf(cause),
        verification,
        introspection,
        differences: listOf(object({ subject: text, local: {}, remote: {}, meaning: text }, ['subject', 'meaning'])),
        weakened: listOf(oneOf(Object.keys(WEAKNESSES))),
        error,
      },
      ['schema', 'exit_code', 'checks'],
    ),
    allOf: agreement,
  };
}
