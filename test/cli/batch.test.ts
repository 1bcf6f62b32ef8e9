// Batches through the whole program: what is asked, in which order it is printed, and what is said.

import { describe, expect, test } from 'vitest';
import type { Piece, PieceResult } from '../../src/cli/batch/threads.ts';
import type { Host } from '../../src/cli/host.ts';
import { run } from '../../src/cli/run.ts';
import { shortHash } from '../../src/core/token.ts';
import type { FetchInit, FetchLike } from '../../src/protocol/http/network.ts';
import { type FakeHostOptions, fakeHost } from './fake-host.ts';

const ENDPOINT = 'http://localhost:9/introspect';
const INTROSPECT = [
  'introspect',
  '--introspection-endpoint',
  ENDPOINT,
  '--client-id',
  'me',
  '--client-secret',
  'env:S',
];
const ENV = { S: 'a-secret-of-mine' };

const tokenOf = ({ body }: FetchInit): string => new URLSearchParams(body).get('token') ?? '';
const json = (value: object, init?: ResponseInit) =>
  Response.json(value, init) as unknown as Awaited<ReturnType<FetchLike>>;

/** A server that calls active what begins with `good`. */
function server(answer: (token: string) => ReturnType<FetchLike> = async (token) => json({ active: isGood(token) })) {
  const asked: string[] = [];
  const fetch: FetchLike = (url, init) => {
    expect(url).toBe(ENDPOINT);
    asked.push(tokenOf(init));
    return answer(tokenOf(init));
  };
  return { asked, fetch };
}

const isGood = (token: string): boolean => token.startsWith('good');

interface Outcome {
  exit: number;
  reports: Record<string, unknown>[];
  stdout: string;
  stderr: string;
}

async function tokctl(words: readonly string[], options: FakeHostOptions = {}, change = (host: Host): Host => host) {
  const { host, stdout, stderr } = fakeHost({ env: ENV, ...options });
  const exit = await run(words, change(host));
  const reports = stdout().startsWith('{')
    ? stdout()
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
    : [];
  return { exit, reports, stdout: stdout(), stderr: stderr() } satisfies Outcome;
}

const introspectLines = (
  lines: string,
  fetch: FetchLike,
  more: readonly string[] = [],
  options: FakeHostOptions = {},
) =>
  tokctl([...INTROSPECT, '--from', 'tokens.txt', '-o', 'ndjson', ...more], {
    files: { 'tokens.txt': lines },
    fetch,
    ...options,
  });

