import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markdown } from '../../../src/cli/render/markdown.ts';
import type { Description, Report } from '../../../src/core/report.ts';
import { OWN_KINDS, readMarkdown } from './commonmark.ts';
import { hostileReport } from './hostile.ts';
import { ACTIVE, DECODED, EXPIRED, REVOKED, SURFACE, UNKNOWN } from './reports.ts';

function written(...reports: (Report | Description)[]): string {
  const document = markdown(SURFACE);
  return reports.map((report) => document.add(report)).join('') + document.end();
}

describe('markdown', () => {
  it('is an entry for a ticket', () => {
    expect(written(EXPIRED)).toBe(`## ✗ inactive - expired 1 h ago, verified locally

- **\`expired\`** (certain): exp lies 1 h before now
  - exp 2026-11-20 23:00:00Z
  - next: get a new one: tokctl token

| what | value |
| --- | --- |
| token | JWT access token, sha256 \`0123456789ab\` |
| issuer | \`https://id.example.com\` (named by flag) |
| key | RS256, kid \`2f1c\` of \`https://id.example.com/jwks\` |
| expires | 2026-11-20 23:00:00Z (1 h ago) |
| judged as of | 2026-11-21 00:00:00Z |

|  | check | outcome | because | expected | got | rule |
| --- | --- | --- | --- | --- | --- | --- |
| ✗ | \`expiry\` | failed | expired 1 h ago | \`after 2026-11-21 00:00:00Z\` | \`2026-11-20 23:00:00Z\` | RFC 7519 §4.1.4 |
| \\! | \`issued_at\` | warned | issued 1 min in the future: a clock is off | \`at or before 2026-11-21 00:00:00Z\` | \`2026-11-21 00:01:00Z\` | RFC 7519 §4.1.6 |
| ✓ | \`signature\` | passed | RS256 by key 2f1c |  |  | RFC 7515 §5.2 |
| ✓ | \`audience\` | passed | aud names it |  |  | RFC 7519 §4.1.3 |
| - | \`kind\` | skipped | not asked; name the kind with --expect |  |  |  |

To ask again, with the token on stdin:

\`\`\`sh
tokctl verify - --issuer https://id.example.com --audience https://api.example.com
\`\`\`
`);
  });

  it('tells of an error with what is known of it', () => {
    const text = written(UNKNOWN);
    expect(text).toContain(
      '- **`ERR_HTTP_STATUS`**: expected status 200 from \\`https\\://id.example.com/introspect\\`',
    );
    expect(text).toContain('  - body: &lt;h1&gt;down &#124; for now&lt;/h1&gt;\n  - next: try again later');
  });

  it('tells of the server and of what weakens the answer', () => {
    const text = written({ ...REVOKED, weakened: ['insecure_http'] });
    expect(text).toContain(
      '| server | `https://id.example.com/introspect`: 200 application/json, 12.34 ms, client\\_secret\\_basic |',
    );
    expect(text).toContain('| weakened | `insecure_http` |');
  });

  it('has no claims, and says of a description what it is', () => {
    expect(written(ACTIVE)).not.toContain('user-001');
    expect(written(DECODED)).toMatch(/^## JWT access token, decoded only\n/);
  });

  it('is a section for each of several, by id', () => {
    expect(
      written({ ...ACTIVE, id: 'a|b' }, { ...EXPIRED, id: 'c' })
        .split('\n')
        .filter((line) => line.startsWith('## ')),
    ).toEqual([
      '## a&#124;b: ✓ active - verified locally, expires in 42 min',
      '## c: ✗ inactive - expired 1 h ago, verified locally',
    ]);
  });

  it('keeps its shape whatever the report holds', () => {
    fc.assert(
      fc.property(hostileReport, (report) => {
        const lines = written(report).split('\n');
        const fence = lines.findIndex((line) => line.startsWith('```'));
        const [before, block] = [lines.slice(0, fence), lines.slice(fence)];
        for (const line of before) {
          expect(line).not.toContain('<');
          expect(line).toMatch(/^(?:$|## |- \*\*`| {2}- |\| |To ask again)/);
        }
        const cells = before.filter((line) => line.startsWith('|')).map((line) => line.split('|').length - 2);
        expect(new Set(cells)).toEqual(new Set(report.checks.length > 0 ? [2, 7] : [2]));
        expect(before.filter((line) => line.startsWith('## '))).toHaveLength(1);
        expect(block).toHaveLength(4);
        expect(block[1]).toMatch(/^tokctl verify - /);
      }),
    );
  });

  it('is to a reader of CommonMark what it is made of, whatever the report holds', () => {
    fc.assert(
      fc.property(fc.array(hostileReport, { minLength: 1, maxLength: 3 }), (reports) => {
        const { kinds, headings, tables } = readMarkdown(written(...reports));
        expect([...kinds].filter((kind) => !OWN_KINDS.has(kind))).toEqual([]);
        expect(headings).toHaveLength(reports.length);
        for (const rows of tables) expect(new Set(rows).size).toBe(1);
      }),
    );
  });
});
