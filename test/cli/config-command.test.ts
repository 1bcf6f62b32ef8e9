// `tokctl config` through a Host in memory; the file that init writes is read back by the program and by its schema.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { config } from '../../src/cli/commands/config.ts';
import { loadConfig } from '../../src/cli/config-file.ts';
import { checkConfig, configJsonSchema } from '../../src/cli/config-schema.ts';
import { type Setting, Settings } from '../../src/cli/settings.ts';
import { type FakeHostOptions, fakeHost, fault } from './fake-host.ts';

const PATH = '/x/tokctl/config.yaml';
const SCHEMA_PATH = '/x/tokctl/config.schema.json';

interface Given extends FakeHostOptions {
  readonly settings?: Record<string, Setting>;
  readonly profile?: string;
}

async function run(words: string[], { settings = {}, profile, env = { XDG_CONFIG_HOME: '/x' }, ...rest }: Given = {}) {
  const fake = fakeHost({ env, ...rest });
  const exit = await config({
    arguments: words,
    settings: new Settings(new Map(Object.entries(settings)), profile),
    host: fake.host,
  });
  return { ...fake, exit };
}

const flag = (value: Setting['value']): Setting => ({ value, origin: 'flag' });
const JSON_OUT = { output: flag('json') };

describe('config path', () => {
  it('prints where the file is', async () => {
    const { exit, stdout, stderr } = await run(['path'], { files: { [PATH]: '' } });
    expect([exit, stdout(), stderr()]).toEqual([0, `${PATH}\n`, '']);
  });

  it('prints where it would be', async () => {
    const { exit, stdout, stderr } = await run(['path'], {});
    expect([exit, stdout()]).toEqual([0, `${PATH}\n`]);
    expect(stderr()).toBe('it is not there yet; tokctl config init writes it\n');
  });

  it('is JSON where that was asked for', async () => {
    const { stdout } = await run(['path'], { settings: { json: flag(true) } });
    expect(JSON.parse(stdout())).toEqual({ path: PATH, exists: false });
  });

  it('needs a home folder', async () => {
    await expect(run(['path'], { env: {} })).rejects.toMatchObject({ code: 'ERR_CONFIG_INVALID' });
  });
});

describe('config show', () => {
  const given: Given = {
    files: { [PATH]: 'profiles:\n  work:\n    issuer: https://id.example.com\n  other:\n' },
    profile: 'work',
    settings: {
      issuer: { value: 'https://id.example.com', origin: 'profile' },
      audience: flag(['a', 'b']),
      scope: { value: 'read', origin: 'environment' },
      strict: flag(true),
      'client-secret': { value: 'env:WORK_SECRET', origin: 'profile' },
      secret: { value: 'literal-secret-1', origin: 'profile' },
      bearer: { value: 'cmd:echo literal-secret-1', origin: 'profile' },
      header: { value: ['X-Api-Key: literal-secret-1'], origin: 'profile' },
      timeout: { value: '10s', origin: 'default' },
    },
  };

  it('tells each value and where it came from, and no secret', async () => {
    const { exit, stdout, stderr } = await run(['show'], given);
    expect([exit, stderr()]).toEqual([0, '']);
    expect(stdout()).toBe(`file      ${PATH}
profile   work
profiles  work, other

option         value                   origin
issuer         https://id.example.com  profile work
secret         (hidden)                profile work
audience       a, b                    flag
scope          read                    environment TOKCTL_SCOPE
strict         true                    flag
client-secret  env:WORK_SECRET         profile work
bearer         cmd:(hidden)            profile work
timeout        10s                     default
header         X-Api-Key: (hidden)     profile work
`);
  });

  it('tells the same as JSON', async () => {
    const { stdout } = await run(['show'], { ...given, settings: { ...given.settings, ...JSON_OUT } });
    const shown = JSON.parse(stdout());
    expect(shown).toMatchObject({ path: PATH, exists: true, profile: 'work', profiles: ['work', 'other'] });
    expect(shown.options).toContainEqual({ name: 'audience', value: ['a', 'b'], origin: 'flag' });
    expect(shown.options).toContainEqual({ name: 'strict', value: true, origin: 'flag' });
    expect(shown.options).toContainEqual({ name: 'header', value: ['X-Api-Key: (hidden)'], origin: 'profile' });
    expect(stdout()).not.toContain('literal-secret-1');
  });

  it('is a table where a profile sets a format of reports', async () => {
    const { stdout } = await run(['show'], { settings: { output: { value: 'junit', origin: 'profile' } } });
    expect(stdout()).toContain('output  junit  profile');
  });

  it('works without a file', async () => {
    const { stdout } = await run(['show'], { settings: { timeout: { value: '10s', origin: 'default' } } });
    expect(stdout()).toContain(`file      ${PATH} (not there)\nprofile   none\nprofiles  none\n`);
  });

  it('escapes what comes from outside', async () => {
    const { stdout } = await run(['show'], { settings: { nonce: flag('a\u001b[2J\nb') } });
    expect(stdout()).toContain('nonce   a\\u{1b}[2J\\u{a}b  flag\n');
  });
});

