// Who asks the server: a client by one of its methods, or an access token (RFC 7662 §2.1).

import { TokctlError } from '../core/errors.ts';
import { type Authentication, authenticate, type ClientCredentials } from '../protocol/client-authentication.ts';
import { exchange } from '../protocol/http/exchange.ts';
import { endpointOf, type Metadata } from '../protocol/metadata.ts';
import { type Granted, grantRequest, readGrantAnswer } from '../protocol/token-endpoint.ts';
import { type IntrospectOptions, remembered } from '../request.ts';
import type { Context } from './context.ts';
import { assertEndpointOrigin } from './trust.ts';

/** What is added to the request, and what the report calls it. */
export interface Caller {
  name: string;
  headers: Record<string, string>;
  form: [name: string, value: string][];
}

export interface Asked {
  endpoint: URL;
  metadata?: Metadata;
}

/** Authenticates the caller of the introspection endpoint. @throws TokctlError */
export async function callerOf(options: IntrospectOptions, asked: Asked, context: Context): Promise<Caller> {
  const { bearer, bearerGrant, client = {} } = options;
  if (bearer !== undefined) return byToken(bearer, 'bearer');
  if (bearerGrant !== undefined) {
    const { accessToken } = await grant({ client, ...bearerGrant }, asked.metadata, context);
    return byToken(accessToken, 'bearer (client_credentials)');
  }
  const { method, headers, form } = await authenticateAt(client, asked, context);
  if (client.basicEncoding === 'raw' && method === 'client_secret_basic') context.weakened.add('basic_encoding_raw');
  return { name: method, headers, form };
}

const byToken = (token: string, name: string): Caller => ({
  name,
  headers: { authorization: `Bearer ${token}` },
  form: [],
});

function authenticateAt(
  client: ClientCredentials,
  { endpoint, metadata }: Asked,
  { now }: Context,
): Promise<Authentication> {
  return authenticate(client, {
    endpoint,
    now,
    ...(metadata === undefined ? {} : { issuer: metadata.issuer }),
    ...(metadata?.authMethods === undefined ? {} : { methods: metadata.authMethods }),
    ...(metadata?.tokenEndpoint === undefined ? {} : { tokenEndpoint: metadata.tokenEndpoint }),
    ...(metadata?.introspectionEndpoint === undefined ? {} : { introspectionEndpoint: metadata.introspectionEndpoint }),
  });
}

export interface Grant {
  client: ClientCredentials;
  scope?: string;
  resource?: string;
}

/** Gets an access token by client_credentials, once for each question in a run. @throws TokctlError */
export function grant(
  { client, scope, resource }: Grant,
  metadata: Metadata | undefined,
  context: Context,
): Promise<Granted> {
  const endpoint = metadata === undefined ? undefined : endpointOf(metadata, 'tokenEndpoint');
  if (metadata === undefined || endpoint === undefined) throw noTokenEndpoint(metadata);
  const { allowedEndpointOrigins: allowed = [] } = context.options;
  if (assertEndpointOrigin({ endpoint, what: 'the token endpoint', issuer: metadata.issuer, allowed }))
    context.weakened.add('endpoint_origin');
  return remembered(context.memory, `grant ${endpoint.href} ${client.id} ${scope} ${resource}`, async () => {
    const methods = metadata.tokenAuthMethods === undefined ? {} : { authMethods: metadata.tokenAuthMethods };
    const authentication = await authenticateAt(client, { endpoint, metadata: { ...metadata, ...methods } }, context);
    const request = grantRequest({
      endpoint,
      authentication,
      ...(scope === undefined ? {} : { scope }),
      ...(resource === undefined ? {} : { resource }),
    });
    return readGrantAnswer(await exchange(request, context.network));
  });
}

function noTokenEndpoint(metadata: Metadata | undefined): TokctlError {
  const got = metadata === undefined ? 'no issuer' : `metadata of \`${metadata.issuer}\` without one`;
  return new TokctlError('ERR_ENDPOINT_UNKNOWN', `expected a token endpoint, got ${got}`, {
    hint: 'name the issuer whose metadata has it: --issuer URL',
  });
}
