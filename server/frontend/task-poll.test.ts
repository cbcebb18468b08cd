import { expect, test } from "vitest";
import { silentLog, systemClock, systemTimers } from "../../base/index.ts";
import { LaneUnavailableError } from "../history/index.ts";
import { createMatching } from "../matching/index.ts";
import type { PollCall, QueuedTask } from "../matching/index.ts";
import { openMemoryStore } from "../store/index.ts";
import { StoreUnavailableError } from "../store/errors.ts";
import type { Frontend } from "./frontend.ts";
import { pollTask } from "./task-poll.ts";

const QUEUE = { namespace: 1, type: "activity", name: "orders" } as const;
const POLL = { queue: QUEUE, identity: "worker", workerKey: "" };
const TASK: QueuedTask = { slot: 1, id: 7, taskId: 5, stamp: 1, priority: 3, scheduledAt: 0 };

/** A caller who waits for nothing but the answer, unless told to go. */
class Caller implements PollCall {
  cancelled = false;
  onCancel(): void {}
}

function pollScene() {
  const matching = createMatching({
    clock: systemClock,
    timers: systemTimers,
    log: silentLog,
    spill: { store: openMemoryStore() },
  });
  const frontend = { matching, log: silentLog } as unknown as Frontend;
  const poll = (start: (task: QueuedTask) => Promise<object | undefined>, call = new Caller()) =>
    pollTask(frontend, { ...POLL, since: systemClock.now(), expiresAt: systemClock.now() + 60_000, call }, start);
  return { matching, poll };
}

const taken = async ({ id }: QueuedTask): Promise<object> => ({ id });

test.each([
  { what: "the store does not answer", error: new StoreUnavailableError("read failed") },
  { what: "its lane starts anew", error: new LaneUnavailableError("the lane is recovering") },
])("a task that cannot be started because $what goes to the next poll", async ({ error }) => {
  const { matching, poll } = pollScene();
  matching.add(QUEUE, TASK);
  await expect(poll(() => Promise.reject(error))).rejects.toBe(error);
  expect(await poll(taken)).toEqual({ id: TASK.id });
  await matching.close();
});

test("a task whose poll is given up in the moment in which it gets it goes to the next poll", async () => {
  const { matching, poll } = pollScene();
  const call = new Caller();
  const given = poll(taken, call);
  matching.add(QUEUE, TASK);
  call.cancelled = true;
  expect(await given).toEqual({});
  expect(await poll(taken)).toEqual({ id: TASK.id });
  await matching.close();
});

test("a poll goes on when its task is obsolete, or cannot be started for a reason of its own", async () => {
  const { matching, poll } = pollScene();
  for (const id of [1, 2, 3]) matching.add(QUEUE, { ...TASK, id });
  const start = async (task: QueuedTask): Promise<object | undefined> => {
    if (task.id === 1) return undefined;
    if (task.id === 2) throw new Error("a bug of ours");
    return { id: task.id };
  };
  expect(await poll(start)).toEqual({ id: 3 });
  expect((await matching.describe(QUEUE)).backlogCount).toBe(0);
  await matching.close();
});

test("an answer carries a hint to the worker that sizes its number of polls", async () => {
  const { matching, poll } = pollScene();
  matching.add(QUEUE, TASK);
  matching.add(QUEUE, { ...TASK, id: 8 });
  expect(await poll(taken)).toEqual({ id: TASK.id, pollerScalingDecision: { pollRequestDeltaSuggestion: 1 } });
  expect(await poll(taken)).toEqual({ id: 8 });
  await matching.close();
});
