import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import type { CountWorkflowExecutionsResponse, ListWorkflowExecutionsResponse } from "../../api/gen/messages.js";
import { checkStore } from "../../server/upkeep/check-store.ts";
import { openReader, placeOf } from "../../server/upkeep/open-place.ts";
import { supervision } from "../../server/upkeep/stored-runs.fixture.ts";
import { completeWorkflow, countOf, Scene } from "../faults/harness/scene.ts";

const FIXTURES = new URL("./fixtures/", import.meta.url);
const POLL_MS = 10_000;

const root = mkdtempSync(join(tmpdir(), "perdure-upgrade-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function unpacked(fixture: string): string {
  const folder = mkdtempSync(join(root, "store-"));
  writeFileSync(join(folder, "perdure.db"), gunzipSync(readFileSync(new URL(fixture, FIXTURES))));
  return folder;
}

async function findingsIn(folder: string): Promise<unknown[]> {
  const findings: unknown[] = [];
  const reader = await openReader(placeOf(folder));
  await checkStore(reader, { ...supervision(), found: (finding) => findings.push(finding) });
  await reader.close();
  return findings;
}

async function idsOf(scene: Scene, query: string): Promise<string[]> {
  const request = { namespace: "default", pageSize: 100, query };
  const page = await scene.connection.insist<ListWorkflowExecutionsResponse>("listWorkflowExecutions", request);
  return page.executions.map(({ execution }) => execution?.workflowId ?? "").sort();
}

describe.each(readdirSync(FIXTURES).filter((name) => name.endsWith(".db.gz")))("the store %s", (fixture) => {
  test("is served by this version: its runs go on to their ends, and what is stored then is in order", async () => {
    const folder = unpacked(fixture);
    {
      await using scene = await Scene.open({ port: 17_991, folder });
      expect(await idsOf(scene, "ExecutionStatus = 'Running'")).toEqual([
        ...["activity", "buffering", "chain", "child", "cron", "parent"],
        ...["started-activity", "timer", "timers", "waiting"],
      ]);
      expect(await idsOf(scene, "Customer = 'ann' AND Amount > 6 AND Tags = 'b'")).toEqual(["waiting"]);
      expect(countOf(await scene.history("done"), "EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED")).toBe(1);
      await goOn(scene);
      const running = await scene.connection.insist<CountWorkflowExecutionsResponse>("countWorkflowExecutions", {
        namespace: "default",
        query: "ExecutionStatus = 'Running' AND WorkflowId <> 'cron'",
      });
      expect(running.count).toBe(0);
      const child = await scene.history("parent");
      expect(countOf(child, "EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED")).toBe(1);
      expect(countOf(await scene.history("timers"), "EVENT_TYPE_TIMER_FIRED")).toBe(8);
      expect(countOf(await scene.history("buffering"), "EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED")).toBe(2);
      await scene.runTrivial("new");
      await scene.server.stop();
    }
    expect(await findingsIn(folder)).toEqual([]);
  });
});

/** Does what is left of every run but the one of cron, whose next year may not have come. */
async function goOn(scene: Scene): Promise<void> {
  for (const queue of ["activity", "started-activity"]) {
    const task = await scene.pollActivity(queue, POLL_MS);
    await scene.completeActivity(task?.taskToken ?? new Uint8Array(0));
  }
  const queues = ["waiting", "timer", "activity", "started-activity", "buffering", "chain", "child", "parent"];
  for (const queue of queues) await scene.doTask(queue, [completeWorkflow]);
  await doAllTimers(scene);
}

/** All are long due, but perhaps not in one task. */
async function doAllTimers(scene: Scene): Promise<void> {
  for (;;) {
    const task = await scene.pollWorkflow("timers");
    const fired = countOf(await scene.history("timers"), "EVENT_TYPE_TIMER_FIRED");
    const commands = fired === 8 ? [completeWorkflow] : [];
    await scene.connection.insist("respondWorkflowTaskCompleted", {
      namespace: "default",
      identity: "scene",
      taskToken: task.taskToken,
      commands,
    });
    if (fired === 8) return;
  }
}
