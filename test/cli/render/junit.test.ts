import fc from 'fast-check';
import type { XmlElement } from 'libxml2-wasm';
import { describe, expect, it } from 'vitest';
import { junit } from '../../../src/cli/render/junit.ts';
import type { Description, Report } from '../../../src/core/report.ts';
import { hostileReport } from './hostile.ts';
import { validJunit } from './junit-schema.ts';
import { ACTIVE, DECODED, EXPIRED, REVOKED, SURFACE, UNKNOWN } from './reports.ts';

function written(...reports: (Report | Description)[]): string {
  const document = junit(SURFACE);
  return reports.map((report) => document.add(report)).join('') + document.end();
}

const text = (root: XmlElement, path: string): string | undefined => root.get(path)?.content;
const count = (root: XmlElement, path: string): number => root.find(path).length;

describe('junit', () => {
  it('has a test case for each check, and says what each came to', () => {
    validJunit(written(EXPIRED), (root) => {
      expect(root.find('testsuite/testcase/@name').map((one) => one.content)).toEqual([
        'signature',
        'audience',
        'expiry',
        'issued_at',
        'kind',
      ]);
      expect(text(root, 'testsuite/testcase[@name="expiry"]/@classname')).toBe('tokctl.verify');
      expect(text(root, 'testsuite/testcase[@name="expiry"]/failure/@type')).toBe('expiry');
      expect(text(root, 'testsuite/testcase[@name="expiry"]/failure/@message')).toBe(
        'expired 1 h ago (expected after 2026-11-21 00:00:00Z, got 2026-11-20 23:00:00Z; RFC 7519 §4.1.4)',
      );
      expect(text(root, 'testsuite/testcase[@name="kind"]/skipped/@message')).toContain('--expect');
      expect(count(root, 'testsuite/testcase[@name="issued_at"]/*')).toBe(0);
      expect(text(root, 'testsuite/system-out')).toContain('warned issued_at: issued 1 min in the future');
      expect(text(root, 'testsuite/system-out')).toContain('next: get a new one: tokctl token');
      expect(text(root, 'testsuite/@timestamp')).toBe('2026-11-21T00:00:05');
      expect(text(root, 'testsuite/properties/property[@name="verdict"]/@value')).toBe('inactive');
    });
  });

  it.each([
    ['an active token', ACTIVE, { failures: '0', errors: '0', skipped: '1', tests: '5' }],
    ['an expired one', EXPIRED, { failures: '1', errors: '0', skipped: '1', tests: '5' }],
    ['a no without a failed check', REVOKED, { failures: '1', errors: '0', skipped: '0', tests: '2' }],
    ['no answer', UNKNOWN, { failures: '0', errors: '1', skipped: '0', tests: '1' }],
    ['a description', DECODED, { failures: '0', errors: '0', skipped: '1', tests: '5' }],
  ])('counts %s', (_, report, counts) => {
    validJunit(written(report), (root) => {
      const attributes = root.get('testsuite') as XmlElement;
      for (const [name, number] of Object.entries(counts)) expect(attributes.attr(name)?.value, name).toBe(number);
    });
  });

  it('tells of no answer as an error with its code, and of the time the server took', () => {
    validJunit(written(UNKNOWN, REVOKED), (root) => {
      expect(text(root, 'testsuite/testcase[@name="verdict"]/error/@type')).toBe('ERR_HTTP_STATUS');
      expect(text(root, 'testsuite/testcase[@name="verdict"]/error')).toContain('hint: try again later');
      expect(text(root, 'testsuite[2]/testcase[@name="introspection"]/@time')).toBe('0.012');
      expect(text(root, 'testsuite[2]/testcase[@name="verdict"]/failure/@type')).toBe('inactive');
    });
  });

  it('is one document for several, by id, and for none', () => {
    validJunit(written({ ...ACTIVE, id: 'first' }, { ...EXPIRED, id: ' ' }, ACTIVE), (root) => {
      expect(root.find('testsuite/@name').map((one) => one.content)).toEqual([
        'first',
        'token 0123456789ab',
        'token 0123456789ab',
      ]);
      expect(root.find('testsuite/@id').map((one) => one.content)).toEqual(['0', '1', '2']);
    });
    expect(validJunit(written(), (root) => count(root, '*'))).toBe(0);
  });

  it('is valid, and has the counts it says, whatever the reports hold', () => {
    fc.assert(
      fc.property(fc.array(hostileReport, { maxLength: 3 }), (reports) => {
        validJunit(written(...reports), (root) => {
          expect(count(root, 'testsuite')).toBe(reports.length);
          expect(count(root, '//script')).toBe(0);
          const sum = (name: string) =>
            root.find(`testsuite/@${name}`).reduce((total, one) => total + Number(one.content), 0);
          expect(sum('tests')).toBe(count(root, '//testcase'));
          expect(sum('failures')).toBe(count(root, '//failure'));
          expect(sum('errors')).toBe(count(root, '//error'));
          expect(sum('skipped')).toBe(count(root, '//skipped'));
          const good = reports.every(({ verdict, error }) => verdict === 'active' && error === undefined);
          if (!good) expect(sum('failures') + sum('errors')).toBeGreaterThan(0);
        });
      }),
    );
  });
});
