import { expect, test } from "vitest";
import { seededRandom, silentLog, systemClock, systemTimers } from "../../../base/index.ts";
import { openMemoryStore } from "../../store/index.ts";
import type { CommitResult, Store } from "../../store/index.ts";
import { counterKind, createCounter, named, read } from "./counter-kind-fixture.ts";
import type { Entity } from "./entity.ts";
import { Kernel } from "./index.ts";

const FROM = "sender";
/** In another lane of two. */
const TO = "r2";

/** A kernel that counts what reaches receivers, on a store with some methods of the test's own. */
async function openCounting(replaced: Partial<Store> = {}, store: Store = openMemoryStore()) {
  const received: string[] = [];
  const kernel: Kernel = new Kernel({
    store: new Proxy(store, {
      get: (target, name) => {
        const value = (Reflect.get(replaced, name) ?? Reflect.get(target, name)) as unknown;
        return typeof value === "function" ? (value.bind(target) as unknown) : value;
      },
    }),
    kinds: [
      {
        ...counterKind,
        onMessage: (tx, target, address, message) => {
          received.push(Buffer.from(message).toString());
          return counterKind.onMessage(tx, target as never, address, message);
        },
      } as typeof counterKind as never,
    ],
    clock: systemClock,
    timers: systemTimers,
    random: seededRandom(1),
    log: silentLog,
    lanes: 2,
    cachedEntitiesMax: 100,
  });
  await kernel.start();
  const sender = await kernel.decide(named(FROM), (tx) => createCounter(tx, FROM).entity as unknown as Entity);
  const lane = kernel.laneOf(sender.identity.slot);
  const send = (): Promise<string | undefined> =>
    kernel.decide(named(FROM), (_tx, found) =>
      found?.send(1, { ...named(TO), runId: undefined, message: Buffer.from("m") }),
    );
  return { kernel, received, sender, lane, send };
}

test("a message that is under way is not sent a second time", async () => {
  const { kernel, received, sender, lane, send } = await openCounting();
  const key = (await send()) as string;
  lane.options.deliver(lane, sender, key);
  await expect.poll(async () => (await read(kernel, FROM))?.sent).toBe(1);
  expect(received).toEqual(["m"]);
  await kernel.stop();
});

test("a message whose lane started anew before its receiver heard of it reaches the receiver once", async () => {
  const gate = Promise.withResolvers<void>();
  const store = openMemoryStore();
  let isSought = false;
  let fails = false;
  const { kernel, received, lane, send } = await openCounting(
    {
      async findEntity(find) {
        const found = await store.findEntity(find);
        if (find.businessId !== TO) return found;
        isSought = true;
        await gate.promise;
        return found;
      },
      async commit(request): Promise<CommitResult> {
        if (!fails) return store.commit(request);
        fails = false;
        return { kind: "failed", error: new Error("by the test") };
      },
    },
    store,
  );
  await send();
  await expect.poll(() => isSought).toBe(true);
  const { epoch } = lane;
  fails = true;
  await expect(kernel.decide(named(FROM), (_tx, found) => found?.touch())).rejects.toThrow("by the test");
  await expect.poll(() => lane.epoch).toBe(epoch + 1);
  gate.resolve();
  await expect.poll(async () => (await read(kernel, FROM))?.sent).toBe(1);
  expect(received).toEqual(["m"]);
  await kernel.stop();
});
