// What is found out once, and what nobody can change any more.

import { describe, expect, it } from 'vitest';
import { frozen, oncePerObject, oncePerText } from '../../src/core/once.ts';

/** A finder that counts how often it was asked about each thing. */
function counting<T, R>(find: (thing: T) => R) {
  const asked: T[] = [];
  return {
    asked,
    find: (thing: T): R => {
      asked.push(thing);
      return find(thing);
    },
  };
}

describe('oncePerObject', () => {
  it('finds out once for each object, also what is undefined', () => {
    const { asked, find } = counting((object: { n: number }) => (object.n > 1 ? object.n : undefined));
    const once = oncePerObject(find);
    const [one, two, alike] = [{ n: 1 }, { n: 2 }, { n: 2 }];
    expect([one, two, one, two, alike].map(once)).toEqual([undefined, 2, undefined, 2, 2]);
    expect(asked).toEqual([one, two, alike]);
  });
});

describe('oncePerText', () => {
  it('finds out once for equal texts', () => {
    const { asked, find } = counting((text: string) => ({ length: text.length }));
    const once = oncePerText(find);
    expect(once('abc')).toBe(once(['a', 'b', 'c'].join('')));
    expect(asked).toEqual(['abc']);
  });

  it('keeps no more than the last few', () => {
    const { asked, find } = counting((text: string) => text);
    const once = oncePerText(find);
    for (let number = 0; number < 1000; number += 1) once(`text ${number}`);
    once('text 999');
    expect(asked).toHaveLength(1000);
    once('text 0');
    expect(asked).toHaveLength(1001);
  });

  it('keeps no long text', () => {
    const { asked, find } = counting((text: string) => text.length);
    const once = oncePerText(find);
    const long = 'x'.repeat(3000);
    expect([once(long), once(long)]).toEqual([3000, 3000]);
    expect(asked).toHaveLength(2);
  });
});

describe('frozen', () => {
  it('gives the same value, which nobody can change, whatever is in it', () => {
    const value = { list: [{ text: 'a' }], none: null, nothing: undefined, inner: Object.create(null) };
    expect(frozen(value)).toBe(value);
    expect(() => value.list.push({ text: 'b' })).toThrow(TypeError);
    expect(() => {
      (value.list[0] as { text: string }).text = 'b';
    }).toThrow(TypeError);
    expect(Object.isFrozen(value.inner)).toBe(true);
  });

  it('leaves what is no object as it is', () => {
    expect([frozen('a'), frozen(1), frozen(null), frozen(undefined)]).toEqual(['a', 1, null, undefined]);
  });
});
