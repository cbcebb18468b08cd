/** A server in memory on a clock that tests move, with one workflow whose activities they handle as workers do. */
import type { Codec } from "../../../../api/codec.ts";
import type { Call } from "../../../../api/call.ts";
import { duration } from "../../../../api/duration.ts";
import { CommandType, EventType, RetryState, TimeoutType } from "../../../../api/gen/enums.js";
import * as messages from "../../../../api/gen/messages.js";
import { Failure, HistoryEvent, Payload, Payloads } from "../../../../api/gen/messages.js";
import { seededRandom } from "../../../../base/index.ts";
import { settle, SettlingTime } from "../../../../base/manual-time.fixture.ts";
import { startEngine } from "../../../server.ts";
import type { WorkflowServiceHandlers } from "../../../../api/gen/services.js";
import type { Engine } from "../../../server.ts";
import { MemoryDisk, openMemoryStore } from "../../../store/index.ts";
import { MeteringRow } from "../../gen/messages.js";
import type { HistoryEnv } from "../../env.ts";
import type { Limits } from "../../limits.ts";
import { splitEvents } from "../event-log.ts";

const START_MS = Date.UTC(2030, 0, 1);

class SceneCall implements Call {
  readonly deadline: number;
  #isCancelled = false;
  #listener: (() => void) | undefined;

  constructor(deadline: number) {
    this.deadline = deadline;
  }

  get cancelled(): boolean {
    return this.#isCancelled;
  }

  metadata(): undefined {
    return undefined;
  }

  onCancel(listener: () => void): void {
    this.#listener = listener;
  }

  cancel(): void {
    this.#isCancelled = true;
    this.#listener?.();
  }
}

/** A caller who goes after the handler has looked so often whether it is still there. */
class LeavingCall extends SceneCall {
  #looksLeft: number;

  constructor(deadline: number, looks: number) {
    super(deadline);
    this.#looksLeft = looks;
  }

  override get cancelled(): boolean {
    return this.#looksLeft-- <= 0;
  }
}

type Reply<M extends keyof WorkflowServiceHandlers> = Awaited<ReturnType<WorkflowServiceHandlers[M]>>;
type AnyHandler = (request: object, call: Call) => Promise<unknown>;

export class ActivityScene {
  readonly disk = new MemoryDisk();
  readonly queue = "queue";
  readonly workflowId = "workflow";
  time = new SettlingTime(START_MS);
  #engine: Engine | undefined;
  readonly #limits: Partial<Limits>;

  private constructor(limits: Partial<Limits>) {
    this.#limits = limits;
  }

  static async open(limits: Partial<Limits> = {}): Promise<ActivityScene> {
    const scene = new ActivityScene(limits);
    await scene.#open();
    return scene;
  }

  async #open(): Promise<void> {
    const { time } = this;
    this.#engine = await startEngine({
      store: openMemoryStore({ disk: this.disk }),
      clock: time,
      timers: time,
      random: seededRandom(1),
      limits: this.#limits,
    });
    await time.advance(0); // The scan for what is due runs.
  }

  /** The process dies with its memory and its timers; another one opens what is on the disk, its clock put back by so much. */
  async crash(clockBackMs = 0): Promise<void> {
    this.time = new SettlingTime(this.time.now() - clockBackMs);
    await this.#open();
  }

  call<M extends keyof WorkflowServiceHandlers>(method: M, request: object): Promise<Reply<M>> {
    return this.#serve(method, request, new SceneCall(this.time.now() + 60_000));
  }

  /** A call that its caller may give up. */
  begin<M extends keyof WorkflowServiceHandlers>(
    method: M,
    request: object,
  ): { readonly reply: Promise<Reply<M>>; giveUp(): void } {
    const call = new SceneCall(this.time.now() + 60_000);
    return { reply: this.#serve(method, request, call), giveUp: () => call.cancel() };
  }

  /** A call whose caller goes after so many looks of the handler. */
  callAndLeave<M extends keyof WorkflowServiceHandlers>(method: M, request: object, looks: number): Promise<Reply<M>> {
    return this.#serve(method, request, new LeavingCall(this.time.now() + 60_000, looks));
  }

  get env(): HistoryEnv {
    return (this.#engine as Engine).frontend.history;
  }

  #serve<M extends keyof WorkflowServiceHandlers>(method: M, request: object, call: Call): Promise<Reply<M>> {
    const handler = this.#engine?.handlers[method] as AnyHandler;
    return handler(asDecoded(method, request), call) as Promise<Reply<M>>;
  }

  /** A poll that is given up when nothing is waiting: undefined. */
  async #poll<M extends "pollActivityTaskQueue" | "pollWorkflowTaskQueue">(method: M): Promise<Reply<M> | undefined> {
    const call = new SceneCall(this.time.now() + 60_000);
    let isAnswered = false;
    const polled = this.#serve(method, { taskQueue: { name: this.queue }, identity: "worker" }, call).finally(
      () => (isAnswered = true),
    );
    await settle();
    if (!isAnswered) call.cancel();
    const reply = await polled;
    return reply.taskToken === undefined ? undefined : reply;
  }

  pollActivity(): Promise<Reply<"pollActivityTaskQueue"> | undefined> {
    return this.#poll("pollActivityTaskQueue");
  }

  /** Polls an activity task that must be waiting. */
  async takeActivity(): Promise<Reply<"pollActivityTaskQueue">> {
    return taken(await this.pollActivity());
  }

  pollWorkflow(): Promise<Reply<"pollWorkflowTaskQueue"> | undefined> {
    return this.#poll("pollWorkflowTaskQueue");
  }

  /** Polls the workflow task, which must be waiting. */
  async takeWorkflowTask(): Promise<Reply<"pollWorkflowTaskQueue">> {
    return taken(await this.pollWorkflow());
  }

  async start(fields: object = {}): Promise<void> {
    await this.call("startWorkflowExecution", {
      workflowId: this.workflowId,
      workflowType: { name: "Workflow" },
      taskQueue: { name: this.queue },
      requestId: "start",
      ...fields,
    });
  }

  /** Polls the workflow task and completes it with these commands. */
  async doTask(commands: readonly object[], fields: object = {}): Promise<Reply<"respondWorkflowTaskCompleted">> {
    const task = await this.takeWorkflowTask();
    return this.call("respondWorkflowTaskCompleted", {
      taskToken: task.taskToken,
      identity: "decider",
      commands,
      ...fields,
    });
  }

  /** The history, one line an event: id, name, and what tells activities' events apart. */
  async history(): Promise<string[]> {
    const { history } = await this.call("getWorkflowExecutionHistory", { execution: { workflowId: this.workflowId } });
    return splitEvents(history as Uint8Array).map((bytes) => line(HistoryEvent.decode(bytes)));
  }

  /** Billable actions as stored, by name. */
  actions(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const lane of this.disk.lanes.values()) {
      for (const { blob } of lane.metering)
        for (const { action, count } of MeteringRow.decode(blob).counts) counts[action] = (counts[action] ?? 0) + count;
    }
    return counts;
  }

  async activityHistory(): Promise<string[]> {
    return (await this.history()).filter((text) => text.includes("ACTIVITY"));
  }
}

