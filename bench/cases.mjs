// What is measured: one-shot runs that people and gates make all day, each with the time that it may take above `node -e 0`.

import { spawn } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { fileURLToPath } from 'node:url';

const base64url = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

function accessToken(privateKey, iss) {
  const header = base64url({ alg: 'ES256', typ: 'at+jwt', kid: 'bench' });
  const payload = base64url({
    iss,
    sub: 'user-001',
    aud: 'my-api',
    client_id: 'test-client',
    scope: 'openid profile',
    iat: 1_700_000_000,
    exp: 4_000_000_000,
    jti: 'bench-1',
  });
  const signature = sign('sha256', Buffer.from(`${header}.${payload}`), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `${header}.${payload}.${signature.toString('base64url')}`;
}

/** Starts the issuer and writes the files of the cases; `close` ends and removes all of it. */
export async function prepare() {
  const folder = mkdtempSync(join(tmpdir(), 'tokctl-bench-'));
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwks = JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'bench', alg: 'ES256' }] });
  const server = spawn(process.execPath, [fileURLToPath(new URL('issuer.mjs', import.meta.url)), jwks], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = await once(server.stdout, 'data');
  const origin = String(line).trim();
  const file = (name, content) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const cases = casesFor({
    origin,
    jwks: file('jwks.json', jwks),
    token: file('token.txt', accessToken(privateKey, origin)),
    opaque: file('opaque.txt', '0b3f7f9e58a14d8e9d4b3c6a5f0e7d21'),
  });
  return {
    cases,
    /** Certificates as a company adds them: about as many as the runtime trusts by itself. */
    extraCertificates: file('certificates.pem', rootCertificates.join('\n')),
    home: folder,
    close: () => {
      server.stdin.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function casesFor({ origin, jwks, token, opaque }) {
  const json = ['-o', 'json'];
  const introspect = ['introspect', `@${opaque}`, '--introspection-endpoint', `${origin}/introspect`];
  const client = ['--client-id', 'test-client', '--client-secret', 'env:BENCH_SECRET'];
  // What Node takes for the same by itself: no program on it is quicker.
  const bare = (file) => fileURLToPath(new URL(file, import.meta.url));
  return [
    { name: 'floor: one signature by node:crypto', program: bare('bare-verify.cjs'), args: [token, jwks] },
    { name: 'floor: one POST by node:http', program: bare('bare-exchange.cjs'), args: [`${origin}/introspect`] },
    { name: '`--version`', aimMs: 8, args: ['--version'] },
    { name: '`decode`, JSON', aimMs: 8, args: ['decode', `@${token}`, ...json] },
    { name: '`decode`, table', args: ['decode', `@${token}`] },
    { name: '`verify --jwks FILE`, JSON', aimMs: 12, args: ['verify', `@${token}`, '--jwks', jwks, ...json] },
    { name: '`verify --jwks FILE`, table', args: ['verify', `@${token}`, '--jwks', jwks] },
    { name: '`introspect`, JSON', aimMs: 20, args: [...introspect, ...client, ...json] },
    { name: '`introspect`, table', aimMs: 25, args: [...introspect, ...client] },
    { name: '`verify`, cold discovery, JSON', aimMs: 25, args: ['verify', `@${token}`, '--issuer', origin, ...json] },
    { name: '`verify --cache 1h`, JSON', args: ['verify', `@${token}`, '--issuer', origin, '--cache', '1h', ...json] },
  ];
}
