import { EventType } from "../../api/gen/enums.js";
import type {
  DescribeWorkflowExecutionResponse,
  HistoryEvent,
  PollActivityTaskQueueResponse,
  PollWorkflowTaskQueueResponse,
} from "../../api/gen/messages.js";
import { decodeHistory } from "../history-reads.ts";
import type { ClientScene } from "./operation.ts";

const NAMESPACE = "second";
const POLL_MS = 4_000;
/** More tries than any seed needs; a workflow that does not go on is a fault of its own. */
const TRIES_MAX = 200;

/** A workflow that one client starts, works on and operates on by itself, in a namespace whose books are not kept. */
export class OwnWorkflow {
  readonly #scene: ClientScene;
  readonly workflowId: string;
  runId = "";

  constructor(scene: ClientScene, workflowId: string) {
    this.#scene = scene;
    this.workflowId = workflowId;
  }

  /** The fields by which requests name it: its current run, or a certain one. */
  get named() {
    return { namespace: NAMESPACE, workflowExecution: { workflowId: this.workflowId } };
  }

  violated(text: string): void {
    this.#scene.ledger.violations.push(`${this.workflowId}: ${text}`);
  }

  insist<T>(method: Parameters<ClientScene["insist"]>[0], request: object): Promise<T | undefined> {
    return this.#scene.insist<T>(method, { namespace: NAMESPACE, identity: "operator", ...request }, POLL_MS);
  }

  /** False when the server refuses for good. */
  async start(): Promise<boolean> {
    const reply = await this.insist<{ runId: string }>("startWorkflowExecution", {
      workflowId: this.workflowId,
      workflowType: { name: "operated" },
      taskQueue: { name: this.workflowId },
      requestId: this.#scene.random.uuid(),
    });
    this.runId = reply?.runId ?? "";
    return reply !== undefined;
  }

  async history(runId = this.runId): Promise<HistoryEvent[]> {
    const execution = { workflowId: this.workflowId, runId };
    const page = await this.insist<{ history: Uint8Array }>("getWorkflowExecutionHistory", { execution });
    return decodeHistory(page?.history);
  }

  describe(runId = this.runId): Promise<DescribeWorkflowExecutionResponse | undefined> {
    return this.insist("describeWorkflowExecution", { execution: { workflowId: this.workflowId, runId } });
  }

  /** Answers workflow tasks with these commands until the history is as wanted, and answers it. */
  async work(
    commands: readonly object[],
    isDone: (events: readonly HistoryEvent[]) => boolean,
  ): Promise<HistoryEvent[]> {
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const events = await this.history();
      if (isDone(events)) return events;
      const task = await this.insist<PollWorkflowTaskQueueResponse>("pollWorkflowTaskQueue", {
        taskQueue: { name: this.workflowId },
      });
      if (task === undefined || task.taskToken.length === 0 || task.workflowExecution?.runId !== this.runId) continue;
      const { taskToken } = task;
      await this.#scene.world.call("respondWorkflowTaskCompleted", { taskToken, commands }).catch(() => undefined);
    }
    this.violated(`it does not go on: ${(await this.history()).map(({ eventType }) => eventType).join(" ")}`);
    return [];
  }

  /** Takes an attempt of its activity; undefined when none is offered for a while. */
  async takeActivity(): Promise<PollActivityTaskQueueResponse | undefined> {
    const task = await this.insist<PollActivityTaskQueueResponse>("pollActivityTaskQueue", {
      taskQueue: { name: this.workflowId },
    });
    return task === undefined || task.taskToken.length === 0 ? undefined : task;
  }

  /** Whether an answer to the attempt was taken. */
  answer(
    method: "respondActivityTaskCompleted" | "respondActivityTaskFailed" | "recordActivityTaskHeartbeat",
    { taskToken }: PollActivityTaskQueueResponse,
  ): Promise<boolean> {
    return this.#scene.world.call(method, { taskToken, namespace: NAMESPACE, identity: "operator" }).then(
      () => true,
      () => false,
    );
  }
}

export function countOf(events: readonly HistoryEvent[], type: number): number {
  return events.filter(({ eventType }) => eventType === type).length;
}

export function isClosed(events: readonly HistoryEvent[]): boolean {
  return countOf(events, EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED) > 0;
}
