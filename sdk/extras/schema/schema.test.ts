import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from "vitest";
import { z } from "zod";
import type { WorkflowHandle } from "../../client/index.ts";
import { chainOf, logged, openStage } from "../stage-fixture.ts";
import type { TestStage } from "../stage-fixture.ts";
import * as activities from "./activities-fixture.ts";
import { defineActivity } from "./define-activity.ts";
import { defineQuery, defineSignal } from "./define-messages.ts";
import * as messages from "./message-workflows-fixture.ts";
import { asynchronous, orderSchemas } from "./schemas-fixture.ts";
import { validate, validateNow } from "./validate.ts";

describe.each(Object.entries(orderSchemas))("schemas of %s", (_library, schema) => {
  test("give back what fits, as they transform it", async () => {
    const order = { id: " 7 ", items: [{ sku: "a", count: 1 }] };
    expect(await validate(schema, order, "Order")).toEqual({ ...order, id: "7" });
    expect(validateNow(schema, order, "Order")).toEqual({ ...order, id: "7" });
  });

  test("say at which path what is wrong", async () => {
    const order = {
      id: "7",
      items: [
        { sku: "a", count: 1 },
        { sku: "b", count: 0 },
      ],
    };
    const error = await validate(schema, order, "Order").catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      type: "SchemaValidationFailure",
      nonRetryable: true,
      details: [{ path: "items[1].count" }],
    });
    expect((error as Error).message).toMatch(/^Order does not fit its schema: items\[1\]\.count: /);
  });
});

test("a schema that takes its time is for activities only", async () => {
  expect(await validate(asynchronous, "a", "Text")).toBe("a");
  expect(() => validateNow(asynchronous, "a", "Text")).toThrow("Text has a schema that validates asynchronously");
});

let stage: TestStage;
let handle: WorkflowHandle<typeof messages.review>;
beforeAll(async () => {
  const workflowsPath = fileURLToPath(new URL("message-workflows-fixture.ts", import.meta.url));
  stage = await openStage({ workflowsPath, activities });
  handle = await stage.start<typeof messages.review>("review");
});
afterAll(() => stage?.[Symbol.asyncDispose]());

const failure = async (promise: Promise<unknown>): Promise<unknown> => (await chainOf(promise)).at(-1)?.["message"];

test("an activity checks its input, applies its schema, and checks its result", async () => {
  const charge = (input: object) => stage.execute<typeof messages.charges>("charges", { args: [input as never] });
  expect(await charge({ orderId: "o", cents: "41" })).toEqual({ receipt: "o 42" });
  expect(await failure(charge({ orderId: "o", cents: -1 }))).toMatch(/^Input of activity charge .* cents: /);
  expect(await failure(charge({ orderId: "broken", cents: 1 }))).toMatch(/^Result of activity charge .* receipt: /);
});

test("the sender is refused what does not fit", async () => {
  expect(await failure(handle.signal(messages.approve, { by: 1 } as never))).toMatch(
    /^Input of signal approve .* by: /,
  );
  expect(await failure(handle.query(messages.approvals, { from: "x" } as never))).toMatch(/^Input of query approvals/);
  expect(await failure(handle.executeUpdate(messages.rename, { args: [{ title: "x" }] }))).toMatch(
    /^Input of update rename .* title: /,
  );
});

test("signals, queries and updates arrive as their schemas give them, and so do results", async () => {
  await handle.signal(messages.approve, { by: "ann" });
  expect(await handle.query(messages.approvals, {})).toEqual(["ann: none"]);
  expect(await handle.query(messages.approvals, { from: 1 })).toEqual([]);
  const renamed = await handle.executeUpdate(messages.rename, { args: [{ title: "new" }] });
  expect(renamed).toEqual({ title: "new", changedAt: new Date(0) });
});

test("from senders without the definition a signal is dropped with a warning, an update rejected, a query failed", async () => {
  await handle.signal("approve", { by: 7 });
  expect(await failure(handle.executeUpdate("rename", { args: [{ title: "x" }] }))).toMatch(/^Input of update rename/);
  expect(await failure(handle.executeUpdate("rename", { args: [{ title: "taken" }] }))).toBe("taken");
  expect(await failure(handle.query("approvals", { from: 1.5 }))).toMatch(/^Input of query approvals/);
  expect(await handle.query<string[], [object]>("approvals", {})).toHaveLength(1);
  expect(logged.join("\n")).toMatch(/A signal was dropped .*Input of signal approve/);
});

test("a result that does not fit fails the update, not the workflow", async () => {
  expect(await failure(handle.executeUpdate(messages.wrongResult))).toMatch(/^Result of update wrong result/);
  await handle.signal(messages.close);
  expect(await handle.result()).toEqual(["ann: none"]);
});

test("types follow from schemas", () => {
  const check = async () => {
    expectTypeOf(activities.charge).parameters.toEqualTypeOf<[{ orderId: string; cents: unknown }]>();
    expectTypeOf(await activities.charge({ orderId: "", cents: 1 })).toEqualTypeOf<{ receipt: string }>();
    const loose = defineActivity({ input: z.string().transform(Number), fn: (count) => count.toFixed() });
    expectTypeOf(loose).toEqualTypeOf<(input: string) => Promise<string>>();
    await handle.signal(messages.approve, { by: "ann" });
    // @ts-expect-error -- `by` is text
    await handle.signal(messages.approve, { by: 1 });
    expectTypeOf(await handle.query(messages.approvals, { from: 1 })).toEqualTypeOf<string[]>();
    const { changedAt } = await handle.executeUpdate(messages.rename, { args: [{ title: "t" }] });
    expectTypeOf(changedAt).toEqualTypeOf<Date>();
    messages.approve.handle((input) => void expectTypeOf(input).toEqualTypeOf<{ by: string; note: string }>());
    defineSignal("none").handle((...args) => void expectTypeOf(args).toEqualTypeOf<[]>());
    // @ts-expect-error -- the output has another type
    defineQuery("count", { output: z.number() }).handle(() => "one");
  };
  expect(check).toBeTypeOf("function");
});
