/** The saga's worker as a program: `worker.ts ADDRESS URLS`, the URLs of the services as JSON. */
import { fileURLToPath } from "node:url";
import { DefaultLogger, NativeConnection, Runtime, Worker } from "perdure/worker";
import { createActivities } from "./activities.ts";
import type { ServiceName } from "./services.ts";

const [address, urls] = process.argv.slice(2) as [string, string];
Runtime.install({ logger: new DefaultLogger("WARN") });
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  taskQueue: "orders",
  workflowsPath: fileURLToPath(new URL("workflows.ts", import.meta.url)),
  activities: createActivities(JSON.parse(urls) as Record<ServiceName, string>),
  // Few hands, so that orders are at different steps at any moment.
  maxConcurrentActivityTaskExecutions: 3,
  // How long the server looks for the worker that knows a run: one that was killed does not answer.
  stickyQueueScheduleToStartTimeout: "1 second",
});
console.log("working");
await worker.run();
