import { composeInterceptors } from "../common/interceptors.ts";
import type { QueryDefinition, SignalDefinition, UpdateDefinition, Workflow } from "../common/interfaces.ts";
import type { PayloadTypeInfo, TypeInfo } from "../common/type-info.ts";
import type { WorkflowQueryOptions, WorkflowSignalOptions } from "../common/workflow-handle.ts";
import type { ClientContext } from "./calls/client-context.ts";
import type { UpdateOutcome, WorkflowClientInterceptor } from "./interceptors.ts";
import { loadCalls } from "./lazy-calls.ts";
import { encodeQueryRejectCondition, type WorkflowExecution, type WorkflowExecutionDescription } from "./types.ts";
import type { WorkflowClient } from "./workflow-client.ts";
import type { GetWorkflowHandleOptions, WorkflowHandle, WorkflowUpdateHandle } from "./workflow-handle.ts";
import type { WorkflowUpdateOptions } from "./workflow-options.ts";
import type { WorkflowUpdateStage } from "./workflow-update-stage.ts";

export interface HandleOptions extends GetWorkflowHandleOptions {
  readonly client: WorkflowClient;
  readonly context: ClientContext;
  readonly interceptors: readonly WorkflowClientInterceptor[];
  workflowId: string;
  runId?: string | undefined;
  /** The run whose result the handle waits for. */
  runIdForResult?: string | undefined;
}

type UpdateCallOptions = WorkflowUpdateOptions & { args?: readonly unknown[] };
type AnyUpdate = UpdateDefinition<any, any[]> | string;

/** A handle over the calls; every method passes through the interceptors. */
export function makeWorkflowHandle<T extends Workflow>(options: HandleOptions): WorkflowHandle<T> {
  const { client, context, workflowId, runId, runIdForResult, interceptors, followRuns, typeInfo } = options;
  const workflowExecution: WorkflowExecution = runId === undefined ? { workflowId } : { workflowId, runId };
  const chain = options.firstExecutionRunId === undefined ? {} : { firstExecutionRunId: options.firstExecutionRunId };
  return {
    client,
    workflowId,
    ...updatesOf(options, workflowExecution, chain),
    ...messagesOf(options, workflowExecution),
    result: () =>
      client.result<T>(workflowId, runIdForResult, {
        followRuns: followRuns ?? true,
        ...(typeInfo === undefined ? {} : { typeInfo }),
      }),
    terminate: async (reason) => {
      const calls = await loadCalls();
      const terminate = composeInterceptors(interceptors, "terminate", (next) =>
        calls.terminateWorkflow(context, next),
      );
      return terminate({ workflowExecution, ...chain, ...(reason === undefined ? {} : { reason }) });
    },
    cancel: async () => {
      const calls = await loadCalls();
      const cancel = composeInterceptors(interceptors, "cancel", (next) => calls.cancelWorkflow(context, next));
      return cancel({ workflowExecution, ...chain });
    },
    describe: () => describe(context, workflowExecution, interceptors),
    fetchHistory: async () => (await loadCalls()).fetchHistory(context, workflowExecution),
  };
}

function updatesOf(options: HandleOptions, workflowExecution: WorkflowExecution, chain: object) {
  const { context, workflowId, runId, interceptors } = options;
  const update = async (
    def: AnyUpdate,
    waitForStage: WorkflowUpdateStage,
    given: UpdateCallOptions | undefined,
  ): Promise<WorkflowUpdateHandle<any>> => {
    const { args, ...updateOptions } = given ?? {};
    const info = typeInfoOf(def, updateOptions.typeInfo);
    const calls = await loadCalls();
    const send = composeInterceptors(interceptors, "startUpdate", (next) =>
      calls.startUpdate(context, next, waitForStage),
    );
    const { updateId, workflowRunId, outcome, outputTypeInfo } = await send({
      updateName: nameOf(def),
      args: [...(args ?? [])],
      workflowExecution,
      ...chain,
      headers: {},
      options: updateOptions,
      ...(info === undefined ? {} : { typeInfo: info }),
    });
    return makeUpdateHandle({ context, updateId, workflowId, workflowRunId, outcome, outputType: outputTypeInfo });
  };
  const handle: Pick<WorkflowHandle, "executeUpdate" | "startUpdate" | "getUpdateHandle"> = {
    executeUpdate: async (def: AnyUpdate, given?: UpdateCallOptions) =>
      (await update(def, "COMPLETED", given)).result(),
    startUpdate: (def: AnyUpdate, given: UpdateCallOptions & { waitForStage: WorkflowUpdateStage }) => {
      const { waitForStage, ...rest } = given;
      return update(def, waitForStage, rest);
    },
    getUpdateHandle: (updateId, given) =>
      makeUpdateHandle({
        context,
        updateId,
        workflowId,
        workflowRunId: given?.workflowRunId ?? runId,
        outputType: given?.typeInfo?.outputType,
      }),
  };
  return handle;
}

