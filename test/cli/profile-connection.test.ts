// A token picks its profile, and with it the certificates by which that profile's issuer is reached.

import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { expect, it } from 'vitest';
import { run } from '../../src/cli/run.ts';
import { json } from '../servers/answers.ts';
import { certificates } from '../servers/certificates.ts';
import { type ScriptedServer, scriptedServer } from '../servers/scripted-server.ts';
import { fakeHost } from './fake-host.ts';

async function issuerOverTls(answers: number) {
  const { ca, server: material } = await certificates();
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' };
  let server: ScriptedServer | undefined;
  const origin = () => server?.origin ?? '';
  const script = [() => json({ issuer: origin(), jwks_uri: `${origin()}/jwks` }), () => json({ keys: [jwk] })].map(
    (answer): Parameters<typeof scriptedServer>[0][number] =>
      (socket, request) =>
        answer()(socket, request),
  );
  server = await scriptedServer(script.slice(0, answers), { tls: material });
  const token = await new SignJWT({ sub: 'a' })
    .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
    .setIssuer(server.origin)
    .setExpirationTime(4_000_000_000)
    .sign(privateKey);
  return { ca, issuer: server.origin, token };
}

const verify = async (token: string, files: Record<string, string>) => {
  const { host, stdout } = fakeHost({ env: { HOME: '/home/a' }, files, stdin: token, now: Date.now() });
  const { fetch: _, ...real } = host;
  const code = await run(['verify', '-', '--retry', '0', '-o', 'json'], real);
  return { code, report: JSON.parse(stdout()) };
};

const CONFIG = '/home/a/.config/tokctl/config.yaml';

it('trusts the certificate authority of the profile that the token picks', async () => {
  const { ca, issuer, token } = await issuerOverTls(2);
  const files = {
    [CONFIG]: `profiles:\n  other:\n    issuer: https://other.example.test\n  mine:\n    issuer: ${issuer}\n    tls-ca: /home/a/ca.pem\n`,
    '/home/a/ca.pem': ca.cert,
  };
  const { code, report } = await verify(token, files);
  expect([code, report.verdict, report.issuer_source]).toEqual([0, 'active', 'profile']);
});

it('does not trust it for a profile that does not name it', async () => {
  const { ca, issuer, token } = await issuerOverTls(0);
  const files = {
    [CONFIG]: `profiles:\n  other:\n    issuer: https://other.example.test\n    tls-ca: /home/a/ca.pem\n  mine:\n    issuer: ${issuer}\n`,
    '/home/a/ca.pem': ca.cert,
  };
  const { code, report } = await verify(token, files);
  expect([code, report.error?.code]).toEqual([3, 'ERR_TLS']);
});
