// A real authorization server (node oidc-provider) on loopback with many access tokens that are good for an hour, as a
// process of its own. `node bench/real-issuer.mjs FILE COUNT` writes the tokens into the file, prints the URL of its
// introspection endpoint, and ends when its stdin ends. Client `bench`, secret in BENCH_SECRET.

import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
// The entry of the package warns about Node 20, on which it works.
import { Provider } from 'oidc-provider/lib/provider.js';

const [file, count] = process.argv.slice(2);
const CLIENT = { client_id: 'bench', client_secret: process.env.BENCH_SECRET };

/** Its own store in memory forgets all but the last thousand. */
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

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const provider = new Provider(origin, {
  adapter: Store,
  clients: [{ ...CLIENT, grant_types: ['client_credentials'], response_types: [], redirect_uris: [] }],
  clientBasedCORS: () => false,
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'bench', use: 'sig', alg: 'ES256' }] },
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

process.stdout.write(`${origin}/token/introspection\n`);
process.stdin.resume().on('end', () => process.exit(0));
