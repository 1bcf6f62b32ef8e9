// decode: what a token is and says, without a verdict and without the network.

import { textMember } from './core/json.ts';
import { lintTimes } from './core/lint.ts';
import { redactJson, withoutSignatures } from './core/redact.ts';
import type { Check, Description } from './core/report.ts';
import type { Token } from './core/token.ts';
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
  const checks = [...subject.checks, ...unsigned(subject.token), ...(claims === undefined ? [] : lintTimes(claims))];
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

/** Nothing is verified here, but of a token that is not signed a reader must know. */
function unsigned({ format, header }: Token): Check[] {
  const actual = textMember(header, 'alg');
  if (format !== 'jws' || actual?.toLowerCase() !== 'none') return [];
  return [
    {
      name: 'algorithm',
      outcome: 'warned',
      finding: 'header.alg.none',
      actual,
      because: '`none` means not signed: anybody can make such a token',
      spec: 'RFC 8725 §3.1',
    },
  ];
}
