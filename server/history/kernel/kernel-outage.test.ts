/** What a kernel does about reads that its store does not answer for a while. Each of these was once lost until a restart. */
import { expect, test } from "vitest";
import { seededRandom, silentLog, systemClock, systemTimers } from "../../../base/index.ts";
import type { Clock, Timers } from "../../../base/index.ts";
import { faultyStore, MemoryDisk, openMemoryStore } from "../../store/index.ts";
import type { FaultPlan, ReadVerb } from "../../store/index.ts";
import { Kernel } from "./index.ts";
import { counterKind, createCounter, named, read } from "./counter-kind-fixture.ts";

/** Time that passes so many times faster, so that pauses of seconds are over at once. */
const HURRY = 100;

function hurried(): { clock: Clock; timers: Timers } {
  const begun = systemClock.now();
  return {
    clock: { now: () => begun + (systemClock.now() - begun) * HURRY },
    timers: { ...systemTimers, set: (delayMs, fn) => systemTimers.set(delayMs / HURRY, fn) },
  };
}

/** A kernel whose store answers no read of the verbs that are `down`; each refusal is counted. */
async function outageScene(disk: MemoryDisk, verbs: readonly ReadVerb[]) {
  const down = new Set(verbs);
  const refused: ReadVerb[] = [];
  const { clock, timers } = hurried();
  const plan: FaultPlan = {
    timers,
    commit: () => ({ kind: "none" }),
    read(verb) {
      if (!down.has(verb)) return { kind: "none" };
      refused.push(verb);
      return { kind: "unavailable" };
    },
  };
  const kernel = new Kernel({
    store: faultyStore(openMemoryStore({ disk }), plan),
    kinds: [counterKind as never],
    clock,
    timers,
    random: seededRandom(1),
    log: silentLog,
    lanes: 1,
    cachedEntitiesMax: 0,
  });
  await kernel.start();
  return { kernel, down, refused, clock };
}

test("an entity that is due while it cannot be loaded is fired when it can", async () => {
  const disk = new MemoryDisk();
  const before = await outageScene(disk, []);
  await before.kernel.decide(named("c"), (tx) => {
    createCounter(tx, "c").state.remindAt = tx.clockNow + 50;
  });
  await before.kernel.stop();
  // To ask for the counter would load it, and what is loaded fires when it is due.
  const openDues = (): number => [...disk.due.from(undefined)].length;
  expect(openDues()).toBe(1);
  const { kernel, down, refused } = await outageScene(disk, ["loadEntity"]);
  await expect.poll(() => refused.length).toBeGreaterThan(0);
  down.clear();
  await expect.poll(openDues).toBe(0);
  expect((await read(kernel, "c"))?.value).toBe(1_000);
  await kernel.stop();
});

test("a message is delivered though neither its receiver nor, later, its sender could be read", async () => {
  const { kernel, down, refused } = await outageScene(new MemoryDisk(), []);
  const key = await kernel.decide(named("sender"), (tx) => createCounter(tx, "sender").identity);
  down.add("findEntity").add("loadEntity");
  await kernel.decideByKey(key, (_tx, found) => {
    const message = Buffer.from("once");
    found?.send(1, { kind: counterKind.id, namespace: 1, businessId: "receiver", runId: undefined, message });
  });
  // The receiver is only looked for by its name: what is loaded is the sender, which has left memory.
  await expect.poll(() => refused.includes("loadEntity")).toBe(true);
  down.clear();
  await expect.poll(async () => (await read(kernel, "sender"))?.sent).toBe(1);
  expect((await read(kernel, "receiver"))?.value).toBe(1);
  await kernel.stop();
});
