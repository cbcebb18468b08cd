import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CommandType, EventType } from "../../../api/gen/enums.js";
import type {
  HistoryEvent,
  PollActivityTaskQueueResponse,
  PollWorkflowTaskQueueResponse,
} from "../../../api/gen/messages.js";
import { toPayloads } from "../../../simulation/values.ts";
import { Connection } from "./connection.ts";
import { readHistory } from "./read-runs.ts";
import { ServerProcess } from "./server-process.ts";
import type { Launch } from "./server-process.ts";

const NAMESPACE = { namespace: "default", identity: "scene" };

export interface SceneOptions {
  readonly port: number;
  /** Made anew when it is not given, and then removed at the end. */
  readonly folder?: string;
  readonly launch?: Omit<Launch, "args">;
}

/** One server, one folder, one connection, and the few calls that a small workflow takes. Each workflow has its own queue, of its name. */
export class Scene implements AsyncDisposable {
  readonly folder: string;
  readonly connection: Connection;
  readonly #options: SceneOptions;
  #server: ServerProcess | undefined;

  private constructor(options: SceneOptions) {
    this.#options = options;
    this.folder = options.folder ?? mkdtempSync(join(tmpdir(), "perdure-fault-"));
    this.connection = new Connection(options.port);
  }

  static async open(options: SceneOptions): Promise<Scene> {
    const scene = new Scene(options);
    await scene.start();
    return scene;
  }

  get server(): ServerProcess {
    if (this.#server === undefined) throw new Error("the server does not run");
    return this.#server;
  }

  async start(): Promise<void> {
    const { port, launch } = this.#options;
    this.#server = await ServerProcess.start({ ...launch, args: ["--port", String(port), "--data", this.folder] });
  }

  /** SIGKILL, and a new server on the same folder. */
  async killAndStart(): Promise<void> {
    await this.server.kill();
    await this.start();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.connection.close();
    await this.#server?.kill();
    if (this.#options.folder === undefined) rmSync(this.folder, { recursive: true, force: true });
  }

  /** The new run's id. */
  async startWorkflow(workflowId: string, fields: object = {}): Promise<string> {
    const request = {
      ...NAMESPACE,
      workflowId,
      taskQueue: { name: workflowId },
      workflowType: { name: "scene" },
      requestId: workflowId,
      ...fields,
    };
    return (await this.connection.insist<{ runId: string }>("startWorkflowExecution", request)).runId;
  }

  /** Polls until a workflow task comes, and answers it with these commands. */
  async doTask(queue: string, commands: readonly object[]): Promise<void> {
    const task = await this.pollWorkflow(queue);
    await this.connection.insist("respondWorkflowTaskCompleted", { ...NAMESPACE, taskToken: task.taskToken, commands });
  }

  async pollWorkflow(queue: string): Promise<PollWorkflowTaskQueueResponse> {
    const request = { ...NAMESPACE, taskQueue: { name: queue } };
    for (;;) {
      const task = await this.connection.insist<PollWorkflowTaskQueueResponse>("pollWorkflowTaskQueue", request);
      if (task.taskToken.length > 0) return task;
    }
  }

  /** undefined when none comes within this time. */
  async pollActivity(queue: string, withinMs: number): Promise<PollActivityTaskQueueResponse | undefined> {
    const request = { ...NAMESPACE, taskQueue: { name: queue } };
    const task = await this.connection
      .call<PollActivityTaskQueueResponse>("pollActivityTaskQueue", request, withinMs)
      .catch(() => undefined);
    return task === undefined || task.taskToken.length === 0 ? undefined : task;
  }

  heartbeat(taskToken: Uint8Array): Promise<unknown> {
    return this.connection.insist("recordActivityTaskHeartbeat", {
      ...NAMESPACE,
      taskToken,
      details: toPayloads("beat"),
    });
  }

  completeActivity(taskToken: Uint8Array): Promise<unknown> {
    return this.connection.insist("respondActivityTaskCompleted", {
      ...NAMESPACE,
      taskToken,
      result: toPayloads("done"),
    });
  }

  history(workflowId: string, runId = ""): Promise<HistoryEvent[]> {
    return readHistory(this.connection, { workflowId, runId });
  }

  /** Runs a workflow of one task from its start to its end. */
  async runTrivial(workflowId: string, fields: object = {}): Promise<string> {
    const runId = await this.startWorkflow(workflowId, fields);
    await this.doTask(workflowId, [completeWorkflow]);
    return runId;
  }
}

export const completeWorkflow = {
  commandType: CommandType.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION,
  completeWorkflowExecutionCommandAttributes: { result: toPayloads("ended") },
};

export function scheduleActivity(queue: string, fields: object = {}): object {
  const attributes = {
    activityId: "a",
    activityType: { name: "work" },
    taskQueue: { name: queue },
    input: toPayloads(1),
  };
  return {
    commandType: CommandType.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK,
    scheduleActivityTaskCommandAttributes: { ...attributes, startToCloseTimeout: { seconds: 60, nanos: 0 }, ...fields },
  };
}

/** The child's queue has its name. */
export function startChild(workflowId: string): object {
  return {
    commandType: CommandType.COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION,
    startChildWorkflowExecutionCommandAttributes: {
      workflowId,
      workflowType: { name: "scene" },
      taskQueue: { name: workflowId },
    },
  };
}

export function startTimer(timerId: string, ms: number): object {
  const startToFireTimeout = { seconds: Math.floor(ms / 1000), nanos: (ms % 1000) * 1e6 };
  return {
    commandType: CommandType.COMMAND_TYPE_START_TIMER,
    startTimerCommandAttributes: { timerId, startToFireTimeout },
  };
}

export function countOf(events: readonly HistoryEvent[], name: keyof typeof EventType): number {
  return events.filter((event) => event.eventType === EventType[name]).length;
}
