/** One bit of one stored blob is wrong: what needs the blob is refused and named, everything else works. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Memo, Payload, SearchAttributes } from "../../../api/gen/messages.js";
import { GrpcError } from "../../../rpc/index.ts";
import { openSqliteStore } from "../../../server/store/index.ts";
import { Scene, completeWorkflow, startChild, startTimer } from "../harness/scene.ts";
import { ServerProcess } from "../harness/server-process.ts";
import { blobColumns, flipByte } from "./flip-byte.ts";

const DATA_LOSS = 15;
const PORT = 17_920;
const NAMESPACE = { namespace: "default", identity: "scene" };

const json = (value: string): Uint8Array =>
  Payload.encode({ metadata: { encoding: Buffer.from("json/plain") }, data: Buffer.from(JSON.stringify(value)) });
const memo = Memo.encode({ fields: { note: json("remember") } });
const searchAttributes = SearchAttributes.encode({ indexedFields: { BatcherUser: json("me") } });
const ofRun = (workflowId: string): string => `key = (SELECT key FROM entity WHERE business_id = '${workflowId}')`;

interface Row {
  readonly column: string;
  /** The damaged run: a workflow of its own. */
  readonly workflowId: string;
  readonly where: string;
  /** Calls that need the blob. */
  readonly refused: Readonly<Record<string, object>>;
  /** Calls for the same run that do not. */
  readonly served: Readonly<Record<string, object>>;
}

const of = (workflowId: string): { execution: object; workflowExecution: object } => ({
  execution: { workflowId },
  workflowExecution: { workflowId },
});
const list = (workflowId: string): object => ({ query: `WorkflowId = '${workflowId}'` });

const rows: readonly Row[] = [
  {
    column: "entity.state",
    workflowId: "open",
    where: "business_id = 'open'",
    refused: {
      describeWorkflowExecution: of("open"),
      signalWorkflowExecution: { ...of("open"), signalName: "s" },
      terminateWorkflowExecution: of("open"),
      startWorkflowExecution: { workflowId: "open", workflowType: { name: "scene" }, taskQueue: { name: "open" } },
      getWorkflowExecutionHistory: of("open"),
    },
    served: { listWorkflowExecutions: list("open") },
  },
  {
    column: "entity.state",
    workflowId: "closed",
    where: "business_id = 'closed'",
    refused: {
      describeWorkflowExecution: of("closed"),
      startWorkflowExecution: { workflowId: "closed", workflowType: { name: "scene" }, taskQueue: { name: "closed" } },
    },
    served: { listWorkflowExecutions: list("closed") },
  },
  {
    column: "part.blob",
    workflowId: "parts",
    where: `${ofRun("parts")} AND part LIKE 't:%'`,
    refused: { describeWorkflowExecution: of("parts"), signalWorkflowExecution: { ...of("parts"), signalName: "s" } },
    served: { listWorkflowExecutions: list("parts") },
  },
  {
    column: "history.blob",
    workflowId: "history",
    where: ofRun("history"),
    refused: { getWorkflowExecutionHistory: of("history"), getWorkflowExecutionHistoryReverse: of("history") },
    served: { describeWorkflowExecution: of("history"), listWorkflowExecutions: list("history") },
  },
  {
    column: "visibility.memo",
    workflowId: "memo",
    where: ofRun("memo"),
    refused: { listWorkflowExecutions: list("memo") },
    served: { getWorkflowExecutionHistory: of("memo"), describeWorkflowExecution: of("memo") },
  },
  {
    column: "visibility.search_attributes",
    workflowId: "attributes",
    where: ofRun("attributes"),
    refused: { listWorkflowExecutions: list("attributes") },
    served: { getWorkflowExecutionHistory: of("attributes"), describeWorkflowExecution: of("attributes") },
  },
  {
    column: "entity.run_id",
    workflowId: "ids",
    where: ofRun("ids"),
    refused: {
      describeWorkflowExecution: of("ids"),
      signalWorkflowExecution: { ...of("ids"), signalName: "s" },
      startWorkflowExecution: { workflowId: "ids", workflowType: { name: "scene" }, taskQueue: { name: "ids" } },
      getWorkflowExecutionHistory: of("ids"),
    },
    served: { listWorkflowExecutions: list("ids") },
  },
  ...["run_id", "parent_run_id", "root_run_id"].map((column) => ({
    column: `visibility.${column}`,
    workflowId: column,
    where: ofRun(column),
    refused: { listWorkflowExecutions: list(column) },
    served: { getWorkflowExecutionHistory: of(column), describeWorkflowExecution: of(column) },
  })),
];

