import { silentLog } from "../../base/index.ts";
import { createMatching } from "./create-matching.ts";
import { ManualTime } from "../../base/manual-time.fixture.ts";
import type { QueuedTask, TaskQueueId } from "./matching.ts";
import { SpillShelf } from "./spill-shelf.ts";
import { TestCall } from "./test-call.ts";

export const NOW = 1_900_000_000_000;
export const MINUTE_MS = 60_000;
export const QUEUE: TaskQueueId = { namespace: 1, type: "activity", name: "orders" };

export interface PollFields {
  readonly identity?: string;
  readonly workerKey?: string;
  readonly queue?: TaskQueueId;
  readonly waitMs?: number;
  readonly ratePerSecond?: number;
}

/** A server's matching with everything around it; results of polls are collected by name. */
export function setup(spill: { tasksInMemoryMax?: number; tasksPerPage?: number } = {}) {
  const time = new ManualTime(NOW);
  const shelf = new SpillShelf();
  const errors: string[] = [];
  const log = { ...silentLog, error: (message: string) => void errors.push(message) };
  const matching = createMatching({ clock: time, timers: time, log, spill: { store: shelf, ...spill } });
  const answers: Record<string, number | string> = {};
  const poll = (name: string, fields: PollFields = {}): TestCall => {
    const call = new TestCall();
    void matching
      .poll({
        queue: fields.queue ?? QUEUE,
        identity: fields.identity ?? name,
        workerKey: fields.workerKey ?? "",
        since: time.now(),
        ratePerSecond: fields.ratePerSecond,
        expiresAt: time.now() + (fields.waitMs ?? MINUTE_MS),
        call,
      })
      .then((answer) => {
        answers[name] = answer === undefined ? "empty" : (answer.queryId ?? answer.id);
      });
    return call;
  };
  return { time, shelf, matching, answers, errors, poll };
}

export function taskOf(id: number, fields: Partial<QueuedTask> = {}): QueuedTask {
  return { slot: 7, id, taskId: 5, stamp: 1, priority: 3, scheduledAt: NOW, ...fields };
}

/** Lets promises settle; no time passes. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 60; i++) await Promise.resolve();
}
