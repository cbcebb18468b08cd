import { composeInterceptors } from "../common/interceptors.ts";
import type { HistoryAndWorkflowId, UpdateDefinition, Workflow, WorkflowResultType } from "../common/interfaces.ts";
import type { PayloadTypeInfo } from "../common/type-info.ts";
import {
  extractWorkflowTypeAndConfig,
  type WithWorkflowArgs,
  type WorkflowTypeOptions,
} from "../common/workflow-options.ts";
import { BaseClient, type BaseClientOptions, type LoadedWithDefaults } from "./base-client.ts";
import type { ClientContext } from "./calls/client-context.ts";
import { concurrentMap } from "./concurrent-map.ts";
import { withStartDetails } from "./interceptor-chain.ts";
import type { WorkflowClientInterceptor, WorkflowClientInterceptors, WorkflowStartOutput } from "./interceptors.ts";
import { loadCalls } from "./lazy-calls.ts";
import {
  type HandleOptions,
  makeUpdateHandle,
  makeWorkflowHandle,
  nameOf,
  typeInfoOf,
} from "./make-workflow-handle.ts";
import {
  type CountWorkflowExecution,
  type QueryRejectCondition,
  type WorkflowExecution,
  type WorkflowExecutionInfo,
  type WorkflowService,
} from "./types.ts";
import { WithStartWorkflowOperation } from "./with-start-operation.ts";
import type {
  AsyncWorkflowListIterable,
  GetWorkflowHandleOptions,
  IntoHistoriesOptions,
  ListOptions,
  WorkflowHandle,
  WorkflowHandleWithSignaledRunId,
  WorkflowHandleWithStartDetails,
  WorkflowResultOptions,
  WorkflowUpdateHandle,
} from "./workflow-handle.ts";
import {
  compileWorkflowOptions,
  type WorkflowSignalWithStartOptions,
  type WorkflowStartOptions,
  type WorkflowUpdateOptions,
} from "./workflow-options.ts";
import type { WorkflowUpdateStage } from "./workflow-update-stage.ts";

export { WithStartWorkflowOperation } from "./with-start-operation.ts";
export type * from "./workflow-handle.ts";
export { QueryNotRegisteredError, QueryRejectedError } from "./errors.ts";

/** Options of a `WorkflowClient`. */
export interface WorkflowClientOptions extends BaseClientOptions {
  interceptors?: WorkflowClientInterceptors | WorkflowClientInterceptor[];
  /** Which closed workflows refuse queries; default none. */
  queryRejectCondition?: QueryRejectCondition;
}

/** Options with defaults filled in and the data converter loaded. */
export type LoadedWorkflowClientOptions = LoadedWithDefaults<WorkflowClientOptions>;

/** Starts workflows and makes handles of them. `client.workflow` of a `Client` is one. */
export class WorkflowClient extends BaseClient {
  readonly options: LoadedWorkflowClientOptions;

  constructor(options?: WorkflowClientOptions) {
    super(options);
    this.options = this.optionsWithDefaults(options, { interceptors: [], queryRejectCondition: undefined });
  }

  /** The methods of the service; the namespace is not filled in. */
  get workflowService(): WorkflowService {
    return this.connection.workflowService;
  }

