// A minimal issuer on loopback for measurements, as a process of its own so that its work does not stop the clock of the
// one that measures. It prints its origin when it listens, and ends when its stdin ends.

import { createServer } from 'node:http';

/** The JWK Set, as JSON, comes from whoever starts the process. */
const jwks = process.argv[2] ?? '{"keys":[]}';

const ANSWER = JSON.stringify({
  active: true,
  sub: 'user-001',
  scope: 'openid profile',
  client_id: 'test-client',
  token_type: 'Bearer',
  iat: 1_700_000_000,
  exp: 4_000_000_000,
});

const server = createServer((request, response) => {
  const origin = `http://${request.headers.host}`;
  const documents = {
    '/.well-known/openid-configuration': JSON.stringify({ issuer: origin, jwks_uri: `${origin}/jwks` }),
    '/jwks': jwks,
    '/introspect': ANSWER,
  };
  request.resume().on('end', () => {
    const body = documents[request.url];
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' }).end(body ?? '{}');
  });
});

server.listen(0, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${server.address().port}\n`));
process.stdin.resume().on('end', () => process.exit(0));
