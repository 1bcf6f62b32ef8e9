// Work done side by side whose results come out in the order in which the work came in, a window at a time.

/**
 * The result of `work` for each item, in order, with at most `limit` of them under way. Items are taken as they are
 * needed, so that memory does not grow with their number. The first failure ends it.
 */
export async function* inOrder<T, R>(
  items: AsyncIterable<T>,
  limit: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const iterator = items[Symbol.asyncIterator]();
  const running = new Set<Promise<unknown>>();
  const queue: Promise<R>[] = [];
  let ended = false;
  // A slow item at the front must not stop those behind it; but neither may finished ones pile up without end.
  const mayTake = () => !ended && running.size < limit && queue.length < limit * 16;
  try {
    for (;;) {
      while (mayTake()) {
        const next = await iterator.next();
        if (next.done === true) {
          ended = true;
          break;
        }
        const result = work(next.value);
        const settled: Promise<unknown> = result.then(
          () => running.delete(settled),
          () => running.delete(settled),
        );
        running.add(settled);
        queue.push(result);
      }
      const [front] = queue;
      if (front === undefined) return;
      if (mayTake() || queue.length >= limit * 16 || ended) {
        yield await front;
        queue.shift();
      } else {
        const first = await Promise.race([front.then(() => true), Promise.race(running).then(() => false)]);
        if (first) {
          yield await front;
          queue.shift();
        }
      }
    }
  } finally {
    await iterator.return?.();
    for (const left of queue) left.catch(() => {});
  }
}
