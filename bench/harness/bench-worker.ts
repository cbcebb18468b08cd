/**
 * A worker that costs little: polls as the official one does (normal queue, sticky queue, activities; an activity that
 * came with an answer is done without a poll) and answers with what it is told to, nothing replayed.
 */
import type { Input } from "../../api/codec.ts";
import {
  PollActivityTaskQueueResponse,
  PollWorkflowTaskQueueResponse,
  RespondWorkflowTaskCompletedResponse,
} from "../../api/gen/messages.js";
import type { Command, Message } from "../../api/gen/messages.js";
import { connectGrpc } from "../../rpc/index.ts";
import type { GrpcClient } from "../../rpc/index.ts";
import {
  completeActivityRequest,
  completeWorkflowTaskRequest,
  METADATA,
  pollActivityRequest,
  pollWorkflowRequest,
} from "./requests.ts";

export interface TaskAnswer {
  readonly commands: readonly Input<Command>[];
  readonly messages?: readonly Input<Message>[];
}

export interface BenchWorkerOptions {
  readonly port: number;
  readonly queue: string;
  readonly gzip?: boolean;
  /** Polls of each of the sorts. */
  readonly workflowPollers: number;
  readonly activityPollers: number;
  decide(task: PollWorkflowTaskQueueResponse): TaskAnswer;
  /** The server has taken the answer. */
  onAnswered?(task: PollWorkflowTaskQueueResponse): void;
  onActivity?(task: PollActivityTaskQueueResponse): void;
}

const POLL_TIMEOUT_MS = 70_000;
const PREFIX = "/temporal.api.workflowservice.v1.WorkflowService/";

export class LoadClient {
  readonly #client: GrpcClient;
  readonly #gzip: boolean;

  constructor(port: number, { gzip = false }: { gzip?: boolean } = {}) {
    this.#client = connectGrpc({ host: "127.0.0.1", port, metadata: METADATA, userAgent: "tonic/0.14.6" });
    this.#gzip = gzip;
  }

  call(method: string, request: Uint8Array, timeoutMs = POLL_TIMEOUT_MS): Promise<Uint8Array> {
    return this.#client.unary(PREFIX + method, request, { timeoutMs, gzip: this.#gzip });
  }

  close(): void {
    this.#client.close();
  }
}

export class BenchWorker {
  readonly #options: BenchWorkerOptions;
  readonly #client: LoadClient;
  #isStopped = false;

  constructor(options: BenchWorkerOptions) {
    this.#options = options;
    this.#client = new LoadClient(options.port, { gzip: options.gzip });
    const { queue, workflowPollers, activityPollers } = options;
    for (const sort of ["normal", "sticky"] as const)
      this.#poll(workflowPollers, () => this.#workflowTask(pollWorkflowRequest(queue, sort)));
    this.#poll(activityPollers, () => this.#activityTask(pollActivityRequest(queue)));
  }

  stop(): void {
    this.#isStopped = true;
    this.#client.close();
  }

  #poll(count: number, one: () => Promise<void>): void {
    const loop = async (): Promise<void> => {
      while (!this.#isStopped) await one();
    };
    for (let i = 0; i < count; i++) {
      loop().catch((error: Error) => {
        if (!this.#isStopped) console.error("a poll failed:", error.message);
      });
    }
  }

  async #workflowTask(request: Uint8Array): Promise<void> {
    const task = PollWorkflowTaskQueueResponse.decode(await this.#client.call("PollWorkflowTaskQueue", request));
    if (task.taskToken.length > 0) await this.#answer(task);
  }

  async #answer(task: PollWorkflowTaskQueueResponse): Promise<void> {
    const { queue, decide, onAnswered } = this.#options;
    // Read before the call: afterwards the bytes belong to a later reply.
    const request = completeWorkflowTaskRequest(task, queue, decide(task) as never);
    const reply = await this.#client.call("RespondWorkflowTaskCompleted", request);
    const { activityTasks, workflowTask } = RespondWorkflowTaskCompletedResponse.decode(reply);
    const activities = activityTasks.map((activity) => this.#activity(activity));
    const next =
      workflowTask !== undefined && workflowTask.taskToken.length > 0 ? this.#answer(workflowTask) : undefined;
    onAnswered?.(task);
    await Promise.all([...activities, next]);
  }

  async #activityTask(request: Uint8Array): Promise<void> {
    const task = PollActivityTaskQueueResponse.decode(await this.#client.call("PollActivityTaskQueue", request));
    if (task.taskToken.length > 0) await this.#activity(task);
  }

  async #activity(task: PollActivityTaskQueueResponse): Promise<void> {
    this.#options.onActivity?.(task);
    await this.#client.call("RespondActivityTaskCompleted", completeActivityRequest(task.taskToken));
  }
}
