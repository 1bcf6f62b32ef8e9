#!/usr/bin/env node
// How many tokens a batch answers in a second, beside floors that are measured in the same run: `openssl speed`, Node's own
// `crypto.verify` and a bare program for signatures, `wrk` and undici alone for requests, to a stub that does nothing and to a
// real server.
// `node bench/throughput.mjs [--lines N] [--requests N] [--seconds N] [--write]`, after a build.

import { execFileSync, spawn } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { aligned, between, ratio, whole } from './figures.mjs';
import { nodeVerifyRate, opensslRate, undiciRate, wrkRate } from './floors.mjs';

const { values } = parseArgs({
  options: {
    lines: { type: 'string', default: '100000' },
    requests: { type: 'string', default: '30000' },
    seconds: { type: 'string', default: '3' },
    write: { type: 'boolean', default: false },
  },
});
const PROGRAM = fileURLToPath(new URL('../bin/tokctl.js', import.meta.url));
const BARE = fileURLToPath(new URL('bare-batch.mjs', import.meta.url));
const DOCUMENT = fileURLToPath(new URL('../docs/performance.md', import.meta.url));
const CORES = availableParallelism();
/** How long each floor is measured. */
const seconds = Number(values.seconds);
const folder = mkdtempSync(join(tmpdir(), 'tokctl-throughput-'));
const SECRET = 'the-secret-of-the-bench';
const env = { PATH: process.env.PATH, HOME: folder, BENCH_SECRET: SECRET };

const tokctl = (args) => run(PROGRAM, args);

/** Runs a program, whose output nobody reads. Gives seconds and the most memory in MB. */
async function run(program, args) {
  const start = process.hrtime.bigint();
  const child = spawn(process.execPath, [program, ...args], {
    env,
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (text) => (said += text));
  let most = 0;
  const watch = setInterval(() => {
    const status = spawnedStatus(child.pid);
    most = Math.max(most, Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024);
  }, 50);
  const [code] = await once(child, 'close');
  clearInterval(watch);
  if (code !== 0) throw new Error(`exit ${code} of ${args.join(' ')}: ${said}`);
  return { seconds: Number(process.hrtime.bigint() - start) / 1e9, megabytes: Math.round(most) };
}

function spawnedStatus(pid) {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}

// ---------------------------------------------------------------- signatures

const ALGORITHMS = [
  { alg: 'RS256', openssl: 'rsa2048', aim: 0.5, pair: () => generateKeyPairSync('rsa', { modulusLength: 2048 }) },
  { alg: 'ES256', openssl: 'ecdsap256', aim: 0.75, pair: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }) },
  { alg: 'EdDSA', openssl: 'ed25519', aim: 0.75, pair: () => generateKeyPairSync('ed25519') },
];

const base64url = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/**
 * Writes a list of tokens, of which a thousand differ (`verify` remembers none of them), and the keys. Gives what the floor
 * verifies.
 */
