// A worker in the server's process gets tasks before they are durable. Commits that are slow, fail or have no known
// outcome take some of them back: what a local activity has done must be part of the history in the end all the same.

import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { seededRandom, silentLog, systemTimers } from "../../../base/index.ts";
import { Client } from "../../../sdk/client/index.ts";
import { Connection } from "../../../sdk/connection/index.ts";
import { DefaultLogger, Runtime, Worker } from "../../../sdk/worker/index.ts";
import { proxyActivities, proxyLocalActivities, workflowInfo } from "../../../sdk/workflow/index.ts";
import { startServer } from "../../../server/server.ts";
import { faultyStore, openMemoryStore, randomFaults } from "../../../server/store/index.ts";
import type { CommitFault } from "../../../server/store/index.ts";
import { runSettings } from "./run-settings.ts";

const WORKFLOWS = 12;
const STEPS = 4;

interface Deed {
  readonly workflowId: string;
  readonly runId: string;
  readonly step: number;
  /** What the activity before it has answered. */
  readonly drawn: string;
}

const { draw } = proxyActivities<{ draw(): Promise<string> }>({
  startToCloseTimeout: "10s",
  retry: { initialInterval: 10 },
});
const { act } = proxyLocalActivities<{ act(deed: Deed): Promise<void> }>({ startToCloseTimeout: "10s" });

async function drawsAndActs(): Promise<string[]> {
  const { workflowId, runId } = workflowInfo();
  const all: string[] = [];
  for (let step = 0; step < STEPS; step++) {
    const drawn = step === 0 ? runId : await draw();
    all.push(drawn);
    await act({ workflowId, runId, step, drawn });
  }
  return all;
}

test("a local activity acts on nothing that the history does not have", async () => {
  Runtime.install({ logger: new DefaultLogger("ERROR", () => {}) });
  let lost = 0;
  const faults = fc.asyncProperty(fc.nat(), async (seed) => {
    const plan = randomFaults({
      random: seededRandom(seed),
      timers: systemTimers,
      ...{ failed: 0.12, unknownWritten: 0.05, unknownNotWritten: 0.05 },
      ...{ slow: 0.7, slowMsMax: 6 },
    });
    let isOver = true;
    const store = faultyStore(openMemoryStore(), {
      ...plan,
      commit(request) {
        const fault: CommitFault = isOver ? { kind: "none" } : plan.commit(request);
        if (fault.kind === "failed" || fault.kind === "unknown-not-written") lost++;
        return fault;
      },
    });
    await using server = await startServer({ data: { kind: "open", store }, log: silentLog });
    await using connection = Connection.inProcess(server);
    const deeds: Deed[] = [];
    const worker = await Worker.create({
      connection,
      taskQueue: "early",
      workflows: { drawsAndActs },
      activities: { draw: async () => randomUUID(), act: async (deed: Deed) => void deeds.push(deed) },
    });
    isOver = false;
    await worker.runUntil(async () => {
      const client = new Client({ connection });
      const results = await Promise.all(
        Array.from({ length: WORKFLOWS }, async (_, n) => {
          const workflowId = `early-${n}`;
          const result = await client.workflow.execute(drawsAndActs, { taskQueue: "early", workflowId, args: [] });
          return [workflowId, result] as const;
        }),
      );
      isOver = true;
      const drawnBy = new Map(results);
      for (const { workflowId, step, drawn } of deeds) expect(drawnBy.get(workflowId)?.[step]).toBe(drawn);
      expect(deeds.length).toBeGreaterThanOrEqual(WORKFLOWS * STEPS);
    });
  });
  await fc.assert(faults, runSettings<number>([], 5));
  expect(lost).toBeGreaterThan(0);
}, 120_000);
