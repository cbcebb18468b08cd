import { WorkflowTaskFailedCause } from "../../../../api/gen/enums.js";
import type { RespondWorkflowTaskFailedRequest } from "../../../../api/gen/messages.js";
import type { HistoryEnv } from "../../env.ts";
import { decideRunByKey } from "../decide-run.ts";
import { SERVER_IDENTITY } from "../machines/server-identity.ts";
import { terminateRun } from "../machines/terminate.ts";
import { failWorkflowTask as fail, scheduleWorkflowTask } from "../machines/workflow-task.ts";
import { oversizeFailure } from "../machines/activity-failure.ts";
import { decodeTaskToken } from "../task-token.ts";
import { assertRunning } from "../decide-run.ts";
import { requireTask } from "./complete-workflow-task.ts";

const { WORKFLOW_TASK_FAILED_CAUSE_GRPC_MESSAGE_TOO_LARGE: MESSAGE_TOO_LARGE } = WorkflowTaskFailedCause;

export function failWorkflowTask(env: HistoryEnv, request: RespondWorkflowTaskFailedRequest): Promise<object> {
  const token = decodeTaskToken(request.taskToken);
  return decideRunByKey(env, token, (found) => {
    if (found !== undefined) assertRunning(found);
    const { run } = requireTask(found, token);
    // The worker could never answer: another attempt would only fail alike.
    if (request.cause === MESSAGE_TOO_LARGE) {
      terminateRun(run, { reason: "GrpcMessageTooLarge", identity: SERVER_IDENTITY });
      return {};
    }
    const isOversize = (request.failure?.length ?? 0) > run.limits.blobBytesMax;
    const failure = isOversize
      ? oversizeFailure(request.failure as Uint8Array, run.limits.blobBytesWarn)
      : request.failure;
    const { cause, identity, binaryChecksum } = request;
    fail(run, { cause, failure, identity, binaryChecksum });
    scheduleWorkflowTask(run);
    return {};
  });
}
