/**
 * A workflow task from the poll to its answer: brings the run up to date, lets the code go on, waits for its local
 * activities, and says what to send.
 *
 * 1. A run that fails, or does not fit its history, is forgotten: its next attempt begins from the first event.
 * 2. A task whose local activities last longer than most of its time is answered with the wish for another one.
 * 3. Queries are answered last, by the code at rest.
 * 4. Runs do not record where their code stands. One that is asked for it is begun anew, and records from then on.
 */
import type { Input } from "../../../api/codec.ts";
import type { WorkflowTaskFailedCause } from "../../../api/gen/enums.js";
import type {
  PollWorkflowTaskQueueResponse,
  RespondQueryTaskCompletedRequest,
  RespondWorkflowTaskCompletedRequest,
  RespondWorkflowTaskFailedRequest,
} from "../../../api/gen/messages.js";
import type { Clock, TimerHandle, Timers } from "../../../base/clock.ts";
import { transformFailure, transformPayload } from "../../common/host/codec-runner.ts";
import { failureToBytes } from "../../common/host/wire-failure.ts";
import type { ProtoFailure } from "../../common/payload.ts";
import type { DeploymentVersion, ScheduleActivity, WorkflowRun } from "../../workflow/activation.ts";
import { activationFailureCause, tooLarge } from "./task-failure.ts";
import { CachedRun } from "./cached-run.ts";
import { LocalActivityExecution } from "./local-activity-execution.ts";
import type { LocalActivityRunner } from "./local-activity-execution.ts";
import type { LocalActivity, LocalActivityEnd } from "./machines/local-activity.ts";
import { queriesOf } from "./queries.ts";
import type { RunCache } from "./run-cache.ts";
import { failureWithSite, withSite } from "./divergence-site.ts";
import type { SecondReplay } from "./divergence-site.ts";
import { RunDriver } from "./run-driver.ts";
import type { Driven, DriverParts } from "./run-driver.ts";
import { RunMachine } from "./run-machine.ts";
import type { SdkName } from "./run-machine.ts";
import type { RunIdentity } from "./run-state.ts";
import { completedRequest, queryRequest } from "./task-answer.ts";
import { eventsAfter, wholeHistory } from "./task-history.ts";
import type { FetchHistory } from "./task-history.ts";
import { deliveries } from "./update-messages.ts";

export interface TaskDependencies extends DriverParts {
  readonly namespace: string;
  readonly taskQueue: string;
  readonly sdk: SdkName;
  readonly deployment: DeploymentVersion | undefined;
  /** Makes the run of code for a run that is not cached. */
  createRun(run: RunIdentity, sites?: "record sites"): WorkflowRun;
  readonly cache: RunCache;
  readonly fetchHistory: FetchHistory;
  readonly localActivities: LocalActivityRunner;
  /** Whether the task may be acted upon: a server in this process gives tasks out that may still come to nothing. */
  isCurrentTask?(taskToken: Uint8Array): Promise<boolean>;
  /** Whether one more activity is to come with the reply to an answer that asks for `asked` others. */
  requestsEagerly(command: ScheduleActivity, asked: number): boolean;
  /** Why an answer is not to be sent, when it holds too much. */
  refusalOf?(request: Input<RespondWorkflowTaskCompletedRequest>, run: RunIdentity): string | undefined;
  readonly clock: Clock;
  readonly timers: Timers;
}

export type TaskOutcome =
  | {
      readonly kind: "completed";
      readonly request: Input<RespondWorkflowTaskCompletedRequest>;
      readonly run: RunIdentity;
      /** The run is over once this is accepted. */
      readonly isClosing: boolean;
    }
  | {
      readonly kind: "failed";
      readonly request: Input<RespondWorkflowTaskFailedRequest>;
      readonly run: RunIdentity;
      readonly failure: ProtoFailure;
    }
  | {
      readonly kind: "queryAnswered";
      readonly request: Input<RespondQueryTaskCompletedRequest>;
      readonly run: RunIdentity;
    };

type Task = PollWorkflowTaskQueueResponse;

/** How much of a task's time local activities may take before another one is asked for. */
const HEARTBEAT_SHARE = 0.8;
const TASK_TIMEOUT_MS = 10_000;

