// A real authorization server (node oidc-provider), configured for a playground: fixed clients, one user, all in memory.
// Every choice that the package would print a notice about is made here, so that none is printed.

import { generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { createMemoryAdapter } from 'oidc-provider/lib/adapters/memory_adapter.js';
import { InvalidRequest, InvalidTarget } from 'oidc-provider/lib/helpers/errors.js';
// The entry of the package warns about Node 20, on which it works (the tests of the playground run there); the class
// stands in a module of its own that says nothing, and the package declares no `exports` that would hide it.
import { type Client, type Context, Provider, type ResourceServerInfo } from 'oidc-provider/lib/provider.js';
import { bearerCallers, completeAnswers } from './introspection-endpoint.ts';

export const SCOPE = 'openid profile email';
export const USER = {
  sub: 'user-001',
  name: 'Ada Example',
  preferred_username: 'ada',
  email: 'ada@example.com',
  email_verified: true,
} as const;

/** The clients, with the secrets that they authenticate with: by Basic or in the body, as they like. */
export const CLIENTS = {
  /** Acts for the user. */
  test: { client_id: 'test-client', client_secret: 'test-secret' },
  /** Acts for itself: gets a token by client_credentials and introspects with it. */
  machine: { client_id: 'm2m-client', client_secret: 'm2m-secret' },
} as const;

/** Paths below the issuer. */
export const ROUTES = {
  authorization: '/oauth2/authorize',
  introspection: '/oauth2/introspect',
  jwks: '/oauth2/jwks',
  revocation: '/oauth2/revoke',
  token: '/oauth2/token',
  userinfo: '/oauth2/userinfo',
} as const;

const AUTH_METHODS = ['client_secret_basic', 'client_secret_post'];
const HOUR = 3600;
const ALG = 'RS256';

/** A signing key as private JWK. Made anew each time: a token of an earlier run names a `kid` that is gone. */
export interface SigningKey {
  readonly kid: string;
  readonly privateJwk: object;
  /** The JWK Set as published, as text. */
  readonly jwks: string;
}

export async function newSigningKey(): Promise<SigningKey> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const naming = { kid: `demo-${randomBytes(4).toString('hex')}`, use: 'sig', alg: ALG };
  const published = { ...publicKey.export({ format: 'jwk' }), ...naming };
  return {
    kid: naming.kid,
    privateJwk: { ...privateKey.export({ format: 'jwk' }), ...naming },
    jwks: JSON.stringify({ keys: [published] }),
  };
}

/** The audience of the protected resource, for which access tokens are JWTs (RFC 9068, RFC 8707). */
export const audienceOf = (issuer: string): string => `${issuer}/api`;

/** The form of an access token for that audience. */
export function jwtFor(audience: string): ResourceServerInfo {
  return { scope: SCOPE, audience, accessTokenFormat: 'jwt', jwt: { sign: { alg: ALG } } };
}

/** The authorization server of that issuer; `onFault` hears of requests that failed for a reason of its own. */
export function authorizationServer(
  issuer: string,
  { privateJwk, onFault }: { privateJwk: object; onFault: (error: Error) => void },
): Provider {
  const provider = new Provider(issuer, {
    adapter: createMemoryAdapter(),
    jwks: { keys: [privateJwk] },
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    clients: clients(issuer),
    routes: ROUTES,
    ...identity(),
    ...policy(),
    features: features(audienceOf(issuer)),
  });
  // koa prints errors itself unless somebody listens.
  provider.on('error', onFault).on('server_error', (_context, error) => onFault(error));
  return provider.use(bearerCallers(provider, ROUTES.introspection)).use(completeAnswers);
}

function clients(issuer: string): object[] {
  const user = { grant_types: ['authorization_code', 'refresh_token', 'client_credentials'], response_types: ['code'] };
  const machine = { grant_types: ['client_credentials'], response_types: [], redirect_uris: [] };
  return [
    // Registered for Basic; oidc-provider takes the secret in the body as well, as RFC 6749 §2.3.1 allows it to.
    { ...CLIENTS.test, ...user, redirect_uris: [`${issuer}/callback`], scope: SCOPE },
    { ...CLIENTS.machine, ...machine },
  ];
}

function identity(): object {
  return {
    scopes: SCOPE.split(' '),
    claims: { openid: ['sub'], profile: ['name', 'preferred_username'], email: ['email', 'email_verified'] },
    findAccount: (_context: Context, sub: string) =>
      sub === USER.sub ? { accountId: sub, claims: () => ({ ...USER }) } : undefined,
  };
}

function policy(): object {
  return {
    clientAuthMethods: AUTH_METHODS,
    // RFC 8414 §2 names these members; oidc-provider publishes the one of the token endpoint only.
    discovery: {
      introspection_endpoint_auth_methods_supported: AUTH_METHODS,
      revocation_endpoint_auth_methods_supported: AUTH_METHODS,
    },
    responseTypes: ['code'],
    // An expired token is answered as such in the second after, not 15 seconds later.
    clockTolerance: 0,
    clientBasedCORS: () => false,
    issueRefreshToken: () => true,
    renderError: (context: Context, out: object) => {
      context.type = 'json';
      context.body = out;
    },
    ttl: {
      AccessToken: HOUR,
      AuthorizationCode: 60,
      ClientCredentials: HOUR,
      Grant: 24 * HOUR,
      IdToken: HOUR,
      Interaction: HOUR,
      RefreshToken: 24 * HOUR,
      Session: HOUR,
    },
  };
}

function features(audience: string): object {
  const off = { enabled: false };
  return {
    devInteractions: off,
    dPoP: off,
    pushedAuthorizationRequests: off,
    rpInitiatedLogout: off,
    clientCredentials: { enabled: true },
    introspection: { enabled: true, allowedPolicy: () => true },
    revocation: { enabled: true, allowedPolicy: ownTokensOnly },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => undefined,
      getResourceServerInfo: (_context: Context, resource: string) => {
        if (resource !== audience) throw new InvalidTarget();
        return jwtFor(audience);
      },
      useGrantedResource: () => false,
    },
  };
}

/** RFC 7009 §2.1: the token of another client is refused, and the caller is told. */
function ownTokensOnly(_context: Context, client: Client, token: { clientId: string }): boolean {
  if (token.clientId === client.clientId) return true;
  throw new InvalidRequest('the token was issued to another client');
}
