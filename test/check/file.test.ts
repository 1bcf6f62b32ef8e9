// tokctl.yaml through a Host in memory: what passes, what does not, and where each message points.

import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadChecks } from '../../src/cli/check/file.ts';
import { checkJsonSchema } from '../../src/cli/check/schema.ts';
import { TokctlError } from '../../src/core/errors.ts';
import { fakeHost } from '../cli/fake-host.ts';
import { FILE, gate } from './gate.ts';

const load = (yaml: string, path = FILE) =>
  loadChecks(path, fakeHost({ files: { [path]: yaml }, env: { HOME: '/home/me' } }).host);

async function refusal(yaml: string): Promise<TokctlError> {
  const error = await load(yaml).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof TokctlError)) throw new Error(`expected a TokctlError, got ${String(error)}`);
  expect(error.code).toBe('ERR_CONFIG_INVALID');
  return error;
}

const check = (...lines: string[]) => `checks:\n  api:\n${lines.map((line) => `    ${line}\n`).join('')}`;

describe('a check', () => {
  it('has the options of its profile and its own, which win', async () => {
    const { checks } = await load(`
default-profile: plain
profiles:
  plain:
    issuer: https://id.example.com
    timeout: 3s
  other:
    issuer: https://other.example.com
checks:
  a:
    token: env:A
    timeout: 5
  b:
    profile: other
    token: env:B
`);
    expect(checks.map(({ values }) => Object.fromEntries(values))).toEqual([
      { issuer: 'https://id.example.com', timeout: '5', token: 'env:A' },
      { issuer: 'https://other.example.com', token: 'env:B' },
    ]);
  });

  it('has tags, a description, a subject and a place', async () => {
    const { checks } = await load(check('description: the API', 'tags: [a, b]', 'token: env:A', 'audience: x'));
    const [{ name, subject, tags, description, placeOf } = {} as never] = checks;
    expect({ name, subject, tags, description }).toEqual({
      name: 'api',
      subject: 'token',
      tags: ['a', 'b'],
      description: 'the API',
    });
    expect(placeOf()).toEqual({ file: FILE, line: 2, column: 3 });
    expect(placeOf('audience')).toEqual({ file: FILE, line: 6, column: 5 });
  });

  it('tells what it is about by its subject', async () => {
    const { checks } = await load(
      'checks:\n  a:\n    server: true\n  b:\n    resource: https://api.example.com\n    token: env:A\n',
    );
    expect(checks.map(({ subject }) => subject)).toEqual(['issuer', 'resource']);
  });

  it('writes claims by value and by pattern', async () => {
    const { checks } = await load(
      check('token: env:A', 'claim: x=1', 'claims:', '  tenant: acme', '  level: 3', '  sub: { matches: ^svc- }'),
    );
    expect(Object.fromEntries(checks[0]?.values ?? [])).toEqual({
      token: 'env:A',
      claim: ['x=1', 'tenant=acme', 'level=3'],
      'claim-matches': ['sub=^svc-'],
    });
  });

  it('keeps `active: false`, and leaves out a flag that is false', async () => {
    const { checks } = await load(check('token: env:A', 'active: false', 'strict: false', 'offline: true'));
    expect(Object.fromEntries(checks[0]?.values ?? [])).toEqual({ token: 'env:A', active: 'false', offline: true });
  });

  it('starts its paths at the folder of the file', async () => {
    const { checks } = await load(
      check(
        'token: file:secrets/token',
        'key: ~/key.pem',
        'tls-ca: /etc/ca.pem',
        'client-secret: file:secret',
        'jwks: https://id.example.com/jwks',
      ),
      'ci/tokctl.yaml',
    );
    expect(Object.fromEntries(checks[0]?.values ?? [])).toEqual({
      token: 'file:ci/secrets/token',
      key: '/home/me/key.pem',
      'tls-ca': '/etc/ca.pem',
      'client-secret': 'file:ci/secret',
      jwks: 'https://id.example.com/jwks',
    });
  });
});

