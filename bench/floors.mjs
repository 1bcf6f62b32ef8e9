// What nothing can be faster than: signatures by OpenSSL and by Node alone, requests by wrk and by undici alone.

import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { Pool } from 'undici';

const CORES = availableParallelism();

/** Signatures that OpenSSL verifies in a second on all cores: the last number that it prints; undefined without it. */
export function opensslRate(name, seconds) {
  const words = ['speed', '-multi', String(CORES), '-seconds', String(seconds), name];
  const { stdout, error } = spawnSync('openssl', words, { encoding: 'utf8' });
  return error === undefined ? Number(stdout.trim().split(/\s+/).at(-1)) : undefined;
}

/** One thread that verifies the same signature again and again, with everything that can be made before made once. */
const VERIFYING = `
const { parentPort, workerData: { hash, input, signature, jwk, seconds } } = require('node:worker_threads');
const { createPublicKey, verify } = require('node:crypto');
const key = { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' };
const bytes = Buffer.from(input);
let count = 0;
const start = performance.now();
for (; performance.now() - start < seconds * 1000; count += 1)
  if (!verify(hash, bytes, key, signature)) throw new Error('expected a good signature');
parentPort.postMessage((count / (performance.now() - start)) * 1000);
`;

/**
 * Signatures that `crypto.verify` of this Node verifies in a second, in as many threads as there are cores: no program on Node
 * can reach more.
 */
export async function nodeVerifyRate(signed, seconds) {
  const rates = Array.from({ length: CORES }, async () => {
    const [rate] = await once(new Worker(VERIFYING, { eval: true, workerData: { ...signed, seconds } }), 'message');
    return rate;
  });
  return (await Promise.all(rates)).reduce((sum, rate) => sum + rate, 0);
}

/** Answers that wrk gets in a second on one core; undefined where there is no wrk. */
export function wrkRate({ url, script }, { connections, seconds }) {
  const words = ['-t1', `-c${connections}`, `-d${seconds}s`, '-s', script, url];
  const { stdout, error } = spawnSync('wrk', words, { encoding: 'utf8' });
  if (error !== undefined) return undefined;
  // A server is quick to refuse.
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`expected answers with status 200, got ${stdout}`);
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]);
}

/** Answers that undici by itself gets in a second; each is read as text, and nothing else is done with it. */
export async function undiciRate({ url, headers, bodyOf }, { connections, seconds }) {
  const { origin, pathname: path } = new URL(url);
  const pool = new Pool(origin, { connections });
  const start = performance.now();
  let count = 0;
  const asking = Array.from({ length: connections }, async () => {
    while (performance.now() - start < seconds * 1000) {
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
