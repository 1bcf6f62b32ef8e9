// The answers of other tools to situations of the corpus, side by side with ours. Prints Markdown: docs/comparison.md.
//   node bench/comparison.mjs > docs/comparison.md          (needs a build: npm run build)
// The other tools are found by these variables, and left out where one is not set:
//   PEER_STEP (smallstep/cli)   PEER_JWT_CLI (crate jwt-cli)   PEER_NPM_JWT_CLI (npm jwt-cli)   PEER_JOSE (Debian jose)
// Every tool gets the same token and the same keys on this machine; nothing leaves it. No token is printed.

import { execFile } from 'node:child_process';
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { versionOf } from './versions.mjs';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '..');
const TOKCTL = process.env.TOKCTL_BIN ?? join(ROOT, 'bin/tokctl.js');
const folder = mkdtempSync(join(tmpdir(), 'tokctl-comparison-'));
const file = (name, content) => {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};

// ---------------------------------------------------------------- tokens and keys

const now = Math.floor(Date.now() / 1000);
const ISSUER = 'https://id.example.com';
const API = 'https://api.example.com';
const base64url = (value) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

const keyOf = (kid) => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    kid,
    privateKey,
    jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig' },
    pem: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
  };
};
const main = keyOf('2026-11-a91f3c7be0');
const stranger = keyOf('5d1e0b7a99c04f21');

function jws(claims, { key = main, header = {}, secret, der = false } = {}) {
  const head = { alg: secret === undefined ? 'ES256' : 'HS256', typ: 'at+jwt', kid: key.kid, ...header };
  const signed = `${base64url(head)}.${base64url(claims)}`;
  const signature =
    secret === undefined
      ? sign('sha256', Buffer.from(signed), {
          key: key.privateKey,
          ...(der ? {} : { dsaEncoding: 'ieee-p1363' }),
        }).toString('base64url')
      : createHmac('sha256', secret).update(signed).digest('base64url');
  return `${signed}.${signature}`;
}

const claims = (changed = {}) => ({
  iss: ISSUER,
  sub: 'user-001',
  aud: API,
  exp: now + 3600,
  iat: now - 1200,
  client_id: 'shop-web',
  scope: 'orders:read',
  ...changed,
});
const access = (changed, signing) => jws(claims(changed), signing);
const forged = (token, changed) => {
  const [header, payload, signature] = token.split('.');
  const old = JSON.parse(Buffer.from(payload, 'base64url').toString());
  return [header, base64url({ ...old, ...changed }), signature].join('.');
};

// ---------------------------------------------------------------- situations

const good = access();
const [header, payload] = good.split('.');
const ENTRA = 'https://login.microsoftonline.com/11111111-2222-4333-8444-555555555555/v2.0';
const idToken = jws(
  { iss: ISSUER, sub: 'a', aud: 'shop-web', exp: now + 3600, iat: now, nonce: 'n', at_hash: 'x' },
  { header: { typ: 'JWT' } },
);

