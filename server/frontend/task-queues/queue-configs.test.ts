import { expect, test } from "vitest";
import { UpdateTaskQueueConfigRequest } from "../../../api/gen/messages.js";
import type { QueueSettings, TaskQueueId } from "../../matching/index.ts";
import type { MetaWrite } from "../../store/store.ts";
import { changedConfig } from "./changed-config.ts";
import { QueueConfigs } from "./queue-configs.ts";

const QUEUE: TaskQueueId = { namespace: 1, type: "activity", name: "orders/of the day" };
const NOW = 1_900_000_000_000;

/** A store's metadata, and a matching that remembers what it is told. */
function setup(rows = new Map<string, Uint8Array>()) {
  const told = new Map<string, QueueSettings | undefined>();
  let isBroken = false;
  const configs = new QueueConfigs({
    matching: { configure: (id, settings) => void told.set(`${id.namespace} ${id.type} ${id.name}`, settings) },
    write: async (writes: readonly MetaWrite[]) => {
      if (isBroken) throw new Error("the store takes nothing");
      for (const { key, blob } of writes) {
        if (blob === undefined) rows.delete(key);
        else rows.set(key, blob);
      }
    },
  });
  const update = (fields: object, id = QUEUE) => {
    const request = UpdateTaskQueueConfigRequest.decode(
      UpdateTaskQueueConfigRequest.encode({ ...UpdateTaskQueueConfigRequest.decode(new Uint8Array(0)), ...fields }),
    );
    return configs.update(id, (config) => changedConfig(config, request, NOW));
  };
  const store = { readMeta: async () => Array.from(rows, ([key, blob]) => ({ key, blob })) };
  return { configs, update, rows, told, store, breakStore: () => (isBroken = true) };
}

const told = "1 activity orders/of the day";

test("what is set holds at once, and is there again after a restart", async () => {
  const before = setup();
  await before.update({
    identity: "operator",
    updateQueueRateLimit: { rateLimit: { requestsPerSecond: 2.5 }, reason: "slow" },
    setFairnessWeightOverrides: { gold: 4 },
  });
  const settings = { ratePerSecond: 2.5, keyRatePerSecond: undefined, weights: new Map([["gold", 4]]) };
  expect(before.told.get(told)).toEqual(settings);
  const after = setup(before.rows);
  await after.configs.load(after.store, () => true);
  expect(after.told.get(told)).toEqual(settings);
  expect(after.configs.of(QUEUE)?.queueRateLimit?.metadata).toMatchObject({
    reason: "slow",
    updateIdentity: "operator",
  });
});

test("a limit that is taken back leaves its reason, and no limit", async () => {
  const { update, told: known } = setup();
  await update({ updateFairnessKeyRateLimitDefault: { rateLimit: { requestsPerSecond: 2 }, reason: "one" } });
  const config = await update({ updateFairnessKeyRateLimitDefault: { reason: "two" }, identity: "other" });
  expect(config.fairnessKeysRateLimitDefault).toMatchObject({
    rateLimit: undefined,
    metadata: { reason: "two", updateIdentity: "other" },
  });
  expect(known.get(told)).toMatchObject({ keyRatePerSecond: undefined });
});

test("what is not named stays", async () => {
  const { update } = setup();
  await update({ updateQueueRateLimit: { rateLimit: { requestsPerSecond: 2 } } });
  const { queueRateLimit, fairnessWeightOverrides } = await update({ setFairnessWeightOverrides: { a: 1, b: 2 } });
  expect(queueRateLimit?.rateLimit?.requestsPerSecond).toBe(2);
  expect(fairnessWeightOverrides).toEqual({ a: 1, b: 2 });
  const later = await update({ unsetFairnessWeightOverrides: ["a", "unknown"], setFairnessWeightOverrides: { c: 3 } });
  expect(later.fairnessWeightOverrides).toEqual({ b: 2, c: 3 });
});

test("at most a thousand weights are kept, and one too many changes nothing", async () => {
  const { configs, update } = setup();
  const weights = (from: number, count: number): Record<string, number> =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`key ${from + i}`, 2]));
  await update({ setFairnessWeightOverrides: weights(0, 1_000) });
  await expect(update({ setFairnessWeightOverrides: weights(1_000, 1) })).rejects.toThrow("exceeding maximum key size");
  expect(Object.keys(configs.of(QUEUE)?.fairnessWeightOverrides ?? {})).toHaveLength(1_000);
  await update({ unsetFairnessWeightOverrides: ["key 0"], setFairnessWeightOverrides: weights(1_000, 1) });
});

test("updates at the same time follow each other", async () => {
  const { configs, update } = setup();
  await Promise.all(Array.from({ length: 20 }, (_, i) => update({ setFairnessWeightOverrides: { [`key ${i}`]: 2 } })));
  expect(Object.keys(configs.of(QUEUE)?.fairnessWeightOverrides ?? {})).toHaveLength(20);
});

test("what the store does not take does not hold, and the next update is not lost for it", async () => {
  const { configs, update, told: known, breakStore } = setup();
  await update({ setFairnessWeightOverrides: { a: 1 } });
  breakStore();
  await expect(update({ setFairnessWeightOverrides: { b: 1 } })).rejects.toThrow("the store takes nothing");
  expect(configs.of(QUEUE)?.fairnessWeightOverrides).toEqual({ a: 1 });
  expect(known.get(told)?.weights).toEqual(new Map([["a", 1]]));
});

test("queues of other names, types and namespaces are others", async () => {
  const { configs, update } = setup();
  await update({ setFairnessWeightOverrides: { a: 1 } });
  for (const id of [
    { ...QUEUE, type: "workflow" },
    { ...QUEUE, namespace: 2 },
    { ...QUEUE, name: "orders" },
  ] as const)
    expect(configs.of(id)).toBeUndefined();
});

test("settings of a namespace that is gone are not loaded, and go with the next write", async () => {
  const before = setup();
  await before.update({ setFairnessWeightOverrides: { a: 1 } }, { ...QUEUE, namespace: 7 });
  const after = setup(before.rows);
  await after.configs.load(after.store, (number) => number === 1);
  expect(after.told.size).toBe(0);
  await after.update({ setFairnessWeightOverrides: { b: 1 } });
  expect([...after.rows.keys()]).toEqual(["queue-config/1/activity/orders/of the day"]);
});
