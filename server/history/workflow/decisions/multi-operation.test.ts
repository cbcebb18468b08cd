import { expect, test } from "vitest";
import { settle } from "../../../../base/manual-time.fixture.ts";
import { WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from "../../../../api/gen/enums.js";
import { MultiOperationExecutionFailure } from "../../../../api/gen/messages.js";
import type { ServiceError } from "../../../../api/errors.ts";
import { ActivityScene } from "../machines/activity-scene-fixture.ts";
import { doTask, told, updateRequest } from "./update-scene-fixture.ts";

const {
  WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING: USE,
  WORKFLOW_ID_CONFLICT_POLICY_FAIL: FAIL,
  WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING: REPLACE,
} = WorkflowIdConflictPolicy;
const { WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE: REJECT } = WorkflowIdReusePolicy;

type Responses = readonly [{ startWorkflow: { started?: boolean } }, { updateWorkflow: { link?: Uint8Array } }];

interface Both {
  readonly start?: object;
  readonly update?: object;
  readonly id?: string;
  readonly operations?: (start: object, update: object) => object[];
}

/** What became of the start and of the update: in words, or as the statuses of both. */
async function outcomes(reply: Promise<object>): Promise<string> {
  try {
    const [{ startWorkflow }, { updateWorkflow }] = ((await reply) as { responses: Responses }).responses;
    return `${startWorkflow.started === true ? "started" : "found"}, ${await told(Promise.resolve(updateWorkflow))}${updateWorkflow.link === undefined ? "" : " with link"}`;
  } catch (error) {
    const { code, message, detail } = error as ServiceError;
    if (detail === undefined) return `${code} ${message}`;
    const { statuses } = MultiOperationExecutionFailure.decode(detail.bytes);
    return `${code}: ${statuses.map((status) => (status.code === 0 ? "ok" : `${status.code} ${status.message.replace(/RunId: [^.]*/, "RunId: R")}`)).join(" | ")}`;
  }
}

async function both(
  scene: ActivityScene,
  { start, update, id = "u", operations }: Both = {},
): Promise<{ reply: Promise<string> }> {
  const startWorkflow = {
    namespace: "default",
    workflowId: scene.workflowId,
    workflowType: { name: "Workflow" },
    taskQueue: { name: scene.queue },
    requestId: "both",
    workflowIdConflictPolicy: USE,
    ...start,
  };
  const updateWorkflow = updateRequest(scene, update === undefined ? { id } : { id, fields: update });
  const pair = operations?.(startWorkflow, updateWorkflow) ?? [{ startWorkflow }, { updateWorkflow }];
  const reply = outcomes(scene.call("executeMultiOperation", { operations: pair }));
  await settle();
  return { reply };
}

// What there is before, what the caller asks for, how the worker answers (nothing: it is not asked), what the caller hears.
const CASES = [
  { before: "nothing", asks: {}, says: ["accept u", "complete u"], hears: "started, completed with link" },
  { before: "nothing", asks: {}, says: ["reject u"], hears: "started, failed: not now with link" },
  { before: "nothing", asks: {}, says: ["end"], hears: "5: ok | 5 workflow update was aborted by closing workflow" },
  { before: "running", asks: {}, says: ["accept u", "complete u"], hears: "found, completed with link" },
  {
    before: "running",
    asks: { start: { workflowIdConflictPolicy: FAIL } },
    hears: "6: 6 Workflow execution is already running. WorkflowId: workflow, RunId: R. | 10 Operation was aborted.",
  },
  {
    before: "running",
    asks: { start: { workflowIdConflictPolicy: REPLACE } },
    says: ["accept u", "complete u"],
    hears: "started, completed with link",
  },
  { before: "updated", asks: {}, hears: "found, completed" },
  {
    before: "updated",
    asks: { id: "other" },
    says: ["accept other", "complete other"],
    hears: "found, completed with link",
  },
  { before: "updated and closed", asks: {}, hears: "found, completed" },
  { before: "updated and closed", asks: { start: { workflowIdReusePolicy: REJECT } }, hears: "found, completed" },
  {
    before: "updated and closed",
    asks: { id: "other" },
    says: ["accept other", "complete other"],
    hears: "started, completed with link",
  },
  {
    before: "updated and closed",
    asks: { id: "other", start: { workflowIdReusePolicy: REJECT } },
    hears:
      "6: 6 Workflow execution already finished. WorkflowId: workflow, RunId: R. Workflow Id reuse policy: reject duplicate workflow Id. | 10 Operation was aborted.",
  },
];

test.for(CASES)("a workflow that is $before: $asks heard as $hears", async ({ before, asks, says, hears }) => {
  const scene = await ActivityScene.open();
  if (before !== "nothing") await scene.start();
  if (before === "running") await scene.doTask([]);
  if (before.startsWith("updated")) {
    await both(scene);
    await doTask(scene, ["accept u", "complete u", ...(before === "updated" ? [] : ["end"])]);
  }
  const { reply } = await both(scene, asks);
  if (says !== undefined) await doTask(scene, says);
  expect(await reply).toBe(hears);
});

test("a workflow that closes under the update is followed by one of its own", async () => {
  const scene = await ActivityScene.open();
  await scene.start();
  const { reply } = await both(scene);
  await doTask(scene, ["end"]);
  await settle();
  await doTask(scene, ["accept u", "complete u"]);
  expect(await reply).toBe("started, completed with link");
});

test("the new run closes as well: both attempts are used up", async () => {
  const scene = await ActivityScene.open();
  await scene.start();
  const { reply } = await both(scene);
  await doTask(scene, ["end"]);
  await settle();
  await doTask(scene, ["end"]);
  expect(await reply).toBe("5: ok | 5 workflow update was aborted by closing workflow");
});

const ABORTED = "10 Operation was aborted.";
const FAULTS: { name: string; asks: Both; hears: string }[] = [
  { name: "none", asks: { operations: () => [] }, hears: "3 Operations have to be exactly [Start, Update]." },
  {
    name: "only a start",
    asks: { operations: (startWorkflow) => [{ startWorkflow }] },
    hears: "3 Operations have to be exactly [Start, Update].",
  },
  {
    name: "the other way round",
    asks: { operations: (startWorkflow, updateWorkflow) => [{ updateWorkflow }, { startWorkflow }] },
    hears: "3 Operations have to be exactly [Start, Update].",
  },
  {
    name: "an empty one",
    asks: { operations: (startWorkflow) => [{ startWorkflow }, {}] },
    hears: "3 Operations have to be exactly [Start, Update].",
  },
  {
    name: "another namespace",
    asks: { start: { namespace: "other" } },
    hears: `3: 3 Operation namespace did not match request's namespace. | ${ABORTED}`,
  },
  {
    name: "cron",
    asks: { start: { cronSchedule: "* * * * *" } },
    hears: `3: 3 CronSchedule is not allowed. | ${ABORTED}`,
  },
  {
    name: "a delay",
    asks: { start: { workflowStartDelay: { seconds: 1, nanos: 0 } } },
    hears: `3: 3 WorkflowStartDelay is not supported. | ${ABORTED}`,
  },
  {
    name: "eager",
    asks: { start: { requestEagerExecution: true } },
    hears: `3: 3 RequestEagerExecution is not supported. | ${ABORTED}`,
  },
  {
    name: "no type",
    asks: { start: { workflowType: undefined } },
    hears: `3: 3 WorkflowType is not set on request. | ${ABORTED}`,
  },
  {
    name: "another workflow",
    asks: { update: { workflowExecution: { workflowId: "other" } } },
    hears: `3: ${ABORTED} | 3 WorkflowId is not consistent with previous operation(s).`,
  },
  {
    name: "a run id",
    asks: { update: { workflowExecution: { workflowId: "workflow", runId: "r" } } },
    hears: `3: ${ABORTED} | 3 RunId is not allowed.`,
  },
  {
    name: "a first run id",
    asks: { update: { firstExecutionRunId: "r" } },
    hears: `3: ${ABORTED} | 3 FirstExecutionRunId is not allowed.`,
  },
  {
    name: "no update name",
    asks: { update: { request: { meta: { updateId: "u" }, input: {} } } },
    hears: `3: ${ABORTED} | 3 Update name is not set on request.`,
  },
  {
    name: "waiting for admitted",
    asks: { update: { waitPolicy: { lifecycleStage: 1 } } },
    hears: `7: ${ABORTED} | 7 UpdateWorkflowExecution issued asynchronously and waiting on update admitted is not supported.`,
  },
];

test.for(FAULTS)("operations that are refused: $name", async ({ asks, hears }) => {
  const scene = await ActivityScene.open();
  expect(await (await both(scene, asks)).reply).toBe(hears);
  await expect(scene.history()).rejects.toThrow("workflow not found for ID: workflow");
});

test("an update that is refused takes the start of its run back", async () => {
  const scene = await ActivityScene.open({ updatesInFlightMax: 0 });
  expect(await (await both(scene)).reply).toBe(
    `8: ${ABORTED} | 8 limit on number of concurrent in-flight updates has been reached (0)`,
  );
  await expect(scene.history()).rejects.toThrow("workflow not found for ID: workflow");
});
