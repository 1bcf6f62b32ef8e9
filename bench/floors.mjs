// What nothing can be faster than: signatures by OpenSSL and by Node alone, requests by wrk and by undici alone.

import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { Pool } from 'undici';

const CORES = availableParallelism();

/** Signatures that OpenSSL verifies in a second on all cores: the last number that it prints. */
export function opensslRate(name) {
  const words = ['speed', '-multi', String(CORES), '-seconds', '2', name];
  const { stdout } = spawnSync('openssl', words, { encoding: 'utf8' });
  return Number(stdout.trim().split(/\s+/).at(-1));
}

/** One thread that verifies the same signature again and again for two seconds, with the key read once. */
const VERIFYING = `
const { parentPort, workerData: { hash, input, signature, jwk } } = require('node:worker_threads');
const { createPublicKey, verify } = require('node:crypto');
const key = { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' };
let count = 0;
const start = performance.now();
for (; performance.now() - start < 2000; count += 1)
  if (!verify(hash, Buffer.from(input, 'latin1'), key, signature)) throw new Error('expected a good signature');
parentPort.postMessage((count / (performance.now() - start)) * 1000);
`;

/** Signatures that `crypto.verify` of this Node verifies in a second, in as many threads as there are cores. */
export async function nodeVerifyRate(workerData) {
  const rates = Array.from({ length: CORES }, async () => {
    const [rate] = await once(new Worker(VERIFYING, { eval: true, workerData }), 'message');
    return rate;
  });
  return (await Promise.all(rates)).reduce((sum, rate) => sum + rate, 0);
}

/** Answers that wrk gets in a second on one core; undefined where there is no wrk. */
export function wrkRate({ url, script }, connections) {
  const words = ['-t1', `-c${connections}`, '-d3s', '-s', script, url];
  const { stdout, error } = spawnSync('wrk', words, { encoding: 'utf8' });
  return error === undefined ? Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]) : undefined;
}

/** Answers that undici by itself gets in three seconds, a second; each is read as text. */
export async function undiciRate({ url, headers, bodyOf }, connections) {
  const { origin, pathname: path } = new URL(url);
  const pool = new Pool(origin, { connections });
  const start = performance.now();
  let count = 0;
  const asking = Array.from({ length: connections }, async () => {
    while (performance.now() - start < 3000) {
      count += 1;
      const { statusCode, body } = await pool.request({ path, method: 'POST', headers, body: bodyOf(count) });
      const text = await body.text();
      if (statusCode !== 200) throw new Error(`expected status 200, got ${statusCode}: ${text}`);
    }
  });
  await Promise.all(asking);
  const rate = (count / (performance.now() - start)) * 1000;
  await pool.close();
  return rate;
}
