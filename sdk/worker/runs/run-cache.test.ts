import { expect, test } from "vitest";
import type { WorkflowRun } from "../../workflow/activation.ts";
import { CachedRun } from "./cached-run.ts";
import { RunCache } from "./run-cache.ts";
import { RunMachine } from "./run-machine.ts";

const disposed: string[] = [];

function cached(runId: string, historyBytes = 0): CachedRun {
  const identity = { namespace: "default", workflowId: runId, runId, workflowType: "test", taskQueue: "queue" };
  const machine = new RunMachine(identity, { sdk: { name: "perdure", version: "1" }, deployment: undefined });
  machine.historyBytes = historyBytes;
  return new CachedRun(machine, { dispose: () => disposed.push(runId) } as unknown as WorkflowRun);
}

test("the run that was used least recently goes when there are too many", () => {
  disposed.length = 0;
  const cache = new RunCache({ runsMax: 2, bytesMax: Infinity });
  const one = cached("one");
  cache.put("one", one);
  cache.put("two", cached("two"));
  cache.put("one", cache.take("one") ?? one);
  cache.put("three", cached("three"));
  expect(disposed).toEqual(["two"]);
  expect([cache.size, cache.take("one")]).toEqual([2, one]);
});

test("runs go when all together weigh too much, and give their weight back", () => {
  disposed.length = 0;
  const cache = new RunCache({ runsMax: 100, bytesMax: 300_000 });
  cache.put("heavy", cached("heavy", 250_000));
  cache.put("light", cached("light", 10_000));
  cache.put("middle", cached("middle", 100_000));
  expect(disposed).toEqual(["heavy"]);
  cache.clear();
  expect([cache.size, cache.bytes]).toEqual([0, 0]);
});

test("a cache without room keeps nothing", () => {
  const cache = new RunCache({ runsMax: 0, bytesMax: Infinity });
  cache.put("one", cached("one"));
  expect(cache.take("one")).toBeUndefined();
});

test("work on one run waits for other work on it, also when that fails; other runs do not", async () => {
  const cache = new RunCache({ runsMax: 1, bytesMax: Infinity });
  const order: string[] = [];
  const first = Promise.withResolvers<void>();
  const work = [
    cache.alone("a", () => first.promise.then(() => order.push("a1"))),
    cache.alone("a", async () => order.push("a2")),
    cache.alone("b", async () => order.push("b")),
  ];
  await work[2];
  first.reject(new Error("no history"));
  await expect(work[0]).rejects.toThrow("no history");
  await work[1];
  expect(order).toEqual(["b", "a2"]);
});
