/**
 * The official SDK in a process of its own: its sandbox watches every promise of its process, also those of ours.
 * It is told what to do by messages, and answers each.
 */
import { fileURLToPath } from "node:url";
import { historyFromJSON } from "@temporalio/common/lib/proto-utils.js";
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from "@temporalio/worker";
import * as activities from "../activities.ts";
import type { Order } from "./official-sdk.ts";
import { workerOptions, workflowsPath } from "./worker-options.ts";

const logger = new DefaultLogger("ERROR", () => {});
Runtime.install({ logger, telemetryOptions: { logging: { filter: "OFF", forward: {} } }, shutdownSignals: [] });
const connection = await NativeConnection.connect({ address: process.argv[2] ?? "" });
const workflowBundle = await bundleWorkflowCode({ workflowsPath: fileURLToPath(workflowsPath), logger });
const workers = new Map<number, { worker: Worker; running: Promise<void> }>();

async function obey(order: Order): Promise<unknown> {
  switch (order.kind) {
    case "start": {
      const code = order.shape.runs === "activities" ? {} : { workflowBundle };
      const worker = await Worker.create({
        connection,
        activities,
        ...workerOptions("official", order.shape),
        ...code,
      });
      workers.set(order.worker, { worker, running: worker.run() });
      return;
    }
    case "stop": {
      const started = workers.get(order.worker);
      started?.worker.shutdown();
      return started?.running;
    }
    case "replay": {
      const histories = order.runs.map(({ workflowId, history }) => ({
        workflowId,
        history: historyFromJSON(JSON.parse(history)),
      }));
      const errors: [string, string][] = [];
      for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle }, histories)) {
        errors.push([workflowId, error?.message ?? ""]);
      }
      return errors;
    }
  }
}

process.on("message", (order: Order) => {
  void obey(order).then(
    (answer) => process.send?.({ id: order.id, answer }),
    (error: unknown) => process.send?.({ id: order.id, failure: String(error) }),
  );
});
process.on("disconnect", () => process.exit());
process.send?.({ id: 0 });
