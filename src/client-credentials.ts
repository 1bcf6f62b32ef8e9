// An access token for the client itself, by the client_credentials grant (RFC 6749 §4.4).

import { TokctlError } from './core/errors.ts';
import type { JsonObject } from './core/json.ts';
import { redactJson } from './core/redact.ts';
import { grant } from './judging/caller.ts';
import { contextOf, metadataOf } from './judging/context.ts';
import { hiding, secrecyOf, withoutSecrets } from './judging/secrecy.ts';
import type { ClientCredentials } from './protocol/client-authentication.ts';
import type { NetworkOptions, TrustOptions } from './request.ts';

export interface ClientCredentialsOptions
  extends NetworkOptions,
    Pick<TrustOptions, 'issuer' | 'metadataUrl' | 'allowedEndpointOrigins'> {
  client: ClientCredentials;
  /** Scopes, separated by spaces. */
  scope?: string;
  /** RFC 8707. */
  resource?: string;
  /** Seconds since 1970; default: the clock. */
  now?: number;
}

export interface ClientCredentialsToken {
  accessToken: string;
  /** The whole answer, as received. Holds the token. */
  response: JsonObject;
}

/** @throws TokctlError for a missing issuer or endpoint, refused credentials, faults of the network and of the server */
export async function clientCredentialsToken(options: ClientCredentialsOptions): Promise<ClientCredentialsToken> {
  const { client, scope, resource, issuer } = options;
  if (issuer === undefined)
    throw new TokctlError('ERR_ENDPOINT_UNKNOWN', 'expected an issuer to get a token from, got none', {
      hint: 'name it: --issuer https://id.example.com',
    });
  const context = await contextOf(options);
  try {
    const metadata = await metadataOf({ issuer, fromToken: false }, context);
    const wanted = { ...(scope === undefined ? {} : { scope }), ...(resource === undefined ? {} : { resource }) };
    // A server that gives a secret back gives it to nobody else: neither as a member, nor as the token.
    return redactJson(await grant({ client, ...wanted }, metadata, context), hiding(options, []));
  } catch (error) {
    throw error instanceof TokctlError ? withoutSecrets(error, secrecyOf(options, context.learned)) : error;
  }
}
