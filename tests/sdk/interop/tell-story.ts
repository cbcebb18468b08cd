/** Has a story happen on a server where some worker runs, and takes its history. */
import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { Client } from "@temporalio/client";
import proto from "@temporalio/proto";
import type { temporal } from "@temporalio/proto";
import type { Story, Told } from "../stories.ts";

export interface ToldRun {
  readonly name: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly history: temporal.api.history.v1.IHistory;
}

interface Where {
  readonly client: Client;
  readonly taskQueue: string;
}

/** Shorter than the limit of a test, so that the story is named that is to blame. */
const LIMIT_MS = 90_000;

/** @throws {Error} when the story is not over in time, with what happened last */
export async function tellStory(story: Story, where: Where): Promise<ToldRun> {
  const isOver = new AbortController();
  const workflowId = `${story.name}-${randomUUID()}`;
  const tooLong = wait(LIMIT_MS, undefined, { signal: isOver.signal }).then(async () => {
    const { events } = await where.client.workflow.getHandle(workflowId).fetchHistory();
    const last = (events ?? []).slice(-5).map(({ eventType }) => proto.temporal.api.enums.v1.EventType[eventType ?? 0]);
    throw new Error(`${story.name} goes on after ${LIMIT_MS / 1000} s, its last events are ${last.join(", ")}`);
  });
  return Promise.race([tell(story, workflowId, where), tooLong]).finally(() => isOver.abort());
}

async function tell(story: Story, workflowId: string, { client, taskQueue }: Where): Promise<ToldRun> {
  const handle = client.workflow.getHandle(workflowId);
  const untilEvents: Told["untilEvents"] = (type, count) => waitForEvents({ client, workflowId, type, count });
  const told: Told = { client, taskQueue, handle, untilEvents };
  if (story.start === undefined) {
    await client.workflow.start(story.workflow, {
      taskQueue,
      workflowId,
      args: [...(story.args ?? [])],
      ...(story.taskTimeout === undefined ? {} : { workflowTaskTimeout: story.taskTimeout as "1s" }),
    });
  } else {
    await story.start(told);
  }
  const first = await handle.describe();
  await story.meanwhile?.(told);
  const { runId } = story.records === "last run" ? await handle.describe() : first;
  const run = client.workflow.getHandle(workflowId, runId, { followRuns: false });
  await run.result().catch(() => {});
  return { name: story.name, workflowId, runId, history: await run.fetchHistory() };
}

interface Awaited {
  readonly client: Client;
  readonly workflowId: string;
  readonly type: number;
  readonly count: number;
}

async function waitForEvents({ client, workflowId, type, count }: Awaited): Promise<void> {
  let nextPageToken: Uint8Array | undefined;
  for (let seen = 0; seen < count;) {
    const page = await client.workflowService.getWorkflowExecutionHistory({
      namespace: "default",
      execution: { workflowId },
      waitNewEvent: true,
      nextPageToken,
    });
    seen += (page.history?.events ?? []).filter(({ eventType }) => eventType === type).length;
    nextPageToken = page.nextPageToken;
  }
}