describe('config init', () => {
  const validate = new Ajv().compile(configJsonSchema());

  it('writes a file of one’s own that tokctl accepts, and its schema', async () => {
    const { exit, stdout, stderr, files, host } = await run(['init']);
    expect([exit, stdout(), stderr()]).toEqual([0, `${PATH}\n`, 'written; next: tokctl config show\n']);
    expect([...files.keys()]).toEqual([PATH, SCHEMA_PATH]);
    expect(files.get(PATH)?.mode).toBe(0o600);
    expect(await loadConfig(PATH, host)).toEqual({ path: PATH, profiles: [] });
    expect(JSON.parse(String(files.get(SCHEMA_PATH)?.content))).toEqual(configJsonSchema());
  });

  it('names the schema in the first line, from where the file is', async () => {
    const { files } = await run(['init']);
    expect(String(files.get(PATH)?.content).split('\n')[0]).toBe('# yaml-language-server: $schema=config.schema.json');
  });

  it('writes an example that is right once it is uncommented', async () => {
    const { files } = await run(['init']);
    const [, example = ''] = String(files.get(PATH)?.content).split(/^profiles:$/m);
    const { profiles } = parse(`profiles:${example.replace(/^ {2}# /gm, '  ')}`);
    expect(profiles.example.issuer).toBe('https://id.example.com');
    expect(checkConfig({ profiles })).toEqual({ document: { profiles } });
    expect(validate({ profiles })).toBe(true);
  });

  it('makes a profile of the flags given, and of nothing else', async () => {
    const { files, host } = await run(['init'], {
      settings: {
        issuer: flag('https://id.example.com'),
        'client-id': flag('0123'),
        audience: flag(['a', 'b']),
        'client-secret': flag('env:A'),
        strict: flag(true),
        key: flag('/k.pem'),
        config: flag(PATH),
        scope: { value: 'read', origin: 'environment' },
        timeout: { value: '10s', origin: 'default' },
      },
    });
    const { profiles, defaultProfile } = await loadConfig(PATH, host);
    expect(defaultProfile).toBe('main');
    expect(profiles).toEqual([
      {
        name: 'main',
        values: new Map<string, Setting['value']>([
          ['issuer', 'https://id.example.com'],
          ['key', '/k.pem'],
          ['audience', ['a', 'b']],
          ['strict', true],
          ['client-id', '0123'],
          ['client-secret', 'env:A'],
        ]),
      },
    ]);
    expect(validate(parse(String(files.get(PATH)?.content)))).toBe(true);
  });

  it('writes paths so that they are found from the folder of the file', async () => {
    const { host } = await run(['init'], {
      settings: { key: flag('k.pem'), secret: flag('file:s'), bearer: flag('@~/t') },
    });
    const values = (await loadConfig(PATH, host)).profiles[0]?.values;
    expect(values?.get('key')).toBe(`${process.cwd()}/k.pem`);
    expect(values?.get('secret')).toBe(`file:${process.cwd()}/s`);
  });

  it('writes no literal secret', async () => {
    const { files, stderr, host } = await run(['init'], {
      settings: { 'client-id': flag('app-1'), 'client-secret': flag('literal-secret-1') },
    });
    expect(String(files.get(PATH)?.content)).not.toContain('literal-secret-1');
    expect(stderr()).toContain('warning: `--client-secret` holds the secret itself and was left out');
    expect((await loadConfig(PATH, host)).profiles[0]?.values).toEqual(new Map([['client-id', 'app-1']]));
  });

  it('keeps a file that is there', async () => {
    const { host, files } = fakeHost({ env: { XDG_CONFIG_HOME: '/x' }, files: { [PATH]: 'mine' } });
    const promise = config({ arguments: ['init'], settings: new Settings(new Map()), host });
    await expect(promise).rejects.toMatchObject({ code: 'ERR_USAGE', message: expect.stringContaining(PATH) });
    expect([...files]).toEqual([[PATH, { content: 'mine' }]]);
  });

  it('keeps a schema that is there', async () => {
    const { files, exit } = await run(['init'], { files: { [SCHEMA_PATH]: 'mine' } });
    expect([exit, files.get(SCHEMA_PATH)?.content]).toEqual([0, 'mine']);
  });

  it('says why it cannot write', async () => {
    const files = { '/x/tokctl': fault('EROFS') };
    await expect(run(['init'], { files })).rejects.toMatchObject({
      code: 'ERR_CONFIG_INVALID',
      message: `${PATH} cannot be written: the file system is read-only`,
    });
  });
});

