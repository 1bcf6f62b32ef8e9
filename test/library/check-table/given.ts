// What the rows of the table are made of: a token of the usual issuer under the usual key, with this much different.

import type { CheckName, Report } from '../../../src/core/report.ts';
import { type VerifyOptions, verify } from '../../../src/index.ts';
import { accessClaims, base64url, ISSUER, jwks, jws, key, NOW, type Signing, type TestKey } from '../keys.ts';

export interface Given extends Signing {
  claims?: Record<string, unknown> | string;
  /** The token in place of a signed one. */
  token?: string;
  options?: VerifyOptions;
}

/** The report on it. */
export async function judged({ claims = {}, token, options = {}, ...signing }: Given): Promise<Report> {
  const all = typeof claims === 'string' ? claims : accessClaims(ISSUER, claims);
  const text = token ?? jws(all, signing);
  const keys = options.secret === undefined && options.key === undefined ? { jwks: jwks(signing.key ?? key()) } : {};
  return verify(text, { issuer: ISSUER, now: NOW, ...keys, ...options });
}

/** What it is, the token or how the report is had, and what else the check says. */
export type Example = [
  says: string,
  given: Given | (() => Promise<Report>),
  more?: { finding?: string; because?: RegExp },
];

export interface Row {
  passed?: Example[];
  failed?: Example[];
  warned?: Example[];
  skipped?: Example[];
}

export type Table = { readonly [name in CheckName]?: Row };

export const expecting = (expectations: NonNullable<VerifyOptions['expectations']>): Given => ({
  options: { expectations },
});

/** The set in place of that of the signing key. */
export const withSet = (...keys: (TestKey | object)[]): Given => ({ options: { jwks: jwks(...keys) } });

export const SECRET = 'a shared secret of forty or more characters';

/** Other claims under the signature of the usual ones. */
export function swapped(over: Record<string, unknown> = { sub: 'admin' }): string {
  const [header, , signature] = jws(accessClaims(ISSUER)).split('.');
  return [header, base64url(JSON.stringify(accessClaims(ISSUER, over))), signature].join('.');
}
