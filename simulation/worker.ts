import type { HistoryEvent, PollActivityTaskQueueResponse, PollWorkflowTaskQueueResponse, RespondWorkflowTaskCompletedResponse } from "../api/gen/messages.js";
import { HistoryEvent as HistoryEventCodec } from "../api/gen/messages.js";
import type { Random } from "../base/index.ts";
import { seededRandom } from "../base/index.ts";
import { splitEvents } from "../server/history/workflow/event-log.ts";
import { fromPayloads, toPayloads } from "./values.ts";
import { commandsFor } from "./workflow-model.ts";
import type { World } from "./world.ts";
import type { Ledger } from "./ledger.ts";

const POLL_TIMEOUT_MS = 10_000;

/** A worker without a cache: it asks for whole histories and may die, fail or repeat itself at any task. */
export class SimWorker {
  readonly #world: World;
  readonly #ledger: Ledger;
  readonly #random: Random;
  readonly #identity: string;
  isStopped = false;

  constructor(world: World, ledger: Ledger, number: number) {
    this.#world = world;
    this.#ledger = ledger;
    this.#random = seededRandom(world.plan.seed * 31 + number);
    this.#identity = `worker-${number}`;
  }

  start(): void {
    void this.#loop(() => this.#workflowTask());
    void this.#loop(() => this.#activityTask());
  }

  async #loop(turn: () => Promise<void>): Promise<void> {
    while (!this.isStopped) {
      try {
        await turn();
      } catch {
        await this.#world.time.sleep(50 + this.#random.next() * 100); // Whatever it was, the next poll may fare better.
      }
    }
  }

  async #workflowTask(): Promise<void> {
    const request = { namespace: "default", taskQueue: { name: "queue" }, identity: this.#identity };
    const task = await this.#world.call<PollWorkflowTaskQueueResponse>("pollWorkflowTaskQueue", request, POLL_TIMEOUT_MS);
    if (task.taskToken.length > 0) await this.#answerWorkflow(task);
  }

  async #answerWorkflow(task: PollWorkflowTaskQueueResponse): Promise<void> {
    const { plan } = this.#world;
    const rough = !this.#world.isCalm;
    if (rough && this.#random.next() < plan.workerDies) {
      await this.#world.time.sleep(1_000);
      return;
    }
    const events = await this.#wholeHistory(task);
    this.#ledger.sawTask(task, events);
    if (rough && this.#random.next() < plan.taskFails) {
      await this.#world.call("respondWorkflowTaskFailed", { taskToken: task.taskToken, namespace: "default", identity: this.#identity, cause: 24 });
      return;
    }
    const commands = commandsFor(events, task.workflowExecution?.workflowId ?? "");
    const request = { taskToken: task.taskToken, namespace: "default", commands, identity: this.#identity, returnNewWorkflowTask: true };
    const reply = await this.#world.call<RespondWorkflowTaskCompletedResponse>("respondWorkflowTaskCompleted", request);
    if (rough && this.#random.next() < plan.workerRepeats) await this.#world.call("respondWorkflowTaskCompleted", request).catch(() => undefined);
    if (reply.workflowTask !== undefined) await this.#answerWorkflow(reply.workflowTask);
  }

  /** From the task when it has all, else read anew: an inline task shows only what is new. */
  async #wholeHistory(task: PollWorkflowTaskQueueResponse): Promise<HistoryEvent[]> {
    const decoded = decodeHistory(task.history);
    if (decoded[0]?.eventId === 1) return decoded;
    const reply = await this.#world.call<{ history: Uint8Array }>("getWorkflowExecutionHistory", { namespace: "default", execution: task.workflowExecution });
    return decodeHistory(reply.history);
  }

  async #activityTask(): Promise<void> {
    const request = { namespace: "default", taskQueue: { name: "queue" }, identity: this.#identity };
    const task = await this.#world.call<PollActivityTaskQueueResponse>("pollActivityTaskQueue", request, POLL_TIMEOUT_MS);
    if (task.taskToken.length === 0) return;
    const { plan } = this.#world;
    const rough = !this.#world.isCalm;
    await this.#world.time.sleep(this.#random.next() < 0.2 ? this.#random.next() * 2_000 : this.#random.next() * 20);
    if (rough && this.#random.next() < plan.workerDies) return;
    const failures = fromPayloads<number>(task.input) ?? 0;
    if (task.attempt <= failures) {
      await this.#world.call("respondActivityTaskFailed", { taskToken: task.taskToken, namespace: "default", identity: this.#identity, failure: undefined });
      return;
    }
    const answer = { taskToken: task.taskToken, namespace: "default", identity: this.#identity, result: toPayloads(task.attempt) };
    await this.#world.call("respondActivityTaskCompleted", answer);
    this.#ledger.activityCompleted(task);
    if (rough && this.#random.next() < plan.workerRepeats) await this.#world.call("respondActivityTaskCompleted", answer).catch(() => undefined);
  }
}

export function decodeHistory(history: Uint8Array | undefined): HistoryEvent[] {
  return history === undefined ? [] : splitEvents(history).map((event) => HistoryEventCodec.decode(event));
}
