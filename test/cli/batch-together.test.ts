// Answers of one turn of the event loop, which go on together.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { together } from '../../src/cli/batch/together.ts';
import type { FetchedResponse, FetchInit } from '../../src/protocol/http/network.ts';

const INIT: FetchInit = { method: 'GET', headers: {}, redirect: 'manual', signal: new AbortController().signal };
const answer = (status: number): FetchedResponse => ({ status, headers: new Headers(), body: null });

it('lets answers that come in one turn go on in the next, side by side', async () => {
  const log: string[] = [];
  const fetch = together(async (url) => {
    log.push(`answer to ${url}`);
    return answer(200);
  });
  const ask = async (name: string): Promise<void> => {
    await fetch(name, INIT);
    log.push(`${name} first`);
    await Promise.resolve();
    log.push(`${name} second`);
  };
  const asking = Promise.all([ask('a'), ask('b')]);
  await Promise.resolve();
  expect(log).toEqual(['answer to a', 'answer to b']);
  await nextTurn();
  await asking;
  expect(log.slice(2)).toEqual(['a first', 'b first', 'a second', 'b second']);
});

it('makes nobody wait for an answer that does not come', async () => {
  const fetch = together((url) => (url === 'never' ? new Promise(() => {}) : Promise.resolve(answer(204))));
  void fetch('never', INIT);
  expect((await fetch('now', INIT)).status).toBe(204);
  expect((await fetch('now', INIT)).status).toBe(204);
});

it('passes a failure on', async () => {
  const fetch = together(() => Promise.reject(new Error('refused')));
  await expect(fetch('a', INIT)).rejects.toThrow('refused');
});
