// What is wrong with a command itself: exit 2, what was expected and what was got, and what to do. Nothing is printed on
// stdout, and nothing that could be a token or a secret is repeated.

import { describe, expect, test } from 'vitest';
import { accessClaims, ISSUER, jwks, jws, key } from '../library/keys.ts';
import { fault } from './fake-host.ts';
import { type RunOptions, tokctl } from './transcript.ts';

const TOKEN = jws(accessClaims(ISSUER));
const TYPED = { stdin: TOKEN };
const WITH_FILES = {
  ...TYPED,
  files: { 'keys.json': jwks(key()), 'key.pem': key().pem, page: '<html>', folder: null },
};

/** The error and the hint, as stderr has them. */
type Row = [argv: string[], options: RunOptions, error: string, hint: string];

async function isTold(argv: string[], options: RunOptions, { error, hint }: { error: string; hint: string }) {
  const { exit, stdout, stderr } = await tokctl(argv, options);
  expect({ exit, stdout, stderr }).toEqual({ exit: 2, stdout: '', stderr: `error: ${error}\nhint: ${hint}\n` });
}

const table = (rows: Row[]) =>
  rows.map(([argv, options, error, hint]) => ({ says: argv.join(' ').slice(0, 60), argv, options, error, hint }));

const WORDS = table([
  [['frobnicate'], {}, 'expected a command, got `frobnicate`, which is none (ERR_USAGE)', 'tokctl --help'],
  [
    ['introspct'],
    {},
    'expected a command, got `introspct`, which is none (ERR_USAGE)',
    'did you mean introspect? tokctl --help',
  ],
  [
    [TOKEN],
    {},
    'expected a command, got something that is none (not shown: it may be a token) (ERR_USAGE)',
    'pass a token on stdin: tokctl introspect -, or after `--`',
  ],
  [
    ['verify', '--isuer', 'x'],
    {},
    'expected an option, got `--isuer`, which is none here (ERR_USAGE)',
    'did you mean --issuer? tokctl verify --help',
  ],
  [
    ['verify', '--mode', 'both'],
    TYPED,
    'expected an option, got `--mode`, which is none here (ERR_USAGE)',
    'tokctl verify --help',
  ],
  [
    ['verify', `--token:${TOKEN}`],
    {},
    'expected an option, got a word that begins with `-` and is no option (not shown: it may be a token) (ERR_USAGE)',
    'pass a token on stdin: tokctl verify -, or after `--`',
  ],
  [['verify', '-x'], {}, 'expected an option, got `-x`, which is none here (ERR_USAGE)', 'tokctl verify --help'],
  [
    ['verify', '--issuer'],
    TYPED,
    'expected a value for `--issuer <url>`, got none (ERR_USAGE)',
    'tokctl verify --help',
  ],
  [['doctor'], {}, 'expected `<issuer>`, got nothing (ERR_USAGE)', 'tokctl doctor --help'],
]);

const VALUES = table([
  [
    ['verify', '--issuer', 'id.example.com'],
    TYPED,
    '--issuer: expected an https URL, got `id.example.com` (ERR_USAGE)',
    'tokctl verify --help',
  ],
  [
    ['verify', '--min-ttl', 'soon'],
    TYPED,
    '--min-ttl: expected a duration such as 30s, 5m, 12h or 7d, got `soon` (ERR_USAGE)',
    'tokctl verify --help',
  ],
  [
    ['verify', '--at', '2027-02-30'],
    TYPED,
    '--at: expected a time such as 2026-11-21T01:00:00Z, or seconds since 1970, got `2027-02-30` (ERR_USAGE)',
    'tokctl verify --help',
  ],
  [
    ['introspect', '--mode', 'remte'],
    TYPED,
    '--mode: expected one of auto, local, remote, both, got `remte` (ERR_USAGE)',
    'did you mean remote? tokctl introspect --help',
  ],
  [['verify', '--claim', 'sub'], TYPED, '--claim: expected name=value, got `sub` (ERR_USAGE)', 'tokctl verify --help'],
  [
    ['verify', '--header', 'X Y'],
    TYPED,
    '--header: expected `name: value`, got another value (ERR_USAGE)',
    'tokctl verify --help',
  ],
  [
    ['verify', '--retry', 'many'],
    TYPED,
    '--retry: expected a whole number, got `many` (ERR_USAGE)',
    'tokctl verify --help',
  ],
  [
    ['verify', '--concurrency', '0'],
    TYPED,
    '--concurrency: expected a number from 1 to 1000, got `0` (ERR_USAGE)',
    'tokctl verify --help',
  ],
  [
    ['verify', '--shard', '5/4'],
    TYPED,
    '--shard: expected i/n with i from 1 to n, such as 1/4, got `5/4` (ERR_USAGE)',
    'tokctl verify --help',
  ],
  [
    ['verify', '--tz', 'Mars/Olympus'],
    TYPED,
    '--tz: expected a time zone such as Europe/Berlin, or local, got `Mars/Olympus` (ERR_USAGE)',
    'tokctl verify --help',
  ],
  [
    ['verify', '--allow-endpoint-origin', 'x'],
    TYPED,
    '--allow-endpoint-origin: expected an origin such as https://id.example.com, got `x` (ERR_USAGE)',
    'tokctl verify --help',
  ],
  [
    ['verify', '-o', 'xml'],
    TYPED,
    '--output: expected one of table, json, ndjson, markdown, junit, github, nagios, openmetrics, got `xml` (ERR_USAGE)',
    'tokctl verify --help',
  ],
  [
    ['verify'],
    { ...TYPED, env: { TOKCTL_TIMEOUT: 'soon' } },
    'TOKCTL_TIMEOUT: expected a duration such as 30s, 5m, 12h or 7d, got `soon` (ERR_USAGE)',
    'tokctl verify --help',
  ],
  [
    ['verify'],
    { ...TYPED, env: { TOKCTL_STRICT: 'perhaps' } },
    'TOKCTL_STRICT: expected true or false, got `perhaps` (ERR_USAGE)',
    'tokctl verify --help',
  ],
  [
    ['verify', '--issuer', 'x\u001b[31m'],
    TYPED,
    '--issuer: expected an https URL, got `x\\u{1b}[31m` (ERR_USAGE)',
    'tokctl verify --help',
  ],
]);

