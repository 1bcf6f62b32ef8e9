// What a person asks of a token. Plain data; every duration and time in seconds.

import type { KindName } from './kind.ts';

export interface Expectations {
  /** One of these must be in `aud`. */
  audience?: readonly string[];
  /** All of these must be granted. */
  scope?: readonly string[];
  kind?: KindName;
  typ?: string;
  /** Claims that must have a value: compared as text, or as JSON where the claim is no text. */
  claims?: readonly { readonly name: string; readonly value: string }[];
  requiredClaims?: readonly string[];
  /** Seconds that must be left. */
  minTtl?: number;
  /** Seconds since `iat` at most. */
  maxAge?: number;
  nonce?: string;
  /** The access token that `at_hash` must belong to. */
  accessToken?: string;
  /** The authorization code that `c_hash` must belong to. */
  code?: string;
  /** The DPoP proof that came with the token. */
  dpopProof?: string;
  dpopMethod?: string;
  dpopUrl?: string;
  /** The client certificate, PEM or DER, that `cnf` must belong to. */
  clientCertificate?: string | Uint8Array;
  /** Seconds that clocks may differ; 0 unless asked. */
  clockTolerance?: number;
  /** Warnings, and a skipped issuer, audience, expiry or kind check, are failures. */
  strict?: boolean;
}
