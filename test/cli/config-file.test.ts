// Reads the configuration file through a Host in memory: what passes, what does not, and where the message points.

import { describe, expect, it } from 'vitest';
import { configPath, findConfig, loadConfig, profileNamed, profileOfIssuer } from '../../src/cli/config-file.ts';
import { TokctlError } from '../../src/core/errors.ts';
import { type FakeFile, fakeHost, fault } from './fake-host.ts';

const PATH = '/home/me/.config/tokctl/config.yaml';

const load = (file: string | FakeFile | Error | null, env = {}) =>
  loadConfig(PATH, fakeHost({ files: { [PATH]: file }, env }).host);

async function refusal(file: string | FakeFile | Error | null): Promise<TokctlError> {
  const error = await load(file).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof TokctlError)) throw new Error(`expected a TokctlError, got ${String(error)}`);
  expect(error.code).toBe('ERR_CONFIG_INVALID');
  expect(error.message).not.toMatch(/\n/);
  return error;
}

const profile = (...lines: string[]) => `profiles:\n  work:\n${lines.map((line) => `    ${line}\n`).join('')}`;

describe('where the file is', () => {
  const at = (env: Record<string, string>, explicit?: string) => configPath(fakeHost({ env }).host, explicit);

  it.each([
    ['--config before all', { TOKCTL_CONFIG: '/t', XDG_CONFIG_HOME: '/x', HOME: '/h' }, '/flag', '/flag'],
    ['TOKCTL_CONFIG', { TOKCTL_CONFIG: '/t', XDG_CONFIG_HOME: '/x', HOME: '/h' }, undefined, '/t'],
    ['XDG_CONFIG_HOME', { XDG_CONFIG_HOME: '/x', HOME: '/h' }, undefined, '/x/tokctl/config.yaml'],
    ['HOME', { HOME: '/h' }, undefined, '/h/.config/tokctl/config.yaml'],
    ['APPDATA', { APPDATA: '/a' }, undefined, '/a/tokctl/config.yaml'],
    [
      'an empty variable is none',
      { TOKCTL_CONFIG: '', XDG_CONFIG_HOME: '', HOME: '/h' },
      undefined,
      '/h/.config/tokctl/config.yaml',
    ],
    [
      'a relative XDG_CONFIG_HOME is none',
      { XDG_CONFIG_HOME: 'x', HOME: '/h' },
      undefined,
      '/h/.config/tokctl/config.yaml',
    ],
    ['nowhere', {}, undefined, undefined],
  ])('%s', (_, env, explicit, expected) => {
    expect(at(env as Record<string, string>, explicit)).toBe(expected);
  });

  it('is nothing when it is not there and nobody named it', async () => {
    expect(await findConfig(fakeHost({ env: { HOME: '/h' } }).host)).toBeUndefined();
    expect(await findConfig(fakeHost().host)).toBeUndefined();
  });

  it.each([
    ['--config', {}, '/no/such.yaml'],
    ['TOKCTL_CONFIG', { TOKCTL_CONFIG: '/no/such.yaml' }, undefined],
  ])('must be there when %s names it', async (_, env, explicit) => {
    await expect(findConfig(fakeHost({ env }).host, explicit)).rejects.toMatchObject({
      code: 'ERR_CONFIG_INVALID',
      message: '/no/such.yaml: the configuration file cannot be read: no such file',
    });
  });

  it('is read where it is found', async () => {
    const { host } = fakeHost({ env: { HOME: '/home/me' }, files: { [PATH]: profile('issuer: https://a.example') } });
    expect((await findConfig(host))?.profiles.map(({ name }) => name)).toEqual(['work']);
  });
});

