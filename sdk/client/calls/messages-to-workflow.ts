/** What is sent to a running workflow: signals, queries, cancellation, termination, and the question how it is. */
import type {
  DescribeWorkflowExecutionResponse,
  RequestCancelWorkflowExecutionResponse,
  TerminateWorkflowExecutionResponse,
} from "../../../api/gen/messages.js";
import { systemRandom } from "../../../base/index.ts";
import { headerToBytes } from "../../common/host/wire-payloads.ts";
import { isGrpcServiceError, QueryNotRegisteredError, QueryRejectedError } from "../errors.ts";
import type {
  WorkflowCancelInput,
  WorkflowDescribeInput,
  WorkflowQueryInput,
  WorkflowSignalInput,
  WorkflowTerminateInput,
} from "../interceptors.ts";
import { type ClientContext, workflowContext } from "./client-context.ts";
import { throwKnownError, throwServiceError } from "./known-errors.ts";
import { decodeFirst, encodeValues } from "./values.ts";
import { INVALID_ARGUMENT } from "../../connection/status-codes.ts";

export async function signalWorkflow(client: ClientContext, input: WorkflowSignalInput): Promise<void> {
  const { workflowExecution, signalName, args, typeInfo, headers } = input;
  const context = workflowContext(client, workflowExecution.workflowId);
  try {
    await client.workflowService.signalWorkflowExecution({
      namespace: client.namespace,
      identity: client.identity,
      requestId: systemRandom.uuid(),
      workflowExecution,
      signalName,
      header: headerToBytes(headers),
      input: await encodeValues(client.converter, args, context, typeInfo?.inputTypes),
    });
  } catch (error) {
    throwServiceError(error, "Failed to signal Workflow", workflowExecution);
  }
}

export async function queryWorkflow(client: ClientContext, input: WorkflowQueryInput): Promise<unknown> {
  const { workflowExecution: execution, queryType, args, typeInfo, headers, queryRejectCondition } = input;
  const context = workflowContext(client, execution.workflowId);
  let response;
  try {
    response = await client.workflowService.queryWorkflow({
      namespace: client.namespace,
      execution,
      queryRejectCondition,
      query: {
        queryType,
        queryArgs: await encodeValues(client.converter, args, context, typeInfo?.inputTypes),
        header: headerToBytes(headers),
      },
    });
  } catch (error) {
    if (isGrpcServiceError(error)) {
      throwKnownError(error);
      if (error.code === INVALID_ARGUMENT) throw new QueryNotRegisteredError(error.details, error.code);
    }
    throwServiceError(error, "Failed to query Workflow", execution);
  }
  if (response.queryRejected !== undefined) throw new QueryRejectedError(response.queryRejected.status);
  return decodeFirst(client.converter, response.queryResult, context, typeInfo?.outputType);
}

export async function terminateWorkflow(
  client: ClientContext,
  input: WorkflowTerminateInput,
): Promise<TerminateWorkflowExecutionResponse> {
  const { workflowExecution, reason, details, firstExecutionRunId } = input;
  const context = workflowContext(client, workflowExecution.workflowId);
  try {
    return await client.workflowService.terminateWorkflowExecution({
      namespace: client.namespace,
      identity: client.identity,
      workflowExecution,
      reason,
      details: details === undefined ? undefined : await encodeValues(client.converter, details, context),
      firstExecutionRunId,
    });
  } catch (error) {
    return throwServiceError(error, "Failed to terminate Workflow", workflowExecution);
  }
}

export async function cancelWorkflow(
  client: ClientContext,
  input: WorkflowCancelInput,
): Promise<RequestCancelWorkflowExecutionResponse> {
  const { workflowExecution, firstExecutionRunId } = input;
  try {
    return await client.workflowService.requestCancelWorkflowExecution({
      namespace: client.namespace,
      identity: client.identity,
      requestId: systemRandom.uuid(),
      workflowExecution,
      firstExecutionRunId,
    });
  } catch (error) {
    return throwServiceError(error, "Failed to cancel workflow", workflowExecution);
  }
}

export async function describeWorkflow(
  client: ClientContext,
  { workflowExecution }: WorkflowDescribeInput,
): Promise<DescribeWorkflowExecutionResponse> {
  try {
    return await client.workflowService.describeWorkflowExecution({
      namespace: client.namespace,
      execution: workflowExecution,
    });
  } catch (error) {
    return throwServiceError(error, "Failed to describe workflow", workflowExecution);
  }
}
