import { describe, expect, test, vi } from "vitest";
import { systemTimers } from "../../../base/index.ts";
import { faultyStore, MemoryDisk, openMemoryStore, scriptedFaults } from "../../store/index.ts";
import type { Store } from "../../store/index.ts";
import { LaneUnavailableError } from "./index.ts";
import type { EntityTx, Kernel } from "./index.ts";
import { counterKind, createCounter, named, openKernel, read } from "./counter-kind-fixture.ts";
import type { Counter } from "./counter-kind-fixture.ts";

function loadingBy(store: Store, loadEntity: Store["loadEntity"]): Store {
  return new Proxy(store, {
    get: (target, name) => {
      if (name === "loadEntity") return loadEntity;
      const value = Reflect.get(target, name) as unknown;
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}

function increment(kernel: Kernel, businessId: string, by = 1): Promise<number> {
  return kernel.decide(named(businessId), (tx, found) => {
    const counter = (found as EntityTx<Counter> | undefined) ?? createCounter(tx, businessId);
    counter.state.value += by;
    counter.touch();
    return counter.state.value;
  });
}

describe.each([1, 3])("a kernel of %i lanes", (lanes) => {
  test("decisions on one entity see each other in order, and survive a restart", async () => {
    const disk = new MemoryDisk();
    const kernel = await openKernel(openMemoryStore({ disk }), lanes);
    const values = await Promise.all(Array.from({ length: 50 }, (_, i) => increment(kernel, `c${i % 5}`)));
    expect(values.filter((value) => value === 10)).toHaveLength(5);
    await kernel.stop();
    const again = await openKernel(openMemoryStore({ disk }), lanes);
    expect(await Promise.all([0, 1, 2, 3, 4].map(async (i) => (await read(again, `c${i}`))?.value))).toEqual([
      10, 10, 10, 10, 10,
    ]);
    await again.stop();
  });

  test("decisions that waited for another one's load see each other", async () => {
    const kernel = await openKernel(openMemoryStore(), lanes);
    const [, first, second] = await Promise.all([read(kernel, "c"), increment(kernel, "c"), increment(kernel, "c")]);
    expect([first, second]).toEqual([1, 2]);
    await kernel.stop();
  });

  test("a decision that throws leaves no trace", async () => {
    const kernel = await openKernel(openMemoryStore(), lanes);
    await increment(kernel, "c");
    const failing = kernel.decide(named("c"), (_tx, found) => {
      (found as EntityTx<Counter>).state.value = 99;
      found?.setPart("p", 1);
      throw new Error("refused");
    });
    await expect(failing).rejects.toThrow("refused");
    expect((await read(kernel, "c"))?.value).toBe(1);
    expect(await kernel.decide(named("c"), (_tx, found) => found?.part("p"))).toBeUndefined();
    await kernel.stop();
  });

  test("a message reaches its receiver once and its receipt the sender, also on another lane", async () => {
    const kernel = await openKernel(openMemoryStore(), lanes);
    await increment(kernel, "sender");
    for (const to of ["a", "b", "c", "d"]) {
      await kernel.decide(
        named("sender"),
        (_tx, found) =>
          void found?.send(to.charCodeAt(0), {
            kind: counterKind.id,
            namespace: 1,
            businessId: to,
            runId: undefined,
            message: Buffer.from(`to ${to}`),
          }),
      );
    }
    await expect.poll(async () => (await read(kernel, "sender"))?.sent).toBe(4);
    expect(await Promise.all(["a", "b", "c", "d"].map(async (to) => (await read(kernel, to))?.value))).toEqual([
      1, 1, 1, 1,
    ]);
    await kernel.stop();
  });
});

test("an entity that is due in a store opened anew is fired", async () => {
  const disk = new MemoryDisk();
  const kernel = await openKernel(openMemoryStore({ disk }));
  await kernel.decide(named("c"), (tx) => {
    const counter = createCounter(tx, "c");
    counter.state.remindAt = tx.clockNow + 20;
  });
  await kernel.stop();
  const again = await openKernel(openMemoryStore({ disk }));
  await expect.poll(async () => (await read(again, "c"))?.value).toBe(1000);
  await again.stop();
});

interface FarDue {
  readonly what: string;
  readonly first: Partial<Counter>;
  /** Then, not stored. */
  readonly then?: Partial<Counter>;
}

const FROM = 1_000_000_000;
const FAR = FROM + 10 * 60_000;

test.each<FarDue>([
  { what: "is stored", first: { remindAt: FAR } },
  { what: "is stored with something that waits for a worker", first: { remindAt: FAR, waits: true } },
  { what: "is decided and not stored", first: { remindAt: FROM + 1_000 }, then: { remindAt: FAR } },
  {
    what: "is stored behind an earlier one of memory alone, which goes away",
    first: { remindAt: FAR, glimpseAt: FROM + 1_000 },
    then: { glimpseAt: undefined },
  },
])("an entity whose far due time $what fires though it has left memory", async ({ first, then }) => {
  vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"], now: FROM });
  const kernel = await openKernel(openMemoryStore());
  try {
    await kernel.decide(named("c"), (tx) => void Object.assign(createCounter(tx, "c").state, first));
    if (then !== undefined)
      await kernel.decide(named("c"), (_tx, found) => void Object.assign((found as EntityTx<Counter>).state, then));
    await vi.advanceTimersByTimeAsync(5_000);
    expect(kernel.laneOf(0).cache.size).toBe(0);
    await read(kernel, "c"); // Loading it does not make the lane forget what it holds.
    await vi.advanceTimersByTimeAsync(9 * 60_000);
    expect(kernel.laneOf(0).cache.size).toBe(0);
    await vi.advanceTimersByTimeAsync(2 * 60_000);
    expect(await read(kernel, "c")).toMatchObject({ value: 1000, remindAt: 0 });
  } finally {
    vi.useRealTimers();
    await kernel.stop();
  }
});

test("a decision whose load was slow sees the entity that came and left memory meanwhile", async () => {
  vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"], now: FROM });
  const store = openMemoryStore();
  const slow = Promise.withResolvers<void>();
  let isSlow = false;
  const loadEntity: Store["loadEntity"] = async (key) => {
    const loaded = await store.loadEntity(key);
    if (!isSlow) return loaded;
    isSlow = false;
    await slow.promise;
    return loaded;
  };
  const kernel = await openKernel(loadingBy(store, loadEntity));
  try {
    const key = await kernel.decide(named("c"), (tx) => createCounter(tx, "c").identity);
    await vi.advanceTimersByTimeAsync(5_000);
    isSlow = true;
    const seen = kernel.decide(named("c"), (_tx, found) => found?.identity.id);
    await vi.advanceTimersByTimeAsync(0);
    expect(isSlow).toBe(false);
    const newer = await kernel.decideByKey(key, (tx) => createCounter(tx, "c").identity.id);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(kernel.laneOf(0).cache.size).toBe(0);
    slow.resolve();
    expect(await seen).toBe(newer);
  } finally {
    vi.useRealTimers();
    await kernel.stop();
  }
});

test.each([
  { outcome: "failed", value: undefined },
  { outcome: "unknown-written", value: 1 },
  { outcome: "unknown-not-written", value: undefined },
])("after a commit that ends as $outcome the lane tells what the store says", async ({ outcome, value }) => {
  const kernel = await openKernel(
    faultyStore(openMemoryStore(), scriptedFaults({ timers: systemTimers, commits: [{ kind: outcome as never }] })),
  );
  const attempt = increment(kernel, "c");
  if (value === undefined) await expect(attempt).rejects.toBeInstanceOf(LaneUnavailableError);
  else expect(await attempt).toBe(value);
  await expect
    .poll(async () =>
      read(kernel, "c").then(
        (found) => found?.value ?? "none",
        () => "unavailable",
      ),
    )
    .toBe(value ?? "none");
  expect(await increment(kernel, "c")).toBe((value ?? 0) + 1);
  await kernel.stop();
});

test("a lane whose lease was taken refuses everything and writes nothing", async () => {
  const disk = new MemoryDisk();
  const store = openMemoryStore({ disk });
  const kernel = await openKernel(store);
  await increment(kernel, "c");
  await store.openLane({ lane: 0, slotFrom: 0, slotTo: 4096 });
  await expect(increment(kernel, "c")).rejects.toBeInstanceOf(LaneUnavailableError);
  await expect(increment(kernel, "c")).rejects.toBeInstanceOf(LaneUnavailableError);
  await kernel.stop();
  const again = await openKernel(openMemoryStore({ disk }));
  expect((await read(again, "c"))?.value).toBe(1);
  await again.stop();
});