const PASS_IT = 'pass it on stdin (tokctl introspect -), as @FILE, env:NAME, or in TOKCTL_TOKEN';
const READABLE = 'check the path; - reads stdin';
const ONE_READER = 'give one of them as @FILE, file:PATH or env:NAME';

const TOKENS = table([
  [['verify'], {}, 'expected a token, got none: none was given (ERR_TOKEN_MISSING)', PASS_IT],
  [['verify'], { tty: true }, 'expected a token, got none: none was given (ERR_TOKEN_MISSING)', PASS_IT],
  [['verify'], { stdin: '' }, 'expected a token, got none: the input is empty (ERR_TOKEN_MISSING)', PASS_IT],
  [['verify'], { stdin: ' \n' }, 'expected a token, got none: the input is empty (ERR_TOKEN_MISSING)', PASS_IT],
  [
    ['verify', '@empty'],
    { files: { empty: '' } },
    'expected a token, got none: the input is empty (ERR_TOKEN_MISSING)',
    PASS_IT,
  ],
  [['verify', '@nope'], {}, 'expected a readable file, got `nope`: no such file (ERR_USAGE)', READABLE],
  [
    ['verify', '@folder'],
    { files: { folder: null } },
    'expected a readable file, got `folder`: a directory (ERR_USAGE)',
    READABLE,
  ],
  [
    ['verify', '@closed'],
    { files: { closed: fault('EACCES') } },
    'expected a readable file, got `closed`: no permission to read it (ERR_USAGE)',
    READABLE,
  ],
  [
    ['verify', '@huge'],
    { files: { huge: 'a'.repeat(5 * 1024 * 1024) } },
    'expected a readable file, got `huge`: more than 4 MiB, which is too large for a token (ERR_USAGE)',
    READABLE,
  ],
  [
    ['verify', 'env:NOPE'],
    {},
    'expected a token in the variable `NOPE`, got no such variable (ERR_TOKEN_MISSING)',
    'export NOPE, or pass the token on stdin',
  ],
  [
    ['verify', 'env:EMPTY'],
    { env: { EMPTY: '' } },
    'expected a token in the variable `EMPTY`, got an empty one (ERR_TOKEN_MISSING)',
    'export EMPTY, or pass the token on stdin',
  ],
  [
    ['verify', '-', '-'],
    TYPED,
    'expected one reader of stdin, got two: the token and the token (ERR_USAGE)',
    ONE_READER,
  ],
  [
    ['verify', '-', '--jwks', '-'],
    TYPED,
    'expected one reader of stdin, got two: --jwks and the token (ERR_USAGE)',
    ONE_READER,
  ],
  [
    ['introspect', '--client-secret', '-', '--bearer', '-'],
    TYPED,
    'expected one reader of stdin, got two: --client-secret and --bearer (ERR_USAGE)',
    ONE_READER,
  ],
  [
    ['verify', '--from', 'lines', 'x'],
    { files: { lines: TOKEN } },
    'expected tokens from --from or as arguments, got both (ERR_USAGE)',
    'leave out one of them',
  ],
  [['verify', '--from', 'nope'], {}, 'expected a readable file, got `nope`: no such file (ERR_USAGE)', READABLE],
  [
    ['verify', '--from', 'empty'],
    { files: { empty: '' } },
    'expected tokens, got none: the input is empty (ERR_TOKEN_MISSING)',
    'one token, or one JSON object with `token` and `id`, a line',
  ],
  [
    ['verify', '-', '--pick', 'refresh_token'],
    TYPED,
    'expected `refresh_token` in what was pasted, got a bare token (ERR_USAGE)',
    'leave out --pick',
  ],
  [
    ['verify', '-', '--pick', 'x'],
    { stdin: JSON.stringify({ access_token: TOKEN }) },
    'expected `x` in what was pasted, got access_token (ERR_USAGE)',
    '--pick access_token',
  ],
  [
    ['verify', '-'],
    { stdin: 'Authorization: Basic bXktYXBpOnNlY3JldA==' },
    'expected a token, got Basic credentials: a user name or client id with its password (not shown) (ERR_USAGE)',
    'client credentials go to --client-id and --client-secret',
  ],
  [
    ['verify', '-'],
    { stdin: '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----' },
    'expected a token, got a private key (not shown) (ERR_USAGE)',
    'a private key goes to --client-key; if it was in a log, replace it',
  ],
]);

