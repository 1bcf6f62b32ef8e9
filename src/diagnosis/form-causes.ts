// Causes that the form tells: members that stand twice, extensions that nobody supports, checksums of vendors.

import type { Cause } from '../core/report.ts';
import { checksumOf, remnantOf } from '../core/shape-checksum.ts';
import { cause, failedCheck, listed, type Rule } from './facts.ts';

// ---------------------------------------------------------------- members that stand twice, extensions

const ambiguous: Rule = (facts) => {
  const check = failedCheck(facts, 'duplicate_member');
  if (check === undefined) return [];
  return [
    cause('ambiguous_token', 'certain', {
      because: 'a member stands twice in it: two readers may see two different tokens',
      evidence: [check.because],
      fix: 'refuse it, and have the issuer write each member once; such tokens are made to get past a check',
    }),
  ];
};

const extension: Rule = (facts) => {
  const check = failedCheck(facts, 'critical_header');
  if (check === undefined) return [];
  return [
    cause('unsupported_extension', 'certain', {
      because: check.because,
      evidence: [`got ${listed(check.actual)}`],
      fix: 'have the issuer leave out crit and b64: a JWT for others needs neither',
    }),
  ];
};

// ---------------------------------------------------------------- vendors' forms

/** The vendor's checksum is wrong, or characters of its form are missing: no server has to be asked to know that. */
const vendorForm: Rule = ({ token, shape }) => {
  const { text } = token;
  if (text.length > 1000 || token.header !== undefined) return [];
  const remnant = shape === undefined ? remnantOf(text) : undefined;
  if (remnant !== undefined) return [shortened(remnant)];
  const checksum = checksumOf(text);
  if (checksum === undefined || checksum.holds) return [];
  const what = shape?.name ?? `a token of ${checksum.vendor}`;
  return [
    cause('token_damaged', checksum.established ? 'certain' : 'likely', {
      because: `it has the form of: ${what}, and its checksum is wrong: ${checksum.vendor} never made it`,
      evidence: ['the last characters are a checksum of the others, and do not fit them'],
      fix: 'copy the token again: a character was changed, lost or typed wrongly',
    }),
  ];
};

const shortened = ({ vendor, has, needs }: NonNullable<ReturnType<typeof remnantOf>>): Cause =>
  cause('token_truncated', 'likely', {
    because: `it begins like a token of ${vendor} and is too short: ${needs - has} of ${needs} characters after the prefix are missing`,
    evidence: [`${has} characters follow the prefix`],
    fix: 'copy the token again, whole',
  });

export const FORM_RULES: readonly Rule[] = [ambiguous, extension, vendorForm];
