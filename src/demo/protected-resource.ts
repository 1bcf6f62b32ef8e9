// GET /api/resource: a protected resource (RFC 6750) that judges tokens with tokctl's own library. A JWT is verified
// here against the JWK Set; anything else is introspected. Invariant: only a verdict of `active` opens the door.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { introspect, type Report, verify } from '../index.ts';
import { audienceOf, CLIENTS, ROUTES } from './authorization-server.ts';

export const RESOURCE_PATH = '/api/resource';

/** What the resource knows of its authorization server. */
export interface ResourceConfiguration {
  readonly issuer: string;
  /** The JWK Set as text. */
  readonly jwks: string;
}

const BEARER = /^Bearer(?: +(.*))?$/i;
const LOOKS_LIKE_JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** Answers one request to the resource: 200, 401 with a challenge (RFC 6750 §3), or 405. */
export async function answerResource(
  request: IncomingMessage,
  response: ServerResponse,
  configuration: ResourceConfiguration,
): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return end(response, 405, { Allow: 'GET, HEAD' });
  const presented = BEARER.exec(request.headers.authorization ?? '');
  // RFC 6750 §3.1: who shows no token is told the scheme and nothing of errors.
  if (presented === null) return end(response, 401, { 'WWW-Authenticate': 'Bearer' });
  const report = await judge(presented[1]?.trim() ?? '', configuration);
  if (report === undefined) return end(response, 401, { 'WWW-Authenticate': 'Bearer error="invalid_token"' });
  end(response, 200, {}, welcome(report));
}

/** The report on an active access token for this resource; undefined for anything else. */
async function judge(token: string, { issuer, jwks }: ResourceConfiguration): Promise<Report | undefined> {
  if (token === '') return undefined;
  const report = LOOKS_LIKE_JWT.test(token)
    ? await verify(token, {
        issuer,
        jwks,
        expectations: { audience: [audienceOf(issuer)], kind: 'access_token', strict: true },
      })
    : await introspect(token, {
        issuer,
        mode: 'remote',
        introspectionEndpoint: `${issuer}${ROUTES.introspection}`,
        client: { id: CLIENTS.machine.client_id, secret: CLIENTS.machine.client_secret },
      });
  return report.verdict === 'active' && !isRefreshToken(report) ? report : undefined;
}

/** An authorization server calls a refresh token active too; a resource must not take it. */
function isRefreshToken({ introspection }: Report): boolean {
  return introspection !== undefined && members(introspection.response)['token_type'] !== 'Bearer';
}

function welcome(report: Report): object {
  const { sub, client_id, scope } = members(report.introspection?.response ?? report.claims);
  const checked = report.introspection === undefined ? 'here, against the JWK Set' : 'by introspection';
  return { sub, client_id, scope, checked };
}

function members(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function end(response: ServerResponse, status: number, headers: Record<string, string>, body?: object): void {
  const text = body === undefined ? '' : `${JSON.stringify(body, undefined, 2)}\n`;
  const type = body === undefined ? {} : { 'Content-Type': 'application/json' };
  response.writeHead(status, {
    'Cache-Control': 'no-store',
    ...type,
    ...headers,
    'Content-Length': Buffer.byteLength(text),
  });
  response.end(text);
}
