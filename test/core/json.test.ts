import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  asJsonError,
  isJsonObject,
  JsonError,
  JsonNumber,
  MAX_DEPTH,
  member,
  parseJson,
  printJson,
} from '../../src/core/json.ts';
import { readVectors } from '../vectors/vectors.ts';

interface Case {
  name: string;
  expect: 'accept' | 'reject' | 'either';
  bytes_b64: string;
}

const { cases } = readVectors<{ cases: Case[] }>('json/jsontestsuite.subset');

/** As the payload of a token is read: fatal UTF-8, a byte order mark kept. */
function read(bytes: Uint8Array) {
  return parseJson(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
}

describe('parseJson on the JSON Test Suite', () => {
  const of = (wanted: Case['expect']) => cases.filter((one) => one.expect === wanted);

  it.each(of('accept'))('accepts $name and reads what JSON.parse reads', ({ bytes_b64 }) => {
    const text = Buffer.from(bytes_b64, 'base64').toString();
    expect(JSON.parse(printJson(parseJson(text).value))).toEqual(JSON.parse(text));
  });

  it.each(of('reject'))('refuses $name', ({ bytes_b64 }) => {
    expect(() => read(Buffer.from(bytes_b64, 'base64'))).toThrow();
  });

  it.each(of('either'))('survives $name', ({ bytes_b64 }) => {
    const text = Buffer.from(bytes_b64, 'base64').toString();
    let printed = 'null';
    try {
      printed = printJson(parseJson(text).value);
    } catch (problem) {
      expect(problem).toBeInstanceOf(JsonError);
    }
    expect(() => JSON.parse(printed)).not.toThrow();
  });

  it('has a share of each sort', () => {
    expect([of('accept').length, of('reject').length, of('either').length]).toEqual([48, 118, 17]);
  });
});

describe('parseJson', () => {
  const fault = (text: string): JsonError => {
    try {
      parseJson(text);
    } catch (problem) {
      if (problem instanceof JsonError) return problem;
    }
    throw new Error(`no JsonError for ${text.slice(0, 40)}`);
  };

  it.each([
    ['', 0],
    ['{"a":}', 5],
    ['{"a":1,}', 7],
    ['[1 2]', 3],
    ['{"a":1} x', 8],
    ['{"a":"b', 7],
    ['"\\x"', 1],
    ['"a\nb"', 2],
    ['tru', 0],
    ['{"a" 1}', 5],
    ['01', 1],
    ['\ufeff{}', 0],
  ])('says where %j breaks', (text, position) => {
    expect(fault(text)).toMatchObject({ position, tooDeep: false });
  });

  it('reads 128 levels and not one more', () => {
    const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
    expect(parseJson(nested(MAX_DEPTH)).duplicates).toEqual([]);
    expect(fault(nested(MAX_DEPTH + 1)).tooDeep).toBe(true);
    expect(fault('{"a":'.repeat(100_000)).tooDeep).toBe(true);
  });

  it('counts levels, not brackets', () => {
    expect(parseJson(`[${'[],'.repeat(500)}[]]`).value).toHaveLength(501);
  });

  it('agrees with JSON.parse on any value', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(JSON.parse(printJson(parseJson(text).value))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('agrees with JSON.parse on what is no JSON', () => {
    const soup = fc.string({ unit: fc.constantFrom(...'{}[]:,"\\u019-+.eE truefalsn\n'), maxLength: 12 });
    fc.assert(
      fc.property(soup, (text) => {
        const accepts = (reader: (text: string) => unknown) => {
          try {
            reader(text);
            return true;
          } catch {
            return false;
          }
        };
        expect(accepts(parseJson)).toBe(accepts(JSON.parse));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('duplicate members', () => {
  it.each([
    ['{"a":1,"a":2}', ['a']],
    ['{"alg":1,"\\u0061lg":2}', ['alg']],
    ['{"a":{"b":1,"b":2}}', ['a.b']],
    ['{"a":[{"b":1,"b":2}]}', ['a.0.b']],
    ['{"a":1,"a":2,"a":3}', ['a']],
    ['{"__proto__":1,"__proto__":2}', ['__proto__']],
    ['{"a":{"b":1},"c":{"b":1}}', []],
    ['{"a":1,"A":2}', []],
    ['{"constructor":1}', []],
  ])('%s', (text, duplicates) => {
    expect(parseJson(text).duplicates).toEqual(duplicates);
  });

  it('lets the last one win', () => {
    expect(printJson(parseJson('{"a":1,"a":2}').value)).toBe('{"a":2}');
  });

  it('names few of many, and short, so that a small text makes no large list', () => {
    const long = 'x'.repeat(10_000);
    const objects = Array.from({ length: 500 }, () => `{"a":1,"a":2}`).join(',');
    const { duplicates } = parseJson(`{"${long}":[${objects}]}`);
    expect(duplicates).toHaveLength(16);
    expect(Math.max(...duplicates.map((name) => name.length))).toBe(200);
  });
});

describe('members', () => {
  it('keeps __proto__ as a name like any other', () => {
    const { value } = parseJson('{"sub":"a","__proto__":{"admin":true}}');
    if (!isJsonObject(value)) throw new Error('expected an object');
    expect(member(value, 'admin')).toBeUndefined();
    expect(member(value, 'constructor')).toBeUndefined();
    expect(printJson(value)).toBe('{"sub":"a","__proto__":{"admin":true}}');
  });

  it('does not take lists, null and numbers for objects', () => {
    expect([[], null, new JsonNumber('1.0'), 'a', 1].map(isJsonObject)).toEqual(Array(5).fill(false));
  });
});

describe('numbers', () => {
  it.each([
    '12345678901234567890',
    '1.0',
    '1e999',
    '-1E+400',
    '-0',
    '0.1',
    '1700000000.5',
    '9007199254740993',
    '1E2',
    '123456789012345678901234567890.123',
  ])('keeps the digits of %s', (digits) => {
    expect(printJson(parseJson(`[${digits}]`).value)).toBe(`[${digits}]`);
  });

  it('gives plain numbers where nothing is lost', () => {
    expect(parseJson('[1,-2,0.5,1700000000]').value).toEqual([1, -2, 0.5, 1_700_000_000]);
    expect(new JsonNumber('1e999').value).toBe(Number.POSITIVE_INFINITY);
    expect(JSON.stringify(new JsonNumber('1.0'))).toBe('1');
  });

  it('keeps the digits of any number', () => {
    const digits = fc
      .tuple(fc.bigInt(), fc.option(fc.nat({ max: 99_999 })), fc.option(fc.integer({ min: -400, max: 400 })))
      .map(([whole, fraction, exponent]) =>
        [whole, fraction === null ? '' : `.${fraction}`, exponent === null ? '' : `e${exponent}`].join(''),
      );
    fc.assert(
      fc.property(digits, (text) => {
        expect(printJson(parseJson(text).value)).toBe(text);
      }),
    );
  });
});

describe('printJson', () => {
  it('leaves undefined members out, indents, and prints what is no JSON number as null', () => {
    expect(printJson({ a: undefined, b: [Number.NaN, undefined], c: {}, d: [] })).toBe(
      '{"b":[null,null],"c":{},"d":[]}',
    );
    expect(printJson({ a: [1], b: {} }, 2)).toBe('{\n  "a": [\n    1\n  ],\n  "b": {}\n}');
  });

  it.each([
    ['\u001b[31m', '"\\u001b[31m"'],
    ['\u202e', '"\\u202e"'],
    ['\u200b', '"\\u200b"'],
    ['\u009b', '"\\u009b"'],
    ['\u2028', '"\\u2028"'],
    ['\ufeff', '"\\ufeff"'],
    ['\u{e0041}', '"\\udb40\\udc41"'],
    ['\ud800', '"\\ud800"'],
    ['\u{1f600}', '"\u{1f600}"'],
    ['é', '"é"'],
    ['</script>', '"\\u003c/script>"'],
  ])('escapes %j', (text, printed) => {
    expect(printJson(text)).toBe(printed);
    expect(JSON.parse(printJson(text))).toBe(text);
    expect(printJson({ [text]: 1 })).toBe(`{${printed}:1}`);
  });

  it('round-trips any value, without a character that is not plain text', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, indent) => {
        const printed = printJson(value as object, indent);
        expect(JSON.stringify(JSON.parse(printed))).toBe(JSON.stringify(value));
        expect(printed.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u);
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(JSON.parse(printJson(text))).toBe(text);
        expect(printJson(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});

describe('what cannot be', () => {
  it('a number that JSON has no text for is null', () => {
    expect([printJson(Number.NaN), printJson({ a: Number.POSITIVE_INFINITY })]).toEqual(['null', '{"a":null}']);
    expect(printJson(['é', Number.NaN])).toBe('["é",null]');
  });

  it('a fault of the program is not taken for one of the text', () => {
    const fault = new TypeError('of the program');
    expect(() => asJsonError(fault)).toThrow(fault);
    expect(asJsonError(new JsonError('bad', 3)).position).toBe(3);
  });
});