function messagesOf({ client, context, interceptors }: HandleOptions, workflowExecution: WorkflowExecution) {
  const query = async (queryType: string, args: unknown[], info: PayloadTypeInfo | undefined): Promise<any> => {
    const calls = await loadCalls();
    const ask = composeInterceptors(interceptors, "query", (next) => calls.queryWorkflow(context, next));
    const queryRejectCondition = encodeQueryRejectCondition(client.options.queryRejectCondition);
    return ask({
      workflowExecution,
      queryType,
      args,
      headers: {},
      ...(queryRejectCondition === undefined ? {} : { queryRejectCondition }),
      ...(info === undefined ? {} : { typeInfo: info }),
    });
  };
  const signal = async (signalName: string, args: unknown[], info: PayloadTypeInfo | undefined): Promise<void> => {
    const calls = await loadCalls();
    const send = composeInterceptors(interceptors, "signal", (next) => calls.signalWorkflow(context, next));
    await send({ workflowExecution, signalName, args, headers: {}, ...(info === undefined ? {} : { typeInfo: info }) });
  };
  const handle: Pick<WorkflowHandle, "query" | "queryWithOptions" | "signal" | "signalWithOptions"> = {
    query: (def: QueryDefinition<any, any[]> | string, ...args: unknown[]) =>
      query(nameOf(def), args, typeInfoOf(def, undefined)),
    queryWithOptions: (name: string, given: WorkflowQueryOptions<any[]>) =>
      query(name, given.args ?? [], given.typeInfo),
    signal: (def: SignalDefinition<any[]> | string, ...args: unknown[]) =>
      signal(nameOf(def), args, typeInfoOf(def, undefined)),
    signalWithOptions: (name: string, given: WorkflowSignalOptions<any[]>) =>
      signal(name, given.args ?? [], given.typeInfo),
  };
  return handle;
}

async function describe(
  context: ClientContext,
  workflowExecution: WorkflowExecution,
  interceptors: readonly WorkflowClientInterceptor[],
): Promise<WorkflowExecutionDescription> {
  const calls = await loadCalls();
  const ask = composeInterceptors(interceptors, "describe", (next) => calls.describeWorkflow(context, next));
  const raw = await ask({ workflowExecution });
  if (raw.workflowExecutionInfo === undefined) throw new TypeError("The server described no workflow");
  const info = await calls.executionInfo(context, raw.workflowExecutionInfo, raw);
  const { workflowId } = info;
  const owner = { type: "workflow", namespace: context.namespace, workflowId } as const;
  const metadata = () => calls.decodeUserMetadata(context.converter, raw.executionConfig?.userMetadata, owner);
  return {
    ...info,
    staticDetails: async () => (await metadata()).staticDetails,
    staticSummary: async () => (await metadata()).staticSummary,
  };
}

/** A handle of an update; one whose outcome is known does not ask. */
export function makeUpdateHandle<Ret>(update: {
  readonly context: ClientContext;
  readonly updateId: string;
  readonly workflowId: string;
  readonly workflowRunId?: string | undefined;
  readonly outcome?: UpdateOutcome | undefined;
  readonly outputType?: TypeInfo | undefined;
}): WorkflowUpdateHandle<Ret> {
  const { context, updateId, workflowId, workflowRunId, outcome, outputType } = update;
  const execution = workflowRunId === undefined ? { workflowId } : { workflowId, runId: workflowRunId };
  return {
    updateId,
    workflowId,
    ...(workflowRunId === undefined ? {} : { workflowRunId }),
    result: async () => {
      const calls = await loadCalls();
      const known = outcome ?? (await calls.pollUpdate(context, updateId, execution));
      return (await calls.updateResult(context, workflowId, known, outputType)) as Ret;
    },
  };
}

export function nameOf(def: { name: string } | string): string {
  return typeof def === "string" ? def : def.name;
}

export function typeInfoOf(
  def: { typeInfo?: PayloadTypeInfo } | string,
  callSite: PayloadTypeInfo | undefined,
): PayloadTypeInfo | undefined {
  return callSite ?? (typeof def === "string" ? undefined : def.typeInfo);
}
