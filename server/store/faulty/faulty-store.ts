/**
 * A store that goes wrong by plan, around any other: for tests and the simulation.
 *
 * 1. What it answers is what a real store may answer; `failed` and `unknown-not-written` write nothing.
 * 2. Commits of one lane reach the inner store in the order of their calls, however long each is delayed.
 */
import type { Timers } from "../../../base/index.ts";
import { StoreUnavailableError } from "../errors.ts";
import type { CommitRequest, CommitResult, Store } from "../store.ts";
import type { FaultPlan, ReadVerb } from "./fault-plan.ts";

export function faultyStore(inner: Store, plan: FaultPlan): Store {
  const turns = new Map<number, Promise<void>>();
  const read = async <T>(verb: ReadVerb, call: () => Promise<T>): Promise<T> => {
    const fault = plan.read(verb);
    await delay(plan.timers, fault.beforeMs);
    if (fault.kind === "unavailable") throw new StoreUnavailableError(`${verb} failed by plan`);
    const answer = await call();
    await delay(plan.timers, fault.afterMs);
    return answer;
  };
  return {
    name: inner.name,
    commit: (request) => commit({ inner, plan, turns, request }),
    openLane: (open) => read("openLane", () => inner.openLane(open)),
    isOurs: () => inner.isOurs(),
    lastBatch: (lane, epoch) => read("lastBatch", () => inner.lastBatch(lane, epoch)),
    loadEntity: (key) => read("loadEntity", () => inner.loadEntity(key)),
    findEntity: (find) => read("findEntity", () => inner.findEntity(find)),
    readHistory: (range) => read("readHistory", () => inner.readHistory(range)),
    readDue: (range) => read("readDue", () => inner.readDue(range)),
    listVisibility: (list, signal) => read("listVisibility", () => inner.listVisibility(list, signal)),
    countVisibility: (count, signal) => read("countVisibility", () => inner.countVisibility(count, signal)),
    readByCloseTime: (range) => read("readByCloseTime", () => inner.readByCloseTime(range)),
    giveBackSpace: () => read("giveBackSpace", () => inner.giveBackSpace()),
    readMeta: (prefix) => read("readMeta", () => inner.readMeta(prefix)),
    readMetering: (range) => read("readMetering", () => inner.readMetering(range)),
    spillTasks: (tasks) => read("spillTasks", () => inner.spillTasks(tasks)),
    takeSpilledTasks: (queue, limit) => read("takeSpilledTasks", () => inner.takeSpilledTasks(queue, limit)),
    countSpilledTasks: (queue) => read("countSpilledTasks", () => inner.countSpilledTasks(queue)),
    close: () => inner.close(),
  };
}

interface Commit {
  readonly inner: Store;
  readonly plan: FaultPlan;
  readonly turns: Map<number, Promise<void>>;
  readonly request: CommitRequest;
}

async function commit({ inner, plan, turns, request }: Commit): Promise<CommitResult> {
  const fault = plan.commit(request);
  const isWritten = fault.kind === "none" || fault.kind === "unknown-written";
  const onTheWay = travel({ plan, turns, lane: request.lane, ms: fault.beforeMs });
  let written: CommitResult | undefined;
  if (onTheWay === undefined) written = isWritten ? await inner.commit(request) : undefined;
  else {
    // The caller may use its bytes again as soon as commit has been called.
    const copy = structuredClone(request);
    await onTheWay;
    written = isWritten ? await inner.commit(copy) : undefined;
  }
  await delay(plan.timers, fault.afterMs);
  const error = new StoreUnavailableError(`batch ${request.batchNo} of lane ${request.lane}: ${fault.kind} by plan`);
  switch (fault.kind) {
    case "none":
      return written as CommitResult;
    case "fenced":
      return { kind: "fenced" };
    case "failed":
      return { kind: "failed", error };
    case "unknown-written":
    case "unknown-not-written":
      return { kind: "unknown", error };
  }
}

interface Travel {
  readonly plan: FaultPlan;
  readonly turns: Map<number, Promise<void>>;
  readonly lane: number;
  readonly ms: number | undefined;
}

/** undefined when nothing stands between the request and the store. */
function travel({ plan, turns, lane, ms }: Travel): Promise<void> | undefined {
  const before = turns.get(lane);
  const own = delay(plan.timers, ms);
  if (before === undefined && own === undefined) return undefined;
  const arrival = Promise.all([before, own]).then(() => {
    if (turns.get(lane) === arrival) turns.delete(lane);
  });
  turns.set(lane, arrival);
  return arrival;
}

function delay(timers: Timers, ms: number | undefined): Promise<void> | undefined {
  if (ms === undefined || ms <= 0) return undefined;
  return new Promise((resolve) => timers.set(ms, resolve));
}
