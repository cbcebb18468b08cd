import { expect, test } from "vitest";
import { startServer } from "../../server/server.ts";
import { Client } from "../client/index.ts";
import { Connection } from "../connection/index.ts";
import { DefaultLogger, MetricsBuffer, Runtime, Worker } from "./index.ts";

test("only the first failure of a workflow task is told to the server: the next ones come at the pace of its time-out", async () => {
  const buffer = new MetricsBuffer();
  Runtime.install({ logger: new DefaultLogger("ERROR", () => {}), telemetryOptions: { metrics: { buffer } } });
  await using server = await startServer({ data: { kind: "memory" } });
  await using connection = Connection.inProcess(server);
  const second = Promise.withResolvers<void>();
  let calls = 0;
  const workflows = {
    async broken(): Promise<void> {
      if (++calls === 2) second.resolve();
      throw new Error("not a failure of the workflow");
    },
  };
  const worker = await Worker.create({ connection, taskQueue: "queue", workflows });
  await worker.runUntil(async () => {
    await new Client({ connection }).workflow.start("broken", { taskQueue: "queue", workflowId: "broken" });
    await second.promise;
  });
  const answers = [...buffer.retrieveUpdates()].filter(
    ({ metric, attributes }) =>
      metric.name === "temporal_request" && attributes["operation"] === "RespondWorkflowTaskFailed",
  );
  expect([calls, answers.length]).toEqual([2, 1]);
});
