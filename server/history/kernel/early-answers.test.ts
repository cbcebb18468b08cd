import { expect, test } from "vitest";
import { systemTimers } from "../../../base/index.ts";
import { faultyStore, openMemoryStore } from "../../store/index.ts";
import type { CommitFault } from "../../store/index.ts";
import { createCounter, named, openKernel } from "./counter-kind-fixture.ts";
import type { Counter } from "./counter-kind-fixture.ts";
import { LaneUnavailableError } from "./index.ts";
import type { EntityTx } from "./index.ts";

/** What became of a counter that was created, answered early and then written `turns` turns of the event loop later. */
async function createdThenWritten(turns: number, fault: CommitFault = { kind: "none" }) {
  const sizes: number[] = [];
  const store = faultyStore(openMemoryStore(), {
    timers: systemTimers,
    commit({ batch }) {
      sizes.push(batch.creates.length + batch.updates.length);
      return sizes.length === 1 ? fault : { kind: "none" };
    },
    read: () => ({ kind: "none" }),
  });
  const kernel = await openKernel(store);
  const order: string[] = [];
  const decided = Promise.withResolvers<{ slot: number; id: number }>();
  const created = kernel.decide(named("c"), (tx) => {
    const { identity } = createCounter(tx, "c");
    tx.afterDecision(() => decided.resolve(identity));
    tx.afterCommit(() => order.push("committed"));
  });
  const key = await decided.promise;
  const seen = await kernel.decideByKey(key, (_, found) => (found as EntityTx<Counter>).state.value, "early");
  order.push(`early ${seen}`);
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
  const written = kernel.decideByKey(key, (_, found) => {
    (found as EntityTx<Counter> | undefined)?.touch();
    return found !== undefined;
  });
  const ends = await Promise.allSettled([created, written]);
  await kernel.stop();
  return { order, sizes, ends };
}

test("comes before the commit, and what it leads to is in the same one, also some turns of the event loop later", async () => {
  for (const turns of [0, 1, 2]) {
    const { order, sizes } = await createdThenWritten(turns);
    expect(order).toEqual(["early 0", "committed"]);
    expect(sizes).toEqual([1]);
  }
});

test("is not waited for long", async () => {
  const { sizes } = await createdThenWritten(50);
  expect(sizes).toEqual([1, 1]);
});

test("and what it led to come to nothing with a commit that fails", async () => {
  const { ends } = await createdThenWritten(0, { kind: "failed" });
  for (const end of ends) expect(end).toMatchObject({ reason: expect.any(LaneUnavailableError) as Error });
});
