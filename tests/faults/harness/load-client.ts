import type {
  DescribeWorkflowExecutionResponse,
  StartWorkflowExecutionResponse,
  UpdateWorkflowExecutionResponse,
} from "../../../api/gen/messages.js";
import { seededRandom } from "../../../base/index.ts";
import type { Random } from "../../../base/index.ts";
import { GrpcError } from "../../../rpc/index.ts";
import { randomScript } from "../../../simulation/script.ts";
import type { Script } from "../../../simulation/script.ts";
import { fromPayloads, toPayloads } from "../../../simulation/values.ts";
import type { Books } from "./books.ts";
import { pause } from "./connection.ts";
import type { Connection } from "./connection.ts";

const UPDATE_COMPLETED = 3;

export interface LoadClientOptions {
  readonly connection: Connection;
  readonly books: Books;
  readonly seed: number;
  /** Tells this client's workflow ids from all others. */
  readonly name: string;
  /** Most time between two operations. */
  readonly restMsMax?: number;
}

/** A client that starts, signals, updates, cancels and terminates, and repeats each with the same ids until it has an answer. */
export class LoadClient {
  readonly #options: LoadClientOptions;
  readonly #random: Random;
  readonly #started: string[] = [];
  #operations = 0;
  #isStopped = false;

  constructor(options: LoadClientOptions) {
    this.#options = options;
    this.#random = seededRandom(options.seed);
  }

  async run(): Promise<void> {
    while (!this.#isStopped) {
      await this.#operation(this.#operations++);
      await pause(this.#random.next() * (this.#options.restMsMax ?? 60));
    }
  }

  /** Lets the operation in hand come to its answer. */
  stop(): void {
    this.#isStopped = true;
  }

  async #operation(index: number): Promise<void> {
    const roll = this.#random.next();
    if (roll < 0.25 || this.#started.length === 0) return this.#start(index);
    const recent = this.#started.slice(-30);
    const workflowId = recent[Math.floor(this.#random.next() * recent.length)] as string;
    if (roll < 0.6) return this.#signal(workflowId);
    if (roll < 0.8) return this.#update(workflowId);
    if (roll < 0.86) return this.#signalWithStart(index);
    if (roll < 0.91) return this.#cancel(workflowId);
    if (roll < 0.94) return this.#terminate(workflowId);
    await this.#describe(workflowId);
  }

  async #start(index: number): Promise<void> {
    const { books, name } = this.#options;
    const workflowId = `${name}-${index}`;
    const script = randomScript(this.#random, this.#started.slice(-5));
    const reply = await this.#ask<StartWorkflowExecutionResponse>(
      "startWorkflowExecution",
      this.#startOf(workflowId, script),
    );
    if (reply === undefined) return this.#explainRefusal(workflowId);
    books.ledger.started.set(workflowId, reply.runId);
    this.#started.push(workflowId);
  }

  /** A start whose answer was lost may have continued as new before it was repeated; only the first run knows its request id. */
  async #explainRefusal(workflowId: string): Promise<void> {
    type Reply = DescribeWorkflowExecutionResponse;
    const reply = await this.#ask<Reply>("describeWorkflowExecution", { execution: { workflowId } });
    const info = reply?.workflowExecutionInfo;
    const hasGoneOn = info !== undefined && info.firstRunId !== info.execution?.runId;
    if (!hasGoneOn) this.#options.books.ledger.violations.push(`start of ${workflowId} was refused`);
  }

  #startOf(workflowId: string, script: Script): object {
    return {
      workflowId,
      workflowType: { name: "script" },
      taskQueue: { name: "queue" },
      input: toPayloads(script),
      workflowTaskTimeout: { seconds: 3, nanos: 0 },
      requestId: this.#random.uuid(),
    };
  }

  async #signal(workflowId: string): Promise<void> {
    const requestId = this.#random.uuid();
    const { ledger } = this.#options.books;
    ledger.signalsSent.add(requestId);
    const request = { workflowExecution: { workflowId }, signalName: "s", requestId };
    if ((await this.#ask("signalWorkflowExecution", request)) !== undefined)
      ledger.signalAcknowledged(workflowId, requestId);
  }

  async #signalWithStart(index: number): Promise<void> {
    const requestId = this.#random.uuid();
    const { ledger } = this.#options.books;
    const workflowId = `${this.#options.name}-sws-${index % 7}`;
    const script: Script = {
      steps: [
        { kind: "signals", count: 1 },
        { kind: "timer", ms: 500 },
      ],
      end: "complete",
    };
    ledger.signalsSent.add(requestId);
    const request = { ...this.#startOf(workflowId, script), signalName: "s", requestId, identity: "signaller" };
    if ((await this.#ask("signalWithStartWorkflowExecution", request)) !== undefined)
      ledger.signalAcknowledged(workflowId, requestId);
  }

  /** An update is not durable before it is accepted: it is sent again, with its id, until its outcome is told. */
  async #update(workflowId: string): Promise<void> {
    const { books } = this.#options;
    const updateId = this.#random.uuid();
    books.updatesSent.add(updateId);
    const request = {
      workflowExecution: { workflowId },
      waitPolicy: { lifecycleStage: UPDATE_COMPLETED },
      request: { meta: { updateId, identity: "client" }, input: { name: "change", args: toPayloads(updateId) } },
    };
    for (;;) {
      const reply = await this.#ask<UpdateWorkflowExecutionResponse>("updateWorkflowExecution", request);
      if (reply === undefined) return; // The workflow has closed.
      if (reply.outcome === undefined) continue;
      if (reply.outcome.success !== undefined) books.updates.set(updateId, String(fromPayloads(reply.outcome.success)));
      return;
    }
  }

  async #cancel(workflowId: string): Promise<void> {
    const request = { workflowExecution: { workflowId }, requestId: this.#random.uuid(), reason: "tested" };
    const sentAt = Date.now();
    const reply = await this.#ask("requestCancelWorkflowExecution", request);
    if (reply !== undefined)
      this.#options.books.cancelRequests.push({ workflowId, sentAt, acknowledgedAt: Date.now() });
  }

  async #terminate(workflowId: string): Promise<void> {
    const reason = this.#random.uuid();
    const request = { workflowExecution: { workflowId }, reason };
    if ((await this.#ask("terminateWorkflowExecution", request)) !== undefined)
      this.#options.books.terminated.add(reason);
  }

  async #describe(workflowId: string): Promise<void> {
    const reply = await this.#ask("describeWorkflowExecution", { execution: { workflowId } });
    if (reply === undefined)
      this.#options.books.ledger.violations.push(`${workflowId} was started but cannot be described`);
  }

  /** undefined when the server refuses for good. */
  async #ask<T>(method: Parameters<Connection["call"]>[0], request: object): Promise<T | undefined> {
    try {
      return await this.#options.connection.insist<T>(method, { namespace: "default", identity: "client", ...request });
    } catch (error) {
      if (!(error instanceof GrpcError)) throw error;
      this.#note(method, error);
      return undefined;
    }
  }

  /** Refusals that no fault explains: our own bugs, and damage. */
  #note(method: string, error: GrpcError): void {
    if (error.code === 13 || error.code === 15 || error.code === 2)
      this.#options.books.ledger.violations.push(`${method}: ${error.code} ${error.message}`);
  }
}
