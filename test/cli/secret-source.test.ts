// Each kind of secret source through a Host in memory: what is read, what is said, and what is never said.

import { describe, expect, it } from 'vitest';
import { OPTIONS, optionNamed } from '../../src/cli/options.ts';
import { secretReader, shownValue } from '../../src/cli/secret-source.ts';
import { TokctlError } from '../../src/core/errors.ts';
import { type FakeHostOptions, fakeHost, fault } from './fake-host.ts';

function reader(options: FakeHostOptions) {
  const fake = fakeHost(options);
  const claims: string[] = [];
  const claim = (who: string) => {
    if (claims.length > 0) throw new TokctlError('ERR_USAGE', `stdin is wanted by ${who} too`, { hint: '' });
    claims.push(who);
  };
  return { ...fake, claims, reader: secretReader(fake.host, { claim }) };
}

async function refusal(source: string, options: FakeHostOptions, option = 'client-secret'): Promise<TokctlError> {
  const { reader: secrets, stderr, stdout } = reader(options);
  const error = await secrets.read(source, option).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof TokctlError)) throw new Error(`expected a TokctlError, got ${String(error)}`);
  expect(error).toMatchObject({ code: 'ERR_CONFIG_INVALID', exitCode: 2 });
  expect(error.message).toContain(`\`--${option}\``);
  expect(error.cause).toBeUndefined();
  expect(stdout() + stderr()).toBe('');
  expect(secrets.secrets()).toEqual([]);
  return error;
}

describe('a secret', () => {
  it.each<[string, string, FakeHostOptions, string]>([
    ['of a variable, as it is', 'env:A', { env: { A: ' s3cret ' } }, ' s3cret '],
    ['of a file without the newline at its end', 'file:/s', { files: { '/s': 's3cret\n' } }, 's3cret'],
    ['of a file without a Windows newline', 'file:/s', { files: { '/s': 's3cret\r\n' } }, 's3cret'],
    ['of a file with its other newlines', 'file:/s', { files: { '/s': ' a\nb\n\n' } }, ' a\nb\n'],
    ['of a file in the home folder', 'file:~/s', { env: { HOME: '/h' }, files: { '/h/s': 'a' } }, 'a'],
    ['of a command', 'cmd:pass show x', { commands: { 'pass show x': 's3cret\n' } }, 's3cret'],
    ['of stdin', '-', { stdin: 's3cret\n' }, 's3cret'],
  ])('%s', async (_, source, options, expected) => {
    const { reader: secrets, stderr } = reader(options);
    expect(await secrets.read(source, 'client-secret')).toBe(expected);
    expect(secrets.secrets()).toEqual([expected]);
    expect(stderr()).toBe('');
  });

  it.each(['bearer', 'access-token', 'code', 'dpop-proof'])(
    'of a file behind @ for --%s, whoever can read it',
    async (option) => {
      const { reader: secrets, stderr } = reader({ files: { '/t': { content: 'abc\n', mode: 0o644 } } });
      expect(await secrets.read('@/t', option)).toBe('abc');
      expect(stderr()).toBe('');
    },
  );

  it('that begins with @ is a literal for other options', async () => {
    const { reader: secrets, stderr } = reader({});
    expect(await secrets.read('@/t', 'client-secret')).toBe('@/t');
    expect(stderr()).toContain('`--client-secret` holds the secret itself');
  });

  it('given literally works and is warned of once, without it', async () => {
    const { reader: secrets, stderr } = reader({});
    expect(await secrets.read('s3cret', 'client-secret')).toBe('s3cret');
    expect(await secrets.read('s3cret', 'client-secret')).toBe('s3cret');
    expect(stderr()).toBe(
      'warning: `--client-secret` holds the secret itself, which a command line shows to other users; name where it is: env:NAME, file:PATH, cmd:COMMAND or -\n',
    );
  });

  it.each(['access-token', 'code', 'dpop-proof'])(
    'that may stand where a token may (--%s) is no surprise',
    async (option) => {
      const { reader: secrets, stderr } = reader({});
      expect(await secrets.read('eyJ', option)).toBe('eyJ');
      expect(stderr()).toBe('');
    },
  );

  it.each([0o644, 0o640, 0o604])('in a file of mode %o is warned of once', async (mode) => {
    const { reader: secrets, stderr } = reader({ files: { '/s': { content: 'a', mode } } });
    await secrets.read('file:/s', 'client-secret');
    await secrets.read('file:/s', 'client-secret');
    expect(stderr().match(/warning: .*\/s/g)).toHaveLength(1);
    expect(stderr()).toContain('others can read the file');
  });

  it('is read once for an option, however often it is asked for', async () => {
    const { reader: secrets, claims } = reader({ stdin: 's3cret' });
    expect(await Promise.all([secrets.read('-', 'secret'), secrets.read('-', 'secret')])).toEqual(['s3cret', 's3cret']);
    expect(claims).toEqual(['--secret']);
  });

  it('cannot be had from stdin by two options', async () => {
    const { reader: secrets } = reader({ stdin: 's3cret' });
    await secrets.read('-', 'secret');
    await expect(secrets.read('-', 'client-secret')).rejects.toMatchObject({ code: 'ERR_USAGE' });
  });
});