describe('what a profile gives', () => {
  const values = async (...lines: string[]) =>
    Object.fromEntries((await load(profile(...lines), { HOME: '/home/me' })).profiles[0]?.values ?? []);

  it('values as the flags would be typed', async () => {
    expect(
      await values(
        'issuer: https://id.example.com',
        'audience: [https://a.example, b]',
        'scope: read write',
        'retry: 0',
        'timeout: 5',
        'strict: true',
        'offline: false',
        'mode: both',
        'client-id: app-1',
        'at: 2026-11-21T01:00:00Z',
      ),
    ).toEqual({
      issuer: 'https://id.example.com',
      audience: ['https://a.example', 'b'],
      scope: 'read write',
      retry: '0',
      timeout: '5',
      strict: true,
      mode: 'both',
      'client-id': 'app-1',
      at: '2026-11-21T01:00:00Z',
    });
  });

  it.each(['0123', '12345678901234567890', '1e5', '1.0', '0x1F', '.nan', '42'])(
    'the number %s as it was typed',
    async (text) => {
      expect(await values(`client-id: ${text}`)).toEqual({ 'client-id': text });
    },
  );

  it('paths from the folder of the file, and from the home folder behind ~/', async () => {
    expect(
      await values(
        'key: keys/a.pem',
        'client-key: ~/b.pem',
        'tls-ca: /etc/ca.pem',
        'jwks: set.json',
        'client-secret: file:s.txt',
        "access-token: '@t.txt'",
        "bearer: '@~/t.txt'",
      ),
    ).toEqual({
      key: '/home/me/.config/tokctl/keys/a.pem',
      'client-key': '/home/me/b.pem',
      'tls-ca': '/etc/ca.pem',
      jwks: '/home/me/.config/tokctl/set.json',
      'client-secret': 'file:/home/me/.config/tokctl/s.txt',
      'access-token': '@/home/me/.config/tokctl/t.txt',
      bearer: '@/home/me/t.txt',
    });
  });

  it('URLs, sources without a path and - untouched', async () => {
    const given = { jwks: 'https://id.example.com/jwks', 'client-secret': 'env:A', secret: 'cmd:cat x', bearer: '-' };
    expect(await values(...Object.entries(given).map(([name, value]) => `${name}: '${value}'`))).toEqual(given);
  });

  it('the same through an alias', async () => {
    const { profiles } = await load(`profiles:\n  a: &a\n    audience: [x]\n  b: *a\n`);
    expect(profiles[1]).toEqual({ name: 'b', values: new Map([['audience', ['x']]]) });
  });

  it.each(['', '# only a comment\n', 'profiles:\n', '{}', '---\n'])('nothing from an empty file: %j', async (text) => {
    expect(await load(text)).toEqual({ path: PATH, profiles: [] });
  });

  it('nothing from an empty profile', async () => {
    expect((await load('profiles:\n  work:\n')).profiles).toEqual([{ name: 'work', values: new Map() }]);
  });

  it('JSON and a byte order mark are read too', async () => {
    const file = `\ufeff${JSON.stringify({ profiles: { work: { issuer: 'https://a.example' } } }, undefined, '\t')}`;
    expect((await load(file)).profiles[0]?.values.get('issuer')).toBe('https://a.example');
  });
});