/** What happened; `issuer` and `audience` are what was expected of the token. */
const SITUATIONS = [
  { tells: 'A good token (so that it is seen that each tool works)', token: good },
  { tells: 'Expired two hours ago', token: access({ exp: now - 7200, iat: now - 10800 }) },
  { tells: 'Expired 20 seconds ago', token: access({ exp: now - 20 }) },
  { tells: 'Not valid for another hour (a time zone)', token: access({ nbf: now + 3600, exp: now + 7200 }) },
  { tells: 'The payload was changed: another subject', token: forged(good, { sub: 'admin' }) },
  { tells: 'The last 20 characters are missing', token: good.slice(0, -20) },
  { tells: 'The signature is missing', token: `${header}.${payload}` },
  { tells: 'A zero width space in the middle', token: `${good.slice(0, 90)}\u200b${good.slice(90)}` },
  { tells: 'Not signed (`alg` is `none`)', token: `${base64url({ alg: 'none' })}.${payload}.` },
  {
    tells: 'Signed with a shared secret (HS256)',
    token: access({}, { secret: 'a-shared-secret-of-32-bytes-or-more' }),
  },
  {
    tells: 'Its key is not in the set: the token is a month old',
    token: access({ iat: now - 30 * 86_400, exp: now + 86_400 }, { key: stranger }),
  },
  { tells: 'Its key is in the set under another name', token: access({}, { header: { kid: 'signing-key-2025' } }) },
  { tells: 'An ECDSA signature in DER', token: access({}, { der: true }) },
  { tells: 'The issuer ends in a slash', token: access({ iss: `${ISSUER}/` }) },
  { tells: 'A token for another API', token: access({ aud: 'https://billing.example.com' }) },
  { tells: 'No audience at all', token: access({ aud: undefined }) },
  { tells: 'An ID token in place of the access token', token: idToken },
  {
    tells: 'A token for Microsoft Graph',
    token: forged(
      jws(
        { ...claims(), iss: ENTRA, aud: '00000003-0000-0000-c000-000000000000' },
        { header: { nonce: 'x', typ: 'JWT' } },
      ),
      { sub: 'x' },
    ),
    issuer: ENTRA,
  },
  {
    tells: 'An opaque token that its server calls inactive',
    token: 'q3Xv7Zk1pL0sWm2Nt9Rb4Yc6Hd8Jf5Ga',
    server: { json: { active: false } },
  },
  {
    tells: 'Keycloak calls it inactive: the client that asks is not in `aud`',
    token: (origin) =>
      jws(
        claims({ iss: `${origin}/realms/shop`, aud: 'account', azp: 'shop-web', client_id: undefined, typ: 'Bearer' }),
        { header: { typ: 'JWT' } },
      ),
    server: { json: { active: false } },
    atIssuer: true,
  },
  {
    tells: 'The client secret has a plus and a slash, and the server refuses it',
    token: 'q3Xv7Zk1pL0sWm2Nt9Rb4Yc6Hd8Jf5Ga',
    server: { status: 401, json: { error: 'invalid_client' } },
    secret: 'a+b/c=d',
  },
];

// ---------------------------------------------------------------- tools

const jwks = file('keys.json', { keys: [main.jwk] });
const jwk = file('key.jwk', main.jwk);
const pem = file('key.pem', main.pem);
const NO_INTROSPECTION = 'cannot be asked: it has no introspection';

/** Each tool in the way that its help recommends for checking a token against keys that are known. */
const TOOLS = [
  {
    name: 'tokctl',
    bin: process.execPath,
    version: ['--version'],
    prefix: [TOKCTL],
    args: ({ issuer = ISSUER, server, atIssuer }, origin) => {
      if (server === undefined) return ['verify', '-', '--jwks', jwks, '--issuer', issuer, '--audience', API];
      const client = ['--client-id', 'shop-api', '--client-secret', 'env:CLIENT_SECRET', '--retry', '0'];
      return atIssuer
        ? ['introspect', '-', '--mode', 'both', '--issuer', `${origin}/realms/shop`, ...client]
        : ['introspect', '-', '--mode', 'remote', '--introspection-endpoint', `${origin}/introspect`, ...client];
    },
    says: tokctlSays,
  },
  {
    name: 'step',
    bin: process.env.PEER_STEP,
    version: ['version'],
    args: ({ issuer = ISSUER, server }) =>
      server === undefined ? ['crypto', 'jwt', 'verify', '--jwks', jwks, '--iss', issuer, '--aud', API] : undefined,
  },
  {
    name: 'jwt-cli (Rust)',
    bin: process.env.PEER_JWT_CLI,
    version: ['--version'],
    args: ({ server }) => (server === undefined ? ['decode', '--alg', 'ES256', '--secret', `@${pem}`, '-'] : undefined),
  },
  {
    name: 'jwt-cli (npm)',
    bin: process.env.PEER_NPM_JWT_CLI,
    version: ['--version'],
    args: ({ server, token }) => (server === undefined ? [token] : undefined),
  },
  {
    name: 'jose',
    bin: process.env.PEER_JOSE,
    args: ({ server }) => (server === undefined ? ['jws', 'ver', '-i', '-', '-k', jwk, '-O', '-'] : undefined),
  },
].filter(({ bin }) => bin !== undefined && bin !== '');