describe('a fault says file, line and column', () => {
  it.each<[string, string, string, RegExp]>([
    ['an empty file', '', '1:1', /expected checks, got none/],
    ['no checks', 'profiles:\n  a:\nchecks:\n', '3:1', /expected checks, got none/],
    ['a list of checks', 'checks:\n  - token: env:A\n', '1:1', /`checks`: expected checks by name, got a list/],
    [
      'two checks of one name',
      'checks:\n  a:\n    token: env:A\n  a:\n    token: env:B\n',
      '4:3',
      /a key that stands twice/,
    ],
    ['a name that is none', 'checks:\n  "a b":\n    token: env:A\n', '2:3', /a name of a check/],
    ['an unknown key of the file', 'check:\n  a:\n', '1:1', /unknown key `check` in the file/],
    ['an unknown key of a check', check('token: env:A', 'audiense: x'), '4:5', /unknown key `audiense` in check `api`/],
    [
      'an unknown key of a profile',
      'profiles:\n  p:\n    isuer: x\nchecks:\n',
      '3:5',
      /unknown key `isuer` in profile `p`/,
    ],
    [
      'a duration that is none',
      check('token: env:A', 'warn-ttl: soon'),
      '4:5',
      /`warn-ttl` in check `api`: expected a duration .* got `soon`/,
    ],
    [
      'an option by the rule of its flag',
      check('token: env:A', 'min-ttl: soon'),
      '4:5',
      /`min-ttl` in check `api`: expected a duration/,
    ],
    ['a number that is none', check('server: true', 'min-keys: two'), '4:5', /expected a whole number, got `two`/],
    [
      'a word for true',
      check('token: env:A', 'active: maybe'),
      '4:5',
      /`active` in check `api`: expected true or false/,
    ],
    [
      'a pattern in claims',
      check('token: env:A', 'claims:', '  sub: { matches: "(" }'),
      '5:7',
      /regular expression.*unterminated group/,
    ],
    ['a pattern in a list', check('token: env:A', 'claim-matches: ["a=x", "b=["]'), '4:28', /regular expression/],
    ['a pattern without a claim', check('token: env:A', 'claim-matches: x'), '4:5', /expected name=regex/],
    [
      'a claim that is a mapping',
      check('token: env:A', 'claims:', '  sub: { like: x }'),
      '5:7',
      /`sub` of `claims` in check `api`/,
    ],
    ['no subject', check('audience: x'), '2:3', /expected `token`, `resource` or `server: true`, got none/],
    ['two subjects', check('token: env:A', 'server: true'), '2:3', /got `server` beside another/],
    [
      'an expectation of another subject',
      check('token: env:A', 'min-keys: 2'),
      '4:5',
      /`min-keys` .* belongs to a check with `server: true`/,
    ],
    [
      'an expectation nobody looks at',
      check('server: true', 'min-ttl: 5m'),
      '4:5',
      /`min-ttl` .* would not be looked at/,
    ],
    [
      'a profile that is not there',
      check('token: env:A', 'profile: live'),
      '4:5',
      /no profile of this file is called `live`/,
    ],
    [
      'a default that is not there',
      `default-profile: x\n${check('token: env:A')}`,
      '1:1',
      /no profile of this file is called `x`/,
    ],
    ['text that is no YAML', 'checks:\n  a: b: c\n', '2:6', /expected YAML, got/],
  ])('%s', async (_, yaml, place, words) => {
    const { message } = await refusal(yaml);
    expect(message).toMatch(words);
    expect(message.startsWith(`${FILE}:${place}: `), message).toBe(true);
  });

  it('names the nearest right key', async () => {
    expect((await refusal(check('token: env:A', 'warn-tll: 5m'))).hint).toBe('did you mean `warn-ttl`?');
    expect((await refusal(check('token: env:A', 'audiense: x'))).hint).toBe('did you mean `audience`?');
  });

  it('tells the first of several and how many more', async () => {
    const { message } = await refusal(check('token: env:A', 'warn-ttl: soon', 'max-latency: soon'));
    expect(message).toMatch(/^tokctl\.yaml:4:5: .* \(and 1 more\)$/);
  });
});

