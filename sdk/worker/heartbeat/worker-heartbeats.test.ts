import { expect, test } from "vitest";
import { WorkerStatus } from "../../../api/gen/enums.js";
import { startServer } from "../../../server/index.ts";
import { Connection } from "../../connection/index.ts";
import { DefaultLogger, Runtime, Worker } from "../index.ts";

test("our server lists a worker with its slots and polls, and knows when it is about to go", async () => {
  await using server = await startServer({ port: 0 });
  Runtime.install({ workerHeartbeatInterval: "1s", logger: new DefaultLogger("ERROR", () => {}) });
  await using connection = await Connection.connect({ address: server.address });
  const query = `TaskQueue = "listed" AND SdkName = "perdure"`;
  const list = async () => (await connection.workflowService.listWorkers({ namespace: "default", query })).workersInfo;
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
  const { workerInstanceKey } = listed;
  const described = await connection.workflowService.describeWorker({ namespace: "default", workerInstanceKey });
  expect(described.workerInfo?.workerHeartbeat?.status).toBe(WorkerStatus.WORKER_STATUS_SHUTTING_DOWN);
  const running = `${query} AND Status = "Running"`;
  expect((await connection.workflowService.countWorkers({ namespace: "default", query: running })).count).toBe(0);
});
