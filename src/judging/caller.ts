// Who asks the server: a client by one of its methods, or an access token (RFC 7662 §2.1).

import { TokctlError } from '../core/errors.ts';
import {
  type Authentication,
  type AuthenticationContext,
  authenticate,
  type ClientCredentials,
  isMutualTls,
} from '../protocol/client-authentication.ts';
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
    context.learned.add(accessToken);
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

async function authenticateAt(
  client: ClientCredentials,
  { endpoint, metadata }: Asked,
  { now, options, learned }: Context,
): Promise<Authentication> {
  const issuer = metadata?.issuer ?? options.issuer;
  const introspectionEndpoint = (options as IntrospectOptions).introspectionEndpoint ?? metadata?.introspectionEndpoint;
  const asking: AuthenticationContext = { endpoint, now };
  if (issuer !== undefined) asking.issuer = issuer;
  if (metadata?.authMethods !== undefined) asking.methods = metadata.authMethods;
  if (metadata?.tokenEndpoint !== undefined) asking.tokenEndpoint = metadata.tokenEndpoint;
  if (introspectionEndpoint !== undefined) asking.introspectionEndpoint = introspectionEndpoint;
  const authentication = await authenticate(client, asking);
  for (const [name, value] of authentication.form) if (name === 'client_assertion') learned.add(value);
  return authentication;
}

/** What to look at when the caller was refused, by the way in which it asked. */
const REFUSAL_HINTS: Readonly<Record<string, string>> = {
  client_secret_jwt: 'check --client-id and --client-secret; --client-assertion-audience names another aud',
  private_key_jwt:
    'check --client-id, and that the server has the public half of --client-key; --client-assertion-audience names another aud',
  tls_client_auth: 'check --client-id, and that the server trusts the certificate: --tls-cert FILE --tls-key FILE',
  self_signed_tls_client_auth:
    'check --client-id, and that the server has this very certificate: --tls-cert FILE --tls-key FILE',
  none: 'the server wants to know who asks: --client-id ID --client-secret env:CLIENT_SECRET',
  bearer: 'the access token that asks was refused: get one that may introspect for --bearer',
  'bearer (client_credentials)':
    'the access token that was granted may not introspect: --bearer-scope or --bearer-resource asks for another',
};

/** The error of a refused caller with the hint that fits its method; others, and a 403, are given back as they are. */
export function refusedAs(name: string, error: unknown): unknown {
  const hint = Object.hasOwn(REFUSAL_HINTS, name) ? REFUSAL_HINTS[name] : undefined;
  if (!(error instanceof TokctlError) || error.code !== 'ERR_CLIENT_AUTHENTICATION') return error;
  if (hint === undefined || error.details.status === 403) return error;
  return new TokctlError(error.code, error.message, { hint, details: error.details });
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
  const mutualTls = isMutualTls(client.method);
  const endpoint = metadata === undefined ? undefined : endpointOf(metadata, 'tokenEndpoint', { mutualTls });
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
    const answer = await exchange(request, context.network);
    try {
      return readGrantAnswer(answer);
    } catch (error) {
      throw refusedAs(authentication.method, error);
    }
  });
}

function noTokenEndpoint(metadata: Metadata | undefined): TokctlError {
  const got = metadata === undefined ? 'no issuer' : `metadata of \`${metadata.issuer}\` without one`;
  return new TokctlError('ERR_ENDPOINT_UNKNOWN', `expected a token endpoint, got ${got}`, {
    hint: 'name the issuer whose metadata has it: --issuer URL',
  });
}
