// Every report that is printed fits the published schema, read by a validator that knows nothing of tokctl.

import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { printJson } from '../../src/core/json.ts';
import { errorReport } from '../../src/core/report.ts';
import { decode, introspect, verify } from '../../src/index.ts';

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
const validate = ajv.compile(JSON.parse(readFileSync('schema/report.schema.json', 'utf8')));

function faults(report: object): unknown {
  return validate(JSON.parse(printJson(report))) ? [] : validate.errors;
}

const SECRET = 'a-shared-secret-of-more-than-32-bytes!';
const jwt = (claims: Record<string, unknown>) =>
  new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' }).sign(new TextEncoder().encode(SECRET));
const answering =
  (body: string, status = 200) =>
  async () => ({
    status,
    headers: new Map([['content-type', 'application/json']]) as never,
    body: (async function* () {
      yield new TextEncoder().encode(body);
    })(),
  });
const ASKED = {
  introspectionEndpoint: 'https://id.example.com/introspect',
  client: { id: 'a', secret: 'not-shown-anywhere' },
  retries: 0,
};

describe('schema/report.schema.json', () => {
  it('fits what decode gives', async () => {
    expect(faults(await decode(await jwt({ sub: 'a', exp: 1e10 })))).toEqual([]);
    expect(faults(await decode('an-opaque-token'))).toEqual([]);
    expect(faults(await decode('eyJhbGciOiJSUzI1NiJ9.e30'))).toEqual([]);
  });

  it('fits an active, an inactive and an unknown verdict', async () => {
    const good = await verify(await jwt({ sub: 'a', exp: 4e9 }), { secret: SECRET });
    const bad = await verify(await jwt({ sub: 'a', exp: 1 }), {
      secret: SECRET,
      expectations: { audience: ['me'], scope: ['x'] },
    });
    const open = await verify('opaque-token-0001');
    expect([good.verdict, bad.verdict, open.verdict]).toEqual(['active', 'inactive', 'unknown']);
    expect([good, bad, open].map(faults)).toEqual([[], [], []]);
  });

  it('fits what introspection gives, its faults too', async () => {
    const answers = ['{"active":true,"scope":["a"],"exp":"1"}', '{"active":false}', '{"active":"yes"}', 'no JSON'];
    for (const answer of answers)
      expect(faults(await introspect('opaque-token-0001', { ...ASKED, fetch: answering(answer) as never }))).toEqual(
        [],
      );
    expect(
      faults(
        await introspect('opaque-token-0001', {
          ...ASKED,
          fetch: answering('{"error":"invalid_client"}', 401) as never,
        }),
      ),
    ).toEqual([]);
  });

  it('fits a failure that left nothing to report on', () => {
    expect(faults(errorReport({ code: 'ERR_TOKEN_MISSING', message: 'none', hint: 'give one' }, 'line-1'))).toEqual([]);
  });

  it('refuses what tokctl never says', () => {
    const report = errorReport({ code: 'ERR_TOKEN_MISSING', message: 'none', hint: 'give one' });
    expect(faults({ ...report, active: true })).not.toEqual([]);
    expect(faults({ ...report, checks: [{ name: 'luck', outcome: 'passed', because: '' }] })).not.toEqual([]);
    expect(faults({ ...report, error: { code: 'ERR_WHATEVER', message: '', hint: '' } })).not.toEqual([]);
  });
});
