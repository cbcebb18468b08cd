/**
 * `node tests/upgrade/main.ts [--port 18499]` writes a store with a run in every state that the current version
 * knows, as `fixtures/schema-NNNN.db.gz`. To be run before a version that changes the schema or what a row holds.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { CommandType } from "../../api/gen/enums.js";
import { Memo, Payload, SearchAttributes } from "../../api/gen/messages.js";
import { schemaVersion } from "../../server/store/sqlite/schema.ts";
import { Scene, scheduleActivity, startChild, startTimer } from "../faults/harness/scene.ts";

const { values } = parseArgs({ options: { port: { type: "string", default: "18499" } } });
const DEFAULT = { namespace: "default", identity: "fixture" };
const TIMERS_IN_ROWS = 8;

const folder = mkdtempSync(join(tmpdir(), "perdure-fixture-"));
try {
  await fill();
  write();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function fill(): Promise<void> {
  await using scene = await Scene.open({ port: Number(values.port), folder });
  const { connection } = scene;
  await connection.insist("registerNamespace", {
    namespace: "second",
    workflowExecutionRetentionPeriod: { seconds: 86_400, nanos: 0 },
  });
  await connection.insist("addSearchAttributes", {
    namespace: "default",
    searchAttributes: { Customer: 2, Amount: 3, Tags: 7 },
  });
  await scene.runTrivial("done");
  await scene.startWorkflow("waiting", {
    memo: Memo.encode({ fields: { note: payload("kept") } }),
    searchAttributes: SearchAttributes.encode({
      indexedFields: { Customer: payload("ann"), Amount: payload(7), Tags: payload(["a", "b"]) },
    }),
  });
  await scene.startWorkflow("elsewhere", { namespace: "second" });
  await scene.startWorkflow("timer");
  await scene.doTask("timer", [startTimer("soon", 60_000)]);
  await scene.startWorkflow("timers");
  await scene.doTask(
    "timers",
    Array.from({ length: TIMERS_IN_ROWS }, (_, index) => startTimer(`t${index}`, 60_000 + index)),
  );
  await scene.startWorkflow("activity");
  await scene.doTask("activity", [scheduleActivity("activity")]);
  await scene.startWorkflow("started-activity");
  await scene.doTask("started-activity", [scheduleActivity("started-activity")]);
  const activity = await scene.pollActivity("started-activity", 10_000);
  if (activity === undefined) throw new Error("the activity was not offered");
  await scene.heartbeat(activity.taskToken);
  await scene.startWorkflow("parent");
  await scene.doTask("parent", [startChild("child")]);
  await scene.pollWorkflow("child"); // Its task stays started.
  await scene.startWorkflow("buffering");
  await scene.pollWorkflow("buffering");
  for (const signalName of ["one", "two"])
    await connection.insist("signalWorkflowExecution", {
      ...DEFAULT,
      workflowExecution: { workflowId: "buffering" },
      signalName,
      requestId: signalName,
    });
  await scene.startWorkflow("chain");
  await scene.doTask("chain", [continueAsNew("chain")]);
  await scene.startWorkflow("cron", { cronSchedule: "0 0 1 1 *" });
  await scene.startWorkflow("ended");
  await connection.insist("terminateWorkflowExecution", { ...DEFAULT, workflowExecution: { workflowId: "ended" } });
  await scene.server.stop();
}

function payload(value: unknown): Uint8Array {
  return Payload.encode({
    metadata: { encoding: Buffer.from("json/plain") },
    data: Buffer.from(JSON.stringify(value)),
  });
}

function continueAsNew(queue: string): object {
  return {
    commandType: CommandType.COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION,
    continueAsNewWorkflowExecutionCommandAttributes: { workflowType: { name: "scene" }, taskQueue: { name: queue } },
  };
}

/** One file without a log beside it. */
function write(): void {
  const source = new DatabaseSync(join(folder, "perdure.db"));
  const version = schemaVersion(source);
  const single = join(folder, "single.db");
  source.exec(`VACUUM INTO '${single}'`);
  source.close();
  const target = new URL(`./fixtures/schema-${String(version).padStart(4, "0")}.db.gz`, import.meta.url);
  const bytes = gzipSync(readFileSync(single), { level: 9 });
  writeFileSync(target, bytes);
  console.log(`${target.pathname}: ${bytes.length} bytes`);
}
