// The shares of a batch: together exactly the whole, each line in one of them, whoever asks for them.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isInShard } from '../../src/cli/batch/shard.ts';
import { run } from '../../src/cli/run.ts';
import { fakeHost } from './fake-host.ts';

async function decode(lines: readonly string[], words: readonly string[], env: Record<string, string> = {}) {
  const { host, stdout, stderr } = fakeHost({ env, files: { 'tokens.txt': lines.join('\n') } });
  const exit = await run(['decode', '--from', 'tokens.txt', '-o', 'ndjson', ...words], host);
  const reports = stdout()
    .split('\n')
    .filter((line) => line !== '');
  return { exit, ids: reports.map((line) => JSON.parse(line).id as string), stderr: stderr() };
}

const numbered = (count: number, token = (number: number) => `token-${number}`): string[] =>
  Array.from({ length: count }, (_, number) => JSON.stringify({ id: `line-${number}`, token: token(number) }));

const idsOf = (lines: readonly string[]): string[] => lines.map((line) => JSON.parse(line).id);

describe('isInShard', () => {
  test('every text is in exactly one share, of any number', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 50 }), (text, count) => {
        const shares = Array.from({ length: count }, (_, index) => isInShard(text, { index, count }));
        expect(shares.filter(Boolean)).toHaveLength(1);
      }),
      { seed: 7 },
    );
  });

  test('the shares are about equal', () => {
    const sizes = [0, 1, 2, 3].map(
      (index) => numbered(4000).filter((text) => isInShard(text, { index, count: 4 })).length,
    );
    for (const size of sizes) expect(Math.abs(size - 1000)).toBeLessThan(150);
  });

  // A share that one version began, another must be able to end.
  test('the rule is the first 6 bytes of SHA-256, modulo the number of shares', () => {
    // printf %s abc | sha256sum: ba7816bf8f01…
    const index = 0xba7816bf8f01 % 7;
    expect(isInShard('abc', { index, count: 7 })).toBe(true);
  });
});

describe('--shard', () => {
  test('the shares together are the whole, in the order of the lines', async () => {
    const lines = numbered(60);
    const shares = await Promise.all([1, 2, 3].map((share) => decode(lines, ['--shard', `${share}/3`])));
    const all = shares.flatMap(({ ids }) => ids);
    expect(all.toSorted()).toEqual(idsOf(lines).toSorted());
    for (const { ids, exit } of shares) {
      expect(exit).toBe(0);
      expect(ids.length).toBeGreaterThan(0);
      expect(ids).toEqual(idsOf(lines).filter((id) => ids.includes(id)));
    }
  });

  test('1/1 is everything', async () => {
    const lines = numbered(5);
    expect((await decode(lines, ['--shard', '1/1'])).ids).toEqual(idsOf(lines));
  });

  test('equal tokens are in the same share, whatever stands around them', async () => {
    const lines = ['{"id":"a","token":"one"}', '{"token":"Bearer one","id":"b"}', '{ "id": "c", "token": " one " }'];
    const shares = await Promise.all([1, 2, 3, 4, 5].map((share) => decode(lines, ['--shard', `${share}/5`])));
    expect(shares.map(({ ids }) => ids).filter((ids) => ids.length > 0)).toEqual([['a', 'b', 'c']]);
  });

  test('a line without a token is in one share too', async () => {
    const lines = [...numbered(3), '{"id":"wrong"}'];
    const shares = await Promise.all([1, 2].map((share) => decode(lines, ['--shard', `${share}/2`])));
    expect(shares.flatMap(({ ids }) => ids).filter((id) => id === 'wrong')).toHaveLength(1);
    expect(shares.map(({ exit }) => exit).toSorted()).toEqual([0, 2]);
  });

  test('a share without lines is no failure, a list without lines is', async () => {
    const shares = await Promise.all([1, 2].map((share) => decode(numbered(1), ['--shard', `${share}/2`])));
    expect(shares.map(({ exit }) => exit)).toEqual([0, 0]);
    expect(shares.map(({ stderr }) => stderr).toSorted()).toEqual([
      '0 read, 0 damaged in 0.0 s\n',
      '1 read, 0 damaged in 0.0 s\n',
    ]);
    expect((await decode([''], ['--shard', '1/2'])).exit).toBe(2);
  });

  test.each(['0/4', '5/4', '1', 'a/b', '1/0', '-1/4'])('%s is a usage error', async (shard) => {
    const { exit, stderr } = await decode(numbered(1), [`--shard=${shard}`]);
    expect(stderr).toContain('expected i/n with i from 1 to n, such as 1/4');
    expect(exit).toBe(2);
  });

  test('without a list there is nothing to share out', async () => {
    const { host, stderr } = fakeHost();
    expect(await run(['decode', 'abc', '--shard', '1/2'], host)).toBe(2);
    expect(stderr()).toContain('expected --from with --shard');
  });
});

describe('a Kubernetes Indexed Job', () => {
  const job = (index: string, count: string) => ({ JOB_COMPLETION_INDEX: index, JOB_COMPLETIONS: count });

  test('is the same shares, counted from 0, and says so', async () => {
    const lines = numbered(40);
    const byJob = await decode(lines, [], job('1', '4'));
    const byFlag = await decode(lines, ['--shard', '2/4']);
    expect(byJob.ids).toEqual(byFlag.ids);
    expect(byJob.stderr).toContain('note: share 2/4 of the lines, by JOB_COMPLETION_INDEX\n');
    expect(byFlag.stderr).not.toContain('note:');
  });

  test('gives way to the flag and to TOKCTL_SHARD', async () => {
    const lines = numbered(10);
    expect((await decode(lines, ['--shard', '1/1'], job('1', '4'))).ids).toHaveLength(10);
    expect((await decode(lines, [], { ...job('1', '4'), TOKCTL_SHARD: '1/1' })).ids).toHaveLength(10);
  });

  test('whose number of completions nobody told does nothing', async () => {
    const lines = numbered(10);
    expect((await decode(lines, [], { JOB_COMPLETION_INDEX: '1' })).ids).toHaveLength(10);
    expect((await decode(lines, [], { JOB_COMPLETIONS: '4' })).ids).toHaveLength(10);
  });

  test('does not touch what is no list', async () => {
    const { host, stderr } = fakeHost({ env: job('1', '4') });
    expect(await run(['decode', 'abc'], host)).toBe(0);
    expect(stderr()).toBe('');
  });

  test.each([
    ['4', '4'],
    ['-1', '4'],
    ['x', '4'],
    ['0', 'many'],
  ])('index %s of %s is a usage error', async (index, count) => {
    const { exit, stderr } = await decode(numbered(1), [], job(index, count));
    expect(stderr).toContain('expected JOB_COMPLETION_INDEX from 0 to JOB_COMPLETIONS - 1');
    expect(exit).toBe(2);
  });
});