function list({ alg, pair }, lines) {
  const { publicKey, privateKey } = pair();
  const hash = alg === 'EdDSA' ? null : 'sha256';
  const jwk = publicKey.export({ format: 'jwk' });
  const signed = (number) => {
    const input = `${base64url({ alg, typ: 'at+jwt', kid: 'bench' })}.${base64url({
      iss: 'https://id.example.com',
      sub: `user-${number}`,
      aud: 'my-api',
      client_id: 'my-client',
      scope: 'openid profile',
      iat: 1_700_000_000,
      exp: 4_000_000_000,
      jti: `bench-${number}`,
    })}`;
    return { input, signature: sign(hash, Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' }) };
  };
  const some = Array.from({ length: 1000 }, (_, number) => signed(number));
  const tokens = some.map(({ input, signature }) => `${input}.${signature.toString('base64url')}`);
  writeFileSync(join(folder, alg), Array.from({ length: lines }, (_, number) => tokens[number % 1000]).join('\n'));
  writeFileSync(join(folder, `${alg}.jwks`), JSON.stringify({ keys: [{ ...jwk, kid: 'bench', alg }] }));
  return { ...some[0], hash, jwk };
}

const FORMS = [
  { name: 'whole', words: ['-o', 'ndjson'] },
  { name: '--brief', words: ['--brief'] },
];

async function signatures() {
  const head = ['openssl /s', 'crypto.verify /s', 'bare /s', 'tokctl /s', 'bare of openssl', 'of openssl', 'of bare'];
  const rows = [['`verify --from FILE --jwks FILE`', ...head, 'aim', 'MB']];
  for (const one of ALGORITHMS) {
    const signed = list(one, Number(values.lines));
    const floors = [opensslRate(one.openssl, seconds), await nodeVerifyRate(signed, seconds)];
    for (const form of FORMS) rows.push([`${one.alg}, ${form.name}`, ...(await judged(one, form, floors))]);
  }
  return aligned(rows).join('\n');
}

/** The figures of one list in one form, beside those of a program that does no more than it must. */
async function judged({ alg, aim }, { name, words }, [openssl, node]) {
  const lines = Number(values.lines);
  const options = ['--jwks', `${alg}.jwks`, '--issuer', 'https://id.example.com', ...words];
  const report = join(folder, `${alg}${name}`);
  writeFileSync(report, firstReport(alg, options));
  const bare = lines / (await run(BARE, [alg, `${alg}.jwks`, report])).seconds;
  const told = await tokctl(['verify', '--from', alg, ...options]);
  const rate = lines / told.seconds;
  const ratios = [ratio(bare, openssl), ratio(rate, openssl), ratio(rate, bare)];
  return [...[openssl, node, bare, rate].map(whole), ...ratios, String(aim), String(told.megabytes)];
}

/** What tokctl prints about a token of the list, for a program that prints as much. */
function firstReport(alg, options) {
  const file = join(folder, `${alg}.first`);
  writeFileSync(file, readFileSync(join(folder, alg), 'utf8').split('\n', 1)[0]);
  const words = [PROGRAM, 'verify', '--from', file, ...options];
  return execFileSync(process.execPath, words, {
    env,
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

/** A rate, and how much of each floor it is. */
const besideFloors = (rate, floors) => [whole(rate), ...floors.map((floor) => ratio(rate, floor))];

// ---------------------------------------------------------------- requests

const HEADERS = {
  'content-type': 'application/x-www-form-urlencoded',
  accept: 'application/json',
  authorization: `Basic ${Buffer.from(`bench:${SECRET}`).toString('base64')}`,
};
const bodyOf = (token) => `token=${token}`;

/** What wrk sends: the tokens of the list, one after the other. */
const wrkScript = (file) => `wrk.method = 'POST'
${Object.entries(HEADERS)
  .map(([name, value]) => `wrk.headers['${name}'] = '${value}'`)
  .join('\n')}
local tokens = {}
for token in io.lines('${file}') do tokens[#tokens + 1] = token end
local last = 0
function request()
  last = last % #tokens + 1
  return wrk.format(nil, nil, nil, '${bodyOf("' .. tokens[last] .. '")}')
end
`;

/** `lists`: the server itself makes the tokens, because it answers about no others. */
const SERVERS = [
  { name: 'a stub server', program: 'issuer.mjs', aim: 0.5 },
  { name: 'node oidc-provider', program: 'real-issuer.mjs', aim: 0.9, lists: true },
];

/** Starts a server, with a list of tokens of which each is another. */
async function start({ program, lists }) {
  const count = Number(values.requests);
  const file = join(folder, program);
  if (!lists)
    writeFileSync(file, Array.from({ length: count }, (_, number) => `opaque-token-of-the-bench-${number}`).join('\n'));
  const words = [fileURLToPath(new URL(program, import.meta.url)), ...(lists ? [file, String(count)] : [])];
  const server = spawn(process.execPath, words, { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = await once(server.stdout, 'data');
  const script = join(folder, 'post.lua');
  writeFileSync(script, wrkScript(file));
  return {
    server,
    file,
    script,
    tokens: readFileSync(file, 'utf8').split('\n'),
    url: `${String(line).trim()}/introspect`,
  };
}

async function requests(kind) {
  const { server, file, script, tokens, url } = await start(kind);
  const head = ['wrk /s', 'undici /s', 'tokctl /s', 'of wrk', 'of undici', 'aim', 'MB'];
  const rows = [[`\`introspect --from FILE\`, ${kind.name}`, ...head]];
  const asking = { url, script, headers: HEADERS, bodyOf: (number) => bodyOf(tokens[number % tokens.length]) };
  try {
    // The first answers of a server are slow: whoever comes first would look bad.
    await undiciRate(asking, { connections: 16, seconds });
    for (const connections of [1, 16, 64]) {
      const floors = [wrkRate(asking, { connections, seconds }), await undiciRate(asking, { connections, seconds })];
      const told = await tokctl([
        ...['introspect', '--from', file, '--introspection-endpoint', url, '--concurrency', String(connections)],
        ...['--client-id', 'bench', '--client-secret', 'env:BENCH_SECRET', '-o', 'ndjson'],
      ]);
      const compared = besideFloors(tokens.length / told.seconds, floors);
      rows.push([
        `--concurrency ${connections}`,
        ...floors.map(whole),
        ...compared,
        String(kind.aim),
        String(told.megabytes),
      ]);
    }
  } finally {
    server.stdin.end();
  }
  return aligned(rows).join('\n');
}

try {
  const title = `Node ${process.version} on ${process.platform} ${process.arch}, ${CORES} cores; ${values.lines} tokens, ${values.requests} requests, from the start of the process to its end.`;
  const tables = [await signatures()];
  for (const kind of SERVERS) tables.push(await requests(kind));
  const figures = [title, ...tables].join('\n\n');
  process.stdout.write(`${figures}\n`);
  if (values.write) writeFileSync(DOCUMENT, between(readFileSync(DOCUMENT, 'utf8'), figures, 'throughput'));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
