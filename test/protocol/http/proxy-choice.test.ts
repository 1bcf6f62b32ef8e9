// HTTPS_PROXY, HTTP_PROXY and NO_PROXY as data.

import { describe, expect, it } from 'vitest';
import { TokctlError } from '../../../src/core/errors.ts';
import { proxyFor } from '../../../src/protocol/http/proxy.ts';

const PROXY = { httpsProxy: 'http://secure.example:3128', httpProxy: 'http://plain.example:3128' };

describe('the proxy of a URL', () => {
  it('is chosen by the scheme of the URL', () => {
    expect(proxyFor(new URL('https://id.example.com'), PROXY)).toEqual({
      origin: 'http://secure.example:3128',
      name: 'secure.example:3128',
    });
    expect(proxyFor(new URL('http://id.example.com'), PROXY)?.name).toBe('plain.example:3128');
    expect(proxyFor(new URL('http://id.example.com'), { httpsProxy: PROXY.httpsProxy })).toBeUndefined();
    expect(proxyFor(new URL('https://id.example.com'), { httpProxy: PROXY.httpProxy })).toBeUndefined();
  });

  it.each([
    ['http://proxy.example', 'http://proxy.example', 'proxy.example:80'],
    ['https://proxy.example', 'https://proxy.example', 'proxy.example:443'],
    ['proxy.example:3128', 'http://proxy.example:3128', 'proxy.example:3128'],
    ['10.0.0.1:8080', 'http://10.0.0.1:8080', '10.0.0.1:8080'],
    ['http://[fd00::1]:8080/', 'http://[fd00::1]:8080', '[fd00::1]:8080'],
    [' HTTP://Proxy.Example:3128/path?x#y ', 'http://proxy.example:3128', 'proxy.example:3128'],
  ])('may be written as %s', (httpsProxy, origin, name) => {
    expect(proxyFor(new URL('https://id.example.com'), { httpsProxy })).toEqual({ origin, name });
  });

  it.each([
    ['http://me:pass@proxy.example', 'me:pass'],
    ['me:pass@proxy.example:3128', 'me:pass'],
    ['http://me@proxy.example', 'me:'],
    ['http://:pass@proxy.example', ':pass'],
    ['http://a%40b:c%3Ad%2F@proxy.example', 'a@b:c:d/'],
    ['http://m%C3%A9:p@proxy.example', 'mé:p'],
  ])('has the user of %s', (httpsProxy, pair) => {
    const found = proxyFor(new URL('https://id.example.com'), { httpsProxy });
    expect(found?.authorization).toBe(`Basic ${Buffer.from(pair).toString('base64')}`);
    expect(`${found?.origin} ${found?.name}`).not.toMatch(/me|pass|@/);
  });

  it.each(['', ' ', undefined])('is none when the value is %o', (value) => {
    const options = value === undefined ? {} : { httpsProxy: value };
    expect(proxyFor(new URL('https://id.example.com'), options)).toBeUndefined();
  });

  it.each([
    ['socks5://proxy.example', '`socks5://`'],
    ['ftp://proxy.example', '`ftp://`'],
    ['http://', 'something else'],
    ['http://proxy example', 'something else'],
    ['http://me:hunter2@:3128', 'something else'],
    ['http://me:hunter2%zz@proxy.example', 'a user or password with a `%`'],
  ])('is refused as %s, and not repeated', (httpsProxy, actual) => {
    try {
      proxyFor(new URL('https://id.example.com'), { httpsProxy });
      expect.unreachable();
    } catch (error) {
      if (!(error instanceof TokctlError)) throw error;
      expect(error).toMatchObject({ code: 'ERR_CONFIG_INVALID', exitCode: 2 });
      expect(error.message).toContain(`expected the URL of an HTTP proxy in \`HTTPS_PROXY\`, got ${actual}`);
      expect(error.hint).toContain('HTTPS_PROXY=http://proxy.example:3128');
      expect(error.message).not.toContain('hunter2');
    }
  });

  it('names the variable that is wrong', () => {
    expect(() => proxyFor(new URL('http://id.example.com'), { httpProxy: 'socks5://x' })).toThrow(/`http_proxy`/);
  });

  it.each([
    'http://localhost:8080',
    'https://localhost',
    'http://auth.localhost',
    'http://127.9.9.9',
    'https://[::1]:8443',
    'http://2130706433',
  ])('is none for loopback: %s', (href) => {
    expect(proxyFor(new URL(href), { ...PROXY, noProxy: 'other.example' })).toBeUndefined();
  });
});

describe('NO_PROXY', () => {
  const isDirect = (href: string, noProxy: string) => proxyFor(new URL(href), { ...PROXY, noProxy }) === undefined;

  it.each([
    ['https://id.example.com', '*'],
    ['https://id.example.com', 'id.example.com'],
    ['https://id.example.com', 'example.com'],
    ['https://id.example.com', '.example.com'],
    ['https://id.example.com', '*.example.com'],
    ['https://example.com', '.example.com'],
    ['https://id.example.com', 'EXAMPLE.com'],
    ['https://ID.example.com', 'example.COM.'],
    ['https://id.example.com.', 'example.com'],
    ['https://id.example.com', 'other.test, example.com'],
    ['https://id.example.com', 'other.test example.com'],
    ['https://id.example.com', ' ,, example.com ,'],
    ['https://id.example.com', 'com'],
    ['https://id.example.com', 'example.com:443'],
    ['https://id.example.com:8443', 'example.com:8443'],
    ['http://id.example.com', 'example.com:80'],
    ['https://xn--bcher-kva.example', 'bücher.example'],
    ['https://10.1.2.3', '10.1.2.3'],
    ['https://10.1.2.3', '10.0.0.0/8'],
    ['https://10.1.2.3:8443', '10.1.2.3:8443'],
    ['https://10.1.2.3', '::ffff:10.1.2.3'],
    ['https://[fd00::1]', 'fd00::1'],
    ['https://[fd00::1]', '[fd00::1]'],
    ['https://[fd00::1]', 'fd00:0:0:0:0:0:0:1'],
    ['https://[fd00::1]:8443', '[fd00::1]:8443'],
    ['https://[fd00::1]', 'fd00::/8'],
  ])('lets %s be asked directly by %o', (href, noProxy) => {
    expect(isDirect(href, noProxy)).toBe(true);
  });

  it.each([
    ['https://id.example.com', ''],
    ['https://id.example.com', ' , '],
    ['https://id.example.com', '.'],
    ['https://notexample.com', 'example.com'],
    ['https://notexample.com', '.example.com'],
    ['https://example.com.evil.test', 'example.com'],
    ['https://example.com', 'id.example.com'],
    ['https://id.example.com', 'id.*.com'],
    ['https://id.example.com', '*example.com.evil'],
    ['https://id.example.com', 'example.com:8443'],
    ['https://id.example.com:8443', 'example.com:443'],
    ['https://11.1.2.3', '10.0.0.0/8'],
    ['https://10.1.2.3', '10.1.2.30'],
    ['https://10.1.2.3', '1.2.3'],
    ['https://10.1.2.3', '10.1.2.3:8443'],
    ['https://id.example.com', '10.0.0.0/8'],
    ['https://id.example.com', '0.0.0.0/0'],
    ['https://[fd00::2]', 'fd00::1'],
    ['https://[fe00::1]', 'fd00::/8'],
    ['https://id.example.com', 'http://example.com'],
  ])('leaves %s to the proxy by %o', (href, noProxy) => {
    expect(isDirect(href, noProxy)).toBe(false);
  });
});