function taken<T>(task: T | undefined): T {
  if (task === undefined) throw new Error("no task is waiting");
  return task;
}

/** The request as it would come off the wire, with everything that is not given. */
function asDecoded(method: string, request: object): object {
  const name = `${method.slice(0, 1).toUpperCase()}${method.slice(1)}Request`;
  const codec = (messages as unknown as Record<string, Codec<object>>)[name] as Codec<object>;
  return codec.decode(codec.encode({ namespace: "default", identity: "worker", ...request }));
}

export function schedule(fields: object = {}): object {
  const attributes = {
    activityId: "activity",
    activityType: { name: "Activity" },
    taskQueue: { name: "queue" },
    startToCloseTimeout: duration(10_000),
    ...fields,
  };
  return {
    commandType: CommandType.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK,
    scheduleActivityTaskCommandAttributes: attributes,
  };
}

export function requestCancel(scheduledEventId: number): object {
  return {
    commandType: CommandType.COMMAND_TYPE_REQUEST_CANCEL_ACTIVITY_TASK,
    requestCancelActivityTaskCommandAttributes: { scheduledEventId },
  };
}

export const completeWorkflow = {
  commandType: CommandType.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION,
  completeWorkflowExecutionCommandAttributes: {},
};

export function applicationFailure(message: string, info: object = {}): Uint8Array {
  return Failure.encode({ message, applicationFailureInfo: { type: "Error", ...info } });
}

export function payloads(text: string): Uint8Array {
  return Payloads.encode({ payloads: [Payload.encode({ data: Buffer.from(text) })] });
}

interface Attributes {
  readonly scheduledEventId?: number;
  readonly startedEventId?: number;
  readonly attempt?: number;
  readonly lastFailure?: Uint8Array;
  readonly failure?: Uint8Array;
  readonly retryState?: number;
}

function line(event: HistoryEvent): string {
  const attributes = (Object.entries(event).find(
    ([name, value]) => name.endsWith("Attributes") && value !== undefined,
  )?.[1] ?? {}) as Attributes;
  const parts = [String(event.eventId), nameOf(EventType, event.eventType, "EVENT_TYPE_")];
  if (attributes.scheduledEventId !== undefined) parts.push(`scheduled=${attributes.scheduledEventId}`);
  if (attributes.startedEventId !== undefined && attributes.startedEventId !== 0)
    parts.push(`started=${attributes.startedEventId}`);
  if (event.activityTaskStartedEventAttributes !== undefined)
    parts.push(
      `attempt=${attributes.attempt}`,
      ...(attributes.lastFailure === undefined ? [] : [`after ${failureText(attributes.lastFailure)}`]),
    );
  if (attributes.failure !== undefined) parts.push(failureText(attributes.failure));
  if (attributes.retryState !== undefined) parts.push(nameOf(RetryState, attributes.retryState, "RETRY_STATE_"));
  return parts.join(" ");
}

/** `message`, the type of a time-out, what was last heard, and the causes. */
export function failureText(encoded: Uint8Array): string {
  const { message, cause, timeoutFailureInfo: timeout } = Failure.decode(encoded);
  const type =
    timeout === undefined
      ? ""
      : `:${nameOf(TimeoutType, timeout.timeoutType, "TIMEOUT_TYPE_")}${timeout.lastHeartbeatDetails === undefined ? "" : "+details"}`;
  return `<${message}${type}${cause === undefined ? "" : ` ${failureText(cause)}`}>`;
}

function nameOf(values: object, value: number, prefix: string): string {
  const name = Object.entries(values).find(([, number]) => number === value)?.[0] ?? String(value);
  return name.slice(prefix.length);
}