  /**
   * Starts a workflow.
   *
   * @throws WorkflowExecutionAlreadyStartedError when one of this id runs, or the reuse policy forbids another.
   */
  async start<T extends Workflow>(
    workflowTypeOrFunc: string | T,
    options: WorkflowStartOptions<T>,
  ): Promise<WorkflowHandleWithStartDetails<T>> {
    const { workflowId } = options;
    const interceptors = this.getOrMakeInterceptors(workflowId);
    const config = extractWorkflowTypeAndConfig(workflowTypeOrFunc, options.typeInfo);
    const { runId, eagerlyStarted } = await this._start(config, options, interceptors);
    const handle = this.#handle<T>({
      workflowId,
      runIdForResult: runId,
      firstExecutionRunId: runId,
      interceptors,
      ...resultOptions(options.followRuns, config.typeInfo),
    });
    return Object.assign(handle, { firstExecutionRunId: runId, eagerlyStarted });
  }

  protected async _start<T extends Workflow>(
    { type, typeInfo }: WorkflowTypeOptions,
    options: WorkflowStartOptions<T>,
    interceptors: readonly WorkflowClientInterceptor[],
  ): Promise<WorkflowStartOutput> {
    const calls = await loadCalls();
    const start = composeInterceptors(withStartDetails(interceptors), "startWithDetails", (input) =>
      calls.startWorkflow(this.#context(), input),
    );
    return start({ workflowType: type, headers: {}, options: compiled(options, typeInfo) });
  }

  /** Starts a workflow unless it runs, and sends it a signal. */
  async signalWithStart<WorkflowFn extends Workflow, SignalArgs extends any[] = []>(
    workflowTypeOrFunc: string | WorkflowFn,
    options: WithWorkflowArgs<WorkflowFn, WorkflowSignalWithStartOptions<SignalArgs>>,
  ): Promise<WorkflowHandleWithSignaledRunId<WorkflowFn>> {
    const { workflowId, signal, signalArgs, signalTypeInfo, followRuns } = options;
    const interceptors = this.getOrMakeInterceptors(workflowId);
    const { type, typeInfo } = extractWorkflowTypeAndConfig(workflowTypeOrFunc, options.typeInfo);
    const calls = await loadCalls();
    const send = composeInterceptors(interceptors, "signalWithStart", (input) =>
      calls.signalWithStart(this.#context(), input),
    );
    const info = typeof signal === "string" ? signalTypeInfo : signal.typeInfo;
    const runId = await send({
      workflowType: type,
      headers: {},
      options: compiled(options as unknown as WorkflowStartOptions, typeInfo),
      signalName: nameOf(signal),
      signalArgs: signalArgs ?? [],
      ...(info === undefined ? {} : { signalTypeInfo: info }),
    });
    const handle = this.#handle<WorkflowFn>({
      workflowId,
      runIdForResult: runId,
      interceptors,
      ...resultOptions(followRuns, typeInfo),
    });
    return Object.assign(handle, { signaledRunId: runId });
  }

  /** Starts a workflow unless it runs, sends it an update, and waits for the update's result. */
  async executeUpdateWithStart<T extends Workflow, Ret, Args extends any[]>(
    updateDef: UpdateDefinition<Ret, Args> | string,
    updateOptions: WorkflowUpdateOptions & { args?: Args; startWorkflowOperation: WithStartWorkflowOperation<T> },
  ): Promise<Ret> {
    const handle = await this.#updateWithStart<T, Ret>(updateDef, { ...updateOptions, waitForStage: "COMPLETED" });
    return handle.result();
  }

  /** Starts a workflow unless it runs, sends it an update, and returns when the update is accepted. */
  startUpdateWithStart<T extends Workflow, Ret, Args extends any[]>(
    updateDef: UpdateDefinition<Ret, Args> | string,
    updateOptions: WorkflowUpdateOptions & {
      args?: Args;
      waitForStage: "ACCEPTED";
      startWorkflowOperation: WithStartWorkflowOperation<T>;
    },
  ): Promise<WorkflowUpdateHandle<Ret>> {
    return this.#updateWithStart<T, Ret>(updateDef, updateOptions);
  }

  async #updateWithStart<T extends Workflow, Ret>(
    def: UpdateDefinition<any, any[]> | string,
    call: WorkflowUpdateOptions & {
      args?: any[];
      waitForStage: WorkflowUpdateStage;
      startWorkflowOperation: WithStartWorkflowOperation<T>;
    },
  ): Promise<WorkflowUpdateHandle<Ret>> {
    const { waitForStage, args, startWorkflowOperation, ...updateOptions } = call;
    const settle = WithStartWorkflowOperation.use(startWorkflowOperation);
    const { workflowTypeOrFunc, options } = startWorkflowOperation;
    const { workflowId } = options;
    const interceptors = this.getOrMakeInterceptors(workflowId);
    const { type, typeInfo } = extractWorkflowTypeAndConfig(workflowTypeOrFunc, options.typeInfo);
    const onStart = ({ runId }: WorkflowStartOutput): void =>
      settle.started(
        this.#handle<T>({
          workflowId,
          firstExecutionRunId: runId,
          runIdForResult: runId,
          interceptors,
          ...resultOptions(options.followRuns, typeInfo),
        }),
      );
    try {
      const calls = await loadCalls();
      const send = composeInterceptors(interceptors, "startUpdateWithStart", (input) =>
        calls.startUpdateWithStart(this.#context(), input, { waitForStage, onStart, onStartError: settle.failed }),
      );
      const info = typeInfoOf(def, updateOptions.typeInfo);
      const output = await send({
        workflowType: type,
        workflowStartOptions: compiled(options, typeInfo),
        workflowStartHeaders: {},
        updateName: nameOf(def),
        updateArgs: args ?? [],
        updateOptions,
        updateHeaders: {},
        ...(info === undefined ? {} : { updateTypeInfo: info }),
      });
      return makeUpdateHandle<Ret>({
        context: this.#context(),
        updateId: output.updateId,
        workflowId,
        workflowRunId: output.workflowExecution.runId,
        outcome: output.updateOutcome,
        outputType: output.updateOutputTypeInfo,
      });
    } catch (error) {
      settle.failed(error);
      throw error;
    }
  }

  /** Starts a workflow and waits for its result. */
  async execute<T extends Workflow>(
    workflowTypeOrFunc: string | T,
    options: WorkflowStartOptions<T>,
  ): Promise<WorkflowResultType<T>> {
    const { workflowId } = options;
    const interceptors = this.getOrMakeInterceptors(workflowId);
    const config = extractWorkflowTypeAndConfig(workflowTypeOrFunc, options.typeInfo);
    const { runId } = await this._start(config, options, interceptors);
    return this.result(workflowId, runId, resultOptions(options.followRuns, config.typeInfo));
  }

  /**
   * Waits for a workflow, and returns its result.
   *
   * @throws WorkflowFailedError whose cause says how it ended otherwise.
   * @throws WorkflowContinuedAsNewError with `followRuns: false`.
   */
  async result<T extends Workflow>(
    workflowId: string,
    runId?: string,
    opts?: WorkflowResultOptions,
  ): Promise<WorkflowResultType<T>> {
    const calls = await loadCalls();
    const execution: WorkflowExecution = runId === undefined ? { workflowId } : { workflowId, runId };
    const result = await calls.workflowResult(this.#context(), execution, {
      followRuns: opts?.followRuns ?? true,
      typeInfo: opts?.typeInfo?.outputType,
    });
    return result as WorkflowResultType<T>;
  }

  /**
   * A handle of a workflow: of the latest run of the id, of the run `runId`, or of the latest run of the chain that
   * `firstExecutionRunId` began. The server is not asked.
   */
  getHandle<T extends Workflow>(
    workflowId: string,
    runId?: string,
    options?: GetWorkflowHandleOptions,
  ): WorkflowHandle<T> {
    return this.#handle<T>({
      ...options,
      workflowId,
      runId,
      runIdForResult: runId ?? options?.firstExecutionRunId,
      interceptors: this.getOrMakeInterceptors(workflowId, runId),
    });
  }

  /** Workflows that match a query; the list may lag behind a little. */
  list(options: ListOptions = {}): AsyncWorkflowListIterable {
    const list = (): AsyncIterable<WorkflowExecutionInfo> => this.#list(options);
    return {
      [Symbol.asyncIterator]: () => list()[Symbol.asyncIterator](),
      intoHistories: (into?: IntoHistoriesOptions): AsyncIterable<HistoryAndWorkflowId> =>
        concurrentMap(
          list(),
          async ({ workflowId, runId }) => ({
            workflowId,
            history: await this.getHandle(workflowId, runId).fetchHistory(),
          }),
          into,
        ),
    };
  }

  async *#list(options: ListOptions): AsyncGenerator<WorkflowExecutionInfo> {
    const calls = await loadCalls();
    yield* calls.listWorkflows(this.#context(), options);
  }

  /** How many workflows match a query. */
  async count(query?: string): Promise<CountWorkflowExecution> {
    const calls = await loadCalls();
    return calls.countWorkflows(this.#context(), query);
  }

  protected getOrMakeInterceptors(workflowId: string, runId?: string): WorkflowClientInterceptor[] {
    const { interceptors } = this.options;
    if (Array.isArray(interceptors)) return interceptors;
    const input = runId === undefined ? { workflowId } : { workflowId, runId };
    return (interceptors?.calls ?? []).map((make) => make(input));
  }

  #context(): ClientContext {
    const { namespace, identity } = this.options;
    const { connection, workflowService } = this;
    return { connection, workflowService, namespace, identity, converter: this.dataConverter };
  }

  #handle<T extends Workflow>(options: Omit<HandleOptions, "client" | "context">): WorkflowHandle<T> {
    return makeWorkflowHandle<T>({ ...options, client: this, context: this.#context() });
  }
}

function compiled<T extends Workflow>(options: WorkflowStartOptions<T>, typeInfo: PayloadTypeInfo | undefined) {
  if (!options.taskQueue) throw new TypeError("Missing WorkflowOptions.taskQueue");
  if (!options.workflowId) throw new TypeError("Missing WorkflowOptions.workflowId");
  const { args } = options as { args?: readonly unknown[] };
  return {
    ...compileWorkflowOptions(options),
    args: [...(args ?? [])],
    ...(typeInfo === undefined ? {} : { typeInfo }),
  };
}

function resultOptions(followRuns: boolean | undefined, typeInfo: PayloadTypeInfo | undefined): WorkflowResultOptions {
  return { followRuns: followRuns ?? true, ...(typeInfo === undefined ? {} : { typeInfo }) };
}
