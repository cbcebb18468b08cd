/** Traps of what a workflow task carries. */
import { beforeEach, describe, expect, test } from "vitest";
import { UpdateWorkflowExecutionLifecycleStage } from "../../../api/gen/enums.js";
import { WorkflowTaskCompletedMetadata } from "../../../api/gen/messages.js";
import type { HistoryEvent } from "../../../api/gen/messages.js";
import { openMemoryStore } from "../../../server/store/index.ts";
import type { Store } from "../../../server/store/index.ts";
import { connect, openServer } from "./trap-server.ts";
import type { WireClient } from "./wire-client.ts";
import {
  complete,
  endWorkflow,
  eventsOf,
  fail,
  poll,
  pollActivity,
  readHistory,
  scheduleActivity,
  signal,
  startWorkflow,
  typesOf,
  untilPolled,
} from "./worker.ts";

const NAMESPACE = { namespace: "default" };
const TASK = ["WORKFLOW_TASK_SCHEDULED", "WORKFLOW_TASK_STARTED"];

let client: WireClient;
beforeEach(async () => {
  client = connect((await openServer()).port);
});

describe("the history of a workflow task", () => {
  const SDKS: readonly Record<string, string>[] = [
    {},
    { "client-name": "temporal-typescript" },
    { "client-name": "temporal-go" },
  ];

  test("ends with the Started of this task, and on a sticky queue begins behind the one before", async () => {
    await startWorkflow(client, "w");
    const first = await poll(client, { name: "w" }).reply;
    expect(typesOf(eventsOf(first))).toEqual(["WORKFLOW_EXECUTION_STARTED", ...TASK]);
    expect(eventsOf(first).at(-1)?.eventId).toBe(first.startedEventId);
    await complete(client, first, { sticky: "sticky" });
    const polled = poll(client, { name: "sticky", normalName: "w" });
    await untilPolled(client, "sticky");
    await signal(client, "w");
    const second = await polled.reply;
    const events = eventsOf(second);
    expect(second.previousStartedEventId).toBe(first.startedEventId);
    expect(events[0]?.eventId).toBe(second.previousStartedEventId + 1);
    expect(typesOf(events)).toEqual(["WORKFLOW_TASK_COMPLETED", "WORKFLOW_EXECUTION_SIGNALED", ...TASK]);
    expect(events.at(-1)?.eventId).toBe(second.startedEventId);
    expect(typesOf(await readHistory(client, "w"))).toEqual([...typesOf(eventsOf(first)), ...typesOf(events)]);
  });

  test("that is not written yet ends what an SDK reads, and what a viewer reads not", async () => {
    await startWorkflow(client, "w");
    await fail(client, await poll(client, { name: "w" }).reply);
    const second = await poll(client, { name: "w" }).reply;
    expect(second.attempt).toBe(2);
    const written = ["WORKFLOW_EXECUTION_STARTED", ...TASK, "WORKFLOW_TASK_FAILED"];
    for (const metadata of SDKS) {
      const events = await readHistory(client, "w", metadata);
      expect(typesOf(events)).toEqual([...written, ...TASK]);
      expect(events.at(-1)?.eventId).toBe(second.startedEventId);
      expect(events.map((event) => event.eventId)).toEqual([1, 2, 3, 4, 5, 6]);
    }
    for (const name of ["temporal-cli", "temporal-ui"])
      expect(typesOf(await readHistory(client, "w", { "client-name": name }))).toEqual(written);
    await complete(client, second, { commands: [endWorkflow] });
    expect(typesOf(await readHistory(client, "w")).slice(4)).toEqual([
      ...TASK,
      "WORKFLOW_TASK_COMPLETED",
      "WORKFLOW_EXECUTION_COMPLETED",
    ]);
  });

  test("that is there for an update alone ends what an SDK reads, too", async () => {
    await startWorkflow(client, "w");
    await complete(client, await poll(client, { name: "w" }).reply);
    const updated = client.begin("updateWorkflowExecution", {
      ...NAMESPACE,
      workflowExecution: { workflowId: "w" },
      waitPolicy: {
        lifecycleStage: UpdateWorkflowExecutionLifecycleStage.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ACCEPTED,
      },
      request: { meta: { updateId: "u", identity: "me" }, input: { name: "change" } },
    });
    updated.reply.catch(() => {});
    const task = await poll(client, { name: "w" }).reply;
    expect(task.messages).toHaveLength(1);
    const read = await readHistory(client, "w");
    expect(typesOf(read)).toEqual(["WORKFLOW_EXECUTION_STARTED", ...TASK, "WORKFLOW_TASK_COMPLETED", ...TASK]);
    expect(read.at(-1)?.eventId).toBe(task.startedEventId);
    expect(await readHistory(client, "w", { "client-name": "temporal-cli" })).toHaveLength(4);
    updated.cancel();
  });
});

