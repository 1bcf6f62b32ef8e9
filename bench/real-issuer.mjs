// A real authorization server (node oidc-provider) on loopback with many access tokens that are good for an hour, as a
// process of its own. `node bench/real-issuer.mjs FILE COUNT` writes the tokens into the file, prints its origin, below which
// /introspect answers, and ends when its stdin ends. The client is `bench`, its secret stands in BENCH_SECRET.

import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
// The entry of the package warns about Node 20, on which it works.
import { Provider } from 'oidc-provider/lib/provider.js';

const [file, count] = process.argv.slice(2);
const CLIENT = { client_id: 'bench', client_secret: process.env.BENCH_SECRET };

/** Keeps every token: the store that comes with the package forgets all but the last thousand. */
class Store {
  static #kept = new Map();
  #name;

  constructor(name) {
    this.#name = name;
  }

  async upsert(id, payload) {
    Store.#kept.set(`${this.#name} ${id}`, payload);
  }

  async find(id) {
    return Store.#kept.get(`${this.#name} ${id}`);
  }

  async destroy(id) {
    Store.#kept.delete(`${this.#name} ${id}`);
  }
}

const server = createServer();
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const origin = `http://127.0.0.1:${server.address().port}`;

// Signs nothing: the tokens are opaque. A client is refused all the same when there is no key for its ID tokens.
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const provider = new Provider(origin, {
  adapter: Store,
  clients: [{ ...CLIENT, grant_types: ['client_credentials'], response_types: [], redirect_uris: [] }],
  clientBasedCORS: () => false,
  routes: { introspection: '/introspect' },
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'bench', use: 'sig', alg: 'RS256' }] },
  cookies: { keys: ['of no use here'] },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
  },
  ttl: { ClientCredentials: 3600 },
});
server.on('request', provider.callback());

const client = await provider.Client.find(CLIENT.client_id);
const tokens = [];
for (let number = 0; number < Number(count); number += 1)
  tokens.push(await new provider.ClientCredentials({ client, scope: '' }).save());
writeFileSync(file, tokens.join('\n'));

process.stdout.write(`${origin}\n`);
process.stdin.resume().on('end', () => process.exit(0));
