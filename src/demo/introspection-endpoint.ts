// What the introspection endpoint of the playground does beyond node oidc-provider, as middleware around it: callers
// with a bearer token (RFC 7662 §2.1), and the optional members of an answer (§2.2) that the package leaves out.

import { createHash } from 'node:crypto';
import type { Context, Middleware, Provider } from 'oidc-provider/lib/provider.js';

const BEARER = /^Bearer +(\S+)$/i;

/**
 * Lets a caller in who shows an access token of its own in place of client credentials. oidc-provider authenticates
 * clients only, so that a valid token is exchanged for the credentials of the client it was issued to; a user's token
 * or a bad one is refused as RFC 7662 §2.3 and RFC 6750 §3.1 say.
 */
export function bearerCallers(provider: Provider, path: string): Middleware {
  return async (context, next) => {
    const token = BEARER.exec(context.req.headers.authorization ?? '')?.[1];
    if (context.path !== path || token === undefined) return next();
    const credentials = await credentialsBehind(provider, token);
    if (credentials === undefined) return refuse(context);
    context.req.headers.authorization = credentials;
    return next();
  };
}

async function credentialsBehind(provider: Provider, token: string): Promise<string | undefined> {
  const found = await provider.ClientCredentials.find(token);
  const client = found?.isValid ? await provider.Client.find(found.clientId) : undefined;
  if (client === undefined) return undefined;
  // RFC 6749 §2.3.1: both parts are form-encoded before they are joined.
  const pair = [client.clientId, client.clientSecret].map(encodeURIComponent).join(':');
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

function refuse(context: Context): void {
  context.status = 401;
  context.set('WWW-Authenticate', 'Bearer error="invalid_token"');
  context.body = { error: 'invalid_token', error_description: 'the bearer token of the caller is not active' };
}

/** Adds `sub`, `jti` and `token_type` to an active answer where they are missing. */
export const completeAnswers: Middleware = async (context, next) => {
  await next();
  const { oidc, body } = context;
  if (oidc?.route !== 'introspection' || !isActive(body)) return;
  context.body = { ...additions(body, oidc.params?.token ?? ''), ...definedMembers(body) };
};

interface Active {
  active: true;
  client_id?: string;
}

function isActive(body: unknown): body is Active {
  return typeof body === 'object' && body !== null && 'active' in body && body.active === true;
}

function additions({ client_id }: Active, token: string): object {
  return {
    active: true,
    // A client that acts for itself is its own subject, as in the package's JWT access tokens (RFC 9068 §2.2).
    sub: client_id,
    // oidc-provider's own identifier of an opaque token is the token. A digest names it without giving it away.
    jti: createHash('sha256').update(token).digest('base64url').slice(0, 22),
    // Left out for refresh tokens only, which are no bearer tokens; other servers say it so.
    token_type: 'refresh_token',
  };
}

/** The package sets absent members to undefined, and those must not hide what was added. */
function definedMembers(body: object): object {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
}
