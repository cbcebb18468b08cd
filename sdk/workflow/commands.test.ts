import { expect, test } from "vitest";
import { defaultPayloadConverter, type Payload, type Workflow } from "../common/index.ts";
import type { ActivationJob, WorkflowCommand } from "./activation.ts";
import * as wf from "./index.ts";
import { testRun } from "./run-fixture.ts";

const json = (value: unknown): Payload => defaultPayloadConverter.toPayload(value);
const acts = wf.proxyActivities<Record<"a", (...args: unknown[]) => Promise<unknown>>>({ startToCloseTimeout: "1m" });
const local = wf.proxyLocalActivities<Record<"a", (...args: unknown[]) => Promise<unknown>>>({
  startToCloseTimeout: "1m",
});

interface Case {
  readonly title: string;
  readonly workflow: Workflow;
  /** Jobs of the activations after the first. */
  readonly later?: readonly (readonly ActivationJob[])[];
  /** Commands of each activation, as far as they matter. */
  readonly commands: readonly (readonly Partial<WorkflowCommand>[])[];
}

const cases: readonly Case[] = [
  {
    title: "an activity with every option",
    workflow: () =>
      acts.a.executeWithOptions(
        {
          activityId: "mine",
          taskQueue: "elsewhere",
          heartbeatTimeout: 5000,
          scheduleToStartTimeout: "2s",
          scheduleToCloseTimeout: "1h",
          retry: { initialInterval: "1s", maximumAttempts: 3, nonRetryableErrorTypes: ["Fatal"] },
          cancellationType: "TRY_CANCEL",
          allowEagerDispatch: false,
          priority: { priorityKey: 2 },
          summary: "what for",
        },
        [1, "two"],
      ),
    commands: [
      [
        {
          kind: "scheduleActivity",
          activityId: "mine",
          taskQueue: "elsewhere",
          arguments: [json(1), json("two")],
          heartbeatTimeoutMs: 5000,
          scheduleToStartTimeoutMs: 2000,
          scheduleToCloseTimeoutMs: 3_600_000,
          startToCloseTimeoutMs: 60_000,
          cancellationType: "TRY_CANCEL",
          doNotEagerlyExecute: true,
          priority: { priorityKey: 2, fairnessKey: "", fairnessWeight: 0 },
          summary: json("what for"),
        },
      ],
    ],
  },
  {
    title: "an activity takes the task queue of the workflow and waits for its own cancellation",
    workflow: () => acts.a(),
    commands: [[{ kind: "scheduleActivity", taskQueue: "queue", cancellationType: "WAIT_CANCELLATION_COMPLETED" }]],
  },
  {
    title: "a local activity that backs off waits for a timer and goes on with its next attempt",
    workflow: () => local.a("x"),
    later: [
      [
        {
          kind: "resolveActivity",
          seq: 1,
          isLocal: true,
          result: { status: "backoff", attempt: 4, backoffMs: 90_000, originalScheduleTimeMs: 12_345 },
        },
      ],
      [{ kind: "fireTimer", seq: 1 }],
      [{ kind: "resolveActivity", seq: 2, isLocal: true, result: { status: "completed", result: json("y") } }],
    ],
    commands: [
      [{ kind: "scheduleLocalActivity", seq: 1, activityId: "1", attempt: 1, originalScheduleTimeMs: undefined }],
      [{ kind: "startTimer", startToFireTimeoutMs: 90_000 }],
      [{ kind: "scheduleLocalActivity", seq: 2, activityId: "2", attempt: 4, originalScheduleTimeMs: 12_345 }],
      [{ kind: "completeWorkflowExecution", result: json("y") }],
    ],
  },
  {
    title: "a child with its options, started, signalled and awaited",
    workflow: async () => {
      const child = await wf.startChild("kid", {
        workflowId: "kid-1",
        args: [1],
        memo: { m: 1 },
        parentClosePolicy: "ABANDON",
        workflowIdReusePolicy: "REJECT_DUPLICATE",
        workflowRunTimeout: "1h",
        staticSummary: "sum",
        staticDetails: "det",
      });
      await child.signal("hello", 7);
      return child.result();
    },
    later: [
      [{ kind: "resolveChildWorkflowStart", seq: 1, result: { status: "succeeded", runId: "r" } }],
      [{ kind: "resolveSignalExternalWorkflow", seq: 1, failure: undefined }],
      [{ kind: "resolveChildWorkflow", seq: 1, result: { status: "completed", result: json("ok") } }],
    ],
    commands: [
      [
        {
          kind: "startChildWorkflowExecution",
          workflowId: "kid-1",
          input: [json(1)],
          memo: { m: json(1) },
          parentClosePolicy: 2,
          workflowIdReusePolicy: 3,
          runTimeoutMs: 3_600_000,
          summary: json("sum"),
          details: json("det"),
        },
      ],
      [{ kind: "signalExternalWorkflowExecution", workflowId: "kid-1", isChild: true, args: [json(7)] }],
      [],
      [{ kind: "completeWorkflowExecution", result: json("ok") }],
    ],
  },
  {
    title: "a child whose id is taken",
    workflow: async () => {
      const error = await wf.executeChild("kid", { workflowId: "taken" }).catch((thrown: Error) => thrown);
      return (error as Error).name;
    },
    later: [
      [
        {
          kind: "resolveChildWorkflowStart",
          seq: 1,
          result: { status: "failed", workflowId: "taken", workflowType: "kid", cause: 1 },
        },
      ],
    ],
    commands: [
      [{ kind: "startChildWorkflowExecution" }],
      [{ kind: "completeWorkflowExecution", result: json("WorkflowExecutionAlreadyStartedError") }],
    ],
  },
  {
    title: "a workflow elsewhere is signalled and cancelled",
    workflow: async () => {
      const other = wf.getExternalWorkflowHandle("other", "run");
      await Promise.all([other.signalWithOptions("s", { args: [1] }), other.cancel()]);
    },
    commands: [
      [
        { kind: "signalExternalWorkflowExecution", workflowId: "other", runId: "run", isChild: false },
        { kind: "requestCancelExternalWorkflowExecution", workflowId: "other", runId: "run" },
      ],
    ],
  },
  {
    title: "continue as new with other options",
    workflow: () =>
      wf.makeContinueAsNewFunc({
        taskQueue: "next",
        memo: { a: 1 },
        workflowRunTimeout: "1m",
        backoffStartInterval: 5,
      })("more"),
    commands: [
      [
        {
          kind: "continueAsNewWorkflowExecution",
          workflowType: "test",
          taskQueue: "next",
          arguments: [json("more")],
          memo: { a: json(1) },
          searchAttributes: undefined,
          runTimeoutMs: 60_000,
          backoffStartIntervalMs: 5,
        },
      ],
    ],
  },
  {
    title: "patches are marked once",
    workflow: async () => {
      wf.deprecatePatch("old");
      return [wf.patched("new"), wf.patched("new")];
    },
    commands: [
      [
        { kind: "setPatchMarker", patchId: "old", deprecated: true },
        { kind: "setPatchMarker", patchId: "new", deprecated: false },
        { kind: "completeWorkflowExecution", result: json([true, true]) },
      ],
    ],
  },
  {
    title: "a cancelled workflow ends as cancelled",
    workflow: () => wf.sleep("1 year"),
    later: [[{ kind: "cancelWorkflow", reason: "" }]],
    commands: [[{ kind: "startTimer" }], [{ kind: "cancelTimer", seq: 1 }, { kind: "cancelWorkflowExecution" }]],
  },
  {
    title: "groups of events, given and around",
    workflow: async () => {
      const group = wf.createEventGroup("payments", { id: "p" });
      void group.withScope(() => acts.a());
      void wf.sleep(1, { eventGroups: [group, group], summary: "wait" });
    },
    commands: [
      [
        { kind: "scheduleActivity", eventGroupMarkers: [{ kind: "label", id: "p", label: json("payments") }] },
        {
          kind: "startTimer",
          summary: json("wait"),
          eventGroupMarkers: [{ kind: "label", id: "p", label: json("payments") }],
        },
        { kind: "completeWorkflowExecution" },
      ],
    ],
  },
  {
    title: "an operation of a Nexus service that ends later",
    workflow: async () => {
      const service = { name: "svc", operations: { pay: { name: "pay-op" } } };
      const client = wf.createNexusServiceClient({ endpoint: "end", service });
      const handle = await client.startOperation("pay", { amount: 1 }, { scheduleToCloseTimeout: "1m" });
      return [handle.token, await handle.result()];
    },
    later: [
      [{ kind: "resolveNexusOperationStart", seq: 1, result: { status: "started", operationToken: "tok" } }],
      [{ kind: "resolveNexusOperation", seq: 1, result: { status: "completed", result: json("paid") } }],
    ],
    commands: [
      [
        {
          kind: "scheduleNexusOperation",
          endpoint: "end",
          service: "svc",
          operation: "pay-op",
          input: json({ amount: 1 }),
          scheduleToCloseTimeoutMs: 60_000,
          cancellationType: "WAIT_CANCELLATION_COMPLETED",
        },
      ],
      [],
      [{ kind: "completeWorkflowExecution", result: json(["tok", "paid"]) }],
    ],
  },
];

