/** Our worker, in a process of its own: runs until its parent goes away. Arguments: ADDRESS, sandbox or inline, and how many tasks it takes at once. */
import { fileURLToPath } from "node:url";
import { DefaultLogger, NativeConnection, Runtime, Worker } from "../../sdk/worker/index.ts";
import * as activities from "../official/activities.ts";
import { concurrencyOf } from "../official/queue.ts";
import { SDK_QUEUE } from "./queue.ts";
import * as workflows from "./workflows.ts";

const [address = "", host = "sandbox", tasks] = process.argv.slice(2);
Runtime.install({ logger: new DefaultLogger("ERROR") });
const connection = await NativeConnection.connect({ address });
const worker = await Worker.create({
  connection,
  taskQueue: `${SDK_QUEUE}-${host}`,
  ...(host === "inline" ? { workflows } : { workflowsPath: fileURLToPath(new URL("./workflows.ts", import.meta.url)) }),
  activities,
  ...concurrencyOf(tasks),
});
process.on("disconnect", () => process.exit(0));
process.send?.("ready");
await worker.run();
