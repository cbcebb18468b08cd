/**
 * The gateway: `GET /tweets?q=…` answers with server-sent events, one for each page and a last one. It keeps nothing but
 * the budgets of its callers: who comes again with `last-event-id`, also to another gateway, goes on where they were.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
} from "perdure/client";
import type { Client, WorkflowHandle } from "perdure/client";
import { listen } from "./http-server.ts";
import type { HttpServer } from "./http-server.ts";
import { workflowIdOf } from "./tweet.ts";
import type { Progress } from "./tweet.ts";
import { progressAfterUpdate, tweetQuery } from "./workflows.ts";

/** So long a result is good enough for the next one who asks. */
const FRESH_MS = 600_000;
const REQUESTS_PER_MINUTE = 20;

export interface GatewayOptions {
  readonly client: Client;
  readonly now: () => Promise<number>;
  readonly port?: number;
}

type Handle = WorkflowHandle<typeof tweetQuery>;

export async function startGateway({ client, now, port = 0 }: GatewayOptions): Promise<HttpServer> {
  const budgets = new Map<string, { minute: number; spent: number }>();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const query = new URL(request.url ?? "/", "http://gateway").searchParams.get("q") ?? "";
    if (query.trim() === "") return void response.writeHead(400).end("what are you looking for?");
    const caller = String(request.headers["x-api-key"] ?? request.socket.remoteAddress);
    const minute = Math.floor((await now()) / 60_000);
    const before = budgets.get(caller);
    const spent = before?.minute === minute ? before.spent : 0;
    if (spent >= REQUESTS_PER_MINUTE) return void response.writeHead(429, { "retry-after": "60" }).end();
    budgets.set(caller, { minute, spent: spent + 1 });

    const { handle, from } = await attach(client, query, now);
    response.writeHead(200, { "content-type": "text/event-stream", "x-answer-from": from });
    await stream(handle, response, Number(request.headers["last-event-id"] ?? 0));
  }

  return listen(port, (request, response) => {
    answer(request, response).catch((error: unknown) => {
      const reason = error instanceof WorkflowFailedError ? error.cause?.cause : error;
      if (!response.headersSent) response.writeHead(503);
      response.end(`event: failed\ndata: ${reason instanceof Error ? reason.message : "please try again"}\n\n`);
    });
  });
}

/** The running query, or the last one while it is fresh, or a new one. One that failed is never the answer. */
async function attach(client: Client, query: string, now: () => Promise<number>) {
  const workflowId = workflowIdOf(query);
  const start = (workflowIdReusePolicy: "ALLOW_DUPLICATE" | "ALLOW_DUPLICATE_FAILED_ONLY"): Promise<Handle> =>
    client.workflow.start(tweetQuery, {
      taskQueue: "tweets",
      workflowId,
      workflowIdConflictPolicy: "USE_EXISTING",
      workflowIdReusePolicy,
      args: [workflowId.slice("tweets/".length)],
    });
  try {
    return { handle: await start("ALLOW_DUPLICATE_FAILED_ONLY"), from: "search" };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
  const last: Handle = client.workflow.getHandle(workflowId);
  const { closeTime } = await last.describe();
  const isFresh = closeTime === undefined || (await now()) - closeTime.getTime() < FRESH_MS;
  return isFresh ? { handle: last, from: "cache" } : { handle: await start("ALLOW_DUPLICATE"), from: "search" };
}

async function stream(handle: Handle, response: ServerResponse, seen: number): Promise<void> {
  let pages = seen;
  for (let isDone = false; !isDone && !response.destroyed;) {
    const progress: Progress = await progressAfter(handle, pages);
    ({ isDone, pages } = progress);
    const event = isDone ? "done" : "progress";
    response.write(`id: ${pages}\nevent: ${event}\ndata: ${JSON.stringify(progress.tweets)}\n\n`);
  }
  response.end();
}

/** A workflow that has ended, or ends while it is asked, answers no update; then its result is the answer. */
async function progressAfter(handle: Handle, pages: number): Promise<Progress> {
  try {
    return await handle.executeUpdate(progressAfterUpdate, { args: [pages] });
  } catch (error) {
    if (error instanceof WorkflowNotFoundError || error instanceof WorkflowUpdateFailedError) return handle.result();
    throw error;
  }
}
