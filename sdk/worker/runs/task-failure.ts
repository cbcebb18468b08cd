/** Errors of the worker's own while it works on a task, as the failure of the task. */
import { WorkflowTaskFailedCause } from "../../../api/gen/enums.js";
import type { ProtoFailure } from "../../common/payload.ts";
import { HistoryMismatchError } from "./determinism-violation.ts";

export function activationFailureCause(error: unknown): { failure: ProtoFailure; cause: number } {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const cause =
    error instanceof HistoryMismatchError
      ? WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR
      : WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE;
  const stackTrace = error instanceof HistoryMismatchError ? "" : (stack ?? "");
  return {
    cause,
    failure: {
      message,
      source: "TypeScriptSDK",
      stackTrace,
      applicationFailureInfo: { type: name, nonRetryable: false },
    },
  };
}

/** The answer holds more than the server takes. */
export function tooLarge(message: string): { failure: ProtoFailure; cause: number } {
  return {
    cause: WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_PAYLOADS_TOO_LARGE,
    failure: { message, applicationFailureInfo: { type: PAYLOADS_TOO_LARGE } },
  };
}

/** The type of such failures, of tasks and of activities. */
export const PAYLOADS_TOO_LARGE = "PayloadsTooLarge";
