import { Code, ServiceError } from "../api/errors.ts";
import type { StartWorkflowExecutionResponse } from "../api/gen/messages.js";
import { seededRandom } from "../base/index.ts";
import type { Random } from "../base/index.ts";
import type { Ledger } from "./ledger.ts";
import { randomScript } from "./script.ts";
import { toPayloads } from "./values.ts";
import type { World } from "./world.ts";

const RETRIED: ReadonlySet<number> = new Set([Code.UNAVAILABLE, Code.DEADLINE_EXCEEDED, Code.RESOURCE_EXHAUSTED, Code.ABORTED]);

/** A client that does its share of the operations and repeats each, with the same request id, until it has an answer. */
export class SimClient {
  readonly #world: World;
  readonly #ledger: Ledger;
  readonly #random: Random;
  readonly #number: number;
  #started: string[] = [];
  isDone = false;

  constructor(world: World, ledger: Ledger, number: number) {
    this.#world = world;
    this.#ledger = ledger;
    this.#number = number;
    this.#random = seededRandom(world.plan.seed * 77 + number);
  }

  async run(operations: number): Promise<void> {
    for (let i = 0; i < operations; i++) {
      await this.#operation(i);
      if (this.#random.next() < 0.3) await this.#world.time.sleep(this.#random.next() * 200);
    }
    this.isDone = true;
  }

  async #operation(index: number): Promise<void> {
    const roll = this.#random.next();
    if (roll < 0.3 || this.#started.length === 0) return this.#start(index);
    const workflowId = this.#started[Math.floor(this.#random.next() * this.#started.length)] as string;
    if (roll < 0.82) return this.#signal(workflowId);
    if (roll < 0.86) return this.#signalWithStart(index);
    if (roll < 0.9) return this.#cancel(workflowId);
    if (roll < 0.93) return this.#terminate(workflowId);
    await this.#describe(workflowId);
  }

  async #start(index: number): Promise<void> {
    const workflowId = `w${this.#number}-${index}`;
    const input = toPayloads(randomScript(this.#random, this.#started.slice(-5)));
    const request = { namespace: "default", workflowId, workflowType: { name: "script" }, taskQueue: { name: "queue" }, input, requestId: this.#random.uuid(), identity: "client" };
    const reply = await this.#insist<StartWorkflowExecutionResponse>("startWorkflowExecution", request);
    if (reply === undefined) this.#ledger.violations.push(`start of ${workflowId} was refused`);
    else {
      this.#ledger.started.set(workflowId, reply.runId);
      this.#started.push(workflowId);
    }
  }

  async #signal(workflowId: string): Promise<void> {
    const requestId = this.#random.uuid();
    this.#ledger.signalsSent.add(requestId);
    const request = { namespace: "default", workflowExecution: { workflowId }, signalName: "s", requestId, identity: "client" };
    if ((await this.#insist("signalWorkflowExecution", request)) !== undefined) this.#ledger.signalAcknowledged(workflowId, requestId);
  }

  async #signalWithStart(index: number): Promise<void> {
    const workflowId = `sws${this.#number}-${index % 7}`;
    const requestId = this.#random.uuid();
    this.#ledger.signalsSent.add(requestId);
    const input = toPayloads({ steps: [{ kind: "signals", count: 1 }, { kind: "timer", ms: 500 }], end: "complete" });
    const request = { namespace: "default", workflowId, workflowType: { name: "script" }, taskQueue: { name: "queue" }, input, signalName: "s", requestId, identity: "client" };
    const reply = await this.#insist("signalWithStartWorkflowExecution", request);
    if (reply !== undefined) this.#ledger.signalAcknowledged(workflowId, requestId);
  }

  async #cancel(workflowId: string): Promise<void> {
    const request = { namespace: "default", workflowExecution: { workflowId }, requestId: this.#random.uuid(), identity: "client" };
    if ((await this.#insist("requestCancelWorkflowExecution", request)) !== undefined) this.#ledger.cancelled.add(workflowId);
  }

  async #terminate(workflowId: string): Promise<void> {
    const request = { namespace: "default", workflowExecution: { workflowId }, reason: "simulated", identity: "client" };
    if ((await this.#insist("terminateWorkflowExecution", request)) !== undefined) this.#ledger.terminated.add(workflowId);
  }

  /** What is read must be what was acknowledged. */
  async #describe(workflowId: string): Promise<void> {
    const reply = await this.#insist("describeWorkflowExecution", { namespace: "default", execution: { workflowId } });
    if (reply === undefined) this.#ledger.violations.push(`${workflowId} was started but cannot be described`);
  }

  /** undefined when the server refuses for good. */
  async #insist<T>(method: Parameters<World["call"]>[0], request: object): Promise<T | undefined> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#world.call<T>(method, request);
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error;
        if (!RETRIED.has(error.code)) return undefined;
        await this.#world.time.sleep(Math.min(1_000, 20 * 2 ** attempt) * (0.5 + this.#random.next()));
      }
    }
  }
}