describe('config with another word', () => {
  it.each([
    [[], 'expected one of show, path and init, got nothing', 'tokctl config show'],
    [['shwo'], 'expected one of show, path and init, got `shwo`', 'tokctl config show'],
    [['paht'], 'expected one of show, path and init, got `paht`', 'tokctl config path'],
    [['constructor'], 'expected one of show, path and init, got `constructor`', 'tokctl config show'],
    [['show', 'more'], 'expected one of show, path and init, got `show more`', 'tokctl config show'],
  ])('%j', async (words, message, hint) => {
    await expect(run(words)).rejects.toMatchObject({ code: 'ERR_USAGE', message, hint });
  });
});

describe('the published schema', () => {
  const validate = new Ajv().compile(JSON.parse(readFileSync('schema/config.schema.json', 'utf8')));

  it('is up to date', () => {
    expect(() => execFileSync(process.execPath, ['scripts/schemas.mjs', '--check'], { stdio: 'pipe' })).not.toThrow();
  });

  it.each([
    ['an unknown key', { profiles: { work: { isuer: 'https://a.example' } } }],
    ['an unknown key at the top', { profile: {} }],
    ['a wrong type', { profiles: { work: { issuer: { url: 'x' } } } }],
    ['a choice that is none', { profiles: { work: { mode: 'locale' } } }],
    ['a duration that is none', { profiles: { work: { timeout: 'banana' } } }],
    ['a profile name that is none', { profiles: { 'my work': {} } }],
  ])('refuses %s, as tokctl does', (_, value) => {
    expect(validate(value)).toBe(false);
    expect(checkConfig(value)).toHaveProperty('faults');
  });

  it.each([
    [
      'each kind of value',
      {
        profiles: {
          work: {
            issuer: 'https://a.example',
            retry: 1,
            timeout: 5,
            cache: '12h',
            offline: true,
            scope: ['a'],
            mode: 'auto',
          },
        },
      },
    ],
    ['empty parts', { profiles: { work: null } }],
    ['nothing', {}],
  ])('accepts %s, as tokctl does', (_, value) => {
    expect(validate(value)).toBe(true);
    expect(checkConfig(value)).toHaveProperty('document');
  });

  it('describes every option it has', () => {
    const texts = JSON.stringify(configJsonSchema());
    expect(texts).toContain('"description":"the issuer to trust; its metadata names keys and endpoints"');
    expect(texts).not.toContain('"verbose"');
  });
});
