// Records the histories in `histories/`: the official SDK runs every story against a server, once with a cache and once without.
//
//   node tests/sdk/record.ts --address 127.0.0.1:7233 [--only TEXT]
//
// Recorded histories are never edited; one that exists is kept unless --again is given.

import { Client, Connection } from "@temporalio/client";
import { historyToJSON } from "@temporalio/common/lib/proto-utils.js";
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from "@temporalio/worker";
import { randomUUID } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import * as activities from "./activities.ts";
import { tellStory } from "./interop/tell-story.ts";
import { stories } from "./stories.ts";
import type { Story } from "./stories.ts";

const { values: flags } = parseArgs({
  options: {
    address: { type: "string", default: "127.0.0.1:7233" },
    only: { type: "string", default: "" },
    again: { type: "boolean", default: false },
  },
});

/** Stack traces name it; histories do not. */
const root = fileURLToPath(new URL("../../", import.meta.url));
const logger = new DefaultLogger("ERROR", () => {});
Runtime.install({ logger, telemetryOptions: { logging: { filter: "OFF", forward: {} } } });
const connection = await Connection.connect({ address: flags.address });
const native = await NativeConnection.connect({ address: flags.address });
const client = new Client({ connection });
const workflowBundle = await bundleWorkflowCode({
  workflowsPath: fileURLToPath(new URL("./workflows/index.ts", import.meta.url)),
  logger,
});

for (const cache of ["cached", "uncached"] as const) {
  const taskQueue = `record-${randomUUID()}`;
  const worker = await Worker.create({
    connection: native,
    taskQueue,
    workflowBundle,
    activities,
    shutdownGraceTime: "1s",
    maxHeartbeatThrottleInterval: "50ms",
    defaultHeartbeatThrottleInterval: "50ms",
    ...(cache === "cached" ? {} : { maxCachedWorkflows: 0 }),
  });
  const wanted = stories.filter(({ name }) => name.includes(flags.only));
  await worker.runUntil(Promise.all(wanted.map((story) => record(story, { cache, taskQueue }))));
}
await native.close();
await connection.close();

async function record(story: Story, { cache, taskQueue }: { cache: string; taskQueue: string }): Promise<void> {
  const file = fileURLToPath(
    new URL(`./histories/${story.name}${cache === "cached" ? "" : "-uncached"}.json`, import.meta.url),
  );
  if (existsSync(file) && !flags.again) return;
  const { workflowId, runId, history } = await tellStory(story, { client, taskQueue });
  const whole = { workflowId, runId, history: JSON.parse(historyToJSON(history)) as unknown };
  writeFileSync(file, `${JSON.stringify(whole, undefined, 2).replaceAll(root, "/app/")}\n`);
  console.log(cache, story.name, history.events?.length);
}