test("attempts count from 1, and the first task of a run follows no other", async () => {
  await startWorkflow(client, "w");
  const first = await poll(client, { name: "w" }).reply;
  expect(first).toMatchObject({ attempt: 1, previousStartedEventId: 0, startedEventId: 3 });
  await complete(client, first, { commands: [scheduleActivity("w")] });
  const activity = await pollActivity(client, "w");
  expect(activity.attempt).toBe(1);
  await client.call("respondActivityTaskCompleted", { ...NAMESPACE, taskToken: activity.taskToken });
  const second = await poll(client, { name: "w" }).reply;
  expect(second).toMatchObject({ attempt: 1, previousStartedEventId: 3, startedEventId: 9 });
  await fail(client, second);
  const third = await poll(client, { name: "w" }).reply;
  expect(third).toMatchObject({ attempt: 2, previousStartedEventId: 3 });
});

test("the size and the advice that a task was started with are stored, not reckoned again", async () => {
  const store = openMemoryStore();
  const kept = new Proxy(store, {
    get(target, name) {
      if (name === "close") return async () => {};
      const value = Reflect.get(target, name) as (...values: unknown[]) => unknown;
      return typeof value === "function" ? value.bind(target) : value;
    },
  }) as Store;
  const data = { kind: "open", store: kept } as const;
  const strict = await openServer({ data, limits: { historyEventsSuggestContinueAsNew: 5 } });
  const before = connect(strict.port);
  await startWorkflow(before, "w");
  for (let task = 0; task < 3; task++) {
    const polled = await poll(before, { name: "w" }).reply;
    expect(startedOf(eventsOf(polled))).toEqual(startedOf(await readHistory(before, "w")));
    await complete(before, polled, { fields: { forceCreateNewWorkflowTask: true } });
  }
  const told = startedOf(await readHistory(before, "w"));
  expect(told.map((task) => task.suggests)).toEqual([false, true, true]);
  expect(told.map((task) => task.bytes)).toEqual(told.map((task) => task.bytes).toSorted((a, b) => a - b));
  expect(new Set(told.map((task) => task.bytes)).size).toBe(3);
  await strict.close();
  const lenient = await openServer({ data, limits: { historyEventsSuggestContinueAsNew: 1_000 } });
  const after = connect(lenient.port);
  expect(startedOf(eventsOf(await poll(after, { name: "w" }).reply)).slice(0, 3)).toEqual(told);
  expect(startedOf(await readHistory(after, "w")).map((task) => task.suggests)).toEqual([false, true, true, false]);
});

function startedOf(events: readonly HistoryEvent[]): { suggests: boolean; bytes: number }[] {
  return events.flatMap(({ workflowTaskStartedEventAttributes: started }) =>
    started === undefined ? [] : [{ suggests: started.suggestContinueAsNew, bytes: started.historySizeBytes }],
  );
}

test("the flags in a task's SDK metadata come back from its completion", async () => {
  await startWorkflow(client, "w");
  const sdkMetadata = WorkflowTaskCompletedMetadata.encode({
    coreUsedFlags: [1, 2, 300],
    langUsedFlags: [7],
    sdkName: "temporal-typescript",
    sdkVersion: "1.24.0",
  });
  await complete(client, await poll(client, { name: "w" }).reply, {
    fields: { sdkMetadata, forceCreateNewWorkflowTask: true },
  });
  const replay = await poll(client, { name: "w" }).reply;
  for (const events of [eventsOf(replay), await readHistory(client, "w")]) {
    const completed = events.find((event) => event.workflowTaskCompletedEventAttributes !== undefined);
    expect(completed?.workflowTaskCompletedEventAttributes?.sdkMetadata).toEqual(sdkMetadata);
  }
});
