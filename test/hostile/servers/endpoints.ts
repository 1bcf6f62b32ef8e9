// The four endpoints as a question meets them: what is asked first, what of the library asks, and what an error then is.

import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { expect, onTestFinished } from 'vitest';
import { clientCredentialsToken } from '../../../src/client-credentials.ts';
import { printJson } from '../../../src/core/json.ts';
import { type FetchLike, introspect, type Report, TokctlError, verify } from '../../../src/index.ts';
import { nodeTransport } from '../../../src/protocol/http/node-transport.ts';
import { accessClaims, jws, NOW } from '../../library/keys.ts';
import { assertConsistent } from '../../library/reports.ts';
import { json } from '../../servers/answers.ts';
import type { Certificate } from '../../servers/certificates.ts';
import { type Answer, type ScriptedServer, scriptedServer } from '../../servers/scripted-server.ts';

export const SECRET = 'the-secret-of-my-client/+=';
export const OPAQUE = 'b3BhcXVlLXRva2VuLW9mLXRoaXMtdGVzdA-1';
const CLIENT = { id: 'my-client', secret: SECRET };

export type EndpointName = 'metadata' | 'JWK Set' | 'introspection endpoint' | 'token endpoint';
export const ENDPOINTS: readonly EndpointName[] = ['metadata', 'JWK Set', 'introspection endpoint', 'token endpoint'];

export interface Served {
  /** Certificate and key of the server, and of the CA that is trusted. */
  tls?: { server: Certificate; ca: Certificate };
  /** Seconds that an exchange may take. */
  timeout?: number;
  /** How often the endpoint is asked, where that is not once. */
  times?: number;
}

export interface Outcome {
  code: string | undefined;
  text: string;
  report?: Report;
}

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
const validate = ajv.compile(JSON.parse(readFileSync('schema/report.schema.json', 'utf8')));

/** What every report of a failure must be: whole, of the published form, without the token and the secret. */
export function assertWellFormed(report: Report): void {
  assertConsistent(report);
  expect(validate(JSON.parse(printJson(report))) ? [] : validate.errors).toEqual([]);
}

const metadataOf = (origin: string) => ({
  issuer: origin,
  jwks_uri: `${origin}/jwks`,
  introspection_endpoint: `${origin}/introspect`,
  token_endpoint: `${origin}/token`,
});

/** The answer about the server itself, which learns its port when it listens. */
const goodMetadata: (server: () => ScriptedServer) => Answer = (server) => (socket, request) =>
  json(metadataOf(server().origin))(socket, request);

/** Plays that answer at that endpoint and asks; the other answers before it are good. */
export async function ask(endpoint: EndpointName, answer: Answer, served: Served = {}): Promise<Outcome> {
  const { tls, timeout = 5, times = 1 } = served;
  let server: ScriptedServer;
  const before = endpoint === 'JWK Set' || endpoint === 'token endpoint' ? [goodMetadata(() => server)] : [];
  const script = [...before, ...Array.from({ length: times }, () => answer)];
  server = await scriptedServer(script, tls === undefined ? {} : { tls: tls.server });
  const fetch = nodeTransport(tls === undefined ? {} : { tls: { ca: tls.ca.cert } });
  onTestFinished(() => fetch.close());
  return asked(endpoint, server.origin, { fetch, timeout, retries: 0, now: NOW });
}

interface Asking {
  fetch: FetchLike;
  timeout: number;
  retries: number;
  now: number;
}

async function asked(endpoint: EndpointName, origin: string, asking: Asking): Promise<Outcome> {
  if (endpoint === 'token endpoint') return granted(origin, asking);
  const report =
    endpoint === 'introspection endpoint'
      ? await introspect(OPAQUE, { ...asking, introspectionEndpoint: `${origin}/introspect`, client: CLIENT })
      : await verify(jws(accessClaims(origin)), { ...asking, issuer: origin });
  assertWellFormed(report);
  return { code: report.error?.code, text: printJson(report), report };
}

async function granted(origin: string, asking: Asking): Promise<Outcome> {
  try {
    const { accessToken } = await clientCredentialsToken({ ...asking, issuer: origin, client: CLIENT });
    return { code: undefined, text: accessToken };
  } catch (error) {
    if (!(error instanceof TokctlError)) throw error;
    const { code, message, hint, details } = error;
    expect(message).not.toMatch(/[\n\r]/);
    return { code, text: printJson({ code, message, hint, details }) };
  }
}
