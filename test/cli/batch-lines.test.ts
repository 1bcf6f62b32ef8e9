// The lines of a batch: a token, or a JSON object with `token` and `id`; what is wrong with one is told as its result.

import { describe, expect, test } from 'vitest';
import { batchLine } from '../../src/cli/batch/batch-lines.ts';
import { lineGroupsOf } from '../../src/cli/batch/lines.ts';

const read = (line: string) => {
  const { fault, ...rest } = batchLine(line, 7) ?? {};
  return { ...rest, ...(fault === undefined ? {} : { code: fault.code, message: fault.message }) };
};

describe('batchLine', () => {
  test.each([
    ['a token', 'abc.def', { text: 'abc.def' }],
    ['with white space around it', '  abc.def \t', { text: 'abc.def' }],
    ['after a byte order mark', '\ufeffabc.def', { text: 'abc.def' }],
    ['a JSON object', '{"token":"abc","id":"first"}', { text: 'abc', id: 'first' }],
    ['an id that is a number', '{"id":12,"token":"abc"}', { text: 'abc', id: '12' }],
    [
      'an id with more digits than a double has',
      '{"id":12345678901234567890,"token":"abc"}',
      { text: 'abc', id: '12345678901234567890' },
    ],
    ['an id that is neither', '{"id":{"a":1},"token":"abc"}', { text: 'abc' }],
    ['more members', '{"token":"abc","note":"mine"}', { text: 'abc' }],
  ])('%s', (_, line, expected) => {
    expect(read(line)).toEqual({ ...expected, line: 7, notes: [] });
  });

  test.each(['', '   ', '\ufeff', '\r'])('an empty line is none: %j', (line) => {
    expect(batchLine(line, 1)).toBeUndefined();
  });

  test.each([
    ['Bearer abc', 'abc', 'the scheme `Bearer` was stripped'],
    ['"abc"', 'abc', 'quotes were stripped'],
    ['Authorization: abc', 'abc', 'the header name `Authorization:` was stripped'],
    ['{"token":"Bearer abc"}', 'abc', 'the scheme `Bearer` was stripped'],
  ])('what surrounds a token is stripped and told: %s', (line, text, note) => {
    expect(batchLine(line, 1)).toMatchObject({ text, notes: [note] });
  });

  test.each([
    ['no token', '{"id":"first"}', 'got an object without it', 'first'],
    ['a token that is no text', '{"id":"first","token":5}', 'got one that is no text, or empty', 'first'],
    ['an empty token', '{"id":"first","token":" "}', 'got one that is no text, or empty', 'first'],
    [
      'JSON that cannot be read',
      '{"token":"abc',
      'got JSON that cannot be read: the JSON text ends too early at character 14',
      undefined,
    ],
    ['credentials', 'Authorization: Basic dXNlcjpwYXNz', 'got credentials that are no token', undefined],
    [
      'credentials in JSON',
      '{"id":"first","token":"Basic dXNlcjpwYXNz"}',
      'got credentials that are no token',
      'first',
    ],
  ])('%s is a fault of the line', (_, line, got, id) => {
    expect(read(line)).toEqual({
      text: '',
      ...(id === undefined ? {} : { id }),
      line: 7,
      notes: [],
      code: 'ERR_USAGE',
      message: `line 7: expected a token, or a JSON object with \`token\`, ${got}`,
    });
  });

  test('the JSON serialization of a JWS is a token, which is refused as one', () => {
    const line = '{"payload":"e30","signatures":[]}';
    expect(read(line)).toEqual({ text: line, line: 7, notes: [] });
  });
});

describe('lineGroupsOf', () => {
  const all = async (chunks: readonly (string | Buffer)[], limit?: number) => {
    const source = (async function* () {
      for (const chunk of chunks) yield Buffer.from(chunk as string);
    })();
    const lines: string[] = [];
    for await (const group of lineGroupsOf(source, limit)) lines.push(...group);
    return lines;
  };

  test.each([
    ['lines', ['a\nb\n'], ['a', 'b']],
    ['a last line without an end', ['a\nb'], ['a', 'b']],
    ['CR LF', ['a\r\nb\r\n'], ['a', 'b']],
    ['CR LF over two chunks', ['a\r', '\nb'], ['a', 'b']],
    ['empty lines', ['\n\na\n'], ['', '', 'a']],
    ['a line over many chunks', ['a', 'b', 'c\nd', 'e'], ['abc', 'de']],
    ['nothing', [], []],
    ['a line separator inside a line', ['{"id":"a\u2028b"}\n'], ['{"id":"a\u2028b"}']],
    ['a character over two chunks', [Buffer.from([0xc3]), Buffer.from([0xa4, 0x0a])], ['ä']],
  ])('%s', async (_, chunks, expected) => {
    expect(await all(chunks)).toEqual(expected);
  });

  test('of a line that is too long, its beginning', async () => {
    expect(await all(['abcd', 'efgh', 'ij\nxyz\n'], 6)).toEqual(['abcdef', 'xyz']);
  });
});
