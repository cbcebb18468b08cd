/**
 * Works on the workflow tasks that polls bring, and answers them.
 *
 * 1. The answer may bring the run's next task and activities: they run at once, without a poll.
 * 2. The first failure of a task is told to the server. Later ones are not: the task times out, and so is tried again at
 *    intervals of its time-out instead of at once, for ever.
 * 3. What the server does not accept is forgotten here too: the run leaves the cache, and its next task begins anew.
 */
import type { Input } from "../../api/codec.ts";
import { TaskQueueKind, WorkflowTaskFailedCause } from "../../api/gen/enums.js";
import type {
  PollWorkflowTaskQueueResponse,
  RespondWorkflowTaskCompletedRequest,
  RespondWorkflowTaskCompletedResponse,
  StickyExecutionAttributes,
} from "../../api/gen/messages.js";
import type { WorkflowServiceMethods } from "../connection/index.ts";
import { failureToBytes } from "../common/host/wire-failure.ts";
import type { Logger } from "../common/index.ts";
import type { EagerActivities } from "./activities/eager-activities.ts";
import { countEnd } from "./metrics/command-outcomes.ts";
import { handleMeasured } from "./metrics/measured-task.ts";
import type { TaskMeasure } from "./metrics/measured-task.ts";
import { isTooLarge, MESSAGE_TOO_LARGE } from "../connection/message-size.ts";
import { codeOf } from "./polling/poll-errors.ts";
import { handleWorkflowTask } from "./runs/index.ts";
import type { RunIdentity, TaskDependencies, TaskOutcome } from "./runs/index.ts";
import type { Slot } from "./tuner/slots.ts";
import type { WorkflowSlotInfo } from "./tuner/slot-supplier.ts";
import { NOT_FOUND } from "../connection/status-codes.ts";

export interface WorkflowWorkerOptions {
  readonly service: () => WorkflowServiceMethods;
  readonly dependencies: TaskDependencies;
  readonly identity: string;
  /** Added to every answer: the worker's deployment. */
  readonly stamp: object;
  /** undefined: workflows are not cached, and their tasks go to any worker. */
  readonly sticky: Input<StickyExecutionAttributes> | undefined;
  readonly logger: Logger;
  readonly eager: EagerActivities;
  /** undefined when nobody wants to know. */
  readonly measure: TaskMeasure | undefined;
}

type Task = PollWorkflowTaskQueueResponse;

export class WorkflowWorker {
  readonly #options: WorkflowWorkerOptions;
  readonly #tasks = new Set<Promise<void>>();

  constructor(options: WorkflowWorkerOptions) {
    this.#options = options;
  }

  /** How many tasks are in hand. */
  get running(): number {
    return this.#tasks.size;
  }

  /** Takes over the slot. */
  handle(task: Task, slot: Slot<WorkflowSlotInfo>): void {
    const isSticky = task.workflowExecutionTaskQueue?.kind === TaskQueueKind.TASK_QUEUE_KIND_STICKY;
    slot.use({ type: "workflow", workflowType: task.workflowType?.name ?? "", isSticky });
    const done: Promise<void> = this.#handle(task)
      .catch((error: unknown) => {
        // The task times out and comes again.
        const { workflowId, runId } = task.workflowExecution ?? {};
        this.#options.logger.error("Workflow task could not be handled", { error, workflowId, runId });
      })
      .finally(() => {
        this.#tasks.delete(done);
        slot.release();
      });
    this.#tasks.add(done);
  }

  /** Resolves when all tasks in hand are answered. */
  async settled(): Promise<void> {
    while (this.#tasks.size > 0) await Promise.all(this.#tasks);
  }

  async #handle(first: Task): Promise<void> {
    for (let task: Task | undefined = first; task !== undefined;) {
      const { measure } = this.#options;
      const outcome =
        measure === undefined
          ? await handleWorkflowTask(task, this.#options.dependencies)
          : await handleMeasured(task, this.#options.dependencies, measure);
      const next: Task | undefined = await this.#answer(outcome, task.attempt);
      task = next !== undefined && next.taskToken.length > 0 ? next : undefined;
    }
  }

  async #answer(outcome: TaskOutcome, attempt: number): Promise<Task | undefined> {
    const { service, identity, dependencies, stamp } = this.#options;
    const { namespace } = dependencies;
    const common = { identity, namespace, ...stamp };
    try {
      if (outcome.kind === "completed") return await this.#complete(outcome, common);
      if (outcome.kind === "failed") {
        const { message: reason, stackTrace } = outcome.failure;
        const { workflowId, runId, workflowType } = outcome.run;
        const shown = typeof stackTrace === "string" && stackTrace !== "" ? { stackTrace } : {};
        this.#options.logger.warn("Workflow task failed", { workflowId, runId, workflowType, reason, ...shown });
        if (attempt <= 1) await service().respondWorkflowTaskFailed({ ...outcome.request, ...common });
      } else await service().respondQueryTaskCompleted({ ...outcome.request, namespace });
    } catch (error) {
      await this.#refused(outcome, common, error);
    }
    return undefined;
  }

  async #complete(outcome: Extract<TaskOutcome, { kind: "completed" }>, common: object): Promise<Task | undefined> {
    const { service, sticky, dependencies, eager } = this.#options;
    const request: Input<RespondWorkflowTaskCompletedRequest> = {
      ...outcome.request,
      ...common,
      stickyAttributes: outcome.isClosing ? undefined : sticky,
      returnNewWorkflowTask: true,
      capabilities: { discardSpeculativeWorkflowTaskWithEvents: true },
    };
    const reserved = eager.take(outcome.request);
    let reply: RespondWorkflowTaskCompletedResponse | undefined;
    try {
      reply = await service().respondWorkflowTaskCompleted(request);
    } finally {
      eager.settle(reserved, reply?.activityTasks ?? []);
    }
    const { measure } = this.#options;
    if (measure !== undefined && outcome.isClosing) {
      const { runId } = outcome.run;
      countEnd(measure.metrics, outcome, measure.code.startedAt(runId));
      measure.code.forget(runId);
    }
    if (reply.resetHistoryEventId > 0) dependencies.cache.rewind(outcome.run.runId, reply.resetHistoryEventId);
    return reply.workflowTask;
  }

  async #refused(outcome: TaskOutcome, common: object, error: unknown): Promise<void> {
    const { service, dependencies, logger } = this.#options;
    const { workflowId, runId } = outcome.run;
    dependencies.cache.evict(runId);
    if (codeOf(error) === NOT_FOUND) {
      logger.debug("Workflow task is not known to the server any more", { workflowId, runId });
      return;
    }
    if (outcome.kind === "completed" && isTooLarge(error)) {
      const message = (error as Error).message;
      this.#warn("Workflow task's answer is too large", outcome.run, message);
      const cause = WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_GRPC_MESSAGE_TOO_LARGE;
      const failure = failureToBytes({ message, applicationFailureInfo: { type: MESSAGE_TOO_LARGE } });
      const { taskToken } = outcome.request;
      await service().respondWorkflowTaskFailed({ taskToken, cause, failure, ...common });
      return;
    }
    logger.warn("The server refused the answer to a workflow task", { workflowId, runId, error });
  }

  #warn(message: string, { workflowId, runId, workflowType }: RunIdentity, reason: string | null | undefined): void {
    this.#options.logger.warn(message, { workflowId, runId, workflowType, reason });
  }
}
