import { CommandType } from "../../../api/gen/enums.js";
import { UpdateAcceptance, UpdateRequest, UpdateResponse } from "../../../api/gen/messages.js";
import type {
  Command,
  HistoryEvent,
  PollActivityTaskQueueResponse,
  PollWorkflowTaskQueueResponse,
  RespondWorkflowTaskCompletedResponse,
} from "../../../api/gen/messages.js";
import type { Input } from "../../../api/codec.ts";
import { seededRandom } from "../../../base/index.ts";
import type { Random } from "../../../base/index.ts";
import { GrpcError } from "../../../rpc/index.ts";
import { decodeHistory } from "../../../simulation/history-reads.ts";
import type { ActivityWork } from "../../../simulation/script.ts";
import { fromPayloads, toPayloads } from "../../../simulation/values.ts";
import { commandsFor } from "../../../simulation/workflow-model.ts";
import type { Books } from "./books.ts";
import { pause } from "./connection.ts";
import type { Connection } from "./connection.ts";

const POLL_TIMEOUT_MS = 20_000;
const CLOSING: ReadonlySet<number> = new Set([
  CommandType.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION,
  CommandType.COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION,
  CommandType.COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION,
  CommandType.COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION,
]);
const INTERNAL = 13;
const DATA_LOSS = 15;

export interface LoadWorkerOptions {
  readonly connection: Connection;
  readonly books: Books;
  readonly seed: number;
  readonly name: string;
  /** Remembers workflows and polls a queue of its own for them, as official workers do. */
  readonly isSticky: boolean;
}

/** A worker that outlives its server: what it has in hand it answers when the server is back, with the token it has. */
export class LoadWorker {
  readonly #options: LoadWorkerOptions;
  readonly #random: Random;
  readonly #cache = new Map<string, HistoryEvent[]>();
  #isStopped = false;

  constructor(options: LoadWorkerOptions) {
    this.#options = options;
    this.#random = seededRandom(options.seed);
  }

  start({ pollers = 2 }: { pollers?: number } = {}): void {
    const { isSticky, name } = this.#options;
    for (let i = 0; i < pollers; i++) {
      void this.#loop(() => this.#workflowTask({ name: "queue" }));
      if (isSticky) void this.#loop(() => this.#workflowTask({ name: `sticky-${name}`, kind: 2, normalName: "queue" }));
      void this.#loop(() => this.#activityTask());
    }
  }

  stop(): void {
    this.#isStopped = true;
  }

  async #loop(turn: () => Promise<void>): Promise<void> {
    while (!this.#isStopped) {
      try {
        await turn();
      } catch (error) {
        if (this.#isStopped) return;
        if (!(error instanceof GrpcError)) throw error;
        if (error.code === INTERNAL || error.code === DATA_LOSS)
          this.#options.books.ledger.violations.push(`worker: ${error.code} ${error.message}`);
        await pause(10 + this.#random.next() * 30);
      }
    }
  }

  async #workflowTask(taskQueue: object): Promise<void> {
    const request = { namespace: "default", taskQueue, identity: this.#options.name };
    const task = await this.#options.connection.call<PollWorkflowTaskQueueResponse>(
      "pollWorkflowTaskQueue",
      request,
      POLL_TIMEOUT_MS,
    );
    if (task.taskToken.length > 0) await this.#answerWorkflow(task);
  }

