/** The shop's worker: the official Temporal SDK, unmodified, in a process of its own. */
import { appendFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { DefaultLogger, NativeConnection, Runtime, Worker } from "@temporalio/worker";
import { createActivities } from "./activities.ts";
import { openShop } from "./shop.ts";

const { values } = parseArgs({
  options: { address: { type: "string" }, ledgers: { type: "string" }, log: { type: "string" } },
});
const { address, ledgers, log } = values;
if (address === undefined || ledgers === undefined || log === undefined)
  throw new Error("usage: worker.ts --address A --ledgers DIR --log FILE");

Runtime.install({
  logger: new DefaultLogger("WARN", ({ level, message, meta }) =>
    appendFileSync(log, `${level} ${message} ${JSON.stringify(meta ?? {})}\n`),
  ),
  shutdownSignals: ["SIGTERM"],
});

const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  taskQueue: "orders",
  workflowsPath: fileURLToPath(new URL("workflows.ts", import.meta.url)),
  activities: createActivities(openShop(ledgers)),
  // Six pairs of hands.
  maxConcurrentActivityTaskExecutions: 6,
});
process.send?.("ready");
await worker.run();
process.disconnect?.();
