/** The official TypeScript worker, in a process of its own: runs until its parent goes away. Arguments: ADDRESS, and how many tasks it takes at once. */
import { NativeConnection, Runtime, Worker } from "@temporalio/worker";
import { fileURLToPath } from "node:url";
import * as activities from "./activities.ts";
import { concurrencyOf, OFFICIAL_QUEUE } from "./queue.ts";

const [address = "", tasks] = process.argv.slice(2);
Runtime.install({ telemetryOptions: { logging: { filter: "ERROR", forward: {} } } });
const connection = await NativeConnection.connect({ address });
const worker = await Worker.create({
  connection,
  taskQueue: OFFICIAL_QUEUE,
  workflowsPath: fileURLToPath(new URL("./workflows.ts", import.meta.url)),
  activities,
  ...concurrencyOf(tasks),
  bundlerOptions: {
    logger: { log() {}, trace() {}, debug() {}, info() {}, warn: console.error, error: console.error },
  } as never,
});
process.on("disconnect", () => process.exit(0));
process.send?.("ready");
await worker.run();
