// A real authorization server (node oidc-provider) for these tests: every method of client authentication, signed and
// encrypted introspection answers, opaque and JWT access tokens, bearer callers; over http or over TLS with client certificates.

import type { Server } from 'node:http';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { createMemoryAdapter } from 'oidc-provider/lib/adapters/memory_adapter.js';
import { type Context, Provider } from 'oidc-provider/lib/provider.js';
import { onTestFinished } from 'vitest';
import { bearerCallers } from '../../src/demo/introspection-endpoint.ts';
import type { Certificate } from '../servers/certificates.ts';
import { listen } from '../servers/scripted-server.ts';

export interface ServerOptions {
  clients: object[];
  /** The private JWKs of the server. */
  keys: object[];
  tls?: Certificate & { ca: string };
  /** Asks nobody for a certificate that it does not trust: the handshake fails in place of the request. */
  strictTls?: boolean;
}

export interface AuthorizationServer {
  readonly issuer: string;
  readonly introspectionEndpoint: string;
  /** The `resource` whose access tokens are JWTs. */
  readonly resource: string;
  /** How many requests came so far. */
  readonly requests: number;
  close(): Promise<void>;
}

const ASYMMETRIC = [
  'RS256',
  'PS256',
  'RS384',
  'RS512',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'Ed25519',
  'EdDSA',
];
const METHODS = [
  'client_secret_basic',
  'client_secret_post',
  'client_secret_jwt',
  'private_key_jwt',
  'tls_client_auth',
  'self_signed_tls_client_auth',
  'none',
];

export async function authorizationServer(options: ServerOptions): Promise<AuthorizationServer> {
  const { tls, strictTls = false } = options;
  const server: Server =
    tls === undefined ? createServer() : createTlsServer({ ...tls, requestCert: true, rejectUnauthorized: strictTls });
  server.on('tlsClientError', () => {});
  const port = await listen(server);
  const issuer = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
  const resource = `${issuer}/api`;
  const faults: Error[] = [];
  const provider = new Provider(issuer, configuration({ ...options, resource }));
  provider.on('error', (error) => faults.push(error)).on('server_error', (_, error) => faults.push(error));
  provider.use(bearerCallers(provider, '/token/introspection'));
  let requests = 0;
  server.on('request', () => {
    requests += 1;
  });
  server.on('request', provider.callback());
  return {
    issuer,
    resource,
    introspectionEndpoint: `${issuer}/token/introspection`,
    get requests() {
      return requests;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      if (faults.length > 0) throw new AggregateError(faults, 'the authorization server had faults of its own');
    },
  };
}

/** The same for one test. */
export async function serverForTest(options: ServerOptions): Promise<AuthorizationServer> {
  const server = await authorizationServer(options);
  onTestFinished(() => server.close());
  return server;
}

function configuration({ clients, keys, resource }: ServerOptions & { resource: string }): object {
  return {
    adapter: createMemoryAdapter(),
    clients: clients.map((client) => ({
      grant_types: ['client_credentials'],
      response_types: [],
      redirect_uris: [],
      ...client,
    })),
    jwks: { keys },
    cookies: { keys: ['only-for-tests'] },
    clientAuthMethods: METHODS,
    discovery: { introspection_endpoint_auth_methods_supported: METHODS },
    enabledJWA: {
      clientAuthSigningAlgValues: ['HS256', 'HS384', 'HS512', ...ASYMMETRIC],
      introspectionSigningAlgValues: ['HS256', ...ASYMMETRIC],
      introspectionEncryptionAlgValues: [
        'A128KW',
        'A256KW',
        'ECDH-ES',
        'ECDH-ES+A128KW',
        'RSA-OAEP',
        'RSA-OAEP-256',
        'RSA-OAEP-512',
        'dir',
      ],
    },
    // Notices of the package, answered here.
    clientBasedCORS: () => false,
    renderError: (context: Context, out: object) => {
      context.type = 'json';
      context.body = out;
    },
    responseTypes: ['code'],
    scopes: ['openid', 'api:read', 'api:write'],
    ttl: {
      AccessToken: 600,
      AuthorizationCode: 60,
      ClientCredentials: 600,
      Grant: 600,
      IdToken: 600,
      Interaction: 600,
      Session: 600,
    },
    features: features(resource),
  };
}

function features(resource: string): object {
  const off = { enabled: false };
  return {
    devInteractions: off,
    dPoP: off,
    pushedAuthorizationRequests: off,
    rpInitiatedLogout: off,
    userinfo: off,
    clientCredentials: { enabled: true },
    encryption: { enabled: true },
    jwtIntrospection: { enabled: true },
    introspection: { enabled: true, allowedPolicy: () => true },
    revocation: { enabled: true, allowedPolicy: () => true },
    mTLS: {
      enabled: true,
      tlsClientAuth: true,
      selfSignedTlsClientAuth: true,
      getCertificate: (context: Context) => peer(context).getPeerX509Certificate?.()?.toString(),
      certificateAuthorized: (context: Context) => peer(context).authorized,
      certificateSubjectMatches: (context: Context, property: string, expected: string) =>
        property === 'tls_client_auth_subject_dn' && peer(context).getPeerX509Certificate()?.subject === expected,
    },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => undefined,
      getResourceServerInfo: () => ({
        scope: 'api:read api:write',
        audience: resource,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'ES256' } },
      }),
      useGrantedResource: () => false,
    },
  };
}

const peer = ({ req }: Context): TLSSocket => req.socket as TLSSocket;
