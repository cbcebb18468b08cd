/** The worker as a program: `worker.ts ADDRESS SEARCH_URL`. */
import { fileURLToPath } from "node:url";
import { DefaultLogger, NativeConnection, Runtime, Worker } from "perdure/worker";
import { createActivities } from "./activities.ts";

const [address, searchUrl] = process.argv.slice(2) as [string, string];
Runtime.install({ logger: new DefaultLogger("WARN") });
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  taskQueue: "tweets",
  workflowsPath: fileURLToPath(new URL("workflows.ts", import.meta.url)),
  activities: createActivities(searchUrl),
  // Of all workers together: more the search service does not bear.
  maxTaskQueueActivitiesPerSecond: 20,
  // How long the server looks for the worker that knows a run: one that was killed does not answer.
  stickyQueueScheduleToStartTimeout: "1 second",
});
console.log("working");
await worker.run();
