import { afterAll, beforeAll, expect, test } from "vitest";
import type { WorkflowCommand } from "../activation.ts";
import { installGlobals } from "../globals.ts";
import { initialize, testRun } from "../run-fixture.ts";
import { scripts } from "./activations-fixture.ts";
import { interceptors, programs } from "./programs-fixture.ts";
import recorded from "./recorded.json" with { type: "json" };

/** Seeds that sdk-core makes of the run ids: SipHash-1-3, the lowest byte first. */
const SEEDS: Readonly<Record<string, readonly number[]>> = {
  "3f2c1b7e-0a4d-4c55-9b3a-111111111111": [39, 144, 15, 35, 57, 71, 114, 20],
  "00000000-0000-0000-0000-000000000000": [65, 163, 238, 133, 127, 68, 4, 193],
  "9d1f5f0e-7b5e-4e6b-8a39-abcdefabcdef": [203, 233, 20, 42, 111, 102, 166, 68],
};

const globals = ["Date", "setTimeout", "clearTimeout"].map((name) => [name, Reflect.get(globalThis, name)] as const);
const { random } = Math;

beforeAll(() => installGlobals(globalThis, "real"));
afterAll(() => {
  for (const [name, value] of globals) Reflect.set(globalThis, name, value);
  Reflect.set(Math, "random", random);
  Reflect.set(Date.prototype, "constructor", Date);
});

test.each(Object.keys(recorded))("%s: the order is that of the official SDK", async (name) => {
  expect(await linesOf(name)).toEqual((recorded as Record<string, string[]>)[name]);
});

async function linesOf(name: string): Promise<string[]> {
  const { program, originalRunId, first, later } = scripts[name] as (typeof scripts)[string];
  const plain = programs[program] as () => Promise<any>;
  const isIntercepted = name.startsWith("intercepted");
  const isOld = name.startsWith("old");
  // Those were recorded as functions that call the plain ones, which adds microtasks to their ends.
  const workflow = isIntercepted ? async () => plain() : plain;
  const factories = isIntercepted ? [interceptors] : [];
  const { complete, sinkCalls } = testRun(workflow, { load: () => ({ workflow, interceptors: factories }) });
  const start = initialize({
    workflowType: program,
    workflowId: "probe",
    randomnessSeed: SEEDS[originalRunId] as readonly number[],
    startTimeMs: Date.UTC(2026, 0, 1, 0, 0, 1) + 123.456,
    firstExecutionRunId: originalRunId,
    originalExecutionRunId: originalRunId,
  });
  const lines: string[] = [];
  for (const jobs of [[start, ...first], ...later]) {
    const before = sinkCalls.length;
    const task = {
      isReplaying: !(program === "patchLater" && jobs.length === 1 && jobs[0] !== start),
      availableInternalFlags: isOld ? [] : [1, 2],
      lastSdkVersion: isOld ? "1.10.0" : "1.24.0",
      nowMs: Date.UTC(2026, 0, 1, 0, 0, 3) + 123.456,
    };
    const completion = await complete(task, ...jobs);
    const seen = sinkCalls.slice(before).filter(({ ifaceName }) => ifaceName === "probe");
    lines.push("-- jobs", ...seen.map(({ args }) => String(args[0])));
    if (completion.status === "failed") throw new Error(completion.failure.message ?? "");
    lines.push(`=> ${completion.commands.map(commandText).join(" ")}`);
  }
  return lines;
}

function commandText(command: WorkflowCommand): string {
  const groups = command.eventGroupMarkers === undefined ? "" : "!groups";
  return `${command.kind}:${detailOf(command)}${groups}`;
}

function detailOf(command: WorkflowCommand): string | number {
  switch (command.kind) {
    case "updateResponse":
      return `protocolInstanceId,${command.response.status.replace("failed", "rejected")}`;
    case "cancelChildWorkflowExecution":
      return command.childWorkflowSeq;
    case "setPatchMarker":
      return command.patchId;
    default:
      return "seq" in command ? command.seq : "";
  }
}
