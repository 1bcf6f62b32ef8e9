// Writes of a batch, held back no longer than one turn of the event loop.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { gathering } from '../../src/cli/batch/gathering.ts';
import type { OutputStream } from '../../src/cli/host.ts';

/** Streams that note what is written, in the order in which it comes. */
function streams({ isTTY = false, write = async () => {} }: { isTTY?: boolean; write?: () => Promise<void> } = {}) {
  const log: string[] = [];
  const noting = (name: string): OutputStream => ({
    isTTY,
    columns: undefined,
    write: (text) => {
      log.push(`${name}: ${text}`);
      return write();
    },
  });
  return { log, stdout: noting('out'), stderr: noting('err') };
}

describe('gathering', () => {
  it('writes at once what came in one turn of the event loop', async () => {
    const { log, ...both } = streams();
    const { stdout } = gathering(both);
    await stdout.write('a');
    await stdout.write('b');
    expect(log).toEqual([]);
    await nextTurn();
    await stdout.write('c');
    await nextTurn();
    expect(log).toEqual(['out: ab', 'out: c']);
  });

  it('keeps the order of both streams', async () => {
    const { log, ...both } = streams();
    const { stdout, stderr } = gathering(both);
    await stdout.write('a');
    await stderr.write('wrong');
    await stdout.write('b');
    await nextTurn();
    expect(log).toEqual(['out: a', 'err: wrong', 'out: b']);
  });

  it('writes what is left when it is flushed, and nothing twice', async () => {
    const { log, ...both } = streams();
    const gathered = gathering(both);
    await gathered.stdout.write('a');
    await gathered.flush();
    await gathered.flush();
    await nextTurn();
    expect(log).toEqual(['out: a']);
  });

  it('lets a terminal have each text by itself', async () => {
    const { log, ...both } = streams({ isTTY: true });
    const { stdout } = gathering(both);
    await stdout.write('a');
    expect(log).toEqual(['out: a']);
  });

  it('makes a writer wait for a reader that takes nothing, with no more than a bounded text held', async () => {
    const { log, ...both } = streams({ write: () => new Promise(() => {}) });
    const { stdout } = gathering(both);
    await stdout.write('a');
    await nextTurn();
    let went = 0;
    void (async () => {
      for (; went < 1000; went += 1) await stdout.write('x'.repeat(1024));
    })();
    for (let turn = 0; turn < 20; turn += 1) await nextTurn();
    expect(went).toBeLessThan(64);
    expect(log).toEqual(['out: a']);
  });

  it('tells of a text that could not be written, then and at the end', async () => {
    const { log, ...both } = streams({ write: () => Promise.reject(new Error('no space is left')) });
    const gathered = gathering(both);
    await gathered.stdout.write('a');
    await nextTurn();
    await expect(gathered.stdout.write('x'.repeat(100_000))).rejects.toThrow('no space is left');
    await expect(gathered.flush()).rejects.toThrow('no space is left');
    expect(log).toEqual(['out: a']);
  });

  it('says when nobody reads any more', () => {
    const both = streams();
    const { stdout } = gathering({ ...both, stdout: { ...both.stdout, isClosed: true } });
    expect(stdout.isClosed).toBe(true);
  });
});
