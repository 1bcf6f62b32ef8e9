// How an option is proved: what it does is read off the wire or the report, never off the parsed settings. Without the
// option the same look must see something else, so that a proof that cannot fail is found out.

import type { Host } from '../../../src/cli/host.ts';
import type { Report } from '../../../src/index.ts';
import { type IssuerOptions, type IssuerServer, issuerServer } from '../../library/issuer-server.ts';
import { accessClaims, ISSUER, jwks, jws, key } from '../../library/keys.ts';
import type { Run, RunOptions } from '../transcript.ts';

/** What one run is given besides the option, and what it can be seen by. */
export interface World extends RunOptions {
  /** The command and what stands beside the option. */
  readonly argv: readonly string[];
  /** The value of the option; true for a flag. */
  readonly value: string | readonly string[] | true;
  /** In place of leaving it out, for an option whose default takes too long to see. */
  readonly otherwise?: string;
  readonly server?: IssuerServer;
  /** Parts of the host in place of the fake ones. */
  readonly host?: Partial<Host>;
}

export interface Proof {
  /** Made anew for each run. */
  readonly world: () => World | Promise<World>;
  readonly sees: (run: Run, world: World) => unknown;
  readonly expected: unknown;
}

export const report = ({ stdout }: Run): Report => JSON.parse(stdout);

export const FILES = { 'keys.json': jwks(key()), 'key.pem': key().pem };

/** `verify` with keys from a file: nothing is asked. */
export function offline(value: World['value'], claims: Record<string, unknown> = {}, more: Partial<World> = {}): World {
  const token = jws(accessClaims(ISSUER, claims));
  return { argv: ['verify', '-', '--jwks', 'keys.json', '--json'], stdin: token, files: FILES, value, ...more };
}

/** What the check of that name makes of the value. */
export const checked = (name: string, value: World['value'], claims: Record<string, unknown> = {}): Proof => ({
  world: () => offline(value, claims),
  sees: (run) => report(run).checks.find((check) => check.name === name)?.outcome,
  expected: 'passed',
});

export const SECRET = 'the secret of my-api';
export const OPAQUE = '2YotnFZFEjr1zCsicMWpAA';
const CREDENTIALS = ['--client-id', 'my-api', '--client-secret', 'env:CLIENT_SECRET'];

export interface Asking extends IssuerOptions {
  /** In place of client id and secret. */
  as?: readonly string[];
  more?: readonly string[];
  /** The token that is asked about. */
  about?: string;
}

/** `introspect` of an opaque token at a server that calls it active. */
export async function asking(
  value: World['value'],
  { as = CREDENTIALS, more = [], about = OPAQUE, ...options }: Asking = {},
): Promise<World> {
  const server = await issuerServer({ introspection: { body: { active: true } }, ...options });
  return {
    argv: ['introspect', '-', '--issuer', server.issuer, '--json', ...as, ...more],
    stdin: about,
    env: { CLIENT_SECRET: SECRET },
    network: true,
    server,
    value,
  };
}

/** `verify` with the keys of a server. */
export async function discovering(
  value: World['value'],
  more: readonly string[] = [],
  options: IssuerOptions = {},
): Promise<World> {
  const server = await issuerServer(options);
  const argv = ['verify', '-', '--issuer', server.issuer, '--json', ...more];
  return { argv, stdin: jws(accessClaims(server.issuer)), network: true, server, value };
}

/** The last request of that kind. */
export const lastAsked = ({ server }: World, what: string) => server?.asked.filter((one) => one.what === what).at(-1);

export const basicOf = (authorization = ''): string =>
  Buffer.from(authorization.replace(/^Basic /, ''), 'base64').toString();
