// A run of checks as JUnit XML: one test suite, a test case for each check, in what the schemas of Ant and Jenkins have in
// common. A check without an answer is an error, not a failure.

import type { CheckResult } from '../../check/result.ts';
import { xmlElement, xmlTextElement } from '../encode/xml.ts';
import { problemType, problemWords, type RunRenderer } from './check-run.ts';

export const junit: RunRenderer = ({ results, summary, started_at, duration_ms }) => {
  const attributes = {
    name: 'tokctl check',
    package: 'tokctl',
    id: 0,
    timestamp: started_at.replace('Z', ''),
    hostname: 'localhost',
    tests: summary.total,
    failures: summary.failed,
    errors: summary.unknown,
    skipped: 0,
    time: seconds(duration_ms),
  };
  const warned = results.filter(({ outcome }) => outcome === 'warned');
  const suite = xmlElement('testsuite', attributes, [
    xmlElement('properties', {}),
    ...results.map(testcase),
    xmlTextElement(
      'system-out',
      {},
      warned.map(({ name, because }) => `warned ${name}: ${because}`),
    ),
    xmlTextElement('system-err', {}),
  ]);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suite}\n</testsuites>\n`;
};

const seconds = (ms: number): string => (ms / 1000).toFixed(3);

function testcase(result: CheckResult): string {
  const { name, subject, measures, outcome, because, next } = result;
  const attributes = { name, classname: `tokctl.check.${subject}`, time: seconds(measures.duration_ms) };
  if (outcome === 'passed' || outcome === 'warned') return xmlElement('testcase', attributes);
  const lines = [...problemWords(result), ...(next === undefined ? [] : [`next: ${next}`])];
  return xmlElement('testcase', attributes, [
    xmlTextElement(outcome === 'failed' ? 'failure' : 'error', { message: because, type: problemType(result) }, lines),
  ]);
}
