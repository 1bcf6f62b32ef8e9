// Answers that come in one turn of the event loop go on together in the next: Node runs everything that follows from an
// answer before it looks at the one that came with it, and a processor is quicker at one thing many times than at many in turns.

import type { FetchLike } from '../../protocol/http/network.ts';

/** The same transport. */
export function together(fetch: FetchLike): FetchLike {
  let turn: Promise<void> | undefined;
  const nextTurn = (): Promise<void> => {
    turn ??= new Promise((resolve) => {
      setImmediate(() => {
        turn = undefined;
        resolve();
      });
    });
    return turn;
  };
  return async (url, init) => {
    const response = await fetch(url, init);
    await nextTurn();
    return response;
  };
}
