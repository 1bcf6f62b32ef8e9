import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase64Url, decodeLeniently, isFault } from '../../src/core/base64url.ts';

describe('decodeBase64Url', () => {
  it.each([
    ['AQ=', { position: 2, reason: 'character' }],
    ['A+/B', { position: 1, reason: 'character' }],
    ['AQ\n', { position: 2, reason: 'character' }],
    ['AA\u200bAA', { position: 2, reason: 'character' }],
    ['\u{1f600}A', { position: 0, reason: 'character' }],
    ['AAAAA', { position: 4, reason: 'length' }],
    ['A', { position: 0, reason: 'length' }],
    ['AR', { position: 1, reason: 'unused_bits' }],
    ['AAB', { position: 2, reason: 'unused_bits' }],
  ])('refuses %j', (text, fault) => {
    expect(decodeBase64Url(text)).toEqual(fault);
  });

  it('reads every sequence of bytes back, and only from its one spelling', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const text = Buffer.from(bytes).toString('base64url');
        const decoded = decodeBase64Url(text);
        expect(isFault(decoded)).toBe(false);
        expect(Buffer.from(decoded as Uint8Array).equals(bytes)).toBe(true);
      }),
    );
  });

  it('accepts no text that encodes back to another', () => {
    const alphabet = fc.string({ unit: fc.constantFrom(...'ABQgwz019-_+/= '), maxLength: 8 });
    fc.assert(
      fc.property(alphabet, (text) => {
        const decoded = decodeBase64Url(text);
        if (!isFault(decoded)) expect(Buffer.from(decoded).toString('base64url')).toBe(text);
        else expect(decoded.position).toBeLessThan(text.length);
      }),
    );
  });

  it('reads leniently what a careless reader would', () => {
    expect(Buffer.from(decodeLeniently('-_ A=\n+/')).toString('hex')).toBe(
      Buffer.from('-_A+/', 'base64url').toString('hex'),
    );
  });
});
