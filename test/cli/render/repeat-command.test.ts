import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { repeatCommand, shellWord } from '../../../src/cli/render/repeat-command.ts';
import { escapeText } from '../../../src/core/escape.ts';
import type { Check, Report } from '../../../src/core/report.ts';
import { hostileText } from './hostile.ts';
import { ACTIVE, DECODED, REVOKED } from './reports.ts';

const { issuer: _, issuer_source: __, ...UNNAMED } = ACTIVE;
const expecting = (...checks: Check[]): Report => ({ ...ACTIVE, checks });
const check = (name: Check['name'], expected: Check['expected']): Check => ({
  name,
  outcome: 'passed',
  because: '',
  ...(expected === undefined ? {} : { expected }),
});

describe('repeatCommand', () => {
  it.each<[string, Report, 'verify' | 'introspect', string]>([
    ['the issuer', expecting(), 'verify', '--issuer https://id.example.com'],
    ['the issuer of the token', { ...expecting(), issuer_source: 'token' }, 'verify', '--trust-iss'],
    ['a JWK Set by its URL', { ...UNNAMED, checks: [] }, 'verify', '--jwks https://id.example.com/jwks'],
    [
      'keys of a file',
      { ...expecting(), verification: { keys: [] } },
      'verify',
      '--issuer https://id.example.com --jwks "$JWKS_FILE"',
    ],
    [
      'a shared secret',
      {
        ...UNNAMED,
        checks: [],
        verification: { keys: [] },
        token: { ...ACTIVE.token, header: { alg: 'HS256' } },
      } as Report,
      'verify',
      '--secret env:TOKEN_SECRET',
    ],
    [
      'what was expected',
      expecting(
        check('audience', ['a', 'b']),
        check('scope', ['read', 'write']),
        check('kind', 'access_token'),
        check('type', 'at+jwt'),
        check('claim:tenant', "a'cme $x"),
        check('claim:jti', 'present'),
        check('lifetime', '1 h 30 min or more'),
        check('max_age', 'issued at most 2 d ago'),
        check('expiry', 'after now'),
      ),
      'verify',
      "--issuer https://id.example.com --audience a,b --scope read,write --expect access_token --typ at+jwt --claim 'tenant=a'\\''cme $x' --require-claim jti --min-ttl 5400s --max-age 172800s",
    ],
    [
      'how the server was asked',
      (({ issuer, issuer_source, verification, ...rest }) => rest)({ ...REVOKED, checks: [] }),
      'introspect',
      '--introspection-endpoint https://id.example.com/introspect --client-id "$CLIENT_ID" --client-secret env:CLIENT_SECRET',
    ],
    [
      'both ways, with a key of the client',
      {
        ...expecting(),
        introspection: { endpoint: 'https://x.example', client_auth: 'private_key_jwt', status: 200, latency_ms: 1 },
        weakened: ['endpoint_origin', 'at_time'],
      },
      'introspect',
      '--issuer https://id.example.com --mode both --client-id "$CLIENT_ID" --client-key "$CLIENT_KEY_FILE" --client-auth private_key_jwt --allow-endpoint-origin https://x.example --at 2026-11-21T00:00:00Z',
    ],
  ])('names %s', (_, report, command, flags) => {
    expect(repeatCommand(report, command)).toBe(`tokctl ${command} - ${flags}`);
  });

  it('of a description needs nothing else', () => {
    expect(repeatCommand(DECODED, 'decode')).toBe('tokctl decode -');
  });
});

describe('shellWord', () => {
  it.skipIf(process.platform === 'win32')('is one word to a shell, and nothing in it is run', () => {
    fc.assert(
      fc.property(fc.array(hostileText, { minLength: 1, maxLength: 5 }), (texts) => {
        const command = `printf '%s\\n' ${texts.map(shellWord).join(' ')}`;
        const printed = execFileSync('/bin/sh', ['-c', command], { encoding: 'utf8' });
        expect(printed).toBe(texts.map((text) => `${escapeText(text)}\n`).join(''));
      }),
      { numRuns: 50 },
    );
  });
});
