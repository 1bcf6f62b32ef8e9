// What weighs more than it should: texts of the largest size that is read, of the forms that make readers slow or large, in
// a process with little memory (security.md S7, J3, A23). A reader that takes the square of the length does not end in time.

import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** MiB of memory for objects, as security.md §3 has it. */
const MEMORY = 150;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tokctl-weight-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs that program, with the sources of tokctl at hand, and gives the lines that it printed. */
async function inLittleMemory(name: string, contents: string): Promise<string[]> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: import.meta.dirname, loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    define: { TOKCTL_VERSION: '"0.0.0"' },
    logLevel: 'warning',
  });
  const path = join(folder, `${name}.mjs`);
  await writeFile(path, outputFiles[0]?.contents ?? '');
  const { stdout } = await promisify(execFile)(process.execPath, [`--max-old-space-size=${MEMORY}`, path]);
  return stdout.trim().split('\n');
}

const READERS = `
import { decode, introspect, verify } from '../../src/index.ts';
import { unwrapPaste } from '../../src/core/paste.ts';
import { parseJwks } from '../../src/protocol/jwks.ts';
const base64url = (text) => Buffer.from(text).toString('base64url');
const header = base64url('{"alg":"ES256","kid":"a"}');
const jwt = (payload, head = header) => head + '.' + base64url(payload) + '.' + base64url('x'.repeat(64));
const fill = (text, size) => text.repeat(Math.floor(size / text.length));
const fault = (problem) => Object.assign(new Error(problem), { problem });
`;

describe('in little memory', () => {
  it('tokens of every heavy form are read, each with a result', async () => {
    const lines = await inLittleMemory(
      'tokens',
      `${READERS}
      const size = 180_000;
      const texts = [
        jwt(JSON.stringify({ sub: fill('ey-', size) })),
        jwt(JSON.stringify({ sub: fill('eyJhbGciOi.', size) })),
        jwt(JSON.stringify({ sub: fill('\\u202e', size / 3) })),
        jwt('{"a":' + fill('[', size)),
        jwt('{"a":"' + fill('\\\\u0061', size) + '"}'),
        jwt('{' + Array.from({ length: size / 12 }, (_, at) => '"a' + (at % 9) + '":0').join() + '}'),
        jwt('{"a":' + fill('1', size) + '}'),
        jwt('{"exp":' + fill('9', size) + '}'),
        jwt('{"aud":[' + fill('"a",', size) + '"a"]}'),
        jwt('{"scope":"' + fill('a ', size) + '"}'),
        jwt('{"sub":"a"}', base64url('{"alg":"ES256","kid":"' + fill('k', size) + '"}')),
        jwt('{"sub":"a"}', base64url('{"alg":"ES256","crit":[' + fill('"a",', size) + '"a"]}')),
        jwt('{"sub":"a"}', base64url('{"alg":"' + fill('none', size) + '"}')),
        '.'.repeat(size), fill('a.', size), fill('~', size), header + '.' + fill('~a', size), '{' + fill('"a":{', size), fill('"', size),
        fill('ghp_', size), fill('eyJ', size), 'v4.public.' + fill('A', size), fill('\\ud800', size), 'x'.repeat(4_000_000),
      ];
      for (const text of texts) {
        const described = await decode(text);
        const judged = await verify(text, { jwks: '{"keys":[]}' });
        const asked = await introspect(text, { offline: true, introspectionEndpoint: 'https://id.example.com/i', client: { id: 'a', method: 'none' } });
        console.log([described.exit_code, judged.verdict, asked.verdict].join(' '));
      }`,
    );
    expect(lines.filter((line) => !/^[01] (?:inactive|unknown) (?:inactive|unknown)$/.test(line))).toEqual([]);
    expect(lines).toHaveLength(24);
  });

  it('what is pasted is unwrapped, whatever it is', async () => {
    const parts = [
      'a=',
      'a=&',
      '&access_token=a',
      ' ',
      '\t',
      '\n',
      'a\n',
      'a=b\n',
      '-H',
      ' -H "',
      ' -H "\\',
      " -H '",
      ' -d ',
      ' -d "',
      'Cookie: a=b; ',
      '; a=',
      'bearer ',
      'authorization: ',
      '< a: b\n',
      '%20',
      '"a":',
      'export A=',
      '_token=',
      '\\\n',
      '\u201c',
    ];
    const starts = [
      '',
      'curl ',
      'curl -H "',
      '{"a":',
      'Cookie: ',
      'Set-Cookie: a="bearer%20',
      'Authorization: Bearer ',
      'https://x/?',
      'access_token=',
      '"',
      'export TOKEN=',
      '$ wget ',
    ];
    const lines = await inLittleMemory(
      'pastes',
      `${READERS}
      for (const start of ${JSON.stringify(starts)}) for (const part of ${JSON.stringify(parts)}) for (const end of ['', '\\n!x'])
        unwrapPaste(start + fill(part, 60_000) + end);
      console.log('read');`,
    );
    expect(lines).toEqual(['read']);
  });

  it('documents of the largest size are read or refused', async () => {
    const lines = await inLittleMemory(
      'documents',
      `${READERS}
      const size = 1_000_000;
      const answers = [
        '{"active":true,"a":[' + fill('[],', size) + '0]}', '{"active":true,"a":"' + fill('\\\\u0000', size) + '"}', '{"active":true,' + fill('"":0,', size) + '"b":0}',
        '{"active":true,"scope":"' + fill('a,', size) + '"}', '{"active":true,"a":"' + fill('ey-', size) + '"}', '{"active":true,"a":"' + fill('opaque-token', size) + '"}',
        '{"error":"' + fill('x', size) + '"}', fill('<html>', size), '{"active":"' + fill('x', size) + '"}', '{"active":true,"' + fill('x', size) + '":1}',
      ];
      for (const body of answers) {
        const fetch = async () => ({ status: 200, headers: new Map([['content-type', 'application/json']]), body: (async function* () { yield Buffer.from(body.slice(0, 1024 * 1024)); })() });
        const report = await introspect('opaque-token-0001', { fetch, introspectionEndpoint: 'https://id.example.com/i', client: { id: 'a', secret: 'secret-secret' } });
        console.log(report.verdict);
      }
      const n = base64url(Buffer.alloc(512, 0xff)), key = { kty: 'RSA', n, e: 'AQAB', kid: 'a', alg: 'RS256' };
      const sets = [
        { keys: Array.from({ length: 1400 }, () => key) }, { keys: Array.from({ length: 1400 }, () => ({ ...key, kid: undefined })) },
        { keys: Array.from({ length: 1400 }, () => ({ ...key, e: 'AQ' })) }, { keys: [{ ...key, n: fill('_', size) }] }, { keys: Array.from({ length: 300_000 }, () => null) },
        { keys: Array.from({ length: 10_000 }, () => ({ kty: 'EC', crv: 'P-521', x: 'AA', y: 'AA' })) },
      ];
      for (const set of sets)
        for (const alg of ['RS256', 'ES512'])
          console.log((await verify(jwt('{"sub":"a"}', base64url(JSON.stringify({ alg, kid: alg === 'RS256' ? 'a' : undefined }))), { jwks: JSON.stringify(set) })).verdict);`,
    );
    expect(lines.filter((line) => !/^(?:active|inactive|unknown)$/.test(line))).toEqual([]);
    expect(lines).toHaveLength(22);
  });
});
