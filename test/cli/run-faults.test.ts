// What a network, a server and a person can do to a run: each has its code, what was expected and got, and a hint.

import { describe, expect, test } from 'vitest';
import { body, dribble, endless, head, reset, silence } from '../servers/answers.ts';
import { certificates } from '../servers/certificates.ts';
import { type Answer, closedPort, scriptedServer } from '../servers/scripted-server.ts';
import { type RunOptions, tokctl } from './transcript.ts';

const OPAQUE = '2YotnFZFEjr1zCsicMWpAA';
const SECRET = 'the secret of my-api';

/** Asks that endpoint about an opaque token. */
function asked(endpoint: string, { more = [], ...options }: RunOptions & { more?: string[] } = {}) {
  const credentials = ['--client-id', 'my-api', '--client-secret', 'env:CLIENT_SECRET'];
  return tokctl(
    ['introspect', '-', '--introspection-endpoint', endpoint, ...credentials, '--json', '--retry', '0', ...more],
    {
      network: true,
      stdin: OPAQUE,
      env: { CLIENT_SECRET: SECRET },
      ...options,
    },
  );
}

const page = '<!DOCTYPE html>\n<title>Sign in</title>';
const answer =
  (head_: string, text = ''): Answer =>
  (socket) =>
    void socket.end(`${head_}${text}`);
const status = (code: number, headers: Record<string, string> = {}): Answer =>
  answer(head({ 'content-length': '0', ...headers }, { status: code }));
const huge = (): Answer => endless(head({ 'content-type': 'application/json' }), Buffer.alloc(65536, 32));

interface Fault {
  says: string;
  answer: Answer;
  code: string;
  message: string;
  hint: string;
  more?: string[];
}

const FAULTS: Fault[] = [
  {
    says: 'an HTML page with 200',
    answer: body('text/html', page),
    code: 'ERR_RESPONSE_INVALID',
    message: 'expected application/json from the introspection endpoint, got an HTML page ("text/html")',
    hint: 'check that the URL is the endpoint itself and not a page for people; -v shows the exchange',
  },
  {
    says: 'a redirect',
    answer: status(302, { location: 'https://login.example/' }),
    code: 'ERR_HTTP_STATUS',
    message: 'expected status 200 from the introspection endpoint, got a redirect (302) to "https://login.example/"',
    hint: 'name the URL that answers by itself; a redirect to a login page means that it is the wrong one',
  },
  {
    says: '401',
    answer: status(401, { 'www-authenticate': 'Basic realm="as"' }),
    code: 'ERR_CLIENT_AUTHENTICATION',
    message: 'expected an answer from the introspection endpoint, got a refusal of the caller with status 401',
    hint: 'check --client-id and --client-secret; --client-auth names another way to send them',
  },
  {
    says: '403',
    answer: status(403),
    code: 'ERR_CLIENT_AUTHENTICATION',
    message: 'expected an answer from the introspection endpoint, got a refusal of the caller with status 403',
    hint: 'the caller is known but not allowed: ask with a client that may, or allow it at the server',
  },
  {
    says: '429 with Retry-After',
    answer: status(429, { 'retry-after': '120' }),
    code: 'ERR_RATE_LIMITED',
    message: 'expected an answer from the introspection endpoint, got too many requests (429)',
    hint: 'wait 120 s and try again; a lower --concurrency asks more slowly',
  },
  {
    says: '500',
    answer: status(500),
    code: 'ERR_HTTP_STATUS',
    message: 'expected status 200 from the introspection endpoint, got 500',
    hint: 'try again later, and look into the log of the server',
  },
  {
    says: 'a body that never ends',
    answer: huge(),
    code: 'ERR_RESPONSE_TOO_LARGE',
    message: 'expected at most 1048576 bytes from `http://SERVER/introspect`, got more',
    hint: 'no answer of this kind is that large; see whether the URL is that of the endpoint',
  },
  {
    says: 'a body of a byte now and then',
    answer: dribble({ 'content-type': 'application/json' }),
    code: 'ERR_TIMEOUT',
    message: 'expected a whole answer within 0.2 s from `SERVER`, got none',
    hint: 'allow more time: `--timeout 30s`; where the network needs a proxy, set `HTTPS_PROXY`',
    more: ['--timeout', '200ms'],
  },
  {
    says: 'no answer',
    answer: silence,
    code: 'ERR_TIMEOUT',
    message: 'expected a whole answer within 0.2 s from `SERVER`, got none',
    hint: 'allow more time: `--timeout 30s`; where the network needs a proxy, set `HTTPS_PROXY`',
    more: ['--timeout', '200ms'],
  },
  {
    says: 'a connection that is cut',
    answer: reset,
    code: 'ERR_NETWORK',
    message: 'expected an answer from `SERVER`, got connection cut off (`ECONNRESET`)',
    hint: 'check host and port, and that the server runs; where the network needs a proxy, set `HTTPS_PROXY`',
  },
  {
    says: 'what is no HTTP',
    answer: answer('SSH-2.0-OpenSSH_9.6\r\n'),
    code: 'ERR_NETWORK',
    message:
      'expected an answer from `SERVER`, got something that is not HTTP/1.1 as it should be (`HPE_INVALID_CONSTANT`)',
    hint: 'see whether the URL has the right scheme and port',
  },
];

