import { Code, ServiceError } from "../api/errors.ts";
import type {
  HistoryEvent,
  PollWorkflowTaskQueueResponse,
  RespondWorkflowTaskCompletedResponse,
} from "../api/gen/messages.js";
import type { Random } from "../base/index.ts";
import { seededRandom } from "../base/index.ts";
import { ActivityWorker } from "./activity-worker.ts";
import { decodeHistory, readHistory } from "./history-reads.ts";
import type { Ledger } from "./ledger.ts";
import { toDuration, toPayloads } from "./values.ts";
import { reactionTo } from "./workflow-model.ts";
import type { World } from "./world.ts";

const POLL_TIMEOUT_MS = 10_000;
export const STICKY_TIMEOUT_MS = 2_000;
const CACHED_RUNS_MAX = 20;
const ANSWERED = 1;
/**
 * Refusals that are no fault of the worker: something has come in since the task began and the run may not close yet; or
 * the server has forgotten that it sent an update, and does not know it or has it anew from its caller.
 */
const EXPECTED =
  /^UnhandledCommand$|received \*update.(Acceptance|Rejection) message while in state Admitted$|update \S+ wasn't found on the server/;

/**
 * A worker that may die, fail or repeat itself at any task. Some have a cache and a sticky queue: they know the events of
 * runs that they answered last, and are sent only what is new.
 */
export class SimWorker {
  readonly #world: World;
  readonly #ledger: Ledger;
  readonly #random: Random;
  readonly #identity: string;
  readonly #activities: ActivityWorker;
  readonly #isSticky: boolean;
  /** Events of a run as this worker last knew them. */
  readonly #cache = new Map<string, HistoryEvent[]>();
  /** By run. */
  readonly #lastTask = new Map<string, PollWorkflowTaskQueueResponse>();
  #lives = 0;
  isStopped = false;

  constructor(world: World, ledger: Ledger, number: number) {
    this.#world = world;
    this.#ledger = ledger;
    this.#random = seededRandom(world.plan.seed * 31 + number);
    this.#identity = `worker-${number}`;
    this.#isSticky = number % 2 === 1;
    this.#activities = new ActivityWorker({ world, ledger, random: this.#random, identity: this.#identity });
  }

  start(): void {
    for (let poller = 0; poller < this.#world.plan.tasksAtOnce; poller++)
      void this.#loop(() => this.#workflowTask({ name: "queue" }));
    if (this.#isSticky)
      void this.#loop(() => this.#workflowTask({ name: this.#stickyName, kind: 2, normalName: "queue" }));
    void this.#loop(() => this.#activities.pollOnce());
  }

  /** A task that came with the answer to something else. */
  async takeTask(task: PollWorkflowTaskQueueResponse): Promise<void> {
    try {
      await this.#answer(task);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
    }
  }

  get #stickyName(): string {
    return `sticky-${this.#identity}-${this.#lives}`;
  }

  async #loop(turn: () => Promise<void>): Promise<void> {
    while (!this.isStopped) {
      try {
        await turn();
      } catch (error) {
        if (!(error instanceof ServiceError))
          this.#ledger.violations.push(`${this.#identity}: ${(error as Error).stack}`);
        else if (error.code === Code.INVALID_ARGUMENT && !EXPECTED.test(error.message))
          this.#ledger.violations.push(`${this.#identity} was refused: ${error.message}`);
        await this.#world.time.sleep(50 + this.#random.next() * 100); // Whatever it was, the next poll may fare better.
      }
    }
  }

