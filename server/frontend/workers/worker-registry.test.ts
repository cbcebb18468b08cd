import { expect, test } from "vitest";
import { WorkerStatus } from "../../../api/gen/enums.js";
import { WorkerHeartbeat } from "../../../api/gen/messages.js";
import type { WorkerHeartbeat as Heartbeat } from "../../../api/gen/messages.js";
import { workerPage } from "./worker-infos.ts";
import { WorkerRegistry } from "./worker-registry.ts";

const EMPTY = WorkerHeartbeat.decode(new Uint8Array(0));
const MINUTE_MS = 60_000;

function setup() {
  let now = 1_900_000_000_000;
  const registry = new WorkerRegistry({ now: () => now });
  const keys = (namespace = 1): string[] => Array.from(registry.all(namespace), (worker) => worker.workerInstanceKey);
  return { registry, keys, pass: (ms: number) => (now += ms) };
}

function heartbeat(workerInstanceKey: string, fields: Partial<Heartbeat> = {}): Heartbeat {
  return { ...EMPTY, workerInstanceKey, ...fields };
}

test("a worker is forgotten five minutes after its last heartbeat", () => {
  const { registry, keys, pass } = setup();
  registry.record(1, heartbeat("a"));
  registry.record(1, heartbeat("b"));
  pass(4 * MINUTE_MS);
  registry.record(1, heartbeat("a", { sdkName: "newer" }));
  pass(2 * MINUTE_MS);
  expect(keys()).toEqual(["a"]);
  expect(registry.find(1, "a")?.sdkName).toBe("newer");
  expect(registry.find(1, "b")).toBeUndefined();
});

test("a worker that has shut down is forgotten at once, one that is about to is not", () => {
  const { registry, keys } = setup();
  for (const key of ["a", "b"]) registry.record(1, heartbeat(key));
  registry.record(1, heartbeat("a", { status: WorkerStatus.WORKER_STATUS_SHUTDOWN }));
  registry.record(1, heartbeat("b", { status: WorkerStatus.WORKER_STATUS_SHUTTING_DOWN }));
  expect(keys()).toEqual(["b"]);
});

test("workers of one key in two namespaces are two", () => {
  const { registry, keys } = setup();
  registry.record(1, heartbeat("a", { sdkName: "one" }));
  registry.record(2, heartbeat("a", { sdkName: "two" }));
  expect(registry.find(2, "a")?.sdkName).toBe("two");
  expect([keys(1), keys(2)]).toEqual([["a"], ["a"]]);
});

test("what names no worker is passed over", () => {
  const { registry, keys } = setup();
  registry.record(1, heartbeat(""));
  registry.record(1, heartbeat("x".repeat(1_001)));
  expect(keys()).toEqual([]);
});

test("nothing of the request's bytes is kept", () => {
  const { registry } = setup();
  const bytes = Uint8Array.from(
    WorkerHeartbeat.encode(heartbeat("a", { sdkName: "sdk", plugins: [{ name: "plugin", version: "1" }] })),
  );
  registry.record(1, WorkerHeartbeat.decode(bytes));
  bytes.fill(0);
  expect(registry.find(1, "a")).toMatchObject({ sdkName: "sdk", plugins: [{ name: "plugin" }] });
});

test("beyond the limit the worker that was silent longest is forgotten", () => {
  const { registry, keys } = setup();
  for (let i = 0; i <= 100_000; i++) registry.record(1, heartbeat(`w${i}`));
  expect(keys()).toHaveLength(100_000);
  expect(registry.find(1, "w0")).toBeUndefined();
  expect(registry.find(1, "w1")).toBeDefined();
});

test("pages go on behind the last key, also when workers come and go between them", () => {
  const { registry } = setup();
  for (const key of ["d", "b", "a", "c"]) registry.record(1, heartbeat(key));
  const page = (nextPageToken: Uint8Array) =>
    workerPage(registry, 1, {
      namespace: "default",
      query: "",
      pageSize: 2,
      nextPageToken,
      includeSystemWorkers: false,
    });
  const keysOf = ({ workers = [] }: ReturnType<typeof page>) => workers.map((info) => info.workerInstanceKey);
  const first = page(new Uint8Array(0));
  expect(keysOf(first)).toEqual(["a", "b"]);
  registry.record(1, heartbeat("b", { status: WorkerStatus.WORKER_STATUS_SHUTDOWN }));
  registry.record(1, heartbeat("aa"));
  const second = page(first.nextPageToken as Uint8Array);
  expect(keysOf(second)).toEqual(["c", "d"]);
  expect(second.nextPageToken).toHaveLength(0);
});
