// Keys and trust.

import { issuerServer } from '../../library/issuer-server.ts';
import { accessClaims, hmacJws, ISSUER, jws } from '../../library/keys.ts';
import { asking, checked, discovering, FILES, offline, type Proof, report, type World } from './proof.ts';

const HMAC = 'a shared secret of forty or more characters';

const verifying = async (more: Partial<World> & { value: World['value'] }): Promise<World> => {
  const server = await issuerServer();
  return { argv: ['verify', '-', '--json'], stdin: jws(accessClaims(server.issuer)), network: true, server, ...more };
};

const active: Pick<Proof, 'sees' | 'expected'> = { sees: (run) => report(run).verdict, expected: 'active' };

export const TRUST: Record<string, Proof> = {
  issuer: {
    world: async () => {
      const world = await verifying({ value: '' });
      return { ...world, value: world.server?.issuer ?? '' };
    },
    sees: (_run, { server }) => server?.seen,
    expected: ['GET metadata', 'GET jwks'],
  },
  'metadata-url': {
    world: async () => {
      const world = await discovering('');
      return { ...world, value: `${world.server?.origin}/.well-known/elsewhere` };
    },
    sees: (_run, { server }) => server?.asked[0]?.path,
    expected: '/.well-known/elsewhere',
  },
  jwks: {
    world: () => ({
      argv: ['verify', '-', '--json'],
      stdin: jws(accessClaims(ISSUER)),
      files: FILES,
      value: 'keys.json',
    }),
    ...active,
  },
  key: {
    world: () => ({
      argv: ['verify', '-', '--json'],
      stdin: jws(accessClaims(ISSUER)),
      files: FILES,
      value: 'key.pem',
    }),
    ...active,
  },
  secret: {
    world: () => ({
      argv: ['verify', '-', '--json'],
      stdin: hmacJws(accessClaims(ISSUER), HMAC),
      env: { HMAC },
      value: 'env:HMAC',
    }),
    ...active,
  },
  alg: {
    world: () => offline(['PS256', 'RS256']),
    sees: (run) => report(run).checks.find(({ name }) => name === 'algorithm')?.expected,
    expected: ['PS256', 'RS256'],
  },
  'trust-iss': {
    world: () => verifying({ value: true }),
    sees: (run) => report(run).weakened,
    expected: ['issuer_from_token'],
  },
  'allow-endpoint-origin': {
    world: async () => {
      const other = await issuerServer({ introspection: { body: { active: true } } });
      return asking(other.origin, { metadata: { introspection_endpoint: other.endpoints.introspection } });
    },
    sees: (run) => report(run).weakened,
    expected: ['endpoint_origin'],
  },
  audience: checked('audience', ['a', 'https://api.example.com']),
  typ: checked('type', 'at+jwt'),
};
