// decode: what a token is and says, without a verdict and without the network.

import { lintTimes } from './core/lint.ts';
import { redactJson, withoutSignatures } from './core/redact.ts';
import type { Description } from './core/report.ts';
import { timesOf } from './judging/moment.ts';
import { readSubject } from './judging/subject.ts';
import type { DecodeOptions } from './request.ts';

/**
 * Reads a token: format, kind with its evidence, header, claims, times, and what is odd. Nothing is verified.
 * A damaged token is a result: `format` or another check failed, `exit_code` 1. Never throws, never connects.
 */
export async function decode(text: string, options: DecodeOptions = {}): Promise<Description> {
  const { now = Date.now() / 1000, id, takenFrom } = options;
  const subject = await readSubject(text, takenFrom);
  const { claims } = subject.token;
  const checks = [...subject.checks, ...(claims === undefined ? [] : lintTimes(claims))];
  return {
    schema: 'tokctl.report/1',
    ...(id === undefined ? {} : { id }),
    exit_code: checks.some(({ outcome }) => outcome === 'failed') ? 1 : 0,
    token: subject.part,
    ...(claims === undefined ? {} : { claims: redactJson(claims, withoutSignatures) }),
    times: timesOf(claims, now),
    checks,
  };
}
