// Introspection, and who asks.

import type { JsonWebKey } from 'node:crypto';
import { accessClaims, ISSUER, jws, key } from '../../library/keys.ts';
import { asking, basicOf, lastAsked, type Proof, SECRET, type World } from './proof.ts';

const POST = 'POST introspection';
const form = (name: string): Pick<Proof, 'sees'> => ({ sees: (_run, world) => lastAsked(world, POST)?.form.get(name) });

/** Header and claims of the assertion that was sent. */
function assertion(world: World): { header: Record<string, unknown>; claims: Record<string, unknown> } {
  const [header = '', claims = ''] = (lastAsked(world, POST)?.form.get('client_assertion') ?? '').split('.');
  const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString() || '{}');
  return { header: read(header), claims: read(claims) };
}

const CLIENT_KEY = key('RS256', 'client');
const KEY_FILE = {
  'client.jwk': JSON.stringify({ ...CLIENT_KEY.privateKey.export({ format: 'jwk' }), kid: 'client' } as JsonWebKey),
};
const BY_KEY = ['--client-id', 'my-api', '--client-key', 'client.jwk', '--client-auth', 'private_key_jwt'];
const byKey = async (value: string, as: readonly string[] = BY_KEY): Promise<World> => ({
  ...(await asking(value, { as })),
  files: KEY_FILE,
});

const granting = {
  introspection: { body: { active: true } },
  token: { body: { access_token: 'a-token-that-asks', token_type: 'Bearer' } },
};
const GRANT = ['--client-id', 'my-api', '--client-secret', 'env:CLIENT_SECRET', '--bearer-grant', 'client_credentials'];
const tokenForm = (name: string): Pick<Proof, 'sees'> => ({
  sees: (_run, world) => lastAsked(world, 'POST token')?.form.get(name),
});

export const INTROSPECTION: Record<string, Proof> = {
  mode: {
    world: () => asking('remote', { about: jws(accessClaims(ISSUER)) }),
    sees: (_run, { server }) => server?.seen,
    expected: ['GET metadata', 'POST introspection'],
  },
  'introspection-endpoint': {
    world: async () => {
      const world = await asking('', { paths: { '/elsewhere': { body: { active: true } } } });
      return { ...world, value: `${world.server?.origin}/elsewhere` };
    },
    sees: (_run, { server }) => server?.seen,
    expected: ['POST /elsewhere'],
  },
  'token-type-hint': { world: () => asking('refresh_token'), ...form('token_type_hint'), expected: 'refresh_token' },
  accept: {
    world: () => asking('jwt'),
    sees: (_run, world) => lastAsked(world, POST)?.headers.accept,
    expected: 'application/token-introspection+jwt',
  },
};

export const CLIENT: Record<string, Proof> = {
  'client-id': {
    world: () => asking('my-api', { as: ['--client-secret', 'env:CLIENT_SECRET'] }),
    sees: (_run, world) => basicOf(lastAsked(world, POST)?.headers.authorization),
    expected: 'my-api:the+secret+of+my-api',
  },
  'client-secret': {
    world: () => asking('env:CLIENT_SECRET', { as: ['--client-id', 'my-api'] }),
    sees: (_run, world) => basicOf(lastAsked(world, POST)?.headers.authorization),
    expected: 'my-api:the+secret+of+my-api',
  },
  'client-auth': { world: () => asking('client_secret_post'), ...form('client_secret'), expected: SECRET },
  'client-key': {
    world: () => byKey('client.jwk', ['--client-id', 'my-api']),
    sees: (_run, world) => assertion(world).header['kid'],
    expected: 'client',
  },
  'client-key-alg': {
    world: () => byKey('PS384'),
    sees: (_run, world) => assertion(world).header['alg'],
    expected: 'PS384',
  },
  'client-assertion-audience': {
    world: () => byKey('https://aud.example.com'),
    sees: (_run, world) => assertion(world).claims['aud'],
    expected: 'https://aud.example.com',
  },
  'basic-encoding': {
    world: () => asking('raw'),
    sees: (_run, world) => basicOf(lastAsked(world, POST)?.headers.authorization),
    expected: `my-api:${SECRET}`,
  },
  bearer: {
    world: async () => ({ ...(await asking('env:BEARER', { as: [] })), env: { BEARER: 'a-token-that-asks' } }),
    sees: (_run, world) => lastAsked(world, POST)?.headers.authorization,
    expected: 'Bearer a-token-that-asks',
  },
  'bearer-grant': {
    world: () => asking('client_credentials', granting),
    sees: (_run, world) => [world.server?.seen, lastAsked(world, POST)?.headers.authorization],
    expected: [['GET metadata', 'POST token', 'POST introspection'], 'Bearer a-token-that-asks'],
  },
  'bearer-scope': {
    world: () => asking(['introspect', 'more'], { ...granting, as: GRANT }),
    ...tokenForm('scope'),
    expected: 'introspect more',
  },
  'bearer-resource': {
    world: () => asking('https://as.example.com', { ...granting, as: GRANT }),
    ...tokenForm('resource'),
    expected: 'https://as.example.com',
  },
};

/** What `tokctl token` does with the options that it shares. */
export const GRANTED: Record<string, Proof> = Object.fromEntries(
  (
    [
      ['issuer', undefined, (world: World) => world.server?.seen, ['GET metadata', 'POST token']],
      [
        'scope',
        ['orders:read', 'orders:write'],
        (world: World) => lastAsked(world, 'POST token')?.form.get('scope'),
        'orders:read orders:write',
      ],
      [
        'bearer-scope',
        ['orders:read'],
        (world: World) => lastAsked(world, 'POST token')?.form.get('scope'),
        'orders:read',
      ],
      [
        'bearer-resource',
        'https://api.example.com',
        (world: World) => lastAsked(world, 'POST token')?.form.get('resource'),
        'https://api.example.com',
      ],
      [
        'client-auth',
        'client_secret_post',
        (world: World) => lastAsked(world, 'POST token')?.form.get('client_secret'),
        SECRET,
      ],
    ] as const
  ).map(([name, value, sees, expected]) => [
    name,
    { world: () => grantingWorld(name, value), sees: (_run: unknown, world: World) => sees(world), expected },
  ]),
);

async function grantingWorld(name: string, value: string | readonly string[] | undefined): Promise<World> {
  const world = await asking(value ?? '', granting);
  const issuer = world.server?.issuer ?? '';
  const beside = ['token', '--client-id', 'my-api', '--client-secret', 'env:CLIENT_SECRET'];
  const { stdin: _, ...rest } = world;
  return name === 'issuer'
    ? { ...rest, argv: beside, value: issuer }
    : { ...rest, argv: [...beside, '--issuer', issuer] };
}
