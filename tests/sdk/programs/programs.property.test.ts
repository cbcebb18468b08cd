// Random workflow programs: whatever they do, a worker that forgets every run after every task runs them to the same end,
// and every prefix of what they left behind replays.

import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Client } from "../../../sdk/client/index.ts";
import { Connection } from "../../../sdk/connection/index.ts";
import { DefaultLogger, Runtime, Worker } from "../../../sdk/worker/index.ts";
import { replayHistories } from "../../../sdk/worker/replay/replay.ts";
import { startServer } from "../../../server/server.ts";
import type { PerdureServer } from "../../../server/server.ts";
import * as activities from "./activities.ts";
import type { runsProgram } from "./interpreter.ts";
import { failuresOf, prefixesOf } from "./histories.ts";
import { programs } from "./program.ts";
import type { Program } from "./program.ts";
import { runSettings } from "./run-settings.ts";

const workflowsPath = fileURLToPath(new URL("interpreter.ts", import.meta.url));
const local = { kind: "local", value: 1, failures: 0 } as const;
/** Programs that have failed before. */
const EXAMPLES: readonly Program[] = [
  // A local activity that is cancelled before it runs, and what comes after it in the same task.
  {
    kind: "sequence",
    steps: [
      { kind: "race", steps: [{ kind: "patch", id: "one" }, local] },
      { kind: "memo", value: 1 },
    ],
  },
  // The same as the last thing the workflow does.
  {
    kind: "race",
    steps: [
      { kind: "sleep", ms: 1 },
      { kind: "race", steps: [{ kind: "draw" }, local] },
    ],
  },
  // One that is cancelled while it runs, and ends in a later task.
  {
    kind: "race",
    steps: [
      { ...local, failures: 2 },
      { kind: "sequence", steps: [{ ...local, failures: 3 }, local] },
    ],
  },
];

const RUNS = runSettings(EXAMPLES);

let server: PerdureServer;
let connection: Connection;
let client: Client;
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger("ERROR", () => {}) });
  server = await startServer({ data: { kind: "memory" } });
  connection = Connection.inProcess(server);
  client = new Client({ connection });
  for (const [taskQueue, maxCachedWorkflows] of [
    ["forgets", 0],
    ["remembers", 1000],
  ] as const) {
    const worker = await Worker.create({ connection, taskQueue, maxCachedWorkflows, workflowsPath, activities });
    const running = worker.run();
    stops.push(async () => {
      worker.shutdown();
      await running;
    });
  }
});

afterAll(async () => {
  await Promise.all(stops.map((stop) => stop()));
  await connection?.close();
  await server?.close();
  await Runtime.instance().shutdown();
});

for (const taskQueue of ["forgets", "remembers"]) {
  test(`with a worker that ${taskQueue} runs, programs end without failed tasks and every prefix replays`, async () => {
    await fc.assert(
      fc.asyncProperty(programs, async (program) => {
        const handle = await client.workflow.start<typeof runsProgram>("runsProgram", {
          taskQueue,
          workflowId: randomUUID(),
          args: [program],
        });
        const result = await handle.result();
        const { events } = await handle.fetchHistory();
        expect(failuresOf(events)).toEqual([]);
        expect(result.filter((line) => line === "recall: another")).toEqual([]);
        const histories = [...prefixesOf(events)].map((each) => ({
          workflowId: handle.workflowId,
          history: { events: each },
        }));
        for await (const { error } of replayHistories({ workflowsPath }, histories)) expect(error).toBeUndefined();
      }),
      RUNS,
    );
  });
}
