// Nothing leaks: every command in every form, with marked tokens and secrets, against servers that give back all they were
// sent in every spelling. Stdout, stderr, -v, --show-request and every file are searched for the marks (security.md I9, O7, O9).

import { generateKeyPairSync } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Run, tokctl } from '../cli/transcript.ts';
import { type Answer, type Asked, issuerServer } from '../library/issuer-server.ts';
import { accessClaims, ISSUER, jwks, jws, key, NOW } from '../library/keys.ts';
import { echoed, found, type Mark } from './marks.ts';

const FORMS = ['table', 'json', 'ndjson', 'markdown', 'junit', 'github', 'nagios', 'openmetrics'];

const OPAQUE = 'Zk9vUXVlVG9rZW5PZlRoaXNUZXN0LTAwMDE_xYz';
const REFRESH = 'Q29tcGxldGVseS1vcGFxdWUtcmVmcmVzaC10b2tlbg';
const SECRET = 'cl13nt-s3cr3t/+=&"<marked>';
const BEARER = 'YmVhcmVyLXRoYXQtaXMtbWFya2VkLTAwMDE';
const API_KEY = 'api-k3y-of-the-gateway-000001';
const HEADER_BEARER = 'aGVhZGVyLWJlYXJlci1tYXJrZWQtMDAwMQ';
const GRANTED = 'Z3JhbnRlZC1hY2Nlc3MtdG9rZW4tMDAwMQ';
const CODE = 'Q29kZS1vZi10aGUtc2lnbi1pbi0wMDAwMDAx';
const PRIVATE_KEY = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
  format: 'pem',
  type: 'pkcs8',
});
const keyText = String(PRIVATE_KEY);
const keyLine = keyText.split('\n')[1] ?? '';

const jwt = (issuer = ISSUER): string => jws(accessClaims(issuer));
const signatureOf = (token: string): string => token.split('.')[2] ?? '';

const MARKS: readonly Mark[] = [
  { what: 'the opaque token', value: OPAQUE },
  { what: 'the refresh token', value: REFRESH },
  { what: 'the client secret', value: SECRET },
  { what: 'the bearer', value: BEARER },
  { what: 'the header of the gateway', value: API_KEY },
  { what: 'the bearer of a header', value: HEADER_BEARER },
  { what: 'the private key', value: keyLine },
  { what: 'the authorization code', value: CODE },
];
const GRANT: Mark = { what: 'the granted token', value: GRANTED };

/** Everything that a run leaves behind holds no mark. `allowed` is what stdout may show. */
function assertClean({ stdout, stderr, files }: Run, tokens: readonly string[], allowed?: Mark): void {
  const marks = [...MARKS, GRANT, ...tokens.map((token) => ({ what: 'the signature', value: signatureOf(token) }))];
  expect(found(stderr, marks)).toEqual([]);
  const hidden = marks.filter((mark) => mark !== allowed);
  expect(found(stdout, hidden).join()).toBe('');
  for (const [path, { content }] of files)
    if (!INPUT[path])
      expect(
        found(String(content), marks)
          .map((what) => `${path}: ${what}`)
          .join(),
      ).toBe('');
}

const INPUT: Record<string, string> = {
  '/keys.json': jwks(key()),
  '/client.pem': keyText,
  '/secret': `${SECRET}\n`,
};
const ENV = {
  OPAQUE,
  SECRET,
  BEARER,
  CODE,
  HOME: '/home/a',
  GITHUB_STEP_SUMMARY: '/summary.md',
  GITHUB_OUTPUT: '/output',
};
const COMMANDS = { 'pass show client': `${SECRET}\n` };
const HEADERS = ['--header', `X-Api-Key: ${API_KEY}`, '--header', `Authorization: Bearer ${HEADER_BEARER}`];
const LOUD = ['-v', '--show-request'];

const shared = { env: ENV, files: INPUT, commands: COMMANDS, network: true };

// ---------------------------------------------------------------- servers that give back what they were sent

const sent = ({ form, headers }: Asked): string[] => [
  ...[...form.values()],
  ...['authorization', 'x-api-key'].flatMap((name) => {
    const value = headers[name];
    return typeof value === 'string' ? [value, value.replace(/^\w+ /, '')] : [];
  }),
  ...decodedBasic(headers.authorization),
];