describe("a flipped byte of a run", () => {
  let scene: Scene;
  const runIds = new Map<string, string>();

  beforeAll(async () => {
    scene = await Scene.open({ port: PORT });
    for (const workflowId of ["closed", "history", "memo", "attributes", "ids"])
      runIds.set(workflowId, await scene.runTrivial(workflowId, { memo, searchAttributes }));
    runIds.set("open", await scene.startWorkflow("open"));
    runIds.set("parts", await scene.startWorkflow("parts"));
    await scene.doTask(
      "parts",
      Array.from({ length: 12 }, (_, i) => startTimer(`${i}`, 3_600_000)),
    );
    for (const workflowId of ["run_id", "parent_run_id", "root_run_id"]) {
      await scene.startWorkflow(`parent of ${workflowId}`);
      await scene.doTask(`parent of ${workflowId}`, [startChild(workflowId)]);
      const task = await scene.pollWorkflow(workflowId);
      runIds.set(workflowId, task.workflowExecution?.runId ?? "");
    }
    await scene.startWorkflow("poisoned", { taskQueue: { name: "shared" } });
    await scene.startWorkflow("sound", { taskQueue: { name: "shared" } });
    await scene.server.stop();
    for (const { column, where } of rows) flipByte(scene.folder, { ...splitColumn(column), where });
    flipByte(scene.folder, { table: "history", column: "blob", where: ofRun("poisoned") });
    flipByte(scene.folder, { table: "metering", column: "blob", where: "true" });
    await scene.start();
  }, 60_000);

  afterAll(() => scene[Symbol.asyncDispose]());

  test("has a row for every column of bytes", () => {
    const known = [...rows.map((row) => row.column), "meta.blob", "metering.blob"];
    expect(blobColumns(scene.folder).toSorted()).toEqual([...new Set(known)].toSorted());
  });

  test.for(rows)(
    "in $column of the run $workflowId is named by what needs it, and by nothing else",
    async ({ workflowId, refused, served }) => {
      for (const [method, request] of Object.entries(refused)) {
        const error = await call(method, request).then(
          () => undefined,
          (reason: unknown) => reason,
        );
        expect(error, `${method} of ${workflowId}`).toBeInstanceOf(GrpcError);
        const { code, message } = error as GrpcError;
        expect({ method, code }).toEqual({ method, code: DATA_LOSS });
        expect(message).toContain(runIds.get(workflowId));
        expect(message).toMatch(/ is damaged: its checksum is [0-9a-f]{8}, its (bytes|columns) give [0-9a-f]{8}$/);
      }
      for (const [method, request] of Object.entries(served)) await call(method, request);
    },
  );

  test("does not keep workers of its queue from other tasks", async () => {
    const task = await scene.pollWorkflow("shared");
    expect(task.workflowExecution?.workflowId).toBe("sound");
    await scene.connection.call("respondWorkflowTaskCompleted", {
      ...NAMESPACE,
      taskToken: task.taskToken,
      commands: [completeWorkflow],
    });
  });

  test("leaves other workflows alone", async () => {
    await scene.runTrivial("another");
    expect(await scene.history("another")).toHaveLength(5);
    const page = await call("listWorkflowExecutions", list("another"));
    expect((page as { executions: unknown[] }).executions).toHaveLength(1);
  });

  test("in a metering row is named when the row is read", async () => {
    await scene.server.stop();
    const store = await openSqliteStore({ folder: scene.folder, mode: "inline" });
    const reading = store.readMetering({ lane: 0, afterEpoch: 0, afterBatchNo: 0, limit: 1_000 });
    await expect(reading).rejects.toThrow(/metering.* is damaged: its checksum is/);
    await store.close();
    await scene.start();
  });

  function call(method: string, request: object): Promise<unknown> {
    return scene.connection.insist(method as "listWorkflowExecutions", { ...NAMESPACE, ...request });
  }
});

test("a flipped byte of a registry entry keeps the server from starting, with one sentence", async () => {
  const folder = mkdtempSync(join(tmpdir(), "perdure-flip-"));
  try {
    const args = ["--port", String(PORT + 1), "--data", folder];
    await (await ServerProcess.start({ args })).stop();
    flipByte(folder, { table: "meta", column: "blob", where: "key LIKE 'namespace%'" });
    const { code, stderr } = await new ServerProcess({ args }).exited;
    expect(stderr).toMatch(
      /^data folder .* is damaged \(registry entry "namespace.*" is damaged: its checksum is .*\): restore it from a backup.*\n$/,
    );
    expect(code).toBe(1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

function splitColumn(name: string): { table: string; column: string } {
  const [table = "", column = ""] = name.split(".");
  return { table, column };
}
