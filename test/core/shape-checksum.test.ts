import { describe, expect, test } from 'vitest';
import { checksumCheck, checksumOf, remnantOf } from '../../src/core/shape-checksum.ts';

/** Written in two pieces: a scanner for secrets would take the whole for one. */
const token = (prefix: string, rest: string): string => prefix + rest;
const GITHUB = token('gh', 'o_FAKEfakeEXAMPLEnotARealToken0021xoh6');
const NPM = token('np', 'm_FAKEfakeEXAMPLEnotARealToken0021xoh6');
const GITLAB = token('gl', 'pat-bzoxCnU6MUZBS0VGQUtFRkFLRUZBS0UQ.0w1e0jdiy');
const GITLAB_V1 = token('gl', 'pat-bzoxCnU6MUZBS0VGQUtFRkFLRUZBS0UQ.01.0w1qf6mvx');

/** The token with the character at `at` replaced. */
const typo = (text: string, at: number): string =>
  text.slice(0, at) + (text[at] === 'Z' ? 'Y' : 'Z') + text.slice(at + 1);

describe('the checksum', () => {
  test.each([
    ['GitHub', GITHUB, true],
    ['the published pair of GitHub', token('gh', 'o_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17'), true],
    ['npm', NPM, true],
    ['GitLab', GITLAB, true],
    ['GitLab with a version, by its rule only', GITLAB_V1, false],
  ])('of %s holds', (_vendor, text, established) => {
    expect(checksumOf(text)).toMatchObject({ holds: true, established });
    expect(checksumCheck(text)).toMatchObject([{ name: 'format', outcome: 'passed', finding: 'token.checksum' }]);
  });

  test.each([GITHUB, NPM, GITLAB, GITLAB_V1])('finds one wrong character at every place (%#)', (text) => {
    const from = text.startsWith('np') ? 4 : text.startsWith('gh') ? 4 : 6;
    const dots = [...text].flatMap((character, at) => (character === '.' ? [at] : []));
    for (let at = from; at < text.length; at += 1) {
      if (dots.includes(at)) continue;
      const wrong = checksumOf(typo(text, at));
      // A capital letter among the digits of GitLab is another form altogether.
      if (wrong !== undefined) expect(wrong.holds, `character ${at}`).toBe(false);
    }
    expect(checksumCheck(typo(text, from + 3))[0]).toMatchObject({ outcome: 'warned' });
  });

  test('two characters that changed places are found', () => {
    const swapped = GITHUB.replace('notAR', 'ontAR');
    expect(checksumOf(swapped)?.holds).toBe(false);
  });

  test('other texts have none', () => {
    for (const text of ['', 'x', 'eyJhbGciOiJub25lIn0.e30.', `${GITHUB}x`, GITHUB.slice(0, -1), 'glpat-short'])
      expect(checksumOf(text)).toBeUndefined();
    expect(checksumCheck('x')).toEqual([]);
  });
});

describe('what is left of a token', () => {
  test('tells how much is missing', () => {
    expect(remnantOf(GITHUB.slice(0, -5))).toEqual({ vendor: 'GitHub', has: 31, needs: 36 });
    expect(remnantOf(NPM.slice(0, 10))).toEqual({ vendor: 'npm', has: 6, needs: 36 });
  });

  test('nothing, for a whole token and for other texts', () => {
    for (const text of [GITHUB, `${GITHUB}x`, 'ghp_', 'ghx_abc', 'npm-abc']) expect(remnantOf(text)).toBeUndefined();
  });
});