function decodedBasic(authorization = ''): string[] {
  const pair = Buffer.from(/^Basic (.*)$/.exec(authorization)?.[1] ?? '', 'base64').toString();
  const secret = pair.slice(pair.indexOf(':') + 1);
  return pair === '' ? [] : [secret, decodeURIComponent(secret)];
}

const inHeader = (text: string): string => text.replace(/[^\x20-\x7e]/g, '');

type Way = (asked: Asked, good: Record<string, unknown>) => Answer;

const WAYS: Readonly<Record<string, Way>> = {
  'as members': (asked, good) => ({ body: { ...good, ...echoed(sent(asked)) } }),
  'as members of a no': (asked) => ({ body: { active: false, ...echoed(sent(asked)) } }),
  'as an error': (asked) => ({
    status: 400,
    body: { error: 'invalid_request', error_description: JSON.stringify(echoed(sent(asked))), ...echoed(sent(asked)) },
  }),
  'as the name of an error': (asked) => ({
    status: 400,
    body: {
      error: sent(asked)
        .at(-1)
        ?.replace(/[^\x21-\x7e]|["\\]/g, '')
        .slice(0, 90),
    },
  }),
  'as a refusal': (asked) => ({
    status: 401,
    headers: { 'www-authenticate': inHeader(`Bearer realm="${sent(asked).join(' ')}"`) },
    body: sent(asked).join('\n'),
    type: 'text/plain',
  }),
  'as a page': (asked) => ({ status: 500, body: `<p>${sent(asked).join(' ')}</p>`, type: 'text/html' }),
  'as a page that is cut': (asked) => ({
    status: 500,
    body: `${'x'.repeat(170)}${sent(asked).at(-1)}`,
    type: 'text/plain',
  }),
  'as a redirect': (asked) => ({
    status: 302,
    headers: { location: `https://x.example/?${new URLSearchParams({ t: sent(asked).join(' ') })}` },
  }),
  'as no JSON': (asked) => ({ body: `{"active":true, ${sent(asked).join(' ')}`, type: 'application/json' }),
  'as active': (asked) => ({ body: { active: sent(asked).join(' ') } }),
  'as its type': (asked) => ({
    body: 'x',
    type: `text/${inHeader(sent(asked).at(-1) ?? '').replace(/[^\w+/=-]/g, '')}`,
  }),
};

const oddAnswer = (path: string): Answer | undefined =>
  /^\/(?:introspect\?|revoke)/.test(path) ? { status: 400, body: path } : undefined;

async function echoingServer(way: Way) {
  const server = await issuerServer({
    introspection: (asked) => way(asked, { active: true, scope: 'a', exp: NOW + 60 }),
    token: (asked) =>
      way === WAYS['as members']
        ? { body: { access_token: GRANTED, ...echoed(sent(asked)) } }
        : way(asked, { access_token: GRANTED }),
    jwks: (asked) => ({
      body: { keys: [key().jwk, { kty: 'AKP', kid: sent(asked).join(' ') }], ...echoed(sent(asked)) },
    }),
    // doctor asks in ways that are wrong on purpose, with tokens that nobody issued.
    paths: new Proxy<Record<string, Answer>>({}, { get: (_, path) => oddAnswer(String(path)) as Answer }),
  });
  return server;
}

describe('introspect', () => {
  const credentials: Readonly<Record<string, string[]>> = {
    'a secret of a variable': ['--client-id', 'my-client', '--client-secret', 'env:SECRET'],
    'a secret of a file': [
      '--client-id',
      'my-client',
      '--client-secret',
      'file:/secret',
      '--client-auth',
      'client_secret_post',
    ],
    'a secret of a command': [
      '--client-id',
      'my-client',
      '--client-secret',
      'cmd:pass show client',
      '--basic-encoding',
      'raw',
    ],
    'a literal secret': ['--client-id', 'my-client', '--client-secret', SECRET],
    'an assertion by a secret': [
      '--client-id',
      'my-client',
      '--client-secret',
      'env:SECRET',
      '--client-auth',
      'client_secret_jwt',
    ],
    'an assertion by a key': [
      '--client-id',
      'my-client',
      '--client-key',
      '/client.pem',
      '--client-auth',
      'private_key_jwt',
    ],
    'an access token': ['--bearer', 'env:BEARER'],
    'a granted access token': [
      '--client-id',
      'my-client',
      '--client-secret',
      'env:SECRET',
      '--bearer-grant',
      'client_credentials',
    ],
  };

  it.each(Object.keys(WAYS))('with everything given back %s', async (name) => {
    const server = await echoingServer(WAYS[name] as Way);
    for (const given of Object.values(credentials))
      for (const form of ['table', 'json']) {
        const args = ['introspect', 'env:OPAQUE', '--issuer', server.issuer, ...given, ...HEADERS, ...LOUD, '-o', form];
        assertClean(await tokctl(args, shared), []);
      }
  });

  it.each(FORMS)('as %s', async (form) => {
    const server = await echoingServer(WAYS['as members'] as Way);
    const given = [
      '--issuer',
      server.issuer,
      ...(credentials['a secret of a variable'] ?? []),
      ...HEADERS,
      ...LOUD,
      '-o',
      form,
    ];
    const token = jwt(server.issuer);
    const runs = [
      await tokctl(['introspect', 'env:OPAQUE', ...given], shared),
      await tokctl(['introspect', '-', '--mode', 'both', ...given], { ...shared, stdin: token }),
      await tokctl(['introspect', '--from', '-', ...given], {
        ...shared,
        stdin: [OPAQUE, token, `{"token":"${REFRESH}","id":"${REFRESH}"}`].join('\n'),
      }),
      await tokctl(['introspect', '-', '--mode', 'remote', ...given], {
        ...shared,
        tty: true,
        columns: 40,
        stdin: token,
      }),
      await tokctl(['introspect', token, OPAQUE, '--brief', ...given], shared),
    ];
    for (const run of runs) assertClean(run, [token]);
  });

  it.each(['introspection.response', 'introspection.response.plain', 'checks', 'causes', 'token', 'error', 'nothing'])(
    '--select %s',
    async (path) => {
      const server = await echoingServer(WAYS['as members'] as Way);
      const given = ['--issuer', server.issuer, ...(credentials['a secret of a variable'] ?? []), '--select', path];
      assertClean(await tokctl(['introspect', 'env:OPAQUE', ...given], shared), []);
    },
  );
});

describe('verify and decode', () => {
  it.each(FORMS)('as %s', async (form) => {
    const server = await echoingServer(WAYS['as members'] as Way);
    const token = jwt(server.issuer);
    const forgedToken = `${token.slice(0, -6)}AAAAAA`;
    for (const text of [
      token,
      forgedToken,
      OPAQUE,
      `Bearer ${token}`,
      `${token}.x`,
      token.slice(0, -20),
      JSON.stringify({ access_token: token, refresh_token: REFRESH, id_token: token }),
    ]) {
      const tokens = [token, forgedToken];
      assertClean(
        await tokctl(['verify', '-', '--issuer', server.issuer, ...HEADERS, ...LOUD, '-o', form], {
          ...shared,
          stdin: text,
        }),
        tokens,
      );
      assertClean(
        await tokctl(['verify', '-', '--jwks', '/keys.json', '-o', form], { ...shared, stdin: text }),
        tokens,
      );
      assertClean(await tokctl(['decode', '-', '-o', form], { ...shared, stdin: text }), tokens);
    }
  });

  it('with a secret, an access token and a proof', async () => {
    const token = jwt();
    const args = [
      'verify',
      '-',
      '--secret',
      'env:SECRET',
      '--access-token',
      'env:OPAQUE',
      '--dpop-proof',
      token,
      '--dpop-url',
      'https://a.example',
      '-o',
      'json',
    ];
    assertClean(await tokctl(args, { ...shared, stdin: jwt() }), [token]);
  });
});

describe('an authorization code', () => {
  const echoing = (issuer: string) =>
    jws(accessClaims(issuer, { c_hash: 'x', ...echoed([CODE]), back: `https://app.example/cb?code=${CODE}` }));
  const sources: [string, Record<string, unknown>][] = [
    ['env:CODE', {}],
    [CODE, {}],
    ['@/code', { files: { ...INPUT, '/code': `${CODE}\n` } }],
    ['cmd:pass show code', { commands: { 'pass show code': CODE } }],
    ['cmd:pass show other', { commands: {} }],
    ['-', { stdin: CODE }],
  ];

  it.each(sources)('%s', async (source, more) => {
    const server = await echoingServer(WAYS['as members'] as Way);
    const token = echoing(server.issuer);
    const clean = (run: Run) => assertClean({ ...run, files: new Map() }, [token]);
    for (const form of FORMS) {
      const args = ['--issuer', server.issuer, '--code', source, ...LOUD, '-o', form];
      clean(await tokctl(['verify', token, ...args], { ...shared, ...more }));
      clean(await tokctl(['introspect', token, '--mode', 'both', '--client-id', 'a', ...args], { ...shared, ...more }));
    }
  });

  it('in tokctl.yaml and in a profile', async () => {
    const server = await echoingServer(WAYS['as members'] as Way);
    const env = { ...ENV, TOKEN: echoing(server.issuer), TOKCTL_CONFIG: '/config.yaml' };
    const profile = `profiles:\n  mine:\n    issuer: ${server.issuer}\n    code: ${CODE}\n`;
    const yaml = `checks:\n  one:\n    token: env:TOKEN\n    issuer: ${server.issuer}\n    code: env:CODE\n`;
    const files = { ...INPUT, '/config.yaml': { content: profile, mode: 0o600 }, 'tokctl.yaml': yaml };
    const clean = (run: Run) => assertClean({ ...run, files: new Map() }, [env.TOKEN]);
    for (const form of FORMS) {
      clean(await tokctl(['check', '-v', '-o', form], { ...shared, env, files }));
      clean(await tokctl(['verify', 'env:TOKEN', '-p', 'mine', '-v', '-o', form], { ...shared, env, files }));
    }
    clean(await tokctl(['config', 'show', '-p', 'mine'], { ...shared, env, files }));
  });
});

describe('token', () => {
  const given = ['--client-id', 'my-client', '--client-secret', 'env:SECRET', ...HEADERS, '-v'];

  it.each(Object.keys(WAYS))('with everything given back %s', async (name) => {
    const server = await echoingServer(WAYS[name] as Way);
    for (const form of FORMS) {
      const run = await tokctl(['token', '--issuer', server.issuer, ...given, '-o', form], shared);
      // The runner of GitHub is told which text to hide, by that text: on stderr, and nowhere else.
      const told = form === 'github' ? { ...run, stderr: run.stderr.replace(`::add-mask::${GRANTED}`, '') } : run;
      assertClean(told, [], GRANT);
    }
  });
});

describe('jwks, doctor, check', () => {
  it.each(['table', 'json', '--pem'])('jwks %s', async (form) => {
    const server = await echoingServer(WAYS['as members'] as Way);
    const words = form === '--pem' ? [form] : ['-o', form];
    for (const source of [server.issuer, server.endpoints.jwks])
      assertClean(await tokctl(['jwks', source, ...HEADERS, '-v', ...words], shared), []);
  });

  it.each(Object.keys(WAYS))('doctor with everything given back %s', async (name) => {
    const server = await echoingServer(WAYS[name] as Way);
    for (const form of ['table', 'json']) {
      const args = [
        'doctor',
        server.issuer,
        '--client-id',
        'my-client',
        '--client-secret',
        'env:SECRET',
        ...HEADERS,
        '-v',
        '-o',
        form,
      ];
      assertClean(await tokctl(args, shared), [], undefined);
    }
  });

  it.each(Object.keys(WAYS))('check with everything given back %s', async (name) => {
    const server = await echoingServer(WAYS[name] as Way);
    const yaml = [
      'profiles:',
      '  mine:',
      `    issuer: ${server.issuer}`,
      '    client-id: my-client',
      '    client-secret: env:SECRET',
      'default-profile: mine',
      'checks:',
      '  opaque:',
      '    token: env:OPAQUE',
      '  granted:',
      '    token: client_credentials',
      '',
    ].join('\n');
    const files = { ...INPUT, 'tokctl.yaml': yaml };
    for (const form of FORMS)
      assertClean(await tokctl(['check', ...HEADERS, '-v', '-o', form], { ...shared, files }), []);
  });
});

describe('what is typed wrongly', () => {
  const token = jwt();
  it.each<[string, string[]]>([
    ['a token for a command', [OPAQUE]],
    ['a JWT for a command', [token]],
    ['a token for an option', [`--${OPAQUE}`]],
    ['a token after an option that has none', ['introspect', '--offline', '--json', `--opaque=${OPAQUE}`]],
    ['a token for a number', ['introspect', '--retry', OPAQUE, 'x']],
    ['a token for a duration', ['introspect', '--timeout', OPAQUE, 'x']],
    ['a token for an issuer', ['verify', token, '--issuer', OPAQUE]],
    ['a secret for a method', ['introspect', 'x', '--client-auth', SECRET]],
    [
      'a secret for a source',
      ['introspect', 'env:OPAQUE', '--client-id', 'a', '--client-secret', `env:${SECRET}`, '--offline'],
    ],
    ['a secret for a header', ['introspect', 'x', '--header', API_KEY]],
    ['a secret for a format', ['introspect', 'x', '-o', SECRET]],
    ['a private key for a token', ['decode', keyText]],
    ['Basic credentials for a token', ['decode', `Basic ${Buffer.from(`a:${SECRET}`).toString('base64')}`]],
    ['a secret for a key', ['verify', token, '--key', '/client.pem']],
    ['a secret for a key set', ['verify', token, '--jwks', '/client.pem']],
    ['a secret for a profile', ['introspect', 'x', '-p', OPAQUE]],
    ['a token to explain', ['explain', OPAQUE]],
    ['a JWT to explain', ['explain', token]],
  ])('%s', async (_, args) => {
    for (const more of [[], ['-o', 'json'], ['-v']])
      assertClean(await tokctl([...args, ...more], { ...shared, network: false }), [token]);
  });
});

describe('config', () => {
  const yaml = `profiles:\n  mine:\n    issuer: https://id.example.com\n    client-secret: ${JSON.stringify(SECRET)}\n    bearer: ${BEARER}\n    header:\n      - "X-Api-Key: ${API_KEY}"\ndefault-profile: mine\n`;
  const files = { '/home/a/.config/tokctl/config.yaml': { content: yaml, mode: 0o600 } };
  const clean = (run: Run) => assertClean({ ...run, files: new Map() }, []);

  it.each([['show'], ['show', '-o', 'json'], ['path'], ['init'], ['show', '-p', 'mine', '-v']])(
    '%s %s %s',
    async (...args) => {
      clean(
        await tokctl(['config', ...args], {
          env: { ...ENV, TOKCTL_CLIENT_SECRET: SECRET, TOKCTL_TOKEN: OPAQUE },
          files,
        }),
      );
    },
  );

  it('that others can read, or that is broken, shows nothing of itself', async () => {
    for (const content of [
      yaml,
      `${yaml}\n  : ]`,
      yaml.replace('bearer', 'beerer'),
      yaml.replace('client-secret: "', 'client-secret: ["'),
    ])
      for (const mode of [0o644, 0o600])
        clean(
          await tokctl(['introspect', 'env:OPAQUE', '--offline'], {
            env: ENV,
            files: { '/home/a/.config/tokctl/config.yaml': { content, mode } },
          }),
        );
  });
});

describe('a fault of tokctl itself', () => {
  let fetch: never;
  beforeAll(() => {
    fetch = (async (_: string, init: { body?: string; headers: Record<string, string> }) => {
      throw Object.assign(new TypeError(`cannot ${init.body} ${JSON.stringify(init.headers)}`), {
        code: OPAQUE,
        request: init,
      });
    }) as never;
  });

  it.each(FORMS)('shows neither its message nor its stack, as %s', async (form) => {
    const args = [
      'introspect',
      'env:OPAQUE',
      '--introspection-endpoint',
      'https://id.example.com/i',
      '--client-id',
      'a',
      '--client-secret',
      'env:SECRET',
      ...HEADERS,
      '-v',
      '-o',
      form,
    ];
    const run = await tokctl(args, { ...shared, fetch });
    expect(run.exit).toBe(3);
    assertClean(run, []);
  });

  it('of a stream or a file neither', async () => {
    const broken = Object.assign(new Error(`broken ${OPAQUE}`), { code: 'EIO' });
    const run = await tokctl(['decode', 'env:OPAQUE'], {
      ...shared,
      host: {
        now: () => {
          throw broken;
        },
      },
    });
    expect(run.exit).toBe(70);
    assertClean(run, []);
  });
});
