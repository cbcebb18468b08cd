import type { TaskQueueDescription, TaskStatistics } from "./matching.ts";
import type { PriorityStatistics } from "./priority-statistics.ts";
import type { TaskQueue } from "./task-queue.ts";

/** What is known of a queue that nobody has used of late. */
export const nothingKnown: TaskQueueDescription = {
  pollers: [],
  backlogCount: 0,
  backlogAgeMs: 0,
  addedPerSecond: 0,
  handedOutPerSecond: 0,
  isLimited: false,
  byPriority: [],
  workerRatePerSecond: undefined,
};

export function describeQueue(queue: TaskQueue, now: number): TaskQueueDescription {
  const waiting = new Map(
    queue.levels.map((level) => [level.priority, { count: level.count, oldestAt: level.oldestAt() }]),
  );
  const rates = new Map(queue.allStatistics.map((known) => [known.priority, known]));
  const priorities = new Set([...rates.keys(), ...waiting.keys()]);
  const byPriority = Array.from(priorities)
    .sort((a, b) => a - b)
    .map((priority) => ({ priority, ...statisticsOf(rates.get(priority), waiting.get(priority), now) }));
  return {
    pollers: queue.pollers.describe(now),
    backlogCount: queue.waitingCount,
    backlogAgeMs: Math.max(0, ...byPriority.map(({ backlogAgeMs }) => backlogAgeMs)),
    addedPerSecond: sum(byPriority.map(({ addedPerSecond }) => addedPerSecond)),
    handedOutPerSecond: sum(byPriority.map(({ handedOutPerSecond }) => handedOutPerSecond)),
    isLimited: byPriority.some(({ isLimited }) => isLimited),
    byPriority,
    workerRatePerSecond: queue.limits?.workerRate,
  };
}

function statisticsOf(
  rates: PriorityStatistics | undefined,
  waiting: { count: number; oldestAt: number } | undefined,
  now: number,
): TaskStatistics {
  const hasTasks = waiting !== undefined && waiting.count > 0;
  return {
    backlogCount: hasTasks ? waiting.count : 0,
    backlogAgeMs: hasTasks ? Math.max(0, now - waiting.oldestAt) : 0,
    addedPerSecond: rates?.added.perSecond(now) ?? 0,
    handedOutPerSecond: rates?.handedOut.perSecond(now) ?? 0,
    isLimited: rates?.isLimited(now) ?? false,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
