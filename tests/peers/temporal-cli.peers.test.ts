/** Temporal's command line, unmodified, against our server, with workers on the official Go SDK. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { GoWorker } from "./program.ts";
import { ServerUnderTest } from "./server-under-test.ts";
import { TemporalCli } from "./temporal-cli.ts";

let server: ServerUnderTest;
let worker: GoWorker;
let cli: TemporalCli;

beforeAll(async () => {
  server = await ServerUnderTest.start();
  worker = await GoWorker.start(server.address, "q");
  cli = new TemporalCli(server.address);
});

afterAll(async () => {
  await worker?.stop();
  await server?.close();
  cli?.close();
});

async function eventTypes(id: string): Promise<string[]> {
  const { events } = (await cli.told(`workflow show -w ${id}`)) as { events: { eventType: string }[] };
  return events.map(({ eventType }) => eventType.replace("EVENT_TYPE_", ""));
}

test("workflow execute, show, describe and result", async () => {
  const wanted = { status: "COMPLETED", result: "hi" };
  expect(await cli.told("workflow execute --type Echo --task-queue q -w echo -i ?", '"hi"')).toMatchObject(wanted);
  expect(await cli.told("workflow result -w echo")).toMatchObject(wanted);
  expect(await eventTypes("echo")).toEqual([
    "WORKFLOW_EXECUTION_STARTED",
    "WORKFLOW_TASK_SCHEDULED",
    "WORKFLOW_TASK_STARTED",
    "WORKFLOW_TASK_COMPLETED",
    "WORKFLOW_EXECUTION_COMPLETED",
  ]);
  expect(await cli.told("workflow describe -w echo")).toMatchObject({
    workflowExecutionInfo: {
      status: "WORKFLOW_EXECUTION_STATUS_COMPLETED",
      historyLength: "5",
      type: { name: "Echo" },
    },
    result: "hi",
  });
  expect(await cli.refusal("workflow execute --type FailPlainly --task-queue q -w fails -i ?", '"X"')).toBe(
    "workflow failed",
  );
  expect(await cli.refusal("workflow describe -w nobody")).toContain("workflow not found for ID: nobody");
});

test("workflow start with options, list, count", async () => {
  await cli.told("operator search-attribute create --name Colour --type Keyword");
  const options = "--search-attribute ? --memo ? --execution-timeout 1h --static-summary short";
  await cli.told(`workflow start --type WaitForever --task-queue q -w green ${options}`, 'Colour="green"', 'note="x"');
  const listed = (await cli.told("workflow list --query ?", "Colour = 'green'")) as unknown[];
  expect(listed).toMatchObject([
    { execution: { workflowId: "green" }, status: "WORKFLOW_EXECUTION_STATUS_RUNNING", type: { name: "WaitForever" } },
  ]);
  expect(await cli.told("workflow count --query ?", "Colour = 'green' GROUP BY ExecutionStatus")).toEqual({
    count: "1",
    groups: [{ groupValues: ["Running"], count: "1" }],
  });
  expect(await cli.told("workflow describe -w green")).toMatchObject({
    executionConfig: { workflowExecutionTimeout: "3600s" },
    workflowExecutionInfo: { memo: { fields: { note: "x" } } },
  });
  expect(await cli.refusal("workflow list --query ?", "Nonsense = 1")).toContain("Nonsense");
});

test("workflow signal, query, stack, metadata, cancel and terminate", async () => {
  await cli.told("workflow start --type Sum --task-queue q -w sum -i 4");
  await cli.told("workflow signal -w sum --name add -i 2");
  expect(await cli.told("workflow query -w sum --type sum")).toEqual({ queryResult: [42] });
  expect(await cli.refusal("workflow query -w sum --type nope")).toContain("unknown queryType nope");
  expect(JSON.stringify(await cli.told("workflow stack -w sum"))).toContain("main.Sum");
  expect(JSON.stringify(await cli.told("workflow metadata -w sum"))).toContain("updateDefinitions");
  await cli.told("workflow start --type CleanUp --task-queue q -w cleans");
  await cli.told("workflow cancel -w cleans");
  expect(await cli.told("workflow result -w cleans")).toMatchObject({ result: "hello cleaner after canceled" });
  await cli.told("workflow terminate -w sum --reason enough");
  expect((await eventTypes("sum")).at(-1)).toBe("WORKFLOW_EXECUTION_TERMINATED");
  expect(await cli.refusal("workflow signal -w sum --name add -i 2")).toContain("workflow execution already completed");
});

test("workflow update, signal-with-start and update-with-start", async () => {
  await cli.told(
    "workflow signal-with-start --type Sum --task-queue q -w told -i 0 --signal-name add --signal-input 3",
  );
  expect(await cli.told("workflow update execute -w told --name add -i 4")).toMatchObject({ result: 7 });
  expect(await cli.refusal("workflow update execute -w told --name add -i -1")).toContain("no negative numbers");
  const greet = "--update-id u --name greet --wait-for-stage accepted -i ?";
  expect(await cli.told(`workflow update start -w told ${greet}`, '"you"')).toEqual({ name: "greet", updateId: "u" });
  expect(await cli.told("workflow update result -w told --update-id u")).toMatchObject({ result: "hello you" });
  expect(await cli.told("workflow update describe -w told --update-id u")).toMatchObject({ stage: "Completed" });
  const start = "--type Sum --task-queue q -w starts -i 1 --id-conflict-policy UseExisting --update-name add";
  expect(await cli.told(`workflow execute-update-with-start ${start} --update-input 2`)).toMatchObject({
    updateResult: 3,
  });
  const again = `workflow start-update-with-start ${start} --update-input 2 --update-wait-for-stage accepted`;
  expect(await cli.told(again)).toMatchObject({ workflowId: "starts", updateName: "add" });
});

test("workflow reset, update-options, trace and delete", async () => {
  await cli.told("workflow execute --type Echo --task-queue q -w again -i 1");
  const { runId } = (await cli.told("workflow reset -w again --type FirstWorkflowTask --reason r")) as {
    runId: string;
  };
  expect(await cli.told(`workflow result -w again -r ${runId}`)).toMatchObject({ status: "COMPLETED", result: 1 });
  expect(await cli.told("workflow reset -w again --event-id 4 --reason r")).toHaveProperty("runId");
  await cli.told("workflow start --type WaitForever --task-queue q -w waits");
  await cli.told("workflow update-options -w waits --versioning-override-behavior auto_upgrade");
  await cli.told("workflow delete -w waits");
  await expect.poll(() => cli.run("workflow describe -w waits")).toMatchObject({ code: 1 });
  expect((await cli.run("workflow trace -w again -o text")).stdout).toContain("Echo");
});

test("activity complete and fail", async () => {
  const call = JSON.stringify({ Name: "CompleteElsewhere", Options: { ActivityID: "a" } });
  for (const id of ["completed", "failed"]) {
    await cli.told(`workflow start --type RunActivity --task-queue q -w ${id} -i ?`, call);
    await expect
      .poll(() => cli.told(`workflow describe -w ${id}`))
      .toMatchObject({ pendingActivities: [{ state: "PENDING_ACTIVITY_STATE_STARTED", heartbeatDetails: {} }] });
  }
  await cli.told("activity complete -w completed --activity-id a --result ? --identity me", '"done"');
  expect(await cli.told("workflow result -w completed")).toMatchObject({ result: "done" });
  await cli.told("activity fail -w failed --activity-id a --reason because");
  await cli.refusal("workflow result -w failed");
  expect(await cli.told("workflow describe -w failed")).toMatchObject({
    closeEvent: { eventType: "EVENT_TYPE_WORKFLOW_EXECUTION_FAILED" },
  });
});

test("task-queue describe and list-partition", async () => {
  expect(await cli.told("task-queue describe --task-queue q")).toMatchObject({
    pollers: expect.arrayContaining([expect.objectContaining({ identity: "a Go worker", taskQueueType: "workflow" })]),
  });
  expect(await cli.told("task-queue describe --task-queue q --legacy-mode")).toMatchObject({
    pollers: [{ identity: "a Go worker" }],
  });
  expect(await cli.told("task-queue list-partition --task-queue q")).toMatchObject({
    activityTaskQueuePartitions: [{ key: "q" }],
    workflowTaskQueuePartitions: [{ key: "q" }],
  });
});

test("operator namespace, search-attribute and cluster", async () => {
  await cli.told("operator namespace create -n shop --retention 3d --description first");
  await cli.told("operator namespace update -n shop --description second");
  expect(await cli.told("operator namespace describe -n shop")).toMatchObject({
    namespaceInfo: { name: "shop", description: "second", state: "NAMESPACE_STATE_REGISTERED" },
    config: { workflowExecutionRetentionTtl: "259200s" },
  });
  expect(JSON.stringify(await cli.told("operator namespace list"))).toContain('"shop"');
  expect(await cli.refusal("operator namespace create -n shop")).toContain("already exists");
  expect(await cli.refusal("operator namespace describe -n nowhere")).toContain("Namespace nowhere is not found.");
  await cli.told("operator search-attribute create --name Size --type Int");
  expect(await cli.told("operator search-attribute list")).toMatchObject({
    customAttributes: { Size: "INDEXED_VALUE_TYPE_INT" },
  });
  await cli.told("operator search-attribute remove --name Size --yes");
  expect(await cli.told("operator search-attribute list")).not.toMatchObject({
    customAttributes: { Size: expect.anything() },
  });
  expect(await cli.told("operator cluster health")).toEqual({ status: "SERVING" });
  expect(await cli.told("operator cluster system")).toMatchObject({ capabilities: { eagerWorkflowStart: true } });
  expect(await cli.told("operator cluster describe")).toHaveProperty("clusterId");
});

/** Commands that succeed with a real server, and what they call: with us they do, or name what is not served. */
const CALLS: readonly { readonly line: string; readonly method: string; readonly values?: readonly string[] }[] = [
  { line: "activity pause -w held --activity-id a", method: "PauseActivity" },
  { line: "activity unpause -w held --activity-id a", method: "UnpauseActivity" },
  { line: "activity update-options -w held --activity-id a --heartbeat-timeout 9s", method: "UpdateActivityOptions" },
  { line: "activity reset -w held --activity-id a", method: "ResetActivity" },
  {
    line: "task-queue config set --task-queue q --task-queue-type activity --queue-rps-limit 10 --queue-rps-limit-reason r",
    method: "UpdateTaskQueueConfig",
  },
  { line: "worker list", method: "ListWorkers" },
  { line: "operator namespace delete -n gone --yes", method: "DeleteNamespace" },
  { line: "operator cluster list", method: "ListClusters" },
  { line: "batch list", method: "ListBatchOperations" },
  {
    line: "workflow terminate --query ? --reason r --yes",
    values: ["WorkflowId = 'x'"],
    method: "StartBatchOperation",
  },
  { line: "schedule list", method: "ListSchedules" },
  { line: "worker deployment list", method: "ListWorkerDeployments" },
  { line: "operator nexus endpoint list", method: "ListNexusEndpoints" },
];

const methods = readFileSync(resolve(import.meta.dirname, "../../docs/reference/methods.md"), "utf8");
const served = new Set(
  methods
    .split(/^Served /m)
    .slice(1)
    .flatMap((part) => part.split("Not served:")[0]?.match(/(?<=^- )\w+/gm) ?? []),
);

test("commands whose calls are not served say so, and all others succeed", async () => {
  const call = JSON.stringify({ Name: "CompleteElsewhere", Options: { ActivityID: "a" } });
  await cli.told("workflow start --type RunActivity --task-queue q -w held -i ?", call);
  await cli.told("operator namespace create -n gone");
  await expect.poll(() => cli.told("workflow describe -w held")).toHaveProperty("pendingActivities");
  for (const { line, method, values = [] } of CALLS) {
    const { code, stderr } = await cli.run(line, ...values);
    const isRefused = !served.has(method) && stderr.includes(`method ${method} not implemented`);
    expect([line, code, isRefused ? "" : stderr]).toEqual([line, isRefused ? 1 : 0, ""]);
  }
});

test("nothing of this made the server complain", () => {
  expect(server.complaints).toEqual([]);
});