const STACK_QUERIES: ReadonlySet<string> = new Set(["__stack_trace", "__enhanced_stack_trace"]);

/**
 * The request lacks what only the worker knows: identity, sticky attributes, capabilities, versions. Rejects only when
 * history cannot be fetched; the task is left to time out then.
 */
export function handleWorkflowTask(task: Task, dependencies: TaskDependencies): Promise<TaskOutcome> {
  const runId = task.workflowExecution?.runId ?? "";
  return dependencies.cache.alone(runId, () => new TaskHandler(task, dependencies).handle());
}

class TaskHandler {
  readonly #task: Task;
  readonly #deps: TaskDependencies;
  readonly #run: RunIdentity;
  readonly #driver: RunDriver;
  readonly #startedAtMs: number;

  constructor(task: Task, deps: TaskDependencies) {
    this.#task = task;
    this.#deps = deps;
    const { workflowId = "", runId = "" } = task.workflowExecution ?? {};
    const { namespace, taskQueue } = deps;
    const workflowType = task.workflowType?.name ?? "";
    this.#run = { namespace, workflowId, runId, workflowType, taskQueue };
    this.#driver = new RunDriver(deps, this.#run);
    this.#startedAtMs = deps.clock.now();
  }

  async handle(): Promise<TaskOutcome> {
    const cached = await this.#cachedRun();
    try {
      const outcome = await this.#work(cached);
      const isOver = outcome.kind === "failed" || cached.machine.isClosed || cached.machine.failure !== undefined;
      if (isOver) cached.dispose();
      else this.#deps.cache.put(this.#run.runId, cached);
      return outcome;
    } catch (error) {
      cached.dispose();
      const whole = await withSite(error, () => this.#openSecondReplay());
      return this.#failed(activationFailureCause(whole));
    }
  }

  async #openSecondReplay(): Promise<SecondReplay> {
    const { code, machine } = await this.#newRun("record sites");
    const driver = new RunDriver({ ...this.#deps, onSinkCalls: () => {} }, this.#run);
    const driven = { machine, code };
    const run = async () => {
      if (await this.#replay(driven, driver)) await driver.driveAll(driven);
    };
    return { driven, driver, run };
  }

  /** The run as it was left, with the events that are new to it; else a new one with its whole history. */
  async #cachedRun(): Promise<CachedRun> {
    const { cache, fetchHistory } = this.#deps;
    const asksForSites = queriesOf(this.#task).some(({ queryType }) => STACK_QUERIES.has(queryType));
    const cached = cache.take(this.#run.runId);
    if (cached !== undefined && asksForSites && !cached.recordsSites && !cached.isBusy) cached.dispose();
    else if (cached !== undefined) {
      const { lastStartedEventId } = cached.machine;
      const isCurrent = lastStartedEventId === this.#task.previousStartedEventId;
      const events = isCurrent ? await eventsAfter(lastStartedEventId, this.#task, fetchHistory) : undefined;
      if (events !== undefined) {
        cached.machine.feed(events);
        return cached;
      }
      cached.dispose();
    }
    return this.#newRun(asksForSites ? "record sites" : undefined);
  }

  async #newRun(sites: "record sites" | undefined): Promise<CachedRun> {
    const { fetchHistory } = this.#deps;
    const events =
      (await eventsAfter(0, this.#task, fetchHistory)) ??
      (await wholeHistory(this.#task.workflowExecution, fetchHistory));
    const machine = new RunMachine(this.#run, this.#deps);
    machine.feed(events);
    return new CachedRun(machine, this.#deps.createRun(this.#run, sites), sites);
  }

  /** All tasks before the one at hand; says whether that one has begun. */
  async #replay(driven: Driven, driver: RunDriver): Promise<boolean> {
    const { machine } = driven;
    const { startedEventId, messages } = this.#task;
    const begin = (): boolean => machine.beginTask(startedEventId, deliveries(messages));
    const isLive = begin();
    return isLive && machine.run.isReplaying ? driver.replay(driven, begin) : isLive;
  }

  async #work(cached: CachedRun): Promise<TaskOutcome> {
    const { machine } = cached;
    const { startedEventId, query } = this.#task;
    let isHeartbeat = false;
    if (await this.#replay(cached, this.#driver)) {
      await this.#driver.driveAll(cached);
      isHeartbeat = await this.#finishLocalActivities(cached);
    }
    if (machine.failure !== undefined) return this.#failedWithSite(machine.failure);
    if (query === undefined && machine.run.isReplaying) {
      throw new Error(`The history of the task does not end with its WorkflowTaskStarted, event ${startedEventId}`);
    }
    const queries = queriesOf(this.#task);
    if (queries.length > 0) await this.#driver.drive(cached, machine.queryActivation(queries));
    if (machine.failure !== undefined) return this.#failedWithSite(machine.failure);
    const answer = machine.endTask();
    const { taskToken } = this.#task;
    if (query !== undefined) {
      return { kind: "queryAnswered", run: this.#run, request: queryRequest(answer, taskToken) };
    }
    let asked = 0;
    const requestsEagerly = (command: ScheduleActivity): boolean => {
      const isEager = this.#deps.requestsEagerly(command, asked);
      if (isEager) asked++;
      return isEager;
    };
    const context = { identity: this.#run, requestsEagerly };
    const request = completedRequest(answer, { taskToken, isHeartbeat, retries: cached.retries, context });
    cached.retries = 0;
    const refusal = this.#deps.refusalOf?.(request, this.#run);
    if (refusal !== undefined) return this.#failed(tooLarge(refusal));
    return { kind: "completed", run: this.#run, request, isClosing: machine.isClosed };
  }

  /** Until none is left, or the task's time is up; says whether it is. A task that has come to nothing has none left. */
  async #finishLocalActivities(cached: CachedRun): Promise<boolean> {
    const { machine } = cached;
    if (machine.run.locals.size === 0) return false;
    const { clock, timers } = this.#deps;
    if (!(await this.#mayAct())) return true;
    let isUp = false;
    let timer: TimerHandle | undefined;
    const timeoutMs = machine.taskTimeoutMs || TASK_TIMEOUT_MS;
    const leftMs = Math.max(0, this.#startedAtMs + timeoutMs * HEARTBEAT_SHARE - clock.now());
    const up = new Promise<void>((resolve) => {
      timer = timers.set(leftMs, () => {
        isUp = true;
        resolve();
      });
    });
    try {
      for (;;) {
        cached.runLocalActivities((local) => this.#beginLocalActivity(cached, local));
        if (machine.isClosed || machine.failure !== undefined || machine.run.locals.size === 0) return false;
        const ended = cached.takeEnd();
        if (ended !== undefined) {
          machine.endLocalActivity(ended.seq, await this.#encoded(ended.end));
          await this.#driver.driveAll(cached);
        } else if (isUp) return true;
        else await Promise.race([cached.untilEnd(), up]);
      }
    } finally {
      timers.clear(timer as TimerHandle);
    }
  }

  async #mayAct(): Promise<boolean> {
    const { isCurrentTask } = this.#deps;
    return isCurrentTask === undefined || isCurrentTask(this.#task.taskToken).catch(() => false);
  }

  #beginLocalActivity(cached: CachedRun, local: LocalActivity): LocalActivityExecution {
    const { localActivities: runner, clock, timers } = this.#deps;
    const onRetry = (): void => void cached.retries++;
    return new LocalActivityExecution({ run: this.#run, local, runner, clock, timers, onRetry });
  }

  async #encoded(end: LocalActivityEnd): Promise<LocalActivityEnd> {
    const { encode } = this.#driver;
    if (encode === undefined) return end;
    const result = await transformPayload(encode, end.result);
    return { ...end, result, failure: await transformFailure(encode, end.failure) };
  }

  async #failedWithSite(failure: NonNullable<RunMachine["failure"]>): Promise<TaskOutcome> {
    return this.#failed(await failureWithSite(failure, () => this.#openSecondReplay()));
  }

  #failed({ failure, cause }: { failure: ProtoFailure; cause: number }): TaskOutcome {
    const { taskToken, query } = this.#task;
    const bytes = failureToBytes(failure);
    const taskCause = cause as WorkflowTaskFailedCause;
    if (query === undefined) {
      const request = { taskToken, cause: taskCause, failure: bytes };
      return { kind: "failed", run: this.#run, failure, request };
    }
    const request = queryRequest(undefined, taskToken, { failure, cause: taskCause });
    return { kind: "queryAnswered", run: this.#run, request };
  }
}
