// An access token for the client itself, by the client_credentials grant (RFC 6749 §4.4).

import { TokctlError } from './core/errors.ts';
import type { JsonObject } from './core/json.ts';
import { redactJson } from './core/redact.ts';
import { grant } from './judging/caller.ts';
import { type Context, contextOf, freshMetadataOf, metadataOf } from './judging/context.ts';
import { hiding, secrecyOf, withoutSecrets } from './judging/secrecy.ts';
import type { ClientCredentials } from './protocol/client-authentication.ts';
import { endpointOf } from './protocol/metadata.ts';
import type { NetworkOptions, TrustOptions, VerifyOptions } from './request.ts';

export interface ClientCredentialsOptions
  extends NetworkOptions,
    Pick<TrustOptions, 'issuer' | 'metadataUrl' | 'allowedEndpointOrigins'>,
    Pick<VerifyOptions, 'documents'> {
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
    const wanted = { ...(scope === undefined ? {} : { scope }), ...(resource === undefined ? {} : { resource }) };
    const granted = await grantAt(issuer, { client, ...wanted }, context);
    // A server that gives a secret back gives it to nobody else: neither as a member, nor as the token.
    return redactJson(granted, hiding(options, []));
  } catch (error) {
    throw error instanceof TokctlError ? withoutSecrets(error, secrecyOf(options, context.learned)) : error;
  }
}

/** Where metadata of an earlier run (`--cache`) names a token endpoint that moved since, the one of now is asked. */
async function grantAt(issuer: string, request: Parameters<typeof grant>[0], context: Context) {
  const anchor = { issuer, fromToken: false };
  const metadata = await metadataOf(anchor, context);
  try {
    return await grant(request, metadata, context);
  } catch (error) {
    const now = await freshMetadataOf(anchor, context).catch(() => metadata);
    if (endpointOf(now, 'tokenEndpoint')?.href === endpointOf(metadata, 'tokenEndpoint')?.href) throw error;
    return grant(request, now, context);
  }
}
