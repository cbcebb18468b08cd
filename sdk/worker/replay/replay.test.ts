import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { startServer } from "../../../server/server.ts";
import { Client } from "../../client/index.ts";
import { Connection } from "../../connection/index.ts";
import { condition, DeterminismViolationError, sleep } from "../../workflow/index.ts";
import { ReplayGuardError, Worker } from "../index.ts";

const root = resolve(import.meta.dirname, "../../..");
const folder = resolve(root, "tests/sdk/histories");
const workflowsPath = resolve(root, "tests/sdk/workflows/index.ts");
/** What this one returned tells real times, which no replay tells again. */
const TELLS_REAL_TIME = /^stays-local/;

function recorded(name: string): { workflowId: string; history: unknown } {
  return JSON.parse(readFileSync(resolve(folder, name), "utf8")) as { workflowId: string; history: unknown };
}

test("histories of the official SDK replay in the sandbox, one after the other", async () => {
  const names = readdirSync(folder).filter((name) => name.endsWith(".json") && !TELLS_REAL_TIME.test(name));
  const results = await Array.fromAsync(Worker.runReplayHistories({ workflowsPath }, names.map(recorded)));
  expect(results.filter(({ error }) => error !== undefined)).toEqual([]);
  expect(results).toHaveLength(names.length);
});

async function sleeper(): Promise<void> {
  await sleep("1 day");
}

async function waiter(): Promise<void> {
  await condition(() => false, "1 minute");
}

test("a history that does not fit names the event and the command", async () => {
  await using server = await startServer({ data: { kind: "memory" } });
  await using connection = await Connection.connect({ address: server.address });
  const client = new Client({ connection });
  const worker = await Worker.create({ connection, taskQueue: "queue", workflows: { sleeper } });
  const history = await worker.runUntil(async () => {
    const handle = await client.workflow.start("sleeper", { workflowId: "one", taskQueue: "queue" });
    await expect.poll(() => handle.describe().then((run) => run.historyLength)).toBe(5);
    return handle.fetchHistory();
  });
  await Worker.runReplayHistory({ workflows: { sleeper } }, history, "one");

  const other = { sleeper: async () => void (await Promise.resolve()) };
  const replay = Worker.runReplayHistory({ workflows: other }, history, "one");
  await expect(replay).rejects.toThrow(DeterminismViolationError);
  await expect(replay).rejects.toThrow(/history: 5 TimerStarted.*\n.*code: +completeWorkflowExecution/);

  // A worker that is to guard its open runs does not start with that code.
  const guarded = { connection, taskQueue: "queue", replayGuard: {} };
  const refused = await Worker.create({ ...guarded, workflows: other });
  const error = await refused.run().catch((thrown: unknown) => thrown as ReplayGuardError);
  expect(error).toBeInstanceOf(ReplayGuardError);
  expect((error as ReplayGuardError).results).toMatchObject([{ workflowId: "one" }]);
  const accepted = await Worker.create({ ...guarded, workflows: { sleeper, waiter } });
  await accepted.runUntil(
    client.workflow
      .execute("waiter", { workflowId: "two", taskQueue: "queue", workflowRunTimeout: "1s" })
      .catch(() => {}),
  );
});

test.each([
  [undefined, "A history must be an object with events, or encoded bytes, not undefined"],
  [{ events: [] }, "A history must have events"],
  [{ events: [{ eventType: "TimerFired" }] }, "A history must begin with WorkflowExecutionStarted"],
  [{ events: [{ eventId: "x" }] }, "$.events[0].eventId: must be a whole number"],
])("%j is no history, and the error says why", async (history, message) => {
  await expect(Worker.runReplayHistory({ workflows: { sleeper } }, history)).rejects.toThrow(message);
});