test.each(FAULTS)('$says', async ({ answer: given, code, message, hint, more = [] }) => {
  const server = await scriptedServer([given]);
  const run = await asked(`${server.origin}/introspect`, { more });
  const named = (text: string) => text.replaceAll('SERVER', `127.0.0.1:${server.port}`);
  expect(JSON.parse(run.stdout)).toMatchObject({
    verdict: 'unknown',
    active: null,
    exit_code: 3,
    error: { code, message: named(message), hint: named(hint) },
  });
  expect(run.exit).toBe(3);
  expect(run.stderr.split('\n')[0]).toBe(`error: ${named(message)} (${code})`);
  expect(run.stderr.trimEnd().split('\n').at(-1)).toBe(`hint: ${named(hint)}`);
  expect(run.stdout + run.stderr).not.toMatch(/2YotnFZ|secret of my/);
  await server.idle();
});

test('a host that cannot be reached', async () => {
  const port = await closedPort();
  const run = await asked(`http://127.0.0.1:${port}/introspect`);
  expect(JSON.parse(run.stdout).error).toMatchObject({
    code: 'ERR_NETWORK',
    message: `expected an answer from \`127.0.0.1:${port}\`, got connection refused (\`ECONNREFUSED\`)`,
  });
  expect(run.exit).toBe(3);
});

test('a certificate that nobody trusts; --tls-ca trusts it, --insecure-tls does not ask', async () => {
  const { ca, server: certificate } = await certificates();
  const yes = body('application/json', '{"active":true}');
  const server = await scriptedServer([yes, yes], { tls: certificate });
  const endpoint = `${server.origin}/introspect`;
  const files = { 'ca.pem': ca.cert };
  const refused = await asked(endpoint);
  expect(refused.exit).toBe(3);
  expect(JSON.parse(refused.stdout).error).toMatchObject({
    code: 'ERR_TLS',
    hint: expect.stringContaining('--tls-ca'),
  });
  const trusted = await asked(endpoint, { more: ['--tls-ca', 'ca.pem'], files });
  expect(JSON.parse(trusted.stdout)).toMatchObject({ verdict: 'active', weakened: [] });
  const insecure = await asked(endpoint, { more: ['--insecure-tls'] });
  expect(JSON.parse(insecure.stdout)).toMatchObject({ verdict: 'active', weakened: ['insecure_tls'] });
  expect(insecure.stderr).toMatch(/^warning: --insecure-tls: /);
});

describe('retries', () => {
  const yes = body('application/json', '{"active":true}');

  test('a POST is tried once more after 503, then the answer counts', async () => {
    const server = await scriptedServer([status(503), yes]);
    const run = await asked(`${server.origin}/introspect`, { more: ['--retry', '2', '-v'] });
    expect([run.exit, run.stderr.split('\n').length - 1]).toEqual([0, 2]);
  });

  test('and not a third time, nor after 401', async () => {
    const busy = await scriptedServer([status(503), status(503)]);
    expect((await asked(`${busy.origin}/introspect`, { more: ['--retry', '5'] })).exit).toBe(3);
    const closed = await scriptedServer([status(401)]);
    expect((await asked(`${closed.origin}/introspect`, { more: ['--retry', '5'] })).exit).toBe(3);
  });
});

describe('Ctrl-C', () => {
  test('ends a request that hangs: exit 130, and nothing is said', async () => {
    const server = await scriptedServer([silence]);
    const controller = new AbortController();
    const running = asked(`${server.origin}/introspect`, { signal: controller.signal });
    while (server.received.length === 0) await new Promise((resolve) => setImmediate(resolve));
    controller.abort(new Error('interrupted'));
    expect(await running).toMatchObject({ exit: 130, stdout: '', stderr: '' });
    await server.idle();
  });

  test('before anything was asked', async () => {
    const signal = AbortSignal.abort(new Error('interrupted'));
    expect(await asked('http://127.0.0.1:9/introspect', { signal })).toMatchObject({
      exit: 130,
      stdout: '',
      stderr: '',
    });
  });
});

describe('a fault of tokctl itself', () => {
  test('is told as one, without a stack trace and without what was worked on: exit 70', async () => {
    const run = await tokctl(['verify', '-', '--jwks', 'keys'], {
      stdin: OPAQUE,
      files: { keys: new Error(`a fault with ${OPAQUE} in it`) },
    });
    // An error of a file without a code is still the file's.
    expect(run.exit).toBe(2);
    const broken = await tokctl(['verify', OPAQUE, '--secret', 'cmd:broken'], {
      now: () => {
        throw new RangeError(`no time for ${OPAQUE}`);
      },
    });
    expect(broken.text).toMatchInlineSnapshot(`
      "
      exit 70
      stderr:
      error: tokctl met a fault of its own (RangeError) (ERR_INTERNAL)
      hint: report it with the command you typed, without the token, and the output of tokctl --version
      "
    `);
  });
});