const clean = (text) => text.replace(/\u001b\[[0-9;]*m/g, '');
const linesOf = (text) =>
  clean(text)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** The verdict and the reason: the first line, `why` or `maybe`, and `next`. */
function tokctlSays({ stdout, stderr }) {
  const all = linesOf(stdout + stderr);
  const reason = all.find((line) => /^(?:maybe|why)\s+[a-z_]+:/.test(line)) ?? '';
  const next = all.find((line) => line.startsWith('next')) ?? '';
  return [all[0] ?? '', reason.replace(/^(?:maybe|why)\s+/, ''), next.replace(/^next\s+/, 'next: ')].filter(
    (line) => line !== '',
  );
}

/** What a tool says of an error; of one that says nothing, whether it printed the content. */
function peerSays({ stdout, stderr }) {
  const said = linesOf(stderr);
  if (said.length > 0) return said.slice(0, 3);
  const printed = linesOf(stdout);
  if (printed.some((line) => /"?sub"?\s*:|user-001|^\{"/.test(line)))
    return [
      ...printed.filter((line) => /invalid|error|expired|warning/i.test(line)).slice(0, 2),
      '(prints the content)',
    ];
  return printed.slice(0, 3);
}

async function ask(tool, situation, origin) {
  const args = tool.args(situation, origin);
  if (args === undefined) return { exit: '-', says: [NO_INTROSPECTION] };
  const { token, secret = 'sesame4711' } = situation;
  const child = run(tool.bin, [...(tool.prefix ?? []), ...args], {
    env: { ...process.env, CLIENT_SECRET: secret, NO_COLOR: '1' },
    timeout: 30_000,
  });
  child.child.stdin.end(token);
  const outcome = await child.then(
    (done) => ({ ...done, exit: 0 }),
    (error) => ({ stdout: error.stdout ?? '', stderr: error.stderr ?? '', exit: error.code ?? error.signal }),
  );
  return { exit: outcome.exit, says: (tool.says ?? peerSays)(outcome).map((line) => redacted(line, token)) };
}

/** No part of a token that could be used, and no path of this machine. */
const redacted = (line, token) =>
  [token, ...token.split('.')]
    .filter((part) => part.length > 12)
    .reduce((text, part) => text.replaceAll(part, '…'), line)
    .replaceAll(folder, '')
    .replaceAll(/\/\S*\/node_modules\//g, 'node_modules/')
    .replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, 'http://127.0.0.1');

// ---------------------------------------------------------------- the page

const cell = (text) => String(text).replaceAll('|', '\\|').replaceAll('<', '&lt;');

async function section(situation, origin) {
  const rows = [];
  for (const tool of TOOLS) {
    const { exit, says } = await ask(tool, situation, origin);
    rows.push(`| ${tool.name} | ${exit} | ${says.map(cell).join('<br>') || '(nothing)'} |`);
  }
  return [`## ${situation.tells}`, '', '| tool | exit | says |', '|---|---|---|', ...rows, ''].join('\n');
}

let answer;
const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    const { status = 200, json } = replyTo(request);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
  });
});

/** Metadata and keys of the issuer on this server; else what the situation has it answer. */
function replyTo({ method, url, headers }) {
  const issuer = `http://${headers.host}/realms/shop`;
  if (method === 'POST') return answer ?? { json: {} };
  if (url.endsWith('/keys')) return { json: { keys: [main.jwk] } };
  return url.endsWith('/.well-known/openid-configuration')
    ? { json: { issuer, jwks_uri: `${issuer}/keys`, introspection_endpoint: `${issuer}/introspect` } }
    : { status: 404, json: {} };
}

await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
try {
  const origin = `http://127.0.0.1:${server.address().port}`;
  const sections = [];
  for (const situation of SITUATIONS) {
    answer = situation.server;
    const { token } = situation;
    sections.push(await section({ ...situation, token: typeof token === 'string' ? token : token(origin) }, origin));
  }
  process.stdout.write(`<!-- written by bench/comparison.mjs: run that, do not edit -->

# The same situations, asked of other tools

Each tool gets the same token and the same key, in the way that its help recommends, and prints what it prints: nothing is
left out but the content of a token that a tool shows. They are made for other purposes: ${'`step`'} and ${'`jose`'} are tool boxes for
keys and signatures, the two called jwt-cli read and write JWTs, and none of them asks an authorization server. What is
compared is only what a person learns who stands before a token that does not work. Versions are those that ${'`go install`'},
${'`cargo install`'}, ${'`npm install`'} and Debian 12 give.

Tools: ${TOOLS.map(versionOf).join(', ')}.

${sections.join('\n')}`);
} finally {
  server.close();
  rmSync(folder, { recursive: true });
}
