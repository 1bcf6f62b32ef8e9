// Columns are counted without the package where that says the same.

import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { widthOf } from '../../../src/cli/render/layout.ts';

test('each character has the columns that string-width gives it, alone and between others', () => {
  const others = Array.from({ length: 0x3000 }, (_, code) => String.fromCharCode(code)).filter(
    (character) =>
      widthOf(character) !== stringWidth(character) || widthOf(`a${character}b`) !== stringWidth(`a${character}b`),
  );
  expect(others).toEqual([]);
});

test.each(['', 'ascii', 'é§–─●✓', '漢字', '👩‍💻 ok', '1️⃣', '\u001b[31mred\u001b[39m', '©️'])('%j too', (text) => {
  expect(widthOf(text)).toBe(stringWidth(text));
});