describe('what is asked and printed', () => {
  test('a report a line in the order of the lines, with ids, and a summary on stderr', async () => {
    const { fetch } = server();
    const lines = 'good-1\n\n{"id":"second","token":"bad-2"}\r\n  good-3  \n';
    const { exit, reports, stderr } = await introspectLines(lines, fetch);
    expect(reports.map(({ id, verdict }) => [id, verdict])).toEqual([
      [undefined, 'active'],
      ['second', 'inactive'],
      [undefined, 'active'],
    ]);
    expect(stderr).toBe('2 active, 1 inactive, 0 unknown in 0.0 s\n');
    expect(exit).toBe(1);
  });

  test('lines come from stdin too', async () => {
    const { fetch } = server();
    const words = [...INTROSPECT, '--from', '-', '-o', 'json'];
    const { exit, reports } = await tokctl(words, { stdin: 'good-1\ngood-2\n', fetch });
    expect(reports.map(({ verdict }) => verdict)).toEqual(['active', 'active']);
    expect(exit).toBe(0);
  });

  test('-q prints nothing at all', async () => {
    const { fetch } = server();
    const { exit, stdout, stderr } = await introspectLines('good-1\nbad-1\n', fetch, ['-q']);
    expect({ exit, stdout, stderr }).toEqual({ exit: 1, stdout: '', stderr: '' });
  });

  test('a token on several lines is asked about once, and reported for each line with its own id', async () => {
    const { asked, fetch } = server();
    const lines = ['{"id":"a","token":"good-1"}', 'good-1', 'bad-1', '{"id":"b","token":"good-1"}', 'bad-1'];
    const { reports } = await introspectLines(lines.join('\n'), fetch);
    expect(asked.toSorted()).toEqual(['bad-1', 'good-1']);
    expect(reports.map(({ id, verdict }) => [id, verdict])).toEqual([
      ['a', 'active'],
      [undefined, 'active'],
      [undefined, 'inactive'],
      ['b', 'active'],
      [undefined, 'inactive'],
    ]);
    expect(Object.keys(reports[3] ?? {}).slice(0, 2)).toEqual(['schema', 'id']);
  });

  test('an id does not show the token', async () => {
    const { fetch } = server();
    const { reports, stdout } = await introspectLines('{"id":"it is good-token-1","token":"good-token-1"}', fetch);
    expect(reports[0]).toMatchObject({ id: 'it is [redacted]', verdict: 'active' });
    expect(stdout).not.toContain('good-token-1');
  });

  test('a line that is wrong fails alone, with its id', async () => {
    const { asked, fetch } = server();
    const lines = ['good-1', '{"id":"second","tok":"good-2"}', '{"token":', 'good-3'];
    const { exit, reports, stderr } = await introspectLines(lines.join('\n'), fetch);
    expect(asked).toEqual(['good-1', 'good-3']);
    expect(reports[1]).toMatchObject({ id: 'second', verdict: 'unknown', exit_code: 2, error: { code: 'ERR_USAGE' } });
    expect(reports[2]).toMatchObject({ verdict: 'unknown', exit_code: 2, error: { code: 'ERR_USAGE' } });
    expect(reports[3]).toMatchObject({ verdict: 'active' });
    expect(stderr).toContain('error: line 2: expected a token');
    expect(stderr).toContain('2 active, 0 inactive, 2 unknown');
    expect(exit).toBe(2);
  });

  test('a line of a megabyte is refused, and the others go on', async () => {
    const { asked, fetch } = server();
    const { exit, reports } = await introspectLines(`good-1\n${'x'.repeat(1024 * 1024)}\ngood-2\n`, fetch);
    expect(asked).toEqual(['good-1', 'good-2']);
    expect(reports[1]).toMatchObject({ verdict: 'inactive', checks: [{ name: 'format', outcome: 'failed' }] });
    expect(exit).toBe(1);
  });

  test('what was stripped from lines is told once', async () => {
    const { asked, fetch } = server();
    const { stderr } = await introspectLines('good-1\nBearer good-2\nBearer good-3\n', fetch);
    expect(asked).toEqual(['good-1', 'good-2', 'good-3']);
    expect(stderr.match(/note:.*/g)).toEqual([
      'note: line 2: the scheme `Bearer` was stripped; so it is for other lines, which is not told again',
    ]);
  });

  test('--only filters what is printed, and nothing else', async () => {
    const { fetch } = server();
    const { exit, reports, stderr } = await introspectLines('good-1\nbad-1\ngood-2\n', fetch, ['--only', 'active']);
    expect(reports.map(({ verdict }) => verdict)).toEqual(['active', 'active']);
    expect(stderr).toBe('2 active, 1 inactive, 0 unknown in 0.0 s\n');
    expect(exit).toBe(1);
  });

  test('--brief is one flat line a token', async () => {
    const { fetch } = server();
    const lines = '{"id":"a","token":"good-1"}\nbad-1\n{"id":"c"}\n';
    const { reports } = await introspectLines(lines, fetch, ['--brief']);
    expect(reports).toEqual([
      { id: 'a', verdict: 'active', active: true, exit_code: 0, sha256: shortHash('good-1'), kind: 'unknown' },
      {
        verdict: 'inactive',
        active: false,
        exit_code: 1,
        sha256: shortHash('bad-1'),
        kind: 'unknown',
        cause: 'revoked_or_unknown',
      },
      { id: 'c', verdict: 'unknown', active: null, exit_code: 2, cause: 'ERR_USAGE' },
    ]);
  });

  test('decode has no verdicts to count', async () => {
    const options = { files: { 'tokens.txt': 'opaque-1\ne.e.e.e\nZm9v\u200bbar\n' } };
    const { exit, stderr } = await tokctl(['decode', '--from', 'tokens.txt', '-o', 'ndjson'], options);
    expect(stderr).toBe('2 read, 1 damaged in 0.0 s\n');
    expect(exit).toBe(1);
  });

  test('a long list is not judged by the clock of its first token', async () => {
    let time = Date.UTC(2026, 10, 21);
    const now = () => {
      time += 1_000;
      return time;
    };
    const options = { files: { 'tokens.txt': 'one\ntwo\n' }, now };
    const { reports } = await tokctl(['decode', '--from', 'tokens.txt', '-o', 'ndjson'], options);
    const [first, second] = reports.map(({ times }) => (times as { evaluated_at: string }).evaluated_at);
    expect(first).not.toBe(second);
    const chosen = await tokctl(['decode', '--from', 'tokens.txt', '-o', 'ndjson', '--at', '2026-01-01'], options);
    expect(chosen.reports.map(({ times }) => times)).toEqual([
      { evaluated_at: '2026-01-01T00:00:00Z' },
      { evaluated_at: '2026-01-01T00:00:00Z' },
    ]);
  });

  test('the files and secrets of a profile are read once, however many tokens pick it', async () => {
    const jwt = (sub: string) =>
      [{ alg: 'HS256' }, { iss: 'http://localhost:9', sub }, { s: sub }]
        .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
        .join('.');
    const config = 'profiles:\n  mine:\n    issuer: http://localhost:9\n    secret: cmd:pass show it\n';
    let captured = 0;
    const { exit, reports } = await tokctl(
      ['verify', '--from', 'tokens.txt', '-o', 'ndjson'],
      {
        env: { HOME: '/home/me' },
        files: { 'tokens.txt': ['a', 'b', 'c'].map(jwt).join('\n'), '/home/me/.config/tokctl/config.yaml': config },
      },
      (host) => ({
        ...host,
        capture: async () => {
          captured += 1;
          return 'a-shared-secret-of-32-characters';
        },
      }),
    );
    expect(reports.map(({ issuer_source }) => issuer_source)).toEqual(['profile', 'profile', 'profile']);
    expect(captured).toBe(1);
    expect(exit).toBe(1);
  });
});

