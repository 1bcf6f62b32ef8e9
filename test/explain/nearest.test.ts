// The right word for a misspelt one, as flags, configuration keys and words to explain use it.

import { describe, expect, test } from 'vitest';
import { nearest } from '../../src/core/nearest.ts';

const FLAGS = ['issuer', 'introspection-endpoint', 'audience', 'client-id', 'client-key', 'client-cert', 'at', 'alg'];

describe('nearest', () => {
  test.each([
    ['a letter left out', 'isuer', ['issuer']],
    ['a letter too many', 'isssuer', ['issuer']],
    ['a letter changed', 'izsuer', ['issuer']],
    ['two letters swapped', 'audeince', ['audience']],
    ['two letters swapped in a short word', 'agl', ['alg']],
    ['another case and another dash', 'CLIENT_ID', ['client-id']],
    ['only the beginning', 'introspection', ['introspection-endpoint']],
  ])('%s', (_what, word, expected) => {
    expect(nearest(word, FLAGS)).toEqual(expected);
  });

  test('the nearest comes first, and no more than the limit', () => {
    expect(nearest('client-ky', FLAGS)).toEqual(['client-key', 'client-id']);
    expect(nearest('client-ky', FLAGS, 1)).toEqual(['client-key']);
    expect(nearest('client', FLAGS)).toEqual(['client-id', 'client-key', 'client-cert']);
  });

  test.each(['flibbertigibbet', 'x', '', 'zz', '__proto__'])('nothing is near %j', (word) => {
    expect(nearest(word, FLAGS)).toEqual([]);
  });

  test('a word that is wholly different is not near a short one', () => {
    expect(nearest('b', ['a'])).toEqual([]);
    expect(nearest('xyz', ['abc'])).toEqual([]);
  });

  test('a very long word is compared with nothing, or this would not end in time', () => {
    const many = Array.from({ length: 5000 }, (_, at) => `candidate-of-some-length-${at}`);
    expect(nearest('i'.repeat(1_000_000), many)).toEqual([]);
  });
});
