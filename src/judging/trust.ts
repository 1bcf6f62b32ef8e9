// Whom this run believes, and where credentials may go (contract §4). A token's own `iss` is a claim, not an anchor.

import { TokctlError } from '../core/errors.ts';
import { escapeText, shellWord } from '../core/escape.ts';
import { textMember } from '../core/json.ts';
import type { IssuerSource } from '../core/report.ts';
import type { Token } from '../core/token.ts';
import type { TrustOptions } from '../request.ts';

/** What is trusted for this token. Without an issuer, keys were given and nobody named one. */
export interface Anchor {
  issuer?: string;
  source?: IssuerSource;
  /** Hosts are known from the token alone (`--trust-iss`). */
  fromToken: boolean;
}

export const hasKeys = ({ jwks, jwksUri, key, secret }: TrustOptions): boolean =>
  [jwks, jwksUri, key, secret].some((source) => source !== undefined);

/** The issuer that a person named, or allowed the token to name; no issuer where nobody did. */
export function anchorOf(token: Token, options: TrustOptions): Anchor {
  const { issuer, issuerSource = 'flag', trustTokenIssuer } = options;
  if (issuer !== undefined) return { issuer, source: issuerSource, fromToken: false };
  const claimed = textMember(token.claims, 'iss');
  if (trustTokenIssuer !== true || claimed === undefined || !isHttpUrl(claimed)) return { fromToken: false };
  return { issuer: claimed, source: 'token', fromToken: true };
}

/** An issuer is a URL without query and fragment (RFC 8414 §2); only such a text is ever asked. */
export function isHttpUrl(text: string): boolean {
  return /^https?:\/\/[^\s?#]+$/.test(text) && URL.canParse(text);
}

/** Nobody named the issuer: contract §4.3. The hint is the command that pins it. */
export function untrusted(token: Token, command: 'verify' | 'introspect'): TokctlError {
  const claimed = textMember(token.claims, 'iss');
  const can = claimed !== undefined && isHttpUrl(claimed);
  const got =
    claimed === undefined ? 'a token without `iss`' : `only the token's own word for \`${escapeText(claimed)}\``;
  const hint = can
    ? `if you trust it: tokctl ${command} - --issuer ${shellWord(claimed)}`
    : `name the issuer or its keys: tokctl ${command} - --issuer https://id.example.com, or --jwks FILE`;
  return new TokctlError('ERR_ISSUER_UNTRUSTED', `expected an issuer that you named, got ${got}`, {
    hint,
    details: claimed === undefined ? {} : { actual: claimed },
  });
}

export interface EndpointUse {
  endpoint: URL;
  what: string;
  issuer: string;
  allowed: readonly string[];
}

/**
 * Credentials go to an endpoint that the metadata names only on the issuer's own origin, or on one that was allowed.
 * Gives true when it is another, allowed origin (`weakened`: `endpoint_origin`).
 * @throws TokctlError ERR_ENDPOINT_REFUSED
 */
export function assertEndpointOrigin({ endpoint, what, issuer, allowed }: EndpointUse): boolean {
  const { origin } = new URL(issuer);
  if (endpoint.origin === origin) return false;
  if (allowed.some((one) => URL.canParse(one) && new URL(one).origin === endpoint.origin)) return true;
  throw new TokctlError(
    'ERR_ENDPOINT_REFUSED',
    `expected ${what} on the issuer's origin \`${origin}\`, got \`${endpoint.origin}\`: credentials were not sent there`,
    {
      hint: `if it belongs to that issuer: --allow-endpoint-origin ${endpoint.origin}`,
      details: { url: endpoint.origin + endpoint.pathname, expected: origin, actual: endpoint.origin },
    },
  );
}

/** Client credentials never go to a host that only a token names, whatever it claims. */
export function credentialsNeedName(issuer: string): TokctlError {
  return new TokctlError(
    'ERR_ENDPOINT_REFUSED',
    'expected an issuer that you named before credentials are sent, got one that only the token names',
    { hint: `name it: --issuer ${shellWord(issuer)}`, details: { actual: issuer } },
  );
}