describe('what is wrong with the command', () => {
  test.each([
    ['a file that is not there', { 'other.txt': '' }, ['--from', 'tokens.txt'], 'ERR_USAGE', 'tokens.txt'],
    ['a folder', { 'tokens.txt': null }, ['--from', 'tokens.txt'], 'ERR_USAGE', 'a directory'],
    ['an empty file', { 'tokens.txt': '\n \n' }, ['--from', 'tokens.txt'], 'ERR_TOKEN_MISSING', 'the input is empty'],
    ['an argument too', { 'tokens.txt': 'abc' }, ['--from', 'tokens.txt', 'abc'], 'ERR_USAGE', 'got both'],
  ])('%s', async (_, files, words, code, message) => {
    const { exit, stderr, stdout } = await tokctl(['decode', ...words], { files });
    expect(stderr).toContain(`(${code})`);
    expect(stderr).toContain(message);
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
  });
});

describe('a server that wants to be asked less', () => {
  test('is told of once, and all go on after the wait', async () => {
    let refused = 0;
    const { asked, fetch } = server(async (token) => {
      if (refused > 1) return json({ active: isGood(token) });
      refused += 1;
      return json({}, { status: 429, headers: { 'retry-after': '60' } });
    });
    // The wait is bounded by the timeout, which this test makes short.
    const more = ['--retry', '0', '--timeout', '40ms', '--concurrency', '1'];
    const { exit, reports, stderr } = await introspectLines('good-1\ngood-2\ngood-3\n', fetch, more);
    expect(asked).toEqual(['good-1', 'good-2', 'good-3']);
    expect(reports.map(({ verdict, error }) => (error as { code: string } | undefined)?.code ?? verdict)).toEqual([
      'ERR_RATE_LIMITED',
      'ERR_RATE_LIMITED',
      'active',
    ]);
    expect(stderr.match(/note:.*/g)).toEqual([
      'note: the server wants to be asked less (HTTP 429): all wait for 1 s, then fewer at a time',
    ]);
    expect(exit).toBe(3);
  });
});

