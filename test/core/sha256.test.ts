import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sha256Hex } from '../../src/core/sha256.ts';

const theirs = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

test('the examples of FIPS 180', () => {
  expect(sha256Hex(Buffer.from('abc'))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  expect(sha256Hex(Buffer.from('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq'))).toBe(
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  );
});

test('every length around one, two and three blocks', () => {
  for (let length = 0; length <= 200; length += 1) {
    const bytes = Buffer.alloc(length, length);
    expect(sha256Hex(bytes)).toBe(theirs(bytes));
  }
});

test('the same as node:crypto for any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => sha256Hex(bytes) === theirs(bytes)),
    { seed: 1, numRuns: 300 },
  );
});

test('a part of a larger buffer is hashed alone', () => {
  const bytes = Buffer.from('..abc..').subarray(2, 5);
  expect(sha256Hex(bytes)).toBe(theirs(Buffer.from('abc')));
});