describe('a secret that cannot be had', () => {
  it.each<[string, string, FakeHostOptions, string]>([
    ['a variable that is not set', 'env:NOT_SET', {}, 'the variable `NOT_SET` is not set'],
    ['a name that every object has', 'env:constructor', {}, 'the variable `constructor` is not set'],
    ['an empty variable', 'env:A', { env: { A: '' } }, 'the variable `A` is empty'],
    ['a missing file', 'file:/no/such', {}, 'the file `/no/such`: no such file'],
    ['a directory', 'file:/d', { files: { '/d': null } }, 'the file `/d`: it is a directory'],
    ['a file without permission', 'file:/s', { files: { '/s': fault('EACCES') } }, 'the file `/s`: permission denied'],
    ['a file over 64 KiB', 'file:/s', { files: { '/s': 'a'.repeat(64 * 1024 + 1) } }, 'the file `/s`: it is too large'],
    [
      'a file of bytes',
      'file:/s',
      { files: { '/s': { content: Buffer.from([0xff, 0xfe, 0x80]) } } },
      'the file `/s` is no UTF-8 text',
    ],
    ['a file with a newline only', 'file:/s', { files: { '/s': '\n' } }, 'the file `/s` is empty'],
    ['a command that prints nothing', 'cmd:true', { commands: { true: '' } }, 'the output of its command is empty'],
    ['stdin without anything', '-', { stdin: '\n' }, 'stdin is empty'],
    ['stdin over 64 KiB', '-', { stdin: 'a'.repeat(64 * 1024 + 1) }, 'stdin: it is too large'],
    ['a terminal', '-', { tty: true }, 'expected a pipe on stdin, got a terminal'],
  ])('%s', async (_, source, options, expected) => {
    expect((await refusal(source, options)).message).toBe(`\`--client-secret\` cannot be read: ${expected}`);
  });

  it.each<[string, object, string]>([
    ['an exit status', { code: 7 }, 'its command ended with exit status 7'],
    ['a time limit', { killed: true, signal: 'SIGTERM', code: null }, 'its command did not end in time'],
    ['a signal', { killed: false, signal: 'SIGSEGV', code: null }, 'its command was ended by SIGSEGV'],
    ['too much output', { code: 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER' }, 'its command printed too much'],
    ['anything else', {}, 'its command could not be run'],
  ])('a command that ends with %s, without its text or output', async (_, facts, expected) => {
    const command = 'curl -u me:s3cret https://vault.example';
    const error = Object.assign(new Error(`Command failed: ${command}`), facts, { stdout: 's3cret', stderr: 's3cret' });
    const { message, hint } = await refusal(`cmd:${command}`, { commands: { [command]: error } });
    expect(message).toBe(`\`--client-secret\` cannot be read: ${expected}`);
    expect(message + hint).not.toMatch(/s3cret|curl/);
  });

  it('behind a wrong prefix is not repeated', async () => {
    const { message, hint } = await refusal('env:s3cret/+==', {});
    expect(message + hint).not.toContain('s3cret');
  });

  it('because of Ctrl-C is the interruption', async () => {
    const interruption = new Error('interrupted');
    const { reader: secrets } = reader({ commands: { slow: interruption }, signal: AbortSignal.abort() });
    await expect(secrets.read('cmd:slow', 'secret')).rejects.toBe(interruption);
  });
});

describe('what may be shown', () => {
  it.each([
    ['client-secret', 'env:A', 'env:A'],
    ['client-secret', 'file:/s', 'file:/s'],
    ['client-secret', '-', '-'],
    ['client-secret', 'cmd:curl -u me:s3cret', 'cmd:(hidden)'],
    ['client-secret', 's3cret', '(hidden)'],
    ['client-secret', '@s3cret', '(hidden)'],
    ['bearer', '@/t', '@/t'],
    ['header', 'X-Api-Key: s3cret', 'X-Api-Key: (hidden)'],
    ['header', 's3cret', '(hidden)'],
    ['issuer', 'https://me:s3cret@id.example.com/x@y', 'https://(hidden)@id.example.com/x@y'],
    ['issuer', 'https://id.example.com/x@y', 'https://id.example.com/x@y'],
    ['client-id', 'app-1', 'app-1'],
  ])('--%s %s', (name, value, expected) => {
    expect(shownValue(optionNamed(name), value)).toBe(expected);
  });

  it('no option of kind source shows a literal', () => {
    const sources = OPTIONS.filter(({ kind }) => kind === 'source');
    expect(sources.length).toBeGreaterThan(0);
    expect(sources.map((option) => shownValue(option, 's3cret'))).toEqual(sources.map(() => '(hidden)'));
  });
});