describe('what is refused, and where it stands', () => {
  it.each<[string, string, string]>([
    ['a tab', 'profiles:\n\twork:\n', ':2:1: expected YAML, got a tab in the indentation; expected spaces'],
    ['an open bracket', 'profiles:\n  work: [unclosed\n', ':3:1: expected YAML, got the indentation does not fit'],
    ['an open quote', profile('issuer: "https://a'), ':4:1: expected YAML, got a quote, bracket or colon is missing'],
    ['a second colon', profile('client-secret: cmd: pass x'), ':3:20: expected YAML, got a second `: ` in one line'],
    ['a dash without quotes', profile('client-secret: -'), ':3:20: expected YAML, got something that cannot stand'],
    ['an at sign without quotes', profile('bearer: @file'), ':3:13: expected YAML, got a plain value cannot begin'],
    ['a key without its colon', 'profiles:\n  work\n  a: b\n', ':2:3: expected YAML, got a key without'],
    ['a tag', profile('issuer: !env A'), ':3:13: expected YAML, got a tag; expected a plain value'],
    [
      'a key twice',
      profile('issuer: https://a.example', 'issuer: https://b.example'),
      ':4:5: expected YAML, got a key that stands twice',
    ],
    ['a key that is a list', '? [a]\n: b\n', ':1:3: expected YAML, got a key that is no plain word'],
    [
      '__proto__',
      'profiles:\n  __proto__:\n    issuer: https://a.example\n',
      ':2:3: expected YAML, got a key that is no plain',
    ],
    ['two documents', 'profiles:\n---\nprofiles:\n', ':2:1: expected YAML, got a second document; expected one'],
    ['a merge key', 'profiles:\n  a: &a\n    alg: RS256\n  b:\n    <<: *a\n', ':5:5: unknown key in profile `b`'],
    ['an alias to nothing', 'profiles: *nothing\n', ':1:11: expected YAML, got an alias without its anchor'],
    ['text', 'hello', ':1:1: the file: expected `profiles:`, got text'],
    ['a list', '- a\n', ':1:1: the file: expected'],
    ['profiles as a list', 'profiles:\n  - work\n', ':1:1: `profiles`: expected profiles by name, got a list'],
    [
      'a profile as text',
      'profiles:\n  work: https://a.example\n',
      ':2:3: profile `work`: expected options by name, got text',
    ],
    ['a name with blanks', 'profiles:\n  my work:\n', ':2:3: a profile name: expected letters, digits'],
    ['an unknown key', profile('isuer: https://a.example'), ':3:5: unknown key `isuer` in profile `work`'],
    ['an unknown key at the top', 'profile:\n  work:\n', ':1:1: unknown key `profile`'],
    [
      'several faults',
      profile('isuer: x', 'timeout: banana'),
      ':3:5: unknown key `isuer` in profile `work` (and 1 more)',
    ],
    [
      'a mapping for text',
      profile('issuer: {url: x}'),
      ':3:5: `issuer` in profile `work`: expected an https URL, got a mapping',
    ],
    ['a list for text', profile('client-id: [a]'), ':3:5: `client-id` in profile `work`: expected text, got a list'],
    [
      'a mapping in a list',
      profile('audience:', '  - a: b'),
      ':3:5: `audience` in profile `work`: expected text or a list of texts, got a list',
    ],
    ['nothing', profile('client-id:'), ':3:5: `client-id` in profile `work`: expected text, got nothing'],
    [
      'an empty text',
      profile("client-id: ''"),
      ':3:5: `client-id` in profile `work`: expected text, got an empty text',
    ],
    [
      'text for a flag',
      profile("offline: 'yes'"),
      ':3:5: `offline` in profile `work`: expected true or false, got `yes`',
    ],
    ['true for text', profile('client-id: true'), ':3:5: `client-id` in profile `work`: expected text, got `true`'],
    ['a number below 0', profile('retry: -1'), ':3:5: `retry` in profile `work`: expected a whole number, got `-1`'],
    [
      'a duration',
      profile('timeout: banana'),
      ':3:5: `timeout` in profile `work`: expected a duration such as 30s, 5m, 12h or 7d, got `banana`',
    ],
    [
      'a choice',
      profile('mode: locale'),
      ':3:5: `mode` in profile `work`: expected one of auto, local, remote, both, got `locale`',
    ],
    [
      'an item of a list',
      profile('claim: [a=b, c]'),
      ':3:18: item 2 of `claim` in profile `work`: expected name=value, got `c`',
    ],
    [
      'a URL',
      profile('issuer: id.example.com'),
      ':3:5: `issuer` in profile `work`: expected an https URL, got `id.example.com`',
    ],
    [
      'a default that is not there',
      'default-profile: wrk\nprofiles:\n  work:\n',
      ':1:1: `default-profile`: no profile is called `wrk`',
    ],
  ])('%s', async (_, text, expected) => {
    const { message } = await refusal(text);
    expect(message.slice(0, PATH.length + expected.length)).toBe(PATH + expected);
  });

  it.each([
    ['a letter left out', profile('isuer: x'), 'did you mean `issuer`?'],
    ['an underscore', profile('client_id: x'), 'did you mean `client-id`?'],
    ['dashes in front', profile('--client-id: x'), 'did you mean `client-id`?'],
    ['the top', 'profile:\n', 'did you mean `profiles`?'],
    [
      'an option at the top',
      'issuer: https://a.example\n',
      'options stand in a profile: profiles, a name, then `issuer`',
    ],
    ['a flag only', profile('verbose: true'), '`--verbose` is for the command line and stands in no profile'],
    ['a default', 'default-profile: wrk\nprofiles:\n  work:\n', 'did you mean `work`? there are: work'],
  ])('with the next step for %s', async (_, text, hint) => {
    expect((await refusal(text)).hint).toBe(hint);
  });

  it.each<[string, string | FakeFile | Error | null, string]>([
    ['a directory', null, 'the configuration file cannot be read: it is a directory'],
    ['a file without permission', fault('EACCES'), 'the configuration file cannot be read: permission denied'],
    ['more than 1 MiB', '#'.repeat(1024 * 1024 + 1), 'the configuration file cannot be read: it is too large'],
    ['UTF-16', { content: Buffer.from('profiles:\n', 'utf16le').fill(0xff, 0, 1) }, 'expected UTF-8 text'],
  ])('%s', async (_, file, expected) => {
    expect((await refusal(file)).message).toBe(`${PATH}: ${expected}`);
  });

  it.each([
    ['brackets', '['.repeat(500_000), 'nested too deep'],
    ['dashes', '- '.repeat(100_000), 'nested too deep'],
    ['aliases', `a: &a x\nb: [${'*a,'.repeat(101)}]\n`, 'too many aliases'],
    [
      'aliases of aliases',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefghi'].map((to, at) => `${to}: &${to} [${Array(9).fill(`*${'abcdefgh'[at]}`)}]\n`).join('')}`,
      'too many aliases',
    ],
  ])('a bomb of %s', async (_, text, expected) => {
    expect((await refusal(text)).message).toContain(expected);
  });
});

