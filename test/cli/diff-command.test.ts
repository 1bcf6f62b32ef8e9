// `tokctl diff`: what differs, how it is told, and the exit code of diff(1).

import { describe, expect, test } from 'vitest';
import { run } from '../../src/cli/run.ts';
import { access, claims, HOUR, idToken, jwe, jws, KEYS, NOW, OPAQUE, parts } from '../diagnosis/tokens.ts';
import { fakeHost } from './fake-host.ts';

async function diff(a: string, b: string, ...more: string[]) {
  const { host, stdout, stderr } = fakeHost({ files: { 'a.txt': a, 'b.txt': b }, now: NOW * 1000 });
  const code = await run(['diff', '@a.txt', '@b.txt', ...more], host);
  return { code, stdout: stdout(), stderr: stderr() };
}

async function differences(a: string, b: string) {
  const { code, stdout } = await diff(a, b, '-o', 'json');
  const report = JSON.parse(stdout);
  expect(report).toMatchObject({ schema: 'tokctl.diff/1', exit_code: code, same: code === 0 });
  return report.differences as { part: string; name: string; a?: unknown; b?: unknown; says?: string }[];
}

const good = access();

describe('the same', () => {
  test('text: exit code 0, and said so', async () => {
    expect(await diff(good, good)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('the two tokens are the same'),
    });
  });

  test('claims signed again: ECDSA makes another signature each time', async () => {
    const again = access();
    expect(again).not.toBe(good);
    expect(await differences(good, again)).toEqual([
      { part: 'token', name: 'signature', says: expect.stringContaining('signed again') },
    ]);
  });

  test('scopes and audiences in another order are no difference beside others', async () => {
    const [one, other] = [
      access({ scope: 'a b', aud: ['x', 'y'] }),
      access({ scope: 'b a', aud: ['y', 'x'], sub: 'c' }),
    ];
    expect((await differences(one, other)).map(({ name }) => name)).toEqual(['sub']);
  });
});

describe('a difference', () => {
  test('claim by claim, in the order of the first, then what only the second has', async () => {
    const other = access({ exp: NOW + 3 * HOUR, scope: 'orders:read orders:write', client_id: undefined, tenant: 7 });
    expect(await differences(good, other)).toEqual([
      { part: 'claims', name: 'exp', a: NOW + HOUR, b: NOW + 3 * HOUR, says: '2 h later in the second' },
      { part: 'claims', name: 'client_id', a: 'shop-web' },
      {
        part: 'claims',
        name: 'scope',
        a: 'orders:read profile',
        b: 'orders:read orders:write',
        says: 'only in the first: profile; only in the second: orders:write',
      },
      { part: 'claims', name: 'tenant', b: 7 },
    ]);
  });

  test('in the header', async () => {
    const other = access({}, { key: KEYS.rsa, header: { typ: 'JWT' } });
    expect(await differences(good, other)).toEqual([
      { part: 'header', name: 'alg', a: 'ES256', b: 'RS256' },
      { part: 'header', name: 'typ', a: 'at+jwt', b: 'JWT' },
      { part: 'header', name: 'kid', a: KEYS.main.kid, b: KEYS.rsa.kid },
    ]);
  });

  test('of kind and format', async () => {
    const names = async (a: string, b: string) => (await differences(a, b)).map(({ part, name }) => `${part} ${name}`);
    expect(await names(good, idToken())).toContain('token kind');
    expect(await names(good, OPAQUE)).toContain('token format');
    expect(await names(jwe(), good)).toContain('token format');
    expect(await names(OPAQUE, `${OPAQUE}x`)).toEqual(['token text']);
  });

  test('of type, and of digits that a double does not hold', async () => {
    const raw = (id: string) => jws({}, { raw: JSON.stringify(claims()).replace('{', `{"id":${id},`) });
    const [id] = await differences(raw('9007199254740993'), raw('9007199254740992'));
    expect(id).toMatchObject({ name: 'id' });
    const [exp] = await differences(good, access({ exp: '2026' }));
    expect(exp).toMatchObject({ name: 'exp', says: 'a number in the first, text in the second' });
  });

  test('as people read it', async () => {
    const { code, stdout, stderr } = await diff(good, access({ exp: NOW + 2 * HOUR }));
    expect(code).toBe(1);
    expect(stderr).toBe('');
    expect(stdout.replace(/sha256 \w+/g, 'sha256 …')).toBe(
      [
        'one difference',
        '',
        '  -         JWT access token, sha256 …',
        '  +         JWT access token, sha256 …',
        '',
        '            exp: expiry, invalid from then on',
        '  -         2026-11-21 01:00:00Z',
        '  +         2026-11-21 02:00:00Z',
        '            1 h later in the second',
        '',
      ].join('\n'),
    );
  });

  test('with nothing printed', async () => {
    expect(await diff(good, OPAQUE, '-q')).toEqual({ code: 1, stdout: '', stderr: '' });
  });
});

describe('what is odd', () => {
  test('a damaged token is compared as far as it can be read, and said to be damaged', async () => {
    const [header, payload] = parts(good);
    const { code, stderr, stdout } = await diff(good, `${header}.${payload}`);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^note: the second token: cut off/);
    expect(stdout).toContain('signature');
  });

  test('texts of tokens do nothing to a terminal, and no signature is shown', async () => {
    const evil = access({ sub: '\u001b[31mred', nested: good });
    for (const form of [[], ['-o', 'json']]) {
      const { stdout } = await diff(good, evil, ...form);
      expect(stdout).not.toContain('\u001b');
      for (const token of [good, evil]) expect(stdout).not.toContain(parts(token)[2]);
    }
  });

  test('one token, or three, are not two', async () => {
    const { host, stderr } = fakeHost({ files: { 'a.txt': good } });
    expect(await run(['diff', '@a.txt'], host)).toBe(2);
    expect(stderr()).toContain('expected `<b>`');
    const three = JSON.stringify({ access_token: good, id_token: idToken() });
    const { code, stderr: said } = await diff(three, good);
    expect(code).toBe(2);
    expect(said).toContain('expected two tokens to compare, got 3');
    expect((await diff(three, three, '--pick', 'access_token')).code).toBe(0);
  });

  test('an output form that does not exist here', async () => {
    const { code, stderr } = await diff(good, good, '-o', 'junit');
    expect(code).toBe(2);
    expect(stderr).toContain('`table`, `json` or `ndjson`');
  });

  test('both from stdin is one reader too many', async () => {
    const { host, stderr } = fakeHost({ stdin: good });
    expect(await run(['diff', '-', '-'], host)).toBe(2);
    expect(stderr()).toContain('one reader of stdin');
  });
});
