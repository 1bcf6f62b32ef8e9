// Answers of a token endpoint that grant nothing, and certificates that prove nothing, at every endpoint.

import { beforeAll, describe, expect, it } from 'vitest';
import { clientCredentialsToken } from '../../../src/client-credentials.ts';
import { printJson } from '../../../src/core/json.ts';
import { introspect, TokctlError, verify } from '../../../src/index.ts';
import { nodeTransport } from '../../../src/protocol/http/node-transport.ts';
import { accessClaims, jws, NOW } from '../../library/keys.ts';
import { body, json } from '../../servers/answers.ts';
import { certificates } from '../../servers/certificates.ts';
import { type Answer, type ScriptedServer, scriptedServer } from '../../servers/scripted-server.ts';
import { ask, ENDPOINTS, SECRET } from './endpoints.ts';

const CLIENT = { id: 'my-client', secret: SECRET };

describe('a token endpoint', () => {
  it.each([
    ...[
      '{}',
      '{"access_token":""}',
      '{"access_token":null}',
      '{"access_token":1}',
      '{"access_token":true}',
      '{"access_token":["x"]}',
      '{"access_token":{"x":1}}',
    ],
    ...[
      '{"Access_Token":"x"}',
      '{"__proto__":{"access_token":"x"}}',
      '{"data":{"access_token":"x"}}',
      '{"access_token":"a","access_token":"b"}',
      '{"token":"x"}',
    ],
  ])('says %s', async (text) => {
    const { code } = await ask('token endpoint', body('application/json', text));
    expect(code).toBe('ERR_RESPONSE_INVALID');
  });

  it.each<[string, number, string]>([
    ['invalid_client', 401, 'ERR_CLIENT_AUTHENTICATION'],
    ['invalid_client', 400, 'ERR_CLIENT_AUTHENTICATION'],
    ['unauthorized_client', 400, 'ERR_OAUTH'],
    ['invalid_scope', 400, 'ERR_OAUTH'],
    ['\u001b[2J', 400, 'ERR_HTTP_STATUS'],
    ['server_error', 200, 'ERR_OAUTH'],
  ])('refuses with %j and %i', async (error, status, code) => {
    const answer = json({ error, error_description: `\u202e\n::error::${SECRET}` }, { status });
    const outcome = await ask('token endpoint', answer);
    expect(outcome.code).toBe(code);
    expect(outcome.text).not.toContain(SECRET);
  });

  it('gives its token', async () => {
    expect((await ask('token endpoint', json({ access_token: 'granted', token_type: 'Bearer' }))).text).toBe('granted');
  });

  const failing = async (members: (origin: string, elsewhere: string) => object): Promise<TokctlError> => {
    const bystander = await scriptedServer([]);
    let server: ScriptedServer;
    const answer: Answer = (socket, request) => json(members(server.origin, bystander.origin))(socket, request);
    server = await scriptedServer([answer]);
    const error: unknown = await clientCredentialsToken({ issuer: server.origin, client: CLIENT, retries: 0 }).catch(
      (one) => one,
    );
    expect(bystander.connections).toBe(0);
    if (!(error instanceof TokctlError)) throw new Error('expected a TokctlError');
    return error;
  };

  it.each<[string, (elsewhere: string) => unknown, string]>([
    ['another origin', (elsewhere) => `${elsewhere}/token`, 'ERR_ENDPOINT_REFUSED'],
    ['a file', () => 'file:///etc/passwd', 'ERR_RESPONSE_INVALID'],
    ['nothing', () => undefined, 'ERR_ENDPOINT_UNKNOWN'],
    ['a list', (elsewhere) => [elsewhere], 'ERR_ENDPOINT_UNKNOWN'],
  ])('is said to be %s', async (_, endpoint, code) => {
    const error = await failing((origin, elsewhere) => ({ issuer: origin, token_endpoint: endpoint(elsewhere) }));
    expect(error.code).toBe(code);
    expect(printJson({ ...error, message: error.message })).not.toContain(SECRET);
  });

  it('that answers with the secret shows nothing of it', async () => {
    const { text } = await ask('token endpoint', json({ access_token: 'granted', echo: SECRET }));
    expect(text).toBe('granted');
    for (const way of [
      `x ${SECRET}`,
      encodeURIComponent(SECRET),
      Buffer.from(`my-client:${encodeURIComponent(SECRET)}`).toString('base64'),
    ]) {
      const refused = await ask(
        'token endpoint',
        json({ error: 'invalid_request', error_description: way }, { status: 400 }),
      );
      expect(refused.text).toContain('redacted');
      expect(refused.text).not.toContain(way.slice(2));
    }
  });
});

describe('a certificate', () => {
  let made: Awaited<ReturnType<typeof certificates>>;
  beforeAll(async () => {
    made = await certificates();
  });

  const fetchWith = () => nodeTransport({ tls: { ca: made.ca.cert } });
  const asking: Record<string, (origin: string) => Promise<string | undefined>> = {
    metadata: async (issuer) =>
      (await verify(jws(accessClaims(issuer)), { now: NOW, issuer, fetch: fetchWith(), retries: 0 })).error?.code,
    'introspection endpoint': async (origin) =>
      (
        await introspect('opaque-token-0001', {
          introspectionEndpoint: `${origin}/i`,
          client: CLIENT,
          fetch: fetchWith(),
          retries: 0,
        })
      ).error?.code,
    'JWK Set': async (origin) =>
      (await verify(jws(accessClaims(origin)), { now: NOW, jwksUri: `${origin}/jwks`, fetch: fetchWith(), retries: 0 }))
        .error?.code,
    'token endpoint': async (issuer) =>
      clientCredentialsToken({ issuer, client: CLIENT, fetch: fetchWith(), retries: 0 }).then(
        () => undefined,
        (error) => error.code,
      ),
  };

  describe.each(ENDPOINTS)('of the %s', (endpoint) => {
    it.each(['expired', 'early', 'elsewhere', 'unknown', 'selfSigned'] as const)('%s', async (name) => {
      const server = await scriptedServer([], { tls: made[name] });
      const host = name === 'elsewhere' ? server.origin.replace('127.0.0.1', 'localhost') : server.origin;
      expect(await asking[endpoint]?.(host)).toBe('ERR_TLS');
      expect(server.received).toEqual([]);
    });
  });
});
