// Runs the tests of test/real against a real Keycloak on loopback: `npm run test:servers`. The server comes from Maven
// Central by the ordinary client (`mvn`), lies in the user's cache folder and nowhere in this repository, and ends with
// the tests. `--if-available`: where it cannot be had, that is said in one loud line and the exit code is 0.

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';

const VERSION = '26.7.3';
const ARTIFACT = `org.keycloak:keycloak-quarkus-dist:${VERSION}:zip`;
const UNPACK = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:unpack';
const LEAST_JAVA = 17;
/** The tests need little; a developer's machine has other things to do. */
const MEMORY = '-Xms64m -Xmx512m -XX:MaxMetaspaceSize=320m';
const MINUTE_MS = 60_000;

/** It cannot be had on this machine, in words for a person. */
class Unavailable extends Error {}

const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'tokctl-tests');
const home = join(cache, `keycloak-${VERSION}`);

// ---------------------------------------------------------------- processes

/** Runs a program to its end; gives its exit code and the end of what it printed. */
function finished(program, args, { timeoutMs, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: timeoutMs, ...options });
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk) => {
        text = (text + chunk).slice(-4000);
      });
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code: code ?? signal, text: text.trim() }));
  });
}

async function succeed(what, program, args, options) {
  const { code, text } = await finished(program, args, options).catch((error) => ({ code: error.code, text: '' }));
  if (code !== 0) throw new Unavailable(`${what} (${program} ended with ${code})${text === '' ? '' : `\n${text}`}`);
  return text;
}

// ---------------------------------------------------------------- getting it

async function assertJava() {
  const text = await succeed('Java is needed', 'java', ['-version'], { timeoutMs: MINUTE_MS });
  const major = Number(/version "(\d+)/.exec(text)?.[1] ?? 0);
  if (major < LEAST_JAVA) throw new Unavailable(`Java ${LEAST_JAVA} or newer is needed, got ${text.split('\n')[0]}`);
}

/** Keycloak, ready to start; downloaded and built once. */
async function install() {
  const ready = join(home, '.ready');
  if (await stat(ready).catch(() => undefined)) return;
  await assertJava();
  await rm(home, { recursive: true, force: true });
  await mkdir(cache, { recursive: true });
  say(`getting Keycloak ${VERSION} (170 MB, once) into ${home}`);
  // A folder without a pom.xml: that of this run's working directory is none of Maven's business.
  await succeed(
    `Keycloak ${VERSION} could not be had from Maven Central`,
    'mvn',
    ['-q', '-B', UNPACK, `-Dartifact=${ARTIFACT}`, `-DoutputDirectory=${cache}`],
    { cwd: cache, timeoutMs: 8 * MINUTE_MS },
  );
  say('building it for a database in memory (a minute, once)');
  await succeed('Keycloak could not be built', 'bash', ['bin/kc.sh', 'build', '--db=dev-mem'], {
    cwd: home,
    timeoutMs: 8 * MINUTE_MS,
  });
  await writeFile(ready, '');
}

// ---------------------------------------------------------------- running it

async function freePort() {
  const server = createServer();
  await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts it on a free port of loopback; resolves when it answers. */
async function start() {
  const port = await freePort();
  const password = randomBytes(12).toString('hex');
  const words = ['--http-enabled=true', '--http-host=127.0.0.1', `--http-port=${port}`, '--hostname-strict=false'];
  const child = spawn('bash', ['bin/kc.sh', 'start', '--optimized', '--cache=local', ...words], {
    cwd: home,
    // A group of its own, so that the Java process behind the script can be ended too.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      JAVA_OPTS: MEMORY,
      KC_BOOTSTRAP_ADMIN_USERNAME: 'admin',
      KC_BOOTSTRAP_ADMIN_PASSWORD: password,
    },
  });
  const server = { url: `http://127.0.0.1:${port}`, password, child, log: '' };
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      server.log = (server.log + chunk).slice(-20_000);
    });
  process.once('exit', () => end(child, 'SIGKILL'));
  await answering(server);
  return server;
}

async function answering(server) {
  const { url, child } = server;
  const until = Date.now() + 4 * MINUTE_MS;
  while (Date.now() < until) {
    if (child.exitCode !== null) throw new Error(`Keycloak ended before it answered\n${server.log}`);
    const response = await fetch(`${url}/realms/master`, { signal: AbortSignal.timeout(5000) }).catch(() => undefined);
    if (response?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error('Keycloak did not answer within 4 minutes');
}

/** Signals the process group that was started here, and no other. */
function end(child, signal) {
  if (child.exitCode !== null || child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It has ended by itself.
  }
}

async function stop({ child }) {
  if (child.exitCode !== null) return;
  const closed = new Promise((resolve) => child.once('close', resolve));
  end(child, 'SIGTERM');
  const timer = setTimeout(() => end(child, 'SIGKILL'), 20_000);
  await closed;
  clearTimeout(timer);
}

// ---------------------------------------------------------------- the tests

const say = (line) => process.stderr.write(`test:servers: ${line}\n`);

async function runTests({ url, password }, words) {
  const env = { ...process.env, KEYCLOAK_URL: url, KEYCLOAK_ADMIN_PASSWORD: password };
  const args = ['vitest', 'run', '--config', 'vitest.servers.config.ts', ...words];
  const { code } = await finished('npx', args, { stdio: 'inherit', env });
  return code === 0 ? 0 : 1;
}

async function main(words) {
  const isOptional = words.includes('--if-available');
  const rest = words.filter((word) => word !== '--if-available');
  try {
    await install();
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    if (!isOptional) throw error;
    say(`SKIPPED: no test ran against a real Keycloak: ${error.message}`);
    return 0;
  }
  say(`starting Keycloak ${VERSION}`);
  const server = await start();
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.once(signal, () => {
      end(server.child, 'SIGKILL');
      process.exit(130);
    });
  try {
    say(`it answers at ${server.url}`);
    const code = await runTests(server, rest);
    if (code !== 0 && process.env.KEYCLOAK_LOG) process.stderr.write(server.log);
    return code;
  } finally {
    await stop(server);
  }
}

process.exitCode = await main(process.argv.slice(2)).catch((error) => {
  say(`FAILED: ${error.message}`);
  return 1;
});
