// How much memory a batch takes, by its number of lines: `node bench/batch-memory.mjs [lines] [decode|introspect]`, after a
// build. The lines are made while they are read, every token is another, and `introspect` asks a server in this process.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';

const lines = Number(process.argv[2] ?? 1_000_000);
const command = process.argv[3] ?? 'decode';
const program = process.env.TOKCTL_BIN ?? fileURLToPath(new URL('../bin/tokctl.js', import.meta.url));

/** A JWT of about 500 characters that nobody signed, or an opaque token. */
function token(number) {
  if (command !== 'decode') return `opaque-token-of-the-bench-${number}`;
  const claims = {
    iss: 'https://id.example.com',
    sub: `user-${number}`,
    aud: 'my-api',
    scope: 'read write',
    pad: 'x'.repeat(160),
  };
  return [{ alg: 'RS256', typ: 'at+jwt', kid: '2f1c' }, claims, { signature: number }]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
}

/** Resident memory of a process in MB. */
function residentMb(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024);
}

async function startServer() {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.setHeader('content-type', 'application/json');
      response.end('{"active":true,"scope":"read write","sub":"user-001"}');
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

const server = command === 'introspect' ? await startServer() : undefined;
const words =
  server === undefined
    ? []
    : [
        '--introspection-endpoint',
        `http://127.0.0.1:${server.address().port}/`,
        '--client-id',
        'bench',
        '--client-secret',
        'env:BENCH_SECRET',
      ];

const child = spawn(process.execPath, [program, command, '--from', '-', '-o', 'ndjson', ...words], {
  stdio: ['pipe', 'pipe', 'inherit'],
  env: { ...process.env, BENCH_SECRET: 'the-secret-of-the-bench' },
});
child.stdout.resume();
const ended = new Promise((resolve) => child.on('close', resolve));

const startedAt = Date.now();
let most = 0;
const step = Math.max(1, Math.floor(lines / 10));
for (let number = 1; number <= lines; number += 1) {
  if (!child.stdin.write(`${token(number)}\n`)) await new Promise((resolve) => child.stdin.once('drain', resolve));
  if (number % 1000 !== 0 && number !== lines) continue;
  const now = residentMb(child.pid);
  most = Math.max(most, now);
  if (number % step === 0) console.log(`${number} lines: ${now} MB`);
}
child.stdin.end();
await ended;
server?.close();
const seconds = (Date.now() - startedAt) / 1000;
console.log(
  `${command}, ${lines} lines: at most ${most} MB, ${seconds.toFixed(0)} s, ${Math.round(lines / seconds)} lines a second`,
);