const KEYS = table([
  [
    ['verify', '-', '--jwks', 'nope'],
    WITH_FILES,
    'expected a readable file, got `nope`: no such file (ERR_USAGE)',
    READABLE,
  ],
  [
    ['verify', '-', '--jwks', 'folder'],
    WITH_FILES,
    'expected a readable file, got `folder`: a directory (ERR_USAGE)',
    READABLE,
  ],
  [
    ['verify', '-', '--jwks', 'page'],
    WITH_FILES,
    '`page` holds no JWK Set: expected JSON, got other text (ERR_CONFIG_INVALID)',
    'give a JWK Set (RFC 7517 §5): --jwks FILE or URL',
  ],
  [
    ['verify', '-', '--key', 'page'],
    WITH_FILES,
    'expected a public key in `page`, got something that holds no key (ERR_CONFIG_INVALID)',
    'give a PEM (public key or certificate) or a JWK: --key FILE; a JWK Set goes to --jwks FILE',
  ],
  [
    ['verify', '-', '--jwks', 'keys.json', '--key', 'key.pem'],
    WITH_FILES,
    'expected keys from one source, got several (ERR_USAGE)',
    'give one of --jwks, --key and --secret',
  ],
  [
    ['verify', '-', '--secret', 'env:NOPE'],
    TYPED,
    '`--secret` cannot be read: the variable `NOPE` is not set (ERR_CONFIG_INVALID)',
    'export NOPE=…',
  ],
  [
    ['verify', '-', '--secret', 'file:key.pem'],
    WITH_FILES,
    '`--secret`: expected a shared secret, got a key (ERR_CONFIG_INVALID)',
    'a public key goes to --key FILE',
  ],
  [
    ['verify', '-', '--access-token', 'env:NOPE'],
    TYPED,
    '`--access-token` cannot be read: the variable `NOPE` is not set (ERR_CONFIG_INVALID)',
    'export NOPE=…',
  ],
  [
    ['verify', '-', '--client-cert', 'page', '--jwks', 'keys.json'],
    WITH_FILES,
    'expected a client certificate, got something else (ERR_CONFIG_INVALID)',
    'give it as PEM or DER: --client-cert FILE',
  ],
  [
    ['verify', '-', '--tls-ca', 'nope'],
    { ...TYPED, network: true },
    'expected a readable file, got `nope`: no such file (ERR_USAGE)',
    READABLE,
  ],
  [
    ['verify', '-', '-p', 'nope'],
    TYPED,
    'expected a configuration file with that profile, got none (ERR_CONFIG_INVALID)',
    'write one: tokctl config init',
  ],
  [
    ['verify', '-', '--config', 'nope.yaml'],
    TYPED,
    'nope.yaml: the configuration file cannot be read: no such file (ERR_CONFIG_INVALID)',
    'tokctl config path',
  ],
]);

describe.each([
  ['words', WORDS],
  ['values', VALUES],
  ['tokens', TOKENS],
  ['keys and files', KEYS],
])('%s', (_name, rows) => {
  test.each(rows)('$says', ({ argv, options, error, hint }) => isTold(argv, options, { error, hint }));
});

