/** A worker made of raw calls: says what to answer to the next workflow task. */
import type { Input } from "../../api/codec.ts";
import { CommandType } from "../../api/gen/enums.js";
import {
  UpdateAcceptance,
  type Command,
  type PollWorkflowTaskQueueResponse,
  UpdateRejection,
  UpdateRequest,
  UpdateResponse,
} from "../../api/gen/messages.js";
import { failureToBytes } from "../common/host/wire-failure.ts";
import { payloadsFromBytes, payloadsToBytes } from "../common/host/wire-payloads.ts";
import {
  ApplicationFailure,
  arrayFromPayloads,
  defaultFailureConverter,
  defaultPayloadConverter,
  toPayloads,
} from "../common/index.ts";
import type { WorkflowService } from "./types.ts";

const NAMESPACE = "default";
const POLL_MS = 20_000;

export function valuesToBytes(...values: unknown[]): Uint8Array | undefined {
  return payloadsToBytes(toPayloads(defaultPayloadConverter, ...values));
}

export function valuesFromBytes(bytes: Uint8Array | undefined): unknown[] {
  return arrayFromPayloads(defaultPayloadConverter, payloadsFromBytes(bytes));
}

export function errorToBytes(error: Error): Uint8Array {
  return failureToBytes(defaultFailureConverter.errorToFailure(error, defaultPayloadConverter));
}

export const commands = {
  complete: (result: unknown): Input<Command> => ({
    commandType: CommandType.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION,
    completeWorkflowExecutionCommandAttributes: { result: valuesToBytes(result) },
  }),
  fail: (error: Error): Input<Command> => ({
    commandType: CommandType.COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION,
    failWorkflowExecutionCommandAttributes: { failure: errorToBytes(error) },
  }),
  cancel: (details: unknown): Input<Command> => ({
    commandType: CommandType.COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION,
    cancelWorkflowExecutionCommandAttributes: { details: valuesToBytes(details) },
  }),
  continueAsNew: (taskQueue: string): Input<Command> => ({
    commandType: CommandType.COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION,
    continueAsNewWorkflowExecutionCommandAttributes: { workflowType: { name: "next" }, taskQueue: { name: taskQueue } },
  }),
};

/** Takes the next workflow task of the queue and answers with the commands. */
export async function answerTask(
  service: WorkflowService,
  taskQueue: string,
  ...answer: Input<Command>[]
): Promise<PollWorkflowTaskQueueResponse> {
  const task = await pollTask(service, taskQueue);
  await service.respondWorkflowTaskCompleted({ namespace: NAMESPACE, taskToken: task.taskToken, commands: answer });
  return task;
}

export function pollTask(service: WorkflowService, taskQueue: string): Promise<PollWorkflowTaskQueueResponse> {
  return service.pollWorkflowTaskQueue(
    { namespace: NAMESPACE, taskQueue: { name: taskQueue }, identity: "raw worker" },
    { timeoutMs: POLL_MS },
  );
}

/** Takes the next task, which is a query, and answers it. */
export async function answerQuery(
  service: WorkflowService,
  taskQueue: string,
  answer: (args: unknown[], queryType: string) => unknown,
): Promise<void> {
  const task = await pollTask(service, taskQueue);
  const { queryType = "", queryArgs } = task.query ?? {};
  try {
    const result = valuesToBytes(answer(valuesFromBytes(queryArgs), queryType));
    await service.respondQueryTaskCompleted({
      namespace: NAMESPACE,
      taskToken: task.taskToken,
      completedType: 1,
      queryResult: result,
    });
  } catch (error) {
    await service.respondQueryTaskCompleted({
      namespace: NAMESPACE,
      taskToken: task.taskToken,
      completedType: 2,
      errorMessage: (error as Error).message,
      failure: errorToBytes(error as Error),
    });
  }
}

/** Takes the next task, which brings an update, and answers it with what the function returns or throws. */
export async function answerUpdate(
  service: WorkflowService,
  taskQueue: string,
  answer: (
    args: unknown[],
    name: string,
  ) => { kind: "result"; value: unknown } | { kind: "reject" } | { kind: "accept" },
): Promise<void> {
  const task = await pollTask(service, taskQueue);
  const [message] = task.messages;
  if (message?.body === undefined) throw new Error("the task brings no update");
  const request = UpdateRequest.decode(message.body.value);
  const { protocolInstanceId, id } = message;
  const body = (codec: { typeName: string }, value: Uint8Array) => ({
    typeUrl: `type.googleapis.com/${codec.typeName}`,
    value,
  });
  const outcome = answer(valuesFromBytes(request.input?.args), request.input?.name ?? "");
  const accepted = {
    id: `${id}/accept`,
    protocolInstanceId,
    body: body(
      UpdateAcceptance,
      UpdateAcceptance.encode({
        acceptedRequestMessageId: id,
        acceptedRequestSequencingEventId: 2,
        acceptedRequest: request,
      }),
    ),
  };
  const rejected = {
    id: `${id}/reject`,
    protocolInstanceId,
    body: body(
      UpdateRejection,
      UpdateRejection.encode({
        rejectedRequestMessageId: id,
        rejectedRequest: request,
        failure: errorToBytes(ApplicationFailure.create({ message: "no", type: "Rejected" })),
      }),
    ),
  };
  const completed = {
    id: `${id}/complete`,
    protocolInstanceId,
    body: body(
      UpdateResponse,
      UpdateResponse.encode({
        meta: request.meta,
        outcome: { success: outcome.kind === "result" ? valuesToBytes(outcome.value) : undefined },
      }),
    ),
  };
  const messages =
    outcome.kind === "reject" ? [rejected] : outcome.kind === "accept" ? [accepted] : [accepted, completed];
  await service.respondWorkflowTaskCompleted({
    namespace: NAMESPACE,
    taskToken: task.taskToken,
    messages,
    commands: messages
      .filter((sent) => sent !== rejected)
      .map((sent) => ({
        commandType: CommandType.COMMAND_TYPE_PROTOCOL_MESSAGE,
        protocolMessageCommandAttributes: { messageId: sent.id },
      })),
  });
}
