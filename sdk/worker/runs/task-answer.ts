/** The requests that answer a task. */
import type { Input } from "../../../api/codec.ts";
import { QueryResultType } from "../../../api/gen/enums.js";
import type { WorkflowTaskFailedCause } from "../../../api/gen/enums.js";
import { MeteringMetadata, WorkflowTaskCompletedMetadata } from "../../../api/gen/messages.js";
import type {
  RespondQueryTaskCompletedRequest,
  RespondWorkflowTaskCompletedRequest,
  WorkflowQueryResult,
} from "../../../api/gen/messages.js";
import { failureToBytes } from "../../common/host/wire-failure.ts";
import type { ProtoFailure } from "../../common/payload.ts";
import type { QueryAnswer } from "../../workflow/activation.ts";
import type { TaskAnswer } from "./run-machine.ts";
import { answerMessages } from "./update-messages.ts";
import { wireCommands } from "./wire-commands.ts";
import type { CommandContext } from "./wire-commands.ts";
import { wireResult } from "./wire.ts";

interface Parts {
  readonly taskToken: Uint8Array;
  readonly isHeartbeat: boolean;
  /** Attempts of local activities beyond their first. */
  readonly retries: number;
  readonly context: CommandContext;
}

export function completedRequest(
  answer: TaskAnswer,
  { taskToken, isHeartbeat, retries, context }: Parts,
): Input<RespondWorkflowTaskCompletedRequest> {
  const { commands, rejections, queries, sdk, coreUsedFlags, langUsedFlags, versioningBehavior } = answer;
  return {
    taskToken,
    commands: wireCommands(commands, context),
    messages: answerMessages(commands, rejections),
    forceCreateNewWorkflowTask: isHeartbeat,
    queryResults: Object.fromEntries(queries.map(({ queryId, result }) => [queryId, queryResult(result)])),
    sdkMetadata: WorkflowTaskCompletedMetadata.encode({
      coreUsedFlags,
      langUsedFlags,
      sdkName: sdk?.name ?? "",
      sdkVersion: sdk?.version ?? "",
    }),
    meteringMetadata: MeteringMetadata.encode({ nonfirstLocalActivityExecutionAttempts: retries }),
    versioningBehavior: versioningBehavior as never,
  };
}

function queryResult(answer: QueryAnswer): Input<WorkflowQueryResult> {
  return answer.status === "succeeded"
    ? { resultType: QueryResultType.QUERY_RESULT_TYPE_ANSWERED, answer: wireResult(answer.response) }
    : {
        resultType: QueryResultType.QUERY_RESULT_TYPE_FAILED,
        errorMessage: answer.failure.message ?? "",
        failure: failureToBytes(answer.failure),
      };
}

/** Answers a task that is a query; one without an answer fails, for the reason given. */
export function queryRequest(
  answer: TaskAnswer | undefined,
  taskToken: Uint8Array,
  reason: { failure: ProtoFailure; cause?: WorkflowTaskFailedCause } = NO_ANSWER,
): Input<RespondQueryTaskCompletedRequest> {
  const result = answer?.queries[0]?.result;
  if (result?.status === "succeeded") {
    const completedType = QueryResultType.QUERY_RESULT_TYPE_ANSWERED;
    return { taskToken, completedType, queryResult: wireResult(result.response) };
  }
  const failure = result?.failure ?? reason.failure;
  return {
    taskToken,
    completedType: QueryResultType.QUERY_RESULT_TYPE_FAILED,
    errorMessage: failure.message ?? "",
    failure: failureToBytes(failure),
    ...(result === undefined && reason.cause !== undefined ? { cause: reason.cause } : {}),
  };
}

const NO_ANSWER = { failure: { message: "The workflow did not answer the query" } };
