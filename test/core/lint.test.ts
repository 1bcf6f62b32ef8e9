import { describe, expect, it } from 'vitest';
import { isJsonObject, type JsonObject, parseJson } from '../../src/core/json.ts';
import { finiteNumber, lintHeader, lintTimes } from '../../src/core/lint.ts';

function read(text: string): JsonObject {
  const { value } = parseJson(text);
  if (!isJsonObject(value)) throw new Error('expected an object');
  return value;
}
const header = (members: string) => lintHeader(read(`{"alg":"RS256"${members}}`));

describe('critical_header', () => {
  it.each([
    ['"exp"', 'no list'],
    ['["urn:example:must"]', '`urn:example:must`'],
    ['["b64"]', '`b64`'],
    ['["alg","alg"]', '`alg`, `alg`'],
    ['[]', 'no list of names'],
    ['null', 'no list of names'],
    ['{}', 'no list of names'],
    ['0', 'no list of names'],
    ['[{"a":1},null,1.0,[{}]]', '`{"a":1}`, `null`, `1.0`, `[{}]`'],
  ])('crit %s is a refusal', (crit, words) => {
    const [check, ...rest] = header(`,"crit":${crit},"b64":true`);
    expect(rest).toEqual([]);
    expect(check).toMatchObject({ name: 'critical_header', outcome: 'failed', finding: 'header.crit.unsupported' });
    expect(check?.because).toContain(words);
  });

  it.each(['false', 'null', '"true"', '1'])('b64 %s without crit is a refusal', (b64) => {
    expect(header(`,"b64":${b64}`)).toMatchObject([
      { name: 'critical_header', outcome: 'failed', finding: 'header.b64' },
    ]);
  });

  it('b64 true changes nothing', () => {
    expect(header(',"b64":true')).toEqual([]);
  });
});

describe('key_reference', () => {
  it.each([
    ['"jku":"https://evil.example.com"', 'header.jku.present'],
    ['"x5u":"https://evil.example.com"', 'header.x5u.present'],
    ['"jwk":{"kty":"RSA"}', 'header.jwk.embedded'],
    ['"x5c":["MIIB"]', 'header.x5c.present'],
    ['"jwk":null', 'header.jwk.embedded'],
  ])('%s warns', (members, finding) => {
    expect(header(`,${members}`)).toMatchObject([{ name: 'key_reference', outcome: 'warned', finding }]);
  });

  it('names all of them, and nothing of what they hold', () => {
    const [check] = header(',"jku":"https://evil.example.com","jwk":{}');
    expect(check?.actual).toEqual(['jku', 'jwk']);
    expect(JSON.stringify(check)).not.toContain('evil');
  });

  it.each([
    ['dpop+jwt', '"jwk":{}', 'passed'],
    ['application/DPoP+jwt', '"jwk":{}', 'passed'],
    ['dpop+jwt', '"jwk":{},"jku":"https://evil.example.com"', 'warned'],
    ['evil-dpop+jwt', '"jwk":{}', 'warned'],
    ['at+jwt', '"jwk":{}', 'warned'],
  ])('typ %s with %s: %s', (typ, members, outcome) => {
    expect(header(`,"typ":"${typ}",${members}`)).toMatchObject([{ name: 'key_reference', outcome }]);
  });
});

describe('odd members', () => {
  it.each(['1', 'null', '["a"]', '{}', 'true'])('kid %s is a fault', (kid) => {
    expect(header(`,"kid":${kid}`)).toMatchObject([{ name: 'format', outcome: 'failed', finding: 'header.kid.type' }]);
  });

  it.each(['""', '"../../etc/passwd"', '"__proto__"'])('kid %s is any text', (kid) => {
    expect(header(`,"kid":${kid}`)).toEqual([]);
  });

  it('zip and nesting are told', () => {
    expect(header(',"zip":"DEF","cty":"jwt"')).toMatchObject([
      { outcome: 'warned', finding: 'header.zip' },
      { outcome: 'warned', finding: 'token.nested' },
    ]);
    expect(header(',"enc":"A256GCM","zip":"DEF","cty":"JWT"')).toEqual([]);
  });

  it('an ordinary header has nothing odd', () => {
    expect(header(',"typ":"at+jwt","kid":"k1"')).toEqual([]);
  });
});

describe('time_unit', () => {
  it.each([
    ['{"exp":1700000000}', []],
    ['{"exp":100000000000}', []],
    ['{"exp":100000000001}', ['exp']],
    ['{"iat":1700000000000,"exp":1700000600000}', ['exp', 'iat']],
    ['{"exp":1700000000000.0}', ['exp']],
    ['{"exp":"1700000000000"}', []],
    ['{"exp":1e999}', []],
    ['{"auth_time":1700000000000}', ['auth_time']],
    ['{"updated_at":1700000000000}', []],
    ['{"exp":[1700000000000]}', []],
  ])('%s', (claims, names) => {
    const found = lintTimes(read(claims));
    expect(found.flatMap(({ actual }) => Object.keys(actual as object))).toEqual(names);
    expect(found.every(({ outcome, name }) => outcome === 'warned' && name === 'time_unit')).toBe(true);
  });

  it('says it in one line', () => {
    expect(lintTimes(read('{"exp":1700000000000}'))[0]?.because).toBe(
      'exp looks like milliseconds; times count seconds',
    );
    expect(lintTimes(read('{"exp":1700000000000,"iat":1700000000000}'))[0]?.because).toMatch(/^exp, iat look like/);
  });

  it('finiteNumber reads numbers only', () => {
    const { list } = read('{"list":[1,1.0,1e999,-1e999,"1",null,true,[],{}]}');
    expect((list as []).map(finiteNumber)).toEqual([1, 1, ...Array(7).fill(undefined)]);
  });
});
