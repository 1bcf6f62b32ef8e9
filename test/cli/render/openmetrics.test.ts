import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openmetrics } from '../../../src/cli/render/openmetrics.ts';
import type { Description, Report } from '../../../src/core/report.ts';
import { hostileReport } from './hostile.ts';
import { readOpenMetrics } from './openmetrics-parser.ts';
import { ACTIVE, DECODED, EXPIRED, REVOKED, SURFACE, UNKNOWN } from './reports.ts';

function written(...reports: (Report | Description)[]): string {
  const document = openmetrics(SURFACE);
  return reports.map((report) => document.add(report)).join('') + document.end();
}

const values = (name: string, ...reports: (Report | Description)[]) =>
  readOpenMetrics(written(...reports))
    .get(name)
    ?.samples.map(({ value }) => value);

describe('openmetrics', () => {
  it.each([
    ['tokctl_check_success', [1, 0, 0]],
    ['tokctl_check_exit_code', [0, 1, 3]],
    ['tokctl_check_timestamp_seconds', [1795219200, 1795219200, 1795219200]],
    ['tokctl_token_expiry_timestamp_seconds', [1795221720]],
    ['tokctl_jwks_keys', [2, 2]],
    ['tokctl_jwks_age_seconds', [12, 12]],
    ['tokctl_introspection_latency_seconds', [0.01234]],
  ])('%s', (name, expected) => {
    expect(values(name, ACTIVE, REVOKED, UNKNOWN)).toEqual(expected);
  });

  it('labels by id, issuer and the hash of the token', () => {
    const [sample] = readOpenMetrics(written({ ...ACTIVE, id: 'a' })).get('tokctl_check_success')?.samples ?? [];
    expect(sample?.labels).toEqual({ id: 'a', issuer: 'https://id.example.com', sha256: '0123456789ab' });
  });

  it('has the verdict as a state set and the outcomes as counts', () => {
    const families = readOpenMetrics(written(EXPIRED));
    const verdicts = families.get('tokctl_check_verdict');
    expect(verdicts?.type).toBe('stateset');
    expect(verdicts?.samples.map(({ labels, value }) => [labels['tokctl_check_verdict'], value])).toEqual([
      ['active', 0],
      ['inactive', 1],
      ['unknown', 0],
    ]);
    expect(families.get('tokctl_token_checks')?.samples.map(({ labels, value }) => [labels['outcome'], value])).toEqual(
      [
        ['passed', 2],
        ['failed', 1],
        ['warned', 1],
        ['skipped', 1],
      ],
    );
  });

  it('of the same token twice says the worse', () => {
    expect(values('tokctl_check_success', EXPIRED, ACTIVE)).toEqual([0]);
    expect(values('tokctl_check_success', ACTIVE, EXPIRED)).toEqual([0]);
    expect(values('tokctl_check_success', ACTIVE, ACTIVE)).toEqual([1]);
  });

  it('claims no success of what was only decoded', () => {
    const families = readOpenMetrics(written(DECODED));
    expect(families.get('tokctl_check_success')).toBeUndefined();
    expect(families.get('tokctl_check_verdict')).toBeUndefined();
    expect(families.get('tokctl_token_expiry_timestamp_seconds')?.samples).toHaveLength(1);
  });

  it('counts the keys of a set, of an empty one too, and of nothing else', () => {
    const of = (verification: Report['verification']) =>
      values('tokctl_jwks_keys', { ...ACTIVE, ...(verification && { verification }) });
    expect(of({ keys: [] })).toBeUndefined();
    expect(of({ keys: [], jwks_uri: 'https://id.example.com/jwks' })).toEqual([0]);
  });

  it('is an exposition for no report too', () => {
    expect(written()).toBe('# EOF\n');
  });

  it('keeps to the grammar whatever the reports hold', () => {
    fc.assert(
      fc.property(fc.array(hostileReport, { maxLength: 4 }), (reports) => {
        const families = readOpenMetrics(written(...reports));
        const success = families.get('tokctl_check_success')?.samples ?? [];
        expect(success.length > 0).toBe(reports.length > 0);
        expect(success.every(({ value }) => value === 1)).toBe(reports.every(({ verdict }) => verdict === 'active'));
      }),
    );
  });
});

describe('the reader of this test', () => {
  it.each([
    ['no end', 'a 1\n'],
    ['text after the end', '# TYPE a gauge\na 1\n# EOF\na 2\n'],
    ['no type', '# HELP a x\na 1\n# EOF\n'],
    ['a family twice', '# TYPE a gauge\na 1\n# TYPE b gauge\nb 1\n# TYPE a gauge\n# EOF\n'],
    ['a series twice', '# TYPE a gauge\na{x="1",y="2"} 1\na{y="2",x="1"} 1\n# EOF\n'],
    ['a quote in a label', '# TYPE a gauge\na{x="1"2"} 1\n# EOF\n'],
    ['a bad escape', '# TYPE a gauge\na{x="\\u"} 1\n# EOF\n'],
    ['a unit that is not in the name', '# TYPE a gauge\n# UNIT a seconds\na 1\n# EOF\n'],
    ['no number', '# TYPE a gauge\na x\n# EOF\n'],
    ['metadata after samples', '# TYPE a gauge\na 1\n# HELP a x\n# EOF\n'],
  ])('refuses %s', (_, text) => {
    expect(() => readOpenMetrics(text)).toThrow();
  });
});
