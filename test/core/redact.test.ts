import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Json, JsonNumber, printJson } from '../../src/core/json.ts';
import { redactJson, redactor, withoutSignatures } from '../../src/core/redact.ts';
import { compactJws, SIGNATURE } from './compact.ts';

const SECRET = 'p&ss "w<rd>/+=é\\';
const TOKEN = compactJws({ sub: 'user-001' });

describe('a long secret', () => {
  const alphabet = fc.constantFrom(...'abcxyzABCXYZ0189-_.');
  const long = fc.string({ unit: alphabet, minLength: 50, maxLength: 90 });
  const spelled = fc.tuple(long, fc.string({ maxLength: 4 }), fc.constantFrom('base64' as const, 'base64url' as const));

  it('is found by either end of each spelling, at any place in base64', () => {
    fc.assert(
      fc.property(spelled, ([secret, before, coding]) => {
        const hide = redactor([secret]);
        expect(hide(`a ${secret.slice(0, 12)}`)).toBe('a [redacted]');
        expect(hide(`a ${secret.slice(-12)}`)).toBe('a [redacted]');
        const bytes = Buffer.from(`${before}${secret}and more`);
        const [from, to] = [Buffer.byteLength(before), Buffer.byteLength(before) + secret.length];
        // The characters that hold nothing but bits of the secret.
        const inside = bytes.toString(coding).slice(Math.ceil((from * 8) / 6), Math.floor((to * 8) / 6));
        expect(hide(inside.slice(0, 12))).toBe('[redacted]');
        expect(hide(inside.slice(-12))).toBe('[redacted]');
        expect(hide(inside)).toBe('[redacted]');
      }),
      { numRuns: 400 },
    );
  });
});

describe('redactor', () => {
  const redact = redactor([SECRET]);
  const form = new URLSearchParams({ v: SECRET }).toString().slice(2);
  const base64 = (text: string) => Buffer.from(text).toString('base64');

  it.each([
    ['as it is', SECRET],
    ['form-encoded', form],
    ['form-encoded in lower case', form.replace(/%../g, (code) => code.toLowerCase())],
    ['percent-encoded', encodeURIComponent(SECRET)],
    ['in JSON', JSON.stringify(SECRET)],
    ['in JSON with escapes', printJson(SECRET)],
    ['in HTML', 'p&amp;ss &quot;w&lt;rd&gt;/+=é\\'],
    ['in base64', base64(SECRET)],
    ['in base64 without padding', base64(SECRET).replace(/=+$/, '')],
    ['in base64url', Buffer.from(SECRET).toString('base64url')],
  ])('%s', (_, spelling) => {
    const shown = redact(`before ${spelling} after`);
    expect(shown).toMatch(/^before "?\[redacted\]=*"? after$/);
  });

  it.each(['a', 'ab', 'abc', 'client-1'])('inside Basic credentials of client %s', (client) => {
    for (const text of [`${client}:${SECRET}`, `${client}:${form}`, `${client}:${SECRET}:more`]) {
      const shown = redact(`Basic ${base64(text)}`);
      expect(shown).toContain('[redacted]');
      expect(Buffer.from(shown.replace(/\[redacted\]/, ' ').slice(6), 'base64').toString()).not.toContain('w<rd');
    }
  });

  it('leaves words alone that are short, and everything else', () => {
    expect(redactor(['short'])('a short text')).toBe('a short text');
    expect(redact('nothing of it')).toBe('nothing of it');
  });

  it('takes the longest first', () => {
    expect(redactor(['secret-1', 'secret-1-long'])('secret-1-long secret-1')).toBe('[redacted] [redacted]');
  });

  it('takes tokens and their signatures', () => {
    const ofToken = redactor([], [TOKEN]);
    expect(ofToken(`got ${TOKEN}`)).toBe('got [redacted]');
    expect(ofToken(`got ${SIGNATURE}`)).toBe('got [redacted]');
    expect(redactor([], [`${TOKEN}~abcdefgh~`])(`got ${SIGNATURE}`)).toBe('got [redacted]');
    expect(ofToken(`got ${TOKEN.split('.', 2).join('.')}`)).not.toContain('redacted');
  });

  it.each([
    ['cut off', 'got abcdefghijklmnop', 'got [redacted]'],
    ['the first half', '{"a":"abcdefghijklm"}', '{"a":"[redacted]"}'],
    ['the second half', '{"b":"opqrstuvwxyz"}', '{"b":"[redacted]"}'],
    ['both halves', 'abcdefghijklm nopqrstuvwxyz', '[redacted] [redacted]'],
    ['one after the other', 'abcdefghijklabcdefghijkl', '[redacted][redacted]'],
    ['a few characters', 'abcdefghijk and pqrstuvwxyz', 'abcdefghijk and pqrstuvwxyz'],
  ])('takes what is left of a secret: %s', (_, text, shown) => {
    expect(redactor(['abcdefghijklmnopqrstuvwxyz'])(text)).toBe(shown);
    expect(redactor([], ['abcdefghijklmnopqrstuvwxyz'])(text)).toBe(shown);
  });

  it('takes half a signature, and leaves the header and the claims of a token', () => {
    const ofToken = redactor([], [compactJws({ sub: 'a' }).replace(SIGNATURE, 'abcdefghijklmnopqrstuvwxyz')]);
    expect(ofToken('abcdefghijklmnop')).toBe('[redacted]');
    expect(ofToken(compactJws({ sub: 'a' }).split('.')[0] ?? '')).not.toContain('redacted');
  });

  it('takes a piece as often as a server repeats it', () => {
    const shown = redactor(['abcdefghijklmnopqrstuvwxyz'])('abcdefghijkl '.repeat(80_000));
    expect(shown).toBe('[redacted] '.repeat(80_000));
  });

  it('takes a token with half a surrogate pair, and none that is too long to be read', () => {
    expect(redactor([], ['\ud800-opaque-token'])('got \ud800-opaque-token')).toBe('got [redacted]');
    const long = 'x'.repeat(256 * 1024 + 1);
    expect(redactor([], [long])(long)).toBe(long);
  });

  it('leaves no secret in any text, however it is encoded', () => {
    const secrets = fc.string({ unit: 'grapheme', minLength: 6 }).filter((text) => Buffer.byteLength(text) >= 8);
    const encode = fc.constantFrom(
      (text: string) => text,
      (text: string) => encodeURIComponent(text),
      (text: string) => printJson(text),
      (text: string) => Buffer.from(text).toString('base64'),
      (text: string) => Buffer.from(text).toString('base64url'),
    );
    fc.assert(
      fc.property(secrets, encode, (secret, spell) => {
        const spelt = spell(secret);
        expect(redactor([secret])(`<${spelt}>`)).not.toContain(spelt);
      }),
    );
  });
});

