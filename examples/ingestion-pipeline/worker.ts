/** The worker as a program: `worker.ts ADDRESS WAREHOUSE WORKFLOWS`, the warehouse a file or `postgresql://…`. */
import { fileURLToPath } from "node:url";
import { DefaultLogger, NativeConnection, Runtime, Worker } from "perdure/worker";
import { createActivities } from "./activities.ts";
import { openDatabase, Warehouse } from "./warehouse.ts";

const [address, warehouse, workflows] = process.argv.slice(2) as [string, string, string];
Runtime.install({ logger: new DefaultLogger("WARN") });
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  taskQueue: "ingestion",
  workflowsPath: fileURLToPath(new URL(workflows, import.meta.url)),
  activities: createActivities(await Warehouse.open(await openDatabase(warehouse))),
  // Of all workers together: the sources and the warehouse bear no more.
  maxTaskQueueActivitiesPerSecond: 60,
  // How long the server looks for the worker that knows a run: one that was killed does not answer.
  stickyQueueScheduleToStartTimeout: "1 second",
});
console.log("working");
await worker.run();
