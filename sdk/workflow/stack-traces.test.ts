import { expect, test } from "vitest";
import { defaultPayloadConverter } from "../common/index.ts";
import * as wf from "./index.ts";
import { testRun } from "./run-fixture.ts";
import type { StackTraceOptions } from "./stack-traces.ts";

const isInternal = (path: string): boolean => !path.includes("stack-traces.test");
const acts = wf.proxyActivities<{ a(): Promise<void> }>({ startToCloseTimeout: "1m" });

async function waitForPayment(): Promise<void> {
  await wf.condition(() => false);
}

async function waiting(): Promise<void> {
  void acts.a();
  await waitForPayment();
}

async function ask(queryType: string, stackTraces: StackTraceOptions | undefined): Promise<any> {
  const run = testRun(waiting, { stackTraces });
  await run.start();
  const [answer] = await run.activate({ kind: "queryWorkflow", queryId: "q", queryType, arguments: [], headers: {} });
  if (answer?.kind !== "respondToQuery" || answer.result.status !== "succeeded") throw new Error("no answer");
  return defaultPayloadConverter.fromPayload(answer.result.response);
}

test("the stack trace shows where the code waits, in the user's functions only", async () => {
  const text = (await ask("__stack_trace", { isRecorded: true, isInternal })) as string;
  const blocks = text.split("\n\n");
  expect(blocks).toHaveLength(2);
  expect(blocks[0]).toMatch(/at waiting /);
  expect(blocks[1]).toMatch(/at waitForPayment [^]*at waiting /);
});

test("the enhanced one has places as data, and the sources that the worker reads", async () => {
  const trace = (await ask("__enhanced_stack_trace", {
    isRecorded: true,
    isInternal,
    mapLocation: (location) => ({ ...location, file_path: "src/flow.ts" }),
    readSource: (path) => `text of ${path}`,
  })) as wf.EnhancedStackTrace;
  expect(trace.sdk.name).toBe("perdure");
  expect(trace.stacks[1]?.locations).toContainEqual(
    expect.objectContaining({ function_name: "waitForPayment", file_path: "src/flow.ts" }),
  );
  expect(trace.sources["src/flow.ts"]).toEqual([{ line_offset: 0, content: "text of src/flow.ts" }]);
});

test("without recording it says how to turn it on", async () => {
  expect(await ask("__stack_trace", undefined)).toContain("are not recorded");
});