describe('withoutSignatures', () => {
  it('keeps an embedded JWT readable and takes its signature', () => {
    const [header, payload] = TOKEN.split('.');
    const shown = withoutSignatures(`{"jwt":"${TOKEN}"}`);
    expect(shown).toBe(`{"jwt":"${header}.${payload}.[signature removed]"}`);
    expect(shown).not.toContain(SIGNATURE.slice(0, 20));
  });

  it('takes no longer for a text that almost holds a JWT many times', () => {
    const text = `${'ey-'.repeat(80_000)}.${'ey-'.repeat(80_000)}`;
    expect(withoutSignatures(text)).toBe(text);
  });

  it('takes each of several, and leaves other text', () => {
    expect(withoutSignatures(`${TOKEN} ${TOKEN}`).match(/\[signature removed\]/g)).toHaveLength(2);
    expect(withoutSignatures('www.example.com/eyes.on.you')).toBe('www.example.com/eyes.on.you');
  });
});

describe('redactJson', () => {
  const redact = redactor(['secret-value', '1234567890']);
  it('reaches names, values, lists and numbers', () => {
    const value: Json = {
      'secret-value': 1,
      a: ['x secret-value', { b: 'secret-value' }, null, true, 7, new JsonNumber('1.0')],
      n: 1234567890,
    };
    expect(printJson(redactJson(value, redact))).toBe(
      '{"[redacted]":1,"a":["x [redacted]",{"b":"[redacted]"},null,true,7,1.0],"n":"[redacted]"}',
    );
  });

  it('keeps __proto__ a name', () => {
    const value = JSON.parse('{"__proto__":{"a":"secret-value"}}');
    expect(printJson(redactJson(value, redact))).toBe('{"__proto__":{"a":"[redacted]"}}');
  });

  it('takes from a whole what it takes from each text in it', () => {
    const secret = 'abcdefghijklmnopqrstuvwxyz';
    const hide = redactor([secret], [TOKEN]);
    const all = (text: string) => withoutSignatures(hide(text));
    const parts = fc.constantFrom(
      secret,
      secret.slice(0, 14),
      secret.slice(-14),
      TOKEN,
      SIGNATURE,
      'word',
      '.',
      '-',
      '\n',
    );
    const text = fc.array(parts, { maxLength: 3 }).map((some) => some.join(''));
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text), { maxLength: 4 }), (pairs) => {
        const shown = redactJson([...pairs, Object.fromEntries(pairs)], all);
        const names = Object.fromEntries(pairs.map(([name, one]) => [name, all(one)]));
        const expected = Object.fromEntries(Object.entries(names).map(([name, one]) => [all(name), one]));
        expect(printJson(shown)).toBe(printJson([...pairs.map((pair) => pair.map(all)), expected]));
      }),
    );
  });
});
