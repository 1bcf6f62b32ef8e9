import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { between, median, ratio, table, whole } from '../../bench/figures.mjs';

describe('median', () => {
  test.each([
    [[3, 1, 2], 2],
    [[4, 1, 3, 2], 2.5],
    [[10, 9, 100], 10],
  ])('of %j is %d', (numbers, expected) => {
    expect(median(numbers)).toBe(expected);
  });

  test('leaves the list as it is', () => {
    const numbers = [3, 1, 2];
    median(numbers);
    expect(numbers).toEqual([3, 1, 2]);
  });
});

describe('a figure', () => {
  test('is a whole number, or nothing where nothing was measured', () => {
    expect([whole(1234.5), whole(0.4), whole(undefined)]).toEqual(['1235', '0', '']);
  });

  test('is compared with its floor, or with nothing where there is none', () => {
    expect([ratio(30, 40), ratio(82, 40), ratio(30, undefined)]).toEqual(['0.75', '2.05', '']);
  });
});

test('the table has a row for each case, with its aim if it has one', () => {
  const figures = {
    node: 'v20.18.1',
    platform: 'linux x64',
    runs: 40,
    cases: [{ name: '`decode`', aimMs: 8 }, { name: '`verify`' }],
    plain: { baseMs: 21.04, aboveMs: { '`decode`': 7.96, '`verify`': 12 } },
    extraCertificates: { baseMs: 50, aboveMs: { '`decode`': 8.04, '`verify`': -0.5 } },
  };
  expect(
    table(figures),
  ).toBe(`Node v20.18.1 on linux x64, medians of 40 interleaved runs, milliseconds above \`node -e 0\`
(21.0 ms by itself, 50.0 ms with NODE_EXTRA_CA_CERTS).

| run      | aim | plain | aim of \`node\` | of \`node\` | NODE_EXTRA_CA_CERTS |
| -------- | --: | ----: | ------------: | --------: | ------------------: |
| \`decode\` |  +8 |  +8.0 |          1.38 |      1.38 |                +8.0 |
| \`verify\` |     | +12.0 |               |      1.57 |                -0.5 |`);
});

describe('the figures of a document', () => {
  const document = readFileSync(join(import.meta.dirname, '../../docs/performance.md'), 'utf8');

  test('take the place of those before', () => {
    const first = between(document, 'FIRST');
    expect(first).toContain('\n\nFIRST\n\n');
    expect(between(first, 'SECOND')).toBe(first.replace('FIRST', 'SECOND'));
  });

  test.each(['startup', 'peers', 'throughput', 'batch-memory'])('of %s have their place', (script) => {
    expect(between(document, 'FIGURES', script)).toContain(
      `node bench/${script}.mjs --write -->\n\nFIGURES\n\n<!-- end`,
    );
  });

  test('of one script leave those of the others', () => {
    const both = between(between(document, 'FIRST', 'peers'), 'SECOND', 'throughput');
    expect(both).toContain('\n\nFIRST\n\n');
    expect(both).toContain('\n\nSECOND\n\n');
  });

  test('are not put into a text without their marks', () => {
    expect(() => between('# Start-up', 'FIRST')).toThrow('marks');
  });
});
