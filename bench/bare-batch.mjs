// The least that a program on Node does for a list of tokens, on all cores: each is read, its signature verified, its issuer
// and its expiry compared, and a report printed that is as long as that of tokctl. No other check is made, no damage is
// looked for, nothing is hidden.
// `node bench/bare-batch.mjs LIST JWKS REPORT`: REPORT is a file with a line of tokctl about one of the tokens.

import { createPublicKey, hash, verify } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

const PIECE = 16;

async function spread([list, jwks, report]) {
  const threads = Array.from({ length: availableParallelism() }, () => thread({ jwks, report }));
  const underWay = [];
  let turn = 0;
  for await (const lines of pieces(list)) {
    underWay.push(threads[turn % threads.length].ask(lines));
    turn += 1;
    if (underWay.length >= threads.length * 2) await print(await underWay.shift());
  }
  for (const printed of underWay) await print(await printed);
  for (const { stop } of threads) stop();
}

function thread(data) {
  const worker = new Worker(new URL(import.meta.url), { workerData: data });
  const waiting = [];
  worker.on('message', (text) => waiting.shift()(text));
  worker.on('error', (error) => {
    throw error;
  });
  const ask = (lines) =>
    new Promise((resolve) => {
      waiting.push(resolve);
      worker.postMessage(lines);
    });
  return { ask, stop: () => void worker.terminate() };
}

async function* pieces(list) {
  let rest = '';
  for await (const chunk of createReadStream(list, 'latin1')) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    for (let at = 0; at < lines.length; at += PIECE) yield lines.slice(at, at + PIECE);
  }
  if (rest !== '') yield [rest];
}

function print(text) {
  return new Promise((resolve) => {
    if (process.stdout.write(text)) resolve();
    else process.stdout.once('drain', resolve);
  });
}

function judge({ jwks, report: path }) {
  const [jwk] = JSON.parse(readFileSync(jwks, 'utf8')).keys;
  const report = JSON.parse(readFileSync(path, 'utf8'));
  const key = { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' };
  const digest = jwk.alg === 'EdDSA' ? null : 'sha256';
  const now = Date.now() / 1000;
  const line = (token) => {
    const dot = token.lastIndexOf('.');
    const claims = JSON.parse(Buffer.from(token.slice(token.indexOf('.') + 1, dot), 'base64url').toString());
    const signed = Buffer.from(token.slice(0, dot), 'latin1');
    if (!verify(digest, signed, key, Buffer.from(token.slice(dot + 1), 'base64url')))
      throw new Error('a bad signature');
    if (claims.iss !== 'https://id.example.com' || claims.exp <= now) throw new Error('another issuer, or expired');
    const sha256 = hash('sha256', token).slice(0, 12);
    const own = report.claims === undefined ? { sha256 } : { token: { ...report.token, sha256 }, claims };
    return `${JSON.stringify({ ...report, ...own })}\n`;
  };
  parentPort.on('message', (tokens) => parentPort.postMessage(tokens.map(line).join('')));
}

if (isMainThread) await spread(process.argv.slice(2));
else judge(workerData);
