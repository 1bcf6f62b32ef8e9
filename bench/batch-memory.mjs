#!/usr/bin/env node
// How much memory a batch takes, and how fast it is, as its list gets longer: `node bench/batch-memory.mjs [--lines N]
// [--command decode --command verify …] [--write]`, after a build. The lines are made while they are read; every token is
// another, but for `verify`, whose thousand signed ones come again and again, because it remembers none. `introspect` asks a
// stub in a process of its own.

import { spawn } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { aligned, between } from './figures.mjs';

const { values } = parseArgs({
  options: {
    lines: { type: 'string' },
    command: { type: 'string', multiple: true, default: ['decode', 'verify', 'introspect'] },
    write: { type: 'boolean', default: false },
  },
});
const PROGRAM = process.env.TOKCTL_BIN ?? fileURLToPath(new URL('../bin/tokctl.js', import.meta.url));
const DOCUMENT = fileURLToPath(new URL('../docs/performance.md', import.meta.url));
/** A server takes a while. */
const linesOf = (command) => Number(values.lines ?? (command === 'introspect' ? 200_000 : 1_000_000));
const ISSUER = 'https://id.example.com';

const base64url = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const JWKS = JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'bench', alg: 'ES256' }] });

/** A JWT of about 500 characters. */
function jwt(number, isSigned) {
  const claims = { iss: ISSUER, sub: `user-${number}`, aud: 'my-api', scope: 'read write', exp: 4_000_000_000 };
  const input = `${base64url({ alg: 'ES256', typ: 'at+jwt', kid: 'bench' })}.${base64url({ ...claims, pad: 'x'.repeat(120) })}`;
  const key = { key: privateKey, dsaEncoding: 'ieee-p1363' };
  const signature = isSigned ? sign('sha256', Buffer.from(input), key) : Buffer.from(`signature-${number}`.padEnd(64));
  return `${input}.${signature.toString('base64url')}`;
}

const COMMANDS = {
  decode: async () => ({ token: (number) => jwt(number, false), args: [] }),
  verify: async () => {
    const some = Array.from({ length: 1000 }, (_, number) => jwt(number, true));
    return { token: (number) => some[number % 1000], args: ['--jwks', JWKS, '--issuer', ISSUER] };
  },
  introspect: async () => {
    const words = [fileURLToPath(new URL('issuer.mjs', import.meta.url))];
    const server = spawn(process.execPath, words, { stdio: ['pipe', 'pipe', 'inherit'] });
    const [line] = await once(server.stdout, 'data');
    const client = ['--client-id', 'bench', '--client-secret', 'env:BENCH_SECRET'];
    return {
      token: (number) => `opaque-token-of-the-bench-${number}`,
      args: ['--introspection-endpoint', `${String(line).trim()}/introspect`, ...client],
      close: () => server.stdin.end(),
    };
  },
};

/** Resident memory of a process in MB; 0 when it has just ended. */
function residentMb(pid) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024);
  } catch {
    return 0;
  }
}

/** Counts the lines of a stream. */
function counting(stream) {
  const counted = { lines: 0 };
  stream.on('data', (bytes) => {
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) counted.lines += 1;
  });
  return counted;
}

/** Rows, one for each quarter: how many answers there were, the most memory until then, answers a second since the last. */
async function measure(command) {
  const { token, args, close } = await COMMANDS[command]();
  const lines = linesOf(command);
  const child = spawn(process.execPath, [PROGRAM, command, '--from', '-', '-o', 'ndjson', ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, BENCH_SECRET: 'the-secret-of-the-bench' },
  });
  const ended = once(child, 'close');
  const printed = counting(child.stdout);
  const rows = [];
  let last = { lines: 0, at: performance.now() };
  let most = 0;
  const look = () => {
    most = Math.max(most, residentMb(child.pid));
    if (printed.lines < ((rows.length + 1) * lines) / 4) return;
    const now = { lines: printed.lines, at: performance.now() };
    const rate = Math.round(((now.lines - last.lines) / (now.at - last.at)) * 1000);
    rows.push([`${command}, ${now.lines.toLocaleString('en')} lines`, String(most), String(rate)]);
    last = now;
  };
  const watch = setInterval(look, 20);
  for (let number = 1; number <= lines; number += 1)
    if (!child.stdin.write(`${token(number)}\n`)) await once(child.stdin, 'drain');
  child.stdin.end();
  const [code] = await ended;
  clearInterval(watch);
  look();
  close?.();
  if (code !== 0) throw new Error(`exit ${code} of ${command}`);
  return rows;
}

const rows = [];
for (const command of values.command) rows.push(...(await measure(command)));
const figures = [
  `Node ${process.version} on ${process.platform} ${process.arch}; the rate is that since the row before.`,
  '',
  ...aligned([['batch', 'MB', 'answers /s'], ...rows]),
].join('\n');
process.stdout.write(`${figures}\n`);
if (values.write) writeFileSync(DOCUMENT, between(readFileSync(DOCUMENT, 'utf8'), figures, 'batch-memory'));
