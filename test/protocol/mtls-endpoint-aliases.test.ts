// RFC 8705 §5: a client that authenticates by certificate is sent to the endpoints that are there for it.

import { describe, expect, it } from 'vitest';
import { clientCredentialsToken } from '../../src/client-credentials.ts';
import { type ClientAuthMethod, introspect } from '../../src/index.ts';
import type { FetchLike } from '../../src/protocol/http/network.ts';

const ISSUER = 'https://id.example.com';
const MTLS = 'https://mtls.id.example.com';

function server(aliases: unknown) {
  const asked: string[] = [];
  const metadata = {
    issuer: ISSUER,
    token_endpoint: `${ISSUER}/token`,
    introspection_endpoint: `${ISSUER}/introspect`,
    mtls_endpoint_aliases: aliases,
  };
  const fetch: FetchLike = async (url, { method }) => {
    if (method === 'POST') asked.push(url);
    const answer = method === 'GET' ? metadata : { active: true, access_token: 'an-access-token' };
    return {
      status: 200,
      headers: new Headers({ 'content-type': 'application/json' }),
      body: (async function* () {
        yield Buffer.from(JSON.stringify(answer));
      })(),
    };
  };
  return { asked, fetch };
}

const ALIASES = { token_endpoint: `${MTLS}/token`, introspection_endpoint: `${MTLS}/introspect` };
const options = (fetch: FetchLike, method: ClientAuthMethod) => ({
  issuer: ISSUER,
  fetch,
  client: { id: 'app', secret: 'app-secret-0001', method },
  allowedEndpointOrigins: [MTLS],
});

describe('mtls_endpoint_aliases', () => {
  it.each(['tls_client_auth', 'self_signed_tls_client_auth'] as const)('%s goes to them', async (method) => {
    const { asked, fetch } = server(ALIASES);
    await clientCredentialsToken(options(fetch, method));
    const report = await introspect('an-opaque-token', options(fetch, method));
    expect(asked).toEqual([ALIASES.token_endpoint, ALIASES.introspection_endpoint]);
    expect([report.verdict, report.weakened]).toEqual(['active', ['endpoint_origin']]);
  });

  it.each<[string, ClientAuthMethod, unknown]>([
    ['another method does not', 'client_secret_basic', ALIASES],
    ['there may be none', 'tls_client_auth', undefined],
    ['there may be others', 'tls_client_auth', { revocation_endpoint: `${MTLS}/revoke` }],
    ['they may be damaged', 'tls_client_auth', [`${MTLS}/introspect`]],
  ])('%s', async (_, method, aliases) => {
    const { asked, fetch } = server(aliases);
    await introspect('an-opaque-token', options(fetch, method));
    expect(asked).toEqual([`${ISSUER}/introspect`]);
  });

  it('get nothing on an origin that nobody allowed', async () => {
    const { asked, fetch } = server(ALIASES);
    const { allowedEndpointOrigins: _, ...strict } = options(fetch, 'tls_client_auth');
    const report = await introspect('an-opaque-token', strict);
    expect(report.error).toMatchObject({ code: 'ERR_ENDPOINT_REFUSED', hint: expect.stringContaining(MTLS) });
    expect(asked).toEqual([]);
  });

  it('are URLs', async () => {
    const { fetch } = server({ introspection_endpoint: 'file:///etc/passwd' });
    const report = await introspect('an-opaque-token', options(fetch, 'tls_client_auth'));
    expect(report.error?.code).toBe('ERR_RESPONSE_INVALID');
  });
});
