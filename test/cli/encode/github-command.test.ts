import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { githubAnnotation, githubMask } from '../../../src/cli/encode/github-command.ts';
import { escapeText } from '../../../src/core/escape.ts';
import { hostileText } from '../render/hostile.ts';
import { commandOf } from '../render/workflow-command.ts';

describe('githubAnnotation', () => {
  it.each([
    ['title', 'a\n::error::b', '::error title=title::a\\u{a}::error::b\n'],
    ['a:b,c', '100%', '::error title=a%3Ab%2Cc::100%25\n'],
    ['%0A', '%0A', '::error title=%250A::%250A\n'],
  ])('%j, %j', (title, message, expected) => {
    expect(githubAnnotation('error', title, message)).toBe(expected);
  });

  it('is one command on one line to a runner, whose title and message are the text', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (title, message) => {
        const [line, ...rest] = githubAnnotation('warning', `t ${title}`, message).split('\n');
        expect(rest).toEqual(['']);
        const command = commandOf(line ?? '');
        expect(command?.name).toBe('warning');
        expect(command?.data).toBe(escapeText(message));
        expect(command?.properties).toEqual({ title: `t ${escapeText(title)}`.trimEnd() });
      }),
    );
  });
});

describe('githubMask', () => {
  it('has the value exactly, each line of it, and no empty one', () => {
    expect(githubMask('a%b\r\n\nc')).toBe('::add-mask::a%25b\n::add-mask::c\n');
    expect(githubMask('')).toBe('');
  });

  it('gives a runner the lines of any value', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (secret) => {
        const lines = githubMask(secret).split('\n').slice(0, -1);
        const wanted = secret.split(/[\r\n]+/).filter((line) => line.trim() !== '');
        expect(lines.map((line) => commandOf(line)?.data)).toEqual(wanted);
      }),
    );
  });
});
