// Issuers that a person knows by name (profiles): whose a token is that came to the wrong place.

import { type Facts, issOf } from './facts.ts';

export type KnownIssuer = Facts['knownIssuers'][number];

/** The named issuer that a token says it is of, when it is another than the one it was checked for. */
export function ownerOf(facts: Facts): KnownIssuer | undefined {
  const iss = issOf(facts);
  if (iss === undefined || iss === facts.report.issuer) return undefined;
  return facts.knownIssuers.find(({ issuer }) => issuer === iss);
}

/** What a person calls an issuer, if they have a name for it. */
export const nameOf = ({ knownIssuers }: Facts, issuer: string | undefined): string | undefined =>
  knownIssuers.find((known) => known.issuer === issuer)?.name;