  async #answerWorkflow(task: PollWorkflowTaskQueueResponse): Promise<void> {
    const { books, name, isSticky } = this.#options;
    const events = await this.#wholeHistory(task);
    if (events === undefined) return; // The run has gone on without us.
    books.ledger.sawTask(task, events);
    const { commands, messages } = answersTo(task, events);
    const stickyAttributes = isSticky
      ? {
          workerTaskQueue: { name: `sticky-${name}`, kind: 2, normalName: "queue" },
          scheduleToStartTimeout: { seconds: 1, nanos: 0 },
        }
      : undefined;
    const request = {
      taskToken: task.taskToken,
      namespace: "default",
      commands,
      messages,
      identity: name,
      returnNewWorkflowTask: true,
      stickyAttributes,
    };
    const runId = task.workflowExecution?.runId ?? "";
    try {
      const reply = await this.#insist<RespondWorkflowTaskCompletedResponse>("respondWorkflowTaskCompleted", request);
      const isClosing = commands.some((command) => CLOSING.has(command.commandType ?? 0));
      books.taskCompleted(task, isClosing);
      if (isSticky && !isClosing) this.#cache.set(runId, events);
      else this.#cache.delete(runId);
      for (const activity of reply.activityTasks) this.#begin(activity);
      if (reply.workflowTask !== undefined) await this.#answerWorkflow(reply.workflowTask);
    } catch (error) {
      this.#cache.delete(runId);
      throw error;
    }
  }

  /** From the task when it has all, else what is remembered with the new behind it, else read anew. */
  async #wholeHistory(task: PollWorkflowTaskQueueResponse): Promise<HistoryEvent[] | undefined> {
    const fresh = decodeHistory(task.history);
    if (fresh[0]?.eventId === 1 && task.nextPageToken.length === 0) return fresh;
    const known = this.#cache.get(task.workflowExecution?.runId ?? "");
    const next = fresh[0]?.eventId ?? 0;
    if (known !== undefined && next > 0 && known.length >= next - 1 && task.nextPageToken.length === 0)
      return [...known.slice(0, next - 1), ...fresh];
    const reply = await this.#insist<{ history: Uint8Array }>("getWorkflowExecutionHistory", {
      namespace: "default",
      execution: task.workflowExecution,
    });
    const read = decodeHistory(reply.history);
    const whole = [...read.filter((event) => next === 0 || event.eventId < next), ...fresh];
    return whole.at(-1)?.eventId === task.startedEventId ? whole : undefined;
  }

  async #activityTask(): Promise<void> {
    const { connection, name } = this.#options;
    const request = { namespace: "default", taskQueue: { name: "queue" }, identity: name };
    const task = await connection.call<PollActivityTaskQueueResponse>(
      "pollActivityTaskQueue",
      request,
      POLL_TIMEOUT_MS,
    );
    if (task.taskToken.length > 0) this.#begin(task);
  }

  /** Works beside the polls; what cannot be answered is tried again by the server. */
  #begin(task: PollActivityTaskQueueResponse): void {
    this.#work(task).catch((error: unknown) => {
      if (!(error instanceof GrpcError)) this.#options.books.ledger.violations.push(`worker: ${String(error)}`);
    });
  }

  /** Takes its time, beats its heart, and fails as often as it is told to. */
  async #work(task: PollActivityTaskQueueResponse): Promise<void> {
    const work = fromPayloads<ActivityWork>(task.input) ?? { failures: 0, ms: 0, heartbeatMs: 0 };
    const answer = { taskToken: task.taskToken, namespace: "default", identity: this.#options.name };
    for (let spent = 0; spent < work.ms;) {
      const step = work.heartbeatMs === 0 ? work.ms : Math.min(work.heartbeatMs, work.ms - spent);
      await pause(step);
      spent += step;
      if (spent < work.ms) await this.#insist("recordActivityTaskHeartbeat", { ...answer, details: toPayloads(spent) });
    }
    if (task.attempt <= work.failures) {
      await this.#insist("respondActivityTaskFailed", answer);
      return;
    }
    await this.#insist("respondActivityTaskCompleted", { ...answer, result: toPayloads(task.attempt) });
    this.#options.books.ledger.activityCompleted(task);
  }

  #insist<T>(method: Parameters<Connection["call"]>[0], request: object): Promise<T> {
    return this.#options.connection.insist<T>(method, request, () => this.#isStopped);
  }
}

interface Answers {
  readonly commands: Input<Command>[];
  readonly messages: object[];
}

/** Every update is accepted and done at once; the rest is the workflow's script. */
function answersTo(task: PollWorkflowTaskQueueResponse, events: readonly HistoryEvent[]): Answers {
  const commands: Input<Command>[] = [];
  const messages: object[] = [];
  const say = (id: string, updateId: string, body: { name: string; value: Uint8Array }): void => {
    messages.push({
      id,
      protocolInstanceId: updateId,
      body: { typeUrl: `type.googleapis.com/temporal.api.update.v1.${body.name}`, value: body.value },
    });
    commands.push({
      commandType: CommandType.COMMAND_TYPE_PROTOCOL_MESSAGE,
      protocolMessageCommandAttributes: { messageId: id },
    });
  };
  for (const message of task.messages) {
    const updateId = message.protocolInstanceId;
    const request = UpdateRequest.decode(message.body?.value ?? new Uint8Array(0));
    const acceptance = {
      acceptedRequestMessageId: message.id,
      acceptedRequestSequencingEventId: message.eventId ?? 0,
      acceptedRequest: request,
    };
    say(`${updateId}/accept`, updateId, { name: "Acceptance", value: UpdateAcceptance.encode(acceptance) });
    const response = { meta: request.meta, outcome: { success: toPayloads(`done ${updateId}`) } };
    say(`${updateId}/done`, updateId, { name: "Response", value: UpdateResponse.encode(response) });
  }
  return { commands: [...commands, ...commandsFor(events, task.workflowExecution?.workflowId ?? "")], messages };
}