describe('secrets in the file', () => {
  const LITERALS = [
    'client-secret: literal-secret-1',
    'secret: literal-secret-1',
    "bearer: 'literal-secret-1'",
    "header: 'Authorization: literal-secret-1'",
    "header: ['X-Team: a', 'X-Api-Key: literal-secret-1']",
  ];

  it.each(LITERALS)('%s is refused when others can read the file', async (line) => {
    for (const mode of [0o644, 0o640, 0o604]) {
      const error = await refusal({ content: profile(line), mode });
      expect(error.message).toContain(`${PATH}:3:5: `);
      expect(error.message).toContain(`is a literal secret, and others can read the file (mode ${mode.toString(8)})`);
      expect(error.hint).toContain(`chmod 600 ${PATH}`);
      expect(error.message + error.hint).not.toContain('literal-secret-1');
    }
  });

  it.each(LITERALS)('%s is the owner’s own in a file of mode 600', async (line) => {
    expect((await load({ content: profile(line), mode: 0o600 })).profiles).toHaveLength(1);
  });

  it.each([
    'client-secret: env:A',
    'client-secret: file:a',
    'secret: cmd:pass a',
    "bearer: '-'",
    "bearer: '@a'",
    "header: 'X-Team: a'",
  ])('%s may be read by others', async (line) => {
    expect((await load({ content: profile(line), mode: 0o644 })).profiles).toHaveLength(1);
  });

  it('an at sign is no source of a client secret', async () => {
    expect((await refusal({ content: profile("client-secret: '@a'"), mode: 0o644 })).message).toContain(
      'literal secret',
    );
  });

  it.each([
    ['a header without its colon', profile('header: literal-secret-1')],
    ['a list', profile('client-secret: [literal-secret-1]')],
    ['a key without a blank', 'profiles:\n  work: {client-secret:literal-secret-1}\n'],
    ['bad YAML after it', profile('client-secret: literal-secret-1', '] ]')],
    ['bad YAML in it', profile('client-secret: "literal-secret-1\\q"')],
    ['user and password of a URL', profile('issuer: ftp://me:literal-secret-1@a.example')],
    ['text for a profile', 'profiles:\n  work: literal-secret-1\n'],
  ])('are not repeated in the message: %s', async (_, text) => {
    const { message, hint } = await refusal(text);
    expect(message + hint).not.toContain('literal-secret-1');
  });
});

describe('which profile', () => {
  const ONE = 'https://one.example';
  const file = (head = '') =>
    load(`${head}profiles:\n  a:\n    issuer: ${ONE}\n  b:\n    issuer: ${ONE}\n  c:\n    issuer: ${ONE}/\n`);

  it('is the one of that name', async () => {
    expect(profileNamed(await file(), 'b').name).toBe('b');
  });

  it('is named with those that are there when it is not', async () => {
    const config = await load('profiles:\n  production:\n  staging:\n');
    expect(() => profileNamed(config, 'produktion')).toThrow(
      expect.objectContaining({
        code: 'ERR_USAGE',
        message: `no profile is called \`produktion\` in ${PATH}`,
        hint: 'did you mean `production`? there are: production, staging',
      }),
    );
  });

  it('is the one whose issuer is the iss, byte for byte', async () => {
    const config = await file();
    expect(profileOfIssuer(config, `${ONE}/`)?.name).toBe('c');
    expect(profileOfIssuer(config, 'https://ONE.example')).toBeUndefined();
  });

  it('cannot be picked by a token when two have its issuer', async () => {
    const config = await file();
    expect(() => profileOfIssuer(config, ONE)).toThrow(
      expect.objectContaining({
        code: 'ERR_CONFIG_INVALID',
        message: `${PATH}: the profiles \`a\` and \`b\` have the same issuer, so that a token picks neither`,
        hint: 'name one: -p a',
      }),
    );
  });

  it('is the default one of two that have its issuer', async () => {
    expect(profileOfIssuer(await file('default-profile: b\n'), ONE)?.name).toBe('b');
  });
});
