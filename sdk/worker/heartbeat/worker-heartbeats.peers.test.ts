import { join } from "node:path";
import { expect, test } from "vitest";
import { WorkerStatus } from "../../../api/gen/enums.js";
import { startPeer } from "../../../tests/differential/peer.ts";
import { cache } from "../../../tools/prepare/need.ts";
import { Connection } from "../../connection/index.ts";
import { DefaultLogger, Runtime, Worker } from "../index.ts";

test("Temporal lists a worker with its slots and polls, and knows when it has gone", async () => {
  await using peer = await startPeer({ binary: join(cache, "bin/temporal-peer"), port: 18_240, settings: "default" });
  Runtime.install({ workerHeartbeatInterval: "1s", logger: new DefaultLogger("ERROR", () => {}) });
  await using connection = await Connection.connect({ address: peer.address });
  const list = async () => (await connection.workflowService.listWorkers({ namespace: "default" })).workersInfo;
  const worker = await Worker.create({ connection, taskQueue: "listed", workflows: { nothing: async () => {} } });
  const listed = await worker.runUntil(async () => {
    for (;;) {
      const [info] = await list();
      if (info?.workerHeartbeat !== undefined) return info.workerHeartbeat;
    }
  });
  expect(listed).toMatchObject({
    taskQueue: "listed",
    sdkName: "perdure",
    status: WorkerStatus.WORKER_STATUS_RUNNING,
    workflowTaskSlotsInfo: { currentAvailableSlots: 40, slotSupplierKind: "Fixed" },
    workflowPollerInfo: { isAutoscaling: false },
  });
  expect((await list()).map(({ workerHeartbeat }) => workerHeartbeat?.status)).toEqual([
    WorkerStatus.WORKER_STATUS_SHUTTING_DOWN,
  ]);
});
