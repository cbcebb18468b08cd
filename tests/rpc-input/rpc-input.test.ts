import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CommandType } from "../../api/gen/enums.js";
import type { PollActivityTaskQueueResponse, PollWorkflowTaskQueueResponse } from "../../api/gen/messages.js";
import { methodTable } from "../../server/frontend/method-table.ts";
import { startCountedServer } from "./counted-server.ts";
import type { Answer, CountedServer } from "./counted-server.ts";
import type { Fields, RefusalTable } from "./refusal.ts";
import { executions } from "./tables/executions.ts";
import { namespaces } from "./tables/namespaces.ts";
import { operations } from "./tables/operations.ts";
import { starts } from "./tables/starts.ts";
import { ACTIVITY_TOKEN, tasks, WORKFLOW_TOKEN } from "./tables/tasks.ts";

const tables: RefusalTable = { ...starts, ...executions, ...operations, ...tasks, ...namespaces };

/** They take no input that could be wrong. */
const WITHOUT_INPUT = ["GetClusterInfo", "GetSearchAttributes", "GetSystemInfo", "ListClusters"];

let server: CountedServer;
let tokens: ReadonlyMap<unknown, Uint8Array>;

beforeAll(async () => {
  server = await startCountedServer();
  const begin = async (workflowId: string, queue = workflowId): Promise<void> => {
    await taken("StartWorkflowExecution", {
      namespace: "default",
      workflowId,
      workflowType: { name: "Type" },
      taskQueue: { name: queue },
      requestId: `start ${workflowId}`,
    });
  };
  await begin("open");
  await begin("closed");
  await taken("TerminateWorkflowExecution", { namespace: "default", workflowExecution: { workflowId: "closed" } });
  const first = await poll("open");
  const activity = {
    activityId: "activity",
    activityType: { name: "Activity" },
    taskQueue: { name: "activities" },
    startToCloseTimeout: { seconds: 600, nanos: 0 },
  };
  const schedule = {
    commandType: CommandType.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK,
    scheduleActivityTaskCommandAttributes: activity,
  };
  await taken("RespondWorkflowTaskCompleted", { taskToken: first.taskToken, commands: [schedule] });
  const started = (await taken("PollActivityTaskQueue", {
    namespace: "default",
    taskQueue: { name: "activities" },
  })) as PollActivityTaskQueueResponse;
  await begin("busy");
  tokens = new Map([
    [WORKFLOW_TOKEN, (await poll("busy")).taskToken],
    [ACTIVITY_TOKEN, started.taskToken],
  ]);
});

afterAll(async () => server[Symbol.asyncDispose]());

async function poll(queue: string): Promise<PollWorkflowTaskQueueResponse> {
  return (await taken("PollWorkflowTaskQueue", {
    namespace: "default",
    taskQueue: { name: queue },
  })) as PollWorkflowTaskQueueResponse;
}

async function taken(method: string, request: Fields): Promise<unknown> {
  const answer: Answer = await server.ask(method, request);
  if (answer.kind === "refused") throw new Error(`${method}: ${answer.message}`);
  return answer.reply;
}

test("every served method that takes input has a table", () => {
  const served = methodTable.flatMap(({ method, status }) => (status.kind === "served" ? [method.name] : []));
  expect(Object.keys(tables).toSorted()).toEqual(served.filter((name) => !WITHOUT_INPUT.includes(name)).toSorted());
});

describe.each(Object.entries(tables))("%s is refused for", (method, rows) => {
  test.each(rows.map((row) => [row.because, row] as const))("%s", async (_because, row) => {
    const { taskToken } = row.request;
    const request = { ...row.request, ...(tokens.has(taskToken) ? { taskToken: tokens.get(taskToken) } : undefined) };
    const before = server.commits();
    const answer = await server.ask(method, request);
    expect(answer).toMatchObject({ kind: "refused", code: row.code, detail: row.detail });
    expect(answer.kind === "refused" ? answer.message : "").toContain(row.message);
    expect(server.commits() - before, "batches written").toBe(0);
  });
});
