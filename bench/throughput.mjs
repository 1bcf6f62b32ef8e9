#!/usr/bin/env node
// How many tokens a batch answers in a second, beside floors that are measured in the same run: `openssl speed` for
// signatures, `wrk` for requests. `node bench/throughput.mjs [--lines N] [--requests N] [--write]`, after a build.

import { spawn, spawnSync } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { aligned, between } from './figures.mjs';

const { values } = parseArgs({
  options: {
    lines: { type: 'string', default: '50000' },
    requests: { type: 'string', default: '10000' },
    write: { type: 'boolean', default: false },
  },
});
const PROGRAM = fileURLToPath(new URL('../bin/tokctl.js', import.meta.url));
const DOCUMENT = fileURLToPath(new URL('../docs/performance.md', import.meta.url));
const CORES = availableParallelism();
const folder = mkdtempSync(join(tmpdir(), 'tokctl-throughput-'));
const env = { PATH: process.env.PATH, HOME: folder, BENCH_SECRET: 'the-secret-of-the-bench' };

/** Runs tokctl, whose output nobody reads. Gives seconds and the most memory in MB. */
async function run(args) {
  const start = process.hrtime.bigint();
  const child = spawn(process.execPath, [PROGRAM, ...args], {
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

/** A list of tokens of which a thousand differ; `verify` remembers none of them. */
function list({ alg, pair }, lines) {
  const { publicKey, privateKey } = pair();
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
    const key = { key: privateKey, dsaEncoding: 'ieee-p1363' };
    return `${input}.${sign(alg === 'EdDSA' ? null : 'sha256', Buffer.from(input), key).toString('base64url')}`;
  };
  const some = Array.from({ length: 1000 }, (_, number) => signed(number));
  writeFileSync(join(folder, alg), Array.from({ length: lines }, (_, number) => some[number % 1000]).join('\n'));
  writeFileSync(
    join(folder, `${alg}.jwks`),
    JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'bench', alg }] }),
  );
}

/** Signatures that OpenSSL verifies in a second on all cores: the last number it prints. */
function opensslFloor(name) {
  const { stdout } = spawnSync('openssl', ['speed', '-multi', String(CORES), '-seconds', '2', name], {
    encoding: 'utf8',
  });
  return Number(stdout.trim().split(/\s+/).at(-1));
}

async function signatures() {
  const rows = [
    ['`verify --from FILE --jwks FILE`', 'openssl /s', 'whole /s', 'ratio', '--brief /s', 'ratio', 'aim', 'MB'],
  ];
  const lines = Number(values.lines);
  for (const one of ALGORITHMS) {
    list(one, lines);
    const args = ['verify', '--from', one.alg, '--jwks', `${one.alg}.jwks`, '--issuer', 'https://id.example.com'];
    const floor = opensslFloor(one.openssl);
    const whole = await run([...args, '-o', 'ndjson']);
    const brief = await run([...args, '--brief']);
    const rate = ({ seconds }) => lines / seconds;
    rows.push([
      one.alg,
      Math.round(floor),
      Math.round(rate(whole)),
      (rate(whole) / floor).toFixed(2),
      Math.round(rate(brief)),
      (rate(brief) / floor).toFixed(2),
      one.aim,
      whole.megabytes,
    ]);
  }
  return aligned(rows.map((row) => row.map(String))).join('\n');
}

// ---------------------------------------------------------------- requests

const WRK = `wrk.method = 'POST'
wrk.body = 'token=opaque-token-of-the-bench-1&token_type_hint=access_token'
wrk.headers['Content-Type'] = 'application/x-www-form-urlencoded'
wrk.headers['Authorization'] = 'Basic YmVuY2g6dGhlLXNlY3JldC1vZi10aGUtYmVuY2g='
`;

function wrkFloor(url, connections) {
  const words = ['-t1', `-c${connections}`, '-d3s', '-s', join(folder, 'post.lua'), url];
  const { stdout, error } = spawnSync('wrk', words, { encoding: 'utf8' });
  if (error !== undefined) return undefined;
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]);
}

async function requests() {
  const server = spawn(process.execPath, [fileURLToPath(new URL('issuer.mjs', import.meta.url))], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = await once(server.stdout, 'data');
  const url = `${String(line).trim()}/introspect`;
  writeFileSync(join(folder, 'post.lua'), WRK);
  const count = Number(values.requests);
  const tokens = Array.from({ length: count }, (_, number) => `opaque-token-of-the-bench-${number}`);
  writeFileSync(join(folder, 'opaque'), tokens.join('\n'));
  const rows = [['`introspect --from FILE`, a stub server', 'wrk /s', 'tokctl /s', 'ratio', 'aim', 'MB']];
  try {
    for (const concurrency of [1, 16, 64]) {
      const floor = wrkFloor(url, concurrency);
      const { seconds, megabytes } = await run([
        ...['introspect', '--from', 'opaque', '--introspection-endpoint', url, '--concurrency', String(concurrency)],
        ...['--client-id', 'bench', '--client-secret', 'env:BENCH_SECRET', '-o', 'ndjson'],
      ]);
      const rate = count / seconds;
      const ratio = floor === undefined ? '' : (rate / floor).toFixed(2);
      rows.push([`--concurrency ${concurrency}`, Math.round(floor ?? 0), Math.round(rate), ratio, 0.5, megabytes]);
    }
  } finally {
    server.stdin.end();
  }
  return aligned(rows.map((row) => row.map(String))).join('\n');
}

try {
  const title = `Node ${process.version} on ${process.platform} ${process.arch}, ${CORES} cores; ${values.lines} tokens, ${values.requests} requests, from the start of the process to its end.`;
  const figures = [title, await signatures(), await requests()].join('\n\n');
  process.stdout.write(`${figures}\n`);
  if (values.write) writeFileSync(DOCUMENT, between(readFileSync(DOCUMENT, 'utf8'), figures, 'throughput'));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