  async #workflowTask(taskQueue: { name: string; kind?: number; normalName?: string }): Promise<void> {
    const request = { namespace: "default", taskQueue, identity: this.#identity };
    const task = await this.#world.call<PollWorkflowTaskQueueResponse>(
      "pollWorkflowTaskQueue",
      request,
      POLL_TIMEOUT_MS,
    );
    if (task.taskToken.length > 0) await this.#answer(task);
  }

  async #answer(task: PollWorkflowTaskQueueResponse): Promise<void> {
    const { plan } = this.#world;
    const rough = !this.#world.isCalm;
    const runId = task.workflowExecution?.runId ?? "";
    if (rough && this.#random.next() < plan.workerDies) {
      this.#cache.clear();
      this.#lives++; // Whoever comes in its place has a sticky queue of its own.
      await this.#world.time.sleep(1_000);
      return;
    }
    const shown = decodeHistory(task.history);
    const events = await this.#wholeHistory(task, shown);
    if (task.query !== undefined) return this.#answerQuery(task, events);
    this.#ledger.sawTask(task, events, shown);
    this.#cache.delete(runId); // Only an answer that was taken makes it good again.
    this.#lastTask.set(runId, task);
    if (rough && this.#random.next() < plan.taskFails) {
      await this.#world.call("respondWorkflowTaskFailed", {
        taskToken: task.taskToken,
        namespace: "default",
        identity: this.#identity,
        cause: 24,
      });
      return;
    }
    if (rough && this.#random.next() < plan.answersLate) await this.#world.time.sleep(this.#random.next() * 15_000);
    const request = this.#completion(task, events);
    const askedAt = this.#world.time.now();
    const reply = await this.#world.call<RespondWorkflowTaskCompletedResponse>("respondWorkflowTaskCompleted", request);
    // The reply to the task before may come after that to this one.
    if (this.#isSticky && this.#lastTask.get(runId) === task)
      this.#remember(runId, reply.resetHistoryEventId === 0 ? events : events.slice(0, reply.resetHistoryEventId));
    if (rough && this.#random.next() < plan.workerRepeats)
      await this.#world.call("respondWorkflowTaskCompleted", request).catch(() => undefined);
    for (const activity of reply.activityTasks) void this.#activities.take(activity, askedAt);
    if (reply.workflowTask !== undefined) await this.#answer(reply.workflowTask);
  }

  #completion(task: PollWorkflowTaskQueueResponse, events: readonly HistoryEvent[]): object {
    const results = Object.keys(task.queries).map((id) => [
      id,
      { resultType: ANSWERED, answer: toPayloads(signalsOf(events)) },
    ]);
    return {
      ...reactionTo(events, task.messages, task.workflowExecution?.workflowId ?? ""),
      taskToken: task.taskToken,
      namespace: "default",
      identity: this.#identity,
      returnNewWorkflowTask: this.#random.next() < 0.7,
      queryResults: Object.fromEntries(results),
      stickyAttributes: this.#isSticky
        ? {
            workerTaskQueue: { name: this.#stickyName, kind: 2, normalName: "queue" },
            scheduleToStartTimeout: toDuration(STICKY_TIMEOUT_MS),
          }
        : undefined,
    };
  }

  async #answerQuery(task: PollWorkflowTaskQueueResponse, events: readonly HistoryEvent[]): Promise<void> {
    const queryResult = toPayloads(signalsOf(events));
    await this.#world.call("respondQueryTaskCompleted", {
      taskToken: task.taskToken,
      namespace: "default",
      completedType: ANSWERED,
      queryResult,
    });
  }

  #remember(runId: string, events: HistoryEvent[]): void {
    this.#cache.set(runId, events);
    const oldest = this.#cache.keys().next().value;
    if (this.#cache.size > CACHED_RUNS_MAX && oldest !== undefined) this.#cache.delete(oldest);
  }

  /** From the task when it has all, from it and the cache when they meet, else read anew. */
  async #wholeHistory(task: PollWorkflowTaskQueueResponse, shown: HistoryEvent[]): Promise<HistoryEvent[]> {
    const first = shown[0]?.eventId;
    if (first === 1 && task.nextPageToken.length === 0) return shown;
    const known = this.#cache.get(task.workflowExecution?.runId ?? "");
    if (known !== undefined && task.nextPageToken.length === 0) {
      if (first === undefined && task.query !== undefined) return known;
      // What the cache knows beyond that was a task that left no trace.
      if (first !== undefined && first <= known.length + 1) return [...known.slice(0, first - 1), ...shown];
      if (first !== undefined && task.workflowExecutionTaskQueue?.kind !== 2)
        this.#ledger.sawGap(task, known.length, first);
    }
    return readHistory(this.#world, task.workflowExecution);
  }
}

/** Request ids of the signals in a history: what the simulated queries ask for. */
function signalsOf(events: readonly HistoryEvent[]): string[] {
  return events.flatMap((event) => event.workflowExecutionSignaledEventAttributes?.requestId ?? []);
}
