import { expect, test } from "vitest";
import { type Logger, noopMetricMeter } from "../common/index.ts";
import {
  activityInfo,
  asyncLocalStorage,
  cancelled,
  cancellationSignal,
  Context,
  getClient,
  heartbeat,
  log,
  sleep,
} from "./index.ts";
import type { Info } from "./index.ts";

const silent = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} } satisfies Logger;

function contextWith(parts: { heartbeats?: unknown[]; lines?: string[] }): {
  context: Context;
  cancel(error: Error): void;
} {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => undefined);
  const abort = new AbortController();
  const context = new Context(
    { activityId: "7" } as Info,
    promise,
    abort.signal,
    (details) => parts.heartbeats?.push(details),
    undefined,
    { ...silent, info: (message: string) => parts.lines?.push(message) },
    noopMetricMeter,
    {},
  );
  return {
    context,
    cancel(error) {
      abort.abort(error);
      reject(error);
    },
  };
}

test("the short forms reach the activity that is running, also after an await", async () => {
  const heartbeats: unknown[] = [];
  const lines: string[] = [];
  const { context } = contextWith({ heartbeats, lines });
  await asyncLocalStorage.run(context, async () => {
    await Promise.resolve();
    heartbeat({ row: 3 });
    log.info("half done");
    expect(activityInfo().activityId).toBe("7");
  });
  expect({ heartbeats, lines }).toEqual({ heartbeats: [{ row: 3 }], lines: ["half done"] });
});

test("a sleeping activity wakes with the reason when it is cancelled", async () => {
  const { context, cancel } = contextWith({});
  await asyncLocalStorage.run(context, async () => {
    const asleep = sleep("1 hour");
    const told = cancelled();
    cancel(new Error("enough"));
    await expect(asleep).rejects.toThrow("enough");
    await expect(told).rejects.toThrow("enough");
    expect(cancellationSignal().reason).toEqual(new Error("enough"));
  });
});

test("outside of an activity there is no context, and without a client there is none to get", () => {
  expect(() => Context.current()).toThrow("works only in an activity");
  const { context } = contextWith({});
  expect(() => asyncLocalStorage.run(context, getClient)).toThrow("There is no client here");
});
