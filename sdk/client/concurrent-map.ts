/**
 * Results of `fn` for each item of `source`, in any order, `concurrency` at once. No more than `bufferLimit` results
 * wait for the consumer.
 */
export async function* concurrentMap<A, B>(
  source: AsyncIterable<A>,
  fn: (item: A) => Promise<B>,
  options: { concurrency?: number | undefined; bufferLimit?: number | undefined } = {},
): AsyncGenerator<B> {
  const { concurrency = 5, bufferLimit = Number.POSITIVE_INFINITY } = options;
  const items = source[Symbol.asyncIterator]();
  const running = new Set<Promise<void>>();
  const ready: B[] = [];
  const failures: unknown[] = [];
  let isDone = false;
  try {
    for (;;) {
      while (!isDone && running.size < concurrency && ready.length + running.size < Math.max(1, bufferLimit)) {
        const next = await items.next();
        if (next.done === true) {
          isDone = true;
          break;
        }
        const task = fn(next.value).then(
          (result) => void ready.push(result),
          (error: unknown) => void failures.push(error),
        );
        running.add(task);
        void task.then(() => running.delete(task));
      }
      if (failures.length > 0) throw failures[0];
      if (ready.length > 0) yield ready.shift() as B;
      else if (running.size > 0) await Promise.race(running);
      else if (isDone) return;
    }
  } finally {
    await items.return?.();
  }
}
