/** Requests that start workflows. */
import type { Input } from "../../../api/codec.ts";
import type {
  SignalWithStartWorkflowExecutionRequest,
  StartWorkflowExecutionRequest,
} from "../../../api/gen/messages.js";
import { systemRandom } from "../../../base/index.ts";
import { headerToBytes } from "../../common/host/wire-payloads.ts";
import { compilePriority } from "../../common/priority.ts";
import { compileRetryPolicy } from "../../common/retry-policy.ts";
import { encodeWorkflowIdConflictPolicy, encodeWorkflowIdReusePolicy } from "../../common/workflow-options.ts";
import type { WorkflowSignalWithStartInput, WorkflowStartInput, WorkflowStartOutput } from "../interceptors.ts";
import { internalStartOptions } from "../internal.ts";
import { InternalConnectionLikeSymbol, type InternalConnectionLike } from "../types.ts";
import type { CompiledWorkflowOptions } from "../workflow-options.ts";
import { type ClientContext, workflowContext } from "./client-context.ts";
import { throwStartError } from "./known-errors.ts";
import { encodeMemo, encodeSearchAttributes, encodeUserMetadata, encodeValues } from "./values.ts";

const NORMAL_QUEUE = 1;

export async function startWorkflow(client: ClientContext, input: WorkflowStartInput): Promise<WorkflowStartOutput> {
  const request = await startRequest(client, input);
  try {
    const response = await client.workflowService.startWorkflowExecution(request);
    const internal = internalStartOptions(input.options);
    if (internal !== undefined) internal.responseLink = response.link;
    return { runId: response.runId, eagerlyStarted: response.eagerWorkflowTask !== undefined };
  } catch (error) {
    return throwStartError(error, "Failed to start Workflow", {
      workflowId: input.options.workflowId,
      workflowType: input.workflowType,
    });
  }
}

export async function startRequest(
  client: ClientContext,
  input: WorkflowStartInput,
): Promise<Input<StartWorkflowExecutionRequest>> {
  const { options } = input;
  const internal = internalStartOptions(options);
  const connection = client.connection as InternalConnectionLike;
  const mayStartEagerly = connection[InternalConnectionLikeSymbol]?.supportsEagerStart === true;
  return {
    ...(await commonFields(client, input)),
    requestId: internal?.requestId ?? systemRandom.uuid(),
    requestEagerExecution: options.requestEagerStart === true && mayStartEagerly,
    completionCallbacks: internal?.completionCallbacks,
    links: internal?.links,
    onConflictOptions: internal?.onConflictOptions,
  };
}

export async function signalWithStart(client: ClientContext, input: WorkflowSignalWithStartInput): Promise<string> {
  const { options, signalName, signalArgs, signalTypeInfo } = input;
  const context = workflowContext(client, options.workflowId);
  const request: Input<SignalWithStartWorkflowExecutionRequest> = {
    ...(await commonFields(client, input)),
    requestId: systemRandom.uuid(),
    signalName,
    signalInput: await encodeValues(client.converter, signalArgs, context, signalTypeInfo?.inputTypes),
  };
  try {
    return (await client.workflowService.signalWithStartWorkflowExecution(request)).runId;
  } catch (error) {
    return throwStartError(error, "Failed to signalWithStart Workflow", {
      workflowId: options.workflowId,
      workflowType: input.workflowType,
    });
  }
}

/** What both kinds of start say of the workflow. */
async function commonFields(
  client: ClientContext,
  input: { workflowType: string; headers: WorkflowStartInput["headers"]; options: CompiledWorkflowOptions },
) {
  const { options, workflowType, headers } = input;
  const { workflowId } = options;
  const { namespace, identity, converter } = client;
  const context = workflowContext(client, workflowId);
  return {
    namespace,
    identity,
    workflowId,
    workflowType: { name: workflowType },
    taskQueue: { name: options.taskQueue, kind: NORMAL_QUEUE },
    input: await encodeValues(converter, options.args, context, options.typeInfo?.inputTypes),
    workflowIdReusePolicy: encodeWorkflowIdReusePolicy(options.workflowIdReusePolicy),
    workflowIdConflictPolicy: encodeWorkflowIdConflictPolicy(options.workflowIdConflictPolicy),
    retryPolicy: options.retry === undefined ? undefined : compileRetryPolicy(options.retry),
    workflowExecutionTimeout: options.workflowExecutionTimeout,
    workflowRunTimeout: options.workflowRunTimeout,
    workflowTaskTimeout: options.workflowTaskTimeout,
    workflowStartDelay: options.startDelay,
    cronSchedule: options.cronSchedule,
    memo: await encodeMemo(converter, options.memo, context),
    searchAttributes: encodeSearchAttributes(options),
    header: headerToBytes(headers),
    userMetadata: await encodeUserMetadata(converter, options, context),
    priority: options.priority === undefined ? undefined : compilePriority(options.priority),
    versioningOverride: options.versioningOverride,
  };
}