describe('in the form that was asked for', () => {
  const object = (code: string, exit_code: number) => ({
    schema: 'tokctl.report/1',
    verdict: 'unknown',
    active: null,
    exit_code,
    error: { code },
  });

  test.each([[['verify', '--json']], [['verify', '-o', 'json']], [['verify', '-o', 'ndjson']]])(
    '%j: an object on stdout as well',
    async (argv) => {
      const { exit, stdout, stderr } = await tokctl(argv);
      expect(JSON.parse(stdout)).toMatchObject(object('ERR_TOKEN_MISSING', 2));
      expect([exit, stderr.split('\n')[0]]).toEqual([
        2,
        'error: expected a token, got none: none was given (ERR_TOKEN_MISSING)',
      ]);
      if (argv.includes('ndjson')) expect(stdout.trimEnd()).not.toContain('\n');
    },
  );

  test('also where it was asked for by a variable', async () => {
    const { stdout } = await tokctl(['verify'], { env: { TOKCTL_OUTPUT: 'json' } });
    expect(JSON.parse(stdout)).toMatchObject(object('ERR_TOKEN_MISSING', 2));
  });

  test('and where another variable is wrong', async () => {
    const { stdout } = await tokctl(['verify', '--json'], { env: { TOKCTL_TIMEOUT: 'soon' } });
    expect(JSON.parse(stdout)).toMatchObject(object('ERR_USAGE', 2));
  });

  test('-q keeps silent about answers, not about wrong commands', async () => {
    expect((await tokctl(['verify', '-q'])).stderr).toContain('ERR_TOKEN_MISSING');
    expect((await tokctl(['verify', '-', '-q'], { stdin: '2YotnFZFEjr1zCsicMWpAA' })).text).toBe('\nexit 3');
  });
});

describe('help', () => {
  test('without a command nothing was done: help on stderr, exit 2', async () => {
    const { exit, stdout, stderr } = await tokctl([]);
    expect([exit, stdout]).toEqual([2, '']);
    expect(stderr).toContain('Usage: tokctl');
  });

  test.each([[['--help']], [['-h']], [['introspect', '--help']], [['verify', '-h']], [['decode', '--help']]])(
    '%j: on stdout, exit 0, no line longer than 80 columns',
    async (argv) => {
      const { exit, stdout, stderr } = await tokctl(argv);
      expect([exit, stderr]).toEqual([0, '']);
      expect(stdout).toContain('Usage: tokctl');
      const examples = stdout.indexOf('\nExamples:');
      const lines = (examples < 0 ? stdout : stdout.slice(0, examples)).split('\n');
      expect(lines.filter((line) => line.length > 80)).toEqual([]);
    },
  );

  test.each([[['--version']], [['-V']]])('%j is the version alone', async (argv) => {
    expect(await tokctl(argv)).toMatchObject({
      exit: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\S*\n$/),
      stderr: '',
    });
  });
});

describe('a token that begins with a dash', () => {
  const DASHED = '-Qh3xV9kTz0bN5cR7mYpLw';

  test.each([
    [['decode', DASHED, '--json']],
    [['decode', '--json', DASHED]],
    [['decode', '--json', '--', DASHED]],
    [['decode', '-o', 'json', DASHED, '--at', '0']],
    [['decode', '--json', `-${DASHED}`]],
  ])('is a token: %j', async (argv) => {
    const { exit, stdout } = await tokctl(argv);
    expect(exit).toBe(0);
    expect(JSON.parse(stdout).token).toMatchObject({ format: 'opaque' });
  });

  test.each(['-Vh3xV9kTz0bN5cR7mYpLw', '-hQ3xV9kTz0bN5cR7mYpLw', '-qQ3xV9kTz0bN5cR7mYpLw', '-oQ3xV9kTz0bN5cR7mYpLw'])(
    'also where it begins like an option: %s',
    async (token) => {
      const { stdout } = await tokctl(['decode', token]);
      expect(stdout).toContain('opaque token, decoded only');
    },
  );

  test('several of them are a batch', async () => {
    const { stdout } = await tokctl(['decode', DASHED, `${DASHED}2`, '-o', 'json']);
    expect(stdout.trim().split('\n').length).toBe(2);
  });

  test('and is no token where an option wants a value, or no command takes one', async () => {
    const secret = '-s3cr3tThatBeginsWithADash';
    const joined = await tokctl(['introspect', 'opaque-token', '--client-id=MyClient0123456789abc', '--offline']);
    expect(joined.stderr).toContain('ERR_ENDPOINT_UNKNOWN');
    const { stderr } = await tokctl(['introspect', 'opaque-token', '--client-id', 'a', '--client-secret', secret]);
    expect(stderr).toContain('ERR_ENDPOINT_UNKNOWN');
    expect((await tokctl(['jwks', DASHED])).exit).toBe(2);
  });
});
