import type { Input } from "../../../api/codec.ts";
import type { UpdateWorkflowExecutionRequest } from "../../../api/gen/messages.js";
import { systemRandom } from "../../../base/index.ts";
import { headerToBytes } from "../../common/host/wire-payloads.ts";
import type { TypeInfo } from "../../common/type-info.ts";
import { WorkflowUpdateFailedError } from "../errors.ts";
import type {
  UpdateOutcome,
  WorkflowStartOutput,
  WorkflowStartUpdateInput,
  WorkflowStartUpdateOutput,
  WorkflowStartUpdateWithStartInput,
  WorkflowStartUpdateWithStartOutput,
} from "../interceptors.ts";
import type { WorkflowExecution } from "../types.ts";
import { encodeWorkflowUpdateStage, type WorkflowUpdateStage } from "../workflow-update-stage.ts";
import { type ClientContext, workflowContext } from "./client-context.ts";
import { multiOperationErrors, throwStartError, throwUpdateError } from "./known-errors.ts";
import { warnedIfNobodyPolls } from "./nobody-polls.ts";
import { startRequest } from "./start.ts";
import { decodeError, decodeFirst, encodeValues } from "./values.ts";

const ACCEPTED = 2;
const COMPLETED = 3;

async function updateRequest(
  client: ClientContext,
  input: WorkflowStartUpdateInput,
  stage: WorkflowUpdateStage,
): Promise<Input<UpdateWorkflowExecutionRequest> & { request: { meta: { updateId: string } } }> {
  const { workflowExecution, firstExecutionRunId, updateName, args, typeInfo, headers, options } = input;
  const { namespace, identity } = client;
  const context = workflowContext(client, workflowExecution.workflowId);
  return {
    namespace,
    workflowExecution,
    firstExecutionRunId,
    waitPolicy: { lifecycleStage: encodeWorkflowUpdateStage(stage) },
    request: {
      meta: { updateId: options.updateId ?? systemRandom.uuid(), identity },
      input: {
        name: updateName,
        header: headerToBytes(headers),
        args: await encodeValues(client.converter, args, context, typeInfo?.inputTypes),
      },
    },
  };
}

/** Sends an update, again with the same id until it is accepted or closed. */
export async function startUpdate(
  client: ClientContext,
  input: WorkflowStartUpdateInput,
  waitForStage: WorkflowUpdateStage,
): Promise<WorkflowStartUpdateOutput> {
  const request = await updateRequest(client, input, waitForStage);
  const { workflowExecution: execution } = input;
  try {
    return await warnedIfNobodyPolls({ client, execution }, async () => {
      let response = await client.workflowService.updateWorkflowExecution(request);
      while (response.stage < ACCEPTED && response.outcome === undefined) {
        response = await client.workflowService.updateWorkflowExecution(request);
      }
      return {
        updateId: request.request.meta.updateId,
        workflowRunId: response.updateRef?.workflowExecution?.runId ?? "",
        outcome: response.outcome,
        outputTypeInfo: input.typeInfo?.outputType,
      };
    });
  } catch (error) {
    throwUpdateError(error, "Workflow Update failed", input.workflowExecution);
  }
}

/** Starts the workflow, if need be, and sends the update, in one request. */
export async function startUpdateWithStart(
  client: ClientContext,
  input: WorkflowStartUpdateWithStartInput,
  call: {
    readonly waitForStage: WorkflowUpdateStage;
    readonly onStart: (output: WorkflowStartOutput) => void;
    readonly onStartError: (error: unknown) => void;
  },
): Promise<WorkflowStartUpdateWithStartOutput> {
  const { workflowType, workflowStartOptions: options, workflowStartHeaders: headers } = input;
  const { workflowId } = options;
  const start = await startRequest(client, { workflowType, options, headers });
  const update = await updateRequest(client, updateInputOf(input), call.waitForStage);
  const operations = [{ startWorkflow: start }, { updateWorkflow: update }];
  let hasStarted = false;
  try {
    for (;;) {
      const { namespace } = client;
      const { responses } = await client.workflowService.executeMultiOperation({ namespace, operations });
      const started = responses[0]?.startWorkflow;
      const updated = responses[1]?.updateWorkflow;
      if (started === undefined || updated === undefined) {
        throw new TypeError("The server answered an update with start with other operations");
      }
      if (!hasStarted) call.onStart({ runId: started.runId, eagerlyStarted: false });
      hasStarted = true;
      if (updated.stage < ACCEPTED && updated.outcome === undefined) continue;
      return {
        workflowExecution: { workflowId, runId: started.runId },
        updateId: update.request.meta.updateId,
        updateOutcome: updated.outcome,
        updateOutputTypeInfo: input.updateTypeInfo?.outputType,
      };
    }
  } catch (error) {
    const errors = multiOperationErrors(error, { workflowId, workflowType });
    if (!hasStarted)
      call.onStartError(
        thrownBy(() => throwOf(errors?.start ?? errors?.update ?? error, { workflowId, workflowType })),
      );
    const cause = errors?.start ?? errors?.update ?? error;
    return throwOf(cause, { workflowId, workflowType });
  }
}

function updateInputOf(input: WorkflowStartUpdateWithStartInput): WorkflowStartUpdateInput {
  const { updateName, updateArgs, updateTypeInfo, updateHeaders, updateOptions } = input;
  return {
    updateName,
    args: updateArgs,
    ...(updateTypeInfo === undefined ? {} : { typeInfo: updateTypeInfo }),
    workflowExecution: { workflowId: input.workflowStartOptions.workflowId },
    headers: updateHeaders,
    options: updateOptions,
  };
}

function throwOf(error: unknown, start: { workflowId: string; workflowType: string }): never {
  // Errors that say all themselves.
  if (error instanceof Error && error.name === "WorkflowExecutionAlreadyStartedError") throw error;
  if ((error as { code?: unknown } | null)?.code === 6) throwStartError(error, "Update-With-Start failed", start);
  throwUpdateError(error, "Update-With-Start failed", { workflowId: start.workflowId });
}

function thrownBy(fn: () => never): unknown {
  try {
    return fn();
  } catch (error) {
    return error;
  }
}

/** Asks until the update is completed. */
export async function pollUpdate(
  client: ClientContext,
  updateId: string,
  workflowExecution: WorkflowExecution,
): Promise<UpdateOutcome> {
  const { namespace, identity } = client;
  for (;;) {
    try {
      const { outcome } = await client.workflowService.pollWorkflowExecutionUpdate({
        namespace,
        identity,
        updateRef: { workflowExecution, updateId },
        waitPolicy: { lifecycleStage: COMPLETED },
      });
      if (outcome !== undefined) return outcome;
    } catch (error) {
      throwUpdateError(error, "Workflow Update Poll failed", workflowExecution);
    }
  }
}

/** The update's result, or its failure thrown. */
export async function updateResult(
  client: ClientContext,
  workflowId: string,
  outcome: UpdateOutcome,
  typeInfo: TypeInfo | undefined,
): Promise<unknown> {
  const context = workflowContext(client, workflowId);
  if (outcome.failure !== undefined) {
    const cause = await decodeError(client.converter, outcome.failure, context);
    throw new WorkflowUpdateFailedError("Workflow Update failed", cause);
  }
  return decodeFirst(client.converter, outcome.success, context, typeInfo);
}
