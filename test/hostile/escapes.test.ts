// Nothing escapes: whatever claims, headers, servers, file names and words hold, what people and logs read has no character
// that acts on a terminal, and no line that a build runner obeys (security.md O1, O2, O4, H11).

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FetchLike } from '../../src/index.ts';
import { hostileText } from '../cli/render/hostile.ts';
import { commandOf } from '../cli/render/workflow-command.ts';
import { type RunOptions, tokctl } from '../cli/transcript.ts';
import { accessClaims, ISSUER, jwks, jws, key } from '../library/keys.ts';

/** The same texts in every run: a failure here is one for everybody. */
const SEED = 20_261_121;
const runs = (numRuns: number) => ({ seed: SEED, numRuns });

const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u;
/** The commands that the form for GitHub is made of. */
const OWN_COMMANDS = ['error', 'warning', 'notice'];

/** On a terminal long words are broken: there no runner reads, and a line may begin anywhere. */
function assertHarmless(
  text: string,
  { form = 'table', tty = false }: { form?: string; tty?: boolean | undefined } = {},
): void {
  for (const line of text.split('\n')) {
    expect(UNSAFE.exec(line)?.[0].codePointAt(0)?.toString(16), line).toBeUndefined();
    expect(line).not.toMatch(/##(?:vso)?\[/i);
    const command = commandOf(line);
    if (command !== undefined && !tty) expect([form, command.name]).toEqual(['github', expect.toBeOneOf(OWN_COMMANDS)]);
  }
}

const PEOPLE = ['table', 'markdown', 'github', 'nagios', 'openmetrics', 'junit', 'json'];
/** A pipe, and terminals on which lines are wrapped. */
const SCREENS: readonly RunOptions[] = [{}, { tty: true, columns: 44 }, { tty: true, columns: 100 }];

async function assertRun(args: readonly string[], options: RunOptions): Promise<void> {
  for (const form of PEOPLE)
    for (const screen of form === 'table' ? SCREENS : SCREENS.slice(0, 1)) {
      const env = { ...options.env, NO_COLOR: '1' };
      const [command = '', ...words] = args;
      const run = await tokctl([command, '-o', form, ...words], { ...options, ...screen, env });
      expect(run.exit, run.stderr).not.toBe(70);
      assertHarmless(run.stdout, { form, tty: screen.tty });
      assertHarmless(run.stderr, { tty: screen.tty });
    }
}

const value = fc.oneof(
  hostileText,
  fc.array(hostileText, { maxLength: 2 }),
  fc.dictionary(hostileText, hostileText, { maxKeys: 2 }),
);
const members = fc.dictionary(hostileText, value, { maxKeys: 4 });
const NAMES = [
  'iss',
  'sub',
  'aud',
  'scope',
  'client_id',
  'jti',
  'nonce',
  'cnf',
  'act',
  'roles',
  'email',
  'typ',
  'azp',
  'token_use',
];
const named = fc.dictionary(fc.constantFrom(...NAMES), value, { maxKeys: 4 });

describe('a token', () => {
  it('with any claims and any header', async () => {
    await fc.assert(
      fc.asyncProperty(members, named, members, hostileText, async (more, known, header, kid) => {
        const token = jws({ ...accessClaims(ISSUER), ...more, ...known }, { header: { ...header, kid } });
        await assertRun(['decode', '-'], { stdin: token });
        await assertRun(['verify', '-', '--jwks', '/k', '--issuer', ISSUER, '--audience', 'x'], {
          stdin: token,
          files: { '/k': jwks(key()) },
        });
      }),
      runs(15),
    );
  });

  it('under any algorithm, of any type', async () => {
    await fc.assert(
      fc.asyncProperty(hostileText, hostileText, value, async (alg, typ, crit) => {
        const token = jws(accessClaims(ISSUER), { header: { alg, typ, crit, jku: typ, x5c: [alg] } });
        await assertRun(['verify', '-', '--jwks', '/k'], { stdin: token, files: { '/k': jwks(key()) } });
      }),
      runs(15),
    );
  });

  it('that is any text', async () => {
    await fc.assert(
      fc.asyncProperty(hostileText, async (text) => {
        await assertRun(['decode', '-'], { stdin: text });
        await assertRun(['verify', '--', text], {});
        await assertRun(['decode', '--from', '-'], {
          stdin: `{"token":${JSON.stringify(text)},"id":${JSON.stringify(text)}}\n${text}`,
        });
      }),
      runs(15),
    );
  });
});

// ---------------------------------------------------------------- servers

interface Said {
  status: number;
  type: string;
  body: string;
  headers: Record<string, string>;
}

const answering = ({ status, type, body, headers }: Said): FetchLike =>
  (async () => ({
    status,
    headers: new Map(Object.entries({ 'content-type': type, ...headers })),
    body: (async function* () {
      yield Buffer.from(body);
    })(),
  })) as unknown as FetchLike;

const asJson = fc.record({
  a: members,
  active: fc.constantFrom(true, false, 'x'),
  error: fc.option(hostileText),
  error_description: hostileText,
  iss: hostileText,
  scope: value,
  client_id: hostileText,
  username: hostileText,
});
const said: fc.Arbitrary<Said> = fc.record({
  status: fc.constantFrom(200, 200, 200, 302, 400, 401, 403, 429, 500, 503),
  type: fc.oneof(fc.constant('application/json'), fc.constant('text/html'), hostileText),
  body: fc.oneof(
    asJson.map(({ a, error, ...rest }) => JSON.stringify({ ...a, ...rest, ...(error === null ? {} : { error }) })),
    hostileText,
  ),
  headers: fc.record({
    'www-authenticate': hostileText,
    location: hostileText,
    'retry-after': fc.oneof(hostileText, fc.constant('7')),
    date: hostileText,
  }),
});

describe('a server', () => {
  const client = ['--client-id', 'a', '--client-secret', 'env:S', '--retry', '0', '-v', '--show-request'];
  const env = { S: 'a-secret-of-the-test' };

  it('that answers anything at the introspection endpoint', async () => {
    await fc.assert(
      fc.asyncProperty(said, async (answer) => {
        const args = [
          'introspect',
          'opaque-token-0001',
          '--introspection-endpoint',
          'https://id.example.com/i',
          ...client,
        ];
        await assertRun(args, { env, fetch: answering(answer) });
      }),
      runs(25),
    );
  });

  it('that says anything of itself and of its keys', async () => {
    const metadata = fc.record({
      issuer: fc.oneof(fc.constant(ISSUER), hostileText),
      jwks_uri: hostileText,
      token_endpoint: hostileText,
      introspection_endpoint: hostileText,
    });
    const keys = fc.array(
      fc.dictionary(fc.constantFrom('kid', 'kty', 'alg', 'use', 'crv', 'n', 'e', 'x', 'y'), hostileText, {
        maxKeys: 6,
      }),
      { maxLength: 3 },
    );
    await fc.assert(
      fc.asyncProperty(metadata, members, keys, async (known, more, set) => {
        const document = {
          status: 200,
          type: 'application/json',
          body: JSON.stringify({ ...more, ...known, keys: set }),
          headers: {},
        };
        const fetch = answering(document);
        const token = jws(accessClaims(ISSUER));
        await assertRun(['verify', '-', '--issuer', ISSUER, '-v'], { stdin: token, fetch });
        await assertRun(['verify', '-', '--jwks', 'https://id.example.com/jwks.json', '-v'], { stdin: token, fetch });
        for (const args of [
          ['jwks', ISSUER],
          ['jwks', 'https://id.example.com/jwks.json'],
          ['token', '--issuer', ISSUER, '--client-id', 'a', '--client-secret', 'env:S'],
          ['doctor', ISSUER],
        ]) {
          const run = await tokctl([...args, '--retry', '0'], { env, fetch });
          assertHarmless(run.stdout + run.stderr);
        }
      }),
      runs(15),
    );
  });
});

// ---------------------------------------------------------------- words, files, variables

describe('what is typed, and what files are called', () => {
  const PLACES: Readonly<Record<string, (text: string) => string[]>> = {
    command: (text) => [text],
    option: (text) => ['decode', `--${text}`],
    token: (text) => ['decode', text],
    file: (text) => ['decode', `@${text}`],
    variable: (text) => ['decode', `env:${text}`],
    'key file': (text) => ['verify', 'x', '--key', text],
    'key set': (text) => ['verify', 'x', '--jwks', text],
    secret: (text) => ['introspect', 'x', '--client-id', 'a', '--client-secret', `file:${text}`],
    config: (text) => ['introspect', 'x', '--config', text],
    profile: (text) => ['introspect', 'x', '--profile', text],
    issuer: (text) => ['verify', 'x', '--issuer', text],
    number: (text) => ['introspect', 'x', '--timeout', text],
    header: (text) => ['introspect', 'x', '--header', text],
    value: (text) => ['decode', 'e30', '--select', text],
    zone: (text) => ['decode', 'e30', '--tz', text],
    member: (text) => ['decode', '{"access_token":"x"}', '--pick', text],
    list: (text) => ['verify', '--from', text],
    word: (text) => ['explain', text],
    shell: (text) => ['completion', text],
    task: (text) => ['config', text],
    keys: (text) => ['jwks', text],
    server: (text) => ['doctor', text],
    checks: (text) => ['check', text],
  };

  it.each(Object.keys(PLACES))('%s', async (place) => {
    await fc.assert(
      fc.asyncProperty(hostileText, async (text) => {
        for (const screen of SCREENS.slice(0, 2)) {
          const run = await tokctl(PLACES[place]?.(text) ?? [], {
            ...screen,
            env: { HOME: '/h', NO_COLOR: '1' },
          });
          assertHarmless(run.stdout + run.stderr, { tty: screen.tty });
        }
      }),
      runs(20),
    );
  });

  it('variables', async () => {
    await fc.assert(
      fc.asyncProperty(hostileText, async (text) => {
        const env = {
          TOKCTL_ISSUER: text,
          TOKCTL_TOKEN: text,
          TOKCTL_OUTPUT: text,
          TOKCTL_TIMEOUT: text,
          HOME: text,
          XDG_CONFIG_HOME: text,
          TZ: text,
          COLUMNS: text,
          LANG: text,
        };
        for (const args of [['verify'], ['decode'], ['config', 'show'], ['config', 'path']]) {
          const run = await tokctl(args, { env });
          assertHarmless(run.stdout + run.stderr);
        }
      }),
      runs(20),
    );
  });
});
