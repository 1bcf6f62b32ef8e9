// Addresses in every spelling: what is loopback, what is link-local, what may be reached.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TokctlError } from '../../src/core/errors.ts';
import {
  addressBits,
  assertReachable,
  hostAndPort,
  inBlock,
  isLinkLocal,
  isLoopback,
  linkLocalRefused,
  parseBlock,
  shownUrl,
} from '../../src/protocol/address.ts';

describe('addressBits', () => {
  it.each([
    ['0.0.0.0', 0xffff_0000_0000n],
    ['127.0.0.1', 0xffff_7f00_0001n],
    ['255.255.255.255', 0xffff_ffff_ffffn],
    ['::', 0n],
    ['::1', 1n],
    ['[::1]', 1n],
    ['0:0:0:0:0:0:0:1', 1n],
    ['0000:0000:0000:0000:0000:0000:0000:0001', 1n],
    ['::ffff:127.0.0.1', 0xffff_7f00_0001n],
    ['::FFFF:7F00:1', 0xffff_7f00_0001n],
    ['fe80::1', (0xfe80n << 112n) | 1n],
    ['fe80::1%eth0', (0xfe80n << 112n) | 1n],
    ['[fe80::1%25eth0]', (0xfe80n << 112n) | 1n],
    ['1::', 1n << 112n],
    ['1:2:3:4:5:6:7:8', 0x0001_0002_0003_0004_0005_0006_0007_0008n],
  ])('of %s', (text, bits) => {
    expect(addressBits(text)).toBe(bits);
  });

  it.each([
    '',
    'localhost',
    'id.example.com',
    '127.0.0',
    '127.0.0.1.',
    '127.0.0.1.1',
    '256.0.0.1',
    '127.0.0.01',
    '2130706433',
    '0x7f.0.0.1',
    ' 127.0.0.1',
    '127.0.0.1 ',
    '127.0.0.1:80',
    '1:2:3',
    ':::',
    '1::2::3',
    '12345::',
    'g::',
    '::1.2.3',
    '[::1',
    '::1]',
    '1:2:3:4:5:6:7:8:9',
    'fe80',
    '::1/128',
  ])('is none of %o', (text) => {
    expect(addressBits(text)).toBeUndefined();
  });

  it('is the same for an address however it is spelled', () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        const { hostname } = new URL(`http://[${text}]`);
        expect(addressBits(text)).toBe(addressBits(hostname));
        expect(addressBits(text.toUpperCase())).toBe(addressBits(hostname));
      }),
      { seed: 7 },
    );
    fc.assert(
      fc.property(fc.ipV4(), (text) => {
        expect(addressBits(`::ffff:${text}`)).toBe(addressBits(text));
      }),
      { seed: 7 },
    );
  });
});

describe('isLoopback', () => {
  it.each([
    'http://localhost',
    'http://LOCALHOST',
    'http://localhost.',
    'http://auth.localhost',
    'http://a.b.localhost.',
    'http://127.0.0.1',
    'http://127.255.255.254',
    'http://127.1',
    'http://0x7f000001',
    'http://2130706433',
    'http://0177.0.0.1',
    'http://[::1]',
    'http://[0:0:0:0:0:0:0:1]',
    'http://[::ffff:127.0.0.1]',
    'http://[::ffff:7f00:1]',
    'https://localhost:8443/x',
  ])('is true for %s', (href) => {
    expect(isLoopback(new URL(href))).toBe(true);
  });

  it.each([
    'http://localhost.example.com',
    'http://notlocalhost',
    'http://localhost.localdomain',
    'http://127.0.0.1.example.com',
    'http://128.0.0.1',
    'http://126.255.255.255',
    'http://0.0.0.0',
    'http://[::]',
    'http://[::2]',
    'http://10.0.0.1',
    'http://[::127.0.0.1]',
    'http://[::ffff:0:127.0.0.1]',
    'http://[64:ff9b::127.0.0.1]',
    'http://example.com/localhost',
  ])('is false for %s', (href) => {
    expect(isLoopback(new URL(href))).toBe(false);
  });
});

describe('isLinkLocal', () => {
  it.each([
    '169.254.0.0',
    '169.254.169.254',
    '169.254.255.255',
    'fe80::',
    'fe80::1',
    'FE80::1',
    'fe80::1%eth0',
    'fe80::1%25lo',
    '[fe80::1]',
    'febf:ffff::1',
    '::ffff:169.254.169.254',
    '::ffff:a9fe:a9fe',
    '[::ffff:a9fe:a9fe]',
    '0:0:0:0:0:ffff:a9fe:a9fe',
    '::169.254.169.254',
    '::ffff:0:169.254.169.254',
    '64:ff9b::169.254.169.254',
    '64:ff9b::a9fe:a9fe',
    '2002:a9fe:a9fe::1',
  ])('is true for %s', (address) => {
    expect(isLinkLocal(address)).toBe(true);
  });

  it.each([
    '169.253.255.255',
    '169.255.0.0',
    '127.0.0.1',
    '10.0.0.1',
    '::1',
    'fec0::1',
    'fe7f::1',
    'fd00::1',
    '2002:a9ff::1',
    '64:ff9b::a9ff:1',
    'fe80',
    'fe80.example.com',
    'localhost',
    '',
  ])('is false for %o', (address) => {
    expect(isLinkLocal(address)).toBe(false);
  });

  it('sees through what a URL makes of an address', () => {
    const spellings = [
      '169.254.169.254',
      '2852039166',
      '0xa9fea9fe',
      '0xA9.0xFE.0xA9.0xFE',
      '0251.0376.0251.0376',
      '169.254.43518',
      '[::ffff:169.254.169.254]',
    ];
    expect(spellings.filter((text) => !isLinkLocal(new URL(`https://${text}`).hostname))).toEqual([]);
  });
});

