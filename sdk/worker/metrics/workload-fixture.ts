/** A little work of every kind, for a worker of either SDK, and what its metrics endpoint tells of it afterwards. */
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { EventType } from "../../../api/gen/enums.js";
import { Client } from "../../client/index.ts";
import type { Connection } from "../../connection/index.ts";

export const workflowsPath = fileURLToPath(new URL("workflows-fixture.ts", import.meta.url));

export const activities = {
  async work(): Promise<number> {
    return 1;
  },
  async fail(): Promise<void> {
    throw new Error("no");
  },
};

export async function doWork(connection: Connection, taskQueue: string): Promise<void> {
  const { workflow } = new Client({ connection });
  const options = (workflowId: string) => ({ taskQueue, workflowId: `${taskQueue}-${workflowId}` });
  await workflow.execute("completes", options("completes"));
  await workflow.execute("fails", options("fails")).catch(() => {});
  await workflow.execute("continues", { ...options("continues"), args: [1] });
  const waiting = await workflow.start("waits", options("waits"));
  await untilEvent(waiting, EventType.EVENT_TYPE_TIMER_STARTED);
  await waiting.cancel();
  await waiting.result().catch(() => {});
  const stuck = await workflow.start("failsItsTask", options("stuck"));
  await untilEvent(stuck, EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED);
  await stuck.terminate();
}

async function untilEvent(handle: { fetchHistory(): Promise<unknown> }, type: number): Promise<void> {
  for (;;) {
    const { events } = (await handle.fetchHistory()) as { events: { eventType: unknown }[] };
    if (events.some(({ eventType }) => eventType === type)) return;
    // Calls in one process never let anything else run by themselves.
    await setImmediate();
  }
}

/** Names of series with the names of their tags, as the endpoint tells them. */
export async function seriesAt(address: string): Promise<string[]> {
  const response = await fetch(`http://${address}/metrics`);
  const lines = (await response.text()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const series = lines.map((line) => {
    const name = /^[^{ ]+/.exec(line)?.[0] as string;
    const tags = [...line.matchAll(/(\w+)="/g)].map(([, tag]) => tag);
    return `${name.replace(/_bucket$/, "_count")} ${tags.filter((tag) => tag !== "le").join(" ")}`.trim();
  });
  return [...new Set(series)].toSorted();
}
