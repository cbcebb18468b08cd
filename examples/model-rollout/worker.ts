/** The worker as a program: `worker.ts ADDRESS FOLDER`, the ledgers in the folder. */
import { fileURLToPath } from "node:url";
import { DefaultLogger, NativeConnection, Runtime, Worker } from "perdure/worker";
import { createActivities, openLedgers } from "./activities.ts";

const [address, folder] = process.argv.slice(2) as [string, string];
Runtime.install({ logger: new DefaultLogger("WARN") });
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  taskQueue: "rollouts",
  workflowsPath: fileURLToPath(new URL("workflows.ts", import.meta.url)),
  activities: createActivities(openLedgers(folder)),
  // How long the server looks for the worker that knows a run: one that was killed does not answer.
  stickyQueueScheduleToStartTimeout: "1 second",
});
console.log("working");
await worker.run();
