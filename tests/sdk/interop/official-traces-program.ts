/** The official SDK with the official interceptors, in a process of its own: starts a workflow, or works, until it is told to end. */
import { fileURLToPath } from "node:url";
import { Client, Connection } from "@temporalio/client";
import { OpenTelemetryPlugin } from "@temporalio/interceptors-opentelemetry";
import { DefaultLogger, NativeConnection, Runtime, Worker } from "@temporalio/worker";
import { CollectedSpans } from "./collected-spans.ts";
import type { TracesOrder } from "./traces.test.ts";

const order = JSON.parse(process.argv[2] ?? "") as TracesOrder;
const { address, taskQueue, workflowId } = order;
const spans = new CollectedSpans();
const { processor, tracer } = spans;
const plugin = new OpenTelemetryPlugin({
  resource: { attributes: {} } as never,
  spanProcessor: processor as never,
  tracer,
});
const logger = new DefaultLogger("ERROR", () => {});
Runtime.install({ logger, telemetryOptions: { logging: { filter: "OFF", forward: {} } }, shutdownSignals: [] });

const runs = order.officialRuns;
const connection = await NativeConnection.connect({ address });
const worker = await Worker.create({
  connection,
  taskQueue,
  enableNonLocalActivities: runs.includes("activities"),
  ...(runs.includes("workflows") && { workflowsPath: fileURLToPath(new URL("traced-workflows.ts", import.meta.url)) }),
  // A worker has to have something to do.
  activities: { work: async () => "official" },
  plugins: [plugin],
});
const running = worker.run();
process.on("message", () => {
  worker.shutdown();
  void running.then(() => process.send?.(spans.all));
});
process.on("disconnect", () => process.exit());
process.send?.("works");
if (runs.includes("client")) {
  const client = new Client({ connection: await Connection.connect({ address }), plugins: [plugin] });
  await client.workflow.execute("traced", { taskQueue, workflowId });
  process.send?.("done");
}