test.each(cases)("$title", async ({ workflow, later = [], commands }) => {
  const run = testRun(workflow);
  const seen = [await run.start()];
  for (const jobs of later) seen.push(await run.activate(...jobs));
  expect(seen).toMatchObject(commands as object[]);
});

test("a workflow task that is not replayed names the flags it relies on, once", async () => {
  const run = testRun(async () => {
    await wf.CancellationScope.withTimeout(1000, () => wf.sleep(1));
    await wf.CancellationScope.withTimeout(1000, async () => undefined);
    await wf.sleep(1);
  });
  await run.start();
  const signal: ActivationJob = { kind: "signalWorkflow", signalName: "s", input: [], identity: "", headers: {} };
  expect(await run.complete({}, signal)).toMatchObject({ usedInternalFlags: [2] });
  expect(await run.complete({}, { kind: "fireTimer", seq: 2 })).toMatchObject({ usedInternalFlags: [1] });
});

test("a patch that the worker leaves inactive stays so, and leaves no marker", async () => {
  const patchActivationCallback = (_info: wf.WorkflowInfo, patchId: string): boolean => patchId === "on";
  const workflow = async (): Promise<boolean[]> => [wf.patched("off"), wf.patched("on"), wf.patched("off")];
  const commands = await testRun(workflow, { patchActivationCallback }).start();
  expect(commands).toMatchObject([
    { kind: "setPatchMarker", patchId: "on" },
    { kind: "completeWorkflowExecution", result: json([false, true, false]) },
  ]);
});
