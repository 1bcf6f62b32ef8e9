// What the playground uses of node oidc-provider, which ships no types. Only members that are used here are declared.

declare module 'oidc-provider/lib/provider.js' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  /** The koa context of one request. */
  export interface Context {
    readonly req: IncomingMessage;
    readonly path: string;
    readonly method: string;
    /** Set by the routes of the provider; absent where none matched. */
    readonly oidc?: { readonly route: string; readonly params?: { readonly token?: string } };
    status: number;
    type: string;
    body: unknown;
    set(field: string, value: string): void;
  }

  export type Middleware = (context: Context, next: () => Promise<void>) => Promise<void>;

  export interface Client {
    readonly clientId: string;
    readonly clientSecret: string;
  }

  export interface ResourceServerInfo {
    scope: string;
    audience: string;
    accessTokenFormat: 'jwt' | 'opaque';
    jwt?: { sign: { alg: string } };
  }

  export interface ResourceServer extends ResourceServerInfo {
    identifier(): string;
  }

  interface Token {
    readonly clientId: string;
    readonly isValid: boolean;
    /** Gives the token itself. */
    save(): Promise<string>;
    destroy(): Promise<void>;
  }

  export interface TokenInput {
    client: Client;
    scope?: string;
    accountId?: string;
    grantId?: string;
    gty?: string;
    resourceServer?: ResourceServer;
    /** NumericDates; the clock and the configured lifetime where absent. */
    iat?: number;
    exp?: number;
  }

  interface TokenModel {
    new (input: TokenInput): Token;
    find(value: string): Promise<Token | undefined>;
  }

  export class Provider {
    constructor(issuer: string, configuration: object);
    readonly AccessToken: TokenModel;
    readonly ClientCredentials: TokenModel;
    readonly RefreshToken: TokenModel;
    readonly Grant: new (input: {
      accountId: string;
      clientId: string;
    }) => { addOIDCScope(scope: string): void; save(): Promise<string> };
    readonly IdToken: new (
      claims: object,
      context: { client: Client },
    ) => { scope: string; set(claim: string, value: unknown): void; issue(use: { use: 'idtoken' }): Promise<string> };
    readonly Client: { find(clientId: string): Promise<Client | undefined> };
    readonly ResourceServer: new (
      identifier: string,
      info: ResourceServerInfo,
    ) => ResourceServer;
    use(middleware: Middleware): this;
    callback(): (request: IncomingMessage, response: ServerResponse) => void;
    on(event: 'error', listener: (error: Error) => void): this;
    on(event: 'server_error', listener: (context: Context, error: Error) => void): this;
  }
}

declare module 'oidc-provider/lib/adapters/memory_adapter.js' {
  /** A store of one provider, in memory; the factory of its adapters. */
  export function createMemoryAdapter(clockTolerance?: number): (model: string) => object;
}

declare module 'oidc-provider/lib/helpers/errors.js' {
  export class InvalidRequest extends Error {
    constructor(description: string);
  }
  export class InvalidTarget extends Error {}
}