describe('Ctrl-C', () => {
  test('prints what is done, says where to go on, and exits with 130', async () => {
    const interrupted = new AbortController();
    const never = new Promise<never>(() => {});
    const { asked, fetch } = server(async (token) => {
      if (token === 'good-3') return never;
      if (token === 'good-5') queueMicrotask(() => setImmediate(() => interrupted.abort(new Error('interrupted'))));
      return token === 'good-5' ? never : json({ active: isGood(token) });
    });
    const lines = Array.from({ length: 50 }, (_, index) => `{"id":${index + 1},"token":"good-${index + 1}"}`);
    const { exit, reports, stderr } = await introspectLines(lines.join('\n'), fetch, ['--concurrency', '2'], {
      signal: interrupted.signal,
    });
    expect(asked).toEqual(['good-1', 'good-2', 'good-3', 'good-4', 'good-5']);
    expect(reports.map(({ id }) => id)).toEqual(['1', '2', '4']);
    expect(stderr).toBe(
      'interrupted: 3 active, 0 inactive, 0 unknown in 0.0 s; the first line without an answer is line 3\n',
    );
    expect(exit).toBe(130);
  });
});

describe('threads', () => {
  test('that are interrupted with a piece missing print nothing after it, so that nothing is answered twice', async () => {
    const interrupted = new AbortController();
    const pieces: Piece[] = [];
    const answerTo = async (piece: Piece): Promise<PieceResult> => {
      pieces.push(piece);
      // The third is never done; the fourth is, and then somebody interrupts.
      if (pieces.length === 3) return new Promise(() => {});
      if (pieces.length === 4) setImmediate(() => interrupted.abort(new Error('interrupted')));
      const stdout = piece.lines.map((_, at) => `${piece.first + at}\n`).join('');
      return { stdout, stderr: '', verdicts: { active: piece.lines.length }, codes: [0] };
    };
    const threads = {
      most: () => 2,
      start: () => ({ run: answerTo as (work: unknown) => Promise<unknown>, stop: () => {} }),
    };
    const lines = Array.from({ length: 2000 }, (_, number) => `token-${number}-${'x'.repeat(30)}`).join('\n');
    const words = ['verify', '--from', 'tokens.txt', '--jwks', '{"keys":[]}', '-o', 'ndjson'];
    const options = { files: { 'tokens.txt': lines }, signal: interrupted.signal };
    const { exit, stdout, stderr } = await tokctl(words, options, (host) => ({ ...host, threads }));
    const answered = (pieces[0]?.lines.length ?? 0) + (pieces[1]?.lines.length ?? 0);
    expect(stdout).toBe(Array.from({ length: answered }, (_, at) => `${at + 1}\n`).join(''));
    expect(stderr).toContain(`the first line without an answer is line ${answered + 1}\n`);
    expect(exit).toBe(130);
  });
});

describe('many lines', () => {
  test('are not read faster than they are printed', async () => {
    const count = 20_000;
    const seen = { read: 0, printed: 0, mostAhead: 0, asking: 0, mostAsking: 0 };
    const { asked, fetch } = server(async () => {
      seen.asking += 1;
      seen.mostAsking = Math.max(seen.mostAsking, seen.asking);
      await Promise.resolve();
      seen.asking -= 1;
      return json({ active: true });
    });
    const lines = async function* () {
      for (; seen.read < count; seen.read += 1) {
        seen.mostAhead = Math.max(seen.mostAhead, seen.read - seen.printed);
        // Each stands on 20 lines.
        yield [`good-${seen.read % (count / 20)}`];
      }
    };
    const write = async (text: string) => {
      seen.printed += text.split('\n').length - 1;
    };
    const words = [...INTROSPECT, '--from', 'tokens.txt', '--brief', '-o', 'ndjson', '--concurrency', '4'];
    const { exit, stderr } = await tokctl(words, { fetch }, (host) => ({
      ...host,
      files: { ...host.files, lineGroups: lines },
      stdout: { ...host.stdout, write },
    }));
    expect(exit).toBe(0);
    expect(stderr).toMatch(/^20000 active, 0 inactive, 0 unknown in /);
    expect(seen.printed).toBe(count);
    expect(seen.mostAsking).toBeLessThanOrEqual(4);
    expect(seen.mostAhead).toBeGreaterThan(0);
    // Beside those that are asked about, those that are written in the next turn of the event loop, of which one comes soon.
    expect(seen.mostAhead).toBeLessThanOrEqual(4 * 16 + 1 + 64);
    expect(asked).toHaveLength(count / 20);
  });
});
