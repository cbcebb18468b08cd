/** The queues on which workers of this process poll for workflows: for advice to those who wait on another one. */
interface PolledQueue {
  readonly namespace: string;
  readonly taskQueue: string;
}

const polled = new Set<PolledQueue>();

/** Returns what ends it. */
export function beginPolling(queue: PolledQueue): () => void {
  const own = { namespace: queue.namespace, taskQueue: queue.taskQueue };
  polled.add(own);
  return () => void polled.delete(own);
}

export function polledQueues(namespace: string): string[] {
  const names = [...polled].filter((queue) => queue.namespace === namespace).map(({ taskQueue }) => taskQueue);
  return [...new Set(names)].toSorted();
}
