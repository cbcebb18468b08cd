import { markErrorClass } from "../common/error-class.ts";
import { composeInterceptors } from "../common/interceptors.ts";
import type { Workflow } from "../common/interfaces.ts";
import { BaseClient, type BaseClientOptions, type LoadedWithDefaults } from "./base-client.ts";
import type { ClientContext } from "./calls/client-context.ts";
import type { ScheduleClientInterceptor } from "./interceptors.ts";
import { loadCalls } from "./lazy-calls.ts";
import { compileScheduleOptions } from "./schedule-options.ts";
import type {
  Backfill,
  ScheduleDescription,
  ScheduleOptions,
  ScheduleOptionsStartWorkflowAction,
  ScheduleOverlapPolicy,
  ScheduleSummary,
  ScheduleUpdateOptions,
} from "./schedule-types.ts";
import type { WorkflowService } from "./types.ts";

/** One schedule, as a client sees it. */
export interface ScheduleHandle {
  readonly scheduleId: string;
  describe(): Promise<ScheduleDescription>;
  /** Replaces the schedule by what `updateFn` makes of it; called again when another changed it meanwhile. */
  update<W extends Workflow = Workflow>(
    updateFn: (previous: ScheduleDescription) => ScheduleUpdateOptions<ScheduleOptionsStartWorkflowAction<W>>,
  ): Promise<void>;
  delete(): Promise<void>;
  /** One action at once. */
  trigger(overlap?: ScheduleOverlapPolicy): Promise<void>;
  /** The actions of past times. */
  backfill(options: Backfill | Backfill[]): Promise<void>;
  pause(note?: string): Promise<void>;
  unpause(note?: string): Promise<void>;
  readonly client: ScheduleClient;
}

/** Options of a `ScheduleClient`. */
export interface ScheduleClientOptions extends BaseClientOptions {
  interceptors?: ScheduleClientInterceptor[];
}

/** Options with defaults filled in and the data converter loaded. */
export type LoadedScheduleClientOptions = LoadedWithDefaults<ScheduleClientOptions>;

/** Options of `ScheduleClient.list`. */
export interface ListScheduleOptions {
  /** How many the server gives at a time; default 1000. */
  pageSize?: number;
  query?: string;
}

/** Makes schedules and handles of them. `client.schedule` of a `Client` is one. */
export class ScheduleClient extends BaseClient {
  readonly options: LoadedScheduleClientOptions;

  constructor(options?: ScheduleClientOptions) {
    super(options);
    this.options = this.optionsWithDefaults(options, { interceptors: [] });
  }

  /** The methods of the service; the namespace is not filled in. */
  get workflowService(): WorkflowService {
    return this.connection.workflowService;
  }

  /** @throws ScheduleAlreadyRunning when there is a schedule of this id. */
  async create<W extends Workflow = Workflow>(
    options: ScheduleOptions<ScheduleOptionsStartWorkflowAction<W>>,
  ): Promise<ScheduleHandle> {
    const calls = await loadCalls();
    const create = composeInterceptors(this.options.interceptors, "create", (input) =>
      calls.createSchedule(this.#context(), input),
    );
    await create({ options: compileScheduleOptions(options as unknown as ScheduleOptions), headers: {} });
    return this.getHandle(options.scheduleId);
  }

  /** A handle of a schedule; the server is not asked. */
  getHandle(scheduleId: string): ScheduleHandle {
    const patch = async (what: Parameters<Calls["patchSchedule"]>[2]): Promise<void> => {
      const calls = await loadCalls();
      await calls.patchSchedule(this.#context(), scheduleId, what);
    };
    return {
      client: this,
      scheduleId,
      describe: async () => (await loadCalls()).describeSchedule(this.#context(), scheduleId),
      update: async (updateFn) => {
        const calls = await loadCalls();
        await calls.updateSchedule(this.#context(), scheduleId, updateFn as never);
      },
      delete: async () => (await loadCalls()).deleteSchedule(this.#context(), scheduleId),
      trigger: (overlap) => patch({ kind: "trigger", overlap }),
      backfill: (options) => patch({ kind: "backfill", backfills: Array.isArray(options) ? options : [options] }),
      pause: (note) => patch({ kind: "pause", note: note ?? "Paused via TypeScript SDK" }),
      unpause: (note) => patch({ kind: "unpause", note: note ?? "Unpaused via TypeScript SDK" }),
    };
  }

  /** All schedules, or those that match a query; the list may lag behind a little. */
  async *list(options?: ListScheduleOptions): AsyncIterable<ScheduleSummary> {
    const calls = await loadCalls();
    yield* calls.listSchedules(this.#context(), options ?? {});
  }

  #context(): ClientContext {
    const { namespace, identity } = this.options;
    const { connection, workflowService } = this;
    return { connection, workflowService, namespace, identity, converter: this.dataConverter };
  }
}

type Calls = Awaited<ReturnType<typeof loadCalls>>;

/** There is a schedule of this id. */
export class ScheduleAlreadyRunning extends Error {
  readonly scheduleId: string;

  constructor(message: string, scheduleId: string) {
    super(message);
    this.scheduleId = scheduleId;
  }
}
markErrorClass(ScheduleAlreadyRunning, "ScheduleAlreadyRunning");

/** There is no schedule of this id. */
export class ScheduleNotFoundError extends Error {
  readonly scheduleId: string;

  constructor(message: string, scheduleId: string) {
    super(message);
    this.scheduleId = scheduleId;
  }
}
markErrorClass(ScheduleNotFoundError, "ScheduleNotFoundError");