describe('parseBlock', () => {
  it.each([
    ['10.0.0.0/8', '10.255.255.255', '11.0.0.0'],
    ['10.1.2.3/32', '10.1.2.3', '10.1.2.4'],
    ['10.1.2.3/8', '10.200.0.1', '9.0.0.1'],
    ['0.0.0.0/0', '203.0.113.9', '2001:db8::1'],
    ['fd00::/8', 'fdff::1', 'fe00::1'],
    ['[fd00::]/8', 'fdff::1', 'fe00::1'],
    ['::1/128', '::1', '::2'],
    ['::ffff:10.0.0.0/104', '10.9.9.9', '11.0.0.1'],
  ])('reads %s', (text, inside, outside) => {
    const block = parseBlock(text);
    if (block === undefined) throw new Error('expected a block');
    expect(inBlock(inside, block)).toBe(true);
    expect(inBlock(outside, block)).toBe(false);
    expect(inBlock('id.example.com', block)).toBe(false);
  });

  it.each([
    '',
    '10.0.0.0',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '10.0.0/8',
    'fd00::/129',
    'example.com/8',
    '/8',
    '10.0.0.0/0x8',
    '10.0.0.0/ 8',
  ])('knows nothing of %o', (text) => {
    expect(parseBlock(text)).toBeUndefined();
  });
});

describe('assertReachable', () => {
  const refusal = (href: string, reach: Parameters<typeof assertReachable>[1] = {}): TokctlError => {
    try {
      assertReachable(new URL(href), reach);
    } catch (error) {
      if (error instanceof TokctlError) return error;
    }
    throw new Error(`expected ${href} to be refused`);
  };

  it.each([
    ['https://id.example.com', {}],
    ['https://10.0.0.1', {}],
    ['https://169.254.169.254', {}],
    ['http://localhost:8080', {}],
    ['http://127.0.0.2', {}],
    ['http://[::1]', {}],
    ['http://id.example.com', { insecureHttp: true }],
    ['https://10.0.0.1', { hostFromToken: true }],
    ['http://127.0.0.1', { hostFromToken: true }],
  ])('lets %s pass with %o', (href, reach) => {
    expect(() => assertReachable(new URL(href), reach)).not.toThrow();
  });

  it.each([
    ['http://id.example.com', {}, 'expected https, or http on loopback, got `http` to `id.example.com`'],
    ['http://0.0.0.0', {}, 'expected https, or http on loopback, got `http` to `0.0.0.0`'],
    [
      'http://id.example.com',
      { hostFromToken: true },
      'expected https, or http on loopback, got `http` to `id.example.com`',
    ],
    ['file:///etc/passwd', { insecureHttp: true }, 'expected an https URL, got the scheme `file`'],
    ['javascript:alert(1)', {}, 'expected an https URL, got the scheme `javascript`'],
    [
      'https://user@id.example.com',
      {},
      'expected a URL without a user part, got one for `id.example.com` with a user name or a password in it',
    ],
    [
      'https://:pw@id.example.com',
      { insecureHttp: true },
      'expected a URL without a user part, got one for `id.example.com` with a user name or a password in it',
    ],
    [
      'https://169.254.169.254',
      { hostFromToken: true },
      'expected a host that is not link-local, because only a token names it, got 169.254.169.254',
    ],
    [
      'http://[fe80::1]',
      { hostFromToken: true, insecureHttp: true },
      'expected a host that is not link-local, because only a token names it, got [fe80::1]',
    ],
  ])('refuses %s with %o', (href, reach, message) => {
    expect(refusal(href, reach)).toMatchObject({ code: 'ERR_ENDPOINT_REFUSED', exitCode: 2, message });
    expect(refusal(href, reach).hint).toMatch(/^[a-z].*[^.]$/);
  });
});

describe('what is shown of a URL', () => {
  it('leaves out user, query and fragment', () => {
    expect(shownUrl(new URL('https://me:pw@id.example.com:8443/a/b?token=x#y'))).toBe(
      'https://id.example.com:8443/a/b',
    );
    expect(shownUrl(new URL('data:application/json,secret'))).toBe('data:');
  });

  it('names host and port', () => {
    const hosts = [
      'https://id.example.com/x',
      'http://id.example.com',
      'https://id.example.com:8443',
      'http://[::1]:80',
      'https://[::1]',
    ];
    expect(hosts.map((href) => hostAndPort(new URL(href)))).toEqual([
      'id.example.com:443',
      'id.example.com:80',
      'id.example.com:8443',
      '[::1]:80',
      '[::1]:443',
    ]);
  });

  it('names the address that a name led to', () => {
    const error = linkLocalRefused(new URL('https://metadata.example.com/'), '169.254.169.254');
    expect(error.message).toMatch(/got metadata.example.com at 169.254.169.254$/);
  });
});