describe('a secret in the file', () => {
  const LITERAL = 'correct-horse-battery';

  it.each<[string, string, RegExp]>([
    [
      'a client secret',
      check('token: env:A', `client-secret: ${LITERAL}`),
      /`client-secret` in check `api` is a literal secret/,
    ],
    [
      'in a profile',
      `profiles:\n  p:\n    bearer: ${LITERAL}\n${check('token: env:A')}`,
      /`bearer` in profile `p` is a literal secret/,
    ],
    ['a token', check(`token: ${LITERAL}`), /expected where the token comes from, got something else \(not shown/],
    [
      'a dead token',
      check('resource: https://api.example.com', `dead-token: ${LITERAL}`),
      /`dead-token` .* literal secret/,
    ],
    ['a header', check('token: env:A', `header: "X-Api-Key: ${LITERAL}"`), /`header` in check `api` holds a secret/],
    ['a command', check('token: env:A', `client-secret: cmd:print ${LITERAL}`), /runs a command/],
    ['a command for the token', check(`token: cmd:print ${LITERAL}`), /got a command/],
    ['stdin', check('token: "-"'), /got `-`/],
  ])('is refused and not shown: %s', async (_, yaml, words) => {
    const { message, hint } = await refusal(yaml);
    expect(message).toMatch(words);
    expect(message + hint).not.toContain(LITERAL);
  });

  it('is refused before anything runs, by exit code 2 and as an object', async () => {
    const { exit, stdout } = await gate(['-o', 'json'], { yaml: check('token: env:A', `secret: ${LITERAL}`) });
    expect(exit).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ exit_code: 2, error: { code: 'ERR_CONFIG_INVALID' } });
  });
});

describe('the file itself', () => {
  it('must be there when it is named', async () => {
    const { exit, stderr } = await gate(['--file', 'other.yaml']);
    expect([exit, stderr]).toEqual([
      2,
      'error: other.yaml: the file with the checks cannot be read: no such file (ERR_CONFIG_INVALID)\nhint: name it: tokctl check --file PATH\n',
    ]);
  });

  it('must be UTF-8', async () => {
    const { exit, stderr } = await gate([], { files: { [FILE]: { content: new Uint8Array([0xff, 0xfe]) } } });
    expect(exit).toBe(2);
    expect(stderr).toContain('expected UTF-8 text');
  });

  it('is not a place for what steers a run', async () => {
    expect((await refusal(check('token: env:A', 'report: junit=x.xml'))).message).toContain('unknown key `report`');
  });

  it('may have 10 000 checks', async () => {
    const yaml = `checks:\n${Array.from({ length: 10_000 }, (_, n) => `  c${n}:\n    token: env:T\n`).join('')}`;
    const { checks } = await load(yaml);
    expect(checks).toHaveLength(10_000);
    expect(checks.at(-1)?.placeOf('token')).toEqual({ file: FILE, line: 20_001, column: 5 });
  });
});

describe('the published JSON Schema', () => {
  const stored = JSON.parse(readFileSync(new URL('../../schema/check.schema.json', import.meta.url), 'utf8'));
  const ajv = new Ajv({ strict: false, unicodeRegExp: true });
  const accepts = ajv.compile(stored);

  it('is the one of the program; else run `node scripts/schemas.mjs`', () => {
    expect(stored).toEqual(JSON.parse(JSON.stringify(checkJsonSchema())));
  });

  it.each([
    check('token: env:A', 'claims: { sub: { matches: ^a } }', 'warn-ttl: 5m', 'active: true', 'audience: [a, b]'),
    `profiles:\n  p:\n    issuer: https://id.example.com\n    warn-ttl: 1h\n${check('profile: p', 'token: github')}`,
    check('server: true', 'min-keys: 2', 'key-alg: RS256', 'refuses-anonymous: true', 'min-certificate-ttl: 7d'),
  ])('takes what the program takes', async (yaml) => {
    await expect(load(yaml)).resolves.toBeDefined();
    expect(accepts(parse(yaml)), JSON.stringify(accepts.errors)).toBe(true);
  });

  it.each([
    'profiles: {}',
    check('audience: x'),
    check('token: env:A', 'audiense: x'),
    check('server: true', 'min-keys: two'),
    check('token: env:A', 'active: maybe'),
    check('token: env:A', 'issuer: ftp://x'),
  ])('refuses what the program refuses', async (yaml) => {
    await refusal(yaml);
    expect(accepts(parse(yaml))).toBe(false);
  });
});
