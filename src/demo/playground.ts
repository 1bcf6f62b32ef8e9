// The playground: an authorization server and a protected resource on one loopback port, with tokens to try.
// Invariant: everything is in memory, and `close` leaves nothing behind.

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { authorizationServer, CLIENTS, newSigningKey, ROUTES } from './authorization-server.ts';
import { close, type ListenOptions, listen, portOf } from './loopback.ts';
import { answerResource, RESOURCE_PATH } from './protected-resource.ts';
import { issueTokens, type PlaygroundTokens } from './tokens.ts';

export interface PlaygroundOptions extends ListenOptions {
  /** 0 takes any free one. */
  port: number;
  /** Hears of requests that failed for a reason of the playground's own. */
  onFault: (error: Error) => void;
}

export interface PlaygroundClient {
  client_id: string;
  client_secret: string;
  /** IANA names of the ways it may authenticate at each endpoint. */
  client_auth: string[];
  grants: string[];
}

/** What there is to try, as `tokctl demo --json` prints it. */
export interface PlaygroundFacts {
  issuer: string;
  endpoints: { introspection: string; token: string; revocation: string; jwks: string; resource: string };
  clients: PlaygroundClient[];
  tokens: PlaygroundTokens;
}

export interface Playground {
  readonly port: number;
  readonly facts: PlaygroundFacts;
  /** Ends it at once; open connections are dropped. */
  close(): Promise<void>;
}

/**
 * Starts the playground.
 * @throws RangeError for an address beyond loopback, or the error of node:net for a port that cannot be had
 */
export async function startPlayground({ port, onFault, ...listening }: PlaygroundOptions): Promise<Playground> {
  const key = await newSigningKey();
  // The issuer has the port in its name, so that listening comes first; nobody can know of the port before the end.
  const server = await listen(port, listening);
  try {
    const issuer = `http://127.0.0.1:${portOf(server)}`;
    const provider = authorizationServer(issuer, { privateJwk: key.privateJwk, onFault });
    route(server, { resource: { issuer, jwks: key.jwks }, others: provider.callback(), onFault });
    const facts = factsOf(issuer, await issueTokens(provider, issuer));
    return { port: portOf(server), facts, close: () => close(server) };
  } catch (error) {
    await close(server);
    throw error;
  }
}

interface Routing {
  resource: Parameters<typeof answerResource>[2];
  others: (request: IncomingMessage, response: ServerResponse) => void;
  onFault: (error: Error) => void;
}

function route(server: Server, { resource, others, onFault }: Routing): void {
  server.on('request', (request, response) => {
    if (request.url?.split('?')[0] !== RESOURCE_PATH) return others(request, response);
    answerResource(request, response, resource).catch((error: Error) => {
      onFault(error);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
}

function factsOf(issuer: string, tokens: PlaygroundTokens): PlaygroundFacts {
  const client_auth = ['client_secret_basic', 'client_secret_post'];
  return {
    issuer,
    endpoints: {
      introspection: `${issuer}${ROUTES.introspection}`,
      token: `${issuer}${ROUTES.token}`,
      revocation: `${issuer}${ROUTES.revocation}`,
      jwks: `${issuer}${ROUTES.jwks}`,
      resource: `${issuer}${RESOURCE_PATH}`,
    },
    clients: [
      { ...CLIENTS.test, client_auth, grants: ['authorization_code', 'refresh_token', 'client_credentials'] },
      { ...CLIENTS.machine, client_auth, grants: ['client_credentials'] },
    ],
    tokens,
  };
}
